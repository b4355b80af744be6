from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from fairemo_gui.core.emotions import CREMA_D, ClassSelection
from fairemo_gui.core.records import Condition, Truth
from fairemo_gui.gui.compare.model import LearningCurve, LearningLine
from fairemo_gui.gui.dashboards.pane import BEYOND
from fairemo_gui.gui.dashboards.runs.adapt import COLUMNS, GAP, SCORE, Setting, Standings, runs_model
from fairemo_gui.gui.dashboards.runs.chart import RunsChart
from fairemo_gui.gui.dashboards.runs.model import CURVES, PARETO, TABLE, MarkKind, RunsLook, RunsModel
from fairemo_gui.gui.dashboards.runs.placing import place_names
from fairemo_gui.services.runs import Figure, Standing
from fairemo_gui.store.corpora import CorpusRow
from fairemo_gui.store.nets import NetRow
from tests.gui.drive import click, press

_SHIFT = Qt.KeyboardModifier.ShiftModifier


def net(number: int, seed: int = 0, status: str = "trained") -> NetRow:
    return NetRow(
        1, "schmitz2022", "av", ClassSelection.all_of(CREMA_D), {}, seed, 5, "h", "0", "w", "sha", status=status,
        seconds=65.0 * number, created_at=f"2025-03-0{number}T12:00:00+00:00", id=number,
    )  # fmt: skip


def standing(score: float, gap: float) -> Standing:
    figures = {
        "macro_f1": Figure(score, score - 0.05, score + 0.05),
        "macro_f1_gap": Figure(gap, max(gap - 0.02, 0), gap + 0.03),
        "eod": Figure(gap * 2, 0.0, gap * 3),
    }
    return Standing(figures, 500, 20, True, per_seed={"macro_f1": (score,) * 3})


def found() -> Standings:
    """Net 1 is beaten by net 2 in both; 3 and 4 differ in their seed."""
    nets = [(net(4, 1), standing(0.7, 0.06)), (net(3, 0), standing(0.72, 0.08)),
            (net(2, status="kept"), standing(0.65, 0.02)), (net(1), standing(0.6, 0.05))]  # fmt: skip
    cloud = ((net(3, 0), net(4, 1)), standing(0.71, 0.07))
    return Standings(nets, [cloud], [(Condition.VOICE, standing(0.64, 0.03))])


def setting(importer: str = "emodb 1", published: bool = True, chosen: str = "net:2") -> Setting:
    corpus = CorpusRow(1, "c", Path("/c"), importer, CREMA_D, None, False, {}, "")
    return Setting(corpus, Truth.AV, "AV label", RunsLook(published=published), chosen=chosen, classes=6)


@pytest.fixture
def model() -> RunsModel:
    curves = (
        LearningCurve("Loss", (LearningLine("train", (1.0, 0.5)), LearningLine("validation", (1.0, 0.7)))),
        LearningCurve("Recall", (LearningLine("validation", (0.3, 0.6)),)),
    )
    return replace(runs_model(found(), setting()), curves=curves, curve_title="net 2, fold 1 of 5", kept_epoch=2)


@pytest.fixture
def chart(qtbot: QtBot, model: RunsModel) -> RunsChart:
    made = RunsChart()
    qtbot.addWidget(made)
    made.resize(664, 310)
    made.set_model(model)
    made.set_folds(5, 0)
    made.show()
    qtbot.waitExposed(made)
    return made


def test_the_front_holds_means_of_seeds_not_lucky_seeds(model: RunsModel) -> None:
    assert [model.marks[k].name for k in model.front] == ["net 2", "2 seeds of net 3"]
    kinds = {mark.name: mark.kind for mark in model.marks}
    assert (kinds["net 3"], kinds["2 seeds of net 3"]) == (MarkKind.SEED, MarkKind.CLOUD)


def test_papers_of_the_same_corpus_stand_alone_and_others_say_so() -> None:
    same = [m for m in runs_model(found(), setting("crema-d 1")).marks if m.kind is MarkKind.PUBLISHED]
    assert len(same) == 12 and not any(m.other_data for m in same)
    other = [m for m in runs_model(found(), setting()).marks if m.kind is MarkKind.PUBLISHED]
    assert len(other) == 19 and all(m.other_data for m in other)
    assert "published, other data" in other[0].card.lines
    assert all(m.card.source for m in other)
    hidden = runs_model(found(), setting(published=False))
    assert hidden.hidden == 19 and not any(m.kind is MarkKind.PUBLISHED for m in hidden.marks)


