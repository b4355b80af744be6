from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fairemo_gui.errors import UserError
from fairemo_gui.evaluation.evaluate import evaluate
from fairemo_gui.evaluation.intervals import (
    Draws,
    Form,
    IntervalPlan,
    Intervals,
    Replicates,
    Unit,
    interval_ends,
    two_sided_p,
)
from fairemo_gui.evaluation.ratios import Family
from fairemo_gui.evaluation.records import Evaluation
from fairemo_gui.evaluation.resample import Resampled
from fairemo_gui.evaluation.sample import Mode, Sample
from fairemo_gui.jobs.task import CancelledError
from tests.unit.evaluation.build import random_sample

PLAN = IntervalPlan(replicates=199, seed=3)


def intervals(sample: Sample, plan: IntervalPlan = PLAN, by: tuple[str, ...] = ("gender",)) -> Intervals:
    found = evaluate(sample, by, plan).intervals
    assert found is not None
    return found


@pytest.mark.parametrize("unit", ["speaker", "utterance"])
@pytest.mark.parametrize("form", list(Form))
def test_the_same_seed_gives_the_same_intervals_at_any_batch_size(unit: str, form: Form) -> None:
    sample = random_sample(1, n=80, speakers=9)
    plans = [IntervalPlan(60, 5, unit, form, batch=size) for size in (None, 1, 7, 60)]  # type: ignore[arg-type]
    first, *others = (intervals(sample, plan) for plan in plans)
    for other in others:
        assert first.found.keys() == other.found.keys()
        for path, found in first.found.items():
            again = other.found[path]
            assert (found is None) == (again is None)
            if found is not None and again is not None:
                assert again.to_json() == pytest.approx(found.to_json(), abs=1e-9), path
    assert intervals(sample, IntervalPlan(60, 6, unit, form)).found != first.found  # type: ignore[arg-type]


def test_another_attribute_does_not_change_a_groups_interval() -> None:
    sample = random_sample(2, n=200, speakers=14)
    alone, both = intervals(sample), intervals(sample, by=("gender", "age"))
    for path in (("groups", 0, "metrics", "macro_f1"), ("fairness", "gender", "dpd", "macro"), ("metrics", "uar")):
        assert alone.at(*path) == both.at(*path)


def test_every_number_has_an_interval_or_a_reason() -> None:
    sample = random_sample(3, n=300, speakers=16, unknown=0.2)
    evaluation = evaluate(sample, ("gender", "age"), PLAN)
    document = evaluation.to_json()
    shown = {"metrics", "groups", "fairness", "confusion", "calibration"}
    for path, value in _leaves({key: document[key] for key in shown}):
        if path[-1] in _NO_INTERVAL or _NO_INTERVAL & set(path):
            continue
        assert evaluation.intervals is not None
        found = evaluation.intervals.at(*path)
        if found is None:
            assert evaluation.intervals.reason(*path) is not None, path
        else:
            assert found.low <= found.high
            assert value is not None
    json.dumps(document, allow_nan=False)


_NO_INTERVAL = {"n", "speakers", "by", "value", "small", "support", "undefined", "ties", "counts", "mean_p", "classes"}
_NO_INTERVAL |= {"groups.value", "left_out", "empty_cells", "plus", "minus"}


def _leaves(node: object, path: tuple[str | int, ...] = ()) -> list[tuple[tuple[str | int, ...], object]]:
    if isinstance(node, dict):
        return [leaf for key, value in node.items() for leaf in _leaves(value, (*path, key))]
    if isinstance(node, list):
        return [leaf for place, value in enumerate(node) for leaf in _leaves(value, (*path, place))]
    is_name = isinstance(node, str) or node is None
    return [] if is_name else [(path, node)]


@settings(deadline=None, max_examples=25)
@given(
    seed=st.integers(0, 2**31),
    n=st.integers(1, 40),
    classes=st.integers(2, 4),
    mode=st.sampled_from(Mode),
    speakers=st.integers(1, 6),
    unit=st.sampled_from(Unit),
    form=st.sampled_from([None, *Form]),
)
@pytest.mark.filterwarnings("error")
def test_tiny_samples_never_break(
    seed: int, n: int, classes: int, mode: Mode, speakers: int, unit: Unit, form: Form | None
) -> None:
    sample = random_sample(seed, n, classes, mode, speakers, groups=3, unknown=0.2)
    found = evaluate(sample, ("gender", "age"), IntervalPlan(40, 0, unit, form), minimum_n=1)
    assert found.intervals is not None
    for path, interval in found.intervals.found.items():
        assert found.intervals.reason(*path) if interval is None else interval.low <= interval.high, path
    json.dumps(found.to_json(), allow_nan=False)


