"""Labels of the MSP family: the same ratings from every form, free text that holds separators, every bad line named."""

from __future__ import annotations

import contextlib
import re
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fairemo_gui.core.emotions import MSP_IMPROV, MSP_PODCAST
from fairemo_gui.core.records import Condition
from fairemo_gui.corpora.msp_answers import (
    Collector,
    Kind,
    Labels,
    main_and_second,
    secondary_of,
    split_line,
    votes_of,
)
from fairemo_gui.corpora.msp_labels import (
    Parse,
    consensus_json,
    consensus_table,
    detailed_json,
    detailed_table,
    labels_text,
    lines_of,
    no_check,
    read_labels,
)
from fairemo_gui.corpora.msp_lists import partitions_in, speakers_in
from fairemo_gui.corpora.plain_text import HOLDS_NOTHING
from fairemo_gui.corpora.values import CellError
from fairemo_gui.errors import UserError
from tests.unit.corpora import msp_builders as build

KIND = Kind("msp-podcast", MSP_PODCAST, Condition.VOICE, (1, 7))
IMPROV = Kind("msp-improv", MSP_IMPROV, Condition.AV, (1, 5), inverted_activation=True)


def parsed(parse: Parse, text: str, kind: Kind = KIND) -> Labels:
    return parse(text, Collector(kind, "labels"), no_check)


@pytest.mark.parametrize(
    ("parse", "text"),
    [
        (detailed_table, build.detailed_raw()),
        (detailed_table, build.detailed_raw(quote="")),
        (detailed_table, build.detailed_raw().replace("\n", "\r\n")),
        (detailed_table, build.detailed_columns()),
        (detailed_table, build.detailed_columns(rater="WorkerID")),
        (detailed_json, build.detailed_json()),
        (detailed_json, build.detailed_face_json()),
    ],
)
def test_every_form_gives_the_same_ratings(parse: Parse, text: str) -> None:
    labels, plain = parsed(parse, text), parsed(labels_text, build.labels_txt())
    assert labels.problems == ()
    assert labels.ratings == plain.ratings
    assert len({rating.uuid for rating in labels.ratings}) == 9


def test_what_a_rating_holds() -> None:
    first, second, third, *_ = parsed(detailed_table, build.detailed_raw()).ratings
    assert (first.utterance, first.rater, first.votes) == (
        "MSP-PODCAST_0001_0008", "msp-podcast:WORKER00000001", ("happy",),
    )  # fmt: skip
    assert (first.condition, first.secondary, first.comment) == (Condition.VOICE, ("Happy", "Excited"), None)
    assert (first.activation, first.valence, first.dominance) == (5.0, 6.0, 5.0)
    assert second.secondary == ()
    assert (third.votes, third.comment) == (("other",), "tired; bored, or: both")
    assert third.secondary == ("Concerned", "Other-so, so")


