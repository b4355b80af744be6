"""Draws many points at once into one picture: a quarter of a million in some hundredths of a second."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import lru_cache

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QImage, QPainter

from fairemo_gui.gui.controls.painting import marker_path, pen

Mask = npt.NDArray[np.float32]
Pixels = npt.NDArray[np.int64]


@lru_cache(maxsize=64)
def stamp(marker: str, size: float) -> Mask:
    """How much of each pixel a marker covers, 0–1, shape (k, k) with k odd; size in device pixels."""
    side = math.ceil(size) + 2
    side += 1 - side % 2
    image = QImage(side, side, QImage.Format.Format_Grayscale8)
    image.fill(Qt.GlobalColor.black)
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    covered = QColor(Qt.GlobalColor.white)
    path = marker_path(marker, QPointF(side / 2, side / 2), size)
    if marker == "○":
        painter.setPen(pen(covered.name(), max(size / 4, 1.0)))
        painter.drawPath(path)
    else:
        painter.fillPath(path, covered)
    painter.end()
    rows = np.frombuffer(image.constBits(), dtype=np.uint8).reshape(side, image.bytesPerLine())
    made = np.asarray(rows[:, :side] / 255, dtype=np.float32)
    made.flags.writeable = False
    return made


def dot_size(n: int, marked: bool) -> float:
    """Size of a point in logical pixels: 3, larger where there are few, and where it is marked."""
    size = 3.0 if n > 3000 else 4.5 if n > 600 else 7.0
    return min(size * 1.5, 7.0) if marked else size


def draw_points(
    at: Pixels,
    colour: npt.NDArray[np.int64],
    group: npt.NDArray[np.int64],
    colours: Sequence[str],
    stamps: Sequence[Mask],
    size: tuple[int, int],
    opacity: float,
) -> QImage:
    """A transparent picture with a stamp per point.

    Where points lie over each other the picture is as dense as if one had been laid over the other; the colour on top
    is that of a point drawn by lot, so that no class hides the others by being drawn last.

    Args:
        at: Device pixel of each point, x and y, shape (n, 2), inside the picture.
        colour: Index into `colours` per point, shape (n,).
        group: Index into `stamps` per point, shape (n,).
        colours: As `#rrggbb`.
        stamps: One per group.
        size: Width and height of the picture in device pixels.
        opacity: Of a single point.
    """
    margin = max((len(mask) for mask in stamps), default=1) // 2
    wide, high = size[0] + 2 * margin, size[1] + 2 * margin
    clear = np.zeros(wide * high, dtype=np.float32)
    top = np.zeros(wide * high, dtype=np.uint8)
    order = np.random.default_rng(0).permutation(len(at))
    flat = ((at[order, 1] + margin) * wide + at[order, 0] + margin).astype(np.int64)
    paint, whose = colour[order].astype(np.uint8), group[order]
    members = [np.flatnonzero(whose == k) if len(stamps) > 1 else slice(None) for k in range(len(stamps))]
    # The middle of a stamp last: it shows its own colour wherever it lies, its rim only where nobody's middle does.
    for cover, k, step in sorted(_offsets(stamps, wide)):
        cells = flat[members[k]] + step
        top[cells] = paint[members[k]]
        clear += np.bincount(cells, minlength=len(clear)).astype(np.float32) * np.float32(np.log1p(-cover * opacity))
    inside = (slice(margin, margin + size[1]), slice(margin, margin + size[0]))
    return _picture(1 - np.exp(clear.reshape(high, wide)[inside]), top.reshape(high, wide)[inside], colours)


def _offsets(stamps: Sequence[Mask], wide: int) -> list[tuple[float, int, int]]:
    """Cover, stamp and step in a flat picture of every pixel that a stamp touches."""
    found = []
    for k, mask in enumerate(stamps):
        half = len(mask) // 2
        for y, x in np.argwhere(mask > 0.04).tolist():
            found.append((min(float(mask[y, x]), 0.999), k, (y - half) * wide + x - half))
    return found


def _picture(alpha: npt.NDArray[np.floating], top: npt.NDArray[np.uint8], colours: Sequence[str]) -> QImage:
    rgb = np.array([[int(c[k : k + 2], 16) for k in (5, 3, 1)] for c in colours] or [[0, 0, 0]], dtype=np.float32)
    bgra = np.empty((*alpha.shape, 4), dtype=np.uint8)
    bgra[..., :3] = rgb[top] * alpha[..., None] + 0.5
    bgra[..., 3] = alpha * 255 + 0.5
    high, wide = alpha.shape
    # A copy: the picture must outlive the array.
    return QImage(bgra.data, wide, high, 4 * wide, QImage.Format.Format_ARGB32_Premultiplied).copy()
