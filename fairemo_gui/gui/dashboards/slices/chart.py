"""The slices chart itself."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QFont, QPainter
from PySide6.QtWidgets import QWidget

from fairemo_gui.evaluation.looks import LEAST_SPEAKERS
from fairemo_gui.gui import theme
from fairemo_gui.gui.controls import numbers
from fairemo_gui.gui.controls.card import Card
from fairemo_gui.gui.controls.painting import CENTRE, LEFT, RIGHT, draw_text, draw_verdict, width_of
from fairemo_gui.gui.dashboards import scale
from fairemo_gui.gui.dashboards.canvas import Canvas, Place
from fairemo_gui.gui.dashboards.chart import Chart, Row
from fairemo_gui.gui.dashboards.pane import BEYOND, Mark, Pane, Segment, within
from fairemo_gui.gui.dashboards.slices.rows import (
    Line,
    SlicesModel,
    Sort,
    counted_looks,
    figure_word,
    head_card,
    lines_of,
    looks_card,
    row_card,
    row_words,
    slice_name,
    title_of,
)
from fairemo_gui.gui.dashboards.slices.strip import SliceStrip
from fairemo_gui.gui.dashboards.words import provisional_words, whole_parts
from fairemo_gui.gui.theme import Tokens
from fairemo_gui.services.slices import SliceRow, Verdict, verdict_of

_SIDE, _TOP, _HEAD, _BETWEEN = 12.0, 48.0, 20.0, 10.0
_LEAST_PITCH, _MOST_PITCH = 21.0, 26.0
_SIZE, _COUNT, _VALUE, _REST = 92.0, 44.0, 46.0, 78.0
_NARROW, _NARROWEST = 520.0, 320
_OVERHANG = 90.0
"""How far the word of the figure may reach over the plot."""
_LONGEST_NAME, _LEAST_PLOT = 230.0, 90.0
MOST = 200
"""Rows that are drawn; the others are counted below."""


@dataclass(frozen=True)
class Columns:
    """Where the columns lie; the rest is left out where it is narrow."""

    name: QRectF
    size: QRectF
    plot: QRectF
    value: QRectF
    rest: QRectF | None


class SlicesCanvas(Canvas):
    """Draws names and numbers; a pane draws the points."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("Slices", parent)
        self.sort = Sort.WORST
        self._model: SlicesModel | None = None
        self._lines: list[Line] = []
        self._span: scale.Range = (0.0, 1.0)
        self._columns = Columns(QRectF(), QRectF(), QRectF(), QRectF(), None)
        self._pitch = _LEAST_PITCH
        self._selected: Mapping[int, int] = {}
        self._pane = Pane(self)

    def set_model(self, model: SlicesModel) -> None:
        """Show other numbers. While they are provisional the axis only widens."""
        previous = self._model
        self._model = model
        span = _span_of(model)
        keep = model.provisional is not None and previous is not None and previous.view.figure == model.view.figure
        self._span = scale.widest(span, self._span) if keep else span
        self.refresh()

    def set_sort(self, sort: Sort) -> None:
        """Another order."""
        self.sort = sort
        self.refresh()

    def set_selected(self, counts: Mapping[int, int]) -> None:
        """Mark slices, by their place in the view, with the number of selected utterances in each."""
        self._selected = counts
        self.update()

    def selected(self, place: int) -> int:
        """Selected utterances of a slice."""
        return self._selected.get(place, 0)

    def arrange(self) -> Sequence[Place]:
        """Lay out columns and rows, fill the pane."""
        model = self._model
        if model is None:
            return []
        self._lines = lines_of(model, self.sort)[:MOST]
        foot = 22 if len(model.view.rows) > MOST else 8
        least = _TOP + _HEAD + len(self._lines) * _LEAST_PITCH + foot
        self.setMinimumSize(_NARROWEST, math.ceil(least))
        self._pitch = min(_MOST_PITCH, _LEAST_PITCH + max(self.height() - least, 0.0) / max(len(self._lines), 1))
        self._columns = self._place_columns()
        self._fill(self._columns.plot)
        return [*self._head_places(model), *self._row_places(model)]

    def draw(self, painter: QPainter) -> None:
        """Everything but the points."""
        model = self._model
        if model is None:
            return
        self._draw_titles(painter, model)
        self._draw_head(painter, model)
        for k, line in enumerate(self._lines):
            self._draw_row(painter, k, line, model)
        hidden = len(model.view.rows) - len(self._lines)
        if hidden:
            words = f"{numbers.count(hidden)} more slices in this order; the CSV holds them all"
            box = QRectF(_SIDE, self._row_top(len(self._lines)) + 2, self.width() - 2 * _SIDE, 16)
            draw_text(painter, box, words, theme.current().text3, theme.font(theme.SMALL))

    def _row_top(self, k: int) -> float:
        return _TOP + _HEAD + k * self._pitch

    def _place_columns(self) -> Columns:
        small, narrow = theme.font(theme.SMALL), self.width() < _NARROW
        rest, size = (0.0, _COUNT) if narrow else (_REST + _BETWEEN, _SIZE)
        fixed = 2 * _SIDE + size + _VALUE + rest + 3 * _BETWEEN
        longest = max((width_of(line.name, small) for line in self._lines), default=60.0) + 2
        name = min(longest, _LONGEST_NAME, max(self.width() - fixed - _LEAST_PLOT, 70.0))
        plot = max(self.width() - fixed - name, 40.0)
        top, height = _TOP + _HEAD, len(self._lines) * self._pitch
        starts = [_SIDE, *(_SIDE + np.cumsum([name, size, plot, _VALUE]) + _BETWEEN * np.arange(1, 5)).tolist()]
        widths = (name, size, plot, _VALUE, _REST)
        boxes = [QRectF(x, top, width, height) for x, width in zip(starts, widths, strict=True)]
        return Columns(boxes[0], boxes[1], boxes[2], boxes[3], None if narrow else boxes[4])

    def _fill(self, plot: QRectF) -> None:
        tokens, model = theme.current(), self._model
        assert model is not None
        height = max(plot.height(), 1.0)
        self._pane.put(plot, self._span, (-height, 0))
        segments = [Segment((tick, -height), (tick, 0), tokens.grid) for tick in scale.ticks(self._span, 4)]
        if not math.isnan(model.view.overall):
            segments.append(Segment((model.view.overall, -height), (model.view.overall, 0), tokens.zero, 1.5))
        self._pane.segments = segments
        lines = [(k, line) for k, line in enumerate(self._lines) if not math.isnan(line.row.value)]
        marks = (_mark(line, -(k + 0.5) * self._pitch, tokens) for k, line in lines)
        self._pane.marks = [part for mark in marks for part in within(mark, self._span)]

    def _draw_titles(self, painter: QPainter, model: SlicesModel) -> None:
        tokens, small, strong = theme.current(), theme.font(theme.SMALL), theme.font(12, 600)
        title = title_of(model)
        wide = width_of(title, strong) + 10
        draw_text(painter, QRectF(_SIDE, 8, self.width() - 2 * _SIDE, 18), title, tokens.text, strong)
        about = QRectF(_SIDE + wide, 8, self.width() - 2 * _SIDE - wide, 18)
        if about.width() > 60:
            draw_text(painter, about, whole_parts(model.about, about.width(), small), tokens.text2, small)
        below = counted_looks(model) if model.provisional is None else provisional_words(model.provisional)
        line = QRectF(_SIDE, 25, self.width() - 2 * _SIDE, 16)
        draw_text(painter, line, whole_parts(below, line.width(), small), tokens.text2, small)

    def _draw_head(self, painter: QPainter, model: SlicesModel) -> None:
        tokens, small, columns = theme.current(), theme.font(theme.SMALL), self._columns
        value = figure_word(model.view.figure, model.classes)
        heads = [
            (Sort.NAME, columns.name, "Slice", LEFT),
            (Sort.SIZE, columns.size, "n" if columns.rest is None else "n · speakers", RIGHT),
            (Sort.WORST, columns.value.adjusted(-_OVERHANG, 0, 0, 0), value, RIGHT),
        ]
        if columns.rest is not None:
            heads.append((Sort.EVIDENCE, columns.rest, "vs the rest", RIGHT))
        for sort, box, words, align in heads:
            at = QRectF(box.left(), _TOP, box.width(), _HEAD - 3)
            chosen = sort is self.sort
            colour, font = (tokens.text, theme.font(theme.SMALL, 600)) if chosen else (tokens.text3, small)
            draw_text(painter, at, f"{words} ↓" if chosen else words, colour, font, align)
        self._draw_axis(painter, model)
        painter.setPen(QColor(tokens.line))
        painter.drawLine(QPointF(_SIDE, _TOP + _HEAD - 1), QPointF(self.width() - _SIDE, _TOP + _HEAD - 1))

    def _draw_axis(self, painter: QPainter, model: SlicesModel) -> None:
        """Ticks, and the word of the whole over its line; ticks that would touch it are left out."""
        tokens, small, plot = theme.current(), theme.font(theme.SMALL), self._columns.plot
        whole = f"all {numbers.rate(model.view.overall)}"
        wide, at = width_of(whole, theme.font(theme.SMALL, 600)), self._pixel(model.view.overall)
        figure = width_of(f"{figure_word(model.view.figure, model.classes)} ↓", theme.font(theme.SMALL, 600))
        limit = min(plot.right() + 6, self._columns.value.right() - figure - 6)
        left = min(max(at - wide / 2, plot.left() - 6), limit - wide) if not math.isnan(at) else 0.0
        box = QRectF(left, _TOP, wide, _HEAD - 3)
        if not math.isnan(at):
            draw_text(painter, box, whole, tokens.text, theme.font(theme.SMALL, 600), CENTRE)
        for tick in scale.ticks(self._span, 4):
            words = scale.tick_words(tick, False)
            centre, half = self._pixel(tick), width_of(words, small) / 2
            if centre + half < box.left() - 5 or (centre - half > box.right() + 5 and centre + half < limit):
                draw_text(painter, QRectF(centre - 20, _TOP, 40, _HEAD - 3), words, tokens.text3, small, CENTRE)

    def _draw_row(self, painter: QPainter, k: int, line: Line, model: SlicesModel) -> None:
        tokens, small, columns, row = theme.current(), theme.font(theme.SMALL), self._columns, line.row
        marked = self.selected(line.place) > 0
        band = QRectF(4, self._row_top(k), self.width() - 8, self._pitch)
        if marked:
            painter.fillRect(band, QColor(tokens.sel))
        quiet = row.small or row.values is None
        colour = tokens.text if marked else tokens.text3 if quiet else tokens.text2
        strong = line.verdict in {Verdict.WORSE, Verdict.BETTER}
        ink, font = (tokens.text, theme.font(theme.SMALL, 600)) if strong else (colour, small)

        def put(column: QRectF, words: str, ink: str, font: QFont = small, align: Qt.AlignmentFlag = RIGHT) -> None:
            draw_text(painter, QRectF(column.left(), band.top(), column.width(), self._pitch), words, ink, font, align)

        put(columns.name, line.name, ink, font, LEFT)
        sizes = numbers.count(row.n) + ("" if columns.rest is None else f" · {numbers.count(row.speakers)}")
        put(columns.size, sizes, colour)
        put(columns.value, numbers.rate(row.value), ink, font)
        if columns.rest is not None:
            put(columns.rest.adjusted(0, 0, -14, 0), _rest_words(row, model), ink)
            if strong:
                shape = ("▼", tokens.worse) if line.verdict is Verdict.WORSE else ("▲", tokens.better)
                draw_verdict(painter, QPointF(columns.rest.right() - 5, band.center().y()), *shape, 8)

    def _pixel(self, value: float) -> float:
        plot = self._columns.plot
        return plot.left() + (value - self._span[0]) / (self._span[1] - self._span[0]) * plot.width()

    def _head_places(self, model: SlicesModel) -> Iterable[Place]:
        looks = QRectF(_SIDE, 25, self.width() - 2 * _SIDE, 16)
        yield Place(looks, partial(counted_looks, model), None, partial(looks_card, model))
        columns = self._columns
        heads = [(Sort.NAME, columns.name), (Sort.SIZE, columns.size), (Sort.WIDTH, columns.plot)]
        heads.append((Sort.WORST, columns.value))
        if columns.rest is not None:
            heads.append((Sort.EVIDENCE, columns.rest))
        for sort, box in heads:
            words = f"Sort by {sort}" + (", in force" if sort is self.sort else "")
            yield Place(QRectF(box.left(), _TOP, box.width(), _HEAD - 3), words, sort, partial(head_card, sort, model))

    def _row_places(self, model: SlicesModel) -> Iterable[Place]:
        for k, line in enumerate(self._lines):
            rect = QRectF(_SIDE - 6, self._row_top(k), self.width() - 2 * _SIDE + 12, self._pitch)
            yield Place(rect, partial(row_words, line, model), line.place, partial(self._card, line))

    def _card(self, line: Line) -> Card:
        assert self._model is not None
        found, ends = row_card(line, self._model, self.selected(line.place)), line.row.interval
        if ends is None or (self._span[0] <= ends.low and ends.high <= self._span[1]):
            return found
        return replace(found, lines=(*found.lines, BEYOND))


