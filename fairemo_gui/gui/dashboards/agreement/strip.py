"""The controls above the agreement chart: which coefficient, and what is shown of who rates whom."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QWidget

from fairemo_gui.gui.controls.combo import Combo
from fairemo_gui.gui.controls.switch import Option

_WORDS = 460


class AgreementStrip(QWidget):
    """One row of controls.

    Signals:
        changed(): Another measure or quantity was chosen.
    """

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.measure = Combo("Coefficient", self, longest=150)
        self.quantity = Combo("Who rates whom", self, longest=160)
        self._who = QLabel("Raters × speakers", self)
        row = QHBoxLayout(self)
        row.setContentsMargins(9, 6, 9, 2)
        row.setSpacing(8)
        for part in (self.measure, self._who, self.quantity):
            row.addWidget(part)
        row.addStretch(1)
        for combo in (self.measure, self.quantity):
            combo.setMinimumWidth(80)
            combo.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
            combo.activated.connect(lambda _: self.changed.emit())

    def offer(self, measures: Mapping[str, str], quantities: Mapping[str, str]) -> None:
        """Offer what there is; who rates whom is not asked where no single rating is known."""
        self.measure.set_options([Option(key, words) for key, words in measures.items()])
        self.quantity.set_options([Option(key, words) for key, words in quantities.items()])
        self.quantity.setVisible(bool(quantities))
        self._settle()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Give up the words before the controls."""
        super().resizeEvent(event)
        self._settle()

    def _settle(self) -> None:
        self._who.setVisible(self.quantity.count() > 0 and self.width() >= _WORDS)
