"""Annotate in the program's window: it comes instead of it, and everything is back afterwards."""

from __future__ import annotations

from collections.abc import Iterator

from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible, QAccessibleInterface, QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from fairemo_gui.gui.key_sheet import sections
from fairemo_gui.gui.main_window import MainWindow
from fairemo_gui.gui.toolbar import ANALYSE, ANNOTATE
from tests.gui.main_window.conftest import folder, make_window, settle, window

__all__ = ["folder", "make_window", "window"]


def names(interface: QAccessibleInterface) -> Iterator[str]:
    """Every name of the accessibility tree."""
    yield interface.text(QAccessible.Text.Name)
    for place in range(interface.childCount()):
        child = interface.child(place)
        if child is not None and child.isValid():
            yield from names(child)


def everything() -> set[str]:
    """Every name a screen reader finds now."""
    application = QApplication.instance()
    assert application is not None
    root = QAccessible.queryAccessibleInterface(application)
    assert root is not None
    return set(names(root))


def test_the_window_goes_and_comes_back(qtbot: QtBot, window: MainWindow) -> None:
    def told() -> list[str]:
        return [name for name in everything() if "rated" in name or "u00" in name or "FairEmo" in name]

    current, place = window.selection.current, window.geometry()
    assert told()
    QTest.keyClick(window, Qt.Key.Key_2, Qt.KeyboardModifier.ControlModifier)
    page = window.annotating.window
    assert page is not None
    qtbot.waitUntil(page.isActiveWindow)
    assert {each.title() for each in QGuiApplication.topLevelWindows()} == {"Annotate"}
    assert told() == []
    assert page.geometry() == place
    QTest.keyClick(page, Qt.Key.Key_Escape)
    assert window.isVisible()
    assert window.geometry() == place
    assert not page.isVisible()
    settle(qtbot, window)
    assert window.mode() == ANALYSE
    assert window.toolbar.mode.value() == ANALYSE
    assert window.selection.current == current
    assert told()


def test_the_switch_opens_it_and_the_key_sheet_lists_its_keys(qtbot: QtBot, window: MainWindow) -> None:
    window.toolbar.mode.segment(ANNOTATE).click()
    assert window.annotating.active
    assert ("Backspace", "Take back the last rating") in sections(window.actions_)["In Annotate"]
    window.annotating.leave()
    assert window.toolbar.mode.value() == ANALYSE
