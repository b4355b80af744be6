"""The single parts of the transport bar."""

from __future__ import annotations

import math

from PySide6.QtCore import QEvent, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QActionGroup, QColor, QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QMenu, QSizePolicy, QSlider, QToolButton, QWidget

from fairemo_gui.gui import theme
from fairemo_gui.gui.controls.dock_title import IconButton
from fairemo_gui.gui.controls.painting import draw_focus_ring, draw_text, pen, width_of
from fairemo_gui.gui.player.stretch import SPEEDS


class PlayButton(IconButton):
    """The one button of the bar with a ground of its own."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("play", "Play or pause (Space)", parent)
        self.setFixedSize(28, 28)

    def paintEvent(self, event: QPaintEvent) -> None:
        """A ground with a border, the focus ring, the icon."""
        tokens = theme.current()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        rect = QRectF(self.rect())
        painter.setPen(pen(tokens.cline))
        painter.setBrush(QColor(tokens.ctlhi if self.underMouse() and self.isEnabled() else tokens.ctl))
        painter.drawRoundedRect(rect.adjusted(2.5, 2.5, -2.5, -2.5), 4, 4)
        if self.hasFocus():
            draw_focus_ring(painter, rect, tokens.accent, 6)
        icon = theme.icon(
            "pause" if self._name == "pause" else "play", tokens, tokens.text if self.isEnabled() else None
        )
        icon.paint(painter, 6, 6, 16, 16)


class SpeedButton(QToolButton):
    """Shows the speed and opens the list of speeds.

    Signals:
        chosen: Media seconds per second.
    """

    chosen = Signal(float)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._speed = 1.0
        self.setFixedSize(64, 26)
        self.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setToolTip("Speed ([ slower, ] faster)")
        menu = QMenu(self)
        group = QActionGroup(menu)
        self._choices = {speed: menu.addAction(speed_text(speed)) for speed in SPEEDS}
        for speed, action in self._choices.items():
            action.setCheckable(True)
            group.addAction(action)
            action.triggered.connect(lambda _, chosen=speed: self.chosen.emit(chosen))
        self.setMenu(menu)
        self.set_speed(1.0)

    def set_speed(self, speed: float) -> None:
        """Show a speed; no signal is sent."""
        self._speed = speed
        if speed in self._choices:
            self._choices[speed].setChecked(True)
        self.setText(speed_text(speed))
        self.setAccessibleName(f"Speed {speed_text(speed)}")
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Ground, speed, caret."""
        tokens = theme.current()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        rect = QRectF(self.rect())
        painter.setPen(pen(tokens.cline))
        painter.setBrush(QColor(tokens.ctlhi if self.underMouse() else tokens.ctl))
        painter.drawRoundedRect(rect.adjusted(0.5, 0.5, -0.5, -0.5), 4, 4)
        if self.hasFocus():
            draw_focus_ring(painter, rect, tokens.accent)
        draw_text(painter, rect.adjusted(8, 0, -20, 0), self.text(), tokens.text, theme.font())
        theme.icon("caret-down", tokens).paint(painter, self.width() - 19, 7, 12, 12)


class TimeLabel(QWidget):
    """Position in bold, length beside it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._position, self._length = 0.0, 0.0
        self.setAccessibleName("Time")
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def show_times(self, position: float, length: float) -> None:
        """Seconds from the utterance's start."""
        if round(length, 3) != round(self._length, 3):
            self.updateGeometry()
        self._position, self._length = position, length
        self.update()

    def text(self) -> str:
        """What it says."""
        return f"{clock_text(self._position)} / {clock_text(self._length)}"

    def sizeHint(self) -> QSize:
        """Both times, in figures of one width."""
        length = clock_text(self._length)
        bold = width_of(length, theme.font(theme.BODY, 600))
        return QSize(math.ceil(bold + width_of(f" / {length}", theme.font()) + 4), 20)

    minimumSizeHint = sizeHint

    def paintEvent(self, event: QPaintEvent) -> None:
        """Position, slash, length."""
        tokens = theme.current()
        painter = QPainter(self)
        bold, plain = theme.font(theme.BODY, 600), theme.font()
        now = clock_text(self._position)
        left = width_of(now, bold)
        draw_text(painter, QRectF(0, 0, left + 2, self.height()), now, tokens.text, bold)
        rest = QRectF(left, 0, self.width() - left + 4, self.height())
        draw_text(painter, rest, f" / {clock_text(self._length)}", tokens.text2, plain)


class VolumeSlider(QSlider):
    """A thin bar; no knob until the pointer or the keyboard is on it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self.setRange(0, 100)
        self.setValue(100)
        self.setFixedSize(64, 20)
        self.setAccessibleName("Volume")
        self.setToolTip("Volume (Ctrl+Up, Ctrl+Down)")

    def event(self, event: QEvent) -> bool:
        """Arrow keys are the slider's own while it has the keyboard."""
        arrows = (Qt.Key.Key_Left, Qt.Key.Key_Right)
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent) and event.key() in arrows:
            event.accept()
            return True
        return super().event(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Track, filled part, knob."""
        tokens = theme.current()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        middle, span = self.height() / 2, self.width() - 8
        filled = span * self.value() / 100
        ink = QColor(tokens.text2 if self.isEnabled() else tokens.text3)
        for colour, width in ((QColor(tokens.line), span), (ink, filled)):
            painter.setBrush(colour)
            painter.drawRoundedRect(QRectF(4, middle - 2, width, 4), 2, 2)
        if self.isEnabled() and (self.underMouse() or self.hasFocus()):
            painter.setBrush(QColor(tokens.accent if self.hasFocus() else tokens.text2))
            painter.drawEllipse(QRectF(4 + filled - 5, middle - 5, 10, 10))


class Rule(QWidget):
    """A short upright line between groups of buttons."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFixedSize(9, 20)

    def paintEvent(self, event: QPaintEvent) -> None:
        """The line."""
        painter = QPainter(self)
        painter.setPen(pen(theme.current().cline))
        painter.drawLine(4, 0, 4, self.height())


def clock_text(seconds: float) -> str:
    """Minutes, seconds and milliseconds, as 0:01.480."""
    millis = max(round(seconds * 1000), 0)
    return f"{millis // 60000}:{millis % 60000 // 1000:02d}.{millis % 1000:03d}"


def speed_text(speed: float) -> str:
    """As 1.0× or 0.25×."""
    return f"{speed:.1f}×" if (speed * 10) % 1 == 0 else f"{speed:.2f}×"
