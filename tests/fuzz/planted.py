"""Targets with faults on purpose: what the fuzzer must find, for its own tests."""

from __future__ import annotations

import os
import time
from pathlib import Path

from tests.fuzz.inputs import TARGETS, target

__all__ = ["TARGETS"]

SEEDS = [b"fine", b"bad"]


@target("planted-right", lambda: SEEDS)
def right(data: bytes, folder: Path) -> None:
    (folder / "in.txt").write_bytes(data)
    assert [path.name for path in folder.iterdir()] == ["in.txt"]


@target("planted-wrong", lambda: [b"fine"])
def wrong(data: bytes, _: Path) -> None:
    # A word that only coverage leads to, one letter after the other.
    if data[:1] == b"b" and data[1:2] == b"a" and data[2:3] == b"d":
        raise IndexError("bad")


@target("planted-endless", lambda: SEEDS)
def endless(data: bytes, _: Path) -> None:
    while data == b"bad":
        pass


@target("planted-still", lambda: SEEDS)
def still(data: bytes, _: Path) -> None:
    if data == b"bad":
        time.sleep(3600)


@target("planted-greedy", lambda: [b"fine"])
def greedy(data: bytes, _: Path) -> None:
    if data != b"fine":
        bytearray(8 * 1024**3)


@target("planted-deadly", lambda: SEEDS)
def deadly(data: bytes, _: Path) -> None:
    if data == b"bad":
        os.abort()
