"""The breadcrumb above the table: what was typed and clicked, as chips that can be taken away; and the way back."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from itertools import pairwise

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QToolButton, QWidget

from fairemo_gui.gui import theme
from fairemo_gui.gui.controls.chip import Chip
from fairemo_gui.gui.controls.dock_title import IconButton
from fairemo_gui.gui.controls.tip import tip
from fairemo_gui.gui.state.filter_state import FilterState

_WIDEST, _GAP, _LINE = 220, 6, 24
_SHARE = 0.8
"""Of its width a chip keeps so much before it goes to the next line."""


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
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.review = QToolButton()
        self.review.setText("Review")
        self.review.setFixedHeight(_LINE)
        self.review.setFont(theme.font(theme.SMALL))
        self.review.setToolTip("Walk through these clips, one after the other (Shift+R; R on a mark of a chart)")
        self.review.clicked.connect(self.review_requested)
        for part in (self.back, self.forward, self.review):
            part.setParent(self)
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

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Break the lines anew."""
        super().resizeEvent(event)
        self._arrange()

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
        for former, following in pairwise((self.forward, *self.chips, self.review)):
            QWidget.setTabOrder(former, following)
        for chip in self.chips:
            chip.show()
        self._arrange()
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
        return chips

    def _arrange(self) -> None:
        """Chips one after the other, over as many lines as their words need; the buttons stand in the first."""
        x, y = 0, 0
        for arrow in (self.back, self.forward):
            arrow.move(x, (_LINE - arrow.height()) // 2)
            x += arrow.width() + _GAP
        self.review.adjustSize()
        self.review.move(self.width() - self.review.width(), 0)
        end = self.review.x() - _GAP
        for chip in self.chips:
            wide = min(chip.sizeHint().width(), _WIDEST)
            if x > 0 and x + _SHARE * wide > end:
                x, y, end = 0, y + _LINE, self.width()
            chip.setGeometry(x, y + 1, min(wide, end - x), chip.sizeHint().height())
            x += wide + _GAP
        self.setFixedHeight(y + _LINE)

    def _chip(self, text: str, icon: str, name: str, close: Callable[[], None]) -> Chip:
        chip = Chip(text, icon, closable=True, parent=self)
        chip.setObjectName("chip_filter")
        chip.setAccessibleName(name)
        chip.setToolTip(tip(f"{text}\nEnter reviews the clips, Delete takes the filter away"))
        chip.entered.connect(self.review_requested)
        chip.setChecked(True)
        chip.closed.connect(close)
        chip.clicked.connect(close)
        return chip
