from __future__ import annotations

import json

import numpy as np
import pytest
from sklearn.metrics import cohen_kappa_score

from fairemo_gui.evaluation.arrays import Int
from fairemo_gui.evaluation.intervals import IntervalPlan, Unit
from fairemo_gui.evaluation.rater_pairs import PairsOfRaters, pairs_of_raters


def ratings(seed: int, raters: int = 5, utterances: int = 120, share: float = 0.7) -> tuple[Int, Int, Int, Int]:
    """Utterance, rater, class and speaker of ratings; raters skip some utterances and mostly agree."""
    rng = np.random.default_rng(seed)
    rated = np.argwhere(rng.random((utterances, raters)) < share)
    rng.shuffle(rated)
    utterance, rater = rated.T
    truth = rng.integers(3, size=utterances)[utterance]
    chosen = np.where(rng.random(len(rated)) < 0.6, truth, rng.integers(3, size=len(rated)))
    return utterance * 10, rater, chosen, utterance // 12


def found(seed: int, minimum: int = 20, plan: IntervalPlan | None = None, share: float = 0.7) -> PairsOfRaters:
    utterance, rater, chosen, speakers = ratings(seed, share=share)
    return pairs_of_raters(utterance, rater, chosen, speakers, 3, minimum, plan)


def test_every_pair_has_the_kappa_of_its_shared_utterances() -> None:
    utterance, rater, chosen, _ = ratings(1)
    pairs = found(1)
    assert len(pairs.pairs) == 10
    assert (pairs.raters, pairs.mean.speakers, pairs.mean.ratings) == (5, 10, len(utterance) - lonely(utterance))
    for pair in pairs.pairs:
        answers = [
            dict(zip(utterance[rater == who], chosen[rater == who], strict=True)) for who in (pair.first, pair.second)
        ]
        shared = sorted(answers[0].keys() & answers[1].keys())
        expected = cohen_kappa_score([answers[0][u] for u in shared], [answers[1][u] for u in shared])
        assert pair.kappa.value == pytest.approx(expected)
        assert pair.kappa.utterances == len(shared)
    values = [pair.kappa.value for pair in pairs.pairs]
    assert (pairs.mean.value, pairs.low, pairs.high) == pytest.approx((np.mean(values), min(values), max(values)))


def lonely(utterance: Int) -> int:
    return int((np.unique(utterance, return_counts=True)[1] == 1).sum())


def test_pairs_that_share_too_little_are_left_out() -> None:
    shared = sorted(pair.kappa.utterances for pair in found(2, 1).pairs)
    fewer = found(2, shared[5])
    assert len(fewer.pairs) == sum(n >= shared[5] for n in shared)
    none = found(2, 200, IntervalPlan(50))
    assert (none.pairs, none.raters) == ((), 0)
    assert none.mean.reason == "no two raters share enough utterances"
    json.dumps(none.to_json(("a",) * 5), allow_nan=False)
    nothing = np.zeros(0, dtype=int)
    assert pairs_of_raters(nothing, nothing, nothing, nothing, 3).pairs == ()


@pytest.mark.parametrize("unit", list(Unit))
def test_the_mean_is_surer_than_a_pair(unit: Unit) -> None:
    pairs = found(3, plan=IntervalPlan(200, 1, unit))
    assert pairs.mean.interval is not None
    assert pairs.mean.interval.low < pairs.mean.value < pairs.mean.interval.high
    widths = [p.kappa.interval.high - p.kappa.interval.low for p in pairs.pairs if p.kappa.interval is not None]
    assert len(widths) == 10
    assert pairs.mean.interval.high - pairs.mean.interval.low < np.median(widths)


def test_the_mean_of_one_pair_is_that_pair() -> None:
    utterance, rater, chosen, speakers = ratings(4, raters=2)
    pairs = pairs_of_raters(utterance, rater, chosen, speakers, 3, plan=IntervalPlan(100, form=None))
    assert pairs.mean.value == pairs.pairs[0].kappa.value
    assert pairs.to_json(("ann", "bob"))["pairs"][0]["raters"] == ["ann", "bob"]
