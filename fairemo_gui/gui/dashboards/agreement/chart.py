"""The agreement chart itself."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import QPointF, QRectF, Signal
from PySide6.QtGui import QFontMetricsF, QPainter
from PySide6.QtWidgets import QWidget

from fairemo_gui.core.records import Condition
from fairemo_gui.evaluation.agreement import Agreement
from fairemo_gui.evaluation.intervals import Interval
from fairemo_gui.gui import theme
from fairemo_gui.gui.controls.painting import draw_text, pen
from fairemo_gui.gui.dashboards.agreement import matrix as who
from fairemo_gui.gui.dashboards.agreement.plots import Panel, draw_panel, fill, pixel, place_panel
from fairemo_gui.gui.dashboards.agreement.rows import (
    REFERENCE_CARD,
    REFERENCE_WORDS,
    REFERENCES,
    AgreementModel,
    between,
    difference_card,
    difference_words,
    line_card,
    line_words,
    measure_word,
    measures_of,
    within,
)
from fairemo_gui.gui.dashboards.agreement.strip import AgreementStrip
from fairemo_gui.gui.dashboards.canvas import Canvas, Place
from fairemo_gui.gui.dashboards.chart import Chart, Row
from fairemo_gui.gui.dashboards.pane import Pane

_SIDE, _GAP = 12.0, 20.0
_LEAST_PITCH, _MOST_PITCH = 13.0, 24.0
_TWO, _NARROWEST = 560.0, 300
_WITHIN, _APART = "between ratings of one utterance", "between what is said in two conditions"


@dataclass(frozen=True)
class Target:
    """What a click stands for.

    Attributes:
        conditions: One, or two whose pluralities are compared.
        by: Attribute of speakers; empty = everyone.
        value: Its value; None = unknown.
    """

    conditions: tuple[Condition, ...]
    by: str
    value: str | None


class AgreementCanvas(Canvas):
    """Two dot plots, within conditions and between them; below, who rates whom, or why that cannot be said."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("Agreement", parent)
        self._model: AgreementModel | None = None
        self._panels: list[Panel] = []
        self._matrices: list[who.Matrix] = []
        self._who_top = self._caveat_top = 0.0
        self._caveats: list[str] = []
        self._selected: frozenset[str | None] = frozenset()
        self._panes = (Pane(self), Pane(self))

    def set_model(self, model: AgreementModel) -> None:
        """Show other numbers."""
        self._model = model
        self.refresh()

    def set_selected(self, groups: Collection[str | None]) -> None:
        """Mark the groups of the selected utterances' speakers."""
        self._selected = frozenset(groups)
        self.update()

    def arrange(self) -> Sequence[Place]:
        """Lay out plots, matrices and caveats, lines as far apart as the height allows; fill the panes."""
        model = self._model
        if model is None:
            return []
        self._caveats = _wrapped(_caveats(model), self.width() - 2 * _SIDE)
        # The least height is that of two columns, so that the chart can be made low enough to want them again.
        stacked = self._lay_out(model, _LEAST_PITCH, two=False)
        beside = self._lay_out(model, _LEAST_PITCH, two=True) if self.width() >= _TWO else stacked
        two = stacked > self.height() and beside < stacked
        least = beside if two else stacked
        self.setMinimumSize(_NARROWEST, math.ceil(beside))
        counts = [sum(1 for _ in panel.lines()) for panel in self._panels] or [1]
        spare = (self.height() - least) / (max(counts) if two else sum(counts))
        self._lay_out(model, min(_LEAST_PITCH + max(spare, 0.0), _MOST_PITCH), two)
        for pane, panel in zip(self._panes, self._panels, strict=False):
            fill(pane, panel)
        for pane in self._panes[len(self._panels) :]:
            pane.hide()
        return [*self._line_places(model), *self._who_places(model)]

    def draw(self, painter: QPainter) -> None:
        """Everything but the points."""
        model = self._model
        if model is None:
            return
        for panel in self._panels:
            draw_panel(painter, panel, self._selected)
        tokens, small = theme.current(), theme.font(theme.SMALL)
        painter.setPen(pen(tokens.line))
        if self._matrices or self._caveats:
            painter.drawLine(QPointF(_SIDE, self._who_top), QPointF(self.width() - _SIDE, self._who_top))
        if self._matrices:
            title = f"{who.quantity_word(*model.quantity.split(':', 1))}: who rates whom"
            box = QRectF(_SIDE, self._who_top + 5, self.width() - 2 * _SIDE, 18)
            draw_text(painter, box, title, tokens.text, theme.font(12, 600))
            who.draw_matrices(painter, self._matrices)
        for each in self._matrices:
            draw_text(painter, who.foot_boxes(each)[1], who.pairs_words(each, model.view), tokens.text3, small)
        for k, line in enumerate(self._caveats):
            box = QRectF(_SIDE, self._caveat_top + k * 14, self.width() - 2 * _SIDE, 14)
            draw_text(painter, box, line, tokens.text3, small)

    def _lay_out(self, model: AgreementModel, pitch: float, two: bool) -> float:
        """Place everything, the plots one below the other or side by side; returns how far down it reaches."""
        tokens = theme.current()
        apart = between(model, tokens)
        found = [
            (measure_word(model.measure), _WITHIN, within(model, tokens)),
            (measure_word(apart[0].measure) if apart else "", _APART, apart),
        ]
        shown = [each for each in found if each[2]]
        wide = (self.width() - 2 * _SIDE - _GAP) / 2 if two else self.width() - 2 * _SIDE
        self._panels = []
        for title, subtitle, blocks in shown:
            beside, below = (len(self._panels), 8.0) if two else (0, 8.0)
            if not two and self._panels:
                below = self._panels[-1].box.bottom() + 12
            at = QPointF(_SIDE + (wide + _GAP) * beside, below)
            self._panels.append(place_panel(title, subtitle, blocks, at, wide, pitch))
        self._who_top = max((panel.box.bottom() for panel in self._panels), default=0.0) + 9
        area = QRectF(_SIDE, self._who_top + 24, self.width() - 2 * _SIDE, 0)
        self._matrices = who.place_matrices(model, area)
        self._caveat_top = max((m.box.bottom() for m in self._matrices), default=self._who_top) + 5
        return self._caveat_top + 14 * len(self._caveats) + 3

    def _line_places(self, model: AgreementModel) -> Iterable[Place]:
        for panel in self._panels:
            if panel.referenced:
                yield _reference_place(panel)
            for block, box in panel.differences():
                words = f"{block.word}: {difference_words(block)}"
                yield Place(box, words, None, partial(difference_card, block, model))
            for block, line, middle in panel.lines():
                target = Target(line.row.conditions, line.row.by, line.row.value)
                card = partial(line_card, line, block, model)
                yield Place(panel.line_box(middle), partial(line_words, line, block), target, card)

    def _who_places(self, model: AgreementModel) -> Iterable[Place]:
        for each in self._matrices:
            for cell, box in each.cells:
                target = Target((each.raters.condition,), "gender", cell.speakers)
                yield Place(box, partial(who.cell_words, each, cell), target, partial(who.cell_card, each, cell))
            own, pairs = who.foot_boxes(each)
            yield Place(own, partial(who.own_gender_words, each), None, partial(who.own_gender_card, each))
            if model.view.pairs.get(each.raters.condition) is not None:
                words = partial(who.pairs_words, each, model.view)
                yield Place(pairs, words, None, partial(who.pairs_card, each, model.view))


