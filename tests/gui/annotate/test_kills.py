"""SIGKILL while somebody rates in the window: what was called stored is stored, once, and the next clip comes."""

from __future__ import annotations

import random
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from fairemo_gui.store import ratings
from fairemo_gui.store.workspace import Workspace
from tests.gui.annotate.rating_child import PLAN


def run_until_killed(folder: Path, seconds: float) -> list[str]:
    """The lines of a rater who is killed some time after sitting down."""
    command = [sys.executable, "-m", "tests.gui.annotate.rating_child", str(folder)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as child:
        assert child.stdout is not None
        lines = [child.stdout.readline().strip()]
        timer = threading.Timer(seconds, child.kill)
        timer.start()
        lines += [line.strip() for line in child.stdout if line.endswith("\n")]
        timer.cancel()
    return lines


@pytest.mark.slow
def test_killed_at_random_moments(folder: Path) -> None:
    draw = random.Random(7)
    stored: list[int] = []
    for _ in range(40):
        lines = run_until_killed(folder, draw.uniform(0.05, 1.2))
        with Workspace(folder) as workspace:
            there = sorted(rating.position or 0 for rating in ratings.read(workspace, "rater.code = 'R07'"))
        told = [int(line.split()[1]) for line in lines if line.startswith("stored")]
        assert there == list(range(len(there)))
        assert lines[0] == f"at {len(stored)}"
        assert set(stored) | set(told) <= set(there)
        assert len(there) - len(set(stored) | set(told)) <= 1
        stored = there
        if len(stored) == PLAN.sitting.items:  # one more start would draw the next sitting
            break
    assert stored == list(range(PLAN.sitting.items))
