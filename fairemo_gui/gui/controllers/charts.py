"""What the charts show: evaluated in the background, fast figures first, then intervals; what is stale is dropped."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QObject, QTimer, Signal

from fairemo_gui.core.records import Changes, Truth
from fairemo_gui.errors import UserError
from fairemo_gui.evaluation.intervals import IntervalPlan
from fairemo_gui.evaluation.records import Evaluation
from fairemo_gui.evaluation.sample import Mode
from fairemo_gui.gui.chart_area import ChartArea
from fairemo_gui.gui.controllers import choices
from fairemo_gui.gui.dashboards import adapt
from fairemo_gui.gui.dashboards.bar import SELECTION
from fairemo_gui.gui.dashboards.chart import Chart
from fairemo_gui.gui.dashboards.model import Provisional
from fairemo_gui.gui.jobs import Job, JobRunner
from fairemo_gui.gui.messages import Messages
from fairemo_gui.gui.state.chart_context import ChartChoice, ChartContext
from fairemo_gui.gui.state.feed import WorkspaceFeed
from fairemo_gui.gui.state.filter_state import FilterState
from fairemo_gui.gui.state.selection import Selection
from fairemo_gui.gui.utterances.view import UtterancesView
from fairemo_gui.jobs.task import Outcome, OutcomeKind, TaskContext
from fairemo_gui.services.evaluation import EvaluationView
from fairemo_gui.services.live_figures import Figuring, Histograms, LiveFigures

_COALESCE_MS, _STREAM_MS = 60, 200
_CONCERNED = {"labels", "ratings", "predictions", "nets", "corpora"}


@dataclass(frozen=True)
class Shown:
    """What the charts show.

    Attributes:
        choice: The setting it was computed for.
        view: The figures with the utterances behind them.
        histograms: How often each probability was said, per group.
    """

    choice: ChartChoice
    view: EvaluationView
    histograms: Histograms


class ChartsController(QObject):
    """Evaluates and draws. What changes is added to the figures; only another setting reads everything anew.

    Attributes:
        plan: How intervals are made.

    Signals:
        drawn(bool): There are other figures, and charts in sight show them; True = with intervals.
        filled(Chart): A chart shows them.
    """

    drawn = Signal(bool)
    filled = Signal(object)

    def __init__(
        self,
        feed: WorkspaceFeed,
        context: ChartContext,
        selection: Selection,
        filters: FilterState,
        area: ChartArea,
        table: UtterancesView,
        runner: JobRunner,
        messages: Messages,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._feed, self._context, self._selection, self._filters = feed, context, selection, filters
        self._area, self._table, self._runner, self._messages = area, table, runner, messages
        self.plan = IntervalPlan()
        self._shown: Shown | None = None
        self._figures: LiveFigures | None = None
        self._stale: set[Chart] = set()
        self._provisional: Provisional | None = None
        self._job: Job | None = None
        self._pending = False
        self._complete = False
        self._timer = QTimer(self, singleShot=True, interval=_COALESCE_MS)
        self._timer.timeout.connect(self._evaluate)
        self._connect_signals()
        self._say_empty()

    @property
    def shown(self) -> Shown | None:
        """What the charts show; None while they are empty."""
        return self._shown

    @property
    def provisional(self) -> Provisional | None:
        """How far a net is that is answering; None where all its answers are in."""
        return self._provisional

    @property
    def settled(self) -> bool:
        """Whether nothing is being computed or waiting to be."""
        return self._job is None and not self._timer.isActive()

    @property
    def complete(self) -> bool:
        """Whether the figures stand with their intervals."""
        return self._complete

    def toggle_scope(self) -> None:
        """From all utterances to the selection, or back."""
        if self._context.choice.selection or len(self._scope()):
            self._choose(selection=not self._context.choice.selection)

    def toggle_soft(self) -> None:
        """From decided labels to distributions of votes, or back."""
        self._choose(soft=not self._context.choice.soft)

    def set_predicting(self, net: int, done: int, total: int) -> None:
        """A net is answering (or has finished, where the total is 0)."""
        if net == self._context.choice.net:
            self.set_provisional(Provisional(done, total) if total else None)

    def set_provisional(self, provisional: Provisional | None) -> None:
        """Say that predictions are still coming in."""
        if provisional != self._provisional:
            self._provisional = provisional
            self._request()

    def _connect_signals(self) -> None:
        bar = self._area.bar
        bar.truth_changed.connect(lambda key: self._choose(truth=Truth(key)))
        bar.softness_changed.connect(lambda soft: self._choose(soft=soft, gold=""))
        bar.gold_chosen.connect(self._choose_gold)
        bar.predictor_changed.connect(lambda key: self._choose(predictor=key))
        bar.group_changed.connect(lambda key: self._choose(group=key))
        bar.scope_changed.connect(lambda key: self._choose(selection=key == SELECTION))
        for chart in self._fillers():
            chart.visible_changed.connect(lambda _, chart=chart: self._fill(chart))
        self._context.changed.connect(self._on_context)
        self._feed.corpus_changed.connect(self._on_corpus)
        self._feed.facts_changed.connect(self._on_facts)
        self._feed.opened.connect(self._on_facts)
        self._feed.store_changed.connect(self._on_store_changed)
        self._table.shown_changed.connect(self._on_rows)
        self._selection.selected_changed.connect(self._on_rows)

    def _choose(self, **changed: object) -> None:
        choice = replace(self._context.choice, **changed)  # type: ignore[arg-type]
        self._context.set_choice(choices.settled(choice, self._feed.facts))

    def _choose_gold(self) -> None:
        golds = self._feed.facts.golds.get(self._context.choice.truth, ())
        self._choose(soft=False, gold=golds[0] if golds else "")

    def _on_corpus(self) -> None:
        """Nothing of the former corpus can be drawn, clicked or sliced any more."""
        if self._job is not None:
            self._runner.cancel(self._job)
            self._job = None
        self._shown = None
        self._stale.clear()

    def _on_facts(self) -> None:
        self._fill_bar()
        self._request()

    def _on_context(self) -> None:
        self._fill_bar()
        self._request()

    def _fill_bar(self) -> None:
        bar, choice, facts = self._area.bar, self._context.choice, self._feed.facts
        bar.set_truth_reasons(choices.truth_reasons(facts))
        bar.set_truth(choice.truth.value)
        bar.set_softness(choice.soft)
        bar.set_gold(bool(facts.golds.get(choice.truth)), bool(choice.gold))
        bar.set_predictors(choices.predictor_options(facts, choice.truth), choice.predictor)
        bar.set_groups(choices.group_options(facts), choice.group)
        bar.set_scope(SELECTION if choice.selection else "all")
        self._count()

    def _count(self) -> None:
        table = self._feed.table
        self._area.bar.set_counts(0 if table is None else len(table), len(self._scope()))

    def _scope(self) -> npt.NDArray[np.int64]:
        """Ids of what counts as the selection: several selected rows, else what the filter leaves."""
        if len(self._selection.selected) > 1 or self._table.filtered:
            return chosen_ids(self._selection, self._table)
        return np.empty(0, dtype=np.int64)

    def _on_rows(self) -> None:
        self._count()
        if self._context.choice.selection:
            if len(self._scope()):
                self._request()
            else:
                self._choose(selection=False)

    def _on_store_changed(self, changes: Changes, _: object) -> None:
        if not changes.kinds & _CONCERNED:
            return
        if self._figures is not None:
            self._figures.note(changes)
        if changes.kinds != {"predictions"} or self._context.choice.net is not None:
            self._request()

    def _request(self) -> None:
        self._complete = False
        # While figures are being computed for a stream of changes, they are finished rather than started over.
        if self._provisional is not None and self._job is not None:
            self._pending = True
        elif self._provisional is None:
            self._timer.start(_COALESCE_MS)
        elif not self._timer.isActive():
            self._timer.start(_STREAM_MS)

    def _evaluate(self) -> None:
        choice, predictor = self._context.choice, choices.predictor_of(self._context.choice)
        workspace, corpus, table = self._feed.workspace, self._feed.corpus, self._feed.table
        if self._job is not None:
            self._runner.cancel(self._job)
            self._job = None
        if workspace is None or corpus is None or table is None or predictor is None:
            self._figures = None
            self._say_empty()
            return
        ids = tuple(self._scope().tolist()) if choice.selection else None
        about = Figuring(
            choice.truth, predictor, choice.group, Mode.SOFT if choice.soft else None, ids, choice.gold or None
        )
        if self._figures is None or not self._figures.is_of(table, about):
            self._figures = LiveFigures(workspace, corpus, table, about)
        self._submit(choice, self._figures, None)

    def _submit(self, choice: ChartChoice, figures: LiveFigures, plan: IntervalPlan | None) -> None:
        def task(ctx: TaskContext) -> tuple[EvaluationView, Histograms]:
            return figures.figures(plan, ctx.check)

        self._job = job = self._runner.submit("Evaluate", task, quiet=True)
        job.on_end = lambda outcome: self._on_evaluated(job, choice, plan, outcome)

    def _on_evaluated(
        self,
        job: Job,
        choice: ChartChoice,
        plan: IntervalPlan | None,
        outcome: Outcome[tuple[EvaluationView, Histograms]],
    ) -> None:
        if job is not self._job:
            return
        self._job = None
        if outcome.kind is OutcomeKind.SUCCEEDED and outcome.value is not None:
            self._draw(Shown(choice, *outcome.value))
            self._complete = plan is not None
            self.drawn.emit(plan is not None)
            if plan is None and self._provisional is None and self._figures is not None:
                self._submit(choice, self._figures, self.plan)
        elif isinstance(outcome.error, UserError):
            self._shown = None
            self._area.show_empty(str(outcome.error), self._remedy())
        elif outcome.kind is OutcomeKind.FAILED:
            self._messages.failed("Evaluating", outcome.error)
        if self._pending:
            self._pending = False
            self._request()

    def _draw(self, shown: Shown) -> None:
        self._shown = shown
        self._stale = set(self._fillers())
        for chart in self._fillers():
            self._fill(chart)
        evaluation = shown.view.evaluation
        words = adapt.interval_words(evaluation)
        self._area.bar.set_interval_info(words or "computing intervals", adapt.card(evaluation, "interval"))

    def _fillers(self) -> dict[Chart, Callable[[Evaluation, adapt.Setting], None]]:
        area = self._area
        return {
            area.confusion: lambda *of: area.confusion.set_model(adapt.confusion_model(*of)),
            area.calibration: lambda *of: area.calibration.set_model(adapt.reliability_model(*of)),
            area.fairness: lambda *of: area.fairness.set_model(adapt.fairness_model(*of)),
        }

    def _fill(self, chart: Chart) -> None:
        """Show the figures there are, where the chart is in sight and does not yet."""
        if self._shown is not None and chart in self._stale and chart.isVisible():
            self._stale.discard(chart)
            self._fillers()[chart](self._shown.view.evaluation, self._setting(self._shown))
            self.filled.emit(chart)

    def _setting(self, shown: Shown) -> adapt.Setting:
        choice = shown.choice
        return adapt.Setting(
            by=choice.group,
            truth=choices.truth_words(choice),
            predictor=shown.view.predictor.name,
            by_votes=choice.human is not None,
            provisional=self._provisional,
            histograms=shown.histograms,
        )

    def _say_empty(self) -> None:
        self._shown = None
        self._stale.clear()
        self._complete = False
        self._area.bar.set_interval_info("")
        if self._feed.corpus is None:
            self._area.show_empty("No corpus is open yet.", "Import a corpus…")
        elif not self._feed.facts.labelled:
            self._area.show_empty("This corpus has no labels yet: rate utterances, or import ratings.")
        else:
            self._area.show_empty("There is nobody whose answers could be evaluated yet.", self._remedy())

    def _remedy(self) -> str:
        net = self._feed.facts.net(self._context.choice.net)
        if self._feed.corpus is None:
            return "Import a corpus…"
        return "Train a net…" if net is None else f"Predict with net {net.id}"


def chosen_ids(selection: Selection, table: UtterancesView) -> npt.NDArray[np.int64]:
    """Several selected rows, else what the table shows; figures over few of them would tell what is hidden."""
    several = selection.selected
    return table.told(np.array(several, dtype=np.int64) if len(several) > 1 else table.shown_ids())
