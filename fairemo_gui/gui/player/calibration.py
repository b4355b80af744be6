"""How late a sound device is, found by eye and ear: a flash and a click that are to coincide."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QRectF, QSize, Qt, QTimer
from PySide6.QtGui import QColor, QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QLabel, QPushButton, QSlider, QWidget

from fairemo_gui.gui import theme
from fairemo_gui.gui.controls.numbers import MINUS
from fairemo_gui.gui.controls.painting import pen
from fairemo_gui.gui.dialogs.frame import FormDialog
from fairemo_gui.gui.player.extent import Extent
from fairemo_gui.gui.player.latency import DEFAULT, LEAST, MOST, Latencies, from_taps
from fairemo_gui.gui.player.playhead import Playhead
from fairemo_gui.gui.player.sound import RATE, Take

PERIOD = 1.0
"""Seconds from click to click."""
CLICK = 0.5
"""When in each period the click is."""
_FLASH = 0.06
_TICK_MS = 4
_NUDGE, _PAGE = 5, 20
_TAPS_KEPT = 16
_SENTENCE = (
    "The line, the flash and the click should come together. Flash first: move right. Click first: move left. "
    "Or tap Space in time with the click."
)


class CalibrationDialog(FormDialog):
    """Plays a click through the player's own output and flashes by its clock; the figure belongs to the device heard.

    Args:
        latencies: Where the figure is kept.
        volume: Loudness, 0–1.
    """

    def __init__(self, latencies: Latencies, volume: float, parent: QWidget | None = None) -> None:
        super().__init__("Calibrate sound", _SENTENCE, "Save", parent)
        self._kept, self._tried = latencies, Latencies()
        self.device = ""
        self._lags: list[float] = []
        self._playhead = Playhead(self._tried, self)
        self._playhead.output.set_volume(volume)
        self.flash = Flash()
        self.slider = QSlider(Qt.Orientation.Horizontal)
        self.slider.setRange(round(LEAST * 1000), round(MOST * 1000))
        self.slider.setSingleStep(_NUDGE)
        self.slider.setPageStep(_PAGE)
        self.slider.setAccessibleName("Delay of the sound, milliseconds")
        self.name, self.figure = QLabel("looking for it…"), QLabel()
        self.reset = QPushButton(f"Default, {DEFAULT * 1000:.0f} ms")
        self._lay_out()
        self._ticker = QTimer(self, interval=_TICK_MS, timerType=Qt.TimerType.PreciseTimer)
        self._connect_signals()
        self._say_figure(self.slider.value())
        self.go.setEnabled(False)
        self.slider.setFocus()
        self._playhead.look_for_device()
        extent = Extent(0.0, PERIOD, 0, 0, 0.0, has_picture=False, has_sound=True)
        self._playhead.start(extent, 0.0, 1.0, Take(click_track(), 0.0, PERIOD, 1.0), loop=True)
        self._ticker.start()

    @property
    def seconds(self) -> float:
        """The figure shown."""
        return self.slider.value() / 1000

    def tap(self) -> None:
        """Somebody pressed a key in time with the click."""
        if not self._playhead.audible:
            return
        device_time = self._playhead.now()[0] + self.seconds
        self._lags = [*self._lags, (device_time - CLICK + PERIOD / 2) % PERIOD - PERIOD / 2][-_TAPS_KEPT:]
        found = from_taps(self._lags)
        if found is None:
            self.note.setText(f"{len(self._lags)} taps; go on.")
        else:
            self.note.setText(f"{len(self._lags)} taps say about {_millis(found)}. The eye is more exact.")
            self.slider.setValue(round(found * 1000))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Left and right nudge wherever the keyboard is; Space taps."""
        if event.key() == Qt.Key.Key_Space:
            if not event.isAutoRepeat():
                self.tap()
        elif event.key() in {Qt.Key.Key_Left, Qt.Key.Key_Right}:
            self.slider.setValue(self.slider.value() + (_NUDGE if event.key() == Qt.Key.Key_Right else -_NUDGE))
        else:
            super().keyPressEvent(event)

    def accept(self) -> None:
        """Keep the figure for this device."""
        self._kept.set(self.device, self.seconds)
        super().accept()

    def done(self, result: int) -> None:
        """Silence, and leave no thread behind."""
        self._ticker.stop()
        self._playhead.close()
        super().done(result)

    def _lay_out(self) -> None:
        self.form.addRow(self.flash)
        self.add("Device", "calibration_device", self.name)
        self.add("Delay", "calibration_delay", self.slider)
        self.form.addRow("", self.figure)
        self.form.addRow("", self.reset)
        self.reset.setAutoDefault(False)
        self.reset.setSizePolicy(self.name.sizePolicy())

    def _connect_signals(self) -> None:
        self._ticker.timeout.connect(lambda: self.flash.show_time(self._playhead.now()[0]))
        self._playhead.output.opened.connect(self._on_opened)
        self._playhead.silenced.connect(self._on_silenced)
        self.slider.valueChanged.connect(self._on_slider)
        self.reset.clicked.connect(lambda: self.slider.setValue(round(DEFAULT * 1000)))

    def _on_opened(self, device: str) -> None:
        self.device = device
        self.name.setText(device if self._kept.is_calibrated(device) else f"{device} (not calibrated yet)")
        self.slider.setValue(round(self._kept.of(device) * 1000))
        self._on_slider(self.slider.value())
        self.go.setEnabled(True)

    def _on_silenced(self, reason: str) -> None:
        if reason:
            self.name.setText("none")
            self.note.setText("There is no sound device, so there is nothing to calibrate.")
            self.go.setEnabled(False)

    def _on_slider(self, milliseconds: int) -> None:
        self._tried.set(self.device, milliseconds / 1000)
        self._say_figure(milliseconds)

    def _say_figure(self, milliseconds: int) -> None:
        how = "waits that long for the sound" if milliseconds > 0 else "comes that much earlier"
        words = f"the picture {how}" if milliseconds else "the picture does not wait"
        self.figure.setText(f"{_millis(milliseconds / 1000)}: {words}")


