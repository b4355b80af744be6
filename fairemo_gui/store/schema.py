"""Tables of the workspace and the numbered steps that bring an older file up to date."""

from __future__ import annotations

import contextlib
import sqlite3
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import sqlite_utils

from fairemo_gui.errors import UserError
from fairemo_gui.store import search


def _first(db: sqlite_utils.Database) -> None:
    db.table("corpus").create(
        {
            "id": int, "name": str, "root": str, "importer": str, "licence": str, "scheme": str, "classes": str,
            "synthetic": int, "facts": str, "imported_at": str,
        },
        pk="id", not_null={"name", "root", "importer", "scheme", "classes", "synthetic", "imported_at"},
    )  # fmt: skip
    db.table("corpus").create_index(["name"], unique=True)
    db.table("speaker").create(
        {"id": int, "corpus_id": int, "code": str, "gender": str, "age": int, "race": str, "ethnicity": str},
        pk="id", foreign_keys=[("corpus_id", "corpus", "id")], not_null={"corpus_id", "code"},
    )  # fmt: skip
    db.table("speaker").create_index(["corpus_id", "code"], unique=True)
    db.table("utterance").create(
        {
            "id": int, "corpus_id": int, "code": str, "speaker_id": int, "dialogue": str, "turn": int, "start": float,
            "end": float, "audio": str, "video": str, "face_region": str, "transcript": str, "split": str, "fold": int,
            "media_state": str,
        },
        pk="id", foreign_keys=[("corpus_id", "corpus", "id"), ("speaker_id", "speaker", "id")],
        not_null={"corpus_id", "code", "speaker_id", "face_region", "media_state"},
    )  # fmt: skip
    db.table("utterance").create_index(["corpus_id", "code"], unique=True)
    db.table("utterance").create_index(["corpus_id", "dialogue", "turn"])
    db.table("word").create(
        {"utterance_id": int, "position": int, "text": str, "start": float, "end": float},
        pk=("utterance_id", "position"), foreign_keys=[("utterance_id", "utterance", "id")],
    )  # fmt: skip
    db.table("rater").create(
        {"id": int, "code": str, "kind": str, "gender": str, "age": int}, pk="id", not_null={"code"}
    )
    db.table("rater").create_index(["code"], unique=True)
    _first_ratings(db)
    _first_nets(db)


def _first_ratings(db: sqlite_utils.Database) -> None:
    db.table("session").create(
        {"id": int, "rater_id": int, "plan": str, "seed": int, "queue": str, "position": int, "created_at": str},
        pk="id", foreign_keys=[("rater_id", "rater", "id")],
    )  # fmt: skip
    db.table("rating").create(
        {
            "id": int, "uuid": str, "utterance_id": int, "rater_id": int, "condition": str, "votes": str,
            "intensity": int, "activation": float, "valence": float, "dominance": float, "confidence": int,
            "first_answer": str, "response_ms": int, "replays": int, "session_id": int, "prediction_visible": int,
            "supersedes": str, "undoes": str,
            "created_at": str,
        },
        pk="id",
        foreign_keys=[
            ("utterance_id", "utterance", "id"), ("rater_id", "rater", "id"), ("session_id", "session", "id"),
        ],
        not_null={"uuid", "utterance_id", "rater_id", "condition", "votes", "created_at"},
    )  # fmt: skip
    db.table("rating").create_index(["uuid"], unique=True)
    db.table("rating").create_index(["utterance_id", "condition"])
    db.table("rating").create_index(["supersedes"])
    db.table("rating").create_index(["undoes"])
    for verb in ("UPDATE", "DELETE"):
        _append_only(db, verb)
    db.table("label").create(
        {"utterance_id": int, "condition": str, "source": str, "counts": bytes, "votes": int},
        pk=("utterance_id", "condition", "source"), foreign_keys=[("utterance_id", "utterance", "id")],
        not_null={"counts", "votes"},
    )  # fmt: skip
    db.table("note").create(
        {"id": int, "utterance_id": int, "flag": int, "text": str, "author": str, "created_at": str},
        pk="id", foreign_keys=[("utterance_id", "utterance", "id")],
    )  # fmt: skip
    db.table("note").create_index(["utterance_id"])


