"""From the rating log to the figures of a campaign."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from fairemo_gui.core.labels import plurality
from fairemo_gui.core.records import Condition, Gender, RaterKind, Role, Truth
from fairemo_gui.evaluation.agreement import Agreement, agreement_rate, cohen, nominal_alpha
from fairemo_gui.evaluation.arrays import Bool, Float, Int
from fairemo_gui.evaluation.bootstrap import Check, no_check
from fairemo_gui.evaluation.intervals import IntervalPlan
from fairemo_gui.evaluation.rater_effects import Quantity, RaterRow, agrees_with_others, rater_effects, single_raters
from fairemo_gui.services.campaign.disputes import pairwise_agreement
from fairemo_gui.services.campaign.drift import drift, places
from fairemo_gui.services.campaign.records import CampaignView, ConditionFigures, Items, RaterFigures
from fairemo_gui.services.campaign.sittings import Sittings, read_sittings
from fairemo_gui.store import campaign, corpora, labels
from fairemo_gui.store.campaign import Log
from fairemo_gui.store.corpora import CorpusRow, UtteranceTable
from fairemo_gui.store.workspace import Workspace

_ORDER = tuple(Condition)
_ROLES = tuple(Role)


def measure_campaign(
    workspace: Workspace,
    corpus: CorpusRow,
    *,
    only: str | None = None,
    intervals: IntervalPlan | None = None,
    totals: IntervalPlan | None = None,
    minimum_n: int = 20,
    check: Check = no_check,
) -> CampaignView:
    """Measure a campaign.

    Args:
        workspace: Open workspace.
        corpus: Which corpus.
        only: Code of the one rater to look at, with what is known of women and men, without totals; None = everybody.
        intervals: How intervals of raters are made; None = none.
        totals: How intervals of all raters together are made; None = none.
        minimum_n: Answers a rate by gender needs for an interval.
        check: Called between raters; raises to cancel.

    Raises:
        CancelledError: `check` raised it.
    """
    measure = _Measure.read(workspace, corpus, intervals, minimum_n, check)
    conditions = [k for k in range(len(_ORDER)) if measure.counts[k].any() and only is None]
    return CampaignView(
        corpus.name,
        measure.sittings.plans,
        tuple(measure.raters(only)),
        tuple(measure.condition(k, totals) for k in conditions),
        measure.items,
    )


@dataclass(frozen=True, eq=False)
class _Measure:
    """The columns of a campaign.

    Attributes:
        counts: Votes per condition, utterance of the table and class, shape (3, n, C).
        at: Row of each entry's utterance in the table, shape (m,).
        chosen: Class of each entry that names exactly one; −1 otherwise.
        votes: Emotions each entry names, shape (m, C).
    """

    table: UtteranceTable
    log: Log
    sittings: Sittings
    counts: Int
    at: Int
    chosen: Int
    votes: Bool
    plan: IntervalPlan | None
    minimum_n: int
    check: Check

    @classmethod
    def read(
        cls, workspace: Workspace, corpus: CorpusRow, plan: IntervalPlan | None, minimum_n: int, check: Check
    ) -> _Measure:
        """Everything from the workspace, in a handful of queries."""
        table, log = corpora.table(workspace, corpus.id), campaign.log(workspace, corpus.id)
        size = len(corpus.scheme)
        counts = [labels.counts(workspace, table.ids, Truth(c.value), size, blind_only=True) for c in Condition]
        order = np.argsort(table.ids)
        at = order[np.searchsorted(table.ids, log.utterance, sorter=order)]
        votes = _named(log.answers, corpus.scheme.classes)
        chosen = np.where(votes.sum(axis=1) == 1, votes.argmax(axis=1), -1)
        sittings = read_sittings(workspace, corpus.id)
        return cls(table, log, sittings, np.stack(counts), at, chosen, votes, plan, minimum_n, check)

    @cached_property
    def counted(self) -> Bool:
        """Entries that are votes: standing answers of the main role, blind."""
        log = self.log
        return np.asarray(log.stands & log.blind & self.votes.any(axis=1) & (log.role == _ROLES.index(Role.MAIN)))

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
        found[self.counted] = places(sitting[self.counted], self.log.at[self.counted])
        return found

    @cached_property
    def speakers(self) -> Int:
        """Speaker of each entry."""
        return self.table.speaker_index[self.at]

    @cached_property
    def items(self) -> Items:
        """Votes and agreement per utterance."""
        n = self.counts.sum(axis=2).T
        agreement = np.stack([pairwise_agreement(counts) for counts in self.counts], axis=1)
        return Items(self.table.ids, self.table.codes, n, agreement, self.sittings.target)

    def raters(self, only: str | None) -> Iterator[RaterFigures]:
        """Everybody who gave an answer or was given a sitting."""
        order = np.argsort(self.log.rater, kind="stable")
        bounds = np.searchsorted(self.log.rater[order], np.arange(len(self.log.people) + 1))
        for k, person in enumerate(self.log.people):
            rows = order[bounds[k] : bounds[k + 1]]
            if person.kind in {RaterKind.ADJUDICATED, RaterKind.SELF} or only not in {None, person.code}:
                continue
            if len(rows) or person.code in self.sittings.served_to:
                self.check()
                yield self._rater(k, rows, alone=only is not None)

    def condition(self, k: int, plan: IntervalPlan | None) -> ConditionFigures:
        """All raters in one condition."""
        counts = self.counts[k]
        n = counts.sum(axis=1)
        alpha = nominal_alpha(counts, self.table.speaker_index).estimate(plan, self.check)
        rows = np.flatnonzero(self.counted & (self.log.condition == k))
        effect = None
        if len(rows) and not np.isnan(self.agrees[rows]).all():
            quantity = Quantity("others", "agreement", self.agrees[rows])
            (effect,) = rater_effects([quantity], *self._who(rows), self.minimum_n, plan, self.check)
        full = int((n >= self.sittings.target).sum())
        return ConditionFigures(_ORDER[k], int(n.sum()), int((n > 0).sum()), full, alpha, effect)

    def _rater(self, k: int, rows: Int, *, alone: bool) -> RaterFigures:
        log, person = self.log, self.log.people[k]
        votes = rows[self.counted[rows]]
        given = rows[~log.undoes[rows]]
        timed = votes[~np.isnan(log.response[votes])]
        seen = max(log.at[rows].max(initial=0.0), self.sittings.last_seen.get(person.code, 0.0))
        by_condition = {c: votes[log.condition[votes] == j] for j, c in enumerate(_ORDER)}
        return RaterFigures(
            code=person.code,
            kind=person.kind,
            gender=None if person.gender is None else person.gender.value,
            shares=self.sittings.shares(person.code, rows, log),
            agreement={c: self._kappa(mine) for c, mine in by_condition.items() if (self.others[mine] >= 0).any()},
            consistency=self._consistency(rows),
            checks=self.sittings.checks(rows, log),
            given=len(given),
            undone=int(log.undone[given].sum()),
            changed=int(self._changed(given).sum()),
            skips=self.sittings.skips.get(person.code, 0),
            flags=self.sittings.flags.get(person.code, 0),
            last_seen=float(seen),
            response=_median(log.response[timed]),
            gap=_median(_gaps(log, votes)),
            plays=float(log.plays[votes].mean()) if len(votes) else float("nan"),
            drifts={
                "agreement": drift(self.place[votes], self.agrees[votes], log.condition[votes]),
                "response": drift(self.place[timed], _log2(log.response[timed]), log.condition[timed], medians=True),
            },
            genders={c: row for c, mine in by_condition.items() for row in self._genders(mine)} if alone else {},
        )  # fmt: skip

    def _kappa(self, rows: Int) -> Agreement:
        """κ with the others."""
        kappa = cohen(self.chosen[rows], self.others[rows], self.votes.shape[1], self.speakers[rows])
        return replace(kappa, ratings=len(kappa.speakers)).estimate(self.plan, self.check)

    def _consistency(self, rows: Int) -> Agreement:
        """Repeated items against the first time."""
        log = self.log
        stands = rows[log.stands[rows] & self.votes[rows].any(axis=1)]
        first = {self._what(row): row for row in stands if log.role[row] == _ROLES.index(Role.MAIN)}
        again = [row for row in stands if log.role[row] == _ROLES.index(Role.REPEAT) and self._what(row) in first]
        same = [float((self.votes[row] == self.votes[first[self._what(row)]]).all()) for row in again]
        rate = agreement_rate(np.array(same, dtype=np.float64), self.speakers[np.array(again, dtype=np.int64)])
        return rate.estimate(self.plan, self.check)

    def _what(self, row: int) -> tuple[int, int]:
        return int(self.log.utterance[row]), int(self.log.condition[row])

    def _changed(self, rows: Int) -> Bool:
        """Which answers were chosen otherwise before."""
        log = self.log
        otherwise = np.array(
            [log.first[k] is not None and log.answers[k][:1] not in {(), (log.first[k],)} for k in rows.tolist()],
            dtype=bool,
        )
        return otherwise | (log.changes[rows] > 0) | log.corrects[rows]

    def _genders(self, rows: Int) -> Iterator[RaterRow]:
        yield from single_raters(self.agrees[rows], *self._who(rows), self.minimum_n, self.plan, self.check)

    def _who(self, rows: Int) -> tuple[Int, list[str | None], Int, list[str | None]]:
        genders = [_word(person.gender) for person in self.log.people]
        of_speakers = self.table.attribute("gender")[self.at[rows]].tolist()
        rater = self.log.rater[rows]
        return rater, [genders[k] for k in rater.tolist()], self.speakers[rows], of_speakers


def _named(answers: tuple[tuple[str, ...], ...], classes: tuple[str, ...]) -> Bool:
    kinds: dict[tuple[str, ...], int] = {}
    which = np.array([kinds.setdefault(answer, len(kinds)) for answer in answers], dtype=np.int64)
    table = np.array([[name in answer for name in classes] for answer in kinds], dtype=bool)
    return table.reshape(-1, len(classes))[which]


def _word(gender: Gender | None) -> str | None:
    return None if gender is None else gender.value


def _median(values: Float) -> float:
    return float(np.median(values)) if len(values) else float("nan")


def _log2(seconds: Float) -> Float:
    return np.asarray(np.log2(np.maximum(seconds, 0.001)))


def _gaps(log: Log, rows: Int) -> Float:
    """Seconds from one answer of a sitting to the next; `rows` are in order of time."""
    rows = rows[np.lexsort((log.at[rows], log.session[rows]))]
    same = (log.session[rows][1:] == log.session[rows][:-1]) & (log.session[rows][1:] > 0)
    return np.asarray(np.diff(log.at[rows])[same])
