"""F0 within one per cent where it is known, plausible on real voices, none where there is no voice; energy in dB."""

from __future__ import annotations

import time
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from fairemo_gui.media.decode import read_audio
from fairemo_gui.media.pitch import HIGHEST_HZ, HOP, LOWEST_HZ, track_pitch

RATE = 16000
TIME = np.arange(RATE) / RATE
EMODB_WOMEN, EMODB_MEN = ("08", "09", "13", "14", "16"), ("03", "10", "11", "12", "15")


def harmonics(hertz: float, numbers: range, noise: float = 0.0) -> npt.NDArray[np.float32]:
    sound = sum((np.sin(2 * np.pi * hertz * k * TIME + k) / k for k in numbers), np.zeros(RATE))
    return (0.2 * sound + noise * np.random.default_rng(0).standard_normal(RATE)).astype(np.float32)


@pytest.mark.parametrize("hertz", [62.0, 95.5, 150.0, 233.1, 411.0, 580.0])
@pytest.mark.parametrize("numbers", [range(1, 2), range(1, 20), range(2, 8)], ids=["tone", "voice", "no fundamental"])
def test_a_steady_sound_has_its_pitch(hertz: float, numbers: range) -> None:
    found = track_pitch(harmonics(hertz, numbers), RATE).hertz[3:-3]
    np.testing.assert_allclose(found, hertz, rtol=0.01)


@pytest.mark.parametrize("hertz", [90.0, 220.0])
def test_noise_of_20_decibels_less_does_not_matter(hertz: float) -> None:
    voice = harmonics(hertz, range(1, 20))
    noisy = harmonics(hertz, range(1, 20), noise=float(voice.std()) * 0.1)
    np.testing.assert_allclose(track_pitch(noisy, RATE).hertz[3:-3], hertz, rtol=0.01)


def test_a_glide_is_followed() -> None:
    hertz = 120.0 + 180.0 * TIME
    phase = 2 * np.pi * np.cumsum(hertz) / RATE
    sound = np.sum([np.sin(k * phase) / k for k in range(1, 10)], axis=0)
    track = track_pitch((0.2 * sound).astype(np.float32), RATE, start=5.0)
    expected = 120.0 + 180.0 * (track.times - 5.0)
    np.testing.assert_allclose(track.hertz[3:-3], expected[3:-3], rtol=0.02)


def test_loudness_and_offset_change_nothing() -> None:
    sound = harmonics(140.0, range(1, 10))
    plain = track_pitch(sound, RATE).hertz[3:-3]
    np.testing.assert_allclose(track_pitch(sound * 0.05 + np.float32(0.2), RATE).hertz[3:-3], plain, rtol=1e-3)


@pytest.mark.parametrize(
    "sound", [np.zeros(RATE), 0.3 * np.random.default_rng(2).standard_normal(RATE)], ids=["silence", "noise"]
)
def test_what_is_no_voice_has_no_pitch(sound: npt.NDArray[np.float64]) -> None:
    assert np.isnan(track_pitch(sound.astype(np.float32), RATE).hertz).all()


def test_energy_is_mean_power_in_decibels() -> None:
    sound = np.concatenate([np.full(RATE, 0.1), np.zeros(RATE), np.sin(2 * np.pi * 200 * TIME)]).astype(np.float32)
    track = track_pitch(sound, RATE)
    seconds = track.times.astype(int)
    for second, expected in ((0, -20.0), (1, -100.0), (2, -3.01)):
        inner = track.energy[seconds == second][3:-3]
        np.testing.assert_allclose(inner, expected, atol=0.1)


def test_a_value_every_ten_milliseconds_and_none_for_nothing() -> None:
    track = track_pitch(harmonics(100.0, range(1, 4))[:1601], RATE, start=2.0)
    np.testing.assert_allclose(track.times, 2.0 + HOP * (np.arange(11) + 0.5))
    assert len(track.hertz) == len(track.energy) == 11
    assert len(track_pitch(np.zeros(0, np.float32), RATE).times) == 0


def test_women_and_men_of_emodb_speak_where_women_and_men_do(shared_data: Path) -> None:
    medians = {}
    for speaker in (*EMODB_WOMEN, *EMODB_MEN):
        files = sorted((shared_data / "emodb").glob(f"{speaker}a??N?.flac"))
        files += sorted((shared_data / "emodb").glob(f"{speaker}b??N?.flac"))
        found = np.concatenate([track_pitch(read_audio(path), RATE).hertz for path in files])
        voiced = found[~np.isnan(found)]
        assert 0.3 < len(voiced) / len(found) < 0.8
        low, medians[speaker], high = np.percentile(voiced, [2, 50, 98])
        assert low > LOWEST_HZ
        assert high < 0.75 * HIGHEST_HZ
    assert all(150 < medians[speaker] < 250 for speaker in EMODB_WOMEN)
    assert all(85 < medians[speaker] < 150 for speaker in EMODB_MEN)


def test_34_seconds_take_less_than_one() -> None:
    sound = np.tile(harmonics(150.0, range(1, 20)), 34)
    began = time.perf_counter()
    track_pitch(sound, RATE)
    assert time.perf_counter() - began < 1.0
