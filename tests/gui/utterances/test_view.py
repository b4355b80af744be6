from __future__ import annotations

import csv
import time
from collections.abc import Iterator
from dataclasses import replace
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QSettings, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu
from pytestqt.qtbot import QtBot

from fairemo_gui.core.records import Truth
from fairemo_gui.errors import UserError
from fairemo_gui.gui import theme
from fairemo_gui.gui.controls.cells import ICON, SWATCH
from fairemo_gui.gui.state.filter_state import ChartFilter, FilterState
from fairemo_gui.gui.state.selection import Selection
from fairemo_gui.gui.utterances.cells import COLUMNS, POSITION
from fairemo_gui.gui.utterances.chips import DISAGREE, FLAGGED, WRONG
from fairemo_gui.gui.utterances.column_menu import column_menu
from fairemo_gui.gui.utterances.view import UtterancesView
from fairemo_gui.services.filters import compile_filter
from tests.unit.services.columns import columns_of

COLUMNS_OF_600 = columns_of(600)


@pytest.fixture
def settings(tmp_path: Path) -> QSettings:
    return QSettings(str(tmp_path / "s.ini"), QSettings.Format.IniFormat)


@pytest.fixture
def view(qtbot: QtBot, qapp: QApplication, settings: QSettings) -> Iterator[UtterancesView]:
    theme.apply(qapp, theme.DARK)
    view = UtterancesView(Selection(), FilterState(), settings)
    qtbot.addWidget(view)
    view.resize(408, 700)
    view.show_columns(COLUMNS_OF_600)
    view.show()
    qtbot.waitExposed(view)
    yield view


def _shown(text: str) -> int:
    return int(compile_filter(text, COLUMNS_OF_600).sum())


def test_typing_a_query_filters_and_says_how_many(qtbot: QtBot, view: UtterancesView) -> None:
    assert view.detail() == "600"
    QTest.keyClicks(view.bar.line, "gender:f wrong")
    QTest.keyClick(view.bar.line, Qt.Key.Key_Return)
    assert view.model.rowCount() == _shown("gender:f wrong")
    assert view.detail() == f"{_shown('gender:f wrong')} of 600"
    assert view.table.hasFocus()


def test_a_query_that_cannot_be_read_keeps_the_rows_and_says_why(qtbot: QtBot, view: UtterancesView) -> None:
    view._filters.set_query("gender:f")
    shown = view.model.rowCount()
    view._filters.set_query("gender:f gander:m")
    assert view.model.rowCount() == shown
    assert "did you mean “gender:”?" in view.bar.message()
    view._filters.set_query("gender:m")
    assert view.bar.message() == ""
    assert view.model.rowCount() == _shown("gender:m")


def test_a_wrong_word_leaves_no_rows_of_its_half_typed_self(view: UtterancesView) -> None:
    for quick in (False, True):
        view._filters.set_quick("gender:f", quick)
        before = view.model.rowCount()
        view._filters.set_query("gend")
        assert view.model.rowCount() == 0
        view._filters.set_query("gendr:f")
        assert view.bar.unreadable and view.model.rowCount() == before
        view._filters.set_query("")


def test_an_unfinished_query_is_not_scolded_while_it_is_typed(qtbot: QtBot, view: UtterancesView) -> None:
    view.activateWindow()
    view.focus_filter()
    qtbot.waitUntil(view.bar.line.hasFocus)
    view.bar.line.setText("gender:")
    view._filters.set_query("gender:")
    assert view.bar.message() == ""
    QTest.keyClick(view.bar.line, Qt.Key.Key_Return)
    assert "ends too early" in view.bar.message()


def test_an_unfinished_query_that_rests_is_told(qtbot: QtBot, view: UtterancesView) -> None:
    view.activateWindow()
    view.focus_filter()
    qtbot.waitUntil(view.bar.line.hasFocus)
    view.bar.line.setText("gender:")
    view._filters.set_query("gender:")
    qtbot.waitUntil(lambda: "ends too early" in view.bar.message(), timeout=3000)
    view._filters.set_query("gender:f")
    assert view.bar.message() == ""


def test_a_query_that_cannot_be_read_does_not_look_like_a_filter(view: UtterancesView) -> None:
    view._filters.set_query("gander:m")
    assert view.trail.words() == []
    assert not view.filtered
    view._filters.set_query("gender:f")
    assert view.trail.words() == ["gender:f"]
    assert view.filtered
    view._filters.set_query("gender:f gander:m")
    assert view.trail.words() == []
    assert view.filtered
    view._filters.clear()
    assert not view.filtered


def test_completions_are_put_in_place(qtbot: QtBot, view: UtterancesView) -> None:
    QTest.keyClicks(view.bar.line, "gender:f tr")
    assert [offer.text for offer in view.bar._offers] == ["true:"]
    view.bar._on_chosen("true:")
    assert view.bar.line.text() == "gender:f true:"
    view.bar._on_chosen("happy")
    assert view.bar.line.text() == "gender:f true:happy"


