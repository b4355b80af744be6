from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.calibration import calibration_curve

from fairemo_gui.evaluation.evaluate import evaluate
from fairemo_gui.evaluation.records import Calibration
from fairemo_gui.evaluation.sample import Mode, Sample
from tests.unit.evaluation.build import random_sample

SAMPLES = st.builds(
    random_sample,
    seed=st.integers(0, 2**31),
    n=st.integers(1, 120),
    classes=st.integers(2, 4),
    mode=st.sampled_from([Mode.MULTI, Mode.SINGLE]),
    humans=st.booleans(),
)


def calibration(sample: Sample) -> Calibration:
    found = evaluate(sample, ()).calibration
    assert found is not None
    return found


@settings(deadline=None, max_examples=80)
@given(SAMPLES)
def test_bins_equal_scikit_learn(sample: Sample) -> None:
    found, decided = calibration(sample), sample.decisions
    for k, name in enumerate(sample.classes):
        on, p = decided.truth_on[:, k], decided.probabilities[:, k]
        rate, mean = calibration_curve(on, p, n_bins=10, strategy="quantile", pos_label=True)
        bins = found.class_bins[name]
        assert bins.observed.tolist() == pytest.approx(rate.tolist())
        assert bins.mean_p.tolist() == pytest.approx(mean.tolist())
        assert bins.n.sum() == len(sample)
    rate, mean = calibration_curve(
        decided.truth_on.ravel(), decided.probabilities.ravel(), n_bins=10, strategy="quantile", pos_label=True
    )
    assert found.bins.observed.tolist() == pytest.approx(rate.tolist())
    assert found.bins.mean_p.tolist() == pytest.approx(mean.tolist())


@settings(deadline=None, max_examples=80)
@given(SAMPLES)
def test_parts_add_up_to_the_brier_score(sample: Sample) -> None:
    found = calibration(sample)
    for parts in (found.parts, *found.per_class.values()):
        total = parts["reliability"] - parts["resolution"] + parts["uncertainty"] + parts["within_bin"]
        assert total == pytest.approx(parts["brier"], abs=1e-12)
    for name, parts in found.per_class.items():
        bins = found.class_bins[name]
        share = bins.n / bins.n.sum()
        base = (share * bins.observed).sum()
        assert parts["reliability"] == pytest.approx((share * (bins.mean_p - bins.observed) ** 2).sum(), abs=1e-12)
        assert parts["resolution"] == pytest.approx((share * (bins.observed - base) ** 2).sum(), abs=1e-12)
        assert parts["uncertainty"] == pytest.approx(base * (1 - base), abs=1e-12)
        assert parts["ece"] == pytest.approx((share * np.abs(bins.mean_p - bins.observed)).sum(), abs=1e-12)


@settings(deadline=None, max_examples=60)
@given(SAMPLES)
def test_ece_on_equal_widths(sample: Sample) -> None:
    found, decided = calibration(sample), sample.decisions
    for k, name in enumerate(sample.classes):
        on, p = decided.truth_on[:, k].astype(float), decided.probabilities[:, k]
        rate, mean = calibration_curve(on, p, n_bins=15, strategy="uniform")
        place = np.searchsorted(np.linspace(0, 1, 16)[1:-1], p)
        share = np.unique(place, return_counts=True)[1] / len(p)
        expected = (share * np.abs(rate - mean)).sum()
        assert found.per_class[name]["ece_width"] == pytest.approx(expected, abs=1e-12)


def test_equal_forecasts_in_a_bin_leave_nothing_within() -> None:
    p = np.repeat([[0.2, 0.8], [0.7, 0.3]], 50, axis=0)
    truth = np.eye(2, dtype=int)[np.r_[np.arange(50) % 5 > 0, np.arange(50) % 3 > 0].astype(int)]
    found = calibration(Sample(("a", "b"), truth, Mode.SINGLE, np.arange(100) % 7, {}, p))
    assert found.parts["within_bin"] == pytest.approx(0, abs=1e-12)
    assert found.bins.mean_p.tolist() == pytest.approx([0.2, 0.3, 0.7, 0.8])


@pytest.mark.parametrize("mode", list(Mode))
@pytest.mark.parametrize("humans", [False, True])
def test_rows_in_another_order_change_no_bit(mode: Mode, humans: bool) -> None:
    sample = random_sample(9, n=1500, mode=mode, humans=humans)
    shuffled = sample.take(np.random.default_rng(1).permutation(1500))
    assert evaluate(sample).to_json() == evaluate(shuffled).to_json()
