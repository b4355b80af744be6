"""No interval is impossible: its ends are finite, in order, within what the number can be, and hold the number."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from fairemo_gui.evaluation.arrays import Int
from fairemo_gui.evaluation.evaluate import evaluate
from fairemo_gui.evaluation.intervals import Form, Interval, IntervalPlan, Replicates, Unit, possible_ends
from fairemo_gui.evaluation.records import Evaluation
from fairemo_gui.evaluation.sample import Mode, Sample
from fairemo_gui.evaluation.sheet import Path
from tests.unit.evaluation.build import random_sample

SAMPLES = st.builds(
    random_sample,
    seed=st.integers(0, 2**31),
    n=st.integers(2, 90),
    classes=st.integers(2, 4),
    mode=st.sampled_from(Mode),
    speakers=st.integers(1, 9),
    groups=st.integers(1, 3),
    unknown=st.sampled_from([0.0, 0.2]),
    humans=st.booleans(),
)


def number_at(document: dict[str, Any], path: Path) -> float:
    """The number at a path of an evaluation's JSON; NaN for null."""
    node: Any = document
    for key in path:
        node = node[key]
    assert node is None or isinstance(node, float), path
    return math.nan if node is None else node


def shown(evaluation: Evaluation) -> list[tuple[Path, float, Interval]]:
    """Every number that has an interval."""
    assert evaluation.intervals is not None
    document, found = evaluation.to_json(), evaluation.intervals.found
    return [(path, number_at(document, path), interval) for path, interval in found.items() if interval is not None]


def bounds(path: Path, classes: int) -> tuple[float, float]:
    """Least and greatest possible value of the number at a path."""
    if path[-1] == "bias":
        return 0.0, 100.0
    if path[-1] == "brier_sum":
        return 0.0, float(classes)
    signed = "signed" in path and path[-1] not in ("abs_mean", "worst")
    greatest = 0.25 if path[-1] == "uncertainty" else 1.0
    return (-1.0 if signed or path[-1] == "within_bin" else 0.0), greatest


@settings(deadline=None, max_examples=40)
@given(SAMPLES, st.sampled_from(Unit), st.sampled_from([None, *Form]))
@pytest.mark.filterwarnings("error")
def test_ends_are_finite_in_order_and_possible(sample: Sample, unit: Unit, form: Form | None) -> None:
    found = evaluate(sample, ("gender",), IntervalPlan(60, 0, unit, form), minimum_n=1)
    for path, _, interval in shown(found):
        least, greatest = bounds(path, len(sample.classes))
        assert math.isfinite(interval.low), path
        assert math.isfinite(interval.high), path
        assert least <= interval.low <= interval.high <= greatest, (path, interval)


@settings(deadline=None, max_examples=40)
@given(SAMPLES)
@example(random_sample(2, n=31, classes=2, mode=Mode.SOFT, speakers=8))
def test_the_default_interval_holds_its_number(sample: Sample) -> None:
    for path, value, interval in shown(evaluate(sample, ("gender",), IntervalPlan(99), minimum_n=1)):
        assert interval.low <= value <= interval.high, (path, value, interval)


def one_mistake(speakers: int, each: int = 20) -> Sample:
    """Everybody is understood, but for one utterance of one speaker of each gender."""
    truth = np.tile(np.eye(2, dtype=np.int64), (speakers * each // 2, 1))
    predicted = truth.astype(np.float64)
    predicted[0], predicted[each] = [0.2, 0.8], [0.2, 0.8]
    who: Int = np.repeat(np.arange(speakers, dtype=np.int64), each)
    gender = np.where(who % 2 == 0, "female", "male").astype(object)
    return Sample(("happy", "sad"), truth, Mode.SINGLE, who, {"gender": gender}, predicted)


def test_one_mistake_in_many_speakers_is_a_small_rate_and_not_an_unknown_one() -> None:
    found = evaluate(one_mistake(60), intervals=IntervalPlan(999))
    rare: tuple[Path, ...] = (
        ("metrics", "per_class", "fpr", "sad"),
        ("groups", 0, "metrics", "per_class", "fpr", "sad"),
        ("confusion", "rates", 0, 1),
        ("confusion", "groups", 1, "rates", 0, 1),
    )
    for path in rare:
        assert found.intervals is not None
        interval = found.intervals.at(*path)
        assert interval is not None, path
        assert interval.high < 0.05, (path, interval)
    for path, _, interval in shown(found):
        if "signed" in path:
            assert interval.high - interval.low < 0.1, (path, interval)


@pytest.mark.parametrize("speakers", [4, 6])
def test_two_or_three_speakers_say_little_but_not_nothing(speakers: int) -> None:
    rng = np.random.default_rng(speakers)
    truth = np.eye(2, dtype=np.int64)[rng.integers(2, size=speakers * 100)]
    right = rng.random(len(truth)) < 0.7
    predicted = np.where(right[:, None], truth, 1 - truth) * 0.8 + 0.1
    who: Int = np.repeat(np.arange(speakers, dtype=np.int64), 100)
    gender = np.where(who % 2 == 0, "female", "male").astype(object)
    found = evaluate(
        Sample(("a", "b"), truth, Mode.SINGLE, who, {"gender": gender}, predicted), intervals=IntervalPlan(499)
    )
    assert found.intervals is not None
    interval = found.intervals.at("groups", 0, "metrics", "accuracy")
    assert interval is not None
    assert 0 < interval.low < 0.7 < interval.high < 1


def test_ends_from_t_on_a_known_case() -> None:
    # t of 4 degrees of freedom: 2.776. At 0.5 the logit's slope is 4: 0.1 · 2.776 · 4 = 1.1104.
    found = Replicates(np.array([0.5, 0.5, 0.1]), np.array([0.1, 0.1, 0.1]), np.empty((0, 3)), None)
    ends = np.array([-np.inf, 0.3, -0.2]), np.array([np.inf, 0.7, np.inf])
    low, high = possible_ends(ends, found, 4, 0.95, (0.0, 1.0), edge=False)
    assert (low[0], high[0]) == pytest.approx((1 / (1 + np.exp(1.1104)), 1 / (1 + np.exp(-1.1104))), abs=1e-3)
    assert (low[1], high[1]) == (0.3, 0.7)
    assert low[2] == -0.2
    assert high[2] == pytest.approx(1 / (1 + np.exp(-(np.log(1 / 9) + 0.27764 / 0.09))), abs=1e-3)
    _, gap = possible_ends(ends, found, 4, 0.95, (0.0, 1.0), edge=True)
    assert gap[0] == pytest.approx(0.7776, abs=1e-3)
