"""One figure over many slices of the same utterances: sums per slice and speaker, from which all else follows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from fairemo_gui.evaluation.arrays import Bool, Check, Float, Int, distinct, no_check
from fairemo_gui.evaluation.bootstrap import SAME, bounded_ends
from fairemo_gui.evaluation.definitions import DEFINITIONS, Definition
from fairemo_gui.evaluation.intervals import Draws, Interval, IntervalPlan, Replicates
from fairemo_gui.evaluation.ranks import WIDTH_BINS, WIDTH_EDGES
from fairemo_gui.evaluation.ratios import Family
from fairemo_gui.evaluation.resample import Quantity, Ratios, Resampled, Summed, quantity_variance
from fairemo_gui.evaluation.sample import Decisions
from fairemo_gui.evaluation.sheet import mean_of

ERROR_RATE = Definition(
    "Error rate", "Share of utterances whose most probable class is not the true class.", "1 − WAR", "–"
)


@dataclass(frozen=True)
class Figure:
    """A number that slices are compared by.

    Attributes:
        name: `macro_f1`, `uar`, `accuracy`, `error_rate`, `brier`, `ece_width`, `f1` or `recall`.
        emotion: Class index of `f1` and `recall`.
    """

    name: str = "macro_f1"
    emotion: int | None = None

    @property
    def definition(self) -> Definition:
        """What the number means."""
        return ERROR_RATE if self.name == "error_rate" else DEFINITIONS[self.name]

    @property
    def less_is_better(self) -> bool:
        """Whether a low value is good."""
        return self.name in {"error_rate", "brier", "ece_width"}

    @property
    def needs_classes(self) -> bool:
        """Whether slices by true emotion would compare what cannot be compared: they hold one class each."""
        return self.name not in {"accuracy", "error_rate", "brier"}


@dataclass(frozen=True, eq=False)
class Parts:
    """What a figure is made of: J ratios Σ numerator / Σ denominator, whose mean (or summed size) it is.

    Attributes:
        numerator: Shape (m, J).
        denominator: Shape (m, J), or (m, 1) where all share it.
        empty: A ratio's value where its denominator is 0.
        sizes: Number of classes where the figure is Σ_j |ratio_j| / classes; None = the mean of the ratios.
    """

    numerator: Float
    denominator: Float
    empty: float = np.nan
    sizes: int | None = None

    def summed(self, at: Int, places: int) -> Parts:
        """Rows added up by their place, shape (places, J)."""
        return replace(self, numerator=_add(self.numerator, at, places), denominator=_add(self.denominator, at, places))

    def less(self, other: Parts) -> Parts:
        """What is left without another's."""
        return replace(
            self, numerator=self.numerator - other.numerator, denominator=self.denominator - other.denominator
        )

    def rows(self, chosen: slice | Int) -> Parts:
        """Some rows."""
        return replace(self, numerator=self.numerator[chosen], denominator=self.denominator[chosen])

    def ratios(self, of: Resampled) -> Ratios:
        """What the figure is the mean of."""
        return of.ratios(Family(self.numerator, self.denominator, self.empty))

    def quantity(self, of: Resampled) -> Quantity:
        """The figure under weightings of the rows, or of every row by itself."""
        ratios = self.ratios(of)
        return mean_of(ratios, 0) if self.sizes is None else _size_of(ratios, self.sizes)

    def values(self) -> Float:
        """The figure of each row by itself, shape (m,)."""
        return self.quantity(Summed()).value


def parts_of(decisions: Decisions, figure: Figure) -> Parts:
    """Per utterance what a figure is made of."""
    if figure.name in {"macro_f1", "f1", "recall"}:
        chosen = slice(None) if figure.emotion is None else slice(figure.emotion, figure.emotion + 1)
        true, said = (on[:, chosen].astype(np.float64) for on in (decisions.truth_on, decisions.predicted_on))
        if figure.name == "recall":
            return Parts(true * said, true)
        return Parts(2 * true * said, true + said, empty=0.0)
    rows, classes = decisions.probabilities.shape
    right = decisions.truth_class == decisions.predicted_class
    if figure.name == "uar":
        true = (decisions.truth_class[:, None] == np.arange(classes)).astype(np.float64)
        return Parts(true * right[:, None], true)
    once = np.ones((rows, 1))
    if figure.name == "ece_width":
        return Parts(_width_gaps(decisions), once, sizes=classes)
    if figure.name == "brier":
        return Parts(((decisions.probabilities - decisions.target) ** 2).mean(axis=1, keepdims=True), once)
    return Parts((right if figure.name == "accuracy" else ~right)[:, None].astype(np.float64), once)


@dataclass(frozen=True, eq=False)
class Slices:
    """Slices of the same utterances, and their sums per speaker.

    Attributes:
        of: Slice of each entry, ascending, shape (entries,); an entry is one speaker's utterances in one slice.
        speaker: Speaker of each entry, ascending within a slice.
        n: Utterances of each entry.
        parts: Sums of each entry.
    """

    of: Int
    speaker: Int
    n: Int
    parts: Parts

    @cached_property
    def bounds(self) -> Int:
        """First entry of each slice, and one past the last entry; shape (slices + 1,)."""
        return np.searchsorted(self.of, np.arange(int(self.of.max(initial=-1)) + 2))

    def speakers(self) -> Int:
        """Speakers of each slice, shape (slices,)."""
        return np.diff(self.bounds)

    def some(self, kept: Bool) -> Slices:
        """Some of the slices, shape (slices,), numbered anew."""
        inside = np.flatnonzero(kept[self.of])
        place = np.cumsum(kept) - 1
        return Slices(place[self.of[inside]], self.speaker[inside], self.n[inside], self.parts.rows(inside))

    def totals(self) -> Parts:
        """Sums of each slice."""
        return self.parts.summed(self.of, len(self.bounds) - 1)


