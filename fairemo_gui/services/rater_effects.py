"""Rater × speaker gender in one condition, from the single ratings of a workspace."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from fairemo_gui.core.records import Condition
from fairemo_gui.evaluation.intervals import IntervalPlan
from fairemo_gui.evaluation.rater_effects import (
    GENDERS,
    Effect,
    Quantity,
    RaterRow,
    agrees_with_others,
    rater_effects,
    single_raters,
)
from fairemo_gui.services.condition_votes import ConditionVotes
from fairemo_gui.store.corpora import CorpusRow, UtteranceTable
from fairemo_gui.store.rating_table import RatingTable


@dataclass(frozen=True)
class RatersView:
    """Who rates whom in one condition.

    Attributes:
        ratings: Single ratings of speakers of known gender.
        genders: Raters by gender; `unknown` last, where there are any.
        left_out: Ratings of speakers of unknown gender.
        no_reference: Ratings that agree with nobody's plurality, as the other raters tie or there are none.
        effects: Per emotion, agreement and scale.
        single: Every rater who has ratings to hold against the others; empty where that was not asked for.
    """

    condition: Condition
    ratings: int
    genders: Mapping[str, int]
    left_out: int
    no_reference: int
    effects: tuple[Effect, ...]
    single: tuple[RaterRow, ...]

    def to_json(self, people: tuple[str, ...]) -> dict[str, Any]:
        """One object; raters by code."""
        return {
            "condition": self.condition.value,
            "ratings": self.ratings,
            "raters": dict(self.genders),
            "left_out": self.left_out,
            "no_reference": self.no_reference,
            "effects": [effect.to_json() for effect in self.effects],
            "single": [row.to_json(people) for row in self.single],
        }


def raters_view(
    corpus: CorpusRow,
    table: UtteranceTable,
    votes: ConditionVotes,
    intended: npt.NDArray[np.int64],
    minimum_n: int = 20,
    plan: IntervalPlan | None = None,
    check: Callable[[], None] = lambda: None,
    *,
    single: bool = True,
) -> RatersView:
    """Compare groups of raters and single raters.

    Args:
        corpus: The ratings' corpus.
        table: Its utterances.
        votes: The ratings of one condition.
        intended: One vote per utterance of the table for what the actor was asked for, shape (n, C); 0 = unknown.
        minimum_n: Ratings a group must have to be compared.
        plan: How intervals are made; None = none.
        check: Called between blocks of work; raises to cancel.
        single: Hold every single rater against the others too: slow where there are thousands.
    """
    ratings, at = votes.ratings, votes.at
    named = ratings.votes.any(axis=1)
    others = np.where(named, agrees_with_others(ratings.votes, votes.counts[at]), np.nan)
    of_person = [None if person.gender is None else person.gender.value for person in ratings.people]
    speaker_gender = table.attribute("gender")[at].tolist()
    who = (ratings.rater, [of_person[k] for k in ratings.rater.tolist()], table.speaker_index[at], speaker_gender)
    known = np.array([gender in GENDERS for gender in speaker_gender], dtype=bool)
    people = Counter(of_person[k] or "unknown" for k in np.unique(ratings.rater).tolist())
    quantities = list(_quantities(corpus.scheme.classes, ratings, intended[at], others))
    return RatersView(
        condition=votes.condition,
        ratings=int(known.sum()),
        genders={gender: people[gender] for gender in (*GENDERS, "unknown") if people[gender]},
        left_out=int((~known).sum()),
        no_reference=int((np.isnan(others) & named & known).sum()),
        effects=rater_effects(quantities, *who, minimum_n, plan, check),
        single=single_raters(others, *who, minimum_n, plan, check) if single else (),
    )


def _quantities(
    classes: tuple[str, ...], ratings: RatingTable, intended: npt.NDArray[np.int64], others: npt.NDArray[np.float64]
) -> Iterator[Quantity]:
    answered = ratings.votes.any(axis=1)
    if answered.any():
        for name, chosen in zip(classes, ratings.votes.T, strict=True):
            yield Quantity(name, "rate", np.where(answered, chosen, np.nan))
        if intended.any():
            named = (ratings.votes & (intended > 0)).any(axis=1)
            yield Quantity("intended", "agreement", np.where(answered & intended.any(axis=1), named, np.nan))
        yield Quantity("others", "agreement", others)
    for name, values in ratings.scales.items():
        yield Quantity(name, "scale", values)
