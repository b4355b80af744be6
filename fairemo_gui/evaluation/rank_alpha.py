"""Krippendorff's alpha at ordinal level, under any weighting of the units.

The ordinal distance of two levels, (Σ_{a..b} n_g − (n_a + n_b)/2)², is the squared distance of their mid-ranks among
all ratings: alpha is that of interval level on mid-ranks, which move with the weights.

Source: Krippendorff 2011, Computing Krippendorff's Alpha-Reliability, §D.
"""

from __future__ import annotations

import numpy as np

from fairemo_gui.evaluation.arrays import Float, Int, distinct, ratio


class RankAlpha:
    """See `statistic.Statistic`.

    Args:
        utterance: Utterance of each rating, shape (m,), numbered from 0; each has at least two ratings.
        level: Rank of each rating's value among the distinct values, shape (m,).
        unit: Unit of each utterance, shape (n,), numbered from 0.
    """

    def __init__(self, utterance: Int, level: Int, unit: Int) -> None:
        from scipy.sparse import coo_array

        self.units, levels = int(unit.max()) + 1, int(level.max()) + 1
        self._margins = np.zeros((self.units, levels))
        np.add.at(self._margins, (unit[utterance], level), 1.0)
        at, low, high = differing_pairs(utterance, level)
        keys, column = distinct(low * levels + high)
        self._low, self._high = keys // levels, keys % levels
        weight = ratio(2.0, np.bincount(utterance)[at] - 1)
        self._pairs = coo_array((weight, (column, unit[at])), shape=(len(keys), self.units)).tocsr()
        ends = np.concatenate([self._low, self._high]), np.tile(np.arange(len(keys)), 2)
        self._ends = coo_array((np.repeat([1.0, -1.0], len(keys)), ends), shape=(levels, len(keys))).tocsr()
        self.size = max(len(keys), levels)

    def under(self, weights: Float) -> tuple[Float, Float]:
        """See `statistic.Statistic`."""
        margin = weights @ self._margins
        total = margin.sum(axis=1)
        # From the middle of all ratings: the mean mid-rank is 0 whatever the weights.
        ranks = _middles(margin) - total[:, None] / 2
        squares = (margin * ranks**2).sum(axis=1)
        between = ranks[:, self._low] - ranks[:, self._high]
        pairs = (self._pairs @ weights.T).T
        observed = (pairs * between**2).sum(axis=1)
        by_chance = 2 * total * squares
        d_ranks, d_total = _middles(self._margins), np.asarray(self._margins.sum(axis=-1))
        d_observed = (self._pairs.T @ (between**2).T).T + 2 * (self._ends @ (pairs * between).T).T @ d_ranks.T
        d_squares = ranks**2 @ self._margins.T + 2 * (margin * ranks) @ d_ranks.T
        d_chance = 2 * (d_total * squares[:, None] + total[:, None] * d_squares)
        share, chance = ratio(observed, by_chance), by_chance[:, None]
        moved = ratio(d_observed - share[:, None] * d_chance, chance)
        return 1 - (total - 1) * share, -d_total * share[:, None] - (total[:, None] - 1) * moved


def differing_pairs(utterance: Int, level: Int) -> tuple[Int, Int, Int]:
    """Every two different ratings of one utterance: the utterance, the lower and the higher level, shape (pairs,)."""
    order = np.argsort(utterance, kind="stable")
    at, value = utterance[order], level[order]
    found = []
    for apart in range(1, int(np.bincount(at).max())):
        same = (at[apart:] == at[:-apart]) & (value[apart:] != value[:-apart])
        two = np.stack([value[apart:][same], value[:-apart][same]])
        found.append(np.stack([at[apart:][same], two.min(axis=0), two.max(axis=0)]))
    at, low, high = np.concatenate(found, axis=1)
    return at, low, high


def _middles(margin: Float) -> Float:
    """Mid-rank of every level, shape as `margin` (…, L)."""
    return np.asarray(np.cumsum(margin, axis=-1) - margin / 2)
