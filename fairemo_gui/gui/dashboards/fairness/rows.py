"""What stands in the rows of the fairness chart: signed differences of two groups, or the rates of several."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from fairemo_gui.gui import theme
from fairemo_gui.gui.controls import numbers
from fairemo_gui.gui.dashboards.model import Estimate, FairnessModel, Group, GroupRates
from fairemo_gui.gui.dashboards.pane import Mark
from fairemo_gui.gui.theme import Tokens

COLOURED = 4
"""Five or more groups are not coloured: each gets a row of its own."""


@dataclass(frozen=True)
class Entry:
    """One column of a row.

    Attributes:
        marks: Points; their y is set when the row is laid out.
        spread: Lowest and highest point, for the line behind several groups.
        value: What stands at the right.
        words: As a sentence.
    """

    marks: tuple[Mark, ...]
    value: str
    strong: bool
    words: str
    spread: tuple[float, float] | None = None


@dataclass(frozen=True)
class Line:
    """A row.

    Attributes:
        entries: Selection rate, true positive rate; empty on a heading.
        class_index: Its emotion.
        group: The favoured group (of two), the row's own (of five or more), else None.
    """

    label: str
    class_index: int
    entries: tuple[Entry, ...]
    groups: tuple[str | None, ...] = (None, None)
    indented: bool = False


def lines_of(model: FairnessModel, tokens: Tokens) -> list[Line]:
    """The rows of a model, top to bottom."""
    if model.first is not None and model.second is not None:
        return [_signed_line(model, k, model.first, model.second, tokens) for k in range(len(model.classes))]
    if len(model.rates) <= COLOURED:
        return [_rates_line(model, k, tokens) for k in range(len(model.classes))]
    return [line for k in range(len(model.classes)) for line in _one_row_each(model, k, tokens)]


def favoured(estimate: Estimate, first: Group, second: Group) -> Group:
    """The group a signed difference is in favour of."""
    return second if estimate.value >= 0 else first


def _signed_line(model: FairnessModel, k: int, first: Group, second: Group, tokens: Tokens) -> Line:
    pair = (model.sp[k], model.eo[k])
    names = ("selection rate", "true positive rate")
    entries = [_signed_entry(model.classes[k], n, e, first, second, tokens) for n, e in zip(names, pair, strict=True)]
    return Line(model.classes[k], k, tuple(entries), tuple(favoured(e, first, second).value for e in pair))


def _signed_entry(emotion: str, name: str, estimate: Estimate, first: Group, second: Group, tokens: Tokens) -> Entry:
    if not estimate.known:
        return Entry((), numbers.ABSENT, False, f"{emotion}, {name}: not defined")
    group = favoured(estimate, first, second)
    strong = estimate.excludes_zero
    style = theme.group_style(tokens, group.value, group.place, group.total)
    mark = Mark(
        estimate.value,
        0,
        style.colour if strong else tokens.zero,
        estimate.low if estimate.has_interval else None,
        estimate.high if estimate.has_interval else None,
        filled=strong,
        marker=style.marker if strong else "●",
    )
    ends = numbers.interval(estimate.low, estimate.high, sign=True) or estimate.reason
    verdict = f"in favour of {group.word.lower()}" if strong else "no evidence"
    words = f"{emotion}, {name}: {numbers.signed(estimate.value)} {ends}, {verdict}"
    return Entry((mark,), numbers.signed(estimate.value), strong, words)


def _rates_line(model: FairnessModel, k: int, tokens: Tokens) -> Line:
    entries = tuple(_rates_entry(model.classes[k], name, model.rates, k, tokens) for name in ("selection", "true"))
    return Line(model.classes[k], k, entries)


def _rates_entry(emotion: str, which: str, rates: Sequence[GroupRates], k: int, tokens: Tokens) -> Entry:
    marks, counted, words = [], [], []
    for rate in rates:
        estimate = (rate.selection if which == "selection" else rate.true_positive)[k]
        if not estimate.known:
            continue
        marks.append(_rate_mark(rate.group, estimate, tokens))
        words.append(f"{rate.group.word} {numbers.rate(estimate.value)}")
        if rate.group.value is not None and not rate.group.small:
            counted.append(estimate.value)
    spread = (min(counted), max(counted)) if len(counted) > 1 else None
    value = numbers.rate(spread[1] - spread[0]) if spread else numbers.ABSENT
    return Entry(tuple(marks), value, False, f"{emotion}: {', '.join(words)}; range {value}", spread)


def _rate_mark(group: Group, estimate: Estimate, tokens: Tokens) -> Mark:
    style = theme.group_style(tokens, group.value, group.place, group.total)
    colour = tokens.text3 if group.small else style.colour
    return Mark(estimate.value, 0, colour, filled=style.marker != "○" and not group.small, marker=style.marker)


def _one_row_each(model: FairnessModel, k: int, tokens: Tokens) -> list[Line]:
    lines = [Line(model.classes[k], k, ())]
    for rate in model.rates:
        entries = []
        for estimate in (rate.selection[k], rate.true_positive[k]):
            mark = _rate_mark(rate.group, estimate, tokens)
            ends = (
                {"low": estimate.low, "high": estimate.high} if estimate.has_interval else {"low": None, "high": None}
            )
            mark = Mark(mark.x, 0, mark.colour, ends["low"], ends["high"], mark.filled, mark.marker)
            words = f"{rate.group.word}, {model.classes[k]}: {numbers.rate(estimate.value)}"
            entries.append(Entry((mark,) if estimate.known else (), numbers.rate(estimate.value), False, words))
        lines.append(Line(rate.group.word, k, tuple(entries), (rate.group.value, rate.group.value), indented=True))
    return lines
