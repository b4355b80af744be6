"""Histograms of oriented gradients of the speaker's face, turned upright by its landmarks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt
from skimage.feature import hog

from fairemo_gui.core.records import Clip, FaceTrack
from fairemo_gui.core.settings import read_settings
from fairemo_gui.errors import UserError
from fairemo_gui.features.extractor import Array
from fairemo_gui.media.decode import iter_frames

Faces = npt.NDArray[np.uint8]

# Where eyes, nose and mouth corners come to lie, as shares of the crop.
_TEMPLATE = np.array([[0.30, 0.36], [0.70, 0.36], [0.50, 0.58], [0.34, 0.78], [0.66, 0.78]], dtype=np.float32)
_ORIENTATIONS = 8


@dataclass(frozen=True)
class HogSettings:
    """Settings of `hog`.

    Attributes:
        size: Side of the face crop, pixels.
        cell: Side of a cell, pixels.
        rate: Pictures per second that are looked at.
    """

    size: int = 64
    cell: int = 16
    rate: float = 10.0


class Hog:
    """HOG of aligned face crops: shape (pictures, dim)."""

    name = "hog"
    modality = "video"
    revision = "1"
    batch_size = 4
    parallel = True

    def __init__(self, settings: Mapping[str, object]) -> None:
        self._settings = read_settings(HogSettings, settings, self.name)
        cells = self._settings.size // max(self._settings.cell, 1)
        if cells < 2 or self._settings.rate <= 0:
            raise UserError("hog: size must hold at least two cells, and rate must be above 0.")
        self.dim = (cells - 1) ** 2 * 4 * _ORIENTATIONS

    def settings(self) -> dict[str, Any]:
        """Every setting."""
        return asdict(self._settings)

    def load(self, clip: Clip, track: FaceTrack | None) -> Faces:
        """Aligned grey crops, shape (pictures, size, size)."""
        if clip.video is None:
            raise UserError("no picture")
        if track is None:
            raise UserError("its faces have not been tracked: track faces first")
        crops = list(self._crops(clip, Path(clip.video), track))
        if not crops:
            raise UserError(f"{Path(clip.video).name}: no face was found")
        return np.stack(crops)

    def encode(self, sources: Sequence[Faces]) -> list[Array]:
        """Gradients per picture."""
        return [np.stack([self._gradients(crop) for crop in crops]) for crops in sources]

    def _crops(self, clip: Clip, path: Path, track: FaceTrack) -> list[Faces]:
        crops: list[Faces] = []
        due = -np.inf
        for time, picture in iter_frames(path, clip.start, clip.end):
            if time < due:
                continue
            landmarks = _landmarks_at(track, time)
            if landmarks is not None:
                crops.append(aligned(picture, landmarks, self._settings.size))
                due = time + 1 / self._settings.rate - 1e-3
        return crops

    def _gradients(self, crop: Faces) -> Array:
        side = self._settings.cell
        values = hog(crop, orientations=_ORIENTATIONS, pixels_per_cell=(side, side), cells_per_block=(2, 2))
        return np.asarray(values, dtype=np.float32)


def aligned(picture: npt.NDArray[np.uint8], landmarks: npt.NDArray[np.float32], size: int) -> Faces:
    """A grey face crop with eyes level and of one size.

    Args:
        picture: RGB, shape (height, width, 3).
        landmarks: Eyes, nose, mouth corners in pixels, shape (5, 2).
        size: Side of the crop, pixels.

    Raises:
        UserError: The landmarks lie on one spot.
    """
    matrix, _ = cv2.estimateAffinePartial2D(landmarks, _TEMPLATE * size, method=cv2.LMEDS)
    if matrix is None:
        raise UserError("the face's landmarks lie on one spot: track faces again")
    grey = cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY)
    return np.asarray(cv2.warpAffine(grey, matrix, (size, size), flags=cv2.INTER_LINEAR), dtype=np.uint8)


def _landmarks_at(track: FaceTrack, time: float) -> npt.NDArray[np.float32] | None:
    """Landmarks of the frame shown at a time; None where there was no face."""
    if not len(track.times):
        return None
    nearest = int(np.abs(track.times - time).argmin())
    landmarks = track.landmarks[nearest]
    return landmarks if np.isfinite(landmarks).all() else None
