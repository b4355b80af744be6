from __future__ import annotations

import pytest
from PySide6.QtCore import QEvent, QModelIndex, QPersistentModelIndex, QPoint, Qt
from PySide6.QtGui import QColor, QPainter, QStandardItem, QStandardItemModel
from PySide6.QtWidgets import QApplication, QDockWidget, QMainWindow, QStyleOptionViewItem, QTableView, QWidget
from pytestqt.qtbot import QtBot

from fairemo_gui.gui import theme
from fairemo_gui.gui.controls.cells import GLYPH, MARKER, SWATCH, CellDelegate, dress_table
from fairemo_gui.gui.controls.chip import Chip
from fairemo_gui.gui.controls.dock_title import DockTitle, IconButton
from fairemo_gui.gui.controls.empty import EmptyState
from fairemo_gui.gui.controls.key_button import KeyButton
from fairemo_gui.gui.controls.key_cap import KeyCap
from fairemo_gui.gui.controls.toast import Toasts, Tone
from tests.gui.drive import click, press


def test_chip_toggles_and_its_cross_closes(qtbot: QtBot) -> None:
    chip = Chip("Men, happy → neutral", "grid-four", closable=True)
    qtbot.addWidget(chip)
    chip.resize(chip.sizeHint())
    chip.show()
    with qtbot.waitSignal(chip.toggled):
        click(chip, QPoint(20, 11))
    assert chip.isChecked()
    with qtbot.waitSignal(chip.closed):
        click(chip, QPoint(chip.width() - 11, 11))
    assert chip.isChecked()
    with qtbot.waitSignal(chip.closed):
        press(chip, Qt.Key.Key_Delete)


def test_empty_state_offers_one_way_out(qtbot: QtBot) -> None:
    empty = EmptyState("No predictions yet.", "Predict with net 12")
    qtbot.addWidget(empty)
    empty.show()
    with qtbot.waitSignal(empty.fixed):
        click(empty.button())
    empty.say("Nothing is wrong.")
    assert not empty.button().isVisible()
    assert empty.sentence() == "Nothing is wrong."


def test_dock_title_drags_and_keeps_its_buttons(qtbot: QtBot) -> None:
    window = QMainWindow()
    qtbot.addWidget(window)
    dock = QDockWidget("Utterances", window)
    title = DockTitle("Utterances", "388 of 7,442")
    dock.setTitleBarWidget(title)
    window.addDockWidget(Qt.DockWidgetArea.LeftDockWidgetArea, dock)
    pressed: list[str] = []
    title.add_button("export", "Export (Ctrl+E)").clicked.connect(lambda: pressed.append("export"))
    window.show()
    qtbot.waitExposed(window)
    assert title.height() == theme.DOCK_TITLE
    assert title.accessibleName() == "Utterances, 388 of 7,442"
    button = title.findChild(IconButton)
    assert isinstance(button, IconButton)
    click(button)
    assert pressed == ["export"]
    assert button.accessibleName() == "Export (Ctrl+E)"


def test_icons_follow_the_theme(qtbot: QtBot, qapp: QApplication) -> None:
    button = IconButton("gear", "Settings")
    qtbot.addWidget(button)
    button.show()

    def inks() -> set[str]:
        image = button.icon().pixmap(32, 32).toImage()
        points = ((x, y) for x in range(32) for y in range(32))
        return {QColor(image.pixelColor(x, y)).name() for x, y in points if image.pixelColor(x, y).alpha() == 255}

    assert theme.DARK.text2 in inks()
    theme.apply(qapp, theme.LIGHT)
    assert theme.LIGHT.text2 in inks()


def test_key_button_says_its_key(qtbot: QtBot) -> None:
    button = KeyButton("Keep net 13", "check", "Ctrl+Enter", "primary")
    qtbot.addWidget(button)
    plain = KeyButton("Keep net 13", "check", role="primary")
    qtbot.addWidget(plain)
    assert button.sizeHint().width() > plain.sizeHint().width() + 40
    assert button.toolTip() == "Keep net 13 (Ctrl+Enter)"
    assert button.sizeHint().height() == 26
    cap = KeyCap("Space")
    qtbot.addWidget(cap)
    assert cap.text() == "Space"
    assert cap.sizeHint().height() == 16


@pytest.fixture
def window(qtbot: QtBot) -> QWidget:
    made = QWidget()
    qtbot.addWidget(made)
    made.resize(800, 500)
    made.show()
    qtbot.waitExposed(made)
    return made