class AgreementChart(Chart):
    """Agreement per condition and group as points with intervals, and raters × speakers as matrices with n.

    Attributes:
        strip: Chooses the coefficient, and what is shown of who rates whom.

    Signals:
        target_activated(Target): A point or cell was clicked or entered.
    """

    target_activated = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        self._drawing, self.strip = AgreementCanvas(), AgreementStrip()
        super().__init__(self._drawing, parent, self.strip)
        self._model: AgreementModel | None = None
        self._drawing.activated.connect(self.target_activated)
        self.strip.changed.connect(self._on_strip)

    def set_model(self, model: AgreementModel) -> None:
        """Show these numbers; what was chosen above stays where it is still there."""
        self.strip.offer(measures_of(model.view), who.quantities_of(model.view))
        self._model = model
        self._on_strip()
        self.show_canvas()

    def set_selected(self, groups: Collection[str | None]) -> None:
        """Mark the groups of the selected utterances' speakers."""
        self._drawing.set_selected(groups)

    def rows(self) -> Iterable[Row]:
        """Every coefficient of every group, differences, then raters by speakers."""
        model = self._model
        if model is None:
            return
        yield ("what", "conditions", "by", "group", "value", "low", "high", "utterances", "ratings", "speakers", "note")
        for row in (*model.view.rows, *model.view.between):
            for name, found in row.coefficients.items():
                where = ("–".join(row.conditions), row.by, row.value or "")
                yield (name, *where, found.value, *_ends(found.interval), *_sizes(found), found.reason or "")
        for each in model.view.differences:
            for name, found in each.coefficients.items():
                where = ("–".join(each.conditions), each.by, f"{each.plus} - {each.minus}")
                yield (name, *where, found.value, *_ends(found.interval), *_sizes(found), found.reason or "")
        for raters in model.view.raters:
            for effect in raters.effects:
                for cell in effect.cells:
                    group = f"{cell.raters or 'unknown'} rating {cell.speakers}"
                    mean = cell.mean
                    yield (who.quantity_key(effect), str(raters.condition), "gender", group, mean.value,
                           *_ends(mean.interval), None, cell.n, None, mean.reason or "")  # fmt: skip
                own = effect.interaction
                yield (who.quantity_key(effect), str(raters.condition), "gender", "own gender", own.value,
                       *_ends(own.interval), None, None, None, own.reason or "")  # fmt: skip

    def _on_strip(self) -> None:
        if self._model is not None:
            measure, quantity = self.strip.measure.value(), self.strip.quantity.value()
            view, by = self._model.view, self._model.by
            self._model = AgreementModel(view, by, measure, quantity, self._model.minimum_n)
            self._drawing.set_model(self._model)


