"""Strokes shared by charts, chips and table cells. Sizes in logical pixels."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPainterPath, QPen, QStaticText

from fairemo_gui.gui.theme import GroupStyle

LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
CENTRE = Qt.AlignmentFlag.AlignCenter
_BEFORE = {LEFT: 0.0, CENTRE: 0.5, RIGHT: 1.0}
_MOST_LINES = 4096


def pen(colour: str, width: float = 1.0, dash: Sequence[float] = ()) -> QPen:
    """A pen of a width in logical pixels; hairlines stay one device pixel at any scaling."""
    made = QPen(QColor(colour), width)
    made.setCosmetic(width <= 1)
    made.setCapStyle(Qt.PenCapStyle.FlatCap)
    if dash:
        made.setDashPattern(list(dash))
    return made


def draw_text(
    painter: QPainter, rect: QRectF, text: str, colour: str, font: QFont, align: Qt.AlignmentFlag = LEFT
) -> None:
    """One line of text; elided when it does not fit, never cut through a letter."""
    line = _laid_out(text, font)
    if line.width > rect.width() + 0.5:
        line = _laid_out(QFontMetricsF(font).elidedText(text, Qt.TextElideMode.ElideRight, rect.width()), font)
    painter.setFont(font)
    painter.setPen(_colour(colour))
    left = rect.x() + (rect.width() - line.width) * _BEFORE[align]
    painter.drawStaticText(QPointF(left, rect.y() + (rect.height() - line.height) / 2), line.text)


def width_of(text: str, font: QFont) -> float:
    """Width of a line of text."""
    return _laid_out(text, font).width


class _Line(NamedTuple):
    """A line of text as it is drawn."""

    text: QStaticText
    width: float
    height: float


@lru_cache(maxsize=_MOST_LINES)
def _laid_out(text: str, font: QFont) -> _Line:
    """Charts write the same few words at every repaint: they are laid out once."""
    made, metrics = QStaticText(text.replace("\n", " ")), QFontMetricsF(font)
    made.setTextFormat(Qt.TextFormat.PlainText)
    return _Line(made, metrics.horizontalAdvance(text), metrics.ascent() + metrics.descent())


@lru_cache(maxsize=256)
def _colour(colour: str) -> QColor:
    return QColor(colour)


def marker_path(marker: str, centre: QPointF, size: float) -> QPainterPath:
    """Outline of a group's marker (`●■▲◆○`), a verdict's `▼` or an arrow head `◀▶`, of a given size."""
    path = QPainterPath()
    half = size / 2
    x, y = centre.x(), centre.y()
    if marker == "■":
        path.addRect(QRectF(x - half * 0.88, y - half * 0.88, size * 0.88, size * 0.88))
    elif marker in "▲▼":
        tip = -half if marker == "▲" else half
        path.addPolygon([QPointF(x, y + tip), QPointF(x + half, y - tip * 0.8), QPointF(x - half, y - tip * 0.8)])
        path.closeSubpath()
    elif marker in "◀▶":
        tip = -half if marker == "◀" else half
        path.addPolygon([QPointF(x + tip, y), QPointF(x - tip, y - half), QPointF(x - tip, y + half)])
        path.closeSubpath()
    elif marker == "◆":
        path.addPolygon([QPointF(x, y - half), QPointF(x + half, y), QPointF(x, y + half), QPointF(x - half, y)])
        path.closeSubpath()
    else:
        path.addEllipse(centre, half, half)
    return path


def draw_marker(painter: QPainter, centre: QPointF, style: GroupStyle, size: float = 8) -> None:
    """A group's marker; unknown is hollow."""
    path = marker_path(style.marker, centre, size)
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    if style.marker == "○":
        painter.setPen(pen(style.colour, 1.5))
        painter.drawPath(path)
    else:
        painter.fillPath(path, QColor(style.colour))
    painter.restore()


def draw_verdict(painter: QPainter, centre: QPointF, glyph: str, colour: str, size: float = 9) -> None:
    """A verdict's glyph (`▲ ▼ ◆ ○`) as a shape, so that it does not depend on a font."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    path = marker_path(glyph, centre, size)
    if glyph == "○":
        painter.setPen(pen(colour, 1.5))
        painter.drawPath(path)
    else:
        painter.fillPath(path, QColor(colour))
    painter.restore()


def draw_swatch(painter: QPainter, left: float, middle: float, colour: str) -> None:
    """The 8 px square of an emotion, left edge and vertical middle given."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(colour))
    painter.drawRoundedRect(QRectF(left, middle - 4, 8, 8), 2, 2)
    painter.restore()


def draw_focus_ring(painter: QPainter, rect: QRectF, colour: str, radius: float = 4) -> None:
    """The 2 px ring around what has the keyboard."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(pen(colour, 2))
    painter.drawRoundedRect(rect.adjusted(1, 1, -1, -1), radius, radius)
    painter.restore()
