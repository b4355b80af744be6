"""Whatever happened before, the figures are exactly those of evaluating everything anew, to the last bit."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fairemo_gui.errors import UserError
from fairemo_gui.evaluation.arrays import Bool
from fairemo_gui.evaluation.evaluate import evaluate
from fairemo_gui.evaluation.intervals import IntervalPlan, Unit
from fairemo_gui.evaluation.live import LiveEvaluation
from fairemo_gui.evaluation.sample import Mode, Sample
from fairemo_gui.jobs.task import CancelledError
from tests.unit.evaluation.build import random_sample

STEPS = st.lists(st.sampled_from(["predict", "repeat", "relabel", "withdraw", "unrate"]), min_size=1, max_size=8)
BY = ("gender", "age")


def start(sample: Sample, truth: object = None) -> LiveEvaluation:
    given = (sample.truth if truth is None else np.asarray(truth), sample.mode, sample.speakers, sample.groups)
    return LiveEvaluation(sample.classes, *given, BY, minimum_n=5, humans=sample.votes is not None)


def predictions(sample: Sample) -> npt.NDArray[Any]:
    found = sample.probabilities if sample.votes is None else sample.votes
    assert found is not None
    return found


class Mirror:
    """A live evaluation, and beside it the arrays it must agree with."""

    def __init__(self, sample: Sample, rng: np.random.Generator) -> None:
        self.sample, self.rng, self.live = sample, rng, start(sample)
        self.truth, self.given = sample.truth.copy(), np.zeros_like(predictions(sample))
        self.predicted: Bool = np.zeros(len(sample), dtype=bool)

    def step(self, name: str, most: int) -> None:
        rows = self.rng.permutation(len(self.sample))[: self.rng.integers(1, most + 1)]
        if name == "predict":
            self.given[rows] = self.rng.permutation(predictions(self.sample))[: len(rows)]
            self.predicted[rows] = True
            self.live.predict(rows, self.given[rows])
        elif name == "repeat":
            rows = rows[self.predicted[rows]]
            self.live.predict(rows, self.given[rows])
        elif name == "withdraw":
            self.predicted[rows] = False
            self.live.withdraw(rows)
        else:
            self.truth[rows] = self.rng.permutation(self.sample.truth)[: len(rows)] if name == "relabel" else 0
            self.live.relabel(rows, self.truth[rows])

    def anew(self) -> Sample | None:
        """What counts now, as a sample; None where nothing does."""
        given = (self.sample.classes, self.truth, self.sample.mode, self.sample.speakers, self.sample.groups)
        whole = Sample(*given, *((self.given, None) if self.sample.votes is None else (None, self.given)))
        rows: Bool = self.predicted & whole.usable()
        assert self.live.done == rows.sum()
        return whole.take(rows) if rows.any() else None


@settings(deadline=None, max_examples=60)
@given(
    seed=st.integers(0, 2**31),
    mode=st.sampled_from(Mode),
    humans=st.booleans(),
    steps=STEPS,
    most=st.sampled_from([1, 6, 50]),
)
def test_any_sequence_of_changes_equals_evaluating_anew(
    seed: int, mode: Mode, humans: bool, steps: list[str], most: int
) -> None:
    sample = random_sample(seed, n=70, mode=mode, speakers=7, unknown=0.2, humans=humans)
    mirror = Mirror(sample, np.random.default_rng(seed))
    mirror.step("predict", 70)
    for name in steps:
        mirror.step(name, most)
        anew = mirror.anew()
        if anew is not None and mirror.rng.random() < 0.7:
            assert mirror.live.evaluation().to_json() == evaluate(anew, BY, minimum_n=5).to_json()


@pytest.mark.parametrize("humans", [False, True])
@pytest.mark.parametrize("mode", [Mode.MULTI, Mode.SOFT])
def test_many_changes_between_two_looks(mode: Mode, humans: bool) -> None:
    mirror = Mirror(random_sample(5, n=3000, mode=mode, speakers=40, humans=humans), np.random.default_rng(5))
    for name, most in (("predict", 3000), ("relabel", 40), ("relabel", 3000), ("unrate", 900), ("relabel", 10)):
        mirror.step(name, most)
        mirror.step(name, most)
        anew = mirror.anew()
        assert anew is not None
        assert mirror.live.evaluation().to_json() == evaluate(anew, BY, minimum_n=5).to_json()


@pytest.mark.parametrize("humans", [False, True])
@pytest.mark.parametrize("plan", [IntervalPlan(99), IntervalPlan(40, unit=Unit.UTTERANCE)])
def test_batches_fill_in_and_intervals_are_those_of_the_rows_so_far(plan: IntervalPlan, humans: bool) -> None:
    sample = random_sample(1, n=120, speakers=10, mode=Mode.SOFT, humans=humans)
    live = start(sample)
    for first in range(0, 120, 30):
        rows = np.arange(first, first + 30)
        live.predict(rows, predictions(sample)[rows])
        assert (live.done, live.total) == (first + 30, 120)
        live.relabel([first], sample.truth[[first]])
        scratch = evaluate(sample.take(np.arange(first + 30)), BY, plan, minimum_n=5)
        assert live.evaluation(plan).to_json() == scratch.to_json()
    assert (live.confusion("gender")["male"] == evaluate(sample).group("gender", "male").confusion.counts).all()


def test_a_cancelled_look_leaves_the_next_one_right() -> None:
    sample = random_sample(4, n=200, speakers=10)
    live = start(sample)
    live.predict(np.arange(100), predictions(sample)[:100])
    live.evaluation()
    live.predict(np.arange(50, 200), predictions(sample)[50:])
    asked = 0

    def cancel() -> None:
        nonlocal asked
        asked += 1
        if asked == 3:
            raise CancelledError

    with pytest.raises(CancelledError):
        live.evaluation(check=cancel)
    assert live.evaluation().to_json() == evaluate(sample, BY, minimum_n=5).to_json()


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
