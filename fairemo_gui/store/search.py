"""Texts and codes of utterances by any piece of three letters or more: an FTS5 trigram index, kept by triggers."""

from __future__ import annotations

import sqlite3
from typing import Literal

import numpy as np
import numpy.typing as npt
import sqlite_utils

MOST = 20_000
"""From this many hits on, looking at every text in memory is quicker than the index."""

_ADD = "INSERT INTO utterance_text (rowid, code, transcript)"
_NEW = f"{_ADD} VALUES (new.id, new.code, new.transcript);"
_OLD = (
    "INSERT INTO utterance_text (utterance_text, rowid, code, transcript) "
    "VALUES ('delete', old.id, old.code, old.transcript);"
)
_TRIGGERS = {
    "utterance_text_insert": f"AFTER INSERT ON utterance BEGIN {_NEW} END",
    "utterance_text_delete": f"AFTER DELETE ON utterance BEGIN {_OLD} END",
    "utterance_text_update": f"AFTER UPDATE OF code, transcript ON utterance BEGIN {_OLD} {_NEW} END",
}


def create(db: sqlite_utils.Database) -> None:
    """Make the index and fill it; a SQLite without FTS5 trigrams (before 3.34) does without."""
    try:
        db.execute(
            "CREATE VIRTUAL TABLE utterance_text USING fts5 "
            "(code, transcript, content='utterance', content_rowid='id', tokenize='trigram')"
        )
    except sqlite3.OperationalError:
        return
    db.execute("INSERT INTO utterance_text (utterance_text) VALUES ('rebuild')")
    for name, what in _TRIGGERS.items():
        db.execute(f"CREATE TRIGGER {name} {what}")


def utterances_with(
    db: sqlite_utils.Database, text: str, column: Literal["code", "transcript"]
) -> npt.NDArray[np.int64] | None:
    """Ids of the utterances of every corpus whose code or transcript holds a text, whatever its case.

    Returns:
        Shape (n,), ascending; None where the index cannot tell: the text is shorter than three letters, found more
        than `MOST` times, or there is no index.
    """
    if len(text) < 3 or not has_index(db):
        return None
    phrase = '"' + text.replace('"', '""') + '"'
    rows = db.execute(
        "SELECT rowid FROM utterance_text WHERE utterance_text MATCH ? LIMIT ?",
        [f"{column} : {phrase}", MOST + 1],
    ).fetchall()
    return None if len(rows) > MOST else np.array([row[0] for row in rows], dtype=np.int64)


def has_index(db: sqlite_utils.Database) -> bool:
    """Whether the SQLite that made the workspace could make the index."""
    return db.execute("SELECT 1 FROM sqlite_master WHERE name = 'utterance_text'").fetchone() is not None
