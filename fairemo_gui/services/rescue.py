"""Saving what can be read of a damaged workspace into a new one, ratings first. The damaged one is left as it is."""

from __future__ import annotations

import json
import shutil
import sqlite3
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fairemo_gui.core.emotions import scheme_of
from fairemo_gui.core.plan_file import parse_plan
from fairemo_gui.core.records import Condition, Gender, RaterKind, Role
from fairemo_gui.core.trials import EventKind
from fairemo_gui.errors import UserError
from fairemo_gui.jobs.task import TaskContext
from fairemo_gui.store import campaign, corpora, tally, trials
from fairemo_gui.store.salvage import Salvage, salvage
from fairemo_gui.store.workspace import Workspace

# What people made comes first, then what gives it its place, then what can be made again.
_TABLES = (
    "rating", "rater", "corpus", "speaker", "utterance", "session", "note", "label", "consensus", "word", "net",
    "prediction", "face_track",
)  # fmt: skip
# What only has a meaning beside what it belongs to: rows without that are counted as lost.
_LATER = ("rating_plan", "session_event", "trial", "trace", "view")


@dataclass(frozen=True, slots=True)
class Rescued:
    """What was saved.

    Attributes:
        rows: Number of rows saved per table.
        lost: Number of rows per table that could not be read, at least.
        notes: What is otherwise than it was, in sentences.
    """

    rows: dict[str, int]
    lost: dict[str, int]
    notes: tuple[str, ...]


def rescue_workspace(ctx: TaskContext, source: Path, target: Path) -> Rescued:
    """Save what can be read of a workspace into a new one.

    Raises:
        UserError: There is nothing at `source`, something at `target`, or nothing can be read.
    """
    damaged = source / "workspace.sqlite"
    if not damaged.is_file():
        raise UserError(f"{source} is no workspace: there is no file workspace.sqlite in it.")
    if target.exists():
        raise UserError(f"{target} is there already: choose a new name for what is saved.")
    with tempfile.TemporaryDirectory() as place, Workspace(target, create=True) as workspace:
        copy = Path(place) / damaged.name
        for ending in ("", "-wal"):
            if damaged.with_name(damaged.name + ending).is_file():
                shutil.copyfile(damaged.with_name(damaged.name + ending), copy.with_name(copy.name + ending))
        with salvage(copy) as found:
            workspace.db.execute("PRAGMA foreign_keys = OFF")
            rows = _copy_all(ctx, found, workspace, _TABLES)
            notes = _give_places(workspace)
            workspace.db.execute("PRAGMA foreign_keys = ON")
            rows |= _copy_all(ctx, found, workspace, _LATER)
            notes += _end_sittings(workspace)
        _recount(workspace)
    if not any(rows.values()):
        shutil.rmtree(target)
        copies = ", ".join(sorted(path.name for path in source.glob("workspace.v*.sqlite")))
        advice = f"use the copy {copies}" if copies else "restore it from a copy"
        raise UserError(f"Nothing of {damaged} can be read: {advice}.")
    if (source / "nets").is_dir():
        shutil.copytree(source / "nets", target / "nets", dirs_exist_ok=True)
    return Rescued(rows, found.lost, tuple(notes))


def _copy_all(ctx: TaskContext, found: Salvage, workspace: Workspace, tables: Sequence[str]) -> dict[str, int]:
    rows = {}
    for number, table in enumerate(tables):
        ctx.report(number, len(tables), f"Reading {table}")
        try:
            theirs = found.columns(table)
        except sqlite3.DatabaseError:
            theirs = []
        ours = [name for name in workspace.db.table(table).columns_dict if name in theirs]
        rows[table] = _copy(found, workspace, table, ours) if ours else 0
    return rows


def _copy(found: Salvage, workspace: Workspace, table: str, columns: list[str]) -> int:
    """Copy one table; a row that breaks a rule of the table is garbage, and counted as lost."""
    statement = f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({', '.join('?' * len(columns))})"  # noqa: S608
    saved = 0
    with workspace.transaction() as db:
        for row in found.rows(table, columns):
            values = dict(zip(columns, row, strict=True))
            # Labels that are counted from ratings are counted anew.
            if table == "label" and str(values["source"]).startswith("ratings"):
                continue
            try:
                if table in _READERS:
                    _READERS[table](values)
                db.conn.execute(statement, row)
                saved += 1
            except (UserError, ValueError, TypeError, OverflowError, sqlite3.IntegrityError, sqlite3.DataError):
                found.lost[table] = found.lost.get(table, 0) + 1
    return saved


_Row = Mapping[str, Any]


def _read_rating(row: _Row) -> None:
    Condition(row["condition"])
    Role(row.get("role", Role.MAIN))
    _emotions(row["votes"])
    _emotions(row.get("secondary") or "[]")
    campaign.seconds(row["created_at"])


def _read_trial(row: _Row) -> None:
    Condition(row["condition"])
    Role(row["role"])
    _emotions(row["answer"] or "[]")


def _read_rater(row: _Row) -> None:
    RaterKind(row["kind"])
    Gender(row["gender"] or Gender.FEMALE)


# What the program reads wherever it meets such a row: where that fails, the row is garbage.
_READERS: dict[str, Callable[[_Row], object]] = {
    "rating": _read_rating, "rater": _read_rater, "trial": _read_trial,
    "corpus": lambda row: _emotions(row["classes"]), "session_event": lambda row: EventKind(row["kind"]),
    "rating_plan": lambda row: parse_plan(row["content"]), "trace": lambda row: trials.samples_in(row["samples"]),
}  # fmt: skip


