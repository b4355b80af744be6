"""A damaged workspace: its ratings are saved first, and nothing makes the rescue itself fail."""

from __future__ import annotations

import random
import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from fairemo_gui.core.records import Condition, Rating, Truth, Utterance
from fairemo_gui.core.trials import Trace
from fairemo_gui.errors import UserError
from fairemo_gui.jobs.task import TaskContext
from fairemo_gui.services.annotation.start import start
from fairemo_gui.services.bundles import export_bundle, read_bundle
from fairemo_gui.services.campaign.columns import read_campaign
from fairemo_gui.services.campaign.measure import measure_campaign
from fairemo_gui.services.rating import rate
from fairemo_gui.services.rescue import rescue_workspace
from fairemo_gui.store import corpora, labels, notes, ratings
from fairemo_gui.store.workspace import Workspace
from tests.unit.services.sittings import a_plan, an_answer, clips
from tests.unit.store.builders import small_bundle
from tests.unit.store.test_schema import old_workspace

_PAGE = 4096


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """600 utterances with 1,200 ratings of two people, one of them made here."""
    folder = tmp_path_factory.mktemp("rescue") / "w.fairemo"
    bundle = small_bundle()
    utterances = tuple(
        Utterance(f"u{k}", "ann", "a.mp4", "a.mp4", transcript=f"Sentence number {k}", intended=k % 6)
        for k in range(600)
    )
    given = tuple(
        Rating(f"{who} {k}", f"u{k}", who, Condition.AV, (bundle.scheme.classes[(k + n) % 6],))
        for k in range(600)
        for n, who in enumerate(("zoe", "max"))
    )
    with Workspace(folder, create=True) as workspace:
        corpora.add_bundle(workspace, replace(bundle, utterances=utterances, ratings=given))
        rate(workspace, corpora.corpus(workspace), 7, "me", Condition.FACE, ["sad"])
        notes.set_flag(workspace, 9, True, "me")
        workspace.db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return folder


def damaged(whole: Path, folder: Path, *pages: int) -> Path:
    """The same workspace with some pages overwritten, numbered from 1."""
    content = bytearray((whole / "workspace.sqlite").read_bytes())
    noise = random.Random(len(pages))
    for page in pages:
        content[(page - 1) * _PAGE : page * _PAGE] = noise.randbytes(_PAGE)
    folder.mkdir(parents=True)
    (folder / "workspace.sqlite").write_bytes(content)
    return folder


def pages_of(whole: Path, table: str) -> list[int]:
    """The root page of a table."""
    with closing(sqlite3.connect(whole / "workspace.sqlite")) as db:
        return [row[0] for row in db.execute("SELECT rootpage FROM sqlite_master WHERE name = ?", [table])]


def is_sound(workspace: Workspace) -> None:
    assert workspace.db.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    assert workspace.db.execute("PRAGMA foreign_key_check").fetchall() == []


def test_a_sound_workspace_comes_out_whole(whole: Path, tmp_path: Path) -> None:
    found = rescue_workspace(TaskContext(), whole, tmp_path / "new.fairemo")
    assert (found.lost, found.notes) == ({}, ())
    assert (found.rows["rating"], found.rows["utterance"]) == (1201, 600)
    with Workspace(whole) as old, Workspace(tmp_path / "new.fairemo") as new:
        is_sound(new)
        for table in ("rating", "rater", "utterance", "label", "consensus", "note", "corpus"):
            query = f"SELECT * FROM {table} ORDER BY 1, 2, 3"  # noqa: S608
            assert new.db.execute(query).fetchall() == old.db.execute(query).fetchall()


@pytest.mark.parametrize("lost", ["rater", "session", "corpus", "trial", "session_event", "rating"])
def test_sittings_are_saved_as_far_as_they_have_a_place(lost: str, tmp_path: Path) -> None:
    folder = tmp_path / "s.fairemo"
    with Workspace(folder, create=True) as workspace:
        corpora.add_bundle(workspace, clips())
        sitting = start(workspace, corpora.corpus(workspace), a_plan(trace="valence"), "R1")
        sitting.submit(an_answer(trace=Trace("valence", np.zeros(3, dtype=np.float32))))
        sitting.skip("no sound")
        workspace.db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    bad = damaged(folder, tmp_path / "bad.fairemo", *pages_of(folder, lost))
    rescued = rescue_workspace(TaskContext(), bad, tmp_path / "new.fairemo")
    with Workspace(tmp_path / "new.fairemo") as workspace:
        assert workspace.db.execute("PRAGMA foreign_key_check").fetchall() == []
        assert workspace.db.table("rating").count == (lost != "rating")
        assert workspace.db.table("trace").count == (lost != "rating")
        assert workspace.db.table("session_event").count == (lost not in {"session_event"})
        assert workspace.db.table("rating_plan").count == 1
    assert rescued.rows["rating"] == (lost != "rating")


def test_without_the_table_of_utterances_every_rating_is_kept(whole: Path, tmp_path: Path) -> None:
    ill = damaged(whole, tmp_path / "ill.fairemo", *pages_of(whole, "utterance"), *pages_of(whole, "rater"))
    found = rescue_workspace(TaskContext(), ill, tmp_path / "new.fairemo")
    assert found.rows["rating"] == 1201
    assert found.rows["utterance"] == found.rows["rater"] == 0
    assert found.lost["utterance"] >= 1
    assert any("600 utterances were lost" in note for note in found.notes)
    with Workspace(tmp_path / "new.fairemo") as new:
        is_sound(new)
        kept = corpora.corpora(new)[-1]
        assert {r.rater for r in ratings.history(new, 7)} == {"lost 1", "lost 2", "lost 3"}
        ids = np.array([7])
        assert labels.counts(new, ids, Truth.FACE, len(kept.scheme)).sum() == 1


