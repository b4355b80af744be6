from __future__ import annotations

import numpy as np
import pytest

from fairemo_gui.evaluation.dimensional import ccc, dimensional_differences


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