@pytest.mark.parametrize(
    ("parse", "text"),
    [
        (consensus_table, build.consensus_csv()),
        (consensus_table, "Gender,EmoVal,FileName,EmoAct,EmoClass,Split_Set,EmoDom,SpkrID\n" + "\n".join(
            ",".join((t.gender, t.means[1], t.file, t.means[0], t.letter, t.split, t.means[2], t.speaker))
            for t in build.PODCAST
        )),
        (consensus_json, build.consensus_json()),
        (consensus_json, build.consensus_json(wrapped=True)),
    ],
)  # fmt: skip
def test_every_form_gives_the_same_consensus(parse: Parse, text: str) -> None:
    labels = parsed(parse, text)
    assert labels.problems == ()
    said = [(v.code, v.emotion, v.no_agreement, v.activation, v.valence, v.dominance) for v in labels.verdicts]
    assert said == [
        ("MSP-PODCAST_0001_0008", "happy", False, 5.0, 6.0, 5.0),
        ("MSP-PODCAST_0001_0019", None, True, 3.5, 4.0, 4.5),
        ("MSP-PODCAST_0001_0020", "other", False, 4.0, 4.0, 4.0),
        ("MSP-PODCAST_0002_0003_0001", "contempt", False, 2.2, 2.4, 6.0),
        ("MSP-PODCAST_1188_0020", "surprise", False, 7.0, 1.0, 1.0),
    ]
    assert [(v.speaker, v.gender, v.split) for v in labels.verdicts[:2]] == [
        ("127", "Female", "Train"), ("Unknown", "Unknown", "Train"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("line", "main", "second", "values"),
    [
        ("W1; Happy; Happy,Excited; A:5.0; V:6.0; D:5.0;", "Happy", "Happy,Excited", "5.0 6.0 5.0"),
        ("W1; Happy; ; A:5; V:6; D:5", "Happy", "", "5 6 5"),
        ("W1; Other-a; b; Happy,Sad; A:5; V:6; D:5;", "Other-a; b", "Happy,Sad", "5 6 5"),
        ("W1; Other-A: loud; Other-x; A:5; V:6; D:5;", "Other-A: loud", "Other-x", "5 6 5"),
        ("W1; Other-why; A: me; Sad; A:5; V:6; D:5;", "Other-why; A: me", "Sad", "5 6 5"),
        ("W1; Sad; Sad,Other-x; y; A:5; V:6; D:5;", "Sad", "Sad,Other-x; y", "5 6 5"),
        ("W1; Sad; Sad; A:NaN; D:5;  ", "Sad", "Sad", "NaN None 5"),
    ],
)
def test_lines_are_read_from_both_ends(line: str, main: str, second: str, values: str) -> None:
    fields, found = split_line(line)
    assert fields[0] == "W1"
    assert main_and_second(fields[1:]) == (main, second)
    assert " ".join(str(found.get(letter)) for letter in "AVD") == values


@pytest.mark.parametrize(
    ("main", "votes", "comment"),
    [
        ("Angry", ("anger",), None),
        ("Fear", ("fear",), None),
        ("U", ("surprise",), None),
        ("Other", ("other",), None),
        ("Other-", ("other",), None),
        ("Other (worn out)", ("other",), "worn out"),
        ("other: a (b)", ("other",), "a (b)"),
        ("Happy,Excited", ("happy",), "Excited"),
        ("Frustrated", ("other",), "Frustrated"),
        ("Angry, Sad", ("anger", "sad"), None),
    ],
)
def test_main_answers(main: str, votes: tuple[str, ...], comment: str | None) -> None:
    assert votes_of(main, MSP_PODCAST) == (votes, comment)


@pytest.mark.parametrize(("main", "what"), [("", "is not neutral"), ("Hungry", "“Hungry” is no emotion"), ("Q", "“Q”")])
def test_unknown_words_are_refused(main: str, what: str) -> None:
    with pytest.raises(CellError, match=what):
        votes_of(main, MSP_PODCAST)


def test_emotions_that_are_no_class_of_improv_count_as_other() -> None:
    assert votes_of("Fearful", MSP_IMPROV) == (("other",), "Fearful")


def test_secondary_emotions_keep_free_text() -> None:
    assert secondary_of("Happy,Other-so, whatever,Excited") == ("Happy", "Other-so, whatever", "Excited")
    assert secondary_of(" , ") == ()


BAD = [
    (consensus_table, "a.wav,H,8,1,1,,,", "activation is 8, which is outside 1 to 7"),
    (consensus_table, "a.wav,Q,1,1,1,,,", "“Q” is no class of msp-podcast; it has A, S, H, U, F, D, C, N, O and X"),
    (consensus_table, "a.wav,H,1,x,1,,,", "valence is “x”, which is no number"),
    (consensus_table, "a.wav,H,1,inf,1,,,", "which is no finite number"),
    (consensus_table, ",H,1,1,1,,,", "“” is no name of a recording"),
    (consensus_table, "a.wav,H,1,1,1", "has 5 cells where the header has 8"),
    (detailed_table, "a.wav,W1; Hungry; ; A:1; V:1; D:1;", "“Hungry” is no emotion of msp-podcast"),
    (detailed_table, "a.wav,W1; Happy; ; A:0; V:1; D:1;", "activation is 0, which is outside 1 to 7"),
    (detailed_table, "a.wav,", "“” is no name of a rater"),
    (detailed_table, "a.wav,W1", "the emotion is empty; an empty answer is not neutral"),
    (detailed_table, "../..,W1; Happy; ; A:1;", "“../..” is no name of a recording"),
]


@pytest.mark.parametrize(("parse", "row", "what"), BAD)
def test_a_bad_row_is_named_with_its_line(parse: Parse, row: str, what: str) -> None:
    header, good = build.CONSENSUS_HEADER, "b.wav,N,1,1,1,,,"
    if parse is detailed_table:
        header, good = "FileName,EmoDetail", "b.wav,W2; Sad; ; A:1; V:1; D:1;"
    labels = parsed(parse, f"{header}\n{good}\n{row}\n")
    (problem,) = labels.problems
    assert (problem.row, problem.fatal) == (3, True)
    assert what in problem.what
    assert len(labels.verdicts) + len(labels.ratings) == 1


def test_a_recording_twice_is_refused() -> None:
    (problem,) = parsed(consensus_table, f"{build.CONSENSUS_HEADER}\na.wav,H,1,1,1,,,\na.wav,S,1,1,1,,,").problems
    assert str(problem) == "labels, line 3: a stands already on line 2"


def test_a_rater_who_answers_twice_the_same_has_two_ratings() -> None:
    row = "a.wav,W1; Happy; ; A:1; V:1; D:1;"
    first, second = parsed(detailed_table, f"FileName,EmoDetail\n{row}\n{row}").ratings
    assert first.uuid != second.uuid
    assert first.votes == second.votes


def test_lines_without_a_recording_and_below_a_bad_one() -> None:
    text = "W1; Happy; ; A:1; V:1; D:1;\n\na.wav; Q; A:1; V:1; D:1;\nW1; Happy; ; A:1; V:1; D:1;\n\nW2; Sad; Sad; A:1;"
    labels = parsed(labels_text, text)
    assert [problem.row for problem in labels.problems] == [1, 3, 6]
    assert "stands below no recording" in labels.problems[0].what
    assert labels.ratings == ()


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("[1]", "holds no object of recordings"),
        ("{", "cannot be read as JSON"),
        ("[" * 100_000, "cannot be read as JSON"),
        ('{"a.wav": {}, "a.wav": {}}', "“a.wav” stands there twice"),
        ("9" * 5000, "cannot be read as JSON"),
        ('{"a.wav": {"W1": {"EmoClass_Major": "Happy", "EmoClass_Second": "\\ud800"}}}', "cannot be read as JSON"),
    ],
)
def test_json_of_another_form_is_refused(text: str, what: str) -> None:
    for parse in (consensus_json, detailed_json):
        with pytest.raises(UserError, match=re.escape(what)):
            parsed(parse, text)


