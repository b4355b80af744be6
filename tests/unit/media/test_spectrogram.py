"""The spectrogram shows a tone at its frequency and its time, and nothing where there is nothing."""

from __future__ import annotations

import numpy as np
import pytest

from fairemo_gui.media.spectrogram import spectrogram

RATE = 16000


@pytest.mark.parametrize("hertz", [500, 3000, 6200])
def test_a_tone_lies_at_its_frequency_and_time(hertz: int) -> None:
    samples = np.zeros(2 * RATE, np.float32)
    samples[RATE : RATE + RATE // 2] = 0.5 * np.sin(2 * np.pi * hertz * np.arange(RATE // 2) / RATE)
    made = spectrogram(samples, RATE, 10.0, 12.0)
    rows, columns = made.levels.shape
    loud = made.levels[:, int(columns * 0.6)]
    middle = np.flatnonzero(loud == loud.max()).mean()
    assert middle / (rows - 1) * made.top_hz == pytest.approx(hertz, abs=40)
    assert made.levels[:, : int(columns * 0.48)].max() == 0
    assert made.levels[:, int(columns * 0.77) :].max() == 0


def test_silence_is_dark_and_finite() -> None:
    assert spectrogram(np.zeros(RATE, np.float32), RATE, 0.0, 1.0).levels.max() == 0


def test_long_and_tiny_sounds_stay_within_bounds() -> None:
    long = spectrogram(np.zeros(RATE * 120, np.float32), RATE, 0.0, 120.0)
    assert long.levels.shape[1] <= 4097
    assert spectrogram(np.zeros(10, np.float32), RATE, 0.0, 0.001).levels.shape[1] == 1
    assert spectrogram(np.zeros(0, np.float32), RATE, 0.0, 0.0).levels.shape == (1, 1)
