"""The lanes of the timeline: words, waveform, spectrogram and axis, each painted into a rectangle of its own."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QColor, QImage, QPainter, QPainterPath

from fairemo_gui.core.records import Word
from fairemo_gui.gui import theme
from fairemo_gui.gui.controls.painting import CENTRE, LEFT, RIGHT, draw_text, pen, width_of
from fairemo_gui.gui.theme import Tokens
from fairemo_gui.media.waveform import Waveform, part, thinned

GUTTER = 54
"""Width of the column of labels at the left."""
_STEPS = (
    0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 15.0, 30.0, 60.0, 120.0, 300.0, 600.0,
)  # fmt: skip
_TICK_SPACE = 80
_PLAYHEAD = 1.5
_WORD_SPACE = 6
_MOST_GAIN_STEPS = 6
_GUESSED: dict[bool, tuple[float, ...]] = {True: (3, 2), False: ()}
_DIMMED = 165
_PLATE = 15


@dataclass(frozen=True, slots=True)
class Scale:
    """Turns time into place.

    Attributes:
        start: Time at the left edge, seconds.
        end: Time at the right edge, seconds.
        left: Left edge, px.
        width: Width, px.
        origin: Time that labels count from, seconds.
    """

    start: float
    end: float
    left: float
    width: float
    origin: float = 0.0

    def x(self, time: float) -> float:
        """Place of a time, px."""
        span = self.end - self.start
        return self.left + (time - self.start) / span * self.width if span > 0 else self.left

    def time(self, x: float) -> float:
        """Time at a place, kept inside the range."""
        share = (x - self.left) / self.width if self.width > 0 else 0.0
        return self.start + min(max(share, 0.0), 1.0) * (self.end - self.start)


def word_rect(word: Word, scale: Scale, lane: QRectF) -> QRectF:
    """Where a word's chip lies; a gap of 1 px to its neighbours."""
    left, right = max(scale.x(word.start), scale.left), min(scale.x(word.end), scale.left + scale.width)
    return QRectF(round(left), lane.top(), max(round(right) - round(left) - 1, 2), lane.height())


def paint_words(
    painter: QPainter,
    lane: QRectF,
    words: Sequence[Word],
    lit: int | None,
    scale: Scale,
    tokens: Tokens,
    *,
    estimated: bool,
) -> None:
    """Chips over their times, dashed where these are guessed; the word being spoken in sel with an accent outline."""
    for place, word in enumerate(words):
        if word.end <= scale.start or word.start >= scale.end:
            continue
        rect = word_rect(word, scale, lane)
        on = place == lit
        painter.setPen(pen(tokens.accent if on else tokens.cline if estimated else tokens.line, 1, _GUESSED[estimated]))
        painter.setBrush(QColor(tokens.sel if on else tokens.alt))
        painter.drawRoundedRect(rect.adjusted(0.5, 0.5, -0.5, -0.5), 3, 3)
        if rect.width() > 10:
            font = theme.font(theme.SMALL, 500 if on else 400)
            draw_text(painter, rect.adjusted(2, 0, -2, 0), word.text, tokens.text if on else tokens.text2, font, CENTRE)


def paint_no_words(painter: QPainter, lane: QRectF, transcript: str | None, tokens: Tokens) -> None:
    """The transcript, where there is one, and that there are no times for its words."""
    font = theme.font(theme.SMALL)
    # The lane's name ends where the lane begins: a sentence needs a space there, as chips have.
    lane = lane.adjusted(_WORD_SPACE, 0, 0, 0)
    said = "no word times" if transcript else "no transcript"
    width = width_of(said, font) + 2
    if not transcript:
        draw_text(painter, lane, said, tokens.text3, font)
        return
    words = QRectF(lane.left(), lane.top(), max(lane.width() - width - 12, 0), lane.height())
    draw_text(painter, words, transcript, tokens.text2, font)
    draw_text(painter, QRectF(lane.right() - width, lane.top(), width, lane.height()), said, tokens.text3, font, RIGHT)


