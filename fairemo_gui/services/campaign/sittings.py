"""What sittings were to serve and what became of it: left to do, skipped, flagged, attention checks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from fairemo_gui.core.records import Condition, Role
from fairemo_gui.core.trials import EventKind, Trial
from fairemo_gui.evaluation.arrays import Int
from fairemo_gui.services.campaign.records import Share
from fairemo_gui.store import campaign, plans, sessions
from fairemo_gui.store.campaign import Log
from fairemo_gui.store.sessions import Session
from fairemo_gui.store.workspace import Workspace

_ORDER = tuple(Condition)
_RATED = (Role.MAIN, Role.SMART)
_RATED_AT = [tuple(Role).index(role) for role in _RATED]
_USUAL_TARGET = 5
_CLOSES = (EventKind.ENDED, EventKind.REFUSED)
_SKIPS = {EventKind.SKIPPED: 1, EventKind.UNSKIPPED: -1}


@dataclass(frozen=True, eq=False)
class Sittings:
    """The sittings of a corpus.

    Attributes:
        plans: Name and version of each plan.
        target: Votes wanted per utterance and condition: the most any plan wants; 5 where there is no plan.
        plan_of: Plan's name per sitting (row id).
        open: Sittings drawn here that can still go on.
        served_to: Sitting and trial, by rater's code.
        gone: Trials (sitting, position) that were skipped.
        skips, flags, last_seen: By rater's code.
        right: Right answers of attention checks, by sitting and position.
    """

    plans: tuple[tuple[str, str], ...]
    target: int
    plan_of: Mapping[int, str]
    open: frozenset[int]
    served_to: Mapping[str, tuple[tuple[int, Trial], ...]]
    gone: frozenset[tuple[int, int]]
    skips: Mapping[str, int]
    flags: Mapping[str, int]
    last_seen: Mapping[str, float]
    right: Mapping[tuple[int, int], tuple[str, ...]]

    def shares(self, rater: str, rows: Int, log: Log) -> tuple[Share, ...]:
        """Done and left by plan and condition, of a rater's entries in the log."""
        mine = [k for k in rows.tolist() if log.stands[k] and log.role[k] in _RATED_AT]
        done = Counter((self.plan_of.get(int(log.session[k]), ""), int(log.condition[k])) for k in mine)
        over = self.gone | {(int(log.session[k]), int(log.position[k])) for k in mine}
        left = Counter(
            (self.plan_of[session], _ORDER.index(trial.condition))
            for session, trial in self.served_to.get(rater, ())
            if trial.role in _RATED and session in self.open and (session, trial.position) not in over
        )
        met = sorted(done.keys() | left.keys())
        return tuple(Share(plan, _ORDER[k], done[plan, k], left[plan, k]) for plan, k in met)

    def checks(self, rows: Int, log: Log) -> tuple[int, int]:
        """Attention checks passed, and met."""
        attention = tuple(Role).index(Role.ATTENTION)
        met = [k for k in rows.tolist() if log.role[k] == attention and log.stands[k] and log.answers[k]]
        passed = [
            set(log.answers[k]) == set(self.right.get((int(log.session[k]), int(log.position[k])), ())) for k in met
        ]
        return sum(passed), len(met)


def _going_on(drawn: Mapping[int, Session], ended: set[int]) -> frozenset[int]:
    """Sittings that can be taken up again: a rater's newest of a plan, unless the plan has been changed since."""
    newest = {(each.rater, each.plan): k for k, each in sorted(drawn.items())}
    version = {each.plan: each.plan_sha256 for _, each in sorted(drawn.items())}
    return frozenset(k for k in newest.values() if version[drawn[k].plan] == drawn[k].plan_sha256) - ended


def read_sittings(workspace: Workspace, corpus_id: int) -> Sittings:
    """The sittings of a corpus, their trials and what happened in them."""
    known = sessions.every(workspace, corpus_id)
    number = {each.uuid: k for k, each in known.items()}
    served: dict[str, list[tuple[int, Trial]]] = {}
    for session, trial in campaign.served(workspace, corpus_id):
        served.setdefault(known[session].rater, []).append((session, trial))
    skipped: dict[tuple[int, int], int] = {}
    flags, seen, ended = Counter[str](), dict[str, float](), set[int]()
    for event in sessions.events(workspace, corpus_id):
        session = number[event.session]
        rater = known[session].rater
        seen[rater] = max(seen.get(rater, 0.0), campaign.seconds(event.created_at))
        flags[rater] += event.kind is EventKind.FLAGGED
        if event.kind in _CLOSES:
            ended.add(session)
        elif event.kind is EventKind.CONSENT:
            ended.discard(session)
        if event.kind in _SKIPS and event.position is not None:
            at = session, event.position
            skipped[at] = skipped.get(at, 0) + _SKIPS[event.kind]
    gone = frozenset(at for at, times in skipped.items() if times > 0)
    used = plans.every(workspace, corpus_id)
    return Sittings(
        plans=tuple(sorted({(plan.name, plan.version) for plan in used})),
        target=max((plan.target.ratings for plan in used), default=_USUAL_TARGET),
        plan_of={k: each.plan or "" for k, each in known.items()},
        open=_going_on({k: known[k] for given in served.values() for k, _ in given}, ended),
        served_to={code: tuple(given) for code, given in served.items()},
        gone=gone,
        skips=Counter(known[session].rater for session, _ in gone),
        flags=flags,
        last_seen=seen,
        right={
            (session, trial.position): trial.answer
            for given in served.values()
            for session, trial in given
            if trial.role is Role.ATTENTION
        },
    )
