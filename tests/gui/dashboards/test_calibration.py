from __future__ import annotations

from itertools import pairwise

import pytest
from pytestqt.qtbot import QtBot

from fairemo_gui.evaluation.evaluate import evaluate
from fairemo_gui.evaluation.records import Evaluation
from fairemo_gui.gui.dashboards import adapt
from fairemo_gui.gui.dashboards.adapt import Setting
from fairemo_gui.gui.dashboards.calibration.chart import PARTS, CalibrationChart
from fairemo_gui.gui.dashboards.model import Counts
from fairemo_gui.services.live_figures import histogram
from tests.gui.dashboards.conftest import made_up_sample
from tests.gui.drive import click


@pytest.fixture
def chart(qtbot: QtBot, evaluation: Evaluation) -> CalibrationChart:
    histograms: dict[str | None, Counts] = {"female": histogram([0.1, 0.5]), "male": histogram([0.2])}
    made = CalibrationChart()
    qtbot.addWidget(made)
    made.resize(640, 310)
    made.set_model(adapt.reliability_model(evaluation, Setting(histograms=histograms)))
    made.show()
    qtbot.waitExposed(made)
    return made


def test_a_click_on_a_bin_says_its_group_and_range(chart: CalibrationChart, qtbot: QtBot) -> None:
    place = next(p for p in chart.canvas.places() if isinstance(p.payload, tuple) and p.payload[0] == "male")
    with qtbot.waitSignal(chart.bin_activated) as caught:
        click(chart.canvas, place.rect.center().toPoint())
    group, low, high = caught.args
    assert group == "male"
    assert 0 <= low < high <= 1


def test_ranges_of_bins_cover_everything_once(evaluation: Evaluation) -> None:
    for panel in adapt.reliability_model(evaluation, Setting()).panels:
        edges = [(found.low, found.high) for found in panel.bins]
        assert edges[0][0] == 0 and edges[-1][1] == 1
        assert all(a[1] == b[0] for a, b in pairwise(edges))
        assert all(found.low <= found.predicted <= found.high for found in panel.bins)


def test_every_part_of_brier_has_a_definition(chart: CalibrationChart) -> None:
    places = [p for p in chart.canvas.places() if p.payload is None]
    assert len(places) == 2 * len(PARTS)
    cards = [p.card() for p in places if p.card is not None]
    assert len(cards) == len(places)
    assert all(card.definition and card.formula for card in cards)


def test_points_lie_where_their_places_are(chart: CalibrationChart) -> None:
    pane = chart._drawing._panes[0][0]
    point = pane.at(pane.marks[0].x, pane.marks[0].y)
    centre = chart.canvas.places()[0].rect.center()
    assert [point.x() + pane.x(), point.y() + pane.y()] == pytest.approx([centre.x(), centre.y()], abs=2)


def test_fewer_groups_hide_the_spare_panels(chart: CalibrationChart) -> None:
    chart.set_model(adapt.reliability_model(evaluate(made_up_sample(("female",))), Setting()))
    (first, _), (second, _) = chart._drawing._panes
    assert first.isVisible()
    assert not second.isVisible()


@pytest.mark.parametrize(("width", "height"), [(640, 310), (880, 236)])
def test_table_and_panels_fit(chart: CalibrationChart, width: int, height: int) -> None:
    chart.resize(width, height)
    canvas = chart._drawing
    assert canvas.minimumWidth() <= width
    assert canvas.minimumHeight() <= height
    assert canvas._table.right() <= canvas.width()
    assert canvas._frames[-1].square.right() < canvas._table.left()


def test_a_bin_named_by_a_click_can_be_ringed(chart: CalibrationChart, qtbot: QtBot) -> None:
    pane = chart._drawing._panes[1][0]
    before = len(pane.marks)
    place = next(p for p in chart.canvas.places() if isinstance(p.payload, tuple) and p.payload[0] == "male")
    with qtbot.waitSignal(chart.bin_activated) as caught:
        click(chart.canvas, place.rect.center().toPoint())
    group, low, high = caught.args
    chart.set_selected([(group, low, high)])
    assert len(pane.marks) == before + 1
