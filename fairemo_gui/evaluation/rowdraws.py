"""Intervals that draw single utterances, of any number of them.

A number under one draw follows from sums over the drawn utterances, each as often as it was drawn. Every utterance is
one line of numbers (its outcomes, squared errors, place in the ranking, bins), and the sums of all draws are one
product of matrices, taken block of lines by block of lines: little more than the rows themselves stands in memory.
The utterances drawn, and so the intervals, are those of every utterance taken as a unit of its own.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, fields

import numpy as np

from fairemo_gui.evaluation import auc
from fairemo_gui.evaluation.arrays import Check, Float, Int, as_float, ratio
from fairemo_gui.evaluation.intervals import Draws, IntervalPlan
from fairemo_gui.evaluation.measure import Measured, strata_of
from fairemo_gui.evaluation.order import Ordered
from fairemo_gui.evaluation.partition import EVERYONE, Cells
from fairemo_gui.evaluation.ranks import BINS, WIDTH_BINS, WIDTH_EDGES, Ranking, Ranks, RankSums
from fairemo_gui.evaluation.sample import Decisions
from fairemo_gui.evaluation.sheet import GroupSheet, summed_sheet
from fairemo_gui.evaluation.tally import Tally, empty_tally, tally

# So many rows' lines fit into a processor's cache together with the draws' weights of them.
_ROWS_AT_ONCE = 4096
# One byte each.
_WEIGHTS_AT_ONCE = 1 << 27


@dataclass(frozen=True, eq=False)
class Rows:
    """The rows that are drawn, decided, sorted into cells and put in order."""

    decisions: Decisions
    cells: Cells
    ranking: Ranking

    def members(self, partition: int, group: int) -> tuple[Int, Int]:
        """Rows of one group, stratum after stratum, and the stratum of each."""
        chosen = np.flatnonzero(self.cells.partitions[partition].group[self.cells.row] == group)
        if self.cells.partitions[partition].by != EVERYONE or len(self.cells.partitions) == 1:
            return chosen, np.zeros(len(chosen), dtype=np.int64)
        strata = strata_of(self.cells.partitions[1].group[self.cells.row])
        order = np.argsort(strata, kind="stable")
        return chosen[order], strata[order]


def drawn_sheets(
    rows: Rows, partition: int, part: Measured, classes: tuple[str, ...], plan: IntervalPlan, check: Check
) -> dict[int, GroupSheet]:
    """Every number of each group of two utterances and more, under every draw.

    Args:
        rows: All rows.
        partition: Index of the partition.
        part: Its groups, measured.
        classes: Class names.
        plan: How often is drawn, and from which seed.
        check: Called between blocks of work; raises to cancel.
    """
    position = {k: index for index, k in enumerate(part.compared)}
    values = rows.cells.partitions[partition].values
    sheets = {}
    for k, group in enumerate(part.groups):
        if group.n >= 2 and group.totals is not None:
            at = values.index(group.value)
            members, strata = rows.members(partition, at)
            lines = _Lines(rows.decisions, rows.ranking.rows(partition)[at], rows.ranking.sums(partition, at))
            draws = Draws(plan.seed, f"{part.by}={group.value}", strata)
            counted, ranks = _drawn_sums(lines, members, draws, plan, check)
            observed = auc.observed(group.totals)
            sheets[k] = summed_sheet(counted, ranks, classes, observed, position.get(k, 0))
    return sheets


def _drawn_sums(lines: _Lines, members: Int, draws: Draws, plan: IntervalPlan, check: Check) -> tuple[Tally, Ranks]:
    """Sums over the drawn rows, one row per draw."""
    found = []
    for size in plan.blocks(len(members), _WEIGHTS_AT_ONCE):
        drawn = draws.counts(size, check)
        sums = np.zeros((size, lines.width))
        for start in range(0, len(members), _ROWS_AT_ONCE):
            check()
            block = slice(start, start + _ROWS_AT_ONCE)
            sums += as_float(drawn[:, block]) @ lines.of(members[block])
        found.append(sums)
    return lines.read(np.concatenate(found))


class _Lines:
    """What each row of one group counts, as one line of numbers.

    Args:
        decisions: Truth and prediction of all rows.
        ordered: The group's rows, class by class in order.
        sums: The group's sums, for the edges of its bins.
    """

    def __init__(self, decisions: Decisions, ordered: list[Ordered], sums: RankSums) -> None:
        self._decisions, self._sums = decisions, sums
        self._sides = [(each.probability[each.on], each.probability[~each.on]) for each in ordered]
        many = len(ordered)
        self._shapes: tuple[tuple[tuple[int, ...], ...], ...] = (
            tuple(getattr(empty_tally(0, many), f.name).shape[1:] for f in fields(Tally)),
            ((many, 2), (many, 2), (many, BINS, 3), (many, WIDTH_BINS), (BINS, 3)),
        )
        self.width = sum(math.prod(shape) for shapes in self._shapes for shape in shapes)

    def of(self, rows: Int) -> Float:
        """The lines of some rows, shape (m, width)."""
        decisions, many = self._decisions.rows(rows), len(rows)
        parts = tally(decisions, np.arange(many, dtype=np.int64), many), self._ranks(decisions)
        columns = [as_float(getattr(part, f.name)).reshape(many, -1) for part in parts for f in fields(part)]
        return np.concatenate(columns, axis=1)

    def read(self, sums: Float) -> tuple[Tally, Ranks]:
        """Sums of lines, shape (R, width), as what they are sums of."""
        widths = [math.prod(shape) for shapes in self._shapes for shape in shapes]
        columns = iter(np.split(sums, np.cumsum(widths)[:-1], axis=1))
        counted, ranked = ([next(columns).reshape(-1, *shape) for shape in shapes] for shapes in self._shapes)
        ranks = Ranks(*ranked)
        return Tally(*(np.rint(each).astype(np.int64) for each in counted)), ranks

    def _ranks(self, decisions: Decisions) -> Ranks:
        """Each row as a unit of its own."""
        many, classes = decisions.probabilities.shape
        row, target, on = np.arange(many), decisions.target, decisions.truth_on
        placements, bins = np.zeros((many, classes, 2)), np.zeros((many, classes, BINS, 3))
        gaps, pooled = np.zeros((many, classes, WIDTH_BINS)), np.zeros((many, BINS, 3))
        for k in range(classes):
            p = decisions.probabilities[:, k]
            sums = np.stack([np.ones(many), p, target[:, k]], axis=1)
            bins[row, k, np.searchsorted(self._sums.edges[k], p)] = sums
            pooled[row, np.searchsorted(self._sums.pooled_edges, p)] += sums
            gaps[row, k, np.searchsorted(WIDTH_EDGES, p)] = target[:, k] - p
            beaten, beating = self._placements(k, p)
            placements[:, k, 0], placements[:, k, 1] = beaten * on[:, k], beating * ~on[:, k]
        return Ranks(placements, as_float(np.stack([on, ~on], axis=2)), bins, gaps, pooled)

    def _placements(self, k: int, p: Float) -> tuple[Float, Float]:
        """The share of negatives each probability beats, and of positives that beat it; ties half."""
        below = [np.searchsorted(side, p) + np.searchsorted(side, p, side="right") for side in self._sides[k]]
        positives, negatives = (2 * len(side) for side in self._sides[k])
        return ratio(below[1], negatives, 0.0), ratio(positives - below[0], positives, 0.0)
