"""The flipped utterances: a table whose every row is one key from the player, filtered by chips."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QColor, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QHeaderView, QTableView, QVBoxLayout, QWidget

from fairemo_gui.evaluation.comparison import FlipResult
from fairemo_gui.gui import theme
from fairemo_gui.gui.compare.model import FlipRow
from fairemo_gui.gui.compare.verdicts import flip_colour, flip_glyph
from fairemo_gui.gui.controls import numbers
from fairemo_gui.gui.controls.cells import GLYPH, ICON, MARKER, SWATCH, dress_table
from fairemo_gui.gui.controls.chip import Chip
from fairemo_gui.gui.controls.empty import EmptyState

_Index = QModelIndex | QPersistentModelIndex
PLAY, CODE, GROUP, TRUTH, MOVE, DELTA, RESULT = range(7)
_WIDTHS = {PLAY: 28, GROUP: 52, TRUTH: 56, MOVE: 84, DELTA: 66, RESULT: 90}
_NARROW = 480
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


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


class FlipTableModel(QAbstractTableModel):
    """Rows of flipped utterances."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rows: Sequence[FlipRow] = ()
        self._classes: tuple[str, ...] = ()
        self._header: tuple[str, ...] = ("", "Utterance", "Group", "Truth", "", "Δ p(truth)", "Result")

    def set_rows(self, rows: Sequence[FlipRow], classes: tuple[str, ...], move: str) -> None:
        """Show other rows; `move` heads the column of predictions, as `12 → 13`."""
        self.beginResetModel()
        self._rows, self._classes = rows, classes
        self._header = ("", "Utterance", "Group", "Truth", move, "Δ p(truth)", "Result")
        self.endResetModel()

    def row(self, index: int) -> FlipRow:
        """The utterance in a row."""
        return self._rows[index]

    def rowCount(self, parent: _Index | None = None) -> int:
        """Utterances shown."""
        return 0 if parent is not None and parent.isValid() else len(self._rows)

    def columnCount(self, parent: _Index | None = None) -> int:
        """Columns."""
        return 0 if parent is not None and parent.isValid() else len(self._header)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Column names; numbers at the right."""
        if orientation is not Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.TextAlignmentRole and section == DELTA:
            return _RIGHT
        return self._header[section] if role == Qt.ItemDataRole.DisplayRole else None

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Words and marks of a cell."""
        flip, column = self._rows[index.row()], index.column()
        if role == Qt.ItemDataRole.DisplayRole:
            return self._words(flip, column)
        if role == Qt.ItemDataRole.TextAlignmentRole and column == DELTA:
            return int(_RIGHT)
        if role == Qt.ItemDataRole.ForegroundRole and column == MOVE:
            return QColor(theme.current().text2)
        if role == Qt.ItemDataRole.ToolTipRole:
            return self._sentence(flip)
        return self._mark(flip, column, role)

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
        self.chips = {which: Chip(which, parent=self) for which in Filter}
        self._empty = EmptyState("No utterance's prediction changed.", parent=self)
        self._assemble()
        self._filter = Filter.ALL

    def set_flips(self, flips: Sequence[FlipRow], classes: tuple[str, ...], move: str) -> None:
        """Show these flips, all of them."""
        self._flips, self._classes, self._move = flips, classes, move
        for which, chip in self.chips.items():
            words = f"{which} {numbers.count(len(self._chosen(which)))}"
            chip.setText(words)
            chip.setAccessibleName(words)
            chip.updateGeometry()
        self._empty.setVisible(not flips)
        self.table.setVisible(bool(flips))
        self.show_only(Filter.ALL)

    def show_only(self, which: Filter) -> None:
        """Show all, or one kind."""
        self._filter = which
        for other, chip in self.chips.items():
            chip.setChecked(other is which)
        rows = self._chosen(which)
        self.table_model.set_rows(rows, self._classes, self._move)
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
        row = QHBoxLayout()
        row.setContentsMargins(8, 6, 8, 6)
        row.setSpacing(6)
        for which, chip in self.chips.items():
            chip.clicked.connect(lambda _=False, which=which: self.show_only(which))
            row.addWidget(chip)
        row.addStretch(1)
        column.addLayout(row)
        column.addWidget(self.table, 1)
        column.addWidget(self._empty, 1)
        self._empty.hide()
        self.table.setModel(self.table_model)
        self.table.setAccessibleName("Flipped utterances")
        dress_table(self.table)
        self.table.setSelectionMode(QTableView.SelectionMode.SingleSelection)
        for section, width in _WIDTHS.items():
            self.table.setColumnWidth(section, width)
        self.table.horizontalHeader().setSectionResizeMode(CODE, QHeaderView.ResizeMode.Stretch)
        self.table.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.table.activated.connect(self._on_activated)
        self.table.clicked.connect(self._on_clicked)

    def _on_activated(self, index: QModelIndex) -> None:
        self.play_requested.emit(self.table_model.row(index.row()).utterance)

    def _on_clicked(self, index: QModelIndex) -> None:
        if index.column() == PLAY:
            self._on_activated(index)


def _group_letter(group: str | None) -> str:
    """`f` and `m` beside their marker; other values as they are."""
    return {"female": "f", "male": "m", None: "?"}.get(group, group or "?")
