"""Files of ratings, good and bad."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from fairemo_gui.core.emotions import CREMA_D, EMODB, RAVDESS
from fairemo_gui.core.records import Condition, RaterKind
from fairemo_gui.corpora.ratings import RatingsFile, emotions_named, open_ratings, read_ratings
from fairemo_gui.corpora.report import refuse
from fairemo_gui.errors import UserError
from tests.unit.corpora.builders import table

CODES = (
    "1001_IEO_NEU_XX",
    "1001_IEO_HAP_LO",
    "1001_IEO_ANG_HI",
    "1002_IEO_SAD_MD",
    "1002_DFA_FEA_XX",
    "1003_IEO_DIS_LO",
)
SINGLE = "utterance_id,condition,rater,emotion"


def read(path: Path) -> RatingsFile:
    return read_ratings(path, CREMA_D, CODES)


def fatal(file: RatingsFile) -> list[str]:
    return [str(problem) for problem in file.problems if problem.fatal]


def test_the_good_file_has_eighteen_rows(shared_data: Path) -> None:
    file = read(shared_data / "malformed/ratings_good.csv")
    assert (len(file.vote_counts), len(file.ratings), file.problems) == (18, 0, ())
    assert file.vote_counts[2].counts == (2, 6, 0, 0, 1, 0)
    assert [votes.condition for votes in file.vote_counts] == [Condition.VOICE] * 6 + [Condition.FACE] * 6 + [
        Condition.AV
    ] * 6
    assert {votes.source for votes in file.vote_counts} == {"ratings_good.csv"}


@pytest.mark.parametrize("name", ["ratings_bom_crlf.csv", "ratings_semicolon.csv"])
def test_other_ways_to_write_the_same_table_are_the_same(shared_data: Path, name: str) -> None:
    good = read(shared_data / "malformed/ratings_good.csv")
    other = read(shared_data / "malformed" / name)
    assert [(v.utterance, v.condition, v.counts) for v in other.vote_counts] == [
        (v.utterance, v.condition, v.counts) for v in good.vote_counts
    ]
    assert fatal(other) == []
    assert any("semicolons" in str(problem) for problem in other.problems) == ("semicolon" in name)


def test_unknown_clips_are_named_with_their_lines_and_the_letter_case(shared_data: Path) -> None:
    file = read(shared_data / "malformed/ratings_unknown_clip.csv")
    assert fatal(file) == [
        "ratings_unknown_clip.csv, line 4: there is no utterance “9999_XXX_ANG_XX” in this corpus",
        "ratings_unknown_clip.csv, line 8: there is no utterance “1001_ieo_neu_xx” in this corpus; "
        "“1001_IEO_NEU_XX” differs only in letter case",
    ]
    assert len(file.vote_counts) == 16
    with pytest.raises(UserError) as caught:
        refuse(file.problems, skip_bad=False)
    assert str(caught.value) == (
        "ratings_unknown_clip.csv, line 4: there is no utterance “9999_XXX_ANG_XX” in this corpus "
        "(and 1 more problem): correct them, or leave such rows out with --skip-bad."
    )
    assert len(caught.value.problems) == 2
    refuse(file.problems, skip_bad=True)


def test_unknown_emotions_and_the_empty_cell_are_named(shared_data: Path) -> None:
    file = read(shared_data / "malformed/ratings_unknown_emotion.csv")
    assert fatal(file) == [
        "ratings_unknown_emotion.csv, line 4: “Q” is no emotion of this corpus; crema-d has anger, disgust, fear, "
        "happy, neutral, sad",
        "ratings_unknown_emotion.csv, line 7: the emotion is empty; an empty cell is not neutral",
    ]
    assert [(r.rater, r.votes, r.condition) for r in file.ratings] == [
        ("r1", ("neutral",), Condition.AV),
        ("r2", ("neutral",), Condition.AV),
        ("r1", ("happy",), Condition.AV),
        ("r2", ("happy",), Condition.AV),
    ]
    assert {(rater.code, rater.kind) for rater in file.raters} == {
        ("r1", RaterKind.IMPORTED),
        ("r2", RaterKind.IMPORTED),
    }
    assert any("no condition is given: all ratings are taken as “av”" in str(problem) for problem in file.problems)


def test_missing_columns_are_all_named(shared_data: Path) -> None:
    with pytest.raises(UserError) as caught:
        read(shared_data / "malformed/ratings_missing_columns.csv")
    assert str(caught.value) == (
        "ratings_missing_columns.csv, line 1: the columns “F” and “numResponses” are missing: add them."
    )
    assert len(caught.value.problems) == 2


def test_the_real_table_reads_like_any_other(shared_data: Path) -> None:
    codes = [
        line.split(",")[1].strip('"\n')
        for line in (shared_data / "cremad/SentenceFilenames.csv").read_text().splitlines()
    ]
    file = read_ratings(shared_data / "cremad/tabulatedVotes.csv", CREMA_D, codes)
    assert (len(file.vote_counts), fatal(file)) == (22326, [])


def test_single_ratings_with_everything(tmp_path: Path) -> None:
    path = table(
        tmp_path / "r.csv",
        f"""
        {SINGLE},intensity,activation,valence,dominance,confidence,first_answer,response_ms,replays,uuid,\
