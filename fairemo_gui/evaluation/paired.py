"""The same numbers of several nets on the same utterances, combined linearly, with paired intervals.

New − old is one such combination; the mean over nets that differ only in their seed is another. Units are drawn once
for all nets together, so what the nets have in common cancels in a difference.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from fairemo_gui.evaluation.arrays import Float
from fairemo_gui.evaluation.bootstrap import SAME, Check, bounded_ends, freedom_of
from fairemo_gui.evaluation.contrast import Contrast, Sides, difference, larger, spread
from fairemo_gui.evaluation.fairness import macro_f1_gap
from fairemo_gui.evaluation.intervals import Draws, Form, IntervalPlan, Replicates, interval_ends, two_sided_p
from fairemo_gui.evaluation.measure import Measured, Place
from fairemo_gui.evaluation.partition import EVERYONE
from fairemo_gui.evaluation.ratios import SCALARS
from fairemo_gui.evaluation.resample import Quantity, Resampled, column, combined_variance
from fairemo_gui.evaluation.sheet import MACRO_F1, GroupSheet, group_sheet

SIGNED = frozenset(("macro_f1_difference", "sp", "eo"))
"""Second group − first group, where there are exactly two."""
GAPS = frozenset(("macro_f1_gap", "dpd", "eod"))
"""Greatest − least over the groups: never negative."""
_MEANS = ("macro_f1", "weighted_f1", "uar")
_SHARES = ("accuracy", "exact_match", "brier")


@dataclass(frozen=True)
class Number:
    """Which number.

    Attributes:
        key: Its name, as in `definitions`.
        by: Attribute or intersection; `EVERYONE` = all utterances together.
        group: None = everyone, or what lies between the groups of `by`.
        label: The class; None = all classes.
    """

    key: str
    by: str
    group: str | None = None
    label: str | None = None

    @property
    def between(self) -> bool:
        """Whether it says how groups differ."""
        return self.by != EVERYONE and self.group is None


@dataclass(frozen=True)
class Combined:
    """One number under every net, and their combination.

    Attributes:
        values: Per net.
        value: The combination.
        low: Lower end of its interval; NaN where there is none (see `reason`).
        high: Upper end.
        p: Two-sided, of a combination of 0, from the same draws.
    """

    number: Number
    values: tuple[float, ...]
    value: float
    low: float
    high: float
    p: float
    reason: str | None


@dataclass(frozen=True, eq=False)
class _Together:
    """One number under every net and the same weightings, with the units it rests on."""

    quantities: list[Quantity]
    groups: list[Resampled]

    def value(self, signs: Sequence[float]) -> Float:
        """The combination, shape (R,)."""
        return sum((s * q.value for s, q in zip(signs, self.quantities, strict=True)), np.zeros(1))

    def variance(self, signs: Sequence[float]) -> Float:
        """Its variance, shape (R,)."""
        return combined_variance(self.quantities, list(signs), self.groups)


def combine(
    parts: Sequence[Measured], signs: Sequence[float], classes: tuple[str, ...], plan: IntervalPlan | None, check: Check
) -> list[Combined]:
    """Every number of everyone, or of one attribute's compared groups and what lies between them, combined over nets.

    Args:
        parts: The same partition of the same utterances, measured for each net.
        signs: What each net's number is multiplied by: −1 and 1 for new − old, 1/k each for a mean.
        classes: Class names.
        plan: How intervals are made; None = none.
        check: Called between blocks of replicates; raises to cancel.
    """
    first = parts[0]
    chosen = _compared(first)
    every = _together(parts, classes, dict.fromkeys(chosen), between=True)
    rows = {}
    alone = ""
    if plan is not None:
        drawable = [k for k in chosen if first.groups[k].units >= 2]
        names = [str(first.groups[k].value or "everyone") for k in chosen if k not in drawable]
        alone = f"{', '.join(names)}: one {plan.unit}"
        observed = _together(parts, classes, dict.fromkeys(drawable), between=drawable == chosen)
        if observed:
            drawn = _replicate(parts, signs, classes, drawable, plan, check)
            rows = _read_off(first, observed, signs, drawn, plan)
    nothing = (np.nan, np.nan, np.nan)
    return [rows.get(number) or _row(number, found, signs, nothing, alone or None) for number, found in every.items()]


def _compared(part: Measured) -> list[int]:
    return [0] if part.by == EVERYONE else list(part.compared)


def _replicate(
    parts: Sequence[Measured],
    signs: Sequence[float],
    classes: tuple[str, ...],
    drawable: list[int],
    plan: IntervalPlan,
    check: Check,
) -> tuple[Float, Float | None]:
    """Every combination in every replicate, and its standard error where the form needs it, shapes (B, Q)."""
    part = parts[0]
    draws = {k: Draws(plan.seed, f"{part.by}={part.groups[k].value}", part.groups[k].drawn_within) for k in drawable}
    values, errors = [], []
    for size in plan.blocks(max(part.groups[k].units for k in drawable)):
        check()
        weights = {k: draws[k].weights(size) for k in drawable}
        together = _together(parts, classes, weights, between=drawable == _compared(part))
        values.append(np.stack([each.value(signs) for each in together.values()], axis=1))
        if plan.studentised:
            errors.append(np.sqrt(np.stack([each.variance(signs) for each in together.values()], axis=1)))
    return np.concatenate(values), np.concatenate(errors) if errors else None


def _read_off(
    part: Measured,
    observed: dict[Number, _Together],
    signs: Sequence[float],
    drawn: tuple[Float, Float | None],
    plan: IntervalPlan,
) -> dict[Number, Combined]:
    value = np.array([together.value(signs)[0] for together in observed.values()])
    error = np.sqrt([together.variance(signs)[0] for together in observed.values()])
    replicates = Replicates(value, error, *drawn)
    is_difference = abs(sum(signs)) < SAME
    low, high, p = (_of_difference if is_difference else _of_level)(part, list(observed), replicates, plan)
    plain_low, plain_high = interval_ends(replicates, Form.PERCENTILE, plan.level)
    rows = {}
    for j, (number, found) in enumerate(observed.items()):
        ends, reason = (low[j], high[j], p[j]), None
        if not (error[j] > SAME and np.isfinite(ends[:2]).all()):
            # Draws without the few that changed have no standard error. The verdict stays open: no p.
            plain = bool(error[j] > SAME and np.isfinite((plain_low[j], plain_high[j])).all())
            ends = (plain_low[j], plain_high[j], np.nan) if plain else (np.nan, np.nan, np.nan)
            reason = _reason(value[j], error[j], plain, plan, is_difference)
        rows[number] = _row(number, found, signs, ends, reason)
    return rows


def _of_difference(
    part: Measured, numbers: list[Number], found: Replicates, plan: IntervalPlan
) -> tuple[Float, Float, Float]:
    """Ends and p-values, shape (Q,) each."""
    return *interval_ends(found, plan.chosen_form, plan.level), two_sided_p(found, plan.chosen_form)


def _of_level(
    part: Measured, numbers: list[Number], found: Replicates, plan: IntervalPlan
) -> tuple[Float, Float, Float]:
    """Ends as a single net's numbers have them; that a level is 0 is not tested."""
    place = {str(group.value): k for k, group in enumerate(part.groups)}
    ends = []
    for j, number in enumerate(numbers):
        one = slice(j, j + 1)
        errors = None if found.errors is None else found.errors[:, one]
        alone = Replicates(found.value[one], found.error[one], found.values[:, one], errors)
        where = Place(part.by) if number.group is None else part.place(place[number.group])
        bounds = (-1.0 if number.key in SIGNED else 0.0, 1.0)
        ends.append(bounded_ends(alone, plan, freedom_of(part, where), bounds, edge=number.key in GAPS))
    low, high = np.concatenate(ends, axis=1)
    return low, high, np.full(len(numbers), np.nan)


