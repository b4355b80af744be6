"""Intervals of matrices: against an evaluation's own, and against drawing, copying and counting in a plain loop."""

from __future__ import annotations

import numpy as np
import pytest

from fairemo_gui.errors import UserError
from fairemo_gui.evaluation.arrays import Float, Int
from fairemo_gui.evaluation.block import Path
from fairemo_gui.evaluation.evaluate import evaluate
from fairemo_gui.evaluation.intervals import Draws, Form, IntervalPlan, Unit, order_statistics
from fairemo_gui.evaluation.matrices import Answers, Share, View
from fairemo_gui.evaluation.matrix_intervals import Matrix, MatrixIntervals, matrix_differences, matrix_intervals
from fairemo_gui.evaluation.ratios import Family
from fairemo_gui.evaluation.resample import Resampled
from fairemo_gui.evaluation.sample import Sample
from tests.unit.evaluation.build import random_sample

PLAN = IntervalPlan(99, 5)


def intervals(sample: Sample, plan: IntervalPlan = PLAN) -> MatrixIntervals:
    sources = Answers.true(sample.decisions), Answers.predicted(sample.decisions)
    return matrix_intervals(*sources, sample.speakers, plan, "gender", sample.groups["gender"], ("female", "male"))


@pytest.mark.parametrize(
    "plan", [PLAN, IntervalPlan(60, 1, form=Form.PERCENTILE), IntervalPlan(40, 2, form=Form.BASIC)]
)
def test_shares_of_rows_of_classes_have_the_intervals_an_evaluation_gives_them(plan: IntervalPlan) -> None:
    sample = random_sample(11, n=400, speakers=16, unknown=0.2)
    found, whole = intervals(sample, plan), evaluate(sample, ("gender",), plan, minimum_n=1)
    assert whole.intervals is not None
    places: dict[Path, Matrix] = {("confusion", "rates"): found.everyone.shares}
    for k, group in enumerate(whole.groups):
        places["confusion", "groups", k, "rates"] = found.groups[group.value].shares
    assert found.difference is not None
    places["fairness", "gender", "signed", "confusion"] = found.difference.shares
    compared = 0
    for start, matrix in places.items():
        low, high = matrix[View.CLASSES, Share.ROW]
        for cell in np.ndindex(*low.shape):
            expected = whole.intervals.at(*start, *cell)
            assert (expected is None) == np.isnan(low[cell])
            if expected is not None:
                compared += 1
                assert (low[cell], high[cell]) == pytest.approx((expected.low, expected.high), abs=1e-12)
    assert compared > 40
    for key, of in (("accuracy", "same"), ("macro_f1", "macro_f1")):
        places_of = {("groups", k, "metrics", key): found.groups[g.value] for k, g in enumerate(whole.groups)}
        for path, numbers in places_of.items():
            expected = whole.intervals.at(*path)
            assert expected is not None
            assert tuple(map(float, getattr(numbers, of))) == pytest.approx((expected.low, expected.high), abs=1e-12)


def shares(rows: Answers, columns: Answers, at: Int) -> dict[tuple[View, Share], Float]:
    """Every share of some utterances, one by one."""
    classes, found = columns.on.shape[1], {}
    of = {
        View.CLASSES: [
            [(rows.chosen[at] == i, columns.chosen[at] == j) for j in range(classes)] for i in range(classes)
        ],
        View.TOGETHER: [[(rows.on[at, i], columns.on[at, j]) for j in range(classes)] for i in range(classes)],
        View.LABELS: [
            [[(rows.on[at, k] == a, columns.on[at, k] == b) for b in (False, True)] for a in (False, True)]
            for k in range(classes)
        ],
    }
    for view, cells in of.items():
        flags = np.array(cells)
        row, column = flags[..., 0, :], flags[..., 1, :]
        both = (row & column).sum(axis=-1)
        bases = {
            Share.ROW: row.sum(axis=-1),
            Share.COLUMN: column.sum(axis=-1),
            Share.ALL: np.full(both.shape, len(at)),
        }
        for share, base in bases.items():
            found[view, share] = np.where(base > 0, both / np.maximum(base, 1), np.nan)
    return found


@pytest.mark.parametrize("unit", list(Unit))
def test_every_share_is_that_of_the_drawn_rows(unit: Unit) -> None:
    sample = random_sample(3, n=60, classes=3, speakers=7)
    plan = IntervalPlan(40, 2, unit, Form.PERCENTILE)
    rows, columns = Answers.true(sample.decisions), Answers.predicted(sample.decisions)
    of = sample.speakers if unit is Unit.SPEAKER else np.arange(60)
    names = np.unique(of)
    drawn = Draws(2, "=", np.zeros(len(names), dtype=np.int64)).weights(40)
    each = [
        shares(
            rows,
            columns,
            np.concatenate([np.tile(np.flatnonzero(of == name), int(t)) for name, t in zip(names, w, strict=True)]),
        )
        for w in drawn
    ]
    found = matrix_intervals(rows, columns, sample.speakers, plan).everyone.shares
    for key, (low, high) in found.items():
        values = np.array([replicate[key].ravel() for replicate in each])
        ends = [end.reshape(low.shape) for end in order_statistics(values, plan.level)]
        known = ~np.isnan(low)
        assert known.mean() > 0.5, key
        assert low[known].tolist() == pytest.approx(ends[0][known].tolist()), key
        assert high[known].tolist() == pytest.approx(ends[1][known].tolist()), key


