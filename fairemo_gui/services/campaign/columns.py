"""The columns that every figure of a campaign is computed from, read once."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from fairemo_gui.core.labels import plurality
from fairemo_gui.core.records import Condition, Role
from fairemo_gui.evaluation.arrays import Bool, Float, Int
from fairemo_gui.evaluation.rater_effects import agrees_with_others
from fairemo_gui.services.campaign.disputes import pairwise_agreement
from fairemo_gui.services.campaign.drift import places
from fairemo_gui.services.campaign.records import Items
from fairemo_gui.services.campaign.sittings import Sittings, read_sittings
from fairemo_gui.services.condition_votes import ConditionVotes, condition_votes
from fairemo_gui.store import campaign, corpora
from fairemo_gui.store.campaign import Log
from fairemo_gui.store.corpora import CorpusRow, UtteranceTable
from fairemo_gui.store.rating_table import rating_table
from fairemo_gui.store.workspace import Workspace

_MAIN = tuple(Role).index(Role.MAIN)


@dataclass(frozen=True, eq=False)
class Campaign:
    """A campaign as it stood when it was read.

    Attributes:
        corpus: Its name.
        conditions: Votes and ratings on scales, in order of `Condition`.
        at: Row of each entry's utterance in the table, shape (m,).
        chosen: Class of each entry that names exactly one; −1 otherwise.
        votes: Emotions each entry names, shape (m, C).
    """

    corpus: str
    table: UtteranceTable
    log: Log
    sittings: Sittings
    conditions: tuple[ConditionVotes, ...]
    at: Int
    chosen: Int
    votes: Bool

    @cached_property
    def counts(self) -> Int:
        """Votes per condition, utterance of the table and class, shape (3, n, C)."""
        return np.stack([votes.counts for votes in self.conditions])

    @cached_property
    def answered(self) -> Bool:
        """Standing answers of the main role, blind: votes, and answers on scales alone."""
        return np.asarray(self.log.stands & self.log.blind & (self.log.role == _MAIN))

    @cached_property
    def counted(self) -> Bool:
        """Entries that are votes."""
        return np.asarray(self.answered & self.votes.any(axis=1))

    @cached_property
    def others(self) -> Int:
        """Plurality of an entry's other raters; −1 where they tie or are none, and for entries that are no votes."""
        rest = self.counts[self.log.condition, self.at] - self.votes
        most = rest.max(axis=1, initial=0)
        alone = ((rest == most[:, None]).sum(axis=1) == 1) & (most > 0) & self.counted
        return np.where(alone, plurality(rest), -1)

    @cached_property
    def agrees(self) -> Float:
        """Whether each vote names what the others do; NaN where nothing can be said."""
        found = agrees_with_others(self.votes, self.counts[self.log.condition, self.at])
        return np.where(self.counted, found, np.nan)

    @cached_property
    def place(self) -> Float:
        """0–1 along the sitting; answers without one are laid out over all of a rater's answers, in time."""
        alone = self.log.session == 0
        sitting = np.where(alone, -1 - self.log.rater, self.log.session)
        found = np.zeros(len(self.log))
        found[self.answered] = places(sitting[self.answered], self.log.at[self.answered])
        return found

    @cached_property
    def speakers(self) -> Int:
        """Speaker of each entry."""
        return self.table.speaker_index[self.at]

    @cached_property
    def items(self) -> Items:
        """Votes and agreement per utterance."""
        n = np.stack([votes.rated for votes in self.conditions], axis=1)
        agreement = np.stack([pairwise_agreement(counts) for counts in self.counts], axis=1)
        return Items(self.table.ids, self.table.codes, n, agreement, self.sittings.target)


def read_campaign(workspace: Workspace, corpus: CorpusRow) -> Campaign:
    """Read a campaign, in a handful of queries."""
    table, log = corpora.table(workspace, corpus.id), campaign.log(workspace, corpus.id)
    ratings = rating_table(workspace, corpus.id, corpus.scheme)
    conditions = tuple(condition_votes(workspace, corpus, table, ratings, condition) for condition in Condition)
    order = np.argsort(table.ids)
    at = order[np.searchsorted(table.ids, log.utterance, sorter=order)]
    votes = _named(log.answers, corpus.scheme.classes)
    chosen = np.where(votes.sum(axis=1) == 1, votes.argmax(axis=1), -1)
    sittings = read_sittings(workspace, corpus.id)
    return Campaign(corpus.name, table, log, sittings, conditions, at, chosen, votes)


def _named(answers: tuple[tuple[str, ...], ...], classes: tuple[str, ...]) -> Bool:
    kinds: dict[tuple[str, ...], int] = {}
    which = np.array([kinds.setdefault(answer, len(kinds)) for answer in answers], dtype=np.int64)
    table = np.array([[name in answer for name in classes] for answer in kinds], dtype=bool)
    return table.reshape(-1, len(classes))[which]
