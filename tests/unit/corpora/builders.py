"""Small corpora made by tests: real sound files under the names a corpus gives them, and tables of any content."""

from __future__ import annotations

import wave
from collections.abc import Iterable
from pathlib import Path

import numpy as np


def sound(path: Path, seconds: float = 0.2, peak: float = 0.5, seed: int | None = None) -> Path:
    """A WAV file; sounds of different seeds differ (the seed is the name where none is given)."""
    path.parent.mkdir(parents=True, exist_ok=True)
    random = np.random.default_rng(sum(path.stem.encode()) if seed is None else seed)
    samples = (peak * 32767 * random.uniform(-1, 1, int(seconds * 16000))).astype(np.int16)
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(16000)
        file.writeframes(samples.tobytes())
    return path


def sounds(root: Path, names: Iterable[str]) -> Path:
    """WAV files below a folder."""
    for name in names:
        sound(root / name)
    return root


def table(path: Path, text: str, encoding: str = "utf-8") -> Path:
    """A table; its lines may be indented as the test around it is."""
    path.parent.mkdir(parents=True, exist_ok=True)
    lines = [line.strip() for line in text.strip().splitlines()]
    path.write_bytes(("\n".join(lines) + "\n").encode(encoding))
    return path
