"""Where raters disagree in a condition, what was decided there, and every version of what was said."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import numpy as np

from fairemo_gui.core.labels import distribution
from fairemo_gui.core.records import Condition, RaterKind, Rating, Role, Truth
from fairemo_gui.evaluation.arrays import Float, Int, ratio
from fairemo_gui.evaluation.definitions import Definition
from fairemo_gui.services.adjudication import decided_by
from fairemo_gui.store import corpora, labels, raters, ratings
from fairemo_gui.store.corpora import CorpusRow
from fairemo_gui.store.forks import Link, overruled
from fairemo_gui.store.raters import GOLD
from fairemo_gui.store.workspace import Workspace

ENTROPY_DEFINITION = Definition(
    "Entropy of the votes",
    "How evenly an utterance's votes are spread: 0 where all named one emotion, 1 where two got half each, log₂ C "
    "where all C got the same.",
    "− Σ p_k log₂ p_k",
    "Shannon 1948, Bell System Technical Journal 27",
)


@dataclass(frozen=True)
class Dispute:
    """An utterance whose raters did not all name the same emotion.

    Attributes:
        utterance: Its id.
        counts: Votes per class, given without sight of a prediction.
        entropy: Bits.
        majority: More than half of the votes are for one emotion.
        decision: What the gold rater says: an emotion, or `no_agreement`; None = nothing yet.
        person: Who decided; None = nobody, or a rule.
    """

    utterance: int
    code: str
    condition: Condition
    counts: tuple[int, ...]
    entropy: float
    majority: bool
    decision: str | None
    person: str | None

    @property
    def key(self) -> tuple[int, Condition]:
        """What it is about."""
        return self.utterance, self.condition

    @property
    def decided(self) -> bool:
        """Whether a person had the last word."""
        return self.person is not None

    def to_json(self) -> dict[str, Any]:
        """One object."""
        return {
            "utterance": self.code, "condition": self.condition.value, "counts": list(self.counts),
            "entropy": self.entropy, "majority": self.majority, "decision": self.decision, "by": self.person,
        }  # fmt: skip


class State(StrEnum):
    """What became of a version."""

    COUNTS = "counts"
    REPLACED = "replaced"
    TAKEN_BACK = "taken back"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True)
class Version:
    """One entry of the log of an utterance in a condition.

    Attributes:
        number: 1 = this rater's first in this role.
        kind: Who said it.
    """

    rating: Rating
    number: int
    kind: RaterKind
    state: State


def entropy(counts: Int) -> Float:
    """Entropy of vote shares in bits, shape (n,), of counts (n, C); NaN without votes."""
    shares = distribution(counts)
    return np.asarray(np.where(shares > 0, -shares * np.log2(np.where(shares > 0, shares, 1.0)), shares).sum(axis=1))


def pairwise_agreement(counts: Int) -> Float:
    """Share of an utterance's pairs of votes that agree, shape (n,), of counts (n, C); NaN with fewer than two."""
    n = counts.sum(axis=1)
    return ratio((counts**2).sum(axis=1) - n, n * (n - 1))


def disputes(workspace: Workspace, corpus: CorpusRow, condition: Condition, gold: str = GOLD) -> list[Dispute]:
    """Every disagreement of a condition: those without a majority first, then the least certain."""
    ids = corpora.utterance_ids(workspace, corpus.id)
    places = np.fromiter(ids.values(), np.int64, len(ids))
    counts = labels.counts(workspace, places, Truth(condition.value), len(corpus.scheme), blind_only=True)
    total, most = counts.sum(axis=1), counts.max(axis=1, initial=0)
    differ, bits = np.flatnonzero(most < total), entropy(counts)
    said = {r.utterance: r for r, stands in ratings.log(workspace, corpus.id, condition, gold) if stands and r.votes}
    codes = list(ids)
    majority = 2 * most > total
    found = [
        Dispute(
            int(places[k]), codes[k], condition, tuple(counts[k].tolist()), float(bits[k]), bool(majority[k]),
            *_decision(said.get(codes[k])),
        )
        for k in differ.tolist()
    ]  # fmt: skip
    return sorted(found, key=lambda dispute: (dispute.majority, -dispute.entropy, dispute.code))


def versions(workspace: Workspace, utterance_id: int, condition: Condition) -> list[Version]:
    """All that was ever said of an utterance in a condition: rater by rater, each one's versions in order."""
    log = [r for r in reversed(ratings.history(workspace, utterance_id)) if r.condition is condition]
    replaced = {rating.supersedes for rating in log} | overruled(
        Link(
            r.uuid,
            r.supersedes,
            r.created_at,
            r.rater if r.role in (Role.MAIN, Role.SMART) else None,
            r.undoes is not None,
            r.role is Role.SMART,
        )
        for r in log
    )
    undone = {rating.undoes for rating in log}
    kinds = {rater.code: rater.kind for rater in raters.every(workspace)}
    met = Counter[tuple[str, Role]]()
    found = []
    for rating in log:
        met[rating.rater, rating.role] += 1
        state = _state(rating, replaced, undone)
        found.append(Version(rating, met[rating.rater, rating.role], kinds[rating.rater], state))
    return sorted(found, key=lambda v: (v.kind is RaterKind.ADJUDICATED, v.rating.rater, v.rating.role, v.number))


def progress(found: Iterable[Dispute]) -> tuple[int, int]:
    """How many a person has decided, and how many there are."""
    decided = [dispute.decided for dispute in found]
    return sum(decided), len(decided)


def _decision(gold: Rating | None) -> tuple[str | None, str | None]:
    return (None, None) if gold is None else (gold.votes[0], decided_by(gold))


def _state(rating: Rating, replaced: set[str | None], undone: set[str | None]) -> State:
    if rating.uuid in undone:
        return State.TAKEN_BACK
    if rating.uuid in replaced:
        return State.REPLACED
    return State.COUNTS if rating.votes else State.WITHDRAWN
