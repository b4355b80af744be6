"""The compute process: results, partial results, cancelling, crashes."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from fairemo_gui.errors import UserError
from fairemo_gui.jobs.process import ComputeError, ComputeProcess
from fairemo_gui.jobs.task import CancelledError, OutcomeKind, Progress, TaskContext, run_task

TASKS = "tests.unit.jobs.tasks"


@pytest.fixture
def compute() -> Iterator[ComputeProcess]:
    process = ComputeProcess()
    yield process
    process.close()


def test_results_parts_and_progress_arrive_in_order(compute: ComputeProcess) -> None:
    seen: list[object] = []
    ctx = TaskContext(seen.append, seen.append)
    result = compute.run(f"{TASKS}:double", {"values": np.array([1.5, 2.5]), "label": "ä"}, ctx)
    assert result["doubled"].tolist() == [3.0, 5.0]
    assert result["nested"][0]["empty"].shape == (0, 3)
    assert result["label"] == "ä"
    assert seen[0] == Progress(1, 2, "ä")
    parts: list[Any] = [item for item in seen if isinstance(item, dict)]
    assert [part["value"] for part in parts] == [1.5, 2.5]
    assert parts[1]["row"].tolist() == [2.5]


def test_one_process_serves_many_tasks_at_low_priority(compute: ComputeProcess) -> None:
    first = compute.run(f"{TASKS}:whoami", {}, TaskContext())
    second = compute.run(f"{TASKS}:whoami", {}, TaskContext())
    assert first["pid"] == second["pid"] == compute.pid != os.getpid()
    assert first["nice"] >= os.nice(0) + 1


@pytest.mark.parametrize("polite", [True, False])
def test_cancel_takes_less_than_a_second(compute: ComputeProcess, polite: bool) -> None:
    compute.run(f"{TASKS}:whoami", {}, TaskContext())
    ctx = TaskContext()
    threading.Timer(0.2, ctx.cancel).start()
    started = time.monotonic()
    with pytest.raises(CancelledError):
        compute.run(f"{TASKS}:endless", {"polite": polite}, ctx)
    assert time.monotonic() - started < 1.7
    assert compute.run(f"{TASKS}:double", {"values": np.ones(1), "label": ""}, TaskContext())["doubled"] == [2.0]


def test_a_crash_ends_the_job_with_a_reason_and_the_next_job_runs(compute: ComputeProcess) -> None:
    outcome = run_task(lambda ctx: compute.run(f"{TASKS}:die", {"how": int(signal.SIGKILL)}, ctx), TaskContext())
    assert outcome.kind is OutcomeKind.FAILED
    assert "SIGKILL" in str(outcome.error)
    assert compute.run(f"{TASKS}:whoami", {}, TaskContext())["pid"] == compute.pid


def test_killed_from_outside_while_at_work(compute: ComputeProcess) -> None:
    compute.run(f"{TASKS}:whoami", {}, TaskContext())
    pid = compute.pid
    assert pid is not None
    threading.Timer(0.2, os.kill, (pid, signal.SIGTERM)).start()
    with pytest.raises(UserError, match="SIGTERM"):
        compute.run(f"{TASKS}:endless", {"polite": True}, TaskContext())


def test_errors_keep_whose_fault_they_are(compute: ComputeProcess) -> None:
    with pytest.raises(UserError, match="replace it") as refused:
        compute.run(f"{TASKS}:refuse", {}, TaskContext())
    assert refused.value.problems == ("a.wav: empty",)
    with pytest.raises(ComputeError, match="ZeroDivisionError") as failed:
        compute.run(f"{TASKS}:fail", {}, TaskContext())
    assert "in fail" in failed.value.details


def test_a_failing_listener_does_not_leave_a_stale_task_behind(compute: ComputeProcess) -> None:
    def refuse(_: object) -> None:
        raise RuntimeError("the store is full")

    with pytest.raises(RuntimeError):
        compute.run(f"{TASKS}:endless", {"polite": False}, TaskContext(on_part=refuse))
    assert "pid" in compute.run(f"{TASKS}:whoami", {}, TaskContext())
