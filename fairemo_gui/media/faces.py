"""Where the speaker's face is: MTCNN every few frames, the frames between interpolated, losses looked at one by one.

Zhang, Zhang, Li & Qiao 2016, "Joint face detection and alignment using multitask cascaded convolutional networks";
the weights come inside facenet-pytorch.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from fairemo_gui.core.records import Clip, FaceRegion, FaceTrack
from fairemo_gui.errors import UserError
from fairemo_gui.jobs.task import TaskContext
from fairemo_gui.media.decode import iter_frames

DETECTOR = "mtcnn"
VERSION = 1
_EVERY = 5
_BATCH = 8
_SMALLEST = 40
_SURE = 0.9

Picture = npt.NDArray[np.uint8]
Boxes = npt.NDArray[np.float32]


@dataclass(frozen=True)
class _Faces:
    """The faces of one picture, most likely first: boxes (k, 4), scores (k,), landmarks (k, 5, 2)."""

    boxes: Boxes
    scores: npt.NDArray[np.float32]
    landmarks: npt.NDArray[np.float32]


def track_faces_task(ctx: TaskContext, clips: list[dict[str, Any]]) -> dict[str, Any]:
    """Track the speaker's face in many clips; each track is emitted as a dictionary of its fields.

    Args:
        ctx: Progress, tracks, cancelling.
        clips: Fields of `Clip`.

    Returns:
        `tracked`: number of clips, `skipped`: one line per clip that could not be decoded.
    """
    skipped = []
    for done, fields in enumerate(clips):
        ctx.report(done, len(clips), "Tracking faces")
        clip = Clip(**{**fields, "face_region": FaceRegion(fields["face_region"])})
        try:
            ctx.emit(vars_of(track_face(ctx, clip)))
        except UserError as error:
            skipped.append(str(error))
    return {"tracked": len(clips) - len(skipped), "skipped": skipped}


def vars_of(track: FaceTrack) -> dict[str, Any]:
    """The fields of a track."""
    return {name: getattr(track, name) for name in FaceTrack.__dataclass_fields__}


def track_face(ctx: TaskContext, clip: Clip) -> FaceTrack:
    """The speaker's face in every frame of a clip.

    Only the speaker's part of the picture is looked at, so that a partner's face is never taken.

    Raises:
        UserError: The video cannot be decoded or shows nothing in the range.
    """
    if clip.video is None:
        raise UserError(f"Utterance {clip.utterance} has no picture.")
    path = Path(clip.video)
    frames, times, (width, height), left = _frames(ctx, clip, path)
    if not frames:
        raise UserError(f"{path.name}: no picture between {clip.start} and {clip.end} s; check the times.")
    found: list[_Faces | None] = [None] * len(frames)
    keys = sorted({*range(0, len(frames), _EVERY), len(frames) - 1})
    _detect_at(ctx, frames, keys, found)
    # Where the face is there at one end and not at the other, somebody turned or left: look at every frame between.
    lost = [k for a, b in pairwise(keys) if bool(_has(found[a])) != bool(_has(found[b])) for k in range(a + 1, b)]
    _detect_at(ctx, frames, lost, found)
    track = _follow(found, times)
    shift = np.array([left, 0], dtype=np.float32)
    return FaceTrack(
        clip.utterance, DETECTOR, VERSION, times, track.boxes + np.tile(shift, 2), track.scores,
        track.landmarks + shift, width, height,
    )  # fmt: skip


def _frames(
    ctx: TaskContext, clip: Clip, path: Path
) -> tuple[list[Picture], npt.NDArray[np.float64], tuple[int, int], int]:
    """The speaker's part of each frame, its time, the size of the whole picture, and where the part begins."""
    parts, times = [], []
    width = height = left = 0
    for time, picture in iter_frames(path, clip.start, clip.end):
        ctx.check()
        height, width = picture.shape[:2]
        half = width // 2
        left = half if clip.face_region is FaceRegion.RIGHT else 0
        right = half if clip.face_region is FaceRegion.LEFT else width
        parts.append(np.ascontiguousarray(picture[:, left:right]))
        times.append(time)
    return parts, np.array(times, dtype=np.float64), (width, height), left


