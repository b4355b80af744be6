"""Intervals of every share that a matrix shows, whatever stands in its rows and columns and whatever it is a share of.

Counts are summed per speaker once; every draw's shares are then ratios of weighted sums, as all other numbers are, from
the same draws of speakers as those of an evaluation's groups.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from fairemo_gui.evaluation.arrays import Bool, Check, Float, Int, Objects, distinct, factorise, no_check
from fairemo_gui.evaluation.bootstrap import SAME, bounded_ends
from fairemo_gui.evaluation.intervals import Draws, IntervalPlan, Replicates, Unit
from fairemo_gui.evaluation.matrices import Answers, Share, View
from fairemo_gui.evaluation.measure import by_stratum
from fairemo_gui.evaluation.partition import EVERYONE
from fairemo_gui.evaluation.ratios import Family
from fairemo_gui.evaluation.resample import Resampled, quantity_variance
from fairemo_gui.evaluation.sheet import mean_of


class Ends(NamedTuple):
    """Both ends of the intervals of a matrix's shares, in its shape; NaN where there is none."""

    low: Float
    high: Float


Matrix = Mapping[tuple[View, Share], Ends]
"""Ends by what is confused and what counts are shares of: shape (C, C), of labels (C, 2, 2)."""


@dataclass(frozen=True, eq=False)
class GroupIntervals:
    """Intervals of one group's matrices, or of the difference between two groups'.

    Attributes:
        same: Of the share of utterances of one class in both; see `matrices.Matrices`. Ends are single numbers.
        macro_f1: Of the macro-F1 of the labels, likewise.
    """

    shares: Matrix
    same: Ends
    macro_f1: Ends


@dataclass(frozen=True, eq=False)
class MatrixIntervals:
    """Intervals of the matrices of one pair of sources.

    Attributes:
        everyone: Of all utterances.
        groups: Per group; None = unknown.
        difference: Of the second compared group less the first; None where two are not compared.
    """

    everyone: GroupIntervals
    groups: Mapping[str | None, GroupIntervals]
    difference: GroupIntervals | None


@dataclass(frozen=True, eq=False)
class _Drawn:
    """Every share of one group, then both scores, as observed and under every draw, one column each."""

    found: Replicates
    freedom: Int
    classes: int

    def intervals(self, plan: IntervalPlan, least: float = 0.0) -> GroupIntervals:
        """The ends, put into shape."""
        ends = bounded_ends(self.found, plan, self.freedom, (least, 1.0), edge=False)
        there = (self.found.error > SAME) & np.isfinite(ends[0]) & np.isfinite(ends[1])
        low, high = (np.where(there, end, np.nan) for end in ends)
        return _shaped(low, high, self.classes)

    def less(self, other: _Drawn) -> _Drawn:
        """What this group has over another, whose speakers are drawn apart."""
        mine, theirs = self.found, other.found
        errors = None
        if mine.errors is not None and theirs.errors is not None:
            errors = np.hypot(mine.errors, theirs.errors)
        apart = Replicates(
            mine.value - theirs.value, np.hypot(mine.error, theirs.error), mine.values - theirs.values, errors
        )
        return _Drawn(apart, np.minimum(self.freedom, other.freedom), self.classes)


def matrix_intervals(
    rows: Answers,
    columns: Answers,
    speakers: Int,
    plan: IntervalPlan,
    by: str = EVERYONE,
    values: Sequence[str | None] | Objects | None = None,
    compared: Sequence[str] = (),
    check: Check = no_check,
) -> MatrixIntervals:
    """Intervals of everyone and of every group; groups of one speaker have none.

    Args:
        rows: What stands in the rows, of n utterances.
        columns: What stands in the columns.
        speakers: Speaker of each utterance, shape (n,).
        plan: How intervals are made.
        by: The attribute `values` are of; names the draws as an evaluation does.
        values: The attribute of every utterance, None = unknown; without it everyone is one group.
        compared: The two groups that are compared, the first of them taken from the second; or none.
        check: Called between blocks of replicates; raises to cancel.
    """
    everyone, groups = _drawings(speakers, plan, by, values)
    found = {value: _drawn(rows, columns, group, plan, check) for value, group in groups.items()}
    apart = None
    if len(compared) == 2:
        first, second = (found.get(value) for value in compared)
        apart = None if first is None or second is None else second.less(first).intervals(plan, -1.0)
    none, whole = _none(columns.on.shape[1]), _drawn(rows, columns, everyone, plan, check)
    matrices = {value: none if each is None else each.intervals(plan) for value, each in found.items()}
    return MatrixIntervals(none if whole is None else whole.intervals(plan), matrices, apart)