def test_json_has_the_intervals_at_the_numbers_paths() -> None:
    document = evaluate(random_sample(3, n=300, speakers=16), ("gender",), PLAN).to_json()
    found = document["intervals"]
    low, high = found["fairness"]["gender"]["signed"]["sp"]["per_class"]["anger"]
    assert low <= document["fairness"]["gender"]["signed"]["sp"]["per_class"]["anger"] <= high
    low, high = found["groups"][1]["metrics"]["macro_f1"]
    assert low <= document["groups"][1]["metrics"]["macro_f1"] <= high
    assert (found["unit"], found["form"], found["replicates"], found["seed"]) == ("speaker", "studentised", 199, 3)


def test_a_group_of_one_speaker_has_no_interval_and_says_why() -> None:
    sample = random_sample(0, n=120, speakers=8)
    speakers = np.where(np.array([g == "male" for g in sample.groups["gender"]]), 99, sample.speakers)
    alone = Sample(sample.classes, sample.truth, sample.mode, speakers, sample.groups, sample.probabilities)
    evaluation = evaluate(alone, intervals=PLAN)
    found = evaluation.intervals
    assert found is not None
    male = [g.value for g in evaluation.groups].index("male")
    assert found.at("groups", male, "metrics", "macro_f1") is None
    assert found.reason("groups", male, "metrics", "macro_f1") == "one speaker"
    assert found.reason("fairness", "gender", "dpd", "macro") == "male is one speaker"
    assert found.at("groups", 1 - male, "metrics", "macro_f1") is not None
    assert found.at("metrics", "macro_f1") is not None
    assert any("cannot be told apart" in caveat for caveat in evaluation.caveats)
    assert evaluation.to_json()["intervals"]["reasons"][f"groups.{male}.metrics"] == "one speaker"


def test_numbers_that_do_not_vary_have_a_reason_instead_of_an_interval_of_no_width() -> None:
    truth = np.eye(2, dtype=int)[np.arange(60) % 2]
    perfect = Sample(("a", "b"), truth, Mode.SINGLE, np.arange(60) % 6, {}, truth.astype(float))
    found = intervals(perfect, by=())
    assert found.at("metrics", "macro_f1") is None
    assert found.reason("metrics", "macro_f1") == "every speaker has the same value"


def test_cancelling_between_batches() -> None:
    def cancel() -> None:
        raise CancelledError

    with pytest.raises(CancelledError):
        evaluate(random_sample(0), intervals=PLAN, check=cancel)


def test_the_linearised_error_is_that_of_the_jackknife() -> None:
    rng = np.random.default_rng(0)
    a, b = rng.integers(5, 30, (40, 1)), rng.integers(40, 60, (40, 1))
    resampled = Resampled(40)
    error = np.sqrt(resampled.variance(resampled.ratios(Family(a, b)))[0, 0])
    left_out = (a.sum() - a) / (b.sum() - b)
    jackknife = np.sqrt(39 / 40 * ((left_out - left_out.mean()) ** 2).sum())
    assert error == pytest.approx(jackknife, rel=0.03)


@pytest.mark.parametrize(
    "path",
    [
        ("metrics", "macro_f1"),
        ("metrics", "weighted_f1"),
        ("metrics", "uar"),
        ("metrics", "brier_sum"),
        ("metrics", "roc_auc"),
        ("metrics", "ece"),
        ("metrics", "per_class", "f1", "anger"),
        ("calibration", "overall", "reliability"),
        ("calibration", "overall", "resolution"),
        ("calibration", "overall", "per_class", "anger", "uncertainty"),
        ("calibration", "overall", "within_bin"),
        ("fairness", "gender", "eod", "macro"),
        ("fairness", "gender", "dpd", "worst"),
        ("fairness", "gender", "delta_eo", "macro"),
        ("fairness", "gender", "bias"),
        ("fairness", "gender", "signed", "macro_f1"),
        ("fairness", "gender", "signed", "f1", "signed_mean"),
    ],
)
def test_derivatives_agree_with_the_spread_of_the_draws(path: tuple[str, ...]) -> None:
    # With many speakers the studentised and the percentile interval rest on the same spread: a wrong derivative
    # would make one of them wider by its own factor.
    sample = _many_speakers()
    widths = []
    for form in (Form.STUDENTISED, Form.PERCENTILE):
        found = _cached(form, sample).at(*path)
        assert found is not None
        widths.append(found.high - found.low)
    assert widths[0] == pytest.approx(widths[1], rel=0.12)


_CACHE: dict[object, object] = {}


