"""The face detector: MTCNN, whose weights come inside facenet-pytorch; nothing is downloaded.

Zhang, Zhang, Li & Qiao 2016, "Joint face detection and alignment using multitask cascaded convolutional networks".
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt

from fairemo_gui.errors import UserError

DETECTOR = "mtcnn"

Picture = npt.NDArray[np.uint8]
Boxes = npt.NDArray[np.float32]

_SURE = 0.9
# The detector's own smallest window is 12 pixels; below 20 it finds faces in anything.
_SMALLEST = 20
_SMALLEST_SHARE = 1 / 12


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


def detect(pictures: Sequence[Picture]) -> list[Faces]:
    """The faces of some pictures, on CUDA where there is one.

    Args:
        pictures: RGB, upright, all of one shape (height, width, 3); faces under 1/12 of the height are not looked for.

    Raises:
        UserError: The detector is not installed.
    """
    height, width = pictures[0].shape[:2]
    smallest = max(_SMALLEST, round(height * _SMALLEST_SHARE))
    if min(height, width) < smallest:
        return [_picked([], [], []) for _ in pictures]
    mtcnn = _mtcnn()
    mtcnn.min_face_size = smallest
    with warnings.catch_warnings():
        # facenet-pytorch stacks ragged lists on purpose.
        warnings.simplefilter("ignore")
        boxes, scores, landmarks = mtcnn.detect(np.stack(pictures), landmarks=True)
    found = zip(boxes, scores, landmarks, strict=True)
    return [_picked([], [], []) if box is None else _picked(box, score, marks) for box, score, marks in found]


def _picked(boxes: Any, scores: Any, landmarks: Any) -> Faces:
    """Faces the detector is sure of."""
    sure = np.asarray(scores, dtype=np.float32) >= _SURE
    return Faces(
        np.asarray(boxes, dtype=np.float32).reshape(-1, 4)[sure],
        np.asarray(scores, dtype=np.float32)[sure],
        np.asarray(landmarks, dtype=np.float32).reshape(-1, 5, 2)[sure],
    )


@lru_cache(maxsize=1)
def _mtcnn() -> Any:
    import torch

    try:
        from facenet_pytorch import MTCNN
    except ImportError as error:
        raise UserError("Faces cannot be tracked: install facenet-pytorch (the extra “faces”).") from error
    device = "cuda" if torch.cuda.is_available() else "cpu"
    return MTCNN(keep_all=True, device=device, post_process=False)
