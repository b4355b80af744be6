"""The items of a campaign: how many votes each has in each condition, how far they agree, and which lack some."""

from __future__ import annotations

from enum import StrEnum

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QHBoxLayout, QHeaderView, QTableView, QVBoxLayout, QWidget

from fairemo_gui.core.records import Condition
from fairemo_gui.gui import theme
from fairemo_gui.gui.controls import numbers
from fairemo_gui.gui.controls.cells import dress_table
from fairemo_gui.gui.controls.chip import Chip
from fairemo_gui.gui.controls.dock_title import DockTitle
from fairemo_gui.gui.organise.rater_words import CONDITIONS
from fairemo_gui.services.campaign.records import Items

_Index = QModelIndex | QPersistentModelIndex
_NOWHERE = QModelIndex()
_ORDER = tuple(Condition)
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
_HINTS = (
    "Votes given without sight of a prediction.",
    "Share of pairs of votes that agree; a dash with fewer than two.",
)


class Lacking(StrEnum):
    """Which items are listed."""

    ALL = "Rated"
    UNDER = "Under target"
    LEAST = "Half of the pairs disagree"


class ItemModel(QAbstractTableModel):
    """Utterances as rows; per condition the number of votes and their agreement."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._items: Items | None = None
        self._rows: npt.NDArray[np.int64] = np.zeros(0, dtype=np.int64)

    def show(self, items: Items | None, rows: npt.NDArray[np.int64]) -> None:
        """Show some of the items."""
        self.beginResetModel()
        self._items, self._rows = items, rows
        self.endResetModel()

    def utterance(self, row: int) -> int:
        """Id of the utterance in a row."""
        assert self._items is not None
        return int(self._items.ids[self._rows[row]])

    def rowCount(self, parent: _Index = _NOWHERE) -> int:
        """One per utterance."""
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: _Index = _NOWHERE) -> int:
        """Code, and two per condition."""
        return 0 if parent.isValid() else 1 + 2 * len(_ORDER)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Column names."""
        if orientation is not Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.TextAlignmentRole and section:
            return _RIGHT
        if role == Qt.ItemDataRole.ToolTipRole and section:
            return _HINTS[(section - 1) % 2]
        if role != Qt.ItemDataRole.DisplayRole:
            return None
        name = CONDITIONS[_ORDER[max(section - 1, 0) // 2]]
        return "Utterance" if section == 0 else f"{name} votes" if section % 2 else "agreement"

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """One cell."""
        items, column = self._items, index.column()
        assert items is not None
        row = int(self._rows[index.row()])
        n, share = (
            (0, 0.0) if column == 0 else (items.votes[row, (column - 1) // 2], items.agreement[row, (column - 1) // 2])
        )
        if role == Qt.ItemDataRole.DisplayRole:
            words = numbers.count(int(n)) if n else numbers.ABSENT
            words += f" of {items.target}" if 0 < n < items.target else ""
            return items.codes[row] if column == 0 else words if column % 2 else numbers.rate(float(share), 2)
        if role == Qt.ItemDataRole.TextAlignmentRole and column:
            return int(_RIGHT)
        if role == Qt.ItemDataRole.ForegroundRole and column:
            tokens = theme.current()
            return QColor(tokens.warn if column % 2 and 0 < n < items.target else tokens.text2)
        if role == Qt.ItemDataRole.ToolTipRole and column % 2 and 0 < n < items.target:
            return f"{items.target - int(n)} short of {items.target}"
        return None


class ItemsView(QWidget):
    """Chips and table.

    Signals:
        utterance_chosen(int): An utterance is wanted on the Analyse page.
    """

    utterance_chosen = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._items: Items | None = None
        self._shown = Lacking.ALL
        self.title = DockTitle("Items")
        self.model = ItemModel(self)
        self.table = QTableView(self)
        self.chips = {which: Chip(which) for which in Lacking}
        self._assemble()

    def set_items(self, items: Items) -> None:
        """Show the items of a campaign."""
        self._items = items
        for which, chip in self.chips.items():
            words = f"{which} {numbers.count(len(self._chosen(which)))}"
            chip.setText(words)
            chip.setAccessibleName(words)
            chip.updateGeometry()
        self.title.set_detail(f"target {items.target} votes per condition")
        self.show_only(self._shown)

    def show_only(self, which: Lacking) -> None:
        """List all rated items, or some."""
        self._shown = which
        for other, chip in self.chips.items():
            chip.setChecked(other is which)
        self.model.show(self._items, self._chosen(which))
        if self.model.rowCount():
            self.table.setCurrentIndex(self.model.index(0, 0))

    def _chosen(self, which: Lacking) -> npt.NDArray[np.int64]:
        items = self._items
        if items is None:
            return np.zeros(0, dtype=np.int64)
        kept = items.votes.any(axis=1)
        if which is Lacking.UNDER:
            kept = np.any([items.under(condition) for condition in _ORDER], axis=0)
        elif which is Lacking.LEAST:
            kept = (items.agreement < 0.5).any(axis=1)
        return np.flatnonzero(kept)

    def _assemble(self) -> None:
        self.setAutoFillBackground(True)
        self.setBackgroundRole(self.palette().ColorRole.Base)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        chips = QHBoxLayout()
        chips.setContentsMargins(8, 6, 8, 6)
        chips.setSpacing(6)
        for which, chip in self.chips.items():
            chip.clicked.connect(lambda _=False, which=which: self.show_only(which))
            chips.addWidget(chip)
        chips.addStretch(1)
        column.addWidget(self.title)
        column.addLayout(chips)
        column.addWidget(self.table, 1)
        self.table.setModel(self.model)
        self.table.setAccessibleName("Items")
        self.table.setObjectName("items")
        dress_table(self.table)
        self.table.setTabKeyNavigation(False)
        self.table.setSelectionMode(QTableView.SelectionMode.SingleSelection)
        self.table.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        self.table.activated.connect(lambda index: self.utterance_chosen.emit(self.model.utterance(index.row())))
        self.setFocusProxy(self.table)
