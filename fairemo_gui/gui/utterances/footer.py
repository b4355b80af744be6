"""The line under the table: what is selected, and the keys that move and play."""

from __future__ import annotations

from PySide6.QtCore import QEvent
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QHBoxLayout, QLabel, QWidget

from fairemo_gui.gui import theme
from fairemo_gui.gui.controls import numbers
from fairemo_gui.gui.controls.key_cap import KeyCap


class Footer(QWidget):
    """Says how many are selected, of how many speakers."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFixedHeight(theme.STATUS)
        self._selected, self._speakers = QLabel(), QLabel()
        self._words = [self._selected, self._speakers, QLabel("move"), QLabel("play")]
        row = QHBoxLayout(self)
        row.setContentsMargins(10, 0, 10, 0)
        row.setSpacing(6)
        row.addWidget(self._selected)
        row.addSpacing(6)
        row.addWidget(self._speakers)
        row.addStretch(1)
        for part in (KeyCap("Up"), KeyCap("Down"), self._words[2], KeyCap("Space"), self._words[3]):
            row.addWidget(part)
        self._dress()

    def say(self, selected: int, speakers: int) -> None:
        """Show the numbers."""
        self._selected.setText(f"{numbers.count(selected)} selected")
        self._speakers.setText(numbers.counted(speakers, "speaker", "speakers"))

    def changeEvent(self, event: QEvent) -> None:
        """Recolour on a change of theme."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and hasattr(self, "_words"):
            self._dress()

    def _dress(self) -> None:
        tokens = theme.current()
        for label in self._words:
            label.setFont(theme.font(theme.SMALL))
            palette = label.palette()
            wanted = QColor(tokens.text2)
            if palette.color(label.foregroundRole()) != wanted:
                palette.setColor(label.foregroundRole(), wanted)
                label.setPalette(palette)
