"""The seam every long job goes through, whether the window or the terminal runs it."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Generic, TypeVar

Result = TypeVar("Result")


class CancelledError(Exception):
    """Raised inside a task when somebody asked it to stop. Never an error to show."""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a job is. `total` None = unknown length."""

    done: int
    total: int | None
    text: str


class OutcomeKind(StrEnum):
    """The three ways a job ends."""

    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class Outcome(Generic[Result]):
    """The one thing a job ends with."""

    kind: OutcomeKind
    value: Result | None = None
    error: BaseException | None = None

    def unwrap(self) -> Result:
        """The value.

        Raises:
            CancelledError: The job was cancelled.
            BaseException: Whatever the task raised.
        """
        if self.kind is OutcomeKind.CANCELLED:
            raise CancelledError
        if self.error is not None:
            raise self.error
        return self.value  # type: ignore[return-value]


class TaskContext:
    """What a task may do to the world: say how far it is, hand out partial results, and learn that it should stop.

    Args:
        on_progress: Called with each `Progress`, on the task's thread.
        on_part: Called with each typed partial result, in order, before the outcome.
    """

    def __init__(
        self,
        on_progress: Callable[[Progress], None] = lambda _: None,
        on_part: Callable[[object], None] = lambda _: None,
    ) -> None:
        self._on_progress = on_progress
        self._on_part = on_part
        self._cancelled = threading.Event()

    def cancel(self) -> None:
        """Ask the task to stop; safe from any thread."""
        self._cancelled.set()

    @property
    def cancelled(self) -> bool:
        """Whether somebody asked the task to stop."""
        return self._cancelled.is_set()

    def check(self) -> None:
        """Raise `CancelledError` if somebody asked the task to stop."""
        if self.cancelled:
            raise CancelledError

    def report(self, done: int, total: int | None, text: str) -> None:
        """Say how far the task is.

        Raises:
            CancelledError: Somebody asked the task to stop.
        """
        self.check()
        self._on_progress(Progress(done, total, text))

    def emit(self, part: object) -> None:
        """Hand out a partial result: a batch of predictions, an epoch's figures."""
        self._on_part(part)


Task = Callable[[TaskContext], Result]


def run_task(task: Task[Result], ctx: TaskContext) -> Outcome[Result]:
    """Run a task to its one outcome. The only place that catches everything."""
    try:
        return Outcome(OutcomeKind.SUCCEEDED, value=task(ctx))
    except CancelledError:
        return Outcome(OutcomeKind.CANCELLED)
    except BaseException as error:  # noqa: BLE001 - the seam: every failure becomes an outcome
        return Outcome(OutcomeKind.FAILED, error=error)
