"""Means of ratings by group of raters and group of speakers, and contrasts of them, with intervals over both.

Ratings of one rater are alike, and so are ratings of one speaker: both are drawn with replacement, apart, within their
groups, and a rating counts as often as its rater times its speaker (the pigeonhole bootstrap: Owen 2007, Annals of
Applied Statistics 1). Its plain replicates spread too far where chance in the single rating dominates, so distances
are measured in standard errors for ratings that hang together in two ways (Cameron, Gelbach & Miller 2011, Journal of
Business & Economic Statistics 29): V = V_raters + V_speakers − V_cells, never less than V_raters or V_speakers
(MacKinnon, Nielsen & Webb 2021, ibid. 39).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from fairemo_gui.evaluation.arrays import Float, Int, distinct, ratio
from fairemo_gui.evaluation.bootstrap import SAME, Check, no_check
from fairemo_gui.evaluation.intervals import Draws, Interval, IntervalPlan, Replicates
from fairemo_gui.evaluation.statistic import read_interval

if TYPE_CHECKING:
    from scipy.sparse import csr_array

    _Part: TypeAlias = tuple[Int, Float | csr_array[np.float64]]

# Tables of up to so many raters × speakers are multiplied faster whole than by what is in them.
_DENSE = 5_000_000


class Crossed:
    """One quantity of ratings, by rater and speaker.

    Args:
        value: The quantity of each rating, shape (m,).
        rater: Rater of each rating, any numbers, shape (m,).
        speaker: Speaker of each rating, any numbers, shape (m,).
        rater_group: Group of each rating's rater, from 0, shape (m,).
        speaker_group: Group of each rating's speaker, from 0, shape (m,).
        shape: Number of groups of raters, G, and of speakers, H.
    """

    def __init__(
        self, value: Float, rater: Int, speaker: Int, rater_group: Int, speaker_group: Int, shape: tuple[int, int]
    ) -> None:
        from scipy.sparse import csr_array

        row, self._raters = _with_groups(rater, rater_group, shape[0])
        column, self._speakers = _with_groups(speaker, speaker_group, shape[1])
        size = len(self._raters), len(self._speakers)
        keys, cell = distinct(row * size[1] + column)
        at = keys // max(size[1], 1), keys % max(size[1], 1)
        total, number = np.bincount(cell, value), np.bincount(cell).astype(np.float64)
        sums = (total, number, total**2, total * number, number**2)
        self._sums = [csr_array((np.asarray(part, dtype=np.float64), at), shape=size) for part in sums]
        self._of_raters = [_per_group(part, self._raters) for part in self._sums]
        self._of_speakers = [_per_group(part.T.tocsr(), self._speakers) for part in self._sums[:2]]
        self._range = (float(value.min()), float(value.max())) if len(value) else (0.0, 0.0)

    def means(self) -> tuple[Float, Int]:
        """Mean and number of the ratings of every two groups, both of shape (G, H)."""
        total, number = (self._raters.T @ np.asarray(part @ self._speakers) for part in self._sums[:2])
        return ratio(total, number), np.rint(number).astype(np.int64)

    def under(self, contrasts: Float, raters: Float, speakers: Float) -> tuple[Float, Float]:
        """Contrasts under R weightings, and their standard errors, both of shape (R, Q).

        Args:
            contrasts: Weights of the groups' means, shape (Q, G, H).
            raters: How often each rater is drawn, shape (R, raters).
            speakers: How often each speaker is drawn, shape (R, speakers).
        """
        columns = [_by_group(part, raters) for part in self._of_raters]
        rows = [_by_group(part, speakers) for part in self._of_speakers]
        total, number, *squares = ((part * speakers) @ self._speakers for part in columns)
        mean, share = ratio(total, number), ratio(1.0, number, 0.0)
        known = np.nan_to_num(mean)
        cells = share**2 * (squares[0] - 2 * known * squares[1] + known**2 * squares[2])
        of_speakers = _variance(contrasts, speakers, self._speakers, columns[:2], known, share)
        turned = contrasts.swapaxes(1, 2), known.swapaxes(0, 2), share.swapaxes(0, 2)
        of_raters = _variance(turned[0], raters, self._raters, rows, *turned[1:])
        both = of_raters + of_speakers - np.einsum("qgh,grh->rq", contrasts**2, cells)
        undefined = np.einsum("qgh,grh->rq", contrasts != 0, np.isnan(mean))
        value = np.where(undefined, np.nan, np.einsum("qgh,grh->rq", contrasts, known))
        return value, np.sqrt(np.maximum(both, np.maximum(of_raters, of_speakers)))

    def intervals(
        self, name: str, contrasts: Float, plan: IntervalPlan, check: Check = no_check
    ) -> list[tuple[Interval | None, str | None]]:
        """Per contrast its interval, or the reason why there is none.

        Args:
            name: Names the stream of draws.
            contrasts: Weights of the groups' means, shape (Q, G, H).
            plan: How intervals are made; raters and speakers are drawn, whatever its unit.
            check: Called between blocks of work; raises to cancel.
        """
        sides = (self._raters, self._speakers)
        if not all(len(side) for side in sides):
            return [(None, "undefined")] * len(contrasts)
        value, error = self.under(contrasts, *(np.ones((1, len(side))) for side in sides))
        draws = [
            Draws(plan.seed, f"{name} {k}", side.argmax(axis=1))
            for k, side in zip(("raters", "speakers"), sides, strict=True)
        ]
        drawn = []
        for size in plan.blocks(2 * max(len(side) for side in sides)):
            check()
            drawn.append(self.under(contrasts, *(one.weights(size) for one in draws)))
        values, errors = (np.concatenate(part) for part in zip(*drawn, strict=True))
        return [
            self._missing(contrasts[q], value[0, q], error[0, q])
            or read_interval(
                Replicates(value[0, [q]], error[0, [q]], values[:, [q]], errors[:, [q]]),
                plan, self._least(contrasts[q]) - 1, self._bounds(contrasts[q]),
            )
            for q in range(len(contrasts))
        ]  # fmt: skip

    def _missing(self, contrast: Float, value: float, error: float) -> tuple[None, str] | None:
        """Why a contrast has no interval, if it has none."""
        if np.isnan(value):
            return None, "undefined"
        if self._least(contrast) < 2:
            return None, "one rater or speaker in a group"
        return None if error > SAME else (None, "every rating is the same")

    def _least(self, contrast: Float) -> int:
        """People in the smallest group that a contrast rests on."""
        sides = zip((self._raters, self._speakers), (contrast.any(axis=1), contrast.any(axis=0)), strict=True)
        return int(min(members.sum(axis=0)[used].min() for members, used in sides))

    def _bounds(self, contrast: Float) -> tuple[float, float]:
        """Least and greatest possible value of a contrast, as every group's mean lies between two ratings."""
        ends = np.stack([contrast * end for end in self._range])
        return float(ends.min(axis=0).sum()), float(ends.max(axis=0).sum())


