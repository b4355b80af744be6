"""The table's columns: which are shown and how wide, the order of rows, and what is remembered of them."""

from __future__ import annotations

from collections.abc import Collection

from PySide6.QtCore import QPoint, QSettings, Qt
from PySide6.QtGui import QKeySequence, QResizeEvent, QShortcut
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView

from fairemo_gui.gui.controls.cells import dress_table
from fairemo_gui.gui.utterances.cells import COLUMNS, POSITION
from fairemo_gui.gui.utterances.column_menu import column_menu
from fairemo_gui.gui.utterances.table_model import UtteranceModel

_WIDTHS = "utterances/header"
_HEADER_VERSION = 1
_LEAST_WORDS = 72
"""Width under which a transcript would be a column of dots, px."""


class UtteranceTable(QTableView):
    """Rows of utterances under columns that a person chooses, orders by and finds again."""

    def __init__(self, model: UtteranceModel, settings: QSettings) -> None:
        super().__init__()
        self._settings = settings
        self._squeezed, self._code_width = False, COLUMNS[POSITION["code"]].width
        self._dress(model)
        header = self.horizontalHeader()
        self.customContextMenuRequested.connect(self._on_menu)
        # Not every platform makes a context menu of this key.
        menu_key = QShortcut(QKeySequence("Shift+F10"), self, context=Qt.ShortcutContext.WidgetShortcut)
        menu_key.activated.connect(self._on_menu)
        header.customContextMenuRequested.connect(lambda where: self.open_columns(header.mapToGlobal(where)))
        header.sectionResized.connect(self._save_header)
        header.sectionMoved.connect(self._save_header)
        self._restore_header()

    def columns_shown(self) -> tuple[str, ...]:
        """Keys of the columns that are shown."""
        return tuple(column.key for k, column in enumerate(COLUMNS) if self._is_chosen(k))

    def show_only(self, keys: Collection[str]) -> None:
        """Show these columns, and the code."""
        self._squeeze(False)
        for k, column in enumerate(COLUMNS):
            self.setColumnHidden(k, column.key not in {*keys, "code"})
        self._fit_transcript()
        self._save_header()

    def sorted_by(self) -> tuple[str, bool]:
        """The column rows are in order of, and whether that order descends."""
        header = self.horizontalHeader()
        return COLUMNS[header.sortIndicatorSection()].key, header.sortIndicatorOrder() == Qt.SortOrder.DescendingOrder

    def sort_by(self, key: str, descending: bool) -> None:
        """Put the rows in order of a column; an unknown one changes nothing."""
        if key in POSITION:
            order = Qt.SortOrder.DescendingOrder if descending else Qt.SortOrder.AscendingOrder
            self.sortByColumn(POSITION[key], order)

    @property
    def squeezed(self) -> bool:
        """Whether the transcript was chosen, but there is no room for it."""
        return self._squeezed

    def show_column(self, key: str, on: bool) -> None:
        """Show a column, or hide it."""
        self._squeeze(False)
        self.setColumnHidden(POSITION[key], not on)
        self._fit_transcript()
        self._save_header()

    def open_columns(self, at: QPoint) -> None:
        """Open the column chooser somewhere on the screen."""
        column_menu(self).popup(at)

    def reset_columns(self) -> None:
        """The columns that are shown without a person's choice, in their own widths."""
        self._squeeze(False)
        for k, column in enumerate(COLUMNS):
            self.setColumnHidden(k, not column.shown)
            self.setColumnWidth(k, column.width)
        self._fit_transcript()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The current row stays in sight; words that would have no room give theirs up."""
        super().resizeEvent(event)
        self._fit_transcript()
        self.scrollTo(self.currentIndex())

    def _dress(self, model: UtteranceModel) -> None:
        self.setObjectName("utterances")
        self.setAccessibleName("Utterances")
        dress_table(self)
        self.setModel(model)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setTabKeyNavigation(False)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAsNeeded)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        header = self.horizontalHeader()
        header.setSectionsMovable(True)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        header.setSectionResizeMode(POSITION["transcript"], QHeaderView.ResizeMode.Stretch)
        header.setSectionResizeMode(POSITION["flag"], QHeaderView.ResizeMode.Fixed)
        header.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        header.setSortIndicator(POSITION["code"], Qt.SortOrder.AscendingOrder)
        self.setSortingEnabled(True)

    def _on_menu(self) -> None:
        """Beside the current row."""
        cell = self.visualRect(self.currentIndex())
        self.open_columns(self.viewport().mapToGlobal(cell.bottomLeft()))

    def _is_chosen(self, k: int) -> bool:
        return not self.isColumnHidden(k) or (self._squeezed and k == POSITION["transcript"])

    def _fit_transcript(self) -> None:
        """Where other columns leave a transcript that was chosen no room, it gives its own to the code."""
        words, code = POSITION["transcript"], POSITION["code"]
        if not self._is_chosen(words):
            return
        others = sum(self.columnWidth(k) for k in range(len(COLUMNS)) if k not in {words, code})
        others += self._code_width if self._squeezed else self.columnWidth(code)
        room = self.width() - self.verticalScrollBar().sizeHint().width()
        self._squeeze(room - others < _LEAST_WORDS)

    def _squeeze(self, squeezed: bool) -> None:
        if squeezed == self._squeezed:
            return
        code, header, modes = POSITION["code"], self.horizontalHeader(), QHeaderView.ResizeMode
        if squeezed:
            self._code_width = self.columnWidth(code)
        self._squeezed = squeezed
        self.setColumnHidden(POSITION["transcript"], squeezed)
        header.setSectionResizeMode(code, modes.Stretch if squeezed else modes.Interactive)
        if not squeezed:
            self.setColumnWidth(code, self._code_width)

    def _restore_header(self) -> None:
        kept = self._settings.value(_WIDTHS)
        version = self._settings.value(f"{_WIDTHS}_version", 0, int)
        if kept is None or version != _HEADER_VERSION or not self.horizontalHeader().restoreState(kept):
            self.reset_columns()
        elif self._settings.value(f"{_WIDTHS}_squeezed", False, bool):
            self._squeezed = True
            self._squeeze(False)

    def _save_header(self) -> None:
        self._settings.setValue(_WIDTHS, self.horizontalHeader().saveState())
        self._settings.setValue(f"{_WIDTHS}_version", _HEADER_VERSION)
        self._settings.setValue(f"{_WIDTHS}_squeezed", self._squeezed)
