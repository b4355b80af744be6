"""Sufficient statistics: whole-number sums per cell, from which every count, rate and Brier score follows.

All sums are integers, so that adding a row and taking it away again leaves exactly what was there. Squared errors are
kept in units of 2⁻³⁸: their mean is off by less than 2⁻³⁹ ≈ 2·10⁻¹², and 2²⁵ of them fit into 64 bits.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np

from fairemo_gui.evaluation.arrays import Check, Int, distinct, no_check
from fairemo_gui.evaluation.sample import Decisions

SQUARE_UNIT = 1 << 38
# So many rows' intermediate arrays fit into a processor's cache, and 2³⁸ times as many into float64's whole numbers.
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

    def total(self) -> Tally:
        """All cells as one."""
        return Tally(*(getattr(self, f.name).sum(axis=0, keepdims=True) for f in fields(self)))

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


def concatenate(parts: Sequence[Tally]) -> Tally:
    """The cells of several, one after the other."""
    return Tally(*(np.concatenate([getattr(part, f.name) for part in parts]) for f in fields(Tally)))


def empty_tally(cells: int, classes: int) -> Tally:
    """A tally of no rows."""
    shapes = ((), (classes, 2, 2), (classes, classes), (), (len(BRIER_FORMS), classes), (2,))
    return Tally(*(np.zeros((cells, *shape), dtype=np.int64) for shape in shapes))


def tally(decisions: Decisions, cell: Int, cells: int, check: Check = no_check) -> Tally:
    """Count decided rows per cell.

    Args:
        decisions: Truth and prediction of n rows.
        cell: Cell of each row, shape (n,).
        cells: Number of cells.
        check: Called between blocks of rows; raises to cancel.
    """
    if len(cell) <= _ROWS_AT_ONCE:
        return _count(decisions, cell, cells)
    counted = empty_tally(cells, decisions.truth_on.shape[1])
    for start in range(0, len(cell), _ROWS_AT_ONCE):
        check()
        rows = slice(start, start + _ROWS_AT_ONCE)
        names, inverse = distinct(cell[rows])
        counted.accumulate(_count(decisions.rows(rows), inverse, len(names)), names)
    return counted


def _count(decisions: Decisions, cell: Int, cells: int) -> Tally:
    """Count few enough rows that sums of their squared errors are exact in float64 too (below 2⁵³)."""
    classes = decisions.truth_on.shape[1]
    # Class after class, as the arrays lie in memory.
    place = cell * classes + np.arange(classes, dtype=np.int64)[:, None]
    outcome = 4 * place + (2 * decisions.truth_on.view(np.int8) + decisions.predicted_on.view(np.int8)).T
    pair = (cell * classes + decisions.truth_class) * classes + decisions.predicted_class
    ties = [np.bincount(cell[tied], minlength=cells) for tied in (decisions.truth_ties, decisions.predicted_ties)]
    return Tally(
        rows=np.bincount(cell, minlength=cells),
        outcomes=np.bincount(outcome.ravel(), minlength=cells * 4 * classes).reshape(cells, classes, 2, 2),
        confusion=np.bincount(pair, minlength=cells * classes * classes).reshape(cells, classes, classes),
        exact=np.bincount(cell[decisions.correct], minlength=cells),
        squares=_squared_errors(decisions, place.ravel(), cells),
        ties=np.stack(ties, axis=1),
    )


def _squared_errors(decisions: Decisions, place: Int, cells: int) -> Int:
    """Squared errors in units, summed by cell, form and class, shape (cells, 3, C)."""
    p, shares, classes = decisions.probabilities.T, decisions.truth_shares.T, decisions.truth_on.shape[1]
    plurality = decisions.truth_class == np.arange(classes)[:, None]
    sums = []
    for truth in (shares if decisions.soft else decisions.truth_on.T, shares, plurality):
        units = np.rint(SQUARE_UNIT * (p - truth) ** 2).ravel()
        sums.append(np.bincount(place, weights=units, minlength=cells * classes).reshape(cells, classes))
    return np.stack(sums, axis=1).astype(np.int64)
