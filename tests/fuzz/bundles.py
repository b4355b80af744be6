"""Targets for what is read into a workspace that is there: bundles of ratings, and words looked for in its index."""

from __future__ import annotations

import hashlib
import json
import shutil
import tempfile
from collections.abc import Iterable
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

SCRATCH = tempfile.TemporaryDirectory(prefix="fairemo-fuzz-")


@cache
def template() -> Path:
    """A workspace with a corpus of four utterances and two ratings."""
    folder = Path(SCRATCH.name) / "template.fairemo"
    with Workspace(folder, create=True) as workspace:
        corpora.add_bundle(workspace, small_bundle())
        rate(workspace, corpora.corpus(workspace), 2, "ben", Condition.AV, ["happy", "sad"])
    return folder


def seeds() -> Iterable[bytes]:
    """A bundle without its seal."""
    file = Path(SCRATCH.name) / "a.bundle"
    with Workspace(template()) as workspace:
        export_bundle(workspace, corpora.corpus(workspace), file, force=True)
    return [b"".join(file.read_bytes().splitlines(keepends=True)[:-1])]


@target("bundle", seeds)
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
    copy = shutil.copytree(template(), folder / "w.fairemo")
    with Workspace(copy) as workspace:
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
def indexed() -> tuple[Workspace, FilterColumns]:
    workspace = Workspace(template())
    corpus = corpora.corpus(workspace)
    table = corpora.table(workspace, corpus.id)
    return workspace, load_columns(workspace, corpus, table, Truth.AV, None, "ann")


@target(
    "search", lambda: ["Hello", "hello there", 'a "b" OR c', "u1*", "NEAR(a b)", "transcript : x", "ſtraße"], share=2
)
def search(data: bytes, _: Path) -> None:
    """The index finds what reading every text finds."""
    text = data.decode("utf-8", "replace")
    _workspace, columns = indexed()
    for column in (columns.codes, columns.transcripts):
        plain = TextColumn([column[row] for row in range(len(column))])
        np.testing.assert_array_equal(column.rows_with(text), plain.rows_with(text))
