"""RAVDESS: one utterance per spoken sentence."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from fairemo_gui.core.emotions import RAVDESS
from fairemo_gui.core.records import MediaState, Utterance
from fairemo_gui.corpora.ravdess import Ravdess
from fairemo_gui.errors import UserError
from tests.unit.corpora.builders import Reader, sounds

read = Reader(Ravdess()).read


def only(root: Path) -> Utterance:
    bundle, _ = read(root)
    (utterance,) = bundle.utterances
    return utterance


def test_the_real_recordings(shared_data: Path) -> None:
    bundle, report = read(shared_data / "ravdess")
    assert report.utterances == 720
    assert report.speakers == {"female": 6, "male": 6}
    assert report.by_gender == {"female": 360, "male": 360}
    others = dict.fromkeys(("anger", "disgust", "fear", "happy", "sad", "surprise", "calm"), 96)
    assert report.by_emotion == {"neutral": 48, **others}
    assert report.media == {"ok": 720}
    assert report.problems == ()
    assert report.warnings == (
        "Actor_07/03-01-03-01-02-01-07.flac and Actor_07/03-01-03-01-02-02-07.flac are the same recording "
        "byte for byte; both are kept.",
    )
    assert {s.code: s.gender for s in bundle.speakers} == {
        f"{k:02d}": "male" if k % 2 else "female" for k in range(1, 13)
    }
    assert all(u.video is None for u in bundle.utterances)


def test_a_name_is_read_part_by_part(tmp_path: Path) -> None:
    utterance = only(sounds(tmp_path, ["Actor_12/03-01-06-02-02-01-12.wav"]))
    assert (utterance.code, utterance.speaker) == ("03-01-06-02-02-01-12", "12")
    assert utterance.transcript == "Dogs are sitting by the door."
    assert RAVDESS.classes[utterance.intended or 0] == "fear"


def test_sound_and_picture_files_make_one_utterance(shared_data: Path, tmp_path: Path) -> None:
    sounds(tmp_path, ["Audio/03-01-06-01-02-01-12.wav"])
    shutil.copy(shared_data / "faces/single_face.mp4", tmp_path / "01-01-06-01-02-01-12.mp4")
    shutil.copy(shared_data / "malformed/no_audio_stream.mp4", tmp_path / "02-01-06-01-02-01-12.mp4")
    utterance = only(tmp_path)
    assert utterance.audio == "Audio/03-01-06-01-02-01-12.wav"
    assert utterance.video == "01-01-06-01-02-01-12.mp4"
    assert utterance.media_state is MediaState.OK
    (tmp_path / "01-01-06-01-02-01-12.mp4").unlink()
    utterance = only(tmp_path)
    assert utterance.video == "02-01-06-01-02-01-12.mp4"
    assert utterance.media_state is MediaState.OK


def test_an_audio_visual_file_alone_is_heard_and_seen(shared_data: Path, tmp_path: Path) -> None:
    shutil.copy(shared_data / "faces/single_face.mp4", tmp_path / "01-01-06-01-02-01-12.mp4")
    utterance = only(tmp_path)
    assert utterance.code == "03-01-06-01-02-01-12"
    assert utterance.audio == utterance.video == "01-01-06-01-02-01-12.mp4"


def test_a_picture_alone_has_no_sound(shared_data: Path, tmp_path: Path) -> None:
    shutil.copy(shared_data / "malformed/no_audio_stream.mp4", tmp_path / "02-01-06-01-02-01-12.mp4")
    utterance = only(tmp_path)
    assert (utterance.audio, utterance.video) == (None, "02-01-06-01-02-01-12.mp4")
    assert utterance.media_state is MediaState.NO_SOUND


def test_a_broken_picture_leaves_the_voice(tmp_path: Path) -> None:
    sounds(tmp_path, ["03-01-06-01-02-01-12.wav"])
    (tmp_path / "01-01-06-01-02-01-12.mp4").write_bytes(b"no video at all")
    bundle, report = read(tmp_path)
    assert bundle.utterances[0].audio == "03-01-06-01-02-01-12.wav"
    assert bundle.utterances[0].video is None
    assert bundle.utterances[0].media_state is MediaState.NO_PICTURE
    assert report.problems[0].file == "01-01-06-01-02-01-12.mp4"


def test_a_broken_voice_is_replaced_by_the_sound_of_the_picture(shared_data: Path, tmp_path: Path) -> None:
    (tmp_path / "03-01-06-01-02-01-12.wav").write_bytes(b"")
    shutil.copy(shared_data / "faces/single_face.mp4", tmp_path / "01-01-06-01-02-01-12.mp4")
    utterance = only(tmp_path)
    assert utterance.audio == utterance.video == "01-01-06-01-02-01-12.mp4"
    assert utterance.media_state is MediaState.OK


def test_songs_are_left_out_with_a_note(tmp_path: Path) -> None:
    sounds(tmp_path, ["03-01-06-01-02-01-12.wav", "03-02-06-01-02-01-12.wav"])
    bundle, report = read(tmp_path)
    assert [u.code for u in bundle.utterances] == ["03-01-06-01-02-01-12"]
    assert "Songs were left out (1): only speech is read." in report.warnings
    assert "Actors without all of their 60 sentences: 12 (1)." in report.warnings


@pytest.mark.parametrize(
    ("name", "what"),
    [
        ("03-01-09-01-02-01-12", "names emotion 09"),
        ("04-01-06-01-02-01-12", "names modality 04"),
        ("03-01-06-01-02-01-25", "names actor 25"),
        ("03-01-00-01-03-01-12", "names emotion 00 and statement 03"),
        ("03-01-01-02-01-01-12", "names a strong intensity of neutral"),
    ],
)
def test_codes_that_do_not_exist_abort(tmp_path: Path, name: str, what: str) -> None:
    sounds(tmp_path, [f"{name}.wav", "03-01-06-01-02-01-12.wav"])
    with pytest.raises(UserError, match=what):
        read(tmp_path)
    bundle, report = read(tmp_path, skip_bad=True)
    assert len(bundle.utterances) == 1
    assert report.left_out[0].file == f"{name}.wav"


def test_a_folder_of_songs_only_is_refused(tmp_path: Path) -> None:
    sounds(tmp_path, ["03-02-06-01-02-01-12.wav"])
    with pytest.raises(UserError, match="holds no speech of RAVDESS"):
        read(tmp_path)
