"""The column chooser of the table, which also orders the rows: what a header does for the mouse."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QMenu

from fairemo_gui.gui.utterances.cells import COLUMNS

if TYPE_CHECKING:
    from fairemo_gui.gui.utterances.table import UtteranceTable


def column_menu(table: UtteranceTable) -> QMenu:
    """Which columns are shown, and by which the rows are in order; by the same again turns the order round."""
    menu = QMenu(table)
    chosen = table.columns_shown()
    by, descending = table.sorted_by()
    order = menu.addMenu("Order rows by")
    menu.addSeparator()
    for column in COLUMNS[1:]:
        roomless = column.key == "transcript" and table.squeezed
        action = menu.addAction(f"{column.name} (no room now)" if roomless else column.name)
        action.setCheckable(True)
        action.setChecked(column.key in chosen)
        action.setEnabled(column.key != "code")
        action.toggled.connect(partial(table.show_column, column.key))
    for column in COLUMNS:
        if column.key in chosen:
            now = column.key == by
            words = f"{column.name}, {'descending' if descending else 'ascending'}" if now else column.name
            action = order.addAction(words, partial(table.sort_by, column.key, now and not descending))
            action.setCheckable(True)
            action.setChecked(now)
    menu.addSeparator()
    menu.addAction("Default columns", table.reset_columns)
    return menu
