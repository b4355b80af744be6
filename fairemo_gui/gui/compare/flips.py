"""The flipped utterances: a table whose every row is one key from the player, filtered by chips."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum

from PySide6.QtCore import QModelIndex, Qt, Signal
from PySide6.QtGui import QColor, QResizeEvent
from PySide6.QtWidgets import QTableView, QVBoxLayout, QWidget

from fairemo_gui.evaluation.comparison import FlipResult
from fairemo_gui.gui import theme
from fairemo_gui.gui.compare.model import FlipRow
from fairemo_gui.gui.compare.verdicts import flip_colour, flip_glyph
from fairemo_gui.gui.controls import numbers
from fairemo_gui.gui.controls.cells import GLYPH, ICON, MARKER, SWATCH, dress_list
from fairemo_gui.gui.controls.chip import ChipRow
from fairemo_gui.gui.controls.empty import EmptyState
from fairemo_gui.gui.controls.row_model import Index, RowModel

PLAY, CODE, GROUP, TRUTH, MOVE, DELTA, RESULT = range(7)
_WIDTHS = {PLAY: 28, GROUP: 52, TRUTH: 56, MOVE: 84, DELTA: 66, RESULT: 90}
_NARROW = 480


class Filter(StrEnum):
    """Which flips are shown."""

    ALL = "All"
    FIXED = "Fixed"
    BROKEN = "Broken"
    STILL_WRONG = "Still wrong"


_RESULTS = {
    Filter.FIXED: FlipResult.FIXED,
    Filter.BROKEN: FlipResult.BROKEN,
    Filter.STILL_WRONG: FlipResult.STILL_WRONG,
}


class FlipTableModel(RowModel[FlipRow]):
    """Rows of flipped utterances."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(_header(""), {DELTA}, parent=parent)
        self._classes: tuple[str, ...] = ()

    def show(self, rows: Sequence[FlipRow], classes: tuple[str, ...], move: str) -> None:
        """Show other rows; `move` heads the column of predictions, as `12 → 13`."""
        self._classes, self.header = classes, _header(move)
        self.set_rows(rows)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Words and marks of a cell."""
        flip, column = self._rows[index.row()], index.column()
        if role == Qt.ItemDataRole.DisplayRole:
            return self._words(flip, column)
        if role == Qt.ItemDataRole.ForegroundRole and column == MOVE:
            return QColor(theme.current().text2)
        if role == Qt.ItemDataRole.ToolTipRole:
            return self._sentence(flip)
        return self._mark(flip, column, role) or super().data(index, role)

    def _words(self, flip: FlipRow, column: int) -> str:
        short = [name[:3] for name in self._classes]
        words = {
            CODE: flip.code,
            GROUP: _group_letter(flip.group),
            TRUTH: short[flip.truth],
            MOVE: _move(flip, short),
            DELTA: numbers.signed(flip.delta_p, 2),
            RESULT: str(flip.result),
        }
        return words.get(column, "")

    def _mark(self, flip: FlipRow, column: int, role: int) -> object:
        tokens = theme.current()
        if role == SWATCH and column == TRUTH:
            return theme.emotion_colour(tokens, self._classes[flip.truth], self._classes)
        if role == MARKER and column == GROUP:
            return theme.group_style(tokens, flip.group)
        if role == GLYPH and column == RESULT:
            return flip_glyph(flip.result), flip_colour(flip.result, tokens)
        return "play" if role == ICON and column == PLAY else None

    def _sentence(self, flip: FlipRow) -> str:
        names = self._classes
        return (
            f"{flip.code}: {_labels(flip.old, names)} → {_labels(flip.new, names)}, truth {names[flip.truth]}, "
            f"Δ p(truth) {numbers.signed(flip.delta_p)}, {flip.result}"
        )


def _header(move: str) -> tuple[str, ...]:
    return "", "Utterance", "Group", "Truth", move, "Δ p(truth)", "Result"


def _move(flip: FlipRow, names: Sequence[str]) -> str:
    """One label to another; where there are several, only what went and what came."""
    if len(flip.old) == len(flip.new) == 1:
        return f"{names[flip.old[0]]} → {names[flip.new[0]]}"
    gone = [f"{numbers.MINUS}{names[k]}" for k in flip.old if k not in flip.new]
    return " ".join([*gone, *(f"+{names[k]}" for k in flip.new if k not in flip.old)])


def _labels(predicted: Sequence[int], names: Sequence[str]) -> str:
    return "+".join(names[k] for k in predicted) or "none"


class FlipTable(QWidget):
    """Chips and table.

    Signals:
        play_requested(utterance_id): A row was activated, or its play cell clicked.
        shown_changed(count): Another number of rows is shown.
    """

    play_requested = Signal(int)
    shown_changed = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._flips: Sequence[FlipRow] = ()
        self._classes: tuple[str, ...] = ()
        self._move = ""
        self.table = QTableView(self)
        self.table_model = FlipTableModel(self)
        self.chips = ChipRow(Filter)
        self._empty = EmptyState("No utterance's prediction changed.", parent=self)
        self._assemble()
        self._filter = Filter.ALL

    def set_flips(self, flips: Sequence[FlipRow], classes: tuple[str, ...], move: str) -> None:
        """Show these flips, all of them."""
        self._flips, self._classes, self._move = flips, classes, move
        self.chips.set_counts(lambda kind: len(self._chosen(Filter(kind))))
        self._empty.setVisible(not flips)
        self.table.setVisible(bool(flips))
        self.show_only(Filter.ALL)

    def show_only(self, which: Filter) -> None:
        """Show all, or one kind."""
        self._filter = which
        self.chips.set_value(which)
        rows = self._chosen(which)
        self.table_model.show(rows, self._classes, self._move)
        if rows:
            self.table.setCurrentIndex(self.table_model.index(0, CODE))
        self.shown_changed.emit(len(rows))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Where it is narrow the code needs the room more than the change of p, which the tooltip has too."""
        super().resizeEvent(event)
        self.table.setColumnHidden(DELTA, self.width() < _NARROW)

    def _chosen(self, which: Filter) -> list[FlipRow]:
        result = _RESULTS.get(which)
        return [flip for flip in self._flips if result is None or flip.result is result]

    def _assemble(self) -> None:
        self.setAutoFillBackground(True)
        self.setBackgroundRole(self.palette().ColorRole.Base)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.chips)
        column.addWidget(self.table, 1)
        column.addWidget(self._empty, 1)
        self._empty.hide()
        self.table.setModel(self.table_model)
        self.table.setAccessibleName("Flipped utterances")
        dress_list(self.table, _WIDTHS, CODE)
        self.chips.chosen.connect(lambda kind: self.show_only(Filter(kind)))
        self.table.activated.connect(self._on_activated)
        self.table.clicked.connect(self._on_clicked)

    def _on_activated(self, index: QModelIndex) -> None:
        self.play_requested.emit(self.table_model.rows()[index.row()].utterance)

    def _on_clicked(self, index: QModelIndex) -> None:
        if index.column() == PLAY:
            self._on_activated(index)


def _group_letter(group: str | None) -> str:
    """`f` and `m` beside their marker; other values as they are."""
    return {"female": "f", "male": "m", None: "?"}.get(group, group or "?")
