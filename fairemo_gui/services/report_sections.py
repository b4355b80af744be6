"""What the report draws of each attribute, of several seeds, and of a comparison."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from fairemo_gui.core.colours import LIGHT, GroupStyle, group_style, group_word
from fairemo_gui.evaluation.comparison import Comparison, Verdict
from fairemo_gui.evaluation.records import Evaluation, Fairness, GroupResult
from fairemo_gui.evaluation.seeds import SeedRuns
from fairemo_gui.services import report_charts
from fairemo_gui.services.evaluation import EvaluationView
from fairemo_gui.services.report_charts import ChangeRow, ReliabilityCurve, SeedRow, SignedRow

_BETTER = {Verdict.BETTER: True, Verdict.WORSE: False}


@dataclass(frozen=True)
class GroupSection:
    """What is shown of one attribute or intersection.

    Attributes:
        places: Place of each of its groups among the evaluation's groups, where their intervals are kept.
        styles: Mark per compared group.
        confusion: Charts as markup; None where there is nothing to draw.
    """

    by: str
    places: tuple[int, ...]
    styles: dict[str, GroupStyle]
    confusion: str | None
    signed: str | None
    reliability: str | None


def group_sections(view: EvaluationView) -> list[GroupSection]:
    """Every attribute, then the intersection."""
    return [_section(view.evaluation, by, fairness) for by, fairness in view.evaluation.fairness.items()]


def _section(found: Evaluation, by: str, fairness: Fairness) -> GroupSection:
    styles = _styles(fairness.groups)
    shown = [group for group in found.groups if group.by == by and group.value in styles]
    titles = [str(group.value) for group in shown]
    return GroupSection(
        by=by,
        places=tuple(place for place, group in enumerate(found.groups) if group.by == by),
        styles=styles,
        confusion=report_charts.confusion([g.confusion.counts for g in shown], titles, found.classes)
        if shown
        else None,
        signed=_signed(found, by, fairness),
        reliability=_reliability(found, shown, styles),
    )


def _styles(groups: Sequence[str]) -> dict[str, GroupStyle]:
    return {value: group_style(LIGHT, value, place, len(groups)) for place, value in enumerate(groups)}


def _signed(found: Evaluation, by: str, fairness: Fairness) -> str | None:
    if fairness.signed is None or found.intervals is None:
        return None
    panels = []
    for key, gap in (("sp", fairness.signed.sp), ("eo", fairness.signed.eo)):
        rows = []
        for label, value in gap.per_class.items():
            ends = found.intervals.at("fairness", by, "signed", key, "per_class", label)
            rows.append(SignedRow(label, value, None if ends is None else (ends.low, ends.high)))
        panels.append((found.definitions[{"sp": "selection_rate", "eo": "recall"}[key]].title, rows))
    return report_charts.signed_bars(panels, first=fairness.signed.minus, second=fairness.signed.plus)


def _reliability(found: Evaluation, shown: Sequence[GroupResult], styles: dict[str, GroupStyle]) -> str | None:
    curves = []
    for place, group in enumerate(found.groups):
        if group not in shown or group.calibration is None:
            continue
        bins, value = group.calibration.bins, str(group.value)
        of_bin = ("calibration", "groups", place, "bins")
        ends = [
            None if found.intervals is None else found.intervals.at(*of_bin, k, "observed")
            for k in range(len(bins.places))
        ]
        intervals = [None if each is None else (max(each.low, 0.0), min(each.high, 1.0)) for each in ends]
        curves.append(ReliabilityCurve(value, styles[value], bins.mean_p.tolist(), bins.observed.tolist(), intervals))
    return report_charts.reliability(curves) if curves else None


def seed_chart(runs: SeedRuns) -> str:
    """Scores beside differences between groups: they have other scales, and Brier, in the table alone, has a third."""
    styles = {(by, value): style for by, groups in runs.sizes.items() for value, style in _styles(list(groups)).items()}
    panels: dict[bool, list[SeedRow]] = {False: [], True: []}
    for title, row in runs.headline():
        number = row.number
        if number.key == "brier":
            continue
        style = styles[number.by, number.group] if number.group else None
        interval = None if math.isnan(row.low) else (row.low, row.high)
        panels[number.between].append(SeedRow(title, style, row.over_seeds.values, interval))
    names = {False: "Scores", True: "Differences between groups"}
    return report_charts.seeds([(names[between], rows) for between, rows in panels.items() if rows])


def change_chart(found: Comparison) -> str:
    """The headline changes."""
    rows = []
    for change in found.changes:
        where = group_word(change.group) if change.group else found.by if change.gap else "all"
        interval = None if math.isnan(change.low) else (change.low, change.high)
        better = _BETTER.get(change.verdict)
        rows.append(ChangeRow(f"{found.definitions[change.key].title}, {where}", change.delta, interval, better))
    return report_charts.changes(rows)
