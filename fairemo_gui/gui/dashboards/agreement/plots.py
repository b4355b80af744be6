"""One dot plot of the agreement chart: groups in rows, condition by condition, on one axis from 0 to 1."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QColor, QPainter

from fairemo_gui.evaluation.partition import EVERYONE
from fairemo_gui.gui import theme
from fairemo_gui.gui.controls import numbers
from fairemo_gui.gui.controls.painting import CENTRE, LEFT, RIGHT, draw_text, width_of
from fairemo_gui.gui.dashboards import scale
from fairemo_gui.gui.dashboards.agreement.rows import COHEN, REFERENCES, Block, Line, evident
from fairemo_gui.gui.dashboards.pane import Curve, Mark, Pane, Segment
from fairemo_gui.gui.theme import Tokens

_TOP, _BETWEEN = 52.0, 6.0
_VALUE, _ENDS, _COUNT, _COUNTS_FROM, _ENDS_FROM = 38.0, 84.0, 44.0, 290.0, 480.0


@dataclass(frozen=True)
class Panel:
    """A dot plot, laid out.

    Attributes:
        box: All of it.
        plot: Where the points are.
        label: Room for the conditions' words at the left.
        pitch: Height of a line.
        middles: Vertical middle of each line, block by block.
        counts: Whether there is room for n.
        ends: Whether there is room for the intervals in figures.
    """

    title: str
    subtitle: str
    blocks: tuple[Block, ...]
    box: QRectF
    plot: QRectF
    label: float
    pitch: float
    middles: tuple[tuple[float, ...], ...]
    span: scale.Range
    counts: bool
    ends: bool

    @property
    def referenced(self) -> bool:
        """Whether Krippendorff's bounds are drawn: in plots of his alpha alone."""
        return self.blocks[0].measure != COHEN and "alpha" in self.blocks[0].measure

    def line_box(self, middle: float) -> QRectF:
        """All of a line, from its group's word on."""
        left = self.box.left() + self.label - 4
        return QRectF(left, middle - self.pitch / 2, self.box.right() - left + 2, self.pitch)

    def lines(self) -> Iterable[tuple[Block, Line, float]]:
        """Every line with its block and vertical middle."""
        for block, middles in zip(self.blocks, self.middles, strict=True):
            for line, middle in zip(block.lines, middles, strict=True):
                yield block, line, middle

    def differences(self) -> Iterable[tuple[Block, QRectF]]:
        """Blocks whose groups differ by something, and where that is written: under the condition's word."""
        for block, middles in zip(self.blocks, self.middles, strict=True):
            if block.apart is not None and len(middles) > 1:
                yield block, QRectF(self.box.left(), middles[1] - self.pitch / 2, self.label - 6, self.pitch)


def place_panel(title: str, subtitle: str, blocks: Sequence[Block], at: QPointF, wide: float, pitch: float) -> Panel:
    """Lay a plot out from its upper left corner on."""
    small, strong = theme.font(theme.SMALL), theme.font(theme.SMALL, 600)
    word = max(*(width_of(block.word, strong) for block in blocks), width_of("−0.000", small)) + 10
    group = min(max(width_of(line.label, small) for block in blocks for line in block.lines), 110.0) + 8
    counts, ends = wide >= _COUNTS_FROM, wide >= _ENDS_FROM
    right = _VALUE + (_COUNT if counts else 0) + (_ENDS if ends else 0) + 8
    top = y = at.y() + _TOP
    middles = []
    for block in blocks:
        middles.append(tuple(y + (k + 0.5) * pitch for k in range(len(block.lines))))
        y += len(block.lines) * pitch + _BETWEEN
    bottom = y - _BETWEEN
    plot = QRectF(at.x() + word + group, top, max(wide - word - group - right, 30.0), bottom - top)
    box = QRectF(at.x(), at.y(), wide, bottom - at.y())
    return Panel(title, subtitle, tuple(blocks), box, plot, word, pitch, tuple(middles), _span_of(blocks), counts, ends)


def draw_panel(painter: QPainter, panel: Panel, selected: Collection[str | None]) -> None:
    """Everything but the points."""
    tokens, small, strong = theme.current(), theme.font(theme.SMALL), theme.font(theme.SMALL, 600)
    box = panel.box
    draw_text(painter, QRectF(box.left(), box.top(), box.width(), 17), panel.title, tokens.text, theme.font(12, 600))
    draw_text(painter, QRectF(box.left(), box.top() + 16, box.width(), 15), panel.subtitle, tokens.text2, small)
    _draw_axis(painter, panel)
    for block, middles in zip(panel.blocks, panel.middles, strict=True):
        at = QRectF(box.left(), middles[0] - panel.pitch / 2, panel.label, panel.pitch)
        draw_text(painter, at, block.word, tokens.text, strong)
    for block, at in panel.differences():
        ink, font = (tokens.text, strong) if evident(block.apart) else (tokens.text3, small)
        draw_text(painter, at, numbers.signed(block.apart.value if block.apart else None), ink, font)
    for _, line, middle in panel.lines():
        _draw_line(painter, panel, line, middle, line.row.by != EVERYONE and line.row.value in selected)


