"""Small marks in table rows: how far along, how votes are divided, and which way a number drifts."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter
from PySide6.QtWidgets import QStyleOptionViewItem

from fairemo_gui.gui import theme
from fairemo_gui.gui.controls.cells import CellDelegate
from fairemo_gui.gui.controls.painting import draw_text, pen

STACK = Qt.ItemDataRole.UserRole + 121
"""Role: shares of a stacked bar with their colours, `((0.5, "#rrggbb"), …)`."""
PROGRESS = Qt.ItemDataRole.UserRole + 122
"""Role: several `Track`s, one above the other."""
TREND = Qt.ItemDataRole.UserRole + 123
"""Role: values 0–1 of a small line from left to right (NaN = a gap), all rows on the same scale."""
RULE = Qt.ItemDataRole.UserRole + 124
"""Role: true on the first row of another part of the list, which a line sets apart."""

_PAD = 6


@dataclass(frozen=True)
class Track:
    """One bar of a cell: share done, and the letter before it."""

    letter: str
    share: float


class MarksDelegate(CellDelegate):
    """`CellDelegate` with bars and small lines; words stand right of them."""

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """The cell, below the line that sets another part apart."""
        super().paint(painter, option, index)
        if index.data(RULE):
            painter.fillRect(option.rect.left(), option.rect.top(), option.rect.width(), 2, theme.current().text3)

    def _paint_mark(self, painter: QPainter, rect: QRectF, index: QModelIndex | QPersistentModelIndex) -> float:
        stack, progress, trend = (index.data(role) for role in (STACK, PROGRESS, TREND))
        if isinstance(stack, tuple):
            _draw_stack(painter, rect.adjusted(_PAD, 7, -_PAD, -7), stack)
        if isinstance(progress, tuple):
            return _draw_tracks(painter, rect.adjusted(_PAD, 0, -_PAD, 0), progress)
        if isinstance(trend, tuple):
            _draw_trend(painter, QRectF(rect.left() + _PAD, rect.top() + 6, 30, rect.height() - 12), trend)
            return 38.0
        return super()._paint_mark(painter, rect, index)


def _draw_stack(painter: QPainter, box: QRectF, parts: tuple[tuple[float, str], ...]) -> None:
    x = box.left()
    for share, colour in parts:
        wide = box.width() * share
        painter.fillRect(QRectF(x, box.top(), max(wide - 1, 1), box.height()), QColor(colour))
        x += wide


def _draw_tracks(painter: QPainter, box: QRectF, tracks: tuple[Track, ...]) -> float:
    tokens, wide = theme.current(), 26.0
    x = box.left()
    for track in tracks:
        draw_text(painter, QRectF(x, box.top(), 11, box.height()), track.letter, tokens.text3, theme.font(theme.TINY))
        bar = QRectF(x + 11, box.center().y() - 2, wide, 5)
        painter.fillRect(bar, QColor(tokens.line))
        colour = tokens.accent if track.share < 1 else tokens.text2
        painter.fillRect(QRectF(bar.left(), bar.top(), wide * min(track.share, 1.0), 5), QColor(colour))
        x += wide + 18
    return x - box.left()


def _draw_trend(painter: QPainter, box: QRectF, values: tuple[float, ...]) -> None:
    tokens = theme.current()
    step = box.width() / (len(values) - 1)
    known = [(k, value) for k, value in enumerate(values) if value == value]
    points = [QPointF(box.left() + step * k, box.bottom() - value * box.height()) for k, value in known]
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(pen(tokens.text3, 1.5))
    painter.drawPolyline(points)
    painter.restore()
