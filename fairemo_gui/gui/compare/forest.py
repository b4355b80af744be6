"""The forest table: every number of the old and new net, the difference with its interval, and the evidence."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QColor, QPainter
from PySide6.QtWidgets import QWidget

from fairemo_gui.evaluation.comparison import Verdict
from fairemo_gui.gui import theme
from fairemo_gui.gui.compare.model import ChangeRow, CompareModel
from fairemo_gui.gui.compare.verdicts import colour_of, glyph_of, mark_colour
from fairemo_gui.gui.controls import numbers
from fairemo_gui.gui.controls.card import Card
from fairemo_gui.gui.controls.painting import CENTRE, LEFT, RIGHT, draw_text, draw_verdict, width_of
from fairemo_gui.gui.dashboards import scale
from fairemo_gui.gui.dashboards.canvas import Canvas, Place
from fairemo_gui.gui.dashboards.chart import Chart, Row
from fairemo_gui.gui.dashboards.pane import Mark, Pane, Segment

_HEADER, _ROW, _TICKS = 32.0, 26.0, 22.0
_SIDE, _VALUE, _EVIDENCE, _GAP, _PLOT = 12.0, 58.0, 92.0, 14.0, 110.0


@dataclass(frozen=True)
class Columns:
    """Right edges of the numbers, the plot, and where the evidence begins."""

    label: float
    old: float
    new: float
    plot: QRectF
    delta: float
    evidence: float


class ForestCanvas(Canvas):
    """Draws the table; a pane draws the points."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("Old and new", parent)
        self._model: CompareModel | None = None
        self._rows: list[str | ChangeRow] = []
        self._columns = Columns(0, 0, 0, QRectF(), 0, 0)
        self._span: scale.Range = (-0.1, 0.1)
        self._pane = Pane(self)

    def set_model(self, model: CompareModel) -> None:
        """Show other numbers."""
        self._model = model
        self._rows = list(_with_headings(model.changes))
        self._span = span_of(model.changes)
        self.setMinimumSize(420, self.full_height())
        self.refresh()

    def full_height(self) -> int:
        """Height of all rows with header and axis."""
        return math.ceil(_HEADER + len(self._rows) * _ROW + _TICKS)

    def arrange(self) -> Sequence[Place]:
        """Place the columns, fill the pane."""
        model = self._model
        if model is None:
            return []
        self._columns = self._place_columns(model)
        self._fill()
        return [
            Place(QRectF(0, self._top(k), self.width(), _ROW), row_words(row, model), None, partial(_card_of, row))
            for k, row in enumerate(self._rows)
            if isinstance(row, ChangeRow)
        ]

    def draw(self, painter: QPainter) -> None:
        """Header, rows, ticks."""
        model = self._model
        if model is None:
            return
        self._draw_header(painter, model)
        tokens = theme.current()
        for k, row in enumerate(self._rows):
            if isinstance(row, str):
                painter.fillRect(QRectF(0, self._top(k), self.width(), _ROW), QColor(tokens.alt))
                box = QRectF(_SIDE, self._top(k), self.width(), _ROW)
                draw_text(painter, box, row, tokens.text, theme.font(theme.SMALL, 600))
            else:
                self._draw_row(painter, self._top(k), row)
        self._draw_ticks(painter)

    def _place_columns(self, model: CompareModel) -> Columns:
        body = theme.font()
        label = max((width_of(change.label, body) for change in model.changes), default=0.0)
        fixed = 2 * _VALUE + 52 + _EVIDENCE + 3 * _GAP + 2 * _SIDE
        label = min(label, max(90.0, self.width() - fixed - _PLOT))
        new = _SIDE + label + 2 * _VALUE + 4
        evidence = self.width() - _SIDE - _EVIDENCE
        delta = evidence - _GAP
        left, right = new + _GAP + 6, delta - 52 - 6
        plot = QRectF(left, _HEADER - 4, max(right - left, 20), len(self._rows) * _ROW + 6)
        return Columns(_SIDE + label, new - _VALUE, new, plot, delta, evidence)

    def _top(self, row: int) -> float:
        return _HEADER + row * _ROW

    def _fill(self) -> None:
        tokens, plot = theme.current(), self._columns.plot
        self._pane.put(plot, self._span, (-plot.height(), 0))
        segments = [
            Segment((t, -plot.height()), (t, 0), tokens.zero if t == 0 else tokens.grid)
            for t in scale.ticks(self._span, 5)
        ]
        marks = []
        for k, row in enumerate(self._rows):
            if not isinstance(row, ChangeRow) or not row.delta.known:
                continue
            y = plot.top() - self._top(k) - _ROW / 2
            ends = row.delta
            low = None if ends.low is None else max(ends.low, self._span[0])
            high = None if ends.high is None else min(ends.high, self._span[1])
            filled = row.verdict is not Verdict.NO_EVIDENCE
            marks.append(Mark(ends.value, y, mark_colour(row.verdict, tokens), low, high, filled))
        self._pane.segments, self._pane.marks = segments, marks

    def _draw_header(self, painter: QPainter, model: CompareModel) -> None:
        tokens, columns, small = theme.current(), self._columns, theme.font(theme.SMALL)
        for right, word, strong in ((columns.old, model.old_name, False), (columns.new, model.new_name, True)):
            font = theme.font(theme.SMALL, 600) if strong else small
            box = QRectF(right - _VALUE - 20, 6, _VALUE + 20, 20)
            draw_text(painter, box, _capital(word), tokens.text if strong else tokens.text2, font, RIGHT)
        middle = QRectF(columns.plot.left() - 8, 6, columns.plot.width() + 16, 20)
        wordings = ("Δ new − old, 95 % interval", "Δ new − old", "Δ")
        word = next(w for w in wordings if width_of(w, small) <= middle.width() or w == "Δ")
        draw_text(painter, middle, word, tokens.text2, small, CENTRE)
        draw_text(painter, QRectF(columns.delta - 50, 6, 50, 20), "Δ", tokens.text2, small, RIGHT)
        evidence = QRectF(columns.evidence, 6, _EVIDENCE + _SIDE, 20)
        draw_text(painter, evidence, f"Evidence, {model.correction}", tokens.text2, small, LEFT)

    def _draw_row(self, painter: QPainter, top: float, row: ChangeRow) -> None:
        tokens, columns, body = theme.current(), self._columns, theme.font(theme.SMALL)
        strong = theme.font(theme.SMALL, 600)
        evident = row.verdict is not Verdict.NO_EVIDENCE
        box = QRectF(_SIDE, top, columns.label - _SIDE + 2, _ROW)
        draw_text(painter, box, row.label, tokens.text, theme.font())
        old = QRectF(columns.old - _VALUE, top, _VALUE, _ROW)
        draw_text(painter, old, numbers.rate(row.old, row.digits), tokens.text2, body, RIGHT)
        new = QRectF(columns.new - _VALUE, top, _VALUE, _ROW)
        draw_text(painter, new, numbers.rate(row.new, row.digits), tokens.text, strong, RIGHT)
        delta = QRectF(columns.delta - 52, top, 52, _ROW)
        colour, font = (tokens.text, strong) if evident else (tokens.text2, body)
        draw_text(painter, delta, numbers.signed(row.delta.value, row.digits), colour, font, RIGHT)
        self._draw_cuts(painter, top, row)
        draw_verdict_words(painter, QRectF(columns.evidence, top, _EVIDENCE, _ROW), row.verdict)

    def _draw_cuts(self, painter: QPainter, top: float, row: ChangeRow) -> None:
        """An arrow where an interval goes on beyond the axis."""
        plot, colour = self._columns.plot, mark_colour(row.verdict, theme.current())
        font = theme.font(theme.SMALL)
        if row.delta.low is not None and row.delta.low < self._span[0]:
            draw_text(painter, QRectF(plot.left() - 12, top, 12, _ROW), "◂", colour, font, RIGHT)
        if row.delta.high is not None and row.delta.high > self._span[1]:
            draw_text(painter, QRectF(plot.right(), top, 12, _ROW), "▸", colour, font)

    def _draw_ticks(self, painter: QPainter) -> None:
        tokens, small, plot = theme.current(), theme.font(theme.SMALL), self._columns.plot

        def pixel(value: float) -> float:
            return plot.left() + (value - self._span[0]) / (self._span[1] - self._span[0]) * plot.width()

        at = scale.ticks(self._span, 5)
        for tick in scale.spaced(at, pixel, lambda t: width_of(scale.tick_words(t), small)):
            box = QRectF(pixel(tick) - 30, plot.bottom() + 2, 60, 16)
            draw_text(painter, box, scale.tick_words(tick), tokens.text3, small, CENTRE)


