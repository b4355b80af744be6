"""F0 and energy as curves over the spectrogram, with their own axes at the right."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPainterPath

from fairemo_gui.gui import theme
from fairemo_gui.gui.controls.numbers import MINUS
from fairemo_gui.gui.controls.painting import draw_text, pen
from fairemo_gui.gui.player.lanes import Scale
from fairemo_gui.gui.theme import Tokens
from fairemo_gui.media.pitch import HOP, PitchTrack

MARGIN = 98
"""Width of the axes, px."""
_BOTTOM_HZ, _OCTAVES = 75.0, 3
_STEP_DB = 20
# No voice leaps so many octaves in 10 ms: the line breaks there.
_JUMP = 0.5
_HALO, _PITCH, _ENERGY = 2.5, 2.0, 1.25
_DASH = (3.0, 2.0)
_INSET = 6
_AXES = (4.0, 54.0)
_LABEL = 44
_ROOMY = 52


def paint_curves(
    painter: QPainter, track: PitchTrack, scale: Scale, height: float, top_db: int, tokens: Tokens
) -> None:
    """F0 as a solid line where there is voice, energy dashed, both on a halo that parts them from the spectrogram."""
    first, last = np.searchsorted(track.times, (scale.start - HOP, scale.end + HOP))
    # One value per pixel is all that shows.
    seen = slice(first, last, max(int((last - first) / scale.width), 1))
    times = track.times[seen]
    octaves = np.log2(np.maximum(track.hertz[seen], 1e-9) / _BOTTOM_HZ)
    octaves[1:][np.abs(np.diff(octaves)) > _JUMP] = np.nan
    shares = (track.energy[seen] - top_db) / (_OCTAVES * _STEP_DB) + 1.0
    painter.setBrush(Qt.BrushStyle.NoBrush)
    energy = _path(times, shares, scale, height)
    pitch = _path(times, octaves / _OCTAVES, scale, height)
    for path, colour, width, dash in ((energy, tokens.text2, _ENERGY, _DASH), (pitch, tokens.text, _PITCH, ())):
        painter.strokePath(path, pen(tokens.panel, width + _HALO))
        painter.strokePath(path, pen(colour, width, dash))


def paint_axes(painter: QPainter, lane: QRectF, top_db: int, tokens: Tokens) -> None:
    """Octaves of F0 and steps of 20 dB side by side, each along a stroke like its curve's."""
    font, inks = theme.font(theme.SMALL), (tokens.text, tokens.text2)
    for x, colour, width, dash in zip(_AXES, inks, (_PITCH, _ENERGY), ((), _DASH), strict=True):
        painter.setPen(pen(colour, width, dash))
        painter.drawLine(QPointF(lane.right() + x, lane.top()), QPointF(lane.right() + x, lane.bottom()))
    for step in range(0, _OCTAVES + 1, 1 if lane.height() > _ROOMY else _OCTAVES):
        y = lane.bottom() - _INSET - (lane.height() - 2 * _INSET) * step / _OCTAVES
        top = step == _OCTAVES
        hertz = f"{_BOTTOM_HZ * 2**step:.0f}" + (" Hz" if top else "")
        level = top_db - _STEP_DB * (_OCTAVES - step)
        decibels = f"{MINUS if level < 0 else ''}{abs(level)}" + (" dB" if top else "")
        for x, label, colour in zip(_AXES, (hertz, decibels), inks, strict=True):
            draw_text(painter, QRectF(lane.right() + x + 5, y - 8, _LABEL, 16), label, colour, font)


def reading(track: PitchTrack, time: float) -> str:
    """What the curves say at a moment, as `F0 212 Hz · −23 dB`."""
    if not len(track.times):
        return ""
    place = int(np.abs(track.times - time).argmin())
    hertz, level = float(track.hertz[place]), round(float(track.energy[place]))
    pitch = "no voice" if np.isnan(hertz) else f"F0 {hertz:.0f} Hz"
    return f"{pitch} · {MINUS if level < 0 else ''}{abs(level)} dB"


def _path(times: npt.NDArray[np.float64], shares: npt.NDArray[np.float64], scale: Scale, height: float) -> QPainterPath:
    """A line through every run of values; shares of the axis from below, held inside the lane."""
    path = QPainterPath()
    for run in _runs(shares):
        xs = [scale.x(float(time)) for time in times[run]]
        ys = np.clip(height - _INSET - shares[run] * (height - 2 * _INSET), 1.0, height - 1.0).tolist()
        path.moveTo(QPointF(xs[0], ys[0]))
        for x, y in zip(xs[1:], ys[1:], strict=True):
            path.lineTo(x, y)
    return path


def _runs(values: npt.NDArray[np.float64]) -> Iterator[slice]:
    """Stretches without NaN."""
    known = np.concatenate([[False], np.isfinite(values), [False]])
    edges = np.flatnonzero(known[1:] != known[:-1])
    for begin, end in zip(edges[::2], edges[1::2], strict=True):
        yield slice(int(begin), int(end))