def _emotions(votes: object) -> list[str]:
    found = json.loads(str(votes))
    if not isinstance(found, list) or not all(isinstance(each, str) for each in found):
        raise ValueError("no list of emotions")
    return found


# What is needed for another row to have its place, by the sentence that says so.
_PLACES = {
    "{n} raters were lost; their ratings are kept under “lost …”": (
        "INSERT INTO rater (id, code, kind) SELECT rater_id, 'lost ' || rater_id, 'imported' FROM "
        "(SELECT rater_id FROM rating UNION SELECT rater_id FROM session) WHERE rater_id NOT IN (SELECT id FROM rater)"
    ),
    "{n} sessions were lost": (
        "INSERT INTO session (id, rater_id) SELECT session_id, MIN(rater_id) FROM rating WHERE session_id IS NOT NULL "
        "AND session_id NOT IN (SELECT id FROM session) GROUP BY session_id"
    ),
    "{n} utterances were lost; what was said of them is kept under “lost …”": (
        "INSERT INTO utterance (id, corpus_id, code, speaker_id, face_region, media_state) "
        "SELECT utterance_id, place, 'lost ' || utterance_id, who, 'full', 'missing' FROM "
        "(SELECT utterance_id FROM rating UNION SELECT utterance_id FROM note), "
        "(SELECT MAX(corpus_id) + 1 AS place, MAX(speaker_id) + 1 AS who FROM (SELECT corpus_id, speaker_id FROM "
        "utterance UNION ALL SELECT id, 0 FROM corpus UNION ALL SELECT corpus_id, id FROM speaker "
        "UNION ALL SELECT 0, 0)) "
        "WHERE utterance_id NOT IN (SELECT id FROM utterance)"
    ),
    "{n} speakers were lost": (
        "INSERT INTO speaker (id, corpus_id, code) SELECT speaker_id, MIN(corpus_id), 'lost ' || speaker_id FROM "
        "utterance WHERE speaker_id NOT IN (SELECT id FROM speaker) GROUP BY speaker_id"
    ),
    "{n} corpora are without their name and folder: see “lost …”": (
        "INSERT INTO corpus (id, name, root, importer, scheme, classes, synthetic, imported_at) "
        "SELECT DISTINCT corpus_id, 'lost ' || corpus_id, '/lost', 'rescue 1', 'lost', :classes, 0, '' FROM "
        "(SELECT corpus_id FROM utterance UNION SELECT corpus_id FROM speaker UNION SELECT corpus_id FROM session) "
        "WHERE corpus_id NOT IN (SELECT id FROM corpus)"
    ),
    "{n} nets were lost with their corpus": "DELETE FROM net WHERE corpus_id NOT IN (SELECT id FROM corpus)",
}
_ORPHANS = (
    "UPDATE net SET parent_id = NULL WHERE parent_id NOT IN (SELECT id FROM net)",
    "DELETE FROM prediction WHERE net_id NOT IN (SELECT id FROM net)",
    *(
        f"DELETE FROM {table} WHERE utterance_id NOT IN (SELECT id FROM utterance)"  # noqa: S608 - constants
        for table in ("label", "consensus", "word", "prediction", "face_track")
    ),
)


def _give_places(workspace: Workspace) -> list[str]:
    """Give what lost its utterance, rater or corpus a named place, so that no rating is dropped for want of one."""
    rows = workspace.db.execute("SELECT DISTINCT votes FROM rating").fetchall()
    classes = json.dumps(scheme_of("lost", {emotion for row in rows for emotion in _emotions(row[0])}).classes)
    notes = []
    with workspace.transaction() as db:
        db.execute("PRAGMA defer_foreign_keys = ON")
        for sentence, statement in _PLACES.items():
            n = db.execute(statement, {"classes": classes} if ":classes" in statement else {}).rowcount
            if n:
                notes.append(f"{sentence.format(n=n)}.")
        for statement in _ORPHANS:
            db.execute(statement)
    return notes


def _end_sittings(workspace: Workspace) -> list[str]:
    """Forget the queues of sittings that lost a trial: what was answered stays, what comes next nobody knows."""
    with workspace.transaction() as db:
        n = db.execute(
            "SELECT COUNT(*) FROM session WHERE id IN (SELECT session_id FROM trial) AND " + _INCOMPLETE  # noqa: S608
        ).fetchone()[0]
        db.execute(f"DELETE FROM trial WHERE session_id IN (SELECT id FROM session WHERE {_INCOMPLETE})")  # noqa: S608
    return [f"{n} sittings cannot go on: trials of theirs were lost."] if n else []


_INCOMPLETE = "length IS NOT (SELECT COUNT(*) FROM trial WHERE session_id = session.id)"


def _recount(workspace: Workspace) -> None:
    """Bring every label into step with the ratings there are."""
    with workspace.transaction() as db:
        for corpus in corpora.corpora(workspace):
            touched = db.execute(
                "SELECT DISTINCT utterance_id, condition FROM rating JOIN utterance ON utterance.id = utterance_id "
                "WHERE corpus_id = ?",
                [corpus.id],
            ).fetchall()
            tally.relabel(workspace, touched, corpus.scheme)
