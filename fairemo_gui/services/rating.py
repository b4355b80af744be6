"""Rating an utterance, changing one's mind, taking it back. Every step is a new row of the log."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime

from fairemo_gui.core.records import Changes, Condition, Rating
from fairemo_gui.store import ratings
from fairemo_gui.store.corpora import CorpusRow
from fairemo_gui.store.workspace import Workspace


def rate(
    workspace: Workspace,
    corpus: CorpusRow,
    utterance_id: int,
    rater: str,
    condition: Condition,
    votes: Sequence[str],
    *,
    intensity: int | None = None,
    first_answer: str | None = None,
    response_ms: int | None = None,
    replays: int = 0,
    prediction_visible: bool = False,
) -> tuple[Rating, Changes]:
    """Give a rating; the rater's former one of this utterance in this condition is superseded, not lost."""
    former = ratings.standing(workspace, utterance_id, rater, condition)
    rating = Rating(
        uuid=str(uuid.uuid4()),
        utterance="",
        rater=rater,
        condition=condition,
        votes=tuple(corpus.scheme.classes[corpus.scheme.index(vote)] for vote in votes),
        intensity=intensity,
        first_answer=first_answer or (votes[0] if votes else None),
        response_ms=response_ms,
        replays=replays,
        prediction_visible=prediction_visible,
        supersedes=None if former is None else former.uuid,
        created_at=_now(),
    )
    return rating, ratings.add(workspace, utterance_id, rating, corpus.scheme)


def undo(workspace: Workspace, corpus: CorpusRow, rater: str) -> tuple[int, Rating, Changes] | None:
    """Take back the rater's newest rating; what it had replaced counts again.

    Returns:
        The utterance's id, the rating taken back, and the changes; None where there is nothing left to take back.
    """
    newest = ratings.not_taken_back(workspace, rater)
    if not newest:
        return None
    utterance_id, last = newest[0]
    chain = ratings.not_taken_back(workspace, rater, utterance_id, last.condition)
    counting = ratings.standing(workspace, utterance_id, rater, last.condition)
    withdrawal = replace(
        chain[1][1] if len(chain) > 1 else replace(last, votes=()),
        uuid=str(uuid.uuid4()),
        supersedes=None if counting is None else counting.uuid,
        undoes=last.uuid,
        created_at=_now(),
    )
    return utterance_id, last, ratings.add(workspace, utterance_id, withdrawal, corpus.scheme)


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds")
