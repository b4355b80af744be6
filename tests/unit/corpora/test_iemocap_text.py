"""IEMOCAP's text formats, line by line, and anything else that may stand in such files."""

from __future__ import annotations

import time
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fairemo_gui.core.emotions import IEMOCAP
from fairemo_gui.core.records import Word
from fairemo_gui.corpora.iemocap_text import (
    CODES,
    WORDS,
    Answer,
    Attributes,
    parse_alignment,
    parse_evaluation,
    parse_transcription,
)
from tests.unit.corpora.iemocap_builder import ALIGNMENT

DIALOGUE = "Ses01F_impro01"
HEAD = f"[6.2901 - 8.2357]\t{DIALOGUE}_F000\tneu\t[2.5000, 2.5000, 2.5000]"


def answer(*rows: str) -> Answer:
    """The one answer that lines give."""
    turns, problems = parse_evaluation("\n".join((HEAD, *rows)), DIALOGUE, "e.txt")
    assert problems == []
    (found,) = turns[0].answers
    return found


def faults(*rows: str) -> list[str]:
    """What is wrong with lines."""
    return [str(problem) for problem in parse_evaluation("\n".join(rows), DIALOGUE, "e.txt")[1]]


def test_codes_and_words_are_classes_of_the_scheme() -> None:
    assert set(CODES.values()) == set(WORDS.values()) == set(IEMOCAP.classes)


def test_a_turn_is_read_whole() -> None:
    (turn,), problems = parse_evaluation(f"% [START_TIME - END_TIME] …\n\n{HEAD}\n", DIALOGUE, "e.txt")
    assert (turn.code, turn.start, turn.end, turn.emotion, turn.line) == (
        f"{DIALOGUE}_F000",
        6.2901,
        8.2357,
        "neutral",
        3,
    )
    assert (turn.mean, problems) == (Attributes(2.5, 2.5, 2.5), [])


@pytest.mark.parametrize(("code", "emotion"), [*CODES.items(), ("xxx", None), ("XXX", None), ("Ang", "anger")])
def test_every_code_has_its_class_and_xxx_has_none(code: str, emotion: str | None) -> None:
    (turn,), problems = parse_evaluation(HEAD.replace("neu", code), DIALOGUE, "e.txt")
    assert (turn.emotion, problems) == (emotion, [])


def test_order_of_the_means_is_valence_activation_dominance_and_one_may_be_missing() -> None:
    (turn,), _ = parse_evaluation(HEAD.replace("2.5000, 2.5000, 2.5000", "1.5, , 4.5"), DIALOGUE, "e.txt")
    assert turn.mean == Attributes(valence=1.5, activation=None, dominance=4.5)


@pytest.mark.parametrize("word", list(WORDS))
def test_every_category_is_known(word: str) -> None:
    assert answer(f"C-E1:\t{word.capitalize()};\t()").votes == (WORDS[word],)


def test_a_rater_may_choose_several_and_say_anything() -> None:
    found = answer("C-E4:\tNeutral state; Other; neutral;\t(a; b\t(c): C-E2: [1 - 2])")
    assert (found.votes, found.comments) == (("neutral", "other"), ("a; b\t(c): C-E2: [1 - 2]",))


@pytest.mark.parametrize("dom", ["dom  2", "dom 2", "dom\t2"])
def test_categories_and_attributes_of_a_rater_are_one_answer(dom: str) -> None:
    rows = ("C-E2:\tAnger;\t(loud)", f"A-E2:\tval 1; act 4; {dom};\t(sure)")
    for found in (answer(*rows), answer(*reversed(rows))):
        assert (found.votes, found.attributes) == (("anger",), Attributes(1, 4, 2))
        assert set(found.comments) == {"loud", "sure"}


@pytest.mark.parametrize(
    ("line", "attributes"),
    [
        ("A-M1:\tval ; act 3; dom  ;\t()", Attributes(None, 3, None)),
        ("A-M1:\tact 3;\t()", Attributes(None, 3, None)),
        ("A-M1:\tval;act;dom;", Attributes()),
        ("A-M1:\tdom 1; val 2; act 2.5;", Attributes(2, 2.5, 1)),
    ],
)
def test_attributes_may_be_missing(line: str, attributes: Attributes) -> None:
    found = answer(line)
    assert (found.attributes, found.votes, found.by_actor) == (attributes, None, True)
    assert bool(found) == bool(attributes)


