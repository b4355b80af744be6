"""A workspace of every earlier version opens, whole, with a copy beside it."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Literal

import numpy as np
import pytest

from fairemo_gui.core.records import Condition, Role, SpeakerBy, Truth
from fairemo_gui.errors import UserError
from fairemo_gui.services.rating import rate
from fairemo_gui.store import corpora, faces, labels, nets, notes, ratings, search
from fairemo_gui.store.schema import SCHEMA_VERSION
from fairemo_gui.store.workspace import Workspace
from tests.unit.store.builders import small_bundle

OLDER = range(1, SCHEMA_VERSION)


def old_workspace(folder: Path, version: int = 1) -> Path:
    """Two corpora with the same ratings, a chain with an undo, a rating in sight, a flag, a net, a face."""
    folder.mkdir(parents=True)
    with closing(sqlite3.connect(folder / "workspace.sqlite")) as db:
        db.executescript(Path(__file__).with_name(f"version_{version}.sql").read_text(encoding="utf-8"))
    return folder


@pytest.mark.parametrize("version", OLDER)
def test_an_older_version_comes_over_whole(version: int, tmp_path: Path) -> None:
    folder = old_workspace(tmp_path / "w.fairemo", version)
    with Workspace(folder) as workspace:
        assert workspace.db.execute("PRAGMA user_version").fetchone() == (SCHEMA_VERSION,)
        assert workspace.db.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert workspace.db.execute("PRAGMA foreign_key_check").fetchall() == []
        assert workspace.db.table("rating").count == 8
        assert [r.votes for r in ratings.history(workspace, 2, "me")] == [("happy",), ("sad", "fear"), ("happy",)]
        ids = np.array([2, 3])
        assert labels.counts(workspace, ids, Truth.VOICE, 6)[0].tolist() == [0, 2, 0, 0, 1, 1]
        assert labels.counts(workspace, ids, Truth.FACE, 6, blind_only=True)[1].sum() == 0
        rate(workspace, corpora.corpus(workspace, "tiny"), 3, "me", Condition.FACE, ["sad"])
        assert labels.counts(workspace, ids, Truth.FACE, 6)[1].tolist() == [0, 0, 0, 0, 0, 1]
        assert notes.flagged(workspace) == {3}
        found = faces.track(workspace, 2)
        assert found is not None
        assert (found.number, found.speaker_by) == (0, SpeakerBy.CORPUS)
        assert nets.predictions(workspace, nets.net(workspace, "latest")).utterances.tolist() == [1, 2]
        assert len(workspace.db.execute("SELECT uuid FROM session").fetchone()[0]) == 36
        assert {r.role for r, _ in ratings.log(workspace, 1)} == {Role.MAIN}


def test_ratings_that_two_corpora_share_have_one_id_again(tmp_path: Path) -> None:
    with Workspace(old_workspace(tmp_path / "w.fairemo")) as workspace:
        for utterance in (2, 6):
            voice = [r for r in ratings.history(workspace, utterance) if r.condition is Condition.VOICE]
            assert [(r.uuid, r.supersedes) for r in voice] == [("r2", "r1"), ("r1", None)]


@pytest.mark.parametrize("version", OLDER)
def test_the_former_file_is_kept_beside_the_new_one(version: int, tmp_path: Path) -> None:
    folder = old_workspace(tmp_path / "w.fairemo", version)
    Workspace(folder).close()
    with closing(sqlite3.connect(folder / f"workspace.v{version}.sqlite")) as copy:
        assert copy.execute("PRAGMA user_version").fetchone() == (version,)
        assert copy.execute("SELECT COUNT(*) FROM rating").fetchone() == (8,)
    assert not list(folder.glob("*.part"))


def test_an_old_workspace_is_not_brought_up_to_date_for_reading_only(tmp_path: Path) -> None:
    folder = old_workspace(tmp_path / "w.fairemo")
    with pytest.raises(UserError, match="open it once for writing"):
        Workspace(folder, read_only=True)
    Workspace(folder).close()
    with Workspace(folder, read_only=True) as workspace:
        assert len(corpora.corpora(workspace)) == 2
        with pytest.raises(UserError, match="reading only"):
            notes.set_flag(workspace, 1, True, "me")
        with pytest.raises(sqlite3.OperationalError, match="readonly"):
            workspace.db.execute("DELETE FROM note")


@pytest.mark.parametrize("version", OLDER)
def test_a_new_workspace_has_the_same_tables_as_an_old_one(version: int, tmp_path: Path) -> None:
    def tables(folder: Path, *, create: bool = False) -> list[tuple[str, str, str]]:
        with Workspace(folder, create=create) as workspace:
            found = workspace.db.execute("SELECT type, name, sql FROM sqlite_master ORDER BY name").fetchall()
            return [row for row in found if not row[1].startswith("sqlite_")]

    assert tables(old_workspace(tmp_path / "old.fairemo", version)) == tables(tmp_path / "new.fairemo", create=True)


def test_text_is_found_by_the_index_and_stays_in_step(tmp_path: Path) -> None:
    with Workspace(old_workspace(tmp_path / "w.fairemo")) as workspace:
        db = workspace.db

        def found(text: str, column: Literal["code", "transcript"] = "transcript") -> list[int] | None:
            ids = search.utterances_with(db, text, column)
            return None if ids is None else ids.tolist()

        assert found("LO TH") == [*range(1, 9)]
        assert found("th") is None
        assert found('say "no"') == []
        db.execute("UPDATE utterance SET transcript = 'say \"NO\" now' WHERE id = 3")
        assert found('say "no"') == [3]
        assert found("hello") == [1, 2, 4, 5, 6, 7, 8]
        corpora.add_bundle(workspace, small_bundle("late"))
        assert found("hello") == [1, 2, 4, 5, 6, 7, 8, 9, 10, 11, 12]
        db.execute("UPDATE utterance SET code = 'abc_9' WHERE id = 4")
        assert (found("abc"), found("abc", "code")) == ([], [4])
        db.execute("INSERT INTO utterance_text (utterance_text) VALUES ('integrity-check')")
