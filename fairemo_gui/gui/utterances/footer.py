"""The line under the table: what is selected, and the keys that move and play."""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout, QWidget

from fairemo_gui.gui import theme
from fairemo_gui.gui.controls import numbers
from fairemo_gui.gui.controls.key_cap import KeyCap
from fairemo_gui.gui.tone_label import ToneLabel


class Footer(QWidget):
    """Says how many are selected, of how many speakers."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFixedHeight(theme.STATUS)
        self._selected, self._speakers = ToneLabel(), ToneLabel()
        row = QHBoxLayout(self)
        row.setContentsMargins(10, 0, 10, 0)
        row.setSpacing(6)
        row.addWidget(self._selected)
        row.addSpacing(6)
        row.addWidget(self._speakers)
        row.addStretch(1)
        for part in (KeyCap("↑"), KeyCap("↓"), ToneLabel("move"), KeyCap("Space"), ToneLabel("play")):
            row.addWidget(part)

    def say(self, selected: int, speakers: int) -> None:
        """Show the numbers."""
        self._selected.setText(f"{numbers.count(selected)} selected")
        self._speakers.setText(numbers.counted(speakers, "speaker", "speakers"))
