"""Films made in processes of their own: speech needs a fresh one, and a window stays responsive beside them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from fairemo_gui.core.records import Word
from fairemo_gui.corpora.demo.script import Dialogue
from fairemo_gui.errors import BugError, UserError
from fairemo_gui.jobs.task import TaskContext

_WORKERS = 2
_POLL_SECONDS = 0.05
# The worker's exit status when the disk, not the program, is to blame.
CANNOT_WRITE = 2
_WORKER = "fairemo_gui.corpora.demo.worker"


@dataclass(frozen=True, slots=True)
class Timing:
    """When a turn is heard, seconds in its film."""

    start: float
    end: float
    words: tuple[Word, ...]


def make_films(ctx: TaskContext, seed: int, dialogues: dict[int, Dialogue], media: Path) -> dict[int, list[Timing]]:
    """Make the films of numbered dialogues, two at a time, and say when each turn is heard.

    Raises:
        UserError: A film could not be written.
        BugError: Speech, drawing or encoding failed.
        CancelledError: Somebody asked to stop; films not yet finished are removed.
    """
    waiting, timings = list(dialogues), dict[int, list[Timing]]()
    running: dict[int, subprocess.Popen[str]] = {}
    try:
        while waiting or running:
            ctx.report(len(timings), len(dialogues), f"Filming the demo: {len(timings)} of {len(dialogues)} dialogues")
            while waiting and len(running) < _WORKERS:
                number = waiting.pop(0)
                running[number] = _start(seed, number, media / f"{dialogues[number].code}.mp4")
            for number, process in list(running.items()):
                answer = _collect(process)
                if answer is not None:
                    timings[number] = answer
                    del running[number]
    finally:
        for process in running.values():
            process.kill()
        for number, process in running.items():
            process.communicate()
            unfinished(media / f"{dialogues[number].code}.mp4").unlink(missing_ok=True)
    return timings


def unfinished(path: Path) -> Path:
    """Where a film lies until it is whole."""
    return path.with_suffix(".part")


def _start(seed: int, number: int, path: Path) -> subprocess.Popen[str]:
    package = Path(__file__).resolve().parents[3]
    search = os.pathsep.join([str(package), *filter(None, [os.environ.get("PYTHONPATH")])])
    return subprocess.Popen(
        [sys.executable, "-P", "-m", _WORKER, str(seed), str(number), str(path)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        env={**os.environ, "PYTHONPATH": search, "PYTHONUTF8": "1", "OMP_NUM_THREADS": "1"},
    )


def _collect(process: subprocess.Popen[str]) -> list[Timing] | None:
    """What a finished process answered; None while it still works."""
    try:
        answer, complaint = process.communicate(timeout=_POLL_SECONDS)
    except subprocess.TimeoutExpired:
        return None
    if process.returncode == CANNOT_WRITE:
        raise UserError(f"The demo could not be written: {complaint.strip()}. Choose another folder or make room.")
    if process.returncode != 0:
        raise BugError(f"A film of the demo failed (code {process.returncode}): {complaint.strip()[-600:]}")
    return [Timing(t["start"], t["end"], tuple(Word(*word) for word in t["words"])) for t in json.loads(answer)]
