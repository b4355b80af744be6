"""Rules of the definitions that random samples seldom meet: empty cells, small and unknown groups, paper 1, JSON."""

from __future__ import annotations

import json

import numpy as np
import pytest
from fairlearn.metrics import equalized_odds_difference
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import recall_score

from fairemo_gui.evaluation.dimensional import ccc, dimensional_differences
from fairemo_gui.evaluation.evaluate import evaluate
from fairemo_gui.evaluation.intervals import Form, IntervalPlan
from fairemo_gui.evaluation.sample import Mode, Sample
from tests.unit.evaluation.build import random_sample

# Happy is never true of men: their recall of it does not exist.
TRUTH = np.eye(2, dtype=np.int64)[[0, 0, 1, 1] * 10 + [1] * 40]
SAID = np.eye(2)[[0, 1, 1, 1] * 10 + [1, 1, 1, 0] * 10]
GENDER = ["female"] * 40 + ["male"] * 40


def lopsided() -> Sample:
    return Sample(("happy", "sad"), TRUTH, Mode.SINGLE, np.arange(80) % 8, {"gender": GENDER}, SAID)


def test_an_empty_cell_is_left_out_and_counted_where_fairlearn_takes_it_for_zero() -> None:
    found = evaluate(lopsided()).fairness["gender"]
    happy = (TRUTH[:, 0], SAID[:, 0])
    assert equalized_odds_difference(*happy, sensitive_features=GENDER) == pytest.approx(0.5)
    # Only the false-positive rates can be compared: 0 of 20 women, 10 of 40 men.
    assert found.eod.per_class["happy"] == pytest.approx(0.25)
    assert np.isnan(found.delta_eo.per_class["happy"])
    assert np.isnan(found.delta_eo.macro)
    assert found.empty_cells == {"selection_rate": 0, "recall": 1, "fpr": 1}
    assert found.signed is not None
    assert np.isnan(found.signed.eo.per_class["happy"])
    assert found.signed.eo.abs_mean == abs(found.signed.eo.per_class["sad"])


def test_what_is_undefined_is_null_with_its_count_and_meaning() -> None:
    document = json.loads(json.dumps(evaluate(lopsided(), intervals=IntervalPlan(60)).to_json(), allow_nan=False))
    male = next(g for g in document["groups"] if g["value"] == "male")
    assert male["metrics"]["per_class"]["recall"]["happy"] is None
    assert male["metrics"]["undefined"]["recall"] == 1
    assert male["metrics"]["per_class"]["f1"]["happy"] == 0.0
    assert document["fairness"]["gender"]["delta_eo"]["per_class"]["happy"] is None
    assert document["fairness"]["gender"]["empty_cells"]["recall"] == 1
    reasons = document["intervals"]["reasons"]
    assert reasons["fairness.gender.delta_eo.per_class.happy"] == "undefined"
    for key, definition in document["definitions"].items():
        assert set(definition) == {"title", "definition", "formula", "source"}, key
        assert all(definition.values()), key


def test_a_small_group_changes_no_difference() -> None:
    sample = random_sample(8, n=150, speakers=14, groups=2)
    gender = np.asarray(sample.groups["gender"], dtype=object).copy()
    gender[:19] = "third"

    def grouped() -> Sample:
        groups = {"gender": gender}
        return Sample(sample.classes, sample.truth, sample.mode, sample.speakers, groups, sample.probabilities)

    grown = grouped()
    with_third, without = evaluate(grown), evaluate(grown.take(np.arange(19, 150)))
    assert with_third.fairness["gender"].to_json() == {
        **without.fairness["gender"].to_json(),
        "left_out": {"third": "fewer than 20 utterances"},
    }
    assert [g.value for g in with_third.groups if g.small] == ["third"]
    assert with_third.group("gender", "third").n == 19
    gender[19] = "third"
    assert evaluate(grouped()).fairness["gender"].signed is None


def test_an_intersection_is_unknown_as_soon_as_one_part_is() -> None:
    sample = random_sample(5, n=160, speakers=16, unknown=0.3)
    found = evaluate(sample, ("gender", "age"), minimum_n=1)
    crossed = {g.value: g.n for g in found.groups if g.by == "gender×age"}
    gender, age = (np.asarray(sample.groups[name], dtype=object) for name in ("gender", "age"))
    assert crossed.pop(None) == sum(a is None or b is None for a, b in zip(gender, age, strict=True))
    assert sum(crossed.values()) == sum(a is not None and b is not None for a, b in zip(gender, age, strict=True))
    assert set(crossed) == set(found.fairness["gender×age"].groups)


@settings(deadline=None, max_examples=50)
@given(st.integers(0, 2**31), st.sampled_from([3.5, 4.0]))
def test_paper_1_against_its_own_words(seed: int, theta: float) -> None:
    rng = np.random.default_rng(seed)
    truth = rng.integers(1, 8, size=60).astype(np.float64)
    predicted = np.clip(np.round(truth + rng.normal(0, 1.5, 60), 1), 1, 7)
    women = rng.random(60) < 0.4
    found = dimensional_differences(truth, predicted, women, ~women, theta)
    # Exactly θ is low: recall of "above θ" and of its opposite, women less men.
    recalls = {
        (high, who): recall_score(truth[rows] > theta, predicted[rows] > theta, pos_label=high, zero_division=np.nan)
        for high in (False, True)
        for who, rows in (("f", women), ("m", ~women))
    }
    low, high = (recalls[which, "f"] - recalls[which, "m"] for which in (False, True))
    expected = low, high, low + high
    assert (found.tpr_low_diff, found.tpr_high_diff, found.tpr_diff) == pytest.approx(expected, nan_ok=True)
    both = np.stack([truth, predicted])
    covariance = np.cov(both, ddof=0)
    lin = 2 * covariance[0, 1] / (covariance.trace() + (truth.mean() - predicted.mean()) ** 2)
    assert found.ccc == ccc(truth, predicted) == pytest.approx(lin)
    assert found.ccc_diff == pytest.approx(
        ccc(truth[women], predicted[women]) - ccc(truth[~women], predicted[~women]), nan_ok=True
    )


def spoken_by(numbers: list[int]) -> Sample:
    """Women of so many utterances each, and ten men of twenty."""
    who = np.repeat(np.arange(len(numbers) + 10), [*numbers, *[20] * 10])
    rng = np.random.default_rng(0)
    truth = np.eye(2, dtype=np.int64)[rng.integers(2, size=len(who))]
    gender = np.where(who < len(numbers), "female", "male").astype(object)
    return Sample(("a", "b"), truth, Mode.SINGLE, who, {"gender": gender}, rng.dirichlet([1, 1], len(who)))


@pytest.mark.parametrize(
    ("numbers", "said"),
    [
        ([20] * 10, None),
        ([30, 10] * 5, None),
        ([20] * 3, "under 4 speakers (female 3) intervals come from Student's t alone"),
        ([200, 200, *[10] * 8], "(female: 10 count like 3); intervals are too short"),
    ],
)
def test_few_and_uneven_speakers_are_said(numbers: list[int], said: str | None) -> None:
    caveats = evaluate(spoken_by(numbers)).caveats
    assert any(said in caveat for caveat in caveats) if said else not caveats


def test_the_form_of_an_interval_over_few_speakers_is_named() -> None:
    assert [IntervalPlan().form_words(n) for n in (3, 4)] == ["Student's t", "studentised"]
    assert IntervalPlan(form=Form.PERCENTILE).form_words(3) == "percentile"
