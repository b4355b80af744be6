"""Rating sessions: who sat down under which plan, and what happened besides ratings."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields

from fairemo_gui.core.trials import Event, EventKind
from fairemo_gui.errors import UserError
from fairemo_gui.store.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Session:
    """A sitting of one rater; its queue stays on the machine it was drawn on.

    Attributes:
        plan: Name of the rating plan; so `plan_version` and `plan_sha256`.
        length: Number of trials.
    """

    uuid: str
    rater: str
    plan: str | None = None
    seed: int | None = None
    created_at: str | None = None
    plan_version: str | None = None
    plan_sha256: str | None = None
    length: int | None = None


_STORED = tuple(field.name for field in fields(Session))[2:]
_EVENT = "session_event.uuid, session.uuid, session_event.kind, session_event.position, text, session_event.created_at"


def every(workspace: Workspace, corpus_id: int) -> dict[int, Session]:
    """The sessions on a corpus, by id, in order of UUID."""
    rows = workspace.db.execute(
        f"SELECT session.id, uuid, code, {', '.join(_STORED)} FROM session "  # noqa: S608 - constants
        "JOIN rater ON rater.id = rater_id WHERE corpus_id = ?1 OR session.id IN (SELECT session_id FROM rating "
        "JOIN utterance ON utterance.id = utterance_id WHERE utterance.corpus_id = ?1) ORDER BY uuid",
        [corpus_id],
    ).fetchall()
    return {number: Session(*values) for number, *values in rows}


def merge(
    workspace: Workspace, corpus_id: int, sessions: Iterable[Session], raters: Mapping[str, int]
) -> dict[str, int]:
    """Add sessions that are not there; inside a transaction of the caller. Returns the row id per UUID.

    Raises:
        UserError: A UUID is there with other content.
    """
    db = workspace.db.conn
    ids = {}
    for each in sessions:
        said = [raters[each.rater], *(getattr(each, name) for name in _STORED)]
        ids[each.uuid] = add(workspace, corpus_id, each, raters[each.rater])
        stored = db.execute(
            f"SELECT rater_id, {', '.join(_STORED)} FROM session WHERE id = ?",  # noqa: S608 - constants
            [ids[each.uuid]],
        ).fetchone()
        if list(stored) != said:
            raise UserError(f"The session {each.uuid} is here already with other content: nothing was merged.")
    return ids


def add(workspace: Workspace, corpus_id: int, session: Session, rater_id: int) -> int:
    """Add a session if it is not there; inside a transaction of the caller. Returns its row id."""
    db = workspace.db.conn
    db.execute(
        f"INSERT OR IGNORE INTO session (corpus_id, uuid, rater_id, {', '.join(_STORED)}) "  # noqa: S608 - constants
        f"VALUES (?, ?, ?, {', '.join('?' * len(_STORED))})",
        [corpus_id, session.uuid, rater_id, *(getattr(session, name) for name in _STORED)],
    )
    return int(db.execute("SELECT id FROM session WHERE uuid = ?", [session.uuid]).fetchone()[0])


def events(workspace: Workspace, corpus_id: int) -> list[Event]:
    """What happened in the sessions on a corpus, in order of time."""
    return _events(workspace, "session.corpus_id = ?", corpus_id)


def events_of(workspace: Workspace, session_id: int) -> list[Event]:
    """What happened in a session, in the order it was noted here."""
    return _events(workspace, "session_id = ?", session_id, order="session_event.id")


def _events(
    workspace: Workspace, where: str, value: int, order: str = "session_event.created_at, session_event.uuid"
) -> list[Event]:
    rows = workspace.db.execute(
        f"SELECT {_EVENT} FROM session_event JOIN session ON session.id = session_id "  # noqa: S608 - constants
        f"WHERE {where} ORDER BY {order}",
        [value],
    ).fetchall()
    return [Event(uuid, session, EventKind(kind), *rest) for uuid, session, kind, *rest in rows]


def add_events(workspace: Workspace, events: Iterable[Event], ids: Mapping[str, int]) -> None:
    """Note what happened, once; inside a transaction of the caller.

    Args:
        workspace: Open workspace.
        events: One of a UUID that is there stays as it is.
        ids: Row id per session's UUID.

    Raises:
        UserError: A UUID is there with other content.
    """
    db = workspace.db.conn
    for event in events:
        row = (event.uuid, ids[event.session], event.kind.value, event.position, event.text, event.created_at)
        db.execute(
            "INSERT OR IGNORE INTO session_event (uuid, session_id, kind, position, text, created_at) "
            "VALUES (?, ?, ?, ?, ?, ?)",
            row,
        )
        stored = db.execute(
            "SELECT uuid, session_id, kind, position, text, created_at FROM session_event WHERE uuid = ?", [event.uuid]
        ).fetchone()
        if stored != row:
            raise UserError(f"The event {event.uuid} is here already with other content: nothing was merged.")
