"""The key sheet shows every key once, in columns of about one height."""

from __future__ import annotations

from PySide6.QtWidgets import QMainWindow, QScrollArea
from pytestqt.qtbot import QtBot

from fairemo_gui.gui.actions import Actions
from fairemo_gui.gui.key_sheet import KeySheet, columns, sections

LENGTHS = {"File": 8, "Edit": 4, "View": 5, "Playback": 24, "Rate": 6, "Charts": 3, "Models": 4, "Annotate": 16}
SECTIONS = {name: [("F", f"{name} {k}") for k in range(length)] for name, length in LENGTHS.items()}


def test_columns_are_balanced_and_in_order() -> None:
    made = columns(SECTIONS)
    assert sorted(name for names in made for name in names) == sorted(SECTIONS)
    assert max(sum(LENGTHS[name] + 2 for name in names) for names in made) == LENGTHS["Playback"] + 2
    order = list(LENGTHS).index
    assert all(names == sorted(names, key=order) for names in made)
    assert [names[0] for names in made] == sorted((names[0] for names in made), key=order)


def test_all_that_the_window_can_do_is_seen_beside_one_another(qtbot: QtBot) -> None:
    window = QMainWindow()
    qtbot.addWidget(window)
    found = sections(Actions(window))
    assert ("Ctrl+Enter", "Keep the new net") in found["In Compare"]
    assert not [key for rows in found.values() for key, _ in rows if "Return" in key]
    sheet = KeySheet(found)
    qtbot.addWidget(sheet)
    with qtbot.waitExposed(sheet):
        sheet.show()
    area = sheet.findChild(QScrollArea)
    assert isinstance(area, QScrollArea)
    assert sheet.width() <= 1240
    assert not area.horizontalScrollBar().maximum()


def test_all_is_seen_at_once_and_one_section_needs_one_column(qtbot: QtBot) -> None:
    widths = []
    for shown in (SECTIONS, {"Annotate": SECTIONS["Annotate"]}):
        sheet = KeySheet(shown)
        qtbot.addWidget(sheet)
        with qtbot.waitExposed(sheet):
            sheet.show()
        area = sheet.findChild(QScrollArea)
        assert isinstance(area, QScrollArea)
        assert not area.verticalScrollBar().maximum()
        assert not area.horizontalScrollBar().maximum()
        widths.append(sheet.width())
    assert widths[1] < widths[0] / 2
