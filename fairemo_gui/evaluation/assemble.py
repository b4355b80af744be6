"""From measured groups to the records of an evaluation."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from itertools import groupby
from typing import Any

import numpy as np

from fairemo_gui.evaluation import ranks
from fairemo_gui.evaluation import tally as tallies
from fairemo_gui.evaluation.block import Block, Path
from fairemo_gui.evaluation.calibration import bins_of
from fairemo_gui.evaluation.definitions import DEFINITIONS
from fairemo_gui.evaluation.fairness import empty_cells, fairness_blocks
from fairemo_gui.evaluation.intervals import Intervals
from fairemo_gui.evaluation.measure import Measured
from fairemo_gui.evaluation.partition import EVERYONE
from fairemo_gui.evaluation.ranks import Ranks
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
from fairemo_gui.evaluation.sheet import GroupSheet, GroupStatistics, summed_sheet

Numbers = dict[str | int, Any]

# Groups of fewer speakers are said to have rough intervals.
FEW_SPEAKERS = 10
_FEWEST_SPEAKERS = 4
# Speakers who count like fewer than this share of them: in simulation those who counted like 0.45 covered too little.
_UNEVEN = 0.6


def assemble(
    measured: Sequence[Measured],
    classes: tuple[str, ...],
    mode: Mode,
    minimum_n: int,
    intervals: Intervals | None = None,
    known: dict[GroupStatistics, GroupResult] | None = None,
) -> Evaluation:
    """Compute the observed numbers of every group and put them into records.

    Args:
        measured: The groups of every attribute.
        classes: Class names.
        mode: How truth and decisions were read.
        minimum_n: Smaller groups are left out of differences.
        intervals: Intervals of the numbers; None = none.
        known: Records made earlier; missing ones are put there.
    """
    sheet = _observed([group for part in measured for group in part.groups], classes)
    results = _group_results(measured, sheet, classes, {} if known is None else known)
    fairness, first = {}, 0
    for part in measured:
        if part.by != EVERYONE:
            fairness[part.by] = _fairness(part, [sheet.row(first + k) for k in part.compared], classes)
        first += len(part.groups)
    everyone = next(result for result in results if result.by == EVERYONE)
    return Evaluation(
        n=everyone.n,
        speakers=everyone.speakers,
        mode=mode.reported,
        truth_rule=str(mode),
        classes=classes,
        minimum_n=minimum_n,
        metrics=everyone.metrics,
        groups=tuple(result for result in results if result.by != EVERYONE),
        fairness=fairness,
        confusion=everyone.confusion,
        calibration=everyone.calibration,
        intervals=intervals,
        caveats=tuple(_caveats(measured, mode)),
        definitions=DEFINITIONS,
    )


def _observed(groups: Sequence[GroupStatistics], classes: tuple[str, ...]) -> GroupSheet:
    """Every number of all groups at once: one row per group."""
    totals = [group.totals for group in groups if group.totals is not None]
    counted = tallies.concatenate([group.total for group in groups])
    return summed_sheet(counted, ranks.concatenate(totals) if totals else None, classes)


@lru_cache(maxsize=256)
def _layout(paths: tuple[Path, ...]) -> tuple[tuple[Path, tuple[str | int, ...], slice], ...]:
    """Stretches of paths that differ in their last part only: what they share, their last parts, and where they stand.

    Matrices and bins are left out: records hold them as arrays.
    """
    found, start = [], 0
    for shared, stretch in groupby(paths, lambda path: path[:-1]):
        keys = tuple(path[-1] for path in stretch)
        if shared[:1] != ("confusion",) and "bins" not in shared:
            found.append((shared, keys, slice(start, start + len(keys))))
        start += len(keys)
    return tuple(found)


def _numbers(blocks: Sequence[Block], rows: list[int]) -> list[Numbers]:
    """The numbers of these rows as nested objects."""
    trees: list[Numbers] = [{} for _ in rows]
    nodes: dict[Path, list[Numbers]] = {(): trees}
    values = np.concatenate([block.value for block in blocks], axis=1)[rows].tolist() if blocks else []
    for shared, keys, chosen in _layout(tuple(path for block in blocks for path in block.paths)):
        for node, row in zip(_nodes(nodes, shared), values, strict=True):
            node.update(zip(keys, row[chosen], strict=True))
    return trees


def _nodes(nodes: dict[Path, list[Numbers]], path: Path) -> list[Numbers]:
    """The object at a path in every tree, made where it is not there."""
    if path not in nodes:
        nodes[path] = [above.setdefault(path[-1], {}) for above in _nodes(nodes, path[:-1])]
    return nodes[path]


def _leaves(node: Numbers) -> dict[str, float]:
    """The numbers directly below."""
    return {str(key): value for key, value in node.items() if isinstance(value, float)}


def _group_results(
    measured: Sequence[Measured],
    sheet: GroupSheet,
    classes: tuple[str, ...],
    known: dict[GroupStatistics, GroupResult],
) -> list[GroupResult]:
    """Everyone's record, then every group's."""
    places = [(part, k, group) for part in measured for k, group in enumerate(part.groups)]
    fresh = [row for row, (_, _, group) in enumerate(places) if group not in known]
    trees, undefined = _numbers(sheet.blocks, fresh), sheet.undefined()
    rates, many = sheet.ratios["confusion"].value, len(classes)
    calibrations = _calibrations([places[row][2].totals for row in fresh], trees, classes)
    for row, tree, calibration in zip(fresh, trees, calibrations, strict=True):
        part, k, group = places[row]
        known[group] = GroupResult(
            by=group.by,
            value=group.value,
            n=group.n,
            speakers=group.speakers,
            small=group.value is not None and k not in part.compared,
            metrics=_metrics(group, tree, undefined[row], classes),
            confusion=Confusion(group.total.confusion[0], rates[row].reshape(many, many)),
            calibration=calibration,
        )
    return [known[group] for _, _, group in places]


def _metrics(group: GroupStatistics, numbers: Numbers, undefined: dict[str, int], classes: tuple[str, ...]) -> Metrics:
    ties = group.total.ties[0].tolist()
    positives = group.total.outcomes[0, :, 1].sum(axis=1).tolist()
    return Metrics(
        scores=_leaves(numbers["metrics"]),
        per_class={name: _leaves(node) for name, node in numbers["metrics"]["per_class"].items()},
        micro=_leaves(numbers["metrics"]["micro"]),
        support=dict(zip(classes, positives, strict=True)),
        undefined=undefined,
        ties={"truth": ties[0], "prediction": ties[1]},
    )


def _calibrations(
    totals: Sequence[Ranks | None], trees: Sequence[Numbers], classes: tuple[str, ...]
) -> list[Calibration | None]:
    """Per group its calibration; all None where rows were not ranked."""
    ranked = [found for found in totals if found is not None]
    if not ranked:
        return [None] * len(totals)
    together, many = ranks.concatenate(ranked), len(classes)
    class_bins = bins_of(together.bins.reshape(len(ranked) * many, *together.bins.shape[2:]))
    return [
        Calibration(
            parts=_leaves(tree["calibration"]),
            bins=pooled,
            per_class=tree["calibration"]["per_class"],
            class_bins=dict(zip(classes, class_bins[row * many :][:many], strict=True)),
        )
        for row, (pooled, tree) in enumerate(zip(bins_of(together.pooled), trees, strict=True))
    ]


def _gap(numbers: Numbers, name: str, classes: tuple[str, ...]) -> Gap:
    found = numbers.get(name, {})
    per_class = found.get("per_class", dict.fromkeys(classes, NAN))
    macro, worst, micro = (found.get(part, NAN) for part in ("macro", "worst", "micro"))
    return Gap(macro, worst, micro, per_class)


def _fairness(part: Measured, sheets: list[GroupSheet], classes: tuple[str, ...]) -> Fairness:
    blocks = fairness_blocks(sheets, classes, errors=False) if part.gaps_defined else []
    (numbers,) = _numbers(blocks, [0])
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
        empty_cells=empty_cells(sheets),
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


def _speaker_caveats(part: Measured) -> list[str]:
    """Where intervals say less than they seem to: few speakers, or most of the utterances by a few."""
    found, compared = [], [part.groups[k] for k in part.compared if part.groups[k].speakers > 1]
    if few := [f"{group.value} {group.speakers}" for group in compared if group.speakers < FEW_SPEAKERS]:
        found.append(f"{part.by}: few speakers ({', '.join(few)}); intervals over so few are rough.")
    if least := [f"{group.value} {group.speakers}" for group in compared if group.speakers < _FEWEST_SPEAKERS]:
        found.append(
            f"{part.by}: under {_FEWEST_SPEAKERS} speakers ({', '.join(least)}) intervals come from Student's t alone "
            "and leave out next to nothing."
        )
    uneven = [
        f"{group.value}: {group.speakers} count like {like:.0f}"
        for group in compared
        if (like := group.effective_speakers) < _UNEVEN * group.speakers
    ]
    if uneven:
        found.append(
            f"{part.by}: a few speakers have most of the utterances ({', '.join(uneven)}); intervals are too short: "
            "they hold the truth in 90 to 93 of 100."
        )
    return found


def _caveats(measured: Sequence[Measured], mode: Mode) -> list[str]:
    """What a reader must know before believing a difference."""
    found = []
    for part in measured:
        if part.by == EVERYONE:
            if not mode.one_label and (ties := int(part.groups[0].total.ties[0, 0])):
                found.append(f"{ties} utterances have no single most-voted class; matrices take the first of the tied.")
            continue
        alone = [str(part.groups[k].value) for k in part.compared if part.groups[k].speakers == 1]
        if alone:
            found.append(f"{part.by}: {', '.join(alone)} is one speaker each; group and person cannot be told apart.")
        found += _speaker_caveats(part)
        unknown = sum(group.n for group in part.groups if group.value is None)
        if unknown:
            found.append(f"{part.by}: {unknown} utterances of unknown value are left out of differences.")
        found += [f"{part.by}: {value} is left out of differences: {why}." for value, why in part.left_out.items()]
    return found
