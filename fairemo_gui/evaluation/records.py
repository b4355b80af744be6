"""What an evaluation found: frozen records that serialise to JSON. NaN stands for "undefined" and becomes null."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from fairemo_gui.evaluation.arrays import Float, Int
from fairemo_gui.evaluation.block import Path
from fairemo_gui.evaluation.calibration import Bins
from fairemo_gui.evaluation.definitions import Definition
from fairemo_gui.evaluation.intervals import Intervals

NAN = math.nan


def plain(value: Any) -> Any:
    """The same as JSON types: NaN becomes None, arrays lists, records objects; numbers keep all their digits."""
    if isinstance(value, np.ndarray):
        return plain(value.tolist())
    if isinstance(value, float):
        return None if math.isnan(value) else value
    if isinstance(value, Mapping):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    return value


@dataclass(frozen=True, eq=False)
class Metrics:
    """How well the predictor does on some utterances.

    Attributes:
        scores: `macro_f1`, `weighted_f1`, `exact_match`, `uar`, `accuracy`, `brier`, `brier_soft`,
            `brier_plurality`, `brier_sum`, and where rows were ranked `roc_auc`, `ece`, `ece_width`.
        per_class: Metric → class → value: `f1`, `precision`, `recall`, `fpr`, `selection_rate`, `brier`,
            `class_recall`, `roc_auc`.
        micro: Rates over all (utterance, class) cells together.
        support: Positives per class.
        undefined: Classes whose value is undefined (shown as 0 for F1 and precision, NaN otherwise), per metric.
        ties: Utterances whose `truth` and `prediction` tie and were given to the first class.
    """

    scores: Mapping[str, float]
    per_class: Mapping[str, Mapping[str, float]]
    micro: Mapping[str, float]
    support: Mapping[str, int]
    undefined: Mapping[str, int]
    ties: Mapping[str, int]

    def to_json(self) -> dict[str, Any]:
        """One object: the scores, then the rest under their names."""
        rest = {"per_class": self.per_class, "micro": self.micro, "support": self.support}
        return {**plain(self.scores), **plain(rest), "undefined": dict(self.undefined), "ties": dict(self.ties)}


@dataclass(frozen=True, eq=False)
class Confusion:
    """Utterances by true (row) and predicted (column) class.

    Attributes:
        counts: Shape (C, C).
        rates: Shares of each row; NaN in rows without utterances.
    """

    counts: Int
    rates: Float

    def to_json(self) -> dict[str, Any]:
        """Counts and rates as nested lists."""
        return {"counts": plain(self.counts), "rates": plain(self.rates)}


@dataclass(frozen=True, eq=False)
class Calibration:
    """How far probabilities can be taken at their word.

    Attributes:
        parts: `brier`, `reliability`, `resolution`, `uncertainty`, `within_bin`, `ece`, `ece_width`: means over
            classes. Brier = reliability − resolution + uncertainty + within_bin.
        bins: Over all (utterance, class) cells together.
        per_class: The same parts per class.
        class_bins: Bins per class.
    """

    parts: Mapping[str, float]
    bins: Bins
    per_class: Mapping[str, Mapping[str, float]]
    class_bins: Mapping[str, Bins]

    def to_json(self) -> dict[str, Any]:
        """One object; bins as lists of objects."""
        per_class = {
            name: {**plain(parts), "bins": self.class_bins[name].to_json()} for name, parts in self.per_class.items()
        }
        return {**plain(self.parts), "bins": self.bins.to_json(), "per_class": per_class}


@dataclass(frozen=True, eq=False)
class GroupResult:
    """One group's numbers.

    Attributes:
        by: Attribute or intersection.
        value: The group; None = unknown.
        small: Fewer utterances than the set minimum: shown grey, left out of differences.
    """

    by: str
    value: str | None
    n: int
    speakers: int
    small: bool
    metrics: Metrics
    confusion: Confusion
    calibration: Calibration | None

    def to_json(self) -> dict[str, Any]:
        """`by`, `value`, `n`, `speakers`, `small`, `metrics`; matrices and bins stand in their own parts."""
        sizes = {"by": self.by, "value": self.value, "n": self.n, "speakers": self.speakers, "small": self.small}
        return {**sizes, "metrics": self.metrics.to_json()}


@dataclass(frozen=True, eq=False)
class Gap:
    """A difference between groups per class, and its aggregates over classes."""

    macro: float
    worst: float
    micro: float
    per_class: Mapping[str, float]

    def to_json(self) -> dict[str, Any]:
        """Its four parts."""
        return {
            "macro": plain(self.macro),
            "worst": plain(self.worst),
            "micro": plain(self.micro),
            "per_class": plain(self.per_class),
        }


@dataclass(frozen=True, eq=False)
class SignedGap:
    """A signed difference between two groups per class; positive where the first group's value is higher."""

    per_class: Mapping[str, float]
    abs_mean: float
    signed_mean: float
    worst: float

    def to_json(self) -> dict[str, Any]:
        """Its four parts."""
        aggregates = {"abs_mean": self.abs_mean, "signed_mean": self.signed_mean, "worst": self.worst}
        return {"per_class": plain(self.per_class), **plain(aggregates)}


@dataclass(frozen=True, eq=False)
class SignedDifferences:
    """Two groups: `plus` − `minus` (male − female), for every number shown.

    Attributes:
        sp: Statistical parity: selection rate.
        eo: Equal opportunity: true-positive rate.
        scores: `macro_f1`, `exact_match`, `accuracy`, `brier`.
        confusion: Difference of the row-normalised confusion matrices, shape (C, C).
    """

    plus: str
    minus: str
    sp: SignedGap
    eo: SignedGap
    f1: SignedGap
    scores: Mapping[str, float]
    confusion: Float

    def to_json(self) -> dict[str, Any]:
        """One object."""
        gaps = {"sp": self.sp.to_json(), "eo": self.eo.to_json(), "f1": self.f1.to_json()}
        rest = {**plain(self.scores), "confusion": plain(self.confusion)}
        return {"plus": self.plus, "minus": self.minus, **gaps, **rest}


