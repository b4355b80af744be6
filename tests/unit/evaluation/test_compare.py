from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from statsmodels.stats.contingency_tables import mcnemar as reference_mcnemar
from statsmodels.stats.multitest import multipletests

from fairemo_gui.evaluation.arrays import Float
from fairemo_gui.evaluation.compare import compare
from fairemo_gui.evaluation.comparison import Comparison, FlipResult, Verdict
from fairemo_gui.evaluation.evaluate import evaluate
from fairemo_gui.evaluation.intervals import IntervalPlan
from fairemo_gui.evaluation.sample import Mode, Sample
from fairemo_gui.evaluation.significance import holm, mcnemar
from tests.unit.evaluation.simulate import CLASSES, World

PLAN = IntervalPlan(499, seed=1)


def clearer(sample: Sample, by: float, noise: float = 0.2, only: str | None = None) -> Float:
    """Another net's probabilities: clearer for the true class by some amount, for one gender or all."""
    assert sample.probabilities is not None
    rng = np.random.default_rng(11)
    chosen = np.array([only in (None, g) for g in sample.groups["gender"]])[:, None]
    odds = np.log(sample.probabilities) + rng.normal(0, noise, sample.probabilities.shape) + by * sample.truth * chosen
    powers = np.exp(odds)
    return np.asarray(powers / powers.sum(axis=1, keepdims=True))


def compared(sample: Sample, new: Float, plan: IntervalPlan = PLAN) -> Comparison:
    return compare(sample, new, plan=plan)


@pytest.fixture(scope="module")
def sample() -> Sample:
    return World().corpus(np.random.default_rng(4), 12, 12)


def test_a_better_net_is_found_better_and_the_numbers_are_those_of_evaluate(sample: Sample) -> None:
    new = clearer(sample, 0.5)
    found = compared(sample, new)
    old = evaluate(sample)
    after = evaluate(Sample(CLASSES, sample.truth, sample.mode, sample.speakers, sample.groups, new))
    by_key = {(c.key, c.group): c for c in found.changes}
    for key in ("macro_f1", "uar", "brier"):
        change = by_key[key, None]
        assert (change.old, change.new) == (old.metrics.scores[key], after.metrics.scores[key])
        assert change.low <= change.delta <= change.high
        assert change.verdict is Verdict.BETTER
    for name in ("female", "male"):
        assert by_key["macro_f1", name].new == after.group("gender", name).metrics.scores["macro_f1"]
    assert by_key["dpd", None].new == after.fairness["gender"].dpd.macro
    assert by_key["eod", None].old == old.fairness["gender"].eod.macro
    assert by_key["macro_f1_gap", None].new == after.fairness["gender"].macro_f1_gap
    female = after.group("gender", "female").metrics.per_class["recall"]
    assert {r.label: r.new for r in found.recalls if r.group == "female"} == pytest.approx(dict(female))
    json.dumps(found.to_json(), allow_nan=False)


def test_a_worse_net_is_worse(sample: Sample) -> None:
    found = compared(sample, clearer(sample, -0.8))
    assert {c.verdict for c in found.changes if c.key in ("macro_f1", "brier") and c.group is None} == {Verdict.WORSE}


def test_help_for_women_only_shrinks_the_gap(sample: Sample) -> None:
    found = compared(sample, clearer(sample, 0.6, only="female"))
    by_key = {(c.key, c.group): c for c in found.changes}
    assert by_key["macro_f1", "female"].verdict is Verdict.BETTER
    assert by_key["macro_f1", "male"].verdict is Verdict.NO_EVIDENCE
    assert by_key["macro_f1_gap", None].delta < 0


def test_noise_alone_is_no_evidence(sample: Sample) -> None:
    found = compared(sample, clearer(sample, 0.0, noise=0.02))
    assert {c.verdict for c in found.changes if c.key != "brier"} == {Verdict.NO_EVIDENCE}


def test_the_same_net_twice_has_no_interval_and_no_flip(sample: Sample) -> None:
    assert sample.probabilities is not None
    found = compared(sample, np.array(sample.probabilities, dtype=np.float64))
    assert {(c.delta, c.reason, c.verdict) for c in found.changes} == {
        (0.0, "every speaker changed by the same", Verdict.NO_EVIDENCE)
    }
    assert found.flips == ()
    assert {t.counts.p for t in found.tests} == {1.0}


@pytest.mark.parametrize("mode", [Mode.SINGLE, Mode.MULTI])
def test_flips_and_mcnemar_count_the_same_utterances(sample: Sample, mode: Mode) -> None:
    votes = Sample(CLASSES, sample.truth, mode, sample.speakers, sample.groups, sample.probabilities)
    new = clearer(votes, 0.3)
    found = compared(votes, new)
    counts = found.tests[0].counts
    results = [flip.result for flip in found.flips]
    assert results.count(FlipResult.FIXED) == counts.only_new
    assert results.count(FlipResult.BROKEN) == counts.only_old
    assert counts.both_right + counts.both_wrong + counts.only_old + counts.only_new == found.n
    sizes = [abs(flip.delta_p) for flip in found.flips]
    assert sizes == sorted(sizes, reverse=True)
    for flip in found.flips[:20]:
        assert sample.probabilities is not None
        assert flip.truth == sample.truth[flip.row].argmax()
        assert flip.delta_p == new[flip.row, flip.truth] - sample.probabilities[flip.row, flip.truth]
    assert sum(t.counts.only_new for t in found.tests[1:]) == counts.only_new


def test_one_speaker_per_group_has_points_but_no_verdict(sample: Sample) -> None:
    speakers = np.array([g == "male" for g in sample.groups["gender"]]).astype(int)
    alone = Sample(CLASSES, sample.truth, sample.mode, speakers, sample.groups, sample.probabilities)
    found = compared(alone, clearer(alone, 0.5))
    gap = next(c for c in found.changes if c.key == "dpd")
    assert gap.verdict is Verdict.NO_EVIDENCE
    assert gap.reason == "female, male: one speaker"
    assert np.isnan(gap.low)


@settings(deadline=None, max_examples=60)
@given(st.integers(0, 40), st.integers(0, 40), st.integers(0, 5))
def test_mcnemar_equals_statsmodels(only_old: int, only_new: int, both: int) -> None:
    old = np.array([True] * (only_old + both) + [False] * (only_new + 3))
    new = np.array([False] * only_old + [True] * (both + only_new) + [False] * 3)
    found = mcnemar(old, new)
    expected = reference_mcnemar([[both, only_old], [only_new, 3]], exact=True).pvalue
    assert (found.only_old, found.only_new) == (only_old, only_new)
    assert found.p == pytest.approx(expected, abs=1e-12)


@settings(deadline=None, max_examples=60)
@given(st.lists(st.floats(0, 1), min_size=1, max_size=12))
def test_holm_equals_statsmodels(p: list[float]) -> None:
    assert holm(np.array(p)) == pytest.approx(multipletests(p, method="holm")[1])


def test_holm_leaves_missing_comparisons_out() -> None:
    found = holm(np.array([0.01, np.nan, 0.04]))
    assert found[[0, 2]].tolist() == [0.02, 0.04]
    assert np.isnan(found[1])
