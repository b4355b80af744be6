"""Keys of the player, as actions that the window can list."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QAction

if TYPE_CHECKING:
    from fairemo_gui.gui.player.view import PlayerView

_JUMP = 0.5


class Keys(QObject):
    """Makes the actions and adds them to the view.

    Keys hold in the whole window, but for the arrows: those belong to tables and sliders where these have the keyboard.
    """

    def __init__(self, view: PlayerView) -> None:
        super().__init__(view)
        self._view = view
        self.actions: list[QAction] = []
        self._add("Play or pause", "Space", view.toggle)
        self._add("Play from the beginning", "R", view.replay)
        self.loop = self._add("Loop", "L", None)
        self.loop.setCheckable(True)
        self.loop.toggled.connect(view.set_loop)
        self._add("Previous frame", ",", lambda: view.step(-1))
        self._add("Next frame", ".", lambda: view.step(1))
        self._add("Half a second back", "Left", lambda: self._jump(-_JUMP), here=True)
        self._add("Half a second on", "Right", lambda: self._jump(_JUMP), here=True)
        self._add("Another face speaks", "Shift+F", view.choose_next_face)
        self._add("Slower", "[", lambda: view.change_speed(-1))
        self._add("Faster", "]", lambda: view.change_speed(1))

    def _add(self, text: str, key: str, work: Callable[[], None] | None, *, here: bool = False) -> QAction:
        action = QAction(text, self)
        action.setShortcut(key)
        context = Qt.ShortcutContext.WidgetWithChildrenShortcut if here else Qt.ShortcutContext.WindowShortcut
        action.setShortcutContext(context)
        if work is not None:
            action.triggered.connect(lambda: work())
        self._view.addAction(action)
        self.actions.append(action)
        return action

    def _jump(self, seconds: float) -> None:
        self._view.seek(self._view.engine.position + seconds)
