"""Films to play, engines that are closed again, and a sound device that can be listened to."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
from PySide6 import QtMultimedia
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from fairemo_gui.core.records import Clip, FaceTrack, SpeakerBy
from fairemo_gui.gui import theme
from fairemo_gui.gui.player.engine import PlayerEngine, PlayerState
from fairemo_gui.gui.player.pictures import Frame
from fairemo_gui.gui.player.view import PlayerView
from tests.unit.media.films import chirps, read_number, write_film

SECONDS, FPS = 6.0, 25


@pytest.fixture(scope="session")
def film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Six seconds of numbered frames with sound."""
    return write_film(tmp_path_factory.mktemp("films") / "film.mp4", SECONDS, FPS, sound=chirps(SECONDS))


@pytest.fixture(autouse=True)
def no_thread_left() -> Iterator[None]:
    """A test that leaves a thread of the player behind has failed."""
    before = set(threading.enumerate())
    yield
    left = [thread for thread in set(threading.enumerate()) - before if thread.name.startswith("player")]
    assert not left


@pytest.fixture
def no_device(monkeypatch: pytest.MonkeyPatch) -> None:
    """A computer without a sound device."""
    monkeypatch.setattr(QtMultimedia, "QMediaDevices", _NoDevices)


@pytest.fixture
def device(monkeypatch: pytest.MonkeyPatch) -> FakeDevice:
    """A computer with a sound device that writes down what it is sent."""
    fake = FakeDevice()
    monkeypatch.setattr(QtMultimedia, "QMediaDevices", fake)
    monkeypatch.setattr(QtMultimedia, "QAudioSink", fake.open)
    return fake


@pytest.fixture
def engine(qtbot: QtBot, no_device: None) -> Iterator[PlayerEngine]:
    """An engine on a computer without a sound device."""
    made = PlayerEngine()
    yield made
    made.close()


@pytest.fixture
def heard_engine(qtbot: QtBot, device: FakeDevice) -> Iterator[PlayerEngine]:
    """An engine on a computer with a sound device."""
    made = PlayerEngine()
    yield made
    made.close()


@pytest.fixture
def view(qtbot: QtBot, qapp: QApplication, no_device: None) -> Iterator[PlayerView]:
    """The player in a window of its own, on a computer without a sound device."""
    theme.apply(qapp, theme.DARK)
    made = PlayerView(theme.current)
    qtbot.addWidget(made)
    made.resize(690, 420)
    with qtbot.waitExposed(made):
        made.show()
    yield made
    made.close()


def load(qtbot: QtBot, engine: PlayerEngine, clip: Clip) -> None:
    """Load a clip and wait until it can be played and everything is decoded."""
    engine.load(clip)
    qtbot.waitUntil(lambda: engine.settled and engine.state is not PlayerState.LOADING, timeout=10000)


def shown_number(frame: Frame | None) -> int:
    """The number drawn into a frame."""
    assert frame is not None
    return read_number(np.asarray(frame.picture.to_ndarray(format="rgb24"), np.uint8))


def clip_of(film: Path, start: float | None = None, end: float | None = None) -> Clip:
    """A range of a film, picture and sound."""
    return Clip(1, str(film), str(film), start, end)


def moving_track(missing: range = range(0)) -> FaceTrack:
    """A box that moves two pixels with each frame, in the pixels of the whole picture."""
    lefts = 20.0 + 2.0 * np.arange(150) - 100.0
    boxes = np.stack([lefts, np.full(150, 60.0), lefts + 60.0, np.full(150, 150.0)], axis=1)
    boxes[list(missing)] = np.nan
    return FaceTrack(
        1, "mtcnn", 1, np.arange(150) / FPS, boxes.astype(np.float32), np.full(150, 0.99, np.float32),
        np.zeros((150, 5, 2), np.float32), 320, 180, speaker_by=SpeakerBy.ONLY_FACE,
    )  # fmt: skip


def rgb(image: QImage) -> npt.NDArray[np.uint8]:
    """Pixels, shape (height, width, 3)."""
    image = image.convertToFormat(QImage.Format.Format_RGB888)
    rows = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.bytesPerLine())
    return rows[:, : 3 * image.width()].reshape(image.height(), image.width(), 3).copy()


class FakeDevice:
    """Stands for the system's devices and for one sink; takes sound `haste` times faster than it lasts."""

    def __init__(self) -> None:
        self.haste = 1.0
        self.name = "Fake speakers"
        self.is_there = True
        self.sinks: list[FakeSink] = []

    def defaultAudioOutput(self) -> FakeDevice:  # noqa: N802 - Qt's name
        return self

    def isNull(self) -> bool:  # noqa: N802 - Qt's name
        return not self.is_there

    def description(self) -> str:
        return self.name

    def isFormatSupported(self, form: QtMultimedia.QAudioFormat) -> bool:  # noqa: N802 - Qt's name
        return True

    def open(self, device: FakeDevice, form: QtMultimedia.QAudioFormat, parent: object) -> FakeSink:
        sink = FakeSink(form, self.haste)
        self.sinks.append(sink)
        return sink

    def heard(self) -> npt.NDArray[np.float32]:
        """Everything sent to the last sink, left channel."""
        return self.sinks[-1].samples()


class FakeSink:
    """What the feeder uses of a `QAudioSink`."""

    def __init__(self, form: QtMultimedia.QAudioFormat, haste: float) -> None:
        self._frame, self._rate = form.bytesPerFrame(), form.sampleRate() * haste
        self._haste = haste
        self._buffer, self._data = 0, bytearray()
        self._since = 0.0
        self.stopped = False

    def setBufferSize(self, size: int) -> None:  # noqa: N802 - Qt's name
        self._buffer = size

    def start(self) -> FakeSink:
        self._since = time.monotonic()
        return self

    def write(self, data: bytes) -> int:
        self._data += data
        return len(data)

    def bytesFree(self) -> int:  # noqa: N802 - Qt's name
        return int(self._buffer * self._haste) - (len(self._data) - self._taken())

    def processedUSecs(self) -> int:  # noqa: N802 - Qt's name
        return int(self._taken() / self._frame / (self._rate / self._haste) * 1e6)

    def state(self) -> QtMultimedia.QtAudio.State:
        return QtMultimedia.QtAudio.State.ActiveState

    def reset(self) -> None:
        self.stopped = True

    def deleteLater(self) -> None:  # noqa: N802 - Qt's name
        self.stopped = True

    def samples(self) -> npt.NDArray[np.float32]:
        return np.frombuffer(bytes(self._data), np.float32)[::2].copy()

    def _taken(self) -> int:
        passed = int((time.monotonic() - self._since) * self._rate) * self._frame
        return min(passed, len(self._data))


class _NoDevices:
    @staticmethod
    def defaultAudioOutput() -> QtMultimedia.QAudioDevice:  # noqa: N802 - Qt's name
        return QtMultimedia.QAudioDevice()
