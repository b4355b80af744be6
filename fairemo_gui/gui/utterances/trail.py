"""The breadcrumb above the table: what was typed and clicked, as chips that can be taken away; and the way back."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QToolButton, QWidget

from fairemo_gui.gui import theme
from fairemo_gui.gui.controls.chip import Chip
from fairemo_gui.gui.controls.dock_title import IconButton
from fairemo_gui.gui.state.filter_state import FilterState

_WIDEST, _NARROWEST, _GAP = 220, 56, 6


class Trail(QWidget):
    """Back, forward, then the chips in order: what was typed, then what charts were clicked for.

    Signals:
        review_requested(): What the table shows is to be reviewed.
    """

    review_requested = Signal()

    def __init__(self, filters: FilterState, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._filters = filters
        self.back = IconButton("arrow-left", "Back to the filter before (Alt+Left)")
        self.forward = IconButton("arrow-right", "Forward to the filter after (Alt+Right)")
        self.back.clicked.connect(filters.back)
        self.forward.clicked.connect(filters.forward)
        self.chips: list[Chip] = []
        self._unreadable = False
        self.setFixedHeight(24)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self._row = row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(_GAP)
        row.addWidget(self.back)
        row.addWidget(self.forward)
        row.addStretch(1)
        self.review = QToolButton()
        self.review.setText("Review")
        self.review.setFont(theme.font(theme.SMALL))
        self.review.setToolTip("Walk through these clips, one after the other (Shift+R; R on a mark of a chart)")
        self.review.clicked.connect(self.review_requested)
        row.addWidget(self.review)
        filters.changed.connect(self._on_filters)
        self._on_filters()

    def words(self) -> list[str]:
        """What the chips say, in order."""
        return [chip.accessibleName() for chip in self.chips]

    def set_unreadable(self, unreadable: bool) -> None:
        """Whether the filter cannot be read: then it leaves nothing out, and there is no chip that says so."""
        if unreadable != self._unreadable:
            self._unreadable = unreadable
            self._on_filters()

    def changeEvent(self, event: QEvent) -> None:
        """Repaint on a change of theme."""
        if event.type() == QEvent.Type.PaletteChange:
            self.update()
        super().changeEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Say that nothing is left out where nothing is."""
        if not self.chips:
            painter, tokens = QPainter(self), theme.current()
            painter.setFont(theme.font(theme.SMALL))
            painter.setPen(tokens.text3)
            box = self.rect().adjusted(self.forward.geometry().right() + _GAP + 2, 0, 0, 0)
            painter.drawText(box, Qt.AlignmentFlag.AlignVCenter, self._instead())

    def _instead(self) -> str:
        if self._unreadable:
            return "Cannot be read: rows as before"
        return "All utterances" if self._filters.empty else "Quick filters only"

    def _on_filters(self) -> None:
        self.back.setEnabled(self._filters.can_go_back)
        self.forward.setEnabled(self._filters.can_go_forward)
        at = next((k for k, chip in enumerate(self.chips) if chip.hasFocus()), None)
        for chip in self.chips:
            chip.hide()
            chip.deleteLater()
        self.chips = list(self._made())
        for k, chip in enumerate(self.chips):
            self._row.insertWidget(2 + k, chip)
        if at is not None and self.chips:
            self.chips[min(at, len(self.chips) - 1)].setFocus()
        self.update()

    def _made(self) -> list[Chip]:
        now = self._filters.now
        chips: list[Chip] = []
        if self._unreadable:
            return chips
        if now.typed:
            chips.append(self._chip(now.typed, "funnel-simple", now.typed, self._filters.remove_typed))
        for chart in now.charts:
            remove = partial(self._filters.remove_chart, chart)
            chips.append(self._chip(chart.words, chart.icon, f"{chart.words}, from a chart", remove))
        room = max(self.width() - 124, 240) // max(len(chips), 1) - _GAP
        for chip in chips:
            chip.setMaximumWidth(min(max(room, _NARROWEST), _WIDEST))
        return chips

    def _chip(self, text: str, icon: str, name: str, close: Callable[[], None]) -> Chip:
        chip = Chip(text, icon, closable=True)
        chip.setObjectName("chip_filter")
        chip.setAccessibleName(name)
        chip.setToolTip(f"{text}\nEnter reviews the clips, Delete takes the filter away")
        chip.entered.connect(self.review_requested)
        chip.setChecked(True)
        chip.closed.connect(close)
        chip.clicked.connect(close)
        return chip
