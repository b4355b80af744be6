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
    # The former rating is looked up and superseded in one transaction: two windows cannot both replace it.
    with workspace.transaction():
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
    """Take back the rater's newest rating in a corpus; what it had replaced counts again.

    Returns:
        The utterance's id, the rating taken back, and the changes; None where there is nothing left to take back.
    """
    with workspace.transaction():
        newest = ratings.not_taken_back(workspace, corpus.id, rater)
        if not newest:
            return None
        utterance_id, last = newest[0]
        chain = ratings.not_taken_back(workspace, corpus.id, rater, utterance_id, last.condition)
        # A rating that replaced nothing leaves nothing, even beside another answer of the same rater, as imported
        # ones may stand there.
        former = chain[1][1] if last.supersedes is not None and len(chain) > 1 else replace(last, votes=())
        withdrawal = replace(
            former,
            uuid=str(uuid.uuid4()),
            supersedes=_in_force(workspace, utterance_id, last).uuid,
            undoes=last.uuid,
            created_at=_now(),
        )
        return utterance_id, last, ratings.add(workspace, utterance_id, withdrawal, corpus.scheme)


def _in_force(workspace: Workspace, utterance_id: int, rating: Rating) -> Rating:
    """The last of the line of ratings in which each took the place of the one before."""
    followed = {r.supersedes: r for r in ratings.history(workspace, utterance_id, rating.rater)}
    while (later := followed.pop(rating.uuid, None)) is not None:
        rating = later
    return rating


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds")
