"""Hashed words: the words and word pairs of a transcript, counted into a fixed number of buckets."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from sklearn.feature_extraction.text import HashingVectorizer

from fairemo_gui.core.records import Clip, FaceTrack
from fairemo_gui.core.settings import read_settings
from fairemo_gui.errors import UserError
from fairemo_gui.features.extractor import Array


@dataclass(frozen=True)
class WordsSettings:
    """Settings of `words`.

    Attributes:
        buckets: Width of the vector.
        pairs: Count pairs of neighbouring words too.
    """

    buckets: int = 1024
    pairs: bool = True


class Words:
    """Hashed word counts of length 1 per utterance: shape (1, buckets)."""

    name = "words"
    modality = "text"
    revision = "1"
    batch_size = 256
    parallel = True

    def __init__(self, settings: Mapping[str, object]) -> None:
        self._settings = read_settings(WordsSettings, settings, self.name)
        if self._settings.buckets < 2:
            raise UserError("words: buckets must be 2 or more.")
        self.dim = self._settings.buckets
        # Single letters count too: "I" tells who an utterance is about.
        self._vectorizer = HashingVectorizer(
            n_features=self.dim, ngram_range=(1, 2 if self._settings.pairs else 1), token_pattern=r"(?u)\b\w+\b"
        )

    def settings(self) -> dict[str, Any]:
        """Every setting."""
        return asdict(self._settings)

    def load(self, clip: Clip, track: FaceTrack | None) -> str:
        """The transcript."""
        if not (clip.transcript or "").strip():
            raise UserError("no transcript")
        return str(clip.transcript)

    def encode(self, sources: Sequence[str]) -> list[Array]:
        """One row per transcript."""
        rows = self._vectorizer.transform(sources).toarray().astype(np.float32)
        return [row[None] for row in rows]
