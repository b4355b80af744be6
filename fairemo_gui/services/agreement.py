"""How far the raters of a corpus agree, per condition and group of speakers, and whether who rates whom matters."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from fairemo_gui.core import numbers
from fairemo_gui.core.labels import plurality, tied
from fairemo_gui.core.records import Condition, Truth
from fairemo_gui.evaluation.agreement import (
    Agreement,
    Coefficient,
    cohen,
    difference,
    fleiss,
    interval_alpha,
    nominal_alpha,
    ordinal_alpha,
)
from fairemo_gui.evaluation.agreement_definitions import AGREEMENT_DEFINITIONS
from fairemo_gui.evaluation.arrays import factorise
from fairemo_gui.evaluation.dimensional import concordance
from fairemo_gui.evaluation.intervals import IntervalPlan
from fairemo_gui.evaluation.partition import EVERYONE, Partition, partitions
from fairemo_gui.evaluation.rater_pairs import PairsOfRaters, pairs_of_raters
from fairemo_gui.services.condition_votes import ConditionVotes, condition_votes
from fairemo_gui.services.rater_effects import RatersView, raters_view
from fairemo_gui.store import corpora, labels
from fairemo_gui.store import ratings as ratings_log
from fairemo_gui.store.corpora import CorpusRow, UtteranceTable
from fairemo_gui.store.rating_table import SCALES, RatingTable, rating_table
from fairemo_gui.store.workspace import Workspace

# Voice against both comes first: it is what systems that only hear are held against.
BETWEEN = ((Condition.VOICE, Condition.AV), (Condition.FACE, Condition.AV), (Condition.VOICE, Condition.FACE))


@dataclass(frozen=True)
class AgreementRow:
    """The coefficients of one group of speakers in one condition, or between the pluralities of two.

    Attributes:
        conditions: One or two.
        by: Attribute or intersection; empty = everyone.
        value: The group; None = unknown.
        utterances: Utterances with votes, or ratings on a scale (between conditions: in both).
        raters: Different raters; None where votes came counted.
        ratings: Votes, and ratings on scales alone.
        ties: Utterances whose plurality is shared and went to the first class.
        small: Fewer utterances than the set minimum: shown grey, left out of differences.
        coefficients: By name: `alpha_nominal`, `fleiss`, `SCALE_alpha_ordinal`, `SCALE_alpha_interval`; between
            conditions `cohen`, `SCALE_ccc`.
    """

    conditions: tuple[Condition, ...]
    by: str
    value: str | None
    utterances: int
    speakers: int
    raters: int | None
    ratings: int
    ties: int
    small: bool
    coefficients: Mapping[str, Agreement]

    def to_json(self) -> dict[str, Any]:
        """One object."""
        return {
            "conditions": [condition.value for condition in self.conditions],
            "by": self.by or None,
            "value": self.value or None,
            "utterances": self.utterances,
            "speakers": self.speakers,
            "raters": self.raters,
            "ratings": self.ratings,
            "ties": self.ties,
            "small": self.small,
            "coefficients": {name: found.to_json() for name, found in self.coefficients.items()},
        }


@dataclass(frozen=True)
class AgreementDifference:
    """The coefficients of one group of speakers minus those of the other, where an attribute has two groups."""

    conditions: tuple[Condition, ...]
    by: str
    plus: str
    minus: str
    coefficients: Mapping[str, Agreement]

    def to_json(self) -> dict[str, Any]:
        """One object."""
        return {
            "conditions": [condition.value for condition in self.conditions],
            "by": self.by,
            "plus": self.plus,
            "minus": self.minus,
            "coefficients": {name: found.to_json() for name, found in self.coefficients.items()},
        }


@dataclass(frozen=True)
class AgreementView:
    """Everything about the agreement of a corpus's raters.

    Attributes:
        by: Attributes of speakers.
        rows: Per condition that has votes: everyone, then each group of speakers.
        between: The same between the pluralities of two conditions.
        differences: For attributes of two groups, of both kinds of rows.
        pairs: Single raters held against each other, per condition that has single ratings.
        raters: Rater × speaker gender, likewise.
        people: Codes of the raters that `pairs` and `raters` point to.
        plan: How intervals were made; None = there are none.
        caveats: What a reader must know.
    """

    corpus: str
    by: tuple[str, ...]
    rows: tuple[AgreementRow, ...]
    between: tuple[AgreementRow, ...]
    differences: tuple[AgreementDifference, ...]
    pairs: Mapping[Condition, PairsOfRaters]
    raters: tuple[RatersView, ...]
    people: tuple[str, ...]
    plan: IntervalPlan | None
    caveats: tuple[str, ...]

    @property
    def scales(self) -> tuple[str, ...]:
        """Scales that ratings have values on: `intensity`, `activation`, `valence`, `dominance`."""
        return tuple(s for s in SCALES if any(f"{s}_alpha_interval" in row.coefficients for row in self.rows))

    def to_json(self) -> dict[str, Any]:
        """The object `fairemo agreement --json` prints."""
        return {
            "corpus": self.corpus,
            "by": list(self.by),
            "intervals": None if self.plan is None else plan_to_json(self.plan),
            "rows": [row.to_json() for row in self.rows],
            "between": [row.to_json() for row in self.between],
            "differences": [row.to_json() for row in self.differences],
            "pairs": {condition.value: found.to_json(self.people) for condition, found in self.pairs.items()},
            "raters": [found.to_json(self.people) for found in self.raters],
            "caveats": list(self.caveats),
            "definitions": {key: definition.to_json() for key, definition in AGREEMENT_DEFINITIONS.items()},
        }


def plan_to_json(plan: IntervalPlan) -> dict[str, Any]:
    """How intervals were made."""
    made = {"form": str(plan.chosen_form), "unit": str(plan.unit), "replicates": plan.replicates}
    return {**made, "seed": plan.seed, "level": plan.level}


def measure_agreement(
    workspace: Workspace,
    corpus: CorpusRow,
    by: Sequence[str] = ("gender",),
    *,
    ids: npt.NDArray[np.int64] | None = None,
    intervals: IntervalPlan | None = None,
    minimum_n: int = 20,
    table: UtteranceTable | None = None,
    single: bool = True,
    smart: bool = False,
    check: Callable[[], None] = lambda: None,
) -> AgreementView:
    """Measure the agreement of raters; ratings given in sight of a prediction are left out.

    Args:
        workspace: Open workspace.
        corpus: Which corpus.
        by: Attributes of speakers to group by; several are also crossed.
        ids: Only these utterances; None = all.
        intervals: How intervals are made; None = none.
        minimum_n: Groups under this number of utterances stay out of differences; pairs of raters must share so many.
        table: The corpus's table where the caller has it already.
        single: Hold every single rater against the others too: slow where there are thousands.
        smart: Ratings that smart queues asked for take part too, though they are no fair sample.
        check: Called between blocks of work; raises to cancel.

    Raises:
        UserError: An attribute is unknown.
        CancelledError: `check` raised it.
    """
    table = table or corpora.table(workspace, corpus.id)
    attributes = [(name, *factorise(table.attribute(name))) for name in dict.fromkeys(by)]
    ratings = rating_table(workspace, corpus.id, corpus.scheme, smart=smart)
    if ids is not None:
        ratings = ratings.take(np.isin(ratings.utterance, ids))
    known = [condition_votes(workspace, corpus, table, ratings, condition, ids, smart=smart) for condition in Condition]
    voted = {votes.condition: votes for votes in known if votes.rated.any()}
    measure = _Measure(table, partitions(attributes, len(table)), minimum_n, intervals, check)
    within = [measure.within(votes) for votes in voted.values()]
    between = [measure.between(voted[a], voted[b]) for a, b in BETWEEN if a in voted and b in voted]
    rated = [votes for votes in voted.values() if len(votes.ratings)]
    intended = labels.counts(workspace, table.ids, Truth.INTENDED, len(corpus.scheme))
    raters = tuple(
        raters_view(corpus, table, votes, intended, minimum_n, intervals, check, single=single) for votes in rated
    )
    return AgreementView(
        corpus=corpus.name,
        by=tuple(by),
        rows=tuple(row for found, _ in within for row in found),
        between=tuple(row for found, _ in between for row in found),
        differences=tuple(row for _, found in (*within, *between) for row in found),
        pairs={votes.condition: measure.pairs(votes) for votes in rated if votes.ratings.votes.any()},
        raters=raters,
        people=tuple(rater.code for rater in ratings.people),
        plan=intervals,
        caveats=(*_caveats(voted, ratings, raters), *_smart_caveats(workspace, corpus, smart=smart)),
    )


@dataclass(frozen=True, eq=False)
class _Measure:
    """How every group is measured."""

    table: UtteranceTable
    groupings: tuple[Partition, ...]
    minimum_n: int
    plan: IntervalPlan | None
    check: Callable[[], None]

    def within(self, votes: ConditionVotes) -> tuple[list[AgreementRow], list[AgreementDifference]]:
        """Every group in one condition."""

        def sizes(inside: npt.NDArray[np.bool_]) -> dict[str, Any]:
            ratings, ties = int(votes.rated[inside].sum()), int(tied(votes.counts[inside]).sum())
            return {"raters": votes.raters(inside), "ratings": ratings, "ties": ties}

        has = votes.rated > 0
        return self._groups((votes.condition,), has, sizes, lambda inside: self._coefficients(votes, inside))

    def between(
        self, first: ConditionVotes, second: ConditionVotes
    ) -> tuple[list[AgreementRow], list[AgreementDifference]]:
        """Every group between the pluralities, and the mean ratings, of two conditions."""
        classes, speakers = first.counts.shape[1], self.table.speaker_index
        chosen = [plurality(votes.counts) for votes in (first, second)]
        voted = (chosen[0] >= 0) & (chosen[1] >= 0)
        shared = voted & (tied(first.counts) | tied(second.counts))
        means = {scale: (first.mean_on(scale), second.mean_on(scale)) for scale in SCALES}
        scaled = {scale: ~np.isnan(one + other) for scale, (one, other) in means.items()}

        def coefficients(inside: npt.NDArray[np.bool_]) -> dict[str, Coefficient]:
            found = {}
            if (inside & voted).any():
                found["cohen"] = cohen(chosen[0][inside], chosen[1][inside], classes, speakers[inside])
            for scale, (one, other) in means.items():
                if (inside & scaled[scale]).any():
                    found[f"{scale}_ccc"] = concordance(one[inside], other[inside], speakers[inside])
            return found

        def sizes(inside: npt.NDArray[np.bool_]) -> dict[str, Any]:
            ratings = int(first.rated[inside].sum() + second.rated[inside].sum())
            return {"raters": None, "ratings": ratings, "ties": int(shared[inside].sum())}

        both = np.any([voted, *scaled.values()], axis=0)
        return self._groups((first.condition, second.condition), both, sizes, coefficients)

    def pairs(self, votes: ConditionVotes) -> PairsOfRaters:
        """Single raters of one condition held against each other; only answers of one emotion, a rater's last."""
        ratings = votes.ratings
        one = np.flatnonzero(ratings.votes.sum(axis=1) == 1)
        key = votes.at[one] * (len(ratings.people) + 1) + ratings.rater[one]
        _, newest = np.unique(key[::-1], return_index=True)
        rows = one[::-1][newest]
        return pairs_of_raters(
            votes.at[rows], ratings.rater[rows], ratings.votes[rows].argmax(axis=1),
            self.table.speaker_index[votes.at[rows]], ratings.votes.shape[1], self.minimum_n, self.plan, self.check,
        )  # fmt: skip

    def _coefficients(self, votes: ConditionVotes, inside: npt.NDArray[np.bool_]) -> dict[str, Coefficient]:
        counts, speakers = votes.counts[inside], self.table.speaker_index
        found = {c.name: c for c in (of(counts, speakers[inside]) for of in (nominal_alpha, fleiss) if counts.any())}
        for scale, values in votes.ratings.scales.items():
            rows = inside[votes.at] & ~np.isnan(values)
            if rows.any():
                at = votes.at[rows]
                for alpha in (ordinal_alpha, interval_alpha):
                    coefficient = alpha(at, values[rows], speakers[at])
                    found[f"{scale}_{coefficient.name}"] = coefficient
        return found

    def _groups(
        self,
        conditions: tuple[Condition, ...],
        has: npt.NDArray[np.bool_],
        sizes: Callable[[npt.NDArray[np.bool_]], dict[str, Any]],
        coefficients: Callable[[npt.NDArray[np.bool_]], dict[str, Coefficient]],
    ) -> tuple[list[AgreementRow], list[AgreementDifference]]:
        rows, differences = [], []
        for grouping in self.groupings:
            compared: dict[str, dict[str, Coefficient]] = {}
            for k, value in enumerate(grouping.values):
                inside = has & (grouping.group == k)
                n = int(inside.sum())
                if not n:
                    continue
                made, small = coefficients(inside), n < self.minimum_n
                speakers = len(np.unique(self.table.speaker_index[inside]))
                rows.append(
                    AgreementRow(conditions, grouping.by, value, n, speakers, small=small, **sizes(inside),
                                 coefficients={name: c.estimate(self.plan, self.check) for name, c in made.items()})
                )  # fmt: skip
                if value is not None and not small:
                    compared[value] = made
            if grouping.by != EVERYONE and len(compared) == 2:
                differences.append(self._difference(conditions, grouping.by, compared))
        return rows, differences

    def _difference(
        self, conditions: tuple[Condition, ...], by: str, compared: Mapping[str, Mapping[str, Coefficient]]
    ) -> AgreementDifference:
        (minus, lower), (plus, upper) = compared.items()
        found = {name: difference(upper[name], lower[name], self.plan, self.check) for name in upper if name in lower}
        return AgreementDifference(conditions, by, plus, minus, found)


