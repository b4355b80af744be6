"""Ratios of sums under many weightings of the same units, with the standard error of each, as array computations.

The variance of a ratio r = Σ wₛaₛ / Σ wₛbₛ is linearised (infinitesimal jackknife): each unit pulls by
Lₛ = (aₛ − r bₛ) / Σ wb, and Var = S/(S−1) · Σ wₛ Lₛ². It is the cluster-robust variance of a ratio estimator.
Source: Davison & Hinkley 1997, Bootstrap Methods and their Application, §2.7 and §5.2; Cochran 1977, §6.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from fairemo_gui.evaluation.arrays import Float, as_float, ratio
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

    def columns(self, chosen: slice) -> Ratios:
        """Some of the J ratios."""
        shared = self.total.shape[1] == 1
        bottom = self.family.denominator if shared else self.family.denominator[:, chosen]
        part = Family(self.family.numerator[:, chosen], bottom, self.family.empty)
        return Ratios(part, self.value[:, chosen], self.total if shared else self.total[:, chosen])


Term = tuple[Ratios, Float]


@dataclass(frozen=True, eq=False)
class Quantity:
    """One number made of ratios, under R weightings.

    Attributes:
        value: Shape (R,).
        terms: Per group the ratios it depends on and its derivative with respect to each, shape (R, J).
    """

    value: Float
    terms: tuple[tuple[int, tuple[Term, ...]], ...]

    def scaled(self, factor: float) -> Quantity:
        """The quantity times a constant."""
        terms = tuple((g, tuple((r, factor * c) for r, c in inner)) for g, inner in self.terms)
        return Quantity(factor * self.value, terms)

    def __add__(self, other: Quantity) -> Quantity:
        return Quantity(self.value + other.value, self.terms + other.terms)


class Resampled:
    """One group's units under R weightings.

    Args:
        units: Number of units, S.
        weights: Shape (R, S): how often each unit is drawn; None = once each, as observed (R = 1).
    """

    def __init__(self, units: int, weights: Float | None = None) -> None:
        self.units = units
        self.observed = weights is None
        self.weights = np.ones((1, units)) if weights is None else weights
        self._spread = units / (units - 1) if units > 1 else np.nan

    def ratios(self, family: Family) -> Ratios:
        """Weighted sums and their ratios. Observed whole-number sums are exact."""
        if self.observed:
            top = family.numerator.sum(axis=0, keepdims=True)
            bottom = family.denominator.sum(axis=0, keepdims=True)
        else:
            top, bottom = self.weights @ as_float(family.numerator), self.weights @ as_float(family.denominator)
        return Ratios(family, ratio(top, bottom, family.empty), np.asarray(bottom, dtype=np.float64))

    def variance(self, ratios: Ratios) -> Float:
        """Variance of each ratio, shape (R, J); NaN with one unit, 0 where every unit has the same ratio."""
        a, b = as_float(ratios.family.numerator), as_float(ratios.family.denominator)
        r = ratios.value
        upper, lower = self.weights @ (a * a), r * r * (self.weights @ (b * b))
        squares = upper - 2 * r * (self.weights @ (a * b)) + lower
        squares = np.where(squares > _ROUNDING * (upper + lower), squares, 0.0)
        return self._spread * ratio(squares, ratios.total**2)

    def influence(self, terms: Iterable[Term]) -> Float:
        """How hard each unit pulls on a quantity, shape (R, S): the sum over terms of derivative × Lₛ."""
        pull = np.zeros((len(self.weights), self.units))
        for ratios, slope in terms:
            share = np.where(np.isfinite(ratios.value), ratio(slope, ratios.total, 0.0), 0.0)
            pull += share @ as_float(ratios.family.numerator).T
            back = share * np.where(np.isfinite(ratios.value), ratios.value, 0.0)
            denominator = as_float(ratios.family.denominator)
            back = back.sum(axis=1, keepdims=True) if denominator.shape[1] == 1 else back
            pull -= back @ denominator.T
        return pull

    def variance_of(self, influence: Float) -> Float:
        """Variance of a quantity from its influence, shape (R,)."""
        return np.asarray(self._spread * np.einsum("rs,rs,rs->r", self.weights, influence, influence))


def quantity_variance(quantity: Quantity, groups: list[Resampled]) -> Float:
    """Variance of a quantity over independent groups, shape (R,)."""
    return combined_variance([quantity], [1.0], groups)


def combined_variance(quantities: list[Quantity], signs: list[float], groups: list[Resampled]) -> Float:
    """Variance of Σ sign × quantity where all rest on the same units (paired), shape (R,)."""
    by_group: dict[int, list[Term]] = {}
    for quantity, sign in zip(quantities, signs, strict=True):
        for group, terms in quantity.terms:
            by_group.setdefault(group, []).extend((ratios, sign * slope) for ratios, slope in terms)
    shape = quantities[0].value.shape
    return sum((groups[g].variance_of(groups[g].influence(terms)) for g, terms in by_group.items()), np.zeros(shape))
