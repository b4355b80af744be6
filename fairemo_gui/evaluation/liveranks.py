"""Rows in order of their probability while rows come, go and are relabelled.

A changed label adjusts the sums of the groups its row belongs to; nothing is put in order again. Rows that come, go or
get another probability are put in their places in every group they belong to when the ranking is next asked for, all at
once; the sums of these groups are then read from that order anew.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from fairemo_gui.evaluation.arrays import Bool, Check, Float, Int, no_check
from fairemo_gui.evaluation.order import WHOLE, Ordered, exact, groups_of_rows, split
from fairemo_gui.evaluation.partition import Cells
from fairemo_gui.evaluation.ranks import Ranking
from fairemo_gui.evaluation.sample import Decisions

# With more changed labels at once it is faster to put their rows in their places anew.
_FEW = 100

_Parts = list[list[Ordered]]
"""Per group of a partition its rows, class by class in order."""


class _Kept(Ranking):
    """The ranking of rows that are in order within every group already."""

    def __init__(self, parts: list[_Parts], cells: Cells) -> None:
        super().__init__([], cells)
        self._parts = parts

    def rows(self, partition: int) -> _Parts:
        """Rows per group."""
        return self._parts[partition]


class LiveRanks:
    """The ranking of the rows that are counted at the moment.

    Args:
        cells: The cells of all rows, counted or not.
        classes: Number of classes.
        soft: Whether calibration compares with the vote distribution.
    """

    def __init__(self, cells: Cells, classes: int, soft: bool) -> None:
        rows = len(cells.row)
        self._cells, self._soft = cells, soft
        self._groups = [groups_of_rows(cells, at) for at in range(len(cells.partitions))]
        self._counted: Bool = np.zeros(rows, dtype=bool)
        # Rows whose place in the order, or what stands there, is out of date.
        self._moved: Bool = np.zeros(rows, dtype=bool)
        self._probability: Float = np.zeros((rows, classes), order="F")
        self._on: Bool = np.zeros((rows, classes), dtype=bool, order="F")
        self._target: Int = np.zeros((rows, classes, 2) if soft else (0, classes, 2), dtype=np.int64)
        nothing = self._ordered(0, np.zeros(0, dtype=np.int32))
        self._parts: list[_Parts] = [[[nothing] * classes for _ in p.values] for p in cells.partitions]
        self._ranking: Ranking | None = None

    def counted(self, rows: Int) -> Bool:
        """Which of these rows are counted."""
        return self._counted[rows]

    def change(self, old: Int, new: Int, decisions: Decisions) -> None:
        """Count rows `old` no longer as they were, and rows `new` as decided now; a row may be in both."""
        same = self._counted[new] & (self._probability[new] == decisions.probabilities).all(axis=1)
        stays = new[same][~self._moved[new[same]]]
        self._moved[old] = self._moved[new] = True
        self._moved[stays] = False
        self._counted[old] = False
        self._counted[new] = True
        self._probability[new[~same]] = decisions.probabilities[~same]
        if len(stays) < max(len(old), len(new)):
            self._ranking = None
        self._relabel(new, decisions)

    def ranking(self, check: Check = no_check) -> Ranking:
        """The ranking of the rows counted now."""
        if self._ranking is None:
            self._put_in_place(check)
            self._ranking = _Kept(self._parts, self._cells)
        self._ranking.check = check
        return self._ranking

    def _put_in_place(self, check: Check) -> None:
        """Bring the order up to date; where it is cancelled, doing it again does no harm."""
        moved = np.flatnonzero(self._moved).astype(np.int32)
        come = [self._ordered(k, moved[self._counted[moved]]) for k in range(self._on.shape[1])]
        for of_row, parts in zip(self._groups, self._parts, strict=True):
            theirs = split(come, of_row, len(parts), check)
            for group in np.unique(of_row[moved]).tolist():
                for k, new in enumerate(theirs[group]):
                    check()
                    parts[group][k] = self._merged(parts[group][k], new)
        self._moved[:] = False

    def _ordered(self, k: int, rows: npt.NDArray[np.int32]) -> Ordered:
        """Rows in order of their probability of one class."""
        p = self._probability[:, k][rows]
        order = np.argsort(p)
        rows = rows[order]
        return Ordered(p[order], self._on[:, k][rows], self._target[:, k][rows] if self._soft else None, rows)

    def _merged(self, rows: Ordered, new: Ordered) -> Ordered:
        """One group's rows of one class in order: without those that moved, with the new ones."""
        moved = self._moved.take(rows.row)
        if moved.any():
            rows = rows.take(~moved)
        return rows.merge(new) if len(new.row) else rows

    def _relabel(self, rows: Int, decisions: Decisions) -> None:
        """Take in the truth of rows; sums that stand are adjusted."""
        on, target = decisions.truth_on, exact(decisions.truth_shares) if self._soft else None
        changed = on != self._on[rows]
        if target is not None:
            changed |= (target != self._target[rows]).any(axis=2)
        if self._ranking is not None and np.count_nonzero(changed) <= _FEW:
            for i, k in np.argwhere(changed).tolist():
                self._adjust(self._ranking, int(rows[i]), k, bool(on[i, k]), None if target is None else target[i, k])
        elif len(others := rows[changed.any(axis=1)]):
            self._moved[others] = True
            self._ranking = None
        self._on[rows] = on
        if target is not None:
            self._target[rows] = target

    def _adjust(self, ranking: Ranking, row: int, k: int, on: bool, target: Int | None) -> None:
        """One class of one row becomes true or not, or its target moves."""
        was, p = bool(self._on[row, k]), float(self._probability[row, k])
        change = (int(on) - was) * WHOLE if target is None else target - self._target[row, k]
        for index, (of_row, parts) in enumerate(zip(self._groups, self._parts, strict=True)):
            group = int(of_row[row])
            rows = parts[group][k]
            low, high = int(rows.probability.searchsorted(p)), int(rows.probability.searchsorted(p, side="right"))
            at, wins = low + int(np.argmax(rows.row[low:high] == row)), 0
            if on != was:
                gain = _gain(rows.on[:high], low, int(ranking.sums(index, group).positives[k]) - was, was)
                wins = gain if on else -gain
            ranking.change(index, group, k, p, change, int(on) - was, wins)
            rows.on[at] = on
            if rows.target is not None:
                rows.target[at] += change


def _gain(on: Bool, low: int, positives: int, was: bool) -> int:
    """How many wins (see `RankSums`) a row has as a positive more than as a negative.

    Args:
        on: Truths of its group's rows up to those that tie with it, itself among them.
        low: Where the tying rows begin.
        positives: Positives of its group without it.
        was: Whether it is a positive so far.
    """
    tied = len(on) - low - 1
    on_below, on_tied = int(np.count_nonzero(on[:low])), int(np.count_nonzero(on[low:])) - was
    return 2 * (low - on_below) + tied - on_tied - 2 * (positives - on_below - on_tied) - on_tied
