"""Toasts: one sentence at the bottom right, one at a time, with one action. All of them stay in the message log."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from PySide6.QtCore import QEvent, QObject, QPropertyAnimation, QRectF, Qt, QTimer, Signal
from PySide6.QtGui import QEnterEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QGraphicsOpacityEffect, QHBoxLayout, QLabel, QPushButton, QWidget

from fairemo_gui.gui import theme
from fairemo_gui.gui.controls.dock_title import IconButton
from fairemo_gui.gui.controls.painting import pen

WIDTH, SHOWN_MS, FADE_MS, MARGIN = 320, 6000, 120, 16


class Tone(StrEnum):
    """What kind of news a message is."""

    INFO = "info"
    SAVED = "saved"
    WARNING = "warning"
    ERROR = "error"


@dataclass(frozen=True)
class Message:
    """One message.

    Attributes:
        action: Word on its button, as `Undo`; empty = none.
        key: What the button means to whoever listens.
    """

    tone: Tone
    sentence: str
    action: str = ""
    key: str = ""
    at: datetime = field(default_factory=datetime.now)


_ICONS = {Tone.INFO: "info", Tone.SAVED: "check", Tone.WARNING: "warning", Tone.ERROR: "warning-circle"}


class Toast(QFrame):
    """The box of the message shown now."""

    acted = Signal()
    dismissed = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setFixedWidth(WIDTH)
        self._icon = QLabel(self)
        self._words = QLabel(self)
        self._words.setWordWrap(True)
        self._words.setTextFormat(Qt.TextFormat.PlainText)
        self._action = QPushButton(self)
        self._action.clicked.connect(self.acted)
        self._close = IconButton("x", "Close (Esc)", self)
        self._close.clicked.connect(self.dismissed)
        self._row = row = QHBoxLayout(self)
        row.setContentsMargins(12, 8, 8, 8)
        row.setSpacing(8)
        row.addWidget(self._icon)
        row.addWidget(self._words, 1)
        row.addWidget(self._action)
        row.addWidget(self._close)

    def say(self, message: Message) -> None:
        """Show a message in the theme in force."""
        tokens = theme.current()
        colour = {Tone.SAVED: tokens.better, Tone.WARNING: tokens.warn, Tone.ERROR: tokens.worse}
        icon = theme.icon(_ICONS[message.tone], tokens, colour.get(message.tone, tokens.text2))
        self._icon.setPixmap(icon.pixmap(16, 16))
        self._words.setText(message.sentence)
        self._action.setText(message.action)
        self._action.setVisible(bool(message.action))
        self.setAccessibleName(message.sentence)
        self.setFixedHeight(max(self._row.heightForWidth(WIDTH), 44))

    def paintEvent(self, event: QPaintEvent) -> None:
        """A box that lies above everything."""
        tokens = theme.current()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(pen(tokens.cline))
        painter.setBrush(self.palette().button())
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 4, 4)


class Toasts(QObject):
    """Shows messages over a window, one at a time, and keeps them all.

    Signals:
        action_triggered(key): The button of the message with this key was pressed.
        logged(Message): A message came.
    """

    action_triggered = Signal(str)
    logged = Signal(object)

    def __init__(self, window: QWidget, bottom: int = 24) -> None:
        super().__init__(window)
        self._window = window
        self._bottom = bottom
        self._waiting: deque[Message] = deque()
        self._shown: Message | None = None
        self.log: list[Message] = []
        self.toast = Toast(window)
        self.toast.hide()
        self.toast.acted.connect(self._on_acted)
        self.toast.dismissed.connect(self.dismiss)
        self._timer = QTimer(self, singleShot=True, interval=SHOWN_MS)
        self._timer.timeout.connect(self._on_timeout)
        self._fade = _fade_of(self.toast)
        window.installEventFilter(self)
        self.toast.installEventFilter(self)

    def say(self, sentence: str, tone: Tone = Tone.INFO, action: str = "", key: str = "") -> None:
        """Show a message, after those already waiting."""
        message = Message(tone, sentence, action, key)
        self.log.append(message)
        self.logged.emit(message)
        self._waiting.append(message)
        if self._shown is None:
            self._next()

    def shown(self) -> Message | None:
        """The message on the screen."""
        return self._shown

    def dismiss(self) -> None:
        """Take the message away; the next one comes."""
        self._timer.stop()
        self._shown = None
        self.toast.hide()
        self._next()

    def withdraw(self, key: str) -> None:
        """Show no message whose button has this key any longer; the log keeps it."""
        self._waiting = deque(message for message in self._waiting if message.key != key)
        if self._shown is not None and self._shown.key == key:
            self.dismiss()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Keep to the corner; stay under the pointer; Esc closes."""
        if watched is self._window and event.type() == QEvent.Type.Resize:
            self._place()
        elif watched is self.toast and isinstance(event, QEnterEvent):
            self._timer.stop()
        elif watched is self.toast and event.type() == QEvent.Type.Leave and self._shown is not None:
            self._start_timer(self._shown)
        return False

    def _next(self) -> None:
        if not self._waiting:
            return
        self._shown = self._waiting.popleft()
        self.toast.say(self._shown)
        self._place()
        self.toast.show()
        self.toast.raise_()
        self._fade.start()
        self._start_timer(self._shown)

    def _start_timer(self, message: Message) -> None:
        if message.tone is not Tone.ERROR:
            self._timer.start()

    def _on_timeout(self) -> None:
        if self.toast.isAncestorOf(self._window.focusWidget() or self._window):
            self._timer.start()
            return
        self.dismiss()

    def _on_acted(self) -> None:
        key = self._shown.key if self._shown else ""
        self.dismiss()
        self.action_triggered.emit(key)

    def _place(self) -> None:
        right, bottom = self._window.width() - MARGIN, self._window.height() - MARGIN - self._bottom
        self.toast.move(right - WIDTH, bottom - self.toast.height())


def _fade_of(widget: QWidget) -> QPropertyAnimation:
    effect = QGraphicsOpacityEffect(widget)
    effect.setOpacity(1.0)
    widget.setGraphicsEffect(effect)
    fade = QPropertyAnimation(effect, b"opacity", widget)
    fade.setDuration(FADE_MS)
    fade.setStartValue(0.0)
    fade.setEndValue(1.0)
    return fade
