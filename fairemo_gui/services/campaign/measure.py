"""From the rating log to the figures of a campaign."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from fairemo_gui.core.rating_plan import DIMENSIONS
from fairemo_gui.core.records import Condition, Gender, RaterKind, Role
from fairemo_gui.evaluation.agreement import Agreement, agreement_rate, cohen, interval_alpha, nominal_alpha
from fairemo_gui.evaluation.arrays import Bool, Float, Int
from fairemo_gui.evaluation.bootstrap import Check, no_check
from fairemo_gui.evaluation.intervals import IntervalPlan
from fairemo_gui.evaluation.rater_effects import Quantity, RaterRow, rater_effects, single_raters
from fairemo_gui.services.campaign.columns import Campaign
from fairemo_gui.services.campaign.drift import Drift, corrected, drift
from fairemo_gui.services.campaign.records import MINIMUM_N, CampaignView, ConditionFigures, RaterFigures
from fairemo_gui.store.campaign import Log

_ORDER = tuple(Condition)
_ROLES = tuple(Role)


def measure_campaign(
    campaign: Campaign,
    *,
    only: str | None = None,
    intervals: IntervalPlan | None = None,
    totals: IntervalPlan | None = None,
    minimum_n: int = MINIMUM_N,
    check: Check = no_check,
) -> CampaignView:
    """Measure a campaign.

    Args:
        campaign: See `columns.read_campaign`.
        only: Code of the one rater to look at, with what is known of women and men, without totals; None = everybody.
        intervals: How intervals of raters are made; None = none.
        totals: How intervals of all raters together are made; None = none.
        minimum_n: Answers a rater needs for a verdict, and a rate by gender for an interval.
        check: Called between raters; raises to cancel.

    Raises:
        CancelledError: `check` raised it.
    """
    measure = _Measure(campaign, intervals, minimum_n, check)
    conditions = [k for k, votes in enumerate(campaign.conditions) if votes.rated.any() and only is None]
    return CampaignView(
        campaign.corpus,
        campaign.sittings.plans,
        tuple(measure.raters(only)),
        tuple(measure.condition(k, totals) for k in conditions),
        campaign.items,
        minimum_n,
        measure.looks,
    )


@dataclass(frozen=True, eq=False)
class _Measure:
    """How every number is measured."""

    of: Campaign
    plan: IntervalPlan | None
    minimum_n: int
    check: Check

    def raters(self, only: str | None) -> Iterator[RaterFigures]:
        """Everybody who gave an answer or was given a sitting."""
        for k, rows in self.shown.items():
            if only in {None, self.of.log.people[k].code}:
                self.check()
                yield self._rater(k, rows, alone=only is not None)

    @cached_property
    def shown(self) -> Mapping[int, Int]:
        """Entries of everybody who is a rater, by their number in the log."""
        order = np.argsort(self.of.log.rater, kind="stable")
        bounds = np.searchsorted(self.of.log.rater[order], np.arange(len(self.of.log.people) + 1))
        return {
            k: order[bounds[k] : bounds[k + 1]]
            for k, person in enumerate(self.of.log.people)
            if person.kind not in {RaterKind.ADJUDICATED, RaterKind.SELF}
            and (bounds[k] < bounds[k + 1] or person.code in self.of.sittings.served_to)
        }

    @cached_property
    def drifts(self) -> Mapping[int, Mapping[str, Drift]]:
        """How agreement and times move over sittings, corrected for looking at all raters."""
        log, agrees = self.of.log, self.of.agrees
        votes = {k: rows[self.of.answered[rows]] for k, rows in self.shown.items()}
        timed = {k: rows[~np.isnan(log.response[rows])] for k, rows in votes.items()}
        agreement = [drift(self.of.place[rows], agrees[rows], log.condition[rows]) for rows in votes.values()]
        response = [
            drift(self.of.place[rows], _log2(log.response[rows]), log.condition[rows], medians=True)
            for rows in timed.values()
        ]
        pairs = zip(corrected(agreement, self.minimum_n), corrected(response, self.minimum_n), strict=True)
        return {k: {"agreement": one, "response": two} for k, (one, two) in zip(votes, pairs, strict=True)}

    @property
    def looks(self) -> int:
        """Raters whose agreement was tested for drift."""
        return sum(not np.isnan(found["agreement"].p_holm) for found in self.drifts.values())

    def condition(self, k: int, plan: IntervalPlan | None) -> ConditionFigures:
        """All raters in one condition."""
        votes, speakers = self.of.conditions[k], self.of.table.speaker_index
        n = votes.rated
        alpha = nominal_alpha(votes.counts, speakers).estimate(plan, self.check)
        scales = {
            scale: interval_alpha(votes.at[rows], values[rows], speakers[votes.at[rows]]).estimate(plan, self.check)
            for scale, values in votes.ratings.scales.items()
            if scale in DIMENSIONS and (rows := ~np.isnan(values)).any()
        }
        rows = np.flatnonzero(self.of.counted & (self.of.log.condition == k))
        effect = None
        if len(rows) and not np.isnan(self.of.agrees[rows]).all():
            quantity = Quantity("others", "agreement", self.of.agrees[rows])
            (effect,) = rater_effects([quantity], *self._who(rows), self.minimum_n, plan, self.check)
        full = int((n >= self.of.sittings.target).sum())
        return ConditionFigures(_ORDER[k], int(n.sum()), int((n > 0).sum()), full, alpha, scales, effect)

    def _rater(self, k: int, rows: Int, *, alone: bool) -> RaterFigures:
        log, person = self.of.log, self.of.log.people[k]
        votes = rows[self.of.answered[rows]]
        given = rows[~log.undoes[rows]]
        timed = votes[~np.isnan(log.response[votes])]
        seen = max(log.at[rows].max(initial=0.0), self.of.sittings.last_seen.get(person.code, 0.0))
        by_condition = {c: votes[log.condition[votes] == j] for j, c in enumerate(_ORDER)}
        return RaterFigures(
            code=person.code,
            kind=person.kind,
            gender=None if person.gender is None else person.gender.value,
            shares=self.of.sittings.shares(person.code, rows, log),
            agreement={c: self._kappa(mine) for c, mine in by_condition.items() if (self.of.others[mine] >= 0).any()},
            consistency=self._consistency(rows),
            checks=self.of.sittings.checks(rows, log),
            given=len(given),
            undone=int(log.undone[given].sum()),
            changed=int(self._changed(given).sum()),
            skips=self.of.sittings.skips.get(person.code, 0),
            flags=self.of.sittings.flags.get(person.code, 0),
            last_seen=float(seen),
            response=_median(log.response[timed]),
            gap=_median(_gaps(log, votes)),
            plays=float(log.plays[votes].mean()) if len(votes) else float("nan"),
            drifts=self.drifts[k],
            genders={c: row for c, mine in by_condition.items() for row in self._genders(mine)} if alone else {},
        )  # fmt: skip

    def _kappa(self, rows: Int) -> Agreement:
        """κ with the others."""
        kappa = cohen(self.of.chosen[rows], self.of.others[rows], self.of.votes.shape[1], self.of.speakers[rows])
        return replace(kappa, ratings=len(kappa.speakers)).estimate(self.plan, self.check)

    def _consistency(self, rows: Int) -> Agreement:
        """Repeated items against the first time."""
        log = self.of.log
        stands = rows[log.stands[rows] & self.of.votes[rows].any(axis=1)]
        if not (log.role[stands] == _ROLES.index(Role.REPEAT)).any():
            return agreement_rate(np.zeros(0), np.zeros(0, dtype=np.int64)).estimate()
        first = {self._what(row): row for row in stands if log.role[row] == _ROLES.index(Role.MAIN)}
        again = [row for row in stands if log.role[row] == _ROLES.index(Role.REPEAT) and self._what(row) in first]
        same = [float((self.of.votes[row] == self.of.votes[first[self._what(row)]]).all()) for row in again]
        rate = agreement_rate(np.array(same, dtype=np.float64), self.of.speakers[np.array(again, dtype=np.int64)])
        return rate.estimate(self.plan, self.check)

    def _what(self, row: int) -> tuple[int, int]:
        return int(self.of.log.utterance[row]), int(self.of.log.condition[row])

    def _changed(self, rows: Int) -> Bool:
        """Which answers were chosen otherwise before."""
        log = self.of.log
        otherwise = np.array(
            [log.first[k] is not None and log.answers[k][:1] not in {(), (log.first[k],)} for k in rows.tolist()],
            dtype=bool,
        )
        return otherwise | (log.changes[rows] > 0) | log.corrects[rows]

    def _genders(self, rows: Int) -> Iterator[RaterRow]:
        yield from single_raters(self.of.agrees[rows], *self._who(rows), self.minimum_n, self.plan, self.check)

    def _who(self, rows: Int) -> tuple[Int, list[str | None], Int, list[str | None]]:
        genders = [_word(person.gender) for person in self.of.log.people]
        of_speakers = self.of.table.attribute("gender")[self.of.at[rows]].tolist()
        rater = self.of.log.rater[rows]
        return rater, [genders[k] for k in rater.tolist()], self.of.speakers[rows], of_speakers


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
