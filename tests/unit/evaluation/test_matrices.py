from __future__ import annotations

import numpy as np
from sklearn.metrics import confusion_matrix, multilabel_confusion_matrix

from fairemo_gui.evaluation.evaluate import evaluate
from fairemo_gui.evaluation.matrices import Answers, matrices
from tests.unit.evaluation.test_thresholds import made_up


def test_each_label_against_the_rest_is_what_scikit_learn_counts() -> None:
    decisions = made_up().decisions
    found = matrices(Answers.true(decisions), Answers.predicted(decisions))[None]
    assert found.outcomes.tolist() == multilabel_confusion_matrix(decisions.truth_on, decisions.predicted_on).tolist()
    assert found.row_on.tolist() == decisions.truth_on.sum(axis=0).tolist()
    assert found.column_on.tolist() == decisions.predicted_on.sum(axis=0).tolist()


def test_classes_are_counted_per_group_as_the_evaluation_counts_them() -> None:
    sample = made_up()
    decisions, whole = sample.decisions, evaluate(sample, ("gender",))
    found = matrices(Answers.true(decisions), Answers.predicted(decisions), sample.groups["gender"])
    assert set(found) == {"female", "male", "other", None}
    for value, counts in found.items():
        assert counts.classes.tolist() == whole.group("gender", value).confusion.counts.tolist()
        assert counts.n == whole.group("gender", value).n


def test_labels_together() -> None:
    rng = np.random.default_rng(2)
    one, other = rng.random((90, 4)) > 0.5, rng.random((90, 4)) > 0.6
    classes = rng.integers(4, size=(2, 90))
    found = matrices(Answers(classes[0], one), Answers(classes[1], other))[None]
    assert found.together[1, 3] == (one[:, 1] & other[:, 3]).sum()
    assert found.classes.tolist() == confusion_matrix(*classes, labels=range(4)).tolist()
    assert found.same == (classes[0] == classes[1]).mean()


def test_of_nothing_nothing_is_counted() -> None:
    none = Answers(np.empty(0, dtype=np.int64), np.empty((0, 3), dtype=bool))
    assert matrices(none, none) == {}