@pytest.mark.parametrize(
    ("parse", "text"), [(labels_text, "\n"), (consensus_json, "{}"), (consensus_table, "FileName,EmoClass")]
)
def test_labels_that_hold_nothing_are_a_bad_file(tmp_path: Path, parse: Parse, text: str) -> None:
    (tmp_path / "labels.txt").write_text(text)
    *_, problem = read_labels(tmp_path / "labels.txt", parse, IMPROV).problems
    assert (problem.fatal, str(problem)) == (True, "labels.txt: holds nothing; copy it again from its source")


def test_lists_that_hold_nothing_are_bad_files() -> None:
    for found in (partitions_in("\n", "l.txt"), speakers_in("", "l.txt")):
        assert [(problem.fatal, problem.what) for problem in found.problems] == [(True, HOLDS_NOTHING)]


def test_json_rows_are_named_by_their_recording() -> None:
    text = '{"a.wav": {"W1": {"EmoClass_Major": "Hungry"}, "W2": 7, "W3": {"EmoClass_Major": "Sad", "EmoAct": null}}}'
    labels = parsed(detailed_json, text)
    assert [p.what.split(";")[0] for p in labels.problems if p.fatal] == [
        "“a.wav”: “Hungry” is no emotion of msp-podcast", "“a.wav”: what “W2” says is no object of labels",
    ]  # fmt: skip
    assert (labels.ratings[0].votes, labels.ratings[0].activation) == (("sad",), None)


