"""What a face detector gives, whichever it is."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

Picture = npt.NDArray[np.uint8]
Boxes = npt.NDArray[np.float32]

# Detectors answer between 0 and 1; below this a face is not believed.
SURE = 0.9


@dataclass(frozen=True)
class Faces:
    """The faces of one picture.

    Attributes:
        boxes: x0, y0, x1, y1 in pixels, shape (k, 4), float32.
        scores: Confidence, shape (k,), float32.
        landmarks: Eyes, nose, mouth corners in pixels, shape (k, 5, 2), float32.
    """

    boxes: Boxes
    scores: npt.NDArray[np.float32]
    landmarks: npt.NDArray[np.float32]


Detect = Callable[[Sequence[Picture]], list[Faces]]
"""Faces of some upright RGB pictures of one shape (height, width, 3)."""


def picked(boxes: Any, scores: Any, landmarks: Any) -> Faces:
    """Faces the detector is sure of, from arrays or lists of any length."""
    sure = np.asarray(scores, dtype=np.float32) >= SURE
    return Faces(
        np.asarray(boxes, dtype=np.float32).reshape(-1, 4)[sure],
        np.asarray(scores, dtype=np.float32)[sure],
        np.asarray(landmarks, dtype=np.float32).reshape(-1, 5, 2)[sure],
    )
