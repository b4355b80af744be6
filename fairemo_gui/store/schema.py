"""Tables of the workspace and the numbered steps that bring an older file up to date."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Callable
from pathlib import Path

import sqlite_utils

from fairemo_gui.errors import UserError


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
        db.execute(
            f"CREATE TRIGGER rating_no_{verb.lower()} BEFORE {verb} ON rating "
            "BEGIN SELECT RAISE(ABORT, 'ratings are append only'); END"
        )
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


MIGRATIONS: tuple[Callable[[sqlite_utils.Database], None], ...] = (_first,)
SCHEMA_VERSION = len(MIGRATIONS)


def migrate(db: sqlite_utils.Database, file: Path) -> None:
    """Bring a workspace file up to date; an older one is copied beside itself first.

    Raises:
        UserError: A newer program wrote the file, or it is no workspace.
    """
    try:
        version = int(db.execute("PRAGMA user_version").fetchone()[0])
    except sqlite3.DatabaseError as error:
        raise UserError(f"{file} is not a readable workspace ({error}); restore it from a copy.") from None
    if version > SCHEMA_VERSION:
        raise UserError(
            f"{file} was written by a newer program (workspace version {version}, this one knows {SCHEMA_VERSION}); "
            "install the newer fairemo to open it."
        )
    if 0 < version < SCHEMA_VERSION:
        with contextlib.closing(sqlite3.connect(file.with_suffix(f".v{version}.sqlite"))) as copy:
            db.conn.backup(copy)
    for number in range(version, SCHEMA_VERSION):
        with db.atomic():
            MIGRATIONS[number](db)
            db.execute(f"PRAGMA user_version = {number + 1}")
