"""Corpora at full scale: importing them beside bare sqlite3, filtering them, and opening their workspace."""

from __future__ import annotations

import random
import sqlite3
import tempfile
import time
import uuid
from collections import Counter
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np

from fairemo_gui.core.emotions import ClassSelection, EmotionScheme
from fairemo_gui.core.records import (
    Condition,
    CorpusBundle,
    Gender,
    Rater,
    RaterKind,
    Rating,
    Speaker,
    Truth,
    Utterance,
)
from fairemo_gui.services.filter_columns import load_columns
from fairemo_gui.services.filters import compile_filter
from fairemo_gui.services.samples import NetPredictor
from fairemo_gui.store import corpora, nets
from fairemo_gui.store.workspace import Workspace
from tests.bench.bench_evaluation import seconds

UTTERANCES, RATINGS_EACH, SPEAKERS, RATERS = 250_000, 5, 1_500, 400
SCHEME = EmotionScheme("bench", ("anger", "disgust", "fear", "happy", "neutral", "sad", "surprise", "contempt"))


def rows() -> list[dict[str, Any]]:
    """The benchmark's rows."""
    bundle = corpus()
    with tempfile.TemporaryDirectory() as place:
        return [bulk_import(bundle, Path(place)), *opening(Path(place)), *filtering(Path(place))]


def row(name: str, ours: float, peer: float | None, peer_name: str | None, n: int) -> dict[str, Any]:
    """One row in seconds."""
    ratio = None if peer is None else peer / ours
    return {"name": name, "ours": ours, "peer": peer, "peer_name": peer_name, "ratio": ratio, "unit": "s", "n": n}


def corpus() -> CorpusBundle:
    """A corpus as large as any there is, with every utterance rated by five people."""
    draw = random.Random(1)
    words = ["".join(draw.choices("abcdefghijklmnopqrstuvwxyz", k=draw.randint(2, 9))) for _ in range(3_000)]
    utterances = tuple(
        Utterance(
            code=f"TALK_{k // 60:04d}_{k % 60:04d}", speaker=f"s{k // 60 % SPEAKERS}", audio=f"Audios/TALK_{k}.wav",
            start=0.0, end=draw.uniform(2, 11), transcript=" ".join(draw.choices(words, k=8)), dialogue=f"d{k // 60}",
            turn=k % 60, split=("train", "test")[k % 5 == 0], intended=k % len(SCHEME),
        )
        for k in range(UTTERANCES)
    )  # fmt: skip
    return CorpusBundle(
        name="bench",
        root="/corpora/bench",
        importer="bench 1",
        scheme=SCHEME,
        speakers=tuple(Speaker(f"s{k}", tuple(Gender)[k % 2], 20 + k % 50) for k in range(SPEAKERS)),
        utterances=utterances,
        raters=tuple(Rater(f"bench:{k}", RaterKind.IMPORTED) for k in range(RATERS)),
        ratings=tuple(_rating(draw, utterance.code) for utterance in utterances for _ in range(RATINGS_EACH)),
    )


def _rating(draw: random.Random, code: str) -> Rating:
    return Rating(
        uuid=str(uuid.UUID(int=draw.getrandbits(128), version=5)),
        utterance=code,
        rater=f"bench:{draw.randrange(RATERS)}",
        condition=Condition.AV,
        votes=(draw.choice(SCHEME.classes),),
        activation=float(draw.randint(1, 7)),
        valence=float(draw.randint(1, 7)),
        dominance=float(draw.randint(1, 7)),
        created_at="2026-01-01T00:00:00.000+00:00",
    )


def bulk_import(bundle: CorpusBundle, place: Path) -> dict[str, Any]:
    """Utterances and ratings a second, from records in memory to the disk: labelled, searchable; best of two."""
    n = len(bundle.utterances) + len(bundle.ratings)
    pairs = [
        (_our_import(bundle, place / f"{name}.fairemo"), _bare_import(bundle, place / f"bare {name}.fairemo"))
        for name in ("once", "full")
    ]
    ours, peer = (n / min(column) for column in zip(*pairs, strict=True))
    name = "bare sqlite3.executemany, same rows and indexes"
    return row("bulk import", ours, peer, name, n) | {"ratio": ours / peer, "unit": "rows/s"}


def _our_import(bundle: CorpusBundle, folder: Path) -> float:
    with Workspace(folder, create=True) as workspace:
        start = time.perf_counter()
        corpora.add_bundle(workspace, bundle)
        return time.perf_counter() - start


