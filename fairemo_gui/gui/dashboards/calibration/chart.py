"""The calibration chart itself: reliability diagrams, histograms of p, and the parts of the Brier score."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from functools import partial
from itertools import chain

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Signal
from PySide6.QtGui import QColor, QPainter
from PySide6.QtWidgets import QWidget

from fairemo_gui.gui import theme
from fairemo_gui.gui.controls import numbers
from fairemo_gui.gui.controls.card import Card
from fairemo_gui.gui.controls.painting import CENTRE, RIGHT, draw_marker, draw_text, pen, width_of
from fairemo_gui.gui.dashboards.canvas import Canvas, Place
from fairemo_gui.gui.dashboards.chart import Chart, Row
from fairemo_gui.gui.dashboards.model import Bin, BrierParts, Group, ReliabilityModel, ReliabilityPanel
from fairemo_gui.gui.dashboards.pane import Bars, Mark, Pane, Segment
from fairemo_gui.gui.dashboards.words import minimum_words, provisional_words, size_of

# An interval over nearly the whole axis says nothing.
_SAYS_NOTHING = 0.9
_TOP, _LEFT, _RIGHT, _AXIS, _GAP = 66.0, 34.0, 12.0, 34.0, 22.0
_HISTOGRAM, _SMALLEST, _LARGEST = 30.0, 84.0, 190.0
_LABELS, _COLUMN, _WIDEST, _LINE = 78.0, 54.0, 76.0, 20.0
_TICKS = (0.0, 0.5, 1.0)
BinKey = tuple[str | None, float, float]
"""A bin as `bin_activated` names it: group, and its range of p."""

PARTS: tuple[tuple[str, str, str], ...] = (
    ("brier", "Brier", ""),
    ("reliability", "reliability", "+"),
    ("resolution", "resolution", numbers.MINUS),
    ("uncertainty", "uncertainty", "+"),
    ("within_bin", "within bins", "+"),
    ("ece", "ECE", ""),
)
"""Key, word and sign in the sum of each row of the table."""


@dataclass(frozen=True)
class Frame:
    """Where one group's panel lies."""

    square: QRectF
    histogram: QRectF


