"""How far raters agree: Krippendorff's alpha, Fleiss' and Cohen's kappa, with intervals over speakers.

Each coefficient is a function of sums over utterances. Standard errors come from how each speaker's sums move it
(infinitesimal jackknife), so the same studentised bootstrap serves as everywhere else.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import numpy as np

from fairemo_gui.evaluation.arrays import Float, Int, distinct, ratio
from fairemo_gui.evaluation.bootstrap import SAME, Check, no_check
from fairemo_gui.evaluation.intervals import Draws, Interval, IntervalPlan, Replicates, Unit, interval_ends
from fairemo_gui.evaluation.records import plain

# A step small enough for a derivative and large enough for float64.
_STEP = 1e-5


class Level(StrEnum):
    """What a disagreement between two classes weighs: all alike, by rank, or by squared distance."""

    NOMINAL = "nominal"
    ORDINAL = "ordinal"
    INTERVAL = "interval"


@dataclass(frozen=True)
class Agreement:
    """One coefficient.

    Attributes:
        name: `alpha nominal`, `fleiss`, `cohen`, …
        value: 1 = full agreement, 0 = chance; NaN where it is undefined.
        utterances: Utterances with at least two ratings.
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


def alpha(
    counts: Int, speakers: Int, level: Level = Level.NOMINAL, plan: IntervalPlan | None = None, check: Check = no_check
) -> Agreement:
    """Krippendorff's alpha from vote counts. For `ORDINAL` and `INTERVAL` the classes are levels 0, 1, 2, ….

    Args:
        counts: Votes per utterance and class, shape (n, C); utterances with fewer than two votes are left out.
        speakers: Speaker per utterance, shape (n,).
        level: How classes differ.
        plan: How the interval is made; None = none.
        check: Called between blocks of work; raises to cancel.

    Source: Krippendorff 2011, Computing Krippendorff's Alpha-Reliability.
    """
    paired = counts.sum(axis=1) >= 2
    votes, classes = counts[paired].astype(np.float64), counts.shape[1]
    together = votes[:, :, None] * votes[:, None, :] - votes[:, :, None] * np.eye(classes)
    coincidences = together / (votes.sum(axis=1) - 1)[:, None, None]

    def coefficient(sums: Float) -> Float:
        observed = sums.reshape(*sums.shape[:-1], classes, classes)
        margin = observed.sum(axis=-1)
        total = margin.sum(axis=-1)
        distance = _distance(margin, level)
        disagreement = (observed * distance).sum(axis=(-2, -1))
        by_chance = (margin[..., :, None] * margin[..., None, :] * distance).sum(axis=(-2, -1))
        return np.asarray(1 - (total - 1) * ratio(disagreement, by_chance))

    sums = coincidences.reshape(len(votes), classes * classes)
    return _agreement(f"alpha {level}", sums, coefficient, speakers[paired], int(votes.sum()), plan, check)


def alpha_of_values(
    utterance: Int, value: Float, speakers: Int, plan: IntervalPlan | None = None, check: Check = no_check
) -> Agreement:
    """Krippendorff's alpha at interval level, for single ratings on a scale (activation, valence, dominance).

    Args:
        utterance: Utterance index of each rating, shape (m,).
        value: The rating, shape (m,).
        speakers: Speaker of each rating's utterance, shape (m,).
        plan: How the interval is made; None = none.
        check: Called between blocks of work; raises to cancel.
    """
    _, index = distinct(np.asarray(utterance, dtype=np.int64))
    n = np.bincount(index)
    centred = value - value.mean() if len(value) else value
    moments = np.stack([n, np.bincount(index, centred), np.bincount(index, centred**2)], axis=1).astype(np.float64)
    who = np.zeros(len(n), dtype=np.int64)
    who[index] = speakers
    paired = n >= 2
    size, first, second = moments[paired].T
    sums = np.stack([size, first, second, 2 * (size * second - first**2) / (size - 1)], axis=1)

    def coefficient(sums: Float) -> Float:
        size, first, second, disagreement = np.moveaxis(sums, -1, 0)
        return np.asarray(1 - (size - 1) * ratio(disagreement, 2 * (size * second - first**2)))

    return _agreement("alpha interval", sums, coefficient, who[paired], int(n[paired].sum()), plan, check)


def fleiss(counts: Int, speakers: Int, plan: IntervalPlan | None = None, check: Check = no_check) -> Agreement:
    """Fleiss' kappa from vote counts, shape (n, C); raters may differ in number between utterances.

    Source: Fleiss 1971, Psychological Bulletin 76; the mean over utterances of the share of agreeing pairs.
    """
    paired = counts.sum(axis=1) >= 2
    votes = counts[paired].astype(np.float64)
    raters = votes.sum(axis=1)
    agreeing = ratio((votes**2).sum(axis=1) - raters, raters * (raters - 1))

    def coefficient(sums: Float) -> Float:
        observed = ratio(sums[..., 0], sums[..., 1])
        shares = ratio(sums[..., 2:], sums[..., 2:].sum(axis=-1, keepdims=True))
        by_chance = (shares**2).sum(axis=-1)
        return ratio(observed - by_chance, 1 - by_chance)

    sums = np.column_stack([agreeing, np.ones(len(votes)), votes])
    return _agreement("fleiss", sums, coefficient, speakers[paired], int(raters.sum()), plan, check)


