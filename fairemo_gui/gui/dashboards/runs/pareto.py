"""Accuracy against fairness: a mark per run, crosses for intervals, the front of those no other run beats."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from itertools import pairwise

from PySide6.QtCore import QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QBrush, QColor, QKeyEvent, QMouseEvent, QPainter, QPolygonF
from PySide6.QtWidgets import QWidget

from fairemo_gui.gui import theme
from fairemo_gui.gui.controls import numbers
from fairemo_gui.gui.controls.card import Card
from fairemo_gui.gui.controls.painting import CENTRE, RIGHT, draw_text, marker_path, pen, width_of
from fairemo_gui.gui.dashboards import scale
from fairemo_gui.gui.dashboards.canvas import Canvas, Place
from fairemo_gui.gui.dashboards.model import Estimate
from fairemo_gui.gui.dashboards.pane import BEYOND
from fairemo_gui.gui.dashboards.runs.model import MarkKind, RunMark, RunsModel
from fairemo_gui.gui.dashboards.runs.placing import leader, place_names
from fairemo_gui.gui.dashboards.words import whole_parts
from fairemo_gui.gui.theme import Tokens

TOGGLE = "published"
_LEFT, _RIGHT, _TOP, _FOOT, _NOTE = 44.0, 16.0, 42.0, 40.0, 18.0
_HEAD = 7.0
_CROSS, _FARTHER, _ROOMY = 0.4, 1.5, (480, 150)
_SHAPES = {MarkKind.RATERS: "▲", MarkKind.PUBLISHED: "◆", MarkKind.CLOUD: "■"}
_SIZES = {MarkKind.NET: 10.0, MarkKind.SEED: 5.0, MarkKind.CLOUD: 9.5, MarkKind.RATERS: 10.0, MarkKind.PUBLISHED: 7.0}
_SAID_FIRST = (MarkKind.NET, MarkKind.CLOUD, MarkKind.RATERS, MarkKind.SEED, MarkKind.PUBLISHED)


class ParetoCanvas(Canvas):
    """Gap along x, smaller is better; score along y.

    Signals:
        run_activated(key, compare): A run was clicked, with Shift to compare it with the present one.
        published_toggled(): Published values are to be shown, or not.
    """

    run_activated = Signal(str, bool)
    published_toggled = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("Accuracy against fairness", parent)
        self._model: RunsModel | None = None
        self._marks: tuple[RunMark, ...] = ()
        self._plot = QRectF()
        self._x: scale.Range = (0.0, 0.1)
        self._y: scale.Range = (0.0, 1.0)
        self._names: list[QRectF | None] = []
        self._shift = False
        self.activated.connect(self._on_activated)

    def set_model(self, model: RunsModel) -> None:
        """Show other runs; while some are still being computed the axes only widen."""
        former, self._model = self._model, model
        x, y = _x_range(model.marks), _y_range(model.marks)
        same = former is not None and (former.score.key, former.gap.key) == (model.score.key, model.gap.key)
        keep = same and model.waiting > 0
        self._x, self._y = (scale.widest(x, self._x), scale.widest(y, self._y)) if keep else (x, y)
        self._marks = tuple(mark for mark in model.marks if self._inside(mark))
        self.refresh()

    def arrange(self) -> Sequence[Place]:
        """Plot, names, places: runs by growing gap, then raters, then papers."""
        model = self._model
        if model is None:
            return []
        foot = _FOOT + (_NOTE if model.note else 0)
        self._plot = QRectF(_LEFT, _TOP, max(self.width() - _LEFT - _RIGHT, 40), max(self.height() - _TOP - foot, 40))
        self._names = self._place_names(model)
        order = sorted(
            range(len(self._marks)), key=lambda k: (_SAID_FIRST.index(self._marks[k].kind), self._marks[k].gap.value)
        )
        marks = [self._mark_place(model, self._marks[k]) for k in order]
        axes = [
            Place(QRectF(0, 22, _LEFT + 120, 16), model.score.title, None, lambda: model.score.card),
            Place(QRectF(_LEFT, self._plot.bottom() + 20, self._plot.width(), 16), model.gap.title, None,
                  lambda: model.gap.card),
        ]  # fmt: skip
        return [*marks, *axes, *self._note_places(model)]

    def draw(self, painter: QPainter) -> None:
        """Axes, front, crosses, marks, names."""
        model = self._model
        if model is None:
            return
        self._draw_axes(painter, model)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._draw_front(painter, model)
        self._draw_clouds(painter)
        self._draw_crosses(painter)
        for mark, name in zip(self._marks, self._names, strict=True):
            self._draw_name(painter, mark, name)
            self._draw_mark(painter, mark)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """With Shift a run is compared."""
        self._shift = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        super().mousePressEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Likewise Shift with Enter."""
        self._shift = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        super().keyPressEvent(event)

    def _on_activated(self, payload: object) -> None:
        if payload == TOGGLE:
            self.published_toggled.emit()
        else:
            self.run_activated.emit(str(payload), self._shift)

    def _inside(self, mark: RunMark) -> bool:
        """Whether it lies within the axes; only values of other data may not."""
        gap, score = mark.gap.value, mark.score.value
        return self._x[0] <= gap <= self._x[1] and self._y[0] <= score <= self._y[1]

    def _pixel(self, gap: float, score: float) -> QPointF:
        plot = self._plot
        x = plot.left() + (gap - self._x[0]) / (self._x[1] - self._x[0]) * plot.width()
        y = plot.bottom() - (score - self._y[0]) / (self._y[1] - self._y[0]) * plot.height()
        return QPointF(x, y)

    def _centre(self, mark: RunMark) -> QPointF:
        return self._pixel(mark.gap.value, mark.score.value)

    def _place_names(self, model: RunsModel) -> list[QRectF | None]:
        """A name per mark where there is room, the chosen one's first."""
        marks, small, strong = self._marks, theme.font(theme.SMALL), theme.font(theme.SMALL, 600)

        def importance(k: int) -> tuple[bool, int, float]:
            return not marks[k].chosen, _SAID_FIRST.index(marks[k].kind), -marks[k].score.value

        order = sorted(range(len(marks)), key=importance)
        said = [(self._said(marks[k]), strong if marks[k].chosen else small) for k in order]
        sizes = [(width_of(name, font) + 2 if name else 0.0, 14.0) for name, font in said]
        taken = [_square(self._centre(mark), 2 * _reach(mark)) for mark in marks]
        ends = [(self._pixel(*start), self._pixel(*end)) for mark in _crossed(marks) for start, end in _ends(mark)]
        steps = pairwise(self._steps(model))
        lines = [QRectF(start, end).normalized().adjusted(-1, -1, 1, 1) for start, end in (*ends, *steps)]
        area = QRectF(_LEFT, 20, self.width() - _LEFT - 4, self._plot.bottom() - 20)
        points, reach = [self._centre(marks[k]) for k in order], [_reach(marks[k]) for k in order]
        shy = [marks[k].other_data for k in order]
        found = place_names(points, reach, sizes, area, taken, lines, shy)
        return [box for _, box in sorted(zip(order, found, strict=True), key=lambda item: item[0])]

    def _said(self, mark: RunMark) -> str:
        """The name beside a mark; seeds leave theirs to their mean, other data in a narrow chart to the card."""
        crowded = mark.other_data and (self._plot.width() < _ROOMY[0] or self._plot.height() < _ROOMY[1])
        return mark.name if mark.stands_alone and not crowded else ""

    def _mark_place(self, model: RunsModel, mark: RunMark) -> Place:
        rect = _square(self._centre(mark), max(_size(mark) + 4, 12))
        return Place(rect, partial(_mark_words, model, mark), mark.key or None, partial(self._card, mark))

    def _card(self, mark: RunMark) -> Card:
        goes_on = mark.stands_alone and self._heads(mark)
        return replace(mark.card, lines=(*mark.card.lines, BEYOND)) if goes_on else mark.card

    def _note_places(self, model: RunsModel) -> list[Place]:
        if not model.note:
            return []
        words = f"{self._note(model)}: {'show' if model.hidden else 'hide'}"
        rect = QRectF(8, self.height() - _NOTE - 2, self.width() - 16, _NOTE)
        about = Card("Published values", "Printed in papers, not computed here; each mark's card names table and data.")
        return [Place(rect, words, TOGGLE, lambda: about)]

    def _note(self, model: RunsModel) -> str:
        beyond = len(model.marks) - len(self._marks)
        return f"{model.note}; {beyond} beyond the axes" if beyond else model.note

    def _draw_axes(self, painter: QPainter, model: RunsModel) -> None:
        tokens, small = theme.current(), theme.font(theme.SMALL)
        plot, bold = self._plot, theme.font(theme.BODY, 600)
        title = f"{model.score.short} against {model.gap.short}"
        draw_text(painter, QRectF(12, 4, self.width() - 24, 17), title, tokens.text, bold)
        after = 12 + width_of(title, bold) + 10
        room = max(self.width() - after - 8, 0)
        draw_text(painter, QRectF(after, 4, room, 17), whole_parts(_about(model), room, small), tokens.text2, small)
        draw_text(painter, QRectF(12, 23, 160, 14), f"↑ {model.score.title}", tokens.text3, small)
        caption = f"← smaller is better: {model.gap.title}"
        draw_text(painter, QRectF(12, plot.bottom() + 20, self.width() - 24, 16), caption, tokens.text3, small, RIGHT)
        painter.setPen(pen(tokens.grid))
        for tick in scale.ticks(self._y, max(int(plot.height() / 34), 2)):
            y = self._pixel(self._x[0], tick).y()
            painter.setPen(pen(tokens.grid))
            painter.drawLine(QPointF(plot.left(), y), QPointF(plot.right(), y))
            words = scale.tick_words(tick, False)
            draw_text(painter, QRectF(0, y - 8, _LEFT - 7, 16), words, tokens.text3, small, RIGHT)
        for tick in scale.ticks(self._x, max(int(plot.width() / 60), 2)):
            x = self._pixel(tick, self._y[0]).x()
            painter.setPen(pen(tokens.zero if tick == 0 else tokens.grid))
            painter.drawLine(QPointF(x, plot.top()), QPointF(x, plot.bottom()))
            words = scale.tick_words(tick, False)
            draw_text(painter, QRectF(x - 24, plot.bottom() + 3, 48, 16), words, tokens.text3, small, CENTRE)
        self._draw_note(painter, model)

    def _draw_note(self, painter: QPainter, model: RunsModel) -> None:
        if not model.note:
            return
        tokens, small = theme.current(), theme.font(theme.SMALL)
        top = self.height() - _NOTE - 2
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(pen(tokens.text3, 1.2))
        painter.drawPath(marker_path("◆", QPointF(16, top + 9), 7))
        verb = f"show {model.hidden}" if model.hidden else "hide"
        wide = width_of(verb, small) + 4
        box = QRectF(25, top, self.width() - 25 - 12 - wide - 6, _NOTE)
        draw_text(painter, box, whole_parts(self._note(model), box.width(), small), tokens.text3, small)
        draw_text(painter, QRectF(self.width() - 12 - wide, top, wide, _NOTE), verb, tokens.accent, small, RIGHT)

    def _draw_front(self, painter: QPainter, model: RunsModel) -> None:
        """A step line, dashed lest it be taken for an interval: along it a smaller gap costs score."""
        painter.setPen(pen(theme.current().text3, 1.4, (4, 3)))
        painter.drawPolyline(self._steps(model))

    def _steps(self, model: RunsModel) -> list[QPointF]:
        """Corners of the front, from the lower end of the plot to its right."""
        points = [self._centre(model.marks[k]) for k in model.front]
        if not points:
            return []
        corners = [QPointF(points[0].x(), self._plot.bottom()), points[0]]
        for former, point in pairwise(points):
            corners += [QPointF(point.x(), former.y()), point]
        return [*corners, QPointF(self._plot.right(), points[-1].y())]

    def _draw_clouds(self, painter: QPainter) -> None:
        """A thread from each seed to the mean of its net."""
        means = {mark.cloud: self._centre(mark) for mark in self._marks if mark.kind is MarkKind.CLOUD}
        painter.setPen(pen(theme.current().cline, 1))
        for mark in self._marks:
            if mark.kind is MarkKind.SEED and mark.cloud in means:
                painter.drawLine(self._centre(mark), means[mark.cloud])

    def _draw_crosses(self, painter: QPainter) -> None:
        """Both intervals of each run that stands for itself; the chosen one's at full strength."""
        painter.save()
        painter.setClipRect(self._plot.adjusted(-1, -1, 1, 1))
        for mark in self._marks:
            if not mark.stands_alone:
                continue
            painter.setOpacity(1.0 if mark.chosen else _CROSS)
            painter.setPen(pen(_mark_colour(mark, theme.current()), 2 if mark.chosen else 1.4))
            for start, end in _ends(mark):
                painter.drawLine(self._pixel(*start), self._pixel(*end))
            painter.setBrush(QColor(_mark_colour(mark, theme.current())))
            painter.setPen(Qt.PenStyle.NoPen)
            for head in self._heads(mark):
                painter.drawPolygon(head)
        painter.restore()

    def _heads(self, mark: RunMark) -> list[QPolygonF]:
        """Arrow heads where an interval goes on beyond the axes."""
        plot, at, found = self._plot, self._centre(mark), []
        for end in (self._pixel(*end) for ends in _ends(mark) for end in ends):
            if plot.adjusted(-1, -1, 1, 1).contains(end):
                continue
            tip = QPointF(min(max(end.x(), plot.left()), plot.right()), min(max(end.y(), plot.top()), plot.bottom()))
            along = QPointF(_sign(tip.x() - at.x()), _sign(tip.y() - at.y())) * _HEAD
            across = QPointF(along.y(), along.x()) * 0.6
            found.append(QPolygonF([tip, tip - along + across, tip - along - across]))
        return found

    def _draw_mark(self, painter: QPainter, mark: RunMark) -> None:
        tokens, centre, size = theme.current(), self._centre(mark), _size(mark)
        colour = QColor(_mark_colour(mark, tokens))
        path = marker_path(_SHAPES.get(mark.kind, "●"), centre, size)
        if mark.chosen:
            painter.setPen(pen(tokens.text, 1.5))
            painter.drawPath(marker_path("○", centre, 2 * _reach(mark)))
        if not mark.stands_alone:
            painter.setOpacity(0.6)
            painter.fillPath(path, colour)
            painter.setOpacity(1.0)
            return
        painter.setPen(pen(colour.name(), 1.8 if mark.kind is not MarkKind.PUBLISHED else 1.2))
        painter.setBrush(QBrush(colour if mark.kept else QColor(tokens.panel)))
        painter.drawPath(path)
        painter.setBrush(Qt.BrushStyle.NoBrush)

    def _draw_name(self, painter: QPainter, mark: RunMark, name: QRectF | None) -> None:
        """A name dims what it crosses, and a line leads to it where it stands apart."""
        if name is None:
            return
        tokens, centre = theme.current(), self._centre(mark)
        ground = QColor(tokens.panel)
        ground.setAlphaF(0.8)
        painter.fillRect(name.adjusted(-1, 1, 1, -1), ground)
        end = leader(centre, _reach(mark), name)
        if end is not None:
            painter.setPen(pen(tokens.text3, 1))
            painter.drawLine(centre, end)
        draw_text(
            painter, name, mark.name, self._name_colour(mark), theme.font(theme.SMALL, 600 if mark.chosen else 400)
        )

    def _name_colour(self, mark: RunMark) -> str:
        tokens = theme.current()
        if mark.kind is MarkKind.PUBLISHED:
            return tokens.text3
        return tokens.text if mark.chosen or mark.kind is MarkKind.NET else tokens.text2


