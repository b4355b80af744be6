"""One label against the rest: for each label a matrix of off and on, group under group, then their difference."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QColor, QPainter

from fairemo_gui.evaluation.matrix_intervals import Ends
from fairemo_gui.gui import theme
from fairemo_gui.gui.controls import numbers
from fairemo_gui.gui.controls.card import Card
from fairemo_gui.gui.controls.painting import CENTRE, RIGHT, draw_marker, draw_text, width_of
from fairemo_gui.gui.dashboards.canvas import Place
from fairemo_gui.gui.dashboards.confusion import paint, words
from fairemo_gui.gui.dashboards.confusion.geometry import CELL_WIDTH
from fairemo_gui.gui.dashboards.confusion.look import Look, Share
from fairemo_gui.gui.dashboards.confusion.sheet import Crossing
from fairemo_gui.gui.dashboards.model import ConfusionModel, Group, Values
from fairemo_gui.gui.dashboards.words import minimum_words, provisional_words, size_of

_TOP, _LEFT, _RIGHT, _KEYS = 54.0, 10.0, 8.0, 38.0
_GAP, _GAP_WIDEST, _BETWEEN = 8.0, 22.0, 8.0
_HIGH, _LOW = 28.0, 18.0
_STATES = ("off", "on")


@dataclass(frozen=True)
class LabelCell:
    """A cell of one label against the rest: on or off in the rows, on or off in the columns."""

    group: str | None
    label: int
    row_on: bool
    column_on: bool


@dataclass(frozen=True, eq=False)
class Line:
    """The matrices of one group, or of the difference of two.

    Attributes:
        counts: Shape (C, 2, 2); None in the difference.
        values: Shares, or their differences, shape (C, 2, 2).
        ends: Ends of their intervals, where there are any.
    """

    group: Group | None
    title: str
    size: str
    counts: np.ndarray[tuple[int, ...], np.dtype[np.int64]] | None
    values: Values
    ends: Ends | None = None


def lines_of(model: ConfusionModel, crossing: Crossing, look: Look) -> list[Line]:
    """Everything drawn, top to bottom."""
    lines, by_group = [], {}
    for matrix in model.matrices:
        counts = crossing.of(matrix.group)
        if counts is None:
            continue
        group = matrix.group
        by_group[group] = _shares(counts.outcomes, look)
        title = "Everyone" if group is None else group.word
        size = minimum_words(group) or size_of(counts.n, None)
        lines.append(Line(group, title, size, counts.outcomes, by_group[group], crossing.ends(group, look)))
    difference = model.difference
    if difference is not None and {difference.first, difference.second} <= by_group.keys():
        values = by_group[difference.second] - by_group[difference.first]
        lines.append(Line(None, difference.title, words.POINTS, None, values, crossing.ends_apart(look)))
    return lines


def limit_of(lines: Sequence[Line]) -> float:
    """Limit of the diverging ramp, percentage points."""
    found = [line.values for line in lines if line.counts is None]
    return paint.difference_limit(found[0]) if found else 4.0


class LabelsLayout:
    """Where the matrices of one label against the rest lie, and how they are drawn."""

    def __init__(self, model: ConfusionModel, crossing: Crossing, look: Look, width: float, height: float) -> None:
        inks = paint.Inks()
        self.model, self.crossing, self.look = model, crossing, look
        self.lines = lines_of(model, crossing, look)
        classes = len(model.classes)
        widest = max((width_of(text, inks.title) + 16 for line in self.lines for text in (line.title,)), default=0.0)
        sizes = max((width_of(line.size, inks.plain) for line in self.lines), default=0.0)
        self._first = _LEFT + max(min(widest, 130.0), min(sizes, 130.0)) + 34
        block = 2 * CELL_WIDTH
        least = self._first + classes * (block + _GAP) - _GAP + _RIGHT
        spare = (width - least) / max(classes - 1, 1)
        self._room = max(width, least)
        self._step = block + min(_GAP_WIDEST, _GAP + max(0.0, spare))
        count = max(len(self.lines), 1)
        around = _TOP + _KEYS + (count - 1) * _BETWEEN
        self._cell = float(math.floor(min(_HIGH, max(_LOW, (height - around) / (2 * count)))))
        self._pitch = 2 * self._cell + _BETWEEN
        self._bottom = _TOP + count * self._pitch - _BETWEEN
        self.width, self.height = least, around + 2 * count * _LOW

    def rect(self, line: int, label: int, row: int, column: int) -> QRectF:
        """A cell."""
        left = self._first + label * self._step + column * CELL_WIDTH
        return QRectF(left, _TOP + line * self._pitch + row * self._cell, CELL_WIDTH, self._cell)

    def places(self) -> Iterable[Place]:
        """Every cell, group after group."""
        for k, line in enumerate(self.lines):
            for label, row, column in np.ndindex(*line.values.shape):
                group = line.group.value if line.group is not None else None
                words = partial(self._words, line, label, row, column)
                card = partial(self._card, line, label, row, column)
                payload = LabelCell(group, label, bool(row), bool(column))
                yield Place(self.rect(k, label, row, column), words, payload, card)

    def draw(self, painter: QPainter) -> None:
        """Labels across, groups down, keys and a footnote below."""
        inks = paint.Inks()
        tokens, limit = inks.tokens, limit_of(self.lines)
        for label, name in enumerate(self.model.classes):
            head = self.rect(0, label, 0, 0)
            box = QRectF(head.left() - 4, _TOP - 38, 2 * CELL_WIDTH + 8, 18)
            draw_text(painter, box, name, tokens.text, inks.bold, CENTRE)
            for column, word in enumerate(_STATES):
                at = self.rect(0, label, 0, column)
                draw_text(painter, QRectF(at.left(), _TOP - 20, at.width(), 18), word, tokens.text3, inks.plain, CENTRE)
        for k, line in enumerate(self.lines):
            self._draw_line(painter, k, line, limit, inks)
        self._draw_keys(painter, limit, inks)

    def _draw_line(self, painter: QPainter, k: int, line: Line, limit: float, inks: paint.Inks) -> None:
        tokens = inks.tokens
        top = self.rect(k, 0, 0, 0)
        left = _LEFT
        if line.group is not None:
            style = theme.group_style(tokens, line.group.value, line.group.place, line.group.total)
            draw_marker(painter, QPointF(left + 4.5, top.top() + self._cell / 2), style, 9)
            left += 14
        room = self._first - 34 - left
        draw_text(painter, QRectF(left, top.top(), room, self._cell), line.title, tokens.text, inks.title)
        below = QRectF(_LEFT, top.top() + self._cell, self._first - 34 - _LEFT, self._cell)
        draw_text(painter, below, line.size, tokens.text2, inks.plain)
        for row, word in enumerate(_STATES):
            box = QRectF(self._first - 32, top.top() + row * self._cell, 26, self._cell)
            draw_text(painter, box, word, tokens.text3, inks.plain, RIGHT)
        for label in range(len(self.model.classes)):
            for row, column in np.ndindex(2, 2):
                self._draw_cell(painter, k, line, (label, row, column), limit, inks)
            frame = self.rect(k, label, 0, 0).united(self.rect(k, label, 1, 1))
            paint.draw_frame(painter, frame, tokens)

    def _draw_cell(
        self, painter: QPainter, k: int, line: Line, at: tuple[int, int, int], limit: float, inks: paint.Inks
    ) -> None:
        tokens, rect, value = inks.tokens, self.rect(k, *at), float(line.values[at])
        if math.isnan(value):
            draw_text(painter, rect, numbers.ABSENT, tokens.text3, inks.plain, CENTRE)
            return
        if line.counts is None:
            ground = theme.ramp_colour(theme.diverging_table(tokens), 0.5 + value * 50 / limit)
            words = numbers.percentage_points(value)
        else:
            ground = theme.ramp_colour(theme.sequential_table(tokens), value)
            words = paint.short_count(int(line.counts[at])) if self.look.counts else str(round(value * 100))
        painter.fillRect(rect.adjusted(0, 0, -1, -1), QColor(ground))
        wanted = tokens.text3 if words == "0" else tokens.text
        font = inks.bold if line.counts is not None and at[1] == at[2] else inks.plain
        draw_text(painter, rect, words, paint.legible(wanted, ground), font, CENTRE)

    def _draw_keys(self, painter: QPainter, limit: float, inks: paint.Inks) -> None:
        paint.draw_key(
            painter,
            QRectF(_LEFT, self._bottom + 9, 110, 9),
            inks.tokens.sequential,
            ("0", self.look.key_words(1)),
            inks,
        )
        left = _LEFT + 126
        if self.lines and self.lines[-1].counts is None:
            ends = (f"{numbers.MINUS}{limit:.0f}", "0", f"+{limit:.0f}")
            paint.draw_key(painter, QRectF(left, self._bottom + 9, 110, 9), inks.tokens.diverging, ends, inks)
            left += 126
        if self.model.provisional is not None:
            note = provisional_words(self.model.provisional)
        else:
            intervals = "No intervals yet." if self.crossing.intervals is None else "Intervals: on the cards."
            note = f"Rows: {self.crossing.rows}. Columns: {self.crossing.columns}. {intervals}"
        paint.draw_wrapped(painter, QRectF(left, self._bottom + 3, self._room - left - 8, 34), note, inks)

    def _words(self, line: Line, label: int, row: int, column: int) -> str:
        name, value = self.model.classes[label], float(line.values[label, row, column])
        pair = f"{line.title}, {name}: {_STATES[row]} → {_STATES[column]}"
        if math.isnan(value):
            return f"{pair}: no utterances"
        if line.counts is None:
            return f"{pair}: {numbers.percentage_points(value, 1)} percentage points"
        counts = line.counts[label]
        base = {Share.ROW: counts[row].sum(), Share.COLUMN: counts[:, column].sum(), Share.ALL: counts.sum()}
        of = numbers.count(int(base[self.look.share]))
        return f"{pair}: {100 * value:.1f} %, {numbers.count(int(counts[row, column]))} of {of}"

    def _card(self, line: Line, label: int, row: int, column: int) -> Card:
        name = self.model.classes[label]
        what = {
            (1, 1): "true positives", (1, 0): "false negatives", (0, 1): "false positives", (0, 0): "true negatives",
        }[row, column]  # fmt: skip
        unit = words.POINTS if line.counts is None else words.PER_CENT
        found = words.ends_words(line.ends, (label, row, column), unit)
        said = "" if self.crossing.crossed else f" These are the {what} of {name}."
        shares = {Share.ROW: "its row", Share.COLUMN: "its column", Share.ALL: "all utterances"}[self.look.share]
        return Card(
            self._words(line, label, row, column),
            f"{name} is {_STATES[row]} in {self.crossing.rows} and {_STATES[column]} by {self.crossing.columns}; as a "
            f"share of {shares}. A label is on above 1/C; several can be on at once.{said}",
            f"count(row, column) / count({self.look.share})",
            lines=(*found, line.size),
            interval=self.model.interval_form if found else "",
        )


def _shares(outcomes: np.ndarray[tuple[int, ...], np.dtype[np.int64]], look: Look) -> Values:
    base = {
        Share.ROW: outcomes.sum(axis=2, keepdims=True),
        Share.COLUMN: outcomes.sum(axis=1, keepdims=True),
        Share.ALL: outcomes.sum(axis=(1, 2), keepdims=True),
    }[look.share].astype(np.float64)
    base[base == 0] = np.nan
    return np.asarray(outcomes / base)
