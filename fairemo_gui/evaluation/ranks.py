"""Statistics that need rows in order of their probability: ROC-AUC placements and calibration bins, per group.

Bins lie on the group's own probabilities, so each group of each partition is ranked by itself. In order of probability
every bin is one stretch of rows; the three binnings of one class share one pass over its rows.

A group's sums (`RankSums`) follow from the rows alone, whatever order they came in: everything that truth enters is
a whole number, and probabilities are added in ascending order. Shares per resampled unit serve intervals only.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from fairemo_gui.evaluation.arrays import Bool, Check, Float, Int, as_float, no_check, ratio
from fairemo_gui.evaluation.order import WHOLE, Ordered, at_places, groups_of_rows, inexact, split
from fairemo_gui.evaluation.partition import Cells

_Number = TypeVar("_Number", np.int64, np.float64)

BINS = 10
WIDTH_BINS = 15
WIDTH_EDGES = np.linspace(0, 1, WIDTH_BINS + 1)[1:-1]


@dataclass(frozen=True, eq=False)
class Ranks:
    """Sums per unit of one group; the first axis is the unit.

    Attributes:
        placements: Per class the sum over positives of the share of negatives they beat, and over negatives of the
            share of positives that beat them (ties half), shape (S, C, 2).
        members: Positives and negatives, shape (S, C, 2).
        bins: n, Σp and Σt per class and equal-count bin, shape (S, C, 10, 3).
        width_gaps: Σ(t − p) per class and equal-width bin, shape (S, C, 15).
        pooled: n, Σp and Σt per equal-count bin over all (utterance, class) cells, shape (S, 10, 3).
    """

    placements: Float
    members: Float
    bins: Float
    width_gaps: Float
    pooled: Float


def concatenate(parts: Sequence[Ranks]) -> Ranks:
    """The units of several, one after the other."""
    return Ranks(*(np.concatenate([getattr(part, f.name) for part in parts]) for f in fields(Ranks)))


@dataclass(frozen=True, eq=False)
class Binned:
    """Sums by bin: rows and Σ probability, shape (…, bins); Σ target as whole numbers (see `exact`), (…, bins, 2)."""

    count: Int
    probability: Float
    target: Int

    @property
    def observed(self) -> Float:
        """Σ target."""
        return inexact(self.target)

    @property
    def sums(self) -> Float:
        """All three, shape (…, bins, 3)."""
        sums = np.empty((*self.count.shape, 3))
        sums[..., 0], sums[..., 1], sums[..., 2] = self.count, self.probability, self.observed
        return sums


@dataclass(frozen=True, eq=False)
class RankSums:
    """What one group's ROC-AUC and calibration follow from, over all its rows.

    Attributes:
        rows: Number of rows.
        positives: Rows per class whose class is true, shape (C,).
        wins: Twice the pairs of a positive above a negative, and once those that tie, shape (C,).
        edges: Inner edges of the equal-count bins, shape (C, 9).
        pooled_edges: Those over all (utterance, class) cells, shape (9,).
        bins: By class and equal-count bin, shape (C, 10).
        width: By class and equal-width bin, shape (C, 15).
        pooled: By equal-count bin over all (utterance, class) cells, shape (10,).
    """

    rows: int
    positives: Int
    wins: Int
    edges: Float
    pooled_edges: Float
    bins: Binned
    width: Binned
    pooled: Binned

    def change(self, k: int, p: float, target: Int, positives: int, wins: int) -> None:
        """Take in that the truth of one class of a row of probability `p` changed: by how much each sum does."""
        self.positives[k] += positives
        self.wins[k] += wins
        self.bins.target[k, self.edges[k].searchsorted(p)] += target
        self.width.target[k, WIDTH_EDGES.searchsorted(p)] += target
        self.pooled.target[self.pooled_edges.searchsorted(p)] += target

    def ranks(self) -> Ranks:
        """The same as one unit."""
        members = np.array([self.positives, self.rows - self.positives]).T
        return Ranks(
            placements=ratio(self.wins[:, None], 2 * members[:, ::-1], 0.0)[None],
            members=as_float(members)[None],
            bins=self.bins.sums[None],
            width_gaps=(self.width.observed - self.width.probability)[None],
            pooled=self.pooled.sums[None],
        )


def rank_sums(classes: list[Ordered], check: Check = no_check) -> RankSums:
    """Sums over the rows of one group, given class by class in order; there must be rows."""
    edges = np.stack([_quantile_edges(rows.probability) for rows in classes])
    pooled_edges = _pooled_edges([rows.probability for rows in classes])
    binned, wins = [], []
    for k, rows in enumerate(classes):
        check()
        binned.append(_binned(rows, edges[k], pooled_edges))
        wins.append(_wins(rows.probability, rows.on))
    bins, width, pooled = ([found[which] for found in binned] for which in range(3))
    return RankSums(
        rows=len(classes[0].on),
        positives=np.array([np.count_nonzero(rows.on) for rows in classes], dtype=np.int64),
        wins=np.array(wins, dtype=np.int64),
        edges=edges,
        pooled_edges=pooled_edges,
        bins=_stacked(bins),
        width=_stacked(width),
        pooled=Binned(*(getattr(_stacked(pooled), f.name).sum(axis=0) for f in fields(Binned))),
    )


def _stacked(parts: list[Binned]) -> Binned:
    return Binned(*(np.stack([getattr(part, f.name) for part in parts]) for f in fields(Binned)))


def _edge_places(n: int) -> tuple[Int, Float]:
    """Where the inner edges of equal-count bins lie among n ascending values: the place below, and how far beyond."""
    place = (n - 1) * (np.arange(1, BINS) / BINS)
    low = np.floor(place).astype(np.int64)
    return low, place - low


def _quantile_edges(ascending: Float) -> Float:
    """Inner edges of equal-count bins: linearly interpolated quantiles, as numpy's and scikit-learn's default."""
    low, beyond = _edge_places(len(ascending))
    below, above = ascending[low], ascending[np.minimum(low + 1, len(ascending) - 1)]
    return np.asarray(below + (above - below) * beyond)


def _pooled_edges(parts: list[Float]) -> Float:
    """Edges over several ascending arrays together."""
    n = sum(map(len, parts))
    low, beyond = _edge_places(n)
    below, above = np.split(at_places(parts, np.concatenate([low, np.minimum(low + 1, n - 1)])), 2)
    return np.asarray(below + (above - below) * beyond)


def _wins(p: Float, on: Bool) -> int:
    """Twice the pairs of a positive above a negative plus once those that tie: the rank sum of Mann & Whitney 1947."""
    places, tied = np.flatnonzero(on), np.flatnonzero(p[1:] == p[:-1])
    twice, count = 2 * int(places.sum()), len(places)
    if len(tied):
        # Each run of ties stands at its middle place.
        apart = np.flatnonzero(np.diff(tied) != 1)
        first, last = tied[np.concatenate([[0], apart + 1])], tied[np.concatenate([apart, [-1]])] + 1
        upto = np.concatenate([[0], np.cumsum(places)])
        low, high = places.searchsorted(first), places.searchsorted(last, side="right")
        twice += int(((high - low) * (first + last) - 2 * (upto[high] - upto[low])).sum())
    return twice - count * (count - 1)


def _cuts(p: Float, edges: Float, pooled_edges: Float) -> tuple[list[Int], Int]:
    """Where the three binnings cut ascending rows, and the bounds of the stretches between all cuts."""
    cuts = [np.searchsorted(p, of, side="right") for of in (edges, WIDTH_EDGES, pooled_edges)]
    return cuts, np.unique(np.concatenate([[0, len(p)], *cuts]))


def _binned(rows: Ordered, edges: Float, pooled_edges: Float) -> list[Binned]:
    """Sums of one class by equal-count, equal-width and pooled bin."""
    cuts, bounds = _cuts(rows.probability, edges, pooled_edges)
    starts = bounds[:-1]
    probability = np.add.reduceat(rows.probability, starts)
    if rows.target is None:
        ends = bounds[1:].tolist()
        on = [np.count_nonzero(rows.on[a:b]) for a, b in zip(starts.tolist(), ends, strict=True)]
        target = np.array(on, dtype=np.int64)[:, None] * WHOLE
    else:
        target = np.add.reduceat(rows.target, starts)
    stretches = np.diff(bounds), probability, target
    return [Binned(*(_by_bin(sums, cut, starts) for sums in stretches)) for cut in cuts]


def _by_bin(sums: npt.NDArray[_Number], cut: Int, starts: Int) -> npt.NDArray[_Number]:
    """Sums of stretches added up by bin, one after the other: the same numbers give the same sum to the last bit."""
    out = np.zeros((len(cut) + 1, *sums.shape[1:]), dtype=sums.dtype)
    np.add.at(out, np.searchsorted(cut, starts, side="right"), sums)
    return out


def rank_units(classes: list[Ordered], sums: RankSums, unit: Int, units: int, check: Check = no_check) -> Ranks:
    """Placements and bins of one group per resampled unit.

    Args:
        classes: The group's rows, class by class in order.
        sums: The group's sums.
        unit: Unit of each row, shape (n,).
        units: Number of units.
        check: Called between classes; raises to cancel.
    """
    many = len(classes)
    placements, members = np.zeros((units, many, 2)), np.zeros((units, many, 2))
    bins, width = np.zeros((units, many, BINS, 3)), np.zeros((units, many, WIDTH_BINS))
    pooled = np.zeros((units, BINS, 3))
    for k, rows in enumerate(classes):
        check()
        of_row = unit[rows.row]
        placements[:, k], members[:, k] = _placements(rows, of_row, units)
        bins[:, k], by_width, in_pool = _binned_units(rows, sums.edges[k], sums.pooled_edges, of_row, units)
        width[:, k] = by_width[..., 2] - by_width[..., 1]
        pooled += in_pool
    return Ranks(placements, members, bins, width, pooled)


def _placements(rows: Ordered, unit: Int, units: int) -> tuple[Float, Float]:
    """DeLong's placement values summed per unit: of positives among negatives, and the other way round."""
    n, p = len(rows.on), rows.probability
    before = np.concatenate([[0], np.cumsum(rows.on, dtype=np.int64)])
    starts = np.flatnonzero(np.concatenate([[True], p[1:] != p[:-1]]))
    ends = np.append(starts[1:], n)
    positives = before[-1]
    # Twice the rows of the other kind below (for positives) or above (for negatives) each run of ties, ties once.
    negatives_below = starts + ends - before[starts] - before[ends]
    positives_above = 2 * positives - before[starts] - before[ends]
    sides = ratio(negatives_below, 2 * (n - positives), 0.0), ratio(positives_above, 2 * positives, 0.0)
    if len(starts) < n:
        sides = np.repeat(sides[0], ends - starts), np.repeat(sides[1], ends - starts)
    place = 2 * unit + ~rows.on
    sums = np.bincount(place, weights=np.where(rows.on, *sides), minlength=2 * units).reshape(units, 2)
    return as_float(sums), as_float(np.bincount(place, minlength=2 * units).reshape(units, 2))


