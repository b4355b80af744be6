"""What a rater is given and what comes back: trials, answers, traces."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import numpy.typing as npt

from fairemo_gui.core.records import Condition, Role

RATE = 25
"""Samples of a trace per second of the clip."""


class EventKind(StrEnum):
    """What happened in a sitting besides ratings."""

    CONSENT = "consent"
    REFUSED = "refused"
    BREAK = "break"
    RESUMED = "resumed"
    OPENED = "opened"
    SKIPPED = "skipped"
    UNSKIPPED = "unskipped"
    FLAGGED = "flagged"
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened in a sitting.

    Attributes:
        session: UUID of the session.
        position: The trial that was current.
        text: A reason, or a note.
        created_at: ISO 8601, UTC, milliseconds.
    """

    uuid: str
    session: str
    kind: EventKind
    position: int | None = None
    text: str | None = None
    created_at: str = ""


@dataclass(frozen=True, slots=True)
class Trial:
    """One clip in one condition, at its place in a sitting.

    Attributes:
        position: From 0.
        utterance: Id in the workspace.
        answer: The right answer, where one is known: of practice and attention checks.
    """

    position: int
    utterance: int
    condition: Condition
    role: Role = Role.MAIN
    answer: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class Trace:
    """A dimension as a rater followed it while the clip played.

    Attributes:
        dimension: `activation`, `valence` or `dominance`.
        samples: −1 to 1, `RATE` per second from the clip's start, float32, shape (n,); NaN where nothing was given.
    """

    dimension: str
    samples: npt.NDArray[np.float32]


@dataclass(frozen=True)
class Answer:
    """What a rater says of one trial.

    Attributes:
        votes: Emotions, in order of the scheme.
        intensity: 0–100.
        activation: 1 to the plan's number of points; so valence and dominance.
        confidence: 1–5.
        comment: The rater's own words.
        first_answer: The emotion chosen first.
        response_ms: From the clip's end to the answer, milliseconds; negative before the end.
        plays: Times the clip was begun.
        played_ms: How much of it was played in all, milliseconds.
        changes: Times a choice was changed before it was given.
    """

    votes: tuple[str, ...] = ()
    intensity: int | None = None
    activation: float | None = None
    valence: float | None = None
    dominance: float | None = None
    confidence: int | None = None
    comment: str | None = None
    first_answer: str | None = None
    response_ms: int | None = None
    plays: int = 1
    played_ms: int | None = None
    changes: int = 0
    trace: Trace | None = None
