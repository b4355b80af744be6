"""What papers report, read from one file with its sources: reference marks, never part of any figure computed here."""

from __future__ import annotations

import math
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from fairemo_gui import paths
from fairemo_gui.core.records import Truth
from fairemo_gui.store.corpora import CorpusRow

_SCORES = ("macro_f1", "uar", "accuracy", "ccc")


@dataclass(frozen=True)
class Reported:
    """A number as a paper prints it; the ends of its interval are NaN where it gives none."""

    value: float
    low: float = math.nan
    high: float = math.nan


@dataclass(frozen=True)
class PublishedSystem:
    """A paper's system and what it was measured on.

    Attributes:
        importer: The importer that reads its corpus here.
        labels: The kind of truth its labels are, as `av`.
        label_words: The labels in words.
        classes: Number of classes; 0 = no classes but a scale.
        test: What it was tested on.
        note: What had to be read into the paper.
    """

    name: str
    source: str
    corpus: str
    importer: str
    labels: str
    label_words: str
    classes: int
    test: str
    note: str


@dataclass(frozen=True)
class PublishedRun:
    """One row of a paper's table.

    Attributes:
        scores: By the keys of the definitions.
        gaps: Per attribute of speakers, likewise.
    """

    system: PublishedSystem
    name: str
    scores: Mapping[str, Reported] = field(default_factory=dict)
    gaps: Mapping[str, Mapping[str, Reported]] = field(default_factory=dict)

    def same_data(self, corpus: CorpusRow, truth: Truth, classes: int) -> bool:
        """Whether it was measured on this corpus, against these labels, in as many classes.

        The test speakers may still be others: papers choose their own.
        """
        here = (corpus.importer.rsplit(" ", 1)[0], truth.value, classes)
        return here == (self.system.importer, self.system.labels, self.system.classes)


@lru_cache(maxsize=1)
def published_runs() -> tuple[PublishedRun, ...]:
    """Every row of `resources/published.toml`."""
    table = tomllib.loads((paths.resources() / "published.toml").read_text("utf-8"))
    found = []
    for entry in table["system"]:
        system = PublishedSystem(**{name: entry[name] for name in PublishedSystem.__dataclass_fields__})
        for run in entry["run"]:
            scores = {key: _reported(run[key]) for key in _SCORES if key in run}
            gaps = {
                by: {key: _reported(value) for key, value in values.items()}
                for by, values in run.get("gaps", {}).items()
            }
            found.append(PublishedRun(system, run["name"], scores, gaps))
    return tuple(found)


def _reported(value: float | list[float]) -> Reported:
    return Reported(*value) if isinstance(value, list) else Reported(float(value))
