"""The items of a campaign: how many votes each has in each condition, how far they agree, and which lack some."""

from __future__ import annotations

from enum import StrEnum

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QHeaderView, QTableView, QVBoxLayout, QWidget

from fairemo_gui.core.records import Condition
from fairemo_gui.gui import theme
from fairemo_gui.gui.controls import numbers
from fairemo_gui.gui.controls.cells import dress_table
from fairemo_gui.gui.controls.chip import ChipRow
from fairemo_gui.gui.controls.dock_title import DockTitle
from fairemo_gui.gui.controls.row_model import Index, RowModel
from fairemo_gui.gui.organise.rater_words import CONDITIONS
from fairemo_gui.services.campaign.records import Items

_ORDER = tuple(Condition)
_VOTES_HINT = "Votes given without sight of a prediction."
_AGREEMENT_HINT = "Share of pairs of votes that agree; a dash with fewer than two."
_HEADER = ("Utterance", *(words for each in _ORDER for words in (f"{CONDITIONS[each]} votes", "agreement")))
_FIGURES = range(1, len(_HEADER))
_HINTS = {column: _VOTES_HINT if column % 2 else _AGREEMENT_HINT for column in _FIGURES}


class Lacking(StrEnum):
    """Which items are listed."""

    ALL = "Rated"
    UNDER = "Under target"
    LEAST = "Half of the pairs disagree"


class ItemModel(RowModel[int]):
    """Utterances as rows, by their place in the items; per condition the number of votes and their agreement."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(_HEADER, _FIGURES, _HINTS, parent)
        self._items: Items | None = None

    def show(self, items: Items | None, rows: npt.NDArray[np.int64]) -> None:
        """Show some of the items."""
        self._items = items
        self.set_rows(rows.tolist())

    def utterance(self, row: int) -> int:
        """Id of the utterance in a row."""
        assert self._items is not None
        return int(self._items.ids[self._rows[row]])

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """One cell."""
        items, column = self._items, index.column()
        assert items is not None
        row = self._rows[index.row()]
        n, share = (
            (0, 0.0) if column == 0 else (items.votes[row, (column - 1) // 2], items.agreement[row, (column - 1) // 2])
        )
        if role == Qt.ItemDataRole.DisplayRole:
            words = numbers.count(int(n)) if n else numbers.ABSENT
            words += f" of {items.target}" if 0 < n < items.target else ""
            return items.codes[row] if column == 0 else words if column % 2 else numbers.rate(float(share), 2)
        if role == Qt.ItemDataRole.ForegroundRole and column:
            tokens = theme.current()
            return QColor(tokens.warn if column % 2 and 0 < n < items.target else tokens.text2)
        if role == Qt.ItemDataRole.ToolTipRole and column % 2 and 0 < n < items.target:
            return f"{items.target - int(n)} short of {items.target}"
        return super().data(index, role)


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
        self.chips = ChipRow(Lacking)
        self._assemble()

    def set_items(self, items: Items) -> None:
        """Show the items of a campaign."""
        self._items = items
        self.chips.set_counts(lambda kind: len(self._chosen(Lacking(kind))))
        self.title.set_detail(f"target {items.target} votes per condition")
        self.show_only(self._shown)

    def show_only(self, which: Lacking) -> None:
        """List all rated items, or some."""
        self._shown = which
        self.chips.set_value(which)
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
        column.addWidget(self.title)
        column.addWidget(self.chips)
        column.addWidget(self.table, 1)
        self.table.setModel(self.model)
        self.table.setAccessibleName("Items")
        self.table.setObjectName("items")
        dress_table(self.table)
        self.table.setTabKeyNavigation(False)
        self.table.setSelectionMode(QTableView.SelectionMode.SingleSelection)
        self.table.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        self.chips.chosen.connect(lambda kind: self.show_only(Lacking(kind)))
        self.table.activated.connect(lambda index: self.utterance_chosen.emit(self.model.utterance(index.row())))
        self.setFocusProxy(self.table)
