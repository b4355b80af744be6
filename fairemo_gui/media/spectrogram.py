"""Short-time power of a sound over time and frequency, in levels a colour ramp can show."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

TOP_HZ = 7000.0
"""Highest frequency shown: vowels and the fricatives of speech lie below."""
_WINDOW = 0.025
_HOP = 0.004
_MOST_FRAMES = 4096
_RANGE_DB = 45.0
# Speech falls by some 6 dB an octave; raised by as much, its upper formants show.
_PRE_EMPHASIS = np.float32(0.97)
# One loud click would darken everything else; the loudest half per cent may saturate.
_LOUD_SHARE = 0.995
# A range that is silent but for noise this far below full scale stays dark.
_QUIET_DB = -85.0


@dataclass(frozen=True, slots=True, eq=False)
class Spectrogram:
    """Levels of a range.

    Attributes:
        levels: 0 (quiet) to 255 (loud), shape (frequencies, times), uint8; the lowest frequency first.
        start: Time of the first column's beginning, seconds.
        end: Time of the last column's end, seconds.
        top_hz: Frequency at the upper edge.
        top_db: What the highest level stands for, dB.
    """

    levels: npt.NDArray[np.uint8]
    start: float
    end: float
    top_hz: float
    top_db: float


def spectrogram(samples: npt.NDArray[np.float32], rate: int, start: float, end: float) -> Spectrogram:
    """Power by short-time Fourier transform: Hann windows of 25 ms, a step of 4 ms (more where the range is long).

    Levels run over the 45 dB below the loudest half per cent.

    Args:
        samples: Shape (n,), float32, −1 to 1, filling `start` to `end`.
        rate: Samples per second.
        start: Time of the first sample, seconds.
        end: End of the range, seconds.
    """
    top = min(TOP_HZ, rate / 2)
    if not len(samples):
        return Spectrogram(np.zeros((1, 1), np.uint8), start, end, top, 0.0)
    hop = max(round(_HOP * rate), -(-len(samples) // _MOST_FRAMES))
    decibels = _decibels(samples, rate, np.arange(0, len(samples), hop), top)
    loudest = max(float(np.quantile(decibels, _LOUD_SHARE)), _QUIET_DB + _RANGE_DB)
    return Spectrogram(_levels(decibels, loudest), start, end, top, loudest)


def spectrogram_part(
    samples: npt.NDArray[np.float32], rate: int, whole: Spectrogram, start: float, end: float, columns: int
) -> Spectrogram:
    """A part of a range again, in as many columns as the screen has for it; its levels mean what the whole's do.

    Args:
        samples: Of the whole range, shape (n,), float32.
        rate: Samples per second.
        whole: The whole range's spectrogram.
        start: Beginning of the part, seconds.
        end: End of the part, seconds.
        columns: How many; never more than there are samples.
    """
    columns = max(min(columns, round((end - start) * rate)), 1)
    middles = np.round((start - whole.start + (np.arange(columns) + 0.5) * (end - start) / columns) * rate)
    decibels = _decibels(samples, rate, np.clip(middles, 0, len(samples) - 1).astype(np.int64), whole.top_hz)
    return Spectrogram(_levels(decibels, whole.top_db), start, end, whole.top_hz, whole.top_db)


def _decibels(
    samples: npt.NDArray[np.float32], rate: int, middles: npt.NDArray[np.int64], top_hz: float
) -> npt.NDArray[np.float32]:
    """Power around some samples, dB, shape (frequencies, times)."""
    width = round(_WINDOW * rate)
    raised = samples - _PRE_EMPHASIS * np.concatenate([samples[:1], samples[:-1]])
    centred = np.pad(raised, (width // 2, width))
    pieces = np.lib.stride_tricks.sliding_window_view(centred, width)[middles]
    window = np.hanning(width).astype(np.float32)
    spectrum = np.fft.rfft(pieces * window, n=1 << (width - 1).bit_length(), axis=1)
    kept = round(top_hz / rate * 2 * (spectrum.shape[1] - 1)) + 1
    magnitude = np.abs(spectrum[:, :kept]).T * (2.0 / float(window.sum()))
    return np.asarray(20.0 * np.log10(magnitude + 1e-9), np.float32)


def _levels(decibels: npt.NDArray[np.float32], loudest: float) -> npt.NDArray[np.uint8]:
    shares = (decibels - loudest + _RANGE_DB) / _RANGE_DB
    return np.asarray(np.clip(shares, 0.0, 1.0) * 255.0, np.uint8)
