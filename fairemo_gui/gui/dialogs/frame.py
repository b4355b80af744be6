"""What every small dialog has: a form, a sentence, Cancel and one primary button."""

from __future__ import annotations

from PySide6.QtWidgets import QDialog, QDialogButtonBox, QFormLayout, QLabel, QPushButton, QVBoxLayout, QWidget


class FormDialog(QDialog):
    """A form with a primary button.

    Args:
        title: Of the window.
        sentence: Above the form; empty = none.
        button: Words of the primary button.
    """

    def __init__(self, title: str, sentence: str, button: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(title)
        self.setObjectName(f"dialog_{title.lower().replace(' ', '_')}")
        self.setMinimumWidth(420)
        self.form = QFormLayout()
        self.form.setHorizontalSpacing(16)
        self.form.setVerticalSpacing(10)
        self.note = QLabel("")
        self.note.setWordWrap(True)
        self.note.setForegroundRole(self.palette().ColorRole.PlaceholderText)
        buttons = QDialogButtonBox()
        self.go = QPushButton(button)
        self.go.setProperty("role", "primary")
        self.go.setDefault(True)
        buttons.addButton(self.go, QDialogButtonBox.ButtonRole.AcceptRole)
        buttons.addButton("Cancel", QDialogButtonBox.ButtonRole.RejectRole)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 16, 16, 16)
        column.setSpacing(14)
        if sentence:
            words = QLabel(sentence)
            words.setWordWrap(True)
            column.addWidget(words)
        column.addLayout(self.form)
        column.addWidget(self.note)
        column.addStretch(1)
        column.addWidget(buttons)

    def add(self, title: str, name: str, field: QWidget) -> None:
        """Put a field under a title; it is found by its name."""
        field.setObjectName(name)
        if not field.accessibleName():
            field.setAccessibleName(title)
        self.form.addRow(title, field)
