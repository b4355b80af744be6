"""What is really heard and seen, on a sound device that nobody hears; `make bench ONLY=player` measures it closely."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys

import pytest

TOOLS = ("pulseaudio", "parec")


@pytest.mark.skipif(any(shutil.which(tool) is None for tool in TOOLS), reason="needs pulseaudio and pulseaudio-utils")
def test_sound_and_picture_belong_together_and_loops_leak_nothing() -> None:
    command = [sys.executable, "-m", "tests.bench.player_trial"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    found = json.loads(done.stdout)
    for speed in ("0.5", "2"):
        assert found[speed]["n"] >= 2
        # Wide margins: other work on the machine moves both; a player that drifts is off by more than 100 ms.
        assert abs(found[speed]["mean"]) < 40
        assert found[speed]["p95"] < 80
    assert found["loop"]["gap"] < 25
    assert found["loop"]["outside"] == 0