def test_toasts_come_one_at_a_time_and_stay_in_the_log(window: QWidget) -> None:
    toasts = Toasts(window)
    toasts.say("Rating saved.", Tone.SAVED, "Undo", "undo")
    toasts.say("Net 13 is trained.")
    first = toasts.shown()
    assert first is not None and first.sentence == "Rating saved."
    toasts.dismiss()
    second = toasts.shown()
    assert second is not None and second.sentence == "Net 13 is trained."
    toasts.dismiss()
    assert toasts.shown() is None
    assert not toasts.toast.isVisible()
    assert [message.sentence for message in toasts.log] == ["Rating saved.", "Net 13 is trained."]


def test_a_toast_lies_in_the_corner_whatever_the_window_does(window: QWidget) -> None:
    toasts = Toasts(window)
    toasts.say("A sentence long enough to need a second line in a box of three hundred and twenty pixels.")
    window.resize(900, 600)
    box = toasts.toast.geometry()
    assert box.right() + 1 == 900 - 16 and box.width() == 320
    assert box.bottom() + 1 == 600 - 24 - 16
    assert box.height() > 44


def test_an_action_of_a_toast_is_passed_on(window: QWidget, qtbot: QtBot) -> None:
    toasts = Toasts(window)
    toasts.say("Rating taken back.", Tone.SAVED, "Undo", "undo:17")
    with qtbot.waitSignal(toasts.action_triggered) as caught:
        toasts.toast.acted.emit()
    assert caught.args == ["undo:17"]
    assert toasts.shown() is None


def test_errors_stay_and_others_wait_for_the_pointer(window: QWidget) -> None:
    toasts = Toasts(window)
    toasts.say("The disk is full.", Tone.ERROR)
    assert not toasts._timer.isActive()
    toasts.dismiss()
    toasts.say("Saved.", Tone.SAVED)
    assert toasts._timer.isActive()
    QApplication.sendEvent(toasts.toast, QEvent(QEvent.Type.Leave))
    assert toasts._timer.isActive()
    toasts._on_timeout()
    assert toasts.shown() is None


def test_a_selected_row_has_every_word_in_text_and_marks_in_their_colour(qtbot: QtBot) -> None:
    table = QTableView()
    qtbot.addWidget(table)
    model = QStandardItemModel(2, 3, table)
    for row in range(2):
        for column, (role, mark) in enumerate(
            (
                (SWATCH, theme.DARK.emotions["happy"]),
                (MARKER, theme.group_style(theme.DARK, "male")),
                (GLYPH, ("▼", theme.DARK.worse)),
            )
        ):
            item = QStandardItem("word")
            item.setData(mark, int(role))
            item.setForeground(QColor(theme.DARK.text3))
            model.setItem(row, column, item)
    table.setModel(model)
    dress_table(table)
    table.resize(400, 200)
    table.selectRow(0)
    table.show()
    qtbot.waitExposed(table)
    image = table.viewport().grab().toImage()

    def inks(row: int) -> set[str]:
        rect = table.visualRect(model.index(row, 0))
        ys = range(rect.top() + 3, rect.bottom() - 3)
        return {image.pixelColor(x, y).name() for x in range(300) for y in ys}

    assert {theme.DARK.sel, theme.DARK.emotions["happy"], theme.DARK.groups[1], theme.DARK.accent} <= inks(0)
    assert theme.DARK.text3 not in inks(0)
    assert theme.DARK.sel not in inks(1)
    assert table.rowHeight(0) == theme.ROW


class _Counting(CellDelegate):
    """Knows what it painted."""

    def __init__(self, table: QTableView) -> None:
        super().__init__(table)
        self.painted: list[int] = []

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        self.painted.append(index.row())
        super().paint(painter, option, index)


def test_scrolling_paints_the_rows_that_come_into_sight(qapp: QApplication, qtbot: QtBot) -> None:
    model = QStandardItemModel(100, 1)
    table = QTableView()
    table.setModel(model)
    dress_table(table)
    delegate = _Counting(table)
    table.setItemDelegate(delegate)
    qtbot.addWidget(table)
    table.resize(200, 20 * theme.ROW)
    table.show()
    for tokens in (theme.LIGHT, theme.DARK):
        theme.apply(qapp, tokens)
        qapp.processEvents()
        delegate.painted.clear()
        bar = table.verticalScrollBar()
        bar.setValue(bar.value() + theme.ROW)
        qapp.processEvents()
        # Where the mouse rests two rows change, too.
        assert 0 < len(delegate.painted) <= 4
