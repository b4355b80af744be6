"""The definition card of a number: what it is, its formula, its source, its n, and the form of its interval."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QObject, QPoint, QPointF, QRect, QRectF, Qt, QTimer
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QLabel, QVBoxLayout, QWidget

from fairemo_gui.gui import theme

DELAY_MS = 500
WIDTH = 280


@dataclass(frozen=True)
class Card:
    """What a card says.

    Attributes:
        title: The number, as `EOD, macro  0.064`.
        lines: n per group and whatever else belongs to this number.
    """

    title: str
    definition: str = ""
    formula: str = ""
    source: str = ""
    lines: tuple[str, ...] = ()
    interval: str = ""


class CardPopup(QFrame):
    """The card on the screen. Made once per window and moved about."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.ToolTip | Qt.WindowType.FramelessWindowHint)
        self.setAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating)
        self.setFixedWidth(WIDTH)
        self._labels = {
            part: QLabel(self) for part in ("title", "definition", "formula", "lines", "interval", "source")
        }
        self._column = column = QVBoxLayout(self)
        column.setContentsMargins(12, 10, 12, 10)
        column.setSpacing(6)
        for part, label in self._labels.items():
            label.setWordWrap(True)
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setFont(theme.font(theme.BODY, 600) if part == "title" else theme.font(theme.SMALL))
            column.addWidget(label)

    def show_card(self, card: Card, near: QRect) -> None:
        """Show a card below a rectangle in global coordinates, or above where there is no room."""
        tokens = theme.current()
        words = {
            "title": (card.title, tokens.text),
            "definition": (card.definition, tokens.text),
            "formula": (card.formula, tokens.text2),
            "lines": ("\n".join(card.lines), tokens.text2),
            "interval": (card.interval, tokens.text2),
            "source": (card.source, tokens.text3),
        }
        for part, (text, colour) in words.items():
            label = self._labels[part]
            label.setText(text)
            label.setVisible(bool(text))
            palette = label.palette()
            palette.setColor(label.foregroundRole(), QColor(colour))
            label.setPalette(palette)
        self.setAccessibleName(". ".join(text for text, _ in words.values() if text))
        self.setFixedHeight(max(self._column.heightForWidth(WIDTH), 1))
        self.move(self._place(near))
        self.show()

    def text(self) -> str:
        """Everything the card says, for tests and screen readers."""
        return self.accessibleName()

    def paintEvent(self, event: QPaintEvent) -> None:
        """A flat box with a border."""
        tokens = theme.current()
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(tokens.ctl))
        painter.setPen(QColor(tokens.cline))
        painter.drawRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5))

    def _place(self, near: QRect) -> QPoint:
        area = self.screen().availableGeometry()
        x = min(max(near.left(), area.left()), area.right() - self.width())
        below = near.bottom() + 6
        y = below if below + self.height() <= area.bottom() else near.top() - self.height() - 6
        return QPoint(x, max(y, area.top()))


class CardHover(QObject):
    """Shows cards for a widget: after half a second under the pointer, or at once with F1.

    Args:
        widget: Must track the mouse.
        card_at: Rectangle and card at a position in the widget, or None.
        card_focused: Rectangle and card of what has the keyboard, or None.
    """

    def __init__(
        self,
        widget: QWidget,
        card_at: Callable[[QPointF], tuple[QRectF, Card] | None],
        card_focused: Callable[[], tuple[QRectF, Card] | None],
    ) -> None:
        super().__init__(widget)
        self._widget = widget
        self._card_at = card_at
        self._card_focused = card_focused
        self._pending: tuple[QRectF, Card] | None = None
        self._popup: CardPopup | None = None
        self._timer = QTimer(self, singleShot=True, interval=DELAY_MS)
        self._timer.timeout.connect(self._on_timeout)
        widget.setMouseTracking(True)
        widget.installEventFilter(self)

    def popup(self) -> CardPopup:
        """The card's window."""
        if self._popup is None:
            self._popup = CardPopup(self._widget)
        return self._popup

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Follow pointer and keyboard."""
        kind = event.type()
        if kind == QEvent.Type.MouseMove and isinstance(event, QMouseEvent):
            self._on_moved(event.position())
        elif kind in {QEvent.Type.Leave, QEvent.Type.MouseButtonPress, QEvent.Type.FocusOut, QEvent.Type.Hide}:
            self.hide()
        elif kind == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            return self._on_key(event)
        return False

    def hide(self) -> None:
        """Take the card away."""
        self._timer.stop()
        self._pending = None
        if self._popup is not None:
            self._popup.hide()

    def _on_moved(self, position: QPointF) -> None:
        found = self._card_at(position)
        if found == self._pending:
            return
        self.hide()
        self._pending = found
        if found is not None:
            self._timer.start()

    def _on_key(self, event: QKeyEvent) -> bool:
        if event.key() != Qt.Key.Key_F1:
            if self._popup is not None and self._popup.isVisible():
                self.hide()
                return bool(event.key() == Qt.Key.Key_Escape)
            return False
        self._pending = self._card_focused()
        self._on_timeout()
        return self._pending is not None

    def _on_timeout(self) -> None:
        if self._pending is None:
            return
        rect, card = self._pending
        corner = self._widget.mapToGlobal(rect.topLeft().toPoint())
        self.popup().show_card(card, QRect(corner, rect.size().toSize()))
