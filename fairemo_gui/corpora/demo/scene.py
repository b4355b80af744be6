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
    Sheet,
    darker,
    lighter,
    moved,
    pixels,
)

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


def paint_wall(person: Person) -> Picture:
    """A softly lit room, out of focus: shape (HEIGHT, HALF_WIDTH, 3). What stands in it varies with the person."""
    rng = np.random.default_rng([int(person.code[1:]), ord(person.code[0]), 9])
    sheet, wall = Sheet(), person.look.wall
    sheet.lay(np.ones_like(sheet.alpha), wall)
    _FURNITURE[(int(person.code[1:]) + (person.code[0] == "M") * 2) % len(_FURNITURE)](sheet, person, rng)
    sheet.light(sheet.ellipse(-1.5, -1.6, 1.5, 1.3, blur=0.55), 1.13)
    sheet.light(1 - sheet.ellipse(-0.1, 0.3, 2.0, 2.5, blur=0.55), 0.80)
    small = cv2.resize(sheet.picture()[..., :3], (HALF_WIDTH, HEIGHT), interpolation=cv2.INTER_AREA)
    return np.asarray(cv2.GaussianBlur(small, (0, 0), 2.2), dtype=np.uint8)


def _box(sheet: Sheet, x0: float, y0: float, x1: float, y1: float) -> npt.NDArray[np.float32]:
    return sheet.shape(np.array([(x0, y0), (x1, y0), (x1, y1), (x0, y1)]), 0.01)


def _shelf(sheet: Sheet, person: Person, rng: np.random.Generator) -> None:
    """A shelf of books."""
    side = 1 if rng.random() < 0.5 else -1
    wood = darker(person.look.wall, 0.42)
    for y in (-1.0, 0.15, 1.3):
        x = 1.15
        while x < 2.15:
            wide, tall = rng.uniform(0.07, 0.15), rng.uniform(0.5, 0.85)
            colour = tuple(
                int(c)
                for c in rng.choice([(148, 78, 66), (84, 104, 124), (196, 176, 140), (96, 116, 92), (70, 66, 78)])
            )
            ends = sorted((side * x, side * (x + wide)))
            sheet.lay(_box(sheet, ends[0], y - tall, ends[1], y), (colour[0], colour[1], colour[2]))
            x += wide + 0.015
        ends = sorted((side * 1.08, side * 2.4))
        sheet.lay(_box(sheet, ends[0], y, ends[1], y + 0.08), wood)


def _window(sheet: Sheet, person: Person, rng: np.random.Generator) -> None:
    """A bright window with a curtain."""
    side = 1 if rng.random() < 0.5 else -1
    ends = sorted((side * 1.0, side * 2.3))
    sheet.lay(_box(sheet, ends[0] - 0.07, -1.9, ends[1] + 0.07, 0.75), lighter(person.look.wall, 0.55))
    sheet.lay(_box(sheet, ends[0], -1.83, ends[1], 0.68), (226, 236, 242))
    middle = (ends[0] + ends[1]) / 2
    sheet.lay(
        sheet.ellipse(middle + 0.2, 0.75, 0.7, 0.75, blur=0.1) * _box(sheet, ends[0], -1.83, ends[1], 0.68),
        (168, 196, 164),
    )
    sheet.lay(_box(sheet, middle - 0.03, -1.83, middle + 0.03, 0.68), lighter(person.look.wall, 0.55))
    for k in range(4):
        x = side * (1.95 + 0.09 * k)
        sheet.lay(
            sheet.stroke(np.array([(x, -2.1), (x + 0.02, 1.6)]), 0.08, 0.02),
            lighter(person.look.wall, 0.25 + 0.1 * (k % 2)),
        )


def _pictures(sheet: Sheet, person: Person, rng: np.random.Generator) -> None:
    """Two framed pictures."""
    for x, y, wide, tall in ((-1.62, -1.1, 0.42, 0.55), (1.60, -0.7, 0.40, 0.40)):
        sheet.light(_box(sheet, x - wide + 0.05, y - tall + 0.06, x + wide + 0.07, y + tall + 0.08), 0.85)
        sheet.lay(_box(sheet, x - wide, y - tall, x + wide, y + tall), darker(person.look.wall, 0.55))
        sheet.lay(_box(sheet, x - wide + 0.06, y - tall + 0.06, x + wide - 0.06, y + tall - 0.06), (238, 234, 226))
        inside = _box(sheet, x - wide + 0.15, y - tall + 0.15, x + wide - 0.15, y + tall - 0.15)
        sheet.lay(inside, (150, 176, 190))
        sheet.lay(inside * sheet.ellipse(x + rng.uniform(-0.1, 0.1), y + tall * 0.9, wide, tall * 0.9), (196, 156, 104))


def _plant(sheet: Sheet, person: Person, rng: np.random.Generator) -> None:
    """A large plant."""
    side = 1 if rng.random() < 0.5 else -1
    foot = np.array([side * 1.72, 1.35])
    sheet.lay(_box(sheet, foot[0] - 0.28, 1.3, foot[0] + 0.28, 2.2), (178, 116, 84))
    for angle in np.linspace(-1.15, 1.15, 11) + rng.normal(0, 0.06, 11):
        reach = rng.uniform(1.2, 2.3)
        tip = moved(foot, np.sin(angle) * reach * 0.62, -np.cos(angle) * reach)
        across = np.array([np.cos(angle), np.sin(angle)]) * 0.13
        leaf = np.stack([foot, foot * 0.45 + tip * 0.55 + across, tip, foot * 0.45 + tip * 0.55 - across])
        sheet.lay(sheet.shape(leaf, 0.02), tuple_of(rng.choice([(92, 132, 88), (74, 112, 76), (118, 150, 98)])))


def tuple_of(colour: npt.ArrayLike) -> tuple[int, int, int]:
    """A colour as plain integers."""
    red, green, blue = (int(c) for c in np.asarray(colour))
    return (red, green, blue)


def _lamp(sheet: Sheet, person: Person, rng: np.random.Generator) -> None:
    """A lamp with its pool of light."""
    side = 1 if rng.random() < 0.5 else -1
    x = side * 1.66
    sheet.tint(sheet.ellipse(x, -0.5, 0.9, 1.1, blur=0.35), (255, 232, 186), 0.55)
    sheet.lay(sheet.stroke(np.array([(x, -0.2), (x, 2.4)]), 0.05, 0.01), darker(person.look.wall, 0.55))
    shade = np.array([(x - 0.24, -0.85), (x + 0.24, -0.85), (x + 0.42, -0.2), (x - 0.42, -0.2)])
    sheet.lay(sheet.shape(shade, 0.02), (250, 232, 196))


_FURNITURE = (_shelf, _window, _pictures, _plant, _lamp)
