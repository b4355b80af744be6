"""Workspaces and files: open, import, export."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QFileDialog, QMenu, QWidget

from fairemo_gui.core.records import Changes, Condition
from fairemo_gui.errors import UserError
from fairemo_gui.gui.analyse_page import AnalysePage
from fairemo_gui.gui.compare.page import ComparePage
from fairemo_gui.gui.controllers.comparing import Comparing
from fairemo_gui.gui.controllers.session import Session
from fairemo_gui.gui.controllers.work import OPEN, Work
from fairemo_gui.gui.controls import numbers
from fairemo_gui.gui.dashboards.chart import Chart
from fairemo_gui.gui.importing.dialog import ImportDialog
from fairemo_gui.gui.importing.tasks import Imported
from fairemo_gui.gui.jobs import JobRunner, Lane
from fairemo_gui.gui.messages import Messages
from fairemo_gui.gui.state.feed import WorkspaceFeed
from fairemo_gui.jobs.task import Outcome, OutcomeKind, TaskContext
from fairemo_gui.services.importing import import_ratings
from fairemo_gui.store.workspace import SUFFIX

_PICTURES = "Picture (*.png);;Drawing (*.svg);;Numbers (*.csv)"


class Files(QObject):
    """Asks where, then does it; what cannot be done is said."""

    def __init__(
        self,
        window: QWidget,
        feed: WorkspaceFeed,
        session: Session,
        work: Work,
        comparing: Comparing,
        page: AnalysePage,
        compare: ComparePage,
        runner: JobRunner,
        messages: Messages,
    ) -> None:
        super().__init__(window)
        self._window, self._feed, self._session, self._work = window, feed, session, work
        self._comparing, self._page, self._runner, self._messages = comparing, page, runner, messages
        self.import_dialog: ImportDialog | None = None
        page.charts.export_requested.connect(self.export_chart)
        compare.chart_export_requested.connect(self.export_chart)
        compare.export_requested.connect(self.export_comparison)
        messages.acted.connect(self._on_acted)

    def open(self) -> None:
        """Ask for a workspace and open it."""
        folder = QFileDialog.getExistingDirectory(self._window, "Open a workspace (NAME.fairemo)")
        if folder:
            self._session.open(Path(folder))

    def drop(self, path: Path) -> None:
        """Open a workspace that was dropped onto the window; look at anything else as a corpus."""
        if path.name.endswith(SUFFIX) and path.is_dir():
            self._session.open(path)
        else:
            self.import_corpus()
            assert self.import_dialog is not None
            self.import_dialog.choose(path)

    def import_corpus(self) -> None:
        """Ask for a corpus; nothing is stored before the dialog's own button is pressed."""
        workspace = self._feed.workspace
        self.import_dialog = dialog = ImportDialog(
            self._runner, None if workspace is None else workspace.folder, self._window
        )
        dialog.imported.connect(self._on_imported)
        dialog.open()

    def import_ratings(self) -> None:
        """Ask for a table of ratings of the corpus shown, and add them; bad rows stop the whole of it."""
        workspace, corpus = self._feed.workspace, self._feed.corpus
        if workspace is None or corpus is None:
            return
        chosen, _ = QFileDialog.getOpenFileName(self._window, "A table of ratings", filter="Tables (*.csv *.tsv *.txt)")
        if not chosen:
            return

        def read(ctx: TaskContext) -> tuple[int, Changes]:
            found, changes = import_ratings(workspace, corpus, Path(chosen), Condition.AV)
            return len(found.file.ratings) + len(found.file.vote_counts), changes

        self._runner.submit("Import ratings", read, Lane.STORE, on_end=self._on_ratings)

    def make_demo(self) -> None:
        """Ask where the demo goes and make it there."""
        place, _ = QFileDialog.getSaveFileName(self._window, "Where to put the demo", str(Path.home() / "demo.fairemo"))
        if place:
            self._work.make_demo(Path(place))

    def export_table(self) -> None:
        """Write the rows of the table."""
        path = self._ask("Export the table", "utterances.csv", "Table (*.csv)")
        if path is not None:
            self._write(lambda: self._page.utterances.export(path), path)

    def export_current_chart(self) -> None:
        """Write the chart that has the keyboard, else the one on the left."""
        self.export_chart(*self._page.charts.current())

    def copy_current_chart(self) -> None:
        """The same onto the clipboard: picture and numbers."""
        chart, _ = self._page.charts.current()
        chart.copy()
        self._messages.inform("There is nothing in this chart yet." if chart.is_empty() else "The chart is copied.")

    def export_chart(self, chart: Chart, name: str) -> None:
        """Write a chart, as a picture or its numbers."""
        path = self._ask("Export the chart", f"{name}.png", _PICTURES)
        if path is not None:
            self._write(lambda: chart.export(path), path)

    def export_comparison(self) -> None:
        """Write the whole comparison."""
        path = self._ask("Export the comparison", "comparison.json", "Everything (*.json)")
        if path is not None:
            self._write(lambda: self._comparing.export(path), path)

    def report(self) -> None:
        """Ask where the report goes and write it."""
        path = self._ask("Report", "report.html", "Report (*.html)")
        if path is not None:
            self._work.report(path)

    def report_shown(self) -> None:
        """The same on no more than what the table shows."""
        table = self._page.utterances
        path = self._ask("Report on what the table shows", "report.html", "Report (*.html)")
        if path is not None:
            self._work.report(path, table.shown_ids(), table.query() or "no filter")

    def fill_corpus_menu(self, menu: QMenu) -> None:
        """Corpora of the workspace, then other workspaces."""
        menu.clear()
        for corpus in self._session.corpora():
            action = menu.addAction(corpus.name, lambda name=corpus.name: self._session.show_corpus(name))
            action.setCheckable(True)
            action.setChecked(self._feed.corpus is not None and corpus.id == self._feed.corpus.id)
        menu.addSeparator()
        for folder in self._session.recent():
            menu.addAction(f"Open {folder.name}", lambda folder=folder: self._session.open(folder))
        menu.addAction("Open workspace…", self.open)

    def _on_imported(self, done: Imported) -> None:
        self._session.open(done.folder, done.name)
        self._messages.inform(done.sentence)

    def _on_ratings(self, outcome: Outcome[tuple[int, Changes]]) -> None:
        if outcome.kind is OutcomeKind.FAILED:
            self._messages.failed("Importing ratings", outcome.error)
        elif outcome.value is not None:
            rows, changes = outcome.value
            self._feed.broadcast(changes, self)
            self._messages.inform(f"{numbers.counted(rows, 'row', 'rows')} of ratings imported.")

    def _ask(self, title: str, name: str, kinds: str) -> Path | None:
        workspace = self._feed.workspace
        folder = Path.home() if workspace is None else workspace.folder / "exports"
        chosen, kind = QFileDialog.getSaveFileName(self._window, title, str(folder / name), kinds)
        if not chosen:
            return None
        suffix = kind.rpartition("*")[2].rstrip(")")
        path = Path(chosen)
        return path if path.suffix or not suffix else path.with_suffix(suffix)

    def _write(self, write: Callable[[], None], path: Path) -> None:
        try:
            write()
        except UserError as error:
            self._messages.failed("Export", error)
            return
        self._messages.inform(f"Written: {path}.", "Open", f"{OPEN}{path}")

    def _on_acted(self, key: str) -> None:
        if key.startswith(OPEN):
            QDesktopServices.openUrl(QUrl.fromLocalFile(key.removeprefix(OPEN)))
