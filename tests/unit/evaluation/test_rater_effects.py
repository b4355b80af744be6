from __future__ import annotations

import json

import numpy as np
import pytest

from fairemo_gui.evaluation.intervals import IntervalPlan
from fairemo_gui.evaluation.rater_effects import Effect, Quantity, agrees_with_others, rater_effects, single_raters

GENDERS = np.array(["female", "male"], dtype=object)


def planted(seed: int, advantage: float = 0.0, raters: int = 20, speakers: int = 10) -> Effect:
    """Raters name anger in 30 % of ratings, and `advantage` more often for speakers of their own gender."""
    rng = np.random.default_rng(seed)
    rater, speaker = (index.ravel() for index in np.indices((raters, speakers)).repeat(5, axis=2))
    own = rater % 2 == speaker % 2
    value = (rng.random(len(rater)) < 0.3 + advantage * own).astype(float)
    who = rater, GENDERS[rater % 2].tolist(), speaker, GENDERS[speaker % 2].tolist()
    (effect,) = rater_effects([Quantity("anger", "rate", value)], *who, plan=IntervalPlan(300, seed))
    return effect


def test_an_advantage_of_ones_own_gender_is_found_and_none_is_not() -> None:
    found = planted(1, 0.2)
    assert found.interaction.value == pytest.approx(0.4, abs=0.15)
    assert found.interaction.interval is not None
    assert found.interaction.interval.low > 0
    nothing = planted(1)
    assert nothing.interaction.interval is not None
    assert nothing.interaction.interval.low < 0 < nothing.interaction.interval.high


def test_the_interaction_is_the_difference_of_differences() -> None:
    found = planted(2, 0.1)
    mean = {(cell.raters, cell.speakers): cell.mean.value for cell in found.cells}
    apart = dict(found.differences)
    for raters in ("female", "male"):
        assert apart[raters].value == pytest.approx(mean[raters, "male"] - mean[raters, "female"])
    assert found.interaction.value == pytest.approx(apart["male"].value - apart["female"].value)
    assert {cell.n for cell in found.cells} == {250}
    assert all(cell.mean.interval is not None for cell in found.cells)


def test_unknown_raters_have_a_row_and_no_part_in_the_interaction() -> None:
    value = np.tile([1.0, 0.0, 1.0], 40)
    rater, speaker = np.arange(120) % 6, np.arange(120) // 3 % 4
    gender = ["female", "male", None]
    of_rater = [gender[k % 3] for k in rater]
    of_speaker = [("female", "male", "male", None)[k] for k in speaker]
    (found,) = rater_effects([Quantity("sad", "rate", value)], rater, of_rater, speaker, of_speaker, 5)
    assert [who for who, _ in found.differences] == ["female", "male", None]
    assert sum(cell.n for cell in found.cells) == 90
    assert {(c.raters, c.mean.value) for c in found.cells} == {("female", 1.0), ("male", 0.0), (None, 1.0)}
    (few,) = rater_effects([Quantity("sad", "rate", value)], rater, of_rater, speaker, of_speaker, 15)
    assert few.interaction.reason == "fewer than 15 ratings in a group"
    assert np.isnan(few.interaction.value)
    (nobody,) = rater_effects([Quantity("sad", "rate", value * np.nan)], rater, of_rater, speaker, of_speaker)
    assert nobody.cells == ()
    json.dumps([few.to_json(), nobody.to_json()], allow_nan=False)


def test_the_others_plurality_leaves_the_own_vote_out() -> None:
    counts = np.array([[3, 1, 0], [2, 2, 0], [2, 2, 0], [1, 0, 0], [3, 2, 0]])
    chosen = np.array([[1, 0, 0], [1, 0, 0], [0, 1, 1], [1, 0, 0], [1, 0, 0]], dtype=bool)
    # Others: 2–1; 1–2; 2–1–(−1 of one who named several); nobody; a tie.
    assert agrees_with_others(chosen, counts) == pytest.approx([1, 0, 0, np.nan, np.nan], nan_ok=True)
    assert agrees_with_others(chosen[:0], counts[:0]).shape == (0,)


def test_single_raters_are_held_against_the_others_per_gender() -> None:
    rng = np.random.default_rng(3)
    rater, speaker = (index.ravel() for index in np.indices((3, 8)).repeat(6, axis=2))
    agrees = (rng.random(len(rater)) < np.where((rater == 1) & (speaker % 2 == 0), 0.2, 0.9)).astype(float)
    agrees[:4] = np.nan
    who = rater, ["female"] * len(rater), speaker, GENDERS[speaker % 2].tolist()
    rows = single_raters(agrees, *who, plan=IntervalPlan(200))
    assert [row.rater for row in rows] == [0, 1, 2]
    assert [row.ratings for row in rows] == [44, 48, 48]
    unfair = rows[1]
    assert unfair.difference.value == pytest.approx(unfair.male.value - unfair.female.value)
    assert unfair.difference.interval is not None
    assert unfair.difference.interval.low > 0
    few = single_raters(agrees, *who, minimum=24, plan=IntervalPlan(200))[0]
    assert few.female.reason == few.difference.reason == "fewer than 24 ratings"
    assert not np.isnan(few.female.value)
    assert few.male.interval is not None
    assert single_raters(agrees * np.nan, *who) == ()
