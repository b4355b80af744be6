from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import cast

import numpy as np
import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QAccessible, QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractScrollArea,
    QApplication,
    QPushButton,
    QToolButton,
    QWidget,
)
from pytestqt.qtbot import QtBot

from fairemo_gui.core.records import Condition, Truth
from fairemo_gui.evaluation.intervals import IntervalPlan
from fairemo_gui.gui import theme
from fairemo_gui.gui.key_sheet import sections
from fairemo_gui.gui.main_window import MainWindow
from fairemo_gui.gui.settings import ThemeChoice, recent
from fairemo_gui.gui.toolbar import ANALYSE, ANNOTATE, COMPARE, ORGANISE
from fairemo_gui.services.comparison import compare_nets
from fairemo_gui.store import corpora, details, notes, ratings
from fairemo_gui.store.workspace import Workspace
from tests.gui.main_window.conftest import NO_PREDICTION, add_net, settle, store


def test_a_workspace_fills_every_view(window: MainWindow) -> None:
    assert window.analyse.titles["utterances"].detail() == "120"
    assert window.toolbar.corpus.text() == "rated"
    assert window.status.corpus.text() == "120 utterances · 8 speakers"
    assert window.status.groups.text() == "Women 60 · men 60"
    assert window.selection.current is not None
    assert [column.title for column in window.analyse.labels.bars.columns()] == ["Voice", "Face", "AV"]
    assert window.charts.shown is not None
    assert window.charts.shown.view.evaluation.n == 120
    assert "8 speakers" in window.analyse.charts.bar.info.text()


def test_a_click_on_a_cell_filters_the_table_to_exactly_those_utterances(qtbot: QtBot, window: MainWindow) -> None:
    shown = window.charts.shown
    assert shown is not None
    counts = next(g for g in shown.view.evaluation.groups if g.value == "male").confusion.counts
    truth, predicted = (int(k) for k in np.unravel_index(counts.argmax(), counts.shape))
    window.analyse.charts.confusion.cell_activated.emit("male", truth, predicted)
    expected = shown.view.cell(truth, predicted, "gender", "male")
    assert sorted(window.analyse.utterances.shown_ids().tolist()) == sorted(expected.tolist())
    (chip,) = window.analyse.utterances.trail.chips
    assert chip.text().startswith("Men, ")
    assert window.selection.current in expected


def test_every_mark_of_a_matrix_leads_to_as_many_rows_as_it_says(window_with_net: MainWindow) -> None:
    window = window_with_net
    shown = window.charts.shown
    assert shown is not None
    assert window.context.choice.predictor == "net:1"
    for group in shown.view.evaluation.groups:
        for (truth, predicted), n in np.ndenumerate(group.confusion.counts):
            if n:
                window.analyse.charts.confusion.cell_activated.emit(group.value, int(truth), int(predicted))
                assert window.analyse.utterances.model.rowCount() == n
    window.analyse.charts.calibration.bin_activated.emit("female", 0.2, 0.3)
    assert 0 < window.analyse.utterances.model.rowCount() < 60
    window.analyse.charts.fairness.bar_activated.emit(3, "female")
    assert window.filters.query == "true:happy gender:f"


def test_a_choice_taken_back_while_the_table_is_read_leaves_the_one_before(
    qtbot: QtBot, window_with_net: MainWindow
) -> None:
    table, context = window_with_net.table, window_with_net.context
    assert table.columns is not None
    before = table.columns.predicted
    context.set_predictor("human:voice")
    table._work()
    context.set_predictor("net:1")
    settle(qtbot, window_with_net)
    assert table.columns is not None
    assert np.array_equal(table.columns.predicted, before)


