"""How a confusion matrix looks: cells on a ramp, corner marks for evidence, an outline for what is selected."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QFont, QLinearGradient, QPainter, QPolygonF

from fairemo_gui.gui import theme
from fairemo_gui.gui.controls import numbers
from fairemo_gui.gui.controls.painting import CENTRE, LEFT, RIGHT, draw_marker, draw_text, pen, width_of
from fairemo_gui.gui.dashboards.confusion.geometry import KEY_HEIGHT, LINE, Geometry
from fairemo_gui.gui.dashboards.confusion.look import Look
from fairemo_gui.gui.dashboards.model import ConfusionModel, DifferenceMatrix, GroupMatrix, Values
from fairemo_gui.gui.theme import Tokens

_LEGIBLE = 4.58
_KEY_WIDTH = 121.0
_N_CLOSE = 8.0
_AS_EVER = Look()


@dataclass(frozen=True)
class Inks:
    """Fonts and colours of one repaint."""

    tokens: Tokens = field(default_factory=theme.current)
    plain: QFont = field(default_factory=lambda: theme.font(theme.SMALL))
    bold: QFont = field(default_factory=lambda: theme.font(theme.SMALL, 600))
    title: QFont = field(default_factory=lambda: theme.font(theme.BODY, 600))


def draw_cells(
    painter: QPainter,
    geometry: Geometry,
    frame: QRectF,
    matrix: GroupMatrix,
    inks: Inks,
    look: Look = _AS_EVER,
    top: float = 1.0,
) -> None:
    """Per cent (or counts) on the sequential ramp up to `top`; the diagonal in bold, zero quiet, empty rows blank."""
    table = theme.sequential_table(inks.tokens)
    shares = matrix.shares()
    for (truth, predicted), share in np.ndenumerate(shares):
        rect = geometry.cell_rect(frame, truth, predicted)
        if math.isnan(share):
            draw_text(painter, rect, numbers.ABSENT, inks.tokens.text3, inks.plain, CENTRE)
            continue
        ground = theme.ramp_colour(table, min(float(share) / top, 1.0))
        painter.fillRect(rect.adjusted(0, 0, -1, -1), QColor(ground))
        words = short_count(int(matrix.counts[truth, predicted])) if look.counts else str(round(float(share) * 100))
        wanted = inks.tokens.text3 if words == "0" else inks.tokens.text
        font = inks.bold if truth == predicted else inks.plain
        draw_text(painter, rect, words, legible(wanted, ground), font, CENTRE)
    draw_frame(painter, frame, inks.tokens)


def draw_difference(
    painter: QPainter, geometry: Geometry, frame: QRectF, difference: DifferenceMatrix, limit: float, inks: Inks
) -> None:
    """Percentage points on the diverging ramp; corner mark and bold where the interval excludes 0."""
    table = theme.diverging_table(inks.tokens)
    for (truth, predicted), value in np.ndenumerate(difference.values):
        rect = geometry.cell_rect(frame, truth, predicted)
        if math.isnan(value):
            draw_text(painter, rect, numbers.ABSENT, inks.tokens.text3, inks.plain, CENTRE)
            continue
        ground = theme.ramp_colour(table, 0.5 + float(value) * 50 / limit)
        painter.fillRect(rect.adjusted(0, 0, -1, -1), QColor(ground))
        evidence = bool(difference.evidence[truth, predicted])
        text = numbers.percentage_points(float(value))
        wanted = inks.tokens.text if evidence else inks.tokens.text3 if text == "0" else inks.tokens.text2
        colour = legible(wanted, ground)
        draw_text(painter, rect, text, colour, inks.bold if evidence else inks.plain, CENTRE)
        if evidence:
            draw_corner(painter, rect.adjusted(0, 0, -1, -1), colour)
    draw_frame(painter, frame, inks.tokens)


def draw_corner(painter: QPainter, rect: QRectF, colour: str, size: float = 6) -> None:
    """The mark ◥ of evidence in a cell's corner."""
    corner = rect.topRight()
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(colour))
    painter.drawPolygon(QPolygonF([corner, corner - QPointF(size, 0), corner + QPointF(0, size)]))
    painter.restore()


def draw_outline(painter: QPainter, rect: QRectF, tokens: Tokens) -> None:
    """2 px in the text colour, with a halo in the panel's, so that it stands out on any cell."""
    painter.save()
    painter.setBrush(Qt.BrushStyle.NoBrush)
    box = rect.adjusted(0, 0, -1, -1)
    for grow, colour, width in ((-1.5, tokens.panel, 1), (1.5, tokens.panel, 1), (0, tokens.text, 2)):
        outline = pen(colour, width)
        outline.setJoinStyle(Qt.PenJoinStyle.MiterJoin)
        painter.setPen(outline)
        painter.drawRect(box.adjusted(-grow, -grow, grow, grow))
    painter.restore()


