"""SIGKILL at random moments, and a disk that fills up: what was acknowledged is there, nothing is there by halves."""

from __future__ import annotations

import csv
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from typer.testing import CliRunner

from fairemo_gui.cli.app import app
from fairemo_gui.core.records import Condition, CorpusBundle, Rating, Utterance
from fairemo_gui.jobs.task import TaskContext
from fairemo_gui.services.bundles import export_bundle, merge_bundles, read_bundle
from fairemo_gui.services.importing import store_bundle
from fairemo_gui.services.rating import rate, undo
from fairemo_gui.store import corpora, ratings, tally
from fairemo_gui.store.workspace import Workspace
from tests.unit.store.builders import small_bundle
from tests.unit.store.test_schema import old_workspace

UTTERANCES, EACH = 120, 3
Acknowledge = Callable[[str], None]


@dataclass(frozen=True)
class Work:
    """Something a process is killed at.

    Attributes:
        prepare: Makes the workspace and what is read; given an empty folder.
        run: The work, which says what is done once it is.
        check: Given the folder and what was said.
    """

    prepare: Callable[[Path], None]
    run: Callable[[Path, Acknowledge], None]
    check: Callable[[Path, list[str]], None]


def large_bundle(name: str) -> CorpusBundle:
    bundle = small_bundle(name)
    utterances = tuple(
        Utterance(f"u{k}", "ann", "a.mp4", "a.mp4", transcript=f"Sentence {k}", intended=k % 6)
        for k in range(UTTERANCES)
    )
    given = tuple(
        Rating(f"{name} {k} {n}", f"u{k}", f"{name}:{n}", Condition.AV, (bundle.scheme.classes[(k + n) % 6],))
        for k in range(UTTERANCES)
        for n in range(EACH)
    )
    return replace(bundle, utterances=utterances, ratings=given)


def prepare_corpus(place: Path) -> None:
    with Workspace(place / "w.fairemo", create=True) as workspace:
        corpora.add_bundle(workspace, large_bundle("base"))


def import_many(place: Path, acknowledge: Acknowledge) -> None:
    with Workspace(place / "w.fairemo", create=True) as workspace:
        for k in range(8):
            store_bundle(workspace, large_bundle(f"c{k // 2}"))
            acknowledge(f"c{k // 2}")


def check_imports(place: Path, said: list[str]) -> None:
    with opened(place) as workspace:
        found = {corpus.name: corpus.id for corpus in corpora.corpora(workspace)}
        assert set(said) <= found.keys() <= {*said, f"c{len(said) // 2}"}
        for number in found.values():
            assert len(corpora.utterance_ids(workspace, number)) == UTTERANCES
            assert sum(stands for _, stands in ratings.log(workspace, number)) == UTTERANCES * EACH


def rate_many(place: Path, acknowledge: Acknowledge) -> None:
    with Workspace(place / "w.fairemo") as workspace:
        corpus = corpora.corpus(workspace)
        for k in range(60):
            rating, _ = rate(workspace, corpus, 1 + k % 7, "me", Condition.FACE, [corpus.scheme.classes[k % 6]])
            acknowledge(rating.uuid)
            if k % 5 == 4:
                undo(workspace, corpus, "me")


def check_ratings(place: Path, said: list[str]) -> None:
    with opened(place) as workspace:
        names = {rating.uuid for rating, _ in ratings.log(workspace, 1)}
        assert set(said) <= names


def prepare_merge(place: Path) -> None:
    prepare_corpus(place)
    for k in range(4):
        shutil.copytree(place / "w.fairemo", place / "laptop.fairemo")
        with Workspace(place / "laptop.fairemo") as workspace:
            given = [replace(r, uuid=f"{k} {r.uuid}", rater=f"rater {k}") for r in large_bundle("base").ratings]
            with workspace.transaction():
                ids = corpora.utterance_ids(workspace, 1)
                ratings.insert_all(workspace, (), given, ids, small_bundle().scheme)
            export_bundle(workspace, corpora.corpus(workspace), place / f"{k}.jsonl")
        shutil.rmtree(place / "laptop.fairemo")


def merge_many(place: Path, acknowledge: Acknowledge) -> None:
    with Workspace(place / "w.fairemo") as workspace:
        for k in range(4):
            merge_bundles(TaskContext(), workspace, [place / f"{k}.jsonl"])
            acknowledge(str(k))


def check_merges(place: Path, said: list[str]) -> None:
    with opened(place) as workspace:
        names = {rating.uuid for rating, _ in ratings.log(workspace, 1)}
        for k in range(4):
            theirs = {rating.uuid for rating in read_bundle(place / f"{k}.jsonl").ratings}
            new = {name for name in theirs if name.startswith(f"{k} ")}
            assert len(new & names) in ({len(new)} if str(k) in said else {0, len(new)})


def prepare_migration(place: Path) -> None:
    folder = old_workspace(place / "w.fairemo")
    with closing(sqlite3.connect(folder / "workspace.sqlite")) as db:
        db.executemany(
            "INSERT INTO utterance (corpus_id, code, speaker_id, face_region, media_state, transcript) "
            "VALUES (1, ?, 1, 'full', 'ok', 'A sentence of some length that goes into the index')",
            [(f"more {k}",) for k in range(3000)],
        )
        db.commit()