def test_rating_changes_table_labels_and_charts_at_once_and_is_on_the_disk(
    qtbot: QtBot, window: MainWindow, folder: Path
) -> None:
    shown = window.charts.shown
    assert shown is not None
    before = shown.view.evaluation.confusion.counts.sum()
    current = window.selection.current
    assert current is not None
    old = details.votes_of(store(window), current, 6)[Truth.AV].sum()
    QTest.keyClick(window, Qt.Key.Key_3, Qt.KeyboardModifier.AltModifier)
    assert window.analyse.player.engine.condition is Condition.AV
    with qtbot.waitSignal(window.rating.stored, timeout=5000):
        QTest.keyClick(window, Qt.Key.Key_6)
    settle(qtbot, window)
    assert window.analyse.labels.rate.answers.button("sad").isChecked()
    assert window.analyse.labels.bars.columns()[2].subtitle == f"{old + 1} votes"
    assert window.table.columns is not None
    assert window.table.columns.votes[Truth.AV][window.table.columns.position[current]].sum() == old + 1
    assert window.charts.shown is not shown
    assert window.charts.shown is not None
    assert window.charts.shown.view.evaluation.confusion.counts.sum() == before
    assert window.status.saved.words().startswith("All ratings saved ")
    with Workspace(folder) as other:
        standing = ratings.standing(other, current, window.analyse.labels.rate.rater, Condition.AV)
        assert standing is not None
        assert standing.votes == ("sad",)


@pytest.mark.parametrize(
    ("key", "condition"),
    [(Qt.Key.Key_1, Condition.VOICE), (Qt.Key.Key_2, Condition.FACE), (Qt.Key.Key_3, Condition.AV)],
)
def test_each_condition_switches_the_player_first(
    qtbot: QtBot, window: MainWindow, key: Qt.Key, condition: Condition
) -> None:
    QTest.keyClick(window, key, Qt.KeyboardModifier.AltModifier)
    assert window.analyse.player.engine.condition is condition
    with qtbot.waitSignal(window.rating.stored, timeout=5000) as stored:
        QTest.keyClick(window, Qt.Key.Key_1)
    assert stored.args[0].condition is condition
    assert not stored.args[0].prediction_visible


def test_undo_takes_the_newest_rating_back_wherever_it_was(qtbot: QtBot, window: MainWindow) -> None:
    first = window.selection.current
    window.analyse.labels.rate.set_condition(Condition.AV)
    with qtbot.waitSignal(window.rating.stored):
        window.analyse.labels.rate.rate("happy")
    window.analyse.utterances.step(5)
    assert window.selection.current != first
    window.actions_.undo.trigger()
    qtbot.waitUntil(lambda: window.selection.current == first)
    settle(qtbot, window)
    assert window.analyse.labels.rate.mine() is None
    assert window.messages.log()[-1].sentence.startswith("Took back happy (av)")
    window.actions_.undo.trigger()
    qtbot.waitUntil(lambda: "no rating of yours" in window.messages.log()[-1].sentence)


def test_ratings_given_just_before_closing_are_kept(
    qtbot: QtBot, make_window: Callable[[Path | None], MainWindow], folder: Path
) -> None:
    window = make_window(folder)
    window.analyse.labels.rate.set_condition(Condition.AV)
    ids = window.analyse.utterances.shown_ids()[:5].tolist()
    for utterance in ids:
        window.selection.set_current(utterance)
        window.analyse.labels.rate.rate("fear")
    window.close()
    with Workspace(folder) as other:
        rater = window.analyse.labels.rate.rater
        given = [ratings.standing(other, utterance, rater, Condition.AV) for utterance in ids]
    assert [rating.votes for rating in given if rating is not None] == [("fear",)] * 5


def test_flagging_by_key_shows_in_table_chip_and_status(qtbot: QtBot, window: MainWindow) -> None:
    QTest.keyClick(window.analyse.utterances.table, Qt.Key.Key_F)
    qtbot.waitUntil(lambda: window.status.flags.words() == "1 flagged")
    window.filters.set_query("flagged")
    assert window.analyse.utterances.model.rowCount() == 1
    QTest.keyClick(window.analyse.utterances.table, Qt.Key.Key_F)
    qtbot.waitUntil(lambda: window.status.flags.words() == "")


