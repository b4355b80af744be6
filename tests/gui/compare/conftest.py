from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtWidgets import QApplication

from fairemo_gui.gui import theme
from tests.gui.drive import delete_later_now


@pytest.fixture(autouse=True)
def _dark(qapp: QApplication) -> Iterator[None]:
    theme.apply(qapp, theme.DARK)
    yield
    delete_later_now()
    theme.apply(qapp, theme.DARK)
