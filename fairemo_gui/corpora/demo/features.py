"""The moving parts of a face: eyes, brows, mouth and the folds around them, drawn on a painted head for every frame."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
import numpy.typing as npt

from fairemo_gui.core.records import Gender
from fairemo_gui.corpora.demo.mouth import Lips, mouth_shape
from fairemo_gui.corpora.demo.patch import Patch
from fairemo_gui.corpora.demo.people import Colour, Person
from fairemo_gui.corpora.demo.portrait import EYE_HALF, EYE_X, EYE_Y, MOUTH_Y, NOSE_Y
from fairemo_gui.corpora.demo.pose import Pose
from fairemo_gui.corpora.demo.sheet import (
    UNIT,
    Mask,
    Picture,
    Points,
    Sheet,
    blended,
    darker,
    lighter,
    moved,
    open_curve,
    pixels,
)

_ALONG = np.linspace(0, 1, 18)
_ACROSS = np.linspace(-1, 1, 21)
# Folds change in steps, so that a head with its folds can be kept from frame to frame.
_STEPS = 12
_UPPER_STEPS = {
    **dict.fromkeys(("brow_in", "brow_out", "brow_close"), 120),
    **dict.fromkeys(("lid", "squint", "blink"), 24),
    **dict.fromkeys(("look_x", "look_y", "turn", "nod"), 8),
}
# The part of a sheet that anything here ever draws on.
_LEFT, _TOP = (int(v) for v in pixels((-1.15, -1.0)))
_RIGHT, _BOTTOM = (int(v) for v in pixels((1.15, 1.95)))
_FACE = (slice(_TOP, _BOTTOM), slice(_LEFT, _RIGHT))


class Features:
    """Draws the moving parts of one person on the painted head.

    Args:
        person: Whose face it is.
        head: The painted head.
    """

    def __init__(self, person: Person, head: Sheet) -> None:
        self._look = person.look
        self._woman = person.gender is Gender.FEMALE
        skin, hair = person.look.skin, person.look.hair
        self._brow_colour = blended(skin, darker(hair, 0.15 if sum(hair) < 420 else 0.38), 0.88)
        self._lash: Colour = darker(skin, 0.82)
        self._lips = _lip_colour(skin, self._woman)
        self._head = head.picture()
        self._folds = fold_masks()
        self._canvas, self._upper = self._head.copy(), self._head.copy()
        self._upper_key: tuple[float, ...] = ()
        self._upper_base = self._head
        self._folded: tuple[tuple[int, ...], Picture] = ((), self._head)

    def draw(self, pose: Pose) -> Picture:
        """The head in a pose: RGBA, colours multiplied by coverage, shape of a sheet; valid until the next call."""
        canvas = self._canvas
        canvas[_FACE] = self._upper_face(pose)[_FACE]
        _drop_jaw(canvas, pose.open)
        self._mouth(canvas, pose, _shift(pose) * 1.15)
        return canvas

    def _upper_face(self, pose: Pose) -> Picture:
        """The head with eyes and brows: kept while they move by less than half a pixel of the picture."""
        held = replace(pose, **{name: round(getattr(pose, name) * n) / n for name, n in _UPPER_STEPS.items()})
        key = tuple(getattr(held, name) for name in _UPPER_STEPS)
        folded = self._with_folds(pose)
        if key != self._upper_key or folded is not self._upper_base:
            self._upper_key, self._upper_base = key, folded
            self._upper[_FACE] = folded[_FACE]
            for side in (-1, 1):
                self._eye(self._upper, held, side, _shift(held))
                self._brow(self._upper, held, side, _shift(held))
            if self._look.glasses:
                self._glasses(self._upper, _shift(held))
        return self._upper

    def _with_folds(self, pose: Pose) -> Picture:
        steps = tuple(round(float(np.clip(getattr(pose, name), 0, 1.2)) * _STEPS) for name in self._folds)
        if steps != self._folded[0]:
            picture = self._head.copy()
            for (rows, columns, mask), step in zip(self._folds.values(), steps, strict=True):
                part = picture[rows, columns, :3]
                part[:] = np.clip(part * (1 + step / _STEPS * mask), 0, 255).astype(np.uint8)
            self._folded = (steps, picture)
        return self._folded[1]

    def _eye(self, canvas: Picture, pose: Pose, side: int, shift: Points) -> None:
        half = EYE_HALF * self._look.eyes
        centre = np.array([side * EYE_X, EYE_Y]) + shift
        upper, lower, resting = (line + centre for line in self._lids(pose, side, half))
        patch, skin = Patch(canvas, centre, 0.30, 0.24), self._look.skin
        patch.fill(np.concatenate([resting, upper[::-1]]), darker(skin, 0.24 if self._woman else 0.16))
        if pose.blink < 0.93:
            opening = np.concatenate([upper, lower[::-1]])
            self._eyeball(patch, opening, moved(centre, 0.055 * pose.look_x, 0.02 + 0.03 * pose.look_y), half)
        crease = moved(resting[3:-3], 0, -0.045 - 0.02 * max(0.0, -pose.lid))
        patch.line(crease, darker(skin, 0.28), 0.016)
        patch.line(lower[2:-2], darker(skin, 0.30), 0.014)
        patch.line(upper, self._lash, 0.044 if self._woman else 0.030)
        if self._woman:
            tip = upper[-1] if side > 0 else upper[0]
            patch.line(np.array([tip, moved(tip, side * 0.032, -0.022)]), self._lash, 0.022)
        patch.commit(0.010)

    def _lids(self, pose: Pose, side: int, half: float) -> tuple[Points, Points, Points]:
        """Upper lid now, lower lid now, and the upper lid wide open, as lines relative to the eye's centre."""
        x = _ACROSS
        corner = 0.012 - (0.014 if self._woman else 0.010) * side * x
        arch = 1 - np.abs(x - 0.12 * -side) ** 2.3
        arch = np.clip(arch - (arch[0] * (1 - x) + arch[-1] * (1 + x)) / 2, 0, None)
        top = 0.118 * self._look.eyes * (1 + 0.42 * float(np.clip(pose.lid, -1.3, 1.2)))
        droop = 0.05 * max(0.0, pose.brow_in - pose.brow_out) * (1 + side * x)
        low = corner + 0.066 * (1 - 0.85 * pose.squint) * (1 - x**2)
        high = corner - top * arch + droop
        high = np.minimum(high + pose.blink * (low - high), low)
        resting = np.minimum(corner - 0.125 * self._look.eyes * arch, high)
        return np.stack([x * half, high], 1), np.stack([x * half, low], 1), np.stack([x * half, resting], 1)

    def _eyeball(self, patch: Patch, opening: Points, iris: Points, half: float) -> None:
        ball = patch.copy()
        ball.cover((240, 236, 230))
        ball.disc(iris, half * 0.52, darker(self._look.iris, 0.45))
        ball.disc(iris, half * 0.46, self._look.iris)
        ball.disc(moved(iris, 0, 0.03), half * 0.28, lighter(self._look.iris, 0.22))
        ball.disc(iris, half * 0.24, (16, 13, 13))
        ball.line(moved(opening[:21], 0, 0.012), (168, 156, 150), 0.03)
        ball.disc(moved(iris, -0.035, -0.042), half * 0.13, (255, 255, 255))
        ball.disc(moved(iris, 0.035, 0.045), half * 0.06, (226, 230, 234))
        patch.take(ball, opening)

    def _brow(self, canvas: Picture, pose: Pose, side: int, shift: Points) -> None:
        base = EYE_Y - (0.315 if self._woman else 0.275)
        close, rise = pose.brow_close, 0.045 if self._woman else 0.02
        inner = np.array([0.165 - close, base + 0.035 - pose.brow_in])
        middle = np.array([0.42 - 0.4 * close, base - rise - 0.45 * pose.brow_in - 0.6 * pose.brow_out])
        outer = np.array([0.70 - 0.2 * close, base + 0.045 - pose.brow_out])
        t = _ALONG[:, None]
        line = (1 - t) ** 2 * inner + 2 * t * (1 - t) * (2 * middle - (inner + outer) / 2) + t**2 * outer
        thick = (0.050 if self._woman else 0.058) * self._look.brow
        width = np.zeros((18, 2))
        width[:, 1] = thick * (0.55 + 0.75 * _ALONG) * (1 - _ALONG**3 * 0.85) * 0.62
        outline = np.concatenate([line - width, (line + width)[::-1]]) * (side, 1) + shift * 1.1
        patch = Patch(canvas, np.array([side * 0.43, base]) + shift, 0.42, 0.26)
        patch.fill(outline, self._brow_colour)
        patch.commit(0.018)

    def _mouth(self, canvas: Picture, pose: Pose, shift: Points) -> None:
        centre = np.array([0.0, MOUTH_Y]) + shift
        lips = mouth_shape(pose, self._look.lips, self._woman, centre)
        patch = Patch(canvas, moved(centre, 0, 0.08), 0.56, 0.40)
        patch.shade(lips.below, (0.24, 0.05), 0.80)
        for corner in lips.corners:
            patch.shade(corner, (0.045, 0.045), 0.84)
        patch.fill(lips.outer, self._lips)
        patch.fill(lips.lower_lip, lighter(self._lips, 0.10))
        if lips.gap > 0.012:
            self._inside(patch, lips)
        else:
            patch.line(lips.seam, darker(self._lips, 0.5), 0.022)
        patch.glow(lips.shine, (0.11, 0.022), lighter(self._lips, 0.65), 0.45 * (1 - 0.7 * pose.press))
        patch.commit(0.011)

    def _inside(self, patch: Patch, lips: Lips) -> None:
        cave = patch.copy()
        cave.cover((72, 26, 28))
        cave.disc(lips.tongue, 0.13, (150, 70, 70))
        cave.fill(lips.upper_teeth, (240, 236, 226))
        if lips.lower_teeth is not None:
            cave.fill(lips.lower_teeth, (226, 221, 210))
        patch.take(cave, lips.inner)
        patch.line(lips.inner_upper, darker(self._lips, 0.4), 0.012)

    def _glasses(self, canvas: Picture, shift: Points) -> None:
        frame = (58, 46, 44)
        patch = Patch(canvas, np.array([0.0, EYE_Y + 0.02]), 0.99, 0.30)
        for side in (-1, 1):
            patch.line(moved(_RIM, side * 0.415, EYE_Y + 0.02) + shift, frame, 0.026)
            patch.line(np.array([(side * 0.70, EYE_Y - 0.05), (side * 0.96, EYE_Y - 0.09)]) + shift, frame, 0.03)
        patch.line(_BRIDGE + shift, frame, 0.026)
        patch.commit(0.006)


