"""The window's end of background work: jobs in lanes of thread pools, each ending once, on the main thread."""

from __future__ import annotations

import itertools
import queue
import time
from collections.abc import Callable
from enum import StrEnum
from typing import Any

from PySide6.QtCore import QObject, QRunnable, Qt, QThreadPool, QTimer, Signal

from fairemo_gui.jobs.process import ComputeProcess
from fairemo_gui.jobs.task import Outcome, OutcomeKind, Progress, Task, TaskContext, run_task

_TICK_MS = 100
_POOL_THREADS = 2
_numbers = itertools.count(1)


class Lane(StrEnum):
    """Where a job waits for its turn: store writes and the compute device take one at a time."""

    STORE = "store"
    COMPUTE = "compute"
    POOL = "pool"


class Job(QRunnable):
    """One piece of background work.

    Attributes:
        name: For people: `Predict, net 12`.
        lane: Where it waits.
        quiet: Not shown among the running jobs: short reads and writes.
        counted: Its progress counts something a person knows, as utterances; else only its words are shown.
        vital: Closing the window waits for it instead of cancelling it: somebody's rating.
        progress: The newest, None before the first; written by the job's thread, read by the window.
        outcome: None until it has ended.
    """

    def __init__(
        self, name: str, task: Task[Any], lane: Lane, events: queue.SimpleQueue[_Event], wake: Callable[[], None]
    ) -> None:
        super().__init__()
        self.setAutoDelete(False)
        self.number = next(_numbers)
        self.name = name
        self.lane = lane
        self.quiet = False
        self.vital = False
        self.counted = True
        self.progress: Progress | None = None
        self.outcome: Outcome[Any] | None = None
        self.started_at: float | None = None
        self.on_part: Callable[[Any], None] | None = None
        self.on_end: Callable[[Outcome[Any]], None] | None = None
        self._task = task
        self._events = events
        self._wake = wake
        self._ctx = TaskContext(self._note, self._emit)

    def run(self) -> None:
        """Run the task to its one outcome; called by the pool, on a thread of its own."""
        self._post(_STARTED, None)
        ended: Outcome[Any] = Outcome(OutcomeKind.CANCELLED) if self._ctx.cancelled else run_task(self._task, self._ctx)
        self._post(_ENDED, ended)

    def cancel(self) -> None:
        """Ask it to stop."""
        self._ctx.cancel()

    @property
    def cancelled(self) -> bool:
        """Whether somebody asked it to stop."""
        return self._ctx.cancelled

    def seconds_left(self) -> float | None:
        """Remaining time by the share done; None where it cannot be said yet."""
        now = self.progress
        if now is None or not now.total or now.done <= 0 or self.started_at is None:
            return None
        elapsed = time.monotonic() - self.started_at
        return elapsed * (now.total - now.done) / now.done

    def _note(self, progress: Progress) -> None:
        self.progress = progress

    def _emit(self, part: object) -> None:
        self._post(_PART, part)

    def _post(self, kind: str, payload: object) -> None:
        self._events.put((self, kind, payload))
        self._wake()


_STARTED, _PART, _ENDED = "started", "part", "ended"
_Event = tuple[Job, str, Any]


class JobRunner(QObject):
    """Runs jobs and tells, on the main thread, how they go.

    Signals:
        started(Job): Its thread took it up.
        progressed(Job): Its `progress` changed; at most ten times a second.
        part(Job, object): A partial result, in order.
        ended(Job, Outcome): Exactly once per job, after its last part.
        changed(): The list of running jobs is another.
    """

    started = Signal(object)
    progressed = Signal(object)
    part = Signal(object, object)
    ended = Signal(object, object)
    changed = Signal()
    _wake = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.compute = ComputeProcess()
        self._pools = {lane: _pool(self, _POOL_THREADS if lane is Lane.POOL else 1) for lane in Lane}
        self._jobs: dict[int, Job] = {}
        self._shown: dict[int, Progress | None] = {}
        self._events: queue.SimpleQueue[_Event] = queue.SimpleQueue()
        self._closed = False
        self._wake.connect(self._drain, Qt.ConnectionType.QueuedConnection)
        self._ticker = QTimer(self)
        self._ticker.setInterval(_TICK_MS)
        self._ticker.timeout.connect(self._tell_progress)

    def submit(
        self,
        name: str,
        task: Task[Any],
        lane: Lane = Lane.POOL,
        *,
        on_part: Callable[[Any], None] | None = None,
        on_end: Callable[[Outcome[Any]], None] | None = None,
        quiet: bool = False,
        vital: bool = False,
    ) -> Job:
        """Queue a task; the callbacks come on the main thread, before the signals of the same moment."""
        job = Job(name, task, lane, self._events, self._wake.emit)
        job.on_part, job.on_end, job.quiet, job.vital = on_part, on_end, quiet, vital
        self._jobs[job.number] = job
        if self._closed:
            job.cancel()
            job._post(_ENDED, Outcome(OutcomeKind.CANCELLED))
            return job
        self._ticker.start()
        self._pools[lane].start(job)
        self.changed.emit()
        return job

    def cancel(self, job: Job) -> None:
        """Stop a job: at once where it still waits, else as soon as its task listens."""
        job.cancel()
        if job.outcome is None and self._pools[job.lane].tryTake(job):
            job._post(_ENDED, Outcome(OutcomeKind.CANCELLED))

    def jobs(self) -> list[Job]:
        """Jobs that have not ended and are worth showing, oldest first."""
        return [job for job in self._jobs.values() if not job.quiet]

    @property
    def busy(self) -> bool:
        """Whether any job, quiet ones included, has not ended."""
        return bool(self._jobs)

    def close(self) -> None:
        """Cancel what may be cancelled, wait for the threads, and deliver the outcomes that are still due."""
        self._closed = True
        for job in list(self._jobs.values()):
            if not job.vital:
                self.cancel(job)
        for pool in self._pools.values():
            pool.waitForDone()
        self.compute.close()
        self._drain()
        self._ticker.stop()

    def _drain(self) -> None:
        while True:
            try:
                job, kind, payload = self._events.get_nowait()
            except queue.Empty:
                return
            self._deliver(job, kind, payload)

    def _deliver(self, job: Job, kind: str, payload: Any) -> None:
        if kind == _STARTED:
            job.started_at = time.monotonic()
            self.started.emit(job)
        elif kind == _PART:
            if job.on_part is not None:
                job.on_part(payload)
            self.part.emit(job, payload)
        else:
            self._end(job, payload)

    def _end(self, job: Job, outcome: Outcome[Any]) -> None:
        if self._jobs.pop(job.number, None) is None:
            return
        self._shown.pop(job.number, None)
        job.outcome = outcome
        if not self._jobs:
            self._ticker.stop()
        try:
            if job.on_end is not None:
                job.on_end(outcome)
        finally:
            self.ended.emit(job, outcome)
            self.changed.emit()

    def _tell_progress(self) -> None:
        for job in list(self._jobs.values()):
            if job.progress is not None and job.progress is not self._shown.get(job.number):
                self._shown[job.number] = job.progress
                self.progressed.emit(job)


def _pool(parent: QObject, threads: int) -> QThreadPool:
    pool = QThreadPool(parent)
    pool.setMaxThreadCount(threads)
    # A thread keeps its database connection; letting idle threads go would leave one open connection behind each.
    pool.setExpiryTimeout(-1)
    return pool
