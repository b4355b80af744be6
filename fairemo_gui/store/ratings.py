"""The rating log: append only. A correction or an undo is a new row; labels follow in the same transaction."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import fields
from functools import lru_cache
from itertools import islice
from operator import attrgetter
from typing import Any

import numpy as np
import numpy.typing as npt

from fairemo_gui.core.emotions import EmotionScheme
from fairemo_gui.core.records import Changes, Condition, Rater, RaterKind, Rating, Role
from fairemo_gui.errors import UserError
from fairemo_gui.store import bulk, raters, tally
from fairemo_gui.store.forks import Link, overruled
from fairemo_gui.store.labels import NO_AGREEMENT
from fairemo_gui.store.workspace import Workspace

COLUMNS = (
    "uuid", "utterance_id", "rater_id", "condition", "votes", "intensity", "activation", "valence", "dominance",
    "confidence", "first_answer", "response_ms", "replays", "session_id", "prediction_visible", "supersedes",
    "undoes", "created_at", "secondary", "comment", "role", "position", "played_ms", "changes", "software",
)  # fmt: skip
_PLAIN = attrgetter(*COLUMNS[5:13], "session")
_LAST = attrgetter("supersedes", "undoes", "created_at")
_TRIAL = attrgetter(*COLUMNS[21:])
_CONDITIONS = {condition: condition.value for condition in Condition}
_AT_ONCE = 500


def add(workspace: Workspace, utterance_id: int, rating: Rating, scheme: EmotionScheme) -> Changes:
    """Append a rating and bring the labels into step. It survives a kill from the moment this returns."""
    with workspace.transaction() as db:
        db.execute("INSERT OR IGNORE INTO rater (code, kind) VALUES (?, ?)", [rating.rater, RaterKind.HUMAN.value])
        rater = db.execute("SELECT id FROM rater WHERE code = ?", [rating.rater]).fetchone()[0]
        bulk.insert(db, "rating", COLUMNS, [row(rating, utterance_id, rater)])
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
    _check_votes(people, ratings, scheme)
    known = {rater.code for rater in people}
    others = sorted({rating.rater for rating in ratings} - known)
    of_code = raters.merge(workspace, [*people, *(Rater(code, RaterKind.IMPORTED) for code in others)])
    newest = last(workspace)
    new = _unknown(workspace, ratings, ids, of_code)
    rows = (row(r, ids[r.utterance], of_code[r.rater]) for r in new)
    with bulk.indexes_last(workspace.db, "rating") if len(new) > newest else nullcontext():
        bulk.insert(workspace.db, "rating", COLUMNS, rows)
    if new:
        _check_replaced(workspace, newest)
        tally.relabel(workspace, {(ids[r.utterance], _CONDITIONS[r.condition]) for r in new}, scheme)
    return len(new)


def _check_votes(people: Sequence[Rater], ratings: Sequence[Rating], scheme: EmotionScheme) -> None:
    """Make sure that votes are emotions of the corpus; an adjudicator may also say that there is no agreement."""
    unknown = {emotion for votes in {rating.votes for rating in ratings} for emotion in votes} - set(scheme.classes)
    settle = {rater.code for rater in people if rater.kind is RaterKind.ADJUDICATED}
    wrong = unknown and [
        r for r in ratings if unknown.intersection(r.votes) and (r.rater not in settle or r.votes != (NO_AGREEMENT,))
    ]
    if wrong:
        raise UserError(
            f"{wrong[0].rater} gave {wrong[0].utterance} the vote “{'+'.join(wrong[0].votes)}”, which is not one of "
            f"{scheme.name} ({', '.join(scheme.classes)}): take ratings of this corpus.",
            [f"rating {r.uuid}: {'+'.join(r.votes)}" for r in wrong],
        )


def _unknown(
    workspace: Workspace, ratings: Sequence[Rating], ids: Mapping[str, int], of_code: Mapping[str, int]
) -> list[Rating]:
    """The ratings that the corpus does not have yet, each once; a UUID means one rating only."""
    given = {rating.uuid: rating for rating in ratings}
    problems = (
        {r.uuid for r in ratings if given[r.uuid] is not r and given[r.uuid] != r}
        if len(given) < len(ratings)
        else set()
    )
    ours = set(ids.values()) if last(workspace) else set()
    for some in _portions(given) if ours else ():
        for stored in workspace.db.execute(
            f"SELECT {', '.join(COLUMNS)} FROM rating WHERE uuid IN ({', '.join('?' * len(some))})",  # noqa: S608
            some,
        ).fetchall():
            if stored[1] in ours:
                rating = given.pop(stored[0])
                if row(rating, ids[rating.utterance], of_code[rating.rater]) != stored:
                    problems.add(rating.uuid)
    if problems:
        raise UserError(
            f"{len(problems)} ratings bear the UUID of a rating with other content, as {min(problems)}: give what was "
            "changed an id of its own, and the former id in “supersedes”.",
            [f"rating {uuid}" for uuid in sorted(problems)],
        )
    return list(given.values())


def _portions(names: Iterable[str]) -> Iterator[list[str]]:
    left = iter(list(names))
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


def there(workspace: Workspace, names: Collection[str]) -> set[str]:
    """Those of some UUIDs that the log has."""
    found = set[str]()
    for some in _portions(sorted(names)):
        query = f"SELECT uuid FROM rating WHERE uuid IN ({', '.join('?' * len(some))})"  # noqa: S608 - question marks
        found.update(name for (name,) in workspace.db.execute(query, some))
    return found


def last(workspace: Workspace) -> int:
    """Where the log ends: the id of its newest rating, 0 while it is empty."""
    return int(workspace.db.execute("SELECT IFNULL(MAX(id), 0) FROM rating").fetchone()[0])


def row(rating: Rating, utterance_id: int, rater_id: int) -> tuple[object, ...]:
    """A rating as it is stored, in order of `COLUMNS`."""
    return (
        rating.uuid, utterance_id, rater_id, _CONDITIONS[rating.condition], _listed(rating.votes),
        *_PLAIN(rating), int(rating.prediction_visible),
        *_LAST(rating), _listed(rating.secondary) if rating.secondary else None,
        rating.comment, rating.role.value, *_TRIAL(rating),
    )  # fmt: skip


@lru_cache(maxsize=4096)
def _listed(words: tuple[str, ...]) -> str:
    return json.dumps(words)


def history(workspace: Workspace, utterance_id: int, rater: str | None = None) -> list[Rating]:
    """Every rating of an utterance (or only one rater's), newest first, superseded ones and withdrawals included."""
    return read(workspace, "rating.utterance_id = ?" + (" AND rater.code = ?" if rater else ""), utterance_id, rater)


def standing(workspace: Workspace, utterance_id: int, rater: str, condition: Condition) -> Rating | None:
    """What counts of a rater's ratings of an utterance in a condition, practice and checks aside.

    Its votes are empty where all was taken back.
    """
    where = f"rating.utterance_id = ? AND rater.code = ? AND condition = ? AND {tally.OWN} AND {tally.STANDS}"
    return next(iter(read(workspace, where, utterance_id, rater, condition.value)), None)


def newest(workspace: Workspace, corpus_id: int, rater: str) -> tuple[int, Rating] | None:
    """The rater's newest rating in a corpus that was not taken back, practice and checks aside; its utterance's id."""
    found = workspace.db.execute(
        "SELECT utterance_id, rating.id FROM rating JOIN rater ON rater.id = rater_id "  # noqa: S608 - a constant
        f"JOIN utterance ON utterance.id = utterance_id WHERE corpus_id = ? AND rater.code = ? AND {tally.OWN} "
        "AND undoes IS NULL AND NOT EXISTS (SELECT 1 FROM rating AS later "
        "WHERE later.undoes = rating.uuid AND later.utterance_id = rating.utterance_id) "
        "ORDER BY rating.created_at DESC, rating.id DESC LIMIT 1",
        [corpus_id, rater],
    ).fetchone()
    return None if found is None else (found[0], read(workspace, "rating.id = ?", found[1])[0])


def count(workspace: Workspace, rater: str) -> int:
    """Number of standing ratings of a rater."""
    row = workspace.db.execute(
        "SELECT COUNT(*) FROM rating JOIN rater ON rater.id = rater_id "  # noqa: S608 - a constant
        f"WHERE rater.code = ? AND votes != '[]' AND {tally.OWN} AND {tally.STANDS}",
        [rater],
    ).fetchone()
    return int(row[0])


def of_smart_queues(workspace: Workspace, corpus_id: int) -> int:
    """Number of ratings of a corpus that smart queues asked for and that would be votes otherwise."""
    row = workspace.db.execute(
        "SELECT COUNT(*) FROM rating JOIN utterance ON utterance.id = utterance_id "  # noqa: S608 - constants
        f"WHERE corpus_id = ? AND rating.role = 'smart' AND {tally.SMART_TOO}",
        [corpus_id],
    ).fetchone()
    return int(row[0])


def between(workspace: Workspace, corpus_id: int, start: int, end: int) -> list[tuple[int, Condition, bool]]:
    """Votes in a corpus that came while the log grew from `start` to `end`: utterance, condition, in sight."""
    rows = workspace.db.execute(
        "SELECT utterance_id, condition, prediction_visible FROM rating "  # noqa: S608 - a constant
        "JOIN utterance ON utterance.id = utterance_id "
        f"WHERE corpus_id = ? AND rating.id > ? AND rating.id <= ? AND {tally.COUNTS}",
        [corpus_id, start, end],
    ).fetchall()
    return [(u, Condition(c), bool(p)) for u, c, p in rows]


def log(
    workspace: Workspace, corpus_id: int, condition: Condition | None = None, rater: str | None = None
) -> Iterator[tuple[Rating, bool]]:
    """Every rating of a corpus, and whether it stands; in an order that depends on what the ratings are alone."""
    rows = workspace.db.execute(
        f"SELECT {_FIELDS}, {tally.STANDS} FROM {_JOINED} WHERE corpus_id = ? "  # noqa: S608
        "AND condition = IFNULL(?, condition) AND rater.code = IFNULL(?, rater.code) "
        "ORDER BY utterance.code, condition, rating.created_at, rating.uuid",
        [corpus_id, condition and condition.value, rater],
    )
    return ((_rating(*row[:-1]), bool(row[-1])) for row in rows)


_FIELDS = (
    "rating.uuid, utterance.code, rater.code, condition, votes, intensity, activation, valence, dominance, "
    "confidence, first_answer, response_ms, replays, session_id, prediction_visible, supersedes, undoes, "
    "rating.created_at, secondary, comment, role, position, played_ms, changes, software"
)
_JOINED = "rating JOIN rater ON rater.id = rater_id JOIN utterance ON utterance.id = utterance_id"


def read(workspace: Workspace, where: str, *values: object) -> list[Rating]:
    """Ratings that a condition in SQL holds for, newest first."""
    rows = workspace.db.execute(
        f"SELECT {_FIELDS} FROM {_JOINED} WHERE {where} ORDER BY rating.created_at DESC, rating.id DESC",  # noqa: S608
        [value for value in values if value is not None],
    ).fetchall()
    return [_rating(*row) for row in rows]


_NAMES = tuple(field.name for field in fields(Rating))


def _rating(*row: Any) -> Rating:
    values = dict(zip(_NAMES, row, strict=True))
    values |= {
        "condition": Condition(values["condition"]),
        "votes": tuple(json.loads(values["votes"])),
        "secondary": tuple(json.loads(values["secondary"] or "[]")),
        "prediction_visible": bool(values["prediction_visible"]),
        "role": Role(values["role"]),
    }
    return Rating(**values)


def votes_at(
    workspace: Workspace,
    utterance_id: int,
    condition: Condition,
    scheme: EmotionScheme,
    end: int,
    *,
    blind_only: bool = False,
) -> npt.NDArray[np.int64]:
    """Votes that single ratings of an utterance added up to when the log ended at `end` (see `last`), shape (C,).

    With `blind_only`, those given in sight of a prediction are left out, as training does.
    """
    rows = workspace.db.execute(
        f"SELECT {tally.LINK}, votes, role = 'main' AND rater_id IN {tally.VOTERS} "  # noqa: S608
        "AND NOT (? AND prediction_visible) FROM rating WHERE utterance_id = ? AND condition = ? AND id <= ?",
        [blind_only, utterance_id, condition.value, end],
    ).fetchall()
    out = overruled(Link(*row[:6]) for row in rows) | {row[1] for row in rows}
    sums = np.zeros(len(scheme), dtype=np.int64)
    for uuid, *_, votes, counts in rows:
        if counts and uuid not in out:
            np.add.at(sums, [scheme.classes.index(emotion) for emotion in json.loads(votes)], 1)
    return sums
