"""How things stand: titles of docks, the status bar, and which actions there is something to do for."""

from __future__ import annotations

from PySide6.QtCore import QObject

from fairemo_gui.gui.actions import Actions
from fairemo_gui.gui.analyse_page import AnalysePage
from fairemo_gui.gui.controllers.table import TableController, size_of
from fairemo_gui.gui.controllers.work import Work
from fairemo_gui.gui.jobs import JobRunner, Lane
from fairemo_gui.gui.state.feed import WorkspaceFeed
from fairemo_gui.gui.status import StatusBar
from fairemo_gui.gui.toolbar import MainToolbar


class Standing(QObject):
    """Keeps words and buttons true."""

    def __init__(
        self,
        feed: WorkspaceFeed,
        table: TableController,
        page: AnalysePage,
        toolbar: MainToolbar,
        status: StatusBar,
        actions: Actions,
        runner: JobRunner,
        work: Work,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._feed, self._table, self._page = feed, table, page
        self._toolbar, self._status, self._actions, self._runner = toolbar, status, actions, runner
        self._work = work
        self._takes_back = True
        feed.opened.connect(self._update)
        feed.corpus_changed.connect(self._update)
        feed.facts_changed.connect(self._update_actions)
        table.columns_changed.connect(self._update_flags)
        page.utterances.shown_changed.connect(self._update_title)
        runner.changed.connect(self._update_work)
        runner.started.connect(self._update_work)
        work.training_began.connect(self._update_actions)
        work.training_ended.connect(self._update_actions)
        self._update()

    def set_undo(self, words: str) -> None:
        """What the key of Undo takes back on the page shown; empty = nothing, and the key does nothing."""
        self._takes_back = bool(words)
        if words:
            self._actions.undo.setText(words)
        self._update_actions()

    def _update(self) -> None:
        corpus, table = self._feed.corpus, self._feed.table
        name = "No corpus" if corpus is None else corpus.name
        if corpus is not None and corpus.synthetic and "synthetic" not in name.lower():
            name += " (synthetic)"
        self._toolbar.say_corpus(name)
        self._status.say_corpus(*((0, 0, 0, 0, 0) if table is None else size_of(table)))
        self._page.labels.rate.answers.set_classes(() if corpus is None else corpus.scheme.classes)
        classes = () if corpus is None else corpus.scheme.classes
        for k, action in enumerate(self._actions.numbers):
            action.setVisible(k < len(classes))
            action.setEnabled(k < len(classes))
            action.setText(f"Rate {classes[k]}" if k < len(classes) else "")
        self._update_title()
        self._update_flags()
        self._update_actions()

    def _update_title(self) -> None:
        self._page.titles["utterances"].set_detail(self._page.utterances.detail())

    def _update_flags(self) -> None:
        columns = self._table.columns
        self._status.say_flags(0 if columns is None else int(columns.flagged.sum()))
        self._update_title()

    def _update_actions(self) -> None:
        there, actions = self._feed.corpus is not None, self._actions
        workspace = self._feed.workspace
        writable = workspace is None or not workspace.read_only
        labelled = bool(self._feed.facts.labelled)
        self._status.say_read_only(not writable)
        for action in (actions.export_table, actions.export_corpus, actions.export_ratings, actions.export_chart):
            action.setEnabled(there)
        for action in (
            actions.extract,
            actions.import_ratings,
            actions.merge_ratings,
            actions.locate,
            actions.flag,
            actions.adjudicate,
            actions.decide,
        ):
            action.setEnabled(there and writable)
        actions.undo.setEnabled(there and writable and self._takes_back)
        actions.import_corpus.setEnabled(writable)
        actions.report.setEnabled(there and labelled)
        actions.predict.setEnabled(there and labelled and writable)
        for action in (actions.train, actions.retrain):
            action.setEnabled(there and labelled and writable and not self._work.is_training)
        nets = self._feed.facts.nets
        actions.retrain.setStatusTip(
            f"Train net {nets[0].id} again on today's ratings" if nets else "Train a first net"
        )

    def _update_work(self, _: object = None) -> None:
        running = [job.name for job in self._runner.jobs() if job.lane is Lane.COMPUTE and job.started_at is not None]
        self._status.say_work(running[0].lower() if running else "")
