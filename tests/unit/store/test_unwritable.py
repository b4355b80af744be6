"""A workspace that cannot be written is read all the same."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from typer.testing import CliRunner

from fairemo_gui.cli.app import app
from fairemo_gui.errors import UserError
from fairemo_gui.store import corpora, notes
from fairemo_gui.store.workspace import Workspace
from tests.unit.store.builders import small_bundle
from tests.unit.store.test_schema import old_workspace
from tests.unwritable import unwritable


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    with Workspace(tmp_path / "w.fairemo", create=True) as workspace:
        corpora.add_bundle(workspace, small_bundle())
    return tmp_path / "w.fairemo"


@pytest.mark.parametrize("part", ["", "workspace.sqlite"])
def test_it_opens_for_reading_only_and_says_why_it_is_not_written(folder: Path, part: str) -> None:
    before = {each.name for each in folder.iterdir()}
    with unwritable(folder / part), Workspace(folder) as workspace:
        assert workspace.read_only
        assert [each.name for each in corpora.corpora(workspace)] == ["tiny"]
        with pytest.raises(UserError, match="reading only here, and its folder or database cannot be written"):
            notes.set_flag(workspace, 1, True, "me")
    assert {each.name for each in folder.iterdir()} == before
    with Workspace(folder) as workspace:
        assert not workspace.read_only
        notes.set_flag(workspace, 1, True, "me")


def test_what_another_process_has_just_written_is_read(folder: Path) -> None:
    with Workspace(folder) as writer:
        notes.set_flag(writer, 1, True, "me")
        with unwritable(folder), Workspace(folder) as workspace:
            assert workspace.read_only
            assert notes.flagged(workspace) == {1}


def test_an_older_one_says_that_it_must_be_brought_up_to_date(tmp_path: Path) -> None:
    folder = old_workspace(tmp_path / "w.fairemo")
    with unwritable(folder), pytest.raises(UserError, match=r"older program, and its folder.*cannot be written"):
        Workspace(folder)


def test_a_log_without_its_index_is_not_passed_over(folder: Path) -> None:
    with closing(sqlite3.connect(folder / "workspace.sqlite")) as db:
        db.execute("UPDATE corpus SET licence = 'new'")
        db.commit()
        copied = {name: (folder / name).read_bytes() for name in ("workspace.sqlite", "workspace.sqlite-wal")}
    for name, content in copied.items():
        (folder / name).write_bytes(content)
    with unwritable(folder), pytest.raises(UserError, match="check its disk and permissions"):
        Workspace(folder)


def test_commands_read_and_export_and_do_not_write(folder: Path, tmp_path: Path) -> None:
    out, where = tmp_path / "out", ["--workspace", str(folder)]
    with unwritable(folder, folder / "workspace.sqlite"):
        exported = CliRunner().invoke(app, ["export", *where, "--out", str(out)])
        agreed = CliRunner().invoke(app, ["agreement", *where])
        writing = (["ratings", "adjudicate", "--condition", "voice"], ["features", "extract", "--encoder", "words"])
        refused = [CliRunner().invoke(app, [*command, *where]) for command in writing]
    assert (exported.exit_code, any(out.rglob("*.csv"))) == (0, True), exported.output
    assert agreed.exit_code == 0, agreed.output
    for each in refused:
        assert each.exit_code == 2
        assert "is open for reading only here, and its folder or database cannot be written" in each.output
