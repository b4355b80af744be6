"""One number and its interval, for numbers that are a function of sums: how it moves with every unit's weight.

The standard error under each draw comes from each unit's pull on the number (infinitesimal jackknife; Efron &
Tibshirani 1993, §21), so that the same studentised bootstrap serves as everywhere else.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from fairemo_gui.evaluation.arrays import Float, Int, ratio
from fairemo_gui.evaluation.bootstrap import SAME, Check
from fairemo_gui.evaluation.intervals import Draws, Interval, IntervalPlan, Replicates, interval_ends, possible_ends

# A step small enough for a derivative and large enough for float64.
_STEP = 1e-5


class Statistic(Protocol):
    """A number of weighted units.

    Attributes:
        units: Number of units.
        size: Numbers held per replicate, which blocks of replicates are sized by.
    """

    units: int
    size: int

    def under(self, weights: Float) -> tuple[Float, Float]:
        """The number under R weightings of shape (R, units), shape (R,), and every unit's pull, shape (R, units)."""


class Sums:
    """A function of sums over units.

    Args:
        sums: What is summed, per row, shape (n, J).
        of: The number per weighting, from sums of shape (…, J).
        unit: Unit of each row, shape (n,), numbered from 0 without a gap; None = every row is one.
    """

    def __init__(self, sums: Float, of: Callable[[Float], Float], unit: Int | None = None) -> None:
        self._of = of
        self._sums = sums if unit is None else _added_up(sums, unit)
        self.units, self.size = len(self._sums), max(self._sums.size, 2 * sums.shape[1] ** 2)

    def under(self, weights: Float) -> tuple[Float, Float]:
        """See `Statistic`; the derivative along each sum is a central difference."""
        total = weights @ self._sums
        steps = np.diag(_STEP * np.abs(self._sums).sum(axis=0))
        moved = self._of(total[:, None, :] + steps) - self._of(total[:, None, :] - steps)
        return self._of(total), ratio(moved, 2 * np.diag(steps), 0.0) @ self._sums.T


class MeanOf:
    """The mean of several numbers, each of some of the units; where one is undefined, of the others.

    Args:
        parts: The numbers, and which units each rests on.
        units: Number of units.
    """

    def __init__(self, parts: Sequence[tuple[Statistic, Int]], units: int) -> None:
        self._parts, self.units = parts, units
        self.size = units + max(part.size for part, _ in parts)

    def under(self, weights: Float) -> tuple[Float, Float]:
        """See `Statistic`."""
        total, defined = np.zeros(len(weights)), np.zeros(len(weights))
        pull = np.zeros_like(weights)
        for part, members in self._parts:
            value, own = part.under(weights[:, members])
            known = ~np.isnan(value)
            total += np.where(known, value, 0.0)
            defined += known
            pull[:, members] += np.where(known[:, None], own, 0.0)
        return ratio(total, defined), ratio(pull, defined[:, None])


@dataclass(frozen=True, eq=False)
class Term:
    """A number times a sign; the units of one term are drawn apart from those of the others."""

    sign: float
    statistic: Statistic


def signed_sum(terms: Sequence[Term], weights: Sequence[Float]) -> tuple[Float, Float]:
    """Σ sign × number under R weightings, and its standard error, both of shape (R,); NaN with a single unit."""
    value, variance = np.zeros(len(weights[0])), np.zeros(len(weights[0]))
    for term, drawn in zip(terms, weights, strict=True):
        units = term.statistic.units
        number, pull = term.statistic.under(drawn)
        value += term.sign * number
        centred = pull - ratio((drawn * pull).sum(axis=1, keepdims=True), units)
        variance += ratio(units, units - 1) * (drawn * centred**2).sum(axis=1)
    return value, np.sqrt(variance)


def interval_of(
    name: str, terms: Sequence[Term], plan: IntervalPlan, check: Check, bounds: tuple[float, float]
) -> tuple[Interval | None, str | None]:
    """The interval of Σ sign × number, or the reason why there is none.

    Args:
        name: Names the stream of draws.
        terms: One number, or several of other units each, as for a difference between groups.
        plan: How the interval is made.
        check: Called between blocks; raises to cancel.
        bounds: Least and greatest possible value.
    """
    least = min(term.statistic.units for term in terms)
    if least < 2:
        return None, f"one {plan.unit}"
    value, error = signed_sum(terms, [np.ones((1, term.statistic.units)) for term in terms])
    draws = [Draws(plan.seed, f"{name} {k}", np.zeros(t.statistic.units, np.int64)) for k, t in enumerate(terms)]
    if np.isnan(value[0]):
        return None, "undefined"
    if not error[0] > SAME:
        return None, f"every {plan.unit} has the same value"
    found = []
    for size in plan.blocks(max(term.statistic.size for term in terms)):
        check()
        found.append(signed_sum(terms, [drawn.weights(size) for drawn in draws]))
    values, errors = (np.concatenate(part)[:, None] for part in zip(*found, strict=True))
    return read_interval(Replicates(value, error, values, errors), plan, least - 1, bounds)


def read_interval(
    found: Replicates, plan: IntervalPlan, freedom: int, bounds: tuple[float, float]
) -> tuple[Interval | None, str | None]:
    """The interval of one number from its replicates, or the reason why there is none.

    Args:
        found: Of one number.
        plan: How the interval is made.
        freedom: Degrees of freedom of its standard error.
        bounds: Its least and greatest possible value.
    """
    ends = interval_ends(found, plan.chosen_form, plan.level)
    if plan.studentised:
        ends = possible_ends(ends, found, freedom, plan.level, bounds, edge=False)
    low, high = (float(np.clip(end[0], *bounds)) for end in ends)
    if np.isnan(low) or np.isnan(high):
        return None, "undefined in most draws"
    return Interval(low, high), None


def _added_up(rows: Float, unit: Int) -> Float:
    total = np.zeros((int(unit.max(initial=-1)) + 1, rows.shape[1]))
    np.add.at(total, unit, rows)
    return total