def test_an_answer_given_twice_stays_twice_and_is_said() -> None:
    turns, problems = parse_evaluation(f"{HEAD}\nC-E2: Anger; ()\nC-E2: Fear; ()\nA-E2: val 1; ()", DIALOGUE, "e.txt")
    assert [found.votes for found in turns[0].answers] == [("anger",), ("fear",)]
    assert turns[0].answers[1].attributes == Attributes(valence=1)
    assert [str(p) for p in problems] == [f"e.txt, line 1: E2 rates {DIALOGUE}_F000 2 times; every answer counts"]
    assert not problems[0].fatal


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (HEAD.replace("F000", "F00"), "is no turn of this dialogue (such as Ses01F_impro01_F000)"),
        (HEAD.replace("F_", "M_"), "is no turn of this dialogue"),
        (HEAD.replace("F000", "FXX0"), "is no turn of this dialogue"),
        (HEAD.replace("neu", "bor"), "is “bor”; IEMOCAP has ang, dis, exc"),
        (HEAD.replace("8.2357", "6.2901"), "ends at 6.2901 s, which is not after its start at 6.2901 s"),
        (HEAD.replace("8.2357", "nan"), "the end is “nan”, which is no finite number"),
        (HEAD.replace("8.2357", "1e12"), "the end is 1e12, which is outside 0 to 86400"),
        (HEAD.replace("6.2901", ""), "the start is missing"),
        (HEAD.replace("6.2901", "0" * 99), "which is no number"),
        (HEAD.replace(" - ", " "), "is not written as [start - end] turn emotion"),
        (HEAD.replace(", 2.5000]", "]"), "where valence, activation and dominance should be"),
        (HEAD.replace("2.5000]", "9]"), "a mean is 9, which is outside 1 to 5"),
        ("[", "is not written as [start - end] turn emotion"),
    ],
)
def test_a_bad_turn_is_named_and_its_ratings_go_with_it(row: str, said: str) -> None:
    turns, problems = parse_evaluation(f"{row}\nC-E1: Anger; ()\n\n{HEAD}\nC-E2: Fear; ()", DIALOGUE, "e.txt")
    (problem,) = problems
    assert problem.fatal
    assert str(problem).startswith("e.txt, line 1: ")
    assert said in str(problem)
    assert [(turn.line, [found.rater for found in turn.answers]) for turn in turns] == [(4, ["E2"])]


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("C-E1:\tHappy;\t()", "“Happy” is no category of IEMOCAP; it has anger, disgust"),
        ("C-X1:\tAnger;\t()", "“X1” is no rater of IEMOCAP"),
        ("B-E1:\tAnger;\t()", "is neither a turn nor a rating"),
        ("C-E1\tAnger", "is neither a turn nor a rating"),
        ("A-E1:\tval 6;\t()", "val is 6, which is outside 1 to 5"),
        ("A-E1:\tval two;\t()", "val is “two”, which is no number"),
        ("A-E1:\tval 2; val 3;\t()", "“val 3” is not one value each of val, act, dom"),
        ("A-E1:\tpow 2;\t()", "“pow 2” is not one value each of val, act, dom"),
    ],
)
def test_a_bad_rating_is_named_and_the_turn_stays(row: str, said: str) -> None:
    turns, problems = parse_evaluation(f"{HEAD}\n{row}\nC-E2: Fear; ()", DIALOGUE, "e.txt")
    (problem,) = problems
    assert problem.fatal
    assert str(problem).startswith("e.txt, line 2: ")
    assert said in str(problem)
    assert [found.rater for found in turns[0].answers] == ["E2"]


def test_other_faults_of_evaluations() -> None:
    assert faults("C-E1: Anger; ()", HEAD) == ["e.txt, line 1: “C-E1: Anger; ()” stands before the first turn"]
    assert faults(HEAD, HEAD) == [f"e.txt, line 2: {DIALOGUE}_F000 stands already on line 1"]
    assert faults("", "% only") == ["e.txt: holds no turn; copy it again from its source"]
    many = faults(HEAD, *["?"] * 5000)
    assert (len(many), many[-1]) == (1002, "e.txt, line 1002: is no evaluation of a dialogue: the rest is not read")


def test_a_transcription_keeps_the_turns_and_passes_over_the_rest() -> None:
    text = (
        f"{DIALOGUE}_F000 [006.2901-008.2357]: Is that: [LAUGHTER] (2)?\n\nM: What?\nF1: No.\n"
        f"{DIALOGUE}_FXX0 [1-2]: Mm.\n{DIALOGUE}_MXX12 [1-2]: Mm.\n{DIALOGUE}_M000[1-2]:x\n"
    )
    words = {f"{DIALOGUE}_F000": "Is that: [LAUGHTER] (2)?", f"{DIALOGUE}_M000": "x"}
    assert parse_transcription(text, DIALOGUE, "t.txt") == (words, [])


