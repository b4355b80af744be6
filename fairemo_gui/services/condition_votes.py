"""What raters said in one condition: votes per utterance, and the single ratings that are known."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from fairemo_gui.core.records import Condition, Truth
from fairemo_gui.evaluation.arrays import ratio
from fairemo_gui.store import labels
from fairemo_gui.store.corpora import CorpusRow, UtteranceTable
from fairemo_gui.store.rating_table import RatingTable
from fairemo_gui.store.workspace import Workspace


@dataclass(frozen=True, eq=False)
class ConditionVotes:
    """The votes of one condition, without those given in sight of a prediction.

    Attributes:
        counts: Votes per utterance of the table, shape (n, C): those of the ratings, and those that came counted.
        ratings: Single ratings; those on scales alone are no votes.
        at: Row of each rating's utterance in the table, shape (m,).
    """

    condition: Condition
    counts: npt.NDArray[np.int64]
    ratings: RatingTable
    at: npt.NDArray[np.int64]

    @property
    def repeated(self) -> int:
        """Votes beyond a rater's first of the same utterance."""
        named = self.ratings.votes.any(axis=1)
        keys = (self.at * (len(self.ratings.people) + 1) + self.ratings.rater)[named]
        return len(keys) - len(np.unique(keys))

    @property
    def rated(self) -> npt.NDArray[np.int64]:
        """Ratings per utterance of the table: votes, and ratings on scales alone, shape (n,)."""
        alone = ~self.ratings.votes.any(axis=1)
        return np.asarray(self.counts.sum(axis=1) + np.bincount(self.at[alone], minlength=len(self.counts)))

    def mean_on(self, scale: str) -> npt.NDArray[np.float64]:
        """Mean rating of each utterance on a scale, shape (n,); NaN where there is none."""
        values = self.ratings.scales.get(scale, np.full(len(self.at), np.nan))
        known = ~np.isnan(values)
        n = np.bincount(self.at[known], minlength=len(self.counts))
        return ratio(np.bincount(self.at[known], values[known], len(self.counts)), n)

    def raters(self, inside: npt.NDArray[np.bool_]) -> int | None:
        """Different raters of some utterances, shape (n,); None where votes came counted, without their raters."""
        rated = inside[self.at]
        if self.ratings.votes[rated].sum() < self.counts[inside].sum():
            return None
        return len(np.unique(self.ratings.rater[rated]))


def condition_votes(
    workspace: Workspace,
    corpus: CorpusRow,
    table: UtteranceTable,
    ratings: RatingTable,
    condition: Condition,
    ids: npt.NDArray[np.int64] | None = None,
    *,
    smart: bool = False,
) -> ConditionVotes:
    """The votes of a condition, of all of a corpus's ratings; those of other utterances than `ids` are left out.

    With `smart`, of ratings that were read with those of smart queues.
    """
    chosen = np.ones(len(table), dtype=bool) if ids is None else np.isin(table.ids, ids)
    truth = Truth(condition.value)
    counts = labels.counts(workspace, table.ids, truth, len(corpus.scheme), blind_only=True, smart=smart)
    ours = ratings.take(ratings.of(condition) & ratings.blind)
    order = np.argsort(table.ids)
    at = order[np.searchsorted(table.ids, ours.utterance, sorter=order)]
    return ConditionVotes(condition, np.where(chosen[:, None], counts, 0), ours.take(chosen[at]), at[chosen[at]])
