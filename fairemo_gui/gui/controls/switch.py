"""The segmented switch: a few exclusive options in one frame. Arrows move, Tab leaves."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPaintEvent
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QSizePolicy, QToolButton, QWidget

from fairemo_gui.gui import theme
from fairemo_gui.gui.controls.painting import CENTRE, draw_focus_ring, draw_text, pen, width_of


@dataclass(frozen=True)
class Option:
    """One segment.

    Attributes:
        key: What the switch's value becomes.
        reason: Why it cannot be chosen; empty = it can. Shown in the tooltip.
        hint: Tooltip of a segment that can be chosen, with its key.
    """

    key: str
    text: str
    reason: str = ""
    hint: str = ""


class Segment(QToolButton):
    """A part of a switch, flat on its frame."""

    def __init__(self, option: Option, parent: QWidget) -> None:
        super().__init__(parent)
        self.setCheckable(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Expanding)
        self.set_option(option)

    def set_option(self, option: Option) -> None:
        """Show another text, or become available or not."""
        self.key = option.key
        self.setText(option.text)
        self.setAccessibleName(option.text)
        self.setEnabled(not option.reason)
        self.setToolTip(option.reason or option.hint)
        self.setAccessibleDescription(option.reason)
        self.updateGeometry()

    def sizeHint(self) -> QSize:
        """Wide enough for the word in either weight, so that choosing moves nothing."""
        return QSize(math.ceil(width_of(self.text(), theme.font(theme.BODY, 600))) + 18, 22)

    minimumSizeHint = sizeHint

    def paintEvent(self, event: QPaintEvent) -> None:
        """Text on the frame; the active one filled, with the accent below."""
        tokens = theme.current()
        painter = QPainter(self)
        rect = QRectF(self.rect())
        if self.isChecked():
            painter.fillRect(rect, QColor(tokens.sel))
            painter.fillRect(QRectF(0, rect.height() - 2, rect.width(), 2), QColor(tokens.accent))
        elif self.underMouse() and self.isEnabled():
            painter.fillRect(rect, QColor(tokens.ctlhi))
        colour = tokens.text if self.isChecked() else tokens.text2 if self.isEnabled() else tokens.text3
        weight = 600 if self.isChecked() else 400
        draw_text(painter, rect, self.text(), colour, theme.font(theme.BODY, weight), CENTRE)
        if self.hasFocus():
            draw_focus_ring(painter, rect, tokens.accent, 3)


class SegmentedSwitch(QWidget):
    """Exclusive options side by side.

    Signals:
        changed(key): A person, or `set_value` with `notify`, chose another option.
    """

    changed = Signal(str)

    def __init__(self, options: Sequence[Option], name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setFixedHeight(24)
        row = QHBoxLayout(self)
        row.setContentsMargins(1, 1, 1, 1)
        row.setSpacing(1)
        self._group = QButtonGroup(self)
        self._group.setExclusive(True)
        self._segments: dict[str, Segment] = {}
        for option in options:
            segment = Segment(option, self)
            segment.setToolTip(option.reason or option.hint)
            self._group.addButton(segment)
            self._segments[option.key] = segment
            row.addWidget(segment)
        self._value = ""
        self._group.buttonClicked.connect(self._on_clicked)

    def value(self) -> str:
        """Key of the active option; empty where none is."""
        return self._value

    def set_value(self, key: str) -> None:
        """Choose without a signal.

        Raises:
            KeyError: There is no such option.
        """
        self._segments[key].setChecked(True)
        self._value = key

    def clear(self) -> None:
        """Choose nothing, without a signal."""
        self._group.setExclusive(False)
        for segment in self._segments.values():
            segment.setChecked(False)
        self._group.setExclusive(True)
        self._value = ""

    def set_option(self, option: Option) -> None:
        """Change a segment's text or availability."""
        self._segments[option.key].set_option(option)
        self.updateGeometry()

    def segment(self, key: str) -> Segment:
        """The button of an option."""
        return self._segments[key]

    def changeEvent(self, event: QEvent) -> None:
        """Repaint on a change of theme."""
        if event.type() == QEvent.Type.PaletteChange:
            self.update()
        super().changeEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """The frame and the hairlines between segments."""
        tokens = theme.current()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        frame = QPainterPath()
        frame.addRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 4, 4)
        painter.fillPath(frame, QColor(tokens.ctl))
        painter.setPen(pen(tokens.cline))
        painter.drawPath(frame)
        for segment in [each for each in self._segments.values() if not each.isHidden()][1:]:
            x = segment.x() - 0.5
            painter.setPen(pen(tokens.line))
            painter.drawLine(int(x), 1, int(x), self.height() - 2)

    def _on_clicked(self, button: QToolButton) -> None:
        assert isinstance(button, Segment)
        if button.key != self._value:
            self._value = button.key
            self.changed.emit(button.key)
