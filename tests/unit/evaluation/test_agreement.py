from __future__ import annotations

import json
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import cohen_kappa_score
from statsmodels.stats.inter_rater import fleiss_kappa

from fairemo_gui.evaluation.agreement import (
    Coefficient,
    agreement_rate,
    cohen,
    difference,
    fleiss,
    interval_alpha,
    nominal_alpha,
    ordinal_alpha,
)
from fairemo_gui.evaluation.arrays import Float, Int
from fairemo_gui.evaluation.intervals import Form, IntervalPlan, Unit
from fairemo_gui.evaluation.statistic import Sums

SEEDS = st.integers(0, 2**31)


def votes(seed: int, n: int = 30, classes: int = 4, raters: tuple[int, int] = (0, 6)) -> Int:
    rng = np.random.default_rng(seed)
    leaning = rng.dirichlet(np.full(classes, 0.5), size=n)
    sizes = rng.integers(*raters, size=n, endpoint=True)
    return np.array([rng.multinomial(m, p) for m, p in zip(sizes, leaning, strict=True)])


def by_pairs(lists: list[list[float]], distance: Callable[[float, float, list[float]], float]) -> float:
    """Alpha by its definition: mean difference of pairs within utterances over that of all pairs."""
    several = [values for values in lists if len(values) >= 2]
    pooled = [value for values in several for value in values]

    def total(values: list[float]) -> float:
        return sum(distance(a, b, pooled) for a in values for b in values)

    within = sum(total(values) / (len(values) - 1) for values in several) / len(pooled)
    anywhere = total(pooled) / (len(pooled) * (len(pooled) - 1))
    return 1 - within / anywhere if anywhere else float("nan")


def nominal(a: float, b: float, _: list[float]) -> float:
    return float(a != b)


def squared(a: float, b: float, _: list[float]) -> float:
    return (a - b) ** 2


def ordinal(a: float, b: float, pooled: list[float]) -> float:
    low, high = min(a, b), max(a, b)
    between = sum(low <= value <= high for value in pooled)
    return (between - (pooled.count(a) + pooled.count(b)) / 2) ** 2


def spread_out(counts: Int) -> tuple[Int, Float]:
    """Votes as single ratings: utterance and class of each."""
    utterance = np.repeat(np.arange(len(counts)), counts.sum(axis=1))
    return utterance, np.concatenate([np.repeat(np.arange(counts.shape[1]), row) for row in counts]).astype(float)


@settings(deadline=None, max_examples=30)
@given(SEEDS)
def test_alpha_equals_its_definition(seed: int) -> None:
    counts = votes(seed, n=12)
    utterance, value = spread_out(counts)
    lists = [value[utterance == k].tolist() for k in range(12)]
    nobody = np.zeros(len(value), dtype=int)
    alone = nominal_alpha(counts, np.zeros(12, dtype=int))
    for found, distance in (
        (alone, nominal),
        (interval_alpha(utterance, value, nobody), squared),
        (ordinal_alpha(utterance, value, nobody), ordinal),
    ):
        assert found.value == pytest.approx(by_pairs(lists, distance), abs=1e-9, nan_ok=True)
        assert (len(found.speakers), found.ratings) == (len(alone.speakers), alone.ratings)


# Krippendorff 2011, section C: 4 observers, 12 units, some not rated by all; values 1 to 5.
OBSERVERS = (
    (1, 2, 3, 3, 2, 1, 4, 1, 2, None, None, None),
    (1, 2, 3, 3, 2, 2, 4, 1, 2, 5, None, 3),
    (None, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, None),
    (1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, None),
)


