"""What an export is to hold, and what became of it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from fairemo_gui.core.records import Truth


class Format(StrEnum):
    """The formats of exports."""

    CSV = "csv"
    PARQUET = "parquet"
    JSON = "json"
    AUDFORMAT = "audformat"
    EAF = "eaf"
    TEXTGRID = "textgrid"
    CREMA_D = "crema-d"
    FAIRNESS = "fairness"


class Level(StrEnum):
    """Every rating, what they add up to, or both."""

    DETAILED = "detailed"
    CONSENSUS = "consensus"
    BOTH = "both"

    @property
    def ratings(self) -> bool:
        """Whether single ratings are wanted."""
        return self is not Level.CONSENSUS

    @property
    def consensus(self) -> bool:
        """Whether what ratings add up to is wanted."""
        return self is not Level.DETAILED


@dataclass(frozen=True, slots=True)
class ExportPlan:
    """What an export is to hold.

    Attributes:
        format: How it is written.
        level: Single ratings, consensus, or both.
        where: Filter of the utterance table; empty = every utterance.
        standing: Only ratings that count; otherwise the whole log, with what replaced or took back what.
        truth: Labels that predictors are held against (`fairness` only); None = the net's own, AV for people.
    """

    format: Format
    level: Level = Level.BOTH
    where: str = ""
    standing: bool = False
    truth: Truth | None = None


@dataclass(slots=True)
class Tally:
    """What a format has written so far.

    Attributes:
        files: Rows (annotations, responses) per file name; tier files are counted together.
        left_out: Number of things that the format could not hold, by reason.
    """

    files: Counter[str] = field(default_factory=Counter)
    left_out: Counter[str] = field(default_factory=Counter)


@dataclass(frozen=True, slots=True)
class ExportReport:
    """What was written where.

    Attributes:
        folder: Where the export lies.
        files: Rows per file; of tier files, how many there are.
        left_out: Number of things that the export does not hold, by reason.
        about: What its `about.json` says.
    """

    folder: Path
    files: dict[str, int]
    left_out: dict[str, int]
    about: dict[str, object]

    def to_json(self) -> dict[str, object]:
        """The report as plain JSON values."""
        return {"folder": str(self.folder), **self.about}
