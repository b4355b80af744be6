"""Bootstrap intervals: how units are drawn, and the forms an interval may take.

The studentised form is the default where speakers are drawn: with few of them it covers where the percentile form does
not (Efron & Tibshirani 1993, §12.5; Davison & Hinkley 1997, §5.2; for clusters Cameron, Gelbach & Miller 2008). Numbers
that cannot be negative (gaps) use its symmetric form (Hall 1988), as their draws lie to one side of what was observed.

In 1,000 simulated corpora each, intervals of rates, scores and signed differences cover the truth in 93–96 % for 5 + 5,
12 + 12 and 43 + 48 speakers; percentiles cover 81–88 % at 5 + 5. A gap's own interval cannot be trusted near 0,
whatever its form: the signed differences stand beside it. All measured shares are in `resources/docs/intervals.md`.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import numpy.typing as npt

from fairemo_gui.errors import UserError
from fairemo_gui.evaluation.arrays import Check, Float, Int, no_check

# Weights of one block fit into a processor's cache and a cancel is honoured between blocks.
BLOCK_NUMBERS = 250_000
# Each batch reads every unit's sums once, however many replicates it computes.
_LEAST_BATCH = 16

# So many drawn units and their counts stay in a processor's nearest caches.
_DRAWN_AT_ONCE = 1 << 15

_ROUNDING = 1e-12
_FEW = 4
"""Units whose draws are believed; under this many, ends come from Student's t."""


class Unit(StrEnum):
    """What is drawn with replacement."""

    SPEAKER = "speaker"
    UTTERANCE = "utterance"


class Form(StrEnum):
    """How replicates become an interval."""

    STUDENTISED = "studentised"
    SYMMETRIC = "symmetric studentised"
    PERCENTILE = "percentile"
    BASIC = "basic"