def matrix_differences(
    first: tuple[Answers, Answers],
    second: tuple[Answers, Answers],
    answered: Bool,
    speakers: Int,
    plan: IntervalPlan,
    by: str,
    values: Sequence[str | None] | Objects,
    check: Check = no_check,
) -> MatrixIntervals:
    """Intervals of what the shares of one pair of sources have over another's; speakers are drawn once for both.

    Args:
        first: Rows and columns, of n utterances.
        second: Rows and columns of those among them that `answered` names.
        answered: Shape (n,).
        speakers: Speaker of each utterance, shape (n,).
        plan: How intervals are made.
        by: The attribute `values` are of.
        values: The attribute of every utterance; None = unknown.
        check: Called between blocks of replicates; raises to cancel.
    """
    everyone, groups = _drawings(speakers, plan, by, values)
    place, classes = np.cumsum(answered) - 1, first[0].on.shape[1]

    def apart(of: _Drawing) -> GroupIntervals:
        theirs = answered[of.rows]
        one, other = (
            _family(_sums(rows.take(at), columns.take(at), unit, of.units))
            for (rows, columns), at, unit in (
                (first, of.rows, of.unit), (second, place[of.rows[theirs]], of.unit[theirs])
            )
        )  # fmt: skip
        return _none(classes) if of.units < 2 else _paired(one, other, of, plan, classes, check).intervals(plan, -1.0)

    return MatrixIntervals(apart(everyone), {value: apart(group) for value, group in groups.items()}, None)


@dataclass(frozen=True, eq=False)
class _Drawing:
    """What is drawn of a group.

    Attributes:
        rows: Its utterances, shape (m,).
        unit: Unit of each, from 0, shape (m,).
        strata: Stratum of each unit, ascending.
        name: Names the stream of draws, as an evaluation does.
    """

    rows: Int
    unit: Int
    strata: Int
    name: str

    @property
    def units(self) -> int:
        """Number of units."""
        return len(self.strata)

    def replicates(
        self, under: Callable[[Resampled], tuple[Float, Float]], plan: IntervalPlan, check: Check
    ) -> Replicates:
        """Numbers and their standard errors, which `under` gives for R weightings, as observed and under every draw."""
        value, error = under(Resampled(self.units, strata=self.strata))
        draws, drawn = Draws(plan.seed, self.name, self.strata), []
        for size in plan.blocks(self.units):
            check()
            drawn.append(under(Resampled(self.units, draws.weights(size), self.strata)))
        values, errors = (np.concatenate(each) for each in zip(*drawn, strict=True))
        return Replicates(value[0], error[0], values, errors if plan.studentised else None)


def _drawings(
    speakers: Int, plan: IntervalPlan, by: str, values: Sequence[str | None] | Objects | None
) -> tuple[_Drawing, dict[str | None, _Drawing]]:
    """Everyone, and each group."""
    unit = np.arange(len(speakers), dtype=np.int64) if plan.unit is Unit.UTTERANCE else np.asarray(speakers)
    names, codes = ((), None) if values is None else factorise(values)
    everyone = _Drawing(np.arange(len(unit)), *_units(unit, codes), f"{EVERYONE}={EVERYONE}")
    groups: dict[str | None, _Drawing] = {}
    for code in [] if codes is None else np.unique(codes).tolist():
        rows, value = np.flatnonzero(codes == code), names[code] if code >= 0 else None
        groups[value] = _Drawing(rows, *_units(unit[rows], None), f"{by}={value}")
    return everyone, groups


def _paired(one: Family, other: Family, of: _Drawing, plan: IntervalPlan, classes: int, check: Check) -> _Drawn:
    """Every share less its counterpart; there is no macro-F1 among them."""

    def under(resampled: Resampled) -> tuple[Float, Float]:
        first, second = resampled.ratios(one), resampled.ratios(other)
        columns = first.value - second.value, np.sqrt(resampled.paired_variance(first, second))
        value, error = (np.column_stack([each, np.full(len(each), np.nan)]) for each in columns)
        return value, error

    observed = Resampled(of.units, strata=of.strata)
    freedom = np.minimum(*(observed.freedom(observed.ratios(family)) for family in (one, other)))
    return _Drawn(of.replicates(under, plan, check), np.append(freedom, observed.degrees), classes)


def _none(classes: int) -> GroupIntervals:
    nothing = np.full(_width(classes), np.nan)
    return _shaped(nothing, nothing, classes)


def _units(unit: Int, codes: Int | None) -> tuple[Int, Int]:
    """Unit of each utterance from 0, and the stratum of each unit, ascending: speakers are drawn within groups."""
    names, place = distinct(unit)
    if codes is None:
        return place, np.zeros(len(names), dtype=np.int64)
    # A speaker of several groups is drawn within the last of them, unknown first, as in an evaluation.
    order = np.argsort(codes, kind="stable")
    group = np.where(codes < 0, codes.max() + 1, codes)
    moved, strata = by_stratum(group[order], place[order], len(names))
    back = np.empty_like(place)
    back[order] = moved
    return back, strata


