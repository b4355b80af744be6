"""From measured groups to the records of an evaluation."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from fairemo_gui.evaluation.calibration import reliability_bins
from fairemo_gui.evaluation.definitions import DEFINITIONS
from fairemo_gui.evaluation.fairness import empty_cells
from fairemo_gui.evaluation.intervals import Intervals
from fairemo_gui.evaluation.measure import Measured, Place, blocks_of
from fairemo_gui.evaluation.partition import EVERYONE
from fairemo_gui.evaluation.records import (
    NAN,
    Calibration,
    Confusion,
    Evaluation,
    Fairness,
    Gap,
    GroupResult,
    Metrics,
    SignedDifferences,
    SignedGap,
)
from fairemo_gui.evaluation.sample import Mode
from fairemo_gui.evaluation.sheet import Block, GroupSheet, GroupStatistics

Numbers = dict[str | int, Any]


def assemble(
    measured: Sequence[Measured],
    classes: tuple[str, ...],
    mode: Mode,
    minimum_n: int,
    intervals: Intervals | None = None,
) -> Evaluation:
    """Compute the observed numbers of every group and put them into records."""
    everyone, groups, fairness = None, [], {}
    for part in measured:
        blocks, sheets = blocks_of(part, classes, dict.fromkeys(range(len(part.groups))), errors=False)
        results = [
            _group_result(group, sheets[k], _numbers(blocks, part.place(k)), classes, k not in part.compared)
            for k, group in enumerate(part.groups)
        ]
        if part.by == EVERYONE:
            everyone = results[0]
        else:
            groups += results
            fairness[part.by] = _fairness(part, _numbers(blocks, Place(part.by)), sheets, classes)
    if everyone is None:
        raise ValueError("measured parts lack everyone together")
    return Evaluation(
        n=everyone.n,
        speakers=everyone.speakers,
        mode=mode.reported,
        truth_rule=str(mode),
        classes=classes,
        minimum_n=minimum_n,
        metrics=everyone.metrics,
        groups=tuple(groups),
        fairness=fairness,
        confusion=everyone.confusion,
        calibration=everyone.calibration,
        intervals=intervals,
        caveats=tuple(_caveats(measured, mode)),
        definitions=DEFINITIONS,
    )


def _numbers(blocks: list[tuple[Place, Block]], place: Place) -> Numbers:
    """The numbers of one place as nested objects."""
    tree: Numbers = {}
    for where, block in blocks:
        if (where.by, where.group) == (place.by, place.group):
            for path, value in zip(block.paths, block.value[0].tolist(), strict=True):
                node = tree
                for key in path[:-1]:
                    node = node.setdefault(key, {})
                node[path[-1]] = value
    return tree


def _leaves(node: Numbers) -> dict[str, float]:
    """The numbers directly below."""
    return {str(key): value for key, value in node.items() if isinstance(value, float)}


def _group_result(
    group: GroupStatistics, sheet: GroupSheet, numbers: Numbers, classes: tuple[str, ...], left_out: bool
) -> GroupResult:
    counts = group.tally.confusion.sum(axis=0)
    rates = sheet.ratios["confusion"].value[0].reshape(counts.shape)
    return GroupResult(
        by=group.by,
        value=group.value,
        n=group.n,
        speakers=group.speakers,
        small=left_out and group.value is not None,
        metrics=_metrics(group, sheet, numbers, classes),
        confusion=Confusion(counts, rates),
        calibration=_calibration(group, numbers, classes),
    )


def _metrics(group: GroupStatistics, sheet: GroupSheet, numbers: Numbers, classes: tuple[str, ...]) -> Metrics:
    ties = group.tally.ties.sum(axis=0).tolist()
    positives = group.tally.outcomes[:, :, 1].sum(axis=(0, 2)).tolist()
    return Metrics(
        scores=_leaves(numbers["metrics"]),
        per_class={name: _leaves(node) for name, node in numbers["metrics"]["per_class"].items()},
        micro=_leaves(numbers["metrics"]["micro"]),
        support=dict(zip(classes, positives, strict=True)),
        undefined=sheet.undefined(),
        ties={"truth": ties[0], "prediction": ties[1]},
    )


def _calibration(group: GroupStatistics, numbers: Numbers, classes: tuple[str, ...]) -> Calibration | None:
    if group.ranks is None:
        return None
    pooled, class_bins = reliability_bins(group.ranks, classes)
    found = numbers["calibration"]
    return Calibration(
        parts=_leaves(found),
        bins=pooled,
        per_class={c: _leaves(found["per_class"][c]) for c in classes},
        class_bins=class_bins,
    )


def _gap(numbers: Numbers, name: str, classes: tuple[str, ...]) -> Gap:
    found = numbers.get(name, {})
    per_class = found.get("per_class", dict.fromkeys(classes, NAN))
    macro, worst, micro = (found.get(part, NAN) for part in ("macro", "worst", "micro"))
    return Gap(macro, worst, micro, per_class)


def _fairness(part: Measured, numbers: Numbers, sheets: dict[int, GroupSheet], classes: tuple[str, ...]) -> Fairness:
    return Fairness(
        by=part.by,
        groups=tuple(str(part.groups[k].value) for k in part.compared),
        left_out=part.left_out,
        dpd=_gap(numbers, "dpd", classes),
        eod=_gap(numbers, "eod", classes),
        delta_sp=_gap(numbers, "delta_sp", classes),
        delta_eo=_gap(numbers, "delta_eo", classes),
        macro_f1_gap=numbers.get("macro_f1_gap", NAN),
        bias=numbers.get("bias", NAN),
        empty_cells=empty_cells([sheets[k] for k in part.compared]),
        signed=_signed(part, numbers["signed"], classes) if len(part.compared) == 2 else None,
    )


def _signed_gap(found: Numbers) -> SignedGap:
    return SignedGap(found["per_class"], found["abs_mean"], found["signed_mean"], found["worst"])


def _signed(part: Measured, found: Numbers, classes: tuple[str, ...]) -> SignedDifferences:
    minus, plus = (str(part.groups[k].value) for k in part.compared)
    many = range(len(classes))
    cells = np.array([[found["confusion"][i][j] for j in many] for i in many])
    sp, eo, f1 = (_signed_gap(found[name]) for name in ("sp", "eo", "f1"))
    return SignedDifferences(plus, minus, sp, eo, f1, _leaves(found), cells)


def _caveats(measured: Sequence[Measured], mode: Mode) -> list[str]:
    """What a reader must know before believing a difference."""
    found = []
    for part in measured:
        if part.by == EVERYONE:
            if not mode.one_label and (ties := int(part.groups[0].tally.ties[:, 0].sum())):
                found.append(f"{ties} utterances have no single most-voted class; matrices take the first of the tied.")
            continue
        alone = [str(part.groups[k].value) for k in part.compared if part.groups[k].speakers == 1]
        if alone:
            found.append(f"{part.by}: {', '.join(alone)} is one speaker each; group and person cannot be told apart.")
        unknown = sum(group.n for group in part.groups if group.value is None)
        if unknown:
            found.append(f"{part.by}: {unknown} utterances of unknown value are left out of differences.")
        found += [f"{part.by}: {value} is left out of differences: {why}." for value, why in part.left_out.items()]
    return found