def test_alpha_equals_the_worked_example_of_krippendorff() -> None:
    rated = [(unit, value) for row in OBSERVERS for unit, value in enumerate(row) if value is not None]
    unit, value = (np.array(column) for column in zip(*rated, strict=True))
    counts = np.zeros((12, 5), dtype=int)
    np.add.at(counts, (unit, value - 1), 1)
    who = np.zeros(len(unit), dtype=int)
    # Printed with three decimals: 0.743, 0.815, 0.849.
    assert nominal_alpha(counts, np.zeros(12, dtype=int)).value == pytest.approx(0.743, abs=5e-4)
    assert ordinal_alpha(unit, value, who).value == pytest.approx(0.815, abs=5e-4)
    assert interval_alpha(unit, value, who).value == pytest.approx(0.849, abs=5e-4)
    found = nominal_alpha(counts, np.zeros(12, dtype=int)).estimate()
    assert (found.utterances, found.ratings) == (11, 40)


def test_fleiss_with_unequal_numbers_is_the_mean_over_utterances() -> None:
    counts = np.array([[2, 0], [3, 1], [0, 1], [1, 1]])
    # Shares of agreeing pairs 1, 3/6 and 0 (one vote makes no pair); shares of votes 6/8 and 2/8.
    observed, by_chance = (1 + 0.5 + 0) / 3, 0.75**2 + 0.25**2
    found = fleiss(counts, np.arange(4)).estimate()
    assert found.value == pytest.approx((observed - by_chance) / (1 - by_chance), abs=1e-12)
    assert (found.utterances, found.ratings) == (3, 8)


@settings(deadline=None, max_examples=30)
@given(SEEDS)
def test_kappas_equal_their_references(seed: int) -> None:
    counts = votes(seed, raters=(5, 5))
    assert fleiss(counts, np.zeros(30, dtype=int)).value == pytest.approx(fleiss_kappa(counts))
    rng = np.random.default_rng(seed)
    first, second = rng.integers(3, size=(2, 40))
    second = np.where(rng.random(40) < 0.5, first, second)
    found = cohen(np.append(first, -1), np.append(second, 1), 3, np.zeros(41, dtype=int)).estimate()
    assert found.value == pytest.approx(cohen_kappa_score(first, second))
    assert (found.utterances, found.ratings) == (40, 80)


def coefficients(seed: int) -> list[Coefficient]:
    counts = votes(seed, n=40, raters=(2, 6))
    rng = np.random.default_rng(seed)
    speakers = np.append(np.arange(6), rng.integers(6, size=34))
    utterance, value = spread_out(counts)
    value += np.round(rng.normal(0, 1, len(value)), 1)
    first, second = rng.integers(3, size=(2, 40))
    return [
        nominal_alpha(counts, speakers),
        fleiss(counts, speakers),
        cohen(first, np.where(rng.random(40) < 0.5, first, second), 3, speakers),
        interval_alpha(utterance, value, speakers[utterance]),
        ordinal_alpha(utterance, value, speakers[utterance]),
        agreement_rate(rng.integers(2, size=40).astype(float), speakers),
    ]


@settings(deadline=None, max_examples=10)
@given(SEEDS)
def test_the_pull_of_a_speaker_is_the_derivative_along_its_weight(seed: int) -> None:
    weights = np.random.default_rng(seed).integers(1, 4, size=(3, 6)).astype(float)
    for coefficient in coefficients(seed):
        statistic = coefficient.statistic(Unit.SPEAKER)
        _, pull = statistic.under(weights)
        for k, step in enumerate(np.eye(6) * 1e-5):
            moved = statistic.under(weights + step)[0] - statistic.under(weights - step)[0]
            assert pull[:, k] == pytest.approx(moved / 2e-5, abs=1e-6), coefficient.name


def test_a_speaker_who_counts_twice_counts_like_a_second_one() -> None:
    counts, speakers = votes(5, n=20), np.repeat(np.arange(4), 5)
    twice = nominal_alpha(counts, speakers).statistic(Unit.SPEAKER).under(np.array([[1.0, 1, 2, 0]]))[0][0]
    assert twice == pytest.approx(nominal_alpha(np.concatenate([counts[:15], counts[10:15]]), speakers).value)


