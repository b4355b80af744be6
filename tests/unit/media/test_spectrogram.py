"""The spectrogram shows a tone at its frequency and its time, and nothing where there is nothing."""

from __future__ import annotations

import numpy as np
import pytest

from fairemo_gui.media.spectrogram import spectrogram, spectrogram_part

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


def test_a_part_is_sharper_and_means_the_same() -> None:
    samples = (0.01 * np.random.default_rng(1).standard_normal(2 * RATE)).astype(np.float32)
    samples[RATE : RATE + 160] += 0.5 * np.sin(2 * np.pi * 3000 * np.arange(160) / RATE).astype(np.float32)
    whole = spectrogram(samples, RATE, 10.0, 12.0)
    part = spectrogram_part(samples, RATE, whole, 10.9, 11.1, 800)
    assert part.levels.shape == (whole.levels.shape[0], 800)
    tone = part.levels[round(3000 / part.top_hz * (len(part.levels) - 1))]
    middle = float(np.flatnonzero(tone == tone.max()).mean()) + 0.5
    assert 10.9 + middle / 800 * 0.2 == pytest.approx(11.005, abs=0.001)
    again = spectrogram_part(samples, RATE, whole, 10.0, 12.0, whole.levels.shape[1])
    assert np.abs(again.levels.astype(int) - whole.levels.astype(int)).mean() < 40
    assert abs(float(again.levels.mean()) - float(whole.levels.mean())) < 2.0


def test_a_part_has_no_more_columns_than_samples() -> None:
    whole = spectrogram(np.zeros(RATE, np.float32), RATE, 0.0, 1.0)
    assert spectrogram_part(np.zeros(RATE, np.float32), RATE, whole, 0.5, 0.501, 1000).levels.shape[1] == 16
    assert spectrogram_part(np.zeros(RATE, np.float32), RATE, whole, 0.5, 0.5, 1000).levels.shape[1] == 1
