"""The rating log: append only. A correction or an undo is a new row; labels follow in the same transaction."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields
from functools import lru_cache
from itertools import islice
from typing import Any

import numpy as np
import numpy.typing as npt

from fairemo_gui.core.emotions import EmotionScheme
from fairemo_gui.core.records import Changes, Condition, Rater, RaterKind, Rating
from fairemo_gui.errors import UserError
from fairemo_gui.store import raters, tally
from fairemo_gui.store.forks import Link, overruled
from fairemo_gui.store.workspace import Workspace

COLUMNS = (
    "uuid", "utterance_id", "rater_id", "condition", "votes", "intensity", "activation", "valence", "dominance",
    "confidence", "first_answer", "response_ms", "replays", "session_id", "prediction_visible", "supersedes",
    "undoes", "created_at", "secondary", "comment",
)  # fmt: skip
_INSERT = f"INSERT OR IGNORE INTO rating ({', '.join(COLUMNS)}) VALUES ({', '.join('?' * len(COLUMNS))})"  # noqa: S608
_CONDITIONS = {condition: condition.value for condition in Condition}
_AT_ONCE = 500


def add(workspace: Workspace, utterance_id: int, rating: Rating, scheme: EmotionScheme) -> Changes:
    """Append a rating and bring the labels into step. It survives a kill from the moment this returns."""
    with workspace.transaction() as db:
        db.execute("INSERT OR IGNORE INTO rater (code, kind) VALUES (?, ?)", [rating.rater, RaterKind.HUMAN.value])
        rater = db.execute("SELECT id FROM rater WHERE code = ?", [rating.rater]).fetchone()[0]
        db.execute(_INSERT.replace("OR IGNORE ", "", 1), row(rating, utterance_id, rater))
        tally.relabel(workspace, [(utterance_id, rating.condition.value)], scheme)
    return Changes(frozenset({"ratings", "labels"}), (utterance_id,))


def insert_all(
    workspace: Workspace,
    people: Sequence[Rater],
    ratings: Sequence[Rating],
    ids: Mapping[str, int],
    scheme: EmotionScheme,
) -> int:
    """Append many ratings of known utterances of a corpus; inside a transaction of the caller.

    A rating whose UUID the corpus already has is the same rating, and stays as it is.

    Returns:
        Number of ratings that were new.

    Raises:
        UserError: A UUID is there with other content, or a rating replaces one of another utterance, rater or
            condition.
    """
    known = {rater.code for rater in people}
    others = sorted({rating.rater for rating in ratings} - known)
    of_code = raters.merge(workspace, [*people, *(Rater(code, RaterKind.IMPORTED) for code in others)])
    newest, before = last(workspace), workspace.db.conn.total_changes
    rows = (row(r, ids[r.utterance], of_code[r.rater]) for r in ratings)
    workspace.db.conn.executemany(_INSERT, rows)
    added = workspace.db.conn.total_changes - before
    if added < len(ratings) or newest or len({r.uuid for r in ratings}) < len(ratings):
        _check_same(workspace, ratings, ids, of_code)
    _check_replaced(workspace, newest)
    if added:
        tally.relabel(workspace, {(ids[r.utterance], _CONDITIONS[r.condition]) for r in ratings}, scheme)
    return added


def _check_same(
    workspace: Workspace, ratings: Sequence[Rating], ids: Mapping[str, int], of_code: Mapping[str, int]
) -> None:
    """Make sure that a UUID means one rating in a corpus: the one that was given."""
    ours = set(ids.values())
    problems = []
    for some in _portions(ratings):
        stored = {
            found[:2]: found
            for found in workspace.db.execute(
                f"SELECT {', '.join(COLUMNS)} FROM rating WHERE uuid IN ({', '.join('?' * len(some))})",  # noqa: S608
                [rating.uuid for rating in some],
            )
            if found[1] in ours
        }
        given = [row(r, ids[r.utterance], of_code[r.rater]) for r in some]
        elsewhere = stored.keys() - {one[:2] for one in given}
        differ = {str(one[0]) for one in given if stored.get(one[:2]) != one} | {uuid for uuid, _ in elsewhere}
        problems += [f"rating {uuid}" for uuid in sorted(differ)]
    if problems:
        raise UserError(
            f"{len(problems)} ratings bear the UUID of another rating of this workspace with other content, as "
            f"{problems[0].removeprefix('rating ')}: give what was changed an id of its own, and the former id in "
            "“supersedes”.",
            problems,
        )


def _portions(ratings: Sequence[Rating]) -> Iterator[list[Rating]]:
    left = iter(ratings)
    while some := list(islice(left, _AT_ONCE)):
        yield some


def _check_replaced(workspace: Workspace, after: int) -> None:
    """Make sure that ratings replace only what the same rater said of the same thing, the newest and of the newest."""
    rows = workspace.db.execute(
        "SELECT rating.uuid, former.uuid FROM rating JOIN rating AS former ON former.uuid = rating.supersedes "
        "JOIN utterance AS one ON one.id = rating.utterance_id JOIN utterance AS two ON two.id = former.utterance_id "
        "WHERE rating.supersedes IS NOT NULL AND (rating.id > ? OR former.id > ?) AND one.corpus_id = two.corpus_id "
        "AND (former.utterance_id != rating.utterance_id OR former.rater_id != rating.rater_id "
        "OR former.condition != rating.condition OR former.uuid = rating.uuid OR former.supersedes = rating.uuid)",
        [after, after],
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


def row(rating: Rating, utterance_id: int, rater_id: int) -> tuple[object, ...]:
    """A rating as it is stored, in order of `COLUMNS`."""
    return (
        rating.uuid, utterance_id, rater_id, _CONDITIONS[rating.condition], _listed(rating.votes), rating.intensity,
        rating.activation, rating.valence, rating.dominance, rating.confidence, rating.first_answer,
        rating.response_ms, rating.replays, rating.session, int(rating.prediction_visible), rating.supersedes,
        rating.undoes, rating.created_at, _listed(rating.secondary) if rating.secondary else None, rating.comment,
    )  # fmt: skip


@lru_cache(maxsize=4096)
def _listed(words: tuple[str, ...]) -> str:
    return json.dumps(words)


def history(workspace: Workspace, utterance_id: int, rater: str | None = None) -> list[Rating]:
    """Every rating of an utterance (or only one rater's), newest first, superseded ones and withdrawals included."""
    return _read(workspace, "rating.utterance_id = ?" + (" AND rater.code = ?" if rater else ""), utterance_id, rater)


def standing(workspace: Workspace, utterance_id: int, rater: str, condition: Condition) -> Rating | None:
    """What counts of a rater's ratings of an utterance in a condition; its votes are empty where all was taken back."""
    where = f"rating.utterance_id = ? AND rater.code = ? AND condition = ? AND {tally.STANDS}"
    return next(iter(_read(workspace, where, utterance_id, rater, condition.value)), None)


def newest(workspace: Workspace, corpus_id: int, rater: str) -> tuple[int, Rating] | None:
    """The rater's newest rating in a corpus that was not taken back, and its utterance's id."""
    found = workspace.db.execute(
        "SELECT utterance_id, rating.id FROM rating JOIN rater ON rater.id = rater_id "
        "JOIN utterance ON utterance.id = utterance_id WHERE corpus_id = ? AND rater.code = ? "
        "AND undoes IS NULL AND NOT EXISTS (SELECT 1 FROM rating AS later "
        "WHERE later.undoes = rating.uuid AND later.utterance_id = rating.utterance_id) "
        "ORDER BY rating.created_at DESC, rating.id DESC LIMIT 1",
        [corpus_id, rater],
    ).fetchone()
    return None if found is None else (found[0], _read(workspace, "rating.id = ?", found[1])[0])


def count(workspace: Workspace, rater: str) -> int:
    """Number of standing ratings of a rater."""
    row = workspace.db.execute(
        "SELECT COUNT(*) FROM rating JOIN rater ON rater.id = rater_id "  # noqa: S608 - a constant
        f"WHERE rater.code = ? AND votes != '[]' AND {tally.STANDS}",
        [rater],
    ).fetchone()
    return int(row[0])


def since(workspace: Workspace, corpus_id: int, end: int) -> list[tuple[int, Condition, bool]]:
    """Votes in a corpus that came after the log's former `end`: utterance, condition, in sight."""
    rows = workspace.db.execute(
        "SELECT utterance_id, condition, prediction_visible FROM rating "  # noqa: S608 - a constant
        "JOIN utterance ON utterance.id = utterance_id "
        f"WHERE corpus_id = ? AND rating.id > ? AND {tally.COUNTS}",
        [corpus_id, end],
    ).fetchall()
    return [(u, Condition(c), bool(p)) for u, c, p in rows]


def _read(workspace: Workspace, where: str, *values: object) -> list[Rating]:
    rows = workspace.db.execute(
        "SELECT rating.uuid, utterance.code, rater.code, condition, votes, intensity, activation, valence, "  # noqa: S608
        "dominance, confidence, first_answer, response_ms, replays, session_id, prediction_visible, supersedes, "
        "undoes, rating.created_at, secondary, comment FROM rating JOIN rater ON rater.id = rater_id "
        "JOIN utterance ON utterance.id = utterance_id "
        f"WHERE {where} ORDER BY rating.created_at DESC, rating.id DESC",
        [value for value in values if value is not None],
    ).fetchall()
    return [_rating(*row) for row in rows]


def _rating(*row: Any) -> Rating:
    values = dict(zip((f.name for f in fields(Rating)), row, strict=True))
    values |= {
        "condition": Condition(values["condition"]),
        "votes": tuple(json.loads(values["votes"])),
        "secondary": tuple(json.loads(values["secondary"] or "[]")),
        "prediction_visible": bool(values["prediction_visible"]),
    }
    return Rating(**values)


def votes_at(
    workspace: Workspace, utterance_id: int, condition: Condition, scheme: EmotionScheme, end: int
) -> npt.NDArray[np.int64]:
    """Votes that single ratings of an utterance added up to when the log ended at `end` (see `last`), shape (C,)."""
    rows = workspace.db.execute(
        f"SELECT uuid, supersedes, created_at, votes, rater_id IN {tally.VOTERS} FROM rating "  # noqa: S608
        "WHERE utterance_id = ? AND condition = ? AND id <= ?",
        [utterance_id, condition.value, end],
    ).fetchall()
    out = overruled(Link(*row[:3]) for row in rows) | {row[1] for row in rows}
    sums = np.zeros(len(scheme), dtype=np.int64)
    for uuid, _, _, votes, counts in rows:
        if counts and uuid not in out:
            np.add.at(sums, [scheme.classes.index(emotion) for emotion in json.loads(votes)], 1)
    return sums
