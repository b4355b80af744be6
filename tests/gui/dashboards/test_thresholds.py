from __future__ import annotations

import csv
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from pytestqt.qtbot import QtBot

from fairemo_gui.evaluation.evaluate import evaluate
from fairemo_gui.evaluation.sample import Mode, Sample
from fairemo_gui.evaluation.thresholds import sweep
from fairemo_gui.gui.dashboards import adapt
from fairemo_gui.gui.dashboards.model import Provisional
from fairemo_gui.gui.dashboards.thresholds.chart import ThresholdChart
from fairemo_gui.gui.dashboards.thresholds.rule import Kind, Rule, ThresholdModel
from tests.gui.dashboards.conftest import made_up_sample
from tests.gui.drive import click, press


def model(mode: Mode = Mode.MULTI, provisional: Provisional | None = None) -> ThresholdModel:
    made = made_up_sample()
    sample = Sample(made.classes, made.truth, mode, made.speakers, made.groups, votes=made.votes)
    found, whole = sweep(sample.decisions, sample.groups["gender"]), evaluate(sample, ("gender",))
    groups = {group.value: group for _, _, group in adapt.groups_of(whole, adapt.Setting())}
    return ThresholdModel(
        found, whole.classes, tuple(groups[value] for value in found.groups), "AV label", "voice raters",
        mode.one_label, provisional, {name: adapt.card(whole, name) for name in ("macro_f1", "dpd", "eod")},
    )  # fmt: skip


@pytest.fixture
def chart(qtbot: QtBot) -> ThresholdChart:
    made = ThresholdChart()
    qtbot.addWidget(made)
    made.resize(664, 310)
    made.set_model(model())
    made.show()
    qtbot.waitExposed(made)
    return made


def rule(chart: ThresholdChart) -> Rule:
    assert chart.rule is not None
    return chart.rule


def said(chart: ThresholdChart, start: str) -> str:
    return next(p.words for p in chart.canvas.places() if p.words.startswith(start))


def test_it_starts_at_one_over_c_and_agrees_with_the_figures(chart: ThresholdChart) -> None:
    whole = evaluate(made_up_sample(), ("gender",))
    assert rule(chart).at == 1 / 3
    assert said(chart, "Macro-F1") == f"Macro-F1 {whole.metrics.scores['macro_f1']:.3f}, as at 1/3"
    assert said(chart, "DPD") == f"DPD, macro {whole.fairness['gender'].dpd.macro:.3f}, as at 1/3"


def test_arrows_on_the_slider_move_both_numbers(chart: ThresholdChart) -> None:
    chart.strip.slider.setFocus()
    press(chart.strip.slider, *[Qt.Key.Key_PageUp] * 4)
    assert rule(chart).at > 0.5
    assert "than at 1/3" in said(chart, "Macro-F1")
    assert any(word in said(chart, "DPD") for word in ("wider", "narrower"))
    click(chart.strip.button)
    assert rule(chart).at == 1 / 3
    assert said(chart, "DPD").endswith("as at 1/3")


def test_a_click_in_a_plot_moves_the_threshold_there(chart: ThresholdChart) -> None:
    area = chart._drawing._areas[1]
    click(chart.canvas, QPoint(round(area.left() + area.width() * 0.75), round(area.center().y())))
    assert rule(chart).at == pytest.approx(0.75, abs=0.01)
    assert chart.strip.slider.value() == rule(chart).position


def test_plus_and_minus_move_it_from_the_chart(chart: ThresholdChart) -> None:
    chart.canvas.setFocus()
    press(chart.canvas, *[Qt.Key.Key_Plus] * 3, Qt.Key.Key_Minus)
    assert rule(chart).position == rule(chart).model.sweep.even + 8
    press(chart.canvas, *[Qt.Key.Key_Minus] * 200)
    assert rule(chart).at == 0


def test_a_threshold_per_class(chart: ThresholdChart) -> None:
    click(chart.strip.kinds.segment(Kind.EACH.value))
    assert chart.strip.classes.isVisible()
    chart.strip.classes.setCurrentIndex(1)
    chart.strip.classes.activated.emit(1)
    chart.strip.slider.setValue(300)
    assert rule(chart).words.startswith("happy: t = 0.7")
    assert [place == rule(chart).model.sweep.even for place in rule(chart).each] == [True, False, True]


def test_the_k_most_probable(chart: ThresholdChart) -> None:
    click(chart.strip.kinds.segment(Kind.TOP.value))
    assert rule(chart).words == "top 1, argmax"
    press(chart.strip.slider, Qt.Key.Key_Right)
    assert rule(chart).k == 2
    assert float(rule(chart).now.selected) == 2


def test_single_label_truth_compares_with_the_argmax(chart: ThresholdChart) -> None:
    chart.set_model(model(Mode.PLURALITY))
    assert rule(chart).kind is Kind.TOP
    assert rule(chart).used_words == "argmax"
    whole = evaluate(Sample(**{**vars(made_up_sample()), "mode": Mode.PLURALITY}), ("gender",))
    assert float(rule(chart).now.macro_f1) == pytest.approx(whole.metrics.scores["macro_f1"])


def test_the_rule_stays_when_figures_change(chart: ThresholdChart) -> None:
    chart.strip.slider.setValue(200)
    chart.set_model(model(provisional=Provisional(1, 9)))
    assert rule(chart).position == 200


def test_every_number_has_a_definition(chart: ThresholdChart) -> None:
    cards = [place.card() for place in chart.canvas.places() if place.card is not None]
    assert len(cards) == len(chart.canvas.places()) == 8
    assert all(card.definition for card in cards)
    assert all("flatters" in card.definition for card in cards if card.formula != "Σ_k P(ŷ_k = 1)")


def test_export_holds_every_threshold(chart: ThresholdChart, tmp_path: Path) -> None:
    for suffix in ("csv", "png", "svg"):
        chart.export(tmp_path / f"t.{suffix}")
    rows = list(csv.reader((tmp_path / "t.csv").open(encoding="utf-8")))
    assert rows[0] == ["threshold", "macro_f1", "macro_f1 Women", "macro_f1 Men", "dpd", "eod", "labels_per_clip"]
    assert len(rows) == 1 + len(rule(chart).model.sweep.thresholds)


@pytest.mark.parametrize("size", [(664, 282), (364, 282), (560, 236), (700, 600)])
def test_plots_and_readout_stay_inside(chart: ThresholdChart, size: tuple[int, int]) -> None:
    chart.resize(*size)
    canvas = chart._drawing
    assert canvas.minimumWidth() <= size[0]
    assert all(area.right() <= canvas.width() for area in canvas._areas)
    assert canvas._areas[0].bottom() < canvas._areas[1].top()
    assert canvas._table.right() <= canvas.width()
    assert canvas._table.bottom() <= canvas.height() + 1


def test_controls_go_when_there_is_nothing_to_show(chart: ThresholdChart) -> None:
    chart.show_empty("Nothing yet.")
    assert not chart.strip.isVisible()
    chart.set_model(model())
    assert chart.strip.isVisible()