def test_activation_is_turned_round_where_the_files_store_it_inverted() -> None:
    line = "UTD-IMPROV-S01A-F01-S-FM01.avi; N; A:1.5; V:3.5; D:3.0; N:4.0;"
    text = f"{line}\nF-0014-p1; Neutral; Neutral; A:1; V:4; D:3; N:4;"
    labels = parsed(labels_text, text, IMPROV)
    (verdict,), (rating,) = labels.verdicts, labels.ratings
    assert (verdict.activation, verdict.valence, verdict.emotion) == (4.5, 3.5, "neutral")
    assert (rating.activation, rating.valence, rating.dominance) == (5.0, 4.0, 3.0)


def test_columns_that_are_renamed_are_named() -> None:
    said = "FileName,EmoClass,EmoAct,Valence,EmoDom,SpkrID,Gender,Split\na.wav,H,5,6,5,1,Female,Train\n"
    labels = parsed(consensus_table, said)
    assert [(p.row, p.what, p.fatal) for p in labels.problems] == [
        (1, "columns that are not used: “Valence”, “Split”.", False),
        (1, "has no columns EmoVal, Split_Set: nothing is known of them", False),
    ]
    said = "FileName,WorkerID,EmoClass_Major,Act,EmoVal,EmoDom\na.wav,W1,Happy,5,6,5\n"
    assert [p.what for p in parsed(detailed_table, said).problems] == [
        "columns that are not used: “Act”.",
        "has no columns EmoClass_Second, EmoAct: nothing is known of them",
    ]


def test_names_in_json_that_are_changed_are_named() -> None:
    said = build.consensus_json(build.PODCAST[:1]).replace("EmoVal", "emoval")
    assert [str(p) for p in parsed(consensus_json, said).problems] == [
        "labels: has names that are not used: “emoval”",
        "labels: says nowhere EmoVal: nothing is known of them",
    ]
    said = build.detailed_json(build.PODCAST[:1]).replace("EmoAct", "Act")
    assert [p.fatal for p in parsed(detailed_json, said).problems] == [False, False]


@pytest.mark.parametrize(
    ("answer", "rest"),
    [
        ("W1; Happy; Happy; a:5; v:6; d:5;", "a:5; v:6; d:5"),
        ("W1; Happy; Happy; A:5; A:6; V:6; D:5;", "A:5"),
        ("W1; Happy; Happy; calm; A:5; V:6; D:5;", "calm"),
    ],
)
def test_a_field_too_many_is_no_further_emotion(answer: str, rest: str) -> None:
    labels = parsed(labels_text, f"a.wav; H; A:5; V:6; D:5;\n{answer}\n")
    assert [(p.row, p.what) for p in labels.problems] == [
        (2, f"“{rest}” is neither free text nor A, V, D or N, once each")
    ]
    assert not labels.ratings


def test_partitions_and_speakers() -> None:
    found = partitions_in("Train; a.wav\nb.wav; Test1\nTest1; a.wav\nnonsense\n", "Partitions.txt")
    assert found.splits == {"a": "Train", "b": "Test1"}
    assert [problem.row for problem in found.problems] == [3, 4]
    text = "Speaker_0012; Male\nSpeaker_13; Unknown\na.wav; Speaker_12;\nb.wav; Unknown\nThe speakers:\n"
    spoken = speakers_in(text, "Speaker_ids.txt")
    assert (spoken.speakers, spoken.genders) == ({"a": "12", "b": ""}, {"12": "Male", "13": "Unknown"})
    assert [problem.fatal for problem in spoken.problems] == [False]


