"""Recall per emotion and group, old ○ → new ●, with the paired difference in words."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from functools import partial

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QWidget

from fairemo_gui.gui import theme
from fairemo_gui.gui.compare.model import CompareModel, RecallColumn, RecallPair
from fairemo_gui.gui.controls import numbers
from fairemo_gui.gui.controls.card import Card
from fairemo_gui.gui.controls.painting import CENTRE, RIGHT, draw_marker, draw_text, draw_verdict, width_of
from fairemo_gui.gui.dashboards import scale
from fairemo_gui.gui.dashboards.canvas import Canvas, Place
from fairemo_gui.gui.dashboards.chart import Chart, Row
from fairemo_gui.gui.dashboards.pane import Mark, Pane, Segment
from fairemo_gui.gui.theme import Tokens

_SIDE, _TOP, _AXIS, _NOTE = 12.0, 42.0, 20.0, 24.0
_WIDEST, _LOWEST, _WORDS = 40.0, 18.0, 104.0
# What stands in the interval's place where there is none; the card says why. By whether the recalls are the same.
_WITHOUT = {True: "as before", False: "no interval"}


class RecallCanvas(Canvas):
    """Draws labels and words; one pane per group draws the points."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("Recall per emotion and group", parent)
        self._model: CompareModel | None = None
        self._plots: list[QRectF] = []
        self._panes: list[Pane] = []
        self._pitch = _WIDEST
        self._span: scale.Range = (0.0, 1.0)

    def set_model(self, model: CompareModel) -> None:
        """Show other numbers."""
        self._model = model
        while len(self._panes) < len(model.recalls):
            self._panes.append(Pane(self))
        for pane in self._panes[len(model.recalls) :]:
            pane.hide()
        self._span = _span_of(model)
        self.refresh()

    def arrange(self) -> Sequence[Place]:
        """Groups side by side on one scale."""
        model = self._model
        if model is None or not model.recalls:
            return []
        rows, groups = len(model.classes), len(model.recalls)
        small = theme.font(theme.SMALL)
        labels = _SIDE + max(width_of(name, small) for name in model.classes) + 12
        self.setMinimumSize(
            math.ceil(labels + groups * (_WORDS + 90)), math.ceil(_TOP + rows * _LOWEST + _AXIS + _NOTE)
        )
        self._pitch = min(_WIDEST, max(_LOWEST, (self.height() - _TOP - _AXIS - _NOTE) / rows))
        wide = (self.width() - labels - _SIDE) / groups
        self._plots = [
            QRectF(labels + k * wide, _TOP - 4, max(wide - _WORDS - 20, 40), rows * self._pitch + 4)
            for k in range(groups)
        ]
        for pane, plot, column in zip(self._panes, self._plots, model.recalls, strict=False):
            self._fill(pane, plot, column)
        return list(self._find_places(model))

    def draw(self, painter: QPainter) -> None:
        """Labels, groups, words, axis, note."""
        model = self._model
        if model is None or not model.recalls:
            return
        tokens, small = theme.current(), theme.font(theme.SMALL)
        for k, name in enumerate(model.classes):
            box = QRectF(0, self._top(k), self._plots[0].left() - 12, self._pitch)
            draw_text(painter, box, name, tokens.text2, small, RIGHT)
        for plot, column in zip(self._plots, model.recalls, strict=True):
            self._draw_group(painter, plot, column)
            self._draw_ticks(painter, plot)
        self._draw_note(painter, model)

    def _top(self, row: int) -> float:
        return _TOP + row * self._pitch

    def _fill(self, pane: Pane, plot: QRectF, column: RecallColumn) -> None:
        tokens = theme.current()
        pane.put(plot, self._span, (-plot.height(), 0))
        segments = [Segment((t, -plot.height()), (t, 0), tokens.grid) for t in scale.ticks(self._span, 6)]
        marks = []
        for k, pair in enumerate(column.pairs):
            y = plot.top() - self._top(k) - self._pitch / 2
            colour = _colour(pair, tokens)
            if not pair.delta.known:
                continue
            segments.append(Segment((pair.old, y), (pair.new, y), colour, 3))
            marks += [Mark(pair.old, y, colour, filled=False), Mark(pair.new, y, colour)]
        pane.segments, pane.marks = segments, marks

    def _draw_group(self, painter: QPainter, plot: QRectF, column: RecallColumn) -> None:
        tokens, small, bold = theme.current(), theme.font(theme.SMALL), theme.font(theme.SMALL, 600)
        group = column.group
        style = theme.group_style(tokens, group.value, group.place, group.total)
        draw_marker(painter, QPointF(plot.left() + 4.5, 21), style)
        draw_text(painter, QRectF(plot.left() + 15, 12, plot.width() + _WORDS, 18), group.word, tokens.text, bold)
        size = f"n = {numbers.count(group.n)}"
        if group.speakers is not None:
            size += f" · {numbers.counted(group.speakers, 'speaker', 'speakers')}"
        at = plot.left() + 15 + width_of(group.word, bold) + 10
        draw_text(painter, QRectF(at, 12, plot.right() + _WORDS + 16 - at, 18), size, tokens.text2, small)
        for k, pair in enumerate(column.pairs):
            self._draw_words(painter, QRectF(plot.right() + 8, self._top(k), _WORDS + 8, self._pitch), pair)

    def _draw_words(self, painter: QPainter, box: QRectF, pair: RecallPair) -> None:
        tokens, small = theme.current(), theme.font(theme.SMALL)
        evident = pair.delta.excludes_zero
        font = theme.font(theme.SMALL, 600) if evident else small
        value = QRectF(box.left(), box.top(), 40, box.height())
        digits = numbers.digits_of(pair.delta.value, pair.delta.low, pair.delta.high, 2)
        draw_text(painter, value, numbers.signed(pair.delta.value, digits), _word_colour(pair, tokens), font, RIGHT)
        ends = numbers.interval(pair.delta.low, pair.delta.high, digits, sign=True)
        if not pair.delta.known:
            return
        words, colour = (ends, tokens.text2) if ends else (_WITHOUT[pair.old == pair.new], tokens.text3)
        draw_text(painter, QRectF(box.left() + 45, box.top(), box.width() - 43, box.height()), words, colour, small)

    def _draw_ticks(self, painter: QPainter, plot: QRectF) -> None:
        for tick in scale.ticks(self._span, 6):
            x = plot.left() + (tick - self._span[0]) / (self._span[1] - self._span[0]) * plot.width()
            box = QRectF(x - 20, plot.bottom() + 2, 40, 16)
            draw_text(painter, box, f"{tick:.1f}", theme.current().text3, theme.font(theme.SMALL), CENTRE)

    def _draw_note(self, painter: QPainter, model: CompareModel) -> None:
        tokens, small = theme.current(), theme.font(theme.SMALL)
        top = self._plots[0].bottom() + _AXIS + 2
        x = _SIDE + 5
        for glyph, word in (("○", model.old_name), ("●", model.new_name)):
            draw_verdict(painter, QPointF(x, top + 8), glyph, tokens.text2, 8)
            draw_text(painter, QRectF(x + 8, top, 90, 16), word, tokens.text2, small)
            x += width_of(word, small) + 26
        looks = sum(len(column.pairs) for column in model.recalls)
        words = f"coloured where the interval of the difference excludes 0 ({looks} looks, uncorrected)"
        draw_text(painter, QRectF(x - 4, top, self.width() - x - 4, 16), words, tokens.text3, small)

    def _find_places(self, model: CompareModel) -> Iterable[Place]:
        for plot, column in zip(self._plots, model.recalls, strict=True):
            for k, pair in enumerate(column.pairs):
                rect = QRectF(plot.left() - 6, self._top(k), plot.width() + _WORDS + 20, self._pitch)
                words = pair_words(column, model.classes[k], pair, model)
                yield Place(rect, words, None, partial(_card, words, model))