def test_lines_of_a_transcription_that_say_nothing_are_remarked() -> None:
    turn = f"{DIALOGUE}_F000 [1-2]: "
    text = f"{turn}one\nnonsense\n{turn}two\nSes02F_impro01_F000 [1-2]: x\n{DIALOGUE}_F001 no bracket\n"
    words, problems = parse_transcription(text, DIALOGUE, "t.txt")
    assert words == {f"{DIALOGUE}_F000": "one"}
    assert [str(problem) for problem in problems] == [
        "t.txt: has lines that are no turn and its words: 2, 4, 5",
        f"t.txt: gives words twice for {DIALOGUE}_F000 on line 3; the first are kept",
    ]
    assert not any(problem.fatal for problem in problems)


def test_words_are_cleaned_and_end_with_their_last_frame() -> None:
    words, problems = parse_alignment(ALIGNMENT, "a.wdseg")
    assert words == (Word("EXCUSE", 0.1, 0.6), Word("ME", 0.7, 1.0))
    assert problems == []


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("0 9 WORD", "has 3 cells"),
        ("0 x -1 WORD", "“x” is no number of a frame"),
        ("-1 5 -1 WORD", "“-1” is no number of a frame"),
        ("9 5 -1 WORD", "ends in frame 5, before its first frame 9"),
        ("0 99999999999 -1 WORD", "a frame is 99999999999, which is outside"),
        (f"0 {'9' * 5000} -1 WORD", "is no number of a frame"),
    ],
)
def test_a_bad_alignment_gives_no_words_and_stops_nothing(row: str, said: str) -> None:
    words, problems = parse_alignment(f"0 9 -1 A\n{row}\n", "a.wdseg")
    (problem,) = problems
    assert words == ()
    assert (problem.row, problem.fatal) == (2, False)
    assert said in str(problem)


# Pieces of the formats, so that many texts are nearly right.
PIECES = (
    f"[1.0 - 2.0]\t{DIALOGUE}_F000\tneu\t[2.5, 2.5, 2.5] [ ] - , ; : ( ) C-E1: A-E1: C-F1: Neutral; Anger val act 2; "
    f"dom (2) {DIALOGUE}_F001 {DIALOGUE}_FXX0 xxx % [1-2]: M: SFrm Total 0 9 -5 WORD(2) <s> ++X++ 1e999 "
    "nan ٣ \udc92 -- - ((((1"
).split(" ")
texts = st.lists(st.sampled_from([*PIECES, "\n", "\t", " "]) | st.text(max_size=4), max_size=60).map(" ".join)


def said_well(problems: Sequence[object]) -> None:
    """Problems are short and stand on one line."""
    assert all("\n" not in str(problem) and len(str(problem)) < 600 for problem in problems)


@settings(max_examples=300, deadline=None)
@given(text=texts | st.lists(st.just(HEAD) | texts, max_size=4).map("\n".join))
def test_whatever_a_text_holds_it_is_read_or_said(text: str) -> None:
    turns, problems = parse_evaluation(text, DIALOGUE, "f")
    assert turns or problems
    assert len({turn.code for turn in turns}) == len(turns)
    for turn in turns:
        assert 0 <= turn.start < turn.end
        assert turn.emotion is None or turn.emotion in IEMOCAP.classes
        assert all(set(found.votes or ()) <= set(IEMOCAP.classes) for found in turn.answers)
    said, remarks = parse_transcription(text, DIALOGUE, "f")
    assert all(code.startswith(f"{DIALOGUE}_") for code in said)
    words, more = parse_alignment(text, "f")
    assert all(word.text and 0 <= word.start < word.end for word in words)
    said_well([*problems, *remarks, *more])


@pytest.mark.parametrize(
    "piece",
    ["[", "(", "-", "_", ";", "C-E1:;\n", f"{HEAD}\n", "C-E1: (((", "[1-2]:", "<", "+", "(1", "0 1 2 a\n", "XX_"],
)
def test_long_texts_of_anything_take_no_time(piece: str) -> None:
    begin = time.perf_counter()
    for text in (piece * (1_000_000 // len(piece)), f"{HEAD}\n" + piece * (1_000_000 // len(piece))):
        said_well(parse_evaluation(text, DIALOGUE, "f")[1])
        said_well(parse_transcription(text, DIALOGUE, "f")[1])
        said_well(parse_alignment(text, "f")[1])
    assert time.perf_counter() - begin < 20
