"""Cells of tables: what people wrote stays words."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QHelpEvent, QStandardItem, QStandardItemModel, QTextDocument
from PySide6.QtWidgets import QApplication, QTableView, QToolTip
from pytestqt.qtbot import QtBot

from fairemo_gui.gui.controls.cells import dress_table

HOSTILE = "first <b>line</b>\n<img src='{file}'> <a href='http://example.org'>go</a> & <script>alert(1)</script>"


@pytest.fixture
def table(qtbot: QtBot) -> QTableView:
    """One cell."""
    table = QTableView()
    qtbot.addWidget(table)
    model = QStandardItemModel(1, 1, table)
    model.setItem(0, 0, QStandardItem("word"))
    table.setModel(model)
    dress_table(table)
    with qtbot.waitExposed(table):
        table.show()
    return table


def hover(table: QTableView) -> str:
    """The tooltip of the first cell."""
    at = table.visualRect(table.model().index(0, 0)).center()
    where = table.viewport().mapToGlobal(at)
    QApplication.sendEvent(table.viewport(), QHelpEvent(QEvent.Type.ToolTip, at, where))
    return QToolTip.text()


def test_a_hostile_comment_is_shown_as_it_was_written(table: QTableView, tmp_path: Path) -> None:
    words = HOSTILE.format(file=(tmp_path / "x.png").as_uri())
    table.model().setData(table.model().index(0, 0), words, Qt.ItemDataRole.ToolTipRole)
    shown = QTextDocument()
    shown.setHtml(hover(table))
    assert shown.toPlainText().split() == words.split()
    tags = shown.toHtml().partition("<body")[2]
    assert "<img" not in tags
    assert "<a " not in tags
    assert "font-weight:700" not in tags
