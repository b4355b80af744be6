from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from fairemo_gui.evaluation.evaluate import evaluate
from fairemo_gui.evaluation.sample import Mode, Sample
from fairemo_gui.evaluation.thresholds import Sweep, sweep


def made_up(n: int = 600, classes: int = 6, seed: int = 0, votes: bool = False) -> Sample:
    rng = np.random.default_rng(seed)
    names = tuple("abcdefgh"[:classes])
    truth = rng.multinomial(8, rng.dirichlet(np.ones(classes)), size=n)
    gender = np.array(["female", "male", None, "other"], dtype=object)[rng.choice(4, n, p=[0.5, 0.45, 0.03, 0.02])]
    groups = {"gender": gender}
    people = rng.integers(0, 40, n)
    if votes:
        said = rng.multinomial(6, np.ones(classes) / classes, size=n)
        return Sample(names, truth, Mode.MULTI, people, groups, votes=said)
    p = rng.dirichlet(np.ones(classes), n).astype(np.float32)
    p[:30] = np.float32(1 / classes)
    return Sample(names, truth, Mode.MULTI, people, groups, probabilities=p)


def counted(sample: Sample, minimum_n: int = 20) -> Sweep:
    return sweep(sample.decisions, sample.groups["gender"], minimum_n)


@pytest.mark.parametrize("classes", [3, 5, 6, 8])
@pytest.mark.parametrize("votes", [False, True])
def test_at_one_over_c_it_says_what_the_evaluation_says(classes: int, votes: bool) -> None:
    sample = made_up(classes=classes, votes=votes)
    found = counted(sample)
    rates, whole = found.curve.at(found.even), evaluate(sample, ("gender",))
    assert found.thresholds[found.even] == 1 / classes
    assert rates.macro_f1 == pytest.approx(whole.metrics.scores["macro_f1"], abs=1e-12)
    for value, f1 in zip(found.groups, rates.by_group, strict=True):
        assert f1 == pytest.approx(whole.group("gender", value).metrics.scores["macro_f1"], abs=1e-12)
    fairness = whole.fairness["gender"]
    assert rates.dpd == pytest.approx(fairness.dpd.macro, abs=1e-12)
    assert rates.eod == pytest.approx(fairness.eod.macro, abs=1e-12)


@pytest.mark.parametrize("votes", [False, True])
def test_every_threshold_counts_what_lies_strictly_above(votes: bool) -> None:
    sample = made_up(n=80, votes=votes)
    found, p = counted(sample), sample.decisions.probabilities
    if not votes:
        p = np.where(p == float(np.float32(1 / 6)), 1 / 6, p)
    for place in range(0, len(found.thresholds), 7):
        above = p > found.thresholds[place]
        assert found.above[..., place].sum(axis=(0, 2)).tolist() == above.sum(axis=0).tolist()
    assert all(low < high for low, high in pairwise(found.thresholds))


def test_a_threshold_per_class_moves_that_class_alone() -> None:
    found = counted(made_up())
    same = [found.even] * 6
    assert found.each(same).macro_f1 == found.curve.at(found.even).macro_f1
    moving = found.curve_of(same, 2)
    assert moving.at(found.even).dpd == found.each(same).dpd
    place = found.nearest(0.5)
    assert moving.at(place).eod == found.each([*same[:2], place, *same[3:]]).eod


def test_the_k_most_probable_classes() -> None:
    sample = made_up()
    found, p = counted(sample), sample.decisions.probabilities
    assert found.top.selected.tolist() == [1, 2, 3, 4, 5, 6]
    first = np.eye(6, dtype=bool)[p.argmax(axis=1)]
    assert found.among[..., 0].sum(axis=(0, 2)).tolist() == first.sum(axis=0).tolist()
    assert found.among[..., 5].sum(axis=(0, 2)).tolist() == [len(sample)] * 6


def test_nothing_is_on_at_one_and_everything_possible_at_zero() -> None:
    found = counted(made_up())
    last, first = found.curve.at(-1), found.curve.at(0)
    assert last.selected == 0
    assert last.macro_f1 == 0
    assert last.dpd == 0
    assert first.selected == 6


def test_small_and_unknown_groups_stay_out_of_the_gaps_but_have_their_f1() -> None:
    found = counted(made_up())
    assert found.groups == ("female", "male", "other", None)
    assert found.compared.tolist() == [True, True, False, False]
    assert np.isfinite(found.curve.by_group).all()


def test_one_group_has_no_gap() -> None:
    sample = made_up()
    found = sweep(sample.decisions, [None] * len(sample))
    assert np.isnan(found.curve.dpd).all()
    assert np.isnan(found.curve.eod).all()
