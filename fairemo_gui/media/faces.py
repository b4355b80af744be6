"""Where the speaker's face is: detected every few frames, interpolated between, losses and jumps looked at in full."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from fairemo_gui.core.records import Clip, FaceRegion, FaceTrack
from fairemo_gui.errors import UserError
from fairemo_gui.jobs.task import TaskContext
from fairemo_gui.media.decode import VideoInfo, iter_frames, video_info
from fairemo_gui.media.mtcnn import DETECTOR, Boxes, Faces, Picture, detect

VERSION = 1
_EVERY = 5
_WINDOW = 8 * _EVERY
# Faces are looked for in pictures of at most so many lines.
_LINES = 480
# Two looks at a face that overlap less than this are a cut or a jump.
_SAME_FACE = 0.3


@dataclass
class _Look:
    """What was seen so far: per frame its time, and its faces where it was looked at."""

    times: list[float] = field(default_factory=list)
    faces: list[Faces | None] = field(default_factory=list)


@dataclass(frozen=True)
class _Path:
    """One face through all frames; NaN where there is none."""

    boxes: Boxes
    scores: npt.NDArray[np.float32]
    landmarks: npt.NDArray[np.float32]


def track_faces_task(ctx: TaskContext, clips: list[dict[str, Any]]) -> dict[str, Any]:
    """Track the speaker's face in many clips; each track is emitted as a dictionary of the fields of `FaceTrack`.

    Args:
        ctx: Progress, tracks, cancelling.
        clips: Fields of `Clip`.

    Returns:
        `tracked`: number of clips, `detector`, `version`, and `skipped`: one line per clip that could not be decoded.
    """
    skipped = []
    for done, fields in enumerate(clips):
        ctx.report(done, len(clips), "Tracking faces")
        clip = Clip(**{**fields, "face_region": FaceRegion(fields.get("face_region", FaceRegion.FULL))})
        try:
            track = track_face(ctx, clip)
        except UserError as error:
            skipped.append(str(error))
        else:
            ctx.emit({name: getattr(track, name) for name in FaceTrack.__dataclass_fields__})
    return {"tracked": len(clips) - len(skipped), "detector": DETECTOR, "version": VERSION, "skipped": skipped}


def track_face(ctx: TaskContext, clip: Clip) -> FaceTrack:
    """The speaker's face in every frame of a clip, in pixels of the whole upright picture.

    Only the speaker's part of the picture is looked at, so that a partner's face is never taken. Frames without a face
    are NaN.

    Raises:
        UserError: The video cannot be decoded or shows nothing in the range.
    """
    if clip.video is None:
        raise UserError(f"Utterance {clip.utterance} has no picture.")
    path = Path(clip.video)
    info = video_info(path)
    scale = min(1.0, _LINES / max(info.height, 1))
    size = (max(round(info.width * scale), 2), max(round(info.height * scale), 2))
    left, right = _part(clip.face_region, size[0])
    look = _Look()
    for window in _windows(_cut(iter_frames(path, clip.start, clip.end, size=size), left, right)):
        _look_at(ctx, window, look)
    if not look.times:
        raise UserError(f"{path.name}: no picture between {clip.start} and {clip.end} s; check the times.")
    times = np.array(look.times, dtype=np.float64)
    followed = _smoothed(_filled(_followed(look.faces), look.faces, times))
    return _in_whole_picture(clip, followed, times, info, left, size)


def _part(region: FaceRegion, width: int) -> tuple[int, int]:
    """First and last column of the part that shows the speaker."""
    half = width // 2
    return (half if region is FaceRegion.RIGHT else 0), (half if region is FaceRegion.LEFT else width)


def _cut(frames: Iterable[tuple[float, Picture]], left: int, right: int) -> Iterator[tuple[float, Picture]]:
    for time, picture in frames:
        yield time, np.ascontiguousarray(picture[:, left:right])


def _windows(frames: Iterable[tuple[float, Picture]]) -> Iterator[list[tuple[float, Picture]]]:
    """Frames in windows that share one frame with the next, so that a long clip never lies in memory as a whole."""
    window: list[tuple[float, Picture]] = []
    for frame in frames:
        window.append(frame)
        if len(window) > _WINDOW:
            yield window
            window = window[-1:]
    if window:
        yield window


def _look_at(ctx: TaskContext, window: list[tuple[float, Picture]], look: _Look) -> None:
    """Detect faces at the window's key frames, and in between where they were lost, found or jumped."""
    known = look.faces[-1:] if look.times and window[0][0] == look.times[-1] else []
    found: list[Faces | None] = [*known, *[None] * (len(window) - len(known))]
    keys = sorted({*range(0, len(window), _EVERY), len(window) - 1})
    _detect_at(ctx, window, [key for key in keys if found[key] is None], found)
    gaps = [between for a, b in pairwise(keys) if _broken(found[a], found[b]) for between in range(a + 1, b)]
    _detect_at(ctx, window, gaps, found)
    look.times += [time for time, _ in window[len(known) :]]
    look.faces += found[len(known) :]


