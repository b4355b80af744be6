"""From votes to labels, exactly as METRICS.md in the documentation defines it. Arrays in, arrays out."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Counts = npt.NDArray[np.int64]


def distribution(counts: Counts) -> npt.NDArray[np.float64]:
    """Vote shares `votes_k / Σ votes`, shape (n, C), float64, no smoothing; rows without votes are NaN."""
    total = counts.sum(axis=1, keepdims=True)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(counts / total, dtype=np.float64)


def multi_hot(counts: Counts) -> npt.NDArray[np.bool_]:
    """Labels that are on: `C · votes_k > Σ votes`, in integers. Strictly above 1/C; equal is off."""
    return np.asarray(counts.shape[1] * counts > counts.sum(axis=1, keepdims=True))


def plurality(counts: Counts) -> npt.NDArray[np.int64]:
    """The emotion with most votes, first in scheme order on ties; −1 where nobody voted."""
    return np.where(counts.sum(axis=1) > 0, counts.argmax(axis=1), -1)


def tied(counts: Counts) -> npt.NDArray[np.bool_]:
    """Rows whose plurality is shared by several emotions."""
    return np.asarray(((counts == counts.max(axis=1, keepdims=True)).sum(axis=1) > 1) & (counts.sum(axis=1) > 0))