def test_truth_group_and_scope_are_evaluated_anew(qtbot: QtBot, window: MainWindow) -> None:
    bar = window.analyse.charts.bar
    bar.truth.segment("intended").click()
    settle(qtbot, window)
    assert window.charts.shown is not None
    assert window.charts.shown.view.truth is Truth.INTENDED
    bar.group.setCurrentIndex(bar.group.findData("age"))
    bar.group.activated.emit(bar.group.currentIndex())
    settle(qtbot, window)
    assert {g.by for g in window.charts.shown.view.evaluation.groups} == {"age"}
    window.filters.set_query("gender:f")
    bar.scope.segment("selection").click()
    settle(qtbot, window)
    assert window.charts.shown.view.evaluation.n == 60
    window.filters.clear()
    settle(qtbot, window)
    assert window.charts.shown.view.evaluation.n == 120
    assert not window.context.choice.selection


def test_raters_cannot_be_judged_by_their_own_votes(qtbot: QtBot, window: MainWindow) -> None:
    assert window.context.choice.predictor == "human:voice"
    window.analyse.charts.bar.truth.segment("voice").click()
    settle(qtbot, window)
    assert window.context.choice.predictor == "human:face"


def test_a_nets_answer_stands_in_labels_and_table(window_with_net: MainWindow) -> None:
    window = window_with_net
    assert window.analyse.labels.bars.columns()[-1].title == "Net 1"
    window.filters.set_query("not predicted")
    assert window.analyse.utterances.model.rowCount() == NO_PREDICTION
    window.filters.set_query("predicted")
    assert window.analyse.utterances.model.rowCount() == 120 - NO_PREDICTION


def test_hiding_predictions_hides_them_in_table_and_labels(window_with_net: MainWindow) -> None:
    window = window_with_net
    model = window.analyse.utterances.model
    p = next(k for k in range(model.columnCount()) if model.headerData(k, Qt.Orientation.Horizontal) == "p(true)")
    assert model.index(0, p).data()
    window.actions_.predictions.trigger()
    assert not model.index(0, p).data()
    assert "Net 1" not in [column.title for column in window.analyse.labels.bars.columns()]
    assert window.analyse.labels.rate.eye.text() == "prediction hidden"


def test_a_second_corpus_can_be_chosen(qtbot: QtBot, window: MainWindow) -> None:
    from tests.gui.main_window.conftest import rated_bundle

    left = list[object]()
    window.feed.corpus_changed.connect(lambda: left.append(window.charts.shown))
    window.feed.broadcast(corpora.add_bundle(store(window), rated_bundle("other", seed=5)))
    settle(qtbot, window)
    assert window.toolbar.corpus.text() == "other"
    assert left
    assert not any(left), "figures of one corpus beside the table of another"
    menu = window.toolbar.corpus.menu()
    window.files.fill_corpus_menu(menu)
    next(action for action in menu.actions() if action.text() == "rated").trigger()
    settle(qtbot, window)
    assert window.toolbar.corpus.text() == "rated"
    assert window.table.columns is not None
    assert window.charts.shown is not None
    assert set(window.charts.shown.view.samples.ids.tolist()) <= set(window.table.columns.ids.tolist())


def test_without_a_workspace_every_view_says_what_to_do(make_window: Callable[[Path | None], MainWindow]) -> None:
    window = make_window(None)
    assert window.analyse.utterances.empty.sentence() == "No corpus is open yet."
    assert window.analyse.charts.confusion.is_empty()
    assert not window.actions_.retrain.isEnabled()
    assert not window.actions_.extract.isEnabled()
    window.analyse.utterances.empty.button().click()
    dialog = window.files.import_dialog
    assert dialog is not None
    assert dialog.isVisible()
    dialog.reject()


def test_a_folder_that_is_no_workspace_is_refused_in_words(
    make_window: Callable[[Path | None], MainWindow], tmp_path: Path
) -> None:
    window = make_window(None)
    assert not window.open(tmp_path)
    assert "is not a workspace" in window.messages.log()[-1].sentence


def test_modes_have_keys_and_the_other_page_has_its_own_primary_button(qtbot: QtBot, window: MainWindow) -> None:
    assert window.mode() == ANALYSE
    QTest.keyClick(window, Qt.Key.Key_3, Qt.KeyboardModifier.ControlModifier)
    assert (window.mode(), window.toolbar.mode.value()) == (ORGANISE, ORGANISE)
    QTest.keyClick(window, Qt.Key.Key_4, Qt.KeyboardModifier.ControlModifier)
    assert (window.mode(), window.toolbar.mode.value()) == (COMPARE, COMPARE)
    qtbot.waitUntil(window.toolbar.retrain_plain.isVisible)
    assert not window.toolbar.retrain.isVisible()
    QTest.keyClick(window, Qt.Key.Key_1, Qt.KeyboardModifier.ControlModifier)
    assert window.mode() == ANALYSE
    qtbot.waitUntil(window.toolbar.retrain.isVisible)


