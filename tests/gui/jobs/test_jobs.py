from __future__ import annotations

import threading
import time
from collections.abc import Iterator

import pytest
from pytestqt.qtbot import QtBot

from fairemo_gui.errors import UserError
from fairemo_gui.gui.jobs import Job, JobRunner, Lane
from fairemo_gui.jobs.task import Outcome, OutcomeKind, TaskContext


@pytest.fixture
def runner(qtbot: QtBot) -> Iterator[JobRunner]:
    runner = JobRunner()
    yield runner
    runner.close()


def _ended(qtbot: QtBot, runner: JobRunner, job: Job) -> Outcome[object]:
    qtbot.waitUntil(lambda: job.outcome is not None, timeout=5000)
    assert job.outcome is not None
    return job.outcome


def _patient(ctx: TaskContext) -> None:
    for k in range(10_000):
        ctx.report(k, 10_000, "waiting")
        time.sleep(0.001)


def test_parts_come_in_order_before_the_one_outcome_on_the_main_thread(qtbot: QtBot, runner: JobRunner) -> None:
    seen: list[tuple[str, object, int]] = []

    def task(ctx: TaskContext) -> int:
        for k in range(50):
            ctx.emit(k)
        return 7

    def note(kind: str, value: object) -> None:
        seen.append((kind, value, threading.get_ident()))

    runner.ended.connect(lambda _, outcome: note("signal", outcome.value))
    job = runner.submit("count", task, on_part=lambda k: note("part", k), on_end=lambda o: note("end", o.value))
    _ended(qtbot, runner, job)
    assert [value for _, value, _ in seen] == [*range(50), 7, 7]
    assert [kind for kind, _, _ in seen[-2:]] == ["end", "signal"]
    assert {thread for _, _, thread in seen} == {threading.get_ident()}


def test_a_failure_is_an_outcome_and_the_lane_goes_on(qtbot: QtBot, runner: JobRunner) -> None:
    def fails(ctx: TaskContext) -> None:
        raise UserError("clip.wav is empty; record it again.")

    failed = runner.submit("fail", fails, Lane.STORE)
    after = runner.submit("after", lambda ctx: "fine", Lane.STORE)
    outcome = _ended(qtbot, runner, failed)
    assert outcome.kind is OutcomeKind.FAILED
    assert str(outcome.error) == "clip.wav is empty; record it again."
    assert _ended(qtbot, runner, after).value == "fine"


def test_a_running_job_stops_within_a_second(qtbot: QtBot, runner: JobRunner) -> None:
    job = runner.submit("patient", _patient)
    qtbot.waitUntil(lambda: job.started_at is not None)
    asked = time.monotonic()
    runner.cancel(job)
    assert _ended(qtbot, runner, job).kind is OutcomeKind.CANCELLED
    assert time.monotonic() - asked < 1


def test_a_waiting_job_is_cancelled_without_waiting_for_its_turn(qtbot: QtBot, runner: JobRunner) -> None:
    first = runner.submit("first", _patient, Lane.COMPUTE)
    ran = threading.Event()
    second = runner.submit("second", lambda ctx: ran.set(), Lane.COMPUTE)
    qtbot.waitUntil(lambda: first.started_at is not None)
    runner.cancel(second)
    assert _ended(qtbot, runner, second).kind is OutcomeKind.CANCELLED
    assert first.outcome is None
    assert not ran.is_set()


def test_a_serial_lane_runs_one_at_a_time_in_order(qtbot: QtBot, runner: JobRunner) -> None:
    active, most, order = [0], [0], []

    def task(k: int) -> None:
        active[0] += 1
        most[0] = max(most[0], active[0])
        time.sleep(0.01)
        order.append(k)
        active[0] -= 1

    jobs = [runner.submit(str(k), lambda ctx, k=k: task(k), Lane.STORE) for k in range(6)]  # type: ignore[misc]
    for job in jobs:
        _ended(qtbot, runner, job)
    assert most == [1]
    assert order == list(range(6))


def test_progress_is_told_at_most_ten_times_a_second_and_the_last_is_not_lost(qtbot: QtBot, runner: JobRunner) -> None:
    hold = threading.Event()
    told: list[int] = []

    def task(ctx: TaskContext) -> None:
        for k in range(20_000):
            ctx.report(k, 20_000, "busy")
        hold.wait(5)

    runner.progressed.connect(lambda job: told.append(job.progress.done))
    started = time.monotonic()
    job = runner.submit("flood", task)
    qtbot.waitUntil(lambda: bool(told) and told[-1] == 19_999, timeout=5000)
    hold.set()
    _ended(qtbot, runner, job)
    assert len(told) <= 2 + 10 * (time.monotonic() - started)


def test_several_jobs_are_listed_and_quiet_ones_are_not(qtbot: QtBot, runner: JobRunner) -> None:
    hold = threading.Event()
    shown = runner.submit("shown", lambda ctx: hold.wait(5))
    quiet = runner.submit("quiet", lambda ctx: hold.wait(5), quiet=True)
    assert [job.name for job in runner.jobs()] == ["shown"]
    hold.set()
    _ended(qtbot, runner, shown)
    _ended(qtbot, runner, quiet)
    assert runner.jobs() == []
    assert not runner.busy


def test_close_cancels_joins_and_delivers_every_outcome(qtbot: QtBot) -> None:
    runner = JobRunner()
    ended: list[OutcomeKind] = []
    runner.ended.connect(lambda _, outcome: ended.append(outcome.kind))
    jobs = [runner.submit(str(k), _patient, lane) for k, lane in enumerate([*Lane, *Lane])]
    qtbot.waitUntil(lambda: any(job.started_at is not None for job in jobs))
    asked = time.monotonic()
    runner.close()
    assert time.monotonic() - asked < 1
    assert ended == [OutcomeKind.CANCELLED] * len(jobs)
    late = runner.submit("late", _patient)
    assert _ended(qtbot, runner, late).kind is OutcomeKind.CANCELLED
    assert all(pool.activeThreadCount() == 0 for pool in runner._pools.values())


def test_closing_leaves_no_thread_behind(qtbot: QtBot) -> None:
    before = {thread.ident for thread in threading.enumerate()}
    runner = JobRunner()
    jobs = [runner.submit(str(k), lambda ctx: threading.get_ident()) for k in range(8)]
    for job in jobs:
        _ended(qtbot, runner, job)
    runner.close()
    runner.deleteLater()
    qtbot.wait(1)
    left = [t for t in threading.enumerate() if t.ident not in before and not t.name.startswith("Dummy")]
    assert left == []


def test_remaining_time_follows_the_share_done(qtbot: QtBot, runner: JobRunner) -> None:
    hold = threading.Event()

    def task(ctx: TaskContext) -> None:
        ctx.report(1, 4, "a quarter")
        hold.wait(5)

    job = runner.submit("quarter", task)
    assert job.seconds_left() is None
    qtbot.waitUntil(lambda: job.progress is not None and job.started_at is not None)
    left = job.seconds_left()
    assert left is not None
    assert left >= 0
    hold.set()
    _ended(qtbot, runner, job)


def test_closing_waits_for_what_is_vital(qtbot: QtBot) -> None:
    runner = JobRunner()
    written: list[int] = []

    def write(k: int) -> None:
        time.sleep(0.05)
        written.append(k)

    for k in range(3):
        runner.submit("rating", lambda ctx, k=k: write(k), Lane.STORE, vital=True)  # type: ignore[misc]
    runner.close()
    assert written == [0, 1, 2]
