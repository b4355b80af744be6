"""The table model of a list: one record a row, columns under a header."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Generic, TypeVar

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtWidgets import QWidget

Index = QModelIndex | QPersistentModelIndex
Row = TypeVar("Row")
_NOWHERE = QModelIndex()
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


class RowModel(QAbstractTableModel, Generic[Row]):
    """Shows records; what stands in a cell is the subclass's `data`.

    Args:
        header: Names of the columns.
        numbers: Columns that hold numbers, which stand at the right.
        hints: What a column says, in the tooltip of its header.

    Attributes:
        header: As given; another one may be set before the rows.
    """

    def __init__(
        self,
        header: Sequence[str],
        numbers: Collection[int] = (),
        hints: Mapping[int, str] | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.header = tuple(header)
        self._numbers, self._hints = frozenset(numbers), hints or {}
        self._rows: list[Row] = []

    def set_rows(self, rows: Sequence[Row]) -> None:
        """Show other records."""
        self.beginResetModel()
        self._rows = list(rows)
        self.endResetModel()

    def rows(self) -> Sequence[Row]:
        """What is shown, in order."""
        return self._rows

    def replace_row(self, place: int, row: Row) -> None:
        """Show a record as it is now."""
        self._rows[place] = row
        self.dataChanged.emit(self.index(place, 0), self.index(place, len(self.header) - 1))

    def rowCount(self, parent: Index = _NOWHERE) -> int:
        """Records."""
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = _NOWHERE) -> int:
        """Columns."""
        return 0 if parent.isValid() else len(self.header)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Names and hints; numbers at the right."""
        if orientation is not Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _RIGHT if section in self._numbers else None
        if role == Qt.ItemDataRole.ToolTipRole:
            return self._hints.get(section)
        return self.header[section] if role == Qt.ItemDataRole.DisplayRole else None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Numbers stand at the right; a subclass says the rest."""
        right = role == Qt.ItemDataRole.TextAlignmentRole and index.column() in self._numbers
        return int(_RIGHT) if right else None
