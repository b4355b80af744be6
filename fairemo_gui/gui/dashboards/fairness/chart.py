"""The fairness chart itself."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import chain

from PySide6.QtCore import QPointF, QRectF, Signal
from PySide6.QtGui import QColor, QPainter
from PySide6.QtWidgets import QWidget

from fairemo_gui.gui import theme
from fairemo_gui.gui.controls import numbers
from fairemo_gui.gui.controls.card import Card
from fairemo_gui.gui.controls.painting import CENTRE, LEFT, RIGHT, draw_marker, draw_text, pen, width_of
from fairemo_gui.gui.dashboards import scale
from fairemo_gui.gui.dashboards.canvas import Canvas, Place
from fairemo_gui.gui.dashboards.chart import Chart, Row
from fairemo_gui.gui.dashboards.fairness.rows import Entry, Line, lines_of
from fairemo_gui.gui.dashboards.model import Estimate, FairnessModel, Group, Headline
from fairemo_gui.gui.dashboards.pane import Pane, Segment, within
from fairemo_gui.gui.dashboards.words import minimum_words, provisional_words, size_of

_TOP, _TICKS, _PITCH = 64.0, 22.0, 27.0
_TIGHT_TOP, _TIGHT_TICKS, _LOWEST = 58.0, 18.0, 14.0
_SIDE, _VALUE, _BETWEEN = 12.0, 50.0, 12.0
_NARROWEST, _APART = 300, 5.0
_REACH = 44.0
"""How far the words above a plot may reach to its left, where the row labels and values leave room."""


@dataclass(frozen=True)
class Column:
    """Where one of the two plots lies."""

    left: float
    plot: QRectF
    right: float


class FairnessCanvas(Canvas):
    """Draws the rows, their words and the headline; two panes draw the points."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("Fairness", parent)
        self._model: FairnessModel | None = None
        self._lines: list[Line] = []
        self._columns: tuple[Column, ...] = ()
        self._pitch, self._top, self._ticks = _PITCH, _TOP, _TICKS
        self._span: scale.Range = (-0.1, 0.1)
        self._short = False
        self._selected: frozenset[int] = frozenset()
        self._panes = (Pane(self), Pane(self))

    def set_model(self, model: FairnessModel) -> None:
        """Show other numbers. While they are provisional the axis only widens."""
        previous = self._model
        self._model = model
        self._lines = lines_of(model, theme.current())
        span = _span_of(model, self._lines)
        keep = model.provisional is not None and previous is not None and previous.provisional is not None
        self._span = scale.widest(span, self._span) if keep else span
        self.refresh()

    def set_selected(self, classes: Collection[int]) -> None:
        """Mark the rows of emotions."""
        if classes != self._selected:
            self._selected = frozenset(classes)
            self.update()

    def arrange(self) -> Iterable[Place]:
        """Lay out columns and rows, fill the panes."""
        model = self._model
        if model is None:
            return []
        self._lines = lines_of(model, theme.current())
        foot = self._foot_height(model)
        count = max(len(self._lines), 1)
        tight = self.height() < _TOP + count * (_LOWEST + 3) + _TICKS + foot
        self._top, self._ticks = (_TIGHT_TOP, _TIGHT_TICKS) if tight else (_TOP, _TICKS)
        self._pitch = min(_PITCH, max(_LOWEST, (self.height() - self._top - self._ticks - foot) / count))
        self.setMinimumSize(_NARROWEST, math.ceil(_TIGHT_TOP + count * _LOWEST + _TIGHT_TICKS + foot))
        self._columns = self._place_columns(count)
        for which, pane in enumerate(self._panes):
            self._fill(pane, which)
        return chain(self._row_places(model), self._headline_places(model))

    def draw(self, painter: QPainter) -> None:
        """Everything but the points."""
        if self._model is None:
            return
        for which, column in enumerate(self._columns):
            self._draw_titles(painter, self._model, which, column)
            self._draw_ticks(painter, self._model.signed, column)
        for k, line in enumerate(self._lines):
            self._draw_line(painter, k, line)
        self._draw_headline(painter, self._model)
        self._draw_sizes(painter, self._model)

    def _place_columns(self, count: int) -> tuple[Column, ...]:
        small = theme.font(theme.SMALL)
        labels = max((width_of(line.label, small) + (10 if line.indented else 0) for line in self._lines), default=0)
        first = _SIDE + min(labels, 110) + 10
        wide = (self.width() - first - _SIDE - _BETWEEN) / 2
        columns = []
        for k in range(2):
            left = first + k * (wide + _BETWEEN)
            plot = QRectF(left + 4, self._top, max(wide - _VALUE - 10, 20), count * self._pitch + 8)
            columns.append(Column(left, plot, left + wide))
        return tuple(columns)

    def _middle(self, row: int) -> float:
        return self._top + 4 + (row + 0.5) * self._pitch

    def _fill(self, pane: Pane, which: int) -> None:
        tokens, column, span = theme.current(), self._columns[which], self._span
        height = column.plot.height()
        pane.put(column.plot, span, (-height, 0))
        marks, segments = [], []
        for tick in scale.ticks(span, 6):
            heavy = tick == 0 and self._model is not None and self._model.signed
            segments.append(Segment((tick, -height), (tick, 0), tokens.zero if heavy else tokens.grid))
        for k, line in enumerate(self._lines):
            y = self._top - self._middle(k)
            for entry in line.entries[which : which + 1]:
                marks += [part for mark in entry.marks for part in within(replace(mark, y=y), span)]
                if entry.spread is not None:
                    segments.append(Segment((entry.spread[0], y), (entry.spread[1], y), tokens.cline, 2))
        pane.segments, pane.marks = segments, marks

    def _draw_titles(self, painter: QPainter, model: FairnessModel, which: int, column: Column) -> None:
        tokens, small = theme.current(), theme.font(theme.SMALL)
        box = QRectF(column.left, 10, column.right - column.left + _BETWEEN, 18)
        draw_text(painter, box, ("Selection rate", "True positive rate")[which], tokens.text, theme.font(12, 600))
        draw_text(painter, box.translated(0, 16), _subtitle(model, which), tokens.text2, small)
        if model.first is None or model.second is None:
            return
        zero = _pixel(column.plot, self._span, 0)
        top = self._top - 17
        left = QRectF(column.left - _REACH, top, zero - 5 - column.left + _REACH, 16)
        right = QRectF(zero + 5, top, column.right - zero - 5, 16)
        draw_text(painter, left, f"◂ {_lower(model.first)}", tokens.text3, small, RIGHT)
        draw_text(painter, right, f"{_lower(model.second)} ▸", tokens.text3, small, LEFT)

    def labelled_ticks(self, signed: bool) -> list[float]:
        """The ticks whose labels do not touch; zero, which has a line of its own, is unlabelled before all others."""
        small, plot = theme.font(theme.SMALL), self._columns[0].plot
        at = scale.ticks(self._span, 6 if signed else 3)

        def kept(ticks: Sequence[float]) -> list[float]:
            return scale.spaced(
                ticks,
                lambda tick: _pixel(plot, self._span, tick),
                lambda tick: width_of(scale.tick_words(tick, signed), small) + _APART,
            )

        found = kept(at)
        return found if len(found) > 1 else kept([tick for tick in at if tick != 0])

    def _draw_ticks(self, painter: QPainter, signed: bool, column: Column) -> None:
        for tick in self.labelled_ticks(signed):
            centre = _pixel(column.plot, self._span, tick)
            box = QRectF(centre - 30, column.plot.bottom() + 1, 60, self._ticks - 6)
            words = scale.tick_words(tick, signed)
            draw_text(painter, box, words, theme.current().text3, theme.font(theme.SMALL), CENTRE)

    def _draw_line(self, painter: QPainter, k: int, line: Line) -> None:
        tokens, small = theme.current(), theme.font(theme.SMALL)
        top = self._middle(k) - self._pitch / 2
        first = self._columns[0].left
        marked = line.class_index in self._selected
        if marked:
            painter.fillRect(QRectF(4, top, self.width() - 8, self._pitch), QColor(tokens.sel))
        if not line.entries:
            draw_text(painter, QRectF(_SIDE, top, first, self._pitch), line.label, tokens.text, theme.font(11, 600))
            return
        label = QRectF(_SIDE, top, first - 10 - _SIDE, self._pitch)
        draw_text(painter, label, line.label, tokens.text if marked else tokens.text2, small, RIGHT)
        for entry, column in zip(line.entries, self._columns, strict=True):
            box = QRectF(column.right - _VALUE, top, _VALUE, self._pitch)
            colour = tokens.text if entry.strong or marked else tokens.text2
            draw_text(painter, box, entry.value, colour, theme.font(theme.SMALL, 600 if entry.strong else 400), RIGHT)

    def _draw_headline(self, painter: QPainter, model: FairnessModel) -> None:
        tokens, small, strong = theme.current(), theme.font(theme.SMALL), theme.font(theme.HEADLINE, 600)
        top = self._foot_top()
        painter.setPen(pen(tokens.line))
        painter.drawLine(QPointF(_SIDE, top), QPointF(self.width() - _SIDE, top))
        stacked = _stacked(self.width())
        for box, item in zip(self._headline_boxes(model), model.headline, strict=True):
            value, ends = numbers.rate(item.estimate.value), numbers.interval(item.estimate.low, item.estimate.high)
            draw_text(painter, QRectF(box.left(), box.top(), box.width(), 15), item.name, tokens.text2, small)
            wide = width_of(value, strong) + 5
            draw_text(painter, QRectF(box.left(), box.top() + 15, box.width(), 18), value, tokens.text, strong)
            at = QPointF(box.left(), box.top() + 32) if stacked else QPointF(box.left() + wide, box.top() + 15)
            draw_text(painter, QRectF(at.x(), at.y(), box.right() - at.x() + 6, 18), ends, tokens.text2, small)

    def _draw_sizes(self, painter: QPainter, model: FairnessModel) -> None:
        tokens, small = theme.current(), theme.font(theme.SMALL)
        top = self._foot_top() + (52 if _stacked(self.width()) else 38)
        line = QRectF(_SIDE, top, self.width() - 2 * _SIDE, 16)
        if model.provisional is not None:
            draw_text(painter, line, provisional_words(model.provisional), tokens.text2, small)
            return
        for box, group in zip(self._size_boxes(model), model.groups, strict=True):
            style = theme.group_style(tokens, group.value, group.place, group.total)
            box = box.translated(0, line.top())
            draw_marker(painter, QPointF(box.left() + 4, box.center().y() + 0.5), style, 7.5)
            colour = tokens.text3 if group.small else tokens.text2
            draw_text(painter, box.adjusted(12, 0, 0, 0), _size_words(group, self._short), colour, small)

    def _size_boxes(self, model: FairnessModel) -> list[QRectF]:
        """Where each group's n stands, line after line, from the first line's top."""
        small = theme.font(theme.SMALL)
        room = self.width() - 2 * _SIDE
        self._short = sum(24 + width_of(_size_words(group, False), small) for group in model.groups) > room + 10
        x, y, boxes = _SIDE, 0.0, []
        for group in model.groups:
            wide = min(12 + width_of(_size_words(group, self._short), small) + 2, room)
            if x > _SIDE and x + wide > self.width() - _SIDE:
                x, y = _SIDE, y + 15
            boxes.append(QRectF(x, y, wide, 16))
            x += wide + 12
        return boxes

    def _foot_height(self, model: FairnessModel) -> float:
        lines = max((box.top() for box in self._size_boxes(model)), default=0.0)
        return lines + (70 if _stacked(self.width()) else 56)

    def _foot_top(self) -> float:
        return self._top + len(self._lines) * self._pitch + 4 + self._ticks

    def _headline_boxes(self, model: FairnessModel) -> list[QRectF]:
        count = max(len(model.headline), 1)
        wide = (self.width() - 2 * _SIDE) / count
        height = 48 if _stacked(self.width()) else 34
        return [QRectF(_SIDE + k * wide, self._foot_top() + 4, wide - 6, height) for k in range(len(model.headline))]

    def _row_places(self, model: FairnessModel) -> Iterable[Place]:
        for k, line in enumerate(self._lines):
            for which, entry in enumerate(line.entries):
                column = self._columns[which]
                rect = QRectF(column.left - 4, self._middle(k) - self._pitch / 2, 0, self._pitch)
                rect.setRight(column.right + 3)
                card = partial(_entry_card, model, line, entry, which)
                yield Place(rect, entry.words, (line.class_index, line.groups[which]), card)

    def _headline_places(self, model: FairnessModel) -> Iterable[Place]:
        for box, item in zip(self._headline_boxes(model), model.headline, strict=True):
            yield Place(box, partial(_headline_words, item), None, partial(_headline_card, model, item))


