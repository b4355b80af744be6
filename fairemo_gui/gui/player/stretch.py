"""Sound at another speed with its pitch kept, cut to the exact length, with edges that do not click."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Samples = npt.NDArray[np.float32]

SPEEDS = (0.25, 0.5, 0.75, 1.0, 1.25, 1.5, 2.0)
"""Speeds offered, media seconds per second."""
FADE = 0.002
"""Seconds over which the edges of a range rise and fall."""
# Pieces of twice this length, each half over the next: short beside a syllable, long beside a period of a voice.
_HOP = 0.012
# A piece may come from this far beside its place to fit its neighbour: half a period of the lowest voices (70 Hz).
_REACH = 0.007
# How much less a fit at the end of that reach counts than one in place: of many that fit, as in a tone, the nearest.
_NEARER = 0.8
_COARSE = 4


def render(samples: Samples, rate: int, speed: float) -> Samples:
    """Sound at `speed` with its pitch: shape (n, channels) → (round(n / speed), channels), edges faded over 2 ms.

    Args:
        samples: Shape (n, channels), float32.
        rate: Samples per second.
        speed: 0.25–2; 1 = as recorded.
    """
    return _faded(samples.copy() if speed == 1.0 or not len(samples) else _stretch(samples, rate, speed), rate)


def _stretch(samples: Samples, rate: int, speed: float) -> Samples:
    """Overlap and add of pieces that fit, each with its middle where it belongs to within `_REACH` of media time.

    Beyond its edges the sound is taken as mirrored, so that it is as loud there as inside and nothing from beside the
    range is heard. Verhelst & Roelands 1993, "An overlap-add technique based on waveform similarity (WSOLA)".
    """
    hop, reach = round(_HOP * rate), round(_REACH * rate)
    length, edge = round(len(samples) / speed), hop + reach + _COARSE
    wide = np.pad(samples, ((edge, edge), (0, 0)), mode="symmetric")
    mono = wide.mean(axis=1, dtype=np.float32)
    coarse = mono[: len(mono) // _COARSE * _COARSE].reshape(-1, _COARSE).mean(axis=1)
    window = (0.5 - 0.5 * np.cos(np.pi * np.arange(2 * hop) / hop)).astype(np.float32)[:, None]
    out = np.zeros((length + 3 * hop, samples.shape[1]), np.float32)
    at = edge - hop
    for k in range(length // hop + 2):
        place = edge - hop + min(round(k * hop * speed), len(samples))
        if k:
            at = _fit(mono, coarse, at + hop, place, hop, reach)
        out[k * hop : (k + 2) * hop] += window * wide[at : at + 2 * hop]
    return out[hop : hop + length]


def _fit(mono: Samples, coarse: Samples, goes_on: int, place: int, hop: int, reach: int) -> int:
    """Where near `place` the sound is most like what the last piece goes on with: coarsely, then to the sample."""
    step = _COARSE
    rough = _likest(coarse[goes_on // step :][: hop // step], coarse, place // step, reach // step) * step
    low, high = place - reach, place + reach
    near = min(max(rough + goes_on % step, low + step), high - step)
    return _likest(mono[goes_on : goes_on + hop], mono, near, step)


def _likest(piece: Samples, sound: Samples, place: int, reach: int) -> int:
    """Start within `reach` of `place` of what correlates best with `piece`; the place itself where nothing does."""
    around = sound[place - reach : place + reach + len(piece)]
    energy = np.cumsum(np.concatenate([[0.0], around.astype(np.float64) ** 2]))
    power = energy[len(piece) :] - energy[: -len(piece)]
    likeness = np.correlate(around, piece, "valid") / np.sqrt(power + 1e-9)
    weight = 1 - _NEARER * np.linspace(-1, 1, 2 * reach + 1) ** 2
    best = int(np.argmax(likeness * weight))
    return place - reach + best if likeness[best] > 0 else place


def _faded(samples: Samples, rate: int) -> Samples:
    width = min(round(FADE * rate), len(samples) // 2)
    if width:
        ramp = np.linspace(0.0, 1.0, width, endpoint=False, dtype=np.float32)[:, None]
        samples[:width] *= ramp
        samples[-width:] *= ramp[::-1]
    return samples
