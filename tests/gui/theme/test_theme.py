from __future__ import annotations

import re
from pathlib import Path

import pytest
from PySide6.QtGui import QFontMetricsF, QPalette
from PySide6.QtWidgets import QApplication, QPushButton, QWidget
from pytestqt.qtbot import QtBot

import fairemo_gui.gui
from fairemo_gui.core.emotions import CREMA_D, EMODB, RAVDESS
from fairemo_gui.gui import theme
from fairemo_gui.gui.stylesheet import TEMPLATE
from fairemo_gui.gui.theme import DARK, LIGHT


@pytest.fixture(autouse=True)
def _restored(qapp: QApplication) -> None:
    theme.apply(qapp, DARK)


def test_apply_reaches_palette_and_type(qapp: QApplication, qtbot: QtBot) -> None:
    theme.apply(qapp, LIGHT)
    widget = QWidget()
    qtbot.addWidget(widget)
    assert theme.current() is LIGHT
    assert widget.palette().color(QPalette.ColorRole.Base).name() == LIGHT.panel
    assert widget.palette().color(QPalette.ColorRole.HighlightedText).name() == LIGHT.text
    assert widget.font().pixelSize() == theme.BODY


def test_a_styled_button_keeps_figures_of_one_width(qtbot: QtBot) -> None:
    button = QPushButton("0")
    button.setProperty("role", "primary")
    qtbot.addWidget(button)
    button.ensurePolished()
    metrics = QFontMetricsF(button.font())
    assert metrics.horizontalAdvance("1111") == pytest.approx(metrics.horizontalAdvance("0000"))


def test_style_sheet_is_short_and_knows_every_token() -> None:
    assert len(TEMPLATE.splitlines()) < 80
    assert "#" not in TEMPLATE
    assert set(re.findall(r"(?<!\{)\{(\w+)\}", TEMPLATE)) <= {*vars(DARK), "icons"}


def test_no_other_file_of_the_window_holds_a_colour() -> None:
    folder = Path(fairemo_gui.gui.__file__).parent
    offenders = [
        str(file.relative_to(folder))
        for file in folder.rglob("*.py")
        if file.name != "theme.py" and re.search(r"""["']#[0-9a-fA-F]{3,8}\b""", file.read_text(encoding="utf-8"))
    ]
    assert offenders == []


def test_emotions_keep_their_slots_and_newcomers_take_free_ones() -> None:
    assert theme.emotion_colour(DARK, "happy", CREMA_D.classes) == DARK.emotions["happy"]
    assert theme.emotion_colour(DARK, "calm", RAVDESS.classes) == DARK.emotions["contempt"]
    assert theme.emotion_colour(DARK, "boredom", EMODB.classes) == DARK.emotions["surprise"]
    assert theme.emotion_colour(DARK, "frustrated", ("anger", "frustrated")) == DARK.emotions["disgust"]
    assert theme.emotion_colour(DARK, "neutral+calm", ("neutral+calm", "happy")) == DARK.emotions["neutral"]
    nine = (*DARK.emotions, "calm")
    assert theme.emotion_colour(DARK, "calm", nine) == DARK.text3
    assert theme.emotion_colour(DARK, "other", ("other",)) == DARK.text3


def test_groups_have_a_marker_each_and_unknown_is_hollow() -> None:
    women = theme.group_style(LIGHT, "female", position=1)
    men = theme.group_style(LIGHT, "male", position=0)
    assert (women.marker, women.colour) == ("●", LIGHT.groups[0])
    assert (men.marker, men.colour) == ("■", LIGHT.groups[1])
    assert women.dash != men.dash
    assert theme.group_style(LIGHT, None).marker == "○"
    assert theme.group_style(LIGHT, "Asian", position=2, total=4).marker == "▲"
    assert theme.group_style(LIGHT, "Asian", position=2, total=5).colour == LIGHT.text2


def test_icons_are_made_from_the_phosphor_set(qapp: QApplication) -> None:
    for name in ("play", "skip-back", "user-focus", "funnel-simple", "export"):
        assert not theme.icon(name).pixmap(16, 16).isNull()