class ForestChart(Chart):
    """Old and new, with the difference."""

    def __init__(self, parent: QWidget | None = None) -> None:
        self._drawing = ForestCanvas()
        super().__init__(self._drawing, parent)
        self._model: CompareModel | None = None

    def set_model(self, model: CompareModel) -> None:
        """Show these numbers."""
        self._model = model
        self._drawing.set_model(model)
        self.show_canvas()

    def full_height(self) -> int:
        """Height at which nothing is scrolled."""
        return self._drawing.full_height()

    def rows(self) -> Iterable[Row]:
        """Every difference with its interval and verdict."""
        if self._model is None:
            return
        yield ("number", self._model.old_name, self._model.new_name, "difference", "low", "high", "evidence")
        for row in self._model.changes:
            delta = row.delta
            yield (row.label, row.old, row.new, delta.value, delta.low, delta.high, str(row.verdict))


def span_of(changes: Sequence[ChangeRow]) -> scale.Range:
    """The axis: every point, and interval ends as far as a few typical intervals; wider ones are cut and marked."""
    points = [change.delta.value for change in changes if change.delta.known]
    ends = [end for change in changes for end in (change.delta.low, change.delta.high) if end is not None]
    typical = sorted(abs(end) for end in ends)[len(ends) // 2] if ends else 0.0
    reach = max([3 * typical, *(1.3 * abs(point) for point in points)], default=0.0)
    return scale.signed_range([*points, *(max(-reach, min(reach, end)) for end in ends)], least=0.01, share=0.2)


def _card_of(row: ChangeRow) -> Card:
    return row.card


def row_words(row: ChangeRow, model: CompareModel) -> str:
    """A row as a sentence."""
    digits = row.digits
    ends = numbers.interval(row.delta.low, row.delta.high, digits, sign=True) or row.delta.reason
    old, new = (numbers.rate(value, digits) for value in (row.old, row.new))
    return (
        f"{row.label}: {model.old_name} {old}, {model.new_name} {new}, "
        f"difference {numbers.signed(row.delta.value, digits)} {ends}, {row.verdict}"
    )


def draw_verdict_words(painter: QPainter, box: QRectF, verdict: Verdict) -> None:
    """Glyph and word of a verdict."""
    tokens = theme.current()
    glyph, colour = glyph_of(verdict), colour_of(verdict, tokens)
    if glyph:
        draw_verdict(painter, QPointF(box.left() + 5, box.center().y()), glyph, colour)
        box = box.adjusted(14, 0, 0, 0)
    draw_text(painter, box, str(verdict), colour, theme.font(theme.SMALL))


def _with_headings(changes: Sequence[ChangeRow]) -> Iterable[str | ChangeRow]:
    section = ""
    for change in changes:
        if change.section != section:
            section = change.section
            yield section
        yield change


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]