class FairnessChart(Chart):
    """Signed statistical parity and equal opportunity per emotion, and the headline gaps.

    Signals:
        bar_activated(class_index, group): A point was clicked or entered. The group is the favoured one of two, the
            row's own of five or more, else None.
    """

    bar_activated = Signal(int, object)

    def __init__(self, parent: QWidget | None = None) -> None:
        self._drawing = FairnessCanvas()
        super().__init__(self._drawing, parent)
        self._model: FairnessModel | None = None
        self._drawing.activated.connect(self._on_activated)

    def set_model(self, model: FairnessModel) -> None:
        """Show these numbers."""
        self._model = model
        self._drawing.set_model(model)
        self.show_canvas()

    def set_selected(self, classes: Collection[int]) -> None:
        """Mark the emotions that the table's filter or selection stands for."""
        self._drawing.set_selected(classes)

    def rows(self) -> Iterable[Row]:
        """Per emotion and measure the number with its interval; then the headline."""
        model = self._model
        if model is None:
            return
        yield ("measure", "emotion", "group", "value", "low", "high")
        if model.first is not None and model.second is not None:
            pair = f"{model.second.word} - {model.first.word}"
            for name, estimates in (("SP", model.sp), ("EO", model.eo)):
                yield from (_row(name, c, pair, e) for c, e in zip(model.classes, estimates, strict=True))
        for rate in model.rates:
            for name, estimates in (("selection rate", rate.selection), ("true positive rate", rate.true_positive)):
                yield from (_row(name, c, rate.group.word, e) for c, e in zip(model.classes, estimates, strict=True))
        yield from (_row(item.name, "", "", item.estimate) for item in model.headline)

    def _on_activated(self, payload: object) -> None:
        assert isinstance(payload, tuple)
        self.bar_activated.emit(*payload)


