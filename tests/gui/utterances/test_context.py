"""What stands beside the picture."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from fairemo_gui.gui.controls.cells import SWATCH
from fairemo_gui.gui.utterances.context import Context, ContextModel, ContextView
from tests.unit.services.columns import columns_of


def test_a_covered_utterance_tells_neither_votes_nor_what_was_meant(qtbot: QtBot) -> None:
    columns, model = columns_of(30), ContextModel()
    model.show(columns, Context(np.arange(4), "takes", False))
    open_ = [model.index(1, column).data() for column in range(4)]
    with qtbot.waitSignal(model.dataChanged):
        model.set_covered(model.utterance(1))
    assert model.index(1, 1).data() == columns.codes[1]
    for column in (2, 3):
        index = model.index(1, column)
        assert index.data() == "hidden"
        assert index.data(SWATCH) is None
        assert index.data(Qt.ItemDataRole.ToolTipRole) == "Hidden until you have rated it."
    assert model.index(2, 2).data() != "hidden"
    model.set_covered(None)
    assert [model.index(1, column).data() for column in range(4)] == open_


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
