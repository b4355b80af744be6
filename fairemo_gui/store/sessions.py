"""Rating sessions, as far as ratings name them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from fairemo_gui.errors import UserError
from fairemo_gui.store.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Session:
    """A sitting of one rater; its queue stays on the machine it was drawn on."""

    uuid: str
    rater: str
    plan: str | None = None
    seed: int | None = None
    created_at: str | None = None


def every(workspace: Workspace, corpus_id: int) -> dict[int, Session]:
    """The sessions in which ratings of a corpus were given, by id."""
    rows = workspace.db.execute(
        "SELECT session.id, uuid, code, plan, seed, created_at FROM session JOIN rater ON rater.id = rater_id "
        "WHERE session.id IN (SELECT session_id FROM rating JOIN utterance ON utterance.id = utterance_id "
        "WHERE corpus_id = ?) ORDER BY uuid",
        [corpus_id],
    ).fetchall()
    return {number: Session(*values) for number, *values in rows}


def merge(workspace: Workspace, sessions: Iterable[Session], raters: Mapping[str, int]) -> dict[str, int]:
    """Add sessions that are not there; inside a transaction of the caller. Returns the row id per UUID.

    Raises:
        UserError: A UUID is there with other content.
    """
    db = workspace.db.conn
    ids = {}
    for each in sessions:
        db.execute(
            "INSERT OR IGNORE INTO session (uuid, rater_id, plan, seed, created_at) VALUES (?, ?, ?, ?, ?)",
            [each.uuid, raters[each.rater], each.plan, each.seed, each.created_at],
        )
        ids[each.uuid], *stored = db.execute(
            "SELECT id, rater_id, plan, seed, created_at FROM session WHERE uuid = ?", [each.uuid]
        ).fetchone()
        if stored != [raters[each.rater], each.plan, each.seed, each.created_at]:
            raise UserError(f"The session {each.uuid} is here already with other content: nothing was merged.")
    return ids