def test_runs_that_are_still_computed_are_counted_not_drawn() -> None:
    half = Standings([(net(2), None), (net(1), standing(0.6, 0.05))], [], [])
    made = runs_model(half, setting(published=False))
    assert (made.waiting, len(made.marks), len(made.rows)) == (1, 1, 2)
    assert made.rows[0].words[SCORE] == "…"


def test_a_gap_nobody_has_leaves_the_table_but_no_marks() -> None:
    made = runs_model(found(), replace(setting(), look=RunsLook(gap="dpd", published=False)))
    assert made.marks == () and made.missing == 6
    assert made.rows[0].words[GAP] == "–"


def test_a_click_chooses_and_shift_compares(chart: RunsChart, qtbot: QtBot) -> None:
    canvas = chart.parts.pareto
    place = next(p for p in canvas.places() if p.words.startswith("net 1:"))
    at = place.rect.center().toPoint()
    with qtbot.waitSignal(chart.run_activated) as chosen:
        click(canvas, at)
    assert chosen.args == ["net:1", False]
    with qtbot.waitSignal(chart.run_activated) as compared:
        QTest.mouseClick(canvas, Qt.MouseButton.LeftButton, _SHIFT, at)
    assert compared.args == ["net:1", True]


def test_marks_are_reached_by_keys_and_tell_their_numbers(chart: RunsChart, qtbot: QtBot) -> None:
    canvas = chart.parts.pareto
    canvas.setFocus()
    press(canvas, Qt.Key.Key_Home)
    assert canvas.accessibleDescription() == "net 2, kept: Macro-F1 0.650 [.600, .700], F1 gap 0.020 [.000, .050]"
    with qtbot.waitSignal(chart.run_activated) as chosen:
        QTest.keyClick(canvas, Qt.Key.Key_Return, _SHIFT)
    assert chosen.args == ["net:2", True]
    press(canvas, Qt.Key.Key_F1)
    assert "Macro-F1 gap: Highest minus lowest" in canvas.hover.popup().text()


def test_published_values_are_hidden_from_the_keyboard_too(chart: RunsChart, qtbot: QtBot) -> None:
    canvas = chart.parts.pareto
    canvas.setFocus()
    press(canvas, Qt.Key.Key_End)
    assert canvas.accessibleDescription().startswith("published, other data: Schmitz 2022, Goncalves 2025")
    with qtbot.waitSignal(chart.look_changed) as caught:
        press(canvas, Qt.Key.Key_Return)
    assert caught.args == [RunsLook(published=False)]


def test_marks_lie_within_the_axes_and_far_papers_are_counted(chart: RunsChart, model: RunsModel) -> None:
    canvas = chart.parts.pareto
    plot = canvas._plot.adjusted(-1, -1, 1, 1)
    assert all(plot.contains(canvas._centre(mark)) for mark in canvas._marks)
    beyond = len(model.marks) - len(canvas._marks)
    assert beyond > 0 and f"{beyond} beyond the axes" in canvas._note(model)
    ours = {mark.name for mark in model.marks if mark.kind is not MarkKind.PUBLISHED}
    assert ours <= {mark.name for mark in canvas._marks}


def test_an_interval_beyond_the_axes_ends_in_an_arrow_and_its_card_says_so(model: RunsModel, chart: RunsChart) -> None:
    def cards() -> dict[str, bool]:
        places = [p for p in chart.parts.pareto.places() if p.payload and p.card]
        return {str(p.payload): BEYOND in p.card().lines for p in places if p.card is not None}

    assert not any(cards().values())
    net = next(k for k, mark in enumerate(model.marks) if mark.key == "net:2")
    wide = replace(model.marks[net], gap=replace(model.marks[net].gap, high=0.9))
    chart.set_model(replace(model, marks=(*model.marks[:net], wide, *model.marks[net + 1 :])))
    assert [key for key, said in cards().items() if said] == ["net:2"]


def test_smaller_gaps_lie_to_the_left_and_higher_scores_above(chart: RunsChart) -> None:
    at = {mark.name: chart.parts.pareto._centre(mark) for mark in chart.parts.pareto._marks}
    assert at["net 2"].x() < at["net 1"].x()
    assert at["net 2"].y() < at["net 1"].y()


def test_names_cover_neither_each_other_nor_marks(chart: RunsChart) -> None:
    canvas = chart.parts.pareto
    boxes = [box for box in canvas._names if box is not None]
    assert len(boxes) >= 4
    assert not any(one.intersects(other) for k, one in enumerate(boxes) for other in boxes[:k])
    assert not any(box.contains(canvas._centre(mark)) for box in boxes for mark in canvas._marks)