def _first_nets(db: sqlite_utils.Database) -> None:
    db.table("net").create(
        {
            "id": int, "corpus_id": int, "recipe": str, "labels": str, "classes": str, "config": str, "seed": int,
            "folds": int, "data_hash": str, "code_version": str, "weights": str, "sha256": str, "status": str,
            "history": str, "parent_id": int, "seconds": float, "created_at": str,
        },
        pk="id", foreign_keys=[("corpus_id", "corpus", "id"), ("parent_id", "net", "id")],
        not_null={"corpus_id", "recipe", "labels", "classes", "config", "seed", "status", "created_at"},
    )  # fmt: skip
    db.table("prediction").create(
        {"net_id": int, "utterance_id": int, "part": str, "probabilities": bytes},
        pk=("net_id", "utterance_id"),
        foreign_keys=[("net_id", "net", "id"), ("utterance_id", "utterance", "id")],
        not_null={"part", "probabilities"},
    )  # fmt: skip
    db.table("face_track").create(
        {
            "utterance_id": int, "detector": str, "version": int, "width": int, "height": int, "speaking": float,
            "times": bytes, "boxes": bytes, "scores": bytes, "landmarks": bytes,
        },
        pk=("utterance_id", "detector"), foreign_keys=[("utterance_id", "utterance", "id")],
    )  # fmt: skip


def _second(db: sqlite_utils.Database) -> None:
    for table, column in (
        ("utterance", "defect"), ("rating", "secondary"), ("rating", "comment"), ("session", "uuid"),
    ):  # fmt: skip
        db.execute(f"ALTER TABLE {table} ADD COLUMN {column} TEXT")
    db.table("consensus").create(
        {
            "utterance_id": int, "condition": str, "source": str, "verdict": str, "activation": float,
            "valence": float, "dominance": float,
        },
        pk=("utterance_id", "condition", "source"), foreign_keys=[("utterance_id", "utterance", "id")],
    )  # fmt: skip
    db.table("overruled").create({"rating_id": int}, pk="rating_id", foreign_keys=[("rating_id", "rating", "id")])
    _second_ratings(db)
    for (number,) in db.execute("SELECT id FROM session").fetchall():
        row = db.execute("SELECT rater_id, plan, seed, created_at FROM session WHERE id = ?", [number]).fetchone()
        name = str(uuid.uuid5(_FIRST_NAMES, "\x1f".join(map(str, (number, *row)))))
        db.execute("UPDATE session SET uuid = ? WHERE id = ?", [name, number])
    db.table("session").create_index(["uuid"], unique=True)
    db.execute(
        "CREATE TRIGGER session_uuid AFTER INSERT ON session WHEN new.uuid IS NULL "
        "BEGIN UPDATE session SET uuid = lower(hex(randomblob(16))) WHERE id = new.id; END"
    )
    _second_faces(db)
    search.create(db)


_FIRST_NAMES = uuid.UUID("a2f3a7d4-0f43-5a1c-9d3e-5b1d6f0c2e77")


def _second_ratings(db: sqlite_utils.Database) -> None:
    """The same rating has one UUID in every corpus that has it; labels made here have names no file can have."""
    db.execute("DROP INDEX idx_rating_uuid")
    db.table("rating").create_index(["uuid", "utterance_id"], unique=True)
    db.execute("DROP TRIGGER rating_no_update")
    if db.table("corpus").count > 1:
        pairs = db.execute(
            "SELECT rating.uuid, twin.id FROM rating JOIN utterance AS one ON one.id = rating.utterance_id "
            "JOIN utterance AS twin ON twin.code = one.code AND twin.corpus_id != one.corpus_id"
        )
        first = [(name, str(uuid.uuid5(_FIRST_NAMES, f"{name} {twin}")), twin) for name, twin in pairs.fetchall()]
        for column in ("uuid", "supersedes"):
            db.conn.executemany(f"UPDATE rating SET {column} = ? WHERE {column} = ? AND utterance_id = ?", first)  # noqa: S608
    _append_only(db, "UPDATE")
    for old, new in (("ratings", "ratings/blind"), ("ratings in sight of a prediction", "ratings/in sight")):
        db.execute("UPDATE label SET source = ? WHERE source = ?", [new, old])


def _second_faces(db: sqlite_utils.Database) -> None:
    """Several faces per utterance, and why one of them is the speaker's."""
    columns = "utterance_id, detector, version, width, height, speaking, times, boxes, scores, landmarks"
    db.execute("ALTER TABLE face_track RENAME TO face_track_1")
    db.table("face_track").create(
        {
            "utterance_id": int, "detector": str, "number": int, "version": int, "width": int, "height": int,
            "speaker_by": str, "speaking": float, "times": bytes, "boxes": bytes, "scores": bytes, "landmarks": bytes,
        },
        pk=("utterance_id", "detector", "number"), foreign_keys=[("utterance_id", "utterance", "id")],
        defaults={"number": 0},
    )  # fmt: skip
    db.execute(
        f"INSERT INTO face_track ({columns}, number, speaker_by) "  # noqa: S608 - a constant
        f"SELECT {columns}, 0, IIF(speaking IS NULL, 'corpus', 'mouth') FROM face_track_1"
    )
    db.execute("DROP TABLE face_track_1")


