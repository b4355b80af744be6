"""What is said of a campaign: of each rater, of each condition, of the items."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import numpy as np

from fairemo_gui.core.records import Condition, RaterKind
from fairemo_gui.evaluation.agreement import Agreement
from fairemo_gui.evaluation.arrays import Bool, Float, Int
from fairemo_gui.evaluation.definitions import Definition
from fairemo_gui.evaluation.rater_effects import Effect, RaterRow
from fairemo_gui.evaluation.records import plain
from fairemo_gui.services.campaign.drift import DRIFT_DEFINITION, Drift

MINIMUM_N = 20
"""Answers that a rater is judged by at least, as groups elsewhere."""
CAMPAIGN_DEFINITIONS = {
    "rest": Definition(
        "κ with the others",
        "Cohen's κ between a rater's answers and what most other raters of the same utterance said in the same "
        "condition, without sight of a prediction; where the others tie, or are none, and where several emotions were "
        "named, the answer is left out.",
        "(p_o − Σ p_k q_k) / (1 − Σ p_k q_k)",
        "Cohen 1960, Educational and Psychological Measurement 20",
    ),
    "consistency": Definition(
        "Same answer again",
        "Share of repeated items that got the same answer as the first time, by the same rater in the same condition.",
        "–",
        "–",
    ),
    "pace": Definition(
        "Answers per minute",
        "60 over the median time from one answer of a sitting to the next; breaks do not move a median.",
        "60 / median(t_i − t_{i−1})",
        "–",
    ),
    "changed": Definition(
        "Changes of mind",
        "Share of submitted answers before which the rater had chosen otherwise, or which replace a submitted one.",
        "–",
        "–",
    ),
    "undone": Definition("Undone", "Share of submitted answers that the rater took back.", "–", "–"),
    "drift": DRIFT_DEFINITION,
}


def few(n: int) -> bool:
    """Whether a figure rests on too few answers to judge a rater by."""
    return n < MINIMUM_N


@dataclass(frozen=True)
class Share:
    """What a rater has done of a plan in a condition.

    Attributes:
        plan: Name; empty = without a plan.
        done: Utterances with a standing answer.
        left: Served by a sitting that is not over, and not answered or skipped.
    """

    plan: str
    condition: Condition
    done: int
    left: int

    def to_json(self) -> dict[str, Any]:
        """One object."""
        return {"plan": self.plan or None, "condition": self.condition.value, "done": self.done, "left": self.left}


@dataclass(frozen=True)
class RaterFigures:
    """One rater. Times in seconds, NaN where nothing is known.

    Attributes:
        shares: By plan and condition.
        agreement: κ with the others, by condition that has answers to compare.
        consistency: Share of repeated items answered the same way again.
        checks: Attention checks passed, and met.
        given: Answers submitted, those taken back or replaced later among them.
        undone: Of these, taken back.
        changed: Of these, chosen otherwise before.
        last_seen: Seconds since 1970; 0 = never.
        response: Median time from the clip's end to the answer.
        gap: Median time from one answer of a sitting to the next.
        plays: Mean number of plays.
        drifts: `agreement` with the others, and `response` time in log₂ seconds.
        genders: Agreement on women and men by condition; only where one rater was asked for.
    """

    code: str
    kind: RaterKind
    gender: str | None
    shares: tuple[Share, ...]
    agreement: Mapping[Condition, Agreement]
    consistency: Agreement
    checks: tuple[int, int]
    given: int
    undone: int
    changed: int
    skips: int
    flags: int
    last_seen: float
    response: float
    gap: float
    plays: float
    drifts: Mapping[str, Drift]
    genders: Mapping[Condition, RaterRow]

    @property
    def done(self) -> int:
        """Utterances and conditions with a standing answer."""
        return sum(share.done for share in self.shares)

    @property
    def left(self) -> int:
        """Still to do of what was served."""
        return sum(share.left for share in self.shares)

    @property
    def pace(self) -> float:
        """Answers per minute."""
        return 60 / self.gap if self.gap > 0 else float("nan")

    def progress(self, condition: Condition) -> tuple[int, int]:
        """Done and left in a condition, over all plans."""
        mine = [share for share in self.shares if share.condition is condition]
        return sum(share.done for share in mine), sum(share.left for share in mine)

    def to_json(self) -> dict[str, Any]:
        """One object."""
        passed, met = self.checks
        seen = datetime.fromtimestamp(self.last_seen, UTC).isoformat(timespec="seconds") if self.last_seen else None
        return {
            "rater": self.code, "kind": self.kind.value, "gender": self.gender, "done": self.done, "left": self.left,
            "shares": [share.to_json() for share in self.shares],
            "agreement": {condition.value: found.to_json() for condition, found in self.agreement.items()},
            "consistency": self.consistency.to_json(), "checks": {"passed": passed, "met": met},
            "answers": self.given, "undone": self.undone, "changed": self.changed, "skips": self.skips,
            "flags": self.flags, "last_seen": seen, "response_s": plain(self.response), "pace": plain(self.pace),
            "plays": plain(self.plays), "drift": {name: found.to_json() for name, found in self.drifts.items()},
            "speakers": {c.value: row.to_json([self.code] * (row.rater + 1)) for c, row in self.genders.items()},
        }  # fmt: skip


@dataclass(frozen=True)
class ConditionFigures:
    """All raters together in one condition.

    Attributes:
        ratings: Votes, those that came counted among them, and ratings on scales alone.
        items: Utterances with any.
        full: Utterances with as many votes as the plans want.
        alpha: Krippendorff's α over the votes.
        scales: The same at interval level by dimension (`valence`), where raters were asked for it.
        own_gender: Whether raters agree more with the others on speakers of their own gender; None without raters.
    """

    condition: Condition
    ratings: int
    items: int
    full: int
    alpha: Agreement
    scales: Mapping[str, Agreement]
    own_gender: Effect | None

    def to_json(self) -> dict[str, Any]:
        """One object."""
        effect = None if self.own_gender is None else self.own_gender.to_json()
        return {
            "condition": self.condition.value, "ratings": self.ratings, "items": self.items, "full": self.full,
            "alpha_nominal": self.alpha.to_json(),
            "alpha_interval": {scale: found.to_json() for scale, found in self.scales.items()}, "own_gender": effect,
        }  # fmt: skip


@dataclass(frozen=True, eq=False)
class Items:
    """Votes per utterance and condition, in the order of the corpus's table.

    Attributes:
        ids: Shape (n,).
        votes: Number of votes, and of ratings on scales alone, shape (n, 3), in order of `Condition`.
        agreement: Share of pairs of votes that agree, shape (n, 3); NaN with fewer than two.
        target: Votes the plans want.
    """

    ids: Int
    codes: tuple[str, ...]
    votes: Int
    agreement: Float
    target: int

    def under(self, condition: Condition) -> Bool:
        """Utterances with votes in a condition, but fewer than wanted, shape (n,)."""
        n = self.votes[:, tuple(Condition).index(condition)]
        return np.asarray((n > 0) & (n < self.target))


@dataclass(frozen=True)
class CampaignView:
    """A campaign as its organiser sees it. It shows what raters answered: nobody who still rates should see it.

    Attributes:
        plans: Names and versions of the plans sittings were drawn by.
        raters: In order of code.
        conditions: Those that have votes.
        minimum_n: Figures that rest on fewer answers are no verdict.
        looks: Raters whose agreement was tested for drift, those not asked for among them; the correction is for these.
    """

    corpus: str
    plans: tuple[tuple[str, str], ...]
    raters: tuple[RaterFigures, ...]
    conditions: tuple[ConditionFigures, ...]
    items: Items
    minimum_n: int
    looks: int

    def rater(self, code: str) -> RaterFigures | None:
        """One rater by code."""
        return next((rater for rater in self.raters if rater.code == code), None)

    def to_json(self) -> dict[str, Any]:
        """The object `fairemo progress --json` prints."""
        under = {c.condition.value: int(self.items.under(c.condition).sum()) for c in self.conditions}
        return {
            "corpus": self.corpus,
            "plans": [{"name": name, "version": version} for name, version in self.plans],
            "target": self.items.target,
            "minimum_n": self.minimum_n,
            "correction": {"method": "holm", "raters": self.looks},
            "raters": [rater.to_json() for rater in self.raters],
            "conditions": [found.to_json() for found in self.conditions],
            "items": {"n": len(self.items.ids), "under_target": under},
            "definitions": {key: definition.to_json() for key, definition in CAMPAIGN_DEFINITIONS.items()},
        }
