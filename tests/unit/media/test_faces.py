from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt
import pytest

from fairemo_gui.core.records import Clip, FaceRegion, FaceTrack, SpeakerBy
from fairemo_gui.errors import UserError
from fairemo_gui.jobs.task import CancelledError, TaskContext
from fairemo_gui.media import faces, mtcnn
from fairemo_gui.media.decode import VideoInfo, iter_frames
from fairemo_gui.media.detection import Faces
from fairemo_gui.media.detectors import load_detector
from fairemo_gui.media.mtcnn import detect
from tests.unit.media.films import write_film

Picture = npt.NDArray[np.uint8]


def tracked(
    path: Path, region: FaceRegion = FaceRegion.FULL, start: float | None = None, end: float | None = None
) -> FaceTrack:
    """The one face of a film."""
    (track,) = all_tracked(path, region, start, end)
    return track


def all_tracked(
    path: Path, region: FaceRegion = FaceRegion.FULL, start: float | None = None, end: float | None = None
) -> tuple[FaceTrack, ...]:
    return faces.track_faces(TaskContext(), Clip(7, None, str(path), start, end, region), load_detector())


def photo(path: Path) -> Picture:
    picture = cv2.imread(str(path))
    assert picture is not None
    return np.ascontiguousarray(picture[..., ::-1], dtype=np.uint8)


def test_a_real_face_is_found_in_every_frame(shared_data: Path) -> None:
    track = tracked(shared_data / "faces/single_face.mp4")
    assert (track.width, track.height, len(track.times)) == (640, 360, 72)
    assert np.isfinite(track.scores).all()
    assert track.scores.min() > 0.9
    inside = (track.landmarks >= track.boxes[:, None, :2]) & (track.landmarks <= track.boxes[:, None, 2:])
    assert inside.all()
    pts = [pts for pts, _ in iter_frames(shared_data / "faces/single_face.mp4")]
    np.testing.assert_allclose(track.times, pts)


def test_interpolated_boxes_are_close_to_those_of_every_frame(shared_data: Path) -> None:
    path = shared_data / "faces/single_face.mp4"
    track = tracked(path)
    pictures = [picture for _, picture in iter_frames(path)]
    single = np.concatenate([found.boxes[:1] for k in range(0, 72, 8) for found in detect(pictures[k : k + 8])])
    overlaps = [faces._overlaps(a[None], b[None])[0, 0] for a, b in zip(track.boxes, single, strict=True)]
    assert np.mean(overlaps) > 0.95
    assert min(overlaps) > 0.85


def test_nobody_in_view_is_said_and_not_guessed(shared_data: Path) -> None:
    track = tracked(shared_data / "faces/no_face.mp4", start=0.0, end=1.0)
    assert len(track.times) > 20
    assert np.isnan(track.boxes).all()
    assert np.isnan(track.scores).all()
    assert np.isnan(track.landmarks).all()


def test_a_face_that_goes_ends_where_it_goes(shared_data: Path) -> None:
    track = tracked(shared_data / "faces/face_noface.mov")
    seen = track.times[np.isfinite(track.scores)]
    assert 2.2 < seen[-1] < 2.6
    assert np.isfinite(track.scores[track.times < 2.2]).all()


def test_a_turned_film_is_tracked_upright(shared_data: Path) -> None:
    names = ("malformed/rotated_90.mp4", "faces/single_face.mp4")
    turned, straight = (tracked(shared_data / name, start=0.0, end=0.3) for name in names)
    assert (turned.width, turned.height) == (straight.width, straight.height)
    np.testing.assert_allclose(turned.boxes, straight.boxes, atol=12)