def _binned_units(
    rows: Ordered, edges: Float, pooled_edges: Float, unit: Int, units: int
) -> tuple[Float, Float, Float]:
    """n, Σp and Σt of one class per unit by equal-count, equal-width and pooled bin."""
    cuts, bounds = _cuts(rows.probability, edges, pooled_edges)
    segments = len(bounds) - 1
    place = unit * segments + np.repeat(np.arange(segments), np.diff(bounds))
    size = units * segments
    weights = [rows.on] if rows.target is None else list(rows.target.T)
    n, probability, *target = (
        np.bincount(place, weights=w, minlength=size) for w in (None, rows.probability, *weights)
    )
    observed = target[0] if rows.target is None else inexact(np.stack(target, axis=-1))
    sums = np.stack([as_float(n), probability, observed], axis=-1).reshape(units, segments, 3)
    bin_of = (np.searchsorted(cut, bounds[:-1], side="right") for cut in cuts)
    member = (of == np.arange(bins)[:, None] for of, bins in zip(bin_of, (BINS, WIDTH_BINS, BINS), strict=True))
    by_count, by_width, by_pool = (np.matmul(which.astype(np.float64), sums) for which in member)
    return by_count, by_width, by_pool


class Ranking:
    """Ranks of every group of every partition.

    Args:
        ordered: All rows, class by class in order.
        cells: Their cells.
        check: Called between classes; raises to cancel.
    """

    def __init__(self, ordered: list[Ordered], cells: Cells, check: Check = no_check) -> None:
        self._ordered, self._cells, self.check = ordered, cells, check
        self._sums: dict[tuple[int, int], RankSums] = {}
        self._totals: dict[tuple[int, int], Ranks] = {}
        self._split: tuple[int, list[list[Ordered]]] | None = None

    def sums(self, partition: int, group: int) -> RankSums:
        """Sums over all rows of one group, which must have some; worked out once."""
        if (partition, group) not in self._sums:
            self._sums[partition, group] = rank_sums(self.rows(partition)[group], self.check)
        return self._sums[partition, group]

    def totals(self, partition: int, group: int) -> Ranks:
        """The same as one unit."""
        if (partition, group) not in self._totals:
            self._totals[partition, group] = self.sums(partition, group).ranks()
        return self._totals[partition, group]

    def change(self, partition: int, group: int, k: int, p: float, target: Int, positives: int, wins: int) -> None:
        """Take in a change of the sums of one group, see `RankSums.change`."""
        self.sums(partition, group).change(k, p, target, positives, wins)
        self._totals.pop((partition, group), None)

    def by_unit(self, partition: int, group: int, unit: Int, units: int) -> Ranks:
        """Ranks of one group per unit, given the unit of each cell."""
        return rank_units(
            self.rows(partition)[group], self.sums(partition, group), unit[self._cells.row], units, self.check
        )

    def release(self) -> None:
        """Let go of what was kept for the next question only."""
        self._split = None

    def rows(self, partition: int) -> list[list[Ordered]]:
        """Rows per group; those of the last partition asked for are kept."""
        if self._split is None or self._split[0] != partition:
            groups = len(self._cells.partitions[partition].values)
            group_of_row = groups_of_rows(self._cells, partition)
            self._split = partition, split(self._ordered, group_of_row, groups, self.check)
        return self._split[1]
