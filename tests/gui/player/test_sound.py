"""What reaches the sound device: every sample of the range, none from outside, loops without a gap."""

from __future__ import annotations

import math
import threading
import wave
from pathlib import Path

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from fairemo_gui.core.records import Clip
from fairemo_gui.gui.player.engine import PlayerEngine, PlayerState
from fairemo_gui.gui.player.latency import Latencies
from fairemo_gui.gui.player.sound import RATE
from tests.gui.player.conftest import FakeDevice, load
from tests.unit.media.films import write_sound

FADE = 96


@pytest.fixture(scope="module")
def ramp(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three seconds in which each sample's value is its time."""
    values = np.linspace(-0.95, 0.95, 3 * RATE, dtype=np.float32)
    return write_sound(tmp_path_factory.mktemp("sound") / "ramp.wav", values)


@pytest.fixture
def heard(qtbot: QtBot, device: FakeDevice, heard_engine: PlayerEngine, ramp: Path) -> PlayerEngine:
    """An engine with one second of it, on a hasty device."""
    device.haste = 8.0
    load(qtbot, heard_engine, Clip(1, str(ramp), None, 1.0, 2.0))
    return heard_engine


def expected(start: float, end: float) -> np.ndarray:
    values = np.linspace(-0.95, 0.95, 3 * RATE, dtype=np.float32)
    return values[round(start * RATE) : round(end * RATE)]


def test_exactly_the_samples_of_the_range(qtbot: QtBot, heard: PlayerEngine, device: FakeDevice) -> None:
    with qtbot.waitSignal(heard.ended, timeout=5000):
        heard.play()
    sent = device.heard()
    np.testing.assert_allclose(sent[FADE : RATE - FADE], expected(1.0, 2.0)[FADE:-FADE], atol=1e-4)
    assert not sent[RATE:].any()
    assert heard.state is PlayerState.ENDED


def test_a_loop_has_not_one_sample_between(qtbot: QtBot, heard: PlayerEngine, device: FakeDevice) -> None:
    heard.set_loop(True)
    heard.play()
    qtbot.waitUntil(lambda: bool(device.sinks) and len(device.heard()) > 3 * RATE, timeout=5000)
    heard.pause()
    sent = device.heard()[: 3 * RATE].reshape(3, RATE)
    for turn in sent:
        np.testing.assert_allclose(turn[FADE:-FADE], expected(1.0, 2.0)[FADE:-FADE], atol=1e-4)
    np.testing.assert_array_equal(sent[0], sent[1])


def test_a_seek_begins_at_its_sample(qtbot: QtBot, heard: PlayerEngine, device: FakeDevice) -> None:
    heard.seek(1.25)
    heard.play()
    qtbot.waitUntil(lambda: bool(device.sinks) and len(device.heard()) > RATE // 4, timeout=5000)
    np.testing.assert_allclose(device.heard()[FADE : RATE // 4], expected(1.25, 1.5)[FADE:], atol=1e-4)


def test_half_speed_sends_twice_the_samples(qtbot: QtBot, heard: PlayerEngine, device: FakeDevice) -> None:
    heard.set_speed(0.5)
    with qtbot.waitSignal(heard.ended, timeout=5000):
        heard.play()
    sent = device.heard()
    assert np.abs(sent[2 * RATE - 4000 : 2 * RATE - FADE]).max() > 0.01
    assert not sent[2 * RATE :].any()


def test_speed_changes_while_playing_without_a_new_start(qtbot: QtBot, heard: PlayerEngine, device: FakeDevice) -> None:
    device.haste = 1.0
    heard.play()
    qtbot.waitUntil(lambda: heard.position > 1.2, timeout=5000)
    heard.set_speed(2.0)
    with qtbot.waitSignal(heard.ended, timeout=5000):
        pass
    assert len(device.sinks) == 1
    assert np.count_nonzero(device.heard()) < 0.95 * RATE


def test_loudness_is_linear(qtbot: QtBot, heard: PlayerEngine, device: FakeDevice) -> None:
    heard.set_volume(0.5)
    with qtbot.waitSignal(heard.ended, timeout=5000):
        heard.play()
    np.testing.assert_allclose(device.heard()[FADE : RATE - FADE], expected(1.0, 2.0)[FADE:-FADE] * 0.5, atol=1e-4)


def test_time_follows_the_device(qtbot: QtBot, heard: PlayerEngine, device: FakeDevice) -> None:
    device.haste = 1.0
    heard.play()
    qtbot.waitUntil(lambda: heard.position > 1.5, timeout=5000)
    assert heard._playhead.audible
    now = device.sinks[-1].processedUSecs() / 1e6
    assert heard._playhead.now()[0] == pytest.approx(1.0 + now - 0.012, abs=0.02)


def test_a_device_that_takes_nothing_is_given_up(
    qtbot: QtBot, heard: PlayerEngine, device: FakeDevice, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("fairemo_gui.gui.player.playhead._PATIENCE", 0.2)
    device.haste = 1e-6
    with qtbot.waitSignals([heard.silenced, heard.ended], timeout=6000):
        heard.play()
    assert not heard._playhead.audible


@pytest.mark.parametrize(("start", "end"), [(1.25, 1.5), (1.0, 1.1), (1.333333, 1.777777)])
def test_exactly_the_samples_of_a_selection(
    qtbot: QtBot, heard: PlayerEngine, device: FakeDevice, start: float, end: float
) -> None:
    heard.select((start, end))
    ended: list[None] = []
    heard.ended.connect(lambda: ended.append(None))
    heard.play()
    qtbot.waitUntil(lambda: heard.state is PlayerState.ENDED, timeout=5000)
    first, last = math.ceil(start * RATE - 1e-6), math.ceil(end * RATE - 1e-6)
    values = np.linspace(-0.95, 0.95, 3 * RATE, dtype=np.float32)[first:last]
    sent = device.heard()
    np.testing.assert_allclose(sent[FADE : last - first - FADE], values[FADE:-FADE], atol=1e-4)
    assert np.abs(sent[: last - first]).max() <= np.abs(values).max() + 1e-4
    assert not sent[last - first :].any()
    assert not ended


def test_a_selection_loops_without_a_sample_between(qtbot: QtBot, heard: PlayerEngine, device: FakeDevice) -> None:
    heard.select((1.25, 1.5))
    heard.set_loop(True)
    heard.play()
    length = RATE // 4
    qtbot.waitUntil(lambda: bool(device.sinks) and len(device.heard()) > 5 * length, timeout=5000)
    heard.pause()
    turns = device.heard()[: 5 * length].reshape(5, length)
    np.testing.assert_allclose(turns[0, FADE:-FADE], expected(1.25, 1.5)[FADE:-FADE], atol=1e-4)
    for turn in turns[1:]:
        np.testing.assert_array_equal(turn, turns[0])


def test_a_selection_at_another_speed_lasts_as_long_as_it_should(
    qtbot: QtBot, heard: PlayerEngine, device: FakeDevice
) -> None:
    heard.select((1.5, 2.0))
    heard.set_speed(0.5)
    qtbot.waitUntil(lambda: heard.settled, timeout=5000)
    heard.play()
    qtbot.waitUntil(lambda: heard.state is PlayerState.ENDED, timeout=5000)
    assert np.flatnonzero(device.heard())[-1] in range(RATE - 400, RATE)


def test_a_selection_made_while_playing_is_all_that_is_heard_from_then_on(
    qtbot: QtBot, heard: PlayerEngine, device: FakeDevice
) -> None:
    heard.set_loop(True)
    heard.play()
    qtbot.waitUntil(lambda: bool(device.sinks) and heard.position > 1.2, timeout=5000)
    heard.select((1.7, 1.8))
    qtbot.waitUntil(lambda: heard.state is PlayerState.PLAYING, timeout=3000)
    qtbot.waitUntil(lambda: len(device.sinks) == 2 and len(device.heard()) > RATE // 2, timeout=5000)
    heard.select(None)
    sent = device.sinks[1].samples()
    np.testing.assert_allclose(sent[FADE : RATE // 10 - FADE], expected(1.7, 1.8)[FADE:-FADE], atol=1e-4)
    assert sent.max() <= expected(1.7, 1.8).max() + 1e-4


def test_each_device_has_its_own_latency(qtbot: QtBot, device: FakeDevice, ramp: Path) -> None:
    latencies = Latencies()
    latencies.set("Headphones", 0.1)
    engine = PlayerEngine(latencies=latencies)
    lags = {}
    for name in ("Fake speakers", "Headphones"):
        device.name = name
        load(qtbot, engine, Clip(1, str(ramp), None, 1.0, 2.0))
        engine.play()
        qtbot.waitUntil(lambda: engine.position > 1.3, timeout=5000)
        lags[name] = 1.0 + device.sinks[-1].processedUSecs() / 1e6 - engine._playhead.now()[0]
        engine.pause()
    assert lags["Fake speakers"] == pytest.approx(0.012, abs=0.02)
    assert lags["Headphones"] == pytest.approx(0.1, abs=0.02)
    engine.close()


def test_a_device_that_comes_back_is_said(qtbot: QtBot, heard: PlayerEngine, device: FakeDevice) -> None:
    said: list[str] = []
    heard.silenced.connect(said.append)
    device.is_there = False
    heard.play()
    qtbot.waitUntil(lambda: bool(said), timeout=5000)
    device.is_there = True
    heard.replay()
    qtbot.waitUntil(lambda: said[-1] == "", timeout=5000)
    assert said == ["No sound device: playing silently", ""]


@pytest.mark.parametrize("speed", [0.5, 2.0])
def test_nothing_beside_a_selection_is_heard_at_any_speed(
    qtbot: QtBot, device: FakeDevice, heard_engine: PlayerEngine, tmp_path: Path, speed: float
) -> None:
    device.haste = 8.0
    time = np.arange(3 * RATE) / RATE
    tones = np.where(
        (time >= 1.0) & (time < 1.5), 0.3 * np.sin(2 * np.pi * 440 * time), np.sin(2 * np.pi * 3000 * time)
    )
    path = write_sound(tmp_path / "tones.wav", tones.astype(np.float32))
    load(qtbot, heard_engine, Clip(1, str(path), None))
    heard_engine.set_speed(speed)
    heard_engine.select((1.0, 1.5))
    heard_engine.play()
    qtbot.waitUntil(lambda: heard_engine.state is PlayerState.ENDED, timeout=5000)
    sent = device.heard()[: round(0.5 / speed * RATE)]
    power = np.abs(np.fft.rfft(sent)) ** 2
    hertz = np.fft.rfftfreq(len(sent), 1 / RATE)
    assert power[(hertz > 2500) & (hertz < 3500)].max() < 1e-4 * power[(hertz > 400) & (hertz < 480)].max()


def test_a_loop_asked_for_while_the_device_opens_is_kept(
    qtbot: QtBot, heard: PlayerEngine, device: FakeDevice, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = threading.Event()
    look = device.isNull

    def slowly() -> bool:
        asked.wait(5)
        return look()

    monkeypatch.setattr(device, "isNull", slowly)
    heard.play()
    heard.set_loop(True)
    asked.set()
    qtbot.waitUntil(lambda: bool(device.sinks) and len(device.heard()) > 2 * RATE, timeout=5000)
    assert np.abs(device.heard()[RATE + FADE : 2 * RATE - FADE]).max() > 0.01
    assert heard.state is PlayerState.PLAYING


@pytest.mark.parametrize(("rate", "channels"), [(8000, 1), (96000, 2), (48000, 6), (22050, 1)])
def test_any_rate_and_number_of_channels_is_heard_in_tune(
    qtbot: QtBot, heard_engine: PlayerEngine, device: FakeDevice, tmp_path: Path, rate: int, channels: int
) -> None:
    device.haste = 8.0
    tone = 0.5 * np.sin(2 * np.pi * 440 * np.arange(2 * rate) / rate)
    path = tmp_path / "tone.wav"
    with wave.open(str(path), "wb") as out:
        out.setnchannels(channels)
        out.setsampwidth(2)
        out.setframerate(rate)
        out.writeframes(np.repeat((tone * 32767).astype("<i2"), channels).tobytes())
    load(qtbot, heard_engine, Clip(1, str(path), None, 0.5, 1.5))
    with qtbot.waitSignal(heard_engine.ended, timeout=5000):
        heard_engine.play()
    sent = device.heard()
    np.testing.assert_allclose(
        sent[FADE : RATE - FADE], 0.5 * np.sin(2 * np.pi * 440 * (0.5 + np.arange(FADE, RATE - FADE) / RATE)), atol=0.01
    )
    assert not sent[RATE:].any()
