"""The outline of a sound: its lowest and highest value in each of many short spans."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

COLUMNS = 8192
"""Spans kept for one range: more than any screen is wide."""


@dataclass(frozen=True, slots=True, eq=False)
class Waveform:
    """Outline of a range.

    Attributes:
        low: Lowest value per span, shape (n,), float32, −1 to 1.
        high: Highest value per span, shape (n,), float32, −1 to 1.
        start: Time of the range's first sample, seconds.
        end: End of the range, seconds.
    """

    low: npt.NDArray[np.float32]
    high: npt.NDArray[np.float32]
    start: float
    end: float


def outline(samples: npt.NDArray[np.float32], start: float, end: float, columns: int = COLUMNS) -> Waveform:
    """Outline of one channel of sound.

    Args:
        samples: Shape (n,), float32, −1 to 1, filling `start` to `end`.
        start: Time of the first sample, seconds.
        end: End of the range, seconds.
        columns: Most spans wanted; never more than there are samples.
    """
    low, high = _extremes(samples, samples, min(columns, len(samples)))
    return Waveform(low, high, start, end)


def thinned(waveform: Waveform, columns: int) -> Waveform:
    """The same outline in at most so many spans, as wide as the screen needs."""
    if columns >= len(waveform.low):
        return waveform
    low, high = _extremes(waveform.low, waveform.high, columns)
    return Waveform(low, high, waveform.start, waveform.end)


def part(waveform: Waveform, start: float, end: float) -> Waveform:
    """The spans that touch a part of the range, with the times they begin and end at."""
    count, length = len(waveform.low), waveform.end - waveform.start
    if not count or length <= 0:
        return waveform
    first = min(max(int((start - waveform.start) / length * count), 0), count - 1)
    last = min(max(int(np.ceil((end - waveform.start) / length * count - 1e-9)), first + 1), count)
    begin, stop = (waveform.start + length * edge / count for edge in (first, last))
    return Waveform(waveform.low[first:last], waveform.high[first:last], begin, stop)


def _extremes(
    low: npt.NDArray[np.float32], high: npt.NDArray[np.float32], columns: int
) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]:
    if columns <= 0:
        return np.zeros(0, np.float32), np.zeros(0, np.float32)
    starts = np.arange(columns) * len(low) // columns
    return np.minimum.reduceat(low, starts), np.maximum.reduceat(high, starts)
