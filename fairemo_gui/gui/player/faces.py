"""Which face boxes belong to a picture, found by its time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from fairemo_gui.core.records import FaceTrack, SpeakerBy

Rect = tuple[float, float, float, float]
"""Left, top, right, bottom as shares of the picture's width and height."""

_DEFAULT_SPAN = 1 / 25


_WORDS = {
    SpeakerBy.CORPUS: "speaking",
    SpeakerBy.ONLY_FACE: "speaking",
    SpeakerBy.LARGEST: "speaking?",
    SpeakerBy.HAND: "speaking, chosen",
    SpeakerBy.MOUTH: "speaking",
}


@dataclass(frozen=True, slots=True)
class FaceMarks:
    """What to draw over one picture.

    Attributes:
        active: Box of the speaker; None where there is none at this time.
        label: What stands at the speaker's box.
        others: Boxes of other faces, by number of the face.
        missing: Faces were looked for and the speaker's was not found: to be said.
    """

    active: Rect | None = None
    label: str = ""
    others: Mapping[int, Rect] = field(default_factory=dict)
    missing: bool = False


class FaceBoxes:
    """The face tracks of one utterance.

    Args:
        tracks: Every face; empty where none have been looked for.
    """

    def __init__(self, tracks: Sequence[FaceTrack] = ()) -> None:
        self._speaker = next((track for track in tracks if track.speaker_by is not None), None)
        self._others = [track for track in tracks if track is not self._speaker]

    def at(self, pts: float) -> FaceMarks:
        """The boxes of the picture with this presentation time, seconds."""
        boxes = {track.number: _box(track, _nearest(track, pts)) for track in self._others}
        others = {number: box for number, box in boxes.items() if box is not None}
        if self._speaker is None:
            return FaceMarks(others=others)
        found = _nearest(self._speaker, pts)
        active = _box(self._speaker, found)
        if active is None or found is None:
            return FaceMarks(others=others, missing=True)
        return FaceMarks(active, _label(self._speaker, float(self._speaker.scores[found])), others)


def _label(speaker: FaceTrack, score: float) -> str:
    """Why this face, and how sure: of the speaking where the mouth says so, else of the face."""
    words = _WORDS[speaker.speaker_by or SpeakerBy.CORPUS]
    sure = score if speaker.speaking is None else speaker.speaking
    return words if np.isnan(sure) else f"{words} · {sure:.2f}"


def _nearest(track: FaceTrack, pts: float) -> int | None:
    """Place of the track's entry for a time; None where it has none within half the distance between entries."""
    if not len(track.times):
        return None
    right = int(np.searchsorted(track.times, pts))
    candidates = [k for k in (right - 1, right) if 0 <= k < len(track.times)]
    best = min(candidates, key=lambda k: abs(float(track.times[k]) - pts))
    span = float(np.median(np.diff(track.times))) if len(track.times) > 1 else _DEFAULT_SPAN
    return best if abs(float(track.times[best]) - pts) <= span / 2 + 1e-6 else None


def _box(track: FaceTrack, place: int | None) -> Rect | None:
    if place is None or np.isnan(track.boxes[place]).any():
        return None
    left, top, right, bottom = (float(edge) for edge in track.boxes[place])
    return left / track.width, top / track.height, right / track.width, bottom / track.height