def _ends(interval: Interval | None) -> tuple[float | None, float | None]:
    return (None, None) if interval is None else (interval.low, interval.high)


def _sizes(found: Agreement) -> tuple[int, int, int]:
    return found.utterances, found.ratings, found.speakers


def _reference_place(panel: Panel) -> Place:
    left, right = (pixel(panel.plot, panel.span, value) for value in REFERENCES)
    rect = QRectF(left - 4, panel.plot.top() - 17, right - left + 8, 15)
    return Place(rect, REFERENCE_WORDS, None, lambda: REFERENCE_CARD)


def _caveats(model: AgreementModel) -> list[str]:
    """What a reader must know, and what cannot be computed here, and why."""
    found = [REFERENCE_WORDS] if "alpha" in model.measure else []
    found += model.view.caveats
    if not model.view.between:
        found.append("Votes in one condition only: there is nothing to compare between conditions.")
    return found


def _wrapped(sentences: Sequence[str], wide: float) -> list[str]:
    """Sentences in lines that fit."""
    metrics = QFontMetricsF(theme.font(theme.SMALL))
    lines: list[str] = []
    for sentence in sentences:
        line = ""
        for word in sentence.split():
            longer = f"{line} {word}".strip()
            if metrics.horizontalAdvance(longer) > wide and line:
                lines.append(line)
                longer = word
            line = longer
        lines.append(line)
    return lines
