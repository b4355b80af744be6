"""Runs and Embedding over a real workspace, driven by their controllers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from fairemo_gui.core.records import Changes, Condition, Truth
from fairemo_gui.errors import UserError
from fairemo_gui.evaluation.intervals import IntervalPlan
from fairemo_gui.features.cache import CacheInfo, create_cache
from fairemo_gui.gui.controllers.comparing import model_of
from fairemo_gui.gui.controllers.embedding import EmbeddingController
from fairemo_gui.gui.controllers.runs import RunsController
from fairemo_gui.gui.dashboards.embedding.chart import EmbeddingChart
from fairemo_gui.gui.dashboards.embedding.model import Colouring
from fairemo_gui.gui.dashboards.runs.adapt import GAP, SCORE
from fairemo_gui.gui.dashboards.runs.chart import RunsChart
from fairemo_gui.gui.dashboards.runs.model import TABLE, MarkKind
from fairemo_gui.gui.main_window import MainWindow
from fairemo_gui.gui.state.chart_context import HUMAN, NET
from fairemo_gui.services.adjudication import decide
from fairemo_gui.services.comparison import ComparisonView
from fairemo_gui.services.projection import Embeddings, nearest
from fairemo_gui.store import corpora
from fairemo_gui.store.workspace import Workspace
from tests.gui.drive import press
from tests.gui.main_window.conftest import add_net, settle

Maker = Callable[[Path | None], MainWindow]


@pytest.fixture
def folder_with_nets(folder: Path) -> Path:
    with Workspace(folder) as workspace:
        for seed in (1, 2, 3):
            add_net(workspace, seed, skill=float(seed + 1))
    return folder


@pytest.fixture
def window(make_window: Maker, folder_with_nets: Path) -> MainWindow:
    return make_window(folder_with_nets)


@pytest.fixture
def runs(qtbot: QtBot, window: MainWindow) -> RunsController:
    chart = RunsChart()
    qtbot.addWidget(chart)
    made = RunsController(
        window.feed, window.context, window.selection, window.dashboards.looks, chart, window.analyse.utterances,
        window.runner, window.messages, window,
    )  # fmt: skip
    made.plan = IntervalPlan(replicates=40)
    chart.resize(664, 310)
    chart.show()
    qtbot.waitUntil(lambda: made.settled and window.settled, timeout=20_000)
    return made


@pytest.fixture
def embedding(qtbot: QtBot, window: MainWindow) -> EmbeddingController:
    chart = EmbeddingChart()
    qtbot.addWidget(chart)
    made = EmbeddingController(
        window.feed, window.context, window.selection, window.filters, window.dashboards.looks, chart, window.table,
        window.analyse.utterances, window.runner, window.messages, Embeddings(), window,
    )  # fmt: skip
    chart.resize(664, 310)
    chart.show()
    qtbot.waitUntil(lambda: made.settled and made.embedding is not None, timeout=20_000)
    return made


def test_every_run_is_there_with_its_figures(runs: RunsController) -> None:
    model = runs._chart._model
    assert model is not None and model.waiting == 0
    assert [row.key for row in model.rows] == ["net:3", "net:2", "net:1", "human:voice", "human:face"]
    assert all("[" in row.words[SCORE] and row.words[GAP] != "–" for row in model.rows)
    (cloud,) = [mark for mark in model.marks if mark.kind is MarkKind.CLOUD]
    assert cloud.name == "3 seeds of net 1"
    assert runs._chart.parts.curves is not None and model.kept_epoch == 5


def test_a_run_becomes_the_predictor_of_all_charts(runs: RunsController, window: MainWindow, qtbot: QtBot) -> None:
    runs._chart.show_view(TABLE)
    table = runs._chart.parts.table
    table.setFocus()
    table.setCurrentIndex(table.table_model.index(2, 0))
    press(table, Qt.Key.Key_Return)
    assert window.context.choice.predictor == f"{NET}1"
    settle(qtbot, window)
    assert window.charts.shown is not None and window.charts.shown.view.predictor.name == "net 1"
    qtbot.waitUntil(lambda: runs.settled)
    assert table.table_model.run(2).chosen


def test_shift_compares_two_nets_and_refuses_raters(runs: RunsController, window: MainWindow, qtbot: QtBot) -> None:
    window.context.set_predictor(f"{NET}1")
    table = runs._chart.parts.table
    table.setCurrentIndex(table.table_model.index(0, 0))
    with qtbot.waitSignal(runs.compared, timeout=20_000) as caught:
        QTest.keyClick(table, Qt.Key.Key_Return, Qt.KeyboardModifier.ShiftModifier)
    view = caught.args[0]
    assert isinstance(view, ComparisonView) and (view.old.id, view.new.id) == (1, 3)
    runs._on_run(f"{HUMAN}voice", True)
    assert not [job for job in window.runner.jobs() if job.name.startswith("Compare")]


def test_a_comparison_is_held_against_the_gold_that_is_chosen_and_says_so(
    runs: RunsController, window: MainWindow, qtbot: QtBot
) -> None:
    workspace, corpus = window.feed.workspace, window.feed.corpus
    assert workspace is not None
    assert corpus is not None
    codes = corpora.table(workspace, corpus.id).codes
    decisions = {code: corpus.scheme.classes[k % 6] for k, code in enumerate(codes)}
    window.feed.broadcast(decide(workspace, corpus, Condition.AV, decisions, "ada"))
    qtbot.waitUntil(lambda: window.feed.facts.golds.get(Truth.AV) == ("gold",))
    window.context.set_choice(replace(window.context.choice, truth=Truth.AV, gold="gold", predictor=f"{NET}1"))
    settle(qtbot, window)
    with qtbot.waitSignal(runs.compared, timeout=20_000) as caught:
        runs._on_run(f"{NET}3", True)
    view = caught.args[0]
    assert view.gold == "gold"
    assert "AV, gold (adjudicated)" in " ".join(model_of(workspace, view).checks)


def test_nothing_is_computed_twice_or_unseen(runs: RunsController, window: MainWindow, qtbot: QtBot) -> None:
    known = dict(runs._known)
    window.context.set_predictor(f"{NET}2")
    qtbot.waitUntil(lambda: runs.settled)
    assert all(runs._known[key] is standing for key, standing in known.items())
    runs._chart.hide()
    window.feed.broadcast(Changes(frozenset({"labels"})))
    assert runs.settled and not runs._known
    runs._chart.show()
    qtbot.waitUntil(lambda: runs.settled and len(runs._known) == len(known), timeout=20_000)


def test_figures_from_before_a_change_are_not_kept(runs: RunsController, window: MainWindow, qtbot: QtBot) -> None:
    known = set(runs._known)
    runs._known.clear()
    runs._compute()
    overtaken = runs._job
    window.feed.broadcast(Changes(frozenset({"labels"})))
    assert overtaken is not None and overtaken.cancelled and runs._job is None
    qtbot.waitUntil(lambda: runs.settled and set(runs._known) == known, timeout=20_000)


def test_a_selection_changes_the_figures(runs: RunsController, window: MainWindow, qtbot: QtBot) -> None:
    before = runs._chart._model
    window.filters.set_query("gender:f,m speaker:s0,s1,s2,s3")
    settle(qtbot, window)
    window.charts.toggle_scope()
    qtbot.waitUntil(lambda: runs.settled and runs._chart._model is not before, timeout=20_000)
    after = runs._chart._model
    assert before is not None and after is not None
    assert after.about == "AV label, 60 utterances, 4 speakers"


def test_answers_place_the_utterances_and_colours_follow(embedding: EmbeddingController) -> None:
    model = embedding._model
    assert model is not None and model.source == "net 3, class probabilities"
    assert len(model) == 117
    embedding._chart.colouring_chosen.emit(Colouring.ERROR)
    again = embedding._model
    assert again is not None and [entry.word for entry in again.kinds] == ["right", "wrong"]
    columns = embedding._table.columns
    assert columns is not None
    assert again.kinds[1].n == int(columns.wrong[np.isin(columns.ids, again.ids)].sum())


def test_a_lasso_filters_the_table(embedding: EmbeddingController, window: MainWindow, qtbot: QtBot) -> None:
    ids = (3, 5, 8)
    embedding._chart.circled.emit(ids)
    settle(qtbot, window)
    assert set(window.analyse.utterances.shown_ids().tolist()) == set(ids)
    marked = embedding._chart._drawing._marked
    assert marked is not None and embedding._model is not None
    assert embedding._model.ids[marked].tolist() == list(ids)


def test_the_nearest_filter_the_table(embedding: EmbeddingController, window: MainWindow, qtbot: QtBot) -> None:
    chart = embedding._chart
    window.selection.set_current(40)
    chart.canvas.setFocus()
    chart._drawing._move_cursor(chart._drawing._current or 0)
    press(chart.canvas, Qt.Key.Key_N)
    settle(qtbot, window)
    assert embedding.embedding is not None
    wanted = {40, *(n.utterance for n in nearest(embedding.embedding, 40, 20))}
    assert set(window.analyse.utterances.shown_ids().tolist()) == wanted


def test_a_point_becomes_the_current_utterance(embedding: EmbeddingController, window: MainWindow) -> None:
    embedding._chart.point_activated.emit(17)
    assert window.selection.current == 17
    assert embedding._model is not None
    assert embedding._chart._drawing._current == embedding._model.ids.tolist().index(17)


def told(chart: EmbeddingChart, where: Path) -> str:
    """Everything that can be read of the chart: the file of its numbers, its places' words and their cards."""
    chart.export(where / "points.csv")
    places = chart.canvas.places()
    cards = [str(place.card()) for place in places if place.card is not None]
    return "\n".join([(where / "points.csv").read_text(), *(place.words for place in places), *cards])


