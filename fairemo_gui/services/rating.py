"""Rating an utterance, changing one's mind, taking it back. Every step is a new row of the log."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime

from fairemo_gui.core.records import Changes, Condition, Rating
from fairemo_gui.store import ratings
from fairemo_gui.store.corpora import CorpusRow
from fairemo_gui.store.forks import Link, in_force
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
        newest = ratings.newest(workspace, corpus.id, rater)
        if newest is None:
            return None
        utterance_id, last = newest
        own = [r for r in ratings.history(workspace, utterance_id, rater) if r.condition is last.condition]
        former = _former(last, own)
        links = (Link(r.uuid, r.supersedes, r.created_at) for r in own)
        withdrawal = replace(
            replace(last, votes=()) if former is None else former,
            uuid=str(uuid.uuid4()),
            supersedes=in_force(links, last.uuid),
            undoes=last.uuid,
            created_at=_now(),
        )
        return utterance_id, last, ratings.add(workspace, utterance_id, withdrawal, corpus.scheme)


def _former(last: Rating, own: Sequence[Rating]) -> Rating | None:
    """What counted before a rating: the nearest one it came after that was neither taken back nor a taking back."""
    by_uuid = {rating.uuid: rating for rating in own}
    undone = {rating.undoes for rating in own}
    before = by_uuid.pop(last.supersedes or "", None)
    while before is not None and (before.undoes is not None or before.uuid in undone):
        before = by_uuid.pop(before.supersedes or "", None)
    return before


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds")
