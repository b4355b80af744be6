"""Every version of every rating of an utterance in one condition, rater by rater; decisions last."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QHeaderView, QTableView, QWidget

from fairemo_gui.core.records import RaterKind, Rating, Role
from fairemo_gui.gui import theme
from fairemo_gui.gui.controls.cells import SWATCH, dress_table
from fairemo_gui.services.adjudication import decided_by
from fairemo_gui.services.campaign.disputes import State, Version
from fairemo_gui.store.labels import NO_AGREEMENT

_Index = QModelIndex | QPersistentModelIndex
_NOWHERE = QModelIndex()
WHO, VERSION, ANSWER, FIRST, SECONDS, PLAYS, STATE = range(7)
_HEADER = ("Rater", "", "Answer", "First", "Time", "Plays", "State")
_WIDTHS = {VERSION: 26, ANSWER: 88, FIRST: 58, SECONDS: 48, PLAYS: 42, STATE: 84}
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


class VersionModel(QAbstractTableModel):
    """Versions as rows."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._versions: Sequence[Version] = ()
        self._classes: tuple[str, ...] = ()

    def show(self, versions: Sequence[Version], classes: tuple[str, ...]) -> None:
        """Show the log of an utterance."""
        self.beginResetModel()
        self._versions, self._classes = versions, classes
        self.endResetModel()

    def versions(self) -> Sequence[Version]:
        """What is shown."""
        return self._versions

    def rowCount(self, parent: _Index = _NOWHERE) -> int:
        """One row per entry of the log."""
        return 0 if parent.isValid() else len(self._versions)

    def columnCount(self, parent: _Index = _NOWHERE) -> int:
        """See the header."""
        return 0 if parent.isValid() else len(_HEADER)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Column names; numbers at the right."""
        if orientation is not Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.TextAlignmentRole and section in {SECONDS, PLAYS}:
            return _RIGHT
        return _HEADER[section] if role == Qt.ItemDataRole.DisplayRole else None

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """One cell."""
        version, column = self._versions[index.row()], index.column()
        rating, stands = version.rating, version.state is State.COUNTS
        if role == Qt.ItemDataRole.DisplayRole:
            return _words(version)[column]
        if role == SWATCH and column == ANSWER and rating.votes and rating.votes[0] in self._classes:
            return theme.emotion_colour(theme.current(), rating.votes[0], self._classes)
        if role == Qt.ItemDataRole.FontRole and column == ANSWER and not stands:
            font = theme.font()
            font.setStrikeOut(version.state is not State.WITHDRAWN)
            return font
        if role == Qt.ItemDataRole.ForegroundRole and (not stands or column not in {WHO, ANSWER}):
            return QColor(theme.current().text2)
        if role == Qt.ItemDataRole.TextAlignmentRole and column in {SECONDS, PLAYS}:
            return int(_RIGHT)
        if role in {Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleTextRole}:
            return sentence(version)
        return None


def _words(version: Version) -> tuple[str, ...]:
    rating = version.rating
    gold = version.kind is RaterKind.ADJUDICATED
    return (
        f"{rating.rater} · {decided_by(rating)}" if gold and decided_by(rating) else rating.rater,
        str(version.number) if version.number > 1 or version.state is not State.COUNTS else "",
        said(rating),
        "" if rating.first_answer is None or rating.votes[:1] == (rating.first_answer,) else rating.first_answer[:3],
        "" if rating.response_ms is None else f"{rating.response_ms / 1000:.1f} s",
        "" if gold else str(rating.replays + 1),
        str(version.state if rating.role is Role.MAIN else rating.role),
    )


def said(rating: Rating) -> str:
    """The answer in words."""
    if rating.votes == (NO_AGREEMENT,):
        return "no agreement"
    return " + ".join(rating.votes) or "nothing"


def sentence(version: Version) -> str:
    """A version in words."""
    rating = version.rating
    parts = [f"{moment(rating.created_at)}, {rating.rater}, version {version.number}: {said(rating)}, {version.state}"]
    if rating.undoes:
        parts.append("takes a former answer back")
    if rating.first_answer is not None and rating.votes[:1] != (rating.first_answer,):
        parts.append(f"first answer {rating.first_answer}")
    if rating.intensity is not None:
        parts.append(f"intensity {rating.intensity}")
    if rating.response_ms is not None:
        parts.append(f"{rating.response_ms / 1000:.1f} s after the clip's end")
    if rating.prediction_visible:
        parts.append("given in sight of a prediction, not counted here")
    if rating.role is not Role.MAIN:
        parts.append(f"{rating.role}, not counted")
    if rating.comment:
        parts.append(rating.comment)
    return "; ".join(parts)


def moment(text: str) -> str:
    """A time as the local clock shows it; as written where it is none."""
    try:
        return datetime.fromisoformat(text).astimezone().strftime("%Y-%m-%d %H:%M")
    except ValueError:
        return text


def make_versions(model: VersionModel, parent: QWidget | None = None) -> QTableView:
    """The table of versions."""
    table = QTableView(parent)
    table.setModel(model)
    table.setObjectName("versions")
    table.setAccessibleName("Every version of every rating")
    dress_table(table)
    table.setSelectionMode(QTableView.SelectionMode.SingleSelection)
    table.setTabKeyNavigation(False)
    table.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    for section, width in _WIDTHS.items():
        table.setColumnWidth(section, width)
    table.horizontalHeader().setSectionResizeMode(WHO, QHeaderView.ResizeMode.Stretch)
    return table
