"""Sound at another speed keeps its length, its moments and its pitch."""

from __future__ import annotations

import numpy as np
import pytest

from fairemo_gui.gui.player.stretch import FADE, SPEEDS, render

BURSTS = np.arange(0.3, 2.9, 0.4)


def bursts(rate: int, hertz: int, seconds: float) -> np.ndarray:
    samples = np.zeros((3 * rate, 1), np.float32)
    length = round(rate * seconds)
    for start in BURSTS:
        first = round(start * rate)
        tone = np.sin(2 * np.pi * hertz * np.arange(length) / rate) * np.hanning(length)
        samples[first : first + length, 0] = tone
    return samples


@pytest.mark.parametrize("rate", [48000, 44100])
@pytest.mark.parametrize("speed", SPEEDS)
@pytest.mark.parametrize(("hertz", "seconds"), [(400, 0.1), (2000, 0.03), (300, 0.06)])
def test_moments_stay_in_place(speed: float, rate: int, hertz: int, seconds: float) -> None:
    made = render(bursts(rate, hertz, seconds), rate, speed)
    assert len(made) == round(3 * rate / speed)
    for start in BURSTS:
        low, high = round((start - 0.1) / speed * rate), round((start + 0.2) / speed * rate)
        power = made[low:high, 0].astype(np.float64) ** 2
        centre = (power * np.arange(low, high)).sum() / power.sum() / rate
        assert centre == pytest.approx((start + seconds / 2) / speed, abs=0.002 + 0.0025 / speed)


@pytest.mark.parametrize("speed", SPEEDS)
@pytest.mark.parametrize("seconds", [0.02, 0.5])
def test_sound_is_as_loud_at_its_edges_as_inside(speed: float, seconds: float) -> None:
    noise = np.random.default_rng(3).uniform(-1, 1, (round(seconds * 48000), 1)).astype(np.float32)
    made = render(noise, 48000, speed)[:, 0]
    width = round(0.005 * 48000)
    level = np.sqrt(np.mean(noise**2))
    for edge in (made[96 : 96 + width], made[-96 - width : -96]):
        assert np.sqrt(np.mean(edge**2)) > 0.6 * level


@pytest.mark.parametrize("speed", [0.25, 0.5, 1.5, 2.0])
def test_pitch_stays(speed: float) -> None:
    rate = 48000
    tone = np.sin(2 * np.pi * 440 * np.arange(2 * rate) / rate).astype(np.float32)[:, None]
    made = render(np.repeat(tone, 2, axis=1), rate, speed)
    spectrum = np.abs(np.fft.rfft(made[rate // 4 : rate // 4 + rate // 2, 1]))
    assert spectrum.argmax() * 2 == pytest.approx(440, abs=4)


def test_edges_rise_and_fall_and_the_middle_is_untouched() -> None:
    rate = 48000
    made = render(np.ones((rate, 1), np.float32), rate, 1.0)
    width = round(FADE * rate)
    assert made[0, 0] == 0.0
    assert made[-1, 0] == 0.0
    np.testing.assert_array_equal(made[width:-width], 1.0)


@pytest.mark.parametrize("length", [0, 1, 10])
def test_tiny_sounds(length: int) -> None:
    assert len(render(np.ones((length, 1), np.float32), 48000, 0.5)) == 2 * length
