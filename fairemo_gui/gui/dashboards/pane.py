"""A bare pyqtgraph plot laid over an exact place of a chart: marks with intervals, grid, zero line, bars, lines.

The chart around it writes all words itself, so that every label stands where the layout puts it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import cast

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPen
from PySide6.QtWidgets import QFrame, QWidget

from fairemo_gui.gui import theme

MARGIN = 8.0
"""Pixels a pane reaches beyond its plotting area, so that marks on the edge are whole."""


@dataclass(frozen=True)
class Mark:
    """A point with its interval.

    Attributes:
        low: Lower end of the interval along the pane's direction; None = no interval.
        filled: Filled, or hollow on the panel's colour.
        symbol: pyqtgraph's name of the shape.
    """

    x: float
    y: float
    colour: str
    low: float | None = None
    high: float | None = None
    filled: bool = True
    symbol: str = "o"
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
    """A line through points.

    Attributes:
        dash: Pattern in pen widths; empty = solid.
    """

    x: Sequence[float]
    y: Sequence[float]
    colour: str
    width: float = 1.6
    dash: tuple[float, ...] = ()


BEYOND = "The interval goes on beyond the axis."


def within(mark: Mark, span: tuple[float, float]) -> list[Mark]:
    """A mark along x with what lies beyond the axis put at its end; arrow heads tell an interval that goes on."""
    low, high = mark.low, mark.high
    heads = []
    if low is not None and low < span[0]:
        low, heads = span[0], [Mark(span[0], mark.y, mark.colour, symbol="t3", size=7)]
    if high is not None and high > span[1]:
        high = span[1]
        heads.append(Mark(span[1], mark.y, mark.colour, symbol="t2", size=7))
    return [*heads, replace(mark, x=min(max(mark.x, span[0]), span[1]), low=low, high=high)]


class Pane(pg.PlotWidget):  # type: ignore[misc]
    """Draws what it is told, in data coordinates, and takes no part in pointing or keys.

    Args:
        upright: Intervals run along y instead of x.
    """

    def __init__(self, parent: QWidget, upright: bool = False) -> None:
        super().__init__(parent=parent, background=None, enableMenu=False)
        self._upright = upright
        self._export_ratio: float | None = None
        self._intervals: dict[str, pg.ErrorBarItem] = {}
        self._segments: dict[tuple[str, float], pg.PlotCurveItem] = {}
        self._curves: list[pg.PlotCurveItem] = []
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        # A cached background is painted opaque and would cover the words around the plot.
        self.setCacheMode(self.CacheModeFlag.CacheNone)
        self.viewport().setAutoFillBackground(False)
        # The chart below repaints both at once; else every change of an item would paint a second and third time.
        self.setViewportUpdateMode(self.ViewportUpdateMode.NoViewportUpdate)
        item = self.getPlotItem()
        item.hideButtons()
        item.hideAxis("left")
        item.hideAxis("bottom")
        item.layout.setContentsMargins(0, 0, 0, 0)
        item.vb.setMouseEnabled(False, False)
        item.vb.setDefaultPadding(0)
        item.vb.disableAutoRange()
        self._bars = pg.BarGraphItem(x=[], height=[], width=1.0)
        # Without its cache of little pictures: points stay shapes in an SVG and sharp on any screen.
        self._points = pg.ScatterPlotItem(pxMode=True, useCache=False)
        self._points.setZValue(10)
        self.addItem(self._bars)
        self.addItem(self._points)

    def put(self, area: QRectF, x: tuple[float, float], y: tuple[float, float]) -> None:
        """Lay the plotting area over a rectangle of the chart and set what it spans."""
        self.setGeometry(area.adjusted(-MARGIN, -MARGIN, MARGIN, MARGIN).toRect())
        per_x = (x[1] - x[0]) / max(area.width(), 1)
        per_y = (y[1] - y[0]) / max(area.height(), 1)
        self.getPlotItem().vb.setRange(
            xRange=(x[0] - MARGIN * per_x, x[1] + MARGIN * per_x),
            yRange=(y[0] - MARGIN * per_y, y[1] + MARGIN * per_y),
            padding=0,
        )
        self.setVisible(True)

    def export_at(self, ratio: float | None) -> None:
        """Draw lines for a picture of so many pixels per logical pixel; None = for the screen again."""
        self._export_ratio = ratio

    def _pen(self, colour: str, width: float) -> QPen:
        """A pen in logical pixels: pyqtgraph's are cosmetic, which means device pixels."""
        return cast(QPen, pg.mkPen(colour, width=width * (self._export_ratio or self.devicePixelRatioF())))

    def set_marks(self, marks: Sequence[Mark]) -> None:
        """Replace the points and their intervals."""
        panel = QColor(theme.current().panel)
        self._points.setData(
            [
                {
                    "pos": (mark.x, mark.y),
                    "size": mark.size,
                    "symbol": mark.symbol,
                    "pen": self._pen(mark.colour, 1.6),
                    "brush": pg.mkBrush(mark.colour) if mark.filled else pg.mkBrush(panel),
                }
                for mark in marks
            ]
        )
        colours = {mark.colour for mark in marks}
        for colour in colours | set(self._intervals):
            self._set_intervals(colour, [m for m in marks if m.colour == colour and m.low is not None])

    def set_segments(self, segments: Iterable[Segment]) -> None:
        """Replace grid lines, zero lines, diagonals and range lines."""
        kinds: dict[tuple[str, float], list[tuple[float, float]]] = {key: [] for key in self._segments}
        for segment in segments:
            kinds.setdefault((segment.colour, segment.width), []).extend((segment.start, segment.end))
        for z, (kind, points) in enumerate(kinds.items()):
            if kind not in self._segments:
                self._segments[kind] = pg.PlotCurveItem(connect="pairs", antialias=False)
                self.addItem(self._segments[kind])
            ends = np.array(points, dtype=np.float64).reshape(-1, 2)
            pen = self._pen(*kind)
            self._segments[kind].setData(ends[:, 0], ends[:, 1], pen=pen, connect="pairs")
            self._segments[kind].setZValue(-20 + z)

    def set_bars(self, x: Sequence[float], height: Sequence[float], width: float, colour: str) -> None:
        """Replace the bars of a histogram."""
        self._bars.setOpts(x=list(x), height=list(height), width=width, brush=pg.mkBrush(colour), pen=pg.mkPen(None))

    def set_curves(self, curves: Sequence[Curve]) -> None:
        """Replace the lines."""
        while len(self._curves) < len(curves):
            self._curves.append(pg.PlotCurveItem(antialias=True))
            self.addItem(self._curves[-1])
        for item, curve in zip(self._curves, curves, strict=False):
            pen = self._pen(curve.colour, curve.width)
            if curve.dash:
                pen.setDashPattern(list(curve.dash))
            item.setData(np.asarray(curve.x, dtype=float), np.asarray(curve.y, dtype=float), pen=pen, connect="finite")
        for item in self._curves[len(curves) :]:
            item.setData([], [])

    def _set_intervals(self, colour: str, marks: Sequence[Mark]) -> None:
        if colour not in self._intervals:
            self._intervals[colour] = pg.ErrorBarItem(beam=0)
            self.addItem(self._intervals[colour])
        at = np.array([(m.x, m.y) for m in marks], dtype=np.float64).reshape(-1, 2)
        along = at[:, 1 if self._upright else 0]
        low = along - np.array([m.low for m in marks], dtype=np.float64)
        high = np.array([m.high for m in marks], dtype=np.float64) - along
        ends = {"bottom": low, "top": high} if self._upright else {"left": low, "right": high}
        self._intervals[colour].setData(x=at[:, 0], y=at[:, 1], beam=0, pen=self._pen(colour, 2), **ends)