def _row(name: str, emotion: str, group: str, estimate: Estimate) -> Row:
    return (name, emotion, group, estimate.value, estimate.low, estimate.high)


def _pixel(plot: QRectF, span: scale.Range, value: float) -> float:
    return plot.left() + (value - span[0]) / (span[1] - span[0]) * plot.width()


def _span_of(model: FairnessModel, lines: Sequence[Line]) -> scale.Range:
    marks = [mark for line in lines for entry in line.entries for mark in entry.marks]
    values = [v for mark in marks for v in (mark.x, mark.low, mark.high) if v is not None]
    if model.signed:
        return scale.signed_range(values, share=0.5)
    return (0.0, min(1.0, max([*values, 0.1]) * 1.06))


def _subtitle(model: FairnessModel, which: int) -> str:
    name = ("SP", "EO")[which]
    if model.first is not None and model.second is not None:
        return f"{name}, {_lower(model.second)} − {_lower(model.first)}"
    known = sum(g.value is not None and not g.small for g in model.groups)
    return f"range over {known} groups" if known > 1 else "needs two groups to compare"


def _lower(group: Group) -> str:
    """A group's word inside a sentence; names from a corpus keep their capitals."""
    return group.word.lower() if group.value in {"female", "male"} else group.word


def _stacked(width: float) -> bool:
    return width < 348


