from __future__ import annotations

import csv
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from fairemo_gui.core.records import Speaker
from fairemo_gui.evaluation.intervals import Interval, IntervalPlan
from fairemo_gui.evaluation.slices import Figure
from fairemo_gui.gui import theme
from fairemo_gui.gui.controllers.slices import SlicesController, _sliced
from fairemo_gui.gui.dashboards.pane import BEYOND, Mark, within
from fairemo_gui.gui.dashboards.slices.chart import SlicesChart
from fairemo_gui.gui.dashboards.slices.rows import SlicesModel, Sort, counted_looks, lines_of
from fairemo_gui.gui.dashboards.slices.strip import SliceChoice, SliceLook, SliceStrip
from fairemo_gui.gui.main_window import MainWindow
from fairemo_gui.gui.state.chart_looks import ChartLooks
from fairemo_gui.jobs.task import TaskContext
from fairemo_gui.services.slices import Slicer, SliceRow, SlicesView, Verdict, figures_of, verdict_of
from fairemo_gui.store import corpora
from fairemo_gui.store.workspace import Workspace
from tests.gui.drive import click, press
from tests.gui.main_window.conftest import folder, make_window, rated_bundle, settle
from tests.unit.services.test_slices import made

__all__ = ["folder", "make_window"]
CLASSES = ("anger", "happy", "sad")


def row(values: tuple[str, ...] | None, n: int, value: float, width: float, p: float, difference: float) -> SliceRow:
    interval = Interval(value - width, value + width)
    query = " ".join(values or ("unknown",))
    return SliceRow(("gender", "age"), values, n, 9, value, n < 20, query, interval, "", 0.6, difference, p)


ROWS = (
    row(("female", "under 30"), 400, 0.7, 0.05, 0.01, 0.1),
    row(("male", "30–49"), 300, 0.5, 0.02, 0.002, -0.1),
    row(("male", "under 30"), 900, 0.55, 0.2, 0.4, -0.05),
    row(("female", "30–49"), 12, 0.1, 0.3, float("nan"), -0.5),
    row(None, 30, 0.05, 0.1, float("nan"), -0.5),
)


@pytest.fixture
def model() -> SlicesModel:
    view = SlicesView(Figure(), ("gender", "age"), ROWS, 0.6, 1642, 40, 3, 5, 20, IntervalPlan(40))
    return SlicesModel(view, CLASSES, "voice raters against AV label")


@pytest.fixture
def chart(qtbot: QtBot, model: SlicesModel) -> SlicesChart:
    made = SlicesChart()
    qtbot.addWidget(made)
    made.resize(664, 310)
    made.strip.offer(figures_of(CLASSES), ("gender", "age", "race", "true"), CLASSES)
    made.set_model(model)
    made.show()
    qtbot.waitExposed(made)
    return made


def test_an_interval_that_goes_on_has_arrow_heads_and_its_card_says_so(chart: SlicesChart) -> None:
    mark = Mark(0.5, 1.0, "#123456", 0.1, 0.9)
    assert within(mark, (0.0, 1.0)) == [mark]
    left, right, cut = within(mark, (0.2, 0.8))
    assert (left.marker, left.x, right.marker, right.x) == ("◀", 0.2, "▶", 0.8)
    assert (cut.low, cut.high, cut.x) == (0.2, 0.8, 0.5)
    assert within(replace(mark, x=0.95), (0.2, 0.8))[-1].x == 0.8
    cards = {p.words.split(":")[0]: p.card() for p in chart.canvas.places() if isinstance(p.payload, int) and p.card}
    assert BEYOND in cards["Women · 30–49"].lines
    assert BEYOND not in cards["Men · 30–49"].lines


