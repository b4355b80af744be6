"""What a comparison of two nets found: frozen records that serialise to JSON."""

from __future__ import annotations

from collections import Counter
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
        key: The number's name, as in `definitions` (`macro_f1`, `recall`, `dpd`, …).
        label: The class; None = all classes.
        group: The group; None = everyone, or a gap between all groups.
        gap: Whether it is a gap between groups.
        family: Which changes are looked at together, and so corrected together.
        delta: New − old.
        low: Lower end of the difference's interval; NaN where there is none (see `reason`).
        high: Upper end.
        p: Two-sided, from the same draws as the interval.
        p_holm: Corrected for all changes of its family.
    """

    key: str
    label: str | None
    group: str | None
    gap: bool
    family: str
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
        changes: The headline: macro-F1, UAR and Brier of everyone, macro-F1 of every group, then gaps between groups.
        further: The other metrics of everyone and every group.
        per_class: F1 and recall per class of everyone and every group, and gaps per class.
        tests: McNemar's test for everyone and per group.
        flips: Largest change of p(truth) first.
        caveats: What a reader must know before believing a verdict.
    """

    n: int
    mode: str
    by: str
    classes: tuple[str, ...]
    sizes: Mapping[str, tuple[int, int]]
    plan: IntervalPlan
    changes: tuple[Change, ...]
    further: tuple[Change, ...]
    per_class: tuple[Change, ...]
    tests: tuple[RightInOne, ...]
    flips: tuple[Flip, ...]
    caveats: tuple[str, ...]
    definitions: Mapping[str, Definition]

    @property
    def recalls(self) -> tuple[Change, ...]:
        """Recall per class of everyone and every group."""
        return tuple(change for change in self.per_class if change.key == "recall")

    def to_json(self) -> dict[str, Any]:
        """One JSON object; classes by name, numbers in full."""
        made = {"unit": str(self.plan.unit), "form": str(self.plan.chosen_form), "replicates": self.plan.replicates}
        tables = {name: getattr(self, name) for name in ("changes", "further", "per_class")}
        families = Counter(change.family for table in tables.values() for change in table)
        return {
            "n": self.n,
            "mode": self.mode,
            "by": self.by,
            "classes": list(self.classes),
            "groups": [{"value": g, "n": n, "speakers": s} for g, (n, s) in self.sizes.items()],
            "intervals": {**made, "seed": self.plan.seed, "level": self.plan.level, "correction": "holm"},
            **{name: [plain(asdict(change)) for change in table] for name, table in tables.items()},
            "families": dict(families) | {"mcnemar": len(self.tests)},
            "mcnemar": [test.to_json() for test in self.tests],
            "flips": [self._flip_json(flip) for flip in self.flips],
            "caveats": list(self.caveats),
            "definitions": {key: definition.to_json() for key, definition in self.definitions.items()},
        }

    def _flip_json(self, flip: Flip) -> dict[str, Any]:
        old, new = ([self.classes[k] for k in labels] for labels in (flip.old, flip.new))
        return {**asdict(flip), "truth": self.classes[flip.truth], "old": old, "new": new}
