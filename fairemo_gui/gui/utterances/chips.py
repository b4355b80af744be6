"""The row of chips under the filter bar: quick filters, and the menu of views."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QInputDialog, QMenu, QSizePolicy, QToolButton, QWidget

from fairemo_gui.gui import theme
from fairemo_gui.gui.controls import numbers
from fairemo_gui.gui.controls.chip import Chip
from fairemo_gui.gui.controls.tip import tip
from fairemo_gui.gui.state.filter_state import FilterState

WRONG, DISAGREE, FLAGGED = "wrong", "disagree:voice,av", "flagged"
_VIEWS = {
    "All utterances": "",
    "Sure and wrong": "wrong p<0.1",
    "Face ≠ AV": "disagree:face,av",
    "Rated by you": "rated",
    "Media with a problem": "not state:ok",
}


class MenuButton(QToolButton):
    """A quiet button that opens a menu, with a caret."""

    def __init__(self, text: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setText(text)
        self.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextOnly)
        self.setStyleSheet("QToolButton::menu-indicator { image: none; } QToolButton { padding-right: 18px; }")

    def paintEvent(self, event: QPaintEvent) -> None:
        """The button, then a caret."""
        super().paintEvent(event)
        caret = theme.icon("caret-down", theme.current())
        caret.paint(QPainter(self), self.width() - 17, (self.height() - 12) // 2, 12, 12)


class ChipRow(QWidget):
    """Switches filters on and off.

    Signals:
        query_chosen(str): A view that is always there: its query.
        saved_chosen(name): A saved view.
        save_requested(name): What is shown now is to be saved; without a name it is named after its filter.
        forget_requested(name): A saved view is wanted no longer.
    """

    query_chosen = Signal(str)
    saved_chosen = Signal(str)
    save_requested = Signal(str)
    forget_requested = Signal(str)

    def __init__(self, filters: FilterState, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._filters = filters
        self._names: tuple[str, ...] = ()
        self.quick = {
            WRONG: Chip("Misclassified"),
            DISAGREE: Chip("Voice ≠ AV"),
            FLAGGED: Chip("Flagged"),
        }
        self.views = MenuButton("Views")
        self.views.setFont(theme.font(theme.SMALL))
        self.views.setToolTip("Saved views: filter, columns, order and what the charts show")
        self.views.setMenu(QMenu(self.views))
        self.views.menu().aboutToShow.connect(self._fill_views)
        self._lay_out()
        filters.changed.connect(self._on_filters)
        self._on_filters()

    def set_flagged(self, n: int) -> None:
        """Say how many utterances are flagged."""
        chip = self.quick[FLAGGED]
        chip.setText(f"Flagged {numbers.count(n)}" if n else "Flagged")
        chip.setAccessibleName(chip.text())
        chip.updateGeometry()

    def changeEvent(self, event: QEvent) -> None:
        """Repaint on a change of theme."""
        if event.type() == QEvent.Type.PaletteChange:
            self.update()
        super().changeEvent(event)

    def _lay_out(self) -> None:
        self._row = row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(6)
        for query, chip in self.quick.items():
            chip.setObjectName(f"chip_{query.partition(':')[0]}")
            chip.setToolTip(tip(f"Show only these: {query}"))
            chip.toggled.connect(lambda on, query=query: self._filters.set_quick(query, on))
            row.addWidget(chip)
        row.addStretch(1)
        row.addWidget(self.views)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    def _on_filters(self) -> None:
        for query, chip in self.quick.items():
            chip.setChecked(query in self._filters.quick)

    def set_saved(self, names: Sequence[str]) -> None:
        """Offer saved views."""
        self._names = tuple(names)

    def _fill_views(self) -> None:
        menu = self.views.menu()
        menu.clear()
        for name, query in _VIEWS.items():
            menu.addAction(name, partial(self.query_chosen.emit, query))
        menu.addSeparator()
        for name in self._names:
            menu.addAction(name, partial(self.saved_chosen.emit, name))
        menu.addSeparator()
        menu.addAction("Save this view\tCtrl+Shift+S", partial(self.save_requested.emit, ""))
        menu.addAction("Save this view as…", self._save_as)
        if self._names:
            forget = menu.addMenu("Forget a view")
            for name in self._names:
                forget.addAction(name, partial(self.forget_requested.emit, name))

    def _save_as(self) -> None:
        name, done = QInputDialog.getText(self, "Save this view", "Name of the view")
        if done and name.strip():
            self.save_requested.emit(name)
