"""Sound at another speed with its pitch kept, cut to the exact length, with edges that do not click."""

from __future__ import annotations

from fractions import Fraction

import av
import numpy as np
import numpy.typing as npt
from av.audio.frame import AudioFrame
from av.filter import Graph

Samples = npt.NDArray[np.float32]

SPEEDS = (0.25, 0.5, 0.75, 1.0, 1.25, 1.5, 2.0)
"""Speeds offered, media seconds per second."""
FADE = 0.002
"""Seconds over which the edges of a range rise and fall."""
_SLOWEST_STEP = 0.5
_BLOCK = 4096
# `atempo` puts each moment too early by this share of its window, in the sound's own time (measured by the centre of
# short bursts at 0.25 to 2 times, 48 and 44.1 kHz): silence of that length before the sound puts it right.
_EARLY = 0.17


def render(samples: Samples, rate: int, speed: float) -> Samples:
    """Sound at `speed` with its pitch: shape (n, channels) → (round(n / speed), channels), edges faded over 2 ms.

    Args:
        samples: Shape (n, channels), float32.
        rate: Samples per second.
        speed: 0.25–2; 1 = as recorded.
    """
    length = round(len(samples) / speed)
    made = samples if speed == 1.0 or not len(samples) else _stretch(samples, rate, speed)
    out = np.zeros((length, samples.shape[1]), np.float32)
    kept = min(length, len(made))
    out[:kept] = made[:kept]
    return _faded(out, rate)


def _stretch(samples: Samples, rate: int, speed: float) -> Samples:
    """FFmpeg's `atempo` over the whole sound."""
    layout = "mono" if samples.shape[1] == 1 else "stereo"
    graph = Graph()
    last = graph.add_abuffer(format="flt", sample_rate=rate, layout=layout, time_base=Fraction(1, rate))
    for step in _steps(speed):
        node = graph.add("atempo", f"{step:.6f}")
        last.link_to(node)
        last = node
    last.link_to(graph.add("abuffersink"))
    graph.configure()
    out: list[npt.NDArray[np.float32]] = []
    samples = np.pad(samples, ((round(_EARLY * _window(rate)), 0), (0, 0)))
    for first in range(0, len(samples), _BLOCK):
        block = np.ascontiguousarray(samples[first : first + _BLOCK]).reshape(1, -1)
        frame = AudioFrame.from_ndarray(block, format="flt", layout=layout)
        frame.rate, frame.pts = rate, first
        graph.push(frame)
        out += _drain(graph, samples.shape[1])
    graph.push(None)
    out += _drain(graph, samples.shape[1])
    return np.concatenate(out) if out else np.zeros((0, samples.shape[1]), np.float32)


def _drain(graph: Graph, channels: int) -> list[npt.NDArray[np.float32]]:
    """Everything the graph has ready."""
    out: list[npt.NDArray[np.float32]] = []
    while True:
        try:
            frame = graph.pull()
        except (av.error.BlockingIOError, av.error.EOFError):
            return out
        out.append(np.asarray(frame.to_ndarray(), np.float32).reshape(-1, channels))


def _window(rate: int) -> int:
    """Length of the pieces `atempo` works with, samples: the power of two from 1/24 s up."""
    return 1 << (rate // 24 - 1).bit_length()


def _steps(speed: float) -> list[float]:
    """`atempo` goes down to one half; slower is done in two steps."""
    steps = []
    while speed < _SLOWEST_STEP:
        steps.append(_SLOWEST_STEP)
        speed /= _SLOWEST_STEP
    return [*steps, speed]


def _faded(samples: Samples, rate: int) -> Samples:
    width = min(round(FADE * rate), len(samples) // 2)
    if width:
        ramp = np.linspace(0.0, 1.0, width, endpoint=False, dtype=np.float32)[:, None]
        samples[:width] *= ramp
        samples[-width:] *= ramp[::-1]
    return samples
