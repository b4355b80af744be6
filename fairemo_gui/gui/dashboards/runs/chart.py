"""The runs dashboard: accuracy against fairness, the table, learning curves; one at a time or, with room, all three."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from PySide6.QtCore import QPointF, QRect, QRectF, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from fairemo_gui.gui import theme
from fairemo_gui.gui.compare.curves import CurvesCanvas
from fairemo_gui.gui.controls.combo import Combo
from fairemo_gui.gui.controls.painting import CENTRE, draw_text, pen
from fairemo_gui.gui.controls.switch import Option, SegmentedSwitch
from fairemo_gui.gui.dashboards.canvas import Canvas, Place
from fairemo_gui.gui.dashboards.chart import Chart, Row
from fairemo_gui.gui.dashboards.runs.adapt import COLUMNS, figure_name
from fairemo_gui.gui.dashboards.runs.model import CURVES, PARETO, TABLE, RunsLook, RunsModel
from fairemo_gui.gui.dashboards.runs.pareto import ParetoCanvas
from fairemo_gui.gui.dashboards.runs.table import RunsTable
from fairemo_gui.gui.dashboards.strip import Strip
from fairemo_gui.services.runs import ACCURACIES, GAPS

_ALL_WIDE, _ALL_HIGH = 600, 420
_CURVES_HEAD, _CURVES_LEAST = 22, 236
_PARETO_SHARE = 0.62
_LEAST = {PARETO: 168, TABLE: 104, CURVES: _CURVES_LEAST + _CURVES_HEAD}


class RunsCanvas(Canvas):
    """Holds the three parts and decides which of them there is room for.

    Signals:
        arranged(): The parts were laid out.
    """

    arranged = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("Runs", parent)
        self.pareto = ParetoCanvas(self)
        self.table = RunsTable(self)
        self.curves = CurvesCanvas(self)
        self._view = PARETO
        self._title = ""
        self._has_curves = False
        self._curves_area = QRect()
        self.show_view(PARETO)

    @property
    def all_at_once(self) -> bool:
        """Whether there is room for all three."""
        return self.width() >= _ALL_WIDE and self.height() >= _ALL_HIGH

    def show_view(self, view: str) -> None:
        """Show one part, where there is no room for all."""
        self._view = view
        parts: dict[str, QWidget] = {PARETO: self.pareto, TABLE: self.table, CURVES: self.curves}
        self.setFocusProxy(parts[view])
        self.setMinimumSize(280, _LEAST[view])
        self.refresh()

    def set_model(self, model: RunsModel) -> None:
        """Show other runs."""
        self.pareto.set_model(model)
        self.table.set_model(model)
        self._title, self._has_curves = model.curve_title, bool(model.curves)
        if model.curves:
            self.curves.set_curves(model.curves, model.kept_epoch)
        self.refresh()

    def arrange(self) -> Sequence[Place]:
        """The parts have places of their own; only their areas are set here."""
        whole = self.rect()
        areas = {self._view: whole}
        if self.all_at_once:
            top = max(round(self.height() * _PARETO_SHARE), _CURVES_LEAST + _CURVES_HEAD)
            left = round(self.width() * (_PARETO_SHARE if self._has_curves else 1))
            areas = {
                PARETO: QRect(0, 0, left, top),
                CURVES: QRect(left + 1, 0, self.width() - left - 1, top),
                TABLE: QRect(0, top + 1, self.width(), self.height() - top - 1),
            }
        self._curves_area = areas.get(CURVES, QRect())
        inner = self._curves_area.adjusted(0, _CURVES_HEAD, 0, 0)
        for part, area in ((self.pareto, areas.get(PARETO)), (self.table, areas.get(TABLE)), (self.curves, inner)):
            if area is not None and not area.isEmpty():
                part.setGeometry(area)
        self.pareto.setVisible(PARETO in areas)
        self.table.setVisible(TABLE in areas)
        self.curves.setVisible(CURVES in areas and self._has_curves)
        self.arranged.emit()
        return []

    def refresh(self) -> None:
        """Lay out again, the parts too: an export asks for it in other pixels."""
        super().refresh()
        self.pareto.refresh()
        self.curves.refresh()

    def paintEvent(self, event: QPaintEvent) -> None:
        """The part that has the keyboard says so itself."""
        self.ensure_arranged()
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(theme.current().panel))
        self.draw(painter)

    def draw(self, painter: QPainter) -> None:
        """Lines between the parts, and what the curves are of."""
        tokens = theme.current()
        area = QRectF(self._curves_area)
        if area.isEmpty():
            return
        words = self._title if self._has_curves else "No learning curves: choose a net whose training kept them."
        if self._has_curves:
            head = QRectF(area.left() + 12, area.top() + 4, area.width() - 24, 17)
            draw_text(painter, head, words, tokens.text, theme.font(theme.BODY, 600))
        else:
            draw_text(painter, area.adjusted(12, 0, -12, 0), words, tokens.text3, theme.font(theme.SMALL), CENTRE)
        if self.all_at_once:
            painter.setPen(pen(tokens.line))
            painter.drawLine(QPointF(area.left() - 1, 0), QPointF(area.left() - 1, area.bottom()))
            painter.drawLine(QPointF(0, area.bottom()), QPointF(self.width(), area.bottom()))


class RunsChart(Chart):
    """Every run of a corpus beside every other.

    Signals:
        run_activated(key, compare): A run was chosen (`net:3`, `human:voice`), with Shift to compare it.
        look_changed(RunsLook): A person wants it shown otherwise.
        fold_chosen(int): Curves of another fold are wanted.
    """

    run_activated = Signal(str, bool)
    look_changed = Signal(object)
    fold_chosen = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        self.parts = RunsCanvas()
        self.view = SegmentedSwitch(
            [Option(PARETO, "Pareto"), Option(TABLE, "Table"), Option(CURVES, "Curves")], "Part of the runs shown"
        )
        self.score = Combo("Accuracy figure", longest=104)
        self.gap = Combo("Fairness figure", longest=92)
        self.fold = Combo("Fold", longest=110)
        super().__init__(self.parts, parent, Strip((self.view, self.score, self.gap, self.fold)))
        self._model: RunsModel | None = None
        self._look = RunsLook()
        self.score.set_options([Option(key, figure_name(key).short) for key in ACCURACIES])
        self.gap.set_options([Option(key, figure_name(key).short) for key in GAPS])
        self.view.changed.connect(lambda view: self._choose(view=view))
        self.score.activated.connect(lambda _: self._choose(score=self.score.value()))
        self.gap.activated.connect(lambda _: self._choose(gap=self.gap.value()))
        self.parts.table.ordered.connect(lambda column, falling: self._choose(by=COLUMNS[column], falling=falling))
        self.fold.activated.connect(lambda _: self.fold_chosen.emit(int(self.fold.value())))
        for part in (self.parts.pareto, self.parts.table):
            part.run_activated.connect(self.run_activated)
        self.parts.pareto.published_toggled.connect(lambda: self._choose(published=not self._look.published))
        self.parts.arranged.connect(self._settle_controls)
        self.set_look(self._look)

    @property
    def look(self) -> RunsLook:
        """How it is shown."""
        return self._look

    def set_look(self, look: RunsLook) -> None:
        """Show it like this; what is unknown here, as usual."""
        known = {"view": (PARETO, TABLE, CURVES), "score": ACCURACIES, "gap": GAPS, "by": COLUMNS}
        unknown = [name for name, there in known.items() if getattr(look, name) not in there]
        self._look = replace(look, **{name: getattr(RunsLook(), name) for name in unknown})
        self.view.set_value(self._look.view)
        self.score.set_value(self._look.score)
        self.gap.set_value(self._look.gap)
        self.parts.show_view(self._look.view)
        self.parts.table.order(COLUMNS.index(self._look.by), self._look.falling)

    def show_view(self, view: str) -> None:
        """Show one part, where there is no room for all."""
        self.set_look(replace(self._look, view=view))

    def set_folds(self, count: int, chosen: int) -> None:
        """Offer the folds whose curves there are."""
        self.fold.set_options([Option(str(k), f"Fold {k + 1} of {count}") for k in range(count)])
        self.fold.set_value(str(chosen))
        self._settle_controls()

    def set_model(self, model: RunsModel) -> None:
        """Show these runs."""
        self._model = model
        self.parts.set_model(model)
        self.show_canvas()

    def rows(self) -> Iterable[Row]:
        """Every mark with both figures, unrounded, published ones with their source."""
        model = self._model
        if model is None:
            return
        score, gap = model.score.key, model.gap.key
        yield ("run", "kind", score, f"{score}_low", f"{score}_high", gap, f"{gap}_low", f"{gap}_high", "source")
        for mark in model.marks:
            source = mark.card.source if mark.kind == "published" else ""
            values = (mark.score.value, mark.score.low, mark.score.high, mark.gap.value, mark.gap.low, mark.gap.high)
            yield (mark.name, str(mark.kind), *values, source)

    def _choose(self, **changed: object) -> None:
        look = replace(self._look, **changed)  # type: ignore[arg-type]
        if look != self._look:
            self.set_look(look)
            self.look_changed.emit(look)

    def _settle_controls(self) -> None:
        """Only what steers something that is seen."""
        together = self.parts.all_at_once
        curves = self.view.value() == CURVES
        self.view.setVisible(not together)
        self.score.setVisible(together or not curves)
        self.gap.setVisible(together or not curves)
        self.fold.setVisible((together or curves) and self.fold.count() > 1)