def test_that_nothing_can_be_tested_is_said_in_one_reading(model: SlicesModel) -> None:
    many, one = (replace(model, view=replace(model.view, looks=0, found=n)) for n in (6, 1))
    needs = "5 speakers and 20 clips, inside and outside it"
    assert counted_looks(many) == f"None of these 6 slices can be tested: each needs {needs}"
    assert counted_looks(one) == f"This slice cannot be tested: it needs {needs}"


@pytest.mark.parametrize(
    ("sort", "order"),
    [(Sort.WORST, [1, 2, 0]), (Sort.EVIDENCE, [1, 2, 0]), (Sort.SIZE, [2, 0, 1]), (Sort.NAME, [1, 2, 0]),
     (Sort.WIDTH, [2, 0, 1])],
)  # fmt: skip
def test_every_order_leaves_small_slices_and_unknown_last(model: SlicesModel, sort: Sort, order: list[int]) -> None:
    assert [line.place for line in lines_of(model, sort)] == [*order, 3, 4]


def test_less_is_better_turns_the_order_and_the_verdict_round(model: SlicesModel) -> None:
    turned = replace(model, view=replace(model.view, figure=Figure("error_rate")))
    assert [line.place for line in lines_of(turned, Sort.WORST)][:3] == [0, 2, 1]
    assert [verdict_of(each, model.view.figure) for each in ROWS[:4]] == [
        Verdict.BETTER, Verdict.WORSE, Verdict.NONE, Verdict.UNTESTED,
    ]  # fmt: skip
    assert verdict_of(ROWS[0], Figure("error_rate")) is Verdict.WORSE


def test_evidence_is_filled_and_pointed_and_the_rest_is_hollow(chart: SlicesChart) -> None:
    points = {round(mark.x, 3): mark for mark in chart._drawing._pane.marks}
    worse, unsure = points[0.5], points[0.55]
    assert (worse.marker, worse.colour, worse.filled) == ("▼", theme.DARK.worse, True)
    assert (unsure.marker, unsure.filled) == ("●", False)


def test_points_stand_in_the_rows_of_their_words(chart: SlicesChart) -> None:
    pane = chart._drawing._pane
    first = next(mark for mark in pane.marks if round(mark.x, 3) == 0.5)
    top = pane.at(first.x, first.y).y() + pane.y()
    place = next(place for place in chart.canvas.places() if place.payload == 1)
    assert top == pytest.approx(place.rect.center().y(), abs=2)


def test_a_click_says_the_slice_and_one_on_a_head_sorts(chart: SlicesChart, qtbot: QtBot) -> None:
    rows = [place for place in chart.canvas.places() if isinstance(place.payload, int)]
    with qtbot.waitSignal(chart.slice_activated) as caught:
        click(chart.canvas, rows[0].rect.center().toPoint())
    assert caught.args == [1]
    head = next(place for place in chart.canvas.places() if place.payload is Sort.SIZE)
    click(chart.canvas, head.rect.center().toPoint())
    rows = [place for place in chart.canvas.places() if isinstance(place.payload, int)]
    assert [place.payload for place in rows] == [2, 0, 1, 3, 4]


def test_keyboard_reaches_a_slice_and_its_card(chart: SlicesChart, qtbot: QtBot) -> None:
    chart.canvas.setFocus()
    press(chart.canvas, Qt.Key.Key_Home, Qt.Key.Key_Down)
    words = chart.canvas.accessibleDescription()
    assert words.startswith("Men · 30–49: 0.500 [.480, .520], 300 clips · 9 speakers")
    assert "evidence of being served worse, p = 0.002 over 3 looks" in words
    press(chart.canvas, Qt.Key.Key_F1)
    card = chart.canvas.hover.popup().text()
    assert "All others 0.600, difference −0.100" in card and "studentised" in card and "2TP_k" in card
    with qtbot.waitSignal(chart.slice_activated):
        press(chart.canvas, Qt.Key.Key_Return)


def test_a_small_slice_says_so_instead_of_a_verdict(chart: SlicesChart) -> None:
    words = next(place.words for place in chart.canvas.places() if place.payload == 3)
    assert words.endswith("n = 12, under 20")


