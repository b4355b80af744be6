"""One window per workspace: who holds it, and a second one that can say so."""

from __future__ import annotations

import contextlib
import fcntl
import getpass
import json
import os
import socket
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import IO


@dataclass(frozen=True, slots=True)
class Holder:
    """Who has a workspace open for writing.

    Attributes:
        since: ISO 8601, UTC.
    """

    user: str
    host: str
    pid: int
    since: str

    def __str__(self) -> str:
        return f"{self.user} on {self.host} (process {self.pid}, since {self.since})"


class WorkspaceLock:
    """The right of one window to write a workspace; given back when the process ends, however it ends.

    The system holds the lock, so that one of a dead process is nobody's. Commands take none: each of their writes is
    one transaction that waits for its turn.

    Args:
        folder: The `NAME.fairemo` folder.
    """

    def __init__(self, folder: Path) -> None:
        self._path = folder / "window.lock"
        self._file: IO[str] | None = None

    def acquire(self) -> Holder | None:
        """Take the lock.

        Returns:
            None once it is ours; else who holds it.

        Raises:
            OSError: The folder cannot be written, or `window.lock` is a link.
        """
        if self._file is not None:
            return None
        # A link in a workspace from elsewhere could lead to any file, which would be emptied.
        file = open(self._path, "a+", encoding="utf-8", opener=_no_link)  # noqa: SIM115 - held until released
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            with file:
                return _holder(file)
        file.truncate(0)
        json.dump(asdict(_myself()), file)
        file.flush()
        self._file = file
        return None

    def release(self) -> None:
        """Give the lock back; nothing happens where it is not ours."""
        if self._file is not None:
            self._file.truncate(0)
            self._file.close()
            self._file = None


def _no_link(path: str, flags: int) -> int:
    return os.open(path, flags | os.O_NOFOLLOW, 0o666)


def _myself() -> Holder:
    user = "somebody"
    with contextlib.suppress(OSError, KeyError):
        user = getpass.getuser()
    return Holder(user, socket.gethostname(), os.getpid(), datetime.now(UTC).isoformat(timespec="seconds"))


def _holder(file: IO[str]) -> Holder:
    """Who wrote the file; unknown in the moment between taking the lock and writing."""
    file.seek(0)
    try:
        return Holder(**json.load(file))
    except (ValueError, TypeError):
        return Holder("somebody", "another machine or process", 0, "now")
