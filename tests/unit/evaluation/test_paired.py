"""The paired bootstrap by sums equals one that copies rows and computes every number again."""

from __future__ import annotations

import numpy as np
import pytest

from fairemo_gui.evaluation.arrays import Float, Int
from fairemo_gui.evaluation.bootstrap import no_check
from fairemo_gui.evaluation.evaluate import evaluate
from fairemo_gui.evaluation.intervals import Draws, Form, IntervalPlan, Unit
from fairemo_gui.evaluation.measure import Measured, measure
from fairemo_gui.evaluation.paired import Combined, Number, combine
from fairemo_gui.evaluation.partition import EVERYONE, sort_into_cells
from fairemo_gui.evaluation.records import Evaluation
from fairemo_gui.evaluation.sample import Mode, Sample
from fairemo_gui.evaluation.tally import tally
from tests.unit.evaluation.build import NAMES, random_sample

CLASSES = NAMES[:4]
PLAN = IntervalPlan(40, seed=3, form=Form.PERCENTILE)


def two_nets(mode: Mode) -> tuple[Sample, Sample]:
    """A small sample under two nets; eight speakers, four of each gender."""
    old = random_sample(8, n=160, mode=mode, speakers=8, groups=2)
    gender = np.array(["female", "male"], dtype=object)[old.speakers % 2]
    other = random_sample(8, n=160, mode=mode, speakers=8, groups=2).probabilities
    assert other is not None
    rng = np.random.default_rng(0)
    moved = np.where(rng.random((160, 1)) < 0.4, rng.dirichlet(np.ones(4), size=160), other)
    samples = [
        Sample(CLASSES, old.truth, mode, old.speakers, {"gender": gender}, p) for p in (old.probabilities, moved)
    ]
    return samples[0], samples[1]


def measured(sample: Sample, by_row: bool = False) -> list[Measured]:
    cells = sort_into_cells(sample, ("gender",), by_row=by_row)
    return measure(cells, tally(sample.decisions, cells.row, len(cells.unit)), None, 5)


def rows_of(sample: Sample, part: Measured, k: int, weights: Int) -> Int:
    """The rows one draw holds, each speaker's as often as the speaker was drawn."""
    group = part.groups[k]
    inside = np.ones(len(sample), dtype=bool)
    if part.by != EVERYONE:
        inside = np.asarray(sample.groups["gender"]) == group.value
    names = np.unique(sample.speakers[inside])
    if part.by == EVERYONE:  # units stand in order of stratum: women first
        names = np.concatenate([names[names % 2 == 0], names[names % 2 == 1]])
    copies = zip(names, weights, strict=True)
    return np.concatenate([np.tile(np.flatnonzero(inside & (sample.speakers == name)), int(n)) for name, n in copies])


def naive(sample: Sample, part: Measured, plan: IntervalPlan) -> list[Evaluation]:
    """Every replicate evaluated from copied rows."""
    chosen = [0] if part.by == EVERYONE else list(part.compared)
    draws = {
        k: Draws(plan.seed, f"{part.by}={part.groups[k].value}", part.groups[k].drawn_within).weights(plan.replicates)
        for k in chosen
    }
    found = []
    for b in range(plan.replicates):
        rows = np.concatenate([rows_of(sample, part, k, draws[k][b].astype(np.int64)) for k in chosen])
        found.append(evaluate(sample.take(rows), minimum_n=1))
    return found


def read(found: Evaluation, number: Number) -> float:
    """A number of an evaluation."""
    if number.between:
        gaps = found.fairness[number.by]
        if number.key in ("dpd", "eod"):
            gap = getattr(gaps, number.key)
            return float(gap.macro if number.label is None else gap.per_class[number.label])
        assert gaps.signed is not None
        if number.key in ("sp", "eo"):
            signed = getattr(gaps.signed, number.key)
            return float(signed.signed_mean if number.label is None else signed.per_class[number.label])
        return gaps.macro_f1_gap if number.key == "macro_f1_gap" else float(gaps.signed.scores["macro_f1"])
    metrics = found.metrics if number.by == EVERYONE else found.group(number.by, number.group).metrics
    return float(metrics.scores[number.key] if number.label is None else metrics.per_class[number.key][number.label])


