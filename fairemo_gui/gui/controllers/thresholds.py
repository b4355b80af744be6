"""Feeds the threshold explorer with what the charts show, counted in the background while it is in sight."""

from __future__ import annotations

from PySide6.QtCore import QObject

from fairemo_gui.evaluation.thresholds import Sweep, sweep
from fairemo_gui.gui.controllers import choices
from fairemo_gui.gui.controllers.charts import ChartsController, Shown
from fairemo_gui.gui.controllers.feeder import ChartFeeder
from fairemo_gui.gui.dashboards import adapt
from fairemo_gui.gui.dashboards.thresholds.chart import ThresholdChart
from fairemo_gui.gui.dashboards.thresholds.rule import ThresholdModel
from fairemo_gui.gui.jobs import JobRunner
from fairemo_gui.gui.messages import Messages
from fairemo_gui.jobs.task import TaskContext

_NOBODY = "There is nobody whose answers could be evaluated yet."


class ThresholdController(ChartFeeder):
    """Counts anew whenever the charts are drawn, or when the explorer comes into sight."""

    def __init__(
        self,
        charts: ChartsController,
        chart: ThresholdChart,
        runner: JobRunner,
        messages: Messages,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(chart, runner, messages, "Counting thresholds", parent, after_ms=0)
        self._charts, self._chart = charts, chart
        chart.show_empty(_NOBODY)
        charts.drawn.connect(self._request)

    def _compute(self) -> None:
        shown = self._charts.shown
        if shown is None:
            return
        minimum_n = shown.view.evaluation.minimum_n

        def task(_: TaskContext) -> Sweep:
            sample = shown.view.samples.sample
            return sweep(sample.decisions, sample.groups[shown.choice.group], minimum_n)

        self._submit(task, lambda found: self._on_counted(shown, found))

    def _on_counted(self, shown: Shown, found: Sweep) -> None:
        if self._charts.shown is not None:
            self._chart.set_model(self._model(shown, found))

    def _model(self, shown: Shown, found: Sweep) -> ThresholdModel:
        evaluation = shown.view.evaluation
        truth = choices.truth_words(shown.choice)
        setting = adapt.Setting(shown.choice.group, truth, minimum_n=evaluation.minimum_n)
        groups = {group.value: group for _, _, group in adapt.groups_of(evaluation, setting)}
        return ThresholdModel(
            sweep=found,
            classes=evaluation.classes,
            groups=tuple(groups[value] for value in found.groups),
            truth=truth,
            predictor=shown.view.predictor.name,
            one_label=shown.view.samples.sample.mode.one_label,
            provisional=self._charts.provisional,
            cards={name: adapt.card(evaluation, name) for name in ("macro_f1", "dpd", "eod")},
        )
