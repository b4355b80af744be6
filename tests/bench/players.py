"""Our engine and QMediaPlayer behind one face, and films in which the sound says when it is."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QEventLoop, Qt, QTimer, QUrl

from fairemo_gui.core.records import Clip
from fairemo_gui.gui.player.engine import PlayerEngine, PlayerState
from tests.bench.player_rig import RATE, Recorder, bursts, pips, tone_power

Row = dict[str, Any]
Shown = list[tuple[float, float]]
"""Monotonic time and presentation time of each picture."""
Part = tuple[float, float]
"""Start and end, seconds."""

FPS = 30
PEER = "QMediaPlayer"
LOOP = (20.0, 21.0)
BEAT, AFTER_BEAT = 0.5, 0.1
CARRIER_HZ, PIP_HZ, FENCE_HZ = 500.0, 2000.0, 5000.0
# A hundredth of the power of the soft tone.
_SILENT = 0.01 * 0.05**2


class Ours:
    """Our engine."""

    def __init__(self) -> None:
        self.engine = PlayerEngine()
        self.engine.set_picture_size(640, 360)
        self.shown: Shown = []
        self.engine.frame_changed.connect(self._on_frame)

    def choose(self, path: Path, start: float) -> float:
        """Play an utterance of 3 s; milliseconds until its first picture."""
        before = time.monotonic()
        self.engine.load(clip(path, start, start + 3))
        self.engine.play()
        spin(lambda: self.engine.frame is not None)
        return (time.monotonic() - before) * 1000

    def fetch(self, path: Path, start: float) -> None:
        """Have the utterance fetched before it is chosen."""
        self.engine.prefetch(clip(path, start, start + 3))
        spin(lambda: self.engine.settled and not self.engine._cue.expects)

    def rest(self) -> None:
        """Be silent, with nothing under way."""
        self.engine.pause()
        spin(lambda: self.engine.settled)

    def open(self, path: Path, start: float, end: float) -> None:
        """Have a range decoded."""
        self.engine.load(clip(path, start, end))
        spin(lambda: self.engine.settled and self.engine.state is not PlayerState.LOADING, 30.0)

    def seek(self, to: float) -> float:
        """Milliseconds from asking for a moment to its picture."""
        before = time.monotonic()
        self.engine.seek(to)
        spin(lambda: self.engine.frame is not None and abs(self.engine.frame.pts + 0.5 / FPS - to) < 0.6 / FPS)
        return (time.monotonic() - before) * 1000

    def play(self, path: Path, part: Part, speed: float, seconds: float, *, loop: bool = False) -> Shown:
        """Play a range for some seconds; every picture with the time it was shown."""
        self.open(path, *part)
        return self.go_on(speed, seconds, loop=loop)

    def play_selection(self, path: Path, part: Part, selection: Part, speed: float, seconds: float) -> Shown:
        """Play a selection of a range again and again."""
        self.open(path, *part)
        self.engine.select(selection)
        return self.go_on(speed, seconds, loop=True)

    def go_on(self, speed: float, seconds: float, *, loop: bool) -> Shown:
        """Play what is open for some seconds."""
        self.engine.set_speed(speed)
        self.engine.set_loop(loop)
        spin(lambda: self.engine.settled)
        self.shown = []
        self.engine.play()
        wait(seconds)
        self.engine.pause()
        wait(0.3)
        return self.shown

    def close(self) -> None:
        """Join its threads."""
        self.engine.close()

    def _on_frame(self, frame: Any) -> None:
        if frame is not None:
            self.shown.append((time.monotonic(), frame.pts))


class Peer:
    """QMediaPlayer, used as its documentation says."""

    def __init__(self) -> None:
        from PySide6.QtMultimedia import QAudioOutput, QMediaPlayer, QVideoSink

        self.player, self.output, self.sink = QMediaPlayer(), QAudioOutput(), QVideoSink()
        self.player.setAudioOutput(self.output)
        self.player.setVideoSink(self.sink)
        self._loaded = (QMediaPlayer.MediaStatus.LoadedMedia, QMediaPlayer.MediaStatus.BufferedMedia)
        self.shown: Shown = []
        self._loop: Part | None = None
        self.sink.videoFrameChanged.connect(self._on_frame)

    def choose(self, path: Path, start: float) -> float:
        """Play from a time on; milliseconds until the first picture."""
        before = time.monotonic()
        self._load(path)
        self._go_to(start)
        self.player.play()
        spin(lambda: any(pts >= start - 1.5 / FPS for _, pts in self.shown), 5.0)
        return (time.monotonic() - before) * 1000

    def rest(self) -> None:
        """Be silent."""
        self.player.pause()
        wait(0.1)

    def open(self, path: Path, start: float, end: float) -> None:
        """Stand still at a time."""
        self._load(path)
        self.player.pause()
        self.seek(start)
        wait(0.3)

    def seek(self, to: float) -> float:
        """Milliseconds from asking for a moment to its picture."""
        before = time.monotonic()
        self.shown = []
        self._go_to(to)
        spin(lambda: any(abs(pts - to) < 1.5 / FPS for _, pts in self.shown), 1.0)
        return (time.monotonic() - before) * 1000

    def play(self, path: Path, part: Part, speed: float, seconds: float, *, loop: bool = False) -> Shown:
        """Play a range for some seconds; every picture with the time it was shown."""
        self.open(path, *part)
        self._loop = part if loop else None
        self.player.setPlaybackRate(speed)
        self.shown = []
        self.player.play()
        wait(seconds)
        self.player.pause()
        self._loop = None
        wait(0.3)
        return self.shown

    def play_selection(self, path: Path, part: Part, selection: Part, speed: float, seconds: float) -> Shown:
        """The same: it knows no ranges."""
        return self.play(path, selection, speed, seconds, loop=True)

    def close(self) -> None:
        """Let go of the file."""
        self.player.stop()
        self.player.setSource(QUrl())
        wait(0.1)

    def _load(self, path: Path) -> None:
        self.player.setSource(QUrl())
        self.shown = []
        self.player.setSource(QUrl.fromLocalFile(str(path)))
        spin(lambda: self.player.mediaStatus() in self._loaded, 5.0)

    def _go_to(self, seconds: float) -> None:
        # Aimed half a frame on: a position on a boundary gives the frame before.
        self.player.setPosition(round((seconds + 0.5 / FPS) * 1000))

    def _on_frame(self, frame: Any) -> None:
        if not frame.isValid():
            return
        pts = frame.startTime() / 1e6
        self.shown.append((time.monotonic(), pts))
        if self._loop is not None and pts >= self._loop[1] - 1.0 / FPS:
            self.player.setPosition(round(self._loop[0] * 1000))


def film_sound(seconds: float, pip_hz: float = PIP_HZ) -> npt.NDArray[np.float32]:
    """A soft tone, a pip a tenth of a second after each half second, and a fence of another tone around the loop."""
    time_axis = np.arange(round(seconds * RATE)) / RATE
    samples = 0.1 * np.sin(2 * np.pi * CARRIER_HZ * time_axis)
    length = round(0.03 * RATE)
    pip = np.sin(2 * np.pi * pip_hz * np.arange(length) / RATE) * np.hanning(length)
    for beat in np.arange(0, seconds - BEAT, BEAT):
        first = round((beat + AFTER_BEAT) * RATE) - length // 2
        samples[first : first + length] += 0.7 * pip
    for first_second, last_second in ((LOOP[0] - 0.3, LOOP[0]), (LOOP[1], LOOP[1] + 0.3)):
        span = slice(round(first_second * RATE), round(last_second * RATE))
        samples[span] = 0.5 * np.sin(2 * np.pi * FENCE_HZ * time_axis[span])
    return samples.astype(np.float32)


def offsets(
    shown: Shown, heard: npt.NDArray[np.float64], speed: float, encoder_delay: float = 0.0
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Milliseconds that sound comes after the picture it belongs to, one per pip, and when.

    Args:
        shown: Pictures, by the file's clock.
        heard: Monotonic times of the pips.
        speed: Media seconds per second.
        encoder_delay: Seconds by which the file's sound lies later on its own clock than it was given.
    """
    found, when = [], []
    for at, pts in shown:
        beat = round((pts - encoder_delay) / BEAT) * BEAT + encoder_delay
        if abs(pts - beat) < 0.5 / FPS and len(heard):
            due = at + (beat + AFTER_BEAT - pts) / speed
            lag = heard[np.abs(heard - due).argmin()] - due
            if abs(lag) < 0.45 * BEAT / speed:
                found.append(float(lag) * 1000)
                when.append(at)
    return np.array(found), np.array(when)


