"""Feeds the slices chart with what the charts show: figures at once, intervals and evidence in the background."""

from __future__ import annotations

from dataclasses import dataclass, replace

from PySide6.QtCore import QObject

from fairemo_gui.evaluation.intervals import IntervalPlan
from fairemo_gui.evaluation.looks import LEAST_SPEAKERS
from fairemo_gui.evaluation.slices import Figure
from fairemo_gui.gui.controllers import choices
from fairemo_gui.gui.controllers.chart_links import ChartLinks
from fairemo_gui.gui.controllers.charts import ChartsController, Shown
from fairemo_gui.gui.controllers.feeder import ChartFeeder
from fairemo_gui.gui.dashboards.slices.chart import SlicesChart
from fairemo_gui.gui.dashboards.slices.rows import SlicesModel, slice_name
from fairemo_gui.gui.dashboards.slices.strip import SliceChoice, SliceLook
from fairemo_gui.gui.jobs import JobRunner
from fairemo_gui.gui.messages import Messages
from fairemo_gui.gui.state.chart_looks import ChartLooks
from fairemo_gui.gui.state.feed import WorkspaceFeed
from fairemo_gui.gui.state.filter_state import ChartFilter, FilterState
from fairemo_gui.jobs.task import TaskContext
from fairemo_gui.services.slice_attributes import TRUE_EMOTION
from fairemo_gui.services.slices import Slicer, SlicesView, figures_of
from fairemo_gui.store.corpora import ATTRIBUTES

_NAME = "slices"


@dataclass(frozen=True)
class Sliced:
    """What a job found; no view where there is nothing to slice by."""

    slicer: Slicer
    choice: SliceChoice
    view: SlicesView | None


