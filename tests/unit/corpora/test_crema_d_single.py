"""CREMA-D's single ratings: read, held against the tabulated votes, and never counted twice."""

from __future__ import annotations

import shutil
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fairemo_gui.core.records import Condition, CorpusBundle, MediaState, RaterKind, Rating
from fairemo_gui.corpora.crema_d import CremaD
from fairemo_gui.corpora.crema_d_single import (
    CLICK_COLUMNS,
    RESPONSE_COLUMNS,
    FirstClicks,
    first_clicks_in,
    responses_in,
)
from fairemo_gui.corpora.report import ImportReport
from fairemo_gui.corpora.table import table_in
from fairemo_gui.errors import UserError
from tests.unit.corpora import crema_d_builders as build
from tests.unit.corpora.builders import Reader, sounds

read = Reader(CremaD()).read


@pytest.fixture(scope="module")
def mini(tmp_path_factory: pytest.TempPathFactory) -> tuple[CorpusBundle, ImportReport]:
    return read(build.crema_d(tmp_path_factory.mktemp("crema-d")))


def rating(bundle: CorpusBundle, rater: str, condition: Condition) -> Rating:
    """The first such rating."""
    return next(r for r in bundle.ratings if (r.rater, r.condition) == (f"crema-d:{rater}", condition))


def test_single_ratings_are_the_source(mini: tuple[CorpusBundle, ImportReport]) -> None:
    bundle, report = mini
    assert (report.ratings, report.vote_rows, report.problems) == (7, 0, ())
    assert Counter(r.condition for r in bundle.ratings) == {Condition.VOICE: 2, Condition.FACE: 2, Condition.AV: 3}
    assert {(rater.code, rater.kind) for rater in bundle.raters} == {
        ("crema-d:7", RaterKind.IMPORTED), ("crema-d:8", RaterKind.IMPORTED),
    }  # fmt: skip
    assert "The 4 counts of tabulatedVotes.csv agree with the single ratings, which are taken." in report.warnings


def test_what_a_rating_holds(mini: tuple[CorpusBundle, ImportReport]) -> None:
    bundle, _ = mini
    first, hasty = rating(bundle, "7", Condition.VOICE), rating(bundle, "8", Condition.VOICE)
    assert (first.utterance, first.votes, first.intensity) == ("1001_IEO_NEU_XX", ("neutral",), 55)
    assert (first.response_ms, first.first_answer) == (4000, "neutral")
    assert (hasty.votes, hasty.first_answer) == (("anger",), None)
    assert rating(bundle, "8", Condition.AV).intensity == 61


def test_slow_first_clicks_are_left_out_as_the_authors_do(mini: tuple[CorpusBundle, ImportReport]) -> None:
    bundle, report = mini
    assert not any(r.rater == "crema-d:9" for r in bundle.ratings)
    assert (
        "Answers whose first click took more than 10 s (1) are left out, as the corpus's authors do." in report.warnings
    )
    assert bundle.facts == {"slow_answers_left_out": 1}


def test_without_first_clicks_every_answer_counts_and_the_votes_disagree(tmp_path: Path) -> None:
    _, report = read(build.crema_d(tmp_path, tables=("votes",)))
    assert report.ratings == 8
    assert any(w.startswith("finishedEmoResponses.csv is not here: answers given after") for w in report.warnings)
    assert (
        "finishedResponses.csv and tabulatedVotes.csv disagree about 1 of 4 clips and conditions: 1001_IEO_NEU_XX in "
        "voice (2 votes in the table, 3 single ratings); the single ratings are taken." in report.warnings
    )


def test_votes_without_single_ratings_stay(tmp_path: Path) -> None:
    root = build.crema_d(tmp_path)
    with (root / "processedResults/tabulatedVotes.csv").open("a") as file:
        file.write("200001,0,0,0,0,5,0,1001_IEO_NEU_XX,5\n")
    bundle, report = read(root)
    assert [(v.utterance, v.condition, sum(v.counts)) for v in bundle.vote_counts] == [
        ("1001_IEO_NEU_XX", Condition.FACE, 5)
    ]
    assert "Clips and conditions without single ratings keep their tabulated votes: 1." in report.warnings


def test_single_ratings_alone_are_enough(tmp_path: Path) -> None:
    _, report = read(build.crema_d(tmp_path, tables=("clicks",)))
    assert report.ratings == 7
    assert not any("without ratings" in warning for warning in report.warnings)


def test_the_same_folder_gives_the_same_ids_and_a_repeated_answer_another(tmp_path: Path) -> None:
    first, _ = read(build.crema_d(tmp_path / "a"))
    again, _ = read(build.crema_d(tmp_path / "b"))
    assert first.ratings == again.ratings
    twice, report = read(build.crema_d(tmp_path / "c", (*build.REPLIES, build.REPLIES[0])))
    assert len({r.uuid for r in twice.ratings}) == 8
    assert "Raters answered more than once to a clip (1 times), and every answer counts." in report.warnings


def test_first_answers_are_taken_from_the_clicks_where_they_are_there() -> None:
    clicks = first_clicks_in(table_in("sessionNums,queryType,questNum,ttr,respEmo\n8,1,81,900,S\n", "c", CLICK_COLUMNS))
    text = "\n".join((build.RESPONSES_HEADER, build.row_of(1, build.REPLIES[1])))
    single = responses_in(table_in(text, "r", RESPONSE_COLUMNS), clicks, {"1001_IEO_NEU_XX"}, {})
    assert (single.ratings[0].votes, single.ratings[0].first_answer) == (("anger",), "sad")


