"""Where the faces are: detected every few frames, interpolated between, losses and jumps looked at in full."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.optimize import linear_sum_assignment

from fairemo_gui.core.records import Clip, FaceRegion, FaceTrack, SpeakerBy
from fairemo_gui.errors import UserError
from fairemo_gui.jobs.task import TaskContext
from fairemo_gui.media.decode import iter_frames, video_info
from fairemo_gui.media.detection import Boxes, Detect, Faces, Picture
from fairemo_gui.media.detectors import Detector, load_detector
from fairemo_gui.media.speaker import who_speaks

VERSION = 2
_EVERY = 8
_WINDOW = 8 * _EVERY
_BATCH = 8
# Faces are looked for in pictures of at most so many lines.
_LINES = 480
# Two looks at a face that overlap less than this are a cut or a jump: every frame between them is looked at.
_SAME_FACE = 0.3
# Two looks that overlap less than this are a face in motion: the frame half-way is looked at too.
_STILL = 0.85


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


def track_faces_task(
    ctx: TaskContext, clips: list[dict[str, Any]], detector: str = "mtcnn", weights: str | None = None
) -> dict[str, Any]:
    """Track the faces in many clips; each clip emits `tracks`: dictionaries of the fields of `FaceTrack`.

    Args:
        ctx: Progress, tracks, cancelling.
        clips: Fields of `Clip`.
        detector: See `load_detector`.
        weights: Likewise.

    Returns:
        `tracked`: number of clips, `detector`, `version`, and `skipped`: one line per clip that could not be decoded.
    """
    looks = load_detector(detector, weights)
    skipped = []
    for done, fields in enumerate(clips):
        ctx.report(done, len(clips), "Tracking faces")
        clip = Clip(**{**fields, "face_region": FaceRegion(fields.get("face_region", FaceRegion.FULL))})
        try:
            tracks = track_faces(ctx, clip, looks)
        except UserError as error:
            skipped.append(str(error))
        else:
            ctx.emit({"tracks": [_fields(track) for track in tracks]})
    return {"tracked": len(clips) - len(skipped), "detector": detector, "version": VERSION, "skipped": skipped}


def _fields(track: FaceTrack) -> dict[str, Any]:
    return {name: getattr(track, name) for name in FaceTrack.__dataclass_fields__}


def track_faces(ctx: TaskContext, clip: Clip, detector: Detector) -> tuple[FaceTrack, ...]:
    """Every face of a clip through its frames, in pixels of the whole upright picture; one of them is the speaker's.

    Where the corpus says in which half the speaker is, only that half is looked at, so that a partner's face is never
    taken. Otherwise, of several faces, the one whose mouth moves in time with the sound speaks. Frames in which a face
    is not seen are NaN; a clip without any face has one track of nothing but NaN.

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
        _look_at(ctx, detector.detect, window, look)
    if not look.times:
        raise UserError(f"{path.name}: no picture between {clip.start} and {clip.end} s; check the times.")
    times = np.array(look.times, dtype=np.float64)
    followed = [_smoothed(_filled(each, look.faces, times)) for each in follow(look.faces)]
    stretch = np.array([info.width / size[0], info.height / size[1]], dtype=np.float32)
    shift = np.array([left, 0], dtype=np.float32)
    tracks = tuple(
        FaceTrack(
            clip.utterance, detector.name, VERSION, times, (each.boxes + np.tile(shift, 2)) * np.tile(stretch, 2),
            each.scores, (each.landmarks + shift) * stretch, info.width, info.height, number=number,
        )
        for number, each in enumerate(followed)
    )  # fmt: skip
    return _with_speaker(ctx, clip, tracks)


def _with_speaker(ctx: TaskContext, clip: Clip, tracks: tuple[FaceTrack, ...]) -> tuple[FaceTrack, ...]:
    """The tracks, one of them marked as the speaker's with the reason."""
    if clip.face_region is not FaceRegion.FULL or len(tracks) == 1:
        by = SpeakerBy.ONLY_FACE if clip.face_region is FaceRegion.FULL else SpeakerBy.CORPUS
        return tuple(replace(each, speaker_by=by if each.number == 0 else None) for each in tracks)
    found = who_speaks(ctx, clip, [each.landmarks for each in tracks], tracks[0].times)
    if found is None:
        return tuple(replace(each, speaker_by=SpeakerBy.LARGEST if each.number == 0 else None) for each in tracks)
    speaker, sure = found
    return tuple(
        replace(each, speaker_by=SpeakerBy.MOUTH, speaking=sure) if each.number == speaker else each for each in tracks
    )


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


