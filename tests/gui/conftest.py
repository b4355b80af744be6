"""What every test of the window needs."""

from __future__ import annotations

import gc
from collections.abc import Iterator

import pytest

# Qt says what this library misses while the system's loader holds its lock. In a test those words go through Python,
# which may then give way to a thread that imports an extension and waits for that lock: neither would ever go on.
from PySide6 import QtMultimedia  # noqa: F401


@pytest.fixture(autouse=True)
def garbage_waits() -> Iterator[None]:
    """What a test drops dies in this thread after it, not in whichever makes the next object."""
    gc.disable()
    yield
    gc.enable()