def test_practice_clips_are_left_out_and_said(tmp_path: Path) -> None:
    root = build.crema_d(tmp_path)
    with (root / "finishedResponses.csv").open("a") as file:
        file.write('"9","7",9,"A_50",4000,1,0,7443,1,4,"ANG_HI_practice",7,"A",50,"A","HI",80\n')
    _, report = read(root)
    assert (report.ratings, report.problems) == (7, ())
    assert "Answers to practice clips are left out (1)." in report.warnings


@pytest.mark.parametrize(
    ("old", "new", "what"),
    [
        ('"N",55', '"Q",55', "the answer is “Q”; it must be one of A, D, F, H, N, S"),
        ('"N",55', '"N",101', "respLevel is 101, which is outside 0 to 100"),
        ('"N",55', '"N",x', "respLevel is “x”, which is no number"),
        (",4000,1,0,1,71,4,", ",4000,4,0,1,71,4,", "the query type is “4”"),
        (",4000,1,0,1,71,4,", ",4000,1,0,2,71,4,", "clip number 2 is 1001_IEO_HAP_LO, not 1001_IEO_NEU_XX"),
        ('71,4,"1001_IEO_NEU_XX"', '71,4,"1001_ieo_neu_xx"', "there is no clip “1001_ieo_neu_xx” in this corpus"),
        ('"1","7",', '"1","",', "names no rater"),
        ('"1","7",1,', '"1","7",', "has 16 cells where the header has 17"),
    ],
)
def test_a_bad_answer_aborts_or_is_left_out(tmp_path: Path, old: str, new: str, what: str) -> None:
    root = build.crema_d(tmp_path)
    path = root / "finishedResponses.csv"
    assert path.read_text().count(old) >= 1
    path.write_text(path.read_text().replace(old, new, 1))
    with pytest.raises(UserError) as caught:
        read(root)
    assert str(caught.value).startswith("finishedResponses.csv, line 2: ")
    assert what in str(caught.value)
    assert read(root, skip_bad=True)[1].ratings == 6


def test_a_missing_column_is_named(tmp_path: Path) -> None:
    root = build.crema_d(tmp_path)
    path = root / "finishedResponses.csv"
    path.write_text(path.read_text().replace("respEmo", "emotion"))
    with pytest.raises(UserError, match=r"finishedResponses\.csv, line 1: the column “respEmo” is missing"):
        read(root)


def test_every_broken_file_under_the_name_of_the_answers_is_refused(shared_data: Path, tmp_path: Path) -> None:
    root = build.crema_d(tmp_path)
    for name in ("finishedResponses.csv", "finishedEmoResponses.csv"):
        good = (root / name).read_bytes()
        for broken in (shared_data / "malformed").iterdir():
            (root / name).write_bytes(broken.read_bytes())
            with pytest.raises(UserError, match=rf"^{name}") as caught:
                read(root)
            assert "\n" not in str(caught.value), broken.name
        (root / name).write_bytes(good)


def test_a_defect_is_said_and_the_clip_stays(mini: tuple[CorpusBundle, ImportReport]) -> None:
    bundle, _ = mini
    assert [u.defect for u in bundle.utterances] == [None, None, "the clip has no sound in any format"]
    assert rating(bundle, "7", Condition.AV).utterance == "1001_IEO_NEU_XX"


def test_older_films_without_sound_are_heard_from_the_wav(shared_data: Path, tmp_path: Path) -> None:
    root = build.crema_d(tmp_path)
    sounds(root, ["AudioWAV/1001_IEO_NEU_XX.wav"])
    for name in ("1001_IEO_NEU_XX", "1001_IEO_HAP_LO"):
        film = root / "deep/VideoFlash" / f"{name}.flv"
        film.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(shared_data / "malformed/no_audio_stream.mp4", film)
    bundle, report = read(root)
    first, second, _ = bundle.utterances
    assert (first.audio, first.video, first.media_state) == (
        "AudioWAV/1001_IEO_NEU_XX.wav", "deep/VideoFlash/1001_IEO_NEU_XX.flv", MediaState.OK,
    )  # fmt: skip
    assert (second.audio, second.media_state) == (None, MediaState.NO_SOUND)
    assert [problem.file for problem in report.problems] == ["deep/VideoFlash/1001_IEO_HAP_LO.flv"]


def test_our_own_codes_are_not_named_twice(tmp_path: Path) -> None:
    root = build.crema_d(tmp_path)
    path = root / "finishedResponses.csv"
    path.write_text(path.read_text().replace('"1","7",', '"1","crema-d:7",'))
    assert [rater.code for rater in read(root)[0].raters] == ["crema-d:7", "crema-d:8"]


CELLS = st.sampled_from(
    ["", "1", "2", "3", "7", "A", "N", "Q", "NA", "1e9", "nan", "1001_IEO_NEU_XX", "x", "50", "10001"]
)


@settings(max_examples=150, deadline=None)
@given(rows=st.lists(st.lists(CELLS | st.text(max_size=3), min_size=10, max_size=10), max_size=5))
def test_any_cells_give_ratings_or_problems(rows: list[list[str]]) -> None:
    lines = [",".join('"' + cell.replace('"', "") + '"' for cell in row) for row in rows]
    try:
        table = table_in("\n".join((",".join(RESPONSE_COLUMNS), *lines)), "r", RESPONSE_COLUMNS)
        single = responses_in(table, FirstClicks(), {"1001_IEO_NEU_XX"}, {1: "1001_IEO_NEU_XX"})
    except UserError as error:
        assert str(error).startswith("r")
        return
    assert len(single.ratings) + len(single.problems) + single.practice + single.slow <= len(rows)
    assert all(r.intensity is None or 0 <= r.intensity <= 100 for r in single.ratings)
    assert len({r.uuid for r in single.ratings}) == len(single.ratings)
