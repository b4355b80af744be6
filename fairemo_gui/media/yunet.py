"""YuNet, OpenCV's own face detector, for whoever has its weights; they are not shipped and nothing is downloaded.

Wu, Peng & Yu 2023, "YuNet: a tiny millisecond-level face detector", Machine Intelligence Research 20.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from fairemo_gui.errors import UserError
from fairemo_gui.media.detection import SURE, Detect, Faces, Picture, picked

WEIGHTS = "face_detection_yunet_2023mar.onnx"
SHA256 = "8f2383e4dd3cfbb4553ea8718107fc0423210dc964f9f4280604804ed2552fa4"

_OVERLAP = 0.3
_MOST = 50


def load(weights: Path) -> Detect:
    """The detector with its weights, which must be the ones OpenCV's zoo publishes.

    Raises:
        UserError: The file cannot be read or is another one.
    """
    try:
        content = weights.read_bytes()
    except OSError as error:
        raise UserError(f"{weights} cannot be read ({error.strerror}); give the file {WEIGHTS}.") from None
    if hashlib.sha256(content).hexdigest() != SHA256:
        raise UserError(f"{weights.name} is not {WEIGHTS} of OpenCV's model zoo (its checksum differs): get it anew.")
    buffer = np.frombuffer(content, np.uint8)
    net = cv2.FaceDetectorYN.create("onnx", buffer, np.empty(0, np.uint8), (320, 320), SURE, _OVERLAP, _MOST)

    def detect(pictures: Sequence[Picture]) -> list[Faces]:
        height, width = pictures[0].shape[:2]
        net.setInputSize((width, height))
        return [faces_of(net.detect(np.ascontiguousarray(picture[..., ::-1]))[1]) for picture in pictures]

    return detect


def faces_of(rows: Any) -> Faces:
    """Faces from the detector's rows: x, y, width, height, then eyes, nose and mouth corners (image left first), score.

    Args:
        rows: Shape (k, 15), or None where nobody was found.
    """
    if rows is None:
        return picked([], [], [])
    found = np.asarray(rows, dtype=np.float32)
    boxes = np.concatenate([found[:, :2], found[:, :2] + found[:, 2:4]], axis=1)
    return picked(boxes, found[:, 14], found[:, 4:14])