prediction_visible,supersedes,created_at
        1001_IEO_NEU_XX,voice,ann,happy+sad,70,1.5,-2,3,90,HAP,1234,2,12345678-1234-5678-1234-567812345678,yes,\
12345678-1234-5678-1234-567812345679,2026-01-31T13:00:00+01:00
        """.replace("\\\n", ""),
    )
    (rating,) = read(path).ratings
    assert rating.uuid == "12345678-1234-5678-1234-567812345678"
    assert (rating.condition, rating.rater, rating.votes) == (Condition.VOICE, "ann", ("happy", "sad"))
    assert (rating.intensity, rating.activation, rating.valence, rating.dominance) == (70, 1.5, -2.0, 3.0)
    assert (rating.confidence, rating.first_answer, rating.response_ms, rating.replays) == (90, "happy", 1234, 2)
    assert rating.prediction_visible
    assert rating.supersedes == "12345678-1234-5678-1234-567812345679"
    assert rating.created_at == "2026-01-31T12:00:00.000+00:00"


def test_an_answer_may_be_taken_back_only_by_naming_it(tmp_path: Path) -> None:
    path = table(
        tmp_path / "r.csv",
        f"""
        {SINGLE},supersedes
        1001_IEO_NEU_XX,voice,ann,,12345678-1234-5678-1234-567812345679
        1001_IEO_NEU_XX,voice,bob,,
        """,
    )
    file = read(path)
    assert [rating.votes for rating in file.ratings] == [()]
    assert fatal(file) == ["r.csv, line 3: the emotion is empty; an empty cell is not neutral"]


def test_reading_twice_in_any_order_gives_the_same_ids(tmp_path: Path) -> None:
    rows = [f"{code},{way},r{k},{e}" for code in CODES for way in Condition for k, e in enumerate(("sad", "fear"))]
    first = read(table(tmp_path / "a.csv", "\n".join([SINGLE, *rows])))
    random.Random(3).shuffle(rows)
    second = read(table(tmp_path / "b.csv", "\n".join([SINGLE, *rows])))
    assert {rating.uuid for rating in first.ratings} == {rating.uuid for rating in second.ratings}
    assert len({rating.uuid for rating in first.ratings}) == len(rows) == len(first.ratings)


def test_answers_that_differ_keep_their_ids_in_any_order(tmp_path: Path) -> None:
    rows = ["1001_IEO_NEU_XX,voice,ann,sad", "1001_IEO_NEU_XX,voice,ann,fear", "1001_IEO_NEU_XX,voice,ann,sad"]
    first = read(table(tmp_path / "a.csv", "\n".join([SINGLE, *rows])))
    second = read(table(tmp_path / "b.csv", "\n".join([SINGLE, *reversed(rows)])))
    assert {(r.uuid, r.votes) for r in first.ratings} == {(r.uuid, r.votes) for r in second.ratings}
    assert len({r.uuid for r in first.ratings}) == 3


def test_a_rater_may_answer_again_and_it_is_said(tmp_path: Path) -> None:
    row = "1001_IEO_NEU_XX,voice,ann,sad"
    file = read(table(tmp_path / "r.csv", "\n".join([SINGLE, row, row])))
    assert len({rating.uuid for rating in file.ratings}) == 2
    assert "answered more than once" in str(file.problems[0])
    assert fatal(file) == []


def test_a_correction_is_no_second_answer(tmp_path: Path) -> None:
    first, second = "0f3a6a0e-2f0b-5d53-8f6b-6a3a1c0b7e54", "1f3a6a0e-2f0b-5d53-8f6b-6a3a1c0b7e54"
    rows = [f"1001_IEO_NEU_XX,voice,ann,sad,{first},", f"1001_IEO_NEU_XX,voice,ann,fear,{second},{first}"]
    file = read(table(tmp_path / "r.csv", "\n".join([f"{SINGLE},uuid,supersedes", *rows])))
    assert (len(file.ratings), file.problems) == (2, ())


@pytest.mark.parametrize(
    ("row", "what"),
    [
        ("1001_IEO_NEU_XX,smell,ann,sad", "“smell” is no condition; write voice, face or av"),
        ("1001_IEO_NEU_XX,voice,,sad", "names no rater"),
        (",voice,ann,sad", "names no utterance"),
        ("1001_IEO_NEU_XX,voice,ann,surprise", "“surprise” is no emotion of this corpus"),
        ("1001_IEO_NEU_XX,voice,ann,hapy", "did you mean happy?"),
        ("1001_IEO_NEU_XX,voice,ann,sad+Q", "“Q” is no emotion of this corpus"),
        ("1001_IEO_NEU_XX,voice,ann", "has 3 cells where the header has 4"),
        ("1001_IEO_NEU_XX,voice,ann,sad,extra", "has 5 cells where the header has 4"),
        ("\x1b[2J,voice,ann,sad", "there is no utterance “�[2J”"),
    ],
)
def test_bad_single_ratings(tmp_path: Path, row: str, what: str) -> None:
    file = read(table(tmp_path / "r.csv", f"{SINGLE}\n{row}"))
    assert file.ratings == ()
    (problem,) = fatal(file)
    assert problem.startswith("r.csv, line 2: ")
    assert what in problem


@pytest.mark.parametrize(
    ("column", "value", "what"),
    [
        ("intensity", "101", "outside 0 to 100"),
        ("intensity", "7.5", "no whole number"),
        ("valence", "NaN", "no finite number"),
        ("response_ms", "-90000000", "outside -86400000 to"),
        ("uuid", "17", "no rating id"),
        ("created_at", "yesterday", "write it as 2026-01-31"),
        ("prediction_visible", "maybe", "neither yes nor no"),
    ],
)
def test_bad_extras(tmp_path: Path, column: str, value: str, what: str) -> None:
    file = read(table(tmp_path / "r.csv", f"{SINGLE},{column}\n1001_IEO_NEU_XX,voice,ann,sad,{value}"))
    assert what in fatal(file)[0]


def test_no_json_in_a_cell_brings_the_reader_down(tmp_path: Path) -> None:
    deep, half = "[" * 100_000, '["\\ud800"]'
    rows = "".join(f'u1,ann,happy,"{cell.replace(chr(34), chr(34) * 2)}"\n' for cell in (deep, half))
    (tmp_path / "r.csv").write_text(f"utterance_id,rater,emotion,secondary\n{rows}")
    first, second = read_ratings(tmp_path / "r.csv", CREMA_D, ["u1"]).ratings
    assert (first.secondary, second.secondary) == ((deep,), (half,))


def test_everything_wrong_with_a_row_is_said_at_once(tmp_path: Path) -> None:
    (problem,) = fatal(read(table(tmp_path / "r.csv", f"{SINGLE}\nnobody,smell,,Q")))
    assert problem.count(";") >= 3


def test_two_ratings_of_one_id_are_not_both_taken(tmp_path: Path) -> None:
    row = "1001_IEO_NEU_XX,voice,ann,sad,12345678-1234-5678-1234-567812345678"
    file = read(table(tmp_path / "r.csv", f"{SINGLE},uuid\n{row}\n{row}"))
    assert len(file.ratings) == 1
    assert "is used twice" in fatal(file)[0]


def test_the_caller_says_what_a_file_without_conditions_is(tmp_path: Path) -> None:
    path = table(tmp_path / "r.csv", "utterance_id,annotator,emotion\n1001_IEO_NEU_XX,ann,sad")
    assert read_ratings(path, CREMA_D, CODES, Condition.VOICE).ratings[0].condition is Condition.VOICE


def test_columns_nobody_understands_are_said(tmp_path: Path) -> None:
    file = read(table(tmp_path / "r.csv", f"{SINGLE},intensty\n1001_IEO_NEU_XX,voice,ann,sad,7"))
    assert "“intensty”" in str(file.problems[0])


def test_votes_for_a_class_the_corpus_lacks_are_refused_not_lost(tmp_path: Path) -> None:
    path = table(
        tmp_path / "v.csv",
        """
        rowId,A,D,F,H,N,S,fileName,numResponses
        100001,1,0,0,0,0,2,u1,3
        """,
    )
    assert read_ratings(path, EMODB, ["u1"]).vote_counts[0].counts == (1, 0, 0, 0, 0, 2, 0)
    assert read_ratings(path, RAVDESS, ["u1"]).vote_counts[0].counts == (1, 0, 0, 0, 0, 2, 0, 0)


def test_the_emotions_of_a_file_are_known_beforehand(shared_data: Path, tmp_path: Path) -> None:
    assert emotions_named(open_ratings(shared_data / "malformed/ratings_good.csv")) == set(CREMA_D.classes)
    path = table(tmp_path / "r.csv", f"{SINGLE}\nu1,voice,ann,HAP+sad\nu1,voice,bob,Q\nu1,voice,cid,")
    assert emotions_named(open_ratings(path)) == {"happy", "sad"}


def test_a_table_of_something_else_names_the_columns_it_lacks(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="columns “utterance_id” and “rater” and “emotion” are missing"):
        read(table(tmp_path / "r.csv", "a,b\n1,2"))
