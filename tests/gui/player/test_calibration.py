"""The calibration page: a click through the player's own output, a figure per device, set by eye, keys or taps."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from fairemo_gui.gui.player.calibration import CLICK, PERIOD, CalibrationDialog, click_track
from fairemo_gui.gui.player.latency import DEFAULT, Latencies
from fairemo_gui.gui.player.sound import RATE
from tests.gui.player.conftest import FakeDevice


@pytest.fixture
def latencies() -> Latencies:
    return Latencies()


@pytest.fixture
def dialog(qtbot: QtBot, device: FakeDevice, latencies: Latencies) -> Iterator[CalibrationDialog]:
    made = CalibrationDialog(latencies, 1.0)
    qtbot.addWidget(made)
    made.open()
    qtbot.waitUntil(lambda: made.device == "Fake speakers", timeout=3000)
    yield made
    made.reject()


def test_it_plays_the_click_in_a_loop(qtbot: QtBot, dialog: CalibrationDialog, device: FakeDevice) -> None:
    length = round(PERIOD * RATE)
    qtbot.waitUntil(lambda: bool(device.sinks) and len(device.heard()) > 2 * length, timeout=5000)
    periods = device.heard()[: 2 * length].reshape(2, length)
    np.testing.assert_array_equal(periods[0], periods[1])
    assert np.flatnonzero(click_track()[:, 0])[0] == round(CLICK * RATE)
    np.testing.assert_allclose(periods[0], click_track()[:, 0], atol=1e-6)


def test_the_flash_comes_later_with_a_larger_figure(
    qtbot: QtBot, dialog: CalibrationDialog, device: FakeDevice
) -> None:
    def device_time_at_flash() -> float:
        qtbot.waitUntil(lambda: not dialog.flash.lit, timeout=3000)
        qtbot.waitUntil(lambda: dialog.flash.lit, timeout=3000)
        return device.sinks[-1].processedUSecs() / 1e6 % PERIOD - CLICK

    assert device_time_at_flash() == pytest.approx(DEFAULT, abs=0.05)
    dialog.slider.setValue(200)
    assert device_time_at_flash() == pytest.approx(0.2, abs=0.05)


def test_keys_nudge_and_the_figure_is_kept_for_this_device_alone(
    dialog: CalibrationDialog, latencies: Latencies
) -> None:
    before = dialog.slider.value()
    for key in (Qt.Key.Key_Right, Qt.Key.Key_Right, Qt.Key.Key_Left, Qt.Key.Key_Right):
        QTest.keyClick(dialog, key)
    assert dialog.slider.value() == before + 10
    assert dialog.figure.text() == "22 ms: the picture waits that long for the sound"
    dialog.slider.setValue(-40)
    assert dialog.figure.text() == "−40 ms: the picture comes that much earlier"
    assert latencies.of("Fake speakers") == DEFAULT
    dialog.accept()
    assert latencies.of("Fake speakers") == -0.04
    assert latencies.of("Other speakers") == DEFAULT


def test_the_figure_of_the_device_is_what_it_opens_with(qtbot: QtBot, device: FakeDevice, latencies: Latencies) -> None:
    latencies.set("Headphones", 0.07)
    device.name = "Headphones"
    dialog = CalibrationDialog(latencies, 1.0)
    qtbot.addWidget(dialog)
    qtbot.waitUntil(lambda: dialog.device == "Headphones", timeout=3000)
    assert dialog.slider.value() == 70
    dialog.reset.click()
    assert dialog.slider.value() == 12
    dialog.reject()
    assert latencies.of("Headphones") == 0.07


def test_taps_in_time_set_the_figure(
    qtbot: QtBot, dialog: CalibrationDialog, device: FakeDevice, monkeypatch: pytest.MonkeyPatch
) -> None:
    heard = iter([CLICK + 0.09 + jitter for jitter in (0.0, 0.01, -0.01, 0.005, -0.005, 0.0)])
    qtbot.waitUntil(lambda: dialog._playhead.audible, timeout=3000)
    monkeypatch.setattr(dialog._playhead, "now", lambda: (next(heard) - dialog.seconds, False))
    dialog._ticker.stop()
    for _ in range(6):
        QTest.keyClick(dialog, Qt.Key.Key_Space)
    assert dialog.slider.value() == pytest.approx(90, abs=2)
    assert dialog.note.text().startswith("6 taps say about 9")


def test_without_a_device_there_is_nothing_to_save(qtbot: QtBot, no_device: None, latencies: Latencies) -> None:
    dialog = CalibrationDialog(latencies, 1.0)
    qtbot.addWidget(dialog)
    qtbot.waitUntil(lambda: "no sound device" in dialog.note.text(), timeout=3000)
    assert not dialog.go.isEnabled()
    dialog.tap()
    dialog.reject()
