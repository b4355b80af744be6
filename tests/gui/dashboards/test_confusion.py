from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from fairemo_gui.evaluation.evaluate import evaluate
from fairemo_gui.evaluation.records import Evaluation
from fairemo_gui.gui import theme
from fairemo_gui.gui.dashboards import adapt
from fairemo_gui.gui.dashboards.adapt import Setting
from fairemo_gui.gui.dashboards.confusion.chart import ConfusionChart
from fairemo_gui.gui.dashboards.confusion.geometry import CELL_HEIGHT, CELL_WIDTH, Needs, place
from fairemo_gui.gui.dashboards.confusion.paint import difference_limit
from fairemo_gui.gui.dashboards.model import Cell, ConfusionModel, Provisional
from tests.gui.dashboards.conftest import made_up_sample
from tests.gui.drive import click, hover, press

NEEDS = Needs(classes=6, matrices=2, labels=55, counts=31, header=180, difference=True, footnote=590)


@pytest.fixture
def chart(qtbot: QtBot, evaluation: Evaluation) -> ConfusionChart:
    made = ConfusionChart()
    qtbot.addWidget(made)
    made.resize(664, 310)
    made.set_model(adapt.confusion_model(evaluation, Setting()))
    made.show()
    qtbot.waitExposed(made)
    return made


def centre_of(chart: ConfusionChart, cell: Cell) -> QPoint:
    return next(p.rect.center().toPoint() for p in chart.canvas.places() if p.payload == cell)


def test_a_click_on_a_cell_says_whose_and_which(chart: ConfusionChart, qtbot: QtBot) -> None:
    with qtbot.waitSignal(chart.cell_activated) as caught:
        click(chart.canvas, centre_of(chart, Cell("male", 0, 2)))
    assert caught.args == ["male", 0, 2]
    with qtbot.waitSignal(chart.cell_activated) as caught:
        click(chart.canvas, centre_of(chart, Cell(None, 1, 1)))
    assert caught.args == [None, 1, 1]


def test_arrows_move_and_enter_activates(chart: ConfusionChart, qtbot: QtBot) -> None:
    click(chart.canvas, centre_of(chart, Cell("female", 0, 0)))
    for key in (Qt.Key.Key_Right, Qt.Key.Key_Down):
        press(chart.canvas, key)
    with qtbot.waitSignal(chart.cell_activated) as caught:
        press(chart.canvas, Qt.Key.Key_Return)
    assert caught.args == ["female", 1, 1]
    for _ in range(2):
        press(chart.canvas, Qt.Key.Key_Right)
    with qtbot.waitSignal(chart.cell_activated) as caught:
        press(chart.canvas, Qt.Key.Key_Return)
    assert caught.args == ["male", 1, 0]


def test_the_focused_cell_is_said_in_words(chart: ConfusionChart, qtbot: QtBot) -> None:
    click(chart.canvas, centre_of(chart, Cell("male", 0, 0)))
    said = chart.canvas.accessibleDescription()
    assert said.startswith("Men, anger → anger: ")
    assert "of" in said


def test_f1_shows_what_a_number_means(chart: ConfusionChart, qtbot: QtBot) -> None:
    chart.canvas.setFocus()
    chart.canvas.focus_place(0)
    press(chart.canvas, Qt.Key.Key_F1)
    card = chart.canvas.hover.popup()
    assert card.isVisible()
    assert "macro-F1" in card.text()
    assert "2TP_k / (2TP_k + FP_k + FN_k)" in card.text()
    assert "studentised" in card.text()
    press(chart.canvas, Qt.Key.Key_Escape)
    assert not card.isVisible()


def test_hovering_shows_the_card_after_half_a_second(chart: ConfusionChart, qtbot: QtBot) -> None:
    hover(chart.canvas, centre_of(chart, Cell("female", 0, 0)))
    qtbot.waitUntil(chart.canvas.hover.popup().isVisible, timeout=2000)
    assert "Women, anger → anger" in chart.canvas.hover.popup().text()


def test_cells_are_drawn_on_the_ramp_and_selection_is_outlined(chart: ConfusionChart) -> None:
    cell = Cell("female", 0, 0)
    rect = next(p.rect for p in chart.canvas.places() if p.payload == cell)
    corner = QPointF(rect.left() + 3, rect.top() + 3).toPoint()
    image = chart.canvas.grab().toImage()
    share = chart_model(chart).matrices[0].shares()[0, 0]
    expected = theme.ramp_colour(theme.sequential_table(theme.DARK), float(share))
    assert image.pixelColor(corner).name() == expected
    chart.set_selected([cell])
    edge = chart.canvas.grab().toImage().pixelColor(int(rect.left()), int(rect.center().y()))
    assert edge.name() == theme.DARK.text