def test_a_name_without_room_is_left_out() -> None:
    area = QRectF(0, 0, 60, 14)
    found = place_names([QPointF(5, 7), QPointF(5, 8)], [3, 3], [(40, 14), (40, 14)], area, [])
    assert found[0] is not None and found[1] is None
    everywhere = [area]
    assert place_names([QPointF(5, 7)], [3], [(40, 14)], area, [], everywhere) != [None]
    assert place_names([QPointF(5, 7)], [3], [(40, 14)], area, [], everywhere, [True]) == [None]


def test_what_a_person_chooses_is_one_look_and_what_is_unknown_is_as_usual(chart: RunsChart) -> None:
    heard: list[RunsLook] = []
    chart.look_changed.connect(heard.append)
    look = RunsLook(TABLE, "uar", "dpd", False, "Date", False)
    chart.set_look(look)
    assert not heard and chart.look == look
    assert (chart.view.value(), chart.score.value(), chart.gap.value()) == (TABLE, "uar", "dpd")
    assert chart.parts.table.table_model.sorted_by == (COLUMNS.index("Date"), False)
    chart.view.changed.emit(CURVES)
    QTest.keyClick(chart.parts.table, Qt.Key.Key_Down, _SHIFT)
    assert heard == [replace(look, view=CURVES), replace(look, view=CURVES, falling=True)]
    chart.set_look(RunsLook("all", "luck", "", True, "Colour"))
    assert chart.look == RunsLook()


def test_the_table_sorts_by_mouse_and_by_keys_and_keeps_its_run(chart: RunsChart) -> None:
    chart.show_view(TABLE)
    table, rows = chart.parts.table, chart.parts.table.table_model

    def names() -> list[str]:
        return [rows.run(k).words[0] for k in range(rows.rowCount())]

    assert names() == ["net 4", "net 3", "net 2", "net 1", "Voice raters"]
    table.sortByColumn(SCORE, Qt.SortOrder.DescendingOrder)
    assert names() == ["net 3", "net 4", "net 2", "Voice raters", "net 1"]
    table.setFocus()
    QTest.keyClick(table, Qt.Key.Key_Right, _SHIFT)
    assert rows.sorted_by == (GAP, True)
    QTest.keyClick(table, Qt.Key.Key_Up, _SHIFT)
    assert names() == ["net 2", "Voice raters", "net 1", "net 4", "net 3"]


def test_the_table_chooses_and_compares_by_keys(chart: RunsChart, qtbot: QtBot) -> None:
    chart.show_view(TABLE)
    table = chart.parts.table
    table.setFocus()
    assert table.table_model.sentence(table.currentIndex().row()).startswith("net 2, shown in all charts")
    press(table, Qt.Key.Key_Down)
    with qtbot.waitSignal(chart.run_activated) as chosen:
        press(table, Qt.Key.Key_Return)
    assert chosen.args == ["net:1", False]
    with qtbot.waitSignal(chart.run_activated) as compared:
        QTest.keyClick(table, Qt.Key.Key_Return, _SHIFT)
    assert compared.args == ["net:1", True]


@pytest.mark.parametrize(("width", "hidden"), [(364, {"Status", "Date", "Recipe"}), (980, set())])
def test_narrow_tables_keep_what_matters(chart: RunsChart, width: int, hidden: set[str]) -> None:
    chart.show_view(TABLE)
    chart.resize(width, 310)
    table = chart.parts.table
    away = {table.model().headerData(k, Qt.Orientation.Horizontal) for k in range(10) if table.isColumnHidden(k)}
    assert hidden <= away
    assert not away & {"Run", "Macro-F1", "F1 gap"}


def test_with_room_all_three_parts_stand_together(chart: RunsChart) -> None:
    parts = (chart.parts.pareto, chart.parts.table, chart.parts.curves)
    assert [part.isVisible() for part in parts] == [True, False, False]
    chart.show_view(CURVES)
    assert [part.isVisible() for part in parts] == [False, False, True]
    assert chart.fold.isVisible() and not chart.score.isVisible()
    chart.resize(700, 600)
    assert all(part.isVisible() for part in parts)
    assert not chart.view.isVisible() and chart.score.isVisible()
    whole = [part.geometry() for part in parts]
    assert not any(one.intersects(other) for k, one in enumerate(whole) for other in whole[:k])


def test_exports(chart: RunsChart, tmp_path: Path) -> None:
    for name in ("runs.png", "runs.svg", "runs.csv"):
        chart.export(tmp_path / name)
    rows = (tmp_path / "runs.csv").read_text("utf-8").splitlines()
    assert rows[0].startswith("run,kind,macro_f1,macro_f1_low")
    assert any("Goncalves et al. 2025" in row for row in rows)
    assert "net 2" in (tmp_path / "runs.svg").read_text("utf-8")
    chart.show_view(PARETO)