def slices_of(codes: Int, speaker: Int, n: Int, parts: Parts) -> Slices:
    """Put rows into slices.

    Args:
        codes: Slice of each row from 0 without a gap, −1 = in none, shape (m,).
        speaker: Speaker of each row, from 0, shape (m,).
        n: Utterances each row stands for.
        parts: Sums of each row.
    """
    if (codes < 0).any():
        inside = np.flatnonzero(codes >= 0)
        codes, speaker, n, parts = codes[inside], speaker[inside], n[inside], parts.rows(inside)
    width = int(speaker.max(initial=0)) + 1
    keys, at = distinct(codes * width + speaker)
    number = np.bincount(at, n, len(keys)).astype(np.int64)
    return Slices(keys // width, keys % width, number, parts.summed(at, len(keys)))


def crossed(codes: Sequence[Int], sizes: Sequence[int]) -> tuple[Int, Int]:
    """The slices of an intersection: unknown as soon as one attribute is.

    Args:
        codes: Value's index per row and attribute, −1 = unknown, shape (m,) each.
        sizes: Number of values of each attribute.

    Returns:
        Slice of each row from 0 without a gap (−1 = unknown), and the index of each attribute's value per slice, shape
        (slices, attributes).
    """
    key, known = np.zeros(len(codes[0]), dtype=np.int64), np.ones(len(codes[0]), dtype=bool)
    for each, size in zip(codes, sizes, strict=True):
        key = key * size + np.maximum(each, 0)
        known &= each >= 0
    present, at = distinct(key[known])
    found = np.full(len(key), -1, dtype=np.int64)
    found[known] = at
    return found, np.stack(np.unravel_index(present, tuple(sizes)), axis=1).reshape(-1, len(sizes))


def interval_of_slice(
    name: str, parts: Parts, figure: Figure, plan: IntervalPlan, check: Check = no_check
) -> tuple[Interval | None, str]:
    """The interval of one slice, speakers drawn, or the reason why there is none.

    The draws are those of the group of that name in every other chart, so that the intervals are the same too.

    Args:
        name: As `gender=female`.
        parts: Sums of each of its speakers.
        figure: Whose figure it is.
        plan: How the interval is made.
        check: Called between blocks of replicates; raises to cancel.
    """
    units = len(parts.numerator)
    if units < 2:
        return None, "one speaker"
    observed = Resampled(units)
    quantity = parts.quantity(observed)
    if np.isnan(quantity.value[0]):
        return None, "undefined"
    error, freedom = _error(parts, quantity, observed)
    if not error[0] > SAME:
        return None, "every speaker has the same value"
    draws = Draws(plan.seed, name, np.zeros(units, dtype=np.int64))
    found = []
    for size in plan.blocks(units):
        check()
        drawn = Resampled(units, draws.weights(size))
        under = parts.quantity(drawn)
        found.append((under.value, np.sqrt(quantity_variance(under, [drawn])) if plan.studentised else under.value))
    values, errors = (np.concatenate(each)[:, None] for each in zip(*found, strict=True))
    replicates = Replicates(quantity.value, error, values, errors if plan.studentised else None)
    low, high = bounded_ends(replicates, plan, freedom, (0.0, 1.0), figure.name == "ece_width")
    if not np.isfinite([low[0], high[0]]).all():
        return None, "undefined in most draws"
    return Interval(float(low[0]), float(high[0])), ""


def _error(parts: Parts, quantity: Quantity, observed: Resampled) -> tuple[Float, Int | int]:
    """Standard error of the figure, shape (1,), and its degrees of freedom; as of a group's where it is one ratio."""
    if parts.numerator.shape[1] > 1:
        return np.sqrt(quantity_variance(quantity, [observed])), observed.degrees
    ratios = parts.ratios(observed)
    return np.sqrt(observed.variance(ratios)[0]), observed.freedom(ratios)


def coefficients(totals: Parts) -> tuple[Float, Float]:
    """What one unit of numerator adds to each row's figure, and one of denominator takes away; shapes of the sums."""
    ((_, ((ratios, slope),)),) = totals.quantity(Summed()).terms
    share = slope * ratios.share
    back = share * ratios.known
    one = totals.denominator.shape[1] == 1 < back.shape[1]
    return share, back.sum(axis=1, keepdims=True) if one else back


def _add(rows: Float, at: Int, places: int) -> Float:
    found = np.empty((places, rows.shape[1]))
    for j in range(rows.shape[1]):
        found[:, j] = np.bincount(at, rows[:, j], places)
    return found


def _size_of(ratios: Ratios, classes: int) -> Quantity:
    """Σ_j |ratio_j| / classes."""
    return Quantity(
        np.abs(ratios.value).sum(axis=1) / classes, lambda: ((0, ((ratios, np.sign(ratios.known) / classes),)),)
    )


def _width_gaps(decisions: Decisions) -> Float:
    """Target − probability in the bin of equal width it falls into, shape (n, C · bins)."""
    rows, classes = decisions.probabilities.shape
    gaps = np.zeros((rows, classes, WIDTH_BINS))
    bins = WIDTH_EDGES.searchsorted(decisions.probabilities)
    np.put_along_axis(gaps, bins[..., None], (decisions.target - decisions.probabilities)[..., None], axis=2)
    return gaps.reshape(rows, -1)