class SlicesController(ChartFeeder):
    """Slices anew whenever the charts are drawn or something else is chosen, while the chart is in sight."""

    def __init__(
        self,
        feed: WorkspaceFeed,
        charts: ChartsController,
        links: ChartLinks,
        filters: FilterState,
        looks: ChartLooks,
        chart: SlicesChart,
        runner: JobRunner,
        messages: Messages,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(chart, runner, messages, "Slicing", parent, after_ms=0)
        self._feed, self._charts, self._links, self._filters = feed, charts, links, filters
        self._looks, self._chart = looks, chart
        self._slicer: Slicer | None = None
        self._of: Shown | None = None
        self._shown: SlicesView | None = None
        charts.drawn.connect(self._on_drawn)
        feed.corpus_changed.connect(self._on_corpus)
        links.marked_changed.connect(self._mark)
        chart.strip.changed.connect(self._on_choice)
        chart.sort_chosen.connect(lambda sort: looks.keep(_NAME, replace(self._look(), sort=sort)))
        looks.applied.connect(self._restart)
        chart.slice_activated.connect(self._on_slice)
        self._on_corpus()

    @property
    def complete(self) -> bool:
        """Whether what is shown has its intervals."""
        return self._shown is not None and self._shown.plan is not None

    @property
    def shown(self) -> SlicesView | None:
        """What the chart shows."""
        return self._shown

    def _on_corpus(self) -> None:
        self._drop()
        self._slicer = self._of = self._shown = None
        self._chart.show_empty("Nothing is evaluated yet: there is nothing to slice.")

    def _on_drawn(self) -> None:
        if self._charts.provisional is not None and self._job is not None:
            # Figures of a stream of answers are finished rather than started over.
            self._stale = True
        else:
            self._request()

    def _compute(self) -> None:
        shown = self._charts.shown
        if shown is not None:
            self._start(shown, with_intervals=self._charts.complete)

    def _on_choice(self) -> None:
        if self._slicer is not None:
            self._looks.keep(_NAME, self._look().on(self._chart.strip.choice(), self._slicer.classes))
            self._restart()

    def _look(self) -> SliceLook:
        return self._looks.of(_NAME, SliceLook())

    def _restart(self) -> None:
        shown = self._charts.shown
        if shown is not None and self._chart.isVisible():
            self._start(shown, with_intervals=self._look().search)
        else:
            self._request()

    def _start(self, shown: Shown, with_intervals: bool) -> None:
        choice, table = self._look().choice(shown.view.evaluation.classes), self._feed.table
        if table is None or (choice.search and not self._charts.complete):
            return
        known = self._slicer if shown is self._of else None
        plan = self._charts.plan if with_intervals else None
        minimum_n = shown.view.evaluation.minimum_n

        def task(ctx: TaskContext) -> Sliced:
            slicer = known or Slicer(shown.view.samples, table)
            return _sliced(slicer, choice, plan, minimum_n, ctx)

        self._submit(task, lambda found: self._on_sliced(shown, found))

    def _on_sliced(self, shown: Shown, found: Sliced) -> None:
        if self._charts.shown is None:
            return
        self._draw(shown, found)
        if self._shown is not None and not self.complete and self._charts.complete and not self._stale:
            self._start(shown, with_intervals=True)

    def _draw(self, shown: Shown, found: Sliced) -> None:
        self._slicer, self._of, self._shown = found.slicer, shown, found.view
        classes = found.slicer.classes
        self._chart.strip.offer(figures_of(classes), found.slicer.attributes, classes)
        self._chart.strip.set_choice(found.choice)
        if found.view is None:
            self._chart.show_empty("Nothing to slice by: no attribute of these clips has two values.")
            return
        self._chart.set_sort(self._look().sort)
        about = f"{shown.view.predictor.name} against {choices.truth_words(shown.choice)}"
        self._chart.set_model(SlicesModel(found.view, classes, about, self._charts.provisional))
        self._mark()

    def _mark(self) -> None:
        if self._slicer is None or self._shown is None or not self._chart.isVisible():
            return
        counts = self._slicer.members(self._shown.rows, self._links.marked)
        self._chart.set_selected({k: count for k, count in enumerate(counts) if count})

    def _on_slice(self, place: int) -> None:
        if self._shown is None or place >= len(self._shown.rows):
            return
        row = self._shown.rows[place]
        self._filters.set_chart(ChartFilter(row.query, slice_name(row), "rows"))


def _sliced(slicer: Slicer, choice: SliceChoice, plan: IntervalPlan | None, minimum_n: int, ctx: TaskContext) -> Sliced:
    """Slice by what was chosen, or by what there is where that is not known here."""
    figure = choice.figure
    there = tuple(name for name in slicer.attributes if not (figure.needs_classes and name == TRUE_EMOTION))
    by = tuple(name for name in choice.by if name in there) or _usual(slicer, there, figure, minimum_n, ctx)
    choice = replace(choice, by=by)
    if not by:
        return Sliced(slicer, choice, None)
    if choice.search and plan is not None:
        return Sliced(slicer, choice, slicer.worst(figure, plan, minimum_n, check=ctx.check))
    return Sliced(slicer, choice, slicer.slices(by, figure, plan, minimum_n, ctx.check))


def _usual(slicer: Slicer, there: tuple[str, ...], figure: Figure, minimum_n: int, ctx: TaskContext) -> tuple[str, ...]:
    """Two attributes of speakers, crossed; the first single attribute instead where no such slice can be tested."""
    of_speakers = tuple(name for name in there if name in ATTRIBUTES)
    crossed = of_speakers[:2] or there[:1]
    for by in (crossed, *((name,) for name in there)):
        if by and _testable(slicer.slices(by, figure, None, minimum_n, ctx.check)):
            return by
    return crossed


def _testable(view: SlicesView) -> bool:
    """Whether evidence can be had of any slice; a speaker's attributes put all of their clips into one."""
    apart = all(name in ATTRIBUTES for name in view.by)
    return any(
        row.values is not None
        and not row.small
        and row.speakers >= LEAST_SPEAKERS
        and (not apart or view.speakers - row.speakers >= LEAST_SPEAKERS)
        for row in view.rows
    )
