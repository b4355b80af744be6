"""What an importer is, which ones there are, and which of them know a folder."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from fairemo_gui.core.records import CorpusBundle
from fairemo_gui.corpora.audformat_db import AudformatDatabase
from fairemo_gui.corpora.biic_podcast import BiicPodcast
from fairemo_gui.corpora.crema_d import CremaD
from fairemo_gui.corpora.emodb import EmoDB
from fairemo_gui.corpora.folder import check_root
from fairemo_gui.corpora.iemocap import Iemocap
from fairemo_gui.corpora.manifest import Manifest
from fairemo_gui.corpora.meld import Meld
from fairemo_gui.corpora.msp_improv import MspImprov
from fairemo_gui.corpora.msp_podcast import MspPodcast
from fairemo_gui.corpora.ravdess import Ravdess
from fairemo_gui.corpora.report import ImportReport
from fairemo_gui.errors import UserError
from fairemo_gui.jobs.task import TaskContext

__all__ = ["IMPORTERS", "ImportReport", "Importer", "Match", "detect", "importer"]


class Importer(Protocol):
    """Reads one corpus. It collects every problem and never asks.

    Attributes:
        name: As typed after `fairemo import`.
        title: As shown in the window.
        version: Raised when the same folder would come out differently.
    """

    @property
    def name(self) -> str: ...  # noqa: D102
    @property
    def title(self) -> str: ...  # noqa: D102
    @property
    def version(self) -> int: ...  # noqa: D102

    def recognises(self, path: Path) -> str | None:
        """Why this looks like the corpus, in words (`535 files named like 03a01Fa`), or None."""

    def read(self, ctx: TaskContext, root: Path, skip_bad: bool = False) -> tuple[CorpusBundle, ImportReport]:
        """Read and check everything.

        Args:
            ctx: Hears progress; a cancel takes effect within a second.
            root: The corpus's folder (for a manifest also the table itself).
            skip_bad: Leave bad table rows out and list them instead of refusing.

        Raises:
            UserError: Nothing of the corpus is there, or rows are bad and `skip_bad` is off.
            CancelledError: Somebody asked the task to stop.
        """


@dataclass(frozen=True, slots=True)
class Match:
    """An importer that knows a folder, and why it thinks so."""

    importer: str
    title: str
    why: str

    def to_json(self) -> dict[str, object]:
        """The match as plain JSON values."""
        return {"importer": self.importer, "title": self.title, "why": self.why}


_EVERY = (
    Iemocap(),
    CremaD(),
    MspPodcast(),
    BiicPodcast(),
    MspImprov(),
    Meld(),
    Ravdess(),
    EmoDB(),
    AudformatDatabase(),
    Manifest(),
)
IMPORTERS: dict[str, Importer] = {each.name: each for each in _EVERY}


def importer(name: str) -> Importer:
    """The importer of that name.

    Raises:
        UserError: There is none.
    """
    if name not in IMPORTERS:
        raise UserError(f"There is no importer called “{name}”; choose one of {', '.join(IMPORTERS)}.")
    return IMPORTERS[name]


def detect(path: Path) -> list[Match]:
    """Which importers know a folder or a table, the most specific first; empty where none does.

    Raises:
        UserError: There is nothing at that path.
    """
    check_root(path)
    reasons = [(each, each.recognises(path)) for each in IMPORTERS.values()]
    return [Match(each.name, each.title, why) for each, why in reasons if why is not None]
