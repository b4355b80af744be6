"""What the rule comes to, in numbers: now, by the rule the figures use, and the difference with its direction."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import partial

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter

from fairemo_gui.evaluation.arrays import Float
from fairemo_gui.evaluation.thresholds import Rates
from fairemo_gui.gui import theme
from fairemo_gui.gui.controls import numbers
from fairemo_gui.gui.controls.card import Card
from fairemo_gui.gui.controls.painting import RIGHT, draw_marker, draw_text, pen
from fairemo_gui.gui.dashboards.canvas import Place
from fairemo_gui.gui.dashboards.thresholds.rule import Rule
from fairemo_gui.gui.dashboards.words import minimum_words, size_of

SCORE, GAP = "Macro-F1", "Gap between groups"
_LINE, _COLUMN, _HEAD, _NOTE = 17.0, 46.0, 20.0, 30.0
_FEW = 4
_CAUTION = "No interval: thresholds are tried out on the very utterances they are judged by, so the best one flatters."


@dataclass(frozen=True)
class Item:
    """One number of the explorer.

    Attributes:
        key: `macro_f1`, `dpd`, `eod`, `selected`, or `group` and a number.
        plot: Title of the plot it is drawn in; empty = only in the readout.
        short: What stands beside its curve.
        column: Its name in a table.
    """

    key: str
    plot: str
    word: str
    short: str
    style: theme.GroupStyle
    width: float
    column: str

    @property
    def ink(self) -> str:
        """Colour of its words."""
        return theme.current().text2 if self.key.startswith("group") else theme.current().text

    def of(self, rates: Rates) -> Float:
        """Its values among rates."""
        if self.key.startswith("group"):
            return rates.by_group[..., int(self.key.removeprefix("group"))]
        found: Float = getattr(rates, self.key)
        return found


def items(rule: Rule) -> list[Item]:
    """Every number, in the order of the readout; five or more groups stay out of the plot."""
    tokens, model = theme.current(), rule.model
    everyone = theme.GroupStyle(tokens.text, "●", ())
    dashed = theme.GroupStyle(tokens.text2, "◆", (4.0, 2.0))
    found = [Item("macro_f1", SCORE, "Macro-F1", "all", everyone, 2.0, "macro_f1")]
    few = len(model.groups) <= _FEW
    for k, group in enumerate(model.groups):
        style = theme.group_style(tokens, group.value, group.place, group.total)
        colour = tokens.text3 if group.small else style.colour
        style = replace(style, colour=colour)
        drawn = SCORE if few and not group.small else ""
        found.append(Item(f"group{k}", drawn, group.word, group.word.lower(), style, 1.6, f"macro_f1 {group.word}"))
    found.append(Item("dpd", GAP, "DPD, macro", "DPD", everyone, 2.0, "dpd"))
    found.append(Item("eod", GAP, "EOD, macro", "EOD", dashed, 1.8, "eod"))
    found.append(Item("selected", "", "Labels per clip", "", everyone, 0.0, "labels_per_clip"))
    return found


def height(shown: Sequence[Item]) -> float:
    """Height of the readout."""
    return _HEAD + _LINE * len(shown) + 6 + _NOTE


def panel() -> QColor:
    """Ground of words that stand on a plot: no curve shines through and strikes them out."""
    return QColor(theme.current().panel)


def draw(painter: QPainter, table: QRectF, shown: Sequence[Item], rule: Rule, note: str) -> None:
    """The table, and the sentence that nothing else moves with it."""
    tokens, small, bold = theme.current(), theme.font(theme.SMALL), theme.font(theme.SMALL, 600)
    head = QRectF(table.left(), table.top(), table.width(), _HEAD - 3)
    for k, word in enumerate(("now", rule.used_words, "change")):
        draw_text(painter, _cell(head, k), word, tokens.text3, small, RIGHT)
    draw_text(painter, head.adjusted(0, 0, -3 * _COLUMN, 0), rule.words.rpartition(": ")[0], tokens.text2, small)
    painter.setPen(pen(tokens.line))
    painter.drawLine(QPointF(table.left(), head.bottom() + 1), QPointF(table.right(), head.bottom() + 1))
    for line, item in enumerate(shown):
        box = _row(table, line)
        group = item.key.startswith("group")
        if group:
            draw_marker(painter, QPointF(box.left() + 4.5, box.center().y()), item.style, 8)
        label = box.adjusted(14 if group else 0, 0, -3 * _COLUMN, 0)
        draw_text(painter, label, item.word, tokens.text2 if group else tokens.text, small)
        now, used = (float(item.of(rates)) for rates in (rule.now, rule.used))
        digits = 2 if item.key == "selected" else 3
        draw_text(painter, _cell(box, 0), numbers.rate(now, digits), tokens.text, bold, RIGHT)
        draw_text(painter, _cell(box, 1), numbers.rate(used, digits), tokens.text2, small, RIGHT)
        draw_text(painter, _cell(box, 2), numbers.signed(now - used, digits), tokens.text2, small, RIGHT)
    painter.setPen(QColor(tokens.text3))
    painter.setFont(small)
    below = QRectF(table.left(), table.bottom() - _NOTE, table.width(), _NOTE)
    painter.drawText(below, int(Qt.TextFlag.TextWordWrap | Qt.AlignmentFlag.AlignTop), note)


def places(table: QRectF, shown: Sequence[Item], rule: Rule) -> Iterable[Place]:
    """A place per number, with its card."""
    for line, item in enumerate(shown):
        yield Place(_row(table, line), partial(_words, item, rule), None, partial(_card, item, rule))


def plot_words(plot: str, rule: Rule) -> str:
    """A plot where the rule stands, as a sentence."""
    return f"{rule.words}. " + "; ".join(_words(item, rule) for item in items(rule) if item.plot == plot)


def plot_card(plot: str, rule: Rule) -> Card:
    """What a plot shows."""
    lines = tuple(_words(item, rule) for item in items(rule) if item.plot == plot)
    return Card(
        f"{plot}, {rule.words}",
        f"At every position of the rule, of {rule.model.predictor} against {rule.model.truth}. Solid line: where the "
        f"rule stands. Dashed line: {rule.start_words}. The figures use {rule.used_words}. {_CAUTION}",
        lines=lines,
    )


def change_words(plot: str, rule: Rule) -> str:
    """What the rule changes in a plot, as `DPD +0.003, EOD +0.023`, for where the readout is out of sight."""
    shown = [item for item in items(rule) if item.plot == plot and not item.key.startswith("group")]
    changes = [(item, float(item.of(rule.now) - item.of(rule.used))) for item in shown]
    said = ", ".join(
        f"{item.short if plot == GAP else ''} {numbers.signed(change)}".strip() for item, change in changes
    )
    return f"{said} to {rule.used_words}"


def _words(item: Item, rule: Rule) -> str:
    now, used = (float(item.of(rates)) for rates in (rule.now, rule.used))
    if math.isnan(now):
        return f"{item.word}: not defined"
    words = f"{item.word} {numbers.rate(now)}"
    if math.isnan(used) or round(now - used, 3) == 0:
        return f"{words}, as at {rule.used_words}"
    change = numbers.rate(abs(now - used))
    if item.plot == GAP:
        return f"{words}, {'wider' if now > used else 'narrower'} by {change} than at {rule.used_words}"
    return f"{words}, {'higher' if now > used else 'lower'} by {change} than at {rule.used_words}"


def _card(item: Item, rule: Rule) -> Card:
    model = rule.model
    if item.key == "selected":
        return Card(_words(item, rule), "Mean number of emotions that are on per utterance.", "Σ_k P(ŷ_k = 1)")
    group = model.groups[int(item.key.removeprefix("group"))] if item.key.startswith("group") else None
    known = model.cards.get("macro_f1" if group is not None else item.key, Card(item.word))
    sizes = [minimum_words(g) or size_of(g.n, g.speakers, g.word) for g in ([group] if group else model.groups)]
    return Card(_words(item, rule), f"{known.definition} {_CAUTION}", known.formula, known.source, tuple(sizes))


def _row(table: QRectF, line: int) -> QRectF:
    return QRectF(table.left(), table.top() + _HEAD + line * _LINE, table.width(), _LINE)


def _cell(row: QRectF, column: int) -> QRectF:
    return QRectF(row.right() - (3 - column) * _COLUMN, row.top(), _COLUMN, row.height())
