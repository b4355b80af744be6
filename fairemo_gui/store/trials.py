"""The trials of sittings: what was drawn for a rater, what of it is answered, and traces."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from fairemo_gui.core.records import Condition, Rating, Role
from fairemo_gui.core.trials import EventKind, Trace, Trial
from fairemo_gui.store import ratings, sessions, tally
from fairemo_gui.store.workspace import Workspace

_SKIPS = (EventKind.SKIPPED, EventKind.UNSKIPPED)
_DTYPE = np.dtype("<f4")


@dataclass(frozen=True, slots=True)
class Opened:
    """A session that has trials here.

    Attributes:
        id: Row id.
        number: Which sitting of its rater under a plan of this name it is, from 1.
    """

    id: int
    uuid: str
    plan_sha256: str
    number: int
    length: int


def add(workspace: Workspace, session_id: int, trials: Sequence[Trial]) -> None:
    """Keep the trials that were drawn for a session; inside a transaction of the caller."""
    workspace.db.conn.executemany(
        "INSERT INTO trial (session_id, position, utterance_id, condition, role, answer) VALUES (?, ?, ?, ?, ?, ?)",
        [(session_id, t.position, t.utterance, t.condition.value, t.role.value, json.dumps(t.answer)) for t in trials],
    )


def of_session(workspace: Workspace, session_id: int) -> tuple[Trial, ...]:
    """The trials of a session, in order."""
    rows = workspace.db.execute(
        "SELECT position, utterance_id, condition, role, answer FROM trial WHERE session_id = ? ORDER BY position",
        [session_id],
    ).fetchall()
    return tuple(Trial(p, u, Condition(c), Role(role), tuple(json.loads(answer))) for p, u, c, role, answer in rows)


def sittings(workspace: Workspace, corpus_id: int, rater: str, plan: str) -> list[Opened]:
    """The sittings of a rater under any version of a plan that were drawn here, in order."""
    rows = workspace.db.execute(
        "SELECT session.id, uuid, plan_sha256, length FROM session JOIN rater ON rater.id = rater_id "
        "WHERE session.corpus_id = ? AND rater.code = ? AND plan = ? "
        "AND EXISTS (SELECT 1 FROM trial WHERE session_id = session.id) ORDER BY session.id",
        [corpus_id, rater, plan],
    ).fetchall()
    return [Opened(id_, uuid, sha256, number, length) for number, (id_, uuid, sha256, length) in enumerate(rows, 1)]


def done(workspace: Workspace, session_id: int) -> set[int]:
    """Positions that were answered or skipped, and not taken back."""
    answered = workspace.db.execute(
        f"SELECT position FROM rating WHERE session_id = ? AND position IS NOT NULL AND {tally.ANSWERS}",  # noqa: S608
        [session_id],
    ).fetchall()
    return {row[0] for row in answered} | skipped(workspace, session_id)


def skipped(workspace: Workspace, session_id: int) -> set[int]:
    """Positions that were skipped, and not taken back."""
    last = {e.position: e.kind for e in sessions.events_of(workspace, session_id) if e.kind in _SKIPS}
    return {place for place, kind in last.items() if kind is EventKind.SKIPPED and place is not None}


def is_open(workspace: Workspace, session_id: int, position: int) -> bool:
    """Whether a trial is neither answered nor skipped, whoever may have the session open as well."""
    answered = workspace.db.execute(
        f"SELECT 1 FROM rating WHERE session_id = ? AND position = ? AND {tally.ANSWERS}",  # noqa: S608 - a constant
        [session_id, position],
    ).fetchone()
    last = workspace.db.execute(
        "SELECT kind FROM session_event WHERE session_id = ? AND position = ? AND kind IN (?, ?) ORDER BY id DESC",
        [session_id, position, *_SKIPS],
    ).fetchone()
    return answered is None and (last is None or last[0] != EventKind.SKIPPED)


def rating_of(workspace: Workspace, session_id: int, position: int, *, standing: bool = True) -> Rating | None:
    """The newest rating that was given in a trial (not one that took another back); None where there is none."""
    where = f"session_id = ? AND position = ? AND {tally.STANDS if standing else 'undoes IS NULL'}"
    return next(iter(ratings.read(workspace, where, session_id, position)), None)


def paces(workspace: Workspace, session_id: int) -> list[str]:
    """When each trial of a session was answered first, in order of position; ISO 8601."""
    rows = workspace.db.execute(
        "SELECT MIN(created_at) FROM rating WHERE session_id = ? AND position IS NOT NULL AND undoes IS NULL "
        "GROUP BY position ORDER BY position",
        [session_id],
    ).fetchall()
    return [row[0] for row in rows]


def rated(workspace: Workspace, corpus_id: int, plan: str) -> dict[tuple[int, str], int]:
    """Number of ratings per utterance and condition that sittings under a plan gave, in any of its versions."""
    rows = workspace.db.execute(
        "SELECT utterance_id, condition, COUNT(*) FROM rating "  # noqa: S608 - constants
        "WHERE session_id IN (SELECT id FROM session WHERE corpus_id = ? AND plan = ?) "
        f"AND {tally.OWN} AND {tally.SAYS} GROUP BY utterance_id, condition",
        [corpus_id, plan],
    ).fetchall()
    return {(utterance, condition): n for utterance, condition, n in rows}


def votes(workspace: Workspace, corpus_id: int, plan: str) -> Iterable[tuple[int, str, tuple[str, ...]]]:
    """Utterance, condition and emotions of every rating that sittings under a plan gave."""
    rows = workspace.db.execute(
        "SELECT utterance_id, condition, votes FROM rating "  # noqa: S608 - constants
        "WHERE session_id IN (SELECT id FROM session WHERE corpus_id = ? AND plan = ?) "
        f"AND {tally.OWN} AND {tally.SAYS}",
        [corpus_id, plan],
    )
    return ((utterance, condition, tuple(json.loads(named))) for utterance, condition, named in rows)


def waiting(workspace: Workspace, corpus_id: int, plan: str, since: str, but: str) -> list[tuple[int, str]]:
    """Trials that others have before them: drawn since a time, in each one's newest sitting, and not answered yet."""
    rows = workspace.db.execute(
        "SELECT utterance_id, condition FROM trial JOIN session ON session.id = session_id "
        "JOIN rater ON rater.id = rater_id WHERE session_id IN (SELECT MAX(id) FROM session AS its "
        "WHERE corpus_id = ? AND plan = ? AND EXISTS (SELECT 1 FROM trial WHERE session_id = its.id) "
        "GROUP BY rater_id) AND session.created_at >= ? AND rater.code != ? AND role IN ('main', 'smart') "
        "AND NOT EXISTS (SELECT 1 FROM session_event WHERE session_event.session_id = session.id AND kind = 'ended') "
        "AND NOT EXISTS (SELECT 1 FROM rating "
        "WHERE rating.session_id = session.id AND rating.position = trial.position)",
        [corpus_id, plan, since, but],
    ).fetchall()
    return [(utterance, condition) for utterance, condition in rows]


