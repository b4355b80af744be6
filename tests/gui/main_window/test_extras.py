"""The controllers that feed the confusion chart's further views, the threshold explorer and the what-if chart."""

from __future__ import annotations

import threading
from dataclasses import replace

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from fairemo_gui.core.records import Changes
from fairemo_gui.gui.controllers.matrices import MatrixController
from fairemo_gui.gui.controllers.thresholds import ThresholdController
from fairemo_gui.gui.controllers.what_if import WhatIfController
from fairemo_gui.gui.dashboards import adapt
from fairemo_gui.gui.dashboards.confusion.chart import ConfusionChart, FarCell, Source
from fairemo_gui.gui.dashboards.confusion.labels import LabelCell
from fairemo_gui.gui.dashboards.confusion.look import Look, Share, View
from fairemo_gui.gui.dashboards.thresholds.chart import ThresholdChart
from fairemo_gui.gui.labels.what_if import WhatIfChart
from fairemo_gui.gui.main_window import MainWindow
from fairemo_gui.gui.state.chart_context import ChartChoice
from fairemo_gui.gui.state.chart_looks import ChartLooks
from fairemo_gui.jobs.task import TaskContext
from fairemo_gui.services.lab import Lab
from fairemo_gui.services.projection import Embeddings
from fairemo_gui.services.what_if import WhatIf
from fairemo_gui.store.nets import NetRow
from tests.gui.main_window.conftest import settle

Matrix = tuple[MainWindow, ConfusionChart, MatrixController]


def drawn(window: MainWindow, chart: ConfusionChart) -> None:
    shown = window.charts.shown
    assert shown is not None
    chart.set_model(adapt.confusion_model(shown.view.evaluation, adapt.Setting(predictor=shown.view.predictor.name)))


@pytest.fixture
def matrix(window_with_net: MainWindow, qtbot: QtBot) -> Matrix:
    window, chart = window_with_net, ConfusionChart()
    qtbot.addWidget(chart)
    made = MatrixController(
        window.charts,
        window.context,
        window.feed,
        window.filters,
        window.dashboards.looks,
        chart,
        window.runner,
        window.messages,
        chart,
    )
    drawn(window, chart)
    chart.resize(664, 310)
    chart.show()
    qtbot.waitExposed(chart)
    qtbot.waitUntil(lambda: made.settled)
    return window, chart, made


def choose(matrix: Matrix, qtbot: QtBot, **changed: str) -> None:
    window, _, made = matrix
    choice: ChartChoice = replace(window.context.choice, **changed)  # type: ignore[arg-type]
    window.context.set_choice(choice)
    settle(qtbot, window)
    qtbot.waitUntil(lambda: made.settled)


def test_a_label_cell_filters_to_what_it_counts(matrix: Matrix, qtbot: QtBot) -> None:
    window, chart, _ = matrix
    chart.set_look(Look(View.LABELS))
    cell = LabelCell("female", 3, True, False)
    words = next(place.words for place in chart.canvas.places() if place.payload == cell)
    chart.far_activated.emit(cell)
    settle(qtbot, window)
    count = int(words.rpartition("%, ")[2].partition(" of")[0])
    assert len(window.analyse.utterances.shown_ids()) == count > 0
    assert window.filters.chart is not None
    assert window.filters.chart.words == "Women, happy on → off"


def test_two_cells_filter_one_after_the_other(matrix: Matrix, qtbot: QtBot) -> None:
    window, chart, _ = matrix
    sizes = []
    for cell in (LabelCell(None, 0, True, True), LabelCell(None, 0, False, True)):
        chart.far_activated.emit(cell)
        settle(qtbot, window)
        sizes.append(len(window.analyse.utterances.shown_ids()))
    assert sizes[0] != sizes[1]


def test_people_beside_the_net(matrix: Matrix, qtbot: QtBot) -> None:
    window, chart, _ = matrix
    chart.beside_chosen.emit("human:voice")
    assert window.context.choice.beside == "human:voice"
    choose(matrix, qtbot)
    assert [band.title for band in chart._drawing._bands][1] == "Voice raters"
    chart.far_activated.emit(FarCell(Source.BESIDE, "male", 2, 2))
    settle(qtbot, window)
    assert window.filters.chart is not None
    assert window.filters.chart.words == "Men, voice raters, fear → fear"


