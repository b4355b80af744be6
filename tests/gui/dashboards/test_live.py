"""Charts that fill in while a job predicts: one repaint per update, no text cut, no jump of the layout."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QFont, QFontMetricsF
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from fairemo_gui.evaluation.evaluate import evaluate
from fairemo_gui.evaluation.records import Evaluation
from fairemo_gui.gui.controls import painting
from fairemo_gui.gui.dashboards import adapt
from fairemo_gui.gui.dashboards.adapt import Setting
from fairemo_gui.gui.dashboards.calibration.chart import CalibrationChart
from fairemo_gui.gui.dashboards.chart import Chart
from fairemo_gui.gui.dashboards.confusion.chart import ConfusionChart
from fairemo_gui.gui.dashboards.fairness.chart import FairnessChart
from fairemo_gui.gui.dashboards.model import Cell, Provisional
from tests.gui.dashboards.conftest import made_up_sample


class Paints(QObject):
    """Counts paint events of a widget."""

    def __init__(self, widget: QWidget) -> None:
        super().__init__(widget)
        self.count = 0
        widget.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        self.count += event.type() == QEvent.Type.Paint
        return False


def fill(chart: Chart, evaluation: Evaluation, setting: Setting) -> None:
    if isinstance(chart, ConfusionChart):
        chart.set_model(adapt.confusion_model(evaluation, setting))
    elif isinstance(chart, CalibrationChart):
        chart.set_model(adapt.reliability_model(evaluation, setting))
    elif isinstance(chart, FairnessChart):
        chart.set_model(adapt.fairness_model(evaluation, setting))


def shown(qtbot: QtBot, kind: type[Chart], width: int, height: int) -> Chart:
    chart: Chart = kind()  # type: ignore[call-arg]
    qtbot.addWidget(chart)
    chart.resize(width, height)
    chart.show()
    qtbot.waitExposed(chart)
    return chart


KINDS = pytest.mark.parametrize("kind", [ConfusionChart, CalibrationChart, FairnessChart])


@KINDS
def test_each_update_paints_once_and_moves_nothing(qtbot: QtBot, qapp: QApplication, kind: type[Chart]) -> None:
    chart = shown(qtbot, kind, 664, 310)
    fill(chart, evaluate(made_up_sample(n=80)), Setting(provisional=Provisional(80, 240)))
    qapp.processEvents()
    paints = Paints(chart.canvas)
    places = [p.rect.top() for p in chart.canvas.places() if isinstance(p.payload, Cell)]
    size = chart.canvas.size()
    for n in (120, 160, 200):
        fill(chart, evaluate(made_up_sample(n=n)), Setting(provisional=Provisional(n, 240)))
        qapp.processEvents()
    assert paints.count == 3
    assert chart.canvas.size() == size
    assert [p.rect.top() for p in chart.canvas.places() if isinstance(p.payload, Cell)] == places


@pytest.fixture
def elided(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """Every text that was cut while the test ran."""
    cut: list[str] = []

    class Metrics(QFontMetricsF):
        def __init__(self, font: QFont) -> None:
            super().__init__(font)

        def elidedText(self, text: str, mode: Qt.TextElideMode, width: float, flags: int | None = 0) -> str:  # noqa: N802
            cut.append(text)
            return super().elidedText(text, mode, width, flags or 0)

    monkeypatch.setattr(painting, "QFontMetricsF", Metrics)
    yield cut


@pytest.mark.parametrize(
    ("kind", "width", "height"),
    [
        (ConfusionChart, 640, 310),
        (ConfusionChart, 880, 236),
        (CalibrationChart, 640, 310),
        (CalibrationChart, 880, 236),
        (FairnessChart, 355, 310),
        (FairnessChart, 315, 236),
        (FairnessChart, 880, 236),
    ],
)
def test_nothing_is_cut_or_scrolled_on_the_screens_we_promise(
    qtbot: QtBot,
    qapp: QApplication,
    crema_d: Evaluation,
    elided: list[str],
    kind: type[Chart],
    width: int,
    height: int,
) -> None:
    chart = shown(qtbot, kind, width, height)
    fill(chart, crema_d, Setting(predictor="voice raters", by_votes=True))
    qapp.processEvents()
    elided.clear()
    chart.grab()
    assert elided == []
    assert chart.canvas.width() <= width
    assert chart.canvas.height() <= height