def test_groups_of_one_speaker_and_shares_of_nothing_have_none() -> None:
    sample = random_sample(0, n=120, speakers=8)
    alone = np.where(np.asarray(sample.groups["gender"], dtype=object) == "male", 99, sample.speakers)
    truth = sample.truth.copy()
    truth[:, 0] = 0
    truth[truth.sum(axis=1) == 0, 1] = 1
    lone = Sample(sample.classes, truth, sample.mode, alone, sample.groups, sample.probabilities)
    found = intervals(lone)
    assert found.difference is None
    assert all(np.isnan(low).all() for low, _ in found.groups["male"].shares.values())
    low, _ = found.groups["female"].shares[View.CLASSES, Share.ROW]
    assert np.isnan(low[0]).all()
    assert not np.isnan(low[1]).all()


def test_a_cancel_is_honoured() -> None:
    sample = random_sample(0)

    def cancel() -> None:
        raise UserError("enough")

    with pytest.raises(UserError, match="enough"):
        matrix_intervals(
            Answers.true(sample.decisions), Answers.predicted(sample.decisions), sample.speakers, PLAN, check=cancel
        )


@pytest.mark.parametrize("form", [Form.PERCENTILE, None])
def test_two_sources_are_held_against_each_other_on_the_same_draws(form: Form | None) -> None:
    sample, other = random_sample(3, n=90, classes=3, speakers=7), random_sample(4, n=90, classes=3, speakers=7)
    plan = IntervalPlan(60, 2, form=form)
    truth, said = Answers.true(sample.decisions), Answers.predicted(sample.decisions)
    answered = np.arange(90) % 4 > 0
    second = truth.take(answered), Answers.predicted(other.decisions).take(answered)
    gender = sample.groups["gender"]
    found = matrix_differences((truth, said), second, answered, sample.speakers, plan, "gender", gender)
    if form is None:
        same = matrix_differences(
            (truth, said), (truth, said), np.ones(90, dtype=bool), sample.speakers, plan, "gender", gender
        )
        assert all(np.isnan(low).all() for low, _ in same.everyone.shares.values())
        low, high = found.everyone.shares[View.CLASSES, Share.ALL]
        apart = shares(truth, said, np.arange(90))[View.CLASSES, Share.ALL]
        apart = apart - shares(*second, np.arange(answered.sum()))[View.CLASSES, Share.ALL]
        assert ((low <= apart) & (apart <= high)).all()
        return
    inside = np.flatnonzero(np.asarray(gender, dtype=object) == "male")
    names = np.unique(sample.speakers[inside])
    each, place = [], np.cumsum(answered) - 1
    for w in Draws(2, "gender=male", np.zeros(len(names), dtype=np.int64)).weights(60):
        rows = np.concatenate(
            [np.tile(inside[sample.speakers[inside] == name], int(t)) for name, t in zip(names, w, strict=True)]
        )
        one, two = shares(truth, said, rows), shares(*second, place[rows[answered[rows]]])
        each.append({key: one[key] - two[key] for key in one})
    for key, (low, high) in found.groups["male"].shares.items():
        ends = [end.reshape(low.shape) for end in order_statistics(np.array([e[key].ravel() for e in each]), 0.95)]
        known = ~np.isnan(low)
        assert known.any(), key
        assert low[known].tolist() == pytest.approx(ends[0][known].tolist(), abs=1e-12), key
        assert high[known].tolist() == pytest.approx(ends[1][known].tolist(), abs=1e-12), key


def test_the_error_of_a_paired_difference_is_that_of_leaving_units_out() -> None:
    rng = np.random.default_rng(1)
    a, b = rng.integers(5, 30, (40, 1)), rng.integers(40, 60, (40, 1))
    c, d = a + rng.integers(0, 6, (40, 1)), b + rng.integers(0, 4, (40, 1))
    resampled = Resampled(40)
    one, other = resampled.ratios(Family(a, b)), resampled.ratios(Family(c, d))
    left = (a.sum() - a) / (b.sum() - b) - (c.sum() - c) / (d.sum() - d)
    jackknife = np.sqrt(39 / 40 * ((left - left.mean()) ** 2).sum())
    assert np.sqrt(resampled.paired_variance(one, other)[0, 0]) == pytest.approx(jackknife, rel=0.03)
    strata = Resampled(40, strata=np.repeat([0, 1], 20))
    assert 0 < strata.paired_variance(one, other)[0, 0] < 2 * (strata.variance(one) + strata.variance(other))[0, 0]
    assert resampled.paired_variance(one, one)[0, 0] == 0


def test_units_that_say_nothing_leave_the_error_of_a_paired_difference_alone() -> None:
    rng = np.random.default_rng(2)
    b, d = rng.integers(4, 9, (3, 1)), rng.integers(4, 9, (3, 1))
    a, c = rng.integers(0, b + 1), rng.integers(0, d + 1)
    d[2] = c[2] = 0

    def variance(idle: int) -> float:
        a_, b_, c_, d_ = (np.pad(side, ((0, idle), (0, 0))) for side in (a, b, c, d))
        resampled = Resampled(3 + idle)
        one, other = resampled.ratios(Family(a_, b_)), resampled.ratios(Family(c_, d_))
        return float(resampled.paired_variance(one, other)[0, 0])

    assert variance(0) > 0
    assert variance(9) == pytest.approx(variance(0))
