"""Do raters of one gender, or single raters, rate women and men differently?"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import numpy as np

from fairemo_gui.evaluation.agreement import Agreement, agreement_rate, difference
from fairemo_gui.evaluation.arrays import Bool, Float, Int, distinct
from fairemo_gui.evaluation.bootstrap import Check, no_check
from fairemo_gui.evaluation.crossed import Crossed
from fairemo_gui.evaluation.intervals import Interval, IntervalPlan
from fairemo_gui.evaluation.records import plain

# Differences are male − female speakers, as everywhere else.
GENDERS = ("female", "male")


@dataclass(frozen=True, eq=False)
class Quantity:
    """What is compared between groups of ratings.

    Attributes:
        name: An emotion, a scale, or `intended` and `others`: agreement with what was intended or the others said.
        kind: `rate` (of an emotion chosen), `agreement`, or `scale`.
        value: 1, 0 or the scale's number per rating, shape (m,); NaN where it says nothing.
    """

    name: str
    kind: str
    value: Float


@dataclass(frozen=True)
class Estimate:
    """A number with its interval; NaN where it is undefined or rests on too few ratings."""

    value: float
    interval: Interval | None
    reason: str | None

    def to_json(self) -> dict[str, Any]:
        """Its three parts; `interval` as `[low, high]` or null."""
        ends = None if self.interval is None else self.interval.to_json()
        return {"value": plain(self.value), "interval": ends, "reason": self.reason}


@dataclass(frozen=True)
class Cell:
    """Ratings that raters of one gender gave speakers of one gender; None = raters of unknown gender."""

    raters: str | None
    speakers: str
    n: int
    mean: Estimate

    def to_json(self) -> dict[str, Any]:
        """One object."""
        return {"raters": self.raters, "speakers": self.speakers, "n": self.n, **self.mean.to_json()}


@dataclass(frozen=True)
class Effect:
    """One quantity by rater and speaker gender.

    Attributes:
        name: See `Quantity`.
        kind: See `Quantity`.
        cells: Mean per rater and speaker gender.
        differences: Per rater gender (None = unknown): male − female speakers.
        interaction: That of male raters − that of female raters: positive where raters choose an emotion more often,
            agree more, or rate higher for speakers of their own gender.
    """

    name: str
    kind: str
    cells: tuple[Cell, ...]
    differences: tuple[tuple[str | None, Estimate], ...]
    interaction: Estimate

    def to_json(self) -> dict[str, Any]:
        """One object."""
        return {
            "name": self.name,
            "kind": self.kind,
            "cells": [cell.to_json() for cell in self.cells],
            "differences": [{"raters": who, **found.to_json()} for who, found in self.differences],
            "interaction": self.interaction.to_json(),
        }


@dataclass(frozen=True)
class RaterRow:
    """One rater's agreement with the others, on women and on men.

    Attributes:
        rater: Index of the rater.
        gender: None = unknown.
        ratings: Ratings with a plurality of the others to compare with, by speakers of known gender.
        female: Share that agrees, on women.
        male: On men.
        difference: Male − female.
    """

    rater: int
    gender: str | None
    ratings: int
    female: Agreement
    male: Agreement
    difference: Agreement

    def to_json(self, codes: Sequence[str]) -> dict[str, Any]:
        """One object; the rater by code."""
        parts = {name: getattr(self, name).to_json() for name in ("female", "male", "difference")}
        return {"rater": codes[self.rater], "gender": self.gender, "ratings": self.ratings, **parts}


def rater_effects(
    quantities: Sequence[Quantity],
    rater: Int,
    rater_gender: Sequence[str | None],
    speaker: Int,
    speaker_gender: Sequence[str | None],
    minimum: int = 20,
    plan: IntervalPlan | None = None,
    check: Check = no_check,
) -> tuple[Effect, ...]:
    """Means and differences of every quantity by rater and speaker gender; ratings of other speakers are left out.

    Args:
        quantities: What to compare, per rating.
        rater: Rater of each rating, shape (m,), any numbers.
        rater_gender: Their gender per rating, length m.
        speaker: Speaker of each rating, shape (m,), any numbers.
        speaker_gender: Their gender per rating, length m.
        minimum: Ratings every group of a difference must have.
        plan: How intervals are made, over raters and speakers both; None = no intervals.
        check: Called between blocks of work; raises to cancel.
    """
    of_raters = _codes(rater_gender)
    of_speakers = _codes(speaker_gender)
    known = of_speakers < len(GENDERS)
    found = []
    for quantity in quantities:
        rows = known & ~np.isnan(quantity.value)
        who, groups = (rater[rows], speaker[rows]), (of_raters[rows], of_speakers[rows])
        crossed = Crossed(quantity.value[rows], *who, *groups, (len(GENDERS) + 1, len(GENDERS)))
        found.append(_effect(quantity, crossed, minimum, plan, check))
    return tuple(found)


def _codes(genders: Sequence[str | None]) -> Int:
    """Position in `GENDERS`, the number after the last where unknown."""
    position = {gender: k for k, gender in enumerate(GENDERS)}
    return np.array([position.get(gender or "", len(GENDERS)) for gender in genders], dtype=np.int64)


def _effect(quantity: Quantity, crossed: Crossed, minimum: int, plan: IntervalPlan | None, check: Check) -> Effect:
    mean, number = crossed.means()
    raters = [g for g in range(len(GENDERS) + 1) if number[g].any()]
    groups = [(g, h) for g in raters for h in range(len(GENDERS)) if number[g, h]]
    contrasts = [_contrast({(g, h): 1.0}) for g, h in groups]
    contrasts += [_contrast({(g, 1): 1.0, (g, 0): -1.0}) for g in raters]
    contrasts.append(_contrast({(1, 1): 1.0, (1, 0): -1.0, (0, 1): -1.0, (0, 0): 1.0}))
    value = [float(np.where(c != 0, c * mean, 0.0).sum()) for c in contrasts]
    missing: tuple[Interval | None, str | None] = (None, None)
    ends = [missing] * len(contrasts)
    if plan is not None:
        ends = crossed.intervals(f"{quantity.kind} {quantity.name}", np.stack(contrasts), plan, check)
    estimates = [Estimate(v, *end) for v, end in zip(value, ends, strict=True)]
    for k in range(len(groups), len(contrasts)):
        if (number[contrasts[k] != 0] < minimum).any():
            estimates[k] = Estimate(float("nan"), None, f"fewer than {minimum} ratings in a group")
    names = (*GENDERS, None)
    cells = tuple(
        Cell(names[g], GENDERS[h], int(number[g, h]), found)
        for (g, h), found in zip(groups, estimates[: len(groups)], strict=True)
    )
    differences = tuple(zip([names[g] for g in raters], estimates[len(groups) : -1], strict=True))
    return Effect(quantity.name, quantity.kind, cells, differences, estimates[-1])


def _contrast(weights: dict[tuple[int, int], float]) -> Float:
    contrast = np.zeros((len(GENDERS) + 1, len(GENDERS)))
    for at, weight in weights.items():
        contrast[at] = weight
    return contrast


def agrees_with_others(chosen: Bool, counts: Int) -> Float:
    """Whether each rating names what most of the other raters of its utterance said; NaN where they tie or are none.

    Args:
        chosen: Emotions of each rating, shape (m, C).
        counts: All votes of each rating's utterance in its condition, this rating's among them, shape (m, C).
    """
    others = counts - chosen
    most = others.max(axis=1, initial=0)
    alone = ((others == most[:, None]).sum(axis=1) == 1) & (most > 0)
    agrees = chosen[np.arange(len(chosen)), others.argmax(axis=1)]
    return np.where(alone, agrees, np.nan)


def single_raters(
    agrees: Float,
    rater: Int,
    rater_gender: Sequence[str | None],
    speaker: Int,
    speaker_gender: Sequence[str | None],
    minimum: int = 20,
    plan: IntervalPlan | None = None,
    check: Check = no_check,
) -> tuple[RaterRow, ...]:
    """Each rater's agreement with the others; speakers are drawn, the rater stays. Arguments as of `rater_effects`.

    Args:
        agrees: See `agrees_with_others`, shape (m,).
        rater: Rater of each rating.
        rater_gender: Their gender per rating.
        speaker: Speaker of each rating.
        speaker_gender: Their gender per rating.
        minimum: Ratings of a gender below which a share has no interval and is left out of differences.
        plan: How intervals are made; None = no intervals.
        check: Called between blocks of work; raises to cancel.
    """
    of_speakers = _codes(speaker_gender)
    usable = np.flatnonzero((of_speakers < len(GENDERS)) & ~np.isnan(agrees))
    names, place = distinct(rater[usable])
    by_rater = np.split(usable[np.argsort(place, kind="stable")], np.cumsum(np.bincount(place))[:-1])
    found = []
    for name, rows in zip(names.tolist(), by_rater, strict=False):
        sides = [rows[of_speakers[rows] == k] for k in range(len(GENDERS))]
        rates = [agreement_rate(agrees[side], speaker[side]) for side in sides]
        female, male = (
            _with_enough(rate.estimate, len(s), minimum, plan, check) for rate, s in zip(rates, sides, strict=True)
        )
        apart = partial(difference, rates[1], rates[0])
        found.append(
            RaterRow(
                name,
                rater_gender[rows[0]],
                len(rows),
                female,
                male,
                _with_enough(apart, min(map(len, sides)), minimum, plan, check),
            )
        )
    return tuple(found)


def _with_enough(
    estimate: Callable[[IntervalPlan | None, Check], Agreement],
    n: int,
    minimum: int,
    plan: IntervalPlan | None,
    check: Check,
) -> Agreement:
    """An estimate with an interval only where there are ratings enough."""
    if n >= minimum:
        return estimate(plan, check)
    return replace(estimate(None, check), reason=f"fewer than {minimum} ratings")
