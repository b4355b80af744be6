"""EmoDB: the names are the truth."""

from __future__ import annotations

import shutil
import time
from pathlib import Path

import pytest

from fairemo_gui.core.emotions import EMODB
from fairemo_gui.core.records import Gender, MediaState
from fairemo_gui.corpora.emodb import EMOTIONS, TEXTS, EmoDB, label_table_problems
from fairemo_gui.errors import UserError
from fairemo_gui.jobs.task import CancelledError, TaskContext
from tests.unit.corpora.builders import Reader, sound, sounds, table

read = Reader(EmoDB()).read


def test_the_real_recordings(shared_data: Path) -> None:
    begin = time.perf_counter()
    bundle, report = read(shared_data / "emodb")
    seconds = time.perf_counter() - begin
    assert report.utterances == 535
    assert report.by_gender == {"female": 302, "male": 233}
    assert report.speakers == {"female": 5, "male": 5}
    assert report.by_emotion == {
        "anger": 127, "disgust": 46, "fear": 69, "happy": 71, "neutral": 79, "sad": 62, "boredom": 81,
    }  # fmt: skip
    assert report.media == {"ok": 535}
    assert (report.problems, report.warnings) == ((), ())
    assert bundle.scheme == EMODB
    assert {s.code: (s.gender, s.age) for s in bundle.speakers}["14"] == (Gender.FEMALE, 35)
    assert seconds < 20


def test_every_real_name_is_read_letter_by_letter(shared_data: Path) -> None:
    bundle, _ = read(shared_data / "emodb")
    for utterance in bundle.utterances:
        code = utterance.code
        assert utterance.speaker == code[:2]
        assert utterance.transcript == TEXTS[code[2:5]]
        assert utterance.intended == EMODB.index(EMOTIONS[code[5]])
        assert utterance.audio is not None
        assert (shared_data / "emodb" / utterance.audio).stem == code


def test_initials_are_german(tmp_path: Path) -> None:
    sounds(tmp_path, ["03a01Fa.wav", "03a01Ea.wav", "03a01Aa.wav", "03a01Wa.wav", "03a01Ta.wav", "03a01La.wav"])
    bundle, _ = read(tmp_path)
    emotions = {u.code[5]: EMODB.classes[u.intended] for u in bundle.utterances if u.intended is not None}
    assert emotions == {"F": "happy", "E": "disgust", "A": "fear", "W": "anger", "T": "sad", "L": "boredom"}


def test_files_are_found_at_any_depth_and_lossless_ones_first(tmp_path: Path) -> None:
    sounds(tmp_path, ["wav/sub/03a01Fa.wav", "._03a01Fb.wav", ".hidden/03a01Fc.wav", "__MACOSX/03a01Fd.wav"])
    shutil.copy(tmp_path / "wav/sub/03a01Fa.wav", tmp_path / "03a01Fa.mp3")
    bundle, report = read(tmp_path)
    assert [(u.code, u.audio) for u in bundle.utterances] == [("03a01Fa", "wav/sub/03a01Fa.wav")]
    assert "1 of EmoDB's 535 recordings are here." in report.warnings


def test_names_that_are_none_of_emodb_are_said(tmp_path: Path) -> None:
    sounds(tmp_path, ["03a01Fa.wav", "notes.wav"])
    _, report = read(tmp_path)
    assert [str(p) for p in report.problems] == [
        "notes.wav: is not named like EmoDB's recordings (03a01Fa) and was left out"
    ]


def test_many_foreign_names_are_one_line(tmp_path: Path) -> None:
    sound(tmp_path / "03a01Fa.wav")
    for k in range(30):
        (tmp_path / f"n{k:02d}.wav").write_bytes(b"")
    _, report = read(tmp_path)
    assert [str(p) for p in report.problems] == [
        "30 files (n00.wav, n01.wav, n02.wav, n03.wav, n04.wav and 25 more): each is not named like EmoDB's "
        "recordings (03a01Fa) and was left out"
    ]


def test_unknown_codes_in_names_abort_all_at_once(tmp_path: Path) -> None:
    sounds(tmp_path, ["03a01Fa.wav", "99a01Fa.wav", "03a03Xa.wav"])
    with pytest.raises(UserError) as caught:
        read(tmp_path)
    assert caught.value.problems == (
        "03a03Xa.wav: names text a03 and emotion X, which EmoDB does not have; correct the name",
        "99a01Fa.wav: names speaker 99, which EmoDB does not have; correct the name",
    )
    assert "03a03Xa.wav" in str(caught.value)
    assert "--skip-bad" in str(caught.value)


def test_unknown_codes_are_left_out_and_listed_if_wanted(tmp_path: Path) -> None:
    sounds(tmp_path, ["03a01Fa.wav", "99a01Fa.wav"])
    bundle, report = read(tmp_path, skip_bad=True)
    assert [u.code for u in bundle.utterances] == ["03a01Fa"]
    assert [p.file for p in report.left_out] == ["99a01Fa.wav"]


