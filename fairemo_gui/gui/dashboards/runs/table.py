"""The runs as a table: sorted by any column, chosen with Enter, compared with Shift and Enter."""

from __future__ import annotations

import math
from collections.abc import Sequence

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QColor, QFont, QKeyEvent, QMouseEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QWidget

from fairemo_gui.gui import theme
from fairemo_gui.gui.controls.cells import GLYPH, dress_table
from fairemo_gui.gui.dashboards.runs.adapt import COLUMNS, GAP, SCORE
from fairemo_gui.gui.dashboards.runs.model import RunRow, RunsModel
from fairemo_gui.gui.state.chart_context import HUMAN

_Index = QModelIndex | QPersistentModelIndex
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
_FALLING = Qt.SortOrder.DescendingOrder
_NUMBERS = {"Seed", "Folds", "Time"}
_WIDTHS = {"Run": 104, "Recipe": 98, "Labels": 62, "Seed": 44, "Folds": 48, "Status": 58, "Time": 62, "Date": 118}
_FIGURE = 120
_GIVEN_UP = ("Status", "Folds", "Date", "Time", "Recipe", "Labels", "Seed")
"""Columns that go first where it is narrow."""


class RunsTableModel(QAbstractTableModel):
    """Rows of runs, in the order asked for."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rows: list[RunRow] = []
        self._header = list(COLUMNS)
        self._by, self._falling = 0, True

    @property
    def sorted_by(self) -> tuple[int, bool]:
        """Column, and whether the largest come first."""
        return self._by, self._falling

    def set_model(self, model: RunsModel) -> None:
        """Show other runs in the present order."""
        self.beginResetModel()
        self._header = list(COLUMNS)
        self._header[SCORE], self._header[GAP] = model.score.short, model.gap.short
        self._rows = list(model.rows)
        self._arrange()
        self.endResetModel()

    def run(self, row: int) -> RunRow:
        """The run in a row."""
        return self._rows[row]

    def row_of(self, key: str) -> int | None:
        """Where a run stands."""
        return next((k for k, run in enumerate(self._rows) if run.key == key), None)

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Order by a column; what has no value comes last either way."""
        self.layoutAboutToBeChanged.emit()
        self._by, self._falling = max(column, 0), order == Qt.SortOrder.DescendingOrder
        self._arrange()
        self.layoutChanged.emit()

    def rowCount(self, parent: _Index | None = None) -> int:
        """Runs."""
        return 0 if parent is not None and parent.isValid() else len(self._rows)

    def columnCount(self, parent: _Index | None = None) -> int:
        """Columns."""
        return 0 if parent is not None and parent.isValid() else len(self._header)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Column names; numbers at the right."""
        if orientation is not Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.TextAlignmentRole and COLUMNS[section] in _NUMBERS:
            return _RIGHT
        return self._header[section] if role == Qt.ItemDataRole.DisplayRole else None

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Words; a filled mark before a kept net, a hollow one before others."""
        run, column = self._rows[index.row()], index.column()
        tokens = theme.current()
        if role == Qt.ItemDataRole.DisplayRole:
            return run.words[column]
        if role == Qt.ItemDataRole.TextAlignmentRole and COLUMNS[column] in _NUMBERS:
            return int(_RIGHT)
        if role == Qt.ItemDataRole.ForegroundRole and column not in {0, SCORE, GAP}:
            return QColor(tokens.text2)
        if role == Qt.ItemDataRole.FontRole and column == 0 and run.chosen:
            return QFont(theme.font(theme.BODY, 600))
        if role == GLYPH and column == 0:
            people = run.key.startswith(HUMAN)
            return ("▲" if people else "●" if run.kept else "○"), tokens.text if people else tokens.accent
        if role == Qt.ItemDataRole.ToolTipRole:
            return self.sentence(index.row())
        return None

    def sentence(self, row: int) -> str:
        """A run in words."""
        run = self._rows[row]
        pairs = zip(self._header[1:], run.words[1:], strict=True)
        now = ", shown in all charts" if run.chosen else ""
        return f"{run.words[0]}{now}: " + ", ".join(f"{name} {words}" for name, words in pairs if words)

    def _arrange(self) -> None:
        def absent(run: RunRow) -> bool:
            value = run.order[self._by]
            return value == "" or (isinstance(value, float) and math.isnan(value))

        known = [run for run in self._rows if not absent(run)]
        known.sort(key=lambda run: run.order[self._by], reverse=self._falling)
        self._rows = known + [run for run in self._rows if absent(run)]


