"""The threshold explorer: macro-F1 and the gaps between groups against the rule that turns labels on."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import partial

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from fairemo_gui.gui import theme
from fairemo_gui.gui.controls import numbers
from fairemo_gui.gui.controls.painting import CENTRE, LEFT, RIGHT, draw_text, pen, width_of
from fairemo_gui.gui.dashboards.canvas import Canvas, Place
from fairemo_gui.gui.dashboards.chart import Chart, Row
from fairemo_gui.gui.dashboards.pane import Curve, Mark, Pane, Segment
from fairemo_gui.gui.dashboards.scale import tick_words, ticks, widest
from fairemo_gui.gui.dashboards.thresholds import readout
from fairemo_gui.gui.dashboards.thresholds.readout import GAP, SCORE, Item
from fairemo_gui.gui.dashboards.thresholds.rule import Kind, Rule, ThresholdModel
from fairemo_gui.gui.dashboards.thresholds.strip import RuleStrip
from fairemo_gui.gui.dashboards.words import provisional_words

_LEFT, _RIGHT, _HEAD, _AXIS, _BETWEEN = 40.0, 10.0, 22.0, 32.0, 26.0
_LOWEST, _HIGHEST = 54.0, 280.0
_SIDE, _BESIDE = 262.0, 540.0
_LABEL = 13.0
_NUDGES = {Qt.Key.Key_Plus: 1, Qt.Key.Key_Equal: 1, Qt.Key.Key_Minus: -1}
_UNCHANGED = "Only tried out here: every other figure keeps to "
_PLOTS = ((SCORE, "▲ higher is better"), (GAP, "▼ smaller is fairer"))


class ThresholdCanvas(Canvas):
    """Two plots over one axis, and what both say where the rule stands.

    Signals:
        picked(float): A place on the axis was clicked or dragged to.
        nudged(int): Plus or minus was pressed: one step up or down.
    """

    picked = Signal(float)
    nudged = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("Thresholds", parent)
        self._rule: Rule | None = None
        self._areas: tuple[QRectF, ...] = ()
        self._table = QRectF()
        self._tops: list[tuple[float, float]] = [(0.0, 0.1), (0.0, 0.1)]
        self._panes = (Pane(self, upright=True), Pane(self, upright=True))
        self._over = _Over(self)

    def show_rule(self, rule: Rule) -> None:
        """Show what a rule comes to. While figures are provisional the axes only widen."""
        former, self._rule = self._rule, rule
        keep = rule.model.provisional is not None and former is not None and former.kind is rule.kind
        for k, (plot, _) in enumerate(_PLOTS):
            found = (0.0, _top(rule, plot))
            self._tops[k] = widest(found, self._tops[k]) if keep else found
        self.refresh()

    def arrange(self) -> Sequence[Place]:
        """Plots above one another; the readout at the right, or below where it is narrow."""
        rule = self._rule
        if rule is None:
            return []
        items = readout.items(rule)
        table = readout.height(items)
        beside = self.width() >= _BESIDE
        around = _HEAD + _BETWEEN + _AXIS + 4
        below = 0.0 if beside else table + 8
        least = around + 2 * _LOWEST + below
        self.setMinimumSize(300, math.ceil(max(least, table + 12) if beside else least))
        high = min(max((self.height() - around - below) / 2, _LOWEST), _HIGHEST)
        right = self.width() - (_SIDE if beside else 0) - _RIGHT
        first = QRectF(_LEFT, _HEAD, right - _LEFT, high)
        self._areas = (first, first.translated(0, high + _BETWEEN))
        bottom = self._areas[1].bottom() + _AXIS
        left = right + 24 if beside else 10.0
        self._table = QRectF(left, 4 if beside else bottom + 8, self.width() - left - _RIGHT, table)
        for pane, area, (plot, _), top in zip(self._panes, self._areas, _PLOTS, self._tops, strict=True):
            self._fill(pane, area, plot, top, rule)
        self._over.setGeometry(self.rect())
        self._over.raise_()
        return [*self._plot_places(rule), *readout.places(self._table, items, rule)]

    def draw(self, painter: QPainter) -> None:
        """Titles, axes, the values where the rule stands, the readout."""
        rule = self._rule
        if rule is None:
            return
        tokens, small = theme.current(), theme.font(theme.SMALL)
        for area, (plot, good), top in zip(self._areas, _PLOTS, self._tops, strict=True):
            title = QRectF(area.left(), area.top() - 20, area.width(), 16)
            bold = theme.font(theme.BODY, 600)
            draw_text(painter, title, plot, tokens.text, bold)
            beside = title.adjusted(width_of(plot, bold) + 8, 0, 0, 0)
            narrow = self.width() < _BESIDE
            draw_text(painter, beside, readout.change_words(plot, rule) if narrow else good, tokens.text3, small)
            for tick in _ticks(top):
                y = area.bottom() - tick / top[1] * area.height()
                word = tick_words(tick, sign=False)
                draw_text(painter, QRectF(0, y - 8, area.left() - 6, 16), word, tokens.text3, small, RIGHT)
        self._draw_axis(painter, rule)
        readout.draw(painter, self._table, readout.items(rule), rule, self._note(rule))

    def draw_over(self, painter: QPainter) -> None:
        """The values where the rule stands, on top of the curves."""
        if self._rule is None:
            return
        for area, (plot, _), top in zip(self._areas, _PLOTS, self._tops, strict=True):
            shown = [item for item in readout.items(self._rule) if item.plot == plot]
            self._draw_values(painter, area, shown, top, self._rule)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Move the rule to where the plot was clicked."""
        if not self._pick(event):
            super().mousePressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Drag the rule along."""
        inside = any(area.contains(event.position()) for area in self._areas)
        if event.buttons() & Qt.MouseButton.LeftButton and self._pick(event):
            return
        super().mouseMoveEvent(event)
        if inside:
            self.setCursor(Qt.CursorShape.SizeHorCursor)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Plus and minus move the rule; everything else moves among the numbers."""
        step = _NUDGES.get(Qt.Key(event.key()))
        if step is None:
            super().keyPressEvent(event)
        else:
            self.nudged.emit(step)

    def _pick(self, event: QMouseEvent) -> bool:
        if self._rule is None or not any(area.contains(event.position()) for area in self._areas):
            return False
        low, high = _span(self._rule)
        area = self._areas[0]
        self.picked.emit(low + (event.position().x() - area.left()) / area.width() * (high - low))
        return True

    def _fill(self, pane: Pane, area: QRectF, plot: str, top: tuple[float, float], rule: Rule) -> None:
        tokens, span = theme.current(), _span(rule)
        pane.put(area, span, top)
        grid = [Segment((span[0], y), (span[1], y), tokens.grid) for y in _ticks(top)]
        pane.segments = [*grid, Segment((span[0], 0), (span[1], 0), tokens.zero)]
        used = 1.0 if rule.kind is Kind.TOP else rule.model.sweep.thresholds[rule.model.sweep.even]
        items = [item for item in readout.items(rule) if item.plot == plot]
        x = rule.x
        curves = [
            Curve(x, item.of(rule.curve).tolist(), item.style.colour, item.width, item.style.dash) for item in items
        ]
        marker = [
            Curve([used, used], list(top), tokens.text3, 1, (3, 3)),
            Curve([rule.at, rule.at], list(top), tokens.text, 1.5),
        ]
        pane.curves = [*marker, *curves]
        now = ((item, float(item.of(rule.now))) for item in items)
        pane.marks = [
            Mark(rule.at, y, item.style.colour, marker=item.style.marker) for item, y in now if not math.isnan(y)
        ]

    def _draw_values(
        self, painter: QPainter, area: QRectF, items: list[Item], top: tuple[float, float], rule: Rule
    ) -> None:
        """Each curve's value beside the marker, the highest on top, where they hide least of the curves."""
        low, high = _span(rule)
        x = area.left() + (rule.at - low) / (high - low) * area.width()
        known = [(float(item.of(rule.now)), item) for item in items]
        labels = sorted(((y, item) for y, item in known if not math.isnan(y)), key=lambda label: -label[0])
        if not labels:
            return
        small = theme.font(theme.SMALL)
        words = [f"{item.short} {numbers.rate(y)}" for y, item in labels]
        size = QSizeF(max(width_of(each, small) for each in words), _LABEL * len(words) + 3)
        middle = area.bottom() - sum(y for y, _ in labels) / len(labels) / top[1] * area.height()
        curves = [_pixels(area, (rule.x, item.of(rule.curve)), (low, high), top) for item in items]
        block = _free_spot(area, QPointF(x, middle), size, np.concatenate(curves))
        painter.fillRect(block.adjusted(-2, 0, 2, 0), readout.panel())
        align = RIGHT if block.right() < x else LEFT
        for k, ((_, item), said) in enumerate(zip(labels, words, strict=True)):
            box = QRectF(block.left(), block.top() + k * _LABEL, block.width(), _LABEL + 3)
            draw_text(painter, box, said, item.ink, small, align)

    def _draw_axis(self, painter: QPainter, rule: Rule) -> None:
        tokens, small = theme.current(), theme.font(theme.SMALL)
        area, span = self._areas[1], _span(rule)
        at = rule.x if rule.kind is Kind.TOP else [0.0, 0.25, 0.5, 0.75, 1.0]
        for tick in at:
            x = area.left() + (tick - span[0]) / (span[1] - span[0]) * area.width()
            draw_text(painter, QRectF(x - 20, area.bottom() + 2, 40, 14), f"{tick:g}", tokens.text3, small, CENTRE)
            painter.setPen(pen(tokens.grid))
            painter.drawLine(QPointF(x, area.bottom()), QPointF(x, area.bottom() + 3))
        words = "most probable emotions that are on" if rule.kind is Kind.TOP else "threshold: a label is on above it"
        if rule.kind is Kind.EACH:
            words = f"threshold of {rule.model.classes[rule.moving]}; the others stay"
        draw_text(
            painter, QRectF(area.left(), area.bottom() + 16, area.width(), 15), words, tokens.text3, small, CENTRE
        )

    def _note(self, rule: Rule) -> str:
        if rule.model.provisional is not None:
            return provisional_words(rule.model.provisional)
        return f"{_UNCHANGED}{rule.used_words}."

    def _plot_places(self, rule: Rule) -> Iterable[Place]:
        for area, (plot, _) in zip(self._areas, _PLOTS, strict=True):
            yield Place(area, partial(readout.plot_words, plot, rule), None, partial(readout.plot_card, plot, rule))


