"""Names for the array types this room passes around, and the few array rules every file needs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import repeat

import numpy as np
import numpy.typing as npt

Float = npt.NDArray[np.float64]
Int = npt.NDArray[np.int64]
Bool = npt.NDArray[np.bool_]
Objects = npt.NDArray[np.object_]

Check = Callable[[], None]
"""Called between blocks of work; raises to cancel."""

_DENSE_LIMIT = 1_000_000


def no_check() -> None:
    """Nobody cancels."""


def ratio(numerator: npt.ArrayLike, denominator: npt.ArrayLike, empty: npt.ArrayLike = np.nan) -> Float:
    """`numerator / denominator` in float64, `empty` where the denominator is 0."""
    top, bottom = np.asarray(numerator, dtype=np.float64), np.asarray(denominator, dtype=np.float64)
    defined = bottom != 0
    if np.count_nonzero(defined) == defined.size:
        return np.asarray(top / bottom)
    found = np.empty(np.broadcast_shapes(top.shape, bottom.shape))
    found[...] = empty
    np.divide(top, bottom, out=found, where=defined)
    return found


def factorise(values: Sequence[str | None] | Objects) -> tuple[tuple[str, ...], Int]:
    """Distinct known values sorted (`under 30` first), and per row the index of its value; −1 where unknown."""
    names = sorted({value for value in values if value is not None}, key=lambda name: (name[:6] != "under ", name))
    index = {name: k for k, name in enumerate(names)}
    codes = np.fromiter(map(index.get, values, repeat(-1)), dtype=np.int64, count=len(values))
    return tuple(names), codes


def distinct(keys: Int) -> tuple[Int, Int]:
    """Sorted distinct keys and each row's position among them, as `np.unique` gives; linear where keys are small."""
    if len(keys) == 0 or keys.min() < 0 or keys.max() >= max(_DENSE_LIMIT, 20 * len(keys)):
        unique, inverse = np.unique(keys, return_inverse=True)
        return unique, inverse.astype(np.int64)
    present = np.zeros(int(keys.max()) + 1, dtype=bool)
    present[keys] = True
    unique = np.flatnonzero(present)
    position = np.cumsum(present, dtype=np.int64) - 1
    return unique.astype(np.int64), position[keys]


def nan_mean(values: Float, axis: int = -1) -> Float:
    """Mean of the defined numbers along an axis; NaN where none is, without numpy's warning."""
    total = values.sum(axis=axis)
    if not np.isnan(total).any():
        return ratio(total, values.shape[axis])
    defined = ~np.isnan(values)
    return ratio(np.where(defined, values, 0.0).sum(axis=axis), defined.sum(axis=axis))


def shares_of_mean(values: Float) -> Float:
    """What each defined number of a row counts in the row's plain mean, shape (R, J)."""
    defined = np.isfinite(values)
    return ratio(defined, defined.sum(axis=1, keepdims=True), 0.0)


def as_float(array: npt.ArrayLike) -> Float:
    """The array in float64, without a copy where it already is."""
    return np.asarray(array, dtype=np.float64)