class Cast:
    """A detector that says what the test wants, frame by frame, and counts how often it is asked."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, boxes_at: Any) -> None:
        self.asked: list[int] = []
        self.shapes: set[tuple[int, ...]] = set()
        self._boxes_at = boxes_at
        monkeypatch.setattr(mtcnn, "detect", self._detect)

    def _detect(self, pictures: Sequence[Picture]) -> list[Faces]:
        numbers = [int(picture[0, 0, 0]) for picture in pictures]
        self.asked += numbers
        self.shapes |= {picture.shape for picture in pictures}
        return [self._faces(number) for number in numbers]

    def _faces(self, number: int) -> Faces:
        boxes = np.array(self._boxes_at(number), np.float32).reshape(-1, 4)
        centres = np.repeat(((boxes[:, :2] + boxes[:, 2:]) / 2)[:, None], 5, axis=1).astype(np.float32)
        return Faces(boxes, np.full(len(boxes), 0.99, np.float32), centres)


@pytest.fixture
def film(monkeypatch: pytest.MonkeyPatch) -> Path:
    """Frames whose first pixel is their number; any path will do."""

    def frames(path: Path, start: object, end: object, *, size: tuple[int, int]) -> Any:
        for number in range(120):
            yield number / 25, np.full((size[1], size[0], 3), number, np.uint8)

    monkeypatch.setattr(faces, "iter_frames", frames)
    monkeypatch.setattr(faces, "video_info", lambda path: VideoInfo(200, 100, 25, 4.8, 0.0, False, True))
    return Path("film.mp4")


def test_every_eighth_frame_is_looked_at_and_the_rest_lie_between(film: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cast = Cast(monkeypatch, lambda n: [[10 + n / 4, 10, 60 + n / 4, 70]])
    track = tracked(film)
    assert sorted(cast.asked) == [*range(0, 120, 8), 119]
    np.testing.assert_allclose(track.boxes[1:-1, 0], 10 + np.arange(1, 119) / 4, atol=1e-3)
    assert len(track.times) == 120


def test_a_face_in_motion_is_looked_at_twice_as_often(film: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cast = Cast(monkeypatch, lambda n: [[10 + 2 * n * (n >= 64), 10, 60 + 2 * n * (n >= 64), 70]])
    tracked(film)
    assert {76, 84, 92, 100, 108} <= set(cast.asked)
    assert not {4, 12, 20, 28, 36, 44, 52} & set(cast.asked)


def test_around_a_loss_every_frame_is_looked_at(film: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cast = Cast(monkeypatch, lambda n: [] if 32 <= n < 58 else [[10, 10, 60, 70]])
    track = tracked(film)
    assert np.isnan(track.scores[32:58]).all()
    assert np.isfinite(np.r_[track.scores[:32], track.scores[58:]]).all()
    assert {30, 31, 32, 57, 58, 59} <= set(cast.asked)
    assert not {41, 42, 43, 44, 66} & set(cast.asked)


def test_a_cut_is_not_smeared_over(film: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    Cast(monkeypatch, lambda n: [[10, 10, 50, 60] if n < 48 else [140, 30, 190, 90]])
    track = tracked(film)
    assert track.boxes[46, 0] == pytest.approx(10)
    assert track.boxes[50, 0] == pytest.approx(140)


def test_two_faces_are_two_tracks_and_each_stays_itself(film: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def boxes(n: int) -> list[list[float]]:
        own, other = [20.0, 20, 70, 80], [120.0, 10, 120 + 40 + n / 2, 70 + n / 4]
        return [own] if n < 10 else [other, own] if n % 2 else [own, other]

    Cast(monkeypatch, boxes)
    monkeypatch.setattr(faces, "who_speaks", lambda *_: None)
    larger, smaller = all_tracked(film)
    np.testing.assert_allclose(smaller.boxes[:, 0], 20, atol=1e-3)
    assert np.isnan(larger.scores[:10]).all()
    np.testing.assert_allclose(larger.boxes[10:, 0], 120, atol=1e-3)
    assert [each.number for each in (larger, smaller)] == [0, 1]
    assert [each.speaker_by for each in (larger, smaller)] == [SpeakerBy.LARGEST, None]


def test_a_face_that_flashes_up_once_is_no_person(film: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    Cast(monkeypatch, lambda n: [[20, 20, 70, 80], [150, 10, 190, 60]] if n == 55 else [[20, 20, 70, 80]])
    assert len(all_tracked(film)) == 1


def test_two_faces_that_cross_a_cut_are_still_two(film: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    Cast(
        monkeypatch,
        lambda n: [[0, 10, 40, 60], [60, 10, 100, 60]] if n < 48 else [[100, 10, 140, 60], [160, 9, 199, 60]],
    )
    monkeypatch.setattr(faces, "who_speaks", lambda *_: None)
    tracks = all_tracked(film)
    assert len(tracks) == 2
    assert all(np.isfinite(each.scores).all() for each in tracks)


def test_only_the_speakers_half_is_looked_at_but_the_whole_picture_counts(
    film: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cast = Cast(monkeypatch, lambda n: [[5, 10, 45, 60]])
    left, right = tracked(film, FaceRegion.LEFT), tracked(film, FaceRegion.RIGHT)
    assert cast.shapes == {(100, 100, 3)}
    assert left.boxes[0].tolist() == [5, 10, 45, 60]
    assert right.boxes[0].tolist() == [105, 10, 145, 60]
    assert right.landmarks[0, 0].tolist() == [125, 35]
    assert (right.width, right.height) == (200, 100)


def test_large_pictures_are_searched_small_and_told_large(film: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cast = Cast(monkeypatch, lambda n: [[48, 48, 96, 96]])
    monkeypatch.setattr(faces, "video_info", lambda path: VideoInfo(1920, 1080, 25, 4.8, 0.0, False, True))
    track = tracked(film)
    assert {shape[0] for shape in cast.shapes} == {480}
    np.testing.assert_allclose(track.boxes[0], np.array([48, 48, 96, 96]) * 1080 / 480, rtol=0.01)


def test_the_wrong_half_finds_nobody(shared_data: Path) -> None:
    face = cv2.resize(photo(shared_data / "faces/single_face.jpg"), (240, 240))
    picture = np.full((240, 480, 3), 90, np.uint8)
    picture[:, :240] = face
    found = detect([np.ascontiguousarray(picture[:, :240]), np.ascontiguousarray(picture[:, 240:])])
    assert [len(each.boxes) for each in found] == [1, 0]


def test_many_faces_and_tiny_pictures(shared_data: Path) -> None:
    assert len(detect([photo(shared_data / "faces/multi_face.jpg")])[0].boxes) == 5
    assert len(detect([np.zeros((12, 16, 3), np.uint8)])[0].boxes) == 0
    assert len(detect([np.zeros((30, 30, 3), np.uint8)])[0].boxes) == 0


def test_the_task_emits_tracks_and_lists_what_it_could_not_read(shared_data: Path, tmp_path: Path) -> None:
    short = Clip(1, None, str(shared_data / "faces/single_face.mp4"), 0.0, 0.4)
    clips = [asdict(short), asdict(Clip(2, None, str(tmp_path / "gone.mp4"))), asdict(Clip(3, "a.wav", None))]
    parts: list[Any] = []
    result = faces.track_faces_task(TaskContext(on_part=parts.append), clips)
    assert (result["tracked"], result["detector"]) == (1, "mtcnn")
    assert [len(line) > 0 for line in result["skipped"]] == [True, True]
    assert "gone.mp4" in result["skipped"][0]
    (track,) = (FaceTrack(**each) for each in parts[0]["tracks"])
    assert (track.utterance, track.speaker_by) == (1, SpeakerBy.ONLY_FACE)


def test_a_range_beyond_the_film_is_refused(shared_data: Path) -> None:
    with pytest.raises(UserError, match=r"single_face\.mp4: no picture between"):
        tracked(shared_data / "faces/single_face.mp4", start=60.0, end=61.0)


def test_a_cancel_ends_it_between_batches(film: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ctx = TaskContext()

    def boxes(n: int) -> list[list[float]]:
        ctx.cancel()
        return [[10, 10, 60, 70]]

    cast = Cast(monkeypatch, boxes)
    with pytest.raises(CancelledError):
        faces.track_faces(ctx, Clip(1, None, str(film)), load_detector())
    assert len(cast.asked) < 20


def test_a_film_of_one_frame(tmp_path: Path) -> None:
    path = write_film(tmp_path / "one.mp4", 0.04, 25, (320, 180))
    track = tracked(path)
    assert track.boxes.shape == (1, 4)