def met(workspace: Workspace, corpus_id: int, rater: str, but: int = -1) -> set[tuple[int, str]]:
    """What a rater has rated or been given, the trial he stands at included, whatever the plan, `but` in a session."""
    rated_ = workspace.db.execute(
        "SELECT DISTINCT utterance_id, condition FROM rating JOIN rater ON rater.id = rater_id "
        "JOIN utterance ON utterance.id = utterance_id WHERE utterance.corpus_id = ? AND rater.code = ? "
        "AND IFNULL(session_id, 0) != ?",
        [corpus_id, rater, but],
    ).fetchall()
    given = workspace.db.execute(
        "SELECT DISTINCT utterance_id, condition FROM trial JOIN session ON session.id = trial.session_id "
        "JOIN rater ON rater.id = rater_id WHERE session.corpus_id = ? AND rater.code = ? AND session.id != ? "
        "AND trial.position <= 1 + MAX("
        "IFNULL((SELECT MAX(position) FROM rating WHERE rating.session_id = session.id), -1), "
        "IFNULL((SELECT MAX(position) FROM session_event WHERE session_id = session.id AND kind = 'skipped'), -1))",
        [corpus_id, rater, but],
    ).fetchall()
    return {(utterance, condition) for utterance, condition in (*rated_, *given)}


def astray(workspace: Workspace) -> list[str]:
    """UUIDs of ratings that say they answer a trial of a sitting drawn here, and are of something else."""
    rows = workspace.db.execute(
        "SELECT rating.uuid FROM rating JOIN session ON session.id = session_id JOIN utterance "
        "ON utterance.id = utterance_id AND utterance.corpus_id = session.corpus_id "
        "WHERE session_id IN (SELECT session_id FROM trial) AND rating.position IS NOT NULL "
        "AND NOT EXISTS (SELECT 1 FROM trial WHERE trial.session_id = rating.session_id "
        "AND trial.position = rating.position AND trial.utterance_id = rating.utterance_id "
        "AND trial.condition = rating.condition) ORDER BY rating.uuid"
    ).fetchall()
    return [row[0] for row in rows]


def add_trace(workspace: Workspace, rating: str, utterance_id: int, trace: Trace) -> None:
    """Keep a rating's trace; inside a transaction of the caller. One that is there stays as it is."""
    workspace.db.execute(
        "INSERT OR IGNORE INTO trace (rating_id, dimension, samples) "
        "SELECT id, ?, ? FROM rating WHERE uuid = ? AND utterance_id = ?",
        [trace.dimension, trace.samples.astype(_DTYPE).tobytes(), rating, utterance_id],
    )


def traces(workspace: Workspace, corpus_id: int) -> list[tuple[str, Trace]]:
    """UUID of the rating and trace, in order of UUID, of a corpus."""
    rows = workspace.db.execute(
        "SELECT rating.uuid, dimension, samples FROM trace JOIN rating ON rating.id = rating_id "
        "JOIN utterance ON utterance.id = utterance_id WHERE corpus_id = ? ORDER BY rating.uuid, dimension",
        [corpus_id],
    ).fetchall()
    return [(uuid, Trace(dimension, samples_in(blob))) for uuid, dimension, blob in rows]


def samples_in(blob: bytes) -> npt.NDArray[np.float32]:
    """The samples of a stored trace."""
    return np.frombuffer(blob, dtype=_DTYPE)