def test_two_files_of_one_name_must_be_the_same(tmp_path: Path) -> None:
    sounds(tmp_path, ["a/03a01Fa.wav", "b/03a01Fa.wav"])
    bundle, report = read(tmp_path)
    assert len(bundle.utterances) == 1
    assert str(report.problems[0]) == "b/03a01Fa.wav: is the same file as one of its name elsewhere and was left out"
    sound(tmp_path / "b/03a01Fa.wav", seed=99)
    with pytest.raises(UserError, match=r"b/03a01Fa\.wav: has the name of a/03a01Fa\.wav and other content"):
        read(tmp_path)


def test_the_same_recording_under_two_names_is_said(tmp_path: Path) -> None:
    sound(tmp_path / "03a01Fa.wav", seed=1)
    sound(tmp_path / "03a01Fb.wav", seed=1)
    bundle, report = read(tmp_path)
    assert len(bundle.utterances) == 2
    assert "03a01Fa.wav, 03a01Fb.wav are the same recording byte for byte; all are kept." in report.warnings


def test_bad_recordings_stay_marked(tmp_path: Path) -> None:
    sounds(tmp_path, ["03a01Fa.wav", "03a01Wa.wav"])
    sound(tmp_path / "03a01Na.wav", peak=0.0)
    (tmp_path / "03a01Ta.wav").write_bytes(b"")
    (tmp_path / "03a01Wa.wav").write_bytes(b"RIFF nonsense")
    bundle, report = read(tmp_path)
    assert {u.code: u.media_state for u in bundle.utterances} == {
        "03a01Fa": MediaState.OK,
        "03a01Na": MediaState.SILENT,
        "03a01Ta": MediaState.EMPTY,
        "03a01Wa": MediaState.BROKEN,
    }
    assert all(u.audio is not None for u in bundle.utterances)
    assert {p.file for p in report.problems} == {"03a01Na.wav", "03a01Ta.wav", "03a01Wa.wav"}
    assert report.left_out == ()


def test_a_contradicting_label_table_is_shown_and_the_names_win(shared_data: Path, tmp_path: Path) -> None:
    for name in ("03a01Fa", "03a01Nc", "03a01Wa", "03a04Ad", "03a02Ta"):
        shutil.copy(shared_data / f"emodb/{name}.flac", tmp_path)
    shutil.copy(shared_data / "malformed/emodb_labels_contradict_names.csv", tmp_path / "labels.csv")
    bundle, report = read(tmp_path)
    assert EMODB.classes[next(u.intended or 0 for u in bundle.utterances if u.code == "03a01Fa")] == "happy"
    assert {str(problem) for problem in report.problems} == {
        "labels.csv, line 2: calls 03a01Fa “disgust”, but the file name says happy; the name is taken",
        "labels.csv, line 5: calls 03a04Ad “happiness”, but the file name says fear; the name is taken",
        "labels.csv, line 6: calls 03a05Ea “anxiety”, but the file name says disgust; the name is taken",
        "labels.csv, line 6: names “03a05Ea.wav”, which is not in the folder",
    }
    assert report.left_out == ()


def test_many_contradictions_of_a_kind_are_one_line(tmp_path: Path) -> None:
    stems = [f"03a01F{letter}" for letter in "abcdefgh"]
    path = table(tmp_path / "l.csv", "Filename,Emotion\n" + "\n".join(f"{stem}.wav,disgust" for stem in stems))
    (problem,) = label_table_problems(path, stems)
    assert "03a01Fa, 03a01Fb, 03a01Fc, 03a01Fd, 03a01Fe and 3 more" in str(problem)


@pytest.mark.parametrize("name", ["nothing", "file.txt", "empty"])
def test_what_is_no_corpus_is_refused_in_one_sentence(tmp_path: Path, name: str) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "file.txt").write_text("x")
    with pytest.raises(UserError) as caught:
        read(tmp_path / name)
    assert name in str(caught.value)


def test_a_link_out_of_the_folder_is_left_out(tmp_path: Path) -> None:
    sound(tmp_path / "elsewhere/03a01Wa.wav")
    sounds(tmp_path / "corpus", ["03a01Fa.wav"])
    (tmp_path / "corpus/03a01Wa.wav").symlink_to(tmp_path / "elsewhere/03a01Wa.wav")
    (tmp_path / "corpus/03a01Na.wav").symlink_to("03a01Fa.wav")
    bundle, report = read(tmp_path / "corpus")
    assert [u.code for u in bundle.utterances] == ["03a01Fa", "03a01Na"]
    assert "03a01Wa.wav: is a link out of the corpus's folder" in str(report.problems[0])


def test_a_cancel_stops_the_reading(shared_data: Path) -> None:
    ctx = TaskContext(on_progress=lambda progress: ctx.cancel() if progress.done == 3 else None)
    with pytest.raises(CancelledError):
        EmoDB().read(ctx, shared_data / "emodb")