def test_any_damage_leaves_what_is_elsewhere(whole: Path, tmp_path: Path) -> None:
    size = (whole / "workspace.sqlite").stat().st_size // _PAGE
    draw = random.Random(3)
    for round_ in range(12):
        ill = damaged(whole, tmp_path / f"ill {round_}.fairemo", *draw.sample(range(8, size + 1), 6))
        found = rescue_workspace(TaskContext(), ill, tmp_path / f"new {round_}.fairemo")
        with Workspace(tmp_path / f"new {round_}.fairemo") as new:
            is_sound(new)
            assert new.db.table("rating").count == found.rows["rating"]
            if found.rows["rating"] < 1201:
                assert found.lost["rating"] >= 1


def test_what_lies_between_lost_pages_is_found(whole: Path, tmp_path: Path) -> None:
    leaves = []
    with closing(sqlite3.connect(whole / "workspace.sqlite")) as db:
        root = pages_of(whole, "rating")[0]
        content = (whole / "workspace.sqlite").read_bytes()
        page = content[(root - 1) * _PAGE : root * _PAGE]
        assert page[0] == 5  # an inner page: cells of a child's number and a key
        for k in range(int.from_bytes(page[3:5], "big")):
            cell = int.from_bytes(page[12 + 2 * k : 14 + 2 * k], "big")
            leaves.append(int.from_bytes(page[cell : cell + 4], "big"))
        total = db.execute("SELECT COUNT(*) FROM rating").fetchone()[0]
    ill = damaged(whole, tmp_path / "ill.fairemo", leaves[2], leaves[5])
    found = rescue_workspace(TaskContext(), ill, tmp_path / "new.fairemo")
    assert found.rows["rating"] + found.lost["rating"] == total
    assert found.rows["rating"] > total * 0.8


def test_an_old_workspace_is_rescued_into_a_new_one(tmp_path: Path) -> None:
    old = old_workspace(tmp_path / "old.fairemo")
    found = rescue_workspace(TaskContext(), old, tmp_path / "new.fairemo")
    assert found.rows["rating"] == 8
    with Workspace(tmp_path / "new.fairemo") as new:
        is_sound(new)
        assert labels.counts(new, np.array([2]), Truth.VOICE, 6).tolist() == [[0, 2, 0, 0, 1, 1]]


def test_opening_a_damaged_one_names_the_rescue(whole: Path, tmp_path: Path) -> None:
    ill = damaged(whole, tmp_path / "ill.fairemo", 1)
    with pytest.raises(UserError, match="fairemo rescue"):
        Workspace(ill)
    with pytest.raises(UserError, match=r"Nothing of .* can be read"):
        rescue_workspace(TaskContext(), ill, tmp_path / "new.fairemo")
    assert not (tmp_path / "new.fairemo").exists()


def test_nothing_is_written_over(whole: Path, tmp_path: Path) -> None:
    with pytest.raises(UserError, match="already"):
        rescue_workspace(TaskContext(), whole, whole)
    with pytest.raises(UserError, match="no workspace"):
        rescue_workspace(TaskContext(), tmp_path, tmp_path / "new.fairemo")


@pytest.mark.parametrize(
    ("table", "garbage"),
    [
        ("rating", "role = 'zz' WHERE id = 1"),
        ("rating", "secondary = '{' WHERE id = 1"),
        ("rater", "gender = 'zz'"),
        ("session_event", "kind = 'zz'"),
        ("trial", "condition = 'zz' WHERE position = 1"),
        ("rating_plan", "content = 'zz'"),
        ("trace", "samples = x'010203'"),
    ],
)
def test_rows_that_cannot_be_read_are_lost_and_the_program_goes_on(tmp_path: Path, table: str, garbage: str) -> None:
    plan = a_plan(trace="valence")
    with Workspace(tmp_path / "old.fairemo", create=True) as workspace:
        corpora.add_bundle(workspace, clips())
        sitting = start(workspace, corpora.corpus(workspace), plan, "R1")
        sitting.submit(replace(an_answer(), trace=Trace("valence", np.zeros(9, np.float32))))
        sitting.skip("noise")
        for trigger in ("rating_no_update", "session_event_no_update", "trace_no_update"):
            workspace.db.execute(f"DROP TRIGGER {trigger}")
        workspace.db.execute(f"UPDATE {table} SET {garbage}")  # noqa: S608 - of the test
        workspace.db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    found = rescue_workspace(TaskContext(), tmp_path / "old.fairemo", tmp_path / "new.fairemo")
    assert found.lost[table] >= 1
    with Workspace(tmp_path / "new.fairemo") as workspace:
        is_sound(workspace)
        corpus = corpora.corpus(workspace)
        measure_campaign(read_campaign(workspace, corpus))
        export_bundle(workspace, corpus, tmp_path / "b.jsonl")
        assert len(read_bundle(tmp_path / "b.jsonl").sessions) == 1
        assert start(workspace, corpus, plan, "R1").current is not None
