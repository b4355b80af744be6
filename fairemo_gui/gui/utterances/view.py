"""The table of utterances, its filter bar, chips and footer."""

from __future__ import annotations

import csv
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import numpy as np
from PySide6.QtCore import QItemSelectionModel, QModelIndex, QSettings, Qt, Signal
from PySide6.QtWidgets import QStackedLayout, QVBoxLayout, QWidget

from fairemo_gui.core.spreadsheet import neutralised_row
from fairemo_gui.errors import UserError
from fairemo_gui.gui.controls import numbers
from fairemo_gui.gui.controls.empty import EmptyState
from fairemo_gui.gui.state.filter_state import FilterState
from fairemo_gui.gui.state.selection import Selection
from fairemo_gui.gui.utterances.cells import COLUMNS, POSITION
from fairemo_gui.gui.utterances.chips import ChipRow
from fairemo_gui.gui.utterances.filter_bar import FilterBar
from fairemo_gui.gui.utterances.footer import Footer
from fairemo_gui.gui.utterances.table import UtteranceTable
from fairemo_gui.gui.utterances.table_model import UtteranceModel
from fairemo_gui.gui.utterances.trail import Trail
from fairemo_gui.services.filter_columns import FilterColumns, Ints, Mask
from fairemo_gui.services.filter_grammar import FilterError
from fairemo_gui.services.filters import compile_filter


