"""Statistics that need rows in order of their probability: ROC-AUC placements and calibration bins, per group.

Bins lie on the group's own probabilities, so each group of each partition is ranked by itself. In order of probability
every bin is one stretch of rows; the three binnings of one class share one pass over its rows.
"""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np

from fairemo_gui.evaluation.arrays import Bool, Float, Int, as_float, ratio
from fairemo_gui.evaluation.sample import Decisions

BINS = 10
WIDTH_BINS = 15


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

    def merge(self, inverse: Int, units: int) -> Ranks:
        """Sum cells that are one unit; `inverse` says which unit each cell belongs to."""
        merged = []
        for f in fields(self):
            array = getattr(self, f.name)
            out = np.zeros((units, *array.shape[1:]))
            np.add.at(out, inverse, array)
            merged.append(out)
        return Ranks(*merged)


@dataclass(frozen=True, eq=False)
class Ordered:
    """All rows of one class in ascending order of their probability, with what ranking needs beside them."""

    probability: Float
    on: Bool
    target: Float
    cell: Int


def order_rows(decisions: Decisions, cell: Int) -> list[Ordered]:
    """Each class's rows in order of probability; sorted once, shared by all partitions."""
    ordered = []
    for k in range(decisions.probabilities.shape[1]):
        p = np.ascontiguousarray(decisions.probabilities[:, k])
        on, target = np.ascontiguousarray(decisions.truth_on[:, k]), np.ascontiguousarray(decisions.target[:, k])
        order = np.argsort(p)
        ordered.append(Ordered(p[order], on[order], target[order], cell[order]))
    return ordered


def rank_group(ordered: list[Ordered], cells: Int, total_cells: int) -> Ranks:
    """Placements and bins of one group.

    Args:
        ordered: All rows, per class in order.
        cells: The group's cells, ascending.
        total_cells: Number of cells there are.
    """
    chosen = ordered if len(cells) == total_cells else _only(ordered, cells, total_cells)
    pooled_edges = _pooled_edges([rows.probability for rows in chosen])
    units = len(cells)
    placements, members = np.zeros((units, len(chosen), 2)), np.zeros((units, len(chosen), 2))
    bins, width = np.zeros((units, len(chosen), BINS, 3)), np.zeros((units, len(chosen), WIDTH_BINS))
    pooled = np.zeros((units, BINS, 3))
    for k, rows in enumerate(chosen):
        placements[:, k], members[:, k] = _placements(rows, units)
        bins[:, k], width[:, k], in_pool = _binned(rows, units, pooled_edges)
        pooled += in_pool
    return Ranks(placements, members, bins, width, pooled)


def _only(ordered: list[Ordered], cells: Int, total_cells: int) -> list[Ordered]:
    local = np.full(total_cells, -1, dtype=np.int64)
    local[cells] = np.arange(len(cells))
    chosen = []
    for rows in ordered:
        mine = local[rows.cell]
        kept = np.flatnonzero(mine >= 0)
        chosen.append(Ordered(rows.probability[kept], rows.on[kept], rows.target[kept], mine[kept]))
    return chosen


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
    """Edges over several arrays together; only the values they rest on are put in place."""
    values = np.concatenate(parts)
    low, _ = _edge_places(len(values))
    values.partition(np.unique(np.minimum(np.concatenate([low, low + 1]), len(values) - 1)))
    return _quantile_edges(values)


def _placements(rows: Ordered, units: int) -> tuple[Float, Float]:
    """DeLong's placement values summed per unit: of positives among negatives, and the other way round."""
    n = len(rows.on)
    positives_before = np.concatenate([[0], np.cumsum(rows.on, dtype=np.int64)])
    starts = np.flatnonzero(np.concatenate([[True], rows.probability[1:] != rows.probability[:-1]]))
    ends = np.append(starts[1:], n)
    tie = np.repeat(np.arange(len(starts)), ends - starts)
    positives = positives_before[-1]
    # Twice the rows of the other kind below (for positives) or above (for negatives) each tie group, ties once.
    negatives_below = (starts - positives_before[starts]) + (ends - positives_before[ends])
    positives_above = 2 * positives - positives_before[starts] - positives_before[ends]
    share = np.where(
        rows.on,
        ratio(negatives_below, 2 * (n - positives), 0.0)[tie],
        ratio(positives_above, 2 * positives, 0.0)[tie],
    )
    place = 2 * rows.cell + ~rows.on
    sums = np.bincount(place, weights=share, minlength=2 * units).reshape(units, 2)
    return as_float(sums), as_float(np.bincount(place, minlength=2 * units).reshape(units, 2))


def _binned(rows: Ordered, units: int, pooled_edges: Float) -> tuple[Float, Float, Float]:
    """Sums of one class by equal-count, equal-width and pooled bin, from one pass over shared segments."""
    p = rows.probability
    edge_sets = (_quantile_edges(p), np.linspace(0, 1, WIDTH_BINS + 1)[1:-1], pooled_edges)
    cuts = [np.searchsorted(p, edges, side="right") for edges in edge_sets]
    bounds = np.unique(np.concatenate([[0, len(p)], *cuts]))
    starts, segments = bounds[:-1], len(bounds) - 1
    if segments == 0:
        return np.zeros((units, BINS, 3)), np.zeros((units, WIDTH_BINS)), np.zeros((units, BINS, 3))
    place = rows.cell * segments + np.repeat(np.arange(segments), np.diff(bounds))
    size = units * segments
    columns = [np.bincount(place, minlength=size)] + [
        np.bincount(place, weights=values, minlength=size) for values in (p, rows.target)
    ]
    sums = np.stack(columns, axis=-1).reshape(units, segments, 3)
    member = [np.searchsorted(cut, starts, side="right") == np.arange(len(cut) + 1)[:, None] for cut in cuts]
    by_count, by_width, by_pool = (np.matmul(which.astype(np.float64), sums) for which in member)
    return by_count, by_width[..., 2] - by_width[..., 1], by_pool
