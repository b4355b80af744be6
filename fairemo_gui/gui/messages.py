"""What the window tells a person: toasts, the list of all messages, and faults that nobody caught."""

from __future__ import annotations

import logging
import sys
import threading
import traceback
from types import TracebackType

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QColor
from PySide6.QtWidgets import (
    QDialog,
    QListWidget,
    QListWidgetItem,
    QPlainTextEdit,
    QPushButton,
    QSplitter,
    QVBoxLayout,
    QWidget,
)

from fairemo_gui.errors import UserError
from fairemo_gui.gui import theme
from fairemo_gui.gui.controls.toast import Message, Toasts, Tone

SHOW = "show_messages"
_LOG = logging.getLogger("fairemo_gui")


class Messages(QObject):
    """Says things once, keeps them all, with the details one click away.

    Signals:
        show_requested(): The list of messages is wanted.
        acted(str): The button of a message with this key was pressed.
    """

    show_requested = Signal()
    acted = Signal(str)
    _fault = Signal(str, str)

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self.toasts = Toasts(window)
        self._details: dict[int, str] = {}
        self.toasts.action_triggered.connect(self._on_action)
        self._fault.connect(self._say_fault)

    def log(self) -> list[Message]:
        """Every message, oldest first."""
        return self.toasts.log

    def details(self, message: Message) -> str:
        """What is behind a message; its sentence where there is nothing more."""
        return self._details.get(id(message), message.sentence)

    def inform(self, sentence: str, action: str = "", key: str = "") -> None:
        """Something went well."""
        self.toasts.say(sentence, Tone.INFO, action, key)

    def withdraw(self, key: str) -> None:
        """What a message offers no longer holds: it is not shown any more, but stays in the log."""
        self.toasts.withdraw(key)

    def warn(self, sentence: str, details: str = "") -> None:
        """Something is worth knowing."""
        self._say(sentence, Tone.WARNING, details)

    def failed(self, what: str, error: BaseException | None) -> None:
        """A job ended in an error. A person's mistake is said as it is; a fault of ours says what failed."""
        if isinstance(error, UserError):
            self._say(error.message, Tone.ERROR, "\n".join(error.problems))
            return
        trace = "".join(traceback.format_exception(error)) if error is not None else ""
        extra = getattr(error, "details", "")
        self._say(f"{what} failed: {error}", Tone.ERROR, f"{extra}\n{trace}".strip())

    def install_hook(self) -> None:
        """Show faults that nobody caught instead of dying of them."""
        sys.excepthook = self._on_fault
        threading.excepthook = self._on_thread_fault

    def _say(self, sentence: str, tone: Tone, details: str) -> None:
        self.toasts.say(sentence, tone, "Show" if details else "", SHOW if details else "")
        if details:
            self._details[id(self.toasts.log[-1])] = f"{sentence}\n\n{details}"

    def _on_fault(self, kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        if issubclass(kind, KeyboardInterrupt):
            sys.__excepthook__(kind, error, trace)
            return
        text = "".join(traceback.format_exception(kind, error, trace))
        _LOG.error("%s", text)
        self._fault.emit(f"Something went wrong in the window: {error}", text)

    def _on_thread_fault(self, fault: threading.ExceptHookArgs) -> None:
        if fault.exc_value is not None:
            self._on_fault(fault.exc_type, fault.exc_value, fault.exc_traceback)

    def _say_fault(self, sentence: str, text: str) -> None:
        self._say(sentence, Tone.ERROR, text)

    def _on_action(self, key: str) -> None:
        if key == SHOW:
            self.show_requested.emit()
        else:
            self.acted.emit(key)


class MessagesDialog(QDialog):
    """Every message of this session with its details."""

    def __init__(self, messages: Messages, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Messages")
        self.setObjectName("messages")
        self.resize(720, 420)
        self.list = QListWidget()
        self.list.setAccessibleName("Messages")
        self.text = QPlainTextEdit()
        self.text.setReadOnly(True)
        self.text.setAccessibleName("Details of the message")
        self._messages = messages
        for message in reversed(messages.log()):
            self.list.addItem(_item(message))
        self.list.currentRowChanged.connect(self._on_row)
        parts = QSplitter(Qt.Orientation.Vertical)
        parts.addWidget(self.list)
        parts.addWidget(self.text)
        close = QPushButton("Close")
        close.clicked.connect(self.accept)
        column = QVBoxLayout(self)
        column.addWidget(parts, 1)
        column.addWidget(close, 0, Qt.AlignmentFlag.AlignRight)
        self.list.setCurrentRow(0)

    def _on_row(self, row: int) -> None:
        if row >= 0:
            self.text.setPlainText(self._messages.details(self._messages.log()[-1 - row]))


def _item(message: Message) -> QListWidgetItem:
    tokens = theme.current()
    colours = {Tone.ERROR: tokens.worse, Tone.WARNING: tokens.warn, Tone.SAVED: tokens.better}
    item = QListWidgetItem(f"{message.at:%H:%M:%S}  {message.sentence}")
    item.setForeground(QColor(colours.get(message.tone, tokens.text)))
    return item
