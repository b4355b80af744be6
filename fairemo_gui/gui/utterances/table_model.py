"""The table model over arrays: filtering and sorting happen in NumPy, never in a proxy."""

from __future__ import annotations

from typing import Any

import numpy as np
from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt
from PySide6.QtGui import QColor

from fairemo_gui.gui import theme
from fairemo_gui.gui.controls.cells import ICON, MARKER, SWATCH
from fairemo_gui.gui.utterances.cells import COLUMNS, Cells, Column
from fairemo_gui.services.filter_columns import FilterColumns, Ints, Mask

Index = QModelIndex | QPersistentModelIndex
_NOWHERE = QModelIndex()
_NO_ROWS = np.empty(0, dtype=np.int64)
_ANSWERS = {"p", "predicted"}
_QUIET = {"transcript", "race", "dialogue", "split", "state"}


class UtteranceModel(QAbstractTableModel):
    """Rows of the columns that pass the filter, in the order chosen."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._cells: Cells | None = None
        self._mask: Mask | None = None
        self._rows: Ints = _NO_ROWS
        self._sorted_by = ("code", False)
        self._p_title = "p(true)"
        self._shows_answers = True

    @property
    def columns(self) -> FilterColumns | None:
        """What the rows are read from."""
        return None if self._cells is None else self._cells.columns

    def rowCount(self, parent: Index = _NOWHERE) -> int:
        """Number of utterances that pass the filter."""
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = _NOWHERE) -> int:
        """Number of columns, hidden ones included."""
        return 0 if parent.isValid() else len(COLUMNS)

    def show(self, columns: FilterColumns | None, mask: Mask | None) -> None:
        """Show the rows of columns that a mask lets through."""
        self.beginResetModel()
        self._cells = None if columns is None else Cells(columns)
        self._mask = mask
        self._arrange()
        self.endResetModel()

    def refresh(self, columns: FilterColumns) -> None:
        """Take changed values without moving a row: what was shown stays shown until the filter is applied again."""
        self._cells = Cells(columns)
        self._name_p()
        if len(self._rows):
            self.dataChanged.emit(self.index(0, 0), self.index(len(self._rows) - 1, len(COLUMNS) - 1))

    def set_answers_shown(self, shown: bool) -> None:
        """Show or blank what predictors say."""
        self._shows_answers = shown
        if len(self._rows):
            self.dataChanged.emit(self.index(0, 0), self.index(len(self._rows) - 1, len(COLUMNS) - 1))

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Sort by a column; unknown values come last either way."""
        self.layoutAboutToBeChanged.emit()
        kept = [(index, self.utterance(index.row())) for index in self.persistentIndexList()]
        self._sorted_by = (COLUMNS[column].key, order == Qt.SortOrder.DescendingOrder)
        self._arrange()
        for index, utterance in kept:
            row = self.row_of(utterance)
            self.changePersistentIndex(index, self.index(-1 if row is None else row, index.column()))
        self.layoutChanged.emit()

    def utterance(self, row: int) -> int:
        """Id of the utterance in a row."""
        assert self._cells is not None
        return int(self._cells.columns.ids[self._rows[row]])

    def ids(self) -> Ints:
        """Ids of the utterances shown, in order."""
        return _NO_ROWS if self._cells is None else np.asarray(self._cells.columns.ids[self._rows])

    def rows(self) -> Ints:
        """Positions in the columns of the rows shown, in order."""
        return self._rows

    def row_of(self, utterance: int) -> int | None:
        """The row an utterance is shown in, if it is."""
        if self._cells is None:
            return None
        place = self._cells.columns.position.get(utterance)
        if place is None:
            return None
        found = np.flatnonzero(self._rows == place)
        return int(found[0]) if len(found) else None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Titles; what they mean in the tooltip."""
        if orientation != Qt.Orientation.Horizontal:
            return None
        column = COLUMNS[section]
        if role == Qt.ItemDataRole.DisplayRole:
            return self._p_title if column.key == "p" else column.title
        if role in {Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleTextRole}:
            return column.name
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _alignment(column)
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """One cell."""
        if self._cells is None or not index.isValid():
            return None
        column, row = COLUMNS[index.column()], int(self._rows[index.row()])
        if column.key in _ANSWERS and not self._shows_answers:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return self._word(column, row)
        if role == SWATCH:
            return self._cells.swatch(column.key, row)
        if role == MARKER:
            return self._cells.marker(column.key, row)
        if role == ICON:
            return "flag" if column.key == "flag" and self._cells.columns.flagged[row] else None
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _alignment(column)
        if role == Qt.ItemDataRole.ForegroundRole:
            return QColor(theme.current().text2) if column.key in _QUIET else None
        if role == Qt.ItemDataRole.ToolTipRole:
            return self._cells.hint(column.key, row)
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return f"{column.name}: {self._cells.hint(column.key, row)}"
        return None

    def texts(self) -> list[list[str]]:
        """Every row shown as text, in full, for export."""
        if self._cells is None:
            return []
        return [[self._cells.word(column.key, row) for column in COLUMNS[1:]] for row in self._rows.tolist()]

    def _word(self, column: Column, row: int) -> str:
        assert self._cells is not None
        word = self._cells.word(column.key, row)
        return word[:3] if column.short else word

    def _arrange(self) -> None:
        if self._cells is None or self._mask is None:
            self._rows = _NO_ROWS
            return
        key, descending = self._sorted_by
        rows = np.flatnonzero(self._mask)
        self._rows = rows if key == "code" and not descending else self._cells.order(key, rows, descending)
        self._name_p()

    def _name_p(self) -> None:
        assert self._cells is not None
        classes = self._cells.columns.true_class[self._rows]
        one = len(classes) > 0 and classes[0] >= 0 and bool((classes == classes[0]).all())
        self._p_title = f"p({self._cells.columns.classes.names[classes[0]][:3]})" if one else "p(true)"


def _alignment(column: Column) -> int:
    side = Qt.AlignmentFlag.AlignRight if column.right else Qt.AlignmentFlag.AlignLeft
    return int(side | Qt.AlignmentFlag.AlignVCenter)
