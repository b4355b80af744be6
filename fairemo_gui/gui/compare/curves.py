"""Learning curves of the new net: two direct-labelled lines at most per panel, the kept epoch as a dashed line."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QWidget

from fairemo_gui.gui import theme
from fairemo_gui.gui.compare.model import LearningCurve, LearningLine
from fairemo_gui.gui.controls import numbers
from fairemo_gui.gui.controls.painting import CENTRE, LEFT, RIGHT, draw_text, width_of
from fairemo_gui.gui.dashboards import scale
from fairemo_gui.gui.dashboards.canvas import Canvas, Place
from fairemo_gui.gui.dashboards.chart import Chart, Row
from fairemo_gui.gui.dashboards.pane import Curve
from fairemo_gui.gui.theme import Tokens

if TYPE_CHECKING:
    from fairemo_gui.gui.compare.learning_plot import LearningPlot

_LEFT, _RIGHT, _TITLE, _AXIS, _GAP = 44.0, 78.0, 38.0, 20.0, 4.0
_KEPT_DASH = (3.0, 3.0)


class CurvesCanvas(Canvas):
    """Draws titles, ticks and labels; one plot per panel draws the lines."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("Learning curves", parent)
        self._curves: tuple[LearningCurve, ...] = ()
        self._kept: int | None = None
        self._areas: list[QRectF] = []
        self._spans: list[scale.Range] = []
        self._plots: list[LearningPlot] = []

    def set_curves(self, curves: tuple[LearningCurve, ...], kept: int | None) -> None:
        """Show other curves, or the same ones some epochs later."""
        self._curves, self._kept = curves, kept
        if curves:
            from fairemo_gui.gui.compare.learning_plot import LearningPlot

            self._plots += [LearningPlot(self) for _ in curves[len(self._plots) :]]
        for plot in self._plots[len(curves) :]:
            plot.hide()
        self._spans = [_span_of(curve) for curve in curves]
        self.setMinimumSize(220, round(len(curves) * (_TITLE + 48 + _AXIS + _GAP) + 16))
        self.refresh()

    def arrange(self) -> Sequence[Place]:
        """One panel under the other."""
        if not self._curves:
            return []
        each = (self.height() - 18) / len(self._curves)
        width = max(self.width() - _LEFT - _RIGHT, 40)
        self._areas = [
            QRectF(_LEFT, k * each + _TITLE, width, max(each - _TITLE - _AXIS - _GAP, 20))
            for k in range(len(self._curves))
        ]
        for k, (plot, area) in enumerate(zip(self._plots, self._areas, strict=False)):
            self._fill(plot, area, k)
        return [
            Place(area.adjusted(-4, -4, 4, 4), _curve_words(curve), None, None)
            for area, curve in zip(self._areas, self._curves, strict=True)
        ]

    def draw(self, painter: QPainter) -> None:
        """Everything but the lines."""
        for k, (area, curve) in enumerate(zip(self._areas, self._curves, strict=False)):
            self._draw_words(painter, area, curve, self._spans[k])
        if self._areas:
            box = QRectF(_LEFT, self.height() - 19, self._areas[0].width(), 16)
            draw_text(painter, box, "epoch", theme.current().text3, theme.font(theme.SMALL), CENTRE)

    def _epochs(self) -> int:
        return max((len(line.values) for curve in self._curves for line in curve.lines), default=1)

    def _x(self, epoch: float) -> float:
        last = max(self._epochs(), 2)
        area = self._areas[0]
        return area.left() + (epoch - 1) / (last - 1) * area.width()

    def _fill(self, plot: LearningPlot, area: QRectF, which: int) -> None:
        tokens, span, last = theme.current(), self._spans[which], max(self._epochs(), 2)
        plot.put(area, (1, last), span)
        curves = [Curve((1, last), (tick, tick), tokens.grid, 1.0) for tick in _ticks(span, area)]
        for k, line in enumerate(self._curves[which].lines):
            colour, dash = _line_style(line, k, tokens)
            curves.append(Curve(range(1, len(line.values) + 1), line.values, colour, 1.8, dash))
        if self._kept is not None:
            curves.append(Curve((self._kept, self._kept), span, tokens.zero, 1.2, _KEPT_DASH))
        plot.set_curves(curves)

    def _draw_words(self, painter: QPainter, plot: QRectF, curve: LearningCurve, span: scale.Range) -> None:
        tokens, small = theme.current(), theme.font(theme.SMALL)
        title = QRectF(12, plot.top() - _TITLE + 5, self.width() - 24, 16)
        draw_text(painter, title, curve.title, tokens.text, theme.font(theme.SMALL, 600))
        for tick in _ticks(span, plot):
            y = plot.bottom() - (tick - span[0]) / (span[1] - span[0]) * plot.height()
            draw_text(
                painter, QRectF(0, y - 8, _LEFT - 8, 16), scale.tick_words(tick, False), tokens.text3, small, RIGHT
            )
        for epoch in _epoch_ticks(self._epochs(), plot.width()):
            draw_text(
                painter, QRectF(self._x(epoch) - 15, plot.bottom() + 3, 30, 16), str(epoch), tokens.text3, small, CENTRE
            )
        self._draw_line_names(painter, plot, curve, span)
        if self._kept is not None:
            self._draw_kept(painter, plot, self._kept)

    def _draw_line_names(self, painter: QPainter, plot: QRectF, curve: LearningCurve, span: scale.Range) -> None:
        """Names at the lines' ends, moved apart where they would touch."""
        tokens = theme.current()
        ends = []
        for k, line in enumerate(curve.lines):
            known = [v for v in line.values if not math.isnan(v)]
            if known:
                y = plot.bottom() - (known[-1] - span[0]) / (span[1] - span[0]) * plot.height()
                ends.append((y, line.name, _line_style(line, k, tokens)[0]))
        ends.sort()
        last = -math.inf
        for y, name, colour in ends:
            last = max(y, last + 14)
            box = QRectF(plot.right() + 7, last - 8, _RIGHT - 10, 16)
            draw_text(painter, box, name, colour, theme.font(theme.SMALL), LEFT)

    def _draw_kept(self, painter: QPainter, plot: QRectF, kept: int) -> None:
        small = theme.font(theme.SMALL)
        words = f"kept: epoch {kept}"
        wide, x = width_of(words, small) + 2, self._x(kept)
        left = x - wide - 5 if x - wide - 5 > plot.left() else x + 5
        draw_text(painter, QRectF(left, plot.top() - 14, wide, 14), words, theme.current().text3, small)


