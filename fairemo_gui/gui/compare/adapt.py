"""From a comparison of two nets to what the Compare page shows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from fairemo_gui.evaluation.comparison import Change, Comparison, RightInOne, Verdict
from fairemo_gui.gui import theme
from fairemo_gui.gui.compare.model import (
    ChangeRow,
    CompareModel,
    DiscordantRow,
    Finding,
    FlipRow,
    LabelRow,
    LearningCurve,
    RecallColumn,
    RecallPair,
)
from fairemo_gui.gui.controls import numbers
from fairemo_gui.gui.controls.card import Card
from fairemo_gui.gui.dashboards.model import Estimate, Group

PERFORMANCE, GAPS = "Performance", "Gap between groups"


@dataclass(frozen=True)
class Circumstances:
    """What the page says beside the comparison's own numbers.

    Attributes:
        utterances: Id and code of every compared row, in the comparison's order.
        checks: Facts of the run, as `Recipe: schmitz2022`.
        speakers_apart: Whether no speaker is in two splits.
        truth: As `AV`.
        label_groups: Groups whose new ratings are counted, as `women`.
    """

    old_name: str
    new_name: str
    utterances: Sequence[tuple[int, str]]
    truth: str = "AV"
    summary: str = ""
    checks: tuple[str, ...] = ()
    speakers_apart: bool = True
    curves: tuple[LearningCurve, ...] = ()
    kept_epoch: int | None = None
    label_groups: tuple[str, ...] = ()
    labels: tuple[LabelRow, ...] = ()
    labels_note: str = ""


def compare_model(comparison: Comparison, about: Circumstances) -> CompareModel:
    """Everything the page shows."""
    groups = _groups(comparison)
    return CompareModel(
        old_name=about.old_name,
        new_name=about.new_name,
        summary=about.summary,
        findings=tuple(_finding(change) for change in comparison.changes if _in_headline(change)),
        checks=(
            _check_words(about.speakers_apart),
            _test_words(comparison, groups),
            _truth_words(comparison, about),
            *about.checks,
        ),
        speakers_apart=about.speakers_apart,
        interval=_interval_words(comparison),
        correction="Holm",
        classes=comparison.classes,
        changes=tuple(_change_row(comparison, change, groups) for change in comparison.changes),
        recalls=tuple(_recall_column(comparison, group) for group in groups),
        curves=about.curves,
        kept_epoch=about.kept_epoch,
        tests=tuple(_test_row(test) for test in comparison.tests),
        tests_note=_tests_note(comparison, about),
        label_groups=about.label_groups,
        labels=about.labels,
        labels_note=about.labels_note,
        flips=tuple(
            FlipRow(*about.utterances[f.row], f.group, f.truth, f.old, f.new, f.delta_p, f.result)
            for f in comparison.flips
        ),
        test_size=comparison.n,
    )


def _groups(comparison: Comparison) -> list[Group]:
    total = len(comparison.sizes)
    return [
        Group(value, theme.group_word(value), n, speakers, place, total)
        for place, (value, (n, speakers)) in enumerate(comparison.sizes.items())
    ]


def _in_headline(change: Change) -> bool:
    return (change.key == "macro_f1" and change.group is not None) or change.key == "macro_f1_gap"


def _finding(change: Change) -> Finding:
    if change.gap:
        name, words = "Gap", {Verdict.BETTER: "smaller", Verdict.WORSE: "larger"}
    else:
        name, words = theme.group_word(change.group), {Verdict.BETTER: "better", Verdict.WORSE: "worse"}
    verdict = words.get(change.verdict)
    measure = "" if change.gap else "macro-F1 "
    digits = numbers.digits_of(change.delta, change.low, change.high)
    low, high = (numbers.signed(end, digits) for end in (change.low, change.high))
    ends = f" [{low}, {high}]" if change.low == change.low else ""
    sentence = f"{name} {verdict}" if verdict else f"{name}: no evidence"
    return Finding(sentence, f"{measure}{numbers.signed(change.delta, digits)}{ends}", change.verdict)


def _check_words(apart: bool) -> str:
    return "No speaker in two splits" if apart else "A speaker is in two splits: do not trust these numbers"


def _test_words(comparison: Comparison, groups: Sequence[Group]) -> str:
    parts = [f"{numbers.count(g.speakers or 0)} {_inside(g)} ({numbers.count(g.n)})" for g in groups]
    split = " and ".join(parts) if len(parts) < 3 else ", ".join(parts)
    return f"Test: {numbers.counted(comparison.n, 'utterance', 'utterances')}" + (f", {split}" if split else "")


def _truth_words(comparison: Comparison, about: Circumstances) -> str:
    return f"Truth: {about.truth}, {'multi-hot' if comparison.mode == 'multi' else 'one class'}"


def _interval_words(comparison: Comparison) -> str:
    plan = comparison.plan
    units = sum(speakers for _, speakers in comparison.sizes.values()) if str(plan.unit) == "speaker" else comparison.n
    draws = f"{numbers.count(plan.replicates)}, {plan.chosen_form}"
    return f"Paired bootstrap over {numbers.count(units)} {plan.unit}s, {draws}"


def _change_row(comparison: Comparison, change: Change, groups: Sequence[Group]) -> ChangeRow:
    known = comparison.definitions.get(change.key)
    title = known.title if known else change.key
    label = _change_label(title, change, groups)
    lines = [
        f"{g.word}: n = {numbers.count(g.n)}, {numbers.counted(g.speakers or 0, 'speaker', 'speakers')}" for g in groups
    ]
    p = f"p = {numbers.probability(change.p)}, Holm {numbers.probability(change.p_holm)}"
    digits = numbers.digits_of(change.delta, change.low, change.high)
    ends = numbers.interval(change.low, change.high, digits, sign=True)
    card = Card(
        f"{label}: {numbers.signed(change.delta, digits)} {ends}".rstrip(),
        known.definition if known else "",
        known.formula if known else "",
        known.source if known else "",
        (*lines, p, change.reason or ""),
        _interval_words(comparison),
    )
    delta = _estimate(change.delta, change.low, change.high, change.reason)
    return ChangeRow(GAPS if change.gap else PERFORMANCE, label, change.old, change.new, delta, change.verdict, card)


def _change_label(title: str, change: Change, groups: Sequence[Group]) -> str:
    if change.gap:
        return title if change.key == "macro_f1_gap" else f"{title}, macro"
    if change.group is None:
        return f"{title}, all"
    return f"{title}, {next((_inside(g) for g in groups if g.value == change.group), change.group)}"


def _recall_column(comparison: Comparison, group: Group) -> RecallColumn:
    mine = {r.label: r for r in comparison.recalls if r.group == group.value}
    found = [mine[name] for name in comparison.classes]
    return RecallColumn(
        group, tuple(RecallPair(r.old, r.new, _estimate(r.delta, r.low, r.high, r.reason)) for r in found)
    )


def _test_row(test: RightInOne) -> DiscordantRow:
    label = "All" if test.group is None else theme.group_word(test.group)
    return DiscordantRow(label, test.counts.only_old, test.counts.only_new, test.counts.p, test.p_holm, test.verdict)


def _tests_note(comparison: Comparison, about: Circumstances) -> str:
    whole = next((test.counts for test in comparison.tests if test.group is None), None)
    if whole is None:
        return ""
    right = "only where all its labels are" if comparison.mode == "multi" else "where the emotion is"
    return (
        f"Both right {numbers.count(whole.both_right)}, both wrong {numbers.count(whole.both_wrong)}. "
        f"An utterance counts as right {right} ({about.truth}). Treats clips as independent; the intervals do not."
    )


def _estimate(value: float, low: float, high: float, reason: str | None) -> Estimate:
    known = low == low and high == high
    return Estimate(value, low if known else None, high if known else None, reason or "")


def _inside(group: Group) -> str:
    """A group's word inside a sentence."""
    return group.word.lower() if group.value in {"female", "male"} else group.word
