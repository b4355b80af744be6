"""Somebody who presses everything at once: nothing falls over, nothing leaks, and what comes next plays."""

from __future__ import annotations

import random
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication
from pytestqt.qtbot import QtBot

from fairemo_gui.core.records import Clip, Condition
from fairemo_gui.gui import theme
from fairemo_gui.gui.player.engine import PlayerState
from fairemo_gui.gui.player.item import PlayerItem
from fairemo_gui.gui.player.stretch import SPEEDS
from fairemo_gui.gui.player.view import PlayerView
from tests.gui.player.conftest import FakeDevice, clip_of, load, shown_number
from tests.unit.media.films import write_film

LASTS = 2.0


@pytest.fixture
def hurried(qtbot: QtBot, device: FakeDevice) -> Iterator[PlayerView]:
    """A player whose threads give way to each other all the time."""
    view = PlayerView(theme.current)
    qtbot.addWidget(view)
    view.show()
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-4)
    yield view
    sys.setswitchinterval(interval)
    view.close()


def deeds(view: PlayerView, device: FakeDevice, files: list[Path], draw: random.Random) -> list[Callable[[], object]]:
    """Everything a person, a file or a plug can do to it."""

    def item() -> PlayerItem:
        path, start = str(draw.choice(files)), draw.uniform(0, 6)
        return PlayerItem(Clip(1, draw.choice([path, None]), path, start, start + draw.choice([0, 0.001, 1, 40])), "x")

    def moment() -> float:
        extent = view.engine.extent
        return 0.0 if extent is None else draw.uniform(extent.start - 1, extent.end + 1)

    return [
        lambda: view.show_item(item()), lambda: view.prefetch(item()), view.toggle, view.replay, view.shutdown,
        lambda: view.seek(moment()), lambda: view.set_speed(draw.choice(SPEEDS)), lambda: view.step(-2),
        lambda: view.step(1), lambda: view.set_loop(draw.random() < 0.5), lambda: view.engine.select(None),
        lambda: view.engine.select((moment(), moment())), lambda: view.set_condition(draw.choice(list(Condition))),
        lambda: view.resize(draw.randrange(280, 1400), draw.randrange(150, 800)),
        lambda: setattr(device, "is_there", not device.is_there),
    ]  # fmt: skip


def holds(view: PlayerView) -> None:
    """What is true at any moment."""
    engine = view.engine
    if engine.condition is Condition.VOICE:
        assert engine.frame is None
    if engine.condition is Condition.FACE:
        assert engine._playhead.output._thread is None
    if engine.extent is not None and engine.state in (PlayerState.PLAYING, PlayerState.PAUSED, PlayerState.ENDED):
        assert engine.extent.start - 1e-6 <= engine.position <= engine.extent.end + 1e-6
        assert engine.frame is None or engine.frame.pts < engine.extent.end


@pytest.mark.parametrize("seed", range(3))
def test_whatever_is_pressed_the_next_clip_plays(
    qtbot: QtBot, hurried: PlayerView, device: FakeDevice, film: Path, tmp_path: Path, seed: int
) -> None:
    draw = random.Random(seed)
    files = [film, film, write_film(tmp_path / "slow.mp4", 8, 1, (322, 182)), tmp_path / "nowhere.mp4"]
    choices, end = deeds(hurried, device, files, draw), time.monotonic() + LASTS
    while time.monotonic() < end:
        draw.choice(choices)()
        for _ in range(draw.choice([1, 1, 5, 50])):
            QCoreApplication.processEvents()
            holds(hurried)
    device.is_there = True
    hurried.set_loop(False)
    hurried.set_speed(1.0)
    hurried.set_condition(Condition.AV)
    load(qtbot, hurried.engine, clip_of(film, 2.0, 2.2))
    assert shown_number(hurried.engine.frame) == 50
    with qtbot.waitSignal(hurried.ended, timeout=5000):
        hurried.play()