def test_people_in_the_rows_and_back(matrix: Matrix, qtbot: QtBot) -> None:
    window, chart, _ = matrix
    choose(matrix, qtbot, rows="human:face")
    assert "same class" in chart.canvas.places()[0].words
    assert isinstance(chart.canvas.places()[1].payload, FarCell)
    choose(matrix, qtbot, rows="")
    drawn(window, chart)
    assert "macro-F1" in chart.canvas.places()[0].words


def test_whoever_predicts_is_not_offered_for_the_rows(matrix: Matrix) -> None:
    window, chart, _ = matrix
    chart.button.fill()
    assert window.context.choice.predictor == "net:1"
    offered = [action.text() for action in chart.button.rows_menu.actions()]
    assert offered == ["Truth: AV label", "Voice raters", "Face raters", "AV raters"]
    assert [a.text() for a in chart.button.beside_menu.actions() if a.isEnabled()] == [
        "Nobody",
        "Voice raters",
        "Face raters",
    ]


def test_the_look_is_remembered(matrix: Matrix, qtbot: QtBot) -> None:
    window, chart, _ = matrix
    look = Look(View.TOGETHER, Share.COLUMN, counts=True)
    chart.button.look_chosen.emit(look)
    other = ConfusionChart()
    qtbot.addWidget(other)
    MatrixController(
        window.charts,
        window.context,
        window.feed,
        window.filters,
        ChartLooks(window.settings),
        other,
        window.runner,
        window.messages,
        other,
    )
    assert other.look == look


def test_thresholds_follow_the_charts(window_with_net: MainWindow, qtbot: QtBot) -> None:
    window, chart = window_with_net, ThresholdChart()
    qtbot.addWidget(chart)
    made = ThresholdController(window.charts, chart, window.runner, window.messages, chart)
    assert chart.is_empty()
    chart.show()
    qtbot.waitUntil(lambda: chart.rule is not None and made.settled)
    assert chart.rule is not None
    shown = window.charts.shown
    assert shown is not None
    f1 = shown.view.evaluation.metrics.scores["macro_f1"]
    assert float(chart.rule.now.macro_f1) == pytest.approx(f1)
    window.context.set_predictor("human:voice")
    settle(qtbot, window)
    qtbot.waitUntil(lambda: made.settled)
    assert chart.rule.model.predictor == "voice raters"


def test_thresholds_wait_while_nobody_looks(window_with_net: MainWindow, qtbot: QtBot) -> None:
    window, chart = window_with_net, ThresholdChart()
    qtbot.addWidget(chart)
    ThresholdController(window.charts, chart, window.runner, window.messages, chart)
    window.context.set_predictor("human:voice")
    settle(qtbot, window)
    assert chart.rule is None


def asked(net: NetRow) -> WhatIf:
    both = frozenset({"audio", "text"})
    answers = {both: np.eye(6)[0] * 0.4 + 0.1, frozenset({"audio"}): np.eye(6)[3] * 0.4 + 0.1}
    return WhatIf(net.id, "u", net.classes.names, ("audio", "text"), answers)