class SlicesChart(Chart):
    """A sorted dot plot: one row per slice with n, interval and evidence; the whole is a vertical line.

    Attributes:
        strip: Chooses figure and attributes.

    Signals:
        slice_activated(place): A row was clicked or entered; its place in the view.
        sort_chosen(Sort): A person put the rows into another order.
    """

    slice_activated = Signal(int)
    sort_chosen = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        self._drawing, self.strip = SlicesCanvas(), SliceStrip()
        super().__init__(self._drawing, parent, self.strip)
        self._model: SlicesModel | None = None
        self._drawing.activated.connect(self._on_activated)

    def set_model(self, model: SlicesModel) -> None:
        """Show these numbers."""
        self._model = model
        self._drawing.set_model(model)
        self.show_canvas()

    def set_selected(self, counts: Mapping[int, int]) -> None:
        """Mark the slices that the table's selection lies in: number of utterances per place in the view."""
        self._drawing.set_selected(counts)

    def set_sort(self, sort: Sort) -> None:
        """Put the rows into another order."""
        self._drawing.set_sort(sort)

    def rows(self) -> Iterable[Row]:
        """Per slice everything that is known, in the order shown; then the whole."""
        model = self._model
        if model is None:
            return
        yield ("slice", "by", "n", "speakers", "figure", "value", "low", "high", "rest", "difference", "p_adjusted",
               "looks", "verdict", "no_interval")  # fmt: skip
        view, word = model.view, figure_word(model.view.figure, model.classes)
        for line in lines_of(model, self._drawing.sort):
            row = line.row
            ends = (row.interval.low, row.interval.high) if row.interval else (None, None)
            yield (slice_name(row), "×".join(row.by), row.n, row.speakers, word, row.value, *ends, row.rest,
                   row.difference, row.p, view.looks, str(verdict_of(row, view.figure)), row.reason)  # fmt: skip
        yield ("all", "", view.n, view.speakers, word, view.overall, *[None] * 8)

    def _on_activated(self, payload: object) -> None:
        if isinstance(payload, Sort):
            self.set_sort(payload)
            self.sort_chosen.emit(payload)
        else:
            assert isinstance(payload, int)
            self.slice_activated.emit(payload)


