"""What leaves the workspace for other programs and other annotators, and what comes back from them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, QSettings
from PySide6.QtWidgets import QDialog, QFileDialog, QWidget

from fairemo_gui.core.records import Changes
from fairemo_gui.gui import settings as remembered
from fairemo_gui.gui.analyse_page import AnalysePage
from fairemo_gui.gui.controllers.session import Session
from fairemo_gui.gui.controllers.work import OPEN
from fairemo_gui.gui.controls import numbers
from fairemo_gui.gui.dialogs.export import ExportDialog
from fairemo_gui.gui.dialogs.gold import AdjudicateDialog
from fairemo_gui.gui.jobs import JobRunner, Lane
from fairemo_gui.gui.messages import Messages
from fairemo_gui.gui.state.feed import WorkspaceFeed
from fairemo_gui.gui.state.filter_state import FilterState
from fairemo_gui.jobs.task import Outcome, OutcomeKind, Task
from fairemo_gui.services import adjudication, bundles, rescue
from fairemo_gui.services.importing import locate_corpus
from fairemo_gui.store.corpora import CorpusRow
from fairemo_gui.store.workspace import SUFFIX, Workspace

if TYPE_CHECKING:
    from fairemo_gui.services.exports.plan import ExportPlan, ExportReport

_BUNDLES = "Ratings (*.jsonl)"


class Exchange(QObject):
    """Asks, then writes or reads in the background; what was done is said in a sentence."""

    def __init__(
        self,
        window: QWidget,
        feed: WorkspaceFeed,
        filters: FilterState,
        session: Session,
        page: AnalysePage,
        runner: JobRunner,
        messages: Messages,
        settings: QSettings,
    ) -> None:
        super().__init__(window)
        self._window, self._feed, self._filters = window, feed, filters
        self._session, self._page, self._runner, self._messages = session, page, runner, messages
        self._settings = settings
        self.dialog: QDialog | None = None

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

    def export_ratings(self) -> None:
        """Ask where, then write every rating of the corpus, for merging elsewhere."""
        workspace, corpus = self._there()
        if workspace is None or corpus is None:
            return
        place = workspace.folder / "exports" / f"{corpus.name}-{remembered.rater(self._settings)}.jsonl"
        chosen, _ = QFileDialog.getSaveFileName(self._window, "Export ratings", str(place), _BUNDLES)
        if not chosen:
            return
        file = Path(chosen)
        self._submit(
            "Export ratings",
            lambda ctx: bundles.export_bundle(workspace, corpus, file, force=True),
            lambda written: (f"Written: {numbers.counted(written, 'rating', 'ratings')} to {file.name}.", None),
        )

    def merge_ratings(self) -> None:
        """Ask for bundles of other annotators and merge them, all or none."""
        workspace, corpus = self._there()
        if workspace is None or corpus is None:
            return
        chosen, _ = QFileDialog.getOpenFileNames(self._window, "Merge ratings", filter=_BUNDLES)
        if not chosen:
            return
        files, name = [Path(each) for each in chosen], corpus.name

        def said(found: tuple[list[bundles.Merged], Changes]) -> tuple[str, Changes]:
            merged, changes = found
            new, held = sum(each.added for each in merged), sum(each.ratings for each in merged)
            return f"Merged {numbers.count(held)} ratings: {numbers.count(new)} are new.", changes

        self._submit("Merge ratings", lambda ctx: bundles.merge_bundles(ctx, workspace, files, name), said)

    def adjudicate(self) -> None:
        """Ask by which rule, then settle the votes of a condition on one label each."""
        workspace, corpus = self._there()
        if workspace is None or corpus is None:
            return
        self.dialog = dialog = AdjudicateDialog(self._window)

        def go() -> None:
            condition, plan = dialog.chosen()
            self._submit(
                "Adjudicate",
                lambda ctx: adjudication.adjudicate(workspace, corpus, condition, plan),
                lambda found: (_settled(found[0], plan.gold), found[1]),
            )

        dialog.accepted.connect(go)
        dialog.open()

    def locate(self) -> None:
        """Ask where the corpus's media are now, and point all paths there at once."""
        workspace, corpus = self._there()
        if workspace is None or corpus is None:
            return
        chosen = QFileDialog.getExistingDirectory(self._window, f"Where the media of {corpus.name} are now")
        if not chosen:
            return

        def said(found: tuple[Any, Changes]) -> tuple[str, Changes]:
            located, changes = found
            missing = f" {numbers.count(len(located.missing))} are not there." if located.missing else ""
            words = numbers.counted(located.found, "media file", "media files")
            return f"{words} of {corpus.name} found in {located.root}.{missing}", changes

        self._submit("Locate corpus", lambda ctx: locate_corpus(workspace, corpus, Path(chosen)), said)

    def rescue(self) -> None:
        """Ask for a damaged workspace, save what can be read into a new one, and open that."""
        damaged = QFileDialog.getExistingDirectory(self._window, "A damaged workspace (NAME.fairemo)")
        if not damaged:
            return
        source = Path(damaged)
        place = source.with_name(f"{source.name.removesuffix(SUFFIX)}-rescued{SUFFIX}")
        chosen, _ = QFileDialog.getSaveFileName(self._window, "Folder for what is saved", str(place))
        if not chosen:
            return
        target = Path(chosen)

        def done(outcome: Outcome[rescue.Rescued]) -> None:
            if outcome.kind is OutcomeKind.FAILED:
                self._messages.failed("Rescuing", outcome.error)
            elif outcome.value is not None and self._session.open(target):
                rows, lost = sum(outcome.value.rows.values()), sum(outcome.value.lost.values())
                words = f"Saved {numbers.count(rows)} rows of {source.name}; {numbers.count(lost)} could not be read."
                self._messages.warn(words, "\n".join(outcome.value.notes))

        self._runner.submit("Rescue", lambda ctx: rescue.rescue_workspace(ctx, source, target), on_end=done)

    def _there(self) -> tuple[Workspace | None, CorpusRow | None]:
        return self._feed.workspace, self._feed.corpus

    def _submit(self, name: str, task: Task[Any], said: Callable[[Any], tuple[str, Changes | None]]) -> None:
        """Run in the serial lane of writes; say what was done and tell every view."""

        def done(outcome: Outcome[Any]) -> None:
            if outcome.kind is OutcomeKind.FAILED:
                self._messages.failed(name, outcome.error)
            elif outcome.kind is OutcomeKind.SUCCEEDED:
                words, changes = said(outcome.value)
                if changes is not None:
                    self._feed.broadcast(changes, self)
                self._messages.inform(words)

        self._runner.submit(name, task, Lane.STORE, on_end=done)

    def _choose_folder(self, plan: ExportPlan) -> None:
        workspace, corpus = self._there()
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


def _settled(found: adjudication.Adjudicated, gold: str) -> str:
    kept = f" {numbers.count(found.kept)} decided by a person stay." if found.kept else ""
    words = f"{gold}: {numbers.count(found.settled)} utterances settled, {numbers.count(found.no_agreement)} without"
    return f"{words} agreement, {numbers.count(found.changed)} labels changed.{kept}"
