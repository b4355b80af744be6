"""The sound output: one thread that feeds the device and tells the time by it."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QObject, Qt, QThread, QTimer, Signal, Slot

from fairemo_gui.gui.player.clock import DeviceClock, Score, Segment
from fairemo_gui.gui.player.latency import Latencies

if TYPE_CHECKING:
    from PySide6.QtCore import QIODevice
    from PySide6.QtMultimedia import QAudioFormat, QAudioSink

RATE = 48000
"""Samples per second sent to every device: each takes it, and sound servers convert."""
BUFFER = 0.1
_TICK_MS = 5
# The device is stopped this long after the last sample: stopping on the dot cuts off what is still on its way.
_TAIL = 0.06
_ONSET = 0.002


@dataclass(frozen=True, slots=True, eq=False)
class Take:
    """Sound of a range, or of a selection of it, rendered at one speed for the device.

    Attributes:
        samples: Shape (n, 1 or 2), float32.
        start: Media time of the first sample, seconds.
        end: Media time of the end, seconds.
        speed: Media seconds per second.
    """

    samples: npt.NDArray[np.float32]
    start: float
    end: float
    speed: float


class SoundOutput(QObject):
    """Plays takes on the default device; every method returns at once.

    Signals:
        found: Whether the computer has a sound device: the answer to `find`.
        opened: A device was opened: its description.
        lost: The device went away or refused, with its reason.
    """

    found = Signal(bool)
    opened = Signal(str)
    lost = Signal(str)
    _find_asked = Signal()
    _play_asked = Signal(object, float, object)
    _swap_asked = Signal(object)
    _stop_asked = Signal()

    def __init__(self, latencies: Latencies, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._latencies = latencies
        self._volume = 1.0
        self._thread: QThread | None = None
        self._feeder: _Feeder | None = None
        self._session: Session | None = None

    def find(self) -> None:
        """Look for a device; `found` answers. The first look may take a tenth of a second, in the output's thread."""
        self._started()
        self._find_asked.emit()

    def play(self, take: Take, position: float, *, loop: bool) -> None:
        """Begin at a media time."""
        self._started()
        self._session = Session()
        self.set_loop(loop)
        self._play_asked.emit(take, position, self._session)

    def swap(self, take: Take) -> None:
        """Go on with another take of the same range, from the moment the sound has reached, without a gap."""
        self._swap_asked.emit(take)

    def stop(self) -> None:
        """Silence."""
        if self._thread is not None:
            self._session = None
            self._stop_asked.emit()

    def set_loop(self, loop: bool) -> None:
        """Whether the end is followed by the beginning."""
        if self._feeder is not None:
            self._feeder.loop = loop

    def set_volume(self, volume: float) -> None:
        """Loudness 0–1, linear in amplitude."""
        self._volume = volume
        if self._feeder is not None:
            self._feeder.volume = volume

    def position(self) -> tuple[float, bool] | None:
        """Media time being heard, and whether the end has been heard; None while the device has not begun."""
        if self._session is None:
            return None
        return self._session.position(time.monotonic(), self._latencies.of(self._session.device))

    def close(self) -> None:
        """Stop the device and join the thread."""
        if self._thread is None:
            return
        self._stop_asked.emit()
        self._thread.quit()
        self._thread.wait()
        self._thread, self._feeder, self._session = None, None, None

    def _started(self) -> None:
        if self._thread is not None:
            return
        # Once and here, not by several outputs' threads at a time: PySide makes classes when they are first asked for.
        from PySide6.QtMultimedia import QAudioFormat, QAudioSink, QMediaDevices, QtAudio  # noqa: F401

        self._thread = QThread()
        self._thread.setObjectName("sound output")
        self._feeder = _Feeder()
        self._feeder.volume = self._volume
        self._feeder.moveToThread(self._thread)
        queued = Qt.ConnectionType.QueuedConnection
        self._find_asked.connect(self._feeder.find, queued)
        self._play_asked.connect(self._feeder.play, queued)
        self._swap_asked.connect(self._feeder.swap, queued)
        self._stop_asked.connect(self._feeder.stop, queued)
        self._feeder.found.connect(self.found)
        self._feeder.opened.connect(self.opened)
        self._feeder.lost.connect(self.lost)
        self._thread.finished.connect(self._feeder.tear_down, Qt.ConnectionType.DirectConnection)
        self._thread.start(QThread.Priority.TimeCriticalPriority)


class Session:
    """One uninterrupted run of the device: its clock and what was sent to it."""

    def __init__(self) -> None:
        self.clock = DeviceClock()
        self.score = Score()
        self.device = ""
        self.begun = False

    def position(self, now: float, latency: float) -> tuple[float, bool] | None:
        """Media time being heard, and whether the end has been heard; None while nothing was."""
        if not self.begun:
            return None
        return self.score.media_time(max(self.clock.played(now) - latency, 0.0))


