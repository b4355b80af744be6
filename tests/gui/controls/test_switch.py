from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QHBoxLayout, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from fairemo_gui.gui.controls.combo import Combo
from fairemo_gui.gui.controls.switch import Option, SegmentedSwitch
from tests.gui.drive import click, press


@pytest.fixture
def row(qtbot: QtBot) -> QWidget:
    made = QWidget()
    qtbot.addWidget(made)
    layout = QHBoxLayout(made)
    options = [Option("a", "A"), Option("b", "B", "there is no B"), Option("c", "C")]
    made.switch = SegmentedSwitch(options, "Letter", made)  # type: ignore[attr-defined]
    made.after = QLineEdit(made)  # type: ignore[attr-defined]
    layout.addWidget(made.switch)  # type: ignore[attr-defined]
    layout.addWidget(made.after)  # type: ignore[attr-defined]
    made.show()
    qtbot.waitExposed(made)
    made.activateWindow()
    return made


def switch_of(row: QWidget) -> SegmentedSwitch:
    found = row.findChild(SegmentedSwitch)
    assert isinstance(found, SegmentedSwitch)
    return found


def test_a_click_chooses_and_says_so_once(row: QWidget, qtbot: QtBot) -> None:
    switch = switch_of(row)
    switch.set_value("a")
    heard: list[str] = []
    switch.changed.connect(heard.append)
    click(switch.segment("c"))
    click(switch.segment("c"))
    click(switch.segment("b"))
    assert heard == ["c"]
    assert switch.value() == "c"
    assert switch.segment("b").toolTip() == "there is no B"


def test_arrows_move_and_tab_leaves(row: QWidget, qtbot: QtBot) -> None:
    switch = switch_of(row)
    switch.set_value("a")
    switch.segment("a").setFocus()
    with qtbot.waitSignal(switch.changed) as caught:
        press(switch.segment("a"), Qt.Key.Key_Right)
    assert caught.args == ["c"]
    focused = QApplication.focusWidget()
    assert focused is switch.segment("c")
    press(switch.segment("c"), Qt.Key.Key_Tab)
    assert isinstance(QApplication.focusWidget(), QLineEdit)


def test_choosing_moves_nothing(row: QWidget) -> None:
    switch = switch_of(row)
    widths = []
    for key in ("a", "c"):
        switch.set_value(key)
        widths.append([switch.segment(k).sizeHint().width() for k in "abc"])
    assert widths[0] == widths[1]


def test_an_unknown_option_is_an_error(row: QWidget) -> None:
    with pytest.raises(KeyError):
        switch_of(row).set_value("z")


def test_combo_keeps_its_value_when_the_options_change(qtbot: QtBot) -> None:
    combo = Combo("Predictor")
    qtbot.addWidget(combo)
    combo.set_options([Option("voice", "Voice raters"), Option("net", "Net 12")])
    combo.set_value("net")
    combo.set_options([Option("face", "Face raters"), Option("net", "Net 12")])
    assert combo.value() == "net"
    combo.set_options([Option("face", "Face raters")])
    assert combo.value() == "face"
    combo.set_value("unknown")
    assert combo.value() == "face"
