"""Feeds the confusion chart with what goes beyond truth against predictor, and turns its cells into filters."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QObject

from fairemo_gui.errors import UserError
from fairemo_gui.evaluation.arrays import Check
from fairemo_gui.gui import theme
from fairemo_gui.gui.controllers import choices
from fairemo_gui.gui.controllers.charts import ChartsController, Shown
from fairemo_gui.gui.controls.switch import Option
from fairemo_gui.gui.dashboards.confusion.chart import ConfusionChart, FarCell, Source
from fairemo_gui.gui.dashboards.confusion.labels import LabelCell
from fairemo_gui.gui.dashboards.confusion.look import Look
from fairemo_gui.gui.dashboards.confusion.sheet import Crossing, Extras
from fairemo_gui.gui.jobs import Job, JobRunner
from fairemo_gui.gui.messages import Messages
from fairemo_gui.gui.state.chart_context import HUMAN, ChartContext
from fairemo_gui.gui.state.chart_looks import ChartLooks
from fairemo_gui.gui.state.feed import WorkspaceFeed
from fairemo_gui.gui.state.filter_state import ChartFilter, FilterState
from fairemo_gui.jobs.task import Outcome, OutcomeKind, TaskContext
from fairemo_gui.services import matrices
from fairemo_gui.services.evaluation import EvaluationView
from fairemo_gui.services.filter_answers import CELL_SET
from fairemo_gui.services.matrices import Crossed
from fairemo_gui.services.samples import HumanPredictor

_NAME = "confusion"


@dataclass(frozen=True)
class Counted:
    """What was counted for the chart.

    Attributes:
        classes: Class names.
        own: Truth or another's answers in the rows, the predictor's in the columns.
        beside: Truth against people, where they stand beside.
        refused: Why somebody who was chosen does not appear.
    """

    classes: tuple[str, ...]
    own: Crossed
    beside: Crossed | None
    extras: Extras
    refused: str = ""


class MatrixController(QObject):
    """Counts labels, people beside a net, and two predictors against each other, whenever the charts are drawn."""

    def __init__(
        self,
        charts: ChartsController,
        context: ChartContext,
        feed: WorkspaceFeed,
        filters: FilterState,
        looks: ChartLooks,
        chart: ConfusionChart,
        runner: JobRunner,
        messages: Messages,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._charts, self._context, self._feed, self._filters = charts, context, feed, filters
        self._looks, self._chart, self._runner, self._messages = looks, chart, runner, messages
        self._shown: Shown | None = None
        self._counted: Counted | None = None
        self._job: Job | None = None
        self._take_look()
        looks.applied.connect(self._take_look)
        charts.drawn.connect(self._count)
        chart.visible_changed.connect(self._count)
        chart.look_changed.connect(lambda look: looks.keep(_NAME, look))
        chart.rows_chosen.connect(lambda key: self._choose(rows=key))
        chart.beside_chosen.connect(lambda key: self._choose(beside=key))
        chart.far_activated.connect(self._on_cell)
        context.changed.connect(self._offer)
        feed.facts_changed.connect(self._offer)
        self._offer()

    @property
    def settled(self) -> bool:
        """Whether nothing is being counted."""
        return self._job is None

    def _choose(self, **changed: str) -> None:
        choice = replace(self._context.choice, **changed)  # type: ignore[arg-type]
        self._context.set_choice(choices.settled(choice, self._feed.facts))

    def _offer(self) -> None:
        """Whoever answers in this corpus can stand in the rows; people can stand beside."""
        choice = self._context.choice
        others = [o for o in choices.predictor_options(self._feed.facts, choice.truth) if o.key != choice.predictor]
        rows = [Option("", f"Truth: {choices.truth_words(choice)}"), *others]
        people = [option for option in others if option.key.startswith(HUMAN)]
        self._chart.set_axes(rows, choice.rows, [Option("", "Nobody"), *people], choice.beside)

    def _take_look(self) -> None:
        self._chart.set_look(self._looks.of(_NAME, Look()))

    def _count(self, *_: object) -> None:
        shown, workspace, corpus = self._charts.shown, self._feed.workspace, self._feed.corpus
        if shown is None or shown is self._shown or not self._chart.isVisible() or workspace is None or corpus is None:
            return
        view, choice = shown.view, shown.choice
        by, truth = choice.group, choices.truth_words(choice)
        rows, people = choices.read_predictor(choice.rows), choices.read_predictor(choice.beside)

        def task(ctx: TaskContext) -> Counted:
            own, beside, refused = matrices.own(view, by), None, ""
            try:
                if rows is not None:
                    own = matrices.against(workspace, corpus, view, by, rows)
                elif isinstance(people, HumanPredictor):
                    beside = matrices.beside(workspace, corpus, view, by, people)
            except UserError as error:
                refused = str(error)
            crossed = rows is not None and not refused
            whose = rows.name if rows is not None and crossed else truth
            first = _crossing(view, by, own, (whose, view.predictor.name), ctx.check, crossed=crossed)
            second = apart = None
            if beside is not None and people is not None:
                second = _crossing(view, by, beside, (truth, people.name), ctx.check)
                if (intervals := view.evaluation.intervals) is not None:
                    apart = own.intervals_over(beside, intervals.plan, by, ctx.check)
            extras = Extras(first, second, not view.samples.sample.mode.one_label, apart)
            return Counted(view.evaluation.classes, own, beside, extras, refused)

        self._shown = shown
        self._job = job = self._runner.submit("Count labels", task, quiet=True)
        job.on_end = lambda outcome: self._on_counted(job, outcome)

    def _on_counted(self, job: Job, outcome: Outcome[Counted]) -> None:
        if job is not self._job:
            return
        self._job = None
        if self._charts.shown is None:
            return
        if outcome.kind is OutcomeKind.SUCCEEDED and outcome.value is not None:
            former, self._counted = self._counted, outcome.value
            self._chart.set_extras(outcome.value.extras)
            if outcome.value.refused and (former is None or former.refused != outcome.value.refused):
                self._messages.inform(outcome.value.refused)
        elif outcome.kind is OutcomeKind.FAILED:
            self._messages.failed("Counting labels", outcome.error)

    def _on_cell(self, cell: FarCell | LabelCell) -> None:
        """Filter to the very utterances that a cell counts."""
        if self._counted is None:
            return
        classes, crossed = self._counted.classes, self._counted.own
        if isinstance(cell, LabelCell):
            where = (crossed.rows.on[:, cell.label] == cell.row_on) & (
                crossed.columns.on[:, cell.label] == cell.column_on
            )
            words = f"{classes[cell.label]} {_state(cell.row_on)} → {_state(cell.column_on)}"
        elif cell.source is Source.TOGETHER:
            where = crossed.rows.on[:, cell.row] & crossed.columns.on[:, cell.column]
            words = f"{classes[cell.row]} with {classes[cell.column]}"
        else:
            if cell.source is Source.BESIDE and self._counted.beside is not None:
                crossed = self._counted.beside
            where = (crossed.rows.chosen == cell.row) & (crossed.columns.chosen == cell.column)
            words = f"{self._whose(cell.source)}, {classes[cell.row]} → {classes[cell.column]}"
        self._filter(crossed.inside(cell.group, np.asarray(where)), cell.group, words)

    def _whose(self, source: Source) -> str:
        assert self._counted is not None
        own, beside = self._counted.extras.own, self._counted.extras.beside
        return f"{own.rows} → {own.columns}" if source is Source.CROSSED or beside is None else beside.columns

    def _filter(self, ids: npt.NDArray[np.int64], group: str | None, words: str) -> None:
        name = self._filters.keep_new_set(CELL_SET, tuple(ids.tolist()))
        whose = words if group is None else f"{theme.group_word(group)}, {words}"
        self._filters.set_chart(ChartFilter(f"lasso:{name}", whose))


def _crossing(
    view: EvaluationView, by: str, found: Crossed, names: tuple[str, str], check: Check, *, crossed: bool = False
) -> Crossing:
    """Counts, with intervals as soon as the evaluation has some."""
    everyone, intervals = found.everyone(), None
    assert everyone is not None
    if view.evaluation.intervals is not None:
        fairness = view.evaluation.fairness.get(by)
        compared = fairness.groups if fairness is not None and fairness.signed is not None else ()
        intervals = found.intervals(view.evaluation.intervals.plan, by, compared, check)
    return Crossing(*names, found.by_group(), everyone, crossed, intervals)


def _state(on: bool) -> str:
    return "on" if on else "off"
