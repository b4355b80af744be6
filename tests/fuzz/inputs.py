"""What a fuzzer feeds: a target's name, how an input is run, and the inputs it begins with."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

Run = Callable[[bytes, Path], None]
Seeds = Callable[[], Iterable[bytes | str]]

ODD = (
    "", "0", "-1", "-0.0", "1e999", "1e-999", "NaN", "inf", "1e12", "9" * 40, "1_0", "0x1", "٣", "²", "1,5", "10.0",
    "../a.wav", "/etc/passwd", "C:\\a.wav", "..\\a.wav", "\\\\host\\a.wav", "./a.wav", "a/./b.wav", "~/a.wav",
    "x" * 300, "\u00e9", "e\u0301", "ſ", "İ", "\ufeff", "\u202e", "\u00a0", "\x1b[31m", "\x85", "\u2028", "\udcff",
    "\udced\udca0\udc80",
    "=1+1", "'=x", '"', '""', "'", "[", '["a"]', "{}", "null", "true", "%s", "<b>", ";", ",", "\t", "\n", "\r", "\r\n",
    "NaT", "0 days 00:00:00", "2026-01-31T12:00:00Z", "12345678-1234-5678-1234-567812345678",
)  # fmt: skip
"""Cells that programs stumble over."""


@dataclass(frozen=True)
class Target:
    """One thing to feed.

    Attributes:
        name: As typed after `python -m tests.fuzz.run`.
        run: Feeds one input, with an empty folder to write in; raises where the program does what it must not.
        seeds: Inputs to begin with.
        generated: A Hypothesis strategy of inputs; None = inputs are bred from the seeds, guided by coverage.
        share: Part of the inputs of a run over all targets, relative to the others: quick ones get more.
    """

    name: str
    run: Run
    seeds: Seeds
    generated: Callable[[], Any] | None = None
    share: float = 1.0

    def first_inputs(self) -> list[bytes]:
        """The seeds as bytes."""
        return [
            seed.encode("utf-8", "surrogateescape") if isinstance(seed, str) else seed
            for seed in dict.fromkeys(self.seeds())
        ]


TARGETS: dict[str, Target] = {}


def target(name: str, seeds: Seeds, share: float = 1.0) -> Callable[[Run], Run]:
    """Enter a function among the targets."""

    def enter(run: Run) -> Run:
        TARGETS[name] = Target(name, run, seeds, share=share)
        return run

    return enter


def words_of(seeds: Iterable[bytes]) -> list[bytes]:
    """A dictionary for breeding: the words of the seeds and what programs stumble over."""
    found = {word for seed in seeds for word in re.findall(rb"[\w.\-]{2,40}", seed)}
    odd = [text.encode("utf-8", "surrogateescape") for text in ODD if text]
    return [*sorted(found)[:400], *odd]


def text_of(data: bytes) -> str:
    """An input as the program decodes what it reads."""
    return data.decode("utf-8", "surrogateescape")
