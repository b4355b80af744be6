"""The open workspace and the one broadcast that tells every view what changed in it."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from fairemo_gui.core.records import Changes
from fairemo_gui.store.corpora import CorpusRow, UtteranceTable
from fairemo_gui.store.workspace import Workspace


class WorkspaceFeed(QObject):
    """Holds what is open; whoever edits says so here, and nowhere else.

    Signals:
        opened(): Another workspace is open, or none.
        corpus_changed(): Another corpus, or its utterances, are shown.
        store_changed(Changes, initiator): Something was written; the initiator is the view that did it, or None.
    """

    opened = Signal()
    corpus_changed = Signal()
    store_changed = Signal(object, object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._workspace: Workspace | None = None
        self._corpus: CorpusRow | None = None
        self._table: UtteranceTable | None = None

    @property
    def workspace(self) -> Workspace | None:
        """The open workspace."""
        return self._workspace

    @property
    def corpus(self) -> CorpusRow | None:
        """The corpus that is shown."""
        return self._corpus

    @property
    def table(self) -> UtteranceTable | None:
        """The utterances of that corpus, once they are read."""
        return self._table

    def open(self, workspace: Workspace | None) -> None:
        """Take another workspace; the former one is closed."""
        former, self._workspace = self._workspace, workspace
        self._corpus = self._table = None
        if former is not None and former is not workspace:
            former.close()
        self.opened.emit()

    def show_corpus(self, corpus: CorpusRow | None, table: UtteranceTable | None) -> None:
        """Show a corpus."""
        self._corpus, self._table = corpus, table
        self.corpus_changed.emit()

    def broadcast(self, changes: Changes, initiator: object = None) -> None:
        """Tell every view what was written."""
        self.store_changed.emit(changes, initiator)
