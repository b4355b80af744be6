"""How far raters agree: Krippendorff's alpha, Fleiss' and Cohen's kappa, with intervals over speakers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from fairemo_gui.evaluation.arrays import Float, Int, distinct, ratio
from fairemo_gui.evaluation.bootstrap import Check, no_check
from fairemo_gui.evaluation.intervals import Interval, IntervalPlan, Unit
from fairemo_gui.evaluation.rank_alpha import RankAlpha
from fairemo_gui.evaluation.records import plain
from fairemo_gui.evaluation.statistic import Statistic, Sums, Term, interval_of


@dataclass(frozen=True)
class Agreement:
    """One coefficient, or the difference between two groups'.

    Attributes:
        name: `alpha_nominal`, `alpha_ordinal`, `alpha_interval`, `fleiss`, `cohen`, `ccc`, `agreement_rate`.
        value: 1 = full agreement, 0 = chance (an agreement rate: 0 = none); NaN where it is undefined.
        utterances: Utterances it rests on: those with at least two ratings.
        ratings: Ratings of those.
        interval: None where there is none.
        reason: Why there is none.
    """

    name: str
    value: float
    utterances: int
    ratings: int
    speakers: int
    interval: Interval | None
    reason: str | None

    def to_json(self) -> dict[str, Any]:
        """One object; `interval` as `[low, high]` or null."""
        sizes = {"utterances": self.utterances, "ratings": self.ratings, "speakers": self.speakers}
        ends = None if self.interval is None else self.interval.to_json()
        return {"name": self.name, "value": plain(self.value), **sizes, "interval": ends, "reason": self.reason}


@dataclass(frozen=True, eq=False)
class Coefficient:
    """A coefficient of some utterances, ready to be estimated.

    Attributes:
        name: See `Agreement`.
        speakers: Speaker of each utterance it rests on, shape (n,).
        ratings: Ratings of those.
        over: The number over other units: takes the unit of each utterance, shape (n,).
        least: Its least possible value; the greatest is 1.
    """

    name: str
    speakers: Int
    ratings: int
    over: Callable[[Int], Statistic]
    least: float = -1.0

    @property
    def value(self) -> float:
        """The number, NaN where it is undefined."""
        if not len(self.speakers):
            return float("nan")
        return float(self.over(np.zeros(len(self.speakers), dtype=np.int64)).under(np.ones((1, 1)))[0][0])

    def statistic(self, unit: Unit) -> Statistic:
        """The number over speakers, or over utterances."""
        units = np.arange(len(self.speakers), dtype=np.int64) if unit is Unit.UTTERANCE else self.speakers
        return self.over(distinct(units)[1])

    def estimate(self, plan: IntervalPlan | None = None, check: Check = no_check) -> Agreement:
        """The number with its interval.

        Args:
            plan: How the interval is made; None = none.
            check: Called between blocks of work; raises to cancel.
        """
        return _estimate(self.name, self.value, [(1.0, self)], (self.least, 1.0), plan, check)


def difference(
    plus: Coefficient, minus: Coefficient, plan: IntervalPlan | None = None, check: Check = no_check
) -> Agreement:
    """`plus` − `minus` of two groups of speakers, which are drawn apart. Arguments as of `estimate`."""
    most = 1 - plus.least
    return _estimate(plus.name, plus.value - minus.value, [(1.0, plus), (-1.0, minus)], (-most, most), plan, check)


def _estimate(
    name: str,
    value: float,
    signed: list[tuple[float, Coefficient]],
    bounds: tuple[float, float],
    plan: IntervalPlan | None,
    check: Check,
) -> Agreement:
    parts = [part for _, part in signed]
    speakers = sum(len(np.unique(part.speakers)) for part in parts)
    sizes = (name, value, sum(len(p.speakers) for p in parts), sum(p.ratings for p in parts), speakers)
    if plan is None:
        return Agreement(*sizes, None, None)
    if not all(len(part.speakers) for part in parts):
        return Agreement(*sizes, None, "no utterance to compare")
    terms = [Term(sign, part.statistic(plan.unit)) for sign, part in signed]
    return Agreement(*sizes, *interval_of(name, terms, plan, check, bounds))


def nominal_alpha(counts: Int, speakers: Int) -> Coefficient:
    """Krippendorff's alpha from vote counts: every two different classes differ alike.

    Args:
        counts: Votes per utterance and class, shape (n, C); utterances with fewer than two votes are left out.
        speakers: Speaker per utterance, shape (n,).

    Source: Krippendorff 2011, Computing Krippendorff's Alpha-Reliability.
    """
    votes, who = _paired(counts, speakers)
    n = votes.sum(axis=1)
    differing = ratio(n**2 - (votes**2).sum(axis=1), n - 1)

    def alpha(sums: Float) -> Float:
        observed, margin = sums[..., 0], sums[..., 1:]
        total = margin.sum(axis=-1)
        return np.asarray(1 - (total - 1) * ratio(observed, total**2 - (margin**2).sum(axis=-1)))

    return of_sums("alpha_nominal", np.column_stack([differing, votes]), alpha, who, int(n.sum()))


def interval_alpha(utterance: Int, value: Float, speakers: Int) -> Coefficient:
    """Krippendorff's alpha at interval level: two ratings differ by their squared distance.

    Args:
        utterance: Utterance of each rating, shape (m,), any numbers.
        value: The rating on its scale, shape (m,).
        speakers: Speaker of each rating's utterance, shape (m,).
    """
    index, values, who = _rated_twice(utterance, value, speakers)
    centred = values - values.mean() if len(values) else values
    n, first, second = (np.bincount(index, weights) for weights in (np.ones_like(centred), centred, centred**2))
    differing = 2 * ratio(n * second - first**2, n - 1)

    def alpha(sums: Float) -> Float:
        size, first, second, observed = np.moveaxis(sums, -1, 0)
        return np.asarray(1 - (size - 1) * ratio(observed, 2 * (size * second - first**2)))

    return of_sums("alpha_interval", np.stack([n, first, second, differing], axis=1), alpha, who, len(values))


def ordinal_alpha(utterance: Int, value: Float, speakers: Int) -> Coefficient:
    """Krippendorff's alpha at ordinal level: two ratings differ by the ratings that lie between them, squared.

    Arguments as of `interval_alpha`.
    """
    index, values, who = _rated_twice(utterance, value, speakers)
    _, level = np.unique(values, return_inverse=True)
    return Coefficient("alpha_ordinal", who, len(values), lambda unit: RankAlpha(index, level, unit))


def fleiss(counts: Int, speakers: Int) -> Coefficient:
    """Fleiss' kappa from vote counts.

    Where utterances differ in their number of votes: the observed agreement is the plain mean over utterances of the
    share of agreeing pairs, and the classes' shares are those of all votes together.

    Args:
        counts: Votes per utterance and class, shape (n, C); utterances with fewer than two votes are left out.
        speakers: Speaker per utterance, shape (n,).

    Source: Fleiss 1971, Psychological Bulletin 76; Fleiss, Levin & Paik 2003, §18.3, for unequal numbers.
    """
    votes, who = _paired(counts, speakers)
    n = votes.sum(axis=1)
    agreeing = ratio((votes**2).sum(axis=1) - n, n * (n - 1))

    def kappa(sums: Float) -> Float:
        observed = ratio(sums[..., 0], sums[..., 1])
        shares = ratio(sums[..., 2:], sums[..., 2:].sum(axis=-1, keepdims=True))
        by_chance = (shares**2).sum(axis=-1)
        return ratio(observed - by_chance, 1 - by_chance)

    return of_sums("fleiss", np.column_stack([agreeing, np.ones(len(votes)), votes]), kappa, who, int(n.sum()))


def cohen(first: Int, second: Int, classes: int, speakers: Int) -> Coefficient:
    """Cohen's kappa of two raters (or two conditions' pluralities).

    Args:
        first: Class index per utterance, shape (n,); −1 where this rater gave none.
        second: Likewise.
        classes: Number of classes.
        speakers: Speaker per utterance, shape (n,).

    Source: Cohen 1960, Educational and Psychological Measurement 20.
    """
    both = (first >= 0) & (second >= 0)
    one_hot = np.eye(classes)
    sums = np.column_stack([first[both] == second[both], one_hot[first[both]], one_hot[second[both]]])

    def kappa(sums: Float) -> Float:
        rows, columns = sums[..., 1 : classes + 1], sums[..., classes + 1 :]
        n = rows.sum(axis=-1)
        observed, by_chance = ratio(sums[..., 0], n), ratio((rows * columns).sum(axis=-1), n**2)
        return ratio(observed - by_chance, 1 - by_chance)

    return of_sums("cohen", sums, kappa, np.asarray(speakers)[both], 2 * len(sums))


def agreement_rate(agrees: Float, speakers: Int) -> Coefficient:
    """Share of ratings that agree with a reference.

    Args:
        agrees: 1, 0, or NaN where there is no reference, per rating, shape (m,).
        speakers: Speaker of each rating's utterance, shape (m,).
    """
    known = ~np.isnan(agrees)
    sums = np.column_stack([agrees[known], np.ones(known.sum())])
    rate = of_sums("agreement_rate", sums, lambda s: ratio(s[..., 0], s[..., 1]), speakers[known], len(sums))
    return replace(rate, least=0.0)


def of_sums(name: str, sums: Float, of: Callable[[Float], Float], speakers: Int, ratings: int) -> Coefficient:
    """A function of sums over utterances, shape (n, J); the other arguments as of `Coefficient`."""
    return Coefficient(name, speakers, ratings, lambda unit: Sums(sums, of, unit))


def _paired(counts: Int, speakers: Int) -> tuple[Float, Int]:
    """The utterances with at least two votes, and who speaks them."""
    several = counts.sum(axis=1) >= 2
    return counts[several].astype(np.float64), np.asarray(speakers, dtype=np.int64)[several]


def _rated_twice(utterance: Int, value: Float, speakers: Int) -> tuple[Int, Float, Int]:
    """Ratings of utterances that have at least two: utterance per rating from 0, value, and speaker per utterance."""
    _, index = distinct(np.asarray(utterance, dtype=np.int64))
    several = np.bincount(index)[index] >= 2
    _, kept = distinct(index[several])
    who = np.zeros(int(kept.max()) + 1 if len(kept) else 0, dtype=np.int64)
    who[kept] = np.asarray(speakers)[several]
    return kept, np.asarray(value, dtype=np.float64)[several], who
