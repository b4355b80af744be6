"""What is exported is what is shown, and the numbers behind it."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from fairemo_gui.errors import UserError
from fairemo_gui.evaluation.records import Evaluation
from fairemo_gui.gui import theme
from fairemo_gui.gui.dashboards import adapt
from fairemo_gui.gui.dashboards.adapt import Setting
from fairemo_gui.gui.dashboards.calibration.chart import CalibrationChart
from fairemo_gui.gui.dashboards.chart import Chart
from fairemo_gui.gui.dashboards.confusion.chart import ConfusionChart
from fairemo_gui.gui.dashboards.fairness.chart import FairnessChart


def make(kind: str, evaluation: Evaluation) -> Chart:
    setting = Setting()
    if kind == "confusion":
        confusion = ConfusionChart()
        confusion.set_model(adapt.confusion_model(evaluation, setting))
        return confusion
    if kind == "calibration":
        calibration = CalibrationChart()
        calibration.set_model(adapt.reliability_model(evaluation, setting))
        return calibration
    fairness = FairnessChart()
    fairness.set_model(adapt.fairness_model(evaluation, setting))
    return fairness


@pytest.fixture(params=["confusion", "calibration", "fairness"])
def chart(request: pytest.FixtureRequest, qtbot: QtBot, evaluation: Evaluation) -> Chart:
    made = make(request.param, evaluation)
    qtbot.addWidget(made)
    made.resize(700, 320)
    made.show()
    qtbot.waitExposed(made)
    return made


def test_png_is_the_whole_chart_twice_as_fine(chart: Chart, tmp_path: Path) -> None:
    chart.export(tmp_path / "chart.png")
    image = QImage(str(tmp_path / "chart.png"))
    assert image.width() == 2 * chart.canvas.width()
    assert len({image.pixel(x, y) for x in range(0, image.width(), 5) for y in range(0, image.height(), 5)}) > 8


def test_svg_holds_text_and_shapes_not_a_picture(chart: Chart, tmp_path: Path) -> None:
    chart.export(tmp_path / "chart.svg")
    text = (tmp_path / "chart.svg").read_text(encoding="utf-8")
    assert "<text" in text
    assert "<path" in text or "<polyline" in text or "<rect" in text
    assert "<image" not in text


def test_svg_has_the_points_of_the_plots(qtbot: QtBot, evaluation: Evaluation, tmp_path: Path) -> None:
    chart = make("fairness", evaluation)
    qtbot.addWidget(chart)
    chart.resize(366, 310)
    chart.show()
    chart.export(tmp_path / "chart.svg")
    text = (tmp_path / "chart.svg").read_text(encoding="utf-8")
    colours = {mark.colour for line in chart._drawing._lines for e in line.entries for mark in e.marks}  # type: ignore[attr-defined]
    assert all(colour in text for colour in colours)


def test_csv_has_the_numbers_in_full(qtbot: QtBot, evaluation: Evaluation, tmp_path: Path) -> None:
    chart = make("fairness", evaluation)
    qtbot.addWidget(chart)
    chart.export(tmp_path / "chart.csv")
    with (tmp_path / "chart.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    signed = evaluation.fairness["gender"].signed
    assert signed is not None
    assert float(rows[0]["value"]) == signed.sp.per_class["anger"]
    assert rows[-1]["measure"] == "Macro-F1 gap"


def test_no_group_or_class_is_run_by_a_spreadsheet(
    chart: Chart, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Races, speakers and emotions are words of a corpus that anybody may have written."""
    monkeypatch.setattr(type(chart), "rows", lambda _: [["group", "value"], ["=1+1", -0.5]])
    chart.export(tmp_path / "chart.csv")
    assert (tmp_path / "chart.csv").read_text(encoding="utf-8").splitlines() == ["group,value", "'=1+1,-0.5"]
    chart.copy()
    assert "'=1+1\t-0.5" in QApplication.clipboard().text()


def test_confusion_csv_counts_every_utterance(qtbot: QtBot, evaluation: Evaluation, tmp_path: Path) -> None:
    chart = make("confusion", evaluation)
    qtbot.addWidget(chart)
    chart.export(tmp_path / "chart.csv")
    with (tmp_path / "chart.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))
    counted = sum(int(row[3]) for row in rows[1:] if row[0] in {"Women", "Men"})
    assert counted == evaluation.n


def test_exporting_again_in_another_theme(chart: Chart, qapp: QApplication, tmp_path: Path) -> None:
    theme.apply(qapp, theme.LIGHT)
    chart.export(tmp_path / "light.png")
    assert QImage(str(tmp_path / "light.png")).pixelColor(1, 1).name() == theme.LIGHT.panel


def test_an_unknown_kind_of_file_is_refused(chart: Chart, tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"\.png, \.svg or \.csv"):
        chart.export(tmp_path / "chart.jpeg")


def test_a_folder_that_is_not_there_is_named(chart: Chart, tmp_path: Path) -> None:
    for name in ("chart.csv", "chart.svg", "chart.png"):
        with pytest.raises(UserError, match="gone"):
            chart.export(tmp_path / "gone" / name)


def test_the_empty_state_offers_what_fixes_it(chart: Chart, qtbot: QtBot, tmp_path: Path) -> None:
    chart.show_empty("No predictions yet.", "Predict with net 12")
    assert chart.is_empty()
    with qtbot.waitSignal(chart.fix_requested):
        chart.empty_state().button().click()
    with pytest.raises(UserError, match="nothing"):
        chart.export(tmp_path / "chart.png")


def test_a_chart_in_a_tab_never_opened_exports_whole(qtbot: QtBot, evaluation: Evaluation, tmp_path: Path) -> None:
    chart = make("fairness", evaluation)
    qtbot.addWidget(chart)
    chart.export(tmp_path / "chart.png")
    image = QImage(str(tmp_path / "chart.png"))
    colours = {image.pixelColor(x, y).name() for x in range(image.width()) for y in range(150, 460)}
    assert image.width() >= 1280
    assert theme.DARK.zero in colours
    assert {theme.DARK.groups[0], theme.DARK.groups[1]} & colours
