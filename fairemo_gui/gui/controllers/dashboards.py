"""The dashboards beside the charts of the one evaluation: each has its own controller; they are made here."""

from __future__ import annotations

from PySide6.QtCore import QObject, QSettings

from fairemo_gui.gui.chart_area import ChartArea
from fairemo_gui.gui.controllers.agreement import AgreementController
from fairemo_gui.gui.controllers.chart_links import ChartLinks
from fairemo_gui.gui.controllers.charts import ChartsController
from fairemo_gui.gui.controllers.embedding import EmbeddingController
from fairemo_gui.gui.controllers.matrices import MatrixController
from fairemo_gui.gui.controllers.runs import RunsController
from fairemo_gui.gui.controllers.slices import SlicesController
from fairemo_gui.gui.controllers.table import TableController
from fairemo_gui.gui.controllers.thresholds import ThresholdController
from fairemo_gui.gui.controllers.what_if import WhatIfController
from fairemo_gui.gui.jobs import JobRunner
from fairemo_gui.gui.messages import Messages
from fairemo_gui.gui.state.chart_context import ChartContext
from fairemo_gui.gui.state.chart_looks import ChartLooks
from fairemo_gui.gui.state.feed import WorkspaceFeed
from fairemo_gui.gui.state.filter_state import FilterState
from fairemo_gui.gui.state.selection import Selection
from fairemo_gui.gui.utterances.view import UtterancesView
from fairemo_gui.services.projection import Embeddings


class Dashboards(QObject):
    """Makes them and tells them what they share.

    Attributes:
        looks: How each chart is to be shown.
        matrices, slices, thresholds, embedding, runs, agreement, what_if: Their controllers.
    """

    def __init__(
        self,
        feed: WorkspaceFeed,
        context: ChartContext,
        selection: Selection,
        filters: FilterState,
        charts: ChartsController,
        links: ChartLinks,
        area: ChartArea,
        table: TableController,
        view: UtterancesView,
        runner: JobRunner,
        messages: Messages,
        settings: QSettings,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        embeddings = Embeddings()
        self.looks = looks = ChartLooks(settings, self)
        self.matrices = MatrixController(charts, context, feed, filters, looks, area.confusion, runner, messages, self)
        self.slices = SlicesController(feed, charts, links, filters, looks, area.slices, runner, messages, self)
        self.thresholds = ThresholdController(charts, area.thresholds, runner, messages, self)
        self.embedding = EmbeddingController(
            feed, context, selection, filters, looks, area.embedding, table, view, runner, messages, embeddings, self
        )
        self.runs = RunsController(feed, context, selection, looks, area.runs, view, runner, messages, self)
        self.agreement = AgreementController(
            feed, context, selection, filters, links, area.agreement, view, runner, messages, self
        )
        self.what_if = WhatIfController(feed, context, selection, area.what_if, embeddings, runner, messages, self)

    @property
    def settled(self) -> bool:
        """Whether nothing is being computed or waiting to be."""
        every = (self.matrices, self.slices, self.thresholds, self.embedding, self.runs, self.agreement, self.what_if)
        return all(each.settled for each in every)

    def set_predictions_shown(self, shown: bool) -> None:
        """Whether a net's answer to an utterance may be told."""
        self.embedding.set_predictions_shown(shown)
        self.what_if.set_predictions_shown(shown)

    def set_blind(self, blind: bool) -> None:
        """Whether votes stay hidden."""
        self.embedding.set_blind(blind)
        self.what_if.set_blind(blind)
