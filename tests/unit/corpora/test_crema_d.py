"""CREMA-D: the real tables to the last vote, and small copies with every fault."""

from __future__ import annotations

import shutil
import time
from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from fairemo_gui.core.emotions import CREMA_D
from fairemo_gui.core.labels import Counts, multi_hot, tied
from fairemo_gui.core.records import Condition, CorpusBundle, Gender, MediaState
from fairemo_gui.corpora.crema_d import CLIPS, PEOPLE, SENTENCES, VOTES, CremaD
from fairemo_gui.corpora.report import ImportReport
from fairemo_gui.errors import UserError
from tests.unit.corpora.builders import Reader, sounds, table

read = Reader(CremaD()).read

HEADER = "rowId,A,D,F,H,N,S,fileName,numResponses"


@pytest.fixture(scope="module")
def real(shared_data: Path) -> tuple[CorpusBundle, ImportReport, float]:
    begin = time.perf_counter()
    bundle, report = read(shared_data / "cremad")
    return bundle, report, time.perf_counter() - begin


def counts_of(bundle: CorpusBundle, condition: Condition) -> Counts:
    return np.array([votes.counts for votes in bundle.vote_counts if votes.condition is condition], dtype=np.int64)


def test_size_sexes_and_emotions(real: tuple[CorpusBundle, ImportReport, float]) -> None:
    bundle, report, seconds = real
    assert (report.utterances, report.vote_rows, report.ratings) == (7442, 22326, 0)
    assert report.speakers == {"female": 43, "male": 48}
    assert report.by_gender == {"female": 3512, "male": 3930}
    assert report.by_emotion == {"neutral": 1087} | dict.fromkeys(("anger", "disgust", "fear", "happy", "sad"), 1271)
    assert Counter(votes.condition for votes in bundle.vote_counts) == dict.fromkeys(Condition, 7442)
    assert seconds < 5


def test_votes_add_up_to_the_known_totals(real: tuple[CorpusBundle, ImportReport, float]) -> None:
    totals = {condition.value: int(counts_of(real[0], condition).sum()) for condition in Condition}
    assert totals == {"voice": 68568, "face": 71654, "av": 71778}


@pytest.mark.parametrize(
    ("condition", "positives", "equal"),
    [
        (Condition.VOICE, [1868, 2206, 1815, 932, 5594, 1712], 41),
        (Condition.FACE, [1774, 2558, 1876, 1512, 3315, 2038], 11),
        (Condition.AV, [1658, 2348, 2257, 1340, 3291, 1695], 6),
    ],
)
def test_labels_above_one_sixth(
    real: tuple[CorpusBundle, ImportReport, float], condition: Condition, positives: list[int], equal: int
) -> None:
    counts = counts_of(real[0], condition)
    assert multi_hot(counts).sum(axis=0).tolist() == positives
    assert int((6 * counts == counts.sum(axis=1, keepdims=True)).any(axis=1).sum()) == equal


def test_ties_and_majorities(real: tuple[CorpusBundle, ImportReport, float]) -> None:
    counts = counts_of(real[0], Condition.AV)
    shared = (counts == counts.max(axis=1, keepdims=True)).sum(axis=1)
    assert Counter(shared.tolist()) == {1: 7022, 2: 378, 3: 40, 4: 2}
    assert int(tied(counts).sum()) == 420
    voice = counts_of(real[0], Condition.VOICE)
    majorities = [int((2 * each.max(axis=1) > each.sum(axis=1)).sum()) for each in (counts, voice)]
    assert majorities == [5913, 5012]


def test_the_four_unusable_clips_stay_and_are_named(real: tuple[CorpusBundle, ImportReport, float]) -> None:
    bundle, _, _ = real
    unusable = {utterance.code: utterance.defect for utterance in bundle.utterances if utterance.defect}
    assert set(unusable) == {"1076_MTI_NEU_XX", "1076_MTI_SAD_XX", "1064_TIE_SAD_XX", "1064_IEO_DIS_MD"}
    sexes = {speaker.code: speaker.gender for speaker in bundle.speakers}
    kept = Counter(sexes[u.speaker] for u in bundle.utterances if u.code not in unusable)
    assert kept == {Gender.MALE: 3928, Gender.FEMALE: 3510}


def test_people_as_the_table_writes_them(real: tuple[CorpusBundle, ImportReport, float]) -> None:
    bundle, report, _ = real
    races = {speaker.code: speaker.race for speaker in bundle.speakers}
    clips = Counter(races[utterance.speaker] for utterance in bundle.utterances)
    assert clips == {"Caucasian": 4988, "African American": 1804, "Asian": 568, None: 82}
    assert races["1047"] is None
    assert Counter(s.ethnicity for s in bundle.speakers) == {"Not Hispanic": 81, "Hispanic": 10}
    assert "Actors of unknown race (1 of 91): 1047." in report.warnings


