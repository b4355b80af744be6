"""The upper part of the player: the picture, and beside it what the window puts there."""

from __future__ import annotations

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from fairemo_gui.gui.player.picture import PictureView

_MARGIN, _GAP = 8, 8
_SLIM = 34
_DEFAULT_ASPECT = 4 / 3
_MOST_OF_WIDTH = 0.55
_LEAST_WIDTH = 160
_ANY = 16777215


class Stage(QWidget):
    """Gives the picture the width its height asks for, and the side widget the rest."""

    def __init__(self, picture: PictureView, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._picture = picture
        picture.setParent(self)
        picture.aspect_changed.connect(self._place)
        self._side: QWidget | None = None
        self._alone = False
        self.setMinimumHeight(_SLIM)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    @property
    def has_side(self) -> bool:
        """Whether something stands beside the picture."""
        return self._side is not None

    def set_side(self, widget: QWidget | None) -> None:
        """What stands beside the picture; the old one is handed back without a parent."""
        if self._side is not None:
            self._side.setParent(None)
        self._side = widget
        if widget is not None:
            widget.setParent(self)
            widget.setVisible(not self._alone)
        self._place()

    def focus_side(self) -> None:
        """Give the keyboard to what stands beside the picture."""
        if self._side is not None:
            self._side.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def set_alone(self, alone: bool) -> None:
        """Show only the picture, as wide as its height asks for."""
        self._alone = alone
        if self._side is not None:
            self._side.setVisible(not alone)
        if not alone:
            self.setMinimumWidth(0)
            self.setMaximumWidth(_ANY)
        self._place()

    def set_slim(self, slim: bool) -> None:
        """Only a line of words high."""
        self.setMaximumHeight(_SLIM if slim else _ANY)

    def sizeHint(self) -> QSize:
        """As in the layout."""
        return QSize(640, 200)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Share the width."""
        self._place()

    def _place(self) -> None:
        aspect = self._picture.aspect or _DEFAULT_ASPECT
        if self._alone:
            self.setFixedWidth(round(self.height() * aspect) + 2 * _MARGIN)
        area = QRect(_MARGIN, 0, max(self.width() - 2 * _MARGIN, 1), self.height())
        if self._side is None or self._alone:
            self._picture.setGeometry(area)
            return
        width = round(min(max(area.height() * aspect, _LEAST_WIDTH), area.width() * _MOST_OF_WIDTH))
        self._picture.setGeometry(area.left(), 0, width, area.height())
        left = area.left() + width + _GAP
        self._side.setGeometry(left, 0, max(area.right() + 1 - left, 1), area.height())
