"""The program's end of a compute process: start it, give it tasks, stop it, and say plainly how it ended."""

from __future__ import annotations

import collections
import contextlib
import os
import queue
import signal
import subprocess
import sys
import threading
import time
from typing import Any, BinaryIO

from fairemo_gui.errors import BugError, UserError
from fairemo_gui.jobs.task import CancelledError, TaskContext
from fairemo_gui.jobs.wire import read_message, write_message

_POLL = 0.05
_GRACE = 0.7
_STDERR_LINES = 20


class ComputeError(BugError):
    """A task raised something that is no person's mistake.

    Args:
        message: Type and text of the error.
        details: The traceback inside the compute process.
    """

    def __init__(self, message: str, details: str) -> None:
        super().__init__(message)
        self.details = details


class ComputeProcess:
    """One lane of heavy work: a long-lived child that runs one task at a time.

    The child starts with the first task and again after a crash or a kill. Safe to call from any one thread at a time;
    further callers wait.
    """

    def __init__(self) -> None:
        self._child: subprocess.Popen[bytes] | None = None
        self._messages: queue.SimpleQueue[dict[str, Any] | None] = queue.SimpleQueue()
        self._stderr: collections.deque[str] = collections.deque(maxlen=_STDERR_LINES)
        self._lane = threading.Lock()

    @property
    def pid(self) -> int | None:
        """Process id of the child while it lives."""
        return self._child.pid if self._child is not None and self._child.poll() is None else None

    def run(self, function: str, arguments: dict[str, Any], ctx: TaskContext) -> dict[str, Any]:
        """Run `module:function(ctx, **arguments)` in the child.

        Args:
            function: A function of this program; it gets a `TaskContext` whose reports and parts arrive at `ctx`.
            arguments: JSON-able values and NumPy arrays.
            ctx: Progress, partial results and cancelling.

        Raises:
            CancelledError: `ctx` was cancelled. A child that does not stop within a second is killed.
            UserError: The task said what a person can put right, or the process died (the reason is named).
            ComputeError: The task failed through a fault of ours.
        """
        with self._lane:
            ctx.check()
            child = self._start()
            try:
                write_message(_stdin(child), {"function": function, "arguments": arguments})
            except OSError:
                raise self._crash(child) from None
            try:
                message = self._follow(child, ctx)
            except BaseException:
                self._kill(child)  # it may still be at work: the next job gets a new one
                raise
            return _unpack(message)

    def close(self) -> None:
        """Stop the child, whatever it is doing."""
        if self._child is not None:
            self._kill(self._child)

    def _start(self) -> subprocess.Popen[bytes]:
        if self._child is not None and self._child.poll() is None:
            return self._child
        self._messages = queue.SimpleQueue()
        self._stderr.clear()
        self._child = child = subprocess.Popen(
            [sys.executable, "-m", "fairemo_gui.jobs.worker"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env={**_beside_a_window(), **os.environ},
        )
        threading.Thread(target=_pump, args=(child.stdout, self._messages), daemon=True).start()
        threading.Thread(target=self._read_stderr, args=(child,), daemon=True).start()
        return child

    def _read_stderr(self, child: subprocess.Popen[bytes]) -> None:
        assert child.stderr is not None
        with child.stderr as lines:
            for line in lines:
                self._stderr.append(line.decode(errors="replace").rstrip())

    def _follow(self, child: subprocess.Popen[bytes], ctx: TaskContext) -> dict[str, Any]:
        deadline: float | None = None
        while True:
            if ctx.cancelled and deadline is None:
                deadline = time.monotonic() + _GRACE
                self._ask_to_stop(child)
            if deadline is not None and time.monotonic() > deadline:
                raise CancelledError
            try:
                message = self._messages.get(timeout=_POLL)
            except queue.Empty:
                continue
            if message is None:
                if ctx.cancelled:
                    raise CancelledError
                raise self._crash(child)
            if "progress" in message:
                with contextlib.suppress(CancelledError):  # the child is asked to stop above
                    ctx.report(*message["progress"])
            elif "part" in message:
                ctx.emit(message["part"])
            else:
                return message

    def _ask_to_stop(self, child: subprocess.Popen[bytes]) -> None:
        with contextlib.suppress(OSError):  # it has just ended by itself
            write_message(_stdin(child), {"cancel": True})

    def _kill(self, child: subprocess.Popen[bytes]) -> None:
        child.kill()
        child.wait()
        with contextlib.suppress(OSError):
            _stdin(child).close()
        self._child = None

    def _crash(self, child: subprocess.Popen[bytes]) -> UserError:
        code = child.wait()
        self._child = None
        if code < 0:
            how = f"was ended by {signal.Signals(-code).name}"
            how += " (perhaps the machine ran out of memory)" if -code == signal.SIGKILL else ""
        else:
            how = f"ended with code {code}"
        return UserError(
            f"The compute process {how}. Nothing that was saved is lost; start the job again.", problems=self._stderr
        )


def _beside_a_window() -> dict[str, str]:
    """One core is left to the window, and idle threads sleep: spinning ones cost MTCNN eight times its own work."""
    return {"OMP_NUM_THREADS": str(max(1, (os.cpu_count() or 2) - 1)), "OMP_WAIT_POLICY": "PASSIVE"}


def _stdin(child: subprocess.Popen[bytes]) -> BinaryIO:
    assert child.stdin is not None
    return child.stdin  # type: ignore[return-value]


def _pump(stream: BinaryIO, messages: queue.SimpleQueue[dict[str, Any] | None]) -> None:
    try:
        with stream:
            while (message := read_message(stream)) is not None:
                messages.put(message)
    finally:
        messages.put(None)


def _unpack(message: dict[str, Any]) -> dict[str, Any]:
    if "result" in message:
        result: dict[str, Any] = message["result"]
        return result
    if "cancelled" in message:
        raise CancelledError
    if "user_error" in message:
        raise UserError(message["user_error"], message["problems"])
    raise ComputeError(message["error"], message["traceback"])