def headroom(waveform: Waveform) -> int:
    """Decibels below full scale the lane's edge stands for: quiet recordings are drawn larger, in steps of 6 dB."""
    peak = max(float(np.abs(waveform.low).max(initial=0.0)), float(np.abs(waveform.high).max(initial=0.0)))
    if peak <= 0.0:
        return 0
    return min(max(int(-20.0 * np.log10(peak) / 6.0), 0), _MOST_GAIN_STEPS) * 6


def waveform_path(waveform: Waveform, scale: Scale, height: float, edge: int, ratio: float) -> QPainterPath:
    """The outline as one filled shape, a span per device pixel, never thinner than a hairline.

    Args:
        waveform: What is drawn, where the scale shows it.
        scale: Time to place.
        height: Of the lane, px.
        edge: Decibels below full scale that the lane's edge stands for.
        ratio: Device pixels per px.
    """
    shown = part(waveform, scale.start, scale.end)
    thin = thinned(shown, max(int((scale.x(shown.end) - scale.x(shown.start)) * ratio), 1))
    count = len(thin.low)
    if not count:
        return QPainterPath()
    x = scale.x(thin.start) + (np.arange(count) + 0.5) * (scale.x(thin.end) - scale.x(thin.start)) / count
    half, middle = height / 2 * 10.0 ** (edge / 20.0), height / 2
    top = middle - np.maximum(thin.high * half, 0.4)
    bottom = middle - np.minimum(thin.low * half, -0.4)
    path = QPainterPath(QPointF(float(x[0]), float(top[0])))
    for px, py in zip(x[1:].tolist(), top[1:].tolist(), strict=True):
        path.lineTo(px, py)
    for px, py in zip(x[::-1].tolist(), bottom[::-1].tolist(), strict=True):
        path.lineTo(px, py)
    path.closeSubpath()
    return path


def paint_waveform_labels(painter: QPainter, lane: QRectF, edge: int, tokens: Tokens) -> None:
    """What the edge stands for, nothing in the middle."""
    for label, y in (
        (f"−{edge}" if edge else "0", lane.top() + 4),
        ("−∞", lane.center().y()),
        ("dBFS", lane.bottom() - 4),
    ):
        paint_gutter(painter, label, y, tokens)


def spectrogram_image(levels: npt.NDArray[np.uint8], tokens: Tokens) -> QImage:
    """Levels, shape (frequencies, times), in the sequential ramp, high frequencies up."""
    levels = np.ascontiguousarray(levels[::-1])
    height, width = levels.shape
    image = QImage(levels.data, width, height, width, QImage.Format.Format_Indexed8)
    image.setColorTable([QColor(*colour).rgb() for colour in theme.sequential_table(tokens).tolist()])
    return image.convertToFormat(QImage.Format.Format_RGB32)


def paint_spectrogram_labels(painter: QPainter, lane: QRectF, top_hz: float, tokens: Tokens) -> None:
    """Every three kilohertz."""
    for khz in range(3, int(top_hz / 1000) + 1, 3):
        paint_gutter(painter, str(khz), lane.bottom() - khz * 1000 / top_hz * lane.height(), tokens)
    paint_gutter(painter, "kHz", lane.bottom() - 5, tokens)


def paint_gutter(painter: QPainter, text: str, y: float, tokens: Tokens) -> None:
    """A label in the left column, its middle at a height."""
    draw_text(painter, QRectF(0, y - 8, GUTTER, 16), text, tokens.text3, theme.font(theme.SMALL), RIGHT)


