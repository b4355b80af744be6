from __future__ import annotations

from itertools import pairwise

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from fairemo_gui.gui.controls.card import Card
from fairemo_gui.gui.controls.switch import Option
from fairemo_gui.gui.dashboards.bar import ChartBar
from tests.gui.drive import click, press


@pytest.fixture
def bar(qtbot: QtBot) -> ChartBar:
    made = ChartBar()
    qtbot.addWidget(made)
    made.set_predictors([Option("voice", "Voice raters"), Option("net:12", "Net 12", "not predicted yet")], "voice")
    made.set_groups([Option("gender", "Gender"), Option("race", "Race")], "race")
    made.set_counts(7442, 388)
    made.set_interval_info("95 %, 91 speakers, studentised", Card("Intervals", "How they are made."))
    made.resize(1031, 36)
    made.show()
    qtbot.waitExposed(made)
    return made


def test_each_choice_has_its_signal(bar: ChartBar, qtbot: QtBot) -> None:
    with qtbot.waitSignal(bar.truth_changed) as caught:
        click(bar.truth.segment("face"))
    assert caught.args == ["face"]
    with qtbot.waitSignal(bar.softness_changed) as caught:
        click(bar.softness.segment("soft"))
    assert caught.args == [True]
    with qtbot.waitSignal(bar.scope_changed) as caught:
        click(bar.scope.segment("selection"))
    assert caught.args == ["selection"]
    with qtbot.waitSignal(bar.group_changed) as caught:
        press(bar.group, Qt.Key.Key_Up)
    assert caught.args == ["gender"]


def test_setting_from_outside_sends_nothing(bar: ChartBar, qtbot: QtBot) -> None:
    with qtbot.assertNotEmitted(bar.truth_changed), qtbot.assertNotEmitted(bar.scope_changed):
        bar.set_truth("voice")
        bar.set_scope("selection")
        bar.set_groups([Option("race", "Race")])
    assert bar.truth.value() == "voice"


def test_intended_labels_cannot_be_soft_and_say_why(bar: ChartBar) -> None:
    bar.set_truth("intended")
    soft = bar.softness.segment("soft")
    assert not soft.isEnabled()
    assert "no votes" in soft.toolTip()
    bar.set_truth("av")
    assert soft.isEnabled()


def test_options_that_are_off_say_why(bar: ChartBar) -> None:
    bar.set_truth_reasons({"face": "Nobody has rated faces yet."})
    assert not bar.truth.segment("face").isEnabled()
    assert bar.truth.segment("face").toolTip() == "Nobody has rated faces yet."
    assert bar.truth.segment("voice").isEnabled()
    assert bar.predictor.itemData(1, Qt.ItemDataRole.ToolTipRole) == "not predicted yet"
    bar.set_counts(7442, 0)
    assert not bar.scope.segment("selection").isEnabled()


def test_counts_are_in_the_switch(bar: ChartBar) -> None:
    assert bar.scope.segment("all").text() == "All 7,442"
    assert bar.scope.segment("selection").text() == "Selection 388"


@pytest.mark.parametrize("width", [880, 995, 1031, 1400])
def test_controls_never_overlap(bar: ChartBar, qtbot: QtBot, width: int) -> None:
    bar.resize(width, 36)
    qtbot.wait(1)
    controls = [bar.truth, bar.softness, bar.predictor, bar.group, bar.scope, bar.info]
    for left, right in pairwise(controls):
        assert left.geometry().right() < right.geometry().left()
        assert left.width() >= left.sizeHint().width()
    assert bar.info.geometry().right() < width
    assert bar.info.width() >= 20


def test_how_intervals_are_made_is_one_key_away(bar: ChartBar, qtbot: QtBot) -> None:
    bar.info.setFocus()
    press(bar.info, Qt.Key.Key_F1)
    assert bar.info.hover.popup().isVisible()
    assert "How they are made." in bar.info.hover.popup().text()
