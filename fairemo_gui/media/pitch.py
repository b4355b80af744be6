"""How high and how loud a voice is over time: F0 by YIN, and energy in decibels."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

HOP = 0.01
"""Seconds from one value to the next."""
LOWEST_HZ, HIGHEST_HZ = 60.0, 600.0
"""F0 of adult speech, creaky to screamed, lies between."""
FLOOR_DB = -100.0
_WINDOW = 0.025
# A dip of the normalised difference below this is taken at once; failing that, the deepest one, if it is deep enough.
_FIRST_DIP, _DEEP_ENOUGH = 0.15, 0.3
# Fainter than this below the loudest moment, or below full scale, nothing counts as voice.
_VOICE_RANGE_DB, _QUIET_DB = 40.0, -65.0
_SHORTEST_VOICE = 3
_BLOCK = 1024


@dataclass(frozen=True, slots=True, eq=False)
class PitchTrack:
    """F0 and energy of a range, a value every 10 ms.

    Attributes:
        times: Middle of each window, seconds, shape (n,).
        hertz: F0, Hz, NaN where there is no voice, shape (n,).
        energy: Mean power of each window, dB below a full-scale square wave, shape (n,).
    """

    times: Floats
    hertz: Floats
    energy: Floats


def track_pitch(
    samples: npt.NDArray[np.float32], rate: int, start: float = 0.0, check: Callable[[], None] = lambda: None
) -> PitchTrack:
    """F0 by YIN (de Cheveigné & Kawahara 2002, steps 1–5), 60–600 Hz, windows of 25 ms.

    Steps 1 and 2, the difference function d(τ) of equation 6, come from a Fourier transform per window. Step 3 divides
    it by its own running mean (equation 8), step 4 takes the first dip below 0.15, step 5 refines it by a parabola.
    A window without such a dip is unvoiced unless its deepest lies below 0.3; so are faint windows and voices of less
    than 30 ms.

    Args:
        samples: Shape (n,), float32, −1 to 1.
        rate: Samples per second, at least 4 × 600.
        start: Time of the first sample, seconds.
        check: Called now and then; what it raises ends the work.
    """
    count = -(-len(samples) // round(HOP * rate))
    times: Floats = start + (np.arange(count, dtype=np.float64) + 0.5) * HOP
    middles = np.round((np.arange(count) + 0.5) * HOP * rate).astype(np.int64)
    width, longest = round(_WINDOW * rate), int(rate / LOWEST_HZ) + 2
    padded = np.pad(samples.astype(np.float64), (width + longest,))
    energy = _energy(padded, middles + longest + width - width // 2, width)
    hertz = np.full(count, np.nan)
    # The window and its shifted copy together lie around the middle.
    firsts = middles + (width + longest) - (width + longest) // 2
    loud = np.flatnonzero(energy > max(energy.max(initial=FLOOR_DB) - _VOICE_RANGE_DB, _QUIET_DB))
    for first in range(0, len(loud), _BLOCK):
        check()
        block = loud[first : first + _BLOCK]
        hertz[block] = _yin(padded, firsts[block], width, longest, rate)
    return PitchTrack(times, _without_specks(hertz), energy)


def _energy(padded: Floats, firsts: npt.NDArray[np.int64], width: int) -> Floats:
    power = np.concatenate([[0.0], np.cumsum(padded**2)])
    mean = (power[firsts + width] - power[firsts]) / width
    return np.asarray(np.maximum(10.0 * np.log10(np.maximum(mean, 1e-12)), FLOOR_DB))


def _yin(padded: Floats, firsts: npt.NDArray[np.int64], width: int, longest: int, rate: int) -> Floats:
    """F0 per window, NaN where unvoiced."""
    pieces = np.lib.stride_tricks.sliding_window_view(padded, width + longest)[firsts]
    difference = _difference(pieces, width, longest)
    lags = np.arange(1, longest)
    running = np.cumsum(difference[:, 1:], axis=1)
    normal = np.ones_like(difference)
    normal[:, 1:] = difference[:, 1:] * lags / np.maximum(running, 1e-12)
    shortest = int(rate / HIGHEST_HZ)
    place, depth = _dip(normal, shortest)
    rows = np.arange(len(place))
    before, at, after = (difference[rows, place + step] for step in (-1, 0, 1))
    curve = before - 2.0 * at + after
    shift = np.where(curve > 0.0, 0.5 * (before - after) / np.where(curve > 0.0, curve, 1.0), 0.0)
    hertz = rate / (place + np.clip(shift, -1.0, 1.0))
    voiced = (depth < _DEEP_ENOUGH) & (hertz >= LOWEST_HZ) & (hertz <= HIGHEST_HZ)
    return np.where(voiced, hertz, np.nan)


def _difference(pieces: Floats, width: int, longest: int) -> Floats:
    """d(τ) for 0 <= τ < `longest`: power of the window, plus that of its shifted copy, less twice their product."""
    length = pieces.shape[1]
    window = np.fft.rfft(pieces[:, :width], length, axis=1)
    product = np.fft.irfft(np.conj(window) * np.fft.rfft(pieces, axis=1), length, axis=1)[:, :longest]
    power = np.cumsum(np.pad(pieces**2, ((0, 0), (1, 0))), axis=1)
    shifted = power[:, width : width + longest] - power[:, :longest]
    return np.maximum(shifted[:, :1] + shifted - 2.0 * product, 0.0)


def _dip(normal: Floats, shortest: int) -> tuple[npt.NDArray[np.int64], Floats]:
    """Lag of the dip that counts, and its depth, per window."""
    inner = normal[:, shortest:-1]
    dips = (inner < normal[:, shortest - 1 : -2]) & (inner <= normal[:, shortest + 1 :])
    deep = dips & (inner < _FIRST_DIP)
    first = np.where(deep.any(axis=1), deep.argmax(axis=1), np.where(dips, inner, 2.0).argmin(axis=1))
    depth = np.where(dips, inner, 2.0)[np.arange(len(first)), first]
    return first + shortest, depth


def _without_specks(hertz: Floats) -> Floats:
    """Without voices too short to be any."""
    voiced = np.concatenate([[False], ~np.isnan(hertz), [False]])
    edges = np.flatnonzero(voiced[1:] != voiced[:-1])
    for begin, end in zip(edges[::2], edges[1::2], strict=True):
        if end - begin < _SHORTEST_VOICE:
            hertz[begin:end] = np.nan
    return hertz