def test_the_keys_of_the_modes_follow_the_switch(window: MainWindow) -> None:
    actions, switch = window.actions_, window.toolbar.mode
    modes = {ANALYSE: actions.analyse, ANNOTATE: actions.annotate, ORGANISE: actions.organise, COMPARE: actions.compare}
    segments = sorted((switch.segment(mode) for mode in modes), key=lambda segment: segment.x())
    assert [segment.key for segment in segments] == list(modes)
    for number, (mode, action) in enumerate(modes.items(), start=1):
        assert action.shortcut().toString() == f"Ctrl+{number}"
        assert switch.segment(mode).toolTip().endswith(f"(Ctrl+{number})")
    for mode in (ORGANISE, COMPARE, ANALYSE):
        switch.segment(mode).click()
        assert (window.mode(), switch.value()) == (mode, mode)


def test_each_mode_brings_the_keyboard_to_where_work_begins_and_back_to_where_it_was(
    qtbot: QtBot, window_with_net: MainWindow
) -> None:
    window, control = window_with_net, Qt.KeyboardModifier.ControlModifier
    table, compare, plain = window.analyse.utterances.table, window.compare, Qt.KeyboardModifier.NoModifier
    # Before there is anything to compare, the keyboard stands on the way to get it.
    assert QApplication.focusWidget() is table
    QTest.keyClick(window, Qt.Key.Key_4, control)
    assert QApplication.focusWidget() is compare._empty.button()
    QTest.keyClick(window, Qt.Key.Key_3, control)
    assert window.organise.isAncestorOf(cast(QWidget, QApplication.focusWidget()))
    window.analyse.charts.confusion.setFocus()
    QTest.keyClick(window, Qt.Key.Key_1, control)
    assert QApplication.focusWidget() is window.analyse.charts.confusion.canvas
    corpus, nets = window.feed.corpus, [net.id for net in window.feed.facts.nets]
    assert corpus is not None
    assert window.feed.workspace is not None
    second = add_net(window.feed.workspace, seed=2)
    plan = IntervalPlan(replicates=100)
    view = compare_nets(window.feed.workspace, corpus, nets[0], second, Truth.AV, "gender", plan)
    window.comparing.show(view)
    assert window.mode() == COMPARE
    assert QApplication.focusWidget() is compare.flips.table
    compare.forest.setFocus()
    QTest.keyClick(window, Qt.Key.Key_1, control)
    QTest.keyClick(window, Qt.Key.Key_4, control)
    assert QApplication.focusWidget() is compare.forest.canvas
    # A flip that is played stands in the table, and so does the keyboard.
    window.analyse.charts.confusion.setFocus()
    compare.flips.table.setFocus()
    QTest.keyClick(compare.flips.table, Qt.Key.Key_Return)
    assert QApplication.focusWidget() is table
    QTest.keyClick(window, Qt.Key.Key_4, control)
    assert QApplication.focusWidget() is compare.flips.table
    # Who walks the switch itself with the arrows stays on it.
    switch = window.toolbar.mode
    switch.segment(COMPARE).setFocus(Qt.FocusReason.TabFocusReason)
    QTest.keyClick(switch.segment(COMPARE), Qt.Key.Key_Left, plain)
    assert window.mode() == ORGANISE
    assert QApplication.focusWidget() is switch.segment(ORGANISE)


def test_layout_theme_and_workspace_are_remembered(
    qtbot: QtBot, qapp: QApplication, make_window: Callable[[Path | None], MainWindow], folder: Path
) -> None:
    window = make_window(folder)
    window.actions_.themes[ThemeChoice.LIGHT].trigger()
    assert theme.current() is theme.LIGHT
    window.analyse.docks["labels"].hide()
    window.close()
    theme.apply(qapp, theme.DARK)
    again = make_window(None)
    assert theme.current() is theme.LIGHT
    assert again.analyse.docks["labels"].isHidden()
    again.actions_.reset_layout.trigger()
    assert not again.analyse.docks["labels"].isHidden()
    assert recent(again.settings) == [folder]


