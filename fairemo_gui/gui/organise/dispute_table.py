"""The list of disagreements of a condition: how votes are divided, how evenly, and what was decided."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QHeaderView, QTableView, QWidget

from fairemo_gui.gui import theme
from fairemo_gui.gui.controls import numbers
from fairemo_gui.gui.controls.cells import SWATCH, dress_table
from fairemo_gui.gui.organise.cells import RULE, STACK, MarksDelegate
from fairemo_gui.services.campaign.disputes import ENTROPY_DEFINITION, Dispute
from fairemo_gui.store.labels import NO_AGREEMENT

_Index = QModelIndex | QPersistentModelIndex
_NOWHERE = QModelIndex()
CODE, VOTES, BITS, DECISION = range(4)
_HEADER = ("Utterance", "Votes", "Bits", "Decision")
_WIDTHS = {VOTES: 84, BITS: 42, DECISION: 104}
_HINTS = {
    CODE: "Those without a majority come first, then, below the line, those with one; in both the least certain first.",
    VOTES: "How the votes are divided over emotions, in their colours.",
    BITS: f"Entropy of the votes, in bits. {ENTROPY_DEFINITION.definition}\n{ENTROPY_DEFINITION.formula}\n"
    f"{ENTROPY_DEFINITION.source}",
    DECISION: "What was decided; while it is open, whether more than half of the votes name one emotion.",
}
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


class DisputeModel(QAbstractTableModel):
    """Disagreements as rows."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rows: list[Dispute] = []
        self._classes: tuple[str, ...] = ()

    def show(self, rows: Sequence[Dispute], classes: tuple[str, ...]) -> None:
        """Show other rows."""
        self.beginResetModel()
        self._rows, self._classes = list(rows), classes
        self.endResetModel()

    def rows(self) -> Sequence[Dispute]:
        """What is shown."""
        return self._rows

    def place(self, utterance: int) -> int | None:
        """Row of an utterance."""
        return next((k for k, row in enumerate(self._rows) if row.utterance == utterance), None)

    def update(self, dispute: Dispute) -> None:
        """Show one of the rows as it is now."""
        row = self.place(dispute.utterance)
        if row is not None and self._rows[row].key == dispute.key:
            self._rows[row] = dispute
            self.dataChanged.emit(self.index(row, 0), self.index(row, len(_HEADER) - 1))

    def rowCount(self, parent: _Index = _NOWHERE) -> int:
        """One per utterance."""
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: _Index = _NOWHERE) -> int:
        """See the header."""
        return 0 if parent.isValid() else len(_HEADER)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Column names."""
        if orientation is not Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.TextAlignmentRole and section == BITS:
            return _RIGHT
        if role == Qt.ItemDataRole.ToolTipRole:
            return _HINTS[section]
        return _HEADER[section] if role == Qt.ItemDataRole.DisplayRole else None

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """One cell."""
        dispute, column = self._rows[index.row()], index.column()
        tokens = theme.current()
        if role == Qt.ItemDataRole.DisplayRole:
            words = {CODE: dispute.code, BITS: numbers.rate(dispute.entropy, 2), DECISION: _state(dispute)}
            return words.get(column)
        if role == RULE:
            row = index.row()
            return row > 0 and dispute.majority and not self._rows[row - 1].majority
        if role == STACK and column == VOTES:
            total = sum(dispute.counts)
            shares = zip(dispute.counts, self._classes, strict=True)
            return tuple((n / total, theme.emotion_colour(tokens, name, self._classes)) for n, name in shares if n)
        if role == SWATCH and column == DECISION and dispute.decision not in {None, NO_AGREEMENT}:
            return theme.emotion_colour(tokens, str(dispute.decision), self._classes)
        if role == Qt.ItemDataRole.ForegroundRole and (column == BITS or (column == DECISION and not dispute.decided)):
            return QColor(tokens.text3 if column == DECISION and dispute.decision is None else tokens.text2)
        if role == Qt.ItemDataRole.TextAlignmentRole and column == BITS:
            return int(_RIGHT)
        if role in {Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleTextRole}:
            return self.sentence(dispute)
        return None

    def sentence(self, dispute: Dispute) -> str:
        """A disagreement in words."""
        votes = ", ".join(f"{name} {n}" for name, n in zip(self._classes, dispute.counts, strict=True) if n)
        said = "open"
        if dispute.decision is not None:
            said = f"{dispute.decision.replace('_', ' ')} by {dispute.person or 'rule'}"
        split = "" if dispute.majority else ", no majority"
        return f"{dispute.code}: {votes}; entropy {numbers.rate(dispute.entropy, 2)} bits{split}; {said}"


def _state(dispute: Dispute) -> str:
    if dispute.decision is not None:
        return dispute.decision.replace("_", " ")
    return "majority" if dispute.majority else "no majority"


def make_disputes(model: DisputeModel, parent: QWidget | None = None) -> QTableView:
    """The table of disagreements."""
    table = QTableView(parent)
    table.setModel(model)
    table.setObjectName("disputes")
    table.setAccessibleName("Disagreements")
    dress_table(table)
    table.setItemDelegate(MarksDelegate(table))
    table.setSelectionMode(QTableView.SelectionMode.SingleSelection)
    table.setTabKeyNavigation(False)
    table.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    for section, width in _WIDTHS.items():
        table.setColumnWidth(section, width)
    table.horizontalHeader().setSectionResizeMode(CODE, QHeaderView.ResizeMode.Stretch)
    return table
