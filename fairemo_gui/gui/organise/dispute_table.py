"""The list of disagreements of a condition: how votes are divided, how evenly, and what was decided."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QTableView, QWidget

from fairemo_gui.gui import theme
from fairemo_gui.gui.controls import numbers
from fairemo_gui.gui.controls.cells import SWATCH, dress_list
from fairemo_gui.gui.controls.row_model import Index, RowModel
from fairemo_gui.gui.organise.cells import RULE, STACK, MarksDelegate
from fairemo_gui.services.campaign.disputes import ENTROPY_DEFINITION, Dispute
from fairemo_gui.store.labels import NO_AGREEMENT

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


class DisputeModel(RowModel[Dispute]):
    """Disagreements as rows."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(_HEADER, {BITS}, _HINTS, parent)
        self._classes: tuple[str, ...] = ()

    def show(self, rows: Sequence[Dispute], classes: tuple[str, ...]) -> None:
        """Show other rows."""
        self._classes = classes
        self.set_rows(rows)

    def place(self, utterance: int) -> int | None:
        """Row of an utterance."""
        return next((k for k, row in enumerate(self._rows) if row.utterance == utterance), None)

    def update(self, dispute: Dispute) -> None:
        """Show one of the rows as it is now."""
        row = self.place(dispute.utterance)
        if row is not None and self._rows[row].key == dispute.key:
            self.replace_row(row, dispute)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
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
        if role in {Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleTextRole}:
            return self.sentence(dispute)
        return super().data(index, role)

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
    dress_list(table, _WIDTHS, CODE)
    table.setItemDelegate(MarksDelegate(table))
    return table