def test_a_list_that_names_two_speakers_of_one_recording_is_refused() -> None:
    said = "a.wav; Speaker_12\nSpeaker_12; Male\na.wav; Speaker_012\nx/a.wav; Speaker_13\nSpeaker_12; Female\n"
    spoken = speakers_in(said, "Speaker_ids.txt")
    assert (spoken.speakers, spoken.genders) == ({"a": "12"}, {"12": "Male"})
    assert [(p.row, p.what, p.fatal) for p in spoken.problems] == [
        (4, "says 13 of a; a line above says 12", True),
        (5, "says Female of 12; a line above says Male", True),
    ]


PIECES = st.sampled_from(
    ["a.wav", "b.wav", "W1", "Happy", "Other-x", "Other", "Sad,Happy", "A:5", "V:1", "D:NaN", "A:", "A:9", "N:1", ";",
     "; ", ",", "\n", "\r\n", '"', "FileName,EmoDetail\n", build.CONSENSUS_HEADER + "\n", "X", "H", "{", "}", "[", "]",
     ":", '"EmoClass_Major":', '"Workers":', "\udcff", "é", " " * 50]
)  # fmt: skip
TEXTS = st.lists(PIECES | st.text(max_size=4), max_size=40).map("".join)
GRAMMARS = (consensus_table, detailed_table, labels_text, consensus_json, detailed_json)


@pytest.mark.parametrize(
    "piece", [";", ",", "Other-x,", "Other-x;", "A:1;", " ", '"', "W1;Sad;A:1;\n", "a.wav;X;\n", "("]
)
def test_long_texts_take_no_longer_than_their_length(piece: str) -> None:
    many = piece * 50_000
    begin = time.process_time()
    for text in (many, f"a.wav; H;\nW1; Other-{many}; Sad; A:1;", f"FileName,EmoDetail\na.wav,W1; Sad;{many}"):
        for parse in GRAMMARS:
            with contextlib.suppress(UserError):
                parsed(parse, text)
    assert time.process_time() - begin < 20


@settings(max_examples=300, deadline=None)
@given(text=TEXTS, parse=st.sampled_from(GRAMMARS), kind=st.sampled_from([KIND, IMPROV]))
def test_any_text_gives_records_or_one_sentence(text: str, parse: Parse, kind: Kind) -> None:
    try:
        labels = parsed(parse, text, kind)
    except UserError as error:
        assert str(error).startswith("labels")
        return
    assert all(set(rating.votes) <= set(kind.scheme.classes) and rating.votes for rating in labels.ratings)
    assert len({rating.uuid for rating in labels.ratings}) == len(labels.ratings)
    assert all(problem.what and "\n" not in problem.what for problem in labels.problems)
    low, high = kind.scale
    values = [v for r in labels.ratings for v in (r.activation, r.valence, r.dominance)]
    values += [v for said in labels.verdicts for v in (said.activation, said.valence, said.dominance)]
    assert all(value is None or low <= value <= high for value in values)


@settings(max_examples=100, deadline=None)
@given(text=TEXTS)
def test_any_text_is_a_list_or_its_problems(text: str) -> None:
    lines = sum(bool(line.strip()) for line in lines_of(text))
    found = partitions_in(text, "p")
    assert len(found.problems) + len(found.splits) <= max(lines, 1)
    speakers_in(text, "s")


@settings(max_examples=100, deadline=None)
@given(free=st.text(st.characters(exclude_categories=["Cc", "Cs", "Zs", "Zl", "Zp"]), max_size=12))
def test_free_text_is_kept_as_written(free: str) -> None:
    fields, values = split_line(f"W1; Other-x{free}y; Sad; A:1; V:2; D:3;")
    main, second = main_and_second(fields[1:])
    assert (second, values) == ("Sad", {"A": "1", "V": "2", "D": "3"})
    votes, comment = votes_of(main, MSP_PODCAST)
    assert (votes, (comment or "").replace("; ", ";")) == (("other",), f"x{free}y")
