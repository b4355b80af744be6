from __future__ import annotations

from pytestqt.qtbot import QtBot

from fairemo_gui.gui import theme
from fairemo_gui.gui.controls.painting import width_of
from fairemo_gui.gui.dashboards.words import whole_parts


def test_the_last_parts_of_a_line_go_first_and_whole(qtbot: QtBot) -> None:
    font = theme.font(theme.SMALL)
    line = "AV label, 192 utterances, 16 speakers (synthetic) · 1,200 marked: all"
    lengths = [
        line,
        "AV label, 192 utterances, 16 speakers (synthetic) · 1,200 marked",
        "AV label, 192 utterances, 16 speakers (synthetic)",
        "AV label, 192 utterances, 16 speakers",
        "AV label, 192 utterances",
        "AV label",
    ]
    assert [whole_parts(line, width_of(each, font), font) for each in lengths] == lengths
    assert whole_parts(line, 1.0, font) == "AV label"
