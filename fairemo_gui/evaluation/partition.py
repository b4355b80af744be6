"""Rows sorted into cells (speaker × groups), and cells into the groups of each attribute."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from fairemo_gui.errors import UserError
from fairemo_gui.evaluation.arrays import Int, distinct, factorise
from fairemo_gui.evaluation.sample import Sample

EVERYONE = ""
CROSS = "×"


@dataclass(frozen=True, eq=False)
class Partition:
    """One way of putting every cell into a group.

    Attributes:
        by: Attribute (`gender`), intersection (`gender×race`), or `EVERYONE`.
        values: Group names in sorted order; None, last, where the value is unknown.
        group: Index into `values` per cell, shape (cells,).
    """

    by: str
    values: tuple[str | None, ...]
    group: Int


@dataclass(frozen=True, eq=False)
class Cells:
    """The finest units statistics are kept for: one speaker with one set of attribute values.

    Attributes:
        row: Cell of every row, shape (n,).
        unit: What is resampled, per cell, shape (cells,): its speaker, or the row itself.
        speaker: Speaker per cell, shape (cells,).
        partitions: Everyone, then each attribute, then their intersection.
    """

    row: Int
    unit: Int
    speaker: Int
    partitions: tuple[Partition, ...]


def sort_into_cells(sample: Sample, by: Sequence[str], by_row: bool = False) -> Cells:
    """Cells of a sample for the attributes `by`; every row is its own cell where rows are resampled.

    Raises:
        UserError: The sample does not know an attribute.
    """
    for name in by:
        if name not in sample.groups:
            raise UserError(f"No attribute “{name}” is known here: choose from {', '.join(sample.groups) or 'none'}.")
    attributes = [(name, *factorise(sample.groups[name])) for name in dict.fromkeys(by)]
    _, speaker = distinct(sample.speakers)
    key = np.arange(len(sample), dtype=np.int64) if by_row else speaker
    if not by_row:
        for _, names, codes in attributes:
            key = key * (len(names) + 1) + codes + 1
    _, row = distinct(key)
    cells = int(row.max()) + 1 if len(row) else 0
    first = np.zeros(cells, dtype=np.int64)
    first[row[::-1]] = np.arange(len(row), dtype=np.int64)[::-1]
    per_cell = [(name, names, codes[first]) for name, names, codes in attributes]
    who = speaker[first]
    return Cells(row, np.arange(cells, dtype=np.int64) if by_row else who, who, partitions(per_cell, cells))


def partitions(attributes: Sequence[tuple[str, Sequence[str], Int]], cells: int) -> tuple[Partition, ...]:
    """Everyone, then each attribute, then their intersection.

    Args:
        attributes: Name, values and the value's index per cell (−1 = unknown), shape (cells,), of each attribute.
        cells: Number of cells.
    """
    everyone = Partition(EVERYONE, (EVERYONE,), np.zeros(cells, dtype=np.int64))
    alone = [_partition(name, names, codes) for name, names, codes in attributes]
    crossed = [_cross(attributes)] if len(attributes) > 1 else []
    return (everyone, *alone, *crossed)


def _partition(by: str, names: Sequence[str], codes: Int) -> Partition:
    values: tuple[str | None, ...] = (*names, None) if (codes < 0).any() else tuple(names)
    return Partition(by, values, np.where(codes < 0, len(names), codes))


def _cross(attributes: Sequence[tuple[str, Sequence[str], Int]]) -> Partition:
    """The intersection of several attributes; unknown as soon as one of them is."""
    key, known = np.zeros_like(attributes[0][2]), np.ones(len(attributes[0][2]), dtype=bool)
    for _, names, codes in attributes:
        key = key * len(names) + np.maximum(codes, 0)
        known &= codes >= 0
    present = np.unique(key[known])
    codes = np.where(known, np.searchsorted(present, key), -1)
    return _partition(
        CROSS.join(name for name, _, _ in attributes), [_cross_name(k, attributes) for k in present], codes
    )


def _cross_name(key: int, attributes: Sequence[tuple[str, Sequence[str], Int]]) -> str:
    parts = []
    for _, names, _ in reversed(attributes):
        key, index = divmod(int(key), len(names))
        parts.append(names[index])
    return CROSS.join(reversed(parts))
