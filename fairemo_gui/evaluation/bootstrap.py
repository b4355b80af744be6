"""Intervals of every number of every group and gap: draw units, recompute the ratios, read off the ends."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

import numpy as np

from fairemo_gui.evaluation.arrays import Check as Check
from fairemo_gui.evaluation.arrays import Float, Int
from fairemo_gui.evaluation.arrays import no_check as no_check
from fairemo_gui.evaluation.block import Block, Path
from fairemo_gui.evaluation.intervals import (
    Draws,
    Interval,
    IntervalPlan,
    Intervals,
    Replicates,
    Unit,
    interval_ends,
    order_statistics,
    possible_ends,
)
from fairemo_gui.evaluation.measure import Measured, Place, blocks_of, blocks_of_sheets
from fairemo_gui.evaluation.partition import EVERYONE
from fairemo_gui.evaluation.rowdraws import Rows, drawn_sheets
from fairemo_gui.evaluation.sheet import summed_sheet

# A standard error below this is the rounding of 0.
SAME = 1e-9


def intervals_for(
    measured: Iterable[Measured], classes: tuple[str, ...], plan: IntervalPlan, check: Check = no_check
) -> Intervals:
    """Intervals of every number.

    Args:
        measured: The groups of every attribute.
        classes: Class names.
        plan: How intervals are made.
        check: Called between blocks of replicates; raises to cancel.
    """
    found: dict[Path, Interval | None] = {}
    missing: dict[Path, str] = {}
    for part in measured:
        weights = {k: None for k, group in enumerate(part.groups) if group.units >= 2}
        missing |= _alone(part, plan)
        variances, _ = blocks_of(part, classes, weights, errors=True)
        observed = _as_observed(part, classes, weights)
        replicates = _replicate(part, classes, list(weights), plan, check)
        for (place, block), (_, under), drawn in zip(observed, variances, replicates, strict=True):
            spread = replace(block, variance=under.variance, freedom=under.freedom)
            _read_off(place, spread, drawn, plan, freedom_of(part, place), found, missing)
    return Intervals(plan, found, missing)


def row_intervals(
    measured: Iterable[Measured], rows: Rows, classes: tuple[str, ...], plan: IntervalPlan, check: Check = no_check
) -> Intervals:
    """Intervals of every number, drawing single utterances; for forms that need no standard errors.

    Args:
        measured: The groups of every attribute, ranked.
        rows: The utterances.
        classes: Class names.
        plan: How intervals are made.
        check: Called between blocks of work; raises to cancel.
    """
    found: dict[Path, Interval | None] = {}
    missing: dict[Path, str] = {}
    for at, part in enumerate(measured):
        missing |= _alone(part, plan)
        sheets = drawn_sheets(rows, at, part, classes, plan, check)
        observed, drawn = _as_observed(part, classes, sheets), blocks_of_sheets(part, classes, sheets, errors=False)
        for (place, block), (_, under_draws) in zip(observed, drawn, strict=True):
            # What nearly all draws agree on is as good as constant: an interval of no width would say too much.
            low, high = order_statistics(under_draws.value, plan.level)
            spread = replace(block, variance=(high - low)[None] ** 2)
            _read_off(place, spread, (under_draws.value, None), plan, freedom_of(part, place), found, missing)
    return Intervals(plan, found, missing)


def _as_observed(part: Measured, classes: tuple[str, ...], chosen: Iterable[int]) -> list[tuple[Place, Block]]:
    """The numbers of some groups as they are shown, to the last bit."""
    sheets = {k: summed_sheet(part.groups[k].total, part.groups[k].totals, classes) for k in chosen}
    return blocks_of_sheets(part, classes, sheets, errors=False)


def _alone(part: Measured, plan: IntervalPlan) -> dict[Path, str]:
    """Why groups of one unit, and gaps with such a group, have no interval."""
    reasons: dict[Path, str] = {}
    for k, group in enumerate(part.groups):
        if (group.n if plan.unit is Unit.UTTERANCE else group.units) < 2:
            reason = f"one {plan.unit}"
            place = part.place(k)
            bases = [("metrics",), ("confusion",), ("calibration",)]
            reasons |= {place.of(path): reason for path in bases}
            if part.gaps_defined and k in part.compared:
                reasons["fairness", part.by] = f"{group.value} is one {plan.unit}"
    if part.by != EVERYONE and not part.gaps_defined:
        reasons["fairness", part.by] = "fewer than two groups to compare"
    return reasons


def _replicate(
    part: Measured, classes: tuple[str, ...], drawable: list[int], plan: IntervalPlan, check: Check
) -> Iterator[tuple[Float, Float | None]]:
    """Per block of numbers its values and standard errors in every replicate, shapes (B, J)."""
    draws = {k: Draws(plan.seed, f"{part.by}={part.groups[k].value}", part.groups[k].drawn_within) for k in drawable}
    batches: list[list[Block]] = []
    for size in plan.blocks(max((part.groups[k].units for k in drawable), default=1)):
        weights = {k: draws[k].weights(size) for k in drawable}
        batches.append([block for _, block in blocks_of(part, classes, weights, plan.studentised, check)[0]])
    for blocks in zip(*batches, strict=True):
        values = np.concatenate([block.value for block in blocks])
        spread = [np.sqrt(block.variance) for block in blocks if block.variance is not None]
        yield values, np.concatenate(spread) if spread else None


def freedom_of(part: Measured, place: Place) -> int:
    """Degrees of freedom of a place's standard errors: units less strata; in a difference, of its smallest group."""
    chosen = part.compared if place.group is None and part.by != EVERYONE else [(place.group or 0) - part.first]
    return min(part.groups[k].units - len(np.unique(part.groups[k].drawn_within)) for k in chosen)


