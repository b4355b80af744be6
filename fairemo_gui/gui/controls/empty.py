"""The empty state: one sentence why, one button that fixes it."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QLabel, QPushButton, QVBoxLayout, QWidget

from fairemo_gui.gui import theme


class EmptyState(QWidget):
    """Stands where a chart or table would.

    Signals:
        fixed(): The button was pressed.
    """

    fixed = Signal()

    def __init__(self, sentence: str = "", button: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAutoFillBackground(True)
        self.setBackgroundRole(self.palette().ColorRole.Base)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 16, 24, 16)
        column.setSpacing(12)
        self._sentence = QLabel(self)
        self._sentence.setWordWrap(True)
        self._sentence.setAlignment(Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignBottom)
        self._button = QPushButton(self)
        self._button.clicked.connect(self.fixed)
        column.addStretch(1)
        column.addWidget(self._sentence)
        column.addWidget(self._button, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addStretch(1)
        self.say(sentence, button)

    def say(self, sentence: str, button: str = "") -> None:
        """Change the sentence and the button; no button where nothing fixes it."""
        self._sentence.setFont(theme.font())
        self._sentence.setText(sentence)
        self._button.setText(button)
        self._button.setVisible(bool(button))

    def sentence(self) -> str:
        """The sentence shown."""
        return self._sentence.text()

    def button(self) -> QPushButton:
        """The button that fixes it."""
        return self._button