def _about(model: RunsModel) -> str:
    words = model.about
    if model.waiting:
        words = f"{numbers.counted(model.waiting, 'run', 'runs')} still being computed · {words}"
    if model.missing:
        words += f" · {numbers.count(model.missing)} without one of the figures"
    return words


def _mark_colour(mark: RunMark, tokens: Tokens) -> str:
    if mark.kind is MarkKind.PUBLISHED:
        return tokens.text3
    return tokens.text if mark.kind is MarkKind.RATERS else tokens.accent


def _mark_words(model: RunsModel, mark: RunMark) -> str:
    def said(estimate: Estimate) -> str:
        return f"{numbers.rate(estimate.value)} {numbers.interval(estimate.low, estimate.high)}".rstrip()

    kept = ", kept" if mark.kept else ""
    other = ", published, other data" if mark.other_data else ", published" if mark.kind is MarkKind.PUBLISHED else ""
    figures = f"{model.score.short} {said(mark.score)}, {model.gap.short} {said(mark.gap)}"
    return f"{mark.name}{kept}{other}: {figures}"


def _ends(mark: RunMark) -> list[tuple[tuple[float, float], tuple[float, float]]]:
    gap, score, found = mark.gap, mark.score, []
    if gap.low is not None and gap.high is not None:
        found.append(((gap.low, score.value), (gap.high, score.value)))
    if score.low is not None and score.high is not None:
        found.append(((gap.value, score.low), (gap.value, score.high)))
    return found


