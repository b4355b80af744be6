"""Plain text as older corpora ship it: mostly ASCII, some of it written on Windows, none of it trusted."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Final

from fairemo_gui.core.records import Problem

AS_WINDOWS: Final = "is not all UTF-8; the other bytes were read as Windows-1252"
HOLDS_NOTHING: Final = "holds nothing; copy it again from its source"
# The longest text of a dialogue is some 100 kB.
_LARGEST = 4 * 1024 * 1024
# Bytes that are no UTF-8 (kept as lone surrogates), and control characters that such bytes became in a careless
# conversion: both are read as what they were on Windows.
_WINDOWS = {
    place + byte: bytes([byte]).decode("cp1252", errors="replace")
    for place, last in ((0xDC00, 0xFF), (0, 0x9F))
    for byte in range(0x80, last + 1)
}


def as_windows(text: str) -> tuple[str, bool]:
    """A text decoded with `surrogateescape`, its foreign bytes read as Windows-1252, and whether it had any."""
    read = text if text.isascii() else text.translate(_WINDOWS)
    return read, read != text


def json_in(text: str, **hooks: Any) -> Any:
    """What a JSON text holds.

    Args:
        text: The text.
        hooks: As `json.loads` takes them.

    Raises:
        ValueError: It is no JSON, or holds halves of surrogate pairs, which can be stored nowhere.
        RecursionError: It is nested too deeply.
    """
    found = json.loads(text, **hooks)
    if "\\u" in text:
        json.dumps(found, ensure_ascii=False).encode()
    return found


def read_text(path: Path, name: str) -> tuple[str | None, Problem | None]:
    """A text file, its lines ended by a line feed.

    Args:
        path: The file.
        name: What it is called in problems.

    Returns:
        The text, None where the file cannot be read as one (a fatal problem says why); a problem that is not fatal
        says that it is no UTF-8.
    """
    try:
        if path.exists() and not path.is_file():
            return None, Problem(name, None, "is no plain file; copy it again from its source", fatal=True)
        if path.stat().st_size > _LARGEST:
            return None, Problem(
                name, None, f"is larger than {_LARGEST >> 20} MB and no text of the corpus", fatal=True
            )
        raw = path.read_bytes()
    except OSError as error:
        return None, Problem(name, None, f"cannot be read ({error.strerror}); check its permissions", fatal=True)
    if b"\0" in raw:
        return None, Problem(name, None, "is no plain text; copy it again from its source", fatal=True)
    text, foreign = as_windows(raw.removeprefix(b"\xef\xbb\xbf").decode("utf-8", errors="surrogateescape"))
    return text.replace("\r\n", "\n").replace("\r", "\n"), Problem(name, None, AS_WINDOWS) if foreign else None
