"""The cache of one encoder with one set of settings: a folder `ENCODER@KEY` of shards."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, cast

import numpy as np

from fairemo_gui.errors import UserError
from fairemo_gui.features.extractor import Array, Extractor
from fairemo_gui.features.shards import Entry, Shard, read_shard, write_json, write_shard

_ABOUT = "encoder.json"
_LEFT_BEHIND = 3600.0


@dataclass(frozen=True)
class CacheInfo:
    """What a cache holds.

    Attributes:
        key: First 12 digits of the sha256 of encoder, revision and settings.
        dim: Width of its arrays.
    """

    encoder: str
    modality: str
    revision: str
    settings: dict[str, Any]
    dim: int
    key: str

    @property
    def name(self) -> str:
        """Name of the folder."""
        return f"{self.encoder}@{self.key}"


def describe(encoder: Extractor) -> CacheInfo:
    """What the cache of an encoder will hold, and its key."""
    facts = {"encoder": encoder.name, "revision": encoder.revision, "settings": encoder.settings()}
    key = hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()[:12]
    return CacheInfo(encoder.name, encoder.modality, encoder.revision, encoder.settings(), encoder.dim, key)


def list_caches(features: Path) -> list[CacheInfo]:
    """The caches in a workspace's features folder, by name; broken ones are left out."""
    found = (_read_info(path.parent) for path in sorted(features.glob(f"*@*/{_ABOUT}")))
    return [info for info in found if info is not None]


def create_cache(features: Path, info: CacheInfo) -> FeatureCache:
    """Open the cache of an encoder, made on first use; leftovers of an interrupted write are removed."""
    folder = features / info.name
    folder.mkdir(parents=True, exist_ok=True)
    _sweep(folder)
    write_json(folder / _ABOUT, asdict(info))
    return FeatureCache(folder)


class FeatureCache:
    """Arrays per utterance, memory-mapped.

    Args:
        folder: The cache's own folder.

    Raises:
        UserError: There is no cache in the folder.
    """

    def __init__(self, folder: Path) -> None:
        info = _read_info(folder)
        if info is None:
            raise UserError(f"There are no features in {folder.name}: extract them first.")
        self.folder = folder
        self.info = info
        self._unreadable: list[Path] = []
        self._shards: list[Shard] = []
        self._where: dict[int, tuple[Shard, Entry]] = {}
        self._arrays: dict[Path, Array] = {}
        self._look()

    def __len__(self) -> int:
        return len(self._where)

    def __contains__(self, utterance: int) -> bool:
        return utterance in self._where

    def origin(self, utterance: int) -> str | None:
        """What an utterance's array was made from; None where there is none."""
        found = self._where.get(utterance)
        return found[1].origin if found else None

    def read(self, utterance: int) -> Array:
        """Array of an utterance, shape (frames, dim), float32, read-only.

        Raises:
            UserError: There is none, or its shard is damaged.
        """
        if utterance not in self._where:
            raise UserError(f"Utterance {utterance} has no features in {self.folder.name}: extract them first.")
        shard, entry = self._where[utterance]
        return self._array(shard)[entry.start : entry.start + entry.length]

    def remove_broken(self) -> list[str]:
        """Check every shard, delete the damaged ones and return their names; what they held is no longer there."""
        broken = [shard for shard in self._shards if not shard.intact()]
        for shard in broken:
            shard.delete()
        for index in self._unreadable:
            index.unlink(missing_ok=True)
            index.with_suffix(".npy").unlink(missing_ok=True)
        paths = [shard.path for shard in broken] + [index.with_suffix(".npy") for index in self._unreadable]
        self._look()
        return sorted(path.name for path in paths)

    def write(self, made: Sequence[tuple[int, str, Array]]) -> None:
        """Add arrays (utterance, origin, array); they replace older ones of the same utterances."""
        if made:
            number = 1 + max((int(shard.path.name[:5]) for shard in self._shards), default=-1)
            self._add(write_shard(self.folder, number, made))

    def _look(self) -> None:
        """Read what the folder holds now."""
        self._unreadable, self._shards, self._where, self._arrays = [], [], {}, {}
        for index in sorted(self.folder.glob("[0-9]*-*.json")):
            shard = read_shard(index)
            if shard is None:
                self._unreadable.append(index)
            else:
                self._add(shard)

    def _add(self, shard: Shard) -> None:
        self._shards.append(shard)
        self._where.update({entry.utterance: (shard, entry) for entry in shard.entries})

    def _array(self, shard: Shard) -> Array:
        if shard.path not in self._arrays:
            if not shard.intact():
                raise UserError(
                    f"{self.folder.name}/{shard.path.name} is damaged: extract {self.info.encoder} again; only this "
                    "part is made anew."
                )
            self._arrays[shard.path] = cast(Array, np.load(shard.path, mmap_mode="r", allow_pickle=False))
        return self._arrays[shard.path]


def _sweep(folder: Path) -> None:
    """Remove what interrupted writes left; young files may be another job's, still being written."""
    halves = [path for path in folder.glob("*.npy") if not path.with_suffix(".json").is_file()]
    for leftover in (*folder.glob("*.part"), *halves):
        with suppress(OSError):
            if time.time() - leftover.stat().st_mtime > _LEFT_BEHIND:
                leftover.unlink()


def _read_info(folder: Path) -> CacheInfo | None:
    try:
        return CacheInfo(**json.loads((folder / _ABOUT).read_text("utf-8")))
    except (OSError, ValueError, TypeError):
        return None