def _sign(way: float) -> int:
    return (way > 0) - (way < 0)


def _square(centre: QPointF, side: float) -> QRectF:
    return QRectF(centre.x() - side / 2, centre.y() - side / 2, side, side)


def _values(estimates: Sequence[Estimate]) -> list[float]:
    return [v for e in estimates for v in (e.value, e.low, e.high) if v is not None]


def _crossed(marks: Sequence[RunMark]) -> list[RunMark]:
    return [mark for mark in marks if mark.stands_alone]


def _size(mark: RunMark) -> float:
    return _SIZES[MarkKind.NET if mark.kind is MarkKind.SEED and mark.stands_alone else mark.kind]


def _reach(mark: RunMark) -> float:
    return (_size(mark) + (8 if mark.chosen else 1)) / 2


def _x_range(marks: Sequence[RunMark]) -> scale.Range:
    """From no gap at all, which is where all runs want to go, to the widest interval, within reason."""
    near = [mark for mark in marks if not mark.other_data] or marks
    points = [mark.gap.value for mark in near] or [0.1]
    end = min(max(_values([mark.gap for mark in _crossed(near)]) or points), max(points) * 2.2)
    farther = max([end, *(m.gap.value for m in marks if m.other_data and m.gap.value <= _FARTHER * end)])
    return 0.0, farther * 1.06 or 0.1


def _y_range(marks: Sequence[RunMark]) -> scale.Range:
    """What is measured here with its intervals; values of other data widen it, but never push it into a corner."""
    near = [mark for mark in marks if not mark.other_data] or marks
    values = [*(mark.score.value for mark in near), *_values([mark.score for mark in _crossed(near)])]
    if not values:
        return 0.0, 1.0
    low, high = min(values), max(values)
    reach = max(high - low, 0.1)
    other = [m.score.value for m in marks if m.other_data and low - reach <= m.score.value <= high + reach]
    low, high = min([low, *other]), max([high, *other])
    pad = max((high - low) * 0.08, 0.01)
    return max(low - pad, 0.0), min(high + pad, 1.0)