@dataclass(frozen=True, eq=False)
class Fairness:
    """How differently the groups of one attribute are served. All NaN where fewer than two groups can be compared.

    Attributes:
        groups: The groups compared.
        left_out: Groups not compared, each with the reason.
        delta_sp: Paper 3's ΔSP; `delta_eo`: its ΔEO, the mean of the TPR and FPR gaps.
        bias: Paper 2's Bias, 0–100.
        empty_cells: (group, class) cells without a rate, per rate; left out of max and min.
        signed: Where there are exactly two groups.
    """

    by: str
    groups: tuple[str, ...]
    left_out: Mapping[str, str]
    dpd: Gap
    eod: Gap
    delta_sp: Gap
    delta_eo: Gap
    macro_f1_gap: float
    bias: float
    empty_cells: Mapping[str, int]
    signed: SignedDifferences | None

    def to_json(self) -> dict[str, Any]:
        """One object."""
        gaps = {name: getattr(self, name).to_json() for name in ("dpd", "eod", "delta_sp", "delta_eo")}
        return {
            "groups": list(self.groups),
            "left_out": dict(self.left_out),
            **gaps,
            "macro_f1_gap": plain(self.macro_f1_gap),
            "bias": plain(self.bias),
            "empty_cells": dict(self.empty_cells),
            "signed": None if self.signed is None else self.signed.to_json(),
        }


@dataclass(frozen=True, eq=False)
class Evaluation:
    """Everything one predictor's evaluation found.

    Attributes:
        n: Utterances.
        mode: `multi` or `single`.
        truth_rule: The sample's mode in full (`multi`, `single`, `plurality`, `soft`).
        minimum_n: Groups with fewer utterances are small: left out of differences.
        groups: Per attribute its groups in order, unknown last; then the intersection's.
        fairness: By attribute or intersection.
        intervals: None where none were asked for.
        caveats: What a reader must know before believing a difference.
        definitions: Of every number shown.
    """

    n: int
    speakers: int
    mode: str
    truth_rule: str
    classes: tuple[str, ...]
    minimum_n: int
    metrics: Metrics
    groups: tuple[GroupResult, ...]
    fairness: Mapping[str, Fairness]
    confusion: Confusion
    calibration: Calibration | None
    intervals: Intervals | None
    caveats: tuple[str, ...]
    definitions: Mapping[str, Definition]

    def group(self, by: str, value: str | None) -> GroupResult:
        """The group of an attribute by its value.

        Raises:
            KeyError: There is no such group.
        """
        found = next((g for g in self.groups if g.by == by and g.value == value), None)
        if found is None:
            raise KeyError((by, value))
        return found

    def to_json(self) -> dict[str, Any]:
        """One JSON object, numbers in full; the design names its keys."""
        return {
            "n": self.n,
            "speakers": self.speakers,
            "mode": self.mode,
            "truth_rule": self.truth_rule,
            "classes": list(self.classes),
            "minimum_n": self.minimum_n,
            "metrics": self.metrics.to_json(),
            "groups": [g.to_json() for g in self.groups],
            "fairness": {by: fairness.to_json() for by, fairness in self.fairness.items()},
            "confusion": self._confusion_json(),
            "calibration": self._calibration_json(),
            "intervals": None if self.intervals is None else intervals_to_json(self.intervals),
            "caveats": list(self.caveats),
            "definitions": {key: definition.to_json() for key, definition in self.definitions.items()},
        }

    def _confusion_json(self) -> dict[str, Any]:
        groups = [{"by": g.by, "value": g.value, **g.confusion.to_json()} for g in self.groups]
        return {"classes": list(self.classes), **self.confusion.to_json(), "groups": groups}

    def _calibration_json(self) -> dict[str, Any] | None:
        if self.calibration is None:
            return None
        groups = [
            {"by": g.by, "value": g.value, **g.calibration.to_json()} for g in self.groups if g.calibration is not None
        ]
        return {"overall": self.calibration.to_json(), "groups": groups}


def intervals_to_json(intervals: Intervals) -> dict[str, Any]:
    """How they were made, the intervals at the numbers' own paths, and a reason for every null."""
    plan = intervals.plan
    made = {
        "form": str(plan.chosen_form),
        "unit": str(plan.unit),
        "replicates": plan.replicates,
        "seed": plan.seed,
        "level": plan.level,
    }
    nested = unflatten({path: None if found is None else found.to_json() for path, found in intervals.found.items()})
    reasons = {".".join(map(str, path)): reason for path, reason in intervals.missing.items()}
    return {**made, **nested, "reasons": reasons}


def unflatten(flat: Mapping[Path, Any]) -> dict[str, Any]:
    """Nested objects from paths; whole numbers in a path are places in a list."""
    tree: dict[str | int, Any] = {}
    for path, value in flat.items():
        node = tree
        for key in path[:-1]:
            node = node.setdefault(key, {})
        node[path[-1]] = value
    return {str(key): _lists(value) for key, value in tree.items()}


def _lists(node: Any) -> Any:
    if not isinstance(node, dict):
        return node
    if node and all(isinstance(key, int) for key in node):
        return [_lists(node.get(place)) for place in range(max(node) + 1)]
    return {key: _lists(value) for key, value in node.items()}
