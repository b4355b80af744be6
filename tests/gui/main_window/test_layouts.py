"""Watch and Charts: what stands where, at the sizes that count, and that the way back is the same."""

from __future__ import annotations

from typing import cast

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QTabWidget, QWidget
from pytestqt.qtbot import QtBot

from fairemo_gui.gui.main_window import MainWindow
from fairemo_gui.gui.utterances.cells import POSITION
from tests.gui.main_window.conftest import settle

WIDE, SMALL = (1440, 900), (1280, 720)
SIZES = pytest.mark.parametrize("size", [WIDE, SMALL])


def resize(qtbot: QtBot, window: MainWindow, size: tuple[int, int]) -> None:
    window.resize(*size)
    qtbot.waitUntil(lambda: window.analyse.width() == size[0])
    settle(qtbot, window)


def sizes(window: MainWindow) -> dict[str, tuple[int, int, bool]]:
    return {name: (dock.width(), dock.height(), dock.isVisible()) for name, dock in window.analyse.docks.items()}


def in_front(window: MainWindow) -> list[str]:
    return [name for name, chart in window.analyse.charts.charts().items() if chart.isVisible()]


@SIZES
def test_f8_there_and_back_changes_nothing(qtbot: QtBot, window: MainWindow, size: tuple[int, int]) -> None:
    resize(qtbot, window, size)
    window.analyse.resizeDocks([window.analyse.docks["utterances"]], [450], Qt.Orientation.Horizontal)
    before = sizes(window)
    QTest.keyClick(window, Qt.Key.Key_F8)
    qtbot.waitUntil(lambda: not window.analyse.docks["labels"].isVisible())
    assert sizes(window) != before
    QTest.keyClick(window, Qt.Key.Key_F8)
    qtbot.waitUntil(lambda: sizes(window) == before)


@pytest.mark.parametrize(("size", "several"), [(WIDE, 4), (SMALL, 2)])
def test_charts_are_whole_beside_each_other(
    qtbot: QtBot, window: MainWindow, size: tuple[int, int], several: int
) -> None:
    resize(qtbot, window, size)
    QTest.keyClick(window, Qt.Key.Key_F8)
    settle(qtbot, window)
    qtbot.waitUntil(lambda: len(in_front(window)) == several)
    settle(qtbot, window)
    for name in in_front(window):
        chart = window.analyse.charts.charts()[name]
        assert chart.is_empty() or chart.rect().size().expandedTo(chart.canvas.minimumSize()) == chart.size(), name


def test_the_small_player_shows_picture_timeline_and_transport_whole(qtbot: QtBot, window: MainWindow) -> None:
    resize(qtbot, window, SMALL)
    player = window.analyse.player
    assert window.analyse.context.isVisible()
    qtbot.waitUntil(lambda: player.stage.width() == player.timeline.width())
    QTest.keyClick(window, Qt.Key.Key_F8)
    qtbot.waitUntil(lambda: not window.analyse.context.isVisible())
    qtbot.waitUntil(lambda: player.timeline.x() > player.stage.geometry().right())
    assert player.timeline.geometry().bottom() <= player.transport.y()
    assert player.timeline.height() >= player.timeline.minimumHeight()
    assert player.rect().contains(player.transport.geometry())
    QTest.keyClick(window, Qt.Key.Key_F8)
    qtbot.waitUntil(window.analyse.context.isVisible)
    qtbot.waitUntil(lambda: player.stage.width() == player.timeline.width())


@pytest.mark.parametrize("chosen", ["what_if", "calibration"])
def test_the_chart_looked_at_last_stays_in_front_when_the_window_shrinks(
    qtbot: QtBot, window: MainWindow, chosen: str
) -> None:
    resize(qtbot, window, WIDE)
    chart = window.analyse.charts.charts()[chosen]
    tabs = cast(QTabWidget, cast(QWidget, chart.parentWidget()).parentWidget())
    tabs.tabBar().setCurrentIndex(tabs.indexOf(chart))
    resize(qtbot, window, SMALL)
    assert in_front(window) == [chosen]
    resize(qtbot, window, WIDE)
    assert chosen in in_front(window)
    assert len(in_front(window)) == 2


def test_every_group_of_the_grid_shows_what_was_looked_at_in_it(qtbot: QtBot, window: MainWindow) -> None:
    resize(qtbot, window, WIDE)
    QTest.keyClick(window, Qt.Key.Key_F8)
    for name in ("agreement", "embedding"):
        window.analyse.charts.show_chart(name)
    QTest.keyClick(window, Qt.Key.Key_F8)
    QTest.keyClick(window, Qt.Key.Key_F8)
    settle(qtbot, window)
    assert set(in_front(window)) == {"confusion", "fairness", "agreement", "embedding"}


def test_table_and_labels_widen_with_the_window_unless_a_person_gave_them_a_width(
    qtbot: QtBot, window: MainWindow
) -> None:
    table, labels = (window.analyse.docks[name] for name in ("utterances", "labels"))
    resize(qtbot, window, WIDE)
    usual = table.width(), labels.width()
    resize(qtbot, window, (1920, 1080))
    qtbot.waitUntil(lambda: table.width() == round(usual[0] * 1920 / 1440) and labels.width() > usual[1])
    resize(qtbot, window, WIDE)
    qtbot.waitUntil(lambda: (table.width(), labels.width()) == usual)
    window.analyse.resizeDocks([table], [450], Qt.Orientation.Horizontal)
    resize(qtbot, window, (1920, 1080))
    assert table.width() == 450


def test_a_transcript_without_room_gives_it_to_the_code_and_comes_back(qtbot: QtBot, window: MainWindow) -> None:
    view = window.analyse.utterances
    resize(qtbot, window, SMALL)
    before = {key: view.table.columnWidth(POSITION[key]) for key in ("code", "transcript")}
    QTest.keyClick(window, Qt.Key.Key_F8)
    qtbot.waitUntil(lambda: view.table.isColumnHidden(POSITION["transcript"]))
    assert "transcript" in view.table.columns_shown()
    assert view.table.columnWidth(POSITION["code"]) > before["code"]
    QTest.keyClick(window, Qt.Key.Key_F8)
    qtbot.waitUntil(lambda: {key: view.table.columnWidth(POSITION[key]) for key in before} == before)


def test_of_a_greater_width_more_goes_to_the_right_charts(qtbot: QtBot, window: MainWindow) -> None:
    area = window.analyse.charts
    resize(qtbot, window, WIDE)
    before = area.left.width(), area.right.width()
    resize(qtbot, window, (1920, 1080))
    qtbot.waitUntil(lambda: area.right.width() - before[1] > area.left.width() - before[0] > 0)
