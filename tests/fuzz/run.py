"""Feeds the program what nobody would: `python -m tests.fuzz.run [TARGET …] --runs N --seconds S`.

Each target runs in a process of its own, held to limits of computing time and memory (`child.py`). An input that does
what no input may is saved once per place in the code, with its traceback beside it; `TARGET --replay FILE` runs it
again. The exit code is 1 where there was any.
"""

from __future__ import annotations

import argparse
import importlib.util
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console

from tests.fuzz.faults import Progress, save

FAULTS = Path(tempfile.gettempdir()) / "fairemo-fuzz"
_MEMORY_DISK = Path("/dev/shm")
_STUCK_SECONDS = 60.0
_MOST_RESTARTS = 5


@dataclass
class Outcome:
    """What a run of one target came to.

    Attributes:
        faults: Inputs that were saved.
    """

    target: str
    inputs: int
    seconds: float
    faults: list[Path]


def fuzz(
    name: str,
    runs: int,
    seconds: float,
    faults: Path,
    seed: int,
    targets: str = "tests.fuzz.targets",
    stuck: float = _STUCK_SECONDS,
) -> Outcome:
    """Run a target until its inputs or its time are used up; a child that dies is followed by another.

    Args:
        name: The target.
        runs: Inputs.
        seconds: Time.
        faults: Where inputs that find a fault are kept.
        seed: The same seed gives the same inputs, as far as time allows.
        targets: Module of the target.
        stuck: Seconds after which a child that does not go on is killed.
    """
    begin, inputs = time.monotonic(), 0
    with tempfile.TemporaryDirectory(dir=_MEMORY_DISK if _MEMORY_DISK.is_dir() else None) as folder:
        found = Path(folder) / "faults"
        for attempt in range(_MOST_RESTARTS):
            left = seconds - (time.monotonic() - begin)
            if inputs >= runs or left < 1:
                break
            scratch = Path(folder) / str(attempt)
            scratch.mkdir()
            progress = Progress(scratch / "progress")
            limits = {"runs": runs - inputs, "seconds": max(round(left), 1), "seed": seed + attempt}
            places = {"targets": targets, "scratch": scratch, "faults": found}
            options = (f"--{key}={value}" for key, value in (limits | places).items())
            died = _child([name, *options], progress, scratch / "log", stuck)
            inputs += progress.done
            if died is None:
                break
            details = f"{died}\n\n{(scratch / 'log').read_text(encoding='utf-8', errors='replace')[-4000:]}"
            if save(found, name, f"{died} {progress.current!r}", progress.current, details) is None:
                break
        if found.exists():
            shutil.copytree(found, faults, dirs_exist_ok=True)
        names = sorted(path.name for path in found.glob("*.input"))
    return Outcome(name, inputs, time.monotonic() - begin, [faults / each for each in names])


def _child(arguments: Sequence[str], progress: Progress, log: Path, stuck: float) -> str | None:
    """Run a child to its end; how it died, or None where it ended well. One that stands still is killed."""
    with log.open("wb") as out:
        child = subprocess.Popen([sys.executable, "-m", "tests.fuzz.child", *arguments], stdout=out, stderr=out)
        done, moved = -1, time.monotonic()
        try:
            while child.poll() is None:
                if progress.done != done:
                    done, moved = progress.done, time.monotonic()
                if time.monotonic() - moved > stuck:
                    return f"stood still for {stuck:g} s"
                time.sleep(0.1)
        finally:
            child.kill()
            child.wait()
    return None if child.returncode == 0 else f"died with exit code {child.returncode}"


def main() -> None:
    """The command line."""
    from tests.fuzz.targets import TARGETS

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("targets", nargs="*", metavar="TARGET", help=", ".join(TARGETS))
    parser.add_argument("--runs", type=int, default=20_000, help="inputs over all targets")
    parser.add_argument("--seconds", type=float, default=120.0, help="time over all targets")
    parser.add_argument("--faults", type=Path, default=FAULTS, help="where inputs that find a fault are kept")
    parser.add_argument("--seed", type=int, default=random.randrange(2**31))
    parser.add_argument("--replay", type=Path, help="run this input of the one TARGET, outside any limits")
    args = parser.parse_args()
    if importlib.util.find_spec("atheris") is None:
        parser.exit(0, "Nothing was run: fuzzing needs atheris, which there is for Linux alone.\n")
    unknown = sorted({*args.targets} - {*TARGETS})
    if unknown:
        parser.error(f"there is no target {', '.join(unknown)}; choose of {', '.join(TARGETS)}")
    if args.replay:
        with tempfile.TemporaryDirectory() as folder:
            TARGETS[args.targets[0]].run(args.replay.read_bytes(), Path(folder))
        return
    shares = {name: TARGETS[name].share for name in args.targets or TARGETS}
    sys.exit(_all(shares, args.runs, args.seconds, args.faults, args.seed))


def _all(shares: Mapping[str, float], runs: int, seconds: float, faults: Path, seed: int) -> int:
    """Run targets one after the other; inputs are shared out, time that one leaves over goes to the next."""
    out = Console(highlight=False)
    out.print(f"seed {seed}")
    whole, names = sum(shares.values()), sorted(shares, key=lambda name: -shares[name])
    begin, outcomes = time.monotonic(), []
    for place, name in enumerate(names):
        left = (seconds - (time.monotonic() - begin)) / (len(names) - place)
        outcome = fuzz(name, max(round(runs * shares[name] / whole), 1), left, faults, seed)
        outcomes.append(outcome)
        out.print(f"{name:30} {outcome.inputs:>9,} inputs {outcome.seconds:>6.0f} s {len(outcome.faults)} faults")
        for fault in outcome.faults:
            out.print(f"  {fault}")
    found = sum(len(outcome.faults) for outcome in outcomes)
    inputs = sum(outcome.inputs for outcome in outcomes)
    out.print(f"{inputs:,} inputs to {len(names)} targets in {time.monotonic() - begin:.0f} s: {found} faults")
    return 1 if found else 0


if __name__ == "__main__":
    main()
