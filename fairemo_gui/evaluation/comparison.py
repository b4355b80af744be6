"""What a comparison of two nets found: frozen records that serialise to JSON."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

from fairemo_gui.evaluation.definitions import Definition
from fairemo_gui.evaluation.intervals import IntervalPlan
from fairemo_gui.evaluation.records import plain
from fairemo_gui.evaluation.significance import McNemar


class Verdict(StrEnum):
    """What the interval says, never the point alone."""

    BETTER = "better"
    WORSE = "worse"
    NO_EVIDENCE = "no evidence"


class FlipResult(StrEnum):
    """What became of an utterance whose prediction changed."""

    FIXED = "fixed"
    BROKEN = "broken"
    STILL_WRONG = "still wrong"


@dataclass(frozen=True)
class Change:
    """One number of the old and the new net, on the same utterances.

    Attributes:
        key: The number's name, as in `definitions` (`macro_f1`, `brier`, `dpd`, `eod`, `macro_f1_gap`).
        group: The group; None = everyone, or a gap between all groups.
        gap: Whether it is a gap between groups.
        delta: New − old.
        low: Lower end of the difference's interval; NaN where there is none (see `reason`).
        high: Upper end.
        p: Two-sided, from the same draws as the interval.
        p_holm: Corrected for all changes shown together.
    """

    key: str
    group: str | None
    gap: bool
    higher_is_better: bool
    old: float
    new: float
    delta: float
    low: float
    high: float
    p: float
    p_holm: float
    verdict: Verdict
    reason: str | None


@dataclass(frozen=True)
class RecallChange:
    """Recall of one class in one group, old and new; the interval is not corrected for the number of looks."""

    label: str
    group: str
    old: float
    new: float
    delta: float
    low: float
    high: float
    reason: str | None


@dataclass(frozen=True)
class RightInOne:
    """McNemar's exact test for everyone (`group` None) or one group, Holm-corrected over these tests."""

    group: str | None
    counts: McNemar
    p_holm: float
    verdict: Verdict

    def to_json(self) -> dict[str, Any]:
        """One flat object."""
        return {"group": self.group, **asdict(self.counts), "p_holm": self.p_holm, "verdict": str(self.verdict)}


@dataclass(frozen=True)
class Flip:
    """An utterance whose predicted labels changed.

    Attributes:
        row: Row of the sample.
        truth: Index of the most-voted true class.
        old: Indices of the labels the old net predicted; one in single-label mode.
        new: Those of the new net.
        delta_p: Change of the probability of the true class.
    """

    row: int
    group: str | None
    truth: int
    old: tuple[int, ...]
    new: tuple[int, ...]
    result: FlipResult
    delta_p: float


@dataclass(frozen=True, eq=False)
class Comparison:
    """Two nets on the same utterances.

    Attributes:
        by: The attribute groups are formed by.
        sizes: Utterances and speakers per group.
        changes: Metrics of everyone and every group, then gaps between groups.
        recalls: Recall per class and group.
        tests: McNemar's test for everyone and per group.
        flips: Largest change of p(truth) first.
    """

    n: int
    mode: str
    by: str
    classes: tuple[str, ...]
    sizes: Mapping[str, tuple[int, int]]
    plan: IntervalPlan
    changes: tuple[Change, ...]
    recalls: tuple[RecallChange, ...]
    tests: tuple[RightInOne, ...]
    flips: tuple[Flip, ...]
    definitions: Mapping[str, Definition]

    def to_json(self) -> dict[str, Any]:
        """One JSON object; classes by name, numbers in full."""
        names = self.classes
        flips = [
            {
                **asdict(f),
                "truth": names[f.truth],
                "old": [names[k] for k in f.old],
                "new": [names[k] for k in f.new],
                "result": str(f.result),
            }
            for f in self.flips
        ]
        made = {"unit": str(self.plan.unit), "form": str(self.plan.chosen_form), "replicates": self.plan.replicates}
        return {
            "n": self.n,
            "mode": self.mode,
            "by": self.by,
            "classes": list(names),
            "groups": [{"value": g, "n": n, "speakers": s} for g, (n, s) in self.sizes.items()],
            "intervals": {**made, "seed": self.plan.seed, "level": self.plan.level},
            "changes": [plain({**asdict(c), "verdict": str(c.verdict)}) for c in self.changes],
            "recalls": [plain(asdict(r)) for r in self.recalls],
            "recall_looks": len(self.recalls),
            "mcnemar": [test.to_json() for test in self.tests],
            "flips": flips,
            "definitions": {key: definition.to_json() for key, definition in self.definitions.items()},
        }
