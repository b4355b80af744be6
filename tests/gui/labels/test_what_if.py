from __future__ import annotations

import csv
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from fairemo_gui.gui.labels.what_if import Near, NetLine, Said, WhatIfChart, WhatIfModel
from fairemo_gui.services.what_if import WhatIf
from tests.gui.drive import click, press

CLASSES = ("anger", "happy", "sad")


def answer(*modalities: str) -> WhatIf:
    both = frozenset(modalities)
    answers = {both: np.array([0.6, 0.3, 0.1])}
    answers |= {both - {name}: np.array([0.2, 0.7, 0.1]) for name in modalities if both - {name}}
    return WhatIf(2, "clip_1", CLASSES, modalities, answers)


def model() -> WhatIfModel:
    return WhatIfModel(
        "clip_1",
        CLASSES,
        (
            NetLine("Net 2", "schmitz2022, AV labels", answer("audio", "text")),
            NetLine("Net 1", "schmitz2022, AV labels", None, "knows audio only: there is nothing to turn off"),
        ),
        (Near(7, "clip_7", "happy", 1.25), Near(9, "clip_9", "sad", 1.5)),
        "by mfcc, mean over time",
        (Said("Voice, 3 votes", "anger 2, sad 1", summary=True), Said("r1 · voice", "anger, 60")),
    )


@pytest.fixture
def chart(qtbot: QtBot) -> WhatIfChart:
    made = WhatIfChart()
    qtbot.addWidget(made)
    made.resize(664, 310)
    made.set_model(model())
    made.show()
    qtbot.waitExposed(made)
    return made


def words(chart: WhatIfChart) -> list[str]:
    return [place.words for place in chart.canvas.places()]


def test_turning_a_modality_off_shows_before_and_after(chart: WhatIfChart, qtbot: QtBot) -> None:
    assert "Net 2: with audio + text, anger" in words(chart)
    with qtbot.waitSignal(chart.off_changed):
        click(chart.strip.buttons["audio"])
    assert chart.off == {"audio"}
    assert "Net 2: without audio, anger → happy" in words(chart)
    assert "Net 2, happy: 0.300 → 0.700, +0.400" in words(chart)
    assert chart.strip.buttons["audio"].accessibleName() == "audio is off"
    press(chart.strip.buttons["audio"], Qt.Key.Key_Space)
    assert "Net 2: with audio + text, anger" in words(chart)


def test_with_nothing_left_it_says_so(chart: WhatIfChart) -> None:
    for name in ("audio", "text"):
        click(chart.strip.buttons[name])
    assert "Net 2: nothing is left to answer by; it said anger" in words(chart)


def test_what_is_off_stays_off_on_the_next_utterance(chart: WhatIfChart) -> None:
    click(chart.strip.buttons["text"])
    chart.set_model(model())
    assert "Net 2: without text, anger → happy" in words(chart)


def test_a_modality_nobody_knows_cannot_be_switched(chart: WhatIfChart) -> None:
    assert not chart.strip.buttons["video"].isEnabled()
    assert chart.strip.buttons["audio"].isEnabled()


def test_a_net_of_one_modality_says_so(chart: WhatIfChart) -> None:
    assert "Net 1: knows audio only: there is nothing to turn off" in words(chart)


def test_enter_on_a_neighbour_goes_there(chart: WhatIfChart, qtbot: QtBot) -> None:
    chart.canvas.setFocus()
    places = chart.canvas.places()
    chart.canvas.focus_place(next(k for k, place in enumerate(places) if place.payload == 9))
    with qtbot.waitSignal(chart.jump_requested) as caught:
        press(chart.canvas, Qt.Key.Key_Return)
    assert caught.args == [9]


def test_raters_and_conditions_are_said(chart: WhatIfChart) -> None:
    assert "Voice, 3 votes: anger 2, sad 1" in words(chart)
    assert "r1 · voice: anger, 60" in words(chart)


def test_cards_say_what_each_modality_says_alone(chart: WhatIfChart) -> None:
    place = next(place for place in chart.canvas.places() if place.words.startswith("Net 2, anger"))
    assert place.card is not None
    assert place.card().lines == ("audio alone: 0.200", "text alone: 0.200")
    assert "zeros" in place.card().definition


def test_export(chart: WhatIfChart, tmp_path: Path) -> None:
    click(chart.strip.buttons["audio"])
    for suffix in ("csv", "png", "svg"):
        chart.export(tmp_path / f"w.{suffix}")
    rows = list(csv.reader((tmp_path / "w.csv").open(encoding="utf-8")))
    assert rows[1] == ["clip_1", "Net 2", "audio", "anger", "0.6", "0.2"]
    assert rows[-1] == ["clip_1", "clip_9", "sad", "1.5"]


@pytest.mark.parametrize("size", [(664, 282), (364, 282), (700, 600)])
def test_everything_stays_inside(chart: WhatIfChart, size: tuple[int, int]) -> None:
    chart.resize(*size)
    canvas = chart._drawing
    assert canvas.minimumWidth() <= size[0]
    assert all(place.rect.right() <= canvas.width() for place in canvas.places())
    assert max(place.rect.bottom() for place in canvas.places()) <= canvas.minimumHeight()


def test_nothing_to_show_hides_the_switches(chart: WhatIfChart) -> None:
    chart.show_empty("Choose an utterance.")
    assert not chart.strip.isVisible()
    assert list(chart.rows()) == []


def test_what_else_is_known_of_a_net_that_cannot_answer_stands_on_its_card(chart: WhatIfChart) -> None:
    older = NetLine("Net 3", "schmitz2022", None, "made by an older version; train again.", ("no setting “x”",))
    chart.set_model(replace(model(), nets=(older,)))
    place = next(place for place in chart.canvas.places() if place.words.startswith("Net 3"))
    assert place.words == "Net 3: made by an older version; train again."
    assert place.card is not None and "no setting “x”" in place.card().lines