@dataclass(frozen=True)
class IntervalPlan:
    """How intervals are made. The same plan on the same data gives the same intervals, whatever the batch size.

    Attributes:
        replicates: How often the units are drawn.
        seed: Seed of the draws.
        unit: Speakers (whole), or single utterances.
        form: None = studentised for speakers, percentile for utterances.
        level: Coverage aimed at.
        batch: Replicates computed at once; None = as many as fit a processor's cache.
    """

    replicates: int = 1000
    seed: int = 0
    unit: Unit = Unit.SPEAKER
    form: Form | None = None
    level: float = 0.95
    batch: int | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "unit", Unit(self.unit))
        object.__setattr__(self, "form", None if self.form is None else Form(self.form))
        if self.replicates < 20 or not 0 < self.level < 1:
            raise UserError("An interval needs at least 20 replicates and a level between 0 and 1.")

    @property
    def chosen_form(self) -> Form:
        """The form used."""
        by_default = Form.STUDENTISED if self.unit is Unit.SPEAKER else Form.PERCENTILE
        return self.form or by_default

    def form_words(self, units: int) -> str:
        """The form of an interval over so many units, in words: where they are few, another one."""
        return "Student's t" if self.studentised and units < _FEW else str(self.chosen_form)

    def form_of(self, edge: bool) -> Form:
        """The form for a number that can be negative, or (`edge`) for one that cannot: see `Form`."""
        return Form.SYMMETRIC if edge and self.chosen_form is Form.STUDENTISED else self.chosen_form

    @property
    def studentised(self) -> bool:
        """Whether every replicate needs its standard error."""
        return self.chosen_form in (Form.STUDENTISED, Form.SYMMETRIC)

    def blocks(self, units: int, numbers: int = BLOCK_NUMBERS) -> Iterator[int]:
        """Sizes of the batches the replicates are computed in: so many weights at once."""
        size = self.batch or max(_LEAST_BATCH, numbers // max(units, 1))
        for start in range(0, self.replicates, size):
            yield min(size, self.replicates - start)


class Draws:
    """The draws of one group: a stream of its own per stratum, so that no other group changes them.

    Args:
        seed: The plan's seed.
        name: The group's name.
        strata: Stratum of each unit, shape (units,).
    """

    def __init__(self, seed: int, name: str, strata: Int) -> None:
        self._units = len(strata)
        names = np.unique(strata).tolist()
        key = zlib.crc32(name.encode())
        self._streams = [(np.flatnonzero(strata == s), np.random.default_rng([seed, key, s])) for s in names]

    def weights(self, replicates: int) -> Float:
        """How often each unit is drawn in the next replicates, shape (replicates, units)."""
        return self.counts(replicates).astype(np.float64)

    def counts(self, replicates: int, check: Check = no_check) -> npt.NDArray[np.uint8]:
        """The same in one byte each: no unit is drawn more than 255 times (once in 10⁵⁰⁰ draws of very many units).

        `check` is called now and then; raises to cancel.
        """
        counts = np.empty((replicates, self._units), dtype=np.uint8)
        for members, stream in self._streams:
            units = len(members)
            for start in range(0, replicates, step := max(1, _DRAWN_AT_ONCE // units)):
                check()
                size = min(step, replicates - start)
                drawn = stream.integers(units, size=(size, units)) + np.arange(size)[:, None] * units
                times = np.bincount(drawn.ravel(), minlength=size * units)
                counts[start : start + size, members] = times.reshape(size, units)
        return counts


@dataclass(frozen=True)
class Interval:
    """Two ends, low ≤ high."""

    low: float
    high: float

    def to_json(self) -> list[float]:
        """`[low, high]`."""
        return [self.low, self.high]


@dataclass(frozen=True, eq=False)
class Replicates:
    """What the forms need of Q numbers.

    Attributes:
        value: Observed, shape (Q,).
        error: Its standard error, shape (Q,).
        values: Under each draw, shape (B, Q).
        errors: Their standard errors, shape (B, Q); None where the form needs none.
    """

    value: Float
    error: Float
    values: Float
    errors: Float | None


def interval_ends(found: Replicates, form: Form, level: float) -> tuple[Float, Float]:
    """Both ends for Q numbers; NaN where a number has none.

    Replicates in which a number is undefined are left out; below half of them there is no interval.
    """
    if form in (Form.PERCENTILE, Form.BASIC):
        low, high = order_statistics(found.values, level)
        return (low, high) if form is Form.PERCENTILE else (2 * found.value - high, 2 * found.value - low)
    if found.errors is None:
        raise ValueError("a studentised interval needs the replicates' standard errors")
    with np.errstate(invalid="ignore", divide="ignore"):
        t = _distances(found.values - found.value, found.errors)
        if form is Form.SYMMETRIC:
            _, reach = order_statistics(np.abs(t), 1 - 2 * (1 - level))
            return found.value - reach * found.error, found.value + reach * found.error
        low, high = order_statistics(t, level)
        return found.value - high * found.error, found.value - low * found.error


def possible_ends(
    ends: tuple[Float, Float],
    found: Replicates,
    freedom: int | Int,
    level: float,
    bounds: tuple[float, float],
    edge: bool,
) -> tuple[Float, Float]:
    """Studentised ends, for Q numbers, without those that say nothing.

    A draw without the one speaker who has a rare event has no spread, and its distance in standard errors is infinite.
    Ends that are infinite, or lie beyond the farther bound, come from Student's t instead, on the logit of the number's
    place between its bounds (Korn & Graubard 1998, Survey Methodology 24). Where all draws lie to one side of a number
    (an uncertainty near its greatest value), the interval reaches to the number. Of fewer than four units there are so
    few different draws that their order says nothing: both ends come from t.

    Args:
        ends: Low and high ends, shape (Q,) each.
        found: The numbers; their replicates are not read.
        freedom: Degrees of freedom of their standard errors, one for all or shape (Q,).
        level: Coverage aimed at.
        bounds: Least and greatest possible value.
        edge: The numbers cannot be negative by construction; t is taken on the numbers themselves.
    """
    from scipy.special import expit, logit, stdtrit

    least, greatest = bounds
    width = greatest - least
    reach = stdtrit(freedom, (1 + level) / 2) * found.error
    place = (found.value - least) / width
    inner = (place > 0) & (place < 1) & (not edge)
    middle = np.where(inner, place, 0.5)
    stretch = reach / width / (middle * (1 - middle))
    kept = []
    for end, side, outer in zip(ends, (-1, 1), (np.minimum, np.maximum), strict=True):
        from_t = np.where(inner, least + width * expit(logit(middle) + side * stretch), found.value + side * reach)
        far = (end > greatest) & (place < 0.5) if side > 0 else (end < least) & (place > 0.5)
        from_draws = ~(np.isinf(end) | far | ((np.asarray(freedom) + 1 < _FEW) & np.isfinite(end)))
        kept.append(outer(np.where(from_draws, end, from_t), found.value))
    return kept[0], kept[1]


def two_sided_p(found: Replicates, form: Form) -> Float:
    """Probability of a number so far from 0 if it were 0, shape (Q,): at most 1 − level exactly where 0 lies outside.

    Never below 2 / (B + 1); NaN where fewer than half of the replicates are defined.
    """
    moved = found.values - found.value
    if form in (Form.PERCENTILE, Form.BASIC):
        draws, at = (found.values, np.zeros_like(found.value)) if form is Form.PERCENTILE else (moved, found.value)
    else:
        if found.errors is None:
            raise ValueError("a studentised interval needs the replicates' standard errors")
        with np.errstate(invalid="ignore", divide="ignore"):
            draws, at = _distances(moved, found.errors), found.value / found.error
    defined = (~np.isnan(draws)).sum(axis=0)
    above, below = (draws >= at).sum(axis=0), (draws <= at).sum(axis=0)
    tail = 2 * (np.minimum(above, below) + 1)
    if form is Form.SYMMETRIC:
        tail = (np.abs(draws) >= np.abs(at)).sum(axis=0) + 1
    p = np.minimum(tail / (defined + 1), 1.0)
    return np.where((defined * 2 >= len(draws)) & np.isfinite(at), p, np.nan)


def _distances(moved: Float, errors: Float) -> Float:
    """Distances in standard errors; what is nothing but rounding counts as nothing."""
    still, flat = np.abs(moved) <= _ROUNDING, errors <= _ROUNDING
    return np.where(still & flat, 0.0, moved / np.where(flat, 0.0, errors))


def order_statistics(values: Float, level: float) -> tuple[Float, Float]:
    """The outer order statistics of each column, never interpolated: replicates may be infinite."""
    ordered = np.sort(values.T, axis=1)
    defined = (~np.isnan(ordered)).sum(axis=1)
    # Rounded, since (1 − 0.8) / 2 is not quite 0.1.
    tail = round((1 - level) / 2, 12)
    first = np.maximum(np.floor(np.round((defined + 1) * tail, 6)).astype(np.int64) - 1, 0)
    last = np.minimum(np.ceil(np.round((defined + 1) * (1 - tail), 6)).astype(np.int64) - 1, np.maximum(defined - 1, 0))
    rows = np.arange(len(ordered))
    enough = defined * 2 >= values.shape[0]
    return np.where(enough, ordered[rows, first], np.nan), np.where(enough, ordered[rows, last], np.nan)


@dataclass(frozen=True, eq=False)
class Intervals:
    """Intervals by the path of the number they belong to.

    Attributes:
        plan: How they were made.
        found: Interval per path; None where there is none.
        missing: Reason per path (or per beginning of paths) without one.
    """

    plan: IntervalPlan
    found: Mapping[tuple[str | int, ...], Interval | None]
    missing: Mapping[tuple[str | int, ...], str]

    def at(self, *path: str | int) -> Interval | None:
        """The interval of the number at a path, such as `at("fairness", "gender", "dpd", "macro")`."""
        return self.found.get(path)

    def reason(self, *path: str | int) -> str | None:
        """Why the number at a path has no interval, if it has none."""
        ends = range(len(path), 0, -1)
        return next((self.missing[path[:end]] for end in ends if path[:end] in self.missing), None)
