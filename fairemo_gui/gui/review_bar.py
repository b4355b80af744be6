"""The bar of the review queue: which clip of how many, of what; arrows walk, Esc leaves."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QColor, QFocusEvent, QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QWidget

from fairemo_gui.gui import theme
from fairemo_gui.gui.controls.dock_title import IconButton
from fairemo_gui.gui.controls.key_cap import KeyCap
from fairemo_gui.gui.controls.painting import pen
from fairemo_gui.gui.tone_label import ToneLabel

_STEPS = {Qt.Key.Key_Left: -1, Qt.Key.Key_Up: -1, Qt.Key.Key_Right: 1, Qt.Key.Key_Down: 1}


class ReviewBar(QFrame):
    """Has the keyboard while clips are reviewed.

    Signals:
        stepped(int): So many clips on (or back).
        left(): Enough.
    """

    stepped = Signal(int)
    left = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("review")
        self.setFixedHeight(30)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._where, self._state = ToneLabel(tone="text"), ToneLabel(tone="warn")
        self._where.setFont(theme.font(theme.BODY, 600))
        self.previous = IconButton("arrow-left", "Clip before (Left)")
        self.next = IconButton("arrow-right", "Next clip (Right)")
        self.close_button = IconButton("x", "Leave the review (Esc)")
        self.previous.clicked.connect(lambda: self.stepped.emit(-1))
        self.next.clicked.connect(lambda: self.stepped.emit(1))
        self.close_button.clicked.connect(self.left)
        row = QHBoxLayout(self)
        row.setContentsMargins(8, 0, 8, 0)
        row.setSpacing(6)
        parts: tuple[QWidget, ...] = (self.previous, self.next, self._where, self._state)
        for part in parts:
            row.addWidget(part)
        row.addStretch(1)
        for part in (
            KeyCap("1–9"),
            ToneLabel("rate"),
            KeyCap("F"),
            ToneLabel("flag"),
            KeyCap("Esc"),
            self.close_button,
        ):
            row.addWidget(part)
        self.hide()

    def say(self, where: str, state: str = "") -> None:
        """Show, as `12 of 87 · Men, happy → neutral`, and what became of the clip."""
        self._where.setText(where)
        self._state.setText(state)
        self.setAccessibleName(f"Review, {where}" + (f", {state}" if state else ""))

    def where(self) -> str:
        """Which clip of how many, of what."""
        return self._where.text()

    def state(self) -> str:
        """What became of the clip."""
        return self._state.text()

    def event(self, event: QEvent) -> bool:
        """Arrows and Esc are this bar's own, whatever else they do in the window."""
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent) and _is_own(event):
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Walk or leave."""
        if not _is_own(event):
            super().keyPressEvent(event)
        elif event.key() == Qt.Key.Key_Escape:
            self.left.emit()
        else:
            self.stepped.emit(_STEPS[Qt.Key(event.key())])

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show the ring."""
        super().focusInEvent(event)
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Take it away."""
        super().focusOutEvent(event)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Selected ground; the ring while it has the keyboard."""
        tokens, painter = theme.current(), QPainter(self)
        painter.fillRect(self.rect(), QColor(tokens.sel))
        if self.hasFocus():
            painter.setPen(pen(tokens.accent, 2))
            painter.drawRect(self.rect().adjusted(1, 1, -1, -1))


def _is_own(event: QKeyEvent) -> bool:
    plain = event.modifiers() in {Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.KeypadModifier}
    return plain and (event.key() in _STEPS or event.key() == Qt.Key.Key_Escape)
