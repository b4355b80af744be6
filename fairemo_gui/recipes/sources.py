"""Features as nets take them: pooled into memory, or cut and padded sequences read when they are needed."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from copy import copy
from typing import Protocol

import numpy as np
import numpy.typing as npt
import torch

from fairemo_gui.features.cache import FeatureCache
from fairemo_gui.recipes.pooling import pool
from fairemo_gui.training.data import Rows, Tensors

Present = npt.NDArray[np.bool_]


class Source(Protocol):
    """Features of one modality for n utterances."""

    dim: int
    present: Present
    """Which utterances have features, shape (n,)."""

    def batch(self, rows: Rows) -> Tensors:
        """Tensors by the name of the branch's arguments: `values`, and `mask` for sequences."""


class Pooled:
    """One vector per utterance, in memory; zeros where there are no features.

    Args:
        cache: Where the features lie.
        utterances: Ids.
        statistics: What is taken over time.
        check: Called between utterances; raises to stop.
    """

    def __init__(
        self, cache: FeatureCache, utterances: Rows, statistics: Sequence[str], check: Callable[[], None]
    ) -> None:
        self.dim = cache.info.dim * len(statistics)
        self.present = np.array([int(utterance) in cache for utterance in utterances], dtype=np.bool_)
        self.values = np.zeros((len(utterances), self.dim), dtype=np.float32)
        for row in np.flatnonzero(self.present):
            check()
            self.values[row] = pool(cache.read(int(utterances[row])), statistics)

    def batch(self, rows: Rows) -> Tensors:
        """`values`, shape (len(rows), dim)."""
        return {"values": torch.from_numpy(self.values[rows])}


class Sequences:
    """Sequences of one length: the middle of longer ones, zeros before shorter ones; read from disk batch by batch.

    Args:
        cache: Where the features lie.
        utterances: Ids.
        frames: Length.
    """

    def __init__(self, cache: FeatureCache, utterances: Rows, frames: int) -> None:
        self.dim = cache.info.dim
        self.present = np.array([int(utterance) in cache for utterance in utterances], dtype=np.bool_)
        self._cache = cache
        self._utterances = utterances
        self._frames = frames

    def batch(self, rows: Rows) -> Tensors:
        """`values`, shape (len(rows), frames, dim), and `mask`, shape (len(rows), frames), 1 where there is a frame."""
        values = np.zeros((len(rows), self._frames, self.dim), dtype=np.float32)
        mask = np.zeros((len(rows), self._frames), dtype=np.float32)
        for position, row in enumerate(rows):
            if self.present[row]:
                middle = self._middle(self._cache.read(int(self._utterances[row])))
                values[position, self._frames - len(middle) :] = middle
                mask[position, self._frames - len(middle) :] = 1.0
        return {"values": torch.from_numpy(values), "mask": torch.from_numpy(mask)}

    def _middle(self, frames: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
        first = max(0, (len(frames) - self._frames) // 2)
        return frames[first : first + self._frames]


class Modalities:
    """Features of several modalities under names like `audio.values`, with `audio.present` beside them.

    Args:
        sources: One per modality, all for the same utterances.
    """

    def __init__(self, sources: Mapping[str, Source]) -> None:
        self.sources = dict(sources)

    def dims(self) -> dict[str, int]:
        """Width of the features per modality."""
        return {name: source.dim for name, source in self.sources.items()}

    def batch(self, rows: Rows) -> Tensors:
        """Tensors of every modality."""
        tensors: Tensors = {}
        for name, source in self.sources.items():
            tensors |= {f"{name}.{key}": tensor for key, tensor in source.batch(rows).items()}
            tensors[f"{name}.present"] = torch.from_numpy(source.present[rows].astype(np.float32))
        return tensors

    def only(self, kept: Collection[str]) -> Modalities:
        """The same, with every modality that is not kept counting as absent: nets put zeros in its place."""
        found = {name: copy(source) for name, source in self.sources.items()}
        for name in found.keys() - set(kept):
            found[name].present = np.zeros_like(found[name].present)
        return Modalities(found)

    def usable(self) -> Present:
        """Utterances that have at least one of the modalities, shape (n,)."""
        return np.asarray(np.any([source.present for source in self.sources.values()], axis=0))