class ReliabilityCanvas(Canvas):
    """Draws panels and table; panes draw points and bars."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("Calibration", parent)
        self._model: ReliabilityModel | None = None
        self._frames: list[Frame] = []
        self._table = QRectF()
        self._column, self._step = _COLUMN, _SMALLEST
        self._panes: list[tuple[Pane, Pane]] = []
        self._selected: frozenset[BinKey] = frozenset()

    def set_model(self, model: ReliabilityModel) -> None:
        """Show other numbers."""
        self._model = model
        while len(self._panes) < len(model.panels):
            self._panes.append((Pane(self, upright=True), Pane(self)))
        for above, below in self._panes[len(model.panels) :]:
            above.hide()
            below.hide()
        self.refresh()

    def set_selected(self, bins: Collection[BinKey]) -> None:
        """Ring bins."""
        if bins != self._selected:
            self._selected = frozenset(bins)
            self.refresh()

    def arrange(self) -> Iterable[Place]:
        """Squares side by side, table at the right."""
        model = self._model
        if model is None:
            return []
        count = max(len(model.panels), 1)
        head = max((_header_width(panel, model) for panel in model.panels), default=0.0) + 20
        around = _LEFT + 12 + _LABELS + _COLUMN * count + _RIGHT
        below = 8 + _HISTOGRAM + _AXIS
        self.setMinimumSize(math.ceil(around + count * head), math.ceil(_TOP + _SMALLEST + below))
        side = min((self.width() - around) / count - _GAP, self.height() - _TOP - below, _LARGEST)
        side = float(math.floor(max(side, _SMALLEST)))
        self._step = max(side + _GAP, head)
        self._frames = [_frame(_LEFT + k * self._step, side) for k in range(len(model.panels))]
        left = _LEFT + count * self._step + 6
        self._column = min(_WIDEST, (self.width() - left - _RIGHT - _LABELS) / count)
        self._table = QRectF(left, _TOP - 22, _LABELS + self._column * count, _LINE * (len(PARTS) + 1))
        for (above, hist), frame, panel in zip(self._panes, self._frames, model.panels, strict=False):
            _fill_square(above, frame.square, panel, self._selected)
            _fill_histogram(hist, frame.histogram, panel)
        return chain(self._bin_places(model), self._table_places(model))

    def draw(self, painter: QPainter) -> None:
        """Everything but points and bars."""
        model = self._model
        if model is None:
            return
        for k, (frame, panel) in enumerate(zip(self._frames, model.panels, strict=True)):
            _draw_header(painter, frame.square.left(), self._step - 8, panel, model)
            _draw_axes(painter, frame, labelled=k == 0)
        self._draw_table(painter, model)

    def _draw_table(self, painter: QPainter, model: ReliabilityModel) -> None:
        tokens, small = theme.current(), theme.font(theme.SMALL)
        for column, panel in enumerate(model.panels):
            box = self._cell(0, column)
            style = _style(panel.group)
            draw_marker(painter, QPointF(box.right() - 4, box.center().y()), style)
        painter.setPen(pen(tokens.line))
        line = self._table.top() + _LINE
        painter.drawLine(QPointF(self._table.left(), line), QPointF(self._table.right(), line))
        longest = _longest(model)
        for row, (key, word, sign) in enumerate(PARTS, start=1):
            strong = key in {"brier", "ece"}
            label = QRectF(self._table.left(), self._table.top() + row * _LINE, _LABELS, _LINE)
            draw_text(painter, label, word if strong else f"{sign} {word}", tokens.text2, small)
            font = theme.font(theme.SMALL, 600) if strong else small
            for column, panel in enumerate(model.panels):
                value = part_of(panel.parts, key)
                draw_text(painter, self._cell(row, column), numbers.rate(value), tokens.text, font, RIGHT)
                if key != "ece":
                    _draw_bar(painter, self._cell(row, column), value / longest, _style(panel.group).colour)
        note = QRectF(self._table.left(), self._table.bottom() + 6, self._table.width(), 60)
        for k, words in enumerate(("Filled: interval excludes", "the diagonal.")):
            draw_text(painter, QRectF(note.left(), note.top() + 15 * k, note.width(), 15), words, tokens.text3, small)

    def _cell(self, row: int, column: int) -> QRectF:
        left = self._table.left() + _LABELS + column * self._column
        return QRectF(left, self._table.top() + row * _LINE, self._column, _LINE)

    def _bin_places(self, model: ReliabilityModel) -> Iterable[Place]:
        for frame, panel in zip(self._frames, model.panels, strict=True):
            group = panel.group.value if panel.group is not None else None
            for found in panel.bins:
                at = _at(frame.square, found.predicted, found.observed.value)
                reach = max(_size(found.n, panel) / 2 + 3, 7)
                rect = QRectF(at.x() - reach, at.y() - reach, 2 * reach, 2 * reach)
                card = partial(_bin_card, model, panel, found)
                yield Place(rect, partial(_bin_words, panel, found), (group, found.low, found.high), card)

    def _table_places(self, model: ReliabilityModel) -> Iterable[Place]:
        for row, (key, word, _) in enumerate(PARTS, start=1):
            for column, panel in enumerate(model.panels):
                words = f"{_word(panel.group)}, {word}: {numbers.rate(part_of(panel.parts, key))}"
                yield Place(self._cell(row, column), words, None, partial(_part_card, model, panel, key, words))


class CalibrationChart(Chart):
    """Reliability per group, histogram of p, Brier and its parts.

    Signals:
        bin_activated(group, low, high): A bin was clicked or entered: its group and its range of p.
    """

    bin_activated = Signal(object, float, float)

    def __init__(self, parent: QWidget | None = None) -> None:
        self._drawing = ReliabilityCanvas()
        super().__init__(self._drawing, parent)
        self._model: ReliabilityModel | None = None
        self._drawing.activated.connect(self._on_activated)

    def set_model(self, model: ReliabilityModel) -> None:
        """Show these numbers."""
        self._model = model
        self._drawing.set_model(model)
        self.show_canvas()

    def bins_holding(self, answers: Iterable[tuple[str | None, float]]) -> frozenset[BinKey]:
        """The bins that probabilities, each of somebody in a group, lie in."""
        panels = () if self._model is None else self._model.panels
        by_group = {None if panel.group is None else panel.group.value: panel.bins for panel in panels}
        of_all = by_group.get(None, ()) if len(by_group) == 1 else ()
        return frozenset(
            (group if group in by_group else None, found.low, found.high)
            for group, p in answers
            for found in by_group.get(group, of_all)
            if found.low <= p <= found.high
        )

    def set_selected(self, bins: Collection[BinKey]) -> None:
        """Ring the bins that the table's filter stands for."""
        self._drawing.set_selected(bins)

    def rows(self) -> Iterable[Row]:
        """Bins per group, then the parts of the Brier score."""
        model = self._model
        if model is None:
            return
        yield ("group", "bin", "n", "mean_p", "observed", "low", "high")
        for panel in model.panels:
            for k, found in enumerate(panel.bins):
                rate = found.observed
                yield (_word(panel.group), k, found.n, found.predicted, rate.value, rate.low, rate.high)
        yield ("group", "part", "value")
        for panel in model.panels:
            yield from ((_word(panel.group), key, part_of(panel.parts, key)) for key, _, _ in PARTS)

    def _on_activated(self, payload: object) -> None:
        assert isinstance(payload, tuple)
        self.bin_activated.emit(*payload)


