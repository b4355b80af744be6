from __future__ import annotations

from collections import Counter, defaultdict

import numpy as np
import pytest

from fairemo_gui.core.labels import plurality
from fairemo_gui.core.records import Condition, Gender, RaterKind, Rating
from fairemo_gui.corpora.demo.planted import PLANTED
from fairemo_gui.corpora.demo.raters import COUNT, rate, recruit, vote_chances
from fairemo_gui.corpora.demo.script import DIALOGUES, SCHEME, Turn, write_dialogue

RATERS = recruit()


def _turns(seed: int) -> list[Turn]:
    return [turn for number in range(DIALOGUES) for turn in write_dialogue(seed, number).turns]


TURNS = _turns(0)
RATINGS = rate(TURNS, RATERS, 0)


def test_raters_are_simulated_and_of_both_genders() -> None:
    assert len(RATERS) == COUNT
    assert {rater.kind for rater in RATERS} == {RaterKind.SIMULATED}
    assert Counter(rater.gender for rater in RATERS) == {Gender.FEMALE: COUNT / 2, Gender.MALE: COUNT / 2}


def test_six_to_eight_ratings_per_utterance_and_condition() -> None:
    counts = Counter((rating.utterance, rating.condition) for rating in RATINGS)
    assert len(counts) == len(TURNS) * len(Condition)
    assert set(counts.values()) == {6, 7, 8}


def test_a_rater_meets_an_utterance_once_and_both_channels_last() -> None:
    assert len({(rating.utterance, rating.rater) for rating in RATINGS}) == len(RATINGS)
    by_rater: dict[str, list[Rating]] = defaultdict(list)
    for rating in RATINGS:
        by_rater[rating.rater].append(rating)
    for diary in by_rater.values():
        assert [r.created_at for r in diary] == sorted({r.created_at for r in diary})
        assert [r.condition for r in diary] == sorted((r.condition for r in diary), key=list(Condition).index)


def test_ratings_are_complete_and_repeat_exactly() -> None:
    assert rate(TURNS, RATERS, 0) == RATINGS
    assert len({rating.uuid for rating in RATINGS}) == len(RATINGS)
    assert not {r.uuid for r in RATINGS} & {r.uuid for r in rate(TURNS, RATERS, 1)}
    for rating in RATINGS:
        assert len(rating.votes) == 1
        assert rating.votes[0] in SCHEME.classes
        assert rating.intensity is not None
        assert 0 <= rating.intensity <= 100
        assert rating.response_ms is not None
        assert rating.created_at.endswith("Z")


@pytest.mark.parametrize("condition", Condition)
@pytest.mark.parametrize("gender", Gender)
def test_chances_sum_to_one_and_clearer_acting_is_read_more_often(condition: Condition, gender: Gender) -> None:
    for emotion in range(len(SCHEME)):
        plain, full = (vote_chances(condition, gender, emotion, s) for s in (0.3, 1.0))
        assert plain.sum() == pytest.approx(1)
        assert full.sum() == pytest.approx(1)
        assert plain[emotion] < full[emotion]


def test_unclear_emotions_are_mostly_taken_for_neutral() -> None:
    intended = {turn.code: SCHEME.classes[turn.emotion] for turn in TURNS}
    wrong = Counter(rating.votes[0] for rating in RATINGS if rating.votes[0] != intended[rating.utterance])
    assert wrong.most_common(1)[0][0] == "neutral"


def test_the_planted_gap_is_in_the_voice_and_not_in_the_face() -> None:
    """Voice raters as a predictor of what raters of both channels say, over five corpora of the same plan."""
    gaps: dict[Condition, list[float]] = {Condition.VOICE: [], Condition.FACE: []}
    for seed in range(5):
        turns = _turns(seed)
        ratings = rate(turns, RATERS, seed)
        truth = plurality(_counts(turns, ratings, Condition.AV))
        men = np.array([turn.person.gender is Gender.MALE for turn in turns])
        for condition, found in gaps.items():
            right = plurality(_counts(turns, ratings, condition)) == truth
            found.append(float(right[men].mean() - right[~men].mean()))
    planted = PLANTED.voice_clarity[Gender.MALE] - PLANTED.voice_clarity[Gender.FEMALE]
    assert np.mean(gaps[Condition.VOICE]) == pytest.approx(planted, abs=0.08)
    assert abs(np.mean(gaps[Condition.FACE])) < 0.06
    assert min(gaps[Condition.VOICE]) > 0.1


def test_single_votes_match_the_written_clarity() -> None:
    for condition in Condition:
        for gender in Gender:
            chosen = [k for k, turn in enumerate(TURNS) if turn.person.gender is gender]
            counts = _counts(TURNS, RATINGS, condition)[chosen]
            hit = sum(counts[j][TURNS[k].emotion] for j, k in enumerate(chosen)) / counts.sum()
            expected = np.mean(
                [vote_chances(condition, gender, TURNS[k].emotion, TURNS[k].strength)[TURNS[k].emotion] for k in chosen]
            )
            assert hit == pytest.approx(expected, abs=0.05)


def _counts(turns: list[Turn], ratings: tuple[Rating, ...], condition: Condition) -> np.ndarray:
    rows = {turn.code: k for k, turn in enumerate(turns)}
    counts = np.zeros((len(turns), len(SCHEME)), dtype=np.int64)
    for rating in ratings:
        if rating.condition is condition:
            counts[rows[rating.utterance], SCHEME.index(rating.votes[0])] += 1
    return counts
