"""Desks over a corpus of short clips, on a computer without a sound device, or with one that notes what it is sent."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest
from PySide6 import QtMultimedia
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from fairemo_gui.gui import theme
from fairemo_gui.gui.player import clock as clock_module
from fairemo_gui.gui.player import playhead as playhead_module
from tests.gui.annotate.rig import CLIPS, LENGTH, SECRET, Desk, SimulatedClock, make_workspace
from tests.gui.player.conftest import FakeDevice, _NoDevices
from tests.unit.media.films import chirps, write_film


@pytest.fixture(scope="session")
def secret_film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Numbered frames with sound, as long as all clips together."""
    seconds = CLIPS * LENGTH
    place = tmp_path_factory.mktemp("corpus") / f"{SECRET}.mp4"
    return write_film(place, seconds, 25, (160, 90), sound=chirps(seconds), keyframes=10)


@pytest.fixture
def folder(tmp_path: Path, secret_film: Path) -> Path:
    """A workspace of its own."""
    return make_workspace(tmp_path, secret_film)


@pytest.fixture
def make_desk(
    qtbot: QtBot, qapp: QApplication, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[..., Desk]]:
    """Opens desks, and closes them again."""
    theme.apply(qapp, theme.DARK)
    made: list[Desk] = []

    def make(clock: Callable[[], float] | None = None, audible: Callable[[], bool] | None = None) -> Desk:
        # On a simulated clock nothing sounds, and that does not matter.
        made.append(Desk(qtbot, folder, clock, audible or (None if clock is None else lambda: True)))
        return made[-1]

    yield make
    for desk in made:
        desk.close()


@pytest.fixture
def silent(monkeypatch: pytest.MonkeyPatch) -> None:
    """A computer without a sound device."""
    monkeypatch.setattr(QtMultimedia, "QMediaDevices", _NoDevices)


@pytest.fixture
def simulated(silent: None, monkeypatch: pytest.MonkeyPatch) -> SimulatedClock:
    """The player's time and the rater's are one, and pass only when the test says so."""
    clock = SimulatedClock()
    for module in (clock_module, playhead_module):
        monkeypatch.setattr(module, "time", SimpleNamespace(monotonic=clock))
    return clock


@pytest.fixture
def device(monkeypatch: pytest.MonkeyPatch) -> FakeDevice:
    """A computer with a sound device that writes down what it is sent."""
    fake = FakeDevice()
    monkeypatch.setattr(QtMultimedia, "QMediaDevices", fake)
    monkeypatch.setattr(QtMultimedia, "QAudioSink", fake.open)
    return fake
