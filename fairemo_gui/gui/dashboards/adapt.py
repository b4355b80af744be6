"""From evaluations to what the charts draw."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np

from fairemo_gui.evaluation.definitions import Definition
from fairemo_gui.evaluation.intervals import Intervals
from fairemo_gui.evaluation.records import Calibration, Evaluation, Fairness, GroupResult
from fairemo_gui.evaluation.sheet import Path
from fairemo_gui.gui import theme
from fairemo_gui.gui.controls import numbers
from fairemo_gui.gui.controls.card import Card
from fairemo_gui.gui.dashboards.model import (
    Bin,
    BrierParts,
    ConfusionModel,
    Counts,
    DifferenceMatrix,
    Estimate,
    FairnessModel,
    Flags,
    Group,
    GroupMatrix,
    GroupRates,
    Headline,
    Provisional,
    ReliabilityModel,
    ReliabilityPanel,
    Values,
)


@dataclass(frozen=True)
class Setting:
    """What the numbers are about, in the words the charts use.

    Attributes:
        by: The attribute (or intersection) whose groups are shown.
        truth: As `AV label`.
        predictor: As `voice raters`.
        by_votes: The predictor is people's votes, not a net's probabilities.
        minimum_n: As evaluated.
        histograms: Per group value (None key: unknown) counts of predicted probabilities in equal-width bins of 0–1.
    """

    by: str = "gender"
    truth: str = "AV label"
    predictor: str = "net"
    by_votes: bool = False
    minimum_n: int = 20
    provisional: Provisional | None = None
    histograms: Mapping[str | None, Counts] = field(default_factory=dict)


def groups_of(evaluation: Evaluation, setting: Setting) -> list[tuple[int, GroupResult, Group]]:
    """The groups of the attribute: place in the evaluation, result, and how it is shown."""
    chosen = [(k, result) for k, result in enumerate(evaluation.groups) if result.by == setting.by]
    known = sum(result.value is not None for _, result in chosen)
    return [(k, result, _group(result, place, known, setting.minimum_n)) for place, (k, result) in enumerate(chosen)]


def confusion_model(evaluation: Evaluation, setting: Setting) -> ConfusionModel:
    """Matrices per group of the attribute (or one for everyone), and the difference of two groups."""
    shown = groups_of(evaluation, setting)
    matrices = [
        GroupMatrix(
            g,
            estimate(evaluation, r.metrics.scores["macro_f1"], "groups", k, "metrics", "macro_f1"),
            r.confusion.counts,
        )
        for k, r, g in shown
    ]
    if not matrices:
        f1 = estimate(evaluation, evaluation.metrics.scores["macro_f1"], "metrics", "macro_f1")
        matrices = [GroupMatrix(None, f1, evaluation.confusion.counts)]
    difference = _difference(evaluation, setting, [group for _, _, group in shown])
    return ConfusionModel(
        classes=evaluation.classes,
        matrices=tuple(matrices),
        truth=setting.truth,
        predictor=setting.predictor,
        difference=difference,
        notes=_notes(evaluation, setting),
        footnote=_footnote(evaluation, difference),
        provisional=setting.provisional,
        f1_card=card(evaluation, "macro_f1"),
        interval_form=interval_words(evaluation),
    )


def reliability_model(evaluation: Evaluation, setting: Setting) -> ReliabilityModel:
    """Reliability per group of the attribute (or of everyone)."""
    panels = [
        _panel(evaluation, setting, r.calibration, g, k)
        for k, r, g in groups_of(evaluation, setting)
        if r.calibration is not None
    ]
    if not panels and evaluation.calibration is not None:
        panels = [_panel(evaluation, setting, evaluation.calibration, None, None)]
    names = ("brier", "reliability", "resolution", "uncertainty", "within_bin", "ece")
    return ReliabilityModel(
        panels=tuple(panels),
        truth=setting.truth,
        predictor=setting.predictor,
        provisional=setting.provisional,
        cards={name: card(evaluation, name) for name in names},
        interval_form=interval_words(evaluation),
    )


def fairness_model(evaluation: Evaluation, setting: Setting) -> FairnessModel:
    """Signed differences of two groups, or every group's rates, and the headline gaps."""
    shown = groups_of(evaluation, setting)
    fairness = evaluation.fairness.get(setting.by)
    groups = tuple(group for _, _, group in shown)
    first, second = _pair(fairness, groups)
    return FairnessModel(
        classes=evaluation.classes,
        groups=groups,
        first=first,
        second=second,
        sp=_signed(evaluation, setting.by, "sp") if first else (),
        eo=_signed(evaluation, setting.by, "eo") if first else (),
        rates=tuple(_rates(evaluation, k, result, group) for k, result, group in shown),
        headline=_headlines(evaluation, setting.by, fairness),
        provisional=setting.provisional,
        sp_card=card(evaluation, "sp"),
        eo_card=card(evaluation, "eo"),
        interval_form=interval_words(evaluation),
    )