def _drawn(rows: Answers, columns: Answers, of: _Drawing, plan: IntervalPlan, check: Check) -> _Drawn | None:
    """Every number under every draw; None of one unit."""
    if of.units < 2:
        return None
    sums = _sums(rows.take(of.rows), columns.take(of.rows), of.unit, of.units)
    family, labels = _family(sums), _f1(sums[View.LABELS])

    def under(resampled: Resampled) -> tuple[Float, Float]:
        shares, f1 = resampled.ratios(family), mean_of(resampled.ratios(labels), 0)
        value = np.column_stack([shares.value, f1.value])
        if not (plan.studentised or resampled.observed):
            return value, value
        variance = np.column_stack([resampled.variance(shares), quantity_variance(f1, [resampled])])
        return value, np.sqrt(variance)

    observed = Resampled(of.units, strata=of.strata)
    freedom = np.append(observed.freedom(observed.ratios(family)), observed.degrees)
    return _Drawn(of.replicates(under, plan, check), freedom, columns.on.shape[1])


def _sums(rows: Answers, columns: Answers, unit: Int, units: int) -> dict[View, Int]:
    """Counts per unit of every view, see `matrices.Matrices`; the first axis is the unit."""
    classes = columns.on.shape[1]
    square = (units, classes, classes)
    pairs = (unit * classes + rows.chosen) * classes + columns.chosen
    outcomes = np.empty((units, classes, 4), dtype=np.int64)
    together = np.empty(square, dtype=np.int64)
    for i in range(classes):
        outcome = 4 * unit + 2 * rows.on[:, i] + columns.on[:, i]
        outcomes[:, i] = np.bincount(outcome, minlength=4 * units).reshape(units, 4)
        said, whose = columns.on[rows.on[:, i]], unit[rows.on[:, i]]
        for j in range(classes):
            together[:, i, j] = np.bincount(whose[said[:, j]], minlength=units)
    counted = np.bincount(pairs, minlength=units * classes**2).reshape(square)
    return {View.CLASSES: counted, View.LABELS: outcomes.reshape(units, classes, 2, 2), View.TOGETHER: together}


def _family(sums: dict[View, Int]) -> Family:
    """Every share of every view as columns of one family, then the share of the same class."""
    top, bottom, labels = [], [], sums[View.LABELS]
    n = sums[View.CLASSES].sum(axis=(1, 2))
    for view, counts in sums.items():
        rows, columns = counts.sum(axis=-1, keepdims=True), counts.sum(axis=-2, keepdims=True)
        if view is View.TOGETHER:
            # Several labels may be on: a row is what its label is on in, whatever else is.
            rows, columns = labels[:, :, 1].sum(axis=2)[:, :, None], labels[:, :, :, 1].sum(axis=2)[:, None]
        bases = {Share.ROW: rows, Share.COLUMN: columns, Share.ALL: n.reshape(-1, *[1] * (counts.ndim - 1))}
        for share in Share:
            top.append(counts.reshape(len(n), -1))
            bottom.append(np.broadcast_to(bases[share], counts.shape).reshape(len(n), -1))
    top.append(np.einsum("ukk->u", sums[View.CLASSES])[:, None])
    return Family(np.concatenate(top, axis=1), np.concatenate([*bottom, n[:, None]], axis=1))


def _f1(labels: Int) -> Family:
    """F1 of every label, 0 where undefined."""
    hits, on = labels[:, :, 1, 1], labels[:, :, 1].sum(axis=2) + labels[:, :, :, 1].sum(axis=2)
    return Family(2 * hits, on, 0.0)


def _shapes(classes: int) -> dict[tuple[View, Share], tuple[int, ...]]:
    square = {View.CLASSES: (classes, classes), View.LABELS: (classes, 2, 2), View.TOGETHER: (classes, classes)}
    return {(view, share): square[view] for view in View for share in Share}


def _width(classes: int) -> int:
    """How many numbers a group has."""
    return sum(math.prod(shape) for shape in _shapes(classes).values()) + 2


def _shaped(low: Float, high: Float, classes: int) -> GroupIntervals:
    start, shares = 0, {}
    for key, shape in _shapes(classes).items():
        chosen = slice(start, start := start + math.prod(shape))
        shares[key] = Ends(low[chosen].reshape(shape), high[chosen].reshape(shape))
    return GroupIntervals(shares, *(Ends(low[k], high[k]) for k in (start, start + 1)))
