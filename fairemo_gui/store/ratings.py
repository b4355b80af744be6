"""The rating log: append only. A correction or an undo is a new row; labels follow in the same transaction."""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import fields, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from fairemo_gui.core.emotions import EmotionScheme
from fairemo_gui.core.records import Changes, Condition, Rater, RaterKind, Rating
from fairemo_gui.errors import UserError
from fairemo_gui.store import labels
from fairemo_gui.store.workspace import Workspace

_COLUMNS = (
    "uuid", "utterance_id", "rater_id", "condition", "votes", "intensity", "activation", "valence", "dominance",
    "confidence", "first_answer", "response_ms", "replays", "session_id", "prediction_visible", "supersedes",
    "undoes", "created_at",
)  # fmt: skip
_INSERT = f"INSERT INTO rating ({', '.join(_COLUMNS)}) VALUES ({', '.join('?' * len(_COLUMNS))})"  # noqa: S608
_NAMESPACE = uuid.UUID("a2f3a7d4-0f43-5a1c-9d3e-5b1d6f0c2e77")
_CURRENT = "NOT EXISTS (SELECT 1 FROM rating AS later WHERE later.supersedes = rating.uuid)"


def add(workspace: Workspace, utterance_id: int, rating: Rating, scheme: EmotionScheme) -> Changes:
    """Append a rating and bring the labels into step. It survives a kill from the moment this returns."""
    with workspace.transaction() as db:
        rater = _rater_ids(workspace, [Rater(rating.rater)])[rating.rater]
        db.execute(_INSERT, _row(rating, utterance_id, rater))
        _relabel(workspace, utterance_id, rating.condition, scheme)
    return Changes(frozenset({"ratings", "labels"}), (utterance_id,))


def insert_all(
    workspace: Workspace,
    raters: Sequence[Rater],
    ratings: Sequence[Rating],
    ids: Mapping[str, int],
    scheme: EmotionScheme,
) -> None:
    """Append many ratings of known utterances; inside a transaction of the caller.

    A rating whose UUID is already in the log is the same rating, and stays as it is. One that the log has for another
    corpus, as when recordings are imported under two names, gets a UUID of its own.

    Raises:
        UserError: A rating replaces one of another utterance, rater or condition.
    """
    known = {rater.code: rater for rater in raters}
    for rating in ratings:
        known.setdefault(rating.rater, Rater(rating.rater, RaterKind.IMPORTED))
    rater_ids = _rater_ids(workspace, list(known.values()))
    ratings = _told_apart(workspace, ratings, ids)
    newest = last(workspace)
    workspace.db.conn.executemany(
        _INSERT.replace("INSERT", "INSERT OR IGNORE", 1),
        (_row(r, ids[r.utterance], rater_ids[r.rater]) for r in ratings),
    )
    _check_replaced(workspace, newest)
    for utterance, condition in {(ids[r.utterance], r.condition) for r in ratings}:
        _relabel(workspace, utterance, condition, scheme)


def _told_apart(workspace: Workspace, ratings: Sequence[Rating], ids: Mapping[str, int]) -> list[Rating]:
    """The ratings, with other UUIDs in place of those that the log has for another corpus."""
    here = set(ids.values())
    rows = workspace.db.execute("SELECT uuid, utterance_id FROM rating").fetchall()
    elsewhere = {name for name, utterance in rows if utterance not in here}

    def own(name: str, utterance: int) -> str:
        return str(uuid.uuid5(_NAMESPACE, f"{name} {utterance}")) if name in elsewhere else name

    return [
        replace(r, uuid=own(r.uuid, ids[r.utterance]), supersedes=r.supersedes and own(r.supersedes, ids[r.utterance]))
        for r in ratings
    ]


def _check_replaced(workspace: Workspace, after: int) -> None:
    """Make sure that the newest ratings replace only what the same rater said of the same thing."""
    rows = workspace.db.execute(
        "SELECT rating.uuid, former.uuid FROM rating JOIN rating AS former ON former.uuid = rating.supersedes "
        "WHERE rating.id > ? AND (former.utterance_id != rating.utterance_id OR former.rater_id != rating.rater_id "
        "OR former.condition != rating.condition OR former.uuid = rating.uuid OR former.supersedes = rating.uuid)",
        [after],
    ).fetchall()
    if rows:
        raise UserError(
            "A rating can only replace an earlier one of the same rater, utterance and condition: correct the column "
            "“supersedes”.",
            [f"rating {rating} says it replaces {former}" for rating, former in rows],
        )


def last(workspace: Workspace) -> int:
    """Where the log ends: the id of its newest rating, 0 while it is empty."""
    return int(workspace.db.execute("SELECT IFNULL(MAX(id), 0) FROM rating").fetchone()[0])


def _row(rating: Rating, utterance_id: int, rater_id: int) -> tuple[object, ...]:
    return (
        rating.uuid, utterance_id, rater_id, rating.condition.value, json.dumps(rating.votes), rating.intensity,
        rating.activation, rating.valence, rating.dominance, rating.confidence, rating.first_answer,
        rating.response_ms, rating.replays, rating.session, int(rating.prediction_visible), rating.supersedes,
        rating.undoes, rating.created_at,
    )  # fmt: skip


def _rater_ids(workspace: Workspace, raters: Sequence[Rater]) -> dict[str, int]:
    workspace.db.conn.executemany(
        "INSERT OR IGNORE INTO rater (code, kind, gender, age) VALUES (?, ?, ?, ?)",
        [(r.code, r.kind.value, r.gender, r.age) for r in raters],
    )
    return dict(workspace.db.execute("SELECT code, id FROM rater").fetchall())


