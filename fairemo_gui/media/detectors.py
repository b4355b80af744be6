"""The face detectors there are."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from fairemo_gui.errors import UserError
from fairemo_gui.media import mtcnn, yunet
from fairemo_gui.media.detection import Detect

DETECTORS = ("mtcnn", "yunet")


@dataclass(frozen=True)
class Detector:
    """Who looks for faces.

    Attributes:
        name: `mtcnn` or `yunet`.
        detect: Finds the faces of some pictures.
    """

    name: str
    detect: Detect


def load_detector(name: str = "mtcnn", weights: str | None = None) -> Detector:
    """A detector by name.

    Args:
        name: `mtcnn`, whose weights come with its package, or `yunet`.
        weights: File of YuNet's weights.

    Raises:
        UserError: No such detector, or its weights are missing or wrong.
    """
    if name == "mtcnn":
        return Detector(name, mtcnn.detect)
    if name != "yunet":
        raise UserError(f"“{name}” is no face detector; there are {' and '.join(DETECTORS)}.")
    if weights is None:
        raise UserError(f"YuNet's weights do not come with this program: give the file {yunet.WEIGHTS} (--weights).")
    return Detector(name, yunet.load(Path(weights)))
