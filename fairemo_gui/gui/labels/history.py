"""The log of ratings of one utterance, newest first; what no longer counts is struck through."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QWidget

from fairemo_gui.core.records import Condition, Rating
from fairemo_gui.gui import theme
from fairemo_gui.gui.controls.cells import SWATCH, dress_table

Index = QModelIndex | QPersistentModelIndex
_NOWHERE = QModelIndex()
_CONDITIONS = {Condition.VOICE: "voice", Condition.FACE: "face", Condition.AV: "AV"}
TIME, WHO, WHAT = range(3)


class HistoryModel(QAbstractTableModel):
    """Ratings as rows: time, who and condition, emotion and intensity."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._ratings: tuple[Rating, ...] = ()
        self._replaced: frozenset[str] = frozenset()
        self._classes: tuple[str, ...] = ()
        self._me = ""

    def show(self, ratings: tuple[Rating, ...], classes: tuple[str, ...], me: str) -> None:
        """Show the ratings of an utterance."""
        self.beginResetModel()
        self._ratings, self._classes, self._me = ratings, classes, me
        self._replaced = frozenset(rating.supersedes for rating in ratings if rating.supersedes)
        self.endResetModel()

    def rowCount(self, parent: Index = _NOWHERE) -> int:
        """One row per entry of the log."""
        return 0 if parent.isValid() else len(self._ratings)

    def columnCount(self, parent: Index = _NOWHERE) -> int:
        """Time, who, what."""
        return 0 if parent.isValid() else 3

    def counts(self, row: int) -> bool:
        """Whether the rating in a row stands."""
        rating = self._ratings[row]
        return rating.uuid not in self._replaced and bool(rating.votes)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """One cell."""
        if not index.isValid():
            return None
        rating, stands = self._ratings[index.row()], self.counts(index.row())
        if role == Qt.ItemDataRole.DisplayRole:
            return self._words(rating)[index.column()]
        if role == SWATCH and index.column() == WHAT and rating.votes:
            return theme.emotion_colour(theme.current(), rating.votes[0], self._classes)
        if role == Qt.ItemDataRole.FontRole and index.column() == WHAT and not stands and rating.votes:
            font = theme.font()
            font.setStrikeOut(True)
            return font
        if role == Qt.ItemDataRole.ForegroundRole and (index.column() != WHAT or not stands):
            return QColor(theme.current().text2)
        if role in {Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleTextRole}:
            return self._hint(rating, stands)
        return None

    def _words(self, rating: Rating) -> tuple[str, str, str]:
        who = "you" if rating.rater == self._me else rating.rater
        said = " + ".join(rating.votes) or "taken back"
        strength = f" {rating.intensity}" if rating.intensity is not None and rating.votes else ""
        return _clock(rating.created_at), f"{who} · {_CONDITIONS[rating.condition]}", said + strength

    def _hint(self, rating: Rating, stands: bool) -> str:
        time, who, what = self._words(rating)
        notes = [f"{rating.created_at[:10]} {time}, {who}: {what}"]
        if rating.undoes:
            notes.append("takes the rating after it back")
        if not stands and rating.votes:
            notes.append("no longer counts")
        if rating.prediction_visible:
            notes.append("given in sight of a prediction")
        if rating.response_ms is not None:
            notes.append(f"answered {rating.response_ms / 1000:.1f} s after the end")
        if rating.replays:
            notes.append(f"{rating.replays} replays")
        return "; ".join(notes)


def make_history(model: HistoryModel, parent: QWidget | None = None) -> QTableView:
    """The table of the log."""
    table = QTableView(parent)
    dress_table(table)
    table.setObjectName("history")
    table.setAccessibleName("History of ratings")
    table.setModel(model)
    table.horizontalHeader().hide()
    table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
    table.setTabKeyNavigation(False)
    table.setColumnWidth(TIME, 66)
    table.setColumnWidth(WHO, 94)
    table.horizontalHeader().setSectionResizeMode(WHAT, QHeaderView.ResizeMode.Stretch)
    return table


def _clock(moment: str) -> str:
    try:
        return datetime.fromisoformat(moment).astimezone().strftime("%H:%M:%S")
    except ValueError:
        return moment
