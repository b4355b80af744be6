"""What lies inside a shape drawn by hand."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QImage, QPainter, QPainterPath

Ints = npt.NDArray[np.int64]


def rows_inside(path: QPainterPath, at: npt.NDArray[np.floating]) -> Ints:
    """Which points a closed shape covers, to the half pixel, however many there are.

    Args:
        path: In logical pixels.
        at: Points in logical pixels, shape (n, 2).
    """
    box = path.boundingRect().toAlignedRect().adjusted(-1, -1, 1, 1)
    wide, high = max(box.width() * 2, 1), max(box.height() * 2, 1)
    image = QImage(wide, high, QImage.Format.Format_Grayscale8)
    image.fill(Qt.GlobalColor.black)
    painter = QPainter(image)
    painter.scale(2, 2)
    painter.translate(-box.left(), -box.top())
    painter.fillPath(path, Qt.GlobalColor.white)
    painter.end()
    covered = np.frombuffer(image.constBits(), dtype=np.uint8).reshape(high, image.bytesPerLine())[:, :wide] > 127
    near = np.flatnonzero(_inside_box(QRectF(box), at))
    cells = ((at[near] - (box.left(), box.top())) * 2).astype(np.int64)
    return near[covered[cells[:, 1], cells[:, 0]]]


def _inside_box(box: QRectF, at: npt.NDArray[np.floating]) -> npt.NDArray[np.bool_]:
    x, y = at[:, 0], at[:, 1]
    return (x >= box.left()) & (x < box.right()) & (y >= box.top()) & (y < box.bottom())
