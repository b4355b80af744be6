"""Keys of the Annotate window, as actions: only those of the screen that is shown can be pressed."""

from __future__ import annotations

from enum import Flag, auto

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QWidget

from fairemo_gui.gui.annotate.tiles import KEYS


class On(Flag):
    """The screens a key works on."""

    TRIAL = auto()
    PROMPT = auto()
    WORDS = auto()
    START = auto()


EVERYWHERE = On.TRIAL | On.PROMPT | On.WORDS | On.START
_TABLE: tuple[tuple[str, str, tuple[str, ...], On, bool], ...] = (
    ("enter", "Submit; or the main button", ("Return", "Enter"), EVERYWHERE, False),
    ("escape", "Pause; or back", ("Esc",), EVERYWHERE, False),
    ("play", "Play, replay", ("Space",), On.TRIAL, False),
    ("undo", "Take back the last rating", ("Backspace",), On.TRIAL | On.WORDS, False),
    ("skip", "Skip with a reason", ("S",), On.TRIAL, False),
    ("flag", "Flag with a note", ("F",), On.TRIAL, False),
    ("less", "Less intense; to the left", ("Left",), On.TRIAL, True),
    ("more", "More intense; to the right", ("Right",), On.TRIAL, True),
    ("less_fine", "Less, by one", ("Shift+Left",), On.TRIAL, True),
    ("more_fine", "More, by one", ("Shift+Right",), On.TRIAL, True),
    ("activation", "Number keys answer activation", ("A",), On.TRIAL, False),
    ("valence", "Number keys answer valence", ("V",), On.TRIAL, False),
    ("dominance", "Number keys answer dominance", ("D",), On.TRIAL, False),
    ("text", "In your words", ("T",), On.TRIAL, False),
    ("louder", "Louder", ("Ctrl+Up",), EVERYWHERE, True),
    ("quieter", "Quieter", ("Ctrl+Down",), EVERYWHERE, True),
    ("file", "Open a plan", ("Ctrl+O",), On.START, False),
    ("bundle", "Save the bundle", ("B",), On.WORDS, False),
    ("finish", "Paused: end the sitting", ("E",), On.WORDS, False),
    ("keys", "Keys", ("?",), EVERYWHERE, False),
)


class Keys(QObject):
    """Makes the actions and says which was pressed.

    Signals:
        pressed(str): Name of the action.
        number(int): A number key, 1–9.
        sure(int): A number key with Shift, 1–5.
    """

    pressed = Signal(str)
    number = Signal(int)
    sure = Signal(int)

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self.actions: dict[str, tuple[QAction, On]] = {}
        for name, text, keys, screens, repeats in _TABLE:
            action = self._add(name, text, keys, screens)
            action.setAutoRepeat(repeats)
            action.triggered.connect(lambda _=False, name=name: self.pressed.emit(name))
        for k in range(1, KEYS + 1):
            action = self._add(f"number_{k}", f"Answer {k}", (str(k),), On.TRIAL | On.PROMPT)
            action.triggered.connect(lambda _=False, k=k: self.number.emit(k))
        for k in range(1, 6):
            action = self._add(f"sure_{k}", f"Confidence {k}", (f"Shift+{k}",), On.TRIAL)
            action.triggered.connect(lambda _=False, k=k: self.sure.emit(k))

    def show(self, screen: On) -> None:
        """Only the keys of a screen can be pressed from now on."""
        for action, screens in self.actions.values():
            action.setEnabled(bool(screen & screens))

    def _add(self, name: str, text: str, keys: tuple[str, ...], screens: On) -> QAction:
        action = QAction(text, self)
        action.setObjectName(name)
        action.setShortcuts([QKeySequence(key) for key in keys])
        action.setShortcutContext(Qt.ShortcutContext.WindowShortcut)
        action.setAutoRepeat(False)
        self._window.addAction(action)
        self.actions[name] = (action, screens)
        return action