class Flash(QWidget):
    """A line that goes from left to right once a period, and a flash when it crosses the middle."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._time = 0.0
        self.setMinimumHeight(96)
        self.setAccessibleName("Flash")

    @property
    def lit(self) -> bool:
        """Whether it flashes now."""
        return CLICK <= self._time < CLICK + _FLASH

    def show_time(self, seconds: float) -> None:
        """Where in the period it is, seconds."""
        if seconds != self._time:
            self._time = seconds
            self.update()

    def sizeHint(self) -> QSize:
        """As wide as there is room."""
        return QSize(420, 96)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Ground or flash, the mark in the middle, the line."""
        tokens = theme.current()
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(tokens.text if self.lit else tokens.alt))
        middle = self.width() * CLICK / PERIOD
        painter.fillRect(QRectF(middle - 0.5, 0, 1, self.height()), QColor(tokens.edge))
        x = self.width() * self._time / PERIOD
        painter.setPen(pen(tokens.accent, 2))
        painter.drawLine(round(x), 0, round(x), self.height())


def click_track() -> npt.NDArray[np.float32]:
    """One period of sound with its click, shape (n, 1): 8 ms of 2 kHz that begin at once and fade."""
    samples = np.zeros((round(PERIOD * RATE), 1), np.float32)
    time = np.arange(round(0.008 * RATE)) / RATE
    first = round(CLICK * RATE)
    samples[first : first + len(time), 0] = 0.7 * np.cos(2 * np.pi * 2000 * time) * np.exp(-time / 0.002)
    return samples


def _millis(seconds: float) -> str:
    value = round(seconds * 1000)
    return f"{MINUS if value < 0 else ''}{abs(value)} ms"