def bounded_ends(
    found: Replicates, plan: IntervalPlan, freedom: int | Int, bounds: tuple[float, float], edge: bool
) -> tuple[Float, Float]:
    """Both ends of numbers that cannot lie beyond their bounds, or (`edge`) cannot be negative by construction."""
    ends = interval_ends(found, plan.form_of(edge), plan.level)
    if plan.studentised:
        ends = possible_ends(ends, found, freedom, plan.level, bounds, edge)
    return np.clip(ends[0], *bounds), np.clip(ends[1], *bounds)


def _read_off(
    place: Place,
    block: Block,
    drawn: tuple[Float, Float | None],
    plan: IntervalPlan,
    freedom: int,
    found: dict[Path, Interval | None],
    missing: dict[Path, str],
) -> None:
    variance = np.full(block.value.shape, np.nan) if block.variance is None else block.variance
    error = np.sqrt(variance[0])
    replicates = Replicates(block.value[0], error, *drawn)
    degrees = freedom if block.freedom is None else block.freedom
    ends = bounded_ends(replicates, plan, degrees, (block.low, block.high), block.edge)
    there = (error > SAME) & np.isfinite(ends[0]) & np.isfinite(ends[1])
    numbers = zip(_numbered(block), there.tolist(), ends[0].tolist(), ends[1].tolist(), strict=True)
    for j, (path, has_interval, low, high) in enumerate(numbers):
        if path is None:
            continue
        full = place.of(path)
        found[full] = Interval(low, high) if has_interval else None
        if not has_interval:
            missing[full] = _reason(float(block.value[0, j]), float(error[j]), plan)


def _reason(value: float, error: float, plan: IntervalPlan) -> str:
    if np.isnan(value):
        return "undefined"
    return f"every {plan.unit} has the same value" if error <= SAME else "undefined in most draws"


def _numbered(block: Block) -> Iterator[Path | None]:
    """The block's paths; empty reliability bins are left out and the others counted anew."""
    filled: dict[Path, int] = {}
    for path, value in zip(block.paths, block.value[0], strict=True):
        if "bins" not in path:
            yield path
        elif np.isnan(value):
            yield None
        else:
            at = path.index("bins") + 1
            place = filled.setdefault(path[:at], 0)
            filled[path[:at]] += 1
            yield (*path[:at], place, *path[at + 1 :])
