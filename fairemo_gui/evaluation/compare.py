"""Compare two nets on the same utterances: paired bootstrap of every difference, McNemar's test, the flips."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from fairemo_gui.errors import UserError
from fairemo_gui.evaluation.arrays import Float, Int, Objects
from fairemo_gui.evaluation.bootstrap import SAME, Check, no_check
from fairemo_gui.evaluation.comparison import (
    Change,
    Comparison,
    Flip,
    FlipResult,
    RecallChange,
    RightInOne,
    Verdict,
)
from fairemo_gui.evaluation.contrast import Sides, larger, spread
from fairemo_gui.evaluation.definitions import DEFINITIONS
from fairemo_gui.evaluation.fairness import MACRO_F1, macro_f1_gap
from fairemo_gui.evaluation.intervals import Draws, Form, IntervalPlan, Replicates, Unit, interval_ends, two_sided_p
from fairemo_gui.evaluation.measure import Measured, measure
from fairemo_gui.evaluation.partition import EVERYONE, sort_into_cells
from fairemo_gui.evaluation.ratios import SCALARS
from fairemo_gui.evaluation.resample import Quantity, Resampled, column, combined_variance
from fairemo_gui.evaluation.sample import Mode, Sample
from fairemo_gui.evaluation.sheet import GroupSheet, group_sheet
from fairemo_gui.evaluation.significance import holm, mcnemar
from fairemo_gui.evaluation.tally import tally

LOWER_IS_BETTER = frozenset(("brier", "dpd", "eod", "macro_f1_gap"))
GAPS = ("macro_f1_gap", "dpd", "eod")


@dataclass(frozen=True)
class _Key:
    """Which number: its name, the class (recall only), the group."""

    name: str
    label: str | None
    group: str | None


@dataclass(frozen=True, eq=False)
class _Pair:
    """One number under both nets and the same weightings, with the units both rest on."""

    old: Quantity
    new: Quantity
    groups: list[Resampled]

    def difference(self) -> tuple[Float, Float]:
        """New − old and its variance, shapes (R,)."""
        return self.new.value - self.old.value, combined_variance([self.new, self.old], [1.0, -1.0], self.groups)


def compare(
    classes: tuple[str, ...],
    truth: Int,
    mode: Mode,
    speakers: Int,
    groups: Mapping[str, Sequence[str | None] | Objects],
    old: npt.NDArray[np.floating],
    new: npt.NDArray[np.floating],
    by: str = "gender",
    plan: IntervalPlan | None = None,
    minimum_n: int = 20,
    check: Check = no_check,
) -> Comparison:
    """Old against new net, paired by utterance.

    Args:
        classes: Class names.
        truth: Vote counts, shape (n, C).
        mode: How truth and decisions are read.
        speakers: Speaker index per row, shape (n,).
        groups: Per attribute the value of every row; None = unknown.
        old: The old net's probabilities, shape (n, C).
        new: The new net's probabilities, shape (n, C).
        by: The attribute groups are formed by.
        plan: How intervals are made; None = the default plan.
        minimum_n: Smaller groups are left out.
        check: Called between blocks of work; raises to cancel.

    Raises:
        UserError: There are no rows, or what `Sample` refuses.
    """
    plan = plan or IntervalPlan()
    samples = [Sample(classes, truth, mode, speakers, groups, p) for p in (old, new)]
    if len(truth) == 0:
        raise UserError("There is nothing to compare: the two nets share no labelled utterance.")
    cells = sort_into_cells(samples[0], (by,), by_row=plan.unit is Unit.UTTERANCE)
    parts = [measure(cells, tally(s.decisions, cells.row, len(cells.unit)), None, minimum_n) for s in samples]
    found = [_compare_part(a, b, classes, plan, check) for a, b in zip(*parts, strict=True)]
    rows = [row for part in found for row in part]
    shown = [row for row in rows if row.key.label is None]
    by_group = parts[0][1]
    return Comparison(
        n=len(truth),
        mode=samples[0].mode.reported,
        by=by,
        classes=classes,
        sizes={str(by_group.groups[k].value): _size(by_group, k) for k in by_group.compared},
        plan=plan,
        changes=_changes(sorted(shown, key=lambda row: row.key.name in GAPS), plan),
        recalls=tuple(_recall(row) for row in rows if row.key.label is not None),
        tests=_tests(samples, by, by_group, plan),
        flips=_flips(samples, by),
        definitions=DEFINITIONS,
    )


def _size(part: Measured, k: int) -> tuple[int, int]:
    return part.groups[k].n, part.groups[k].speakers


def _compared(part: Measured) -> list[int]:
    return [0] if part.by == EVERYONE else list(part.compared)


@dataclass(frozen=True, eq=False)
class _Row:
    """One difference, its ends and its p-value."""

    key: _Key
    old: float
    new: float
    low: float
    high: float
    p: float
    reason: str | None


def _compare_part(
    old: Measured, new: Measured, classes: tuple[str, ...], plan: IntervalPlan, check: Check
) -> list[_Row]:
    """Everyone's, or one attribute's, differences with intervals."""
    chosen = _compared(old)
    drawable = [k for k in chosen if old.groups[k].units >= 2]
    every = _pairs(old, new, classes, dict.fromkeys(chosen), gaps=True)
    observed = _pairs(old, new, classes, dict.fromkeys(drawable), gaps=drawable == chosen)
    rows = _read_off(observed, *_replicate(old, new, classes, drawable, plan, check), plan) if observed else {}
    alone = ", ".join(str(old.groups[k].value or "everyone") for k in chosen if k not in drawable)
    nothing = (np.nan, np.nan, np.nan)
    return [rows.get(key) or _row(key, pair, nothing, f"{alone}: one {plan.unit}") for key, pair in every.items()]


def _replicate(
    old: Measured, new: Measured, classes: tuple[str, ...], drawable: list[int], plan: IntervalPlan, check: Check
) -> tuple[Float, Float]:
    """Every difference and its standard error in every replicate, shapes (B, Q)."""
    draws = {k: Draws(plan.seed, f"{old.by}={old.groups[k].value}", old.groups[k].drawn_within) for k in drawable}
    values, errors = [], []
    for size in plan.blocks(max(old.groups[k].units for k in drawable)):
        check()
        pairs = _pairs(old, new, classes, {k: draws[k].weights(size) for k in drawable}, drawable == _compared(old))
        found = [pair.difference() for pair in pairs.values()]
        values.append(np.stack([value for value, _ in found], axis=1))
        errors.append(np.sqrt(np.stack([variance for _, variance in found], axis=1)))
    return np.concatenate(values), np.concatenate(errors)


def _read_off(observed: dict[_Key, _Pair], values: Float, errors: Float, plan: IntervalPlan) -> dict[_Key, _Row]:
    at = [pair.difference() for pair in observed.values()]
    value, error = np.array([v[0] for v, _ in at]), np.sqrt(np.array([v[0] for _, v in at]))
    replicates = Replicates(value, error, values, errors)
    low, high = interval_ends(replicates, plan.chosen_form, plan.level)
    plain_low, plain_high = interval_ends(replicates, Form.PERCENTILE, plan.level)
    p = two_sided_p(replicates, plan.chosen_form)
    rows = {}
    for j, (key, pair) in enumerate(observed.items()):
        if error[j] > SAME and np.isfinite((low[j], high[j])).all():
            rows[key] = _row(key, pair, (low[j], high[j], p[j]), None)
        elif error[j] > SAME and np.isfinite((plain_low[j], plain_high[j])).all():
            # Draws without the few that changed have no standard error. The verdict stays open: no p.
            why = f"too few {plan.unit}s changed for the {plan.chosen_form} form: percentile, no verdict"
            rows[key] = _row(key, pair, (plain_low[j], plain_high[j], np.nan), why)
        else:
            same = f"every {plan.unit} changed by the same" if error[j] <= SAME else "undefined in most draws"
            rows[key] = _row(key, pair, (np.nan, np.nan, np.nan), same)
    return rows


def _row(key: _Key, pair: _Pair, ends: tuple[float, float, float], reason: str | None) -> _Row:
    low, high, p = (float(x) for x in ends)
    return _Row(key, float(pair.old.value[0]), float(pair.new.value[0]), low, high, p, reason)


def _pairs(
    old: Measured, new: Measured, classes: tuple[str, ...], weights: Mapping[int, Float | None], gaps: bool
) -> dict[_Key, _Pair]:
    """Every number that is compared, under both nets and these weights."""
    position = {k: index for index, k in enumerate(old.compared)}
    sheets = [
        {k: group_sheet(part.groups[k], classes, w, False, position.get(k, 0)) for k, w in weights.items()}
        for part in (old, new)
    ]
    before, after = (dict(_numbers(part, found, classes, gaps)) for part, found in zip((old, new), sheets, strict=True))
    pairs = {}
    for key, quantity in before.items():
        mine = [s.resampled for k, s in sheets[0].items() if key.group in (None, str(old.groups[k].value))]
        pairs[key] = _Pair(quantity, after[key], mine)
    return pairs


def _numbers(
    part: Measured, sheets: dict[int, GroupSheet], classes: tuple[str, ...], gaps: bool
) -> Iterator[tuple[_Key, Quantity]]:
    if part.by == EVERYONE:
        (sheet,) = sheets.values()
        yield _Key("macro_f1", None, None), sheet.quantities[MACRO_F1]
        yield _Key("uar", None, None), sheet.quantities["metrics", "uar"]
        yield _Key("brier", None, None), column(sheet.ratios["scalars"], SCALARS.index("brier"))
        return
    for k, sheet in sheets.items():
        name = str(part.groups[k].value)
        yield _Key("macro_f1", None, name), sheet.quantities[MACRO_F1].alone()
        for c, label in enumerate(classes):
            yield _Key("recall", label, name), column(sheet.ratios["recall"], c)
    if gaps and len(sheets) >= 2:
        sides = Sides(list(sheets.values()))
        yield _Key("macro_f1_gap", None, None), macro_f1_gap(sides.sheets)
        yield _Key("dpd", None, None), spread(sides, "selection_rate").mean()
        yield _Key("eod", None, None), larger(spread(sides, "recall"), spread(sides, "fpr")).mean()


def _verdict(delta: float, p_holm: float, higher_is_better: bool, plan: IntervalPlan) -> Verdict:
    if not p_holm <= 1 - plan.level or delta == 0:
        return Verdict.NO_EVIDENCE
    return Verdict.BETTER if (delta > 0) == higher_is_better else Verdict.WORSE


def _changes(rows: list[_Row], plan: IntervalPlan) -> tuple[Change, ...]:
    corrected = holm(np.array([row.p for row in rows], dtype=np.float64)).tolist()
    changes = []
    for row, p_holm in zip(rows, corrected, strict=True):
        up, delta = row.key.name not in LOWER_IS_BETTER, row.new - row.old
        outside = row.low > 0 or row.high < 0
        verdict = _verdict(delta, p_holm, up, plan) if outside else Verdict.NO_EVIDENCE
        known = (row.key.name, row.key.group, row.key.name in GAPS, up, row.old, row.new, delta, row.low, row.high)
        changes.append(Change(*known, row.p, p_holm, verdict, row.reason))
    return tuple(changes)


def _recall(row: _Row) -> RecallChange:
    key = row.key
    return RecallChange(
        str(key.label), str(key.group), row.old, row.new, row.new - row.old, row.low, row.high, row.reason
    )


def _tests(samples: list[Sample], by: str, part: Measured, plan: IntervalPlan) -> tuple[RightInOne, ...]:
    """McNemar's test for everyone and each compared group, in order."""
    right = [sample.decisions.correct for sample in samples]
    values = np.asarray(samples[0].groups[by], dtype=object)
    names: list[str | None] = [None, *(part.groups[k].value for k in part.compared)]
    masks = [np.ones(len(values), dtype=bool), *(np.asarray(values == name) for name in names[1:])]
    counts = [mcnemar(right[0][mask], right[1][mask]) for mask in masks]
    corrected = holm(np.array([c.p for c in counts])).tolist()
    return tuple(
        RightInOne(name, c, p, _verdict(c.only_new - c.only_old, p, True, plan))
        for name, c, p in zip(names, counts, corrected, strict=True)
    )


def _flips(samples: list[Sample], by: str) -> tuple[Flip, ...]:
    """Utterances whose predicted labels changed, the largest change of p(truth) first."""
    old, new = (sample.decisions for sample in samples)
    rows = np.flatnonzero((old.predicted_on != new.predicted_on).any(axis=1))
    truth = old.truth_class[rows]
    delta = new.probabilities[rows, truth] - old.probabilities[rows, truth]
    values = np.asarray(samples[0].groups[by], dtype=object)
    was_right, is_right = old.correct, new.correct
    flips = []
    for j in np.lexsort((rows, -np.abs(delta))):
        row = int(rows[j])
        result = FlipResult.BROKEN if was_right[row] else FlipResult.FIXED if is_right[row] else FlipResult.STILL_WRONG
        before, after = (tuple(np.flatnonzero(d.predicted_on[row]).tolist()) for d in (old, new))
        flips.append(Flip(row, values[row], int(truth[j]), before, after, result, float(delta[j])))
    return tuple(flips)
