"""The main window: assembles views, states and controllers, and wires them; decides nothing."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QByteArray, QEvent, QSettings, Qt
from PySide6.QtGui import QCloseEvent, QDragEnterEvent, QDropEvent, QKeyEvent
from PySide6.QtWidgets import QAbstractButton, QApplication, QMainWindow, QWidget

from fairemo_gui.core.records import Condition
from fairemo_gui.gui import settings as remembered
from fairemo_gui.gui.actions import WINDOW, Actions
from fairemo_gui.gui.analyse_page import AnalysePage
from fairemo_gui.gui.chart_area import ChartArea
from fairemo_gui.gui.compare.page import ComparePage
from fairemo_gui.gui.controllers.annotating import Annotating
from fairemo_gui.gui.controllers.appearance import Appearance
from fairemo_gui.gui.controllers.chart_links import ChartLinks
from fairemo_gui.gui.controllers.charts import ChartsController
from fairemo_gui.gui.controllers.comparing import Comparing
from fairemo_gui.gui.controllers.dashboards import Dashboards
from fairemo_gui.gui.controllers.exchange import Exchange
from fairemo_gui.gui.controllers.files import Files
from fairemo_gui.gui.controllers.help import Help
from fairemo_gui.gui.controllers.last_comparison import LastComparison
from fairemo_gui.gui.controllers.organising import Organising
from fairemo_gui.gui.controllers.planning import Planning
from fairemo_gui.gui.controllers.player_link import PlayerLink
from fairemo_gui.gui.controllers.questions import Questions
from fairemo_gui.gui.controllers.rating import RatingController
from fairemo_gui.gui.controllers.review import Review
from fairemo_gui.gui.controllers.session import Session
from fairemo_gui.gui.controllers.standing import Standing
from fairemo_gui.gui.controllers.table import TableController
from fairemo_gui.gui.controllers.views import Views
from fairemo_gui.gui.controllers.work import Work
from fairemo_gui.gui.importing.dialog import dropped_path
from fairemo_gui.gui.jobs import JobRunner
from fairemo_gui.gui.labels.panel import LabelsPanel
from fairemo_gui.gui.menus import fill_menus
from fairemo_gui.gui.messages import Messages
from fairemo_gui.gui.organise.page import ADJUDICATE, OrganisePage
from fairemo_gui.gui.pages import Pages
from fairemo_gui.gui.player.view import PlayerView
from fairemo_gui.gui.state.chart_context import ChartContext
from fairemo_gui.gui.state.feed import WorkspaceFeed
from fairemo_gui.gui.state.filter_state import FilterState
from fairemo_gui.gui.state.selection import Selection
from fairemo_gui.gui.status import StatusBar
from fairemo_gui.gui.toolbar import ANALYSE, ANNOTATE, COMPARE, ORGANISE, MainToolbar
from fairemo_gui.gui.training_page import TrainingPage
from fairemo_gui.gui.utterances.view import UtterancesView

_GEOMETRY, _LAYOUT, _CHARTS = "window/geometry", "window/layout", "window/charts_layout"
_SMALLEST, _USUAL = (1200, 640), (1440, 900)


class MainWindow(QMainWindow):
    """The window.

    Attributes:
        runner: Background jobs.
        feed: The open workspace.
        selection: The utterances looked at.
        filters: Which utterances the table shows.
        context: What the charts show.
        session: Opens workspaces.
        table, charts, links, player, rating, work, comparing: Controllers.
        analyse, compare, training: Pages.
    """

    def __init__(self, settings: QSettings, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("FairEmo")
        self.setObjectName("main_window")
        self.setAcceptDrops(True)
        self.setMinimumSize(*_SMALLEST)
        self.resize(*_USUAL)
        self.settings = settings
        self._by_tab = self._tabbing = False
        self._make_state()
        self._make_views()
        self._make_controllers()
        self._assemble()
        self._connect_signals()
        self._restore()

    @property
    def settled(self) -> bool:
        """Whether nothing is being read, computed or waiting to be shown: a picture may be taken."""
        parts = (
            self.table.settled,
            self.charts.settled,
            self.links.settled,
            self.dashboards.settled,
            self.player.settled,
            self.rating.settled,
            self.organising.settled,
        )
        return all(parts) and not self.session.loading and not self.runner.busy

    def open(self, folder: Path) -> bool:
        """Open a workspace."""
        return self.session.open(folder)

    def show_mode(self, mode: str) -> None:
        """Show the Analyse, the Compare or the Organise page; Annotate is a window that stands instead of this one."""
        if mode == ANNOTATE:
            self.toolbar.show_mode(self.mode())
            self.annotating.open()
            return
        self.pages.turn_to(mode, training=self.work.is_training)
        self.toolbar.show_mode(mode)
        actions = self.actions_
        {ANALYSE: actions.analyse, ORGANISE: actions.organise}.get(mode, actions.compare).setChecked(True)
        self._say_undo()
        if mode == ORGANISE:
            self.organising.show()

    def mode(self) -> str:
        """The page shown: `analyse`, `compare` or `organise`."""
        return self.pages.mode()

    def event(self, event: QEvent) -> bool:
        """Space presses a button that was reached with Tab; on other pages single keys leave the Analyse page alone."""
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent) and self._keeps(event):
            event.accept()
            return True
        return super().event(event)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """A workspace, a corpus's folder or a table may be dropped."""
        if dropped_path(event) is not None:
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Open the workspace, or look at the corpus."""
        path = dropped_path(event)
        if path is not None:
            self.files.drop(path)

    def focusNextPrevChild(self, next: bool) -> bool:  # noqa: N802 - Qt's own hook and name
        """Remember that the keyboard moved by Tab."""
        self._tabbing = True
        moved = super().focusNextPrevChild(next)
        self._tabbing = False
        return moved

    def closeEvent(self, event: QCloseEvent) -> None:
        """Remember the layout, let ratings reach the disk, leave no thread behind."""
        self.settings.setValue(_GEOMETRY, self.saveGeometry())
        self.settings.setValue(_LAYOUT, self.analyse.save_layout())
        self.settings.setValue(_CHARTS, self.actions_.charts_layout.isChecked())
        self.analyse.charts.save(self.settings)
        self.settings.sync()
        self.analyse.player.shutdown()
        self.annotating.close()
        self.organise.shutdown()
        self.runner.close()
        self.session.close()
        super().closeEvent(event)

    def _make_state(self) -> None:
        self.runner = JobRunner(self)
        self.feed = WorkspaceFeed(self)
        self.selection = Selection(self)
        self.filters = FilterState(self)
        self.context = ChartContext(self)
        self.messages = Messages(self)
        self.actions_ = Actions(self)

    def _make_views(self) -> None:
        rater = remembered.rater(self.settings)
        self.analyse = AnalysePage(
            UtterancesView(self.selection, self.filters, self.settings),
            PlayerView(settings=self.settings),
            LabelsPanel(rater),
            ChartArea(),
        )
        self.compare = ComparePage()
        self.organise = OrganisePage()
        self.training = TrainingPage()
        self.toolbar = MainToolbar(self.actions_, self.runner, self)
        self.status = StatusBar(self)

    def _make_controllers(self) -> None:
        page, rater = self.analyse, remembered.rater(self.settings)
        self.session = Session(self.feed, self.context, self.runner, self.messages, self.settings, self)
        self.table = TableController(self.feed, self.context, page.utterances, self.runner, self.messages, rater, self)
        self.charts = ChartsController(
            self.feed, self.context, self.selection, self.filters, page.charts, page.utterances, self.runner,
            self.messages, self,
        )  # fmt: skip
        self.links = ChartLinks(
            self.charts, self.feed, self.selection, self.filters, page.charts, page.utterances, self
        )
        self.dashboards = Dashboards(
            self.feed, self.context, self.selection, self.filters, self.charts, self.links, page.charts, self.table,
            page.utterances, self.runner, self.messages, self.settings, self,
        )  # fmt: skip
        self.player = PlayerLink(self.feed, self.selection, self.table, page, self)
        self.views = Views(
            self.feed, self.context, self.filters, self.dashboards.looks, page.utterances, self.runner, self.messages,
            self,
        )  # fmt: skip
        self.review = Review(self.feed, self.context, self.selection, self.filters, self.table, self.player, page, self)
        self.rating = RatingController(
            self.feed, self.context, self.selection, self.filters, page, self.player, self.runner, self.messages,
            self.status, self,
        )  # fmt: skip
        self.work = Work(self.feed, self.context, self.runner, self.messages, self)
        self.comparing = Comparing(self.feed, self.context, self.compare, self.runner, self.messages, self)
        self.last_comparison = LastComparison(
            self.feed, self.comparing, self.compare, self.runner, self.messages, self.settings, self
        )
        self.files = Files(
            self, self.feed, self.session, self.work, self.comparing, page, self.compare, self.runner, self.messages
        )
        self.exchange = Exchange(
            self, self.feed, self.filters, self.session, page, self.runner, self.messages, self.settings
        )
        self.organising = Organising(
            self.feed, self.selection, self.organise, self.runner, self.messages, self.settings, self
        )
        self.planning = Planning(self, self.feed, self.runner, self.messages)
        self.questions = Questions(self, self.feed, self.context, self.work, self.files)
        self.standing = Standing(
            self.feed, self.table, page, self.toolbar, self.status, self.actions_, self.runner, self.work, self
        )
        self.annotating = Annotating(self.feed, self.runner, self.messages, self.settings, self)
        self.appearance = Appearance(self.settings, self.actions_, self)
        self.help = Help(self, self.settings, self.actions_, self.messages, self.appearance, page)

    def _assemble(self) -> None:
        self.actions_.add_player(self.analyse.player.actions_for_keys())
        self.analyse.add_title_buttons(self.actions_)
        menus = fill_menus(self.menuBar(), self.actions_)
        menus[WINDOW].addActions([dock.toggleViewAction() for dock in self.analyse.docks.values()])
        self.addToolBar(self.toolbar)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.NoContextMenu)
        self.pages = Pages(self.analyse, self.compare, self.training, self.organise, self.toolbar.mode)
        self.setCentralWidget(self.pages)
        self.setStatusBar(self.status)

    def _connect_signals(self) -> None:
        application = QApplication.instance()
        assert isinstance(application, QApplication)
        application.focusChanged.connect(self._on_focus)
        self.toolbar.mode_chosen.connect(self.show_mode)
        self.annotating.opened.connect(self.analyse.player.shutdown)
        self.annotating.left.connect(self.player.reload)
        self.toolbar.job.cancel_requested.connect(self.runner.cancel)
        self.toolbar.corpus_menu_wanted.connect(self.files.fill_corpus_menu)
        self.status.keys_wanted.connect(self.help.show_keys)
        self.work.predicting.connect(self.charts.set_predicting)
        self.work.training_began.connect(self.training.begin)
        self.work.training_planned.connect(self.training.set_facts)
        self.work.training_said.connect(self.training.say)
        self.work.epoch.connect(self.training.add_epoch)
        self.work.training_ended.connect(self._on_training_ended)
        self.work.compared.connect(self.comparing.show)
        self.work.demo_made.connect(self._on_demo_made)
        self.training.stop_requested.connect(self.work.stop_training)
        self.organising.wanted.connect(lambda: self.show_mode(ORGANISE))
        self.organise.utterance_chosen.connect(self._on_play)
        self.organise.part_chosen.connect(self._say_undo)
        self.organise.plan_requested.connect(self.planning.edit)
        self.organise.queue.rule_requested.connect(self.exchange.adjudicate)
        self.organise.chart_export_requested.connect(self.files.export_chart)
        self.dashboards.runs.compared.connect(self.comparing.show)
        self.comparing.shown.connect(lambda: self.show_mode(COMPARE))
        self.comparing.shown.connect(self.pages.begin)
        self.compare.play_requested.connect(self._on_play)
        self.compare.retrain_requested.connect(self._on_retrain)
        self.messages.show_requested.connect(self.help.show_messages)
        self.analyse.charts.fix_requested.connect(self.questions.fix_charts)
        self.analyse.charts.review_requested.connect(self.review.start)
        self.analyse.utterances.trail.review_requested.connect(self.review.start)
        self.analyse.utterances.fix_requested.connect(self.files.import_corpus)
        self.table.first_shown.connect(self.analyse.utterances.table.setFocus)
        self._connect_actions()
        self._connect_rating()

    def _connect_actions(self) -> None:
        actions, table = self.actions_, self.analyse.utterances
        for action, work in (
            (actions.open, self.files.open), (actions.demo, self.files.make_demo), (actions.quit, self.close),
            (actions.import_corpus, self.files.import_corpus), (actions.import_ratings, self.files.import_ratings),
            (actions.export_table, self.files.export_table), (actions.export_corpus, self.exchange.export_corpus),
            (actions.export_ratings, self.exchange.export_ratings), (actions.rescue, self.exchange.rescue),
            (actions.merge_ratings, self.exchange.merge_ratings), (actions.locate, self.exchange.locate),
            (actions.adjudicate, self.exchange.adjudicate), (actions.decide, self.organising.decide_on_current),
            (actions.organise, lambda: self.show_mode(ORGANISE)), (actions.rating_plan, self.planning.edit),
            (actions.report, self.files.report), (actions.settings, self.help.show_settings),
            (actions.undo, self._undo), (actions.find, table.focus_filter),
            (actions.flag, lambda: self.table.toggle_flags(self.selection.selected)),
            (actions.review, self.review.start), (actions.copy_chart, self.files.copy_current_chart),
            (actions.report_shown, self.files.report_shown),
            (actions.worst, self.links.go_to_worst),
            (actions.save_view, self.views.save),
            (actions.clear_filter, self.filters.clear), (actions.back, self.filters.back),
            (actions.forward, self.filters.forward), (actions.analyse, lambda: self.show_mode(ANALYSE)),
            (actions.annotate, lambda: self.show_mode(ANNOTATE)),
            (actions.compare, lambda: self.show_mode(COMPARE)), (actions.reset_layout, self.analyse.reset_layout),
            (actions.previous, lambda: table.step(-1)), (actions.next, lambda: table.step(1)),
            (actions.all_or_selection, self.charts.toggle_scope), (actions.soft, self.charts.toggle_soft),
            (actions.export_chart, self.files.export_current_chart), (actions.extract, self.questions.extract),
            (actions.train, self.questions.train), (actions.predict, self.questions.predict),
            (actions.retrain, self._on_retrain), (actions.messages, self.help.show_messages),
            (actions.keys, self.help.show_keys), (actions.about, self.help.show_about),
        ):  # fmt: skip
            action.triggered.connect(lambda _=False, work=work: work())
        actions.charts_layout.toggled.connect(self.analyse.set_charts_layout)

    def _connect_rating(self) -> None:
        actions, panel = self.actions_, self.analyse.labels
        for action, condition in (
            (actions.by_voice, Condition.VOICE),
            (actions.by_face, Condition.FACE),
            (actions.by_av, Condition.AV),
        ):
            action.triggered.connect(lambda _=False, condition=condition: panel.rate.set_condition(condition))
        for number, action in enumerate(actions.numbers, start=1):
            action.triggered.connect(lambda _=False, number=number: panel.rate.rate_number(number))
        actions.blind.toggled.connect(panel.set_blind)
        actions.blind.toggled.connect(self.table.set_blind)
        actions.blind.toggled.connect(self.review.leave)
        panel.rate.condition_chosen.connect(self.table.set_condition)
        self.help.rater_changed.connect(panel.set_rater)
        self.help.rater_changed.connect(self.table.set_rater)
        actions.predictions.setChecked(panel.rate.predictions_shown)
        actions.predictions.toggled.connect(panel.rate.set_predictions_shown)
        panel.rate.predictions_toggled.connect(actions.predictions.setChecked)
        panel.rate.predictions_toggled.connect(self.analyse.utterances.set_predictions_shown)
        panel.rate.predictions_toggled.connect(self.links.set_predictions_shown)
        panel.rate.predictions_toggled.connect(self.dashboards.set_predictions_shown)
        actions.blind.toggled.connect(self.dashboards.set_blind)
        self.analyse.charts.what_if.predictions_requested.connect(lambda: actions.predictions.setChecked(True))

    def _undo(self) -> None:
        """Take back what was done last on the page shown; what is out of sight stays as it is."""
        if self.mode() == ANALYSE:
            self.rating.undo()
        else:
            self.organising.take_back()

    def _say_undo(self, _: str = "") -> None:
        deciding = self.mode() == ORGANISE and self.organise.shown_part() == ADJUDICATE
        words = {ANALYSE: "Undo the newest rating", ORGANISE: "Undo the newest decision" if deciding else ""}
        self.standing.set_undo(words.get(self.mode(), ""))

    def _on_retrain(self) -> None:
        self.questions.retrain()
        if self.work.is_training:
            self.show_mode(COMPARE)

    def _on_training_ended(self) -> None:
        if self.pages.currentWidget() is self.training:
            self.show_mode(ANALYSE if self.comparing.view is None else COMPARE)

    def _on_demo_made(self, folder: Path) -> None:
        if self.session.open(folder):
            self.work.train_first_net()

    def _on_play(self, utterance: int) -> None:
        self.show_mode(ANALYSE)
        self.filters.clear()
        self.pages.begin()
        self.selection.set_current(utterance)
        self.player.play()

    def _restore(self) -> None:
        self.actions_.charts_layout.setChecked(bool(self.settings.value(_CHARTS, False, bool)))
        geometry, layout = self.settings.value(_GEOMETRY), self.settings.value(_LAYOUT)
        if isinstance(geometry, QByteArray):
            self.restoreGeometry(geometry)
        if isinstance(layout, QByteArray):
            self.analyse.restore_layout(layout)
        self.analyse.charts.restore(self.settings)

    def _on_focus(self, former: QWidget | None, now: QWidget | None) -> None:
        self._by_tab = self._tabbing

    def _keeps(self, event: QKeyEvent) -> bool:
        if self.mode() != ANALYSE and _is_single(event):
            return True
        plain = event.modifiers() == Qt.KeyboardModifier.NoModifier and event.key() == Qt.Key.Key_Space
        return plain and self._by_tab and isinstance(QApplication.focusWidget(), QAbstractButton)


def _is_single(event: QKeyEvent) -> bool:
    """Whether a key stands for itself; “?” shows the keys on every page."""
    chord = event.modifiers() & ~(Qt.KeyboardModifier.ShiftModifier | Qt.KeyboardModifier.KeypadModifier)
    return not chord and event.text().isprintable() and event.text() not in {"", "?"}