def _bare_import(bundle: CorpusBundle, folder: Path) -> float:
    """Seconds for the same utterances and ratings as ready tuples into the same tables, with nothing checked."""
    Workspace(folder, create=True).close()
    speakers = {speaker.code: k for k, speaker in enumerate(bundle.speakers, 1)}
    ids = {utterance.code: k for k, utterance in enumerate(bundle.utterances, 1)}
    raters = {rater.code: k for k, rater in enumerate(bundle.raters, 1)}
    said = [
        (1, u.code, speakers[u.speaker], u.dialogue, u.turn, u.start, u.end, u.audio, "full", u.transcript, u.split,
         "ok")
        for u in bundle.utterances
    ]  # fmt: skip
    rated = [
        (r.uuid, ids[r.utterance], raters[r.rater], "av", f'["{r.votes[0]}"]', r.activation, r.valence, r.dominance, 0,
         0, r.created_at)
        for r in bundle.ratings
    ]  # fmt: skip
    with closing(sqlite3.connect(folder / "workspace.sqlite")) as db:
        db.executescript("PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; DROP TRIGGER utterance_text_insert")
        start = time.perf_counter()
        db.execute("INSERT INTO corpus VALUES (1, 'bare', '/', 'bare 1', NULL, 'bare', '[]', 0, '{}', '')")
        db.executemany("INSERT INTO speaker (code, id, corpus_id) VALUES (?, ?, 1)", speakers.items())
        db.executemany("INSERT INTO rater (code, id) VALUES (?, ?)", raters.items())
        db.executemany(
            "INSERT INTO utterance (corpus_id, code, speaker_id, dialogue, turn, start, end, audio, face_region, "
            "transcript, split, media_state) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            said,
        )
        db.execute("INSERT INTO utterance_text (rowid, code, transcript) SELECT id, code, transcript FROM utterance")
        db.executemany(
            "INSERT INTO rating (uuid, utterance_id, rater_id, condition, votes, activation, valence, dominance, "
            "replays, prediction_visible, created_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            rated,
        )
        db.commit()
        return time.perf_counter() - start


def opening(place: Path) -> list[dict[str, Any]]:
    """Opening the full workspace, and an empty one."""
    Workspace(place / "empty.fairemo", create=True).close()

    def opened(name: str) -> None:
        with Workspace(place / name) as workspace:
            corpora.corpora(workspace)

    full, empty = (seconds(lambda name=name: opened(name), 9) for name in ("full.fairemo", "empty.fairemo"))  # type: ignore[misc]
    return [row("open", full, empty, "an empty workspace", UTTERANCES)]


QUERIES = (
    "gender:f", "true:anger pred:neutral", "p<0.5", "gender:f true:anger pred:neutral p<0.5 split:test", "wrong",
    "disagree:intended,av", "speaker:s17", "age:30-49 not flagged", "dialogue:d40", '"{rare}"', '"{common}"', "{rare}",
    '"e"', 'gender:m "{rare}" p<0.5',
)  # fmt: skip


def filtering(place: Path) -> list[dict[str, Any]]:
    """Seconds of the slowest kind of filter, median of some runs; and of reading the columns, once per corpus."""
    with Workspace(place / "full.fairemo") as workspace:
        chosen = corpora.corpus(workspace)
        table = corpora.table(workspace, chosen.id)
        net = _guess(workspace, chosen, table)
        start = time.perf_counter()
        columns = load_columns(workspace, chosen, table, Truth.AV, NetPredictor(net), "me")
        loaded = time.perf_counter() - start
        words = Counter(word for text in table.transcripts if text for word in text.split() if len(word) > 5)
        texts = {"rare": words.most_common()[-1][0], "common": "ing", "": ""}
        queries = [query.format_map(texts) for query in QUERIES]
        slowest = max(median(_timed(lambda q=q: compile_filter(q, columns)) for _ in range(7)) for q in queries)  # type: ignore[misc]
        like = "SELECT id FROM utterance WHERE transcript LIKE ?"
        peer = seconds(lambda: workspace.db.execute(like, [f"%{texts['rare']}%"]).fetchall())
    return [
        row("filter", slowest, peer, "SQL LIKE, for a text", UTTERANCES),
        row("read columns", loaded, None, None, UTTERANCES),
    ]


def _guess(workspace: Workspace, chosen: corpora.CorpusRow, table: corpora.UtteranceTable) -> int:
    """A net that guesses."""
    classes = ClassSelection.all_of(SCHEME)
    net, _ = nets.add_net(workspace, nets.NetRow(chosen.id, "none", "av", classes, {}, 0, 1, "", "", "", "0"))
    guesses = np.random.default_rng(1).dirichlet(np.ones(len(SCHEME)), len(table))
    nets.add_predictions(workspace, net, table.ids, guesses, ["test"] * len(table))
    return net


def _timed(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start
