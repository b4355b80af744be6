from __future__ import annotations

from collections import Counter

import numpy as np

from fairemo_gui.corpora.demo.people import PEOPLE
from fairemo_gui.corpora.demo.planted import STRENGTH
from fairemo_gui.corpora.demo.script import DIALOGUES, SCHEME, write_dialogue

ALL = [write_dialogue(0, number) for number in range(DIALOGUES)]
TURNS = [turn for dialogue in ALL for turn in dialogue.turns]


def test_enough_speakers_and_utterances() -> None:
    assert len({turn.person.code for turn in TURNS}) == len(PEOPLE) >= 12
    assert len({turn.code for turn in TURNS}) == len(TURNS) == 192


def test_every_person_acts_every_class_equally_often() -> None:
    counts = Counter((turn.person.code, turn.emotion) for turn in TURNS)
    assert len(counts) == len(PEOPLE) * len(SCHEME)
    assert set(counts.values()) == {2}


def test_people_take_turns_and_no_sentence_returns_in_a_dialogue() -> None:
    for dialogue in ALL:
        speakers = [turn.person.code for turn in dialogue.turns]
        assert speakers[::2] == [speakers[0]] * 6
        assert speakers[1::2] == [speakers[1]] * 6
        assert {*speakers} == {dialogue.left.code, dialogue.right.code}
        assert len({turn.sentence for turn in dialogue.turns}) == len(dialogue.turns)


def test_a_pair_swaps_seats_and_women_sit_left_half_of_the_time() -> None:
    women_left = [dialogue.left.code.startswith("F") for dialogue in ALL]
    assert sum(women_left) == len(ALL) // 2
    first, second = ALL[: len(ALL) // 2], ALL[len(ALL) // 2 :]
    assert all(a.left is b.right for a, b in zip(first, second, strict=True))


def test_strength_is_spread_alike_for_women_and_men() -> None:
    women = [turn.strength for turn in TURNS if turn.person.code.startswith("F")]
    men = [turn.strength for turn in TURNS if turn.person.code.startswith("M")]
    assert STRENGTH[0] <= min(women + men)
    assert max(women + men) <= STRENGTH[1]
    assert abs(np.mean(women) - np.mean(men)) < 0.1


def test_the_same_seed_writes_the_same_and_another_something_else() -> None:
    assert write_dialogue(0, 3) == ALL[3]
    assert write_dialogue(1, 3).turns != ALL[3].turns