def test_without_media_one_line_says_so(real: tuple[CorpusBundle, ImportReport, float]) -> None:
    bundle, report, _ = real
    assert report.media == {"missing": 7442}
    assert report.problems == ()
    assert sum("media" in warning for warning in report.warnings) == 1
    clip = bundle.utterances[0]
    assert (clip.audio, clip.video) == ("AudioWAV/1001_IEO_NEU_XX.wav", "VideoFlash/1001_IEO_NEU_XX.flv")
    assert (clip.transcript, clip.speaker) == ("It's eleven o'clock.", "1001")
    assert {u.transcript for u in bundle.utterances} == set(SENTENCES.values())


def small(root: Path, *votes: str) -> Path:
    """Two actors, three clips."""
    clips = ["1001_IEO_NEU_XX", "1001_IEO_HAP_LO", "1002_DFA_FEA_XX"]
    rows = "\n".join(f"{k},{clip}" for k, clip in enumerate(clips, start=1))
    table(root / CLIPS, f"Stimulus_Number,Filename\n{rows}")
    table(root / PEOPLE, "ActorID,Age,Sex,Race,Ethnicity\n1001,51,Male,Asian,Hispanic\n1002,21,Female,Unknown,")
    table(root / "processedResults" / VOTES, "\n".join([HEADER, *(votes or GOOD)]))
    return root


GOOD = tuple(
    f"{way}0000{k},0,0,0,1,10,0,{clip},11"
    for way in (1, 2, 3)
    for k, clip in enumerate(("1001_IEO_NEU_XX", "1001_IEO_HAP_LO", "1002_DFA_FEA_XX"), start=1)
)


def test_tables_are_found_at_any_depth(tmp_path: Path) -> None:
    bundle, report = read(small(tmp_path))
    assert (len(bundle.utterances), len(bundle.vote_counts)) == (3, 9)
    assert "3 of CREMA-D's 7442 clips are here." in report.warnings
    assert bundle.vote_counts[0].counts == (0, 0, 0, 1, 10, 0)


@pytest.mark.parametrize(
    ("row", "what"),
    [
        ("100001,0,0,0,1,10,0,1001_IEO_NEU_XX,12", "the votes add up to 11, but numResponses is 12"),
        ("400001,0,0,0,1,10,0,1001_IEO_NEU_XX,11", "the row id is “400001”"),
        ("1,0,0,0,1,10,0,1001_IEO_NEU_XX,11", "the row id is “1”"),
        ("100002,0,0,0,1,10,0,1001_IEO_NEU_XX,11", "clip number 2 is 1001_IEO_HAP_LO, not 1001_IEO_NEU_XX"),
        ("100001,0,0,0,1.5,9.5,0,1001_IEO_NEU_XX,11", "the number of votes in “H” is “1.5”, which is no whole number"),
        ("100001,0,0,0,-1,12,0,1001_IEO_NEU_XX,11", "the number of votes in “H” is -1"),
        ("100001,0,0,,1,10,0,1001_IEO_NEU_XX,11", "the number of votes in “F” is empty"),
        ("100001,0,0,0,1,10,0,1001_ieo_neu_xx,11", "“1001_IEO_NEU_XX” differs only in letter case"),
        ("100001,0,0,0,1,10,0,9999_IEO_NEU_XX,11", "there is no utterance “9999_IEO_NEU_XX”"),
        ("200001,0,0,0,1,10,0,1001_IEO_NEU_XX,11", "1001_IEO_NEU_XX in face stands already on line 4"),
        ("100001,0,0,0,1,10,0,1001_IEO_NEU_XX", "has 8 cells where the header has 9"),
        ("100001,0,0,0,nan,inf,0,1001_IEO_NEU_XX,11", "which is no finite number"),
    ],
)
def test_a_bad_row_of_votes_aborts_or_is_left_out(tmp_path: Path, row: str, what: str) -> None:
    others = [line for line in GOOD if not line.startswith("100001")]
    small(tmp_path, *others, row)
    with pytest.raises(UserError) as caught:
        read(tmp_path)
    assert str(caught.value).startswith(f"{VOTES}, line 10: ")
    assert what in caught.value.problems[0]
    bundle, report = read(tmp_path, skip_bad=True)
    assert len(bundle.vote_counts) == 8
    assert report.left_out[0].row == 10
    assert "Clips without votes in condition voice: 1 of 3." in report.warnings


