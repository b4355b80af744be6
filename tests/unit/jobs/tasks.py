"""Tasks the compute process runs in tests."""

from __future__ import annotations

import os
import signal
import time
from typing import Any

import numpy as np

from fairemo_gui.errors import UserError
from fairemo_gui.jobs.task import TaskContext


def double(ctx: TaskContext, values: np.ndarray[Any, Any], label: str) -> dict[str, Any]:
    for k, value in enumerate(values):
        ctx.report(k + 1, len(values), label)
        ctx.emit({"value": value, "row": values[k : k + 1]})
    print("a library that prints")
    return {"doubled": 2 * values, "nested": [{"empty": np.zeros((0, 3), np.float32)}], "label": label}


def endless(ctx: TaskContext, polite: bool) -> dict[str, Any]:
    while True:
        time.sleep(0.02)
        if polite:
            ctx.report(0, None, "waiting")
        else:
            ctx.emit({"alive": True})


def die(ctx: TaskContext, how: int) -> dict[str, Any]:
    os.kill(os.getpid(), how)
    signal.pause()
    return {}


def refuse(ctx: TaskContext) -> dict[str, Any]:
    raise UserError("a.wav: cannot be read; replace it.", problems=["a.wav: empty"])


def fail(ctx: TaskContext) -> dict[str, Any]:
    raise ZeroDivisionError("by zero")


def whoami(ctx: TaskContext) -> dict[str, Any]:
    return {"pid": os.getpid(), "nice": os.nice(0)}