def test_a_fault_becomes_a_message_instead_of_an_end(qtbot: QtBot, window: MainWindow) -> None:
    before = sys.excepthook
    window.messages.install_hook()
    try:
        try:
            raise ZeroDivisionError("oh")
        except ZeroDivisionError as error:
            sys.excepthook(type(error), error, error.__traceback__)
        qtbot.waitUntil(lambda: bool(window.messages.log()))
    finally:
        sys.excepthook = before
    message = window.messages.log()[-1]
    assert message.sentence == "Something went wrong in the window: oh"
    assert "ZeroDivisionError" in window.messages.details(message)
    window.actions_.messages.trigger()
    assert window.help.dialog is not None
    assert window.help.dialog.isVisible()
    window.help.dialog.close()


def test_every_key_is_in_the_sheet_once(window: MainWindow) -> None:
    keys = [key for name, rows in sections(window.actions_).items() if not name.startswith("In ") for key, _ in rows]
    assert len(keys) == len(set(keys))
    assert {"Space", "R", "Ctrl+R", "?", "F", "Ctrl+F", "Ctrl+Z", "1", "6", "Alt+1", "Ctrl+Right"} <= set(keys)
    QTest.keyClicks(window, "?")
    assert window.help.dialog is not None
    assert window.help.dialog.objectName() == "key_sheet"
    window.help.dialog.close()


def test_typing_a_digit_into_the_filter_rates_nothing(qtbot: QtBot, window: MainWindow) -> None:
    window.analyse.labels.rate.set_condition(Condition.AV)
    window.activateWindow()
    window.actions_.find.trigger()
    qtbot.waitUntil(window.analyse.utterances.bar.line.hasFocus)
    with qtbot.assertNotEmitted(window.analyse.labels.rate.rating_given):
        QTest.keyClicks(window.analyse.utterances.bar.line, "1 f")
    assert window.analyse.utterances.bar.line.text() == "1 f"


def test_space_presses_a_button_reached_by_tab_and_plays_otherwise(qtbot: QtBot, window: MainWindow) -> None:
    window.activateWindow()
    chip = window.analyse.utterances.chips.quick["wrong"]
    window.analyse.utterances.bar.line.setFocus()
    qtbot.waitUntil(window.analyse.utterances.bar.line.hasFocus)
    QTest.keyClick(window.analyse.utterances.bar.line, Qt.Key.Key_Tab)
    qtbot.waitUntil(window.analyse.utterances.trail.review.hasFocus)
    QTest.keyClick(window.analyse.utterances.trail.review, Qt.Key.Key_Tab)
    qtbot.waitUntil(chip.hasFocus)
    QTest.keyClick(chip, Qt.Key.Key_Space)
    assert chip.isChecked()
    window.analyse.utterances.table.setFocus()
    chip.setFocus(Qt.FocusReason.MouseFocusReason)
    QTest.keyClick(chip, Qt.Key.Key_Space)
    assert chip.isChecked()


def test_all_that_can_have_the_keyboard_has_a_name_for_a_screen_reader(
    qtbot: QtBot, window_with_net: MainWindow
) -> None:
    window, charts = window_with_net, window_with_net.analyse.charts
    for mode, chart in [*((ANALYSE, name) for name in charts.charts()), (ORGANISE, ""), (COMPARE, "")]:
        window.show_mode(mode)
        if chart:
            charts.show_chart(chart)
        settle(qtbot, window)
        focusable = [
            widget
            for widget in window.findChildren(QWidget)
            if widget.isVisible() and not widget.isWindow() and widget.focusPolicy() != Qt.FocusPolicy.NoFocus
        ]
        assert len(focusable) > 10
        nameless = [
            f"{type(widget).__name__} {widget.objectName()} in {type(widget.parent()).__name__}, {mode} {chart}"
            for widget in focusable
            if not QAccessible.queryAccessibleInterface(widget).text(QAccessible.Text.Name).strip()
        ]
        assert nameless == []


