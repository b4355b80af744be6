"""Evidence over many slices: standard errors, corrections, and how often it is wrong where nothing differs."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest

from fairemo_gui.evaluation.arrays import Int
from fairemo_gui.evaluation.looks import Contrasts, Single, adjusted, contrasts, joined, multipliers
from fairemo_gui.evaluation.sample import Mode, decide
from fairemo_gui.evaluation.significance import holm
from fairemo_gui.evaluation.slices import Figure, Parts, crossed, parts_of, slices_of

SPEAKERS = 40


def corpus(rng: np.random.Generator, worse: float = 0.0) -> tuple[Int, list[Int], Parts]:
    """Speakers of unlike skill with three attributes; those with the last value of the first may do worse."""
    who = np.repeat(np.arange(SPEAKERS), 30)
    attributes = [rng.integers(size, size=SPEAKERS) for size in (2, 3, 2)]
    truth = rng.integers(3, size=len(who))
    skill = rng.normal(0.8, 0.4, SPEAKERS) - worse * (attributes[0] == 1)
    right = rng.random(len(who)) < 1 / (1 + np.exp(-skill[who]))
    said = np.where(right, truth, rng.integers(3, size=len(who)))
    decisions = decide(np.eye(3, dtype=np.int64)[truth], Mode.SINGLE, np.eye(3)[said] * 0.7 + 0.1)
    return who, [attribute[who] for attribute in attributes], parts_of(decisions, Figure())


def every_slice(who: Int, attributes: list[Int], parts: Parts, drawn: Single) -> Contrasts:
    everyone, once, found = parts.summed(who, SPEAKERS), np.ones(len(who), dtype=np.int64), []
    for depth in (1, 2):
        for chosen in combinations(attributes, depth):
            codes, _ = crossed(chosen, [3] * depth)
            found.append(contrasts(slices_of(codes, who, once, parts), everyone, drawn))
    return joined(found)


def test_a_difference_and_its_error_are_those_of_leaving_speakers_out() -> None:
    who, (_, second, _), parts = corpus(np.random.default_rng(1))
    # Speakers who are in the slice with some of their utterances only.
    codes = np.where((second + np.arange(len(who))) % 3 == 0, 0, -1)
    found = contrasts(
        slices_of(codes, who, np.ones(len(who), dtype=np.int64), parts),
        parts.summed(who, SPEAKERS),
        multipliers(SPEAKERS, 0, 50),
    )

    def difference(kept: np.ndarray) -> float:
        sides = [(codes == 0) & kept, (codes != 0) & kept]
        sums = [parts.rows(side).summed(np.zeros(int(side.sum()), dtype=np.int64), 1) for side in sides]
        return float(sums[0].values()[0] - sums[1].values()[0])

    assert found.difference[0] == pytest.approx(difference(np.ones(len(who), dtype=bool)))
    without = np.array([difference(who != speaker) for speaker in range(SPEAKERS)])
    error = np.sqrt((SPEAKERS - 1) / SPEAKERS * ((without - without.mean()) ** 2).sum())
    assert abs(found.z[0]) == pytest.approx(abs(found.difference[0]) / error, rel=0.1)


def test_corrections_never_lower_and_keep_the_order() -> None:
    rng = np.random.default_rng(2)
    drawn, z = rng.standard_normal((4000, 12), dtype=np.float32), np.append(rng.normal(0, 2, 11), np.nan)
    p = adjusted(z, drawn)
    assert np.isnan(p[-1])
    order = np.argsort(-np.abs(z[:-1]))
    assert (np.diff(p[order]) >= 0).all()
    alone = [adjusted(z[k : k + 1], drawn[:, k : k + 1])[0] for k in range(11)]
    assert (p[:-1] >= np.array(alone) - 1e-12).all()


def test_independent_looks_cost_what_holm_takes_and_copies_cost_nothing() -> None:
    rng = np.random.default_rng(3)
    z = np.array([2.6, 0.3, -0.2, 0.9])
    drawn = rng.standard_normal((20_000, 4), dtype=np.float32)
    single = np.array([0.009322, 0.764, 0.841, 0.368])
    assert adjusted(z, drawn)[0] == pytest.approx(holm(single)[0], rel=0.15)
    copies = np.repeat(drawn[:, :1], 4, axis=1)
    assert adjusted(np.full(4, 2.6), copies).tolist() == pytest.approx([single[0]] * 4, rel=0.3)


def test_where_nothing_differs_a_mark_is_rare_and_where_something_does_it_is_found() -> None:
    drawn, rng = multipliers(SPEAKERS, 0, 600), np.random.default_rng(4)
    wrong = found = 0
    for _ in range(120):
        same = every_slice(*corpus(rng), drawn)
        wrong += bool(np.nanmin(adjusted(same.z, same.drawn)) <= 0.05)
        apart = every_slice(*corpus(rng, worse=1.2), drawn)
        # The second slice is those who do worse.
        found += bool(adjusted(apart.z, apart.drawn)[1] <= 0.05 and apart.difference[1] < 0)
    assert wrong <= 12
    assert found >= 90


def test_too_few_speakers_are_not_tested() -> None:
    who, _, parts = corpus(np.random.default_rng(5))
    codes = np.where(who < 4, 0, 1)
    found = contrasts(
        slices_of(codes, who, np.ones(len(who), dtype=np.int64), parts),
        parts.summed(who, SPEAKERS),
        multipliers(SPEAKERS, 0, 50),
    )
    assert np.isnan(found.z).all()
    assert np.isfinite(found.difference).all()


def test_very_many_speakers_share_multipliers() -> None:
    rng = np.random.default_rng(6)
    who, right = np.arange(9000), rng.random(9000) < 0.6
    parts = Parts(right[:, None].astype(np.float64), np.ones((9000, 1)))
    drawn = multipliers(9000, 0, 2000)
    assert drawn.shape == (2000, 4096)
    found = contrasts(slices_of(who % 2, who, np.ones(9000, dtype=np.int64), parts), parts, drawn)
    assert found.drawn.std(axis=0) == pytest.approx([1, 1], abs=0.06)
    np.testing.assert_allclose(found.drawn[:, 0], -found.drawn[:, 1], atol=1e-4)
    rate = [right[who % 2 == k].mean() for k in (0, 1)]
    expected = (rate[0] - rate[1]) / np.sqrt(sum(r * (1 - r) / 4500 for r in rate))
    assert found.z[0] == pytest.approx(expected, rel=0.01)


def test_speakers_without_what_a_figure_counts_are_no_evidence() -> None:
    """Recall of a class that four of twenty speakers of a slice ever speak rests on four speakers."""
    rng = np.random.default_rng(4)
    who = np.repeat(np.arange(SPEAKERS), 30)
    rare = (np.isin(who % 20, range(4)) | (who >= 20)) & (rng.random(len(who)) < 0.5)
    truth, said = np.where(rare, 0, 1), rng.integers(2, size=len(who))
    decisions = decide(np.eye(2, dtype=np.int64)[truth], Mode.SINGLE, np.eye(2)[said])
    parts, once = parts_of(decisions, Figure("recall", 0)), np.ones(len(who), dtype=np.int64)
    everyone, drawn = parts.summed(who, SPEAKERS), multipliers(SPEAKERS, 0, 50)
    few = contrasts(slices_of(np.where(who < 20, 0, -1), who, once, parts), everyone, drawn)
    rest = contrasts(slices_of(np.where(who < 20, -1, 0), who, once, parts), everyone, drawn)
    assert np.isnan([few.z[0], rest.z[0]]).all()
    everybody = parts_of(decisions, Figure("accuracy"))
    slices = slices_of(np.where(who < 20, 0, -1), who, once, everybody)
    assert np.isfinite(contrasts(slices, everybody.summed(who, SPEAKERS), drawn).z[0])
