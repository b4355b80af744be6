"""What a loop feeds a net: named tensors for a batch of rows, and their target distributions."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

import numpy as np
import numpy.typing as npt
import torch

Rows = npt.NDArray[np.int64]
Tensors = dict[str, torch.Tensor]


class Inputs(Protocol):
    """Features of n utterances, whether they lie in memory or on disk."""

    def dims(self) -> dict[str, int]:
        """Width of the features per modality."""

    def usable(self) -> npt.NDArray[np.bool_]:
        """Utterances that have any features, shape (n,)."""

    def batch(self, rows: Rows) -> Tensors:
        """Named tensors of the given rows, first axis in the order of `rows`."""


def batches(rows: Rows, size: int) -> Iterator[Rows]:
    """Cut rows into batches of `size`; the last one may be smaller."""
    for start in range(0, len(rows), size):
        yield rows[start : start + size]


def shuffled(rows: Rows, generator: np.random.Generator) -> Rows:
    """The same rows in random order."""
    return np.asarray(generator.permutation(rows), dtype=np.int64)
