"""Feeds the agreement chart from the ratings of the open corpus while it is in sight: figures first, then intervals."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QObject

from fairemo_gui.core.records import Changes
from fairemo_gui.evaluation.intervals import IntervalPlan
from fairemo_gui.evaluation.partition import EVERYONE
from fairemo_gui.gui import theme
from fairemo_gui.gui.controllers.chart_links import ChartLinks
from fairemo_gui.gui.controllers.charts import chosen_ids
from fairemo_gui.gui.controllers.feeder import ChartFeeder
from fairemo_gui.gui.dashboards.agreement.chart import AgreementChart, Target
from fairemo_gui.gui.dashboards.agreement.rows import CONDITION_WORDS, AgreementModel
from fairemo_gui.gui.jobs import JobRunner
from fairemo_gui.gui.messages import Messages
from fairemo_gui.gui.state.chart_context import ChartContext
from fairemo_gui.gui.state.feed import WorkspaceFeed
from fairemo_gui.gui.state.filter_state import ChartFilter, FilterState
from fairemo_gui.gui.state.selection import Selection
from fairemo_gui.gui.utterances.view import UtterancesView
from fairemo_gui.jobs.task import TaskContext
from fairemo_gui.services.agreement import AgreementView, measure_agreement
from fairemo_gui.services.filter_words import group_term

_CONCERNED = {"labels", "ratings", "corpora"}


class AgreementController(ChartFeeder):
    """Measures anew when ratings, groups or the selection are others; turns clicks into filters."""

    def __init__(
        self,
        feed: WorkspaceFeed,
        context: ChartContext,
        selection: Selection,
        filters: FilterState,
        links: ChartLinks,
        chart: AgreementChart,
        table: UtterancesView,
        runner: JobRunner,
        messages: Messages,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(chart, runner, messages, "Measuring agreement", parent)
        self._feed, self._context, self._selection, self._filters = feed, context, selection, filters
        self._links, self._chart, self._table = links, chart, table
        self.plan = IntervalPlan()
        self._setting = self._now()
        self._shown: AgreementView | None = None
        self._by = ""
        self._connect_signals()

    @property
    def complete(self) -> bool:
        """Whether what is shown has its intervals."""
        return self._shown is not None and self._shown.plan is not None

    @property
    def shown(self) -> AgreementView | None:
        """What the chart shows."""
        return self._shown

    def _connect_signals(self) -> None:
        self._feed.opened.connect(self._on_opened)
        self._feed.corpus_changed.connect(self._on_opened)
        self._feed.store_changed.connect(self._on_store_changed)
        self._context.changed.connect(self._on_setting)
        self._table.shown_changed.connect(self._on_rows)
        self._selection.selected_changed.connect(self._on_rows)
        self._links.marked_changed.connect(self._mark)
        self._chart.target_activated.connect(self._on_target)

    def _on_opened(self) -> None:
        self._drop()
        self._request()

    def _now(self) -> tuple[str, bool]:
        """What of the chart bar matters here: the groups, and whether only the selection counts."""
        return self._context.choice.group, self._context.choice.selection

    def _on_setting(self) -> None:
        if self._now() != self._setting:
            self._setting = self._now()
            self._request()

    def _on_store_changed(self, changes: Changes, _: object) -> None:
        if changes.kinds & _CONCERNED:
            self._request()

    def _on_rows(self) -> None:
        if self._context.choice.selection:
            self._request()

    def _compute(self) -> None:
        if self._feed.workspace is None or self._feed.corpus is None:
            self._shown = None
            self._chart.show_empty("No corpus is open yet: there are no ratings to compare.")
            return
        self._measure(None)

    def _measure(self, plan: IntervalPlan | None) -> None:
        workspace, corpus, table = self._feed.workspace, self._feed.corpus, self._feed.table
        assert workspace is not None
        assert corpus is not None
        group = self._context.choice.group
        by = group if group in self._feed.facts.attributes else ""
        ids = chosen_ids(self._selection, self._table) if self._context.choice.selection else None

        def task(ctx: TaskContext) -> AgreementView:
            return measure_agreement(
                workspace, corpus, (by,) if by else (), ids=ids, intervals=plan, table=table, single=False,
                check=ctx.check,
            )  # fmt: skip

        self._submit(task, lambda view: self._on_measured(view, by))

    def _on_measured(self, view: AgreementView, by: str) -> None:
        self._draw(view, by)
        if view.plan is None and view.rows:
            self._measure(self.plan)

    def _on_failed(self, error: BaseException | None) -> None:
        self._shown = None
        super()._on_failed(error)

    def _draw(self, view: AgreementView, by: str) -> None:
        self._shown, self._by = view, by
        if not view.rows:
            self._chart.show_empty("Nobody has rated these clips yet: rate them in Labels, or import ratings.")
            return
        self._chart.set_model(AgreementModel(view, by))
        self._mark()

    def _mark(self) -> None:
        """Mark the groups that the speakers of what is looked at belong to."""
        table = self._feed.table
        if self._shown is None or table is None or not self._chart.isVisible():
            return
        chosen = np.isin(table.ids, self._links.marked)
        self._chart.set_selected(set(table.attribute(self._by)[chosen].tolist()) if self._by else set())

    def _on_target(self, target: Target) -> None:
        """Show the utterances behind a point: with votes in its condition, or where its two conditions differ."""
        names = [condition.value for condition in target.conditions]
        words = "–".join(CONDITION_WORDS[condition] for condition in target.conditions)
        if len(names) == 2:
            query, words = f"disagree:{','.join(names)}", f"{words} disagree"
        else:
            query, words = f"not {names[0]}:unknown", f"{words} votes"
        if target.by != EVERYONE:
            query = f"{query} {group_term(target.by, target.value)}"
            words = f"{theme.group_word(target.value)}, {words}"
        self._filters.set_chart(ChartFilter(query, words, "users"))
