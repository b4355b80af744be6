"""One window per workspace, and what becomes of the lock of a process that died."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from fairemo_gui.store.lock import WorkspaceLock

_HOLDS = """
import sys, time
from pathlib import Path
from fairemo_gui.store.lock import WorkspaceLock
lock = WorkspaceLock(Path(sys.argv[1]))
assert lock.acquire() is None
print("held", flush=True)
time.sleep(60)
"""


def test_the_second_is_told_who_holds_it(tmp_path: Path) -> None:
    first, second = WorkspaceLock(tmp_path), WorkspaceLock(tmp_path)
    assert first.acquire() is None
    assert first.acquire() is None
    holder = second.acquire()
    assert holder is not None
    assert holder.pid == os.getpid()
    assert str(holder).startswith(f"{holder.user} on {holder.host} (process {os.getpid()}, since 20")
    first.release()
    first.release()
    assert second.acquire() is None
    second.release()


def test_a_dead_processs_lock_is_nobodys(tmp_path: Path) -> None:
    command = [sys.executable, "-c", _HOLDS, str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout is not None
        assert child.stdout.readline() == "held\n"
        lock = WorkspaceLock(tmp_path)
        holder = lock.acquire()
        assert holder is not None
        assert holder.pid == child.pid
        child.send_signal(signal.SIGKILL)
    assert lock.acquire() is None
    lock.release()


def test_a_lock_that_says_nothing_is_still_held(tmp_path: Path) -> None:
    first, second = WorkspaceLock(tmp_path), WorkspaceLock(tmp_path)
    assert first.acquire() is None
    (tmp_path / "window.lock").write_text("")
    holder = second.acquire()
    assert holder is not None
    assert holder.user == "somebody"
    first.release()


def test_a_link_is_not_followed(tmp_path: Path) -> None:
    other = tmp_path / "letter.txt"
    other.write_text("dear")
    (tmp_path / "window.lock").symlink_to(other)
    with pytest.raises(OSError, match=r"window\.lock"):
        WorkspaceLock(tmp_path).acquire()
    assert other.read_text() == "dear"
