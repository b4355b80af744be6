"""The player beside QMediaPlayer, both in one run: first picture, loop, offset of sound to picture, leaks."""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QEventLoop, QTimer, QUrl
from PySide6.QtWidgets import QApplication

from fairemo_gui.core.records import Clip
from fairemo_gui.gui.player.engine import PlayerEngine, PlayerState
from tests.bench.player_rig import RATE, Recorder, pips, sound_server, tone_power
from tests.unit.media.films import lengthened, write_film

Row = dict[str, Any]
Shown = list[tuple[float, float]]
"""Monotonic time and presentation time of each picture."""

FPS = 30
PEER = "QMediaPlayer"
LOOP = (20.0, 21.0)
PIP_HZ, FENCE_HZ = 2000.0, 5000.0
SPEEDS = (0.5, 1.0, 1.5, 2.0)
_SECONDS = 7.0
_MIDDLE = 0.1


def rows() -> list[Row]:
    """All measurements; about two minutes."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    with sound_server(), tempfile.TemporaryDirectory() as folder:
        application = QApplication.instance() or QApplication([])
        assert application is not None
        part = write_film(Path(folder) / "part.mp4", 25, FPS, (640, 480), keyframes=250)
        long = lengthened(Path(folder) / "long.mp4", part, 12, _silence(300))
        film = write_film(
            Path(folder) / "film.avi", 40, FPS, codec="mpeg4", sound=_film_sound(40), sound_codec="pcm_s16le"
        )
        ours, peer = Ours(), Peer()
        try:
            measured = [*_first_pictures(ours, peer, long), *_offsets(ours, peer, film), *_loops(ours, peer, film)]
        finally:
            ours.close()
            peer.close()
    return measured


class Ours:
    """Our engine."""

    def __init__(self) -> None:
        self.engine = PlayerEngine()
        self.engine.set_picture_size(640, 480)
        self.shown: Shown = []
        self.engine.frame_changed.connect(self._on_frame)

    def first_picture(self, path: Path, start: float) -> float:
        """Milliseconds from choosing an utterance to its first picture."""
        before = time.monotonic()
        self.engine.load(_clip(path, start, start + 3))
        spin(lambda: self.engine.frame is not None)
        took = (time.monotonic() - before) * 1000
        spin(lambda: self.engine.settled)
        return took

    def prefetched_picture(self, path: Path, start: float) -> float:
        """The same, where the utterance was fetched before."""
        self.engine.prefetch(_clip(path, start, start + 3))
        spin(lambda: self.engine.settled and self.engine._next is None)
        return self.first_picture(path, start)

    def play(self, path: Path, start: float, end: float, speed: float, seconds: float, *, loop: bool) -> Shown:
        """Play a range for some seconds; every picture with the time it was shown."""
        self.engine.load(_clip(path, start, end))
        self.engine.set_speed(speed)
        self.engine.set_loop(loop)
        spin(lambda: self.engine.settled and self.engine.state is not PlayerState.LOADING)
        self.shown = []
        self.engine.play()
        wait(seconds)
        self.engine.pause()
        wait(0.5)
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
        self._range: tuple[float, float] | None = None
        self.sink.videoFrameChanged.connect(self._on_frame)

    def first_picture(self, path: Path, start: float) -> float:
        """Milliseconds from choosing an utterance to its first picture."""
        self.player.setSource(QUrl())
        self.shown = []
        before = time.monotonic()
        self.player.setSource(QUrl.fromLocalFile(str(path)))
        spin(lambda: self.player.mediaStatus() in self._loaded, 5.0)
        self.player.pause()
        # Aimed half a frame on: a position on a boundary gives the frame before.
        self.player.setPosition(round((start + 0.5 / FPS) * 1000))
        spin(lambda: any(pts >= start - 1.5 / FPS for _, pts in self.shown), 5.0)
        return (time.monotonic() - before) * 1000

    def play(self, path: Path, start: float, end: float, speed: float, seconds: float, *, loop: bool) -> Shown:
        """Play a range for some seconds; every picture with the time it was shown."""
        self.first_picture(path, start)
        wait(0.3)
        self._range = (start, end) if loop else None
        self.player.setPlaybackRate(speed)
        self.shown = []
        self.player.play()
        wait(seconds)
        self.player.pause()
        self._range = None
        wait(0.5)
        return self.shown

    def close(self) -> None:
        """Let go of the file."""
        self.player.stop()
        self.player.setSource(QUrl())
        wait(0.1)

    def _on_frame(self, frame: Any) -> None:
        if not frame.isValid():
            return
        pts = frame.startTime() / 1e6
        self.shown.append((time.monotonic(), pts))
        if self._range is not None and pts >= self._range[1] - 1.0 / FPS:
            self.player.setPosition(round(self._range[0] * 1000))


def _first_pictures(ours: Ours, peer: Peer, path: Path) -> list[Row]:
    starts = np.random.default_rng(7).uniform(10, 290, 20)
    ours.first_picture(path, 1.0)
    peer.first_picture(path, 1.0)
    pairs = [(ours.first_picture(path, float(at)), peer.first_picture(path, float(at))) for at in starts]
    cold, other = (float(np.percentile(column, 95)) for column in zip(*pairs, strict=True))
    warm = float(np.percentile([ours.prefetched_picture(path, float(at) - 4) for at in starts], 95))
    return [
        _row("first picture p95", cold, other, "ms", len(starts)),
        _row("first picture p95, prefetched", warm, other, "ms", len(starts)),
    ]


def _offsets(ours: Ours, peer: Peer, path: Path) -> list[Row]:
    made = []
    for speed in SPEEDS:
        found = [_offset_of(player, path, speed) for player in (ours, peer)]
        own, other = (float(np.percentile(np.abs(offsets), 95)) if len(offsets) else None for offsets in found)
        assert own is not None
        made.append(_row(f"offset p95 {speed:g}", own, other, "ms", len(found[0])))
    return made


def _offset_of(player: Ours | Peer, path: Path, speed: float) -> npt.NDArray[np.float64]:
    """Milliseconds that sound comes after the picture it belongs to, one per pip; the first half second left out."""
    with Recorder() as recorder:
        wait(0.3)
        shown = player.play(path, 5.0, 5.0 + _SECONDS * speed, speed, _SECONDS, loop=False)
        heard = pips(recorder.recording(), PIP_HZ, 0.5 / speed)
    offsets = []
    for at, pts in shown[FPS // 2 :]:
        beat = round(pts / 0.5) * 0.5
        if abs(pts - beat) < 0.5 / FPS and len(heard):
            due = at + (beat + _MIDDLE - pts) / speed
            nearest = heard[np.abs(heard - due).argmin()] - due
            if abs(nearest) < 0.45 / speed:
                offsets.append(float(nearest) * 1000)
    return np.array(offsets)


def _loops(ours: Ours, peer: Peer, path: Path) -> list[Row]:
    gaps, leaks, turns = [], [], 0
    for player in (ours, peer):
        with Recorder() as recorder:
            wait(0.3)
            player.play(path, *LOOP, 1.0, 8.3, loop=True)
            recording = recorder.recording()
        heard = pips(recording, PIP_HZ, 0.4)
        # Two pips to a turn of one second: every second distance spans the seam, the others are half a second.
        turns = max(turns, len(heard) // 2)
        gaps.append(float(np.abs(np.diff(heard) - 0.5).mean()) * 2 * 1000)
        leaks.append(float((tone_power(recording.samples, FENCE_HZ) > 1e-3).sum()))
    return [
        _row("loop gap", gaps[0], gaps[1], "ms", turns),
        _row("samples outside", leaks[0], leaks[1], "samples", turns),
    ]


def _film_sound(seconds: int) -> npt.NDArray[np.float32]:
    """A pip a tenth of a second after each half second, and a fence of another tone around the loop."""
    samples = np.zeros(seconds * RATE, np.float32)
    length = round(0.03 * RATE)
    pip = np.sin(2 * np.pi * PIP_HZ * np.arange(length) / RATE) * np.hanning(length)
    for beat in np.arange(0, seconds - 0.5, 0.5):
        first = round((beat + _MIDDLE) * RATE) - length // 2
        samples[first : first + length] = 0.8 * pip
    for first, last in ((LOOP[0] - 0.3, LOOP[0]), (LOOP[1], LOOP[1] + 0.3)):
        span = slice(round(first * RATE), round(last * RATE))
        samples[span] = 0.5 * np.sin(2 * np.pi * FENCE_HZ * np.arange(round(0.3 * RATE)) / RATE)
    return samples


def _silence(seconds: int) -> npt.NDArray[np.float32]:
    return np.zeros(seconds * RATE, np.float32)


def _clip(path: Path, start: float, end: float) -> Clip:
    return Clip(1, str(path), str(path), start, end)


def _row(name: str, ours: float, peer: float | None, unit: str, n: int) -> Row:
    ratio = None if peer is None or ours <= 0 else peer / ours
    return {"name": name, "ours": ours, "peer": peer, "peer_name": PEER, "ratio": ratio, "unit": unit, "n": n}


def wait(seconds: float) -> None:
    """Let the event loop run."""
    loop = QEventLoop()
    QTimer.singleShot(round(seconds * 1000), loop.quit)
    loop.exec()


def spin(condition: Callable[[], bool], most: float = 10.0) -> None:
    """Let the event loop run until something is so."""
    until = time.monotonic() + most
    while not condition() and time.monotonic() < until:
        QApplication.processEvents(QEventLoop.ProcessEventsFlag.WaitForMoreEvents, 2)