def _has(faces: _Faces | None) -> bool:
    return faces is not None and len(faces.boxes) > 0


def _detect_at(
    ctx: TaskContext, frames: Sequence[Picture], positions: Sequence[int], found: list[_Faces | None]
) -> None:
    for start in range(0, len(positions), _BATCH):
        ctx.check()
        batch = positions[start : start + _BATCH]
        for position, faces in zip(batch, detect([frames[k] for k in batch]), strict=True):
            found[position] = faces


def detect(pictures: Sequence[Picture]) -> Iterator[_Faces]:
    """The faces of pictures of one size, upright RGB."""
    with warnings.catch_warnings():
        # facenet-pytorch stacks ragged lists on purpose.
        warnings.simplefilter("ignore")
        boxes, scores, landmarks = _mtcnn().detect(np.stack(pictures), landmarks=True)
    for some_boxes, some_scores, some_marks in zip(boxes, scores, landmarks, strict=True):
        if some_boxes is None:
            yield _Faces(np.empty((0, 4), np.float32), np.empty(0, np.float32), np.empty((0, 5, 2), np.float32))
            continue
        sure = np.asarray(some_scores, dtype=np.float32) >= _SURE
        yield _Faces(
            np.asarray(some_boxes, dtype=np.float32)[sure],
            np.asarray(some_scores, dtype=np.float32)[sure],
            np.asarray(some_marks, dtype=np.float32)[sure],
        )


@lru_cache(maxsize=1)
def _mtcnn() -> Any:
    import torch
    from facenet_pytorch import MTCNN

    device = "cuda" if torch.cuda.is_available() else "cpu"
    return MTCNN(keep_all=True, min_face_size=_SMALLEST, device=device, post_process=False)


def _follow(found: Sequence[_Faces | None], times: npt.NDArray[np.float64]) -> _Faces:
    """One face through all frames: the one nearest to where it was; NaN where there was none."""
    size = len(found)
    track = _Faces(
        np.full((size, 4), np.nan, np.float32),
        np.full(size, np.nan, np.float32),
        np.full((size, 5, 2), np.nan, np.float32),
    )
    last: Boxes | None = None
    for position, faces in enumerate(found):
        if faces is None or not len(faces.boxes):
            continue
        which = _nearest(faces, last)
        last = faces.boxes[which]
        track.boxes[position], track.scores[position] = last, faces.scores[which]
        track.landmarks[position] = faces.landmarks[which]
    looked = np.array([faces is not None for faces in found])
    return _between(track, looked, times)


def _nearest(faces: _Faces, last: Boxes | None) -> int:
    if last is None:
        sides = faces.boxes[:, 2:] - faces.boxes[:, :2]
        return int(np.argmax(sides.prod(axis=1) * faces.scores))
    centres = (faces.boxes[:, :2] + faces.boxes[:, 2:]) / 2
    return int(np.argmin(((centres - (last[:2] + last[2:]) / 2) ** 2).sum(axis=1)))


def _between(track: _Faces, looked: npt.NDArray[np.bool_], times: npt.NDArray[np.float64]) -> _Faces:
    """Interpolate frames that were not looked at, where both neighbours that were have a face."""
    known = np.flatnonzero(looked)
    gaps = np.flatnonzero(~looked)
    if not len(gaps):
        return track
    after = np.searchsorted(known, gaps)
    before_at, after_at = known[after - 1], known[after]
    weight = ((times[gaps] - times[before_at]) / (times[after_at] - times[before_at])).astype(np.float32)

    def mix(values: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
        w = weight.reshape(-1, *[1] * (values.ndim - 1))
        values[gaps] = (1 - w) * values[before_at] + w * values[after_at]
        return values

    return replace(track, boxes=mix(track.boxes), scores=mix(track.scores), landmarks=mix(track.landmarks))
