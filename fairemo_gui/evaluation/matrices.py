"""Confusion of classes and of labels, group by group: what one source says against what another says."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from fairemo_gui.evaluation.arrays import Bool, Int, Objects, factorise
from fairemo_gui.evaluation.sample import Decisions


class View(StrEnum):
    """What is confused with what."""

    CLASSES = "classes"
    LABELS = "labels"
    TOGETHER = "together"


class Share(StrEnum):
    """What a count is a share of."""

    ROW = "row"
    COLUMN = "column"
    ALL = "all"


@dataclass(frozen=True, eq=False)
class Answers:
    """What one source says of n utterances.

    Attributes:
        chosen: Its one class, shape (n,).
        on: Its labels, shape (n, C).
    """

    chosen: Int
    on: Bool

    def take(self, rows: Bool | Int) -> Answers:
        """What it says of some of them."""
        return Answers(self.chosen[rows], self.on[rows])

    @classmethod
    def true(cls, decisions: Decisions) -> Answers:
        """The truth."""
        return cls(decisions.truth_class, decisions.truth_on)

    @classmethod
    def predicted(cls, decisions: Decisions) -> Answers:
        """The predictor."""
        return cls(decisions.predicted_class, decisions.predicted_on)


@dataclass(frozen=True, eq=False)
class Matrices:
    """Counts of one group of utterances; rows are one source's answers, columns the other's.

    Attributes:
        n: Utterances.
        classes: By class and class, shape (C, C).
        outcomes: By label: off or on in the rows, off or on in the columns, shape (C, 2, 2).
        together: Utterances on which a row's label and a column's label are both on, shape (C, C).
    """

    n: int
    classes: Int
    outcomes: Int
    together: Int

    @property
    def row_on(self) -> Int:
        """Utterances on which each label is on in the rows, shape (C,)."""
        return np.asarray(self.outcomes[:, 1].sum(axis=1))

    @property
    def column_on(self) -> Int:
        """Likewise in the columns."""
        return np.asarray(self.outcomes[:, :, 1].sum(axis=1))

    @property
    def same(self) -> float:
        """Share of utterances of one class in both; NaN of none."""
        return float(np.trace(self.classes) / self.n) if self.n else float("nan")


def matrices(
    rows: Answers, columns: Answers, values: Sequence[str | None] | Objects | None = None
) -> dict[str | None, Matrices]:
    """Count answers against answers per group; None where the group is unknown, or for everyone without `values`.

    Args:
        rows: What stands in the rows.
        columns: What stands in the columns, of the same utterances and classes.
        values: The attribute of every utterance; None = one group.
    """
    n, classes = columns.on.shape
    names, codes = ((), np.full(n, -1)) if values is None else factorise(values)
    found: dict[str | None, Matrices] = {}
    for code in np.unique(codes).tolist():
        found[names[code] if code >= 0 else None] = _count(rows, columns, codes == code, classes)
    return found


def _count(rows: Answers, columns: Answers, inside: Bool, classes: int) -> Matrices:
    row, column = rows.on[inside], columns.on[inside]
    n = int(inside.sum())
    pairs = rows.chosen[inside] * classes + columns.chosen[inside]
    # Whole numbers up to 2²⁴ are exact in float32, whose products are many times faster than those of integers.
    exact = np.float32 if n < 1 << 24 else np.float64
    together = (row.T.astype(exact) @ column.astype(exact)).astype(np.int64)
    both, row_on, column_on = np.diag(together), row.sum(axis=0), column.sum(axis=0)
    outcomes = np.empty((classes, 2, 2), dtype=np.int64)
    outcomes[:, 1, 1], outcomes[:, 1, 0], outcomes[:, 0, 1] = both, row_on - both, column_on - both
    outcomes[:, 0, 0] = n - row_on - column_on + both
    counts = np.bincount(pairs, minlength=classes * classes).reshape(classes, classes)
    return Matrices(n, counts, outcomes, together)
