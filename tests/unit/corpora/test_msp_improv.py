"""MSP-IMPROV: a miniature with names that mislead, inverted activation and one file of labels."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from fairemo_gui.core.records import Condition, CorpusBundle, Gender, MediaState, Truth
from fairemo_gui.corpora.importer import detect
from fairemo_gui.corpora.msp_improv import SCENARIOS, MspImprov
from fairemo_gui.corpora.report import ImportReport
from fairemo_gui.errors import UserError
from fairemo_gui.jobs.task import CancelledError, TaskContext
from tests.unit.corpora import msp_builders as build
from tests.unit.corpora.builders import Reader, sounds

read = Reader(MspImprov()).read


@pytest.fixture(scope="module")
def mini(tmp_path_factory: pytest.TempPathFactory) -> tuple[CorpusBundle, ImportReport]:
    return read(build.improv(tmp_path_factory.mktemp("improv")))


def test_the_speaker_is_the_fourth_field_whatever_the_letters_say(mini: tuple[CorpusBundle, ImportReport]) -> None:
    bundle, report = mini
    turns = {turn.code: turn for turn in bundle.utterances}
    assert turns["MSP-IMPROV-S01A-M01-T-MF02"].speaker == "M01"
    assert turns["MSP-IMPROV-S20H-M06-P-FM03"].speaker == "M06"
    people = {speaker.code: speaker.gender for speaker in bundle.speakers}
    assert people == {"F01": Gender.FEMALE, "F06": Gender.FEMALE, "M01": Gender.MALE, "M06": Gender.MALE}
    assert report.by_gender == {"female": 2, "male": 2}


def test_sessions_are_folds_and_scenes_are_dialogues(mini: tuple[CorpusBundle, ImportReport]) -> None:
    bundle, _ = mini
    assert [(u.dialogue, u.turn, u.fold) for u in bundle.utterances] == [
        ("session1-S01A-S", 1, 0), ("session1-S01A-T", 2, 0), ("session6-S20H-R", 1, 5), ("session6-S20H-P", 3, 5),
    ]  # fmt: skip
    assert bundle.facts["scenarios"] == SCENARIOS


def test_labels_and_ratings(mini: tuple[CorpusBundle, ImportReport]) -> None:
    bundle, report = mini
    assert report.by_emotion == {"anger": 1, "neutral": 1, "other": 1, "unknown": 1}
    assert (report.utterances, report.ratings, len(bundle.raters), report.problems) == (4, 8, 3, ())
    assert {rating.condition for rating in bundle.ratings} == {Condition.AV}
    assert bundle.raters[0].code == "msp-improv:F-0014-p1"
    assert bundle.ratings[1].secondary == ("Neutral", "Other-calm; cool")
    assert (bundle.ratings[7].votes, bundle.ratings[7].comment) == (("other",), "Surprised")


def test_activation_is_turned_round_and_said(mini: tuple[CorpusBundle, ImportReport]) -> None:
    bundle, _ = mini
    angry = next(said for said in bundle.consensus if said.utterance == "MSP-IMPROV-S01A-M01-T-MF02")
    assert (angry.activation, angry.valence, angry.dominance, angry.condition) == (5.0, 1.5, 4.5, Truth.AV)
    assert [r.activation for r in bundle.ratings if r.utterance == angry.utterance] == [5.0, 5.0]
    assert bundle.facts["scale"] == [1, 5]
    assert "6 - value" in str(bundle.facts["activation"])
    disagreed = [said.utterance for said in bundle.consensus if said.no_agreement]
    assert disagreed == ["MSP-IMPROV-S20H-F06-R-FF01"]


def test_sounds_and_pictures_under_two_names_at_any_depth(shared_data: Path, tmp_path: Path) -> None:
    root = build.improv(tmp_path)
    deep = root / "Video/deep/UTD-IMPROV-S01A-F01-S-FM01.mp4"
    deep.parent.mkdir(parents=True)
    shutil.copy(shared_data / "faces/single_face.mp4", deep)
    shutil.copy(shared_data / "malformed/no_audio_stream.mp4", root / "MSP-IMPROV-S01A-M01-T-MF02.mp4")
    sounds(root, ["other.wav"])
    bundle, report = read(root)
    first, second, third, _ = bundle.utterances
    assert first.audio == "Audio/session1/S01A/S/MSP-IMPROV-S01A-F01-S-FM01.wav"
    assert first.video == "Video/deep/UTD-IMPROV-S01A-F01-S-FM01.mp4"
    assert (second.video, second.media_state) == ("MSP-IMPROV-S01A-M01-T-MF02.mp4", MediaState.OK)
    assert third.media_state is MediaState.NO_PICTURE
    assert "Recordings that belong to no turn were left out (1): other." in report.warnings
    assert report.problems == ()


def test_labels_alone_and_recordings_alone_are_enough(tmp_path: Path) -> None:
    root = build.improv(tmp_path / "a")
    shutil.rmtree(root / "Audio")
    bundle, report = read(root)
    assert report.media == {"missing": 4}
    assert bundle.utterances[0].video == "Video/session1/S01A/S/MSP-IMPROV-S01A-F01-S-FM01.avi"
    other = build.improv(tmp_path / "b")
    (other / "Evalution.txt").unlink()
    bundle, report = read(other)
    assert (report.utterances, report.ratings, report.by_emotion) == (4, 0, {"unknown": 4})
    assert any("come in without labels" in warning for warning in report.warnings)


def test_a_consensus_its_raters_do_not_bear_out_is_called_out(tmp_path: Path) -> None:
    turns = (replace(build.IMPROV[0], letter="S"), *build.IMPROV[1:])
    _, report = read(build.improv(tmp_path, turns))
    assert any(w.startswith("The consensus is not what most raters of the turn said (1)") for w in report.warnings)


def test_a_name_that_is_no_turn_aborts_or_is_left_out_with_its_ratings(tmp_path: Path) -> None:
    root = build.improv(tmp_path)
    with (root / "Evalution.txt").open("ab") as file:
        file.write(
            b"\r\nUTD-IMPROV-S21A-F01-S-FM01.avi; N; A:3; V:3; D:3;\r\nF-1; Neutral; Neutral; A:3; V:3; D:3;\r\n"
        )
        file.write(b"\r\nUTD-IMPROV-S02A-F01-S-FM01.avi; N; A:6; V:3; D:3;\r\n")
    with pytest.raises(UserError) as caught:
        read(root)
    assert [problem.split(":")[0] for problem in caught.value.problems] == [
        "Evalution.txt, line 20", "Evalution.txt, line 17",
    ]  # fmt: skip
    assert "is not named like MSP-IMPROV's turns" in caught.value.problems[1]
    _, report = read(root, skip_bad=True)
    assert (report.utterances, report.ratings, len(report.left_out)) == (4, 8, 2)


def test_reading_again_gives_the_same(tmp_path: Path) -> None:
    root = build.improv(tmp_path)
    assert read(root)[0] == read(root)[0]


def test_it_is_recognised_and_no_other(tmp_path: Path) -> None:
    (match,) = detect(build.improv(tmp_path))
    why = "4 files named like MSP-IMPROV-S01A-F02-R-FF01 and Evalution.txt"
    assert (match.importer, match.why) == ("msp-improv", why)


def test_every_broken_file_under_the_name_of_the_labels_is_refused(shared_data: Path, tmp_path: Path) -> None:
    for broken in (shared_data / "malformed").iterdir():
        (tmp_path / "Evalution.txt").write_bytes(broken.read_bytes())
        with pytest.raises(UserError, match=r"^Evalution\.txt|holds nothing of MSP-IMPROV") as caught:
            read(tmp_path)
        assert "\n" not in str(caught.value), broken.name


def test_broken_films_are_marked_and_the_sound_is_kept(shared_data: Path, tmp_path: Path) -> None:
    root = build.improv(tmp_path)
    films = ("text_renamed.mp4", "truncated_video.mp4", "rotated_90.mp4", "no_audio_stream.mp4")
    for turn, film in zip(build.IMPROV, films, strict=True):
        shutil.copy(shared_data / "malformed" / film, root / f"{turn.file[:-4]}.mp4")
    bundle, report = read(root)
    assert [u.media_state for u in bundle.utterances] == [
        MediaState.NO_PICTURE, MediaState.NO_PICTURE, MediaState.OK, MediaState.OK,
    ]  # fmt: skip
    assert all(utterance.audio for utterance in bundle.utterances)
    assert {problem.file for problem in report.problems} == {f"{turn.file[:-4]}.mp4" for turn in build.IMPROV[:2]}


def test_an_empty_folder_is_refused_and_cancelling_stops(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="holds nothing of MSP-IMPROV"):
        read(tmp_path)
    ctx = TaskContext()
    ctx.cancel()
    with pytest.raises(CancelledError):
        MspImprov().read(ctx, build.improv(tmp_path))
