"""One shard of a cache: arrays joined into a memory-mapped file, and beside it what lies where, with a checksum."""

from __future__ import annotations

import json
import os
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from fairemo_gui.features.cards import file_sha256
from fairemo_gui.features.extractor import Array

_FORMAT = 1


@dataclass(frozen=True)
class Entry:
    """Where one utterance's array lies.

    Attributes:
        utterance: Id in the workspace.
        origin: What it was made from: content hash, range, track version.
        start: First row in the shard.
        length: Number of rows.
    """

    utterance: int
    origin: str
    start: int
    length: int


@dataclass(frozen=True)
class Shard:
    """A shard as its index tells it; the array is not looked at before it is needed.

    Attributes:
        path: The array, shape (rows, dim), float32.
        sha256: Checksum of the array's file, hex.
    """

    path: Path
    sha256: str
    entries: tuple[Entry, ...]

    def intact(self) -> bool:
        """Whether the array is the one that was written."""
        return self.path.is_file() and file_sha256(self.path) == self.sha256

    def delete(self) -> None:
        """Remove the shard: first what makes it known, then its data."""
        self.path.with_suffix(".json").unlink(missing_ok=True)
        self.path.unlink(missing_ok=True)


def write_shard(folder: Path, number: int, made: Sequence[tuple[int, str, Array]]) -> Shard:
    """Write arrays (utterance, origin, array) as one shard; it exists only once all of it is on the disk."""
    # Two jobs may write at the same time, so the number alone is no name.
    path = folder / f"{number:05d}-{secrets.token_hex(3)}.npy"
    starts = np.cumsum([0, *(len(array) for _, _, array in made)])
    entries = tuple(
        Entry(utterance, origin, int(start), len(array))
        for (utterance, origin, array), start in zip(made, starts[:-1], strict=True)
    )
    unfinished = path.with_suffix(".part")
    with unfinished.open("wb") as file:
        np.save(file, np.concatenate([array for _, _, array in made]), allow_pickle=False)
        file.flush()
        os.fsync(file.fileno())
    shard = Shard(path, file_sha256(unfinished), entries)
    unfinished.replace(path)
    _write_index(shard)
    return shard


def read_shard(index: Path) -> Shard | None:
    """The shard an index tells of; None where the index is broken."""
    try:
        table = json.loads(index.read_text("utf-8"))
        entries = tuple(Entry(int(u), str(o), int(s), int(n)) for u, o, s, n in table["entries"])
        return Shard(index.with_suffix(".npy"), str(table["sha256"]), entries) if table["format"] == _FORMAT else None
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _write_index(shard: Shard) -> None:
    rows = [[entry.utterance, entry.origin, entry.start, entry.length] for entry in shard.entries]
    write_json(shard.path.with_suffix(".json"), {"format": _FORMAT, "sha256": shard.sha256, "entries": rows})


def write_json(path: Path, value: object) -> None:
    """Write a file whole or not at all."""
    unfinished = path.with_name(path.name + ".part")
    with unfinished.open("w", encoding="utf-8") as file:
        json.dump(value, file)
        file.flush()
        os.fsync(file.fileno())
    unfinished.replace(path)
