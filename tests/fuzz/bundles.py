"""Targets for what is read into a workspace that is there: bundles of ratings, and words looked for in its index."""

from __future__ import annotations

import hashlib
import json
import tempfile
from functools import cache
from pathlib import Path

import numpy as np

from fairemo_gui.core.records import Condition, Truth
from fairemo_gui.errors import UserError
from fairemo_gui.jobs.task import TaskContext
from fairemo_gui.services.bundles import export_bundle, merge_bundles, read_bundle
from fairemo_gui.services.filter_columns import FilterColumns, TextColumn, load_columns
from fairemo_gui.services.rating import rate
from fairemo_gui.store import corpora
from fairemo_gui.store.workspace import Workspace
from tests.fuzz import oracle
from tests.fuzz.inputs import target
from tests.unit.store.builders import small_bundle


@cache
def made() -> tuple[bytes, bytes]:
    """The database of a workspace with four utterances and two ratings, and the bundle of these without its seal."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "w.fairemo"
        with Workspace(folder, create=True) as workspace:
            corpora.add_bundle(workspace, small_bundle())
            rate(workspace, corpora.corpus(workspace), 2, "ben", Condition.AV, ["happy", "sad"])
            export_bundle(workspace, corpora.corpus(workspace), folder / "a.bundle")
            database = workspace.database
        lines = (folder / "a.bundle").read_bytes().splitlines(keepends=True)
        return database.read_bytes(), b"".join(lines[:-1])


def copy(folder: Path) -> Workspace:
    """The workspace, open."""
    place = folder / "w.fairemo"
    place.mkdir()
    (place / "workspace.sqlite").write_bytes(made()[0])
    return Workspace(place)


@target("bundle", lambda: [made()[1]])
def bundle(data: bytes, folder: Path) -> None:
    """Sealed, so that what is wrong with its lines is met, and merged: all of it or nothing."""
    file = folder / "r.bundle"
    seal = json.dumps({"sha256": hashlib.sha256(data).hexdigest()}).encode()
    file.write_bytes(data + seal + b"\n")
    try:
        found = read_bundle(file)
    except UserError as error:
        oracle.refusal(error, file.name)
        return
    with copy(folder) as workspace:
        count = "SELECT count(*) FROM rating"
        (before,) = workspace.db.execute(count).fetchone()
        try:
            (merged,), _ = merge_bundles(TaskContext(), workspace, [file], "tiny")
        except UserError as error:
            oracle.refusal(error, file.name)
            assert workspace.db.execute(count).fetchone() == (before,)
            return
        assert workspace.db.execute(count).fetchone() == (before + merged.added,)
        assert merged.added <= len(found.ratings)
        again = merge_bundles(TaskContext(), workspace, [file], "tiny")[0]
        assert [each.added for each in again] == [0]
        export_bundle(workspace, corpora.corpus(workspace), folder / "again.bundle")
        read_bundle(folder / "again.bundle")


@cache
def indexed(scratch: Path) -> tuple[Workspace, FilterColumns]:
    workspace = copy(scratch)
    corpus = corpora.corpus(workspace)
    table = corpora.table(workspace, corpus.id)
    return workspace, load_columns(workspace, corpus, table, Truth.AV, None, "ann")


@target(
    "search", lambda: ["Hello", "hello there", 'a "b" OR c', "u1*", "NEAR(a b)", "transcript : x", "ſtraße"], share=2
)
def search(data: bytes, folder: Path) -> None:
    """The index finds what reading every text finds."""
    text = data.decode("utf-8", "replace")
    _workspace, columns = indexed(folder.parent)
    for column in (columns.codes, columns.transcripts):
        plain = TextColumn([column[row] for row in range(len(column))])
        np.testing.assert_array_equal(column.rows_with(text), plain.rows_with(text))
