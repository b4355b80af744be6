"""Intervals of every share that a matrix shows, whatever stands in its rows and columns and whatever it is a share of.

Counts are summed per speaker once; every draw's shares are then ratios of weighted sums, as all other numbers are, from
the same draws of speakers as those of an evaluation's groups.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from fairemo_gui.evaluation.arrays import Check, Float, Int, Objects, distinct, factorise, no_check
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
    unit = np.arange(len(speakers), dtype=np.int64) if plan.unit is Unit.UTTERANCE else np.asarray(speakers)
    names, codes = ((), np.full(len(unit), -1, dtype=np.int64)) if values is None else factorise(values)
    whole = _units(unit, None if values is None else codes)
    everyone = _drawn(rows, columns, *whole, f"{EVERYONE}={EVERYONE}", plan, check)
    found: dict[str | None, _Drawn | None] = {}
    for code in np.unique(codes).tolist() if values is not None else ():
        inside, value = np.flatnonzero(codes == code), names[code] if code >= 0 else None
        theirs = rows.take(inside), columns.take(inside), *_units(unit[inside], None)
        found[value] = _drawn(*theirs, f"{by}={value}", plan, check)
    apart = None
    if len(compared) == 2:
        first, second = (found.get(value) for value in compared)
        apart = None if first is None or second is None else second.less(first).intervals(plan, -1.0)
    none = _shaped(nothing := np.full(_width(columns.on.shape[1]), np.nan), nothing, columns.on.shape[1])
    groups = {value: none if each is None else each.intervals(plan) for value, each in found.items()}
    return MatrixIntervals(none if everyone is None else everyone.intervals(plan), groups, apart)


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


def _drawn(
    rows: Answers, columns: Answers, unit: Int, strata: Int, name: str, plan: IntervalPlan, check: Check
) -> _Drawn | None:
    """Every number under every draw; None of one unit."""
    units = len(strata)
    if units < 2:
        return None
    sums = _sums(rows, columns, unit, units)
    families = _family(sums), _f1(sums[View.LABELS])
    observed = Resampled(units, strata=strata)
    value, variance = _under(families, observed, errors=True)
    drawn, draws = [], Draws(plan.seed, name, strata)
    for size in plan.blocks(units):
        check()
        drawn.append(_under(families, Resampled(units, draws.weights(size), strata), errors=plan.studentised))
    values, variances = (np.concatenate(each) for each in zip(*drawn, strict=True))
    found = Replicates(value[0], np.sqrt(variance[0]), values, np.sqrt(variances) if plan.studentised else None)
    freedom = np.append(observed.freedom(observed.ratios(families[0])), observed.degrees)
    return _Drawn(found, freedom, columns.on.shape[1])


def _under(families: tuple[Family, Family], resampled: Resampled, *, errors: bool) -> tuple[Float, Float]:
    """Every number under R weightings and its variance (without errors, nothing), both of shape (R, numbers)."""
    shares, f1 = resampled.ratios(families[0]), mean_of(resampled.ratios(families[1]), 0)
    value = np.column_stack([shares.value, f1.value])
    if not errors:
        return value, np.empty_like(value)
    return value, np.column_stack([resampled.variance(shares), quantity_variance(f1, [resampled])])


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
