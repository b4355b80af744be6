"""Importing into a workspace: again, copies under other names, and conflicts."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from fairemo_gui.core.emotions import CREMA_D
from fairemo_gui.core.records import Condition, Truth
from fairemo_gui.errors import UserError
from fairemo_gui.jobs.task import TaskContext
from fairemo_gui.services.filter_columns import load_columns
from fairemo_gui.services.filters import compile_filter
from fairemo_gui.services.importing import import_corpus, import_ratings, store_bundle, told
from fairemo_gui.store import corpora, labels, ratings
from fairemo_gui.store.workspace import Workspace
from tests.unit.store.builders import small_bundle


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    with Workspace(tmp_path / "w.fairemo", create=True) as opened:
        corpora.add_bundle(opened, replace(small_bundle(), vote_counts=(), ratings=(), scheme=CREMA_D))
        yield opened


def table(path: Path, *rows: Sequence[object]) -> Path:
    with path.open("w", newline="") as file:
        csv.writer(file).writerows(rows)
    return path


def counted(path: Path, first: int) -> Path:
    head = ("", "A", "D", "F", "H", "N", "S", "fileName", "numResponses")
    return table(path, head, (100001, first, 1, 0, 0, 0, 0, "u1", first + 1), (100002, 0, 3, 0, 0, 0, 0, "u2", 3))


def votes(workspace: Workspace) -> list[list[int]]:
    found: list[list[int]] = labels.counts(workspace, np.array([2, 3]), Truth.VOICE, 6).tolist()
    return found


def test_counted_votes_count_once_whatever_the_file_is_called(workspace: Workspace, tmp_path: Path) -> None:
    corpus = corpora.corpus(workspace)
    first = [[4, 1, 0, 0, 0, 0], [0, 3, 0, 0, 0, 0]]
    again = False
    for name in ("votes.csv", "votes.csv", "copy.csv"):
        read, _ = import_ratings(workspace, corpus, counted(tmp_path / name, 4), Condition.AV)
        assert votes(workspace) == first
        assert read.new_votes == (2 if name == "votes.csv" and not again else 0)
        again = True
    assert "the same votes are here already, from votes.csv" in str(read.file.problems[-1])
    read, _ = import_ratings(workspace, corpus, counted(tmp_path / "votes.csv", 6), Condition.AV)
    assert read.new_votes == 1
    assert "1 rows take the place of other numbers" in str(read.file.problems[-1])
    assert votes(workspace) == [[6, 1, 0, 0, 0, 0], [0, 3, 0, 0, 0, 0]]


def test_a_file_called_like_our_own_labels_is_a_file(workspace: Workspace, tmp_path: Path) -> None:
    corpus = corpora.corpus(workspace)
    import_ratings(workspace, corpus, counted(tmp_path / "ratings", 4), Condition.AV)
    single = ("utterance_id", "condition", "rater", "emotion")
    import_ratings(workspace, corpus, table(tmp_path / "s.csv", single, ("u1", "voice", "z", "sad")), Condition.AV)
    assert votes(workspace) == [[4, 1, 0, 0, 0, 1], [0, 3, 0, 0, 0, 0]]


def test_a_changed_rating_under_its_old_id_is_refused(workspace: Workspace, tmp_path: Path) -> None:
    corpus, name = corpora.corpus(workspace), "00000000-0000-4000-8000-000000000001"
    head = ("utterance_id", "condition", "rater", "emotion", "uuid")
    import_ratings(workspace, corpus, table(tmp_path / "a.csv", head, ("u1", "voice", "z", "sad", name)), Condition.AV)
    with pytest.raises(UserError, match="an id of its own") as refused:
        import_ratings(
            workspace, corpus, table(tmp_path / "a.csv", head, ("u1", "voice", "z", "fear", name)), Condition.AV
        )
    assert refused.value.problems == (f"rating {name}",)
    assert votes(workspace)[0] == [0, 0, 0, 0, 0, 1]


def test_a_corpus_imported_again_says_what_was_done(tmp_path: Path) -> None:
    head = ("utterance_id", "media", "emotion", "transcript")
    rows = [("a", "a.wav", "sad", "one"), ("b", "b.wav", "happy", "two")]
    folder = tmp_path / "w.fairemo"

    def read(*given: tuple[str, ...]) -> dict[str, object]:
        report, _ = import_corpus(TaskContext(), folder, "manifest", table(tmp_path / "m.csv", head, *given))
        return report.to_json()

    assert read(*rows)["update"] is None
    found = read(("a", "a.wav", "happy", "one"), ("c", "c.wav", "sad", "three"))
    assert found["update"] == {
        "added": 1, "updated": 1, "unchanged": 0, "absent": ("b",), "ratings_added": 0, "ratings_changed": 0,
        "ratings_absent": 0,
    }  # fmt: skip
    assert "1 utterances are new, 1 were brought up to date" in str(found["warnings"])
    assert "1 are no longer in the corpus and were kept (b)" in str(found["warnings"])


def test_an_import_that_cannot_be_stored_leaves_no_workspace_behind(tmp_path: Path) -> None:
    """What is kept for adjudicators is only found out while storing; a workspace that was here is not touched."""
    table(tmp_path / "m.csv", ("utterance_id", "media", "emotion"), ("u1", "a.wav", "happy"))
    table(tmp_path / "ratings.csv", ("utterance_id", "condition", "rater", "emotion"), ("u1", "av", "gold", "happy"))
    for folder in (tmp_path / "new/w.fairemo", tmp_path / "old.fairemo"):
        if folder.name.startswith("old"):
            Workspace(folder, create=True).close()
        with pytest.raises(UserError, match="kept under"):
            import_corpus(TaskContext(), folder, "manifest", tmp_path / "m.csv")
    assert not (tmp_path / "new/w.fairemo").exists()
    with Workspace(tmp_path / "old.fairemo") as workspace:
        assert corpora.corpora(workspace) == []


def test_ratings_added_here_stand_when_the_corpus_is_imported_again(tmp_path: Path) -> None:
    folder, head = tmp_path / "w.fairemo", ("utterance_id", "condition", "rater", "emotion")
    manifest = table(
        tmp_path / "m.csv", ("utterance_id", "media", "emotion"), ("a", "a.wav", "sad"), ("b", "b.wav", "happy")
    )
    table(tmp_path / "ratings.csv", head, ("a", "voice", "r1", "sad"))
    import_corpus(TaskContext(), folder, "manifest", manifest)
    later = table(tmp_path / "later.csv", head, ("a", "voice", "r1", "sad"), ("b", "voice", "r1", "happy"))

    def add() -> int:
        with Workspace(folder) as workspace:
            import_ratings(workspace, corpora.corpus(workspace), later, Condition.AV)
            return ratings.count(workspace, "r1")

    assert add() == 2
    report, _ = import_corpus(TaskContext(), folder, "manifest", manifest)
    assert report.update is not None
    assert report.update["ratings_absent"] == 0
    assert add() == 2


def test_what_was_done_is_told_of_ratings_too(workspace: Workspace) -> None:
    update, _ = store_bundle(workspace, replace(small_bundle(), scheme=CREMA_D))
    assert update is not None
    assert "Of its ratings 1 are new, 0 otherwise than before, and 0 no longer there" in told(update)


@pytest.mark.parametrize("with_index", [True, False])
def test_texts_are_found_with_and_without_the_index(workspace: Workspace, *, with_index: bool) -> None:
    if not with_index:
        for kind, name in workspace.db.execute(
            "SELECT type, name FROM sqlite_master WHERE name IN ('utterance_text', 'utterance_text_insert', "
            "'utterance_text_update', 'utterance_text_delete') ORDER BY type DESC"
        ).fetchall():
            workspace.db.execute(f"DROP {kind} {name}")
    corpora.add_bundle(workspace, small_bundle("twin"))
    for name in ("tiny", "twin"):
        corpus = corpora.corpus(workspace, name)
        columns = load_columns(workspace, corpus, corpora.table(workspace, corpus.id), Truth.AV, None, "me")
        for text, expected in (('"lo th"', 4), ('"lo thx"', 0), ('"h"', 4), ("u3", 1), ("HELLO", 4), ("u1 or u2", 2)):
            assert compile_filter(text, columns).sum() == expected, text
