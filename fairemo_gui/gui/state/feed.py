"""The open workspace and the one broadcast that tells every view what changed in it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from PySide6.QtCore import QObject, Signal

from fairemo_gui.core.records import Changes, Truth
from fairemo_gui.store.corpora import CorpusRow, UtteranceTable
from fairemo_gui.store.nets import NetRow
from fairemo_gui.store.workspace import Workspace


@dataclass(frozen=True)
class CorpusFacts:
    """What can be chosen from in a corpus.

    Attributes:
        labelled: Number of labelled utterances per kind of truth that has any.
        nets: Nets that are not discarded, newest first.
        attributes: Attributes of speakers that are known of anybody.
        golds: Names of adjudicated labels per kind of truth that has any.
        training: Id of the net that is being trained here and has answers already.
    """

    labelled: dict[Truth, int] = field(default_factory=dict)
    nets: tuple[NetRow, ...] = ()
    attributes: tuple[str, ...] = ()
    golds: dict[Truth, tuple[str, ...]] = field(default_factory=dict)
    training: int | None = None

    def net(self, which: int | None) -> NetRow | None:
        """A net by id; the newest where None or gone."""
        return next((net for net in self.nets if net.id == which), self.nets[0] if self.nets else None)


class WorkspaceFeed(QObject):
    """Holds what is open; whoever edits says so here, and nowhere else.

    Signals:
        opened(): Another workspace is open, or none.
        corpus_changed(): Another corpus, or its utterances, are shown.
        facts_changed(): There are other labels or nets to choose from.
        store_changed(Changes, initiator): Something was written; the initiator is the view that did it, or None.
    """

    opened = Signal()
    corpus_changed = Signal()
    facts_changed = Signal()
    store_changed = Signal(object, object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._workspace: Workspace | None = None
        self._corpus: CorpusRow | None = None
        self._table: UtteranceTable | None = None
        self._facts = CorpusFacts()

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
        """The utterances of that corpus."""
        return self._table

    @property
    def facts(self) -> CorpusFacts:
        """What can be chosen from in that corpus."""
        return self._facts

    def open(self, workspace: Workspace | None) -> None:
        """Take another workspace; the former one is closed."""
        former, self._workspace = self._workspace, workspace
        self._corpus = self._table = None
        self._facts = CorpusFacts()
        if former is not None and former is not workspace:
            former.close()
        self.opened.emit()

    def show_corpus(
        self, corpus: CorpusRow | None, table: UtteranceTable | None, facts: CorpusFacts | None = None
    ) -> None:
        """Show a corpus."""
        self._corpus, self._table, self._facts = corpus, table, facts or CorpusFacts()
        self.corpus_changed.emit()
        self.facts_changed.emit()

    def set_facts(self, facts: CorpusFacts) -> None:
        """There are other labels or nets to choose from; a net in training stays one."""
        self._facts = replace(facts, training=self._facts.training)
        self.facts_changed.emit()

    def set_training(self, net: int | None) -> None:
        """A net in training has its first answers, or is no longer in training."""
        if net != self._facts.training:
            self._facts = replace(self._facts, training=net)
            self.facts_changed.emit()

    def broadcast(self, changes: Changes, initiator: object = None) -> None:
        """Tell every view what was written."""
        self.store_changed.emit(changes, initiator)
