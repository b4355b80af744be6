"""Sufficient statistics: whole-number sums per cell, from which every count, rate and Brier score follows.

All sums are integers, so that adding a row and taking it away again leaves exactly what was there. Squared errors are
kept in units of 2⁻³⁸: their mean is off by less than 2⁻³⁹ ≈ 2·10⁻¹², and 2²⁵ of them fit into 64 bits.
"""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np
from scipy.sparse import csc_array

from fairemo_gui.evaluation.arrays import Float, Int
from fairemo_gui.evaluation.sample import Decisions

SQUARE_UNIT = 1 << 38
# So many rows' intermediate arrays fit into a processor's cache.
_ROWS_AT_ONCE = 10_000
BRIER_FORMS = ("brier", "brier_soft", "brier_plurality")


@dataclass(frozen=True, eq=False)
class Tally:
    """Sums over the rows of each cell; the first axis is the cell.

    Attributes:
        rows: Rows, shape (U,).
        outcomes: Rows by truth (off, on) and prediction (off, on) of each class, shape (U, C, 2, 2).
        confusion: Rows by true class and predicted class, shape (U, C, C).
        exact: Rows whose label sets agree wholly, shape (U,).
        squares: Squared errors in units of 1/`SQUARE_UNIT` by `BRIER_FORMS` and class, shape (U, 3, C).
        ties: Rows whose true, and whose predicted, class is a tie, shape (U, 2).
    """

    rows: Int
    outcomes: Int
    confusion: Int
    exact: Int
    squares: Int
    ties: Int

    def take(self, cells: Int) -> Tally:
        """Some cells."""
        return Tally(*(getattr(self, f.name)[cells] for f in fields(self)))

    def merge(self, inverse: Int, units: int) -> Tally:
        """Sum cells that are one unit; `inverse` says which unit each cell belongs to."""
        merged = []
        for f in fields(self):
            array = getattr(self, f.name)
            merged.append(np.zeros((units, *array.shape[1:]), dtype=np.int64))
            np.add.at(merged[-1], inverse, array)
        return Tally(*merged)

    def accumulate(self, other: Tally, cells: Int, sign: int = 1) -> None:
        """Add (or with sign −1 take away) another tally at these distinct cells, in place."""
        for f in fields(self):
            getattr(self, f.name)[cells] += sign * getattr(other, f.name)


def empty_tally(cells: int, classes: int) -> Tally:
    """A tally of no rows."""
    shapes = ((), (classes, 2, 2), (classes, classes), (), (len(BRIER_FORMS), classes), (2,))
    return Tally(*(np.zeros((cells, *shape), dtype=np.int64) for shape in shapes))


def tally(decisions: Decisions, cell: Int, cells: int) -> Tally:
    """Count decided rows per cell.

    Args:
        decisions: Truth and prediction of n rows.
        cell: Cell of each row, shape (n,).
        cells: Number of cells.
    """
    step = max(_ROWS_AT_ONCE, cells)
    if len(cell) <= step:
        return _count(decisions, cell, cells)
    counted, everywhere = empty_tally(cells, decisions.truth_on.shape[1]), np.arange(cells)
    for start in range(0, len(cell), step):
        rows = slice(start, start + step)
        counted.accumulate(_count(decisions.rows(rows), cell[rows], cells), everywhere)
    return counted


def _count(decisions: Decisions, cell: Int, cells: int) -> Tally:
    n, classes = decisions.truth_on.shape
    outcome = cell[:, None] * (4 * classes) + (4 * np.arange(classes, dtype=np.int64))
    outcome += 2 * decisions.truth_on.view(np.int8) + decisions.predicted_on.view(np.int8)
    pair = (cell * classes + decisions.truth_class) * classes + decisions.predicted_class
    sums = csc_array((np.ones(n, dtype=np.int64), cell, np.arange(n + 1)), shape=(cells, n))
    ties = np.stack([decisions.truth_ties, decisions.predicted_ties], axis=1).astype(np.int64)
    return Tally(
        rows=np.bincount(cell, minlength=cells),
        outcomes=np.bincount(outcome.ravel(), minlength=cells * 4 * classes).reshape(cells, classes, 2, 2),
        confusion=np.bincount(pair, minlength=cells * classes * classes).reshape(cells, classes, classes),
        exact=np.bincount(cell[decisions.correct], minlength=cells),
        squares=np.stack([np.asarray(sums @ errors) for errors in _squared_errors(decisions)], axis=1),
        ties=np.asarray(sums @ ties),
    )


def _squared_errors(decisions: Decisions) -> list[Int]:
    one_hot = np.eye(decisions.truth_on.shape[1])
    truths = (decisions.target, decisions.truth_shares, one_hot[decisions.truth_class])
    return [_in_units(decisions.probabilities, truth) for truth in truths]


def _in_units(probabilities: Float, truth: Float) -> Int:
    error = probabilities - truth
    error *= error
    error *= SQUARE_UNIT
    return np.rint(error, out=error).astype(np.int64)
