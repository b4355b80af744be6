"""Features made by tests: caches with arrays whose class can be told, in any of the modalities."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from fairemo_gui.features.cache import CacheInfo, create_cache

DIMS = {"audio": 5, "text": 16, "video": 8}
CLASSES = 3


@dataclass(frozen=True)
class Corpus:
    """A made-up corpus: three classes, six speakers, features per modality."""

    utterances: npt.NDArray[np.int64]
    classes: npt.NDArray[np.int64]
    speakers: list[str]
    features: dict[str, str]

    @property
    def targets(self) -> npt.NDArray[np.float64]:
        return np.eye(CLASSES)[self.classes]

    @property
    def split(self) -> list[str]:
        parts = {"s4": "validation", "s5": "test"}
        return [parts.get(speaker, "train") for speaker in self.speakers]

    @property
    def folds(self) -> npt.NDArray[np.int64]:
        return np.array([int(speaker[1]) // 2 for speaker in self.speakers], dtype=np.int64)


def write_cache(folder: Path, modality: str, arrays: dict[int, npt.NDArray[np.float32]], key: str = "k") -> str:
    """A cache with given arrays."""
    dim = next(iter(arrays.values())).shape[1]
    cache = create_cache(folder, CacheInfo(f"fake-{modality}", modality, "1", {}, dim, key))
    cache.write([(utterance, "made", array) for utterance, array in arrays.items()])
    return str(cache.folder)


def corpus(folder: Path, each: int = 5, missing: dict[str, set[int]] | None = None, gap: float = 1.5) -> Corpus:
    """Six speakers, `each` utterances per speaker and class; `missing` names ids a modality lacks."""
    generator = np.random.default_rng(7)
    rows = [(speaker, k) for speaker in range(6) for k in range(CLASSES) for _ in range(each)]
    utterances = np.arange(100, 100 + len(rows))
    classes = np.array([k for _, k in rows])
    features = {}
    for modality, dim in DIMS.items():
        centres = gap * generator.normal(size=(CLASSES, dim))
        lengths = generator.integers(6, 30, len(rows)) if modality != "text" else np.ones(len(rows), dtype=int)
        arrays: dict[int, Any] = {
            int(u): (centres[k] + generator.normal(size=(n, dim))).astype(np.float32)
            for u, k, n in zip(utterances, classes, lengths, strict=True)
            if int(u) not in (missing or {}).get(modality, set())
        }
        features[modality] = write_cache(folder, modality, arrays)
    return Corpus(utterances, classes, [f"s{speaker}" for speaker, _ in rows], features)