def test_selected_slices_are_marked(chart: SlicesChart) -> None:
    place = next(place for place in chart.canvas.places() if place.payload == 2)
    chart.set_selected({2: 3})
    assert chart.canvas.grab().toImage().pixelColor(6, int(place.rect.center().y())).name() == theme.DARK.sel
    assert place.card is not None and "3 selected clips in it" in place.card().lines


def test_the_table_behind_the_chart(chart: SlicesChart, tmp_path: Path) -> None:
    chart.export(tmp_path / "slices.csv")
    rows = list(csv.DictReader((tmp_path / "slices.csv").open(encoding="utf-8")))
    assert [r["slice"] for r in rows] == [
        "Men · 30–49",
        "Men · under 30",
        "Women · under 30",
        "Women · 30–49",
        "Unknown",
        "all",
    ]
    assert rows[0]["verdict"] == "worse" and float(rows[0]["p_adjusted"]) == 0.002 and rows[0]["looks"] == "3"
    for suffix in ("png", "svg"):
        chart.export(tmp_path / f"slices.{suffix}")
        assert (tmp_path / f"slices.{suffix}").stat().st_size > 1000


@pytest.mark.parametrize(("width", "height"), [(364, 310), (664, 250), (1200, 700)])
def test_any_size(chart: SlicesChart, width: int, height: int) -> None:
    chart.resize(width, height)
    assert chart.width() == width
    assert not chart.grab().isNull()


def test_a_strip_offers_no_attribute_twice_and_none_that_does_not_fit(qtbot: QtBot) -> None:
    strip = SliceStrip()
    qtbot.addWidget(strip)
    strip.offer(figures_of(CLASSES), ("gender", "age", "true"), CLASSES)
    strip.set_choice(SliceChoice(Figure("accuracy"), ("gender", "true")))
    assert strip.choice() == SliceChoice(Figure("accuracy"), ("gender", "true"))
    assert strip.by[0].findData("true") < 0 and strip.by[1].findData("gender") < 0
    strip.figure.set_value("Macro-F1")
    with qtbot.waitSignal(strip.changed):
        strip.figure.activated.emit(0)
    assert strip.choice().by == ("gender",)
    with qtbot.waitSignal(strip.changed):
        strip.search.click()
    assert strip.choice().search
    strip.by[1].set_value("age")
    with qtbot.waitSignal(strip.changed):
        strip.by[1].activated.emit(0)
    assert strip.choice() == SliceChoice(Figure(), ("gender", "age"))


def test_a_choice_in_words_fits_any_corpus() -> None:
    look = SliceLook(sort=Sort.SIZE).on(SliceChoice(Figure("recall", 1), ("age",), True), ("anger", "happy"))
    assert look == SliceLook("recall", "happy", ("age",), True, Sort.EVIDENCE), "a search is given by evidence"
    assert replace(look, sort=Sort.NAME).on(SliceChoice(search=True), ()).sort is Sort.NAME
    assert look.on(SliceChoice(), ()) == SliceLook()
    assert look.choice(("happy", "sad")).figure == Figure("recall", 0)
    assert look.choice(("anger", "sad")) == SliceChoice(Figure(), ("age",), True)
    assert SliceLook("no such figure").choice(("anger",)) == SliceChoice()


