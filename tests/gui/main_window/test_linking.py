"""From a number to the clips behind it: filters, marks, the review queue, live figures, views and layouts."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractItemView, QApplication, QWidget
from pytestqt.qtbot import QtBot

from fairemo_gui.core.records import Condition, Truth
from fairemo_gui.gui.dashboards.canvas import Canvas
from fairemo_gui.gui.dashboards.embedding.model import Colouring
from fairemo_gui.gui.dashboards.model import Cell
from fairemo_gui.gui.main_window import MainWindow
from fairemo_gui.gui.state.filter_state import ChartFilter
from fairemo_gui.store import corpora, nets, views
from fairemo_gui.store.workspace import Workspace
from tests.gui.main_window.conftest import settle, store


def largest_error(window: MainWindow, group: str) -> Cell:
    """The cell off the diagonal with the most utterances."""
    assert window.charts.shown is not None
    found = next(g for g in window.charts.shown.view.evaluation.groups if g.value == group)
    counts = found.confusion.counts - np.diag(np.diag(found.confusion.counts))
    truth, predicted = np.unravel_index(int(counts.argmax()), counts.shape)
    return Cell(group, int(truth), int(predicted))


def place_of(canvas: Canvas, cell: Cell) -> int:
    return next(k for k, place in enumerate(canvas.places()) if place.payload == cell)


def test_a_click_on_a_cell_filters_the_table_and_marks_every_chart(qtbot: QtBot, window: MainWindow) -> None:
    area, cell = window.analyse.charts, largest_error(window, "male")
    canvas = area.confusion.canvas
    where = canvas.places()[place_of(canvas, cell)].rect.center().toPoint()
    QTest.mouseClick(canvas, Qt.MouseButton.LeftButton, pos=QPoint(where))
    assert window.charts.shown is not None
    expected = window.charts.shown.view.cell(cell.truth, cell.predicted, "gender", "male")
    assert sorted(window.links.marked.tolist()) == sorted(expected.tolist())
    assert area.confusion._drawing._selected == {cell}
    assert area.fairness._drawing._selected == {cell.truth}
    area.show_chart("calibration")
    qtbot.waitUntil(area.calibration.isVisible)
    assert {group for group, _, _ in area.calibration._drawing._selected} == {"male"}
    QTest.keyClick(window, Qt.Key.Key_Left, Qt.KeyboardModifier.AltModifier)
    assert window.filters.empty
    QTest.keyClick(window, Qt.Key.Key_Right, Qt.KeyboardModifier.AltModifier)
    assert window.analyse.utterances.model.rowCount() == len(expected)


def test_the_queue_walks_rates_and_says_what_has_left_the_cell(qtbot: QtBot, window: MainWindow) -> None:
    cell, canvas = largest_error(window, "male"), window.analyse.charts.confusion.canvas
    window.activateWindow()
    canvas.setFocus()
    canvas.focus_place(place_of(canvas, cell))
    QTest.keyClick(canvas, Qt.Key.Key_R)
    bar, ids = window.analyse.review, window.review.ids
    qtbot.waitUntil(bar.hasFocus)
    assert window.charts.shown is not None
    before = window.charts.shown.view.evaluation
    counts = next(g for g in before.groups if g.value == "male").confusion.counts
    names = before.classes
    assert len(ids) == counts[cell.truth, cell.predicted] > 1
    assert bar.where() == f"1 of {len(ids)} · Men, {names[cell.truth]} → {names[cell.predicted]}"
    assert window.analyse.labels.rate.condition is Condition.AV
    QTest.keyClick(bar, Qt.Key.Key_Right)
    assert window.selection.current == ids[1]
    assert bar.where().startswith(f"2 of {len(ids)} ")
    QTest.keyClick(bar, Qt.Key.Key_F)
    qtbot.waitUntil(lambda: window.status.flags.words() == "1 flagged")
    QTest.keyClick(bar, Qt.Key.Key_Left)
    _rate_until_it_leaves(qtbot, window, cell)
    assert bar.state().startswith("has left: now ")
    settle(qtbot, window)
    after = next(g for g in window.charts.shown.view.evaluation.groups if g.value == "male").confusion.counts
    assert after[cell.truth, cell.predicted] == counts[cell.truth, cell.predicted] - 1
    assert window.review.ids == ids
    assert window.analyse.utterances.model.rowCount() == len(ids)
    QTest.keyClick(bar, Qt.Key.Key_Escape)
    assert not bar.isVisible()
    qtbot.waitUntil(canvas.hasFocus)


def _rate_until_it_leaves(qtbot: QtBot, window: MainWindow, cell: Cell) -> None:
    """One person more votes for another emotion; and others, until the plurality is another."""
    from fairemo_gui.services import rating

    current, corpus = window.selection.current, window.feed.corpus
    assert current is not None and corpus is not None
    other = (cell.truth + 1) % len(corpus.scheme.classes)
    for k in range(8):
        changes = rating.rate(
            store(window), corpus, current, f"other{k}", Condition.AV, (corpus.scheme.classes[other],)
        )[1]
        window.feed.broadcast(changes)
    with qtbot.waitSignal(window.rating.stored, timeout=5000):
        QTest.keyClick(window.analyse.review, Qt.Key(Qt.Key.Key_1 + other))
    qtbot.waitUntil(lambda: bool(window.analyse.review.state()), timeout=5000)


def test_clips_without_a_picture_are_reviewed_by_the_voice(window: MainWindow, monkeypatch: pytest.MonkeyPatch) -> None:
    rate = window.analyse.labels.rate
    assert rate.condition is None
    monkeypatch.setattr(rate, "refusal", lambda condition: "" if condition is Condition.VOICE else "It has no picture")
    window.actions_.review.trigger()
    assert rate.condition is Condition.VOICE
    assert "picture" not in rate.warning.text()


def test_another_filter_ends_the_review(qtbot: QtBot, window: MainWindow) -> None:
    window.filters.set_query("gender:f")
    window.actions_.review.trigger()
    assert window.review.active
    assert window.analyse.review.where() == "1 of 60 · gender:f"
    window.filters.clear()
    assert not window.review.active


def test_hidden_charts_are_drawn_when_they_come_into_sight(qtbot: QtBot, window: MainWindow) -> None:
    area = window.analyse.charts
    assert _truths(window) == ("AV label", None)
    area.show_chart("calibration")
    qtbot.waitUntil(lambda: _truths(window) == ("AV label", "AV label"))
    window.charts._choose(truth=Truth.INTENDED)
    settle(qtbot, window)
    assert _truths(window) == ("AV label", "intended")
    area.show_chart("confusion")
    qtbot.waitUntil(lambda: _truths(window) == ("intended", "intended"))


def _truths(window: MainWindow) -> tuple[str | None, str | None]:
    area = window.analyse.charts
    models = (area.confusion._model, area.calibration._model)
    return tuple(None if model is None else model.truth for model in models)  # type: ignore[return-value]


def test_charts_fill_in_as_answers_come_without_a_jump(qtbot: QtBot, window_with_net: MainWindow) -> None:
    window, draw = window_with_net, np.random.default_rng(0)
    ids = window.analyse.utterances.shown_ids()
    drawn: list[int] = []

    def note(_: bool) -> None:
        assert window.charts.shown is not None
        drawn.append(window.charts.shown.view.evaluation.n)

    window.charts.drawn.connect(note)
    spans = []
    for step in range(4):
        window.work.predicting.emit(1, 30 * (step + 1), 120)
        some = ids[30 * step : 30 * (step + 1)]
        p = draw.dirichlet(np.ones(6), len(some))
        window.feed.broadcast(nets.add_predictions(store(window), 1, np.sort(some), p, ["test"] * len(some)))
        before = len(drawn)
        qtbot.waitUntil(partial(_is_longer, drawn, before), timeout=5000)
        spans.append(window.analyse.charts.fairness._drawing._span)
        model = window.analyse.charts.fairness._model
        assert model is not None and model.provisional is not None
        assert (model.provisional.done, model.provisional.total) == (30 * (step + 1), 120)
    assert all(a[0] >= b[0] and a[1] <= b[1] for a, b in pairwise(spans))
    window.work.predicting.emit(1, 0, 0)
    settle(qtbot, window)
    assert window.charts.provisional is None
    assert drawn[-1] == 120


def _is_longer(drawn: list[int], before: int) -> bool:
    return len(drawn) > before


def test_layouts_are_one_key_apart_and_remembered(
    qtbot: QtBot, make_window: Callable[[Path | None], MainWindow], folder: Path
) -> None:
    window = make_window(folder)
    area = window.analyse.charts
    assert not area.calibration.isVisible()
    height = area.height()
    QTest.keyClick(window, Qt.Key.Key_F8)
    qtbot.waitUntil(lambda: area.calibration.isVisible() and area.slices.isVisible())
    assert area.confusion.isVisible() and area.fairness.isVisible()
    qtbot.waitUntil(lambda: area.height() > height)
    settle(qtbot, window)
    window.close()
    again = make_window(folder)
    assert again.analyse.charts.is_grid
    QTest.keyClick(again, Qt.Key.Key_F8)
    qtbot.waitUntil(lambda: not again.analyse.charts.calibration.isVisible())


@pytest.mark.parametrize("grid", [False, True])
def test_every_control_of_the_page_has_a_name_for_screen_readers(qtbot: QtBot, window: MainWindow, grid: bool) -> None:
    window.actions_.charts_layout.setChecked(grid)
    nameless = set()
    for chart in window.analyse.charts.charts():
        window.analyse.charts.show_chart(chart)
        QApplication.processEvents()
        nameless |= {_describe(each) for each in window.analyse.findChildren(QWidget) if _lacks_a_name(each)}
    assert nameless == set()


def _lacks_a_name(widget: QWidget) -> bool:
    reachable = widget.isVisible() and widget.focusPolicy() & Qt.FocusPolicy.TabFocus
    inner = isinstance(widget.parent(), QAbstractItemView) or widget.objectName().startswith("qt_")
    text = getattr(widget, "text", None)
    said = widget.accessibleName() or (text() if callable(text) else "")
    return bool(reachable) and not inner and not said and widget.focusProxy() is None


def _describe(widget: QWidget) -> str:
    return f"{type(widget).__name__} {widget.objectName()} in {type(widget.parent()).__name__}"


def test_a_saved_view_brings_filter_columns_order_and_charts_back(
    qtbot: QtBot, make_window: Callable[[Path | None], MainWindow], folder: Path
) -> None:
    window = make_window(folder)
    table, cell = window.analyse.utterances, largest_error(window, "female")
    window.filters.keep_set("a1", tuple(window.analyse.utterances.shown_ids().tolist()[:90]))
    window.filters.set_query("lasso:a1")
    window.analyse.charts.confusion.cell_activated.emit("female", cell.truth, cell.predicted)
    table.table.show_only(["code", "age", "p"])
    table.table.sort_by("p", True)
    window.charts._choose(group="age")
    settle(qtbot, window)
    shown = table.shown_ids().tolist()
    chart = window.filters.chart
    assert chart is not None and 0 < len(shown) < 90
    QTest.keyClick(window, Qt.Key.Key_S, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier)
    qtbot.waitUntil(lambda: window.views.names == (chart.words,))
    window.close()
    again = make_window(folder)
    again.analyse.utterances.chips.saved_chosen.emit(chart.words)
    settle(qtbot, again)
    table = again.analyse.utterances
    assert table.shown_ids().tolist() == shown
    assert (table.table.columns_shown(), table.table.sorted_by()) == (("code", "age", "p"), ("p", True))
    assert again.context.choice.group == "age"
    assert again.filters.chart == chart
    again.views.forget(chart.words)
    qtbot.waitUntil(lambda: again.views.names == ())


def test_choices_on_charts_are_kept_from_one_start_to_the_next_and_with_views(
    qtbot: QtBot, make_window: Callable[[Path | None], MainWindow], folder_with_net: Path
) -> None:
    window = make_window(folder_with_net)

    def choose(score: str, colouring: Colouring, figure: str) -> None:
        area = window.analyse.charts
        area.show_chart("slices")
        settle(qtbot, window)
        area.runs._choose(score=score)
        area.embedding.colouring_chosen.emit(colouring)
        area.slices.strip.figure.set_value(figure)
        area.slices.strip.figure.activated.emit(0)
        settle(qtbot, window)

    def chosen() -> tuple[str, Colouring | None, str]:
        for name in ("runs", "embedding", "slices"):
            window.analyse.charts.show_chart(name)
            settle(qtbot, window)
        embedding, runs = window.dashboards.embedding._model, window.analyse.charts.runs._model
        shown = window.dashboards.slices.shown
        assert runs is not None and shown is not None
        return runs.score.key, None if embedding is None else embedding.colouring, shown.figure.name

    choose("uar", Colouring.GROUP, "Brier")
    assert chosen() == ("uar", Colouring.GROUP, "brier")
    window.views.save("mine")
    qtbot.waitUntil(lambda: window.views.names == ("mine",))
    choose("accuracy", Colouring.ERROR, "Accuracy")
    window.close()
    window = make_window(folder_with_net)
    assert chosen() == ("accuracy", Colouring.ERROR, "accuracy")
    window.views.apply("mine")
    settle(qtbot, window)
    assert chosen() == ("uar", Colouring.GROUP, "brier")


def test_a_drawn_set_outlives_the_window_under_a_name_of_its_own(
    qtbot: QtBot, make_window: Callable[[Path | None], MainWindow], folder: Path
) -> None:
    window = make_window(folder)
    drawn = sorted(window.analyse.utterances.shown_ids().tolist()[3:12])
    window.dashboards.embedding._narrow(tuple(drawn), "9 points")
    window.filters.keep_set("a10", (1,))
    settle(qtbot, window)
    window.views.save("mine")
    qtbot.waitUntil(lambda: window.views.names == ("mine",))
    kept = views.every(store(window), 1)[0].content["sets"]
    assert kept == {"a1": [f"u{i - 1:03d}" for i in drawn]}, "by code, and no set that is not asked for"
    window.close()
    again = make_window(folder)
    again.filters.set_query("lasso:a1")
    settle(qtbot, again)
    assert sorted(again.analyse.utterances.shown_ids().tolist()) == drawn
    again.filters.keep_set("a1", (1, 2))
    again.views.apply("mine")
    settle(qtbot, again)
    assert sorted(again.analyse.utterances.shown_ids().tolist()) == drawn
    assert (again.filters.query, again.filters.chart) == (
        "lasso:a2",
        ChartFilter("lasso:a2", "9 points", "selection-plus"),
    )
    again.filters.set_query("lasso:a99")
    qtbot.waitUntil(lambda: "there is no set a99 here" in again.analyse.utterances.bar.message())


def test_what_a_saved_set_lacks_by_now_is_said(
    qtbot: QtBot, make_window: Callable[[Path | None], MainWindow], folder: Path
) -> None:
    with Workspace(folder) as workspace:
        content = {"sets": {"a1": ["u003", "gone", "u005"]}, "filter": {"query": "lasso:a1"}}
        views.save(workspace, corpora.corpora(workspace)[0].id, "old", content)
    window = make_window(folder)
    window.views.apply("old")
    settle(qtbot, window)
    assert len(window.analyse.utterances.shown_ids()) == 2
    assert "1 utterance more" in window.messages.toasts.log[-1].sentence


@pytest.mark.parametrize(
    "content",
    [
        {"sets": {"a1": [1 << 70, -1, "x", None, 3]}, "filter": {"query": "lasso:a1"}},
        {"charts": {"truth": ["av"], "predictor": "net:x", "group": 3, "soft": "yes"}},
        {"filter": {"query": "true:(", "charts": [1, {"query": 2}], "quick": {"a": 1}}, "columns": 5, "order": []},
        {"sets": [1], "filter": "x", "charts": None},
    ],
)
def test_a_saved_view_written_by_hand_breaks_nothing(
    qtbot: QtBot, make_window: Callable[[Path | None], MainWindow], folder: Path, content: dict[str, object]
) -> None:
    with Workspace(folder) as workspace:
        views.save(workspace, corpora.corpora(workspace)[0].id, "odd", content)
    window = make_window(folder)
    window.views.apply("odd")
    settle(qtbot, window)
    assert window.charts.shown is not None


def test_the_worst_cell_of_the_worse_served_group_is_four_keys_away(
    qtbot: QtBot,
    make_window: Callable[[Path | None], MainWindow],
    folder_with_net: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """No mouse: to the charts, to the worst cell, into the review; then every further clip is one key."""
    window = make_window(folder_with_net)
    window.activateWindow()
    qtbot.waitUntil(window.analyse.utterances.table.hasFocus)
    canvas = window.analyse.charts.confusion.canvas
    started: list[int | None] = []
    monkeypatch.setattr(window.player, "play", lambda: started.append(window.selection.current))
    QTest.keyClick(_focused(), Qt.Key.Key_E)
    qtbot.waitUntil(canvas.hasFocus)
    assert window.charts.shown is not None
    scores = {g.value: g.metrics.scores["macro_f1"] for g in window.charts.shown.view.evaluation.groups}
    worse = min(scores, key=lambda group: scores[group])
    assert worse is not None
    place = canvas.focused_place()
    assert place is not None and place.payload == largest_error(window, worse)
    QTest.keyClick(_focused(), Qt.Key.Key_R)
    qtbot.waitUntil(window.analyse.review.hasFocus)
    assert started == [window.review.ids[0]]
    QTest.keyClick(_focused(), Qt.Key.Key_Right)
    assert started == list(window.review.ids[:2])
    QTest.keyClick(_focused(), Qt.Key.Key_Escape)
    qtbot.waitUntil(canvas.hasFocus)


def _focused() -> QWidget:
    widget = QApplication.focusWidget()
    assert widget is not None
    return widget


def test_a_report_of_what_the_table_shows_says_so(
    qtbot: QtBot, window: MainWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    to = tmp_path / "report.html"
    monkeypatch.setattr(window.files, "_ask", lambda *_: to)
    window.filters.set_query("gender:f speaker:s1,s3,s5")
    window.actions_.report_shown.trigger()
    qtbot.waitUntil(to.exists, timeout=60_000)
    text = to.read_text(encoding="utf-8")
    assert "Of 45 utterances alone: gender:f speaker:s1,s3,s5." in text


def test_adjudicated_labels_can_be_the_truth_of_charts_and_filters(qtbot: QtBot, window: MainWindow) -> None:
    from fairemo_gui.services.adjudication import decide

    bar, corpus = window.analyse.charts.bar, window.feed.corpus
    assert corpus is not None
    assert bar.softness.segment("gold").isHidden()
    columns = window.analyse.utterances.model.columns
    assert columns is not None
    verdicts = {columns.codes[row]: "sad" for row in range(12)}
    window.feed.broadcast(decide(store(window), corpus, Condition.AV, verdicts, "me", "gold"))
    qtbot.waitUntil(bar.softness.segment("gold").isVisible)
    settle(qtbot, window)
    bar.softness.segment("gold").click()
    settle(qtbot, window)
    assert window.charts.shown is not None
    counts = window.charts.shown.view.evaluation.confusion.counts
    assert counts.sum() == counts[5].sum() == 12
    window.analyse.charts.show_chart("thresholds")
    settle(qtbot, window)
    assert window.analyse.charts.thresholds.rule is not None
    assert window.analyse.charts.thresholds.rule.model.truth == "AV label, gold"
    window.analyse.charts.show_chart("runs")
    settle(qtbot, window)
    counted = {standing.n for (asked, _), standing in window.dashboards.runs._known.items() if "/gold/" in asked}
    assert counted == {12}
    window.filters.set_query("true:sad")
    assert window.analyse.utterances.model.rowCount() == 12
    bar.softness.segment("hard").click()
    settle(qtbot, window)
    assert window.charts.shown.view.evaluation.n == 120


@pytest.mark.parametrize("suffix", ["png", "svg", "csv"])
def test_the_chart_with_the_keyboard_is_exported_and_copied(
    qtbot: QtBot, window: MainWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, suffix: str
) -> None:
    to = tmp_path / f"chart.{suffix}"
    monkeypatch.setattr(window.files, "_ask", lambda *_: to)
    window.activateWindow()
    window.analyse.charts.show_chart("fairness", focus=True)
    qtbot.waitUntil(window.analyse.charts.fairness.canvas.hasFocus)
    both = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
    QTest.keyClick(_focused(), Qt.Key.Key_E, both)
    qtbot.waitUntil(to.exists)
    assert to.stat().st_size > 500
    QTest.keyClick(_focused(), Qt.Key.Key_C, both)
    copied = QApplication.clipboard().mimeData()
    assert copied.hasImage()
    assert copied.text().splitlines()[0].split("\t")[0] == "measure"


def test_where_groups_of_tabs_become_one_the_first_chart_stays_in_front(qtbot: QtBot, window: MainWindow) -> None:
    area = window.analyse.charts
    assert area.confusion.isVisible() and area.fairness.isVisible()
    window.resize(1280, 720)
    qtbot.waitUntil(lambda: not area.fairness.isVisible())
    assert area.confusion.isVisible()
    area.show_chart("runs")
    window.resize(1440, 900)
    qtbot.waitUntil(area.right.isVisible)
    assert area.runs.isVisible()
