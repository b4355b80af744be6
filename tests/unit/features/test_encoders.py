from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt
import pytest
import torch
import torchaudio

from fairemo_gui.core.records import Clip
from fairemo_gui.errors import UserError
from fairemo_gui.features.compute import extract_task, track_from
from fairemo_gui.features.hog import Hog, aligned
from fairemo_gui.features.mfcc import Mfcc
from fairemo_gui.features.registry import ENCODERS, make_encoder
from fairemo_gui.features.words import Words
from fairemo_gui.jobs.task import TaskContext
from fairemo_gui.media.decode import iter_frames
from tests.unit.features.clips import clip, still_track, tone
from tests.unit.media.films import write_film


def test_mfcc_is_torchaudios(tmp_path: Path) -> None:
    path = tone(tmp_path / "a.wav", 0.7)
    encoder = Mfcc({"coefficients": 20})
    [array] = encoder.encode([encoder.load(Clip(1, str(path), None), None)])
    expected = torchaudio.transforms.MFCC(
        16000, 20, melkwargs={"n_fft": 512, "win_length": 400, "hop_length": 160, "n_mels": 64}
    )
    samples = np.frombuffer(path.read_bytes()[44:], np.int16).astype(np.float32) / 32768
    np.testing.assert_allclose(array, expected(torch.from_numpy(samples)).numpy().T, atol=1e-3)


def test_mfcc_refuses_more_coefficients_than_bands() -> None:
    with pytest.raises(UserError, match="coefficients must be between"):
        Mfcc({"coefficients": 65})


def test_equal_words_are_equal_and_others_are_not() -> None:
    encoder = Words({})
    same, again, other = encoder.encode(["I am so happy", "i am, so HAPPY!", "The dog is sitting"])
    np.testing.assert_array_equal(same, again)
    assert same.shape == (1, 1024)
    assert np.linalg.norm(same) == pytest.approx(1)
    assert abs(float((same * other).sum())) < 0.5


def test_an_utterance_without_transcript_is_skipped(tmp_path: Path) -> None:
    clips = [clip(1, transcript="hello there"), clip(2, transcript="  "), clip(3)]
    result = extract_task(TaskContext(), "words", {}, clips, None, str(tmp_path))
    assert [each["utterance"] for each in result["skipped"]] == [2, 3]


def drawn_face(size: tuple[int, int] = (200, 160), turn: float = 0.0) -> npt.NDArray[np.uint8]:
    """Eyes, nose and mouth where the still track says they are, turned about the picture's middle."""
    width, height = size
    picture = np.full((height, width, 3), 180, np.uint8)
    marks = still_track(size, np.zeros(1))["landmarks"][0]
    for x, y in marks[:2]:
        cv2.circle(picture, (round(x), round(y)), 6, (20, 20, 20), -1)
    cv2.line(picture, tuple(int(v) for v in marks[3]), tuple(int(v) for v in marks[4]), (120, 30, 30), 3)
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), turn, 1.0)
    return np.asarray(cv2.warpAffine(picture, matrix, size, borderValue=(180, 180, 180)), dtype=np.uint8)


def test_a_tilted_head_is_turned_upright() -> None:
    marks = still_track((200, 160), np.zeros(1))["landmarks"][0]
    matrix = cv2.getRotationMatrix2D((100, 80), 20, 1.0)
    turned = (np.c_[marks, np.ones(5)] @ matrix.T).astype(np.float32)
    upright, righted = aligned(drawn_face(), marks, 64), aligned(drawn_face(turn=20), turned, 64)
    middle = (slice(12, 56), slice(8, 56))
    assert np.abs(upright[middle].astype(int) - righted[middle].astype(int)).mean() < 8
    tilted = aligned(drawn_face(turn=20), marks, 64)
    assert np.abs(upright[middle].astype(int) - tilted[middle].astype(int)).mean() > 12


def test_hog_looks_ten_times_a_second(tmp_path: Path) -> None:
    film = write_film(tmp_path / "a.mp4", 2.0, 25, (320, 180))
    times = np.array([time for time, _ in iter_frames(film)])
    track = track_from(still_track((320, 180), times))
    encoder = Hog({})
    [array] = encoder.encode([encoder.load(Clip(1, None, str(film)), track)])
    assert array.shape[1] == encoder.dim == 288
    assert 16 <= len(array) <= 21
    assert np.isfinite(array).all()


def test_hog_says_why_there_is_nothing(tmp_path: Path) -> None:
    film = write_film(tmp_path / "a.mp4", 0.4)
    times = np.arange(10) / 25
    clips = [clip(1, video=str(film)), clip(2, video=str(film)), clip(3)]
    tracks = {"1": still_track((320, 180), times, found=False)}
    result = extract_task(TaskContext(), "hog", {}, clips, tracks, str(tmp_path / "features"))
    assert {each["utterance"]: each["reason"] for each in result["skipped"]} == {
        1: "a.mp4: no face was found",
        2: "its faces have not been tracked: track faces first",
        3: "no picture",
    }


def test_a_newer_face_track_makes_hog_again(tmp_path: Path) -> None:
    film = write_film(tmp_path / "a.mp4", 0.4)
    track = still_track((320, 180), np.arange(10) / 25)

    def made(version: int) -> int:
        clips, tracks = [clip(1, video=str(film))], {1: {**track, "version": version}}
        return int(extract_task(TaskContext(), "hog", {}, clips, tracks, str(tmp_path / "features"))["made"])

    assert [made(1), made(1), made(2)] == [1, 0, 1]


@pytest.mark.parametrize("name", [name for name, entry in ENCODERS.items() if not entry.pretrained])
def test_each_encoder_is_what_its_line_says(name: str) -> None:
    encoder = make_encoder(name, {})
    assert (encoder.name, encoder.modality) == (name, ENCODERS[name].modality)
    assert encoder.dim > 0
    assert make_encoder(name, encoder.settings()).settings() == encoder.settings()