def test_every_menu_opens_by_its_letter(window: MainWindow) -> None:
    titles = [action.text() for action in window.menuBar().actions()]
    letters = [title[title.index("&") + 1].lower() for title in titles]
    assert len(set(letters)) == len(letters) > 5


def test_every_visible_control_can_be_reached_by_tab(qtbot: QtBot, window_with_net: MainWindow) -> None:
    window = window_with_net
    window.analyse.labels.rate.set_condition(Condition.AV)
    window.activateWindow()
    window.analyse.utterances.table.setFocus()
    seen: set[int] = set()
    for _ in range(150):
        focused = QApplication.focusWidget()
        assert focused is not None
        seen.add(id(focused))
        QTest.keyClick(focused, Qt.Key.Key_Tab)
    missed = [
        button.accessibleName() or button.text()
        for button in window.findChildren(QPushButton)
        if button.isVisible() and button.isEnabled() and id(button) not in seen
    ]
    assert missed == []


def test_opening_the_window_loads_no_heavy_library(folder: Path) -> None:
    code = f"""
import sys
from pathlib import Path
from PySide6.QtCore import QTimer
from fairemo_gui.gui.app import make_application, run_window
from PySide6.QtWidgets import QApplication
make_application()
heavy = ("torch", "torchaudio", "torchvision", "transformers", "sklearn", "facenet_pytorch", "matplotlib", "cv2")
def look():
    window = next(w for w in QApplication.topLevelWidgets() if w.objectName() == "main_window")
    if not (window.settled and window.charts.complete):
        QTimer.singleShot(50, look)
        return
    print("loaded:", [name for name in heavy if name in sys.modules], window.charts.shown.view.evaluation.n)
    window.close()
QTimer.singleShot(100, look)
sys.exit(run_window(workspace=Path({str(folder)!r})))
"""
    ended = _run(code, folder.parent)
    assert ended.returncode == 0, ended.stderr[-2000:]
    assert "loaded: [] 120" in ended.stdout


def test_a_rating_survives_the_process_being_killed_the_moment_it_is_said_to_be_saved(folder: Path) -> None:
    code = f"""
import os, signal, sys
from pathlib import Path
from PySide6.QtCore import QTimer
from fairemo_gui.core.records import Condition
from fairemo_gui.gui.app import make_application, run_window
from PySide6.QtWidgets import QApplication
make_application()
def look():
    window = next(w for w in QApplication.topLevelWidgets() if w.objectName() == "main_window")
    if window.selection.current is None:
        QTimer.singleShot(20, look)
        return
    rate = window.analyse.labels.rate
    window.rating.stored.connect(lambda rating: (print(rate.rater, flush=True), os.kill(os.getpid(), signal.SIGKILL)))
    rate.set_condition(Condition.FACE)
    rate.rate("fear")
QTimer.singleShot(20, look)
sys.exit(run_window(workspace=Path({str(folder)!r})))
"""
    ended = _run(code, folder.parent)
    assert ended.returncode == -signal.SIGKILL, ended.stderr[-2000:]
    with Workspace(folder) as workspace:
        first = int(corpora.table(workspace, corpora.corpora(workspace)[0].id).ids[0])
        standing = ratings.standing(workspace, first, ended.stdout.strip(), Condition.FACE)
    assert standing is not None
    assert standing.votes == ("fear",)


def _run(code: str, home: Path) -> subprocess.CompletedProcess[str]:
    """A process of its own that finds nothing of the user's."""
    environment = os.environ | {"XDG_DATA_HOME": str(home / "home")}
    return subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=120, check=False, env=environment
    )


def test_what_is_dropped_onto_the_window_is_opened_or_looked_at(
    qtbot: QtBot, window: MainWindow, tmp_path: Path
) -> None:
    table = tmp_path / "mine.csv"
    table.write_text("utterance_id,media\na,a.wav\n", encoding="utf-8")
    _drop(window, table)
    dialog = window.files.import_dialog
    assert dialog is not None
    qtbot.waitUntil(lambda: not dialog.busy(), timeout=10_000)
    assert dialog.report.value("Utterances") == "1"
    dialog.reject()
    other = tmp_path / "other.fairemo"
    Workspace(other, create=True).close()
    _drop(window, other)
    settle(qtbot, window)
    assert window.feed.workspace is not None
    assert window.feed.workspace.folder == other


