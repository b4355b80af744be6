"""Texts and codes of utterances by any piece of three letters or more: an FTS5 trigram index, kept by triggers."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

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


@contextmanager
def filled_at_once(db: sqlite_utils.Database) -> Iterator[None]:
    """Index the utterances that come in meanwhile in one statement: twice as fast as one by one."""
    if not _has_index(db):
        yield
        return
    name = "utterance_text_insert"
    newest = db.execute("SELECT IFNULL(MAX(id), 0) FROM utterance").fetchone()[0]
    db.execute(f"DROP TRIGGER {name}")
    yield
    db.execute(f"{_ADD} SELECT id, code, transcript FROM utterance WHERE id > ?", [newest])  # noqa: S608
    db.execute(f"CREATE TRIGGER {name} {_TRIGGERS[name]}")


def utterances_with(db: sqlite_utils.Database, text: str, *, codes: bool) -> npt.NDArray[np.int64] | None:
    """Ids of the utterances of every corpus whose transcript (or code, too) holds a text, whatever its case.

    Returns:
        Shape (n,), ascending; None where the index cannot tell: the text is shorter than three letters, found more
        than `MOST` times, or there is no index.
    """
    if len(text) < 3 or not _has_index(db):
        return None
    phrase = '"' + text.replace('"', '""') + '"'
    rows = db.execute(
        "SELECT rowid FROM utterance_text WHERE utterance_text MATCH ? LIMIT ?",
        [phrase if codes else f"transcript : {phrase}", MOST + 1],
    ).fetchall()
    return None if len(rows) > MOST else np.array([row[0] for row in rows], dtype=np.int64)


def _has_index(db: sqlite_utils.Database) -> bool:
    return db.execute("SELECT 1 FROM sqlite_master WHERE name = 'utterance_text_insert'").fetchone() is not None
