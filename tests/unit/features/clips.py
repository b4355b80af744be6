"""Clips made by tests: short tones under known names, and a film with a face in it."""

from __future__ import annotations

import wave
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt


def tone(path: Path, seconds: float = 0.5, pitch: float = 220.0) -> Path:
    """A WAV file of one tone and its third, 16 kHz."""
    time = np.arange(round(16000 * seconds)) / 16000
    samples = 0.3 * np.sin(2 * np.pi * pitch * time) + 0.1 * np.sin(6 * np.pi * pitch * time)
    path.parent.mkdir(parents=True, exist_ok=True)
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(16000)
        file.writeframes((32767 * samples).astype(np.int16).tobytes())
    return path


def clip(utterance: int, audio: Path | None = None, **more: Any) -> dict[str, Any]:
    """Fields of a clip as they cross to the compute process."""
    values = {"video": None, "start": None, "end": None, "face_region": "full", "transcript": None}
    return {"utterance": utterance, "audio": str(audio) if audio else None, **values, **more}


def tones(folder: Path, count: int, first: int = 1) -> list[dict[str, Any]]:
    """Clips of tones of different pitch and length, with ids from `first`."""
    return [clip(first + k, tone(folder / f"{first + k}.wav", 0.3 + 0.02 * k, 100.0 + 30 * k)) for k in range(count)]


def still_track(picture: tuple[int, int], times: npt.NDArray[np.float64], found: bool = True) -> dict[str, Any]:
    """A face in the middle of the picture that never moves, or none at all."""
    width, height = picture
    eyes = np.array([[0.42, 0.4], [0.58, 0.4], [0.5, 0.5], [0.44, 0.6], [0.56, 0.6]], np.float32) * [width, height]
    nan = np.nan if not found else 0
    box = np.array([0.3 * width, 0.2 * height, 0.7 * width, 0.8 * height], np.float32)
    return {
        "utterance": 1,
        "detector": "mtcnn",
        "version": 1,
        "times": times,
        "boxes": np.tile(box, (len(times), 1)) + np.float32(nan),
        "scores": np.full(len(times), 1 + nan, np.float32),
        "landmarks": np.tile(eyes.astype(np.float32), (len(times), 1, 1)) + np.float32(nan),
        "width": width,
        "height": height,
        "speaking": None,
    }
