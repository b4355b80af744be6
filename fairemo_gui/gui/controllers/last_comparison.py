"""The comparison that was shown last stands on the Compare page again after a restart, if its two runs still do."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from PySide6.QtCore import QEvent, QObject, QSettings

from fairemo_gui.core.records import Truth
from fairemo_gui.errors import UserError
from fairemo_gui.evaluation.intervals import IntervalPlan
from fairemo_gui.gui.compare.page import ComparePage
from fairemo_gui.gui.controllers.comparing import Comparing
from fairemo_gui.gui.jobs import JobRunner
from fairemo_gui.gui.messages import Messages
from fairemo_gui.gui.settings import read_object, write_object
from fairemo_gui.gui.state.chart_looks import read_record
from fairemo_gui.gui.state.feed import WorkspaceFeed
from fairemo_gui.jobs.task import Outcome, OutcomeKind, TaskContext
from fairemo_gui.services.comparison import ComparisonView, compare_nets
from fairemo_gui.store.workspace import Workspace

_KEY = "compare/last"


@dataclass(frozen=True)
class Compared:
    """What was compared: two nets by id and weights, in a corpus of a workspace, and how."""

    folder: str = ""
    corpus: str = ""
    old: int = 0
    new: int = 0
    weights: tuple[str, ...] = ()
    truth: Truth = Truth.AV
    by: str = "gender"
    gold: str = ""


class LastComparison(QObject):
    """Remembers a comparison when it is shown; compares again, on today's labels, when the page is first seen.

    Attributes:
        plan: How intervals are made.
    """

    def __init__(
        self,
        feed: WorkspaceFeed,
        comparing: Comparing,
        page: ComparePage,
        runner: JobRunner,
        messages: Messages,
        settings: QSettings,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._feed, self._comparing, self._page = feed, comparing, page
        self._runner, self._messages, self._settings = runner, messages, settings
        self.plan = IntervalPlan()
        self._wanted: Compared | None = None
        comparing.shown.connect(self._remember)
        feed.opened.connect(self._forget)
        feed.corpus_changed.connect(self._look)
        page.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """The page comes into sight."""
        if watched is self._page and event.type() == QEvent.Type.Show:
            self._compare()
        return super().eventFilter(watched, event)

    def _remember(self) -> None:
        self._forget()
        workspace, corpus, view = self._feed.workspace, self._feed.corpus, self._comparing.view
        if workspace is None or corpus is None or view is None:
            return
        nets = (view.old, view.new)
        shown = Compared(
            str(workspace.folder), corpus.name, view.old.id, view.new.id, tuple(net.sha256 for net in nets), view.truth,
            view.comparison.by, view.gold,
        )  # fmt: skip
        write_object(self._settings, _KEY, asdict(shown))

    def _forget(self) -> None:
        self._wanted = None

    def _look(self) -> None:
        """Whether what was compared is still there."""
        workspace, corpus = self._feed.workspace, self._feed.corpus
        last = read_record(Compared(), read_object(self._settings, _KEY))
        weights = {net.id: net.sha256 for net in self._feed.facts.nets}
        here = ("" if workspace is None else str(workspace.folder), "" if corpus is None else corpus.name)
        stand = (weights.get(last.old), weights.get(last.new)) == last.weights and here == (last.folder, last.corpus)
        self._wanted = last if stand and self._comparing.view is None else None
        if self._page.isVisible():
            self._compare()

    def _compare(self) -> None:
        workspace, corpus, last = self._feed.workspace, self._feed.corpus, self._wanted
        if workspace is None or corpus is None or last is None:
            return
        self._forget()

        def task(ctx: TaskContext) -> ComparisonView:
            return compare_nets(
                workspace, corpus, last.old, last.new, last.truth, last.by, self.plan, ctx.check, gold=last.gold or None
            )

        name = f"Compare net {last.old} with net {last.new}"
        self._page.show_empty(f"Comparing net {last.old} with net {last.new} again …", "")
        self._runner.submit(name, task, on_end=lambda outcome: self._on_compared(name, workspace, corpus.id, outcome))

    def _on_compared(self, name: str, workspace: Workspace, corpus: int, outcome: Outcome[ComparisonView]) -> None:
        if workspace is not self._feed.workspace or self._comparing.view is not None:
            return
        if self._feed.corpus is not None and self._feed.corpus.id != corpus:
            self._comparing.clear()
            return
        if outcome.value is not None:
            self._comparing.put(outcome.value)
            return
        self._comparing.clear()
        if outcome.kind is OutcomeKind.FAILED and not isinstance(outcome.error, UserError):
            self._messages.failed(name, outcome.error)