def part_of(parts: BrierParts, key: str) -> float:
    """A part of the Brier score by its key."""
    values = {"brier": parts.brier.value, "within_bin": parts.remainder}
    return values[key] if key in values else float(getattr(parts, key))


def _longest(model: ReliabilityModel) -> float:
    """The largest part of any group's Brier score, which gives all bars their scale."""
    found = [abs(part_of(panel.parts, key)) for panel in model.panels for key, _, _ in PARTS if key != "ece"]
    return max([value for value in found if not math.isnan(value)], default=0.0) or 1.0


def _draw_bar(painter: QPainter, cell: QRectF, share: float, colour: str) -> None:
    """A part's size under its number; a negative one is hollow."""
    if math.isnan(share):
        return
    wide = max(abs(share) * (cell.width() - 8), 1.0)
    bar = QRectF(cell.right() - wide, cell.bottom() - 3, wide, 2.5)
    if share < 0:
        painter.setPen(pen(colour))
        painter.drawRect(bar.adjusted(0, 0, -1, -1))
    else:
        painter.fillRect(bar, QColor(colour))


def _frame(left: float, side: float) -> Frame:
    square = QRectF(left, _TOP, side, side)
    return Frame(square, QRectF(left, square.bottom() + 8, side, _HISTOGRAM))


def _at(square: QRectF, x: float, y: float) -> QPointF:
    return QPointF(square.left() + x * square.width(), square.bottom() - y * square.height())


def _size(n: int, panel: ReliabilityPanel) -> float:
    """Diameter whose area follows the bin's n."""
    largest = max((found.n for found in panel.bins), default=1)
    return 5 + 5 * math.sqrt(n / max(largest, 1))


def _fill_square(pane: Pane, square: QRectF, panel: ReliabilityPanel, selected: Collection[BinKey]) -> None:
    tokens = theme.current()
    style = _style(panel.group)
    pane.put(square, (0, 1), (0, 1))
    grid = [Segment((t, 0), (t, 1), tokens.grid) for t in _TICKS] + [
        Segment((0, t), (1, t), tokens.grid) for t in _TICKS
    ]
    pane.segments = [*grid, Segment((0, 0), (1, 1), tokens.zero)]
    marks = []
    for found in panel.bins:
        rate = found.observed
        low = None if rate.low is None else max(rate.low, 0.0)
        high = None if rate.high is None else min(rate.high, 1.0)
        off = low is not None and high is not None and not low <= found.predicted <= high
        if low is not None and high is not None and high - low > _SAYS_NOTHING:
            low = high = None  # it would hide the others; the card still has it
        colour = style.colour if off else tokens.zero
        size = _size(found.n, panel)
        if (panel.group.value if panel.group is not None else None, found.low, found.high) in selected:
            marks.append(Mark(found.predicted, rate.value, tokens.text, filled=False, size=size + 7))
        marks.append(Mark(found.predicted, rate.value, colour, low, high, off, style.marker, size))
    pane.marks = marks


def _fill_histogram(pane: Pane, area: QRectF, panel: ReliabilityPanel) -> None:
    tokens = theme.current()
    counts = panel.histogram
    pane.put(area, (0, 1), (0, 1))
    pane.segments = [Segment((0, 0), (1, 0), tokens.grid)]
    if len(counts) == 0:
        pane.bars = None
        return
    width = 1 / len(counts)
    middle = (np.arange(len(counts)) + 0.5) * width
    pane.bars = Bars(middle.tolist(), (counts / max(int(counts.max()), 1)).tolist(), width * 0.86, tokens.edge)


