"""What every test of the window needs before it begins."""

from __future__ import annotations

# Qt says what this library misses while the system's loader holds its lock. In a test those words go through Python,
# which may then give way to a thread that imports an extension and waits for that lock: neither would ever go on.
from PySide6 import QtMultimedia  # noqa: F401
