"""Ticks and limits of axes."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence

Range = tuple[float, float]


def signed_range(values: Iterable[float], least: float = 0.05, limit: float = 1.0, share: float = 0.28) -> Range:
    """A range around zero that holds all values; zero keeps a share of the width on either side for the words there."""
    known = [min(max(value, -limit), limit) for value in values if not math.isnan(value)]
    low, high = min([*known, -least]), max([*known, least])
    pad = (high - low) * 0.04
    low, high = low - pad, high + pad
    ratio = share / (1 - share)
    return min(low, -high * ratio), max(high, -low * ratio)


def widest(one: Range, other: Range) -> Range:
    """A range that holds both: charts that fill in only ever widen, so that nothing jumps."""
    return min(one[0], other[0]), max(one[1], other[1])


def ticks(span: Range, most: int) -> list[float]:
    """Round numbers within a range, at most so many."""
    width = span[1] - span[0]
    if width <= 0 or most < 1:
        return []
    step = 10.0 ** math.floor(math.log10(width))
    for divisor in (10, 5, 4, 2, 1, 0.5):
        wide = step / divisor
        found = _multiples(span, wide)
        if len(found) <= most:
            return found
    return _multiples(span, step * 5)


def spaced(at: Sequence[float], pixel: Callable[[float], float], width: Callable[[float], float]) -> list[float]:
    """The ticks that can be labelled without touching: zero first, then the outermost, then what still fits."""
    order = sorted(at, key=lambda tick: (tick != 0, -abs(tick)))
    kept: list[float] = []
    for tick in order:
        if all(abs(pixel(tick) - pixel(other)) >= (width(tick) + width(other)) / 2 + 3 for other in kept):
            kept.append(tick)
    return sorted(kept)


def tick_words(value: float, sign: bool = True) -> str:
    """A tick as short as it goes: `−0.2`, `0`, `+0.05`."""
    if value == 0:
        return "0"
    text = f"{value:+g}" if sign else f"{value:g}"
    return text.replace("-", "−")


def _multiples(span: Range, step: float) -> list[float]:
    first, last = math.ceil(span[0] / step - 1e-9), math.floor(span[1] / step + 1e-9)
    return [round(k * step, 10) for k in range(first, last + 1)]