def _draw_header(
    painter: QPainter, left: float, width: float, panel: ReliabilityPanel, model: ReliabilityModel
) -> None:
    tokens, small, bold = theme.current(), theme.font(theme.SMALL), theme.font(theme.BODY, 600)
    indent = 0.0
    if panel.group is not None:
        draw_marker(painter, QPointF(left + 4.5, 19), _style(panel.group), 9)
        indent = 14
    draw_text(painter, QRectF(left + indent, 10, width - indent, 18), _word(panel.group), tokens.text, bold)
    draw_text(painter, QRectF(left, 27, width, 16), _size_words(panel, model), tokens.text2, small)
    x = left
    for text, strong in _brier_words(panel):
        font = bold if strong else small
        draw_text(painter, QRectF(x, 43, left + width - x, 18), text, tokens.text if strong else tokens.text2, font)
        x += width_of(text, font)


def _header_width(panel: ReliabilityPanel, model: ReliabilityModel) -> float:
    small, bold = theme.font(theme.SMALL), theme.font(theme.BODY, 600)
    brier = sum(width_of(text, bold if strong else small) for text, strong in _brier_words(panel))
    return max(width_of(_size_words(panel, model), small), brier)


def _brier_words(panel: ReliabilityPanel) -> tuple[tuple[str, bool], ...]:
    brier = panel.parts.brier
    return ("Brier ", False), (numbers.rate(brier.value), True), (f" {numbers.interval(brier.low, brier.high)}", False)


def _size_words(panel: ReliabilityPanel, model: ReliabilityModel) -> str:
    if model.provisional is not None:
        return provisional_words(model.provisional)
    group = panel.group
    return minimum_words(group) or (size_of(group.n, group.speakers) if group is not None else "")


def _draw_axes(painter: QPainter, frame: Frame, labelled: bool) -> None:
    tokens, small = theme.current(), theme.font(theme.SMALL)
    square, bottom = frame.square, frame.histogram.bottom()
    for tick in _TICKS:
        at = _at(square, tick, tick)
        word = f"{tick:g}"
        draw_text(painter, QRectF(at.x() - 20, bottom + 1, 40, 16), word, tokens.text3, small, CENTRE)
        if labelled:
            draw_text(painter, QRectF(0, at.y() - 8, square.left() - 7, 16), word, tokens.text3, small, RIGHT)
    if labelled:
        inside = QRectF(square.left() + 6, square.top() + 3, square.width() - 12, 16)
        words = "share that is true ↑" if inside.width() > 150 else "true ↑"
        draw_text(painter, inside, words, tokens.text3, small)
    box = QRectF(square.left() - 10, bottom + 15, square.width() + 20, 16)
    draw_text(painter, box, "predicted probability", tokens.text3, small, CENTRE)


def _style(group: Group | None) -> theme.GroupStyle:
    tokens = theme.current()
    if group is None:
        return theme.GroupStyle(tokens.text2, "●", ())
    return theme.group_style(tokens, group.value, group.place, group.total)


def _word(group: Group | None) -> str:
    return "Everyone" if group is None else group.word


def _bin_words(panel: ReliabilityPanel, found: Bin) -> str:
    ends = numbers.interval(found.observed.low, found.observed.high) or found.observed.reason
    return (
        f"{_word(panel.group)}: predicted {numbers.rate(found.predicted)}, true {numbers.rate(found.observed.value)} "
        f"{ends}, n = {numbers.count(found.n)}"
    )


def _bin_card(model: ReliabilityModel, panel: ReliabilityPanel, found: Bin) -> Card:
    return Card(
        _bin_words(panel, found),
        "Of the (utterance, emotion) pairs whose predicted probability falls into this bin, the share that is true. "
        "Bins hold equal counts; on the diagonal a probability means what it says.",
        "mean of t over the bin, against mean of p",
        interval=model.interval_form,
    )


def _part_card(model: ReliabilityModel, panel: ReliabilityPanel, key: str, words: str) -> Card:
    known = model.cards.get(key, Card(key))
    group = panel.group
    sizes = (size_of(group.n, group.speakers, group.word),) if group is not None else ()
    return replace(known, title=words, lines=(*known.lines, *sizes))
