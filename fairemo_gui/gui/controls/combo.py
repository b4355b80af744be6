"""A combo box that sizes to its contents, holds options by key, and can say why an item is off."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import cast

from PySide6.QtCore import QSize
from PySide6.QtGui import QStandardItemModel
from PySide6.QtWidgets import QComboBox, QSizePolicy, QWidget

from fairemo_gui.gui import theme
from fairemo_gui.gui.controls.painting import width_of
from fairemo_gui.gui.controls.switch import Option

_LONGEST = 220.0


class Combo(QComboBox):
    """Choose one of several options by key.

    Args:
        name: Accessible name.
        longest: Most room it takes, pixels.
    """

    def __init__(self, name: str, parent: QWidget | None = None, longest: float = _LONGEST) -> None:
        super().__init__(parent)
        self._longest = longest
        self.setAccessibleName(name)
        self.setFixedHeight(24)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def set_options(self, options: Sequence[Option]) -> None:
        """Replace the items, keeping the value where it is still there. No signal is sent."""
        kept = self.value()
        self.blockSignals(True)
        self.clear()
        model = cast(QStandardItemModel, self.model())
        for row, option in enumerate(options):
            self.addItem(option.text, option.key)
            item = model.item(row)
            item.setEnabled(not option.reason)
            item.setToolTip(option.reason or option.hint)
        position = self.findData(kept)
        self.setCurrentIndex(max(position, 0) if options else -1)
        self.blockSignals(False)
        self.updateGeometry()

    def value(self) -> str:
        """Key of the current item; empty where there is none."""
        return str(self.currentData() or "")

    def set_value(self, key: str) -> None:
        """Choose without a signal; an unknown key changes nothing."""
        position = self.findData(key)
        if position >= 0:
            self.blockSignals(True)
            self.setCurrentIndex(position)
            self.blockSignals(False)

    def sizeHint(self) -> QSize:
        """The longest item, within reason."""
        font = theme.font()
        longest = max((width_of(self.itemText(k), font) for k in range(self.count())), default=40.0)
        return QSize(math.ceil(min(longest + 36, self._longest)), 24)

    minimumSizeHint = sizeHint
