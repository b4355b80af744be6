from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import cohen_kappa_score
from statsmodels.stats.inter_rater import fleiss_kappa

from fairemo_gui.evaluation.agreement import Level, alpha, alpha_of_values, cohen, fleiss
from fairemo_gui.evaluation.arrays import Int
from fairemo_gui.evaluation.intervals import Form, IntervalPlan

SEEDS = st.integers(0, 2**31)


def votes(seed: int, n: int = 30, classes: int = 4, raters: tuple[int, int] = (0, 6)) -> Int:
    rng = np.random.default_rng(seed)
    leaning = rng.dirichlet(np.full(classes, 0.5), size=n)
    sizes = rng.integers(*raters, size=n, endpoint=True)
    return np.array([rng.multinomial(m, p) for m, p in zip(sizes, leaning, strict=True)])


def by_pairs(counts: Int, level: Level) -> float:
    """Alpha by its definition: mean difference of pairs within utterances over that of all pairs."""
    lists = [np.repeat(np.arange(counts.shape[1]), row) for row in counts if row.sum() >= 2]
    pooled = np.concatenate(lists)
    margin = np.bincount(pooled, minlength=counts.shape[1])

    def difference(a: int, b: int) -> float:
        if level is Level.NOMINAL:
            return float(a != b)
        if level is Level.INTERVAL:
            return float((a - b) ** 2)
        low, high = min(a, b), max(a, b)
        return float((margin[low : high + 1].sum() - (margin[a] + margin[b]) / 2) ** 2)

    def total(values: list[int]) -> float:
        return float(sum(difference(a, b) for a in values for b in values))

    within = sum(total(v.tolist()) / (len(v) - 1) for v in lists) / len(pooled)
    anywhere = total(pooled.tolist()) / (len(pooled) * (len(pooled) - 1))
    return 1 - within / anywhere if anywhere else float("nan")


@settings(deadline=None, max_examples=30)
@given(SEEDS, st.sampled_from(Level))
def test_alpha_equals_its_definition(seed: int, level: Level) -> None:
    counts = votes(seed, n=12)
    found = alpha(counts, np.zeros(12, dtype=int), level)
    assert found.value == pytest.approx(by_pairs(counts, level), abs=1e-9, nan_ok=True)
    assert found.utterances == (counts.sum(axis=1) >= 2).sum()


@settings(deadline=None, max_examples=30)
@given(SEEDS)
def test_alpha_of_single_values_is_alpha_at_interval_level(seed: int) -> None:
    counts = votes(seed, n=15)
    utterance = np.repeat(np.arange(15), counts.sum(axis=1))
    value = np.concatenate([np.repeat(np.arange(4), row) for row in counts]).astype(float)
    found = alpha_of_values(utterance, value, np.zeros(len(value), dtype=int))
    expected = alpha(counts, np.zeros(15, dtype=int), Level.INTERVAL)
    assert found.value == pytest.approx(expected.value, abs=1e-9, nan_ok=True)
    assert (found.utterances, found.ratings) == (expected.utterances, expected.ratings)


@settings(deadline=None, max_examples=30)
@given(SEEDS)
def test_kappas_equal_their_references(seed: int) -> None:
    counts = votes(seed, raters=(5, 5))
    assert fleiss(counts, np.zeros(30, dtype=int)).value == pytest.approx(fleiss_kappa(counts))
    rng = np.random.default_rng(seed)
    first, second = rng.integers(3, size=(2, 40))
    second = np.where(rng.random(40) < 0.5, first, second)
    found = cohen(np.append(first, -1), np.append(second, 1), 3, np.zeros(41, dtype=int))
    assert found.value == pytest.approx(cohen_kappa_score(first, second))
    assert found.utterances == 40


@pytest.mark.parametrize("form", [Form.STUDENTISED, Form.PERCENTILE])
def test_intervals_over_speakers_are_wider_than_over_utterances(form: Form) -> None:
    rng = np.random.default_rng(3)
    clear = np.repeat(rng.random(12), 40)
    shares = np.where(np.arange(4)[None] == rng.integers(4, size=480)[:, None], clear[:, None], 0) + 0.25
    counts = np.array([rng.multinomial(8, p / p.sum()) for p in shares])
    speakers = np.repeat(np.arange(12), 40)
    widths = []
    for unit in ("speaker", "utterance"):
        found = alpha(counts, speakers, plan=IntervalPlan(300, 1, unit, form))  # type: ignore[arg-type]
        assert found.interval is not None
        assert found.interval.low < found.value < found.interval.high
        widths.append(found.interval.high - found.interval.low)
    assert widths[0] > 1.5 * widths[1]


def test_without_pairs_or_with_one_speaker_there_is_a_reason() -> None:
    plan = IntervalPlan(50)
    alone = alpha(votes(1), np.zeros(30, dtype=int), plan=plan)
    assert (alone.interval, alone.reason) == (None, "one speaker")
    empty = alpha(np.eye(4, dtype=int), np.arange(4), plan=plan)
    assert np.isnan(empty.value)
    assert empty.reason == "no utterance has two ratings"
    json.dumps(empty.to_json(), allow_nan=False)
    same = alpha(np.tile([3, 0], (10, 1)), np.arange(10), plan=plan)
    assert (np.isnan(same.value), same.reason) == (True, "undefined")
