"""What is hidden from somebody who rates without having seen the votes, and what is said where nothing can be heard."""

from __future__ import annotations

from pytestqt.qtbot import QtBot

from fairemo_gui.core.records import Condition
from fairemo_gui.gui.main_window import MainWindow
from tests.gui.main_window.conftest import settle


def test_hidden_votes_are_hidden_beside_the_picture_and_in_the_title_until_one_has_rated(
    qtbot: QtBot, window: MainWindow
) -> None:
    current = int(window.analyse.utterances.shown_ids()[5])
    window.selection.set_current(current)
    settle(qtbot, window)
    page, model = window.analyse, window.analyse.context.model

    def said() -> tuple[str, str]:
        row = model.row_of(current)
        return model.index(row, 2).data(), page.labels.detail()

    page.labels.rate.set_condition(Condition.AV)
    shown = said()
    assert shown[1].startswith("intended: ")
    window.actions_.blind.setChecked(True)
    assert said() == ("hidden", "")
    page.labels.rate.rate_number(1)
    qtbot.waitUntil(lambda: said()[1] == shown[1])
    assert "hidden" not in said()
    assert "Annotate" in window.actions_.blind.toolTip()


def test_a_lost_sound_device_is_told_where_one_rates(window: MainWindow, qtbot: QtBot) -> None:
    window.selection.set_current(int(window.analyse.utterances.shown_ids()[0]))
    settle(qtbot, window)
    rate = window.analyse.labels.rate
    rate.set_condition(Condition.VOICE)
    window.analyse.player.engine.silenced.emit("No sound device: playing silently")
    assert rate.warning.text() == "No sound device: you cannot hear this clip."
    window.analyse.player.engine.silenced.emit("")
    assert not rate.warning.text()