class UtterancesView(QWidget):
    """Shows which utterances there are; follows and moves the shared selection and filter.

    Signals:
        play_requested(): Enter or a double click on a row.
        flag_requested(tuple): Ids whose flags are to be turned round.
        shown_changed(): Other rows are shown.
        values_changed(): Rows that are shown hold other values.
        fix_requested(): The button of the empty state, while there is no corpus.
    """

    play_requested = Signal()
    flag_requested = Signal(tuple)
    shown_changed = Signal()
    values_changed = Signal()
    fix_requested = Signal()

    def __init__(
        self, selection: Selection, filters: FilterState, settings: QSettings, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._selection, self._filters, self._settings = selection, filters, settings
        self.setAutoFillBackground(True)
        self.setBackgroundRole(self.palette().ColorRole.Base)
        self.bar = FilterBar()
        self.trail = Trail(filters)
        self.chips = ChipRow(filters)
        self.model = UtteranceModel(self)
        self.table = UtteranceTable(self.model, settings)
        self.empty = EmptyState()
        self.footer = Footer()
        self._lay_out()
        self._connect_signals()
        self._say_empty()

    def show_columns(self, columns: FilterColumns | None) -> None:
        """Show another corpus, or none."""
        self.bar.set_columns(columns, self._filters.sets)
        self.chips.set_flagged(0 if columns is None else int(columns.flagged.sum()))
        self._apply(columns)

    def refresh_columns(self, columns: FilterColumns) -> None:
        """Show changed values of the same utterances; no row moves under the hand of who is rating."""
        self.bar.set_columns(columns, self._filters.sets)
        self.chips.set_flagged(int(columns.flagged.sum()))
        self.model.refresh(columns)
        self.values_changed.emit()

    def set_predictions_shown(self, shown: bool) -> None:
        """Show or hide what predictors say, for whoever rates unseen."""
        self.model.set_answers_shown(shown)

    def shown_ids(self) -> Ints:
        """Ids of the utterances that pass the filter, in the table's order."""
        return self.model.ids()

    def query(self) -> str:
        """The filter in force, quick filters included."""
        return self._filters.combined()

    @property
    def filtered(self) -> bool:
        """Whether the rows shown are what a filter leaves: one that cannot be read leaves them as they were."""
        readable = not self.bar.unreadable or self.model.rowCount() < self.total()
        return readable and not self._filters.empty

    def total(self) -> int:
        """Number of utterances of the corpus."""
        return 0 if self.model.columns is None else len(self.model.columns)

    def detail(self) -> str:
        """As `388 of 7,442`, or `388 of 7,442 · blind`."""
        shown, total, columns = self.model.rowCount(), self.total(), self.model.columns
        words = numbers.count(total) if shown == total else f"{numbers.count(shown)} of {numbers.count(total)}"
        return words if columns is None or columns.hidden is None else f"{words} · blind"

    def told(self, ids: Ints) -> Ints:
        """Of some utterances those about which all may be told."""
        columns = self.model.columns
        if columns is None or columns.hidden is None:
            return ids
        return np.asarray(ids[~np.isin(ids, columns.ids[columns.hidden])])

    def step(self, rows: int) -> int | None:
        """Go some rows down (or up); returns the id of the utterance there."""
        if not self.model.rowCount():
            return None
        now = self.table.currentIndex()
        row = min(max(now.row() + rows if now.isValid() else 0, 0), self.model.rowCount() - 1)
        self._go_to(row)
        return self.model.utterance(row)

    def next_id(self) -> int | None:
        """The utterance after the current one, without going there."""
        row = self.table.currentIndex().row() + 1
        return self.model.utterance(row) if 0 < row < self.model.rowCount() else None

    def focus_filter(self) -> None:
        """Put the keyboard into the filter bar."""
        self.bar.line.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.bar.line.selectAll()

    def export(self, path: Path) -> None:
        """Write the rows shown, every column in full, as CSV.

        Raises:
            UserError: The file cannot be written.
        """
        try:
            with path.open("w", encoding="utf-8", newline="") as file:
                writer = csv.writer(file)
                writer.writerow(["id", *(column.name for column in COLUMNS[1:])])
                writer.writerows(
                    [i, *neutralised_row(row)]
                    for i, row in zip(self.shown_ids().tolist(), self.model.texts(), strict=True)
                )
        except OSError as error:
            raise UserError(f"{path}: could not be written ({error.strerror}): choose another folder.") from error

    def _lay_out(self) -> None:
        top = QVBoxLayout()
        top.setContentsMargins(8, 8, 8, 6)
        top.setSpacing(6)
        top.addWidget(self.bar)
        top.addWidget(self.trail)
        top.addWidget(self.chips)
        self._stack = QStackedLayout()
        self._stack.addWidget(self.table)
        self._stack.addWidget(self.empty)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(top)
        column.addLayout(self._stack, 1)
        column.addWidget(self.footer)

    def _connect_signals(self) -> None:
        self.bar.edited.connect(self._filters.set_query)
        self.bar.submitted.connect(self.table.setFocus)
        self.chips.query_chosen.connect(self._on_view)
        self._filters.changed.connect(self._on_filters)
        self._selection.current_changed.connect(self._on_current_elsewhere)
        self.table.selectionModel().currentRowChanged.connect(self._on_current_row)
        self.table.selectionModel().selectionChanged.connect(self._on_selected)
        self.table.doubleClicked.connect(self._on_double_click)
        self.table.clicked.connect(self._on_click)
        self.empty.fixed.connect(self._on_fix)

    def _apply(self, columns: FilterColumns | None) -> None:
        current = self._selection.current
        self.model.show(columns, None if columns is None else self._compile(columns))
        row = None if current is None else self.model.row_of(current)
        if self.model.rowCount():
            self._go_to(0 if row is None else row)
        elif columns is None:
            self._selection.clear()
        self._say_empty()
        self._say_footer()
        self.shown_changed.emit()

    def _compile(self, columns: FilterColumns) -> Mask:
        try:
            mask = compile_filter(self._filters.combined(), columns, self._filters.sets)
        except FilterError as error:
            self._set_error(error)
            return self._instead(columns, error)
        self._set_error(None)
        return mask

    def _instead(self, columns: FilterColumns, error: FilterError) -> Mask:
        """The rows for a query that cannot be read: those by what stands before the wrong word, else those there are.

        The rows there are may be those of the wrong word while it was half typed.
        """
        now = self._filters.now
        if error.length:
            before = replace(now, query=now.query[: max(error.position - bool(now.quick), 0)])
            with suppress(FilterError):
                return compile_filter(before.combined, columns, self._filters.sets)
        shown = np.zeros(len(columns), dtype=bool)
        if self.model.columns is not None and len(self.model.columns) == len(columns):
            shown[self.model.rows()] = True
        return shown

    def _set_error(self, error: FilterError | None) -> None:
        self.bar.set_error(error)
        self.trail.set_unreadable(error is not None)

    def _go_to(self, row: int) -> None:
        index = self.model.index(row, POSITION["code"])
        flags = QItemSelectionModel.SelectionFlag
        self.table.selectionModel().setCurrentIndex(index, flags.ClearAndSelect | flags.Rows)
        self.table.scrollTo(index)

    def _say_empty(self) -> None:
        if self.model.columns is None:
            self.empty.say("No corpus is open yet.", "Import a corpus…")
        elif not self.model.rowCount():
            blind = self.model.columns.hidden is not None
            why = " What is hidden while you rate unseen passes no filter on labels or answers." if blind else ""
            self.empty.say(f"No utterance passes this filter.{why}", "Clear the filter")
        self._stack.setCurrentWidget(self.table if self.model.rowCount() else self.empty)

    def _say_footer(self) -> None:
        columns = self.model.columns
        speakers = 0 if columns is None else len(np.unique(columns.speakers.codes[self.model.rows()]))
        self.footer.say(len(self._selection.selected), speakers)

    def _on_filters(self) -> None:
        self.bar.set_query(self._filters.query)
        self._apply(self.model.columns)

    def _on_view(self, query: str) -> None:
        self._filters.clear()
        self._filters.set_query(query)

    def _on_current_row(self, now: QModelIndex, former: QModelIndex) -> None:
        self._selection.set_current(self.model.utterance(now.row()) if now.isValid() else None)

    def _on_selected(self) -> None:
        ids = self.model.ids()
        ranges = self.table.selectionModel().selection().toList()
        parts = [ids[r.top() : r.bottom() + 1] for r in ranges]
        chosen = np.unique(np.concatenate(parts)) if parts else np.empty(0, dtype=np.int64)
        self._selection.set_selected(tuple(chosen.tolist()))
        self._say_footer()

    def _on_current_elsewhere(self, utterance: int | None) -> None:
        if utterance is None:
            return
        row = self.model.row_of(utterance)
        if row is not None and row != self.table.currentIndex().row():
            self._go_to(row)

    def _on_click(self, index: QModelIndex) -> None:
        if COLUMNS[index.column()].key == "flag":
            self.flag_requested.emit((self.model.utterance(index.row()),))

    def _on_double_click(self, index: QModelIndex) -> None:
        if COLUMNS[index.column()].key != "flag":
            self.play_requested.emit()

    def _on_fix(self) -> None:
        if self.model.columns is None:
            self.fix_requested.emit()
        else:
            self._filters.clear()