def _draw_axis(painter: QPainter, panel: Panel) -> None:
    tokens, small, plot = theme.current(), theme.font(theme.SMALL), panel.plot
    at = partial(pixel, plot, panel.span)
    for tick in scale.spaced(scale.ticks(panel.span, 6), at, lambda t: width_of(f"{t:g}", small) + 2):
        box = QRectF(at(tick) - 20, plot.top() - 17, 40, 15)
        draw_text(painter, box, scale.tick_words(tick, False), tokens.text3, small, CENTRE)
    if panel.counts:
        head = QRectF(panel.box.right() - _COUNT, plot.top() - 17, _COUNT, 15)
        draw_text(painter, head, "n", tokens.text3, small, RIGHT)


def _draw_line(painter: QPainter, panel: Panel, line: Line, middle: float, marked: bool) -> None:
    tokens, small, band = theme.current(), theme.font(theme.SMALL), panel.line_box(middle)
    if marked:
        painter.fillRect(band, QColor(tokens.sel))
    colour = tokens.text if marked else tokens.text3 if line.row.small else tokens.text2
    label = QRectF(band.left() + 4, band.top(), panel.plot.left() - band.left() - 10, panel.pitch)
    draw_text(painter, label, line.label, colour, small, LEFT)
    right = panel.box.right() - (_COUNT if panel.counts else 0) - (_ENDS if panel.ends else 0)
    ink, font = (tokens.text, theme.font(theme.SMALL, 600)) if line.style is None else (colour, small)
    value = QRectF(right - _VALUE, band.top(), _VALUE, panel.pitch)
    draw_text(painter, value, numbers.rate(line.found.value), ink, font, RIGHT)
    if panel.ends and line.found.interval is not None:
        words = numbers.interval(line.found.interval.low, line.found.interval.high)
        draw_text(painter, QRectF(right + 6, band.top(), _ENDS, panel.pitch), words, colour, small, LEFT)
    if panel.counts:
        count = QRectF(panel.box.right() - _COUNT, band.top(), _COUNT, panel.pitch)
        quiet = tokens.text if marked else tokens.text3
        draw_text(painter, count, numbers.count(line.row.utterances), quiet, small, RIGHT)


def fill(pane: Pane, panel: Panel) -> None:
    """Put the points, the grid and the reference lines into a pane."""
    tokens, plot, span = theme.current(), panel.plot, panel.span
    height = plot.height()
    pane.put(plot, span, (-height, 0))
    ticks = scale.ticks(span, 6)
    pane.segments = [Segment((t, -height), (t, 0), tokens.zero if t == 0 else tokens.grid) for t in ticks]
    references = REFERENCES if panel.referenced else ()
    pane.curves = [Curve([x, x], [-height, 0], tokens.text3, 1.0, (3, 3)) for x in references]
    known = [(line, plot.top() - middle) for _, line, middle in panel.lines() if not math.isnan(line.found.value)]
    pane.marks = [_mark(line, y, tokens) for line, y in known]


def pixel(plot: QRectF, span: scale.Range, value: float) -> float:
    """Where a value stands."""
    return plot.left() + (value - span[0]) / (span[1] - span[0]) * plot.width()


def _mark(line: Line, y: float, tokens: Tokens) -> Mark:
    ends = line.found.interval
    low, high = (None, None) if ends is None else (ends.low, ends.high)
    if line.style is None:
        return Mark(line.found.value, y, tokens.text2, low, high, size=7)
    colour = tokens.text3 if line.row.small else line.style.colour
    filled = line.style.marker != "○" and not line.row.small
    return Mark(line.found.value, y, colour, low, high, filled, line.style.marker, 7)


def _span_of(blocks: Sequence[Block]) -> scale.Range:
    """0–1, and below 0 where a point or interval is."""
    found = [line.found for block in blocks for line in block.lines]
    lows = [f.value for f in found if not math.isnan(f.value)] + [f.interval.low for f in found if f.interval]
    return min([0.0, *(low - 0.02 for low in lows if low < 0)]), 1.0
