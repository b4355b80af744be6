"""What leaves the workspace for other programs and other annotators, and what comes back from them."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QFileDialog, QWidget

from fairemo_gui.gui.analyse_page import AnalysePage
from fairemo_gui.gui.controllers.work import OPEN
from fairemo_gui.gui.controls import numbers
from fairemo_gui.gui.dialogs.export import ExportDialog
from fairemo_gui.gui.jobs import JobRunner
from fairemo_gui.gui.messages import Messages
from fairemo_gui.gui.state.feed import WorkspaceFeed
from fairemo_gui.gui.state.filter_state import FilterState
from fairemo_gui.jobs.task import Outcome, OutcomeKind
from fairemo_gui.services.exports.plan import ExportPlan, ExportReport


class Exchange(QObject):
    """Asks, then writes or reads in the background."""

    def __init__(
        self,
        window: QWidget,
        feed: WorkspaceFeed,
        filters: FilterState,
        page: AnalysePage,
        runner: JobRunner,
        messages: Messages,
    ) -> None:
        super().__init__(window)
        self._window, self._feed, self._filters, self._page = window, feed, filters, page
        self._runner, self._messages = runner, messages
        self.dialog: ExportDialog | None = None

    def export_corpus(self) -> None:
        """Ask what to write and where, then write it."""
        table = self._feed.table
        if table is None:
            return
        query = self._filters.combined()
        shown = len(self._page.utterances.shown_ids())
        self.dialog = dialog = ExportDialog(shown, len(table), query, self._window)
        dialog.accepted.connect(lambda: self._choose_folder(dialog.plan()))
        dialog.open()

    def _choose_folder(self, plan: ExportPlan) -> None:
        workspace, corpus = self._feed.workspace, self._feed.corpus
        if workspace is None or corpus is None:
            return
        place = workspace.folder / "exports" / f"{corpus.name}-{plan.format.value}"
        chosen, _ = QFileDialog.getSaveFileName(self._window, "Folder of the export", str(place))
        if not chosen:
            return

        # Loaded by whoever exports. A former export may be replaced: the file dialog has asked.
        from fairemo_gui.services.exports.export import export_corpus

        self._runner.submit(
            f"Export {corpus.name}",
            lambda ctx: export_corpus(ctx, workspace, corpus, plan, Path(chosen), force=True),
            on_end=self._on_exported,
        )

    def _on_exported(self, outcome: Outcome[ExportReport]) -> None:
        if outcome.kind is OutcomeKind.FAILED:
            self._messages.failed("Export", outcome.error)
        elif outcome.value is not None:
            report = outcome.value
            left_out = "; ".join(f"{n:,} {why}" for why, n in report.left_out.items())
            words = f"Written: {numbers.counted(len(report.files), 'file', 'files')} in {report.folder.name}."
            self._messages.inform(
                words + (f" Left out: {left_out}." if left_out else ""), "Open", f"{OPEN}{report.folder}"
            )