def draw_columns(painter: QPainter, geometry: Geometry, frame: QRectF, words: Sequence[str], inks: Inks) -> None:
    """Three letters of each predicted class above a matrix."""
    for k, word in enumerate(words):
        rect = geometry.cell_rect(frame, 0, k)
        draw_text(
            painter,
            QRectF(rect.left() - 2, rect.top() - 22, rect.width() + 4, 20),
            word,
            inks.tokens.text2,
            inks.plain,
            CENTRE,
        )


def draw_counts(painter: QPainter, geometry: Geometry, frame: QRectF, rows: Sequence[int], inks: Inks) -> None:
    """Utterances per row at the right of a matrix."""
    width = geometry.block - frame.width()
    if geometry.tight:
        # Where matrices are close, n stays nearer to its own than to the next.
        widest = max((width_of(numbers.count(n), inks.plain) for n in rows), default=0.0)
        width = min(width, widest + _N_CLOSE)
    draw_text(painter, QRectF(frame.right(), frame.top() - 22, width, 20), "n", inks.tokens.text3, inks.plain, RIGHT)
    for k, n in enumerate(rows):
        top = frame.top() + k * geometry.cell
        text = numbers.count(n)
        draw_text(painter, QRectF(frame.right(), top, width, geometry.cell), text, inks.tokens.text3, inks.plain, RIGHT)


def draw_header(
    painter: QPainter, frame: QRectF, block: float, matrix: GroupMatrix, sizes: tuple[str, str], inks: Inks
) -> None:
    """Marker and group, macro-F1 with its interval at the right, and below the n (or why the group is grey)."""
    tokens, (size, minimum) = inks.tokens, sizes
    left, top, group = frame.left(), frame.top() - 60, matrix.group
    if group is not None:
        style = theme.group_style(tokens, group.value, group.place, group.total)
        draw_marker(painter, QPointF(left + 4.5, top + 9), style, 9)
        left += 14
    right = frame.left() + block
    right = right if minimum else _draw_f1(painter, QPointF(right, top), matrix, inks)
    colour = tokens.text3 if minimum else tokens.text
    word = "Everyone" if group is None else group.word
    draw_text(painter, QRectF(left, top, right - left - 6, 18), word, colour, inks.title)
    draw_text(painter, QRectF(frame.left(), top + 17, block, 16), minimum or size, tokens.text2, inks.plain)


def header_width(matrix: GroupMatrix, size: str, inks: Inks) -> float:
    """What the header of a matrix needs; long group names give way and are elided."""
    f1 = sum(width_of(t, f) for t, f in zip(f1_words(matrix), (inks.plain, inks.title, inks.plain), strict=True))
    word = "Everyone" if matrix.group is None else matrix.group.word
    return max(min(width_of(word, inks.title), 96) + 14 + 6 + f1, width_of(size, inks.plain))


def draw_difference_header(painter: QPainter, frame: QRectF, difference: DifferenceMatrix, inks: Inks) -> None:
    """Which group less which, and the unit."""
    title = QRectF(frame.left(), frame.top() - 60, frame.width(), 18)
    draw_text(painter, title, difference.title, inks.tokens.text, inks.title)
    below = QRectF(frame.left(), title.top() + 17, frame.width(), 16)
    draw_text(painter, below, "percentage points", inks.tokens.text2, inks.plain)


def draw_between_header(painter: QPainter, frame: QRectF, matrix: GroupMatrix, inks: Inks) -> None:
    """Whose group it is, where a band holds differences of two predictors."""
    tokens, group, left = inks.tokens, matrix.group, frame.left()
    if group is not None:
        style = theme.group_style(tokens, group.value, group.place, group.total)
        draw_marker(painter, QPointF(left + 4.5, frame.top() - 51), style, 9)
        left += 14
    word = "Everyone" if group is None else group.word
    draw_text(painter, QRectF(left, frame.top() - 60, frame.width() - 14, 18), word, tokens.text, inks.title)
    below = QRectF(frame.left(), frame.top() - 43, frame.width(), 16)
    draw_text(painter, below, "percentage points", tokens.text2, inks.plain)


def f1_words(matrix: GroupMatrix) -> tuple[str, str, str]:
    """The three parts of the F1 line, whose middle one is bold."""
    f1 = matrix.f1
    return (
        f"{matrix.score} ",
        numbers.rate(f1.value),
        " " + numbers.interval(f1.low, f1.high) if f1.has_interval else "",
    )


def short_count(n: int) -> str:
    """A count that fits into a cell: `312`, `1.2k`, `25k`."""
    if n < 1000:
        return str(n)
    return f"{n / 1000:.1f}k" if n < 9950 else f"{round(n / 1000)}k"