def _with_groups(who: Int, group: Int, groups: int) -> tuple[Int, Float]:
    """Place of each rating's rater (or speaker) from 0, and one row per person with a 1 in the group's column."""
    names, place = distinct(np.asarray(who, dtype=np.int64))
    members = np.zeros((len(names), groups))
    members[place, group] = 1.0
    return place, members


def _per_group(sums: csr_array[np.float64], members: Float) -> list[_Part]:
    """Who is in each group of raters, and their sums per speaker, shape (S, raters) (or the other way round)."""
    found: list[_Part] = []
    for one in members.T:
        group = np.flatnonzero(one)
        part = sums[group].T.tocsr()
        found.append((group, part.toarray() if part.shape[0] * part.shape[1] <= _DENSE else part))
    return found


def _by_group(parts: Sequence[_Part], weights: Float) -> Float:
    """Weighted sums over the raters of each group, per speaker, shape (G, R, S) (or the other way round)."""
    return np.stack([np.asarray(part @ weights[:, group].T).T for group, part in parts])


def _variance(
    contrasts: Float, weights: Float, members: Float, sums: Sequence[Float], mean: Float, share: Float
) -> Float:
    """Variance of Q contrasts where one side's people hang together, shape (R, Q).

    Args:
        contrasts: Weights of the groups' means, shape (Q, G, H).
        weights: How often each of them is drawn, shape (R, S).
        members: Their groups, shape (S, H).
        sums: Total and number of ratings by group of the other side, shape (G, R, S).
        mean: Shape (G, R, H).
        share: 1 / number of ratings, shape (G, R, H).
    """
    group, size = members.argmax(axis=1), members.sum(axis=0)
    pull = (sums[0] - mean[:, :, group] * sums[1]) * share[:, :, group]
    weighted = weights * ratio(size, size - 1, 0.0)[group]
    products = np.stack([[(weighted * one * other) @ members for one in pull] for other in pull])
    return np.asarray(np.einsum("qgh,qkh,gkrh->rq", contrasts, contrasts, products, optimize=True))