def _third(db: sqlite_utils.Database) -> None:
    """Sittings: plans, trials, what happened in them, traces; and what each rating was given for."""
    db.execute("ALTER TABLE rating ADD COLUMN role TEXT NOT NULL DEFAULT 'main'")
    for column, kind in (
        ("position", "INTEGER"),
        ("played_ms", "INTEGER"),
        ("changes", "INTEGER"),
        ("software", "TEXT"),
    ):
        db.execute(f"ALTER TABLE rating ADD COLUMN {column} {kind}")
    db.execute("CREATE INDEX idx_rating_session_id ON rating (session_id, position) WHERE session_id IS NOT NULL")
    for column, kind in (
        ("corpus_id", "INTEGER REFERENCES corpus(id)"), ("plan_version", "TEXT"), ("plan_sha256", "TEXT"),
        ("length", "INTEGER"),
    ):  # fmt: skip
        db.execute(f"ALTER TABLE session ADD COLUMN {column} {kind}")
    db.table("rating_plan").create(
        {"sha256": str, "name": str, "version": str, "content": str, "created_at": str}, pk="sha256",
        not_null={"name", "version", "content", "created_at"},
    )  # fmt: skip
    db.table("trial").create(
        {"session_id": int, "position": int, "utterance_id": int, "condition": str, "role": str, "answer": str},
        pk=("session_id", "position"), not_null={"utterance_id", "condition", "role"},
        foreign_keys=[("session_id", "session", "id"), ("utterance_id", "utterance", "id")],
    )  # fmt: skip
    db.table("session_event").create(
        {"id": int, "uuid": str, "session_id": int, "kind": str, "position": int, "text": str, "created_at": str},
        pk="id", foreign_keys=[("session_id", "session", "id")], not_null={"uuid", "session_id", "kind", "created_at"},
    )  # fmt: skip
    db.table("session_event").create_index(["uuid"], unique=True)
    db.table("session_event").create_index(["session_id"])
    db.table("trace").create(
        {"rating_id": int, "dimension": str, "samples": bytes}, pk=("rating_id", "dimension"),
        foreign_keys=[("rating_id", "rating", "id")], not_null={"samples"},
    )  # fmt: skip
    for table in ("session_event", "trace"):
        for verb in ("UPDATE", "DELETE"):
            _append_only(db, verb, table)
    db.table("view").create(
        {"id": int, "corpus_id": int, "name": str, "content": str, "created_at": str}, pk="id",
        foreign_keys=[("corpus_id", "corpus", "id")], not_null={"corpus_id", "name", "content", "created_at"},
    )  # fmt: skip
    db.table("view").create_index(["corpus_id", "name"], unique=True)


def _append_only(db: sqlite_utils.Database, verb: str, table: str = "rating") -> None:
    db.execute(
        f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table} "
        f"BEGIN SELECT RAISE(ABORT, '{_PLURAL[table]} are append only'); END"
    )


_PLURAL = {"rating": "ratings", "session_event": "events of a session", "trace": "traces"}
MIGRATIONS: tuple[Callable[[sqlite_utils.Database], None], ...] = (_first, _second, _third)
SCHEMA_VERSION = len(MIGRATIONS)


def migrate(db: sqlite_utils.Database, file: Path) -> None:
    """Bring a workspace file up to date; an older one is copied beside itself first.

    Raises:
        UserError: A newer program wrote the file.
    """
    version = version_of(db)
    if version > SCHEMA_VERSION:
        raise UserError(
            f"{file} was written by a newer program (workspace version {version}, this one knows {SCHEMA_VERSION}); "
            "install the newer fairemo to open it."
        )
    if 0 < version < SCHEMA_VERSION:
        _copy(db, file.with_suffix(f".v{version}.sqlite"))
    for number in range(version, SCHEMA_VERSION):
        with exclusive(db):
            # Another process may have been faster.
            if version_of(db) == number:
                MIGRATIONS[number](db)
                db.execute(f"PRAGMA user_version = {number + 1}")


@contextlib.contextmanager
def exclusive(db: sqlite_utils.Database) -> Iterator[None]:
    """All or nothing, and nobody else writes meanwhile; on the disk when the block ends."""
    db.execute("BEGIN IMMEDIATE")
    try:
        yield
        db.conn.commit()
    except BaseException:
        db.conn.rollback()
        raise


def version_of(db: sqlite_utils.Database) -> int:
    """Number of migrations a file has gone through."""
    return int(db.execute("PRAGMA user_version").fetchone()[0])


def _copy(db: sqlite_utils.Database, target: Path) -> None:
    """Copy a database; half a copy never bears the name of a whole one."""
    half = target.with_suffix(".part")
    half.unlink(missing_ok=True)
    with contextlib.closing(sqlite3.connect(half)) as copy:
        db.conn.backup(copy)
    half.replace(target)
