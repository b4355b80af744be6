"""The model of lists: records under a header, numbers at the right."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, Qt
from pytestqt.modeltest import ModelTester
from pytestqt.qtbot import QtBot

from fairemo_gui.gui.controls.row_model import Index, RowModel


class Words(RowModel[str]):
    """Words and their lengths."""

    def __init__(self) -> None:
        super().__init__(("Word", "Length"), {1}, {1: "Number of signs"})

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        word = self._rows[index.row()]
        return (word, len(word))[index.column()] if role == Qt.ItemDataRole.DisplayRole else super().data(index, role)


def test_records_are_rows_under_a_header(qtbot: QtBot, qtmodeltester: ModelTester) -> None:
    model, role = Words(), Qt.ItemDataRole
    model.set_rows(["one", "three"])
    qtmodeltester.check(model)  # type: ignore[no-untyped-call]
    across = Qt.Orientation.Horizontal
    assert [model.headerData(k, across) for k in range(2)] == ["Word", "Length"]
    assert [model.headerData(k, across, role.ToolTipRole) for k in range(2)] == [None, "Number of signs"]
    assert model.headerData(0, Qt.Orientation.Vertical) is None
    aligned = [model.index(0, k).data(role.TextAlignmentRole) for k in range(2)]
    assert aligned == [None, int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)]
    told: list[tuple[int, int]] = []
    model.dataChanged.connect(lambda first, last: told.append((first.row(), last.column())))
    model.replace_row(1, "seven!")
    assert told == [(1, 1)]
    assert model.index(1, 1).data() == 6
    assert list(model.rows()) == ["one", "seven!"]
    assert model.rowCount(model.index(0, 0)) == model.columnCount(model.index(0, 0)) == 0
    assert model.rowCount(QModelIndex()) == 2