class RecallChart(Chart):
    """Recall per emotion and group, old and new."""

    def __init__(self, parent: QWidget | None = None) -> None:
        self._drawing = RecallCanvas()
        super().__init__(self._drawing, parent)
        self._model: CompareModel | None = None

    def set_model(self, model: CompareModel) -> None:
        """Show these numbers."""
        self._model = model
        self._drawing.set_model(model)
        if model.recalls:
            self.show_canvas()
        else:
            self.show_empty("No group is large enough to compare recall in.")

    def rows(self) -> Iterable[Row]:
        """Every recall, old and new, with the difference."""
        model = self._model
        if model is None:
            return
        yield ("group", "emotion", model.old_name, model.new_name, "difference", "low", "high")
        for column in model.recalls:
            for name, pair in zip(model.classes, column.pairs, strict=True):
                delta = pair.delta
                yield (column.group.word, name, pair.old, pair.new, delta.value, delta.low, delta.high)


def pair_words(column: RecallColumn, emotion: str, pair: RecallPair, model: CompareModel) -> str:
    """Old and new recall as a sentence."""
    digits = numbers.digits_of(pair.delta.value, pair.delta.low, pair.delta.high)
    ends = numbers.interval(pair.delta.low, pair.delta.high, digits, sign=True) or pair.delta.reason
    verdict = "no evidence" if not pair.delta.excludes_zero else "better" if pair.delta.value > 0 else "worse"
    return (
        f"{column.group.word}, {emotion}: recall {model.old_name} {numbers.rate(pair.old)}, {model.new_name} "
        f"{numbers.rate(pair.new)}, difference {numbers.signed(pair.delta.value, digits)} {ends}, {verdict}"
    )


def _card(words: str, model: CompareModel) -> Card:
    return Card(
        words,
        "Share of a class's true utterances that are predicted so, under both nets, on the same utterances.",
        "TP / (TP + FN)",
        interval=model.interval,
    )


def _colour(pair: RecallPair, tokens: Tokens) -> str:
    if not pair.delta.excludes_zero:
        return tokens.zero
    return tokens.better if pair.delta.value > 0 else tokens.worse


def _word_colour(pair: RecallPair, tokens: Tokens) -> str:
    return _colour(pair, tokens) if pair.delta.excludes_zero else tokens.text2


def _span_of(model: CompareModel) -> scale.Range:
    values = [v for column in model.recalls for pair in column.pairs for v in (pair.old, pair.new) if v == v]
    low = min([*values, 0.8])
    return max(0.0, math.floor(low * 5) / 5), 1.0
