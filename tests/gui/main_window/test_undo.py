"""What Ctrl+Z takes back, page by page, and what a flag's message takes back."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from fairemo_gui.core.records import Condition
from fairemo_gui.gui.main_window import MainWindow
from fairemo_gui.gui.organise.page import ADJUDICATE, ITEMS, RATERS
from fairemo_gui.gui.organise.queue import AdjudicationQueue
from fairemo_gui.gui.toolbar import COMPARE, ORGANISE
from fairemo_gui.services.campaign.disputes import State, versions
from fairemo_gui.store import notes, ratings
from tests.gui.main_window.conftest import folder, make_window, settle, store, window

__all__ = ["folder", "make_window", "window"]
_CONTROL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def rated(qtbot: QtBot, window: MainWindow) -> MainWindow:
    """A window whose person has rated one utterance."""
    window.analyse.labels.rate.set_condition(Condition.AV)
    with qtbot.waitSignal(window.rating.stored):
        window.analyse.labels.rate.rate("happy")
    settle(qtbot, window)
    assert _own(window) == 1
    return window


@pytest.fixture
def queue(qtbot: QtBot, rated: MainWindow) -> AdjudicationQueue:
    """The queue of the same window, as its person meets it."""
    rated.settings.setValue("rater", "lead")
    rated.show_mode(ORGANISE)
    rated.organise.show_part(ADJUDICATE)
    settle(qtbot, rated)
    return rated.organise.queue


def _own(window: MainWindow) -> int:
    return ratings.count(store(window), window.analyse.labels.rate.rater)


def _said(window: MainWindow) -> str:
    return window.messages.log()[-1].sentence


def _undo(qtbot: QtBot, window: MainWindow) -> None:
    QTest.keyClick(window, Qt.Key.Key_Z, _CONTROL)
    settle(qtbot, window)


def test_on_the_queue_it_takes_back_the_newest_decision(
    qtbot: QtBot, rated: MainWindow, queue: AdjudicationQueue
) -> None:
    first, second = (dispute.utterance for dispute in queue.model.rows()[:2])
    for key in (Qt.Key.Key_1, Qt.Key.Key_6):
        QTest.keyClick(queue.table, key)
    settle(qtbot, rated)
    _undo(qtbot, rated)
    now = queue.current()
    assert now is not None
    assert (now.utterance, now.decided, now.decision) == (second, False, None)
    assert queue.titles["list"].detail().startswith("1 of ")
    log = versions(store(rated), second, Condition.AV)[-2:]
    assert [(v.rating.votes, v.state) for v in log] == [(("sad",), State.TAKEN_BACK), ((), State.WITHDRAWN)]
    assert log[1].rating.undoes == log[0].rating.uuid
    assert _said(rated).startswith("Took back the decision sad (av) on ")
    queue.undo.click()
    settle(qtbot, rated)
    assert queue.current() is not None
    assert queue.current().utterance == first  # type: ignore[union-attr]
    assert queue.titles["list"].detail().startswith("0 of ")
    _undo(qtbot, rated)
    assert _said(rated) == "No decision of yours is left to take back in this condition."
    assert _own(rated) == 1


def test_a_decision_changed_by_mistake_is_as_it_was(qtbot: QtBot, rated: MainWindow, queue: AdjudicationQueue) -> None:
    QTest.keyClick(queue.table, Qt.Key.Key_1)
    settle(qtbot, rated)
    QTest.keyClick(queue.table, Qt.Key.Key_Up)
    QTest.keyClick(queue.table, Qt.Key.Key_2)
    settle(qtbot, rated)
    _undo(qtbot, rated)
    now = queue.current()
    assert now is not None
    assert (now.decision, now.person) == ("anger", "lead")


@pytest.mark.parametrize("part", [RATERS, ITEMS, None])
def test_elsewhere_it_takes_nothing_back(qtbot: QtBot, rated: MainWindow, part: str | None) -> None:
    rated.show_mode(COMPARE if part is None else ORGANISE)
    if part is not None:
        rated.organise.show_part(part)
    settle(qtbot, rated)
    assert not rated.actions_.undo.isEnabled()
    _undo(qtbot, rated)
    assert _own(rated) == 1


def test_back_on_the_analyse_page_it_takes_back_a_rating(
    qtbot: QtBot, rated: MainWindow, queue: AdjudicationQueue
) -> None:
    QTest.keyClick(queue.table, Qt.Key.Key_1)
    settle(qtbot, rated)
    assert rated.actions_.undo.text() == "Undo the newest decision"
    rated.show_mode("analyse")
    assert rated.actions_.undo.text() == "Undo the newest rating"
    _undo(qtbot, rated)
    assert _own(rated) == 0
    assert queue.titles["list"].detail().startswith("1 of ")


def test_flags_on_many_say_so_and_can_be_turned_back(qtbot: QtBot, window: MainWindow) -> None:
    table = window.analyse.utterances.table
    table.setFocus()
    QTest.keyClick(table, Qt.Key.Key_F)
    settle(qtbot, window)
    assert _said(window) == "Flagged 1 utterance."
    alone = notes.flagged(store(window))
    QTest.keyClick(table, Qt.Key.Key_A, _CONTROL)
    QTest.keyClick(table, Qt.Key.Key_F)
    settle(qtbot, window)
    assert _said(window) == "Flagged 119 utterances."
    assert len(window.selection.selected) == len(notes.flagged(store(window))) == 120
    shown = window.messages.toasts.shown()
    assert shown is not None
    assert (shown.sentence, shown.action) == ("Flagged 119 utterances.", "Undo")
    window.messages.toasts.toast.acted.emit()
    settle(qtbot, window)
    assert notes.flagged(store(window)) == alone
    assert _said(window) == "Took the flag off 119 utterances."
    for words in ("Flagged 119 utterances.", "Took the flag off 120 utterances."):
        QTest.keyClick(table, Qt.Key.Key_F)
        settle(qtbot, window)
        assert _said(window) == words
    assert _own(window) == 0