@pytest.mark.parametrize("mode", [Mode.SINGLE, Mode.MULTI])
@pytest.mark.parametrize("place", [0, 1])
def test_percentile_ends_are_those_of_copied_rows(mode: Mode, place: int) -> None:
    samples = two_nets(mode)
    parts = [measured(sample)[place] for sample in samples]
    rows = combine(parts, (-1.0, 1.0), CLASSES, PLAN, no_check)
    replicates = [naive(sample, parts[0], PLAN) for sample in samples]
    points = [evaluate(sample, minimum_n=1) for sample in samples]
    assert len(rows) == (6 + 8 if place == 0 else 2 * 14 + 2 + 4 * 5)
    for row in rows:
        drawn = np.array([read(new, row.number) - read(old, row.number) for old, new in zip(*replicates, strict=True)])
        assert row.value == pytest.approx(read(points[1], row.number) - read(points[0], row.number), abs=1e-12)
        ordered = np.sort(drawn)
        # (B + 1) · 2.5 % = 1.025, outwards: the first and the last.
        if row.reason == "every speaker changed by the same":
            assert np.ptp(drawn) < 1e-12
        else:
            assert (row.low, row.high) == pytest.approx((ordered[0], ordered[-1]), abs=1e-9), row.number


def levels(sample: Sample, plan: IntervalPlan) -> list[Combined]:
    by_row = plan.unit is Unit.UTTERANCE
    return [row for part in measured(sample, by_row) for row in combine([part], (1.0,), sample.classes, plan, no_check)]


@pytest.mark.parametrize("unit", list(Unit))
def test_one_net_alone_has_the_intervals_of_evaluate(unit: Unit) -> None:
    sample, _ = two_nets(Mode.MULTI)
    plan = IntervalPlan(200, seed=5, unit=unit)
    found = evaluate(sample, intervals=plan, minimum_n=5)
    assert found.intervals is not None
    for row in levels(sample, plan):
        ends = found.intervals.at(*path_of(row.number))
        assert ends is not None, row.number
        assert (row.low, row.high) == pytest.approx((ends.low, ends.high), abs=1e-9), row.number


def path_of(number: Number) -> tuple[str | int, ...]:
    """Where `evaluate` keeps a number's interval."""
    part: tuple[str | int, ...] = (number.key,) if number.label is None else ("per_class", number.key, number.label)
    if number.by == EVERYONE:
        return ("metrics", *part)
    if number.group is not None:
        return ("groups", ["female", "male"].index(number.group), "metrics", *part)
    if number.key in ("sp", "eo"):
        tail = ("signed_mean",) if number.label is None else ("per_class", number.label)
        return ("fairness", number.by, "signed", number.key, *tail)
    if number.key in ("dpd", "eod"):
        return (
            "fairness",
            number.by,
            number.key,
            *(("macro",) if number.label is None else ("per_class", number.label)),
        )
    return ("fairness", number.by, *(("signed", "macro_f1") if number.key == "macro_f1_difference" else (number.key,)))


def test_no_plan_gives_points_alone() -> None:
    sample, _ = two_nets(Mode.SINGLE)
    rows = combine([measured(sample)[1]], (1.0,), CLASSES, None, no_check)
    assert {(np.isnan(row.low), row.reason) for row in rows} == {(True, None)}


def test_a_mean_is_steadier_than_its_nets() -> None:
    """What the nets do not share cancels in their mean: its interval is narrower than the wider of theirs."""
    old, new = two_nets(Mode.SINGLE)
    plan = IntervalPlan(400, seed=1)
    together = combine([measured(old)[0], measured(new)[0]], (0.5, 0.5), CLASSES, plan, no_check)
    alone = [combine([measured(s)[0]], (1.0,), CLASSES, plan, no_check) for s in (old, new)]
    widths: list[Float] = [np.array([row.high - row.low for row in rows[:3]]) for rows in (together, *alone)]
    assert (widths[0] < np.maximum(widths[1], widths[2])).all()
