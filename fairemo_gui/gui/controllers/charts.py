"""What the charts show: evaluated in the background, fast figures first, then intervals; what is stale is dropped."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QObject, QTimer, Signal

from fairemo_gui.core.records import Changes, Truth
from fairemo_gui.errors import UserError
from fairemo_gui.evaluation.intervals import IntervalPlan
from fairemo_gui.evaluation.sample import Mode
from fairemo_gui.gui import theme
from fairemo_gui.gui.chart_area import ChartArea
from fairemo_gui.gui.controllers import choices
from fairemo_gui.gui.dashboards import adapt
from fairemo_gui.gui.dashboards.bar import SELECTION
from fairemo_gui.gui.dashboards.model import Cell, Provisional
from fairemo_gui.gui.jobs import Job, JobRunner
from fairemo_gui.gui.messages import Messages
from fairemo_gui.gui.state.chart_context import ChartChoice, ChartContext
from fairemo_gui.gui.state.feed import WorkspaceFeed
from fairemo_gui.gui.state.filter_state import ChartFilter, FilterState
from fairemo_gui.gui.state.selection import Selection
from fairemo_gui.gui.utterances.view import UtterancesView
from fairemo_gui.jobs.task import Outcome, OutcomeKind, TaskContext
from fairemo_gui.services.evaluation import EvaluationView, evaluate_predictor
from fairemo_gui.services.filter_words import cell_query, group_term

_COALESCE_MS = 60
_MOST_MARKED = 200
_CONCERNED = {"labels", "ratings", "predictions", "nets", "corpora"}


@dataclass(frozen=True)
class Shown:
    """What the charts show.

    Attributes:
        choice: The setting it was computed for.
        view: The figures with the utterances behind them.
    """

    choice: ChartChoice
    view: EvaluationView


class ChartsController(QObject):
    """Evaluates and draws; turns clicks on marks into filters.

    Attributes:
        plan: How intervals are made.

    Signals:
        drawn(bool): Charts were drawn; True = with intervals.
    """

    drawn = Signal(bool)

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
        self._marked: set[Cell] = set()
        self._provisional: Provisional | None = None
        self._job: Job | None = None
        self._pending = False
        self._predictions_shown = True
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

    def set_predictions_shown(self, shown: bool) -> None:
        """Whether a net's answer to an utterance may be told."""
        self._predictions_shown = shown
        self._mark()

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
        bar.softness_changed.connect(lambda soft: self._choose(soft=soft))
        bar.predictor_changed.connect(lambda key: self._choose(predictor=key))
        bar.group_changed.connect(lambda key: self._choose(group=key))
        bar.scope_changed.connect(lambda key: self._choose(selection=key == SELECTION))
        self._area.confusion.cell_activated.connect(self._on_cell)
        self._area.calibration.bin_activated.connect(self._on_bin)
        self._area.fairness.bar_activated.connect(self._on_bar)
        self._context.changed.connect(self._on_context)
        self._feed.facts_changed.connect(self._on_facts)
        self._feed.opened.connect(self._on_facts)
        self._feed.store_changed.connect(self._on_store_changed)
        self._table.shown_changed.connect(self._on_rows)
        self._selection.selected_changed.connect(self._on_rows)

    def _choose(self, **changed: object) -> None:
        choice = replace(self._context.choice, **changed)  # type: ignore[arg-type]
        self._context.set_choice(choices.settled(choice, self._feed.facts))

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
        bar.set_predictors(choices.predictor_options(facts, choice.truth), choice.predictor)
        bar.set_groups(choices.group_options(facts), choice.group)
        bar.set_scope(SELECTION if choice.selection else "all")
        self._count()

    def _count(self) -> None:
        table = self._feed.table
        self._area.bar.set_counts(0 if table is None else len(table), len(self._scope()))

    def _scope(self) -> npt.NDArray[np.int64]:
        """Ids of what counts as the selection: several selected rows, else what the filter leaves."""
        if len(self._selection.selected) > 1:
            return np.array(self._selection.selected, dtype=np.int64)
        return np.empty(0, dtype=np.int64) if self._filters.empty else self._table.shown_ids()

    def _on_rows(self) -> None:
        self._count()
        self._mark()
        if self._context.choice.selection:
            if len(self._scope()):
                self._request()
            else:
                self._choose(selection=False)

    def _on_store_changed(self, changes: Changes, _: object) -> None:
        if changes.kinds & _CONCERNED:
            self._request()

    def _request(self) -> None:
        self._complete = False
        # While figures are being computed for a stream of changes, they are finished rather than started over.
        if self._provisional is not None and self._job is not None:
            self._pending = True
            return
        self._timer.start()

    def _evaluate(self) -> None:
        workspace, corpus = self._feed.workspace, self._feed.corpus
        choice = self._context.choice
        if self._job is not None:
            self._runner.cancel(self._job)
            self._job = None
        if workspace is None or corpus is None or choices.predictor_of(choice) is None:
            self._say_empty()
            return
        self._submit(choice, None)

    def _submit(self, choice: ChartChoice, plan: IntervalPlan | None) -> None:
        workspace, corpus, table = self._feed.workspace, self._feed.corpus, self._feed.table
        predictor = choices.predictor_of(choice)
        assert workspace is not None
        assert corpus is not None
        assert predictor is not None
        ids = self._scope() if choice.selection else None
        mode = Mode.SOFT if choice.soft else None

        def task(ctx: TaskContext) -> EvaluationView:
            return evaluate_predictor(
                workspace, corpus, choice.truth, predictor, (choice.group,),
                mode=mode, ids=ids, intervals=plan, table=table, check=ctx.check,
            )  # fmt: skip

        self._job = job = self._runner.submit("Evaluate", task, quiet=True)
        job.on_end = lambda outcome: self._on_evaluated(job, choice, plan, outcome)

    def _on_evaluated(
        self, job: Job, choice: ChartChoice, plan: IntervalPlan | None, outcome: Outcome[EvaluationView]
    ) -> None:
        if job is not self._job:
            return
        self._job = None
        if outcome.kind is OutcomeKind.SUCCEEDED and outcome.value is not None:
            self._draw(Shown(choice, outcome.value))
            self._complete = plan is not None
            self.drawn.emit(plan is not None)
            if plan is None and self._provisional is None:
                self._submit(choice, self.plan)
        elif isinstance(outcome.error, UserError):
            self._shown = None
            self._area.show_empty(str(outcome.error), self._remedy())
        elif outcome.kind is OutcomeKind.FAILED:
            self._messages.failed("Evaluating", outcome.error)
        if self._pending:
            self._pending = False
            self._timer.start()

    def _draw(self, shown: Shown) -> None:
        self._shown = shown
        setting = self._setting(shown)
        evaluation = shown.view.evaluation
        self._area.confusion.set_model(adapt.confusion_model(evaluation, setting))
        self._area.calibration.set_model(adapt.reliability_model(evaluation, setting))
        self._area.fairness.set_model(adapt.fairness_model(evaluation, setting))
        words = adapt.interval_words(evaluation)
        self._area.bar.set_interval_info(words or "computing intervals", adapt.card(evaluation, "interval"))
        self._mark()

    def _setting(self, shown: Shown) -> adapt.Setting:
        choice, sample = shown.choice, shown.view.samples.sample
        p = sample.decisions.probabilities
        groups = np.asarray(sample.groups[choice.group], dtype=object)
        values = set(groups.tolist())
        return adapt.Setting(
            by=choice.group,
            truth=choices.TRUTH_WORDS[choice.truth],
            predictor=shown.view.predictor.name,
            by_votes=choice.human is not None,
            provisional=self._provisional,
            histograms={value: adapt.histogram(p[groups == value]) for value in values},
        )

    def _say_empty(self) -> None:
        self._shown = None
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

    def _mark(self) -> None:
        """Outline the cells of the selected utterances, unless that would tell a net's answer that is to be hidden."""
        if self._shown is None:
            return
        hidden = not self._predictions_shown and self._shown.choice.net is not None
        selected = np.array(() if hidden else self._selection.selected[:_MOST_MARKED], dtype=np.int64)
        samples = self._shown.view.samples
        rows = np.flatnonzero(np.isin(samples.ids, selected)).tolist()
        decided, groups = samples.sample.decisions, samples.sample.groups[self._shown.choice.group]
        cells = {Cell(groups[k], int(decided.truth_class[k]), int(decided.predicted_class[k])) for k in rows}
        if cells != self._marked:
            self._marked = cells
            self._area.confusion.set_selected(cells)

    def _on_cell(self, group: str | None, truth: int, predicted: int) -> None:
        if self._shown is None:
            return
        names, by = self._shown.view.evaluation.classes, self._shown.choice.group
        attribute = by if group is not None else None
        words = f"{names[truth]} → {names[predicted]}"
        whose = f"{theme.group_word(group)}, {words}" if group is not None else words
        self._filters.set_chart(ChartFilter(cell_query(names[truth], names[predicted], attribute, group), whose))

    def _on_bin(self, group: str | None, low: float, high: float) -> None:
        if self._shown is None:
            return
        query, words = f"bin:{low:.4f}-{high:.4f}", f"p {low:.2f}–{high:.2f}"
        if group is not None:
            query = f"{query} {group_term(self._shown.choice.group, group)}"
            words = f"{theme.group_word(group)}, {words}"
        self._filters.set_chart(ChartFilter(query, words, "chart-line"))

    def _on_bar(self, class_index: int, group: str | None) -> None:
        if self._shown is None:
            return
        name = self._shown.view.evaluation.classes[class_index]
        query, words = f"true:{name}", name
        if group is not None:
            query = f"{query} {group_term(self._shown.choice.group, group)}"
            words = f"{theme.group_word(group)}, {name}"
        self._filters.set_chart(ChartFilter(query, words, "scales"))