def _size_words(group: Group, short: bool) -> str:
    """A group with its n; with its speakers too where there is room."""
    if group.small:
        return f"{group.word} {minimum_words(group)}"
    words = f"{group.word} {numbers.count(group.n)}"
    if short or group.speakers is None:
        return words
    return f"{words} · {numbers.counted(group.speakers, 'speaker', 'speakers')}"


def _entry_card(model: FairnessModel, line: Line, entry: Entry, which: int) -> Card:
    known = (model.sp_card, model.eo_card)[which] or Card(("Statistical parity", "Equal opportunity")[which])
    sizes = tuple(
        f"{g.word}: {minimum_words(g)}" if g.small else size_of(g.n, g.speakers, g.word) for g in model.groups
    )
    return Card(
        entry.words, known.definition, known.formula, known.source, sizes, known.interval or model.interval_form
    )


def _headline_words(item: Headline) -> str:
    ends = numbers.interval(item.estimate.low, item.estimate.high) or item.estimate.reason
    return f"{item.name}: {numbers.rate(item.estimate.value)} {ends}".rstrip()


def _headline_card(model: FairnessModel, item: Headline) -> Card:
    known = item.card or Card(item.name)
    sizes = tuple(size_of(g.n, g.speakers, g.word) for g in model.groups)
    return replace(known, title=_headline_words(item), lines=(*known.lines, *sizes))