def _look_at(ctx: TaskContext, detect: Detect, window: list[tuple[float, Picture]], look: _Look) -> None:
    """Detect faces at the window's key frames, half-way where they move, all between where one came, went or jumped."""
    known = look.faces[-1:] if look.times and window[0][0] == look.times[-1] else []
    found: list[Faces | None] = [*known, *[None] * (len(window) - len(known))]
    keys = sorted({*range(0, len(window), _EVERY), len(window) - 1})
    _detect_at(ctx, detect, window, [key for key in keys if found[key] is None], found)
    moving = [(a + b) // 2 for a, b in pairwise(keys) if b - a > 2 and not _alike(found[a], found[b], _STILL)]
    _detect_at(ctx, detect, window, moving, found)
    keys = sorted({*keys, *moving})
    gaps = [k for a, b in pairwise(keys) if not _alike(found[a], found[b], _SAME_FACE) for k in range(a + 1, b)]
    _detect_at(ctx, detect, window, gaps, found)
    look.times += [time for time, _ in window[len(known) :]]
    look.faces += found[len(known) :]


def _detect_at(
    ctx: TaskContext,
    detect: Detect,
    window: Sequence[tuple[float, Picture]],
    positions: Sequence[int],
    found: list[Faces | None],
) -> None:
    for start in range(0, len(positions), _BATCH):
        ctx.check()
        batch = positions[start : start + _BATCH]
        for position, faces in zip(batch, detect([window[k][1] for k in batch]), strict=True):
            found[position] = faces


def _alike(before: Faces | None, after: Faces | None, least: float) -> bool:
    """Whether two looks show as many faces, each overlapping with one of the other look by at least so much."""
    if before is None or after is None or len(before.boxes) != len(after.boxes):
        return False
    return not len(before.boxes) or bool(_overlaps(before.boxes, after.boxes).max(axis=1).min() >= least)


def _overlaps(some: Boxes, others: Boxes) -> npt.NDArray[np.float32]:
    """Intersection over union of every box with every other: (k, 4) and (m, 4) → (k, m)."""
    corner = np.maximum(some[:, None, :2], others[None, :, :2])
    opposite = np.minimum(some[:, None, 2:], others[None, :, 2:])
    common = np.clip(opposite - corner, 0, None).prod(axis=2)
    areas = [(boxes[:, 2:] - boxes[:, :2]).prod(axis=1) for boxes in (some, others)]
    return np.asarray(common / (areas[0][:, None] + areas[1][None] - common), dtype=np.float32)


def follow(found: Sequence[Faces | None]) -> list[_Path]:
    """Each face through the frames that were looked at, the one seen largest and longest first; at least one path.

    A face goes on where it overlaps its last place; what is left over on both sides, as after a cut, goes to the
    nearest. A face that is seen in less than one look in twenty, or only once, is a mistake beside others.
    """
    paths: list[_Path] = []
    last: list[Boxes] = []
    for position, faces in enumerate(found):
        if faces is None:
            continue
        for which, path in _assigned(faces.boxes, last).items():
            if path == len(paths):
                paths.append(_empty_path(len(found)))
                last.append(faces.boxes[which])
            last[path] = paths[path].boxes[position] = faces.boxes[which]
            paths[path].scores[position] = faces.scores[which]
            paths[path].landmarks[position] = faces.landmarks[which]
    seen = [np.isfinite(path.scores) for path in paths]
    looks = sum(faces is not None for faces in found)
    fewest = min(max(2, looks // 20), max((int(each.sum()) for each in seen), default=0))
    kept = [path for path, each in zip(paths, seen, strict=True) if each.sum() >= fewest]
    return sorted(kept, key=_extent, reverse=True) or [_empty_path(len(found))]


def _empty_path(frames: int) -> _Path:
    shapes = (frames, 4), (frames,), (frames, 5, 2)
    return _Path(*(np.full(shape, np.nan, np.float32) for shape in shapes))


def _extent(path: _Path) -> float:
    """Sum over frames of a face's area."""
    return float(np.nansum((path.boxes[:, 2:] - path.boxes[:, :2]).prod(axis=1)))


def _assigned(boxes: Boxes, last: Sequence[Boxes]) -> dict[int, int]:
    """Which path each face of a picture goes on with; a new one where none is left."""
    taken: dict[int, int] = {}
    if len(boxes) and len(last):
        places = np.stack(last)
        overlaps = _overlaps(boxes, places)
        centres = [(each[:, :2] + each[:, 2:]) / 2 for each in (boxes, places)]
        apart = np.hypot(*(centres[0][:, None] - centres[1][None]).transpose(2, 0, 1))
        # An overlap, however slight, goes before any nearness.
        cost = np.where(overlaps >= _SAME_FACE, -overlaps, 1 + apart)
        taken = dict(zip(*(side.tolist() for side in linear_sum_assignment(cost)), strict=True))
    new = [which for which in range(len(boxes)) if which not in taken]
    return taken | {which: len(last) + k for k, which in enumerate(new)}


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
