"""Ratios of sums under many weightings of the same units, with the standard error of each, as array computations.

The variance of a ratio r = Σ wₛaₛ / Σ wₛbₛ is linearised (infinitesimal jackknife): each unit pulls by
Lₛ = (aₛ − r bₛ) / Σ wb, and Var = S/(S−1) · Σ wₛ Lₛ², summed over strata about each stratum's mean: the cluster-robust
variance of a ratio estimator.
Source: Davison & Hinkley 1997, Bootstrap Methods and their Application, §2.7 and §5.2; Cochran 1977, §6.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

import numpy as np

from fairemo_gui.evaluation.arrays import Float, Int, ratio
from fairemo_gui.evaluation.ratios import Family

# Below this share of its terms a sum of squares is the rounding of zero.
_ROUNDING = 1e-12


@dataclass(frozen=True, eq=False)
class Ratios:
    """A family under R weightings.

    Attributes:
        family: What was summed.
        value: The ratios, shape (R, J).
        total: Weighted denominators, shape (R, J) or (R, 1).
    """

    family: Family
    value: Float
    total: Float

    @cached_property
    def known(self) -> Float:
        """The ratios, 0 where undefined."""
        return np.where(np.isnan(self.value), 0.0, self.value)

    @cached_property
    def share(self) -> Float:
        """1 / Σ denominator, 0 where the ratio is undefined or fixed by definition."""
        return np.where(np.isnan(self.value), 0.0, ratio(1.0, self.total, 0.0))

    def rows(self, chosen: slice) -> Ratios:
        """Some of the R weightings."""
        return Ratios(self.family, self.value[chosen], self.total[chosen])

    def columns(self, chosen: slice) -> Ratios:
        """Some of the J ratios."""
        total = self.total if self.total.shape[1] == 1 else self.total[:, chosen]
        return Ratios(self.family.columns(chosen), self.value[:, chosen], total)


Term = tuple[Ratios, Float]


Terms = tuple[tuple[int, tuple[Term, ...]], ...]


@dataclass(frozen=True, eq=False)
class Quantity:
    """One number made of ratios, under R weightings.

    Attributes:
        value: Shape (R,).
        given: Its terms, or what works them out where a variance is asked for.
    """

    value: Float
    given: Terms | Callable[[], Terms]

    @cached_property
    def terms(self) -> Terms:
        """Per group the ratios it depends on and its derivative with respect to each, shape (R, J)."""
        return self.given() if callable(self.given) else self.given

    def alone(self) -> Quantity:
        """A quantity of one group, as if that group were the only one."""
        return Quantity(self.value, lambda: tuple((0, inner) for _, inner in self.terms))


def column(ratios: Ratios, k: int, index: int = 0) -> Quantity:
    """One of J ratios as a quantity of the group `index`."""

    def derive() -> Terms:
        slope = np.zeros_like(ratios.value)
        slope[:, k] = 1.0
        return ((index, ((ratios, slope),)),)

    return Quantity(ratios.value[:, k], derive)


class Resampled:
    """One group's units under R weightings.

    Args:
        units: Number of units, S.
        weights: Shape (R, S): how often each unit is drawn; None = once each, as observed (R = 1).
        strata: Stratum of each unit, shape (S,), ascending, where units were drawn within strata; None = one stratum.
    """

    def __init__(self, units: int, weights: Float | None = None, strata: Int | None = None) -> None:
        self.units = units
        self.observed = weights is None
        self.weights = np.ones((1, units)) if weights is None else weights
        cuts = [] if strata is None else (np.flatnonzero(np.diff(strata)) + 1).tolist()
        bounds = [0, *cuts, units]
        self._strata = [slice(a, b) for a, b in pairwise(bounds)] if cuts else []

    @property
    def degrees(self) -> int:
        """Degrees of freedom of a standard error: units less strata."""
        return self.units - max(len(self._strata), 1)

    def ratios(self, family: Family) -> Ratios:
        """Weighted sums and their ratios. Observed whole-number sums are exact."""
        if self.observed:
            top = family.numerator.sum(axis=0, keepdims=True)
            bottom = family.denominator.sum(axis=0, keepdims=True)
        else:
            top, bottom = (self.weights @ side for side in family.floats)
        return Ratios(family, ratio(top, bottom, family.empty), np.asarray(bottom, dtype=np.float64))

    def variance(self, ratios: Ratios) -> Float:
        """Variance of each ratio, shape (R, J); NaN with one unit, 0 where every unit has the same ratio.

        As observed and without strata, units without anything in a denominator are none: they say nothing of how
        ratios differ. Within strata the correction counts them; `freedom` does not.
        """
        a, b = ratios.family.floats
        r = ratios.value
        if not self._strata:
            return ratio(self._whole_spread(ratios.family.units) * _squares(self.weights, a, b, r), ratios.total**2)
        total = np.zeros_like(r)
        for members in self._strata:
            weights, a_in, b_in = self.weights[:, members], a[members], b[members]
            centre = (weights @ a_in - r * (weights @ b_in)) ** 2 / len(a_in)
            total += _spread(len(a_in)) * _less(_squares(weights, a_in, b_in, r), centre)
        return ratio(total, ratios.total**2)

    def paired_variance(self, one: Ratios, other: Ratios) -> Float:
        """Variance of each ratio less its counterpart, where both rest on the same units, shape (R, J).

        As observed, units without anything in either denominator are none.
        """
        (a, b), (c, d), r, q = one.family.floats, other.family.floats, one.value, other.value
        share, rest = ratio(1.0, one.total), ratio(1.0, other.total)
        found = np.zeros_like(r)
        for members in self._strata or [slice(0, self.units)]:
            w, units = self.weights[:, members], members.stop - members.start
            a_in, b_in, c_in, d_in = (side[members] for side in (a, b, c, d))
            both = w @ (a_in * c_in) - r * (w @ (b_in * c_in)) - q * (w @ (a_in * d_in)) + r * q * (w @ (b_in * d_in))
            alone = _squares(w, a_in, b_in, r) * share**2 + _squares(w, c_in, d_in, q) * rest**2
            apart = alone - 2 * both * share * rest
            apart = np.where(apart > _ROUNDING * alone, apart, 0.0)
            centre = (w @ a_in - r * (w @ b_in)) * share - (w @ c_in - q * (w @ d_in)) * rest
            if self._strata:
                found += _spread(units) * _less(apart, centre**2 / units)
            else:
                found += self._whole_spread(np.count_nonzero((b > 0) | (d > 0), axis=0)) * apart
        return np.where(np.isnan(r - q), np.nan, found)

    def _whole_spread(self, counting: Int) -> Float:
        """The correction for few units where there are no strata, given how many of them count, shape (J,)."""
        return _spread(np.maximum(counting, 2) if self.observed and self.units > 1 else self.units)

    def freedom(self, ratios: Ratios) -> Int:
        """Degrees of freedom of each ratio's standard error, shape (J,): units that count in it less strata."""
        idle = self.units - np.broadcast_to(ratios.family.units, ratios.value.shape[1:])
        return np.maximum(self.degrees - idle, 1)

    def influence(self, terms: Iterable[Term]) -> Float:
        """How hard each unit pulls on a quantity, shape (R, S): the sum over terms of derivative × Lₛ."""
        left, right = [], []
        for ratios, slope in terms:
            share = slope * ratios.share
            back = share * ratios.known
            numerator, denominator = ratios.family.floats
            left += [share, -back if denominator.shape[1] > 1 else -back.sum(axis=1, keepdims=True)]
            right += [numerator, denominator]
        return np.asarray(np.concatenate(left, axis=1) @ np.concatenate(right, axis=1).T)

    def variance_of(self, influence: Float) -> Float:
        """Variance of a quantity from its influence, shape (R,)."""
        if not self._strata:
            return _spread(self.units) * _weighted_squares(self.weights, influence)
        total = np.zeros(len(influence))
        for members in self._strata:
            weights, pull = self.weights[:, members], influence[:, members]
            units = members.stop - members.start
            centre = np.einsum("rs,rs->r", weights, pull) ** 2 / units
            total += _spread(units) * _less(_weighted_squares(weights, pull), centre)
        return total