def chart_model(chart: ConfusionChart) -> ConfusionModel:
    assert chart._model is not None
    return chart._model


def test_a_change_of_theme_redraws_by_itself(chart: ConfusionChart, qapp: QApplication) -> None:
    before = chart.canvas.grab().toImage()
    theme.apply(qapp, theme.LIGHT)
    after = chart.canvas.grab().toImage()
    assert before.pixelColor(2, 2).name() == theme.DARK.panel
    assert after.pixelColor(2, 2).name() == theme.LIGHT.panel


def test_while_provisional_the_colour_scale_only_widens(chart: ConfusionChart) -> None:
    model = chart_model(chart)
    assert model.difference is not None
    wide = replace(
        model,
        difference=replace(model.difference, values=model.difference.values * 0 + 0.5),
        provisional=Provisional(9, 99),
    )
    narrow = replace(wide, difference=replace(model.difference, values=model.difference.values * 0))
    canvas = chart._drawing
    chart.set_model(wide)
    limit = canvas._limit
    chart.set_model(narrow)
    assert canvas._limit == limit
    chart.set_model(replace(narrow, provisional=None))
    assert canvas._limit < limit


def test_provisional_stands_where_the_n_stands(chart: ConfusionChart) -> None:
    chart.set_model(replace(chart_model(chart), provisional=Provisional(5210, 7442)))
    assert "provisional, 5,210 of 7,442" in chart.canvas.places()[0].words


@pytest.mark.parametrize("groups", [("female",), ("female", "male"), ("a", "b", "c", "d", "e", None)])
def test_any_number_of_groups(qtbot: QtBot, groups: tuple[str | None, ...]) -> None:
    chart = ConfusionChart()
    qtbot.addWidget(chart)
    chart.resize(640, 310)
    chart.set_model(adapt.confusion_model(evaluate(made_up_sample(groups)), Setting()))
    chart.show()
    matrices = len({p.payload.group for p in chart.canvas.places() if isinstance(p.payload, Cell)})
    assert matrices == (len(groups) + (1 if groups == ("female", "male") else 0))
    assert not chart.canvas.grab().isNull()


def test_cells_keep_their_size_in_the_reference_layout() -> None:
    geometry = place(NEEDS, 664, 310)
    assert geometry.cell == CELL_HEIGHT
    assert geometry.matrices[1].width() == 6 * CELL_WIDTH
    assert geometry.side is None
    assert geometry.width <= 640


def test_counts_move_to_their_own_matrix_only_where_matrices_are_close() -> None:
    assert place(NEEDS, 636, 310).tight
    assert not place(NEEDS, 664, 310).tight
    assert not place(replace(NEEDS, matrices=1, difference=False), 300, 310).tight


@pytest.mark.parametrize(("width", "height"), [(640, 310), (664, 310), (880, 236), (560, 236), (1200, 500)])
def test_nothing_overlaps_or_leaves_the_canvas(width: int, height: int) -> None:
    geometry = place(NEEDS, width, height)
    assert geometry.difference is not None
    frames = [*geometry.matrices, geometry.difference]
    for left, right in pairwise(frames):
        assert left.left() + geometry.block <= right.left()
    assert frames[-1].right() <= geometry.room
    assert geometry.height <= max(height, 236)
    if geometry.side is not None:
        assert geometry.side.left() >= frames[-1].right()
        assert geometry.side.right() <= width


def test_difference_limits_are_round_and_leave_room() -> None:
    assert difference_limit(np.array([[0.1997, -0.05], [np.nan, 0.0]])) == 24
    assert difference_limit(np.array([[np.nan]])) == 4


def test_a_row_without_utterances_is_not_zero_per_cent(chart: ConfusionChart) -> None:
    model = chart_model(chart)
    empty = replace(model.matrices[0], counts=np.array([[0, 0, 0], [1, 2, 3], [0, 0, 1]]))
    chart.set_model(replace(model, matrices=(empty, model.matrices[1])))
    words = next(p.words for p in chart.canvas.places() if p.payload == Cell("female", 0, 0))
    assert words.endswith("no utterances")
    assert not chart.canvas.grab().isNull()
