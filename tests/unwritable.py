"""Folders and files that even root cannot write, for tests."""

from __future__ import annotations

import os
import stat
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest


def _flag_immutable(paths: list[Path], sign: str) -> bool:
    try:
        return subprocess.run(["chattr", f"{sign}i", *map(str, paths)], capture_output=True).returncode == 0
    except OSError:
        return False


@contextmanager
def unwritable(*paths: Path) -> Iterator[None]:
    """Neither this user nor, where it is root, root can write these meanwhile."""
    root = os.geteuid() == 0
    modes = [path.stat().st_mode for path in paths]
    try:
        for path in paths:
            path.chmod(path.stat().st_mode & ~(stat.S_IWUSR | stat.S_IWGRP | stat.S_IWOTH))
        if root and not _flag_immutable(list(paths), "+"):
            pytest.skip("root writes everywhere, and chattr +i does not work on this file system")
        yield
    finally:
        if root:
            _flag_immutable(list(paths), "-")
        for path, mode in zip(paths, modes, strict=True):
            path.chmod(mode)