def draw_keys(
    painter: QPainter,
    geometry: Geometry,
    model: ConfusionModel,
    limit: float,
    inks: Inks,
    look: Look = _AS_EVER,
    top: float = 1.0,
) -> None:
    """The keys of both ramps, the notes and the footnote: below the matrices, or at the right where height is short."""
    tokens, side = inks.tokens, geometry.side
    left = side.left() if side else geometry.matrices[0].left()
    y = side.top() + 8 if side else geometry.key_top
    draw_key(painter, QRectF(left, y, _KEY_WIDTH, 9), tokens.sequential, ("0", look.key_words(top)), inks)
    if geometry.difference is not None:
        frame = geometry.difference
        bar = QRectF(left, y + 32, _KEY_WIDTH, 9) if side else QRectF(frame.left(), y, frame.width(), 9)
        ends = (f"{numbers.MINUS}{limit:.0f}", "0", f"+{limit:.0f}")
        draw_key(painter, bar, tokens.diverging, ends, inks)
    if side:
        below = QRectF(left, y + 68, side.width(), side.bottom() - y - 68)
        draw_wrapped(painter, below, "\n".join((*model.notes, _footnote(model))), inks)
        return
    _draw_notes(painter, geometry, model, inks)
    first = geometry.key_top + KEY_HEIGHT + 1
    across = QRectF(8, first, geometry.room - 16, geometry.lines * LINE)
    draw_wrapped(painter, across, _footnote(model), inks)


def footnote_width(model: ConfusionModel, inks: Inks) -> float:
    """Width of the footnote on one line."""
    return width_of(_footnote(model), inks.plain)


def _footnote(model: ConfusionModel) -> str:
    marked = model.difference is not None and model.difference.low is not None
    return f"◥ and bold: {model.footnote}" if marked else model.footnote


def _draw_notes(painter: QPainter, geometry: Geometry, model: ConfusionModel, inks: Inks) -> None:
    several = len(geometry.matrices) > 1
    left = geometry.matrices[1].left() if several else geometry.matrices[0].left() + _KEY_WIDTH + 24
    end = geometry.difference.left() - 8 if geometry.difference is not None else geometry.room - 8
    for k, note in enumerate(model.notes[:2]):
        line = QRectF(left, geometry.key_top - 4 + 14 * k, end - left, 15)
        draw_text(painter, line, note, inks.tokens.text2, inks.plain)


def draw_wrapped(painter: QPainter, box: QRectF, text: str, inks: Inks) -> None:
    """A footnote over several lines."""
    painter.setFont(inks.plain)
    painter.setPen(QColor(inks.tokens.text3))
    painter.drawText(box, int(Qt.TextFlag.TextWordWrap | Qt.AlignmentFlag.AlignTop), text)


def draw_key(painter: QPainter, bar: QRectF, stops: Sequence[str], labels: Sequence[str], inks: Inks) -> None:
    """A ramp with what its ends (and middle) mean."""
    gradient = QLinearGradient(bar.topLeft(), bar.topRight())
    for k, stop in enumerate(stops):
        gradient.setColorAt(k / (len(stops) - 1), QColor(stop))
    painter.fillRect(bar, QBrush(gradient))
    painter.setPen(pen(inks.tokens.line))
    painter.drawRect(bar.adjusted(0, 0, -0.5, -0.5).toRect())
    below = QRectF(bar.left(), bar.bottom() + 1, bar.width(), 16)
    aligns = (LEFT, RIGHT) if len(labels) == 2 else (LEFT, CENTRE, RIGHT)
    for label, align in zip(labels, aligns, strict=True):
        draw_text(painter, below, label, inks.tokens.text3, inks.plain, align)


def _draw_f1(painter: QPainter, corner: QPointF, matrix: GroupMatrix, inks: Inks) -> float:
    right = corner.x()
    name, value, ends = f1_words(matrix)
    colours = (inks.tokens.text2, inks.tokens.text, inks.tokens.text2)
    parts = zip((name, value, ends), colours, (inks.plain, inks.title, inks.plain), strict=True)
    for text, colour, font in reversed(list(parts)):
        width = width_of(text, font)
        draw_text(painter, QRectF(right - width, corner.y(), width + 1, 18), text, colour, font)
        right -= width
    return right


def draw_frame(painter: QPainter, frame: QRectF, tokens: Tokens) -> None:
    """The hairline around cells."""
    painter.setPen(pen(tokens.line))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRect(frame.adjusted(-1, -1, -1, -1).toRect())


@lru_cache(maxsize=2048)
def legible(wanted: str, ground: str) -> str:
    """The wanted colour, or black or white where it would be hard to read on a cell."""
    return wanted if theme.contrast(wanted, ground) >= _LEGIBLE else theme.ink_on(ground)


def difference_limit(values: Values) -> float:
    """Symmetric limit of the diverging ramp in percentage points: the next multiple of 4 with two points to spare."""
    largest = float(np.abs(values[~np.isnan(values)]).max(initial=0.0)) * 100
    return 4.0 * math.ceil((largest + 2) / 4)