def ticks(scale: Scale) -> Iterator[tuple[float, str]]:
    """Times in view with their labels, counted from the range's start, at a readable distance."""
    span = scale.end - scale.start
    most = max(scale.width / _TICK_SPACE, 1.0)
    step = next((step for step in _STEPS if span / step <= most), _STEPS[-1])
    first = math.ceil((scale.start - scale.origin) / step - 1e-6)
    for k in range(first, int((scale.end - scale.origin) / step + 1e-6) + 1):
        label = _tick_label(k * step, step, scale.end - scale.origin)
        yield scale.origin + k * step, label + (" s" if k == first else "")


def paint_axis(painter: QPainter, lane: QRectF, scale: Scale, tokens: Tokens) -> None:
    """Ticks and times; the first label begins and the last ends at its tick."""
    font = theme.font(theme.SMALL)
    for time, label in ticks(scale):
        x = scale.x(time)
        painter.setPen(pen(tokens.text3))
        painter.drawLine(QPointF(round(x) + 0.5, lane.top()), QPointF(round(x) + 0.5, lane.top() + 4))
        width = width_of(label, font) + 2
        left = min(max(x - width / 2, scale.left), scale.left + scale.width - width)
        draw_text(painter, QRectF(left, lane.top() + 4, width, lane.height() - 4), label, tokens.text3, font, LEFT)


def paint_playhead(painter: QPainter, x: float, top: float, bottom: float, tokens: Tokens) -> None:
    """One line through all lanes, with a head."""
    painter.setPen(pen(tokens.text, _PLAYHEAD))
    painter.drawLine(QPointF(x, top), QPointF(x, bottom))
    head = QPainterPath(QPointF(x - 4.5, top))
    head.lineTo(x + 4.5, top)
    head.lineTo(x, top + 5.5)
    head.closeSubpath()
    painter.fillPath(head, QColor(tokens.text))


def paint_selection(
    painter: QPainter, lanes: QRectF, selection: tuple[float, float], scale: Scale, tokens: Tokens, *, told: bool
) -> None:
    """What is not selected pales; the selection has edges and says how long it is, unless words stand there."""
    right_edge = scale.left + scale.width
    left, right = (min(max(scale.x(at), scale.left), right_edge) for at in selection)
    pale = QColor(tokens.panel)
    pale.setAlpha(_DIMMED)
    painter.fillRect(QRectF(lanes.left(), lanes.top(), left - lanes.left(), lanes.height()), pale)
    painter.fillRect(QRectF(right, lanes.top(), lanes.right() - right, lanes.height()), pale)
    painter.setPen(pen(tokens.accent, _PLAYHEAD))
    for at, x in zip(selection, (left, right), strict=True):
        if scale.start <= at <= scale.end:
            painter.drawLine(QPointF(x, lanes.top()), QPointF(x, lanes.bottom()))
    if right > left and told:
        font, words = theme.font(theme.SMALL, 500), f"{selection[1] - selection[0]:.3f} s"
        width = width_of(words, font) + 8
        inside = left + 1 if width + 2 <= right - left else right + 1
        plate = QRectF(min(inside, right_edge - width), lanes.top(), width, _PLATE)
        painter.fillRect(plate, QColor(tokens.sel))
        draw_text(painter, plate, words, tokens.text, font, CENTRE)


def paint_overview(painter: QPainter, lane: QRectF, scale: Scale, first: float, last: float, tokens: Tokens) -> None:
    """A bar that says which part of the range is in view."""
    width = (scale.end - scale.start) / (last - first) * lane.width()
    left = lane.left() + (scale.start - first) / (last - first) * lane.width()
    painter.fillRect(lane, QColor(tokens.line))
    painter.fillRect(QRectF(left, lane.top(), max(width, 3.0), lane.height()), QColor(tokens.text3))


def _tick_label(seconds: float, step: float, longest: float) -> str:
    digits = next((digits for digits, least in ((0, 1.0), (1, 0.1), (2, 0.01)) if step >= least), 3)
    if longest < 60:
        return f"{seconds:.{digits}f}"
    width = 2 if digits == 0 else digits + 3
    return f"{int(seconds // 60)}:{seconds % 60:0{width}.{digits}f}"
