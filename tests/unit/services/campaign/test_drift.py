"""How numbers move over a sitting: planted lines are found, and where there are none, none is seen too often."""

from __future__ import annotations

import numpy as np
import pytest
import statsmodels.api as sm

from fairemo_gui.services.campaign.drift import corrected, drift, places


def test_places_run_from_the_first_answer_of_a_sitting_to_its_last() -> None:
    sitting = np.array([7, 3, 7, 3, 7, 9])
    when = np.array([30.0, 1.0, 10.0, 2.0, 20.0, 5.0])
    np.testing.assert_allclose(places(sitting, when), [1.0, 0.0, 0.0, 1.0, 0.5, 0.0])
    assert len(places(np.zeros(0, dtype=np.int64), np.zeros(0))) == 0


def test_the_line_is_statsmodels_own_with_conditions_as_dummies() -> None:
    draw = np.random.default_rng(4)
    place, condition = draw.random(90), draw.integers(3, size=90)
    value = 0.4 * place + 0.5 * condition + draw.normal(size=90) * (0.2 + place)
    found = drift(place, value, condition)
    columns = np.column_stack([place, *(condition == k for k in range(3))]).astype(float)
    reference = sm.OLS(value, columns).fit(cov_type="HC1", use_t=True)
    low, high = reference.conf_int()[0]
    assert found.interval is not None
    assert found.change == pytest.approx(reference.params[0], abs=1e-12)
    assert (found.interval.low, found.interval.high) == pytest.approx((low, high), abs=1e-9)


def test_p_is_that_of_answers_shuffled_within_conditions() -> None:
    draw = np.random.default_rng(7)
    place, condition = np.sort(draw.random(60)), draw.integers(2, size=60)
    value = (draw.random(60) < 0.3 + 0.4 * place + 0.2 * condition).astype(float)
    centred = place - np.array([place[condition == k].mean() for k in range(2)])[condition]
    orders = np.argsort(draw.random((20_000, 60)) + 10 * condition, axis=1)
    orders[:, np.argsort(condition, kind="stable")] = orders.copy()
    sums = np.abs((value[orders] - value.mean()) @ centred)
    observed = abs((value - value.mean()) @ centred)
    assert drift(place, value, condition).p == pytest.approx((sums >= observed - 1e-9).mean(), rel=0.15)


def test_a_condition_that_comes_last_is_no_drift() -> None:
    draw = np.random.default_rng(1)
    place = np.linspace(0, 1, 200)
    condition = (place > 0.5).astype(np.int64)
    agrees = (draw.random(200) < np.where(condition, 0.9, 0.4)).astype(float)
    found = drift(place, agrees, condition)
    assert found.p > 0.05
    assert max(found.quarters) - min(found.quarters) < 0.25
    assert drift(place, agrees, np.zeros(200, dtype=np.int64)).p < 1e-6


def test_false_alarms_are_as_rare_as_they_say() -> None:
    draw = np.random.default_rng(2)
    place, condition = np.linspace(0, 1, 60), np.arange(60) % 3
    found = [drift(place, (draw.random(60) < 0.6).astype(float), condition) for _ in range(600)]
    assert 0.02 < np.mean([each.p <= 0.05 for each in found]) < 0.09
    # Of fifteen campaigns of forty raters of whom nobody drifts, hardly any accuses one.
    families = [corrected(found[k : k + 40], 20) for k in range(0, 600, 40)]
    assert sum(any(each.evident for each in family) for family in families) <= 2


def test_verdicts_are_corrected_over_raters_with_enough_answers() -> None:
    place, condition = np.linspace(0, 1, 60), np.zeros(60, dtype=np.int64)
    falls = drift(place, (place < 0.5).astype(float), condition)
    some = drift(place, np.r_[np.tile([1.0, 1.0, 1.0, 1.0, 0.0], 6), np.tile([1.0, 0.0], 15)], condition)
    short = drift(place[:12], (np.arange(12) < 6).astype(float), condition[:12])
    assert 0.01 < some.p < 0.05
    one, *others, few = corrected([falls, some, *[some] * 4, short], 20)
    assert one.evident
    assert not any(each.evident for each in others)
    assert short.p < 0.05
    assert (few.evident, np.isnan(few.p_holm)) == (False, True)
    alone = corrected([some], 20)[0]
    assert alone.evident
    assert alone.p_holm == alone.p


def test_unknown_values_are_left_out_and_few_answers_say_nothing() -> None:
    value = np.array([1.0, np.nan, 0.0, 1.0, np.nan, 1.0, 0.0, 1.0])
    found = drift(np.linspace(0, 1, 8), value, np.zeros(8, dtype=np.int64))
    assert found.interval is None
    assert np.isnan(found.change)
    assert sum(found.sizes) == 6
    assert found.to_json()["change"] is None
