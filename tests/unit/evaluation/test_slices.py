"""Figures of slices against the evaluation's own numbers and intervals, and the sums they rest on."""

from __future__ import annotations

import numpy as np
import pytest

from fairemo_gui.evaluation.arrays import Int
from fairemo_gui.evaluation.evaluate import evaluate
from fairemo_gui.evaluation.intervals import IntervalPlan
from fairemo_gui.evaluation.sample import Mode, Sample
from fairemo_gui.evaluation.slices import Figure, crossed, interval_of_slice, parts_of, slices_of

CLASSES = ("anger", "happy", "sad", "neutral")
PLAN = IntervalPlan(60)
FIGURES = ("macro_f1", "uar", "accuracy", "brier", "ece_width")


def sample(mode: Mode, n: int = 900, speakers: int = 14) -> Sample:
    rng = np.random.default_rng(5)
    who = rng.integers(speakers, size=n)
    truth = rng.multinomial(9, np.ones(4) / 4, size=n)
    truth[np.arange(n), rng.integers(4, size=n)] += 6
    odds = np.log1p(truth) + rng.gumbel(0, 0.9, (n, 4))
    p = np.exp(odds) / np.exp(odds).sum(axis=1, keepdims=True)
    gender = [("female", "male")[w % 2] for w in who]
    return Sample(CLASSES, truth, mode, who, {"gender": gender}, p)


def codes_of(data: Sample) -> Int:
    return np.array([value == "male" for value in data.groups["gender"]], dtype=np.int64)


@pytest.mark.parametrize("mode", [Mode.MULTI, Mode.SINGLE, Mode.SOFT])
def test_values_and_intervals_are_those_of_the_evaluation(mode: Mode) -> None:
    data = sample(mode)
    known = evaluate(data, ("gender",), PLAN)
    assert known.intervals is not None
    codes, once = codes_of(data), np.ones(len(data), dtype=np.int64)
    wanted: list[tuple[Figure, tuple[str, ...], str]] = [(Figure(name), ("metrics", name), name) for name in FIGURES]
    wanted += [(Figure(n, 1), ("metrics", "per_class", n, "happy"), "") for n in ("f1", "recall")]
    for figure, path, score in wanted:
        slices = slices_of(codes, data.speakers, once, parts_of(data.decisions, figure))
        for k, value in enumerate(slices.totals().values()):
            group = known.groups[k].metrics
            expected = group.scores[score] if score else group.per_class[figure.name]["happy"]
            assert value == pytest.approx(expected, abs=1e-11)
            entries = slice(*slices.bounds[k : k + 2])
            found, reason = interval_of_slice(
                f"gender={known.groups[k].value}", slices.parts.rows(entries), figure, PLAN
            )
            there = known.intervals.at("groups", k, *path)
            assert reason == ""
            assert found is not None and there is not None
            assert (found.low, found.high) == pytest.approx((there.low, there.high), abs=1e-9)


def test_the_error_rate_is_what_accuracy_leaves() -> None:
    data = sample(Mode.SINGLE)
    right, wrong = (parts_of(data.decisions, Figure(name)) for name in ("accuracy", "error_rate"))
    assert (right.numerator + wrong.numerator == 1).all()


def test_sums_are_those_of_the_rows() -> None:
    data = sample(Mode.MULTI)
    codes = codes_of(data)
    codes[:50] = -1
    parts = parts_of(data.decisions, Figure())
    slices = slices_of(codes, data.speakers, np.ones(len(data), dtype=np.int64), parts)
    kept = slices.some(np.array([False, True]))
    assert kept.of.tolist() == [0] * int(slices.speakers()[1])
    np.testing.assert_array_equal(kept.totals().numerator, slices.totals().numerator[1:])
    assert np.bincount(slices.of, slices.n).tolist() == [int((codes == k).sum()) for k in (0, 1)]
    assert slices.speakers().tolist() == [len(np.unique(data.speakers[codes == k])) for k in (0, 1)]
    np.testing.assert_allclose(slices.totals().numerator[1], parts.numerator[codes == 1].sum(axis=0))
    assert (np.diff(slices.of) >= 0).all()


def test_an_intersection_is_unknown_as_soon_as_one_attribute_is() -> None:
    codes, values = crossed([np.array([0, 1, -1, 0, 1]), np.array([2, 0, 0, -1, 0])], [2, 3])
    assert codes.tolist() == [0, 1, -1, -1, 1]
    assert values.tolist() == [[0, 2], [1, 0]]


def test_one_speaker_has_no_interval() -> None:
    data = sample(Mode.SINGLE)
    parts = parts_of(data.decisions, Figure()).rows(data.speakers == 0)
    alone = parts.summed(np.zeros(len(parts.numerator), dtype=np.int64), 1)
    assert interval_of_slice("speaker=0", alone, Figure(), PLAN) == (None, "one speaker")
