"""Opening workspaces and showing their corpora."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QObject, QSettings

from fairemo_gui.core.records import Changes
from fairemo_gui.errors import UserError
from fairemo_gui.gui import settings as remembered
from fairemo_gui.gui.controllers.choices import read_facts, settled
from fairemo_gui.gui.jobs import JobRunner
from fairemo_gui.gui.messages import Messages
from fairemo_gui.gui.state.chart_context import ChartContext
from fairemo_gui.gui.state.feed import CorpusFacts, WorkspaceFeed
from fairemo_gui.jobs.task import Outcome, OutcomeKind, TaskContext
from fairemo_gui.store import corpora
from fairemo_gui.store.corpora import CorpusRow, UtteranceTable
from fairemo_gui.store.lock import WorkspaceLock
from fairemo_gui.store.workspace import Workspace

_FACTS = {"labels", "nets", "corpora"}


@dataclass(frozen=True)
class _Loaded:
    corpus: CorpusRow | None
    table: UtteranceTable | None
    facts: CorpusFacts


class Session(QObject):
    """Keeps the feed filled: which workspace, which corpus, what there is to choose from."""

    def __init__(
        self,
        feed: WorkspaceFeed,
        context: ChartContext,
        runner: JobRunner,
        messages: Messages,
        settings: QSettings,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._feed, self._context, self._runner = feed, context, runner
        self._messages, self._settings = messages, settings
        self._loading = False
        self._facts_wanted = False
        self._lock: WorkspaceLock | None = None
        feed.store_changed.connect(self._on_store_changed)

    @property
    def loading(self) -> bool:
        """Whether a corpus is being read."""
        return self._loading

    def open(self, folder: Path, corpus: str | None = None, *, create: bool = False) -> bool:
        """Open a workspace and show a corpus of it: the one named, else the newest.

        Where another window holds it, or its folder cannot be written, it opens for reading only, and that is said.
        """
        open_here = self._feed.workspace is not None and self._feed.workspace.folder == folder.absolute()
        lock = self._lock if open_here and self._lock is not None else WorkspaceLock(folder)
        reason = _why_not_ours(lock) if folder.is_dir() else ""
        try:
            workspace = Workspace(folder, create=create, read_only=bool(reason))
        except UserError as error:
            if lock is not self._lock:
                lock.release()
            self._messages.failed("Opening", error)
            return False
        if self._lock is not None and self._lock is not lock:
            self._lock.release()
        self._lock = lock
        self._feed.open(workspace)
        if workspace.read_only:
            reason = reason or "its database cannot be written"
            self._messages.warn(f"{workspace.folder.name} is open for reading only: {reason}.")
        remembered.remember(self._settings, workspace.folder)
        self.show_corpus(corpus)
        return True

    def close(self) -> None:
        """Let the workspace go."""
        self._feed.open(None)
        if self._lock is not None:
            self._lock.release()
            self._lock = None

    def show_corpus(self, name: str | None = None) -> None:
        """Read a corpus of the open workspace and show it; the newest where no name is given."""
        workspace = self._feed.workspace
        if workspace is None:
            return
        self._loading = True
        self._runner.submit(
            "Reading the corpus",
            lambda ctx: _load(ctx, workspace, name),
            on_end=lambda outcome: self._on_loaded(workspace, outcome),
            quiet=True,
        )

    def corpora(self) -> list[CorpusRow]:
        """Corpora of the open workspace."""
        return [] if self._feed.workspace is None else corpora.corpora(self._feed.workspace)

    def recent(self) -> list[Path]:
        """Workspaces opened before, without the open one."""
        here = self._feed.workspace
        return [each for each in remembered.recent(self._settings) if here is None or each != here.folder]

    def _on_loaded(self, workspace: Workspace, outcome: Outcome[_Loaded]) -> None:
        if workspace is not self._feed.workspace:
            return
        self._loading = False
        if outcome.kind is not OutcomeKind.SUCCEEDED or outcome.value is None:
            self._messages.failed("Reading the corpus", outcome.error)
            return
        loaded = outcome.value
        self._context.set_choice(settled(self._context.choice, loaded.facts))
        self._feed.show_corpus(loaded.corpus, loaded.table, loaded.facts)

    def _on_store_changed(self, changes: Changes, _: object) -> None:
        if "corpora" in changes.kinds:
            self.show_corpus()
        elif changes.kinds & _FACTS and not self._facts_wanted:
            self._facts_wanted = True
            self._read_facts()

    def _read_facts(self) -> None:
        workspace, corpus, table = self._feed.workspace, self._feed.corpus, self._feed.table
        if workspace is None or corpus is None or table is None:
            self._facts_wanted = False
            return

        def read(ctx: TaskContext) -> CorpusFacts:
            return read_facts(workspace, corpus, table)

        self._runner.submit("Reading", read, on_end=lambda outcome: self._on_facts(corpus, outcome), quiet=True)

    def _on_facts(self, corpus: CorpusRow, outcome: Outcome[CorpusFacts]) -> None:
        self._facts_wanted = False
        if corpus is self._feed.corpus and outcome.value is not None:
            self._feed.set_facts(outcome.value)
            self._context.set_choice(settled(self._context.choice, outcome.value))


def _why_not_ours(lock: WorkspaceLock) -> str:
    """Who or what keeps this window from writing a workspace; empty where nothing does."""
    try:
        holder = lock.acquire()
    except OSError as error:
        return f"its folder cannot be written ({error.strerror})"
    return "" if holder is None else f"{holder} holds it"


def _load(ctx: TaskContext, workspace: Workspace, name: str | None) -> _Loaded:
    rows = corpora.corpora(workspace)
    chosen = next((row for row in rows if row.name == name), rows[-1] if rows else None)
    if chosen is None:
        return _Loaded(None, None, CorpusFacts())
    table = corpora.table(workspace, chosen.id)
    return _Loaded(chosen, table, read_facts(workspace, chosen, table))
