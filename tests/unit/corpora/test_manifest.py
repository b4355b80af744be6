"""Tables of one's own, from the data pack and made here."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from fairemo_gui.core.records import Condition, FaceRegion, Gender, MediaState
from fairemo_gui.corpora.manifest import Manifest
from fairemo_gui.errors import UserError
from tests.unit.corpora.builders import Reader, sound, table

read = Reader(Manifest()).read


@pytest.fixture
def pack(shared_data: Path, tmp_path: Path) -> Path:
    """The tables of the pack beside the videos they name."""
    for source in [*(shared_data / "malformed").glob("*.csv"), *(shared_data / "faces").glob("*.m*")]:
        shutil.copy(source, tmp_path)
    return tmp_path


def test_the_good_table_beside_its_videos(pack: Path) -> None:
    bundle, report = read(pack / "utterances_good.csv")
    assert (report.utterances, report.problems, report.warnings) == (3, (), ())
    assert report.by_gender == {"female": 2, "male": 1}
    assert report.by_emotion == {"happy": 1, "neutral": 1, "sad": 1}
    assert report.media == {"ok": 3}
    assert bundle.name == "utterances_good"
    assert bundle.scheme.classes == ("happy", "neutral", "sad")
    second = bundle.utterances[1]
    assert (second.start, second.end, second.audio, second.video) == (1.2, 2.4, "single_face.mp4", "single_face.mp4")
    assert second.transcript == "Maybe tomorrow it will be cold"


def test_without_the_videos_the_rows_stay_and_are_marked(shared_data: Path) -> None:
    bundle, report = read(shared_data / "malformed/utterances_good.csv")
    assert report.media == {"missing": 3}
    assert {str(p) for p in report.problems} == {"single_face.mp4: is not there", "face_noface.mov: is not there"}
    assert bundle.utterances[0].video == "single_face.mp4"


@pytest.mark.parametrize(
    ("name", "problems", "left"),
    [
        ("utterances_duplicate_ids.csv", ["line 5: the id “u2” stands already on line 3"], 3),
        (
            "utterances_zero_duration.csv",
            ["line 2: it ends at 0 s, which is not after", "line 3: it ends at 1.2 s, which is not after"],
            1,
        ),
        (
            "utterances_huge_timestamp.csv",
            ["line 2: end is 1e12", "line 3: start is -3", "line 4: end is “NaN”, which is no finite number"],
            0,
        ),
        (
            "transcript_latin1.csv",
            ["line 3: is not UTF-8 (in Latin-1 it would read “Sie wird auf dem Hof fröhlich", "line 4: is not UTF-8"],
            1,
        ),
    ],
)
def test_bad_tables_of_the_pack(pack: Path, name: str, problems: list[str], left: int) -> None:
    with pytest.raises(UserError) as caught:
        read(pack / name)
    assert len(caught.value.problems) == len(problems)
    for said, expected in zip(caught.value.problems, problems, strict=True):
        assert said.startswith(f"{name}, {expected}")
    assert str(caught.value).startswith(f"{name}, {problems[0]}")
    assert "--skip-bad" in str(caught.value)
    if left == 0:
        with pytest.raises(UserError, match="has no row that can be used"):
            read(pack / name, skip_bad=True)
        return
    _, report = read(pack / name, skip_bad=True)
    assert report.utterances == left
    assert len(report.left_out) == len(problems)


def test_genders_are_neither_forced_nor_lost(pack: Path) -> None:
    bundle, report = read(pack / "utterances_gender_values.csv")
    assert report.speakers == {"unknown": 2}
    assert report.warnings == (
        "utterances_gender_values.csv: gender by rows: “female” 1, empty 1, “nonbinary” 1; only female and male form "
        "groups, the others are counted as unknown.",
        "utterances_gender_values.csv: the rows disagree about the gender of “s1” (“female” on line 2, nothing on "
        "line 3); it is counted as unknown until they agree.",
    )
    assert bundle.facts == {"gender_as_written": {"s2": "nonbinary"}}


def test_two_columns_are_enough(tmp_path: Path) -> None:
    sound(tmp_path / "clips/a.wav", seconds=1.0)
    bundle, report = read(table(tmp_path / "m.csv", "utterance_id,media\nu1,clips/a.wav\nu2,clips\\a.wav"))
    assert [(u.code, u.audio, u.video, u.intended) for u in bundle.utterances] == [
        ("u1", "clips/a.wav", None, None),
        ("u2", "clips/a.wav", None, None),
    ]
    assert len(bundle.scheme) == 6
    assert [s.code for s in bundle.speakers] == ["unknown"]
    assert any("name no speaker (2)" in warning for warning in report.warnings)
    assert any("no column “gender”" in warning for warning in report.warnings)


def test_rows_without_a_speaker_keep_their_gender(tmp_path: Path) -> None:
    sound(tmp_path / "a.wav")
    bundle, _ = read(table(tmp_path / "m.csv", "utterance_id,media,gender\nu1,a.wav,F\nu2,a.wav,M\nu3,a.wav,"))
    assert [(s.code, s.gender) for s in bundle.speakers] == [
        ("unknown female", Gender.FEMALE),
        ("unknown male", Gender.MALE),
        ("unknown", None),
    ]


def test_every_column(tmp_path: Path) -> None:
    sound(tmp_path / "a.wav", seconds=2.0)
    path = table(
        tmp_path / "m.csv",
        """
        utterance_id,media,speaker,gender,start,end,emotion,transcript,age,race,ethnicity,dialogue,turn,split,fold,face_region
        u1,a.wav,s1,w,0.5,1.5,HAP,"Hi, there",34,Asian,Hispanic,d1,3,train,2,left
        """,
    )
    bundle, report = read(path)
    (u,) = bundle.utterances
    assert (u.start, u.end, u.transcript, u.dialogue, u.turn) == (0.5, 1.5, "Hi, there", "d1", 3)
    assert (u.split, u.fold, u.face_region) == ("train", 2, FaceRegion.LEFT)
    (s,) = bundle.speakers
    assert (s.code, s.gender, s.age, s.race, s.ethnicity) == ("s1", Gender.FEMALE, 34, "Asian", "Hispanic")
    assert report.warnings == ()


@pytest.mark.parametrize(
    "media",
    [
        "../secret.wav",
        "/etc/passwd",
        "C:\\a.wav",
        "C:a.wav",
        "\\\\host\\a.wav",
        "a/../../secret.wav",
        "link/secret.wav",
    ],
)
def test_media_never_lead_out_of_the_folder(tmp_path: Path, media: str) -> None:
    sound(tmp_path / "secret.wav")
    root = tmp_path / "corpus"
    root.mkdir()
    (root / "link").symlink_to(tmp_path)
    with pytest.raises(UserError, match="leads out of corpus; write it relative to the table"):
        read(table(root / "m.csv", f"utterance_id,media\nu1,{media}"))


def test_a_name_too_long_for_any_disk_is_a_problem_not_a_crash(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"m\.csv") as caught:
        read(table(tmp_path / "m.csv", f"utterance_id,media\nu1,{'x' * 5000}.wav\n{'i' * 300},a.wav"))
    assert all(len(problem) < 300 for problem in caught.value.problems)


@pytest.mark.parametrize(
    ("end", "good"), [("1.0", True), ("1.05", True), ("1.5", False), ("604800", False), ("604801", False)]
)
def test_times_must_lie_in_the_media(tmp_path: Path, end: str, good: bool) -> None:
    sound(tmp_path / "a.wav", seconds=1.0)
    path = table(tmp_path / "m.csv", f"utterance_id,media,start,end\nu0,a.wav,,\nu1,a.wav,0.2,{end}")
    if good:
        assert len(read(path)[0].utterances) == 2
        return
    with pytest.raises(UserError, match=r"m\.csv, line 3: "):
        read(path)
    bundle, report = read(path, skip_bad=True)
    assert [u.code for u in bundle.utterances] == ["u0"]
    assert report.left_out[0].row == 3


def test_a_start_past_the_end_of_the_media_is_a_problem(tmp_path: Path) -> None:
    sound(tmp_path / "a.wav", seconds=1.0)
    with pytest.raises(UserError, match=r"line 2: it reaches to 5 s, but a\.wav ends at 1\.00 s"):
        read(table(tmp_path / "m.csv", "utterance_id,media,start\nu1,a.wav,5"))


def test_times_past_the_end_of_a_cut_file_are_the_files_fault(tmp_path: Path) -> None:
    path = sound(tmp_path / "a.wav", seconds=2.0)
    path.write_bytes(path.read_bytes()[:-16000])
    bundle, report = read(table(tmp_path / "m.csv", "utterance_id,media,start,end\nu1,a.wav,0,2"))
    assert bundle.utterances[0].media_state is MediaState.TRUNCATED
    assert report.left_out == ()
    assert len(report.problems) == 2


@pytest.mark.parametrize(
    ("row", "what"),
    [
        (",a.wav,s,F,,,happy,", "the utterance_id is empty"),
        ("u1,,s,F,,,happy,", "names no media file"),
        ("u1,a.wav,s,F,x,,happy,", "start is “x”, which is no number"),
        ("u1,a.wav,s,F,0,inf,happy,", "end is “inf”, which is no finite number"),
        ("u1,a.wav,s,F,,,Q,", "“Q” is no emotion known here"),
        ("u1,a.wav,s,F,,,7,", "“7” is no emotion known here"),
        ("u1,a.wav,s,F", "has 4 cells where the header has 8"),
    ],
)
def test_bad_rows(tmp_path: Path, row: str, what: str) -> None:
    sound(tmp_path / "a.wav")
    header = "utterance_id,media,speaker,gender,start,end,emotion,transcript"
    with pytest.raises(UserError) as caught:
        read(table(tmp_path / "m.csv", f"{header}\n{row}"))
    assert what in str(caught.value)
    assert str(caught.value).startswith("m.csv, line 2: ")


def test_an_emotion_of_ones_own_is_a_class_and_a_slip_is_guessed_at(tmp_path: Path) -> None:
    sound(tmp_path / "a.wav")
    path = table(tmp_path / "m.csv", "utterance_id,media,emotion\nu1,a.wav,hapy\nu2,a.wav,tedium\nu3,a.wav,SAD")
    bundle, report = read(path)
    assert bundle.scheme.classes == ("sad", "hapy", "tedium")
    assert [u.intended for u in bundle.utterances] == [1, 2, 0]
    assert (
        "m.csv: “hapy” is no emotion known here and became a class of its own; did you mean happy?" in report.warnings
    )
    assert "m.csv: “tedium” is no emotion known here and became a class of its own." in report.warnings


def test_semicolons_and_decimal_commas(tmp_path: Path) -> None:
    sound(tmp_path / "a.wav", seconds=1.0)
    bundle, report = read(table(tmp_path / "m.csv", "utterance_id;media;start;end\nu1;a.wav;0,25;0,75"))
    assert (bundle.utterances[0].start, bundle.utterances[0].end) == (0.25, 0.75)
    assert "m.csv: semicolons between the columns were recognised." in report.warnings


@pytest.mark.parametrize("name", ["ratings.csv", "m_ratings.csv"])
def test_ratings_beside_the_table_come_along(tmp_path: Path, name: str) -> None:
    sound(tmp_path / "a.wav")
    table(tmp_path / name, "utterance_id,condition,rater,emotion\nu1,voice,r1,fear\nu2,av,r1,happy")
    bundle, report = read(table(tmp_path / "m.csv", "utterance_id,media,emotion\nu1,a.wav,sad\nu2,a.wav,happy"))
    assert bundle.scheme.classes == ("fear", "happy", "sad")
    assert [(r.utterance, r.condition, r.votes) for r in bundle.ratings] == [
        ("u1", Condition.VOICE, ("fear",)),
        ("u2", Condition.AV, ("happy",)),
    ]
    assert (report.ratings, [r.code for r in bundle.raters]) == (2, ["r1"])


def test_counts_beside_the_table_come_along(tmp_path: Path) -> None:
    sound(tmp_path / "a.wav")
    table(tmp_path / "ratings.csv", "rowId,A,D,F,H,N,S,fileName,numResponses\n300001,1,0,0,4,0,0,u1,5")
    bundle, report = read(table(tmp_path / "m.csv", "utterance_id,media\nu1,a.wav"))
    assert bundle.vote_counts[0].counts == (1, 0, 0, 4, 0, 0)
    assert report.vote_rows == 1


def test_bad_ratings_beside_the_table_abort_with_its_own_problems(tmp_path: Path) -> None:
    sound(tmp_path / "a.wav")
    table(tmp_path / "ratings.csv", "utterance_id,condition,rater,emotion\nu1,voice,r1,fear\nu9,av,r1,happy")
    path = table(tmp_path / "m.csv", "utterance_id,media,start\nu1,a.wav,\nu2,a.wav,-1")
    with pytest.raises(UserError) as caught:
        read(path)
    assert [problem.split(":")[0] for problem in caught.value.problems] == ["m.csv, line 3", "ratings.csv, line 3"]
    bundle, report = read(path, skip_bad=True)
    assert (len(bundle.utterances), len(bundle.ratings), len(report.left_out)) == (1, 1, 2)


def test_ratings_of_a_row_left_out_are_left_out_with_it(tmp_path: Path) -> None:
    sound(tmp_path / "a.wav")
    table(tmp_path / "ratings.csv", "utterance_id,condition,rater,emotion\nu1,voice,r1,fear\nu2,av,r1,happy")
    path = table(tmp_path / "m.csv", "utterance_id,media,start\nu1,a.wav,\nu2,a.wav,-1")
    bundle, report = read(path, skip_bad=True)
    assert [r.utterance for r in bundle.ratings] == ["u1"]
    assert [problem.file for problem in report.left_out] == ["m.csv"]


def test_a_video_without_sound_and_one_without_picture(shared_data: Path, tmp_path: Path) -> None:
    shutil.copy(shared_data / "malformed/no_audio_stream.mp4", tmp_path / "mute.mp4")
    sound(tmp_path / "voice.wav")
    (tmp_path / "text.mp4").write_text("no video")
    bundle, report = read(
        table(tmp_path / "m.csv", "utterance_id,media\nu1,mute.mp4\nu2,voice.wav\nu3,text.mp4\nu4,gone.mp4")
    )
    found = [(u.audio, u.video, u.media_state) for u in bundle.utterances]
    assert found == [
        (None, "mute.mp4", MediaState.NO_SOUND),
        ("voice.wav", None, MediaState.OK),
        ("text.mp4", "text.mp4", MediaState.BROKEN),
        ("gone.mp4", "gone.mp4", MediaState.MISSING),
    ]
    assert [problem.file for problem in report.problems] == ["mute.mp4", "text.mp4", "gone.mp4"]


def test_many_absent_files_are_one_line(tmp_path: Path) -> None:
    rows = "\n".join(f"u{k},gone{k}.wav" for k in range(100))
    _, report = read(table(tmp_path / "m.csv", f"utterance_id,media\n{rows}"))
    assert [str(p) for p in report.problems] == [
        "100 files (gone0.wav, gone1.wav, gone2.wav, gone3.wav, gone4.wav and 95 more): each is not there"
    ]


def test_the_table_of_a_folder_is_found_if_it_is_the_only_one(tmp_path: Path) -> None:
    sound(tmp_path / "a.wav")
    table(tmp_path / "notes.csv", "a,b\n1,2")
    with pytest.raises(UserError, match="holds no table with the columns utterance_id and media"):
        read(tmp_path)
    table(tmp_path / "m.csv", "utterance_id,media\nu1,a.wav")
    assert len(read(tmp_path)[0].utterances) == 1
    table(tmp_path / "n.csv", "utterance_id,media\nu1,a.wav")
    with pytest.raises(UserError, match=r"holds several tables of utterances \(m\.csv, n\.csv\)"):
        read(tmp_path)


def test_a_table_without_media_names_the_column(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"m\.csv, line 1: the column “media” is missing: add it\."):
        read(table(tmp_path / "m.csv", "utterance_id,emotion\nu1,sad"))


def test_a_header_alone_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"m\.csv has no row"):
        read(table(tmp_path / "m.csv", "utterance_id,media"))