def _caveats(
    voted: Mapping[Condition, ConditionVotes], ratings: RatingTable, raters: Sequence[RatersView]
) -> tuple[str, ...]:
    found = []
    in_sight = int((~ratings.blind).sum())
    if in_sight:
        found.append(f"Left out: {numbers.counted(in_sight, 'rating')} given in sight of a prediction.")
    twice = sum(votes.repeated for votes in voted.values())
    if twice:
        found.append(f"{twice:,} ratings are a rater's second of the same utterance; each counts as a vote.")
    several = sum(int((votes.ratings.votes.sum(axis=1) > 1).sum()) for votes in voted.values())
    if several:
        found.append(
            f"{several:,} ratings name several emotions: each counts as a vote, so a rater may disagree with himself; "
            "pairs of raters leave them out."
        )
    counted = [c.value for c, votes in voted.items() if votes.counts.sum() > votes.ratings.votes.sum()]
    if counted:
        found.append(
            f"Votes of {', '.join(counted)} came counted, without their raters: of those there are no pairs of raters "
            "and no effects of who rates whom."
        )
    unknown = [
        f"{v.condition} {v.genders['unknown']} of {sum(v.genders.values())}" for v in raters if "unknown" in v.genders
    ]
    if unknown:
        found.append(f"Raters of unknown gender have no part in the effect of own gender: {', '.join(unknown)}.")
    return tuple(found)


def _smart_caveats(workspace: Workspace, corpus: CorpusRow, *, smart: bool) -> tuple[str, ...]:
    asked = ratings_log.of_smart_queues(workspace, corpus.id)
    if not asked:
        return ()
    if smart:
        return (f"{asked:,} ratings are of smart queues, which ask where an answer says most: no fair sample.",)
    return (f"Left out: {numbers.counted(asked, 'rating')} of smart queues (--smart takes them in).",)
