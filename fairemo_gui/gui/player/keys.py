"""Keys of the player, as actions that the window can list."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QAction, QKeySequence

if TYPE_CHECKING:
    from fairemo_gui.gui.player.view import PlayerView

_JUMP = 0.5
_ZOOM = 1.5
_LOUDER = 10


class Keys(QObject):
    """Makes the actions and adds them to the view; those of the timeline are its context menu as well.

    Keys hold in the whole window, but for the arrows: those belong to tables and sliders where these have the keyboard.
    """

    def __init__(self, view: PlayerView) -> None:
        super().__init__(view)
        self._view = view
        self.actions: list[QAction] = []
        self._add("Play or pause", "Space", view.toggle)
        self._add("Play from the beginning", "R", view.replay)
        self.loop = self._add_switch("Loop", "L", view.set_loop)
        self._add("Slower", "[", lambda: view.change_speed(-1))
        self._add("Faster", "]", lambda: view.change_speed(1))
        self._rule()
        self._add("Previous frame", ",", lambda: view.step(-1))
        self._add("Next frame", ".", lambda: view.step(1))
        self._add("Half a second back", "Left", lambda: self._jump(-_JUMP), here=True)
        self._add("Half a second on", "Right", lambda: self._jump(_JUMP), here=True)
        self._rule()
        self._add_louder()
        self._rule()
        first = len(self.actions)
        self._add_timeline()
        view.timeline.addActions(self.actions[first:])
        view.timeline.setContextMenuPolicy(Qt.ContextMenuPolicy.ActionsContextMenu)
        self._rule()
        self._add("To the turns around", "T", view.stage.focus_side)
        self._add("Another face speaks", "Shift+F", view.choose_next_face)
        self._add("Calibrate sound…", "", view.calibrate)

    def _add_louder(self) -> None:
        bar = self._view.transport
        self._add("Sound on or off", "M", bar.toggle_mute)
        self._add("Louder", "Ctrl+Up", lambda: bar.volume.setValue(bar.volume.value() + _LOUDER))
        self._add("Quieter", "Ctrl+Down", lambda: bar.volume.setValue(bar.volume.value() - _LOUDER))

    def _add_timeline(self) -> None:
        view, timeline = self._view, self._view.timeline
        self._add("Selection begins here", "I", lambda: self._select_from_here(to_end=True))
        self._add("Selection ends here", "O", lambda: self._select_from_here(to_end=False))
        self.unselect = self._add("Clear the selection", "Esc", lambda: view.engine.select(None))
        self.unselect.setEnabled(False)
        self._rule()
        self._add("Zoom in", "+", lambda: timeline.zoom(_ZOOM)).setShortcuts([QKeySequence("+"), QKeySequence("=")])
        self._add("Zoom out", "-", lambda: timeline.zoom(1 / _ZOOM))
        self._add("Whole utterance", "0", timeline.show_all)
        self._rule()
        self.curves = self._add_switch("Pitch and energy", "C", view.set_curves_shown)
        self.estimate = self._add_switch("Estimate missing word times", "W", view.set_words_estimated)

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

    def _add_switch(self, text: str, key: str, work: Callable[[bool], None]) -> QAction:
        action = self._add(text, key, None)
        action.setCheckable(True)
        action.toggled.connect(work)
        return action

    def _rule(self) -> None:
        rule = QAction(self)
        rule.setSeparator(True)
        self.actions.append(rule)

    def _jump(self, seconds: float) -> None:
        self._view.seek(self._view.engine.position + seconds)

    def _select_from_here(self, *, to_end: bool) -> None:
        """From the playhead to the selection's end, or from its beginning to the playhead; all the way without one."""
        engine = self._view.engine
        if engine.extent is None:
            return
        here, (start, end) = engine.position, engine.selection or (engine.extent.start, engine.extent.end)
        if to_end:
            engine.select((here, end if end > here else engine.extent.end))
        else:
            engine.select((start if start < here else engine.extent.start, here))
