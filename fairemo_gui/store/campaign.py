"""Every row of the rating log as columns, and what sittings were to serve: what an organiser's figures rest on."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime

import numpy as np
import numpy.typing as npt

from fairemo_gui.core.records import Condition, Rater, Role
from fairemo_gui.core.trials import Trial
from fairemo_gui.store import raters, tally
from fairemo_gui.store.workspace import Workspace

_CONDITIONS = {condition.value: k for k, condition in enumerate(Condition)}
_ROLES = {role.value: k for k, role in enumerate(Role)}


@dataclass(frozen=True, eq=False)
class Log:
    """Every entry of a corpus's rating log but those of adjudicators and of people about themselves, by time.

    Attributes:
        people: Every rater of the workspace.
        utterance: Id of the utterance, shape (m,).
        rater: Position in `people`.
        condition: Position in `Condition`.
        role: Position in `Role`.
        session: Row id of the sitting; 0 = none.
        position: Trial of the sitting; −1 = unknown.
        answers: Emotions named.
        first: First emotion chosen, as named; None where it is not known.
        response: From the clip's end to the answer, seconds; NaN = unknown.
        plays: How often the clip was begun.
        changes: Changes of mind before submitting.
        at: When, seconds since 1970.
        blind: Given without sight of a prediction.
        stands: Nothing came after it, and it was not taken back.
        undoes: It only takes another one back.
        undone: It was taken back.
        corrects: It replaces a former one that had been submitted.
    """

    people: tuple[Rater, ...]
    utterance: npt.NDArray[np.int64]
    rater: npt.NDArray[np.int64]
    condition: npt.NDArray[np.int64]
    role: npt.NDArray[np.int64]
    session: npt.NDArray[np.int64]
    position: npt.NDArray[np.int64]
    answers: tuple[tuple[str, ...], ...]
    first: tuple[str | None, ...]
    response: npt.NDArray[np.float64]
    plays: npt.NDArray[np.int64]
    changes: npt.NDArray[np.int64]
    at: npt.NDArray[np.float64]
    blind: npt.NDArray[np.bool_]
    stands: npt.NDArray[np.bool_]
    undoes: npt.NDArray[np.bool_]
    undone: npt.NDArray[np.bool_]
    corrects: npt.NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.utterance)


def log(workspace: Workspace, corpus_id: int) -> Log:
    """The log of a corpus, in one query."""
    rows = workspace.db.execute(
        "SELECT utterance_id, rater_id, rating.condition, role, IFNULL(session_id, 0), IFNULL(position, -1), votes, "  # noqa: S608
        "first_answer, response_ms, replays, IFNULL(changes, 0), rating.created_at, prediction_visible, undoes, uuid, "
        f"supersedes IS NOT NULL, {tally.SAYS} FROM rating JOIN utterance ON utterance.id = utterance_id "
        f"WHERE corpus_id = ? AND rater_id IN {tally.VOTERS} ORDER BY rating.created_at, rating.id",
        [corpus_id],
    ).fetchall()
    columns = list(zip(*rows, strict=True)) if rows else [()] * 17
    utterance, rater, condition, role, session, position, votes, first, response, replays = columns[:10]
    changes, created, in_sight, undoes, names, supersedes, stands = columns[10:]
    people = tuple(raters.every(workspace))
    place = {code: k for k, code in enumerate(person.code for person in people)}
    of_id = {i: place[code] for i, code in workspace.db.execute("SELECT id, code FROM rater").fetchall()}
    read = {words: tuple(json.loads(words)) for words in set(votes)}
    taken = {name for name in undoes if name is not None}
    takes_back = np.array([name is not None for name in undoes], dtype=bool)
    return Log(
        people,
        np.array(utterance, dtype=np.int64),
        np.array([of_id[i] for i in rater], dtype=np.int64),
        np.array([_CONDITIONS[name] for name in condition], dtype=np.int64),
        np.array([_ROLES[name] for name in role], dtype=np.int64),
        np.array(session, dtype=np.int64),
        np.array(position, dtype=np.int64),
        tuple(read[words] for words in votes),
        first,
        np.array([np.nan if ms is None else ms / 1000 for ms in response], dtype=np.float64),
        np.array(replays, dtype=np.int64) + 1,
        np.array(changes, dtype=np.int64),
        np.array([seconds(text) for text in created], dtype=np.float64),
        ~np.array(in_sight, dtype=bool),
        np.array(stands, dtype=bool),
        takes_back,
        np.array([name in taken for name in names], dtype=bool),
        np.array(supersedes, dtype=bool) & ~takes_back,
    )


def served(workspace: Workspace, corpus_id: int) -> list[tuple[int, Trial]]:
    """Every trial that a sitting of a corpus was to serve, with the sitting's row id."""
    rows = workspace.db.execute(
        "SELECT session_id, trial.position, utterance_id, condition, role, answer FROM trial "
        "JOIN session ON session.id = session_id WHERE corpus_id = ? ORDER BY session_id, trial.position",
        [corpus_id],
    ).fetchall()
    conditions, roles = {c.value: c for c in Condition}, {r.value: r for r in Role}
    answers = {text: tuple(json.loads(text or "[]")) for text in {row[5] for row in rows}}
    return [
        (session, Trial(position, utterance, conditions[condition], roles[role], answers[answer]))
        for session, position, utterance, condition, role, answer in rows
    ]


def seconds(moment: str) -> float:
    """Seconds since 1970; 0 where the time is none."""
    try:
        return datetime.fromisoformat(moment).timestamp()
    except ValueError:
        return 0.0
