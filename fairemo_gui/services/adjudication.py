"""Adjudication: one gold label where raters differ, by plurality, by weighed votes, or as a person decides.

Gold labels are ratings of a rater of their own kind: appended, superseded when done again, never counted as one more
vote beside those they settle. Where raters cannot be brought together the label is `no_agreement`.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from fractions import Fraction

import numpy as np

from fairemo_gui.core.records import Changes, Condition, Rater, RaterKind, Rating, Role, Truth
from fairemo_gui.errors import UserError
from fairemo_gui.services import rating as given
from fairemo_gui.store import corpora, labels, raters, ratings
from fairemo_gui.store.corpora import CorpusRow
from fairemo_gui.store.labels import NO_AGREEMENT
from fairemo_gui.store.raters import GOLD
from fairemo_gui.store.workspace import Workspace

_DECIDED = "decided by "


@dataclass(frozen=True, slots=True)
class AdjudicationPlan:
    """How votes become one label.

    Attributes:
        gold: Code of the rater the labels are kept under.
        weights: What a rater's votes weigh, 1 where it is not said; None = everybody the same, and votes a corpus
            ships counted take part.
        share: More than this share of the weight must agree; 0 = most votes win. A tie is never an agreement.
        in_sight: Votes given in sight of a prediction take part too.
    """

    gold: str = GOLD
    weights: Mapping[str, Fraction] | None = None
    share: Fraction = Fraction(0)
    in_sight: bool = False

    def words(self) -> str:
        """As it is noted beside each label."""
        weighed = ", ".join(f"{code} {float(weight):g}" for code, weight in sorted((self.weights or {}).items()))
        rule = f"weighed votes ({weighed})" if self.weights is not None else "plurality"
        return f"{rule}, more than {float(self.share):.0%}" if self.share else rule


@dataclass(frozen=True, slots=True)
class Adjudicated:
    """What adjudication found.

    Attributes:
        settled: Number of utterances with one emotion.
        no_agreement: Number of utterances whose raters cannot be brought together.
        changed: Number of labels that are new or otherwise than before.
        kept: Number of labels a person decided, which were left as they are.
    """

    settled: int
    no_agreement: int
    changed: int
    kept: int


def adjudicate(
    workspace: Workspace, corpus: CorpusRow, condition: Condition, plan: AdjudicationPlan
) -> tuple[Adjudicated, Changes]:
    """Settle every utterance that has votes in a condition. Done again, it follows the votes of that day.

    Raises:
        UserError: The gold rater's code is a person's, or a weight is given to nobody who rated.
    """
    with workspace.transaction():
        _check_name(workspace, plan.gold)
        votes = _votes(workspace, corpus, condition, plan)
        former = _standing(workspace, corpus, condition, plan.gold)
        verdicts = {code: verdict(counts, plan.share) for code, counts in votes.items()}
        kept = {code for code, rating in former.items() if rating.votes and decided_by(rating) is not None}
        wanted: dict[str, tuple[str, ...]] = dict.fromkeys(former.keys() - votes.keys() - kept, ())
        wanted |= {code: (emotion,) for code, emotion in verdicts.items() if code not in kept}
        changed = _append(workspace, corpus, condition, wanted, former, (plan.gold, plan.words()))
    disagree = sum(emotion == NO_AGREEMENT for emotion in verdicts.values())
    found = Adjudicated(len(verdicts) - disagree, disagree, changed, len(kept))
    return found, Changes(frozenset({"ratings", "labels"}))


def decide(
    workspace: Workspace,
    corpus: CorpusRow,
    condition: Condition,
    decisions: Mapping[str, str],
    person: str,
    gold: str = GOLD,
) -> Changes:
    """Settle utterances as a person says; adjudicating again leaves these labels alone.

    Args:
        workspace: Open workspace.
        corpus: Whose utterances are settled.
        condition: The condition they were rated in.
        decisions: An emotion in any known spelling, or `no_agreement`, per utterance code.
        person: Who decided; noted beside each label.
        gold: Code of the rater the labels are kept under.

    Raises:
        UserError: An utterance or an emotion is not the corpus's, or the gold rater's code is a person's.
    """
    ids, scheme = corpora.utterance_ids(workspace, corpus.id), corpus.scheme
    unknown = sorted(decisions.keys() - ids.keys())
    if unknown:
        raise UserError(f"{corpus.name} has no utterance “{unknown[0]}”; decide only on utterances it has.")
    wanted = {
        code: (emotion if emotion == NO_AGREEMENT else scheme.classes[scheme.index(emotion)],)
        for code, emotion in decisions.items()
    }
    with workspace.transaction():
        _check_name(workspace, gold)
        former = _standing(workspace, corpus, condition, gold)
        _append(workspace, corpus, condition, wanted, former, (gold, f"{_DECIDED}{person}"))
    return Changes(frozenset({"ratings", "labels"}), tuple(ids[code] for code in wanted))


def take_back(
    workspace: Workspace, corpus: CorpusRow, condition: Condition, person: str, gold: str = GOLD
) -> tuple[Rating, Changes] | None:
    """Take back the newest decision a person made in a condition; what it had replaced is in force again.

    Returns:
        The decision and the changes; None where none of this person's is in force.
    """
    with workspace.transaction():
        log = ratings.read(
            workspace, "corpus_id = ? AND condition = ? AND rater.code = ?", corpus.id, condition.value, gold
        )
        former = _standing(workspace, corpus, condition, gold)
        undone = {rating.undoes for rating in log}
        for last in log:
            mine = {decided_by(last), decided_by(former[last.utterance])} == {person}
            if mine and last.undoes is None and last.uuid not in undone:
                utterance = corpora.utterance_ids(workspace, corpus.id)[last.utterance]
                now = datetime.now(UTC).isoformat(timespec="milliseconds")
                return last, given.take_back(workspace, corpus, utterance, last, now)
    return None


def decided_by(rating: Rating) -> str | None:
    """The person who decided a gold rating; None where a rule did."""
    comment = rating.comment or ""
    return comment.removeprefix(_DECIDED) if comment.startswith(_DECIDED) else None


def verdict(weights: Mapping[str, Fraction], share: Fraction = Fraction(0)) -> str:
    """The one emotion with the greatest weight, if more than `share` of all weight is its; else `no_agreement`."""
    most = max(weights.values())
    first = [emotion for emotion, weight in weights.items() if weight == most]
    return first[0] if len(first) == 1 and most > share * sum(weights.values()) else NO_AGREEMENT


def _check_name(workspace: Workspace, gold: str) -> None:
    kinds = {rater.code: rater.kind for rater in raters.every(workspace)}
    if kinds.get(gold, RaterKind.ADJUDICATED) is not RaterKind.ADJUDICATED:
        raise UserError(
            f"“{gold}” is a rater who gave ratings here: keep decisions under another name (“Kept as”, --gold)."
        )


def _votes(
    workspace: Workspace, corpus: CorpusRow, condition: Condition, plan: AdjudicationPlan
) -> dict[str, dict[str, Fraction]]:
    """Weight per emotion, of the utterances that have any."""
    if plan.weights is not None:
        return _weighed(workspace, corpus, condition, plan.weights, in_sight=plan.in_sight)
    ids = corpora.utterance_ids(workspace, corpus.id)
    places = np.array(list(ids.values()), dtype=np.int64)
    truth, size = Truth(condition.value), len(corpus.scheme)
    counts = labels.counts(workspace, places, truth, size, blind_only=not plan.in_sight)
    return {
        code: {emotion: Fraction(n) for emotion, n in zip(corpus.scheme.classes, row, strict=True) if n}
        for code, row in zip(ids, counts.tolist(), strict=True)
        if any(row)
    }


def _weighed(
    workspace: Workspace, corpus: CorpusRow, condition: Condition, weights: Mapping[str, Fraction], *, in_sight: bool
) -> dict[str, dict[str, Fraction]]:
    no_votes = {RaterKind.ADJUDICATED, RaterKind.SELF}
    voters = {rater.code for rater in raters.every(workspace, corpus.id) if rater.kind not in no_votes}
    if strangers := sorted(weights.keys() - voters):
        raise UserError(f"“{strangers[0]}” gave no votes in {corpus.name}: weigh those who did.")
    found: dict[str, dict[str, Fraction]] = {}
    for rating, stands in ratings.log(workspace, corpus.id, condition):
        weight = weights.get(rating.rater, Fraction(1))
        counts = stands and rating.role is Role.MAIN and rating.rater in voters
        if counts and weight and (in_sight or not rating.prediction_visible):
            for emotion in rating.votes:
                sums = found.setdefault(rating.utterance, {})
                sums[emotion] = sums.get(emotion, Fraction(0)) + weight
    return found


def _standing(workspace: Workspace, corpus: CorpusRow, condition: Condition, gold: str) -> dict[str, Rating]:
    """The gold rating per utterance code that is in force; of several, as after merging, the newest."""
    found = ratings.log(workspace, corpus.id, condition, gold)
    return {rating.utterance: rating for rating, stands in found if stands}


def _append(
    workspace: Workspace,
    corpus: CorpusRow,
    condition: Condition,
    wanted: Mapping[str, tuple[str, ...]],
    former: Mapping[str, Rating],
    plan: tuple[str, str],
) -> int:
    """Append gold ratings where they are otherwise than the former ones; the number of them."""
    gold, how = plan
    now = datetime.now(UTC).isoformat(timespec="milliseconds")
    new = [
        Rating(
            uuid=str(uuid.uuid4()),
            utterance=code,
            rater=gold,
            condition=condition,
            votes=votes,
            supersedes=former[code].uuid if code in former else None,
            created_at=now,
            comment=how,
        )
        for code, votes in wanted.items()
        if (votes, how) != ((former[code].votes, former[code].comment) if code in former else ((), how))
    ]
    ids = corpora.utterance_ids(workspace, corpus.id)
    return ratings.insert_all(workspace, (Rater(gold, RaterKind.ADJUDICATED),), new, ids, corpus.scheme)