class CurvesChart(Chart):
    """Loss and scores per epoch; filled in while a net trains, and kept with the comparison."""

    def __init__(self, parent: QWidget | None = None) -> None:
        self._drawing = CurvesCanvas()
        super().__init__(self._drawing, parent)
        self._curves: tuple[LearningCurve, ...] = ()

    def set_curves(self, curves: tuple[LearningCurve, ...], kept: int | None = None) -> None:
        """Show these curves."""
        self._curves = curves
        if not curves:
            self.show_empty("No learning curves were kept for this net.")
            return
        self._drawing.set_curves(curves, kept)
        self.show_canvas()

    def rows(self) -> Iterable[Row]:
        """One row per epoch and line."""
        yield ("curve", "line", "epoch", "value")
        for curve in self._curves:
            for line in curve.lines:
                yield from ((curve.title, line.name, k, value) for k, value in enumerate(line.values, start=1))


def _line_style(line: LearningLine, place: int, tokens: Tokens) -> tuple[str, tuple[float, ...]]:
    """A group's own colour and dash; else the accent for the first line and grey for the second."""
    if line.group is not None:
        style = theme.group_style(tokens, line.group.value, line.group.place, line.group.total)
        return style.colour, style.dash
    return ((tokens.text2, tokens.accent)[place % 2], ())


def _span_of(curve: LearningCurve) -> scale.Range:
    values = [v for line in curve.lines for v in line.values if not math.isnan(v)] or [0.0, 1.0]
    low, high = min(values), max(values)
    pad = (high - low) * 0.08 or 0.05
    step = 0.2 if high - low > 0.25 else 0.05
    return math.floor((low - pad) / step) * step, math.ceil((high + pad) / step) * step


def _ticks(span: scale.Range, plot: QRectF) -> list[float]:
    return scale.ticks(span, max(3, min(4, int(plot.height() / 22))))


def _epoch_ticks(last: int, width: float) -> list[int]:
    step = next((s for s in (1, 2, 5, 10, 20, 50, 100, 200) if (last / s) * 26 < width), 500)
    return [1, *(k for k in range(step, last + 1, step) if k > 1)]


def _curve_words(curve: LearningCurve) -> str:
    ends = ", ".join(f"{line.name} {numbers.rate(line.values[-1])}" for line in curve.lines if line.values)
    return f"{curve.title}, last epoch: {ends}"
