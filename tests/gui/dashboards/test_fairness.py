from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from fairemo_gui.evaluation.evaluate import evaluate
from fairemo_gui.evaluation.records import Evaluation
from fairemo_gui.gui import theme
from fairemo_gui.gui.dashboards import adapt, scale
from fairemo_gui.gui.dashboards.adapt import Setting
from fairemo_gui.gui.dashboards.fairness.chart import FairnessCanvas, FairnessChart
from fairemo_gui.gui.dashboards.fairness.rows import lines_of
from fairemo_gui.gui.dashboards.model import Estimate, FairnessModel, Provisional
from tests.gui.dashboards.conftest import made_up_sample
from tests.gui.drive import click, press


@pytest.fixture
def model(evaluation: Evaluation) -> FairnessModel:
    return adapt.fairness_model(evaluation, Setting())


@pytest.fixture
def chart(qtbot: QtBot, model: FairnessModel) -> FairnessChart:
    made = FairnessChart()
    qtbot.addWidget(made)
    made.resize(366, 310)
    made.set_model(model)
    made.show()
    qtbot.waitExposed(made)
    return made


def test_filled_and_coloured_only_where_the_interval_excludes_zero(model: FairnessModel) -> None:
    sure, unsure = Estimate(-0.2, -0.3, -0.1), Estimate(-0.2, -0.4, 0.1)
    line, other = lines_of(replace(model, sp=(sure, unsure, unsure)), theme.DARK)[:2]
    (mark,), (hollow,) = line.entries[0].marks, other.entries[0].marks
    assert (mark.filled, mark.colour, mark.marker) == (True, theme.DARK.groups[0], "●")
    assert (hollow.filled, hollow.colour) == (False, theme.DARK.zero)
    assert line.entries[0].strong and not other.entries[0].strong
    assert line.groups[0] == "female"
    assert "in favour of women" in line.entries[0].words
    assert "no evidence" in other.entries[0].words


def test_an_estimate_without_interval_is_never_evidence(model: FairnessModel) -> None:
    line = lines_of(replace(model, sp=(Estimate(0.4, reason="one speaker"),) * 3), theme.DARK)[0]
    assert not line.entries[0].marks[0].filled
    assert "one speaker" in line.entries[0].words


def test_a_click_on_a_row_says_emotion_and_favoured_group(
    chart: FairnessChart, model: FairnessModel, qtbot: QtBot
) -> None:
    place = chart.canvas.places()[0]
    with qtbot.waitSignal(chart.bar_activated) as caught:
        click(chart.canvas, place.rect.center().toPoint())
    assert caught.args == [0, "male" if model.sp[0].value >= 0 else "female"]


def test_keyboard_reaches_the_headline_and_its_definition(chart: FairnessChart, qtbot: QtBot) -> None:
    chart.canvas.setFocus()
    press(chart.canvas, Qt.Key.Key_End)
    assert chart.canvas.accessibleDescription().startswith("Macro-F1 gap: ")
    press(chart.canvas, Qt.Key.Key_F1)
    card = chart.canvas.hover.popup().text()
    assert "max_g F1_g − min_g F1_g" in card
    assert "Women: 120 clips · 4 speakers" in card


def test_points_stand_in_the_rows_of_their_words(chart: FairnessChart) -> None:
    pane = chart._drawing._panes[0]
    top = pane.at(pane.marks[0].x, pane.marks[0].y).y() + pane.y()
    assert top == pytest.approx(chart.canvas.places()[0].rect.center().y(), abs=2)


def test_the_axis_only_widens_while_provisional(chart: FairnessChart, model: FairnessModel) -> None:
    canvas = chart._drawing
    wide = replace(model, sp=(Estimate(0.7, 0.5, 0.9),) * 3, provisional=Provisional(10, 100))
    small = replace(wide, sp=(Estimate(0.01, 0.0, 0.02),) * 3, eo=(Estimate(0.01),) * 3)
    canvas.set_model(wide)
    span = canvas._span
    canvas.set_model(small)
    assert canvas._span == span
    canvas.set_model(replace(small, provisional=None))
    assert canvas._span[1] < span[1]


@pytest.mark.parametrize("groups", [("female",), ("a", "b", "c"), ("a", "b", "c", "d", "e")])
def test_any_number_of_groups(qtbot: QtBot, groups: tuple[str, ...]) -> None:
    chart = FairnessChart()
    qtbot.addWidget(chart)
    chart.resize(366, 310)
    model = adapt.fairness_model(evaluate(made_up_sample(groups)), Setting())
    chart.set_model(model)
    chart.show()
    lines = lines_of(model, theme.DARK)
    assert len(lines) == (3 if len(groups) < 5 else 3 * 6)
    assert not chart.canvas.grab().isNull()


def test_many_groups_are_not_coloured() -> None:
    model = adapt.fairness_model(evaluate(made_up_sample(("a", "b", "c", "d", "e"))), Setting())
    marks = [mark for line in lines_of(model, theme.DARK) for entry in line.entries for mark in entry.marks]
    assert {mark.colour for mark in marks} == {theme.DARK.text2}


def test_zero_keeps_room_for_the_words_on_both_sides() -> None:
    low, high = scale.signed_range([0.5, 0.6])
    assert -low / (high - low) >= 0.27
    low, high = scale.signed_range([-0.5, 0.01])
    assert high / (high - low) >= 0.27


@pytest.mark.parametrize("size", [(366, 310), (860, 200)])
def test_the_axis_is_symmetric_and_labelled_on_both_sides_of_zero(
    chart: FairnessChart, model: FairnessModel, size: tuple[int, int]
) -> None:
    sure = tuple(Estimate(0.3, 0.1, 0.52) for _ in model.classes)
    chart.resize(*size)
    chart.set_model(replace(model, sp=sure, eo=sure))
    canvas = chart.canvas
    assert isinstance(canvas, FairnessCanvas)
    canvas.places()
    labelled = canvas.labelled_ticks(model.signed)
    assert 0.0 in labelled
    assert len(labelled) >= 3
    assert labelled == sorted(-tick for tick in labelled)


def test_labels_of_ticks_never_touch() -> None:
    at = [-0.2, -0.1, 0.0, 0.1]
    assert scale.spaced(at, lambda t: 240 * t, lambda t: 26) == [-0.2, 0.0]
    assert scale.spaced(at, lambda t: 2400 * t, lambda t: 26) == at


@pytest.mark.parametrize(("value", "word"), [(-0.2, "−0.2"), (0.0, "0"), (0.05, "+0.05")])
def test_ticks_are_short(value: float, word: str) -> None:
    assert scale.tick_words(value) == word


def test_selected_emotions_are_marked(chart: FairnessChart) -> None:
    rect = chart.canvas.places()[0].rect
    chart.set_selected([0])
    assert chart.canvas.grab().toImage().pixelColor(6, int(rect.center().y())).name() == theme.DARK.sel
    chart.set_selected([])
    assert chart.canvas.grab().toImage().pixelColor(6, int(rect.center().y())).name() == theme.DARK.panel
