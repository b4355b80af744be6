"""Differences between groups, class by class, and their aggregates: values, derivatives and variances together."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from fairemo_gui.evaluation.arrays import Float, Int, nan_mean, shares_of_mean
from fairemo_gui.evaluation.resample import Quantity, Resampled, Terms
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
        return np.array([sheet.ratios[family].value for sheet in self.sheets]).swapaxes(0, 1)

    @cached_property
    def _variances(self) -> dict[str, Float]:
        return {}

    def variances(self, family: str) -> Float:
        """Their variances, shape (R, G, J); computed once."""
        if family not in self._variances:
            found = [sheet.resampled.variance(sheet.ratios[family]) for sheet in self.sheets]
            self._variances[family] = np.stack(found, axis=1)
        return self._variances[family]


Slopes = dict[str, Float]


@dataclass(frozen=True, eq=False)
class Contrast:
    """J differences between groups.

    Attributes:
        sides: The groups.
        value: Shape (R, J); NaN where fewer than two groups have a value.
        derive: Gives `slopes`; called only where a variance is asked for.
    """

    sides: Sides
    value: Float
    derive: Callable[[], Slopes]

    @cached_property
    def slopes(self) -> Slopes:
        """Per family the derivative by group, shape (R, G, J)."""
        return self.derive()

    def variance(self) -> Float:
        """Variance of each difference, shape (R, J). Needs each difference to rest on one family per group."""
        total = np.zeros_like(self.value)
        for family, slope in self.slopes.items():
            total += np.where(slope != 0, slope**2 * np.nan_to_num(self.sides.variances(family)), 0.0).sum(axis=1)
        return np.where(np.isnan(self.value), np.nan, total)

    def freedom(self) -> Int:
        """Degrees of freedom of each difference's standard error, shape (J,): those of the least group."""
        each = [sheet.resampled.freedom(sheet.ratios[name]) for name in self.slopes for sheet in self.sides.sheets]
        return np.asarray(np.min(each, axis=0))

    def item(self, column: Int | int) -> Quantity:
        """The difference at one column, or at one per weighting, shape (R,)."""
        rows = np.arange(len(self.value))

        def chosen() -> Float:
            weights = np.zeros_like(self.value)
            weights[rows, column] = 1.0
            return weights

        return self._weighted(self.value[rows, column], chosen)

    def mean(self) -> Quantity:
        """Plain mean of the defined differences."""
        return self._weighted(nan_mean(self.value), lambda: shares_of_mean(self.value))

    def worst(self) -> Quantity:
        """The greatest difference."""
        return self.item(np.where(np.isnan(self.value), -np.inf, self.value).argmax(axis=1))

    def magnitude(self) -> Contrast:
        """The differences without their sign."""

        def derive() -> Slopes:
            sign = np.sign(np.nan_to_num(self.value))[:, None, :]
            return {name: sign * slope for name, slope in self.slopes.items()}

        return Contrast(self.sides, np.abs(self.value), derive)

    def _weighted(self, value: Float, weights: Callable[[], Float]) -> Quantity:
        def derive() -> Terms:
            each, slopes = weights(), self.slopes.items()
            return tuple(
                (g, tuple((sheet.ratios[name], _broadcast(each, slope[:, g])) for name, slope in slopes))
                for g, sheet in enumerate(self.sides.sheets)
            )

        return Quantity(value, derive)


def _broadcast(weights: Float, slope: Float) -> Float:
    return np.where(slope != 0, weights * slope, 0.0)


def spread(sides: Sides, family: str) -> Contrast:
    """Greatest − least over the groups that have a value; NaN where fewer than two have."""
    values = sides.values(family)
    known = np.isfinite(values)

    def derive() -> Slopes:
        top = np.where(known, values, -np.inf).argmax(axis=1)
        bottom = np.where(known, values, np.inf).argmin(axis=1)
        groups = np.arange(values.shape[1])[None, :, None]
        return {family: (groups == top[:, None, :]).astype(np.float64) - (groups == bottom[:, None, :])}

    gap = np.fmax.reduce(values, axis=1) - np.fmin.reduce(values, axis=1)
    return Contrast(sides, np.where(known.sum(axis=1) >= 2, gap, np.nan), derive)


def difference(sides: Sides, family: str) -> Contrast:
    """Second group − first group, of exactly two."""
    values = sides.values(family)

    def derive() -> Slopes:
        slope = np.zeros_like(values)
        slope[:, 1], slope[:, 0] = 1.0, -1.0
        return {family: slope}

    return Contrast(sides, values[:, 1] - values[:, 0], derive)


def larger(first: Contrast, second: Contrast) -> Contrast:
    """Of two contrasts, the larger at each place; a missing one gives way."""
    take_second = np.where(np.isnan(second.value), False, ~(first.value >= second.value))

    def derive() -> Slopes:
        kept = {name: np.where(take_second[:, None, :], 0.0, slope) for name, slope in first.slopes.items()}
        taken = {name: np.where(take_second[:, None, :], slope, 0.0) for name, slope in second.slopes.items()}
        return kept | taken

    return Contrast(first.sides, np.where(take_second, second.value, first.value), derive)


def halfway(first: Contrast, second: Contrast) -> Contrast:
    """Mean of two contrasts at each place; NaN where one is missing."""

    def derive() -> Slopes:
        return {name: slope / 2 for name, slope in (first.slopes | second.slopes).items()}

    return Contrast(first.sides, (first.value + second.value) / 2, derive)