def _detect_at(
    ctx: TaskContext, window: Sequence[tuple[float, Picture]], positions: Sequence[int], found: list[Faces | None]
) -> None:
    for start in range(0, len(positions), _WINDOW // _EVERY):
        ctx.check()
        batch = positions[start : start + _WINDOW // _EVERY]
        for position, faces in zip(batch, detect([window[k][1] for k in batch]), strict=True):
            found[position] = faces


def _broken(before: Faces | None, after: Faces | None) -> bool:
    """Whether somebody came, left or jumped between two looks."""
    if before is None or after is None or not len(before.boxes) or not len(after.boxes):
        return bool(before and after and len(before.boxes) != len(after.boxes))
    return bool(_overlaps(before.boxes, after.boxes).max(axis=1).min() < _SAME_FACE)


def _overlaps(some: Boxes, others: Boxes) -> npt.NDArray[np.float32]:
    """Intersection over union of every box with every other: (k, 4) and (m, 4) → (k, m)."""
    corner = np.maximum(some[:, None, :2], others[None, :, :2])
    opposite = np.minimum(some[:, None, 2:], others[None, :, 2:])
    common = np.clip(opposite - corner, 0, None).prod(axis=2)
    areas = [(boxes[:, 2:] - boxes[:, :2]).prod(axis=1) for boxes in (some, others)]
    return np.asarray(common / (areas[0][:, None] + areas[1][None] - common), dtype=np.float32)


def _followed(found: Sequence[Faces | None]) -> _Path:
    """One face through the frames that were looked at: the largest at first, then the one nearest to where it was."""
    size = len(found)
    path = _Path(
        np.full((size, 4), np.nan, np.float32),
        np.full(size, np.nan, np.float32),
        np.full((size, 5, 2), np.nan, np.float32),
    )
    last: Boxes | None = None
    for position, faces in enumerate(found):
        if faces is not None and len(faces.boxes):
            which = _nearest(faces, last)
            last = faces.boxes[which]
            path.boxes[position], path.scores[position] = last, faces.scores[which]
            path.landmarks[position] = faces.landmarks[which]
    return path


def _nearest(faces: Faces, last: Boxes | None) -> int:
    if last is None:
        sides = faces.boxes[:, 2:] - faces.boxes[:, :2]
        return int(np.argmax(sides.prod(axis=1) * faces.scores))
    centres = (faces.boxes[:, :2] + faces.boxes[:, 2:]) / 2
    return int(np.argmin(((centres - (last[:2] + last[2:]) / 2) ** 2).sum(axis=1)))


def _filled(path: _Path, found: Sequence[Faces | None], times: npt.NDArray[np.float64]) -> _Path:
    """Frames that were not looked at lie on the line between their neighbours that were; NaN if one has no face."""
    looked = np.array([faces is not None for faces in found])
    known, gaps = np.flatnonzero(looked), np.flatnonzero(~looked)
    after = np.searchsorted(known, gaps)
    first, second = known[after - 1], known[np.minimum(after, len(known) - 1)]
    with np.errstate(invalid="ignore", divide="ignore"):
        share = ((times[gaps] - times[first]) / (times[second] - times[first])).astype(np.float32)

    def between(values: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
        weight = share.reshape(-1, *[1] * (values.ndim - 1))
        values[gaps] = (1 - weight) * values[first] + weight * values[second]
        return values

    return _Path(between(path.boxes), between(path.scores), between(path.landmarks))


def _smoothed(path: _Path) -> _Path:
    """A light touch against jitter: each frame a quarter of either neighbour, where both have a face."""

    def smooth(values: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
        out = values.copy()
        if len(values) > 2:
            mixed = (values[:-2] + 2 * values[1:-1] + values[2:]) / 4
            out[1:-1] = np.where(np.isfinite(mixed), mixed, values[1:-1])
        return out

    return _Path(smooth(path.boxes), path.scores, smooth(path.landmarks))


def _in_whole_picture(
    clip: Clip, path: _Path, times: npt.NDArray[np.float64], info: VideoInfo, left: int, size: tuple[int, int]
) -> FaceTrack:
    """The track in pixels of the picture as displayed."""
    stretch = np.array([info.width / size[0], info.height / size[1]], dtype=np.float32)
    shift = np.array([left, 0], dtype=np.float32)
    boxes = (path.boxes + np.tile(shift, 2)) * np.tile(stretch, 2)
    landmarks = (path.landmarks + shift) * stretch
    return FaceTrack(
        clip.utterance, DETECTOR, VERSION, times, boxes, path.scores, landmarks, info.width, info.height
    )  # fmt: skip
