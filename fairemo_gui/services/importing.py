"""Importing a corpus: read and checked first, then stored in one transaction."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeAlias

from fairemo_gui.core.records import Changes, Condition, CorpusBundle, Problem, VoteCounts
from fairemo_gui.corpora.importer import importer
from fairemo_gui.corpora.ratings import RatingsFile, read_ratings
from fairemo_gui.corpora.report import ImportReport, listed, refuse
from fairemo_gui.errors import UserError
from fairemo_gui.jobs.task import TaskContext
from fairemo_gui.store import corpora, labels, ratings
from fairemo_gui.store.corpora import CorpusRow
from fairemo_gui.store.reimport import Update, update_bundle
from fairemo_gui.store.workspace import Workspace

Shipped: TypeAlias = Mapping[tuple[int, str], Mapping[str, tuple[int, ...]]]
"""Counted votes per utterance and condition, by the file they came from."""


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

    A corpus of that name that is there already is brought up to date; the report says what was done.

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
    with opened_for_import(workspace_folder) as workspace:
        update, changes = store_bundle(workspace, replace(bundle, name=name) if name else bundle)
    if update is not None:
        report = replace(report, update=update.to_json(), warnings=(told(update), *report.warnings))
    return report, changes


@contextmanager
def opened_for_import(folder: Path) -> Iterator[Workspace]:
    """A workspace to store a corpus in. One that is made for it goes again where that does not succeed."""
    new = False
    with suppress(FileExistsError):
        folder.mkdir(parents=True)
        new = True
    try:
        with Workspace(folder, create=True) as workspace:
            yield workspace
    except BaseException:
        if new:
            shutil.rmtree(folder, ignore_errors=True)
        raise


def store_bundle(workspace: Workspace, bundle: CorpusBundle) -> tuple[Update | None, Changes]:
    """Store what an importer read, all or nothing: as a new corpus, or over the one of that name.

    Returns:
        What was done to the corpus that was there (None: there was none), and the changes.

    Raises:
        UserError: The corpus of this name came by another importer, or with other emotions.
    """
    if bundle.name in {corpus.name for corpus in corpora.corpora(workspace)}:
        return update_bundle(workspace, bundle)
    return None, corpora.add_bundle(workspace, bundle)


def told(update: Update) -> str:
    """What importing a corpus again did, as a sentence."""
    sentences = [
        f"The corpus was here already: {update.added} utterances are new, {update.updated} were brought up to date, "
        f"{update.unchanged} are as they were."
    ]
    if update.absent:
        sentences.append(f"{len(update.absent)} are no longer in the corpus and were kept ({listed(update.absent)}).")
    if update.ratings_added or update.ratings_changed or update.ratings_absent:
        sentences.append(
            f"Of its ratings {update.ratings_added} are new, {update.ratings_changed} otherwise than before, and "
            f"{update.ratings_absent} no longer there, nor counted."
        )
    return " ".join(sentences)


@dataclass(frozen=True, slots=True)
class AddedRatings:
    """What became of a file of ratings.

    Attributes:
        file: What it held.
        new: Single ratings that were not here before.
        new_votes: Rows of counted votes that were not here before, or stand in the place of others.
    """

    file: RatingsFile
    new: int
    new_votes: int


def import_ratings(
    workspace: Workspace, corpus: CorpusRow, file: Path, condition: Condition, *, skip_bad: bool = False
) -> tuple[AddedRatings, Changes]:
    """Add a file of single ratings or of counted votes to a corpus. Reading the same file again adds nothing.

    Counted votes take the place of those that a file of the same name gave before; a copy under another name of votes
    that are there adds nothing. Both are said in the remarks.

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
    new_votes = 0
    with workspace.transaction():
        if read.vote_counts:
            shipped = labels.shipped(workspace, corpus.id)
            read = _without_copies(read, shipped, ids)
            new_votes = sum(_before(v, shipped, ids).get(read.name) != v.counts for v in read.vote_counts)
        labels.insert_counts(workspace, [(ids[votes.utterance], votes) for votes in read.vote_counts])
        read = _as_added_here(workspace, read)
        new = ratings.insert_all(workspace, read.raters, read.ratings, ids, corpus.scheme)
    return AddedRatings(read, new, new_votes), Changes(frozenset({"ratings", "labels"}))


def _as_added_here(workspace: Workspace, read: RatingsFile) -> RatingsFile:
    """Mark ratings without ids of their own as added here, not shipped with the corpus: by version 8 of their UUIDs.

    Importing the corpus again leaves them alone. What the corpus itself shipped word for word stays the same rating.
    """
    shipped = ratings.there(workspace, read.derived)
    return replace(
        read,
        ratings=tuple(
            replace(rating, uuid=f"{rating.uuid[:14]}8{rating.uuid[15:]}")
            if rating.uuid in read.derived and rating.uuid not in shipped
            else rating
            for rating in read.ratings
        ),
    )


def _before(votes: VoteCounts, shipped: Shipped, ids: Mapping[str, int]) -> Mapping[str, tuple[int, ...]]:
    """Votes on the same utterance and condition that are here, by the file they came from."""
    return shipped.get((ids[votes.utterance], votes.condition.value), {})


def _without_copies(read: RatingsFile, shipped: Shipped, ids: Mapping[str, int]) -> RatingsFile:
    """Leave out votes that are here under another file's name, and say which take the place of others."""
    said = [(v.counts, _before(v, shipped, ids)) for v in read.vote_counts]
    sources = {source for _, before in said for source in before} - {read.name}
    for source in sorted(sources):
        if all(before.get(source) == counts for counts, before in said):
            what = f"the same votes are here already, from {source}: nothing was added"
            return replace(read, vote_counts=(), problems=(*read.problems, Problem(read.name, None, what)))
    replaced = sum(before.get(read.name, counts) != counts for counts, before in said)
    if not replaced:
        return read
    what = f"{replaced} rows take the place of other numbers that an earlier {read.name} gave"
    return replace(read, problems=(*read.problems, Problem(read.name, None, what)))


@dataclass(frozen=True, slots=True)
class Located:
    """Where a corpus's media are.

    Attributes:
        root: The folder the media paths are relative to now.
        found: Number of media files that are there.
        missing: Paths of those that are not, relative to `root`.
    """

    root: str
    found: int
    missing: tuple[str, ...]


def locate_corpus(workspace: Workspace, corpus: CorpusRow, root: Path) -> tuple[Located, Changes]:
    """Point a corpus to the folder its media were moved to.

    Raises:
        UserError: None of the media are there: nothing was changed.
    """
    place = root.absolute()
    paths = corpora.media(workspace, corpus.id)
    missing = tuple(path for path in paths if not (place / path).is_file())
    if len(missing) == len(paths):
        raise UserError(
            f"None of the {len(paths)} media files of {corpus.name} are in {root}: choose the folder that holds "
            f"{paths[0] if paths else 'them'}."
        )
    corpora.set_root(workspace, corpus.id, place)
    return Located(str(place), len(paths) - len(missing), missing), Changes(frozenset({"corpora"}))
