"""One target in a process of its own, held to limits of time and memory: `python -m tests.fuzz.run` starts it."""

from __future__ import annotations

import argparse
import importlib
import resource
import shutil
import signal
import sys
import time
import traceback
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import Any

from tests.fuzz.faults import Progress, place_of, save
from tests.fuzz.inputs import Target, words_of

SECONDS = 2.0
"""Computing time one input may take."""
_MEMORY = 1024 * 1024 * 1024
_FILE_SIZE = 256 * 1024 * 1024
_LONGEST_BRED = 8192
_AT_A_TIME = 500


class TooLong(BaseException):
    """An input took more computing time than it may; no `except` of the program's may catch this."""


def _too_long(_: int, __: FrameType | None) -> None:
    raise TooLong(f"more than {SECONDS:g} s")


def limit(memory: int = _MEMORY) -> None:
    """Forbid more memory than what is used now and that much, and files beyond reason."""
    pages = int(Path("/proc/self/statm").read_text().split()[0])
    most = pages * resource.getpagesize() + memory
    resource.setrlimit(resource.RLIMIT_AS, (most, most))
    resource.setrlimit(resource.RLIMIT_FSIZE, (_FILE_SIZE, _FILE_SIZE))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def watched(target: Target, progress: Progress, scratch: Path, faults: Path) -> Callable[[bytes], None]:
    """A target that notes its faults and goes on."""

    def feed(data: bytes) -> None:
        progress.begin(data)
        folder = scratch / "input"
        folder.mkdir()
        try:
            signal.setitimer(signal.ITIMER_PROF, SECONDS)
            try:
                target.run(data, folder)
            finally:
                signal.setitimer(signal.ITIMER_PROF, 0)
        except (Exception, TooLong) as error:  # noqa: BLE001 - whatever it is, it is what we are looking for
            place = "somewhere" if isinstance(error, TooLong) else place_of(error.__traceback__)
            save(faults, target.name, f"{type(error).__name__} {place}", data, traceback.format_exc())
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    return feed


def breed(feed: Callable[[bytes], None], seeds: list[bytes], scratch: Path, runs: int, seconds: int, seed: int) -> None:
    """Feed inputs that grow out of the seeds, guided by coverage. Ends the process."""
    atheris: Any = importlib.import_module("atheris")
    corpus = scratch / "corpus"
    corpus.mkdir()
    for k, data in enumerate(seeds):
        (corpus / f"seed{k}").write_bytes(data)
    words = scratch / "words"
    words.write_text("".join(f'"{"".join(f"{chr(92)}x{byte:02x}" for byte in word)}"\n' for word in words_of(seeds)))
    options = {
        "runs": runs, "max_total_time": seconds, "max_len": max(_LONGEST_BRED, *map(len, seeds)), "dict": words,
        "artifact_prefix": f"{scratch}/", "rss_limit_mb": 0, "timeout": 600, "verbosity": 0, "seed": seed,
    }  # fmt: skip
    atheris.Setup([sys.argv[0], *(f"-{key}={value}" for key, value in options.items()), str(corpus)], feed)
    atheris.Fuzz()


def generate(feed: Callable[[bytes], None], strategy: Any, runs: int, seconds: int, seed: int) -> None:
    """Feed inputs that Hypothesis makes up, some hundreds at a time: it keeps what it made until it ends."""
    import hypothesis
    from hypothesis import HealthCheck, Phase, given, settings

    end = time.monotonic() + seconds
    for first in range(0, runs, _AT_A_TIME):

        @hypothesis.seed(seed + first)
        @settings(
            max_examples=min(_AT_A_TIME, runs - first),
            database=None,
            deadline=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(strategy)
        def fed(data: bytes) -> None:
            if time.monotonic() < end:
                feed(data)

        fed()
        if time.monotonic() >= end:
            return


def main() -> None:
    """Run a target until its inputs or its time are used up; faults are files, not exit codes."""
    parser = argparse.ArgumentParser()
    parser.add_argument("target")
    for name in ("runs", "seconds", "seed"):
        parser.add_argument(f"--{name}", type=int, required=True)
    for name in ("scratch", "faults"):
        parser.add_argument(f"--{name}", type=Path, required=True)
    parser.add_argument("--targets", required=True)
    args = parser.parse_args()
    atheris: Any = importlib.import_module("atheris")
    with atheris.instrument_imports(include=["fairemo_gui", "tests.fuzz.planted"]):
        target: Target = importlib.import_module(args.targets).TARGETS[args.target]
    signal.signal(signal.SIGPROF, _too_long)
    seeds = target.first_inputs()
    progress = Progress(args.scratch / "progress")
    feed = watched(target, progress, args.scratch, args.faults)
    for data in seeds:
        feed(data)
    limit()
    left = max(args.runs - len(seeds), 1)
    if target.generated is None:
        breed(feed, seeds, args.scratch, left, args.seconds, args.seed)
    else:
        generate(feed, target.generated(), left, args.seconds, args.seed)


if __name__ == "__main__":
    main()
