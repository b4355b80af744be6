"""What the import dialog does in the background."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from fairemo_gui.core.records import Changes, CorpusBundle
from fairemo_gui.core.spreadsheet import neutralised_row
from fairemo_gui.corpora.importer import Match, detect, importer
from fairemo_gui.corpora.report import ImportReport
from fairemo_gui.jobs.task import TaskContext
from fairemo_gui.services.importing import opened_for_import, store_bundle, told


@dataclass(frozen=True)
class Read:
    """A corpus that was read and checked, but not stored yet."""

    bundle: CorpusBundle
    report: ImportReport


@dataclass(frozen=True)
class Imported:
    """A corpus that was stored.

    Attributes:
        folder: The workspace.
        name: Name of the corpus in it.
        sentence: What was done.
    """

    folder: Path
    name: str
    sentence: str
    changes: Changes


def detect_task(path: Path) -> Callable[[TaskContext], list[Match]]:
    """Which importers know a folder or table."""
    return lambda ctx: detect(path)


def read_task(name: str, path: Path, skip_bad: bool) -> Callable[[TaskContext], Read]:
    """Read and check everything, store nothing."""
    return lambda ctx: Read(*importer(name).read(ctx, path, skip_bad))


def store_task(read: Read, folder: Path, name: str) -> Callable[[TaskContext], Imported]:
    """Store what was read, all or nothing; the workspace is made where there is none.

    A corpus of that name that is there already is brought up to date.
    """

    def store(ctx: TaskContext) -> Imported:
        ctx.report(0, None, f"Storing {len(read.bundle.utterances)} utterances")
        with opened_for_import(folder) as workspace:
            update, changes = store_bundle(workspace, replace(read.bundle, name=name))
        sentence = f"{name}: {len(read.bundle.utterances):,} utterances imported."
        return Imported(folder, name, sentence if update is None else f"{name}: {told(update)}", changes)

    return store


def save_report(report: ImportReport, path: Path) -> None:
    """Write a report, as a table where the name ends in `.csv`, else as JSON."""
    with path.open("w", encoding="utf-8", newline="") as file:
        if path.suffix.lower() == ".csv":
            csv.writer(file).writerows(map(neutralised_row, report.to_rows()))
        else:
            json.dump(report.to_json(), file, ensure_ascii=False, indent=1)