def _relabel(workspace: Workspace, utterance_id: int, condition: Condition, scheme: EmotionScheme) -> None:
    rows = workspace.db.execute(
        "SELECT votes, prediction_visible FROM rating "  # noqa: S608 - a constant
        f"WHERE utterance_id = ? AND condition = ? AND {_CURRENT}",
        [utterance_id, condition.value],
    ).fetchall()
    sums: dict[str, npt.NDArray[np.int64]] = {
        source: np.zeros(len(scheme), dtype=np.int64) for source in (labels.BLIND, labels.IN_SIGHT)
    }
    for votes, in_sight in rows:
        for emotion in json.loads(votes):
            sums[labels.IN_SIGHT if in_sight else labels.BLIND][scheme.classes.index(emotion)] += 1
    labels.replace_rated(workspace, utterance_id, condition.value, sums)


def history(workspace: Workspace, utterance_id: int, rater: str | None = None) -> list[Rating]:
    """Every rating of an utterance (or only one rater's), newest first, superseded ones and withdrawals included."""
    return _read(workspace, "rating.utterance_id = ?" + (" AND rater.code = ?" if rater else ""), utterance_id, rater)


def standing(workspace: Workspace, utterance_id: int, rater: str, condition: Condition) -> Rating | None:
    """What counts of a rater's ratings of an utterance in a condition; its votes are empty where all was taken back."""
    where = f"rating.utterance_id = ? AND rater.code = ? AND condition = ? AND {_CURRENT}"
    return next(iter(_read(workspace, where, utterance_id, rater, condition.value)), None)


def not_taken_back(
    workspace: Workspace,
    corpus_id: int,
    rater: str,
    utterance_id: int | None = None,
    condition: Condition | None = None,
) -> list[tuple[int, Rating]]:
    """The rater's two newest ratings in a corpus that were not taken back, newest first, and their utterances' ids."""
    rows = workspace.db.execute(
        "SELECT rating.id, utterance_id FROM rating JOIN rater ON rater.id = rater_id "
        "JOIN utterance ON utterance.id = utterance_id WHERE corpus_id = ? AND rater.code = ? "
        "AND undoes IS NULL AND NOT EXISTS (SELECT 1 FROM rating AS later WHERE later.undoes = rating.uuid) "
        "AND utterance_id = IFNULL(?, utterance_id) AND condition = IFNULL(?, condition) "
        "ORDER BY rating.id DESC LIMIT 2",
        [corpus_id, rater, utterance_id, None if condition is None else condition.value],
    ).fetchall()
    return [(utterance, _read(workspace, "rating.id = ?", row)[0]) for row, utterance in rows]


def count(workspace: Workspace, rater: str) -> int:
    """Number of standing ratings of a rater."""
    row = workspace.db.execute(
        "SELECT COUNT(*) FROM rating JOIN rater ON rater.id = rater_id "  # noqa: S608 - a constant
        f"WHERE rater.code = ? AND votes != '[]' AND {_CURRENT}",
        [rater],
    ).fetchone()
    return int(row[0])


def since(workspace: Workspace, corpus_id: int, end: int) -> list[tuple[int, Condition, bool]]:
    """Standing ratings of a corpus that came after the log's former `end`: utterance, condition, in sight."""
    rows = workspace.db.execute(
        "SELECT utterance_id, condition, prediction_visible FROM rating "  # noqa: S608 - a constant
        "JOIN utterance ON utterance.id = utterance_id "
        f"WHERE corpus_id = ? AND rating.id > ? AND votes != '[]' AND {_CURRENT}",
        [corpus_id, end],
    ).fetchall()
    return [(u, Condition(c), bool(p)) for u, c, p in rows]


def _read(workspace: Workspace, where: str, *values: object) -> list[Rating]:
    rows = workspace.db.execute(
        "SELECT rating.uuid, utterance.code, rater.code, condition, votes, intensity, activation, valence, "  # noqa: S608
        "dominance, confidence, first_answer, response_ms, replays, session_id, prediction_visible, supersedes, "
        "undoes, rating.created_at FROM rating JOIN rater ON rater.id = rater_id "
        "JOIN utterance ON utterance.id = utterance_id "
        f"WHERE {where} ORDER BY rating.id DESC",
        [value for value in values if value is not None],
    ).fetchall()
    return [_rating(*row) for row in rows]


def _rating(*row: Any) -> Rating:
    values = dict(zip((f.name for f in fields(Rating)), row, strict=True))
    values |= {
        "condition": Condition(values["condition"]),
        "votes": tuple(json.loads(values["votes"])),
        "prediction_visible": bool(values["prediction_visible"]),
    }
    return Rating(**values)


def votes_at(
    workspace: Workspace, utterance_id: int, condition: Condition, scheme: EmotionScheme, end: int
) -> npt.NDArray[np.int64]:
    """Votes that single ratings of an utterance added up to when the log ended at `end` (see `last`), shape (C,)."""
    rows = workspace.db.execute(
        "SELECT votes FROM rating WHERE utterance_id = ? AND condition = ? AND id <= ? AND NOT EXISTS "
        "(SELECT 1 FROM rating AS later WHERE later.supersedes = rating.uuid AND later.id <= ?)",
        [utterance_id, condition.value, end, end],
    ).fetchall()
    sums = np.zeros(len(scheme), dtype=np.int64)
    for (votes,) in rows:
        for emotion in json.loads(votes):
            sums[scheme.classes.index(emotion)] += 1
    return sums
