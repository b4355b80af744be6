"""Against scikit-learn wherever it defines the number, against plain loops elsewhere."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn import metrics as sk

from fairemo_gui.evaluation.evaluate import evaluate
from fairemo_gui.evaluation.sample import Mode, Sample
from tests.unit.evaluation.build import f1, random_sample

SAMPLES = st.builds(
    random_sample,
    seed=st.integers(0, 2**31),
    n=st.integers(1, 50),
    classes=st.integers(2, 5),
    mode=st.sampled_from(Mode),
    speakers=st.integers(1, 8),
    groups=st.integers(1, 3),
    unknown=st.sampled_from([0.0, 0.3]),
    humans=st.booleans(),
)


@settings(deadline=None, max_examples=60)
@given(SAMPLES)
def test_scores_equal_scikit_learn(sample: Sample) -> None:
    scores, decided = evaluate(sample, ()).metrics.scores, sample.decisions
    on, predicted = decided.truth_on, decided.predicted_on
    present = np.unique(decided.truth_class)
    expected = {
        "macro_f1": sk.f1_score(on, predicted, average="macro", zero_division=0),
        "weighted_f1": sk.f1_score(on, predicted, average="weighted", zero_division=0),
        "exact_match": sk.accuracy_score(on, predicted),
        "accuracy": sk.accuracy_score(decided.truth_class, decided.predicted_class),
        "uar": sk.recall_score(
            decided.truth_class, decided.predicted_class, labels=present, average="macro", zero_division=0
        ),
        "brier": np.mean((decided.probabilities - decided.target) ** 2),
        "brier_soft": np.mean((decided.probabilities - sample.truth / sample.truth.sum(axis=1)[:, None]) ** 2),
        "brier_sum": np.mean(((decided.probabilities - decided.target) ** 2).sum(axis=1)),
    }
    assert {name: scores[name] for name in expected} == pytest.approx(expected, abs=1e-9)


@settings(deadline=None, max_examples=60)
@given(SAMPLES)
def test_per_class_numbers_equal_scikit_learn(sample: Sample) -> None:
    found, decided = evaluate(sample, ()).metrics, sample.decisions
    for k, name in enumerate(sample.classes):
        on, predicted = decided.truth_on[:, k], decided.predicted_on[:, k]
        assert found.per_class["f1"][name] == pytest.approx(sk.f1_score(on, predicted, zero_division=0))
        assert found.per_class["precision"][name] == pytest.approx(sk.precision_score(on, predicted, zero_division=0))
        recall = sk.recall_score(on, predicted, zero_division=np.nan)
        assert found.per_class["recall"][name] == pytest.approx(recall, nan_ok=True)
        auc = sk.roc_auc_score(on, decided.probabilities[:, k]) if 0 < on.sum() < len(on) else np.nan
        assert found.per_class["roc_auc"][name] == pytest.approx(auc, abs=1e-9, nan_ok=True)
        assert found.support[name] == on.sum()
    occurring = [v for v in found.per_class["roc_auc"].values() if not np.isnan(v)]
    mean = np.mean(occurring) if occurring else np.nan
    assert found.scores["roc_auc"] == pytest.approx(mean, abs=1e-9, nan_ok=True)
    neither = (~decided.truth_on & ~decided.predicted_on).all(axis=0)
    assert found.undefined["f1"] == neither.sum()
    assert found.undefined["recall"] == (~decided.truth_on.any(axis=0)).sum()


@settings(deadline=None, max_examples=40)
@given(SAMPLES)
def test_groups_are_evaluated_as_if_alone(sample: Sample) -> None:
    found = evaluate(sample, ("gender", "age"), minimum_n=1)
    gender, age = (np.asarray(sample.groups[name], dtype=object) for name in ("gender", "age"))
    assert sum(g.n for g in found.groups if g.by == "gender") == len(sample)
    for group in found.groups:
        mask = {"gender": gender == group.value, "age": age == group.value}.get(group.by)
        if group.by == "gender×age":
            both = np.array([None if a is None else f"{a}×{b}" for a, b in zip(gender, age, strict=True)], dtype=object)
            mask = both == group.value
        assert mask is not None
        alone = evaluate(sample.take(np.asarray(mask, dtype=bool)), ())
        assert group.n == alone.n
        assert group.speakers == alone.speakers
        assert dict(group.metrics.scores) == pytest.approx(dict(alone.metrics.scores), abs=1e-12, nan_ok=True)
        assert (group.confusion.counts == alone.confusion.counts).all()
        own = sample.take(np.asarray(mask, dtype=bool)).decisions
        assert group.metrics.scores["macro_f1"] == pytest.approx(f1(own.truth_on, own.predicted_on).mean())


def test_confusion_counts_and_rates() -> None:
    sample = random_sample(5, n=80)
    found, decided = evaluate(sample).confusion, sample.decisions
    many = range(len(sample.classes))
    expected = sk.confusion_matrix(decided.truth_class, decided.predicted_class, labels=list(many))
    assert (found.counts == expected).all()
    assert np.nansum(found.rates, axis=1) == pytest.approx((expected.sum(axis=1) > 0).astype(float))


def test_ties_go_to_the_first_class_and_are_counted() -> None:
    votes = np.array([[2, 2, 0], [0, 3, 3], [1, 0, 0]])
    sample = Sample(("a", "b", "c"), votes, Mode.MULTI, np.zeros(3, dtype=int), {}, votes=votes)
    found = evaluate(sample, ())
    assert found.metrics.ties == {"truth": 2, "prediction": 2}
    assert found.confusion.counts.diagonal().tolist() == [2, 1, 0]


def test_one_class_only() -> None:
    truth = np.tile([1, 0, 0], (30, 1))
    sample = Sample(("a", "b", "c"), truth, Mode.SINGLE, np.arange(30) % 4, {}, np.tile([0.8, 0.1, 0.1], (30, 1)))
    found = evaluate(sample, ()).metrics
    assert (found.scores["uar"], found.scores["accuracy"]) == (1.0, 1.0)
    assert found.scores["macro_f1"] == pytest.approx(1 / 3)
    assert np.isnan(found.scores["roc_auc"])
    assert found.undefined == {"f1": 2, "precision": 2, "recall": 2, "fpr": 1, "roc_auc": 3}
