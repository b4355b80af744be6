"""The nouns: frozen, plain to serialise, and telling."""

from __future__ import annotations

from dataclasses import FrozenInstanceError, asdict

import pytest

from fairemo_gui.core.records import Changes, Condition, Gender, MediaState, Problem, Speaker, Truth, Utterance


def test_records_cannot_be_changed() -> None:
    speaker = Speaker("s1")
    with pytest.raises(FrozenInstanceError):
        speaker.code = "s2"  # type: ignore[misc]


def test_nothing_is_known_of_a_speaker_unless_said() -> None:
    assert asdict(Speaker("s1")) == {"code": "s1", "gender": None, "age": None, "race": None, "ethnicity": None}


def test_an_utterance_is_whole_unmarked_and_unlabelled_by_default() -> None:
    utterance = Utterance("u1", "s1")
    assert (utterance.start, utterance.end, utterance.intended) == (None, None, None)
    assert utterance.media_state is MediaState.OK


def test_every_condition_is_a_truth_of_the_same_name() -> None:
    assert {Truth(condition.value).value for condition in Condition} == {"voice", "face", "av"}
    assert set(Truth) - {Truth(condition.value) for condition in Condition} == {Truth.INTENDED}


def test_names_are_what_tables_and_the_terminal_write() -> None:
    assert [gender.value for gender in Gender] == ["female", "male"]
    assert f"{Condition.AV}" == "av"
    assert MediaState("no sound track") is MediaState.NO_SOUND


@pytest.mark.parametrize(
    ("problem", "text"),
    [
        (Problem("a.csv", 4, "names no speaker"), "a.csv, line 4: names no speaker"),
        (Problem("a.wav", None, "is silent"), "a.wav: is silent"),
    ],
)
def test_a_problem_names_its_place(problem: Problem, text: str) -> None:
    assert str(problem) == text


def test_a_change_without_utterances_may_touch_all() -> None:
    assert Changes(frozenset({"ratings"})).utterances == ()
