"""Flags on utterances."""

from __future__ import annotations

from datetime import UTC, datetime

from fairemo_gui.core.records import Changes
from fairemo_gui.store.workspace import Workspace


def set_flag(workspace: Workspace, utterance_id: int, flag: bool, author: str, text: str = "") -> Changes:
    """Flag an utterance, saying why, or take the flag away; the newest note counts."""
    with workspace.transaction() as db:
        db.table("note").insert(
            {
                "utterance_id": utterance_id,
                "flag": int(flag),
                "text": text,
                "author": author,
                "created_at": datetime.now(UTC).isoformat(timespec="milliseconds"),
            }
        )
    return Changes(frozenset({"notes"}), (utterance_id,))


def flagged(workspace: Workspace) -> set[int]:
    """Ids of the utterances whose newest note is a flag."""
    rows = workspace.db.execute(
        "SELECT utterance_id FROM note WHERE flag = 1 AND id IN (SELECT MAX(id) FROM note GROUP BY utterance_id)"
    ).fetchall()
    return {row[0] for row in rows}
