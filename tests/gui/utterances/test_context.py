"""What stands beside the picture."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from fairemo_gui.gui.controls.cells import SWATCH
from fairemo_gui.gui.utterances.context import Context, ContextModel, ContextView
from fairemo_gui.services.filter_columns import with_hidden
from tests.unit.services.columns import columns_of


def test_a_hidden_utterance_tells_neither_votes_nor_what_was_meant_nor_its_code(qtbot: QtBot) -> None:
    columns, model = columns_of(30), ContextModel()
    model.show(with_hidden(columns, np.arange(30) == 1), Context(np.arange(4), "takes", False))
    assert model.index(1, 1).data() == "clip 2"
    assert model.index(1, 0).data(Qt.ItemDataRole.AccessibleTextRole) == "Play clip 2"
    for column in (2, 3):
        index = model.index(1, column)
        assert index.data() == "hidden"
        assert index.data(SWATCH) is None
        assert index.data(Qt.ItemDataRole.ToolTipRole) == "Hidden until you have rated it."
    assert model.index(2, 2).data() != "hidden"
    assert model.index(2, 0).data(Qt.ItemDataRole.AccessibleTextRole) == f"Play {columns.codes[2]}"


def test_a_narrow_table_keeps_the_votes_and_the_whole_name_for_readers(qtbot: QtBot) -> None:
    columns, view = columns_of(30), ContextView()
    qtbot.addWidget(view)
    view.resize(500, 160)
    view.show()
    view.show_context(columns, Context(np.arange(4), "takes", False), None)
    cell = view.model.index(1, 2)
    name, votes = cell.data().split(" ")
    view.resize(260, 160)
    assert cell.data() == f"{name[:3]} {votes}"
    assert cell.data(Qt.ItemDataRole.ToolTipRole) == f"{name} {votes}"
    view.resize(500, 160)
    assert cell.data() == f"{name} {votes}"
