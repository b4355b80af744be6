"""Chips: filters that are on or off; on, one carries the accent, and a cross that takes it away."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QHBoxLayout, QSizePolicy, QWidget

from fairemo_gui.gui import theme
from fairemo_gui.gui.controls import numbers
from fairemo_gui.gui.controls.painting import draw_text, pen, width_of

_CROSS = 16


class Chip(QAbstractButton):
    """A checkable pill of 22 px.

    Signals:
        toggled(bool): From `QAbstractButton`.
        closed(): The cross was pressed, or Delete.
        entered(): Return was pressed.

    Args:
        text: As `Men, happy → neutral`.
        icon: Name of an icon in front, as `grid-four` for a filter that came from a chart.
        closable: Shows a cross while on.
    """

    closed = Signal()
    entered = Signal()

    def __init__(self, text: str, icon: str = "", closable: bool = False, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._icon = icon
        self._closable = closable
        self.setCheckable(True)
        self.setText(text)
        self.setAccessibleName(text)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        """The words with their icon and cross."""
        wide = width_of(self.text(), theme.font(theme.SMALL, 500)) + 20
        wide += 18 if self._icon else 0
        wide += _CROSS if self._closable else 0
        return QSize(math.ceil(wide), 22)

    minimumSizeHint = sizeHint

    def paintEvent(self, event: QPaintEvent) -> None:
        """Outline; accent and fill when on."""
        tokens = theme.current()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        on = self.isChecked()
        width = 2 if self.hasFocus() else 1
        inset = width / 2
        painter.setPen(pen(tokens.accent if on or self.hasFocus() else tokens.cline, width))
        painter.setBrush(QColor(tokens.sel if on else tokens.ctlhi if self.underMouse() else tokens.panel))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(inset, inset, -inset, -inset), 11 - inset, 11 - inset)
        left = 10.0
        if self._icon:
            icon = theme.icon(self._icon, tokens, tokens.accent if on else tokens.text2)
            icon.paint(painter, 8, 4, 14, 14, Qt.AlignmentFlag.AlignCenter)
            left += 16
        colour = tokens.text if on else tokens.text2 if self.isEnabled() else tokens.text3
        right = self.width() - 8 - (_CROSS if self._closable else 0)
        words = theme.font(theme.SMALL, 500 if on else 400)
        draw_text(painter, QRectF(left, 0, right - left + 2, self.height()), self.text(), colour, words)
        if self._closable:
            theme.icon("x", tokens, colour).paint(painter, self._cross().toRect(), Qt.AlignmentFlag.AlignCenter)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """The cross closes; the rest toggles."""
        if self._closable and self._cross().adjusted(-3, -6, 6, 6).contains(QPointF(event.position())):
            self.setDown(False)
            self.closed.emit()
            return
        super().mouseReleaseEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Delete and Backspace close a chip that can be closed; Return is told."""
        if event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            self.entered.emit()
            return
        if self._closable and event.key() in {Qt.Key.Key_Delete, Qt.Key.Key_Backspace}:
            self.closed.emit()
            return
        super().keyPressEvent(event)

    def _cross(self) -> QRectF:
        return QRectF(self.width() - _CROSS - 5, 5, 12, 12)


class ChipRow(QWidget):
    """Chips of which one is on: which rows of a list are shown, and how many there are of each kind.

    Signals:
        chosen(str): The words of the chip that was pressed.

    Args:
        kinds: Words of the chips.
    """

    chosen = Signal(str)

    def __init__(self, kinds: Iterable[str], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._chips = {str(kind): Chip(kind) for kind in kinds}
        row = QHBoxLayout(self)
        row.setContentsMargins(8, 6, 8, 6)
        row.setSpacing(6)
        for kind, chip in self._chips.items():
            chip.clicked.connect(lambda _=False, kind=kind: self.chosen.emit(kind))
            row.addWidget(chip)
        row.addStretch(1)

    def __getitem__(self, kind: str) -> Chip:
        return self._chips[kind]

    def set_counts(self, count: Callable[[str], int]) -> None:
        """Say how many rows there are of each kind."""
        for kind, chip in self._chips.items():
            words = f"{kind} {numbers.count(count(kind))}"
            chip.setText(words)
            chip.setAccessibleName(words)
            chip.updateGeometry()

    def set_value(self, kind: str) -> None:
        """Show which kind is listed."""
        for other, chip in self._chips.items():
            chip.setChecked(other == kind)