def test_sorting_puts_unknown_values_last_either_way(view: UtterancesView) -> None:
    for order in (Qt.SortOrder.AscendingOrder, Qt.SortOrder.DescendingOrder):
        view.table.sortByColumn(POSITION["age"], order)
        ages = COLUMNS_OF_600.ages[view.model.rows()]
        known = ages[~np.isnan(ages)]
        step = np.diff(known) if order == Qt.SortOrder.AscendingOrder else -np.diff(known)
        assert (step >= 0).all()
        assert np.isnan(ages[len(known) :]).all()


@pytest.mark.parametrize("column", COLUMNS, ids=lambda column: column.key)
def test_every_column_sorts_and_has_words(view: UtterancesView, column: object) -> None:
    k = COLUMNS.index(column)
    view.table.sortByColumn(k, Qt.SortOrder.DescendingOrder)
    assert sorted(view.model.rows().tolist()) == list(range(600))
    assert isinstance(view.model.index(0, k).data(), str)
    assert view.model.index(0, k).data(Qt.ItemDataRole.AccessibleTextRole)


def test_current_follows_the_shared_selection_and_moves_it(qtbot: QtBot, view: UtterancesView) -> None:
    assert view._selection.current == 10
    view._selection.set_current(30)
    assert view.table.currentIndex().row() == 20
    QTest.keyClick(view.table, Qt.Key.Key_Down)
    assert view._selection.current == 31
    assert view.next_id() == 32
    view.step(-1)
    assert view._selection.current == 30
    assert view._selection.selected == (30,)


def test_the_current_row_stays_in_sight_in_a_lower_window(qtbot: QtBot, view: UtterancesView) -> None:
    view.step(15)
    assert view.table.visualRect(view.table.currentIndex()).bottom() > 300
    view.resize(408, 400)
    qtbot.waitUntil(
        lambda: view.table.viewport().rect().contains(view.table.visualRect(view.table.currentIndex())), timeout=1000
    )


def test_the_current_utterance_stays_current_through_filter_and_sort(view: UtterancesView) -> None:
    wrong = COLUMNS_OF_600.ids[compile_filter("wrong", COLUMNS_OF_600)]
    view._selection.set_current(int(wrong[7]))
    view._filters.set_quick(WRONG, True)
    assert view._selection.current == wrong[7]
    view.table.sortByColumn(POSITION["p"], Qt.SortOrder.DescendingOrder)
    assert view._selection.current == wrong[7]
    assert view.model.utterance(view.table.currentIndex().row()) == wrong[7]
    view._filters.set_query("correct")
    assert view._stack.currentWidget() is view.empty
    assert view._selection.current == wrong[7]
    view.empty.button().click()
    assert view.model.rowCount() == 600


def test_select_all_counts_speakers(qtbot: QtBot, view: UtterancesView) -> None:
    view.table.selectAll()
    assert view._selection.selected == tuple(range(10, 610))
    assert view.footer._selected.text() == "600 selected"
    assert view.footer._speakers.text() == "3 speakers"


def test_chips_switch_filters_and_a_charts_chip_closes(qtbot: QtBot, view: UtterancesView) -> None:
    view.chips.quick[DISAGREE].click()
    assert view.model.rowCount() == _shown(DISAGREE)
    view.chips.quick[DISAGREE].click()
    cell = ChartFilter("true:happy pred:neutral gender:m", "Men, happy → neutral")
    view._filters.set_chart(cell)
    (chip,) = view.trail.chips
    assert chip.text() == "Men, happy → neutral"
    assert view.bar.line.text() == cell.query
    assert view.model.rowCount() == _shown(cell.query)
    assert view.model.headerData(POSITION["p"], Qt.Orientation.Horizontal) == "p(hap)"
    QTest.keyClick(chip, Qt.Key.Key_Delete)
    assert view.trail.chips == []
    assert view.model.rowCount() == 600
    assert view.model.headerData(POSITION["p"], Qt.Orientation.Horizontal) == "p(true)"


def test_flags_show_and_are_asked_for(qtbot: QtBot, view: UtterancesView) -> None:
    row = int(np.flatnonzero(COLUMNS_OF_600.flagged)[0])
    assert view.model.index(row, POSITION["flag"]).data(ICON) == "flag"
    assert view.chips.quick[FLAGGED].text() == f"Flagged {COLUMNS_OF_600.flagged.sum()}"
    with qtbot.waitSignal(view.flag_requested) as asked:
        view.table.clicked.emit(view.model.index(row, POSITION["flag"]))
    assert asked.args == [(row + 10,)]


