"""The fuzzer finds what is planted for it, and nothing else."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest

from tests.fuzz.run import fuzz

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        importlib.util.find_spec("atheris") is None, reason="needs atheris, which is there for Linux only"
    ),
]


@pytest.mark.parametrize(
    ("planted", "runs", "said"),
    [
        ("wrong", 100_000, "IndexError: bad"),
        ("endless", 10, "TooLong"),
        ("still", 10, "stood still for 10 s"),
        ("greedy", 10, "MemoryError"),
        ("deadly", 10, "died with exit code -6"),
    ],
)
def test_what_is_planted_is_found_and_kept(tmp_path: Path, planted: str, runs: int, said: str) -> None:
    found = fuzz(f"planted-{planted}", runs, 60, tmp_path / "faults", 1, "tests.fuzz.planted", stuck=10)
    (fault,) = found.faults
    assert said in fault.with_suffix(".txt").read_text()
    assert fault.read_bytes().startswith(b"b") or planted == "greedy"


def test_what_is_right_passes_and_leaves_nothing(tmp_path: Path) -> None:
    found = fuzz("planted-right", 3000, 60, tmp_path / "faults", 1, "tests.fuzz.planted")
    assert (found.inputs, found.faults) == (3000, [])
    assert not (tmp_path / "faults").exists()
