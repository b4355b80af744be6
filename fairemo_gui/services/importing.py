"""Importing a corpus: read and checked first, then stored in one transaction."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from fairemo_gui.core.records import Changes, Condition
from fairemo_gui.corpora.importer import importer
from fairemo_gui.corpora.ratings import RatingsFile, read_ratings
from fairemo_gui.corpora.report import ImportReport, refuse
from fairemo_gui.jobs.task import TaskContext
from fairemo_gui.store import corpora, labels, ratings
from fairemo_gui.store.corpora import CorpusRow
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


def import_ratings(
    workspace: Workspace, corpus: CorpusRow, file: Path, condition: Condition, *, skip_bad: bool = False
) -> tuple[RatingsFile, Changes]:
    """Add a file of single ratings or of counted votes to a corpus. Reading the same file again adds nothing.

    Args:
        workspace: Open workspace.
        corpus: Whose utterances are rated.
        file: CSV table.
        condition: What single ratings are taken as where the file does not say.
        skip_bad: Leave bad rows out, where otherwise nothing is stored.

    Raises:
        UserError: The file cannot be read, or has bad rows: nothing was stored.
    """
    ids = corpora.utterance_ids(workspace, corpus.id)
    read = read_ratings(file, corpus.scheme, ids.keys(), condition)
    refuse(read.problems, skip_bad)
    with workspace.transaction():
        labels.insert_counts(workspace, [(ids[votes.utterance], votes) for votes in read.vote_counts])
        ratings.insert_all(workspace, read.raters, read.ratings, ids, corpus.scheme)
    return read, Changes(frozenset({"ratings", "labels"}))
