"""Self-assessment manikins (Bradley & Lang 1994), drawn in lines: one figure per point of a dimension."""

from __future__ import annotations

import math

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QPainter, QPainterPath

from fairemo_gui.gui.controls.painting import pen

_SMALLEST = 0.42


def draw_manikin(painter: QPainter, area: QRectF, dimension: str, share: float, colour: str) -> None:
    """The figure of a point, from 0 (lowest) to 1, standing at the middle of an area.

    `valence` bends the mouth, `activation` opens the eyes and lets the chest burst, `dominance` is size.
    """
    size = area.height() * (_SMALLEST + (1 - _SMALLEST) * share if dimension == "dominance" else 1.0)
    box = QRectF(area.center().x() - size * 0.4, area.bottom() - size, size * 0.8, size)
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(pen(colour, 1.5))
    head = QRectF(box.center().x() - size * 0.21, box.top() + 1, size * 0.42, size * 0.42)
    painter.drawRoundedRect(head, size * 0.13, size * 0.13)
    painter.drawPath(_body(box, head.bottom()))
    bend = 2 * share - 1 if dimension == "valence" else 0.0
    _face(painter, head, bend, share if dimension == "activation" else 0.5)
    if dimension == "activation":
        painter.drawPath(_burst(QPointF(box.center().x(), box.bottom() - size * 0.22), size * 0.19, share))
    painter.restore()


def _body(box: QRectF, neck: float) -> QPainterPath:
    """Shoulders and sides, open below."""
    path = QPainterPath(QPointF(box.left() + box.width() * 0.08, box.bottom()))
    shoulder = neck + (box.bottom() - neck) * 0.16
    path.lineTo(box.left() + box.width() * 0.08, shoulder + box.width() * 0.18)
    path.quadTo(QPointF(box.left() + box.width() * 0.08, shoulder), QPointF(box.left() + box.width() * 0.28, shoulder))
    path.lineTo(box.right() - box.width() * 0.28, shoulder)
    corner = QPointF(box.right() - box.width() * 0.08, shoulder)
    path.quadTo(corner, corner + QPointF(0, box.width() * 0.18))
    path.lineTo(box.right() - box.width() * 0.08, box.bottom())
    return path


def _face(painter: QPainter, head: QRectF, bend: float, awake: float) -> None:
    """Eyes from shut to wide, and a mouth from a frown (−1) to a smile (1)."""
    y, tall = head.top() + head.height() * 0.38, head.height() * 0.24 * awake
    for side in (-1, 1):
        x = head.center().x() + side * head.width() * 0.22
        half = max(tall / 2, 0.3)
        painter.drawEllipse(QPointF(x, y), max(head.width() * 0.05, 0.6), half)
    level, half = head.top() + head.height() * 0.72, head.width() * 0.26
    mouth = QPainterPath(QPointF(head.center().x() - half, level - bend * head.height() * 0.08))
    mouth.quadTo(
        QPointF(head.center().x(), level + bend * head.height() * 0.28),
        QPointF(head.center().x() + half, level - bend * head.height() * 0.08),
    )
    painter.drawPath(mouth)


def _burst(centre: QPointF, most: float, share: float) -> QPainterPath:
    """A star that grows and gains points: calm is a dot, excitement an explosion."""
    path = QPainterPath()
    outer, points = most * (0.15 + 0.85 * share), 8
    if share <= 0.0:
        path.addEllipse(centre, outer, outer)
        return path
    for k in range(2 * points + 1):
        radius = outer if k % 2 == 0 else outer * (0.85 - 0.5 * share)
        turn = math.pi * k / points
        point = centre + QPointF(radius * math.sin(turn), -radius * math.cos(turn))
        if k:
            path.lineTo(point)
        else:
            path.moveTo(point)
    return path
