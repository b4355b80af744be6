"""Against fairlearn where every cell is non-empty, against METRICS.md's rules in plain loops elsewhere."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from fairlearn.metrics import demographic_parity_difference, equalized_odds_difference
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from fairemo_gui.evaluation.evaluate import evaluate
from fairemo_gui.evaluation.sample import Mode, Sample
from tests.unit.evaluation.build import f1, random_sample, rates, spread

SAMPLES = st.builds(
    random_sample,
    seed=st.integers(0, 2**31),
    n=st.integers(2, 60),
    classes=st.integers(2, 5),
    mode=st.sampled_from(Mode),
    speakers=st.integers(2, 9),
    groups=st.integers(2, 3),
    unknown=st.sampled_from([0.0, 0.0, 0.3]),
)


def group_rates(sample: Sample) -> dict[str, tuple[np.ndarray, np.ndarray, np.ndarray]]:
    decided, gender = sample.decisions, np.asarray(sample.groups["gender"], dtype=object)
    values = sorted({g for g in gender if g is not None})
    return {g: rates(decided.truth_on[gender == g], decided.predicted_on[gender == g]) for g in values}


@settings(deadline=None, max_examples=120)
@given(SAMPLES)
def test_gaps_follow_the_rules_with_empty_cells_left_out(sample: Sample) -> None:
    found, per_group = evaluate(sample, minimum_n=1).fairness["gender"], group_rates(sample)
    selection, tpr, fpr = (
        [spread([g[rate][k] for g in per_group.values()]) for k in range(len(sample.classes))] for rate in range(3)
    )
    eod = [max((v for v in pair if not np.isnan(v)), default=np.nan) for pair in zip(tpr, fpr, strict=True)]
    for gap, expected in ((found.dpd, selection), (found.eod, eod), (found.delta_sp, selection)):
        assert list(gap.per_class.values()) == pytest.approx(expected, abs=1e-12, nan_ok=True)
        known = [v for v in expected if not np.isnan(v)]
        assert gap.macro == pytest.approx(np.mean(known) if known else np.nan, abs=1e-12, nan_ok=True)
        assert gap.worst == pytest.approx(max(known, default=np.nan), abs=1e-12, nan_ok=True)
    half = [(a + b) / 2 for a, b in zip(tpr, fpr, strict=True)]
    if len(per_group) > 1:
        assert list(found.delta_eo.per_class.values()) == pytest.approx(half, abs=1e-12, nan_ok=True)
    empty = {
        name: sum(int(np.isnan(g[j]).sum()) for g in per_group.values()) for j, name in ((1, "recall"), (2, "fpr"))
    }
    assert {name: found.empty_cells[name] for name in empty} == empty


def equals_fairlearn(sample: Sample) -> None:
    per_group = group_rates(sample)
    gender = np.asarray(sample.groups["gender"], dtype=object)
    assume(len(per_group) > 1 and not any(np.isnan(rate).any() for g in per_group.values() for rate in g))
    assume(all(g is not None for g in gender))
    found, decided = evaluate(sample, minimum_n=1).fairness["gender"], sample.decisions
    for k, name in enumerate(sample.classes):
        on, predicted = decided.truth_on[:, k], decided.predicted_on[:, k]
        dpd = demographic_parity_difference(on, predicted, sensitive_features=gender)
        eod = equalized_odds_difference(on, predicted, sensitive_features=gender)
        assert found.dpd.per_class[name] == pytest.approx(dpd, abs=1e-12)
        assert found.eod.per_class[name] == pytest.approx(eod, abs=1e-12)
    together = np.repeat(gender, len(sample.classes))
    flat = decided.truth_on.ravel(), decided.predicted_on.ravel()
    micro = demographic_parity_difference(*flat, sensitive_features=together)
    assert found.dpd.micro == pytest.approx(micro, abs=1e-12)
    assert found.eod.micro == pytest.approx(equalized_odds_difference(*flat, sensitive_features=together), abs=1e-12)


@settings(deadline=None, max_examples=25)
@given(SAMPLES)
def test_gaps_equal_fairlearn_where_no_cell_is_empty(sample: Sample) -> None:
    equals_fairlearn(sample)


@pytest.mark.slow
@pytest.mark.timeout(1800)
@settings(deadline=None, max_examples=1500)
@given(SAMPLES)
def test_gaps_equal_fairlearn_in_many_cases(sample: Sample) -> None:
    equals_fairlearn(sample)


@settings(deadline=None, max_examples=60)
@given(SAMPLES)
def test_macro_f1_gap_bias_and_signed_differences(sample: Sample) -> None:
    found, per_group = evaluate(sample, minimum_n=1).fairness["gender"], group_rates(sample)
    assume(len(per_group) > 1)
    gender, decided = np.asarray(sample.groups["gender"], dtype=object), sample.decisions
    scores = {g: f1(decided.truth_on[gender == g], decided.predicted_on[gender == g]) for g in per_group}
    macro = [s.mean() for s in scores.values()]
    assert found.macro_f1_gap == pytest.approx(max(macro) - min(macro))
    assert found.bias == pytest.approx(100 * np.mean([abs(a - b) for a, b in combinations(macro, 2)]))
    assert (found.signed is None) == (len(per_group) != 2)
    if found.signed is not None:
        minus, plus = per_group
        assert (found.signed.minus, found.signed.plus) == (minus, plus)
        sp, eo = (per_group[plus][j] - per_group[minus][j] for j in (0, 1))
        known = eo[~np.isnan(eo)]
        assert list(found.signed.sp.per_class.values()) == pytest.approx(sp.tolist(), abs=1e-12)
        assert list(found.signed.eo.per_class.values()) == pytest.approx(eo.tolist(), abs=1e-12, nan_ok=True)
        assert list(found.signed.f1.per_class.values()) == pytest.approx((scores[plus] - scores[minus]).tolist())
        if len(known):
            aggregates = found.signed.eo.abs_mean, found.signed.eo.signed_mean, found.signed.eo.worst
            expected = np.abs(known).mean(), known.mean(), np.abs(known).max()
            assert aggregates == pytest.approx(expected, abs=1e-12)


def test_male_minus_female() -> None:
    truth = np.tile([1, 0], (40, 1))
    p = np.array([[0.9, 0.1]] * 20 + [[0.4, 0.6]] * 20)
    sample = Sample(("a", "b"), truth, Mode.SINGLE, np.arange(40) % 10, {"gender": ["male"] * 20 + ["female"] * 20}, p)
    signed = evaluate(sample).fairness["gender"].signed
    assert signed is not None
    assert (signed.plus, signed.minus) == ("male", "female")
    assert signed.eo.per_class["a"] == 1.0
    assert signed.sp.per_class == {"a": 1.0, "b": -1.0}
    assert signed.confusion[0].tolist() == [1.0, -1.0]


def test_unknown_is_a_row_of_its_own_and_never_compared() -> None:
    sample = random_sample(4, n=200, speakers=20, unknown=0.3)
    found = evaluate(sample)
    values = [g.value for g in found.groups]
    assert values == ["female", "male", None]
    assert found.fairness["gender"].groups == ("female", "male")
    known = sample.take(np.array([g is not None for g in sample.groups["gender"]]))
    assert found.fairness["gender"].dpd.macro == evaluate(known).fairness["gender"].dpd.macro
    assert any("unknown value" in caveat for caveat in found.caveats)


def test_small_groups_are_marked_and_left_out() -> None:
    sample = random_sample(4, n=64, speakers=12, groups=3)
    sizes = {g.value: g.n for g in evaluate(sample).groups}
    limit = sorted(sizes.values())[1]
    found = evaluate(sample, minimum_n=limit)
    small = [g.value for g in found.groups if g.small]
    assert small == [name for name, n in sizes.items() if n < limit]
    assert set(found.fairness["gender"].left_out) == set(small)
    assert found.fairness["gender"].signed is not None


def test_one_group_has_no_gap() -> None:
    found = evaluate(random_sample(1, groups=1)).fairness["gender"]
    assert np.isnan(found.dpd.macro)
    assert np.isnan(found.eod.micro)
    assert found.signed is None
