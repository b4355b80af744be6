"""Whatever happened before, the figures are exactly those of counting everything anew."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fairemo_gui.errors import UserError
from fairemo_gui.evaluation.arrays import Bool
from fairemo_gui.evaluation.evaluate import evaluate
from fairemo_gui.evaluation.intervals import IntervalPlan
from fairemo_gui.evaluation.live import LiveEvaluation
from fairemo_gui.evaluation.records import Evaluation
from fairemo_gui.evaluation.sample import Mode, Sample
from tests.unit.evaluation.build import random_sample

NEEDS_RANKS = {"roc_auc", "ece", "ece_width"}


def without_ranks(node: object) -> object:
    if isinstance(node, dict):
        return {key: without_ranks(value) for key, value in node.items() if key not in NEEDS_RANKS | {"calibration"}}
    return [without_ranks(item) for item in node] if isinstance(node, list) else node


def same(live: Evaluation, scratch: Evaluation) -> None:
    assert without_ranks(live.to_json()) == without_ranks(scratch.to_json())


def start(sample: Sample, truth: object = None) -> LiveEvaluation:
    given_truth = sample.truth if truth is None else np.asarray(truth)
    return LiveEvaluation(
        sample.classes, given_truth, sample.mode, sample.speakers, sample.groups, ("gender", "age"), minimum_n=5
    )


@settings(deadline=None, max_examples=40)
@given(
    seed=st.integers(0, 2**31),
    mode=st.sampled_from(Mode),
    steps=st.lists(st.sampled_from(["predict", "relabel", "withdraw", "unrate"]), min_size=1, max_size=8),
)
def test_any_sequence_of_updates_equals_counting_anew(seed: int, mode: Mode, steps: list[str]) -> None:
    rng = np.random.default_rng(seed)
    sample = random_sample(seed, n=70, mode=mode, speakers=7, unknown=0.2)
    assert sample.probabilities is not None
    live, truth = start(sample), sample.truth.copy()
    p, predicted = np.zeros_like(sample.probabilities), np.zeros(70, dtype=bool)
    for step in ["predict", *steps]:
        rows = rng.permutation(70)[: rng.integers(1, 50)]
        if step == "predict":
            p[rows] = rng.permutation(sample.probabilities)[: len(rows)]
            predicted[rows] = True
            live.predict(rows, p[rows])
        elif step == "withdraw":
            predicted[rows[:5]] = False
            live.withdraw(rows[:5])
        else:
            rows = rows[:6]
            truth[rows] = rng.permutation(sample.truth)[: len(rows)] if step == "relabel" else 0
            live.relabel(rows, truth[rows])
    done: Bool = predicted & (truth.sum(axis=1) > 0)
    assert live.done == done.sum()
    if done.any():
        scratch = Sample(sample.classes, truth, mode, sample.speakers, sample.groups, p).take(done)
        same(live.evaluation(), evaluate(scratch, ("gender", "age"), minimum_n=5))


def test_batches_fill_in_and_intervals_are_those_of_the_rows_so_far() -> None:
    sample = random_sample(1, n=120, speakers=10)
    assert sample.probabilities is not None
    live, plan = start(sample), IntervalPlan(99)
    for first in range(0, 120, 30):
        rows = np.arange(first, first + 30)
        live.predict(rows, sample.probabilities[rows])
        assert (live.done, live.total) == (first + 30, 120)
        so_far = sample.take(np.arange(first + 30))
        found, scratch = live.evaluation(plan), evaluate(so_far, ("gender", "age"), plan, minimum_n=5)
        assert found.metrics.scores["macro_f1"] == scratch.metrics.scores["macro_f1"]
        assert found.intervals is not None
        assert scratch.intervals is not None
        for path, interval in found.intervals.found.items():
            assert interval == scratch.intervals.found[path], path
    assert (live.confusion("gender")["male"] == evaluate(sample).group("gender", "male").confusion.counts).all()


def test_rows_without_truth_wait_until_they_are_rated() -> None:
    sample = random_sample(2, n=30)
    assert sample.probabilities is not None
    truth = sample.truth.copy()
    truth[0] = 0
    live = start(sample, truth)
    live.predict(np.arange(30), sample.probabilities)
    assert (live.done, live.total) == (29, 29)
    live.relabel([0], sample.truth[:1])
    assert (live.done, live.total) == (30, 30)


def test_a_refused_batch_changes_nothing() -> None:
    sample = random_sample(2, n=30)
    assert sample.probabilities is not None
    live = start(sample)
    with pytest.raises(UserError, match="nothing to evaluate yet"):
        live.evaluation()
    live.predict(np.arange(20), sample.probabilities[:20])
    before = live.evaluation().to_json()
    broken = sample.probabilities[:3].copy()
    broken[2, 0] = np.nan
    with pytest.raises(UserError, match="Row 2 "):
        live.predict([0, 1, 2], broken)
    with pytest.raises(UserError, match="twice"):
        live.predict([0, 0], sample.probabilities[:2])
    with pytest.raises(UserError):
        live.relabel([0], -sample.truth[:1])
    assert live.evaluation().to_json() == before
