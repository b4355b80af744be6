"""The face detector: MTCNN, whose weights come inside facenet-pytorch; nothing is downloaded.

Zhang, Zhang, Li & Qiao 2016, "Joint face detection and alignment using multitask cascaded convolutional networks".
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import numpy as np

from fairemo_gui.errors import UserError
from fairemo_gui.media.detection import Faces, Picture, picked

# The detector's own smallest window is 12 pixels; below 20 it finds faces in anything.
_SMALLEST = 20
_SMALLEST_SHARE = 1 / 12


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
        return [picked([], [], []) for _ in pictures]
    mtcnn = _mtcnn()
    mtcnn.min_face_size = smallest
    with warnings.catch_warnings():
        # facenet-pytorch stacks ragged lists on purpose.
        warnings.simplefilter("ignore")
        boxes, scores, landmarks = mtcnn.detect(np.stack(pictures), landmarks=True)
    found = zip(boxes, scores, landmarks, strict=True)
    return [picked([], [], []) if box is None else picked(box, score, marks) for box, score, marks in found]


@lru_cache(maxsize=1)
def _mtcnn() -> Any:
    import torch

    try:
        from facenet_pytorch import MTCNN
    except ImportError as error:
        raise UserError("Faces cannot be tracked: install facenet-pytorch (the extra “faces”).") from error
    device = "cuda" if torch.cuda.is_available() else "cpu"
    return MTCNN(keep_all=True, device=device, post_process=False)