class _Over(QWidget):
    """Words that stand on curves: panes lie over whatever the canvas itself paints."""

    def __init__(self, canvas: ThresholdCanvas) -> None:
        super().__init__(canvas)
        self._canvas = canvas
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Values beside the marker."""
        painter = QPainter(self)
        self._canvas.draw_over(painter)


class ThresholdChart(Chart):
    """Try out other thresholds and see accuracy and fairness move together. It changes no other figure."""

    def __init__(self, parent: QWidget | None = None) -> None:
        self._drawing, self.strip = ThresholdCanvas(), RuleStrip()
        super().__init__(self._drawing, parent, self.strip)
        self._rule: Rule | None = None
        self.strip.hide()
        self._drawing.picked.connect(self._on_picked)
        self._drawing.nudged.connect(self._on_nudged)
        self.strip.kind_chosen.connect(lambda kind: self._change(kind=Kind(kind)))
        self.strip.class_chosen.connect(lambda k: self._change(moving=k))
        self.strip.moved.connect(self._on_moved)
        self.strip.reset.connect(self._on_reset)

    @property
    def rule(self) -> Rule | None:
        """What is tried out; None while the chart is empty."""
        return self._rule

    def set_model(self, model: ThresholdModel) -> None:
        """Show these numbers; the rule stays where it was."""
        self._show(Rule.in_force(model) if self._rule is None else self._rule.on(model))
        self.strip.show()
        self.show_canvas()

    def show_empty(self, sentence: str, button: str = "") -> None:
        """Say why there is nothing, without controls for it."""
        self.strip.hide()
        super().show_empty(sentence, button)

    def rows(self) -> Iterable[Row]:
        """Every number at every position of the axis."""
        rule = self._rule
        if rule is None:
            return
        items = readout.items(rule)
        yield ("k" if rule.kind is Kind.TOP else "threshold", *(item.column for item in items))
        columns = [item.of(rule.curve).tolist() for item in items]
        yield from zip(rule.x, *columns, strict=True)

    def _show(self, rule: Rule) -> None:
        self._rule = rule
        self.strip.show_rule(rule)
        self._drawing.show_rule(rule)

    def _change(self, **changed: object) -> None:
        if self._rule is not None:
            self._show(replace(self._rule, **changed))  # type: ignore[arg-type]

    def _on_moved(self, position: int) -> None:
        if self._rule is not None:
            self._show(self._rule.moved(position))

    def _on_nudged(self, steps: int) -> None:
        slider = self.strip.slider
        self._on_moved(slider.value() + steps * slider.singleStep())

    def _on_picked(self, x: float) -> None:
        if self._rule is not None:
            self._show(self._rule.moved(self._rule.position_of(x)))

    def _on_reset(self) -> None:
        if self._rule is not None:
            self._show(self._rule.reset())


def _span(rule: Rule) -> tuple[float, float]:
    return (1.0, float(max(len(rule.model.classes), 2))) if rule.kind is Kind.TOP else (0.0, 1.0)


def _top(rule: Rule, plot: str) -> float:
    """A round end of the y axis that holds every curve of a plot."""
    found = [float(v) for item in readout.items(rule) if item.plot == plot for v in item.of(rule.curve)]
    return max(math.ceil(max([v for v in found if not math.isnan(v)], default=0.0) * 10.5) / 10, 0.1)


def _ticks(top: tuple[float, float]) -> list[float]:
    return ticks(top, 4)


def _pixels(
    area: QRectF,
    curve: tuple[Sequence[float], npt.NDArray[np.float64]],
    span: tuple[float, float],
    top: tuple[float, float],
) -> npt.NDArray[np.float64]:
    """Where a curve runs, every other pixel; shape (n, 2)."""
    x = np.arange(area.left(), area.right(), 2)
    y = np.interp(span[0] + (x - area.left()) / area.width() * (span[1] - span[0]), *curve)
    return np.stack((x, area.bottom() - y / top[1] * area.height()), axis=1)


def _free_spot(area: QRectF, at: QPointF, size: QSizeF, points: npt.NDArray[np.float64]) -> QRectF:
    """A block beside a marker that covers as few points as can be, and stands as near its height as it can."""
    lefts = [left for left in (at.x() + 8, at.x() - 8 - size.width()) if area.left() <= left]
    lefts = [left for left in lefts if left + size.width() <= area.right()] or lefts
    heights = np.arange(area.top(), max(area.bottom() - size.height(), area.top() + 1), 4)
    blocks = [QRectF(QPointF(left, float(top)), size) for left in lefts for top in heights]

    def cost(block: QRectF) -> tuple[int, float]:
        beside = (points[:, 0] > block.left() - 3) & (points[:, 0] < block.right() + 3)
        hidden = beside & (points[:, 1] > block.top()) & (points[:, 1] < block.bottom())
        return int(hidden.sum()), abs(block.center().y() - at.y())

    return min(blocks, key=cost)
