"""Importing a corpus: read and checked first, then stored in one transaction."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from fairemo_gui.core.records import Changes
from fairemo_gui.corpora.importer import importer
from fairemo_gui.corpora.report import ImportReport
from fairemo_gui.jobs.task import TaskContext
from fairemo_gui.store import corpora
from fairemo_gui.store.workspace import Workspace


def import_corpus(
    ctx: TaskContext,
    workspace_folder: Path,
    corpus: str,
    root: Path,
    *,
    name: str | None = None,
    skip_bad: bool = False,
) -> tuple[ImportReport, Changes]:
    """Read a corpus and store it; the workspace is made where there is none, and only once everything was read.

    Args:
        ctx: Progress and cancelling.
        workspace_folder: The `NAME.fairemo` folder.
        corpus: Name of the importer.
        root: Folder or file of the corpus.
        name: Name in the workspace; the corpus's own where None.
        skip_bad: Leave bad table rows out and list them, where otherwise the whole import stops.

    Raises:
        UserError: Unreadable input or bad rows: nothing was stored.
    """
    bundle, report = importer(corpus).read(ctx, root, skip_bad)
    ctx.report(0, None, f"Storing {len(bundle.utterances)} utterances")
    with Workspace(workspace_folder, create=True) as workspace:
        return report, corpora.add_bundle(workspace, replace(bundle, name=name) if name else bundle)
