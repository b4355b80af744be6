"""Following a dimension by hand while the clip plays: a marker on a scale, and nothing of what went before."""

from __future__ import annotations

import math

from PySide6.QtCore import QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from fairemo_gui.gui import theme
from fairemo_gui.gui.annotate.words import ENDS
from fairemo_gui.gui.controls.painting import CENTRE, LEFT, RIGHT, draw_text, pen

STEP = 0.08
_EDGE, _TOP = 10.0, 22.0


class TraceScale(QWidget):
    """A scale from −1 to 1 with the hand on it.

    Signals:
        guided(float): The mouse put the hand somewhere, −1 to 1.
    """

    guided = Signal(float)

    def __init__(self, dimension: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._ends, self._value, self._live = ENDS[dimension], math.nan, False
        self.setFixedHeight(58)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setMouseTracking(True)
        self.setAccessibleName(f"{dimension.capitalize()} while the clip plays, {self._ends[0]} to {self._ends[1]}")

    def set_value(self, value: float) -> None:
        """Where the hand is; NaN = it has not moved yet."""
        self._value = value
        self.update()

    def set_live(self, live: bool) -> None:
        """Whether the clip plays, so that the hand is followed."""
        self._live = live
        self.update()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """The hand follows the mouse while the clip plays, no button needed."""
        if self._live:
            x = (event.position().x() - _EDGE) / (self.width() - 2 * _EDGE)
            self.guided.emit(min(max(2 * x - 1, -1.0), 1.0))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Scale, words at its ends, the hand."""
        tokens = theme.current()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        wide = self.width() - 2 * _EDGE
        painter.setPen(pen(tokens.cline))
        painter.setBrush(QColor(tokens.ctl if self._live else tokens.alt))
        painter.drawRoundedRect(QRectF(0.5, _TOP - 14.5, self.width() - 1, 29), 4, 4)
        painter.setPen(pen(tokens.zero))
        painter.drawLine(QPointF(_EDGE, _TOP), QPointF(_EDGE + wide, _TOP))
        for k in range(5):
            x = round(_EDGE + wide * k / 4) + 0.5
            half = 7 if k == 2 else 4
            painter.drawLine(QPointF(x, _TOP - half), QPointF(x, _TOP + half))
        quiet, font = tokens.text2, theme.font(theme.SMALL)
        words = QRectF(0, _TOP + 18, self.width(), 16)
        for text, align in ((self._ends[0], LEFT), ("neither", CENTRE), (self._ends[1], RIGHT)):
            draw_text(painter, words, text, quiet, font, align)
        if not math.isnan(self._value):
            painter.setPen(pen(tokens.accent, 2))
            painter.setBrush(QColor(tokens.accent if self._live else tokens.panel))
            painter.drawEllipse(QPointF(_EDGE + wide * (self._value + 1) / 2, _TOP), 9, 9)
        painter.setBrush(Qt.BrushStyle.NoBrush)