def _reason(value: float, error: float, plain: bool, plan: IntervalPlan, is_difference: bool) -> str:
    if np.isnan(value):
        return "undefined"
    if plain:
        moved = "changed" if is_difference else "differ"
        return f"too few {plan.unit}s {moved} for the {plan.chosen_form} form: percentile, no verdict"
    same = "changed by the same" if is_difference else "has the same value"
    return f"every {plan.unit} {same}" if error <= SAME else "undefined in most draws"


def _row(
    number: Number, found: _Together, signs: Sequence[float], ends: tuple[float, float, float], reason: str | None
) -> Combined:
    low, high, p = (float(x) for x in ends)
    values = tuple(float(q.value[0]) for q in found.quantities)
    value = float(sum(s * v for s, v in zip(signs, values, strict=True)))
    return Combined(number, values, value, low, high, p, reason)


def _together(
    parts: Sequence[Measured], classes: tuple[str, ...], weights: Mapping[int, Float | None], between: bool
) -> dict[Number, _Together]:
    """Every number under all nets and these weights."""
    first = parts[0]
    position = {k: index for index, k in enumerate(first.compared)}
    sheets = [
        {k: group_sheet(part.groups[k], classes, w, False, position.get(k, 0)) for k, w in weights.items()}
        for part in parts
    ]
    found = [dict(_numbers(part, own, classes, between)) for part, own in zip(parts, sheets, strict=True)]
    resampled = {None: [sheet.resampled for sheet in sheets[0].values()]} | {
        str(first.groups[k].value): [sheet.resampled] for k, sheet in sheets[0].items()
    }
    return {number: _Together([each[number] for each in found], resampled[number.group]) for number in found[0]}


