"""Every version of every rating of an utterance in one condition, rater by rater; decisions last."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QTableView, QWidget

from fairemo_gui.core.records import RaterKind, Rating, Role
from fairemo_gui.gui import theme
from fairemo_gui.gui.controls.cells import SWATCH, dress_list
from fairemo_gui.gui.controls.row_model import Index, RowModel
from fairemo_gui.services.adjudication import decided_by
from fairemo_gui.services.campaign.disputes import State, Version
from fairemo_gui.store.labels import NO_AGREEMENT

WHO, VERSION, ANSWER, FIRST, SECONDS, PLAYS, STATE = range(7)
_HEADER = ("Rater", "", "Answer", "First", "Time", "Plays", "State")
_WIDTHS = {VERSION: 26, ANSWER: 88, FIRST: 58, SECONDS: 48, PLAYS: 42, STATE: 84}


class VersionModel(RowModel[Version]):
    """Versions as rows."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(_HEADER, {SECONDS, PLAYS}, parent=parent)
        self._classes: tuple[str, ...] = ()

    def show(self, versions: Sequence[Version], classes: tuple[str, ...]) -> None:
        """Show the log of an utterance."""
        self._classes = classes
        self.set_rows(versions)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """One cell."""
        version, column = self._rows[index.row()], index.column()
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
        if role in {Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleTextRole}:
            return sentence(version)
        return super().data(index, role)


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
    dress_list(table, _WIDTHS, WHO)
    return table
