from __future__ import annotations

import numpy as np
import pytest

from fairemo_gui.errors import UserError
from fairemo_gui.evaluation.evaluate import evaluate
from fairemo_gui.evaluation.sample import Mode, Sample
from tests.unit.evaluation.build import random_sample

TRUTH = np.array([[3, 1], [0, 2], [1, 1]])
P = np.array([[0.7, 0.3], [0.4, 0.6], [0.5, 0.5]])


def sample(**changes: object) -> Sample:
    given: dict[str, object] = {
        "classes": ("a", "b"),
        "truth": TRUTH,
        "mode": Mode.MULTI,
        "speakers": np.arange(3),
        "groups": {"gender": ["female", None, "male"]},
        "probabilities": P,
    }
    return Sample(**(given | changes))  # type: ignore[arg-type]


@pytest.mark.parametrize("bad", [np.nan, 1.2, -0.1, np.inf])
def test_a_row_that_is_no_probability_is_refused_by_its_number(bad: float) -> None:
    broken = P.copy()
    broken[1, 0] = bad
    with pytest.raises(UserError, match="Row 1 ") as raised:
        sample(probabilities=broken)
    assert raised.value.problems == ("row 1: not a probability between 0 and 1",)


def test_exactly_one_predictor() -> None:
    with pytest.raises(UserError, match="one predictor"):
        sample(votes=TRUTH)
    with pytest.raises(UserError, match="one predictor"):
        sample(probabilities=None)


@pytest.mark.parametrize(
    "changes",
    [
        {"truth": np.array([[1, -1], [1, 0], [1, 0]])},
        {"truth": np.array([[0.5, 0.5], [1, 0], [1, 0]])},
        {"truth": np.ones((3, 3), dtype=int)},
        {"speakers": np.arange(4)},
        {"groups": {"gender": ["female"]}},
        {"probabilities": P[:2]},
    ],
)
def test_misfits_are_refused(changes: dict[str, object]) -> None:
    with pytest.raises(UserError):
        sample(**changes)


def test_labels_are_on_strictly_above_one_in_c() -> None:
    decided = sample().decisions
    assert decided.truth_on.tolist() == [[True, False], [False, True], [False, False]]
    assert decided.predicted_on.tolist() == [[True, False], [False, True], [False, False]]
    assert decided.truth_ties.tolist() == [False, False, True]
    assert decided.predicted_ties.tolist() == [False, False, True]


@pytest.mark.parametrize("classes", range(2, 12))
@pytest.mark.parametrize("number", [np.float32, np.float64])
def test_a_net_without_preference_predicts_nothing(classes: int, number: type[np.floating]) -> None:
    names, votes = tuple("abcdefghijk"[:classes]), np.ones((1, classes), dtype=np.int64)
    even = np.full((1, classes), 1, dtype=number) / number(classes)
    assert not Sample(names, votes, Mode.MULTI, np.zeros(1, dtype=int), {}, even).decisions.predicted_on.any()
    above = np.nextafter(even, number(1))
    assert Sample(names, votes, Mode.MULTI, np.zeros(1, dtype=int), {}, above).decisions.predicted_on.all()


def test_raters_are_decided_in_whole_numbers() -> None:
    # One vote of six is exactly 1/6: off, whatever 1/6 is in floating point.
    votes = np.array([[1, 1, 1, 1, 1, 1], [2, 1, 1, 1, 1, 0]])
    raters = Sample(tuple("abcdef"), votes, Mode.MULTI, np.zeros(2, dtype=int), {}, votes=votes)
    assert raters.decisions.predicted_on.sum(axis=1).tolist() == [0, 1]


def test_rows_without_votes_are_masked_or_refused() -> None:
    empty = sample(truth=np.array([[1, 0], [0, 0], [0, 1]]))
    assert empty.usable().tolist() == [True, False, True]
    with pytest.raises(UserError, match="Row 1 "):
        evaluate(empty)
    assert evaluate(empty.take(empty.usable())).n == 2


def test_modes() -> None:
    votes = sample(mode="plurality")
    assert votes.decisions.truth_on.tolist() == [[True, False], [False, True], [True, False]]
    assert evaluate(votes).mode == "single"
    assert evaluate(votes).truth_rule == "plurality"
    soft = random_sample(3, mode=Mode.SOFT)
    hard = Sample(soft.classes, soft.truth, Mode.MULTI, soft.speakers, soft.groups, soft.probabilities)
    found, plain = evaluate(soft).metrics.scores, evaluate(hard).metrics.scores
    assert found["brier"] == plain["brier_soft"]
    assert found["macro_f1"] == plain["macro_f1"]


def test_nothing_to_evaluate_and_unknown_attributes_are_said() -> None:
    with pytest.raises(UserError, match="nothing to evaluate"):
        evaluate(sample().take(np.zeros(3, dtype=bool)))
    with pytest.raises(UserError, match="“race”"):
        evaluate(sample(), ("race",))