class Summed(Resampled):
    """Statistics whose rows are sums already, one row per group as observed or per draw: they have no variance."""

    def __init__(self) -> None:
        super().__init__(0)

    def ratios(self, family: Family) -> Ratios:
        """The rows' ratios."""
        top, bottom = family.floats
        return Ratios(family, ratio(top, bottom, family.empty), bottom)


def _spread(units: int | Int) -> Float:
    return ratio(units, np.asarray(units) - 1)


def _squares(weights: Float, a: Float, b: Float, r: Float) -> Float:
    """Σ w (a − r b)² for every ratio, 0 where it is the rounding of 0."""
    upper, lower = weights @ (a * a), r * r * (weights @ (b * b))
    found = upper - 2 * r * (weights @ (a * b)) + lower
    return np.where(found > _ROUNDING * (upper + lower), found, 0.0)


def _less(squares: Float, centre: Float) -> Float:
    """Squares about a centre, 0 where what is left is the rounding of 0."""
    left = squares - centre
    return np.where(left > _ROUNDING * squares, left, 0.0)


def _weighted_squares(weights: Float, influence: Float) -> Float:
    return np.asarray(np.einsum("rs,rs,rs->r", weights, influence, influence))


def quantity_variance(quantity: Quantity, groups: Sequence[Resampled]) -> Float:
    """Variance of a quantity over independent groups, shape (R,)."""
    return combined_variance([quantity], [1.0], groups)


def combined_variance(quantities: list[Quantity], signs: list[float], groups: Sequence[Resampled]) -> Float:
    """Variance of Σ sign × quantity where all rest on the same units (paired), shape (R,)."""
    by_group: dict[int, list[Term]] = {}
    for quantity, sign in zip(quantities, signs, strict=True):
        for group, terms in quantity.terms:
            by_group.setdefault(group, []).extend((ratios, sign * slope) for ratios, slope in terms)
    shape = quantities[0].value.shape
    return sum((groups[g].variance_of(groups[g].influence(terms)) for g, terms in by_group.items()), np.zeros(shape))
