"""The room behind a person, out of focus."""

from __future__ import annotations

import cv2
import numpy as np

from fairemo_gui.corpora.demo.people import Person
from fairemo_gui.corpora.demo.sheet import HALF_WIDTH, HEIGHT, Mask, Picture, Sheet, darker, lighter, moved

_BOOKS = ((148, 78, 66), (84, 104, 124), (196, 176, 140), (96, 116, 92), (70, 66, 78))
_LEAVES = ((92, 132, 88), (74, 112, 76), (118, 150, 98))


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


def _box(sheet: Sheet, x0: float, y0: float, x1: float, y1: float) -> Mask:
    return sheet.shape(np.array([(x0, y0), (x1, y0), (x1, y1), (x0, y1)]), 0.01)


def _shelf(sheet: Sheet, person: Person, rng: np.random.Generator) -> None:
    """A shelf of books."""
    side = 1 if rng.random() < 0.5 else -1
    wood = darker(person.look.wall, 0.42)
    for y in (-1.0, 0.15, 1.3):
        x = 1.15
        while x < 2.15:
            wide, tall = rng.uniform(0.07, 0.15), rng.uniform(0.5, 0.85)
            ends = sorted((side * x, side * (x + wide)))
            sheet.lay(_box(sheet, ends[0], y - tall, ends[1], y), _BOOKS[int(rng.integers(len(_BOOKS)))])
            x += wide + 0.015
        ends = sorted((side * 1.08, side * 2.4))
        sheet.lay(_box(sheet, ends[0], y, ends[1], y + 0.08), wood)


def _window(sheet: Sheet, person: Person, rng: np.random.Generator) -> None:
    """A bright window with a tree outside and a curtain."""
    side = 1 if rng.random() < 0.5 else -1
    left, right = sorted((side * 1.0, side * 2.3))
    middle, frame = (left + right) / 2, lighter(person.look.wall, 0.55)
    sheet.lay(_box(sheet, left - 0.07, -1.9, right + 0.07, 0.75), frame)
    pane = _box(sheet, left, -1.83, right, 0.68)
    sheet.lay(pane, (226, 236, 242))
    sheet.lay(pane * sheet.ellipse(middle + 0.2, 0.75, 0.7, 0.75, blur=0.1), (168, 196, 164))
    sheet.lay(_box(sheet, middle - 0.03, -1.83, middle + 0.03, 0.68), frame)
    for k in range(4):
        x = side * (1.95 + 0.09 * k)
        fold = sheet.stroke(np.array([(x, -2.1), (x + 0.02, 1.6)]), 0.08, 0.02)
        sheet.lay(fold, lighter(person.look.wall, 0.25 + 0.1 * (k % 2)))


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
        sheet.lay(sheet.shape(leaf, 0.02), _LEAVES[int(rng.integers(len(_LEAVES)))])


def _lamp(sheet: Sheet, person: Person, rng: np.random.Generator) -> None:
    """A lamp with its pool of light."""
    side = 1 if rng.random() < 0.5 else -1
    x = side * 1.66
    sheet.tint(sheet.ellipse(x, -0.5, 0.9, 1.1, blur=0.35), (255, 232, 186), 0.55)
    sheet.lay(sheet.stroke(np.array([(x, -0.2), (x, 2.4)]), 0.05, 0.01), darker(person.look.wall, 0.55))
    shade = np.array([(x - 0.24, -0.85), (x + 0.24, -0.85), (x + 0.42, -0.2), (x - 0.42, -0.2)])
    sheet.lay(sheet.shape(shade, 0.02), (250, 232, 196))


_FURNITURE = (_shelf, _window, _pictures, _plant, _lamp)
