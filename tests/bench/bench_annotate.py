"""Annotation: the next clip in the window, sitting down, and ratings through the service beside bare sqlite3."""

from __future__ import annotations

import sqlite3
import tempfile
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from fairemo_gui.core.emotions import CREMA_D
from fairemo_gui.core.rating_plan import Answers, Items, RatingPlan, SittingRules
from fairemo_gui.core.records import CorpusBundle, Gender, RaterKind, Rating, Speaker, Utterance
from fairemo_gui.core.trials import Answer
from fairemo_gui.services.annotation.sitting import Sitting, Stage
from fairemo_gui.services.annotation.start import start
from fairemo_gui.store import corpora, ratings
from fairemo_gui.store.workspace import Workspace
from tests.bench.annotate_rig import next_clip

UTTERANCES, SPEAKERS, TRIALS, ROUNDS = 7_442, 91, 300, 5


def rows() -> list[dict[str, Any]]:
    """The benchmark's rows."""
    with tempfile.TemporaryDirectory() as place, Workspace(Path(place) / "w.fairemo", create=True) as workspace:
        corpora.add_bundle(workspace, corpus())
        begun, given, peer = sittings(workspace, Path(place))
    name = "sqlite3, the same rows, one transaction each, synchronous=FULL"
    return [
        {"name": "ratings per second", "ours": given, "peer": peer, "peer_name": name, "ratio": given / peer,
         "unit": "ratings/s", "n": TRIALS},
        {"name": "sit down", "ours": begun, "peer": None, "peer_name": None, "ratio": None, "unit": "s",
         "n": UTTERANCES * 3},
        next_clip(),
    ]  # fmt: skip


def corpus() -> CorpusBundle:
    """A corpus of CREMA-D's size that nobody has rated."""
    speakers = tuple(Speaker(f"s{k}", (Gender.FEMALE, Gender.MALE)[k % 2]) for k in range(SPEAKERS))
    utterances = tuple(
        Utterance(f"clip{k:05}", f"s{k % SPEAKERS}", audio=f"{k}.wav", video=f"{k}.mp4", intended=k % 6)
        for k in range(UTTERANCES)
    )
    return CorpusBundle("bench", "/corpora/bench", "bench 1", replace(CREMA_D, name="bench"), speakers, utterances)


def sittings(workspace: Workspace, place: Path) -> tuple[float, float, float]:
    """Seconds to sit down, ratings per second, and rows per second of bare sqlite3: the best of some rounds.

    The rounds of both follow one another: how long a disk takes to sync is another thing every second.
    """
    plan = RatingPlan(
        "bench", "1", answers=Answers(intensity=True), items=Items(one_condition=True),
        sitting=SittingRules(items=TRIALS),
    )  # fmt: skip
    begun, given, peers = [], [], []
    for k in range(ROUNDS):
        opened = corpora.corpus(workspace)
        before = time.perf_counter()
        sitting = start(workspace, opened, plan, f"R{k}", kind=RaterKind.SIMULATED)
        begun.append(time.perf_counter() - before)
        given.append(TRIALS / timed(partial(sit_through, sitting)))
        stored = [rating for rating, _ in ratings.log(workspace, opened.id, rater=f"R{k}")]
        peers.append(inserted(place / f"peer{k}.sqlite", stored))
    return min(begun), max(given), max(peers)


def sit_through(sitting: Sitting) -> None:
    """Answer everything."""
    while sitting.stage is Stage.TRIAL:
        sitting.submit(Answer(("sad",), intensity=50, first_answer="sad", response_ms=900, played_ms=2500))


def inserted(file: Path, stored: list[Rating]) -> float:
    """Rows per second of bare sqlite3 into a table with the same columns and indexes, each on the disk by itself."""
    names = [name for name in ratings.COLUMNS if name != "uuid"]
    with closing(sqlite3.connect(file)) as db:
        for pragma in ("journal_mode=WAL", "synchronous=FULL"):
            db.execute(f"PRAGMA {pragma}")
        db.execute(f"CREATE TABLE rating (id INTEGER PRIMARY KEY, uuid TEXT UNIQUE, {', '.join(names)})")
        for columns in ("utterance_id, condition", "supersedes", "undoes", "session_id, position"):
            db.execute(f"CREATE INDEX [{columns}] ON rating ({columns})")
        db.commit()
        marks = ", ".join("?" * len(ratings.COLUMNS))
        statement = f"INSERT INTO rating ({', '.join(ratings.COLUMNS)}) VALUES ({marks})"  # noqa: S608 - constants
        prepared = [ratings.row(rating, 1 + k, 1) for k, rating in enumerate(stored)]

        def insert() -> None:
            for row in prepared:
                db.execute(statement, row)
                db.commit()

        return len(prepared) / timed(insert)


def timed(work: Callable[[], object]) -> float:
    """Seconds that something takes."""
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun
