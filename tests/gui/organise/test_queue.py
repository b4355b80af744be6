"""The adjudication queue by keys alone: what is stored follows, and nothing is ever lost."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from fairemo_gui.core.records import Condition, RaterKind, Truth
from fairemo_gui.gui.main_window import MainWindow
from fairemo_gui.gui.organise.cells import RULE
from fairemo_gui.gui.organise.dispute_table import BITS, CODE, DECISION
from fairemo_gui.gui.organise.page import ADJUDICATE
from fairemo_gui.gui.organise.queue import AdjudicationQueue, Shown
from fairemo_gui.services.campaign.disputes import State, disputes, versions
from fairemo_gui.store import labels, ratings
from tests.gui.main_window.conftest import folder, make_window, settle, store, window

__all__ = ["folder", "make_window", "window"]
KEYS = {"1": "anger", "2": "disgust", "3": "fear", "4": "happy", "5": "neutral", "6": "sad", "0": "no_agreement"}


@pytest.fixture
def queue(qtbot: QtBot, window: MainWindow) -> AdjudicationQueue:
    """The queue, reached by the window's own key."""
    window.settings.setValue("rater", "lead")
    QTest.keyClick(window, Qt.Key.Key_3, Qt.KeyboardModifier.ControlModifier)
    settle(qtbot, window)
    window.organise.show_part(ADJUDICATE)
    settle(qtbot, window)
    assert window.mode() == "organise"
    return window.organise.queue


def _gold(window: MainWindow) -> dict[int, str]:
    assert window.feed.corpus is not None
    found = labels.gold(store(window), window.feed.corpus.id, "gold")
    return {utterance: verdict for (utterance, truth), verdict in found.items() if truth is Truth.AV}


def test_keys_alone_decide_step_and_revise(qtbot: QtBot, window: MainWindow, queue: AdjudicationQueue) -> None:
    mine = window.analyse.labels.rate.rater
    order = [dispute.utterance for dispute in queue.model.rows()]
    assert queue.table.hasFocus()
    for key in KEYS:
        QTest.keyClicks(queue.table, key)
    settle(qtbot, window)
    assert _gold(window) == dict(zip(order, KEYS.values(), strict=False))
    now = queue.current()
    assert now is not None
    assert now.utterance == order[len(KEYS)]
    for _ in KEYS:
        QTest.keyClick(queue.table, Qt.Key.Key_Up)
    QTest.keyClicks(queue.table, "6")
    settle(qtbot, window)
    assert _gold(window)[order[0]] == "sad"
    log = versions(store(window), order[0], Condition.AV)[-2:]
    assert [(v.rating.votes, v.state, v.kind) for v in log] == [
        (("anger",), State.REPLACED, RaterKind.ADJUDICATED),
        (("sad",), State.COUNTS, RaterKind.ADJUDICATED),
    ]
    assert {v.rating.comment for v in log} == {"decided by lead"}
    # A digit is the queue's alone here: nothing was rated on the Analyse page.
    assert ratings.count(store(window), mine) == 0
    assert queue.titles["list"].detail().startswith(f"{len(KEYS)} of ")


def test_what_is_open_and_what_has_no_majority(qtbot: QtBot, window: MainWindow, queue: AdjudicationQueue) -> None:
    whole = len(queue.model.rows())
    QTest.keyClicks(queue.table, "1")
    settle(qtbot, window)
    queue.chips[Shown.OPEN].click()
    assert len(queue.model.rows()) == whole - 1
    queue.chips[Shown.NO_MAJORITY].click()
    assert 0 < len(queue.model.rows()) < whole
    assert not any(dispute.majority for dispute in queue.model.rows())
    queue.condition.segment(Condition.VOICE.value).click()
    settle(qtbot, window)
    assert {dispute.condition for dispute in queue.model.rows()} == {Condition.VOICE}
    assert queue.current() is not None


def test_a_line_sets_those_with_a_majority_apart(window: MainWindow, queue: AdjudicationQueue) -> None:
    rows = queue.model.rows()
    ruled = [k for k in range(len(rows)) if queue.model.index(k, CODE).data(RULE)]
    assert ruled == [sum(not dispute.majority for dispute in rows)]
    said = [queue.model.index(k, DECISION).data() for k in (ruled[0] - 1, ruled[0])]
    assert said == ["no majority", "majority"]
    hint = queue.model.headerData(BITS, Qt.Orientation.Horizontal, Qt.ItemDataRole.ToolTipRole)
    assert str(hint).startswith("Entropy of the votes, in bits. How evenly")


def test_every_version_is_listed_and_follows_the_row(
    qtbot: QtBot, window: MainWindow, queue: AdjudicationQueue
) -> None:
    assert queue.version_model.rowCount() == 5
    QTest.keyClicks(queue.table, "2")
    settle(qtbot, window)
    QTest.keyClick(queue.table, Qt.Key.Key_Up)
    settle(qtbot, window)
    assert queue.version_model.rowCount() == 6
    last = queue.version_model.index(5, 0)
    assert last.data() == "gold · lead"
    assert "decided by lead" in last.data(Qt.ItemDataRole.ToolTipRole)
    assert queue.verdicts.button("disgust").isChecked()


def test_the_key_of_the_label_opens_the_queue_at_the_utterance(qtbot: QtBot, window: MainWindow) -> None:
    assert window.feed.corpus is not None
    wanted = disputes(store(window), window.feed.corpus, Condition.AV)[7]
    window.selection.set_current(wanted.utterance)
    settle(qtbot, window)
    window.actions_.decide.trigger()
    settle(qtbot, window)
    now = window.organise.queue.current()
    assert now is not None
    assert now.utterance == wanted.utterance


def test_a_clip_that_came_before_the_page_is_shown(qtbot: QtBot, window: MainWindow) -> None:
    window.show_mode("organise")
    window.organise.show_part(ADJUDICATE)
    window.organise.queue.condition_chosen.emit(Condition.AV)
    settle(qtbot, window)
    queue = window.organise.queue
    assert queue.titles["clip"].detail()
    assert queue.titles["versions"].detail() == "5 entries"


def test_another_name_keeps_its_own_decisions(qtbot: QtBot, window: MainWindow, queue: AdjudicationQueue) -> None:
    QTest.keyClicks(queue.table, "1")
    settle(qtbot, window)
    queue.gold.setText("second")
    queue.gold.editingFinished.emit()
    settle(qtbot, window)
    assert queue.titles["list"].detail().startswith("0 of ")
    assert len(_gold(window)) == 1


def test_a_read_only_workspace_decides_nothing(qtbot: QtBot, window: MainWindow, queue: AdjudicationQueue) -> None:
    queue.set_writable(False)
    QTest.keyClicks(queue.table, "1")
    settle(qtbot, window)
    assert _gold(window) == {}


def test_a_window_without_votes_says_what_to_do(qtbot: QtBot, make_window: object, tmp_path: Path) -> None:
    from tests.unit.services.campaign.builders import campaign

    workspace, _ = campaign(tmp_path / "empty.fairemo")
    workspace.close()
    window = make_window(tmp_path / "empty.fairemo")  # type: ignore[operator]
    window.actions_.organise.trigger()
    settle(qtbot, window)
    empty = window.organise.empty()
    assert empty.isVisible()
    assert "rating plan" in empty.sentence()
    empty.button().click()
    assert window.planning.dialog is not None
    window.planning.dialog.reject()
