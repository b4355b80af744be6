"""Of several faces the one whose mouth moves with the sound speaks."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt
import pytest

from fairemo_gui.core.records import Clip
from fairemo_gui.jobs.task import TaskContext
from fairemo_gui.media import speaker
from fairemo_gui.media.speaker import who_speaks

FPS, SECONDS = 25, 4
FRAMES = FPS * SECONDS
CENTRES = ((80, 60), (240, 60))


def loudness() -> npt.NDArray[np.float64]:
    """Syllables four times a second, with pauses."""
    t = np.arange(FRAMES) / FPS
    return np.abs(np.sin(4 * np.pi * t)) * ((t % 2) < 1.4)


def picture(openings: tuple[float, float], number: int) -> npt.NDArray[np.uint8]:
    """Two drawn faces whose mouths stand open so far."""
    frame = np.full((120, 320, 3), 120, np.uint8)
    for (x, y), opening in zip(CENTRES, openings, strict=True):
        cv2.circle(frame, (x, y), 40, (200, 170, 150), -1)
        for eye in (-15, 15):
            cv2.circle(frame, (x + eye, y - 12), 5, (40, 40, 40), -1)
        cv2.ellipse(frame, (x, y + 18), (14, 2 + round(8 * opening)), 0, 0, 360, (90, 20, 30), -1)
    noise = np.random.default_rng(number).normal(0, 3, frame.shape)
    return np.clip(frame + noise, 0, 255).astype(np.uint8)


def marks() -> list[npt.NDArray[np.float32]]:
    shape = np.array([[-15, -12], [15, -12], [0, 4], [-14, 18], [14, 18]], np.float32)
    return [np.repeat((shape + centre)[None], FRAMES, axis=0).astype(np.float32) for centre in CENTRES]


def asked(
    monkeypatch: pytest.MonkeyPatch, mouths: Sequence[npt.NDArray[np.float64]], volume: float = 0.3
) -> tuple[int, float] | None:
    """Who speaks, in a film of two mouths that open like this while the sound is as loud as `loudness`."""
    rate = 16000
    envelope = np.interp(np.arange(SECONDS * rate) / rate, np.arange(FRAMES) / FPS, loudness())
    sound = (volume * envelope * np.random.default_rng(0).normal(size=len(envelope))).astype(np.float32)
    frames = [(k / FPS, picture((float(mouths[0][k]), float(mouths[1][k])), k)) for k in range(FRAMES)]
    monkeypatch.setattr(speaker, "iter_frames", lambda *_: iter(frames))
    monkeypatch.setattr(speaker, "read_audio", lambda *_: sound)
    return who_speaks(TaskContext(), Clip(1, "f.mp4", "f.mp4"), marks(), np.arange(FRAMES) / FPS)


@pytest.mark.parametrize("side", [0, 1])
def test_the_mouth_that_moves_speaks(monkeypatch: pytest.MonkeyPatch, side: int) -> None:
    mouths = [loudness(), np.zeros(FRAMES)]
    found = asked(monkeypatch, mouths if side == 0 else mouths[::-1])
    assert found is not None
    assert found[0] == side
    assert found[1] > 0.9


@pytest.mark.parametrize("side", [0, 1])
def test_of_two_moving_mouths_the_one_in_step_with_the_sound_speaks(monkeypatch: pytest.MonkeyPatch, side: int) -> None:
    chewing = np.abs(np.sin(2 * np.pi * 0.7 * np.arange(FRAMES) / FPS + 1)) * ((np.arange(FRAMES) / FPS % 2) >= 1.2)
    mouths = [loudness(), chewing]
    found = asked(monkeypatch, mouths if side == 0 else mouths[::-1])
    assert found is not None
    assert found[0] == side
    assert 0.5 < found[1] < 1


def test_silence_says_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    assert asked(monkeypatch, [loudness(), np.zeros(FRAMES)], volume=0.0) is None


def test_mouths_that_stand_still_say_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    closed = np.zeros(FRAMES)
    found = asked(monkeypatch, [closed, closed])
    assert found is None or found[1] < 0.9


def test_without_sound_nobody_is_guessed(shared_data: Path) -> None:
    clip = Clip(1, None, str(shared_data / "malformed/no_audio_stream.mp4"))
    assert who_speaks(TaskContext(), clip, marks(), np.arange(FRAMES) / FPS) is None


def test_a_moment_of_fast_film_is_no_fault() -> None:
    motion = np.linspace(0.1, 0.9, 8)
    assert speaker._in_step(motion, motion, 1 / 120) > 0