def interval_words(evaluation: Evaluation) -> str:
    """As `95 %, 91 speakers, studentised`; empty without intervals."""
    if evaluation.intervals is None:
        return ""
    plan = evaluation.intervals.plan
    by_speaker = str(plan.unit) == "speaker"
    units = (
        numbers.counted(evaluation.speakers, "speaker", "speakers")
        if by_speaker
        else numbers.counted(evaluation.n, "clip", "clips")
    )
    form = plan.form_words(evaluation.speakers if by_speaker else evaluation.n)
    return f"{plan.level * 100:g} %, {units}, {form}"


def card(evaluation: Evaluation, key: str) -> Card:
    """The card of a number that the evaluation defines."""
    found: Definition | None = evaluation.definitions.get(key)
    if found is None:
        return Card(key)
    return Card(found.title, found.definition, found.formula, found.source, (), interval_words(evaluation))


def estimate(evaluation: Evaluation, value: float, *path: str | int) -> Estimate:
    """A number with the interval at its path, or the reason why there is none."""
    if evaluation.intervals is None:
        return Estimate(value)
    found = evaluation.intervals.at(*path)
    if found is None:
        return Estimate(value, reason=evaluation.intervals.reason(*path) or "")
    return Estimate(value, found.low, found.high)


def _group(result: GroupResult, place: int, total: int, minimum: int) -> Group:
    word = theme.group_word(result.value)
    return Group(result.value, word, result.n, result.speakers, place, total, minimum if result.value else 0)


def _pair(fairness: Fairness | None, groups: Sequence[Group]) -> tuple[Group | None, Group | None]:
    if fairness is None or fairness.signed is None:
        return None, None
    by_value = {group.value: group for group in groups}
    return by_value[fairness.signed.minus], by_value[fairness.signed.plus]


def _difference(evaluation: Evaluation, setting: Setting, groups: Sequence[Group]) -> DifferenceMatrix | None:
    fairness = evaluation.fairness.get(setting.by)
    first, second = _pair(fairness, groups)
    if fairness is None or fairness.signed is None or first is None or second is None:
        return None
    start: Path = ("fairness", setting.by, "signed", "confusion")
    values = fairness.signed.confusion
    if evaluation.intervals is None:
        return DifferenceMatrix(first, second, values, np.zeros(values.shape, dtype=bool))
    low, high = _interval_matrices(evaluation.intervals, start, values.shape)
    return DifferenceMatrix(first, second, values, _excludes_zero(low, high), low, high)


def _interval_matrices(intervals: Intervals, start: Path, shape: tuple[int, ...]) -> tuple[Values, Values]:
    low, high = np.full(shape, np.nan), np.full(shape, np.nan)
    for place in np.ndindex(*shape):
        found = intervals.at(*start, *place)
        if found is not None:
            low[place], high[place] = found.low, found.high
    return low, high


def _excludes_zero(low: Values, high: Values) -> Flags:
    with np.errstate(invalid="ignore"):
        return np.asarray((low > 0) | (high < 0))


def _notes(evaluation: Evaluation, setting: Setting) -> tuple[str, ...]:
    ties = evaluation.metrics.ties
    found = [f"Columns: {'plurality' if setting.by_votes else 'argmax'} of {setting.predictor}"]
    if any(ties.values()):
        truth = f"{numbers.count(ties.get('truth', 0))} {setting.truth.removesuffix(' label')}"
        found.append(f"Ties to first: {truth}, {numbers.count(ties.get('prediction', 0))} {_source(setting)}")
    return tuple(found)


