"""Feeds the threshold explorer with what the charts show, counted in the background while it is in sight."""

from __future__ import annotations

from PySide6.QtCore import QObject

from fairemo_gui.evaluation.thresholds import Sweep, sweep
from fairemo_gui.gui.controllers import choices
from fairemo_gui.gui.controllers.charts import ChartsController, Shown
from fairemo_gui.gui.dashboards import adapt
from fairemo_gui.gui.dashboards.thresholds.chart import ThresholdChart
from fairemo_gui.gui.dashboards.thresholds.rule import ThresholdModel
from fairemo_gui.gui.jobs import Job, JobRunner
from fairemo_gui.gui.messages import Messages
from fairemo_gui.jobs.task import Outcome, OutcomeKind, TaskContext

_NOBODY = "There is nobody whose answers could be evaluated yet."


class ThresholdController(QObject):
    """Counts anew whenever the charts are drawn, or when the explorer comes into sight."""

    def __init__(
        self,
        charts: ChartsController,
        chart: ThresholdChart,
        runner: JobRunner,
        messages: Messages,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._charts, self._chart, self._runner, self._messages = charts, chart, runner, messages
        self._counted: Shown | None = None
        chart.show_empty(_NOBODY)
        self._job: Job | None = None
        charts.drawn.connect(self._count)
        chart.visible_changed.connect(self._count)

    @property
    def settled(self) -> bool:
        """Whether nothing is being counted."""
        return self._job is None

    def _count(self, *_: object) -> None:
        shown = self._charts.shown
        if not self._chart.isVisible() or shown is self._counted:
            return
        if shown is None:
            self._counted = None
            self._chart.show_empty(_NOBODY)
            return
        minimum_n = shown.view.evaluation.minimum_n

        def task(_: TaskContext) -> Sweep:
            sample = shown.view.samples.sample
            return sweep(sample.decisions, sample.groups[shown.choice.group], minimum_n)

        self._counted = shown
        self._job = job = self._runner.submit("Count thresholds", task, quiet=True)
        job.on_end = lambda outcome: self._on_counted(job, shown, outcome)

    def _on_counted(self, job: Job, shown: Shown, outcome: Outcome[Sweep]) -> None:
        if job is not self._job:
            return
        self._job = None
        if self._charts.shown is None:
            return
        if outcome.kind is OutcomeKind.SUCCEEDED and outcome.value is not None:
            self._chart.set_model(self._model(shown, outcome.value))
        elif outcome.kind is OutcomeKind.FAILED:
            self._messages.failed("Counting thresholds", outcome.error)

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
