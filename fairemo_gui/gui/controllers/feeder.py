"""What controllers of charts share: work in the background while the chart is seen; what was overtaken is dropped."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from PySide6.QtCore import QObject, QTimer

from fairemo_gui.errors import UserError
from fairemo_gui.gui.dashboards.chart import Chart
from fairemo_gui.gui.jobs import Job, JobRunner
from fairemo_gui.gui.messages import Messages
from fairemo_gui.jobs.task import Outcome, OutcomeKind, Task

_COALESCE_MS = 60
_Result = TypeVar("_Result")


class ChartFeeder(QObject):
    """Computes what a chart shows, one job at a time, while somebody sees it.

    Whatever may change the chart calls `_request`. What is requested unseen waits until the chart is seen; requests in
    quick succession are one; a job that was overtaken is cancelled, and nothing it still says is heard.

    Args:
        what: The work in words, for messages: `Slicing`.
        after_ms: How long requests are gathered.
    """

    def __init__(
        self,
        chart: Chart,
        runner: JobRunner,
        messages: Messages,
        what: str,
        parent: QObject | None = None,
        after_ms: int = _COALESCE_MS,
    ) -> None:
        super().__init__(parent)
        self._seen, self._runner, self._messages, self._what = chart, runner, messages, what
        self._job: Job | None = None
        self._stale = True
        self._timer = QTimer(self, singleShot=True, interval=after_ms)
        self._timer.timeout.connect(self._refresh)
        chart.visible_changed.connect(self._wake)

    @property
    def settled(self) -> bool:
        """Whether nothing is being computed or waiting to be."""
        return self._job is None and not self._timer.isActive()

    def _compute(self) -> None:
        """Show what there is to show; what takes time goes through `_submit`."""
        raise NotImplementedError

    def _request(self, *_: object) -> None:
        """Compute again: soon where the chart is seen, else when it is."""
        self._stale = True
        self._wake()

    def _wake(self, *_: object) -> None:
        if self._stale and self._seen.isVisible():
            self._timer.start()

    def _refresh(self) -> None:
        if self._seen.isVisible():
            self._drop()
            self._stale = False
            self._compute()

    def _submit(
        self, task: Task[_Result], done: Callable[[_Result], None], on_part: Callable[[Any], None] | None = None
    ) -> None:
        """Run a task in the place of the one that runs; `done` takes what it returns, `on_part` what it emits."""
        self._drop()
        job = self._job = self._runner.submit(self._what, task, quiet=True)
        job.on_part = lambda part: on_part(part) if on_part is not None and job is self._job else None
        job.on_end = lambda outcome: self._on_end(job, outcome, done)

    def _drop(self) -> None:
        """Nothing that is being computed is wanted any more."""
        if self._job is not None:
            self._runner.cancel(self._job)
            self._job = None

    def _on_end(self, job: Job, outcome: Outcome[_Result], done: Callable[[_Result], None]) -> None:
        if job is not self._job:
            return
        self._job = None
        if outcome.kind is OutcomeKind.SUCCEEDED:
            done(outcome.unwrap())
        elif outcome.kind is OutcomeKind.FAILED:
            self._on_failed(outcome.error)
        if not self._timer.isActive():
            self._wake()

    def _on_failed(self, error: BaseException | None) -> None:
        """What a person can put right is said in the chart; a fault of ours is a message."""
        if isinstance(error, UserError):
            self._seen.show_empty(str(error))
        else:
            self._messages.failed(self._what, error)
