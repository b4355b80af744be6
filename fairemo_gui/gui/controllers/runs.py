"""What the runs dashboard shows: every run evaluated alike, in the background while it is seen."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any, cast

from PySide6.QtCore import QObject, QTimer, Signal

from fairemo_gui.core.records import Changes, Condition, Truth
from fairemo_gui.evaluation.intervals import IntervalPlan
from fairemo_gui.evaluation.sample import Mode
from fairemo_gui.gui.controllers.charts import chosen_ids
from fairemo_gui.gui.controllers.choices import truth_words
from fairemo_gui.gui.controllers.feeder import ChartFeeder
from fairemo_gui.gui.dashboards.runs.adapt import Setting, Standings, runs_model
from fairemo_gui.gui.dashboards.runs.chart import RunsChart
from fairemo_gui.gui.dashboards.runs.model import RunsLook, RunsModel
from fairemo_gui.gui.jobs import JobRunner
from fairemo_gui.gui.messages import Messages
from fairemo_gui.gui.state.chart_context import HUMAN, NET, ChartContext
from fairemo_gui.gui.state.chart_looks import ChartLooks
from fairemo_gui.gui.state.feed import WorkspaceFeed
from fairemo_gui.gui.state.selection import Selection
from fairemo_gui.gui.training_page import learning_curves
from fairemo_gui.gui.utterances.view import UtterancesView
from fairemo_gui.jobs.task import Outcome, OutcomeKind, TaskContext
from fairemo_gui.services.comparison import ComparisonView, compare_nets
from fairemo_gui.services.runs import Question, Standing, seed_clouds, standing_of, standing_over_seeds
from fairemo_gui.services.samples import HumanPredictor, NetPredictor
from fairemo_gui.store.nets import NetRow
from fairemo_gui.store.workspace import Workspace
from fairemo_gui.training.history import best_epoch

_REDRAW_MS = 200
_KEPT_STANDINGS = 2_000
_EVERYTHING = {"labels", "ratings", "corpora"}


@dataclass(frozen=True)
class _Who:
    """Somebody to be evaluated: a net, the raters of a condition, or nets that differ only in their seed."""

    nets: tuple[NetRow, ...] = ()
    raters: Condition | None = None

    @property
    def key(self) -> str:
        if self.raters is not None:
            return f"{HUMAN}{self.raters.value}"
        return NET + ",".join(str(net.id) for net in self.nets)


class RunsController(ChartFeeder):
    """Evaluates whoever is not known yet, draws, makes a run the predictor of all charts, compares two.

    Attributes:
        plan: How intervals are made.

    Signals:
        compared(ComparisonView): Two nets were compared.
        drawn(): The dashboard was drawn.
    """

    compared = Signal(object)
    drawn = Signal()

    def __init__(
        self,
        feed: WorkspaceFeed,
        context: ChartContext,
        selection: Selection,
        looks: ChartLooks,
        chart: RunsChart,
        view: UtterancesView,
        runner: JobRunner,
        messages: Messages,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(chart, runner, messages, "Evaluating runs", parent)
        self._feed, self._context, self._selection, self._looks = feed, context, selection, looks
        self._chart, self._view = chart, view
        self.plan = IntervalPlan()
        self._fold = 0
        self._known: dict[tuple[str, str], Standing] = {}
        self._clouds: tuple[tuple[NetRow, ...], ...] = ()
        self._question = ""
        self._redraw = QTimer(self, singleShot=True, interval=_REDRAW_MS)
        self._redraw.timeout.connect(self._draw)
        self._connect_signals()
        self._take_look()

    @property
    def settled(self) -> bool:
        """Whether nothing is being computed or waiting to be."""
        return super().settled and not self._redraw.isActive()

    def _connect_signals(self) -> None:
        chart = self._chart
        chart.run_activated.connect(self._on_run)
        chart.look_changed.connect(self._on_look)
        chart.fold_chosen.connect(self._on_fold)
        self._looks.applied.connect(self._take_look)
        self._context.changed.connect(self._request)
        self._feed.opened.connect(self._forget)
        self._feed.corpus_changed.connect(self._forget)
        self._feed.facts_changed.connect(self._request)
        self._feed.store_changed.connect(self._on_store_changed)
        self._view.shown_changed.connect(self._on_rows)
        self._selection.selected_changed.connect(self._on_rows)

    def _forget(self) -> None:
        self._drop()
        self._known.clear()
        self._request()

    def _on_store_changed(self, changes: Changes, _: object) -> None:
        """New answers come of nets that are in training or asked; everybody else's figures stand."""
        if changes.kinds & _EVERYTHING:
            self._forget()
        elif "predictions" in changes.kinds:
            self._drop()
            moving = {self._context.choice.net, self._feed.facts.training} - {None}
            self._known = {k: s for k, s in self._known.items() if not moving & _nets_in(k[1])}
            self._request()

    def _on_rows(self) -> None:
        if self._context.choice.selection:
            self._request()

    def _on_run(self, key: str, compare: bool) -> None:
        if compare:
            self._compare(key)
        else:
            self._context.set_predictor(key)

    def _take_look(self) -> None:
        self._chart.set_look(self._looks.of("runs", RunsLook()))
        self._draw()

    def _on_look(self, look: RunsLook) -> None:
        self._looks.keep("runs", look)
        self._draw()

    def _on_fold(self, fold: int) -> None:
        self._fold = fold
        self._draw()

    def _compute(self) -> None:
        question = self._ask()
        if question is None:
            self._chart.show_empty("No corpus is open yet.", "Import a corpus…")
            return
        self._clouds = tuple(seed_clouds(self._feed.facts.nets))
        everyone = list(self._everyone())
        if not everyone:
            self._chart.show_empty("There is no run to compare yet: train a net.", "Train a net…")
            return
        self._draw()
        asked = self._question
        wanted = [who for who in everyone if not self._has(asked, who)]
        if not wanted:
            return

        def task(ctx: TaskContext) -> None:
            # Figures of all come first; their intervals take longer.
            for plan in (None, question.plan):
                for who in wanted:
                    ctx.emit((asked, who.key, _standing(replace(question, plan=plan), who, ctx)))

        self._submit(task, lambda _: self._finish(), self._on_part)

    def _has(self, asked: str, who: _Who) -> bool:
        found = self._known.get((asked, who.key))
        return found is not None and found.intervals

    def _on_part(self, part: tuple[str, str, Standing]) -> None:
        asked, key, standing = part
        if len(self._known) >= _KEPT_STANDINGS:
            self._known.clear()
        if standing.intervals or (asked, key) not in self._known:
            self._known[asked, key] = standing
        if not self._redraw.isActive():
            self._redraw.start()

    def _finish(self) -> None:
        self._redraw.stop()
        self._draw()

    def _on_failed(self, error: BaseException | None) -> None:
        """What is known of the others stays."""
        self._messages.failed(self._what, error)
        self._finish()

    def _ask(self) -> Question | None:
        """What everybody is asked, and by which name the answers are kept."""
        workspace, corpus, choice = self._feed.workspace, self._feed.corpus, self._context.choice
        if workspace is None or corpus is None:
            return None
        ids = chosen_ids(self._selection, self._view) if choice.selection else None
        scope = "" if ids is None else str(hash(ids.tobytes()))
        self._question = f"{corpus.id}/{choice.truth}/{choice.gold}/{choice.soft}/{choice.group}/{scope}"
        mode = Mode.SOFT if choice.soft else None
        table, gold = self._feed.table, choice.gold or None
        return Question(workspace, corpus, choice.truth, choice.group, mode, ids, self.plan, table, gold)

    def _everyone(self) -> Iterator[_Who]:
        facts, truth = self._feed.facts, self._context.choice.truth
        if truth not in facts.labelled:
            return
        yield from (_Who((net,)) for net in facts.nets)
        yield from (_Who(cloud) for cloud in self._clouds)
        yield from (_Who(raters=c) for c in Condition if Truth(c.value) in facts.labelled and c.value != truth.value)

    def _draw(self) -> None:
        corpus, choice = self._feed.corpus, self._context.choice
        everyone = list(self._everyone())
        if corpus is None or not everyone:
            return

        def known(who: _Who) -> Standing | None:
            return self._known.get((self._question, who.key))

        found = Standings(
            [(who.nets[0], known(who)) for who in everyone if len(who.nets) == 1],
            [(who.nets, known(who)) for who in everyone if len(who.nets) > 1],
            [(who.raters, known(who)) for who in everyone if who.raters is not None],
        )
        nets = self._feed.facts.nets
        classes = len(nets[0].classes.names) if nets else len(corpus.scheme)
        setting = Setting(
            corpus, choice.truth, truth_words(choice), self._chart.look, choice.group, choice.predictor, classes
        )
        self._chart.set_model(self._with_curves(runs_model(found, setting)))
        self.drawn.emit()

    def _with_curves(self, model: RunsModel) -> RunsModel:
        """The learning curves of the chosen net, else of the newest."""
        net = self._feed.facts.net(self._context.choice.net)
        histories = [] if net is None else cast(list[list[dict[str, float]]], net.history)
        fold = min(self._fold, max(len(histories) - 1, 0))
        self._chart.set_folds(len(histories), fold)
        if net is None or not histories or not histories[fold]:
            return model
        best = best_epoch(histories[fold])
        kept = histories[fold].index(best) + 1 if best is not None else None
        title = f"net {net.id}, fold {fold + 1} of {len(histories)}" if len(histories) > 1 else f"net {net.id}"
        return replace(model, curves=learning_curves(histories[fold]), curve_title=title, kept_epoch=kept)

    def _compare(self, key: str) -> None:
        """The chosen net against another, on the Compare page."""
        workspace, corpus, choice = self._feed.workspace, self._feed.corpus, self._context.choice
        old, new = choice.net, int(key.removeprefix(NET)) if key.startswith(NET) else None
        if workspace is None or corpus is None or old is None or new is None or old == new:
            self._messages.inform("Two nets can be compared: choose one, then another with Shift.")
            return

        def task(ctx: TaskContext) -> ComparisonView:
            return compare_nets(
                workspace, corpus, old, new, choice.truth, choice.group, self.plan, ctx.check, gold=choice.gold or None
            )

        name = f"Compare net {old} with net {new}"
        self._runner.submit(name, task, on_end=lambda outcome: self._on_compared(name, workspace, outcome))

    def _on_compared(self, name: str, workspace: Workspace, outcome: Outcome[Any]) -> None:
        if workspace is not self._feed.workspace:
            return
        if outcome.kind is OutcomeKind.FAILED:
            self._messages.failed(name, outcome.error)
        elif outcome.value is not None:
            self.compared.emit(outcome.value)


def _standing(question: Question, who: _Who, ctx: TaskContext) -> Standing:
    ctx.check()
    if who.raters is not None:
        return standing_of(question, HumanPredictor(who.raters), ctx.check)
    if len(who.nets) > 1:
        return standing_over_seeds(question, who.nets, ctx.check)
    return standing_of(question, NetPredictor(who.nets[0].id), ctx.check)


def _nets_in(key: str) -> set[int]:
    """Ids of the nets in a key."""
    return {int(part) for part in key.removeprefix(NET).split(",")} if key.startswith(NET) else set()