def _shift(pose: Pose) -> Points:
    """How far the features move on a head that turns or nods, which makes it look round."""
    return np.array([0.055 * pose.turn, 0.035 * pose.nod])


def _drop_jaw(canvas: Picture, opening: float) -> None:
    """Lengthen the chin by half the opening of the mouth; what hangs below is squeezed, so that nothing else moves."""
    drop = int(np.clip(0.5 * opening, 0, 0.2) * UNIT)
    if drop > 0:
        top, chin, end = (int(pixels((0.0, y))[1]) for y in (MOUTH_Y, 1.36, 1.90))
        face = canvas[:, _FACE[1]]
        width = face.shape[1]
        jaw = cv2.resize(face[top:chin], (width, chin - top + drop), interpolation=cv2.INTER_LINEAR)
        rest = cv2.resize(face[chin:end], (width, end - chin - drop), interpolation=cv2.INTER_LINEAR)
        face[top : chin + drop], face[chin + drop : end] = jaw, rest


def _lip_colour(skin: Colour, woman: bool) -> Colour:
    """Lips redder and darker than the skin; a woman's a little more so."""
    base = (int(skin[0] * 0.92), int(skin[1] * 0.79), int(skin[2] * 0.79))
    return blended(base, (186, 82, 84) if skin[0] > 170 else (134, 58, 56), 0.68 if woman else 0.42)


