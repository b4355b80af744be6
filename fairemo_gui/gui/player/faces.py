"""Which face boxes belong to a picture, found by its time."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from fairemo_gui.core.records import FaceTrack

Rect = tuple[float, float, float, float]
"""Left, top, right, bottom as shares of the picture's width and height."""

_DEFAULT_SPAN = 1 / 25


@dataclass(frozen=True, slots=True)
class FaceMarks:
    """What to draw over one picture.

    Attributes:
        active: Box of the speaker; None where there is none at this time.
        label: What stands at the speaker's box.
        others: Boxes of other faces.
        missing: Faces were looked for and the speaker's was not found: to be said.
    """

    active: Rect | None = None
    label: str = ""
    others: tuple[Rect, ...] = ()
    missing: bool = False


class FaceBoxes:
    """The face tracks of one utterance.

    Args:
        track: The speaker's; None where no faces have been tracked.
        others: Those of other people.
    """

    def __init__(self, track: FaceTrack | None, others: tuple[FaceTrack, ...] = ()) -> None:
        self._track = track
        self._others = others

    def at(self, pts: float) -> FaceMarks:
        """The boxes of the picture with this presentation time, seconds."""
        others = tuple(box for track in self._others if (box := _box(track, _nearest(track, pts))) is not None)
        if self._track is None:
            return FaceMarks(others=others)
        found = _nearest(self._track, pts)
        active = _box(self._track, found)
        if active is None or found is None:
            return FaceMarks(others=others, missing=True)
        score = float(self._track.scores[found]) if self._track.speaking is None else self._track.speaking
        return FaceMarks(active, "speaking" if np.isnan(score) else f"speaking · {score:.2f}", others)


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
