from __future__ import annotations

import numpy as np
import pytest

from fairemo_gui.evaluation.dimensional import ccc, concordance, dimensional_differences
from fairemo_gui.evaluation.intervals import Draws, Form, IntervalPlan, order_statistics


def test_concordance() -> None:
    truth = np.array([1.0, 2.0, 3.0, 4.0])
    assert ccc(truth, truth) == pytest.approx(1.0)
    assert ccc(truth, truth + 1) == pytest.approx(2 * 1.25 / (1.25 + 1.25 + 1))
    assert ccc(truth, -truth) < 0
    assert ccc(np.ones(3), np.ones(3)) == 0.0
    assert np.isnan(ccc(np.zeros(0), np.zeros(0)))


def test_differences_are_female_minus_male() -> None:
    truth = np.array([1.0, 5.0, 1.0, 5.0, 5.0])
    predicted = np.array([1.0, 2.0, 5.0, 5.0, 5.0])
    female = np.array([True, True, False, False, False])
    found = dimensional_differences(truth, predicted, female, ~female, theta=3.5)
    assert (found.tpr_low_diff, found.tpr_high_diff, found.tpr_diff) == (1.0, -1.0, 0.0)
    assert found.ccc_diff == pytest.approx(ccc(truth[:2], predicted[:2]) - ccc(truth[2:], predicted[2:]))
    nobody = np.zeros(5, dtype=bool)
    assert np.isnan(dimensional_differences(truth, predicted, nobody, female, 3.5).tpr_diff)


def test_concordance_of_two_conditions_is_the_same_number_with_its_interval() -> None:
    rng = np.random.default_rng(3)
    speakers, first = np.arange(60) % 7, rng.normal(4, 1, 60)
    second = first + rng.normal(0.4, 0.8, 60)
    second[::9] = np.nan
    known = ~np.isnan(second)
    plan = IntervalPlan(60, 2, form=Form.PERCENTILE)
    found = concordance(first, second, speakers)
    estimate = found.estimate(plan)
    assert estimate.value == pytest.approx(ccc(first[known], second[known]))
    assert (estimate.utterances, estimate.speakers) == (53, 7)
    values = []
    for weights in Draws(2, "ccc 0", np.zeros(7, dtype=np.int64)).weights(60):
        rows = np.concatenate([np.tile(np.flatnonzero(known & (speakers == k)), int(w)) for k, w in enumerate(weights)])
        values.append(ccc(first[rows], second[rows]))
    low, high = order_statistics(np.array(values)[:, None], 0.95)
    assert estimate.interval is not None
    assert (estimate.interval.low, estimate.interval.high) == pytest.approx((low[0], high[0]))
    assert np.isnan(concordance(first[:0], second[:0], speakers[:0]).value)
    assert concordance(np.ones(6), np.ones(6), speakers[:6]).value == ccc(np.ones(6), np.ones(6))
