"""Garbage that another thread makes is collected in the window's, and in no other."""

from __future__ import annotations

import gc
import threading
from collections.abc import Iterator

import pytest
from pytestqt.qtbot import QtBot

from fairemo_gui.gui.garbage import Collector


@pytest.fixture
def collector(qtbot: QtBot) -> Iterator[Collector]:
    was = gc.isenabled()
    yield Collector()
    gc.unfreeze()
    if was:
        gc.enable()


class _Knot:
    """Dies by the collector alone, and says in which thread."""

    def __init__(self, died: list[threading.Thread]) -> None:
        self.itself, self.died = self, died

    def __del__(self) -> None:
        self.died.append(threading.current_thread())


def test_what_a_thread_leaves_dies_in_the_windows(qtbot: QtBot, collector: Collector) -> None:
    died: list[threading.Thread] = []

    def work() -> None:
        for _ in range(20_000):
            _Knot(died)

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert not died
    qtbot.waitUntil(lambda: len(died) == 20_000, timeout=5000)
    assert set(died) == {threading.main_thread()}


def test_what_was_there_before_is_not_looked_at_again(collector: Collector) -> None:
    assert gc.get_freeze_count() > 10_000
    assert len(gc.get_objects()) < 10_000
