"""The menu bar, filled from the actions."""

from __future__ import annotations

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QMenuBar

from fairemo_gui.gui.actions import MENUS, Actions


def fill_menus(bar: QMenuBar, actions: Actions) -> dict[str, QMenu]:
    """One menu per name, in order, opened by Alt and its first letter; returns them by name."""
    menus: dict[str, QMenu] = {}
    for name in MENUS:
        menu = bar.addMenu(f"&{name}")
        menu.setObjectName(f"menu_{name.lower()}")
        menu.setToolTipsVisible(True)
        _fill(menu, actions.in_menu(name))
        menus[name] = menu
    return menus


def _fill(menu: QMenu, actions: list[QAction | None]) -> None:
    for action in actions:
        if action is None:
            menu.addSeparator()
        else:
            menu.addAction(action)