@pytest.mark.parametrize("form", [Form.STUDENTISED, Form.PERCENTILE])
def test_intervals_over_speakers_are_wider_than_over_utterances(form: Form) -> None:
    rng = np.random.default_rng(3)
    clear = np.repeat(rng.random(12), 40)
    shares = np.where(np.arange(4)[None] == rng.integers(4, size=480)[:, None], clear[:, None], 0) + 0.25
    counts = np.array([rng.multinomial(8, p / p.sum()) for p in shares])
    speakers = np.repeat(np.arange(12), 40)
    widths = []
    for unit in Unit:
        found = nominal_alpha(counts, speakers).estimate(IntervalPlan(300, 1, unit, form))
        assert found.interval is not None
        assert found.interval.low < found.value < found.interval.high
        widths.append(found.interval.high - found.interval.low)
    assert widths[0] > 1.5 * widths[1]


def test_the_same_seed_gives_the_same_interval_at_any_batch_size() -> None:
    for coefficient in coefficients(7):
        ends = [coefficient.estimate(IntervalPlan(100, 5, batch=size)).interval for size in (None, 7)]
        assert ends[0] is not None
        assert ends[1] is not None
        assert ends[0].to_json() == pytest.approx(ends[1].to_json(), abs=1e-9)


def test_a_difference_of_groups_is_wider_than_either_and_knows_its_sizes() -> None:
    counts, speakers = votes(2, n=200, raters=(3, 6)), np.repeat(np.arange(20), 10)
    plan = IntervalPlan(300, 2)
    sides = [nominal_alpha(counts[rows], speakers[rows]) for rows in (slice(0, 100), slice(100, 200))]
    one, other = (side.estimate(plan) for side in sides)
    apart = difference(sides[0], sides[1], plan)
    assert apart.value == pytest.approx(one.value - other.value)
    assert (apart.speakers, apart.utterances) == (20, one.utterances + other.utterances)
    assert apart.interval is not None
    assert one.interval is not None
    assert apart.interval.high - apart.interval.low > one.interval.high - one.interval.low
    lonely = difference(sides[0], nominal_alpha(counts[:9], np.zeros(9, dtype=int)), plan)
    assert (lonely.interval, lonely.reason) == (None, "one speaker")


def test_two_speakers_have_a_wide_interval_around_the_value() -> None:
    counts = votes(4, n=60, raters=(4, 6))
    found = nominal_alpha(counts, np.repeat([0, 1], 30)).estimate(IntervalPlan(300, 1))
    assert found.interval is not None
    assert found.interval.low < found.value < found.interval.high
    assert found.interval.high - found.interval.low > 0.2


def test_without_pairs_or_with_one_speaker_there_is_a_reason() -> None:
    plan = IntervalPlan(50)
    alone = nominal_alpha(votes(1), np.zeros(30, dtype=int)).estimate(plan)
    assert (alone.interval, alone.reason) == (None, "one speaker")
    nothing = np.zeros(0, dtype=int)
    for empty in (
        nominal_alpha(np.eye(4, dtype=int), np.arange(4)).estimate(plan),
        ordinal_alpha(nothing, nothing.astype(float), nothing).estimate(plan),
        interval_alpha(np.arange(3), np.arange(3.0), np.arange(3)).estimate(plan),
    ):
        assert np.isnan(empty.value)
        assert (empty.reason, empty.utterances) == ("no utterance to compare", 0)
        json.dumps(empty.to_json(), allow_nan=False)
    same = nominal_alpha(np.tile([3, 0], (10, 1)), np.arange(10)).estimate(plan)
    assert (np.isnan(same.value), same.reason) == (True, "undefined")
    level = ordinal_alpha(np.repeat(np.arange(5), 2), np.ones(10), np.repeat(np.arange(5), 2)).estimate(plan)
    assert (np.isnan(level.value), level.reason) == (True, "undefined")


def test_sums_are_added_up_by_unit() -> None:
    rows = np.arange(8.0).reshape(4, 2)
    statistic = Sums(rows, lambda sums: np.asarray(sums[..., 0] / sums[..., 1]), np.array([1, 0, 1, 1]))
    assert statistic.units == 2
    assert statistic.under(np.array([[1.0, 0.0], [0.0, 1.0]]))[0] == pytest.approx([2 / 3, 10 / 13])
