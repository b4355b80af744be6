"""The transport bar: previous, play, next, time, loop, frames, speed, loudness."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QSize, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLayout, QToolButton, QWidget

from fairemo_gui.gui import theme
from fairemo_gui.gui.controls.dock_title import IconButton
from fairemo_gui.gui.controls.key_cap import KeyCap
from fairemo_gui.gui.controls.painting import pen
from fairemo_gui.gui.player.transport_parts import PlayButton, Rule, SpeedButton, TimeLabel, VolumeSlider
from fairemo_gui.gui.tone_label import ToneLabel

_LEAST_WIDTH = 480


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
        self.frame_word = ToneLabel("Frame", "text", theme.BODY, self)
        self.forward = IconButton("caret-right", "Next frame (.)", self)
        self.speed = SpeedButton(self)
        self.mute = IconButton("speaker-high", "Sound off (M)", self)
        self.volume = VolumeSlider(self)
        self._hint = ToneLabel("frame", "text3", parent=self)
        self._keys: list[QWidget] = [Rule(self), KeyCap(",", self), KeyCap(".", self), self._hint]
        self._muted_from = 100
        self._lay_out()
        self.retheme()
        self._connect_signals()

    def set_playing(self, playing: bool) -> None:
        """Show pause while playing."""
        self.play.set_icon_name("pause" if playing else "play")

    def set_can_step(self, can_step: bool) -> None:
        """Whether there are pictures to step through."""
        for widget in (self.back, self.forward, self.frame_word):
            widget.setEnabled(can_step)

    def set_silent(self, reason: str) -> None:
        """Say why nothing is heard; empty = it is."""
        self.mute.setEnabled(not reason)
        self.volume.setEnabled(not reason)
        self._show_mute(reason)

    def toggle_mute(self) -> None:
        """Sound off, or on as loud as before."""
        if self.volume.value():
            self._muted_from = self.volume.value()
            self.volume.setValue(0)
        else:
            self.volume.setValue(self._muted_from)

    def retheme(self) -> None:
        """Recolour what does not follow the palette."""
        self.loop.setIcon(theme.icon("repeat", theme.current()))
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Ground and the hairline above."""
        tokens = theme.current()
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(tokens.panel))
        painter.setPen(pen(tokens.line))
        painter.drawLine(0, 0, self.width(), 0)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Where it is narrow, hints give way first, then loudness, then words."""
        row = self.layout()
        assert row is not None
        groups: tuple[list[QWidget], ...] = (self._keys, [self.volume], [self.frame_word], [self.mute])
        for widget in (widget for group in groups for widget in group):
            widget.show()
        for group in groups:
            row.invalidate()
            if row.sizeHint().width() <= self.width():
                return
            for widget in group:
                widget.hide()

    def changeEvent(self, event: QEvent) -> None:
        """Recolour on a change of theme."""
        if event.type() == QEvent.Type.PaletteChange:
            self.retheme()
        super().changeEvent(event)

    def _lay_out(self) -> None:
        row = QHBoxLayout(self)
        row.setSizeConstraint(QLayout.SizeConstraint.SetNoConstraint)
        self.setMinimumWidth(_LEAST_WIDTH)
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
            row.addSpacing(6)
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
        self.speed.chosen.connect(self.speed_chosen)
        self.volume.valueChanged.connect(self._on_volume)
        self.mute.clicked.connect(self.toggle_mute)

    def _on_volume(self, percent: int) -> None:
        self._show_mute("")
        self.volume_changed.emit(percent / 100)

    def _show_mute(self, reason: str) -> None:
        off = bool(reason) or self.volume.value() == 0
        self.mute.set_icon_name("speaker-x" if off else "speaker-high")
        self.mute.setToolTip(reason or ("Sound on (M)" if off else "Sound off (M)"))


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