def fold_masks() -> dict[str, tuple[slice, slice, Mask]]:
    """Light and shadow of every fold as (rows, columns, relative change of brightness), by its name in a pose."""
    sheet = Sheet()
    masks = {name: np.zeros_like(sheet.alpha) for name in ("cheek", "fold", "wrinkle", "frown", "forehead")}

    def line(name: str, points: list[tuple[float, float]], width: float, blur: float, change: float) -> None:
        masks[name] += np.float32(change) * sheet.stroke(open_curve(points), width, blur)

    for s in (-1, 1):
        line("fold", [(s * 0.24, NOSE_Y), (s * 0.41, 0.58), (s * 0.49, 0.84)], 0.030, 0.026, -0.30)
        line("cheek", [(s * 0.24, 0.10), (s * 0.42, 0.155), (s * 0.62, 0.08)], 0.024, 0.020, -0.22)
        masks["cheek"] += 0.11 * sheet.ellipse(s * 0.56, 0.26, 0.17, 0.11, s * 14, blur=0.06)
        masks["cheek"] -= 0.10 * sheet.ellipse(s * 0.60, 0.46, 0.15, 0.05, s * 20, blur=0.05)
        for k in range(2):
            y = 0.02 + 0.09 * k
            line("wrinkle", [(s * 0.07, y), (s * 0.12, y + 0.035), (s * 0.155, y + 0.09)], 0.022, 0.018, -0.26)
        line("frown", [(s * 0.075, -0.24), (s * 0.065, -0.34), (s * 0.09, -0.45)], 0.026, 0.018, -0.34)
    masks["frown"] -= 0.12 * sheet.ellipse(0, -0.22, 0.20, 0.12, blur=0.06)
    for k, y in enumerate((-0.56, -0.66, -0.76)):
        wave = [
            (-0.42 + 0.04 * k, y + 0.05),
            (-0.2, y - 0.01),
            (0.0, y + 0.015),
            (0.2, y - 0.01),
            (0.42 - 0.04 * k, y + 0.05),
        ]
        line("forehead", wave, 0.022, 0.018, -0.18)
    return {name: _cut(mask) for name, mask in masks.items()}


def _cut(mask: npt.NDArray[np.float32]) -> tuple[slice, slice, Mask]:
    ys, xs = np.nonzero(np.abs(mask) > 0.004)
    rows, columns = slice(int(ys.min()), int(ys.max()) + 1), slice(int(xs.min()), int(xs.max()) + 1)
    return rows, columns, np.ascontiguousarray(mask[rows, columns, None])


def _rim() -> Points:
    t = np.linspace(0, 2 * np.pi, 40)
    c, s = np.cos(t), np.sin(t)
    return np.stack([0.285 * np.sign(c) * np.abs(c) ** 0.75, 0.225 * np.sign(s) * np.abs(s) ** 0.75], axis=1)


_RIM = _rim()
_BRIDGE = open_curve([(-0.135, EYE_Y), (0.0, EYE_Y - 0.045), (0.135, EYE_Y)], 9)
