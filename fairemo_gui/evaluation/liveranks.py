"""Rows in order of their probability while rows come, go and are relabelled.

A changed label adjusts the sums of the groups its row belongs to; nothing is put in order again. Rows that come, go or
get another probability are put in their places when the ranking is next asked for, all at once, and the sums are then
read from that order anew.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from fairemo_gui.evaluation.arrays import Bool, Check, Float, Int, no_check
from fairemo_gui.evaluation.order import WHOLE, Ordered, exact
from fairemo_gui.evaluation.partition import EVERYONE, Cells
from fairemo_gui.evaluation.ranks import Ranking
from fairemo_gui.evaluation.sample import Decisions

# With more changed labels at once it is faster to read all sums from the order anew.
_FEW = 100


@dataclass(frozen=True, eq=False)
class _Places:
    """One class's rows in order.

    Attributes:
        rows: Shape (m,).
        ordered: The same rows' probabilities, truths and cells.
        groups: Per partition the group of each, shape (m,).
    """

    rows: npt.NDArray[np.int32]
    ordered: Ordered
    groups: list[npt.NDArray[np.unsignedinteger]]

    def find(self, row: int, p: float) -> tuple[int, int, int]:
        """First and last place (exclusive) of the rows that tie with `row`, and its own."""
        probability = self.ordered.probability
        low, high = int(probability.searchsorted(p)), int(probability.searchsorted(p, side="right"))
        return low, high, low + int(np.argmax(self.rows[low:high] == row))


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
        self._groups = [p.group.astype(np.min_scalar_type(len(p.values))) for p in cells.partitions]
        self._counted: Bool = np.zeros(rows, dtype=bool)
        # Rows whose place in the order is out of date.
        self._moved: Bool = np.zeros(rows, dtype=bool)
        self._probability: Float = np.zeros((rows, classes), order="F")
        self._on: Bool = np.zeros((rows, classes), dtype=bool, order="F")
        self._target: Int = np.zeros((rows, classes, 2) if soft else (0, classes, 2), dtype=np.int64)
        nothing = np.zeros(0, dtype=np.int64)
        self._places = [self._placed(k, nothing.astype(np.int32), nothing.astype(np.float64)) for k in range(classes)]
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
            new = np.flatnonzero(self._moved & self._counted).astype(np.int32)
            for k, places in enumerate(self._places):
                check()
                self._places[k] = self._placed(k, *self._merged(k, places, new))
            self._moved[:] = False
            self._ranking = Ranking([places.ordered for places in self._places], self._cells.partitions)
        self._ranking.check = check
        return self._ranking

    def _merged(self, k: int, places: _Places, new: npt.NDArray[np.int32]) -> tuple[npt.NDArray[np.int32], Float]:
        """Rows of one class, and their probabilities, in order: without those that moved, with the new ones."""
        rows, p = places.rows, places.ordered.probability
        kept = ~self._moved[rows]
        if not kept.all():
            rows, p = rows[kept], p[kept]
        if len(new):
            theirs = self._probability[:, k][new]
            order = np.argsort(theirs)
            at = np.searchsorted(p, theirs[order])
            rows, p = np.insert(rows, at, new[order]), np.insert(p, at, theirs[order])
        return rows, p

    def _placed(self, k: int, rows: npt.NDArray[np.int32], p: Float) -> _Places:
        target = self._target[:, k][rows] if self._soft else None
        ordered = Ordered(p, self._on[:, k][rows], target, self._cells.row[rows])
        return _Places(rows, ordered, [group[ordered.cell] for group in self._groups])

    def _relabel(self, rows: Int, decisions: Decisions) -> None:
        """Take in the truth of rows; sums that stand are adjusted."""
        on, target = decisions.truth_on, exact(decisions.truth_shares) if self._soft else None
        if self._ranking is not None:
            was = self._on[rows]
            moved = (
                target - self._target[rows] if target is not None else (on.astype(np.int64) - was)[..., None] * WHOLE
            )
            changed = np.argwhere((on != was) | moved.any(axis=2))
            for i, k in changed.tolist() if len(changed) <= _FEW else ():
                self._adjust(self._ranking, int(rows[i]), k, bool(on[i, k]), moved[i, k])
            if len(changed) > _FEW:
                self._ranking = None
        self._on[rows] = on
        if target is not None:
            self._target[rows] = target

    def _adjust(self, ranking: Ranking, row: int, k: int, on: bool, change: Int) -> None:
        """One class of one row becomes true or not, or its target moves."""
        places, p = self._places[k], float(self._probability[row, k])
        low, high, at = places.find(row, p)
        was = bool(places.ordered.on[at])
        for index, partition in enumerate(self._cells.partitions):
            group = int(partition.group[places.ordered.cell[at]])
            wins = 0
            if on != was:
                mine = None if partition.by == EVERYONE else places.groups[index][:high] == group
                gain = _gain(
                    places.ordered.on[:high], mine, low, int(ranking.sums(index, group).positives[k]) - was, was
                )
                wins = gain if on else -gain
            ranking.change(index, group, k, p, change, int(on) - was, wins)
        places.ordered.on[at] = on
        if places.ordered.target is not None:
            places.ordered.target[at] += change


def _gain(on: Bool, mine: Bool | None, low: int, positives: int, was: bool) -> int:
    """How many wins (see `RankSums`) a row has as a positive more than as a negative.

    Args:
        on: Truths of all rows up to those that tie with it, itself among them.
        mine: Which of them are in its group; None = all.
        low: Where the tying rows begin.
        positives: Positives of its group without it.
        was: Whether it is a positive so far.
    """
    below, tied = low, len(on) - low - 1
    if mine is not None:
        below, tied = int(np.count_nonzero(mine[:low])), int(np.count_nonzero(mine[low:])) - 1
        on = on & mine
    on_below, on_tied = int(np.count_nonzero(on[:low])), int(np.count_nonzero(on[low:])) - was
    return 2 * (below - on_below) + tied - on_tied - 2 * (positives - on_below - on_tied) - on_tied
