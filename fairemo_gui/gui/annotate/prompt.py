"""A question that stands where the answers stood: why a clip is skipped, what the note says."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QPushButton, QVBoxLayout, QWidget

from fairemo_gui.gui import theme
from fairemo_gui.gui.controls.key_button import KeyButton


class Prompt(QWidget):
    """Options by number key, or one line of text; Esc goes back."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.title = QLabel()
        self.title.setFont(theme.font(theme.TITLE, 600))
        self.line = QLineEdit()
        self.line.setObjectName("note")
        self.line.setMaxLength(2000)
        self.line.setFixedHeight(32)
        self.back = KeyButton("Back", "", "Esc", "plain", height=32)
        self.go = KeyButton("Save the note", "", "Enter", "primary", height=32)
        for button in (self.back, self.go):
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.go.clicked.connect(self.enter)
        self._options: list[QPushButton] = []
        self._done: Callable[[str], None] = lambda _: None
        self._rows = QVBoxLayout()
        self._rows.setSpacing(8)
        foot = QHBoxLayout()
        foot.addWidget(self.back)
        foot.addStretch(1)
        foot.addWidget(self.go)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(16)
        column.addWidget(self.title)
        column.addLayout(self._rows)
        column.addWidget(self.line)
        column.addLayout(foot)
        column.addStretch(1)

    def ask(self, title: str, options: tuple[str, ...], done: Callable[[str], None]) -> None:
        """Ask; `done` gets the option or the text."""
        self.title.setText(title)
        self.line.clear()
        self.line.setAccessibleName(title)
        self._done = done
        for button in self._options:
            self._rows.removeWidget(button)
            button.deleteLater()
        self._options = [self._option(number, words) for number, words in enumerate(options, start=1)]
        for part in (self.line, self.go):
            part.setVisible(not options)

    def press(self, number: int) -> None:
        """Press the option of a number key."""
        if 1 <= number <= len(self._options):
            self._options[number - 1].click()

    def enter(self) -> None:
        """Take the text; an empty one says nothing."""
        if not self._options and self.line.text().strip():
            self._done(self.line.text().strip())

    def _option(self, number: int, words: str) -> QPushButton:
        button = KeyButton(words, "", str(number), height=36)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.clicked.connect(lambda _=False: self._done(words))
        self._rows.addWidget(button, 0, Qt.AlignmentFlag.AlignLeft)
        return button
