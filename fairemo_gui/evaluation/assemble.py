"""From measured groups to the records of an evaluation."""

from __future__ import annotations

from collections.abc import Sequence

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
from fairemo_gui.evaluation.sheet import Block, GroupSheet, GroupStatistics, Path

Numbers = dict[Path, float]


def assemble(
    measured: Sequence[Measured], classes: tuple[str, ...], mode: Mode, intervals: Intervals | None = None
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
    mine = (b for where, b in blocks if (where.by, where.group) == (place.by, place.group))
    return {path: value for b in mine for path, value in zip(b.paths, b.value[0].tolist(), strict=True)}


def _below(numbers: Numbers, *start: str) -> dict[str, float]:
    """The numbers directly below a path, by their last key."""
    return {str(p[-1]): v for p, v in numbers.items() if len(p) == len(start) + 1 and p[: len(start)] == start}


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
    per_class: dict[str, dict[str, float]] = {}
    for path, value in numbers.items():
        if path[:2] == ("metrics", "per_class"):
            per_class.setdefault(str(path[2]), {})[str(path[3])] = value
    ties = group.tally.ties.sum(axis=0).tolist()
    positives = group.tally.outcomes[:, :, 1].sum(axis=(0, 2)).tolist()
    return Metrics(
        scores=_below(numbers, "metrics"),
        per_class=per_class,
        micro=_below(numbers, "metrics", "micro"),
        support=dict(zip(classes, positives, strict=True)),
        undefined=sheet.undefined(),
        ties={"truth": ties[0], "prediction": ties[1]},
    )


def _calibration(group: GroupStatistics, numbers: Numbers, classes: tuple[str, ...]) -> Calibration | None:
    if group.ranks is None:
        return None
    pooled, class_bins = reliability_bins(group.ranks, classes)
    brier = _below(numbers, "metrics", "per_class", "brier")
    return Calibration(
        parts={"brier": numbers["metrics", "brier"], **_below(numbers, "calibration")},
        bins=pooled,
        per_class={c: {"brier": brier[c], **_below(numbers, "calibration", "per_class", c)} for c in classes},
        class_bins=class_bins,
    )


def _gap(numbers: Numbers, name: str, classes: tuple[str, ...]) -> Gap:
    per_class = {c: numbers.get((name, "per_class", c), NAN) for c in classes}
    macro, worst, micro = (numbers.get((name, part), NAN) for part in ("macro", "worst", "micro"))
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
        macro_f1_gap=numbers.get(("macro_f1_gap",), NAN),
        bias=numbers.get(("bias",), NAN),
        empty_cells=empty_cells([sheets[k] for k in part.compared]),
        signed=_signed(part, numbers, classes) if len(part.compared) == 2 else None,
    )


def _signed_gap(numbers: Numbers, name: str) -> SignedGap:
    aggregates = (numbers["signed", name, part] for part in ("abs_mean", "signed_mean", "worst"))
    return SignedGap(_below(numbers, "signed", name, "per_class"), *aggregates)


def _signed(part: Measured, numbers: Numbers, classes: tuple[str, ...]) -> SignedDifferences:
    minus, plus = (str(part.groups[k].value) for k in part.compared)
    many = range(len(classes))
    cells = np.array([[numbers["signed", "confusion", i, j] for j in many] for i in many])
    sp, eo, f1 = (_signed_gap(numbers, name) for name in ("sp", "eo", "f1"))
    return SignedDifferences(plus, minus, sp, eo, f1, _below(numbers, "signed"), cells)


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