def test_what_if_asks_once_and_shows_neighbours_and_raters(
    window_with_net: MainWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    window, chart, asks = window_with_net, WhatIfChart(), []
    qtbot.addWidget(chart)

    def answer(ctx: TaskContext, lab: Lab, net: NetRow, utterance: int) -> WhatIf:
        asks.append((net.id, utterance))
        return asked(net)

    monkeypatch.setattr("fairemo_gui.gui.controllers.what_if.what_if", answer)
    monkeypatch.setattr("fairemo_gui.gui.controllers.what_if.one_modality", lambda net: "")
    made = WhatIfController(
        window.feed, window.context, window.selection, chart, Embeddings(), window.runner, window.messages, chart
    )
    chart.resize(664, 310)
    chart.show()
    assert window.feed.table is not None
    first, second = (int(i) for i in window.feed.table.ids[:2])
    for utterance in (first, second, first):
        window.selection.set_current(utterance)
        qtbot.waitUntil(lambda: made.settled and not chart.is_empty(), timeout=10_000)
    assert asks == [(1, first), (1, second)]
    words = [place.words for place in chart.canvas.places()]
    assert "Net 1: with audio + text, anger" in words
    assert any(said.startswith("Voice, 5 votes: ") for said in words)
    card = chart.canvas.places()[0].card
    assert card is not None
    assert card().lines == ("schmitz2022, AV labels",)
    jumps = [place.payload for place in chart.canvas.places() if place.payload is not None]
    assert len(jumps) == 6
    chart.canvas.activated.emit(jumps[0])
    assert window.selection.current == jumps[0]


def test_what_if_asks_again_when_features_were_extracted_again(
    window_with_net: MainWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    window, chart, asks, gate = window_with_net, WhatIfChart(), list[int](), threading.Event()
    qtbot.addWidget(chart)

    def answer(ctx: TaskContext, lab: Lab, net: NetRow, utterance: int) -> WhatIf:
        asks.append(utterance)
        found = replace(asked(net), utterance=f"asked {len(asks)}")
        gate.wait(10)
        return found

    monkeypatch.setattr("fairemo_gui.gui.controllers.what_if.what_if", answer)
    monkeypatch.setattr("fairemo_gui.gui.controllers.what_if.one_modality", lambda net: "")
    made = WhatIfController(
        window.feed, window.context, window.selection, chart, Embeddings(), window.runner, window.messages, chart
    )
    chart.show()
    assert window.feed.table is not None
    first = int(window.feed.table.ids[0])
    window.selection.set_current(first)
    qtbot.waitUntil(lambda: asks == [first])
    window.feed.broadcast(Changes(frozenset({"features"})))
    gate.set()
    qtbot.waitUntil(lambda: made.settled and asks == [first, first], timeout=10_000)
    assert [said.utterance for said in made._known.values() if isinstance(said, WhatIf)] == ["asked 2"]
    chart.hide()
    window.feed.broadcast(Changes(frozenset({"features"})))
    chart.show()
    qtbot.waitUntil(lambda: made.settled and asks == [first] * 3, timeout=10_000)


def test_what_if_tells_nothing_that_is_hidden(window_with_net: MainWindow, qtbot: QtBot) -> None:
    window, chart = window_with_net, WhatIfChart()
    qtbot.addWidget(chart)
    made = WhatIfController(
        window.feed, window.context, window.selection, chart, Embeddings(), window.runner, window.messages, chart
    )
    made.set_predictions_shown(False)
    chart.show()
    assert window.feed.table is not None
    window.selection.set_current(int(window.feed.table.ids[0]))
    qtbot.waitUntil(lambda: made.settled and chart.is_empty())
    assert "hidden" in chart.empty_state().sentence()
    made.set_predictions_shown(True)
    qtbot.waitUntil(lambda: made.settled and not chart.is_empty())
    made.set_blind(True)
    assert chart.is_empty()
    qtbot.waitUntil(lambda: made.settled)
    assert chart.is_empty()
    made.set_blind(False)
    qtbot.waitUntil(lambda: made.settled and not chart.is_empty())
    made.set_predictions_shown(False)
    assert chart.is_empty()


def test_the_button_shows_predictions_that_are_hidden(window_with_net: MainWindow, qtbot: QtBot) -> None:
    window, area = window_with_net, window_with_net.analyse.charts
    area.show_chart("what_if")
    settle(qtbot, window)
    window.actions_.predictions.setChecked(False)
    empty = area.what_if.empty_state()
    qtbot.waitUntil(area.what_if.is_empty)
    assert (empty.sentence(), empty.button().text()) == ("Predictions are hidden (P shows them).", "Show predictions")
    with qtbot.assertNotEmitted(area.fix_requested):
        empty.button().click()
    assert window.actions_.predictions.isChecked()
    qtbot.waitUntil(lambda: not area.what_if.is_empty())


@pytest.mark.parametrize("name", ["agreement", "embedding"])
def test_what_a_chart_was_asked_of_a_workspace_that_is_closed_is_not_heard(
    qtbot: QtBot, window_with_net: MainWindow, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    window, chart = window_with_net, window_with_net.analyse.charts
    made = window.dashboards.agreement if name == "agreement" else window.dashboards.embedding
    chart.show_chart(name)
    settle(qtbot, window)
    heard = list[str]()
    monkeypatch.setattr(made, "_draw", lambda *_: heard.append("drawn"))
    monkeypatch.setattr(made, "_on_failed", lambda _: heard.append("failed"))
    made._refresh()
    assert made._job is not None
    # It ends before the window hears of it, and the workspace goes in between.
    for pool in window.runner._pools.values():
        pool.waitForDone()
    window.session.close()
    settle(qtbot, window)
    assert heard == []
