"""When a chart's work begins, waits, is overtaken and fails."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator

import pytest
from PySide6.QtGui import QPainter
from pytestqt.qtbot import QtBot

from fairemo_gui.errors import UserError
from fairemo_gui.gui.controllers.feeder import ChartFeeder
from fairemo_gui.gui.dashboards.canvas import Canvas, Place
from fairemo_gui.gui.dashboards.chart import Chart
from fairemo_gui.gui.jobs import JobRunner
from fairemo_gui.gui.messages import Messages
from fairemo_gui.jobs.task import TaskContext


class Blank(Canvas):
    """Nothing to see."""

    def arrange(self) -> list[Place]:
        """Nowhere to go."""
        return []

    def draw(self, painter: QPainter) -> None:
        """Nothing to draw."""


class Counting(ChartFeeder):
    """Shows how often it was computed; a job lasts until its gate opens, and emits its number first."""

    def __init__(self, chart: Chart, runner: JobRunner, messages: Messages) -> None:
        super().__init__(chart, runner, messages, "Counting", chart, after_ms=5)
        self.began = 0
        self.shown: list[int] = []
        self.heard: list[int] = []
        self.gate = threading.Event()
        self.gate.set()
        self.error: Exception | None = None

    def _compute(self) -> None:
        self.began += 1
        number, gate, error = self.began, self.gate, self.error

        def task(ctx: TaskContext) -> int:
            ctx.emit(number)
            gate.wait(10)
            if error is not None:
                raise error
            return number

        self._submit(task, self.shown.append, self.heard.append)


@pytest.fixture
def runner(qtbot: QtBot) -> Iterator[JobRunner]:
    made = JobRunner()
    yield made
    made.close()


@pytest.fixture
def make(qtbot: QtBot, runner: JobRunner) -> Callable[[], Counting]:
    def make() -> Counting:
        chart = Chart(Blank("Numbers"))
        qtbot.addWidget(chart)
        return Counting(chart, runner, Messages(chart))

    return make


@pytest.fixture
def seen(qtbot: QtBot, make: Callable[[], Counting]) -> Counting:
    """One whose chart is seen, and shows what there was at first."""
    made = make()
    made._seen.show()
    qtbot.waitUntil(lambda: made.settled and made.shown == [1])
    return made


def test_what_is_requested_unseen_waits_until_it_is_seen(qtbot: QtBot, make: Callable[[], Counting]) -> None:
    feeder = make()
    feeder._request()
    assert feeder.settled and feeder.began == 0
    feeder._seen.show()
    assert not feeder.settled
    qtbot.waitUntil(lambda: feeder.settled)
    assert feeder.shown == [1]


def test_hidden_before_its_turn_it_still_waits(qtbot: QtBot, seen: Counting) -> None:
    seen._request()
    seen._seen.hide()
    qtbot.waitUntil(lambda: seen.settled)
    assert seen.began == 1
    seen._seen.show()
    qtbot.waitUntil(lambda: seen.shown == [1, 2])


def test_seen_again_without_news_it_computes_nothing(seen: Counting) -> None:
    seen._seen.hide()
    seen._seen.show()
    assert seen.settled


def test_requests_in_quick_succession_are_one(qtbot: QtBot, seen: Counting) -> None:
    for _ in range(5):
        seen._request("whatever a signal brings")
    qtbot.waitUntil(lambda: seen.settled)
    assert seen.shown == [1, 2]


def test_what_was_overtaken_is_neither_shown_nor_heard(qtbot: QtBot, seen: Counting, runner: JobRunner) -> None:
    slow = seen.gate = threading.Event()
    seen._request()
    qtbot.waitUntil(lambda: seen.heard == [1, 2])
    first = seen._job
    seen.gate = threading.Event()
    seen.gate.set()
    seen._request()
    qtbot.waitUntil(lambda: seen.settled)
    slow.set()
    qtbot.waitUntil(lambda: not runner.busy)
    assert first is not None and first.cancelled
    assert seen.shown == [1, 3]


def test_parts_of_a_dropped_job_are_not_heard(qtbot: QtBot, seen: Counting, runner: JobRunner) -> None:
    seen._compute()
    seen._drop()
    assert seen.settled
    qtbot.waitUntil(lambda: not runner.busy)
    assert (seen.heard, seen.shown) == ([1], [1])


def test_what_became_stale_while_a_job_ran_is_computed_after_it(qtbot: QtBot, seen: Counting) -> None:
    seen.gate = threading.Event()
    seen._request()
    qtbot.waitUntil(lambda: seen.heard == [1, 2])
    seen._stale = True
    seen.gate.set()
    qtbot.waitUntil(lambda: seen.shown == [1, 2, 3])


@pytest.mark.parametrize(("error", "said"), [(UserError("There is no net yet: train one."), True), (OSError(), False)])
def test_what_a_person_can_mend_is_said_in_the_chart(
    qtbot: QtBot, seen: Counting, error: Exception, said: bool
) -> None:
    seen._seen.show_canvas()
    seen.error = error
    seen._request()
    qtbot.waitUntil(lambda: seen.settled)
    assert seen._seen.is_empty() is said
    assert len(seen._messages.toasts.log) == (0 if said else 1)
    assert seen.shown == [1]
