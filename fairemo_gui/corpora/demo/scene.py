"""One half of the picture: a person before their own wall."""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

from fairemo_gui.corpora.demo.body import paint_body
from fairemo_gui.corpora.demo.features import Features
from fairemo_gui.corpora.demo.hair import paint_back, paint_front
from fairemo_gui.corpora.demo.people import Person
from fairemo_gui.corpora.demo.portrait import paint_head
from fairemo_gui.corpora.demo.pose import Pose
from fairemo_gui.corpora.demo.sheet import (
    HALF_WIDTH,
    HEIGHT,
    SCALE,
    UNIT,
    Picture,
    pixels,
)
from fairemo_gui.corpora.demo.wall import paint_wall

# The head turns around the top of the neck.
_PIVOT = (0.0, 1.15)
# Steps of the body's sway per head unit, and how many pixels of the picture a head moves at most.
_SWAY_STEPS = 240
_REACH = 18
Window = tuple[slice, slice]
_WHOLE = (slice(0, HEIGHT), slice(0, HALF_WIDTH))


class Seat:
    """Draws one person, pose after pose."""

    def __init__(self, person: Person) -> None:
        head = paint_head(person)
        paint_front(head, person)
        back = paint_back(person)
        self._features = Features(person, head)
        self._wall = paint_wall(person)
        self._body = paint_body(person).picture()
        self._back = back.picture() if back.alpha.any() else None
        self._head_window, self._back_window = window(head.alpha), window(back.alpha)
        self._held: tuple[Pose, Picture] | None = None
        self._behind: tuple[int, Picture] = (0, _over(self._wall, self._body, _placed(0.0, 0.0, 0.0, 1.0), _WHOLE))

    def picture(self, pose: Pose) -> Picture:
        """The half picture in a pose: shape (HEIGHT, HALF_WIDTH, 3), RGB; kept while the very same pose is held."""
        if self._held is None or self._held[0] is not pose:
            self._held = (pose, self._drawn(pose))
        return self._held[1]

    def _drawn(self, pose: Pose) -> Picture:
        place = _placed(pose.tilt, pose.sway + 0.045 * pose.turn, 0.040 * pose.nod, 1 + 0.012 * pose.nod)
        body = _placed(0.0, round(0.6 * pose.sway * _SWAY_STEPS) / _SWAY_STEPS, 0.0, 1.0)
        if self._back is None:
            picture = self._wall_and_body(pose, body)
        else:
            picture = _over(_over(self._wall, self._back, place, self._back_window), self._body, body, _WHOLE)
        return _over(picture, self._features.draw(pose), place, self._head_window)

    def _wall_and_body(self, pose: Pose, place: npt.NDArray[np.float64]) -> Picture:
        """The body moves so little and so slowly that it is kept until it has moved a step."""
        step = round(0.6 * pose.sway * _SWAY_STEPS)
        if step != self._behind[0]:
            self._behind = (step, _over(self._wall, self._body, place, _WHOLE))
        return self._behind[1]


def window(alpha: npt.NDArray[np.float32]) -> Window:
    """Rows and columns of the picture that a layer can reach when its head moves, from its coverage on the sheet."""
    rows, columns = np.flatnonzero(alpha.any(axis=1)), np.flatnonzero(alpha.any(axis=0))
    if not len(rows):
        return slice(0, 0), slice(0, 0)
    top, bottom = int(rows[0]) // SCALE - _REACH, int(rows[-1]) // SCALE + _REACH
    left, right = int(columns[0]) // SCALE - _REACH, int(columns[-1]) // SCALE + _REACH
    return slice(max(0, top), min(HEIGHT, bottom)), slice(max(0, left), min(HALF_WIDTH, right))


def _placed(tilt: float, x: float, y: float, size: float) -> npt.NDArray[np.float64]:
    """Affine map from a sheet to the picture: turned by degrees around the pivot, moved by head units, made smaller."""
    pivot = pixels(_PIVOT)
    matrix = np.asarray(cv2.getRotationMatrix2D((float(pivot[0]), float(pivot[1])), -tilt, size), dtype=np.float64)
    matrix[:, 2] += np.array([x, y]) * UNIT
    matrix /= SCALE
    matrix[:, 2] -= 0.5 - 0.5 / SCALE
    return matrix


def _over(picture: Picture, layer: Picture, place: npt.NDArray[np.float64], reach: Window) -> Picture:
    """A picture with a layer of multiplied colours on it, which stays inside a window."""
    rows, columns = reach
    shifted = place - [[0, 0, columns.start], [0, 0, rows.start]]
    size = (columns.stop - columns.start, rows.stop - rows.start)
    moved = cv2.warpAffine(layer, shifted, size, flags=cv2.INTER_LINEAR)
    rest = cv2.bitwise_not(cv2.extractChannel(moved, 3))
    behind = cv2.multiply(picture[rows, columns], cv2.merge([rest, rest, rest]), scale=1 / 255)
    result = picture.copy()
    result[rows, columns] = cv2.add(behind, cv2.cvtColor(moved, cv2.COLOR_RGBA2RGB))
    return result