class RunsTable(QTableView):
    """Shift with left and right goes to the column sorted by, Shift with up and down turns the order.

    Signals:
        run_activated(key, compare): A run was chosen; with Shift it is to be compared with the present one.
        ordered(int, bool): It is sorted by a column; whether the largest come first.
    """

    run_activated = Signal(str, bool)
    ordered = Signal(int, bool)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.table_model = RunsTableModel(self)
        self.setModel(self.table_model)
        self.setAccessibleName("Runs")
        dress_table(self)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setTabKeyNavigation(False)
        header = self.horizontalHeader()
        header.setSortIndicator(0, Qt.SortOrder.DescendingOrder)
        self.setSortingEnabled(True)
        for section, name in enumerate(COLUMNS):
            self.setColumnWidth(section, _WIDTHS.get(name, _FIGURE))
        header.sortIndicatorChanged.connect(lambda column, order: self.ordered.emit(column, order == _FALLING))
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)

    def set_model(self, model: RunsModel) -> None:
        """Show other runs; the keyboard stays at its run, or goes to the chosen one."""
        now = self.currentIndex()
        key = self.table_model.run(now.row()).key if now.isValid() else ""
        self.table_model.set_model(model)
        chosen = next((row.key for row in model.rows if row.chosen), "")
        row = self.table_model.row_of(key or chosen)
        if row is not None:
            self.setCurrentIndex(self.table_model.index(row, 0))

    def order(self, column: int, falling: bool) -> None:
        """Sort by a column."""
        self.sortByColumn(column, _FALLING if falling else Qt.SortOrder.AscendingOrder)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Where it is narrow the least telling columns go."""
        super().resizeEvent(event)
        room = self.viewport().width() - _WIDTHS["Run"] - 2 * _FIGURE
        for name in reversed(_GIVEN_UP):
            fits = _WIDTHS[name] <= room
            room -= _WIDTHS[name] if fits else 0
            self.setColumnHidden(COLUMNS.index(name), not fits)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """A click chooses."""
        super().mouseReleaseEvent(event)
        index = self.indexAt(event.position().toPoint())
        if index.isValid() and event.button() == Qt.MouseButton.LeftButton:
            self._activate(index.row(), bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Choose, compare, sort."""
        key, shift = Qt.Key(event.key()), bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        if key in {Qt.Key.Key_Return, Qt.Key.Key_Enter} and self.currentIndex().isValid():
            self._activate(self.currentIndex().row(), shift)
        elif shift and key in {Qt.Key.Key_Left, Qt.Key.Key_Right}:
            self._sort_beside(-1 if key == Qt.Key.Key_Left else 1)
        elif shift and key in {Qt.Key.Key_Up, Qt.Key.Key_Down}:
            self.order(self.table_model.sorted_by[0], key == Qt.Key.Key_Down)
        else:
            super().keyPressEvent(event)

    def _activate(self, row: int, compare: bool) -> None:
        self.run_activated.emit(self.table_model.run(row).key, compare)

    def _sort_beside(self, step: int) -> None:
        shown: Sequence[int] = [k for k in range(len(COLUMNS)) if not self.isColumnHidden(k)]
        by, falling = self.table_model.sorted_by
        place = shown.index(by) if by in shown else 0
        self.order(shown[(place + step) % len(shown)], falling)