def _many_speakers() -> Sample:
    from tests.unit.evaluation.simulate import World

    if "sample" not in _CACHE:
        _CACHE["sample"] = World(gap=1.0).corpus(np.random.default_rng(5), 100, 120)
    found = _CACHE["sample"]
    assert isinstance(found, Sample)
    return found


def _cached(form: Form, sample: Sample) -> Intervals:
    if form not in _CACHE:
        _CACHE[form] = intervals(sample, IntervalPlan(999, 1, form=form))
    found = _CACHE[form]
    assert isinstance(found, Intervals)
    return found


def test_forms_on_a_known_case() -> None:
    draws = np.arange(1, 100)[:, None] / 100.0
    found = Replicates(np.array([0.5]), np.array([0.1]), draws, np.full((99, 1), 0.1))
    for form, low, high in ((Form.PERCENTILE, 0.1, 0.9), (Form.BASIC, 0.1, 0.9), (Form.STUDENTISED, 0.1, 0.9)):
        ends = interval_ends(found, form, 0.8)
        assert (ends[0][0], ends[1][0]) == (pytest.approx(low), pytest.approx(high))


@pytest.mark.parametrize("form", list(Form))
def test_p_is_small_exactly_where_zero_lies_outside(form: Form) -> None:
    rng = np.random.default_rng(2)
    at = np.linspace(-3, 3, 61)
    found = Replicates(at, np.ones(61), at + rng.normal(size=(999, 61)), 1 + 0.1 * rng.random((999, 61)))
    low, high = interval_ends(found, form, 0.95)
    outside, p = (low > 0) | (high < 0), two_sided_p(found, form)
    assert (outside == (p <= 0.05)).mean() > 0.95


def test_draws_keep_each_stratum_whole() -> None:
    strata = np.array([0, 0, 0, 1, 1])
    weights = Draws(0, "x", strata).weights(50)
    assert (weights[:, :3].sum(axis=1) == 3).all()
    assert (weights[:, 3:].sum(axis=1) == 2).all()


def test_plans_are_checked() -> None:
    with pytest.raises(UserError):
        IntervalPlan(replicates=3)
    assert IntervalPlan().chosen_form is Form.STUDENTISED
    assert IntervalPlan(unit="utterance").chosen_form is Form.PERCENTILE  # type: ignore[arg-type]


def test_definitions_cover_every_score() -> None:
    evaluation: Evaluation = evaluate(random_sample(1))
    per_class = set(evaluation.metrics.per_class)
    assert (set(evaluation.metrics.scores) | per_class | {"dpd", "eod", "sp", "eo", "bias"}) <= set(
        evaluation.definitions
    )


def few_speakers_of_a_class(seed: int, having: int, speakers: int = 12) -> Sample:
    """One group of which so many speakers ever speak the first class, each recognised as well as it happens to be."""
    rng = np.random.default_rng([seed, having])
    skill = 1 / (1 + np.exp(-0.6 - 0.8 * rng.normal(size=speakers)))
    who = np.repeat(np.arange(speakers), 24)
    first = (who < having) & (np.arange(len(who)) % 2 == 0)
    said = np.where(rng.random(len(who)) < skill[who], ~first, first).astype(np.int64)
    truth = np.eye(2, dtype=np.int64)
    return Sample(("rare", "other"), truth[(~first).astype(np.int64)], Mode.SINGLE, who, {}, truth[said].astype(float))


@pytest.mark.parametrize("having", [2, 3, 4])
def test_recall_of_a_class_few_speak_rests_on_those_few(having: int) -> None:
    """Recall of a class that 2, 3 or 4 of 12 people speak; counting all 12 held the truth in 67 to 90 of 100."""
    skills = 1 / (1 + np.exp(-0.6 - 0.8 * np.random.default_rng(0).normal(size=200_000)))
    held, made = 0, 0
    for seed in range(120):
        found = evaluate(few_speakers_of_a_class(seed, having), (), IntervalPlan(99)).intervals
        assert found is not None
        interval = found.at("metrics", "per_class", "recall", "rare")
        if interval is not None:
            made += 1
            held += interval.low <= skills.mean() <= interval.high
    assert held >= 0.91 * made


def test_where_everybody_counts_nothing_is_widened() -> None:
    resampled, rng = Resampled(12), np.random.default_rng(0)
    a, b = rng.integers(1, 9, (12, 2)), rng.integers(9, 20, (12, 2))
    b[4:, 1] = a[4:, 1] = 0
    every = resampled.ratios(Family(a, b))
    few = Resampled(4)
    assert resampled.freedom(every).tolist() == [11, 3]
    alone = few.variance(few.ratios(Family(a[:4, 1:], b[:4, 1:])))
    assert resampled.variance(every)[0, 1] == pytest.approx(alone[0, 0])
