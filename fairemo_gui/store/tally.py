"""Labels follow ratings: which ratings stand, and the votes they add up to, for the utterances that were touched."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence

from fairemo_gui.core.emotions import EmotionScheme
from fairemo_gui.core.records import RaterKind, Role
from fairemo_gui.store import labels
from fairemo_gui.store.forks import Link, overruled
from fairemo_gui.store.workspace import Workspace

_LAST = (
    "NOT EXISTS (SELECT 1 FROM rating AS later WHERE later.supersedes = rating.uuid "
    "AND later.utterance_id = rating.utterance_id)"
)
STANDS = f"{_LAST} AND rating.id NOT IN (SELECT rating_id FROM overruled)"  # noqa: S608 - a constant
"""SQL: nothing superseded the rating, and no other word of its rater, from another laptop, has overruled it."""

_GOLD = f"(SELECT id FROM rater WHERE kind = '{RaterKind.ADJUDICATED}')"  # noqa: S608 - a constant
VOTERS = f"(SELECT id FROM rater WHERE kind NOT IN ('{RaterKind.ADJUDICATED}', '{RaterKind.SELF}'))"  # noqa: S608
"""SQL: ids of raters whose ratings are votes: neither gold labels, nor what people say of themselves."""
OWN = f"rating.role IN ('{Role.MAIN}', '{Role.SMART}')"
"""SQL: neither practice nor a check of the rater."""
LINK = (
    f"rating.uuid, rating.supersedes, rating.created_at, IIF({OWN}, rating.rater_id, NULL), undoes IS NOT NULL, "
    f"rating.role = '{Role.SMART}'"
)
"""SQL: a rating as a `Link`."""
_ONE_VOTE = f"substr(rating.uuid, 15, 1) = '4' AND {OWN}"
_VOTES = f"{STANDS} AND rating.votes != '[]' AND rating.rater_id IN {VOTERS}"
COUNTS = f"{_VOTES} AND rating.role = '{Role.MAIN}'"
"""SQL: the rating stands, was not taken back, and is a vote."""
SMART_TOO = f"{_VOTES} AND {OWN}"
"""SQL: likewise, or would be one had it not been asked for where it says most."""
_SCALED = "rating.activation IS NOT NULL OR rating.valence IS NOT NULL OR rating.dominance IS NOT NULL"
ON_SCALES_TOO = f"{STANDS} AND (rating.votes != '[]' OR {_SCALED}) AND rating.rater_id IN {VOTERS} AND {OWN}"
"""SQL: the rating stands, of the rater's own work, and names an emotion or says how strong or pleasant something is."""
ANSWERS = f"({_LAST} AND (rating.votes != '[]' OR rating.supersedes IS NULL OR {_SCALED}))"
"""SQL: the rating was neither corrected nor taken back, be it that its rater's word on another laptop counts."""
SAYS = f"({ANSWERS} AND {STANDS})"
"""SQL: the rating stands and was not taken back, be it that it only says how strong or pleasant something is."""

_TOUCHED = "touched CROSS JOIN rating USING (utterance_id, condition)"


def relabel(workspace: Workspace, touched: Iterable[tuple[int, str]], scheme: EmotionScheme) -> None:
    """Bring the labels of utterances and conditions into step with their ratings; inside the caller's transaction."""
    db = workspace.db.conn
    db.execute(
        "CREATE TEMP TABLE IF NOT EXISTS touched (utterance_id, condition, PRIMARY KEY (utterance_id, condition))"
    )
    db.execute("DELETE FROM touched")
    db.executemany("INSERT INTO touched VALUES (?, ?)", touched)
    _overrule(workspace)
    _count(workspace, scheme)
    _settle(workspace)


def _overrule(workspace: Workspace) -> None:
    db = workspace.db.conn
    db.execute(
        "DELETE FROM overruled WHERE rating_id IN (SELECT rating_id FROM overruled CROSS JOIN rating "
        "ON rating.id = rating_id WHERE (utterance_id, condition) IN (SELECT * FROM touched))"
    )
    forked = db.execute(
        f"SELECT DISTINCT utterance_id, condition FROM {_TOUCHED} WHERE supersedes IS NOT NULL OR {_ONE_VOTE} "  # noqa: S608
        "GROUP BY utterance_id, condition, rater_id HAVING COUNT(*) > 1"
    ).fetchall()
    for where in forked:
        rows = db.execute(
            f"SELECT {LINK}, id FROM rating WHERE utterance_id = ? AND condition = ?",  # noqa: S608 - a constant
            where,
        ).fetchall()
        out = overruled(Link(*row[:6]) for row in rows)
        db.executemany("INSERT INTO overruled VALUES (?)", [(row[6],) for row in rows if row[0] in out])


def _count(workspace: Workspace, scheme: EmotionScheme) -> None:
    db = workspace.db.conn
    db.execute(
        "DELETE FROM label WHERE source IN (?, ?, ?) AND (utterance_id, condition) IN (SELECT * FROM touched)",
        _SOURCES,
    )
    rows = db.execute(
        "SELECT utterance_id, condition, group_concat(IIF(role = 'main' AND NOT prediction_visible, votes, NULL), ''), "  # noqa: S608
        "group_concat(IIF(role = 'main' AND prediction_visible, votes, NULL), ''), "
        f"group_concat(IIF(role = 'smart', votes, NULL), '') FROM {_TOUCHED} WHERE {SMART_TOO} "
        "GROUP BY utterance_id, condition"
    )
    labels.insert(workspace, _sums(rows, [json.dumps(emotion) for emotion in scheme.classes]))


_SOURCES = (labels.BLIND, labels.IN_SIGHT, labels.SMART)


def _sums(rows: Iterable[tuple[int, str, *tuple[str | None, ...]]], classes: Sequence[str]) -> Iterator[labels.Row]:
    """Rows of `label` from the votes of each utterance and condition, given as JSON lists one after another."""
    for utterance, condition, *several in rows:
        for source, votes in zip(_SOURCES, several, strict=True):
            if votes:
                counts = [votes.count(emotion) for emotion in classes]
                yield utterance, condition, source, labels.packed(counts), sum(counts)


def _settle(workspace: Workspace) -> None:
    db = workspace.db.conn
    if not db.execute(f"SELECT EXISTS {_GOLD}").fetchone()[0]:
        return
    db.execute(
        "DELETE FROM consensus WHERE source LIKE 'gold/%' AND (utterance_id, condition) IN (SELECT * FROM touched)"
    )
    db.execute(
        "INSERT OR REPLACE INTO consensus (utterance_id, condition, source, verdict) "  # noqa: S608
        "SELECT utterance_id, condition, 'gold/' || code, json_extract(votes, '$[0]') "
        f"FROM {_TOUCHED} JOIN rater ON rater.id = rating.rater_id "
        f"WHERE rating.rater_id IN {_GOLD} AND votes != '[]' AND {STANDS} ORDER BY created_at, uuid"
    )
