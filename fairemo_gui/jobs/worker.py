"""The compute process itself: `python -m fairemo_gui.jobs.worker`, driven over its standard input and output.

Heavy imports, forward passes and training run here, niced, so that the picture keeps playing, and running out of memory
or a crash in a driver ends a job and not the window.
"""

from __future__ import annotations

import contextlib
import importlib
import os
import queue
import sys
import threading
import traceback
from collections.abc import Callable
from typing import Any, BinaryIO

from fairemo_gui.errors import UserError
from fairemo_gui.jobs.task import CancelledError, TaskContext
from fairemo_gui.jobs.wire import read_message, write_message

_NICENESS = 10


class _Worker:
    def __init__(self, incoming: BinaryIO, outgoing: BinaryIO) -> None:
        self._incoming = incoming
        self._outgoing = outgoing
        self._lock = threading.Lock()
        self._orders: queue.SimpleQueue[dict[str, Any]] = queue.SimpleQueue()
        self._running: TaskContext | None = None

    def serve(self) -> None:
        threading.Thread(target=self._listen, daemon=True).start()
        while True:
            self._answer(self._orders.get())

    def _listen(self) -> None:
        while (message := read_message(self._incoming)) is not None:
            if "cancel" in message:
                if self._running is not None:
                    self._running.cancel()
            else:
                self._orders.put(message)
        os._exit(0)  # the program is gone: so are we, whatever we were doing

    def _send(self, **message: object) -> None:
        with self._lock:
            write_message(self._outgoing, message)

    def _answer(self, order: dict[str, Any]) -> None:
        self._running = TaskContext(
            lambda p: self._send(progress=[p.done, p.total, p.text]), lambda part: self._send(part=part)
        )
        try:
            result = _find_task(order["function"])(self._running, **order["arguments"])
            self._send(result=result)
        except CancelledError:
            self._send(cancelled=True)
        except UserError as error:
            self._send(user_error=error.message, problems=list(error.problems))
        except BaseException as error:  # noqa: BLE001 - the other end of the seam: it becomes the job's outcome
            self._send(error=f"{type(error).__name__}: {error}", traceback=traceback.format_exc())
        finally:
            self._running = None


def _find_task(name: str) -> Callable[..., object]:
    module, _, function = name.partition(":")
    found: Callable[..., object] = getattr(importlib.import_module(module), function)
    return found


def main() -> None:
    """Serve until the program that started us is gone."""
    outgoing = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    # Whatever a library prints must not end up between our messages.
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    with contextlib.suppress(OSError):
        os.nice(_NICENESS)
    _Worker(sys.stdin.buffer, outgoing).serve()


if __name__ == "__main__":
    main()
