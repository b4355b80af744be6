"""Sitting down: go on where the rater stopped, or draw the next sitting."""

from __future__ import annotations

import hashlib
import uuid
from collections import Counter
from datetime import UTC, datetime, timedelta

import numpy as np
import numpy.typing as npt

from fairemo_gui.core.rating_plan import RatingPlan
from fairemo_gui.core.records import Condition, Rater, RaterKind
from fairemo_gui.errors import UserError
from fairemo_gui.services.annotation.plans import Prepared, prepare
from fairemo_gui.services.annotation.queue import Pool, draw
from fairemo_gui.services.annotation.sitting import Clock, Sitting
from fairemo_gui.services.annotation.smart import gains
from fairemo_gui.store import plans, raters, sessions, trials
from fairemo_gui.store.corpora import CorpusRow
from fairemo_gui.store.sessions import Session
from fairemo_gui.store.trials import Opened
from fairemo_gui.store.workspace import Workspace

_LONGEST_CODE = 40
# Trials that others have drawn and not answered count as about to be answered for so long.
_WAITING = timedelta(days=1)


def start(
    workspace: Workspace,
    corpus: CorpusRow,
    plan: RatingPlan,
    rater: str,
    *,
    kind: RaterKind = RaterKind.HUMAN,
    now: Clock = lambda: datetime.now(UTC),
) -> Sitting:
    """The rater's unfinished sitting under a plan, as it was left; else a new one.

    Args:
        workspace: Open workspace.
        corpus: Whose utterances are rated.
        plan: A checked plan. A sitting under another version of it is left as it is.
        rater: A code; no name is needed.
        kind: Human, or simulated, who need no media.
        now: The time; tests give another.

    Raises:
        UserError: The code cannot be one, the plan does not fit the corpus, or nothing is left for this rater to rate.
    """
    workspace.must_be_writable()
    rater = _checked_code(workspace, rater, kind)
    if sitting := _unfinished(workspace, corpus, plan, rater, now):
        return sitting
    prepared = prepare(workspace, corpus, plan, media=kind is RaterKind.HUMAN)
    with workspace.transaction():
        # The same rater may have sat down in another window meanwhile.
        if sitting := _unfinished(workspace, corpus, plan, rater, now):
            return sitting
        opened = _drawn(workspace, corpus, prepared, Rater(rater, kind), now().astimezone(UTC))
    return Sitting(workspace, corpus, plan, rater, opened, prepared.classes, now)


def _unfinished(workspace: Workspace, corpus: CorpusRow, plan: RatingPlan, rater: str, now: Clock) -> Sitting | None:
    """The rater's last sitting, if it goes on and was drawn by this very plan."""
    last = trials.sittings(workspace, corpus.id, rater, plan.name)[-1:]
    if not last or last[0].plan_sha256 != plan.sha256:
        return None
    sitting = Sitting(workspace, corpus, plan, rater, last[0], plan.answers.classes or corpus.scheme.classes, now)
    if sitting.current is None:
        return None
    sitting.mark_opened()
    return sitting if sitting.current is not None else None


def _checked_code(workspace: Workspace, rater: str, kind: RaterKind) -> str:
    code = rater.strip()
    if not code or len(code) > _LONGEST_CODE or not code.isprintable():
        raise UserError(f"A rater's code is one line of up to {_LONGEST_CODE} signs, as R07; give one.")
    raters.check_person(workspace, code, {kind})
    return code


def _drawn(workspace: Workspace, corpus: CorpusRow, prepared: Prepared, rater: Rater, now: datetime) -> Opened:
    """Draw a sitting and keep it; inside the caller's transaction, so that two raters do not draw the same lot."""
    plan = prepared.plan
    number = len(trials.sittings(workspace, corpus.id, rater.code, plan.name)) + 1
    pool = _pool(workspace, corpus, prepared, rater.code, now)
    seed = _seed(plan, rater.code, number)
    drawn = draw(plan, pool, seed, prepared.practice if number == 1 else (), prepared.checks)
    if not drawn:
        raise UserError(
            f"{plan.name} has nothing left for {rater.code}: every clip has been rated enough, or by this rater; "
            "choose another plan, or ask whoever made it for more clips."
        )
    ids = raters.merge(workspace, [rater])
    plans.keep(workspace, [plan])
    session = Session(
        str(uuid.uuid4()), rater.code, plan.name, seed, now.isoformat(timespec="milliseconds"), plan.version,
        plan.sha256, len(drawn),
    )  # fmt: skip
    place = sessions.add(workspace, corpus.id, session, ids[rater.code])
    trials.add(workspace, place, drawn)
    return Opened(place, session.uuid, plan.sha256, number, len(drawn))


def _seed(plan: RatingPlan, rater: str, number: int) -> int:
    """The same for the same plan, rater and number of the sitting; below 2**53, so that JSON keeps it."""
    digest = hashlib.sha256(f"{plan.sha256} {rater} {number}".encode()).digest()
    return int.from_bytes(digest[:8], "big") >> 11


def _pool(workspace: Workspace, corpus: CorpusRow, prepared: Prepared, rater: str, now: datetime) -> Pool:
    """What there is to draw from, as it stands now."""
    plan, utterances = prepared.plan, prepared.table.ids[prepared.items]
    since = (now - _WAITING).isoformat(timespec="milliseconds")
    given = Counter(trials.rated(workspace, corpus.id, plan.name))
    ratings = _grid(given, utterances)
    enough = ratings >= plan.target.ratings
    if plan.target.agreement is not None:
        enough |= _agreed(workspace, corpus, prepared)
    given.update(trials.waiting(workspace, corpus.id, plan.name, since, rater))
    met = _grid(Counter(trials.met(workspace, corpus.id, rater)), utterances) > 0
    return Pool(
        utterances, prepared.table.speaker_index[prepared.items], prepared.playable, met, enough,
        _grid(given, utterances), gains(workspace, corpus, prepared),
    )  # fmt: skip


def _grid(counted: Counter[tuple[int, str]], utterances: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """Numbers per item and condition, shape (n, 3)."""
    place = {int(utterance): row for row, utterance in enumerate(utterances)}
    column = {condition.value: k for k, condition in enumerate(Condition)}
    grid = np.zeros((len(utterances), len(Condition)), dtype=np.int64)
    for (utterance, condition), n in counted.items():
        if utterance in place:
            grid[place[utterance], column[condition]] = n
    return grid


def _agreed(workspace: Workspace, corpus: CorpusRow, prepared: Prepared) -> npt.NDArray[np.bool_]:
    """Where enough raters name the same emotion, shape (n, 3)."""
    target, utterances = prepared.plan.target, prepared.table.ids[prepared.items]
    named: dict[tuple[int, str], Counter[str]] = {}
    raters_: Counter[tuple[int, str]] = Counter()
    for utterance, condition, emotions in trials.votes(workspace, corpus.id, prepared.plan.name):
        named.setdefault((utterance, condition), Counter()).update(emotions)
        raters_[utterance, condition] += 1
    settled = Counter(
        cell
        for cell, n in raters_.items()
        if n >= target.at_least and max(named[cell].values(), default=0) >= (target.agreement or 1) * n
    )
    return _grid(settled, utterances) > 0
