"""What stands beside the picture: the turns around an utterance, or the same sentence by the same speaker."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, QRectF, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QVBoxLayout, QWidget

from fairemo_gui.core.records import Truth
from fairemo_gui.gui import theme
from fairemo_gui.gui.controls.cells import ICON, SWATCH, dress_table
from fairemo_gui.gui.controls.painting import pen
from fairemo_gui.gui.tone_label import ToneLabel
from fairemo_gui.gui.utterances.cells import HIDDEN
from fairemo_gui.services.filter_columns import FilterColumns, Ints

Index = QModelIndex | QPersistentModelIndex
_NOWHERE = QModelIndex()
_NO_ROWS = np.empty(0, dtype=np.int64)
_MOST = 200
# Below this width, px, titles and votes in full would lose their ends.
_NARROW = 440
_PLAY, _VOTES, _SHORT_VOTES = 26, 128, 72


@dataclass(frozen=True)
class Context:
    """Utterances to set beside the current one.

    Attributes:
        rows: Positions in the columns, in order.
        words: What they are, in one sentence.
        dialogue: They are turns of one dialogue.
    """

    rows: Ints
    words: str
    dialogue: bool


NOTHING = Context(_NO_ROWS, "", False)


def context_of(columns: FilterColumns, utterance: int, turns: list[int]) -> Context:
    """The turns of the dialogue where there is one, else takes of the sentence by the speaker.

    Args:
        columns: The corpus.
        utterance: Id of the current one.
        turns: Ids of the utterances of its dialogue, in order; empty where there is none.
    """
    places = columns.position
    if len(turns) > 1:
        rows = np.array([places[turn] for turn in turns if turn in places], dtype=np.int64)
        return Context(rows, "The dialogue, turn by turn.", True)
    row = places[utterance]
    same = columns.speakers.codes == columns.speakers.codes[row]
    sentence = columns.transcripts[row]
    takes = [int(k) for k in np.flatnonzero(same) if sentence and columns.transcripts[int(k)] == sentence]
    if len(takes) > 1:
        words = "No dialogue: this speaker’s takes of it."
        return Context(np.array(takes[:_MOST], dtype=np.int64), words, False)
    others = np.flatnonzero(same)[:_MOST]
    return Context(others, "No dialogue: this speaker’s utterances.", False)


class ContextModel(QAbstractTableModel):
    """Rows of a context: play, what was meant, what raters said."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._columns: FilterColumns | None = None
        self._context = NOTHING
        self._short = False

    def set_short(self, short: bool) -> None:
        """Name classes by three letters, and titles in a word, for a narrow table."""
        if short != self._short:
            self._short = short
            self.headerDataChanged.emit(Qt.Orientation.Horizontal, 1, self.columnCount() - 1)
            if self.rowCount():
                self.dataChanged.emit(self.index(0, 2), self.index(self.rowCount() - 1, self.columnCount() - 1))

    def show(self, columns: FilterColumns | None, context: Context) -> None:
        """Show other utterances."""
        self.beginResetModel()
        self._columns, self._context = columns, context
        self.endResetModel()

    def utterance(self, row: int) -> int:
        """Id of the utterance in a row."""
        assert self._columns is not None
        return int(self._columns.ids[self._context.rows[row]])

    def row_of(self, utterance: int) -> int:
        """Row of an utterance; −1 where it is not shown."""
        if self._columns is None or utterance not in self._columns.position:
            return -1
        found = np.flatnonzero(self._context.rows == self._columns.position[utterance])
        return int(found[0]) if len(found) else -1

    def rowCount(self, parent: Index = _NOWHERE) -> int:
        """One row per utterance."""
        return 0 if parent.isValid() else len(self._context.rows)

    def columnCount(self, parent: Index = _NOWHERE) -> int:
        """Play, who or intended, AV, voice."""
        return 0 if parent.isValid() else 4

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Titles."""
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.TextAlignmentRole:
            return int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        if orientation != Qt.Orientation.Horizontal or role != Qt.ItemDataRole.DisplayRole:
            return None
        if self._short:
            return ("", "Turn" if self._context.dialogue else "Intended", "AV", "Voice")[section]
        first = "Speaker, words" if self._context.dialogue else "Intended"
        return ("", first, "AV label, votes", "Voice label, votes")[section]

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """One cell."""
        columns = self._columns
        if columns is None or not index.isValid():
            return None
        row = int(self._context.rows[index.row()])
        if index.column() == 0:
            return "play" if role == ICON else f"Play {columns.name(row)}" if _for_readers(role) else None
        if index.column() == 1:
            return self._first(columns, row, role)
        if columns.is_hidden(row):
            return "hidden" if role == Qt.ItemDataRole.DisplayRole else HIDDEN if _for_readers(role) else None
        truth = Truth.AV if index.column() == 2 else Truth.VOICE
        k = int(columns.labelled[truth][row])
        if role == SWATCH and k >= 0:
            return theme.emotion_colour(theme.current(), columns.scheme.classes[k], columns.scheme.classes)
        if role == Qt.ItemDataRole.DisplayRole or _for_readers(role):
            if k < 0:
                return "–"
            votes, name = columns.votes[truth][row], columns.scheme.classes[k]
            short = self._short and role == Qt.ItemDataRole.DisplayRole
            return f"{name[:3] if short else name} {votes[k]}/{votes.sum()}"
        return None

    def _first(self, columns: FilterColumns, row: int, role: int) -> Any:
        if role == Qt.ItemDataRole.DisplayRole or _for_readers(role):
            if self._context.dialogue:
                return f"{columns.speakers.values[columns.speakers.codes[row]]}: {columns.transcripts[row]}"
            k = int(columns.labelled[Truth.INTENDED][row])
            return columns.scheme.classes[k] if k >= 0 else columns.name(row)
        return None


def _for_readers(role: int) -> bool:
    return role in {Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleTextRole}


class ContextView(QWidget):
    """The table beside the picture.

    Signals:
        chosen(int): An utterance was clicked: look at it.
        play_requested(int): Its play mark, a double click or Return: look at it and play.
    """

    chosen = Signal(int)
    play_requested = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.model = ContextModel(self)
        self.table = _make_table(self.model)
        self.setFocusProxy(self.table)
        self.words = ToneLabel()
        self.words.setContentsMargins(8, 0, 8, 0)
        self.words.setFixedHeight(20)
        column = QVBoxLayout(self)
        column.setContentsMargins(1, 1, 1, 1)
        column.setSpacing(0)
        column.addWidget(self.table, 1)
        column.addWidget(self.words)
        self.setAutoFillBackground(True)
        self.setBackgroundRole(self.palette().ColorRole.Base)
        self.table.clicked.connect(self._on_clicked)
        self.table.activated.connect(lambda index: self.play_requested.emit(self.model.utterance(index.row())))

    def show_context(self, columns: FilterColumns | None, context: Context, current: int | None) -> None:
        """Show what stands around an utterance."""
        self.model.show(columns, context)
        self.words.setText(context.words)
        row = -1 if current is None else self.model.row_of(current)
        if row >= 0:
            self.table.selectRow(row)
            self.table.scrollTo(self.model.index(row, 0))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Where it is narrow, the votes are worth more than whole names; the current turn stays in sight."""
        super().resizeEvent(event)
        short = self.width() < _NARROW
        self.model.set_short(short)
        for column in (2, 3):
            self.table.setColumnWidth(column, _SHORT_VOTES if short else _VOTES)
        self.table.scrollTo(self.table.currentIndex())

    def paintEvent(self, event: QPaintEvent) -> None:
        """A hairline around."""
        painter = QPainter(self)
        painter.setPen(pen(theme.current().line))
        painter.drawRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5))

    def _on_clicked(self, index: QModelIndex) -> None:
        utterance = self.model.utterance(index.row())
        if index.column() == 0:
            self.play_requested.emit(utterance)
        else:
            self.chosen.emit(utterance)


def _make_table(model: ContextModel) -> QTableView:
    table = QTableView()
    dress_table(table)
    table.setObjectName("context")
    table.setAccessibleName("Around this utterance")
    table.setModel(model)
    table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
    table.setTabKeyNavigation(False)
    table.setColumnWidth(0, _PLAY)
    header = table.horizontalHeader()
    header.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
    # What is said takes all the room that votes leave.
    header.setSectionResizeMode(1, QHeaderView.ResizeMode.Stretch)
    return table