def offset_of(
    player: Ours | Peer, path: Path, speed: float, seconds: float, encoder_delay: float = 0.0
) -> npt.NDArray[np.float64]:
    """Milliseconds that sound comes after the picture it belongs to, one per pip; the first half second left out."""
    with Recorder() as recorder:
        shown = player.play(path, (5.0, 5.0 + seconds * speed), speed, seconds)
        heard = pips(recorder.recording(), PIP_HZ, BEAT / speed)
    return offsets(shown[FPS // 2 :], heard, speed, encoder_delay)[0]


def seams(samples: npt.NDArray[np.float32], speed: float) -> tuple[float, float, float]:
    """Of a loop over `LOOP`: milliseconds more per turn than there should be, longest silence, samples outside.

    Two pips to a turn: every second distance spans the seam, so the upper quartile is that of the seams in general; a
    single dropout of a busy sound server is not the player's.
    """
    apart = np.diff(bursts(samples, PIP_HZ, BEAT / speed * 0.8)) / RATE
    loud = np.flatnonzero(tone_power(samples, CARRIER_HZ, 0.004) > _SILENT)
    silence = float(np.diff(loud).max(initial=1) - 1) / RATE
    outside = (tone_power(samples, FENCE_HZ) > 1e-3).sum()
    gap = round(float(np.quantile(np.abs(apart - BEAT / speed), 0.75)) * 1000, 3)
    return gap, silence * 1000, float(outside)


def p95(values: npt.NDArray[np.float64]) -> float:
    """95th percentile of the sizes; not a number where there are none."""
    return float(np.percentile(np.abs(values), 95)) if len(values) else math.nan


def clip(path: Path, start: float, end: float) -> Clip:
    """A range of a film, picture and sound."""
    return Clip(1, str(path), str(path), start, end)


def row(name: str, ours: float, peer: float | None, unit: str, n: int, peer_name: str = PEER) -> Row:
    """A row of the table where less is better."""
    ratio = None if peer is None or not ours else abs(peer / ours)
    return {"name": name, "ours": ours, "peer": peer, "peer_name": peer_name, "ratio": ratio, "unit": unit, "n": n}


def wait(seconds: float) -> None:
    """Let the event loop run."""
    loop = QEventLoop()
    QTimer.singleShot(round(seconds * 1000), loop.quit)
    loop.exec()


def spin(condition: Callable[[], bool], most: float = 10.0) -> None:
    """Let the event loop run, at rest between events, until something is so; looked at every millisecond."""
    loop, until = QEventLoop(), time.monotonic() + most
    timer = QTimer(interval=1, timerType=Qt.TimerType.PreciseTimer)
    timer.timeout.connect(lambda: loop.quit() if condition() or time.monotonic() > until else None)
    timer.start()
    if not condition():
        loop.exec()