def _numbers(
    part: Measured, sheets: dict[int, GroupSheet], classes: tuple[str, ...], between: bool
) -> Iterator[tuple[Number, Quantity]]:
    for k, sheet in sheets.items():
        group = None if part.by == EVERYONE else str(part.groups[k].value)
        yield from _own(part.by, group, sheet, classes)
    if between and len(sheets) >= 2:
        yield from _between(part.by, Sides(list(sheets.values())), classes)


def _own(by: str, group: str | None, sheet: GroupSheet, classes: tuple[str, ...]) -> Iterator[tuple[Number, Quantity]]:
    for name in _MEANS:
        yield Number(name, by, group), sheet.quantities["metrics", name].alone()
    for name in _SHARES:
        yield Number(name, by, group), column(sheet.ratios["scalars"], SCALARS.index(name))
    for name in ("f1", "recall"):
        for c, label in enumerate(classes):
            yield Number(name, by, group, label), column(sheet.ratios[name], c)


def _between(by: str, sides: Sides, classes: tuple[str, ...]) -> Iterator[tuple[Number, Quantity]]:
    yield Number("macro_f1_gap", by), macro_f1_gap(sides.sheets)
    contrasts = {
        "dpd": spread(sides, "selection_rate"),
        "eod": larger(spread(sides, "recall"), spread(sides, "fpr")),
    }
    if len(sides.sheets) == 2:
        yield Number("macro_f1_difference", by), _macro_f1_difference(sides.sheets)
        contrasts |= {"sp": difference(sides, "selection_rate"), "eo": difference(sides, "recall")}
    for name, contrast in contrasts.items():
        yield Number(name, by), contrast.mean()
        for c, label in enumerate(classes):
            yield Number(name, by, None, label), _of_class(contrast, c)


def _of_class(contrast: Contrast, c: int) -> Quantity:
    return contrast.item(np.full(len(contrast.value), c))


def _macro_f1_difference(sheets: list[GroupSheet]) -> Quantity:
    first, second = (sheet.quantities[MACRO_F1] for sheet in sheets)
    minus = tuple((ratios, -slope) for _, inner in first.terms for ratios, slope in inner)
    return Quantity(second.value - first.value, ((0, minus), *second.terms))
