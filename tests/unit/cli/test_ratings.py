"""Ratings on the command line: out, together, settled; media that moved; a damaged workspace."""

from __future__ import annotations

import json
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from fairemo_gui.cli.app import app
from fairemo_gui.core.records import Condition
from fairemo_gui.services.rating import rate
from fairemo_gui.store import corpora, ratings
from fairemo_gui.store.workspace import Workspace
from tests.unit.store.builders import small_bundle


def run(*arguments: object) -> Result:
    return CliRunner().invoke(app, [str(each) for each in arguments])


def run_json(*arguments: object) -> Any:
    result = run(*arguments, "--json")
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    folder = tmp_path / "w.fairemo"
    with Workspace(folder, create=True) as opened:
        corpora.add_bundle(opened, small_bundle(root=str(tmp_path / "media")))
    return folder


def laptop(workspace: Path, name: str, emotion: str) -> Path:
    folder = workspace.with_name(f"{name}.fairemo")
    shutil.copytree(workspace, folder)
    with Workspace(folder) as opened:
        rate(opened, corpora.corpus(opened), 1, name, Condition.AV, [emotion])
    return folder


def test_export_and_merge(workspace: Path, tmp_path: Path) -> None:
    files = []
    for name, emotion in (("ann", "sad"), ("ben", "happy"), ("cid", "sad")):
        files.append(tmp_path / f"{name}.jsonl")
        found = run_json("ratings", "export", files[-1], "-w", laptop(workspace, name, emotion))
        assert (found["ratings"], found["corpus"]) == (2, "tiny")
    assert run_json("ratings", "merge", *files, "-w", workspace)["added"] == 3
    again = run("ratings", "merge", files[1], "-w", workspace)
    assert "0 of 2 ratings new in tiny" in again.stdout
    unrated = run("ratings", "adjudicate", "--condition", "face", "-w", workspace)
    assert unrated.exit_code == 2
    assert "tiny has no votes in face" in unrated.stderr
    assert "or choose --condition av or voice" in unrated.stderr
    settled = run_json("ratings", "adjudicate", "-w", workspace)
    assert settled == {
        "corpus": "tiny", "condition": "av", "gold": "gold", "settled": 1, "no_agreement": 0, "changed": 1, "kept": 0,
    }  # fmt: skip
    weighed = run_json("ratings", "adjudicate", "--weigh", "ben=3", "--gold", "weighed", "-w", workspace)
    assert weighed["settled"] == 1
    decided = run("ratings", "adjudicate", "--decide", "u0=fear", "--by", "eva", "-w", workspace)
    assert decided.stdout == "gold of tiny, av: 1 decided.\n"
    with Workspace(workspace) as opened:
        assert [r.votes[0] for r in ratings.history(opened, 1, "gold")] == ["fear", "sad"]
        assert [r.votes[0] for r in ratings.history(opened, 1, "weighed")] == ["happy"]


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("merge", "README.md"), "no bundle of ratings"),
        (("merge", "absent.jsonl"), "absent.jsonl: No such file"),
        (("adjudicate", "--share", "most"), "no number from 0 up"),
        (("adjudicate", "--weigh", "zoe"), "NAME=VALUE"),
        (("adjudicate", "--decide", "u1=sad"), "--by NAME"),
        (("adjudicate", "--gold", "zoe"), "another name"),
    ],
)
def test_mistakes_exit_2_with_one_sentence(workspace: Path, arguments: tuple[str, ...], sentence: str) -> None:
    result = run("ratings", *arguments, "-w", workspace)
    assert result.exit_code == 2
    assert sentence in result.stderr.splitlines()[0]


def test_moved_media_are_located_at_once(workspace: Path, tmp_path: Path) -> None:
    there = tmp_path / "elsewhere"
    there.mkdir()
    refused = run("locate", "tiny", there, "-w", workspace)
    assert refused.exit_code == 2
    assert "None of the 2 media files" in refused.stderr
    (there / "a.wav").write_bytes(b"")
    found = run_json("locate", "tiny", there, "-w", workspace)
    assert found == {"corpus": "tiny", "root": str(there), "found": 1, "missing": 1}
    with Workspace(workspace) as opened:
        assert corpora.clips(opened, 1)[0].audio == str(there / "a.wav")


def test_a_damaged_workspace_is_named_and_rescued(workspace: Path, tmp_path: Path) -> None:
    with closing(sqlite3.connect(workspace / "workspace.sqlite")) as db:
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        (page,) = db.execute("SELECT rootpage FROM sqlite_master WHERE name = 'word'").fetchone()
    content = bytearray((workspace / "workspace.sqlite").read_bytes())
    content[(page - 1) * 4096 : page * 4096] = b"\xff" * 4096
    (workspace / "workspace.sqlite").write_bytes(content)
    failed = run("import", "emodb", tmp_path, "-w", workspace)
    assert failed.exit_code == 2
    found = run_json("rescue", workspace, "--out", tmp_path / "new.fairemo")
    assert found["tables"]["rating"] == 1
    assert found["lost"]["word"] >= 1
    assert run("rescue", workspace, "--out", tmp_path / "new.fairemo").exit_code == 2


@pytest.mark.parametrize("share", ["1e400000000", "-1", "2/0", "half", "1", "2"])
def test_a_share_that_makes_no_sense_is_refused_at_once(workspace: Path, share: str) -> None:
    result = run("ratings", "adjudicate", f"--share={share}", "-w", workspace)
    assert result.exit_code == 2
    assert "--share" in result.stderr


def test_a_file_read_again_says_that_nothing_is_new(workspace: Path, tmp_path: Path) -> None:
    table = tmp_path / "r.csv"
    table.write_text("utterance_id,condition,rater,emotion\nu1,av,zoe,sad\n", "utf-8")
    told = [run("ratings", "import", table, "-w", workspace).stdout for _ in range(2)]
    assert [line.splitlines()[0] for line in told] == ["From r.csv: 1 rating, 1 new.", "From r.csv: 1 rating, 0 new."]
    found = run_json("ratings", "import", table, "-w", workspace)
    assert (found["ratings"], found["new"], found["vote_rows"], found["new_vote_rows"]) == (1, 0, 0, 0)