def _rest_words(row: SliceRow, model: SlicesModel) -> str:
    if row.small:
        return f"under {model.view.minimum_n}"
    return "" if math.isnan(row.difference) else numbers.signed(row.difference)


def _mark(line: Line, y: float, tokens: Tokens) -> Mark:
    row = line.row
    low, high = (None, None) if row.interval is None else (row.interval.low, row.interval.high)
    if line.verdict is Verdict.WORSE:
        return Mark(row.value, y, tokens.worse, low, high, marker="▼", size=9.5)
    if line.verdict is Verdict.BETTER:
        return Mark(row.value, y, tokens.better, low, high, marker="▲", size=9.5)
    colour = tokens.line if row.small or row.values is None else tokens.zero
    return Mark(row.value, y, colour, low, high, filled=False)


def _span_of(model: SlicesModel) -> scale.Range:
    """What holds every point of slices large enough, and the intervals of those with speakers enough, within 0–1."""
    large = [row for row in model.view.rows if not row.small]
    believed = [row.interval for row in large if row.interval and row.speakers >= LEAST_SPEAKERS]
    values = [row.value for row in large] + [model.view.overall]
    values += [end for interval in believed for end in (interval.low, interval.high)]
    known = [value for value in values if not math.isnan(value)]
    low, high = min(known, default=0.0), max(known, default=1.0)
    pad = max((high - low) * 0.06, 0.01)
    return max(low - pad, 0.0), min(high + pad, 1.0)
