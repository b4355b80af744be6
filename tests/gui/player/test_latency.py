"""Latencies: one per device, remembered; what taps say about one."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from fairemo_gui.gui.player.latency import DEFAULT, MOST, Latencies, from_taps
from fairemo_gui.gui.settings import open_settings


def test_a_figure_per_device_is_remembered(tmp_path: Path) -> None:
    settings = open_settings(tmp_path)
    latencies = Latencies(settings)
    latencies.set("USB / Kopfhörer", 0.085)
    latencies.set("HDMI", -0.03)
    latencies.set("HDMI", None)
    settings.sync()
    again = Latencies(open_settings(tmp_path))
    assert again.of("USB / Kopfhörer") == 0.085
    assert again.of("HDMI") == again.of("never seen") == DEFAULT
    assert again.is_calibrated("USB / Kopfhörer")
    assert not again.is_calibrated("HDMI")


@pytest.mark.parametrize("stored", ["nonsense", "[1, 2]", '{"HDMI": "fast"}', ""])
def test_a_damaged_setting_is_no_setting(tmp_path: Path, stored: str) -> None:
    settings = open_settings(tmp_path)
    settings.setValue("player/latencies", stored)
    assert Latencies(settings).of("HDMI") == DEFAULT


def test_a_figure_beyond_all_reason_is_held_in(tmp_path: Path) -> None:
    settings = open_settings(tmp_path)
    settings.setValue("player/latencies", '{"HDMI": 60}')
    assert Latencies(settings).of("HDMI") == MOST


def test_taps_are_averaged_without_the_ones_that_missed() -> None:
    near = 0.05 + 0.01 * np.sin(np.arange(12))
    assert from_taps(near.tolist()) == pytest.approx(0.05, abs=0.003)
    assert from_taps([*near, 0.4, -0.3]) == pytest.approx(0.05, abs=0.003)
    assert from_taps([0.02, 0.02, 0.02, 0.02, 0.3]) == pytest.approx(0.02)
    assert from_taps([0.05, 0.05, 0.05]) is None
    assert from_taps([0.45] * 6) == MOST