def test_problems_of_all_tables_come_at_once(tmp_path: Path) -> None:
    small(tmp_path, "900001,0,0,0,1,10,0,1001_IEO_NEU_XX,11")
    table(tmp_path / CLIPS, "Stimulus_Number,Filename\n1,1001_IEO_NEU_XX\n1,1001_IEO_HAP_LO\nx,nonsense")
    table(tmp_path / PEOPLE, "ActorID,Age,Sex,Race,Ethnicity\n1001,old,Both,Asian,Hispanic")
    with pytest.raises(UserError) as caught:
        read(tmp_path)
    problems = "\n".join(caught.value.problems)
    assert len(caught.value.problems) == 4
    for part in ("is empty or used twice", "“nonsense” is no clip name", "Age is “old”", "the sex is “Both”", "900001"):
        assert part in problems


def test_a_missing_column_is_named(tmp_path: Path) -> None:
    small(tmp_path)
    table(tmp_path / PEOPLE, "ActorID,Age,Race,Ethnicity\n1001,20,Asian,Hispanic")
    with pytest.raises(UserError, match=r"VideoDemographics\.csv, line 1: the column “Sex” is missing"):
        read(tmp_path)


def test_without_the_list_of_clips_the_votes_name_them(tmp_path: Path) -> None:
    small(tmp_path)
    (tmp_path / CLIPS).unlink()
    bundle, report = read(tmp_path)
    assert [u.code for u in bundle.utterances] == ["1001_IEO_NEU_XX", "1001_IEO_HAP_LO", "1002_DFA_FEA_XX"]
    assert any(CLIPS in warning for warning in report.warnings)


def test_media_alone_are_enough(tmp_path: Path) -> None:
    sounds(tmp_path, ["AudioWAV/1001_IEO_NEU_XX.wav"])
    bundle, report = read(tmp_path)
    (clip,) = bundle.utterances
    assert (clip.audio, clip.video, clip.media_state) == ("AudioWAV/1001_IEO_NEU_XX.wav", None, MediaState.OK)
    assert bundle.speakers[0].gender is None
    assert any("come in without ratings" in warning for warning in report.warnings)


def test_media_are_found_and_the_wav_is_taken_before_the_mp3(shared_data: Path, tmp_path: Path) -> None:
    small(tmp_path)
    sounds(tmp_path, ["deep/AudioWAV/1001_IEO_NEU_XX.wav", "deep/AudioWAV/1001_IEO_HAP_LO.wav", "other.wav"])
    shutil.copy(tmp_path / "other.wav", tmp_path / "1001_IEO_NEU_XX.mp3")
    shutil.copy(shared_data / "faces/single_face.mp4", tmp_path / "1001_IEO_NEU_XX.mp4")
    bundle, report = read(tmp_path)
    first, second, third = bundle.utterances
    assert (first.audio, first.video) == ("deep/AudioWAV/1001_IEO_NEU_XX.wav", "1001_IEO_NEU_XX.mp4")
    assert [u.media_state for u in (first, second, third)] == [
        MediaState.OK, MediaState.NO_PICTURE, MediaState.MISSING,
    ]  # fmt: skip
    assert "Media that belong to no clip were left out (1): other." in report.warnings
    assert any(warning.startswith("No media are here for 1 of 3 clips") for warning in report.warnings)


def test_recordings_not_fetched_from_git_lfs_say_how_to_get_them(tmp_path: Path) -> None:
    small(tmp_path)
    pointer = tmp_path / "AudioWAV/1001_IEO_NEU_XX.wav"
    pointer.parent.mkdir()
    pointer.write_text("version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 1\n")
    bundle, report = read(tmp_path)
    assert bundle.utterances[0].media_state is MediaState.MISSING
    assert any("git lfs pull" in str(problem) for problem in report.problems)


def test_an_actor_nobody_described_has_no_gender(tmp_path: Path) -> None:
    small(tmp_path)
    table(tmp_path / PEOPLE, "ActorID,Age,Sex,Race,Ethnicity\n1001,51,Male,Asian,Hispanic")
    bundle, report = read(tmp_path)
    assert {s.code: s.gender for s in bundle.speakers} == {"1001": Gender.MALE, "1002": None}
    assert f"Actors not described in {PEOPLE} (1): 1002." in report.warnings
    assert report.by_gender == {"male": 2, "unknown": 1}


def test_an_empty_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="holds nothing of CREMA-D"):
        read(tmp_path)


def test_the_scheme_is_the_corpus_own(real: tuple[CorpusBundle, ImportReport, float]) -> None:
    assert real[0].scheme == CREMA_D
    assert real[0].importer == "crema-d 2"