@pytest.mark.parametrize("hide", ["predictions", "votes"])
def test_places_among_answers_are_not_shown_while_answers_are_hidden(
    embedding: EmbeddingController, window: MainWindow, qtbot: QtBot, hide: str, tmp_path: Path
) -> None:
    chart = embedding._chart
    cover = {"predictions": lambda on: embedding.set_predictions_shown(not on), "votes": embedding.set_blind}[hide]
    cover(True)
    assert chart.is_empty() and "hidden" in chart.empty_state().sentence()
    qtbot.waitUntil(lambda: embedding.settled)
    assert chart.is_empty() and embedding.embedding is None
    with pytest.raises(UserError):
        chart.export(tmp_path / "points.csv")
    window.selection.set_current(17)
    assert chart.is_empty()
    cover(False)
    qtbot.waitUntil(lambda: embedding.settled and not chart.is_empty())
    assert chart._drawing._current is not None


def test_answers_on_their_way_are_not_shown_when_they_come_too_late(
    embedding: EmbeddingController, qtbot: QtBot
) -> None:
    embedding._compute()
    embedding.set_predictions_shown(False)
    qtbot.waitUntil(lambda: embedding.settled)
    assert embedding._chart.is_empty()


def test_among_features_hidden_answers_leave_code_group_and_place(
    embedding: EmbeddingController, window: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    assert window.feed.workspace is not None and window.feed.table is not None
    info = CacheInfo("mfcc", "audio", "1", {}, 3, "0123456789ab")
    rows = np.random.default_rng(0).normal(size=(len(window.feed.table), 5, 3)).astype(np.float32)
    create_cache(window.feed.workspace.folder / "features", info).write(
        [(int(i), "origin", row) for i, row in zip(window.feed.table.ids, rows, strict=True)]
    )
    chart, classes = embedding._chart, window.feed.corpus.scheme.classes if window.feed.corpus else ()
    chart.colouring_chosen.emit(Colouring.ERROR)
    embedding.set_predictions_shown(False)
    qtbot.waitUntil(lambda: embedding.settled and not chart.is_empty())
    model, shown = embedding._model, told(chart, tmp_path)
    assert model is not None and (model.source, model.colouring) == ("mfcc, mean over time", Colouring.TRUTH)
    assert "AV label happy" in shown and "net 3" not in shown and "wrong" not in shown
    embedding.set_blind(True)
    qtbot.waitUntil(lambda: embedding.settled)
    model, shown = embedding._model, told(chart, tmp_path)
    assert model is not None and model.colouring is Colouring.GROUP
    assert not [name for name in (*classes, "AV label", "net 3", "wrong") if name in shown]
    assert "u017: " in shown
    embedding.set_blind(False)
    embedding.set_predictions_shown(True)
    qtbot.waitUntil(lambda: embedding.settled and embedding._model is not None)
    assert chart.colouring.value() == Colouring.ERROR, "what was chosen comes back"


def test_a_net_without_features_says_so_when_looked_into(
    embedding: EmbeddingController, window: MainWindow, qtbot: QtBot
) -> None:
    last = embedding._chart.representation.count() - 1
    assert embedding._chart.representation.itemText(last) == "Look inside net 3…"
    embedding._chart.representation_chosen.emit(str(embedding._chart.representation.itemData(last)))
    qtbot.waitUntil(lambda: embedding.settled and not window.runner.busy, timeout=20_000)
    assert embedding._chart.representation.value() != embedding._chart.representation.itemData(last)
