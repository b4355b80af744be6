"""The transport bar: previous, play, next, time, loop, frames, speed, loudness."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QSlider, QToolButton, QWidget

from fairemo_gui.gui import theme
from fairemo_gui.gui.controls.combo import Combo
from fairemo_gui.gui.controls.dock_title import IconButton
from fairemo_gui.gui.controls.key_cap import KeyCap
from fairemo_gui.gui.controls.painting import draw_focus_ring, draw_text, pen, width_of
from fairemo_gui.gui.controls.switch import Option
from fairemo_gui.gui.player.engine import SPEEDS

_KEYS_FROM, _VOLUME_FROM = 640, 520


class TransportBar(QWidget):
    """Buttons and what they show. It knows nothing of the engine.

    Signals:
        previous_clicked: The previous utterance is wanted.
        play_clicked: Play or pause.
        next_clicked: The next utterance is wanted.
        loop_toggled: Whether to loop.
        step_clicked: −1 or 1 picture.
        speed_chosen: Media seconds per second.
        volume_changed: Loudness 0–1.
    """

    previous_clicked = Signal()
    play_clicked = Signal()
    next_clicked = Signal()
    loop_toggled = Signal(bool)
    step_clicked = Signal(int)
    speed_chosen = Signal(float)
    volume_changed = Signal(float)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFixedHeight(theme.TRANSPORT)
        self.previous = IconButton("skip-back", "Previous utterance", self)
        self.play = PlayButton(self)
        self.following = IconButton("skip-forward", "Next utterance", self)
        self.time = TimeLabel(self)
        self.loop = _loop_button(self)
        self.back = IconButton("caret-left", "Previous frame (,)", self)
        self.frame_word = QLabel("Frame", self)
        self.forward = IconButton("caret-right", "Next frame (.)", self)
        self.speed = Combo("Speed", self)
        self.speed.set_options(
            [Option(str(speed), f"{speed:g}×" if speed % 1 else f"{speed:.1f}×") for speed in SPEEDS]
        )
        self.speed.setToolTip("Speed ([ slower, ] faster)")
        self.mute = IconButton("speaker-high", "Mute", self)
        self.volume = VolumeSlider(self)
        self._keys: list[QWidget] = [Rule(self), KeyCap(",", self), KeyCap(".", self), _hint("frame", self)]
        self._muted_from = 1.0
        self._lay_out()
        self._connect_signals()

    def set_playing(self, playing: bool) -> None:
        """Show pause while playing."""
        self.play.set_icon_name("pause" if playing else "play")

    def set_can_step(self, can_step: bool) -> None:
        """Whether there are pictures to step through."""
        for widget in (self.back, self.forward, self.frame_word):
            widget.setEnabled(can_step)

    def set_can_play(self, can_play: bool) -> None:
        """Whether there is something to play."""
        self.play.setEnabled(can_play)

    def set_silent(self, reason: str) -> None:
        """Say why nothing is heard; empty = it is."""
        self.mute.setEnabled(not reason)
        self.volume.setEnabled(not reason)
        self._show_mute(reason)

    def retheme(self) -> None:
        """Recolour what does not follow the palette."""
        self.loop.setIcon(theme.icon("repeat"))
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Ground and the hairline above."""
        tokens = theme.current()
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(tokens.panel))
        painter.setPen(pen(tokens.line))
        painter.drawLine(0, 0, self.width(), 0)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Hints give way first, then the slider."""
        for widget in self._keys:
            widget.setVisible(self.width() >= _KEYS_FROM)
        self.volume.setVisible(self.width() >= _VOLUME_FROM)

    def changeEvent(self, event: QEvent) -> None:
        """Recolour on a change of theme."""
        if event.type() == QEvent.Type.PaletteChange:
            self.retheme()
        super().changeEvent(event)

    def _lay_out(self) -> None:
        row = QHBoxLayout(self)
        row.setContentsMargins(8, 1, 8, 0)
        row.setSpacing(4)
        groups: tuple[tuple[QWidget, ...], ...] = (
            (self.previous, self.play, self.following),
            (self.time,),
            (Rule(self), self.loop),
            (self.back, self.frame_word, self.forward),
            (self.speed,),
        )
        for group in groups:
            for widget in group:
                row.addWidget(widget)
            row.addSpacing(8)
        row.addStretch(1)
        for hint in (self.mute, self.volume, *self._keys):
            row.addWidget(hint)

    def _connect_signals(self) -> None:
        self.previous.clicked.connect(self.previous_clicked)
        self.play.clicked.connect(self.play_clicked)
        self.following.clicked.connect(self.next_clicked)
        self.loop.toggled.connect(self.loop_toggled)
        self.back.clicked.connect(lambda: self.step_clicked.emit(-1))
        self.forward.clicked.connect(lambda: self.step_clicked.emit(1))
        self.speed.currentIndexChanged.connect(lambda: self.speed_chosen.emit(float(self.speed.value())))
        self.volume.valueChanged.connect(self._on_volume)
        self.mute.clicked.connect(self._on_mute)

    def _on_volume(self, percent: int) -> None:
        self._show_mute("")
        self.volume_changed.emit(percent / 100)

    def _on_mute(self) -> None:
        if self.volume.value():
            self._muted_from = self.volume.value()
            self.volume.setValue(0)
        else:
            self.volume.setValue(round(self._muted_from))

    def _show_mute(self, reason: str) -> None:
        off = bool(reason) or self.volume.value() == 0
        self.mute.set_icon_name("speaker-x" if off else "speaker-high")
        self.mute.setToolTip(reason or ("Sound on" if off else "Mute"))


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
        bold = width_of(length, theme.font(theme.HEADLINE, 600))
        return QSize(round(bold + width_of(f" / {length}", theme.font(theme.HEADLINE)) + 4), 20)

    minimumSizeHint = sizeHint

    def paintEvent(self, event: QPaintEvent) -> None:
        """Position, slash, length."""
        tokens = theme.current()
        painter = QPainter(self)
        bold, plain = theme.font(theme.HEADLINE, 600), theme.font(theme.HEADLINE)
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
        self.setToolTip("Volume")

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


def _loop_button(parent: QWidget) -> QToolButton:
    button = QToolButton(parent)
    button.setText("Loop")
    button.setIcon(theme.icon("repeat"))
    button.setIconSize(QSize(16, 16))
    button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
    button.setCheckable(True)
    button.setToolTip("Loop (L)")
    button.setFixedHeight(26)
    return button


def _hint(text: str, parent: QWidget) -> QLabel:
    label = QLabel(text, parent)
    label.setFont(theme.font(theme.SMALL))
    label.setForegroundRole(label.foregroundRole())
    return label