def test_a_cell_shows_the_emotion_with_its_colour_and_its_votes(view: UtterancesView) -> None:
    cell = view.model.index(0, POSITION["av"])
    emotion = COLUMNS_OF_600.scheme.classes[COLUMNS_OF_600.labelled[Truth.AV][0]]
    assert cell.data() == emotion[:3]
    assert cell.data(SWATCH) == theme.DARK.emotions[emotion]
    assert cell.data(Qt.ItemDataRole.ToolTipRole).endswith("of 8")


def test_refresh_moves_no_row(qtbot: QtBot, view: UtterancesView) -> None:
    view._filters.set_query("flagged")
    rows = view.model.rowCount()
    with qtbot.waitSignal(view.model.dataChanged):
        view.refresh_columns(replace(COLUMNS_OF_600, flagged=np.zeros(600, bool)))
    assert view.model.rowCount() == rows
    assert view.chips.quick[FLAGGED].text() == "Flagged"


def test_columns_are_chosen_and_remembered(qtbot: QtBot, view: UtterancesView, settings: QSettings) -> None:
    menu = column_menu(view.table)
    action = next(a for a in menu.actions() if a.text() == "Face label")
    action.setChecked(True)
    assert not view.table.isColumnHidden(POSITION["face"])
    again = UtterancesView(Selection(), FilterState(), settings)
    qtbot.addWidget(again)
    assert not again.table.isColumnHidden(POSITION["face"])
    assert again.table.isColumnHidden(POSITION["age"])


def test_chips_without_room_beside_each_other_stand_below_each_other(qtbot: QtBot, view: UtterancesView) -> None:
    view.resize(343, 500)
    view._filters.set_query("gender:f true:happy")
    view._filters.set_chart(ChartFilter("pred:neutral gender:m", "Men, happy → neutral"))
    view._filters.set_chart(ChartFilter("age:30-49", "30–49"), True)
    trail = view.trail
    qtbot.waitUntil(lambda: trail.height() > 24)
    assert all(chip.width() >= 0.8 * chip.sizeHint().width() for chip in trail.chips)
    assert all(trail.rect().contains(chip.geometry()) for chip in trail.chips)
    parts = [*trail.chips, trail.back, trail.forward, trail.review]
    assert not any(a.geometry().intersects(b.geometry()) for a, b in combinations(parts, 2))
    view.resize(900, 500)
    qtbot.waitUntil(lambda: trail.height() == 24)


def test_rows_are_ordered_from_the_keyboard(view: UtterancesView) -> None:
    view.activateWindow()
    view.table.setFocus()
    QTest.keyClick(view.table, Qt.Key.Key_F10, Qt.KeyboardModifier.ShiftModifier)
    popup = QApplication.activePopupWidget()
    assert isinstance(popup, QMenu)
    assert popup.actions()[0].text() == "Order rows by"
    popup.close()
    for words, expected in (("Utterance, ascending", ("code", True)), ("AV label", ("av", False))):
        menu = column_menu(view.table)
        order = menu.findChild(QMenu)
        assert isinstance(order, QMenu)
        next(action for action in order.actions() if action.text() == words).trigger()
        assert view.table.sorted_by() == expected


def test_export_writes_the_rows_shown_in_full(view: UtterancesView, tmp_path: Path) -> None:
    view._filters.set_query("flagged")
    view.export(tmp_path / "rows.csv")
    with (tmp_path / "rows.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == _shown("flagged")
    assert rows[0]["AV label"] in COLUMNS_OF_600.scheme.classes
    with pytest.raises(UserError, match="choose another folder"):
        view.export(tmp_path / "nowhere" / "rows.csv")


def test_no_cell_of_an_export_is_run_by_a_spreadsheet(
    view: UtterancesView, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(view.model, "texts", lambda: [["=1+1", "-0.5", "@a"]] * len(view.shown_ids()))
    view.export(tmp_path / "rows.csv")
    assert (tmp_path / "rows.csv").read_text(encoding="utf-8").splitlines()[1].endswith(",'=1+1,-0.5,'@a")


def test_without_a_corpus_there_is_one_button(qtbot: QtBot, view: UtterancesView) -> None:
    view.show_columns(None)
    assert view._selection.current is None
    with qtbot.waitSignal(view.fix_requested):
        view.empty.button().click()


def test_a_quarter_of_a_million_rows_are_filtered_and_painted_quickly(qtbot: QtBot, view: UtterancesView) -> None:
    columns = columns_of(250_000)
    view.show_columns(columns)
    view.grab()
    spent = []
    for text in ("gender:f p<0.5", "true:happy", "wrong age:30-49", ""):
        start = time.thread_time()
        view._filters.set_query(text)
        view.grab()
        spent.append(time.thread_time() - start)
    assert max(spent) < 0.4, spent
