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


def _extremes(
    low: npt.NDArray[np.float32], high: npt.NDArray[np.float32], columns: int
) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]:
    if columns <= 0:
        return np.zeros(0, np.float32), np.zeros(0, np.float32)
    starts = np.arange(columns) * len(low) // columns
    return np.minimum.reduceat(low, starts), np.maximum.reduceat(high, starts)
