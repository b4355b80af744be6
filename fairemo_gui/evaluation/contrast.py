"""Differences between groups, class by class, and their aggregates: values, derivatives and variances together."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from fairemo_gui.evaluation.arrays import Float, Int, nan_mean, ratio
from fairemo_gui.evaluation.resample import Quantity, Resampled
from fairemo_gui.evaluation.sheet import GroupSheet


@dataclass(frozen=True, eq=False)
class Sides:
    """The groups that are compared, in order."""

    sheets: list[GroupSheet]

    @property
    def groups(self) -> list[Resampled]:
        """Their resampled units."""
        return [sheet.resampled for sheet in self.sheets]

    def values(self, family: str) -> Float:
        """Ratios of a family, shape (R, G, J)."""
        return np.stack([sheet.ratios[family].value for sheet in self.sheets], axis=1)

    @cached_property
    def _variances(self) -> dict[str, Float]:
        return {}

    def variances(self, family: str) -> Float:
        """Their variances, shape (R, G, J); computed once."""
        if family not in self._variances:
            found = [sheet.resampled.variance(sheet.ratios[family]) for sheet in self.sheets]
            self._variances[family] = np.stack(found, axis=1)
        return self._variances[family]


@dataclass(frozen=True, eq=False)
class Contrast:
    """J differences between groups.

    Attributes:
        sides: The groups.
        value: Shape (R, J); NaN where fewer than two groups have a value.
        slopes: Per family the derivative by group, shape (R, G, J).
    """

    sides: Sides
    value: Float
    slopes: dict[str, Float]

    def variance(self) -> Float:
        """Variance of each difference, shape (R, J). Needs each difference to rest on one family per group."""
        total = np.zeros_like(self.value)
        for family, slope in self.slopes.items():
            total += np.where(slope != 0, slope**2 * np.nan_to_num(self.sides.variances(family)), 0.0).sum(axis=1)
        return np.where(np.isnan(self.value), np.nan, total)

    def item(self, column: Int) -> Quantity:
        """The difference at one column per weighting, `column` of shape (R,)."""
        rows = np.arange(len(self.value))
        chosen = np.zeros_like(self.value)
        chosen[rows, column] = 1.0
        return self._weighted(self.value[rows, column], chosen)

    def mean(self) -> Quantity:
        """Plain mean of the defined differences."""
        defined = np.isfinite(self.value)
        return self._weighted(nan_mean(self.value), ratio(defined, defined.sum(axis=1, keepdims=True), 0.0))

    def worst(self) -> Quantity:
        """The greatest difference."""
        return self.item(np.where(np.isnan(self.value), -np.inf, self.value).argmax(axis=1))

    def magnitude(self) -> Contrast:
        """The differences without their sign."""
        sign = np.sign(np.nan_to_num(self.value))[:, None, :]
        return Contrast(self.sides, np.abs(self.value), {name: sign * slope for name, slope in self.slopes.items()})

    def _weighted(self, value: Float, weights: Float) -> Quantity:
        terms = tuple(
            (
                g,
                tuple((sheet.ratios[name], _broadcast(weights, slope[:, g])) for name, slope in self.slopes.items()),
            )
            for g, sheet in enumerate(self.sides.sheets)
        )
        return Quantity(value, terms)


def _broadcast(weights: Float, slope: Float) -> Float:
    return np.where(slope != 0, weights * slope, 0.0)


def spread(sides: Sides, family: str) -> Contrast:
    """Greatest − least over the groups that have a value; NaN where fewer than two have."""
    values = sides.values(family)
    known = np.isfinite(values)
    top = np.where(known, values, -np.inf).argmax(axis=1)
    bottom = np.where(known, values, np.inf).argmin(axis=1)
    groups = np.arange(values.shape[1])[None, :, None]
    slope = (groups == top[:, None, :]).astype(np.float64) - (groups == bottom[:, None, :])
    gap = np.take_along_axis(values, top[:, None, :], 1) - np.take_along_axis(values, bottom[:, None, :], 1)
    gap = np.where(known.sum(axis=1) >= 2, gap[:, 0], np.nan)
    return Contrast(sides, gap, {family: slope})


def difference(sides: Sides, family: str) -> Contrast:
    """Second group − first group, of exactly two."""
    values = sides.values(family)
    slope = np.zeros_like(values)
    slope[:, 1], slope[:, 0] = 1.0, -1.0
    return Contrast(sides, values[:, 1] - values[:, 0], {family: slope})


def larger(first: Contrast, second: Contrast) -> Contrast:
    """Of two contrasts, the larger at each place; a missing one gives way."""
    take_second = np.where(np.isnan(second.value), False, ~(first.value >= second.value))
    value = np.where(take_second, second.value, first.value)
    kept = {name: np.where(take_second[:, None, :], 0.0, slope) for name, slope in first.slopes.items()}
    taken = {name: np.where(take_second[:, None, :], slope, 0.0) for name, slope in second.slopes.items()}
    return Contrast(first.sides, value, kept | taken)


def halfway(first: Contrast, second: Contrast) -> Contrast:
    """Mean of two contrasts at each place; NaN where one is missing."""
    slopes = first.slopes | second.slopes
    return Contrast(first.sides, (first.value + second.value) / 2, {name: slope / 2 for name, slope in slopes.items()})