def test_where_no_crossed_slice_can_be_tested_it_begins_with_the_first_attribute_that_can() -> None:
    samples, table = made()
    ages = (replace(speaker, age=(25, 40, 60)[k // 2 % 3]) for k, speaker in enumerate(table.speakers))
    apart = replace(table, speakers=tuple(ages))
    for corpus, by in ((table, ("gender", "age")), (apart, ("gender",))):
        assert _sliced(Slicer(samples, corpus), SliceChoice(), None, 20, TaskContext()).choice.by == by
    chosen = SliceChoice(by=("gender", "age"))
    assert _sliced(Slicer(samples, apart), chosen, None, 20, TaskContext()).choice.by == chosen.by


@pytest.fixture
def linked(
    qtbot: QtBot, make_window: Callable[[Path | None], MainWindow], folder: Path
) -> tuple[MainWindow, SlicesChart, SlicesController]:
    """A chart of its own beside a real window."""
    window, chart = make_window(folder), SlicesChart()
    qtbot.addWidget(chart)
    chart.resize(664, 310)
    control = SlicesController(
        window.feed, window.charts, window.links, window.filters, ChartLooks(), chart, window.runner, window.messages
    )
    chart.show()
    qtbot.waitUntil(lambda: control.settled and control.complete, timeout=10_000)
    return window, chart, control


def test_a_slice_is_one_click_from_its_utterances_and_marked(
    linked: tuple[MainWindow, SlicesChart, SlicesController], qtbot: QtBot
) -> None:
    window, chart, control = linked
    view = control.shown
    assert view is not None and view.by == ("gender", "age") and view.looks == 0
    wanted = view.rows[0]
    chart.slice_activated.emit(0)
    settle(qtbot, window)
    assert window.filters.query == wanted.query
    assert len(window.analyse.utterances.shown_ids()) == wanted.n
    assert chart._drawing.selected(0) == wanted.n and chart._drawing.selected(1) == 0


def test_another_figure_and_the_search_are_computed_at_once(
    linked: tuple[MainWindow, SlicesChart, SlicesController], qtbot: QtBot
) -> None:
    _, chart, control = linked
    chart.strip.set_choice(SliceChoice(Figure("accuracy"), ("gender", "true")))
    chart.strip.changed.emit()
    qtbot.waitUntil(lambda: control.shown is not None and len(control.shown.by) == 2, timeout=10_000)
    qtbot.waitUntil(lambda: control.settled and control.complete, timeout=10_000)
    assert control.shown is not None and control.shown.by == ("gender", "true")
    chart.strip.search.click()
    qtbot.waitUntil(lambda: control.settled and control.shown is not None and control.shown.by == (), timeout=10_000)
    assert control.shown is not None and control.shown.found > 11
    orders = [chart._drawing.sort]
    chart.canvas.activated.emit(Sort.NAME)
    chart.strip.figure.set_value("Brier")
    chart.strip.figure.activated.emit(0)
    qtbot.waitUntil(lambda: control.settled and control.complete, timeout=10_000)
    assert [*orders, chart._drawing.sort] == [Sort.EVIDENCE, Sort.NAME], "the order that was chosen stays"


def test_hidden_it_computes_nothing_and_follows_when_seen(
    linked: tuple[MainWindow, SlicesChart, SlicesController], qtbot: QtBot
) -> None:
    window, chart, control = linked
    chart.hide()
    before = control.shown
    window.context.set_predictor("human:face")
    settle(qtbot, window)
    assert control.shown is before and control.settled
    chart.show()
    qtbot.waitUntil(lambda: control.settled and control.complete and control.shown is not before, timeout=10_000)


def test_where_nothing_is_known_of_speakers_the_strip_says_what_is_sliced_by(
    qtbot: QtBot, make_window: Callable[[Path | None], MainWindow], tmp_path: Path
) -> None:
    bundle = rated_bundle()
    with Workspace(tmp_path / "w.fairemo", create=True) as workspace:
        corpora.add_bundle(workspace, replace(bundle, speakers=tuple(Speaker(s.code) for s in bundle.speakers)))
    window = make_window(tmp_path / "w.fairemo")
    area, control = window.analyse.charts, window.dashboards.slices
    area.show_chart("slices")
    qtbot.waitUntil(lambda: control.settled and control.complete, timeout=10_000)
    assert control.shown is not None
    assert control.shown.by == area.slices.strip.choice().by == ("dialogue",)
