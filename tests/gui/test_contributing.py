"""The view of CONTRIBUTING.md draws, hands on a click and gives its numbers."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from tests.examples import example


def test_the_view(qtbot: QtBot, tmp_path: Path) -> None:
    chart = example("fairemo_gui/gui/dashboards/sizes.py").SizesChart()
    qtbot.addWidget(chart)
    chart.resize(300, 200)
    chart.set_sizes({"female": 12, "male": 9})
    chart.show()
    qtbot.waitExposed(chart)
    assert len(set(chart.canvas.grab().toImage().bits())) > 2, "nothing was drawn"
    place = chart.canvas.places()[1]
    with qtbot.waitSignal(chart.canvas.activated) as clicked:
        QTest.mouseClick(chart.canvas, Qt.MouseButton.LeftButton, pos=place.rect.center().toPoint())
    assert clicked.args == ["male"]
    chart.export(tmp_path / "sizes.csv")
    assert (tmp_path / "sizes.csv").read_text(encoding="utf-8").split() == ["group,utterances", "female,12", "male,9"]
