"""Words in one of the theme's quieter colours."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QLabel, QWidget

from fairemo_gui.gui import theme

_TELLING = {QEvent.Type.PaletteChange, QEvent.Type.StyleChange, QEvent.Type.Polish}


class ToneLabel(QLabel):
    """A label whose colour follows the theme.

    Args:
        text: Its words.
        tone: Name of a colour token, as `text2`.
        size: Of the type, px.
    """

    def __init__(
        self, text: str = "", tone: str = "text2", size: float = theme.SMALL, parent: QWidget | None = None
    ) -> None:
        super().__init__(text, parent)
        self._tone = tone
        # Words of plans, corpora and raters are words, whatever signs they hold.
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setFont(theme.font(size))
        self._dress()

    def changeEvent(self, event: QEvent) -> None:
        """Recolour: a new style sheet puts back the colour from before a change of palette, so both are minded."""
        super().changeEvent(event)
        if event.type() in _TELLING and hasattr(self, "_tone"):
            self._dress()

    def _dress(self) -> None:
        wanted, role = QColor(getattr(theme.current(), self._tone)), self.foregroundRole()
        palette = self.palette()
        if palette.color(role) != wanted:
            palette.setColor(role, wanted)
            self.setPalette(palette)
