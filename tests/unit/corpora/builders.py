"""Small corpora made by tests: real sound files under the names a corpus gives them, and tables of any content."""

from __future__ import annotations

import wave
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from fairemo_gui.core.records import CorpusBundle, Utterance
from fairemo_gui.corpora.importer import Importer, ImportReport
from fairemo_gui.jobs.task import TaskContext


@dataclass(frozen=True)
class Reader:
    """Reads a corpus as `fairemo import` does."""

    importer: Importer

    def read(self, root: Path, skip_bad: bool = False) -> tuple[CorpusBundle, ImportReport]:
        """What is in it, and what is said of it."""
        return self.importer.read(TaskContext(), root, skip_bad)

    def utterances(self, root: Path) -> dict[str, Utterance]:
        """Its utterances by code."""
        return {utterance.code: utterance for utterance in self.read(root)[0].utterances}


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
