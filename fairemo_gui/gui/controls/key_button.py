"""A button that carries its key beside its words."""

from __future__ import annotations

import math

from PySide6.QtCore import QEvent, QRectF, QSize, Qt
from PySide6.QtGui import QFont, QIcon, QKeySequence, QPainter, QPaintEvent
from PySide6.QtWidgets import QPushButton, QStyle, QStyleOptionButton, QWidget

from fairemo_gui.gui import theme
from fairemo_gui.gui.controls.key_cap import draw_key, key_width
from fairemo_gui.gui.controls.painting import draw_text, width_of

_PAD, _ICON, _GAP = 11, 16, 7


class KeyButton(QPushButton):
    """Icon, words and key cap in one button.

    Args:
        text: Its words.
        icon: Name in the icon set; empty = none.
        key: As `Ctrl+R`; shown, not bound: whoever owns the action binds it. Empty = none.
        role: `primary` (one per screen), `plain`, or empty.
        height: Of the button, px.
    """

    def __init__(
        self,
        text: str = "",
        icon: str = "",
        key: str = "",
        role: str = "",
        parent: QWidget | None = None,
        height: int = theme.ROW,
    ) -> None:
        super().__init__(text, parent)
        self._icon, self._height = icon, height
        self._role = role
        self._key = QKeySequence(key).toString(QKeySequence.SequenceFormat.NativeText) if key else ""
        if role:
            self.setProperty("role", role)
        self.set_words(text)

    def set_words(self, text: str) -> None:
        """Change the words; the tooltip and accessible name say the key."""
        self.setText(text)
        self.setAccessibleName(text)
        self.setToolTip(f"{text} ({self._key})" if self._key else text)
        self.updateGeometry()

    def key(self) -> str:
        """The key as shown."""
        return self._key

    def sizeHint(self) -> QSize:
        """Everything side by side."""
        wide = 2 * _PAD + width_of(self.text(), self._font())
        wide += _ICON + _GAP if self._icon else 0
        wide += key_width(self._key) + _GAP + 1 if self._key else 0
        return QSize(math.ceil(wide), self._height)

    minimumSizeHint = sizeHint

    def changeEvent(self, event: QEvent) -> None:
        """Repaint in the new colours."""
        if event.type() == QEvent.Type.PaletteChange:
            self.update()
        super().changeEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """The styled box, then icon, words and key."""
        option = QStyleOptionButton()
        self.initStyleOption(option)
        option.text, option.icon = "", QIcon()
        painter = QPainter(self)
        self.style().drawControl(QStyle.ControlElement.CE_PushButtonBevel, option, painter, self)
        tokens = theme.current()
        primary = self._role == "primary" and self.isEnabled()
        words = tokens.on_fill if primary else tokens.text if self.isEnabled() else tokens.text3
        x = float(_PAD)
        if self._icon:
            icon = theme.icon(self._icon, tokens, tokens.on_fill if primary else tokens.text2)
            icon.paint(painter, int(x), (self.height() - _ICON) // 2, _ICON, _ICON, Qt.AlignmentFlag.AlignCenter)
            x += _ICON + _GAP
        wide = width_of(self.text(), self._font())
        draw_text(painter, QRectF(x, 0, wide + 1, self.height()), self.text(), words, self._font())
        if self._key:
            box = QRectF(x + wide + _GAP + 1, (self.height() - 16) / 2, key_width(self._key), 16)
            quiet = tokens.on_fill if primary else tokens.text2
            draw_key(painter, box, self._key, quiet, tokens.on_fill if primary else tokens.cline)

    def _font(self) -> QFont:
        return theme.font(theme.BODY, 600 if self._role == "primary" else 400)