class _Feeder(QObject):
    """Lives in the output's thread and keeps the device's buffer full."""

    found = Signal(bool)
    opened = Signal(str)
    lost = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.loop = False
        self.volume = 1.0
        self._sink: QAudioSink | None = None
        self._pipe: QIODevice | None = None
        self._format: QAudioFormat | None = None
        self._timer: QTimer | None = None
        self._take: Take | None = None
        self._session = Session()
        self._cursor = 0
        self._written = 0
        self._onset = 0
        self._ends_at: int | None = None

    @Slot()
    def find(self) -> None:
        from PySide6.QtMultimedia import QMediaDevices

        self.found.emit(not QMediaDevices.defaultAudioOutput().isNull())

    @Slot(object, float, object)
    def play(self, take: Take, position: float, session: Session) -> None:
        self._halt()
        self._take, self._session = take, session
        if not self._open():
            return
        self._cursor = min(max(round((position - take.start) / take.speed * RATE), 0), len(take.samples))
        self._written, self._ends_at = 0, None
        self._onset = round(_ONSET * RATE) if self._cursor else 0
        session.score.add(Segment(0.0, take.start + self._cursor / RATE * take.speed, take.speed))
        assert self._sink is not None
        self._pipe = self._sink.start()
        self._feed()
        session.begun = True
        assert self._timer is not None
        self._timer.start()

    @Slot(object)
    def swap(self, take: Take) -> None:
        if take is self._take or self._take is None or self._sink is None or self._ends_at is not None:
            return
        media = self._take.start + self._cursor / RATE * self._take.speed
        self._take = take
        self._cursor = min(max(round((media - take.start) / take.speed * RATE), 0), len(take.samples))
        self._onset = round(_ONSET * RATE)
        self._session.score.add(Segment(self._written / RATE, media, take.speed))

    @Slot()
    def stop(self) -> None:
        self._halt()

    @Slot()
    def tear_down(self) -> None:
        """Give everything back in the thread that made it."""
        self._halt()
        if self._sink is not None:
            self._sink.deleteLater()
        if self._timer is not None:
            self._timer.deleteLater()
        self._sink, self._timer = None, None

    def _open(self) -> bool:
        """A sink on today's default device."""
        from PySide6.QtMultimedia import QAudioFormat, QAudioSink, QMediaDevices

        device = QMediaDevices.defaultAudioOutput()
        if device.isNull():
            self.lost.emit("No sound device")
            return False
        made = QAudioFormat()
        made.setSampleRate(RATE)
        made.setChannelCount(2)
        made.setSampleFormat(QAudioFormat.SampleFormat.Float)
        if not device.isFormatSupported(made):
            made.setSampleFormat(QAudioFormat.SampleFormat.Int16)
        self._format = made
        self._session.device = device.description()
        self._sink = QAudioSink(device, made, self)
        self._sink.setBufferSize(made.bytesForDuration(int(BUFFER * 1e6)))
        if self._timer is None:
            self._timer = QTimer(self)
            self._timer.setTimerType(Qt.TimerType.PreciseTimer)
            self._timer.setInterval(_TICK_MS)
            self._timer.timeout.connect(self._tick)
        self.opened.emit(self._session.device)
        return True

    def _halt(self) -> None:
        if self._timer is not None:
            self._timer.stop()
        if self._sink is not None:
            self._sink.reset()
            self._sink.deleteLater()
        self._sink, self._pipe, self._take = None, None, None

    @Slot()
    def _tick(self) -> None:
        if self._sink is None or self._take is None:
            return
        from PySide6.QtMultimedia import QtAudio

        if self._sink.state() == QtAudio.State.StoppedState:
            self._halt()
            self.lost.emit("The sound device stopped")
            return
        played = self._sink.processedUSecs() / 1e6
        self._session.clock.report(played, time.monotonic())
        if self._ends_at is not None and played > self._ends_at / RATE + _TAIL:
            self._halt()
            return
        self._feed()

    def _feed(self) -> None:
        """Fill the device's buffer."""
        if self._sink is None or self._pipe is None or self._format is None:
            return
        size = self._format.bytesPerFrame()
        free = self._sink.bytesFree() // size
        while free > 0:
            block = self._next(free)
            self._pipe.write(self._encoded(block))
            self._written += len(block)
            free -= len(block)

    def _next(self, most: int) -> npt.NDArray[np.float32]:
        """The next samples to send: of the take, of its beginning again, or silence after the end."""
        take = self._take
        assert take is not None
        if self._cursor >= len(take.samples):
            if self.loop and len(take.samples):
                self._cursor, self._ends_at = 0, None
                self._session.score.add(Segment(self._written / RATE, take.start, take.speed))
            else:
                if self._ends_at is None:
                    self._ends_at = self._written
                    self._session.score.finish(self._written / RATE, take.end)
                return np.zeros((most, take.samples.shape[1]), np.float32)
        block = take.samples[self._cursor : self._cursor + most]
        self._cursor += len(block)
        if self._onset:
            block = block.copy()
            rise = min(self._onset, len(block))
            block[:rise] *= np.linspace(0.0, 1.0, rise, dtype=np.float32)[:, None]
            self._onset = 0
        return block

    def _encoded(self, block: npt.NDArray[np.float32]) -> bytes:
        from PySide6.QtMultimedia import QAudioFormat

        loud = np.clip(block * np.float32(self.volume), -1.0, 1.0)
        if loud.shape[1] == 1:
            loud = np.repeat(loud, 2, axis=1)
        assert self._format is not None
        if self._format.sampleFormat() == QAudioFormat.SampleFormat.Int16:
            return bytes((loud * 32767.0).astype(np.int16).tobytes())
        return bytes(np.ascontiguousarray(loud, np.float32).tobytes())