def cohen(
    first: Int, second: Int, classes: int, speakers: Int, plan: IntervalPlan | None = None, check: Check = no_check
) -> Agreement:
    """Cohen's kappa of two raters (or two conditions' pluralities).

    Args:
        first: Class index per utterance, shape (n,); −1 where this rater gave none.
        second: Likewise.
        classes: Number of classes.
        speakers: Speaker per utterance, shape (n,).
        plan: How the interval is made; None = none.
        check: Called between blocks of work; raises to cancel.

    Source: Cohen 1960, Educational and Psychological Measurement 20.
    """
    both = (first >= 0) & (second >= 0)
    sums = np.zeros((int(both.sum()), classes * classes))
    sums[np.arange(len(sums)), first[both] * classes + second[both]] = 1.0

    def coefficient(sums: Float) -> Float:
        table = sums.reshape(*sums.shape[:-1], classes, classes)
        share = ratio(table, table.sum(axis=(-2, -1), keepdims=True))
        observed = np.trace(share, axis1=-2, axis2=-1)
        by_chance = (share.sum(axis=-1) * share.sum(axis=-2)).sum(axis=-1)
        return ratio(observed - by_chance, 1 - by_chance)

    return _agreement("cohen", sums, coefficient, speakers[both], 2 * len(sums), plan, check)


def _distance(margin: Float, level: Level) -> Float:
    """Squared difference between every two classes, shape (…, C, C)."""
    classes = margin.shape[-1]
    if level is Level.NOMINAL:
        return np.broadcast_to(1 - np.eye(classes), (*margin.shape[:-1], classes, classes))
    if level is Level.INTERVAL:
        steps = np.arange(classes, dtype=np.float64)
        return np.broadcast_to((steps[:, None] - steps) ** 2, (*margin.shape[:-1], classes, classes))
    middle = np.cumsum(margin, axis=-1) - margin / 2
    return np.asarray((middle[..., :, None] - middle[..., None, :]) ** 2)


def _agreement(
    name: str,
    sums: Float,
    coefficient: Callable[[Float], Float],
    speakers: Int,
    ratings: int,
    plan: IntervalPlan | None,
    check: Check,
) -> Agreement:
    """A coefficient of per-utterance sums, with its interval over speakers (or utterances)."""
    names, unit = distinct(np.asarray(speakers, dtype=np.int64))
    value = float(coefficient(sums.sum(axis=0)[None])[0]) if len(sums) else np.nan
    sizes = (name, value, len(sums), ratings, len(names))
    if plan is None:
        return Agreement(*sizes, None, None)
    if not len(sums):
        return Agreement(*sizes, None, "no utterance has two ratings")
    unit = unit if plan.unit is Unit.SPEAKER else np.arange(len(sums), dtype=np.int64)
    per_unit = np.zeros((int(unit.max()) + 1, sums.shape[1]))
    np.add.at(per_unit, unit, sums)
    return Agreement(*sizes, *_interval(name, value, per_unit, coefficient, plan, check))


def _interval(
    name: str, value: float, sums: Float, coefficient: Callable[[Float], Float], plan: IntervalPlan, check: Check
) -> tuple[Interval | None, str | None]:
    """The interval from sums per unit, or the reason there is none."""
    if len(sums) < 2:
        return None, f"one {plan.unit}"
    error = _error(np.ones((1, len(sums))), sums, coefficient)
    if not error[0] > SAME:
        return None, "undefined" if np.isnan(value) else f"every {plan.unit} has the same value"
    draws = Draws(plan.seed, name, np.zeros(len(sums), dtype=np.int64))
    values, errors = [], []
    for size in plan.blocks(sums.size):
        check()
        drawn = draws.weights(size)
        values.append(coefficient(drawn @ sums))
        errors.append(_error(drawn, sums, coefficient) if plan.studentised else np.full(size, np.nan))
    found = Replicates(np.array([value]), error, np.concatenate(values)[:, None], np.concatenate(errors)[:, None])
    ends = np.clip(np.concatenate(interval_ends(found, plan.chosen_form, plan.level)), -1, 1)
    if np.isnan(ends).any():
        return None, "undefined in most draws"
    return Interval(float(ends[0]), float(ends[1])), None


def _error(weights: Float, sums: Float, coefficient: Callable[[Float], Float]) -> Float:
    """Standard error under each weighting, shape (R,), from the derivative along every unit's sums."""
    units = len(sums)
    total = weights @ sums
    moved = coefficient(total[:, None, :] + _STEP * sums) - coefficient(total[:, None, :] - _STEP * sums)
    pull = moved / (2 * _STEP)
    centred = pull - (weights * pull).sum(axis=1, keepdims=True) / units
    return np.asarray(np.sqrt(units / (units - 1) * (weights * centred**2).sum(axis=1)))