def migrate(place: Path, acknowledge: Acknowledge) -> None:
    Workspace(place / "w.fairemo").close()
    acknowledge("done")


def check_migration(place: Path, said: list[str]) -> None:
    with opened(place) as workspace:
        assert workspace.db.table("rating").count == 8
        assert workspace.db.table("utterance").count == 3008
    with closing(sqlite3.connect(place / "w.fairemo" / "workspace.v1.sqlite")) as copy:
        assert copy.execute("SELECT COUNT(*) FROM utterance").fetchone() == (3008,)


WORKS = {
    "import": Work(lambda place: None, import_many, check_imports),
    "rating": Work(prepare_corpus, rate_many, check_ratings),
    "merge": Work(prepare_merge, merge_many, check_merges),
    "migration": Work(prepare_migration, migrate, check_migration),
}


class opened:  # noqa: N801 - reads as a word of a sentence
    """A workspace that has just been killed at: sound, and its labels in step with its ratings."""

    def __init__(self, place: Path) -> None:
        self._workspace = Workspace(place / "w.fairemo", create=True)

    def __enter__(self) -> Workspace:
        db = self._workspace.db
        assert db.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert db.execute("PRAGMA foreign_key_check").fetchall() == []
        before = db.execute("SELECT * FROM label ORDER BY 1, 2, 3").fetchall()
        with self._workspace.transaction():
            for corpus in corpora.corpora(self._workspace):
                touched = db.execute("SELECT DISTINCT utterance_id, condition FROM rating").fetchall()
                ours = set(corpora.utterance_ids(self._workspace, corpus.id).values())
                tally.relabel(self._workspace, [pair for pair in touched if pair[0] in ours], corpus.scheme)
        assert db.execute("SELECT * FROM label ORDER BY 1, 2, 3").fetchall() == before
        return self._workspace

    def __exit__(self, *_: object) -> None:
        self._workspace.close()


def run_and_kill(work: Work, place: Path, after: float | None) -> tuple[list[str], float]:
    """Do the work in a process of its own, killed after so many seconds; what it said, and how long it took."""
    read, write = os.pipe()
    begun = time.perf_counter()
    child = os.fork()
    if child == 0:
        os.close(read)
        code = 1
        try:
            with os.fdopen(write, "w", buffering=1) as pipe:
                work.run(place, lambda text: print(text, file=pipe, flush=True))
            code = 0
        finally:
            os._exit(code)
    os.close(write)
    if after is not None:
        time.sleep(after)
        os.kill(child, signal.SIGKILL)
    with os.fdopen(read) as pipe:
        said = pipe.read()
    _, status = os.waitpid(child, 0)
    assert os.waitstatus_to_exitcode(status) in {0, -signal.SIGKILL}
    return said.splitlines(), time.perf_counter() - begun


def kill_at_random(name: str, template: Path, place: Path, times: int, seed: int) -> None:
    """Kill so many times before the work is over; where it was over already, the next moment is an earlier one."""
    work, draw, met = WORKS[name], random.Random(seed), 0
    template.mkdir()
    work.prepare(template)
    shutil.copytree(template, place / "whole")
    everything, horizon = run_and_kill(work, place / "whole", None)
    while met < times:
        here = place / "here"
        shutil.copytree(template, here)
        moment = draw.uniform(0, horizon)
        said = run_and_kill(work, here, moment)[0]
        work.check(here, said)
        shutil.rmtree(here)
        if len(said) < len(everything):
            met += 1
        else:
            horizon = moment


@pytest.mark.parametrize("name", WORKS)
def test_killed_a_few_times(name: str, tmp_path: Path) -> None:
    kill_at_random(name, tmp_path / "template", tmp_path, 3, seed=1)


@pytest.mark.slow
@pytest.mark.timeout(1200)
@pytest.mark.parametrize("name", WORKS)
def test_killed_200_times_in_all(name: str, tmp_path: Path) -> None:
    kill_at_random(name, tmp_path / "template", tmp_path, 50, seed=2)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of two megabytes."""
    place = tmp_path / "disk"
    place.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", str(place)]
    try:
        mounted = os.geteuid() == 0 and subprocess.run(command, check=False, capture_output=True).returncode == 0
    except OSError:
        mounted = False
    if not mounted:
        pytest.skip("a small disk can only be mounted by root")
    yield place
    subprocess.run(["umount", str(place)], check=True)


def test_a_full_disk_is_said_and_spoils_nothing(small_disk: Path, tmp_path: Path) -> None:
    folder = small_disk / "w.fairemo"
    with Workspace(folder, create=True) as workspace:
        corpora.add_bundle(workspace, small_bundle())
        rating, _ = rate(workspace, corpora.corpus(workspace), 1, "me", Condition.AV, ["sad"])
    table = tmp_path / "many.csv"
    with table.open("w", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["utterance_id", "rater", "emotion", "condition"])
        rows.writerows([f"u{k % 4}", f"rater {k}", "sad", "av"] for k in range(20_000))
    result = CliRunner().invoke(app, ["ratings", "import", str(table), "-w", str(folder)])
    assert result.exit_code == 2
    assert "full" in result.stderr.splitlines()[0]
    with opened(small_disk) as workspace:
        assert {r.uuid for r, _ in ratings.log(workspace, 1)} == {"r1", rating.uuid}
        rate(workspace, corpora.corpus(workspace), 2, "me", Condition.AV, ["happy"])