def _source(setting: Setting) -> str:
    return setting.predictor.removesuffix(" raters")


def _footnote(evaluation: Evaluation, difference: DifferenceMatrix | None) -> str:
    mode = "multi-hot" if evaluation.mode == "multi" else "one class"
    f1 = f"F1: macro, {mode}."
    if difference is None or evaluation.intervals is None:
        return f1
    plan = evaluation.intervals.plan
    units = numbers.counted(evaluation.speakers, "speaker", "speakers") if str(plan.unit) == "speaker" else "clips"
    looks = difference.values.size
    return f"{plan.level * 100:g} % interval of the difference excludes 0 ({units}, {looks} cells, uncorrected). {f1}"


def _panel(
    evaluation: Evaluation, setting: Setting, found: Calibration, group: Group | None, k: int | None
) -> ReliabilityPanel:
    start: Path = ("calibration", "overall") if k is None else ("calibration", "groups", k)
    scores: Path = ("metrics", "brier") if k is None else ("groups", k, "metrics", "brier")
    edges = _edges(found.bins.mean_p)
    bins = tuple(
        Bin(p, estimate(evaluation, observed, *start, "bins", place, "observed"), int(n), low, high)
        for place, (p, observed, n, (low, high)) in enumerate(
            zip(
                found.bins.mean_p.tolist(),
                found.bins.observed.tolist(),
                found.bins.n.tolist(),
                edges,
                strict=True,
            )
        )
    )
    value = group.value if group is not None else None
    counts = setting.histograms.get(value)
    return ReliabilityPanel(
        group=group,
        bins=bins,
        histogram=np.zeros(0, dtype=np.int64) if counts is None else counts,
        parts=BrierParts(
            brier=estimate(evaluation, found.parts["brier"], *scores),
            reliability=found.parts["reliability"],
            resolution=found.parts["resolution"],
            uncertainty=found.parts["uncertainty"],
            remainder=found.parts["within_bin"],
            ece=found.parts["ece"],
        ),
    )


def _edges(mean_p: Values) -> list[tuple[float, float]]:
    """Where a click on a bin begins and ends: half way to its neighbours."""
    between = [0.0, *((mean_p[1:] + mean_p[:-1]) / 2).tolist(), 1.0]
    return list(pairwise(between))[: len(mean_p)]


def _signed(evaluation: Evaluation, by: str, name: str) -> tuple[Estimate, ...]:
    signed = evaluation.fairness[by].signed
    if signed is None:
        return ()
    per_class = {"sp": signed.sp, "eo": signed.eo}[name].per_class
    return tuple(
        estimate(evaluation, per_class[c], "fairness", by, "signed", name, "per_class", c) for c in evaluation.classes
    )


def _rates(evaluation: Evaluation, k: int, result: GroupResult, group: Group) -> GroupRates:
    columns = [
        tuple(
            estimate(evaluation, result.metrics.per_class[name][c], "groups", k, "metrics", "per_class", name, c)
            for c in evaluation.classes
        )
        for name in ("selection_rate", "recall")
    ]
    return GroupRates(group, columns[0], columns[1])


def _headlines(evaluation: Evaluation, by: str, fairness: Fairness | None) -> tuple[Headline, ...]:
    if fairness is None:
        return ()
    wanted: tuple[tuple[str, float, tuple[str, ...], str], ...] = (
        ("DPD macro", fairness.dpd.macro, ("dpd", "macro"), "dpd"),
        ("EOD macro", fairness.eod.macro, ("eod", "macro"), "eod"),
        ("Macro-F1 gap", fairness.macro_f1_gap, ("macro_f1_gap",), "macro_f1_gap"),
    )
    return tuple(
        Headline(name, estimate(evaluation, value, "fairness", by, *path), _gap_card(evaluation, key))
        for name, value, path, key in wanted
    )


def _gap_card(evaluation: Evaluation, key: str) -> Card:
    known = card(evaluation, key)
    caution = evaluation.definitions.get("gap_interval")
    lines = (caution.definition,) if caution is not None else ()
    return Card(known.title, known.definition, known.formula, known.source, lines, known.interval)
