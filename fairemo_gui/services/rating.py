"""Rating an utterance, changing one's mind, taking it back. Every step is a new row of the log."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime

import fairemo_gui
from fairemo_gui.core.perceiving import lacking
from fairemo_gui.core.records import Changes, Condition, MediaState, RaterKind, Rating, Role, Utterance
from fairemo_gui.errors import UserError
from fairemo_gui.store import corpora, raters, ratings, trials
from fairemo_gui.store.corpora import CorpusRow
from fairemo_gui.store.forks import Link, in_force
from fairemo_gui.store.workspace import Workspace

SOFTWARE = f"fairemo {fairemo_gui.__version__}"
_OWN = (Role.MAIN, Role.SMART)
_RATING = (RaterKind.HUMAN, RaterKind.SIMULATED, RaterKind.IMPORTED)
_BY = {Condition.VOICE: "the voice", Condition.FACE: "the face", Condition.AV: "voice and face"}


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
    """Give a rating; the rater's former one of this utterance in this condition is superseded, not lost.

    Raises:
        UserError: The code is nobody's who rates, or the utterance lacks the sound or picture the condition goes by.
    """
    raters.check_person(workspace, rater, _RATING)
    refused = refusals(corpus, corpora.utterance(workspace, utterance_id)[0])
    if condition in refused:
        raise UserError(refused[condition])
    rating = Rating(
        uuid="",
        utterance="",
        rater=rater,
        condition=condition,
        votes=tuple(corpus.scheme.classes[corpus.scheme.index(vote)] for vote in votes),
        intensity=intensity,
        first_answer=first_answer or (votes[0] if votes else None),
        response_ms=response_ms,
        replays=replays,
        prediction_visible=prediction_visible,
        software=SOFTWARE,
        created_at=_now(),
    )
    return give(workspace, corpus, utterance_id, rating)


def refusals(corpus: CorpusRow, utterance: Utterance) -> dict[Condition, str]:
    """The conditions an utterance cannot be rated in, each with a sentence why."""
    state, path = utterance.media_state, utterance.video or utterance.audio
    # The state is what the import found; the corpus may have been located since.
    if state is MediaState.MISSING and path is not None and (corpus.root / path).is_file():
        state = MediaState.OK
    found = {each: lacking(each, utterance.audio, utterance.video, state) for each in Condition}
    return {each: f"{utterance.code} cannot be rated by {_BY[each]}: {why}." for each, why in found.items() if why}


def give(workspace: Workspace, corpus: CorpusRow, utterance_id: int, rating: Rating) -> tuple[Rating, Changes]:
    """Append a rating in place of the rater's former one; of practice and checks, of the one of the same trial.

    What replaces a smart queue's rating is one, too.
    """
    # The former rating is looked up and superseded in one transaction: two windows cannot both replace it.
    with workspace.transaction():
        if rating.role in _OWN:
            former = ratings.standing(workspace, utterance_id, rating.rater, rating.condition)
        else:
            former = trials.rating_of(workspace, rating.session or 0, rating.position or 0)
        rating = replace(
            rating,
            uuid=str(uuid.uuid4()),
            supersedes=None if former is None else former.uuid,
            role=former.role if former is not None and former.role is Role.SMART else rating.role,
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
        return utterance_id, last, take_back(workspace, corpus, utterance_id, last, _now())


def take_back(workspace: Workspace, corpus: CorpusRow, utterance_id: int, last: Rating, now: str) -> Changes:
    """Append what takes a rating back, so that what it had replaced counts again."""
    with workspace.transaction():
        own = [r for r in ratings.history(workspace, utterance_id, last.rater) if r.condition is last.condition]
        former = _former(last, own)
        links = (Link(r.uuid, r.supersedes, r.created_at) for r in own)
        withdrawal = replace(
            replace(last, votes=(), activation=None, valence=None, dominance=None) if former is None else former,
            uuid=str(uuid.uuid4()),
            supersedes=in_force(links, last.uuid),
            undoes=last.uuid,
            created_at=now,
        )
        return ratings.add(workspace, utterance_id, withdrawal, corpus.scheme)


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
