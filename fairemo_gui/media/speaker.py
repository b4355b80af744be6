"""Which of several faces is speaking: the one whose mouth moves when there is sound."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt

from fairemo_gui.core.records import Clip
from fairemo_gui.errors import UserError
from fairemo_gui.jobs.task import TaskContext
from fairemo_gui.media.decode import iter_frames, read_audio

Series = npt.NDArray[np.float64]
Landmarks = npt.NDArray[np.float32]

_RATE = 16000
_PATCH = 24
# Sound this far below the loudest counts as silence.
_QUIET_DB = 40.0
_SMOOTH_SECONDS = 0.2
_MOST_LAG_SECONDS = 0.12
# What a mouth that moves regardless of the sound counts, beside 1 more for one that moves wholly with it.
_REGARDLESS = 0.5
_FEWEST_FRAMES = 8


def who_speaks(ctx: TaskContext, clip: Clip, landmarks: Sequence[Landmarks], times: Series) -> tuple[int, float] | None:
    """The face whose mouth moves most in time with the sound, and how sure that is.

    Args:
        ctx: A cancel is heard.
        clip: The clip with its sound.
        landmarks: Per face eyes, nose and mouth corners in pixels of the upright picture, shape (n, 5, 2), NaN where
            it is not seen.
        times: Time of each frame, seconds, shape (n,).

    Returns:
        Position of the face, and its share (0–1) of all faces' scores as a confidence; None where neither sound nor
        frames say anything.
    """
    media = clip.audio or clip.video
    if media is None or clip.video is None or len(times) < _FEWEST_FRAMES:
        return None
    try:
        loudness = _loudness(Path(media), times)
    except UserError:
        return None
    if np.ptp(loudness) == 0:
        return None
    motion = _mouth_motion(ctx, clip, landmarks, len(times))
    step = float(np.median(np.diff(times)))
    scores = np.array([_in_step(each, loudness, step) for each in motion])
    if scores.sum() <= 0:
        return None
    best = int(np.argmax(scores))
    return best, float(scores[best] / scores.sum())


def _loudness(path: Path, times: Series) -> Series:
    """Loudness during each frame, 0 (silence) to 1 (the loudest), shape (n,)."""
    step = float(np.median(np.diff(times)))
    start = max(float(times[0]) - step / 2, 0.0)
    samples = read_audio(path, start, float(times[-1]) + step / 2, _RATE)
    edges = np.clip(np.round((np.append(times - step / 2, times[-1] + step / 2) - start) * _RATE), 0, len(samples))
    energy = np.concatenate([[0.0], np.cumsum(samples.astype(np.float64) ** 2)])[edges.astype(np.int64)]
    power = np.diff(energy) / np.maximum(np.diff(edges), 1)
    if power.max() <= 0:
        return np.zeros(len(times))
    decibels = 10 * np.log10(np.maximum(power / power.max(), 1e-12))
    return np.asarray(np.clip(1 + decibels / _QUIET_DB, 0, 1))


def _mouth_motion(ctx: TaskContext, clip: Clip, landmarks: Sequence[Landmarks], frames: int) -> list[Series]:
    """How much each mouth changes from frame to frame, beyond the rest of the face; NaN where it is not seen."""
    motion = [np.full(frames, np.nan) for _ in landmarks]
    former: list[tuple[Series, Series] | None] = [None] * len(landmarks)
    for k, (_, picture) in enumerate(iter_frames(Path(clip.video or ""), clip.start, clip.end)):
        ctx.check()
        if k >= frames:
            break
        grey = np.asarray(cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY), dtype=np.uint8)
        for face, marks in enumerate(landmarks):
            patches = None if np.isnan(marks[k]).any() else (_patch(grey, marks[k], 3), _patch(grey, marks[k], 0))
            before = former[face]
            if patches is not None and before is not None:
                mouth, eyes = (np.abs(now - then).mean() for now, then in zip(patches, before, strict=True))
                motion[face][k] = mouth - eyes
            former[face] = patches
    return motion


def _patch(grey: npt.NDArray[np.uint8], marks: Landmarks, first: int) -> Series:
    """The picture around a pair of marks (eyes 0 and 1, mouth corners 3 and 4), upright, of even contrast."""
    one, other = marks[first].astype(np.float64), marks[first + 1].astype(np.float64)
    along = other - one
    length = max(float(np.hypot(*along)), 4.0)
    angle = float(np.degrees(np.arctan2(along[1], along[0])))
    scale = _PATCH / (1.5 * length)
    centre = (one + other) / 2
    turn = cv2.getRotationMatrix2D((float(centre[0]), float(centre[1])), angle, scale)
    turn[:, 2] += _PATCH / 2 - centre
    patch = cv2.warpAffine(grey, turn, (_PATCH, _PATCH), flags=cv2.INTER_AREA, borderMode=cv2.BORDER_REPLICATE)
    spread = patch.std() + 4.0
    return np.asarray((patch - patch.mean()) / spread, dtype=np.float64)


def _in_step(motion: Series, loudness: Series, step: float) -> float:
    """How much a mouth moves while there is sound, more where it moves with the sound; 0 where it is hardly seen.

    The product of the motion's mean, weighted by loudness, and its largest correlation with loudness over small lags.
    """
    seen = np.isfinite(motion)
    if seen.sum() < _FEWEST_FRAMES or loudness[seen].sum() <= 0:
        return 0.0
    moving = float(np.average(motion[seen], weights=loudness[seen]))
    width = min(max(round(_SMOOTH_SECONDS / step), 1), len(motion))
    filled = np.interp(np.arange(len(motion)), np.flatnonzero(seen), motion[seen])
    smooth = [np.convolve(series, np.ones(width) / width, mode="same") for series in (filled, loudness)]
    most = round(_MOST_LAG_SECONDS / step)
    together = max(_correlation(smooth[0], np.roll(smooth[1], lag), seen) for lag in range(-most, most + 1))
    return max(moving, 0.0) * (_REGARDLESS + max(together, 0.0))


def _correlation(one: Series, other: Series, rows: npt.NDArray[np.bool_]) -> float:
    a, b = one[rows] - one[rows].mean(), other[rows] - other[rows].mean()
    size = float(np.sqrt((a**2).sum() * (b**2).sum()))
    return float((a * b).sum() / size) if size > 0 else 0.0
