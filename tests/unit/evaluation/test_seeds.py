from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fairemo_gui.errors import UserError
from fairemo_gui.evaluation.arrays import Float
from fairemo_gui.evaluation.evaluate import evaluate
from fairemo_gui.evaluation.intervals import IntervalPlan
from fairemo_gui.evaluation.sample import Sample
from fairemo_gui.evaluation.seeds import SeedRuns, distribution, over_seeds
from tests.unit.evaluation.simulate import CLASSES, World

PLAN = IntervalPlan(200, seed=1)


@pytest.fixture(scope="module")
def nets() -> list[Sample]:
    """Four nets whose probabilities differ by noise."""
    sample = World().corpus(np.random.default_rng(4), 8, 8)
    return [Sample(CLASSES, sample.truth, sample.mode, sample.speakers, sample.groups, p) for p in noisy(sample)]


def noisy(sample: Sample) -> list[Float]:
    assert sample.probabilities is not None
    found = []
    for seed in range(4):
        odds = np.log(sample.probabilities) + np.random.default_rng(seed).normal(0, 0.5, sample.probabilities.shape)
        found.append(np.exp(odds) / np.exp(odds).sum(axis=1, keepdims=True))
    return found


@pytest.fixture(scope="module")
def runs(nets: list[Sample]) -> SeedRuns:
    return over_seeds(nets, plan=PLAN)


def test_each_nets_value_is_the_one_evaluate_gives(nets: list[Sample], runs: SeedRuns) -> None:
    each = [evaluate(net) for net in nets]
    row = runs.at("macro_f1")
    assert row is not None
    assert list(row.over_seeds.values) == [found.metrics.scores["macro_f1"] for found in each]
    signed = runs.at("eo", "gender", None, CLASSES[0])
    assert signed is not None
    expected = [found.fairness["gender"].signed.eo.per_class[CLASSES[0]] for found in each]  # type: ignore[union-attr]
    assert list(signed.over_seeds.values) == pytest.approx(expected)
    gap = runs.at("dpd", "gender")
    assert gap is not None
    assert list(gap.over_seeds.values) == [found.fairness["gender"].dpd.macro for found in each]


def test_the_two_spreads_are_kept_apart(runs: SeedRuns) -> None:
    """The interval of the mean is over speakers: it does not shrink to the little that seeds move the number."""
    row = runs.at("macro_f1", "gender", "female")
    assert row is not None
    assert row.low < row.over_seeds.mean < row.high
    assert row.high - row.low > 2 * row.over_seeds.sd
    found = runs.to_json()
    assert found["over_seeds"] == {"ddof": 1, "quartiles": "linear"}
    assert found["intervals"]["of"] == "the mean over these nets"
    assert found["intervals"]["unit"] == "speaker"
    json.dumps(found, allow_nan=False)


@settings(deadline=None, max_examples=100)
@given(st.lists(st.floats(0, 1), min_size=2, max_size=12))
def test_a_distribution_is_numpys(values: list[float]) -> None:
    found = distribution(np.array(values))
    assert found.sd == pytest.approx(np.std(values, ddof=1))
    quartiles = (found.minimum, found.lower_quartile, found.median, found.upper_quartile, found.maximum)
    assert quartiles == pytest.approx(np.percentile(values, (0, 25, 50, 75, 100)))
    assert found.mean == pytest.approx(np.mean(values))


def test_one_seed_has_no_spread(nets: list[Sample]) -> None:
    row = over_seeds(nets[:1]).at("uar")
    assert row is not None
    assert np.isnan(row.over_seeds.sd)
    assert row.to_json()["sd"] is None
    assert row.to_json()["interval"] is None


def test_a_number_that_is_undefined_for_one_net_has_no_distribution() -> None:
    found = distribution(np.array([0.5, np.nan, 0.7]))
    assert np.isnan([found.mean, found.sd, found.minimum, found.median, found.maximum]).all()


def test_nothing_is_refused() -> None:
    with pytest.raises(UserError, match="nothing to evaluate"):
        over_seeds([])
