"""A key as it stands beside a button, and a row of keys with what they do."""

from __future__ import annotations

import math

from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QKeySequence, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from fairemo_gui.gui import theme
from fairemo_gui.gui.controls.painting import CENTRE, draw_text, pen, width_of


def draw_key(painter: QPainter, rect: QRectF, text: str, colour: str, border: str) -> None:
    """A key cap in a rectangle: 1 px border, radius 3."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(pen(border))
    painter.drawRoundedRect(rect.adjusted(0.5, 0.5, -0.5, -0.5), 3, 3)
    draw_text(painter, rect, text, colour, theme.font(theme.TINY), CENTRE)
    painter.restore()


def key_width(text: str) -> int:
    """Width of a key cap, px; at least square."""
    return max(16, math.ceil(width_of(text, theme.font(theme.TINY))) + 9)


class KeyCap(QWidget):
    """One key, written as the platform writes it."""

    def __init__(self, key: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._text = QKeySequence(key).toString(QKeySequence.SequenceFormat.NativeText) or key
        self.setAccessibleName(f"key {self._text}")
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def text(self) -> str:
        """What the cap says."""
        return self._text

    def sizeHint(self) -> QSize:
        """Fits its text."""
        return QSize(key_width(self._text), 16)

    minimumSizeHint = sizeHint

    def paintEvent(self, event: QPaintEvent) -> None:
        """The cap."""
        tokens = theme.current()
        draw_key(QPainter(self), QRectF(self.rect()), self._text, tokens.text2, tokens.cline)
