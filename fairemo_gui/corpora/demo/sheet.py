"""A sheet to paint a still picture on: soft-edged shapes in a person's own coordinates, with transparency."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

import cv2
import numpy as np
import numpy.typing as npt

from fairemo_gui.corpora.demo.people import Colour

Points = npt.NDArray[np.float64]
Mask = npt.NDArray[np.float32]
Picture = npt.NDArray[np.uint8]

# The picture: two halves side by side, one person each. Sheets are painted at `SCALE` times its size.
HALF_WIDTH, HEIGHT = 256, 288
SCALE = 2
# Head units: the origin is between the eyes' height and the middle of the head; 1 is half a head's width.
UNIT = 60 * SCALE
ORIGIN = (128 * SCALE, 128 * SCALE)
# OpenCV draws with fixed-point coordinates: so many bits behind the point.
FRACTION_BITS = 4


def pixels(points: npt.ArrayLike) -> Points:
    """Points in head units (x right, y down), shape (n, 2), as pixels of a sheet."""
    return np.asarray(points, dtype=np.float64) * UNIT + ORIGIN


def fixed(points: npt.ArrayLike) -> npt.NDArray[np.int32]:
    """Pixels as OpenCV wants them, with a sixteenth of a pixel kept."""
    return np.asarray(np.round(np.asarray(points) * 2**FRACTION_BITS), dtype=np.int32)


def closed_curve(points: Sequence[tuple[float, float]], count: int = 160) -> Points:
    """A smooth closed line through points, shape (count, 2)."""
    ring = np.array([points[-1], *points, points[0], points[1]], dtype=np.float64)
    return _smooth(ring, count)


def open_curve(points: Sequence[tuple[float, float]], count: int = 40) -> Points:
    """A smooth open line through points, shape (count, 2)."""
    line = np.array(points, dtype=np.float64)
    return _smooth(np.concatenate([[2 * line[0] - line[1]], line, [2 * line[-1] - line[-2]]]), count)


def _smooth(points: Points, count: int) -> Points:
    """Centripetal Catmull–Rom through all points but the first and the last, which only give directions."""
    at = np.concatenate([[0.0], np.cumsum(np.sqrt(np.hypot(*np.diff(points, axis=0).T)))])
    slope = (points[2:] - points[:-2]) / (at[2:] - at[:-2])[:, None]
    t = np.linspace(at[1], at[-2], count)
    k = np.clip(np.searchsorted(at, t, side="right") - 1, 1, len(points) - 3)
    step = (at[k + 1] - at[k])[:, None]
    u = (t - at[k])[:, None] / step
    near, far = (1 + 2 * u) * (1 - u) ** 2 * points[k], u**2 * (3 - 2 * u) * points[k + 1]
    bend = step * (u * (1 - u) ** 2 * slope[k - 1] - u**2 * (1 - u) * slope[k])
    return np.asarray(near + far + bend, dtype=np.float64)


def moved(points: npt.ArrayLike, x: float, y: float) -> Points:
    """A point or a line, moved."""
    return np.asarray(np.asarray(points) + np.array([x, y]), dtype=np.float64)


def outline(text: str) -> list[tuple[float, float]]:
    """Points written as `x,y x,y …`."""
    pairs = (pair.split(",") for pair in text.split())
    return [(float(x), float(y)) for x, y in pairs]


def mirrored(half: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    """A symmetric outline from its right half, given from the top (x = 0) down to the bottom (x = 0)."""
    return [*half, *((-x, y) for x, y in reversed(half[1:-1]))]


def darker(colour: Colour, share: float) -> Colour:
    """A colour in shadow: less light, and what is left is warmer."""
    red, green, blue = (channel * (1 - share) for channel in colour)
    return (int(red), int(green * (1 - 0.10 * share)), int(blue * (1 - 0.12 * share)))


def lighter(colour: Colour, share: float) -> Colour:
    """A colour in light: some warm white mixed in."""
    red, green, blue = (c * (1 - share) + w * share for c, w in zip(colour, (255, 246, 234), strict=True))
    return (int(red), int(green), int(blue))


def blended(colour: Colour, other: Colour, share: float) -> Colour:
    """A colour with `share` of another mixed in."""
    red, green, blue = (a * (1 - share) + b * share for a, b in zip(colour, other, strict=True))
    return (int(red), int(green), int(blue))


class Sheet:
    """A still, painted layer.

    Attributes:
        rgb: Shape (HEIGHT·SCALE, HALF_WIDTH·SCALE, 3), float32, 0–255.
        alpha: Coverage, shape (HEIGHT·SCALE, HALF_WIDTH·SCALE), float32, 0–1.
    """

    def __init__(self) -> None:
        self.rgb = np.zeros((HEIGHT * SCALE, HALF_WIDTH * SCALE, 3), dtype=np.float32)
        self.alpha: Mask = np.zeros((HEIGHT * SCALE, HALF_WIDTH * SCALE), dtype=np.float32)

    def shape(self, outline: npt.ArrayLike, blur: float = 0.0) -> Mask:
        """The inside of an outline in head units, with an edge `blur` head units soft."""
        return self._drawn(
            lambda mask, line: cv2.fillPoly(mask, [line], 255, cv2.LINE_AA, FRACTION_BITS), outline, blur
        )

    def ellipse(self, x: float, y: float, width: float, height: float, turn: float = 0.0, blur: float = 0.0) -> Mask:
        """An ellipse around (x, y) with these half axes, turned by degrees."""
        t = np.linspace(0, 2 * np.pi, 60)
        c, s = np.cos(np.radians(turn)), np.sin(np.radians(turn))
        a, b = width * np.cos(t), height * np.sin(t)
        return self.shape(np.stack([x + a * c - b * s, y + a * s + b * c], axis=1), blur)

    def stroke(self, line: npt.ArrayLike, width: float, blur: float = 0.0) -> Mask:
        """A line of a width in head units."""

        def draw(mask: Picture, points: npt.NDArray[np.int32]) -> None:
            thickness = max(1, round(width * UNIT * mask.shape[0] / self.alpha.shape[0]))
            cv2.polylines(mask, [points], False, 255, thickness, cv2.LINE_AA, FRACTION_BITS)

        return self._drawn(draw, line, blur)

    def strokes(self, lines: Iterable[npt.ArrayLike], levels: Iterable[int], blur: float) -> Mask:
        """Many hair-thin lines as a map of brightness around 1, for strands and folds."""
        grey = np.full(self.alpha.shape, 128, dtype=np.uint8)
        for line, level in zip(lines, levels, strict=True):
            cv2.polylines(grey, [fixed(pixels(line))], False, int(level), 2, cv2.LINE_AA, FRACTION_BITS)
        return _share(_blurred(grey, blur * UNIT), 128)

    def locks(self, curls: Iterable[tuple[float, float, float, float]]) -> tuple[Mask, Mask]:
        """Round locks (x, y, radius, brightness), each lit from above left: a map of brightness, and their coverage."""
        grey = np.full(self.alpha.shape, 128, dtype=np.uint8)
        cover = np.zeros_like(grey)
        for x, y, radius, level in curls:
            centre = [int(v) for v in fixed(pixels((x, y)))]
            size = round(radius * UNIT * 2**FRACTION_BITS)
            cv2.circle(cover, centre, size, 255, -1, cv2.LINE_AA, FRACTION_BITS)
            cv2.circle(grey, centre, size, int(96 * level), -1, cv2.LINE_AA, FRACTION_BITS)
            for share, light in ((0.78, 118), (0.5, 84), (0.25, 128)):
                box = (int(size * share), int(size * share * 0.92))
                cv2.ellipse(grey, centre, box, 0, 170, 320, int(light * level * 1.35), 2, cv2.LINE_AA, FRACTION_BITS)
        soft = 0.010 * UNIT
        return _share(_blurred(grey, soft), 128), _share(_blurred(cover, soft), 255)

    def _drawn(
        self, draw: Callable[[Picture, npt.NDArray[np.int32]], object], points: npt.ArrayLike, blur: float
    ) -> Mask:
        """Draw in black and white and soften; very soft shapes are made small and enlarged, which nobody can see."""
        height, width = self.alpha.shape
        shrink = 1 if blur * UNIT < 5 else 4
        mask = np.zeros((height // shrink, width // shrink), dtype=np.uint8)
        draw(mask, fixed(pixels(points) / shrink))
        soft = _blurred(mask, blur * UNIT / shrink)
        if shrink > 1:
            soft = np.asarray(cv2.resize(soft, (width, height), interpolation=cv2.INTER_LINEAR), dtype=np.uint8)
        return _share(soft, 255)

    def lay(self, mask: Mask, colour: Colour) -> None:
        """Put new, opaque matter on the sheet: it covers and adds to the coverage."""
        self.alpha = np.maximum(self.alpha, mask)
        self._mix(np.asarray(mask / np.maximum(self.alpha, 1e-6), dtype=np.float32), np.array(colour, dtype=np.float32))

    def tint(self, mask: Mask, colour: Colour, share: float) -> None:
        """Colour what is there already; coverage stays."""
        self._mix(mask * np.float32(share), np.array(colour, dtype=np.float32))

    def light(self, mask: Mask, factor: float | Mask) -> None:
        """Brighten (> 1) or darken (< 1) what is there already, fully where the mask is 1."""
        rows, columns = _extent(mask)
        change = (factor if isinstance(factor, float) else factor[rows, columns]) - np.float32(1)
        self.rgb[rows, columns] *= 1 + (mask[rows, columns] * change)[..., None]

    def _mix(self, mask: Mask, colour: npt.NDArray[np.float32]) -> None:
        rows, columns = _extent(mask)
        here = self.rgb[rows, columns]
        here += mask[rows, columns, None] * (colour - here)

    def picture(self) -> Picture:
        """The sheet as RGBA, colours already multiplied by coverage, uint8."""
        rgba = np.dstack([np.clip(self.rgb, 0, 255) * self.alpha[..., None], self.alpha * 255])
        return np.round(rgba).astype(np.uint8)


def softened(mask: Mask, sigma: float) -> Mask:
    """A mask blurred by `sigma` pixels."""
    return np.asarray(cv2.GaussianBlur(mask, (0, 0), sigma), dtype=np.float32)


def _blurred(mask: Picture, sigma: float) -> Picture:
    return np.asarray(cv2.GaussianBlur(mask, (0, 0), sigma) if sigma > 0 else mask, dtype=np.uint8)


def _share(levels: Picture, full: int) -> Mask:
    return np.asarray(levels / np.float32(full), dtype=np.float32)


def _extent(mask: Mask) -> tuple[slice, slice]:
    """Rows and columns outside which a mask is 0."""
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    if not len(rows):
        return slice(0, 0), slice(0, 0)
    return slice(int(rows[0]), int(rows[-1]) + 1), slice(int(columns[0]), int(columns[-1]) + 1)
