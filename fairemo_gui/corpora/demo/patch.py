"""A small piece of a head sheet that is drawn on for every frame."""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

from fairemo_gui.corpora.demo.people import Colour
from fairemo_gui.corpora.demo.sheet import FRACTION_BITS, UNIT, Mask, Picture, Points, fixed, pixels


class Patch:
    """Pixels around a point, drawn on in head units and softened a little when they go back.

    Args:
        canvas: The RGBA sheet the patch belongs to.
        centre: Middle of the patch, head units.
        half_width: Half its width, head units.
        half_height: Half its height, head units.
    """

    def __init__(self, canvas: Picture, centre: Points, half_width: float, half_height: float) -> None:
        x, y = pixels(centre)
        left, top = int(x - half_width * UNIT), int(y - half_height * UNIT)
        rows = slice(top, top + int(2 * half_height * UNIT))
        self._target = canvas[rows, left : left + int(2 * half_width * UNIT)]
        self._corner = np.array([left, top])
        self._rgb: Picture = np.ascontiguousarray(self._target[..., :3])

    def copy(self) -> Patch:
        """A second patch at the same place, to be taken from."""
        other = object.__new__(Patch)
        other._target, other._corner, other._rgb = self._target, self._corner, self._rgb.copy()
        return other

    def _local(self, points: npt.ArrayLike) -> npt.NDArray[np.int32]:
        return fixed(pixels(points) - self._corner)

    def cover(self, colour: Colour) -> None:
        """One colour everywhere."""
        self._rgb[:] = colour

    def fill(self, outline: Points, colour: Colour) -> None:
        """Fill an outline."""
        cv2.fillPoly(self._rgb, [self._local(outline)], colour, cv2.LINE_AA, FRACTION_BITS)

    def line(self, line: Points, colour: Colour, width: float) -> None:
        """Draw a line."""
        thickness = max(1, round(width * UNIT))
        cv2.polylines(self._rgb, [self._local(line)], False, colour, thickness, cv2.LINE_AA, FRACTION_BITS)

    def disc(self, centre: Points, radius: float, colour: Colour) -> None:
        """Fill a circle."""
        x, y = (int(v) for v in self._local(centre))
        cv2.circle(self._rgb, (x, y), round(radius * UNIT * 2**FRACTION_BITS), colour, -1, cv2.LINE_AA, FRACTION_BITS)

    def shade(self, centre: Points, size: tuple[float, float], factor: float) -> None:
        """Darken a soft spot with these half axes."""
        part, spot = self._spot(centre, size)
        part[:] = (part * (1 - (1 - factor) * spot)).astype(np.uint8)

    def glow(self, centre: Points, size: tuple[float, float], colour: Colour, share: float) -> None:
        """Colour a soft spot with these half axes."""
        part, spot = self._spot(centre, size)
        part[:] = (part + share * spot * (np.array(colour, dtype=np.float32) - part)).astype(np.uint8)

    def _spot(self, centre: Points, size: tuple[float, float]) -> tuple[Picture, Mask]:
        """The pixels within two and a half half axes, and a Gaussian over them."""
        x, y = pixels(centre) - self._corner
        a, b = size[0] * UNIT, size[1] * UNIT
        top, left = max(0, int(y - 2.5 * b)), max(0, int(x - 2.5 * a))
        part = self._rgb[top : int(y + 2.5 * b) + 1, left : int(x + 2.5 * a) + 1]
        down = np.exp(-0.5 * ((np.arange(part.shape[0], dtype=np.float32) + top - y) / b) ** 2)
        across = np.exp(-0.5 * ((np.arange(part.shape[1], dtype=np.float32) + left - x) / a) ** 2)
        return part, (down[:, None] * across)[..., None].astype(np.float32)

    def take(self, other: Patch, outline: Points) -> None:
        """Take what another patch shows inside an outline."""
        mask = np.zeros(self._rgb.shape[:2], dtype=np.uint8)
        cv2.fillPoly(mask, [self._local(outline)], 255, cv2.LINE_AA, FRACTION_BITS)
        share = mask.astype(np.float32) / 255
        self._rgb = np.asarray(cv2.blendLinear(other._rgb, self._rgb, share, 1 - share), dtype=np.uint8)

    def commit(self, blur: float) -> None:
        """Put the patch back, softened by `blur` head units."""
        self._target[..., :3] = cv2.GaussianBlur(self._rgb, (0, 0), blur * UNIT)