def _drop(window: MainWindow, path: Path) -> None:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path))])
    copy, left, none = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    window.dropEvent(QDropEvent(QPointF(5, 5), copy, data, left, none))


@pytest.mark.parametrize("mode", [COMPARE, ORGANISE])
def test_single_keys_rate_nothing_on_other_pages(qtbot: QtBot, window: MainWindow, mode: str) -> None:
    window.analyse.labels.rate.set_condition(Condition.AV)
    mine = window.analyse.labels.rate.rater
    window.show_mode(mode)
    settle(qtbot, window)
    for key in "14f":
        QTest.keyClicks(window.pages.currentWidget(), key)
    settle(qtbot, window)
    assert ratings.count(store(window), mine) == 0
    assert not notes.flagged(store(window))
    window.show_mode(ANALYSE)
    QTest.keyClicks(window.analyse, "1")
    settle(qtbot, window)
    assert ratings.count(store(window), mine) == 1


def test_a_running_job_pushes_no_button_off_the_toolbar(qtbot: QtBot, window: MainWindow) -> None:
    bar = window.toolbar
    window.resize(1280, 720)
    go_on = threading.Event()
    window.runner.submit("Extract 7,442 utterances", lambda ctx: go_on.wait(20))
    qtbot.waitUntil(bar.job.isVisible)
    parts = (bar.corpus, bar.mode, bar.job, bar.retrain, bar.keys, bar.settings)
    qtbot.waitUntil(lambda: all(part.isVisible() and part.geometry().right() < 1280 for part in parts))
    verb = bar.findChild(QToolButton, "verb_extract")
    assert verb is not None
    assert (verb.toolButtonStyle(), verb.isVisible()) == (Qt.ToolButtonStyle.ToolButtonIconOnly, True)
    assert verb.toolTip().startswith("Extract")
    go_on.set()
    qtbot.waitUntil(lambda: not bar.job.isVisible())
    assert verb.toolButtonStyle() is Qt.ToolButtonStyle.ToolButtonTextBesideIcon


@pytest.mark.parametrize("mode", [ANALYSE, COMPARE, ORGANISE])
def test_in_the_smallest_window_nothing_is_cut_off(qtbot: QtBot, window_with_net: MainWindow, mode: str) -> None:
    window = window_with_net
    window.resize(window.minimumSize())
    window.show_mode(mode)
    settle(qtbot, window)
    outside = {
        f"{type(child).__name__} in {type(child.parentWidget()).__name__}"
        for child in window.pages.currentWidget().findChildren(QWidget)
        if child.isVisible() and not child.isWindow() and not _scrolls(child) and child.width() > 5 < child.height()
        if not cast(QWidget, child.parentWidget()).rect().contains(child.geometry())
    }
    assert not outside


def _scrolls(widget: QWidget | None) -> bool:
    """Whether it lies in something that scrolls, where it may be larger than what is seen of it."""
    return widget is not None and (isinstance(widget, QAbstractScrollArea) or _scrolls(widget.parentWidget()))


def test_a_filter_by_answers_is_kept_with_the_rating(qtbot: QtBot, window_with_net: MainWindow) -> None:
    window = window_with_net
    window.context.set_predictor(f"net:{window.feed.facts.nets[0].id}")
    window.actions_.predictions.setChecked(False)
    mine = window.analyse.labels.rate.rater
    for query in ("", "wrong or correct"):
        window.filters.set_query(query)
        settle(qtbot, window)
        window.analyse.utterances.step(1)
        window.analyse.labels.rate.set_condition(Condition.VOICE)
        settle(qtbot, window)
        window.actions_.numbers[0].trigger()
        settle(qtbot, window)
    rows = store(window).db.execute(
        "SELECT prediction_visible FROM rating JOIN rater ON rater.id = rater_id WHERE code = ? ORDER BY rating.id",
        [mine],
    )
    assert [row[0] for row in rows] == [0, 1]
