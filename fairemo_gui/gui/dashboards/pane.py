"""A bare plot laid over an exact place of a chart: marks with intervals, grid, zero line, bars, lines.

The chart around it writes all words itself, so that every label stands where the layout puts it.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from fairemo_gui.gui import theme
from fairemo_gui.gui.controls.painting import marker_path, pen

MARGIN = 8.0
"""Pixels a pane reaches beyond its plotting area, so that marks on the edge are whole."""


@dataclass(frozen=True)
class Mark:
    """A point with its interval.

    Attributes:
        low: Lower end of the interval along the pane's direction; None = no interval.
        filled: Filled, or hollow on the panel's colour.
        marker: Its shape, as `marker_path` knows it.
    """

    x: float
    y: float
    colour: str
    low: float | None = None
    high: float | None = None
    filled: bool = True
    marker: str = "●"
    size: float = 8.5


@dataclass(frozen=True)
class Segment:
    """A straight line between two points."""

    start: tuple[float, float]
    end: tuple[float, float]
    colour: str
    width: float = 1.0


@dataclass(frozen=True)
class Curve:
    """A line through points, broken where one is NaN.

    Attributes:
        dash: Pattern in pen widths; empty = solid.
    """

    x: Sequence[float]
    y: Sequence[float]
    colour: str
    width: float = 1.6
    dash: tuple[float, ...] = ()


@dataclass(frozen=True)
class Bars:
    """A histogram: middle and height of each bar, from zero up."""

    x: Sequence[float]
    height: Sequence[float]
    width: float
    colour: str


BEYOND = "The interval goes on beyond the axis."


def within(mark: Mark, span: tuple[float, float]) -> list[Mark]:
    """A mark along x with what lies beyond the axis put at its end; arrow heads tell an interval that goes on."""
    low, high = mark.low, mark.high
    heads = []
    if low is not None and low < span[0]:
        low, heads = span[0], [Mark(span[0], mark.y, mark.colour, marker="◀", size=7)]
    if high is not None and high > span[1]:
        high = span[1]
        heads.append(Mark(span[1], mark.y, mark.colour, marker="▶", size=7))
    return [*heads, replace(mark, x=min(max(mark.x, span[0]), span[1]), low=low, high=high)]


class Pane(QWidget):
    """Draws what it is told, in data coordinates, and takes no part in pointing or keys. The chart below repaints it.

    Args:
        upright: Intervals run along y instead of x.

    Attributes:
        segments: Grid lines, zero lines, diagonals and range lines; under all else.
        bars: A histogram over them.
        curves: Lines over that.
        marks: Points with their intervals, over everything.
    """

    def __init__(self, parent: QWidget, upright: bool = False) -> None:
        super().__init__(parent)
        self._upright = upright
        self._area, self._x, self._y = QRectF(), (0.0, 1.0), (0.0, 1.0)
        self.segments: Sequence[Segment] = ()
        self.bars: Bars | None = None
        self.curves: Sequence[Curve] = ()
        self.marks: Sequence[Mark] = ()
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)

    def put(self, area: QRectF, x: tuple[float, float], y: tuple[float, float]) -> None:
        """Lay the plotting area over a rectangle of the chart and set what it spans."""
        self.setGeometry(area.adjusted(-MARGIN, -MARGIN, MARGIN, MARGIN).toRect())
        self._area, self._x, self._y = area.translated(-self.x(), -self.y()), x, y
        self.setVisible(True)

    def at(self, x: float, y: float) -> QPointF:
        """Where a point lies in the pane."""
        (left, right), (bottom, top), area = self._x, self._y, self._area
        return QPointF(
            area.left() + (x - left) / (right - left) * area.width(),
            area.bottom() - (y - bottom) / (top - bottom) * area.height(),
        )

    def paintEvent(self, event: QPaintEvent) -> None:
        """From the grid up to the marks."""
        painter = QPainter(self)
        for segment in self.segments:
            painter.setPen(_line(segment.colour, segment.width))
            painter.drawLine(self.at(*segment.start), self.at(*segment.end))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self.bars is not None:
            self._draw_bars(painter, self.bars)
        for curve in self.curves:
            painter.setPen(_line(curve.colour, curve.width, curve.dash))
            points = zip(curve.x, curve.y, strict=True)
            for known, run in groupby(points, lambda point: not math.isnan(point[0] + point[1])):
                if known:
                    painter.drawPolyline([self.at(*point) for point in run])
        self._draw_marks(painter)

    def _draw_bars(self, painter: QPainter, bars: Bars) -> None:
        colour = QColor(bars.colour)
        for x, height in zip(bars.x, bars.height, strict=True):
            painter.fillRect(QRectF(self.at(x - bars.width / 2, height), self.at(x + bars.width / 2, 0)), colour)

    def _draw_marks(self, painter: QPainter) -> None:
        """Intervals first, so that none covers a point."""
        for mark in self.marks:
            if mark.low is not None and mark.high is not None:
                painter.setPen(pen(mark.colour, 2))
                ends = [(mark.x, end) if self._upright else (end, mark.y) for end in (mark.low, mark.high)]
                painter.drawLine(self.at(*ends[0]), self.at(*ends[1]))
        for mark in self.marks:
            painter.setPen(pen(mark.colour, 1.6))
            painter.setBrush(QColor(mark.colour if mark.filled else theme.current().panel))
            painter.drawPath(marker_path(mark.marker, self.at(mark.x, mark.y), mark.size))


def _line(colour: str, width: float, dash: Sequence[float] = ()) -> QPen:
    """A pen as wide in a picture of more pixels as it is on the screen."""
    made = pen(colour, width, dash)
    made.setCosmetic(False)
    return made
