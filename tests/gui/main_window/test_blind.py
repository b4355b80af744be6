"""What is hidden from somebody who rates without having seen the votes, and what is said where nothing can be heard."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from fairemo_gui.core.records import Condition
from fairemo_gui.gui.controllers.charts import chosen_ids
from fairemo_gui.gui.controls.cells import SWATCH
from fairemo_gui.gui.dashboards.confusion.chart import FarCell, Source
from fairemo_gui.gui.main_window import MainWindow
from fairemo_gui.gui.player.view import UNTOLD
from fairemo_gui.gui.utterances.cells import COLUMNS, HIDDEN, TELLING
from tests.gui.main_window.conftest import settle


def test_hidden_votes_are_hidden_beside_the_picture_and_in_the_titles_until_one_has_rated(
    qtbot: QtBot, window: MainWindow
) -> None:
    current = int(window.analyse.utterances.shown_ids()[5])
    window.selection.set_current(current)
    settle(qtbot, window)
    page, model = window.analyse, window.analyse.context.model

    def said() -> tuple[str, str, bool]:
        row = model.row_of(current)
        return model.index(row, 2).data(), page.labels.detail(), "u005" in page.titles["player"].detail()

    page.labels.rate.set_condition(Condition.AV)
    shown = said()
    assert shown[1].startswith("intended: ")
    assert shown[2]
    window.actions_.blind.setChecked(True)
    qtbot.waitUntil(lambda: said() == ("hidden", "", False))
    page.labels.rate.rate_number(1)
    qtbot.waitUntil(lambda: said()[1:] == shown[1:])
    assert "hidden" not in said()


def test_while_blind_the_table_gives_nothing_away_of_what_one_has_not_rated(
    qtbot: QtBot, window_with_net: MainWindow, tmp_path: Path
) -> None:
    window, view = window_with_net, window_with_net.analyse.utterances
    view.table.show_only([column.key for column in COLUMNS])
    rate, ids = window.analyse.labels.rate, view.shown_ids().tolist()
    rate.set_condition(Condition.AV)
    window.selection.set_current(ids[3])
    settle(qtbot, window)
    rate.rate_number(1)
    settle(qtbot, window)
    plain = [[view.model.index(row, k).data() for k in range(len(COLUMNS))] for row in range(len(ids))]
    window.actions_.blind.setChecked(True)
    settle(qtbot, window)
    assert view.detail().endswith("· blind")
    for row, cells in enumerate(plain):
        for k, column in enumerate(COLUMNS):
            index, told = view.model.index(row, k), row == 3 or column.key not in TELLING
            assert index.data() == (cells[k] if told else f"clip {row + 1}" if column.key == "code" else "")
            if not told:
                assert index.data(Qt.ItemDataRole.ToolTipRole) == HIDDEN
                assert index.data(SWATCH) is None
    for k in range(len(COLUMNS)):
        for order in Qt.SortOrder:
            view.table.sortByColumn(k, order)
            if COLUMNS[k].key in TELLING - {"code"}:
                assert view.shown_ids().tolist() == [ids[3], *(each for each in ids if each != ids[3])]
    view.export(tmp_path / "table.csv")
    words = (tmp_path / "table.csv").read_text(encoding="utf-8")
    assert "u003" in words
    assert "u004" not in words
    for query in ("true:anger,disgust,fear,happy,neutral,sad", "voice:sad or not voice:sad intended:sad", "predicted"):
        window.filters.set_query(query)
        assert set(view.shown_ids().tolist()) <= {ids[3]}
    window.filters.clear()
    rate.set_condition(Condition.VOICE)
    settle(qtbot, window)
    assert view.model.index(3, 1).data() == "clip 4"
    window.actions_.blind.setChecked(False)
    settle(qtbot, window)
    view.table.sort_by("code", descending=False)
    assert [view.model.index(row, 1).data() for row in range(len(ids))] == [cells[1] for cells in plain]


def test_while_blind_no_chart_marks_or_counts_what_is_hidden(qtbot: QtBot, window_with_net: MainWindow) -> None:
    window, view = window_with_net, window_with_net.analyse.utterances
    ids = view.shown_ids().tolist()
    window.analyse.labels.rate.set_condition(Condition.AV)
    window.selection.set_current(ids[3])
    settle(qtbot, window)
    confusion = window.analyse.charts.confusion
    assert confusion._drawing._selected
    window.actions_.blind.setChecked(True)
    settle(qtbot, window)
    qtbot.waitUntil(lambda: not confusion._drawing._selected)
    window.selection.set_selected(tuple(ids[:3]))
    assert not len(chosen_ids(window.selection, view))
    window.analyse.labels.rate.rate_number(1)
    settle(qtbot, window)
    window.selection.set_selected(tuple(ids[:6]))
    assert chosen_ids(window.selection, view).tolist() == [ids[3]]


def test_a_lost_sound_device_is_told_where_one_rates(window: MainWindow, qtbot: QtBot) -> None:
    window.selection.set_current(int(window.analyse.utterances.shown_ids()[0]))
    settle(qtbot, window)
    rate = window.analyse.labels.rate
    rate.set_condition(Condition.VOICE)
    window.analyse.player.engine.silenced.emit("No sound device: playing silently")
    assert rate.warning.text() == "No sound device: you cannot hear this clip."
    window.analyse.player.engine.silenced.emit("")
    assert not rate.warning.text()


def test_while_blind_a_cell_shows_none_that_is_hidden(qtbot: QtBot, window_with_net: MainWindow) -> None:
    """Cells of people's matrices filter by the very utterances they count."""
    window, view = window_with_net, window_with_net.analyse.utterances
    window.analyse.labels.rate.set_condition(Condition.AV)
    settle(qtbot, window)
    confusion, counted = window.analyse.charts.confusion, window.dashboards.matrices._counted
    assert counted is not None
    crossed = counted.own
    first = FarCell(Source.CROSSED, None, int(crossed.rows.chosen[0]), int(crossed.columns.chosen[0]))
    confusion.far_activated.emit(first)
    settle(qtbot, window)
    assert len(view.shown_ids())
    window.actions_.blind.setChecked(True)
    settle(qtbot, window)
    assert not len(view.shown_ids())
    confusion.far_activated.emit(first)
    settle(qtbot, window)
    assert not len(view.shown_ids())


def test_while_blind_the_player_does_not_name_the_file(qtbot: QtBot, window: MainWindow) -> None:
    """The media of this corpus are gone, and the player says so: by a name that may hold the emotion."""
    picture, ids = window.analyse.player.picture, window.analyse.utterances.shown_ids().tolist()

    def said() -> str:
        return picture.accessibleDescription()

    window.analyse.labels.rate.set_condition(Condition.AV)
    window.selection.set_current(ids[5])
    qtbot.waitUntil(lambda: "u005" in said())
    window.actions_.blind.setChecked(True)
    qtbot.waitUntil(lambda: said() == UNTOLD)
    window.selection.set_current(ids[7])
    settle(qtbot, window)
    qtbot.waitUntil(lambda: said() == UNTOLD)
    window.analyse.player.engine.noted.emit("u007.mp4 ends at 1 s, before the utterance does")
    assert "u007" not in said()
    window.analyse.labels.rate.rate_number(1)
    qtbot.waitUntil(lambda: "u007" in said())
