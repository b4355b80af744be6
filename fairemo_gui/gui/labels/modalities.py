"""The switches that turn modalities off, above what nets say without them."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QEvent, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QSizePolicy, QWidget

from fairemo_gui.gui import theme
from fairemo_gui.services.what_if import MODALITIES

_WITH_NAME = 400
_ICONS = {"audio": "ear", "text": "file-text", "video": "user-focus"}


class ModalityStrip(QWidget):
    """Whose utterance it is, and a switch per modality.

    Signals:
        toggled(str, bool): A modality is to be on or off.
    """

    toggled = Signal(str, bool)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAutoFillBackground(True)
        self.setBackgroundRole(self.palette().ColorRole.Base)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        row = QHBoxLayout(self)
        row.setContentsMargins(10, 4, 10, 2)
        row.setSpacing(6)
        self._code = QLabel(self)
        self._code.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        row.addWidget(self._code, 1)
        row.addStretch(0)
        self.buttons = {name: _switch(name, self) for name in MODALITIES}
        for name, button in self.buttons.items():
            button.toggled.connect(partial(self.toggled.emit, name))
            row.addWidget(button)

    def show_state(self, code: str, off: frozenset[str], known: frozenset[str]) -> None:
        """Show an utterance and what is off; what no net knows of it cannot be switched."""
        self._code.setFont(theme.font(theme.BODY, 600))
        self._code.setText(code)
        for name, button in self.buttons.items():
            blocked = button.blockSignals(True)
            button.setChecked(name not in off)
            button.blockSignals(blocked)
            button.setEnabled(name in known)
            self._dress(name, button)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The switches come first where it is narrow: the table says which utterance it is, too."""
        super().resizeEvent(event)
        self._code.setVisible(self.width() >= _WITH_NAME)

    def changeEvent(self, event: QEvent) -> None:
        """Recolour on a change of theme."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and hasattr(self, "buttons"):
            for name, button in self.buttons.items():
                self._dress(name, button)

    def _dress(self, name: str, button: QPushButton) -> None:
        state = "on" if button.isChecked() else "off"
        button.setIcon(theme.icon(_ICONS[name]))
        button.setText(f"{name} {state}")
        button.setAccessibleName(f"{name} is {state}")
        button.setToolTip(f"Turn {name} {'off' if button.isChecked() else 'on'} in every net")


def _switch(name: str, parent: QWidget) -> QPushButton:
    button = QPushButton(parent)
    button.setCheckable(True)
    button.setChecked(True)
    button.setFixedHeight(24)
    button.setObjectName(f"modality_{name}")
    return button
