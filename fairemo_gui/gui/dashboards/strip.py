"""A strip of controls above a chart."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from fairemo_gui.gui import theme

_HEIGHT = 32


class Strip(QWidget):
    """Controls side by side, from the left, on the panel's colour."""

    def __init__(self, controls: Sequence[QWidget], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFixedHeight(_HEIGHT)
        row = QHBoxLayout(self)
        row.setContentsMargins(8, 4, 8, 4)
        row.setSpacing(6)
        for control in controls:
            row.addWidget(control)
        row.addStretch(1)

    def changeEvent(self, event: QEvent) -> None:
        """Repaint on a change of theme."""
        if event.type() == QEvent.Type.PaletteChange:
            self.update()
        super().changeEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """The panel's ground."""
        QPainter(self).fillRect(self.rect(), QColor(theme.current().panel))
