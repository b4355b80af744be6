"""What a fuzzing child tells its parent: how many inputs it ran, the one it is at, and every fault it met."""

from __future__ import annotations

import hashlib
import mmap
import traceback
from pathlib import Path
from types import TracebackType

LONGEST_INPUT = 4 * 1024 * 1024
_HEAD = 16
_OURS = ("/fairemo_gui/", "/tests/")


class Progress:
    """The number of inputs run and the input under way, in a file that outlives whoever writes it.

    Args:
        path: The file; it is made where there is none.
    """

    def __init__(self, path: Path) -> None:
        if not path.exists():
            path.write_bytes(bytes(_HEAD + LONGEST_INPUT))
        with path.open("r+b") as file:
            self._map = mmap.mmap(file.fileno(), 0)

    @property
    def done(self) -> int:
        """Inputs that were begun."""
        return int.from_bytes(self._map[:8], "little")

    @property
    def current(self) -> bytes:
        """The input begun last."""
        length = int.from_bytes(self._map[8:_HEAD], "little")
        return bytes(self._map[_HEAD : _HEAD + length])

    def begin(self, data: bytes) -> None:
        """Say which input comes next."""
        data = data[:LONGEST_INPUT]
        self._map[_HEAD : _HEAD + len(data)] = data
        self._map[8:_HEAD] = len(data).to_bytes(8, "little")
        self._map[:8] = (self.done + 1).to_bytes(8, "little")


def place_of(trace: TracebackType | None) -> str:
    """The deepest line of the project or its tests in a traceback."""
    frames = traceback.extract_tb(trace)
    ours = [frame for frame in frames if any(folder in frame.filename for folder in _OURS)]
    last = (ours or frames)[-1]
    return f"{Path(last.filename).name}:{last.lineno}"


def save(folder: Path, target: str, place: str, data: bytes, details: str) -> Path | None:
    """Keep an input and what it did; None where a fault of that place is kept already."""
    name = f"{target}-{hashlib.sha256(place.encode()).hexdigest()[:12]}"
    path = folder / f"{name}.input"
    if path.exists():
        return None
    folder.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    path.with_suffix(".txt").write_text(details, encoding="utf-8", errors="backslashreplace")
    return path
