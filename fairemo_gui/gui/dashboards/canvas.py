"""The ground charts are drawn on: places that can be pointed at, clicked, and reached from the keyboard."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import (
    QAccessible,
    QAccessibleEvent,
    QColor,
    QFocusEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from fairemo_gui.gui import theme
from fairemo_gui.gui.controls.card import Card, CardHover
from fairemo_gui.gui.controls.painting import draw_focus_ring

_STEPS = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, -1),
    Qt.Key.Key_Down: (0, 1),
}


@dataclass(frozen=True)
class Place:
    """Something in a chart that means something.

    Attributes:
        say: What a screen reader says, or how to find that out: there are hundreds of places and one reader.
        payload: Handed on when it is activated; None = it only has a card.
        card: Likewise made when asked for.
    """

    rect: QRectF
    say: str | Callable[[], str]
    payload: object = None
    card: Callable[[], Card] | None = None

    @property
    def words(self) -> str:
        """What a screen reader says."""
        return self.say if isinstance(self.say, str) else self.say()


class Canvas(QWidget):
    """Base of every chart's drawing.

    Subclasses lay out in `arrange` (called on a change of size, model or theme) and draw in `draw`.

    Signals:
        activated(payload): A place was clicked, or Enter pressed on it.
        review_requested(): R was pressed on a place, which was activated.
    """

    activated = Signal(object)
    review_requested = Signal()

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._places: Iterable[Place] = []
        self._at: int | None = None
        self._stale = True
        self.setAccessibleName(name)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.hover = CardHover(self, self._card_at, self._card_focused)

    def arrange(self) -> Iterable[Place]:
        """Lay everything out for the present size; return the places in reading order, made when they are asked for."""
        raise NotImplementedError

    def draw(self, painter: QPainter) -> None:
        """Draw what `arrange` laid out."""
        raise NotImplementedError

    def refresh(self) -> None:
        """Lay out again and repaint."""
        self._stale = True
        self.ensure_arranged()
        self.update()

    def ensure_arranged(self) -> None:
        """Lay out where that is due."""
        if self._stale:
            self._stale = False
            self._places = self.arrange()
            if self._at is not None and self._at >= len(self.places()):
                self._at = None

    def places(self) -> list[Place]:
        """What can be pointed at, in reading order."""
        self.ensure_arranged()
        if not isinstance(self._places, list):
            self._places = list(self._places)
        return self._places

    def focused_place(self) -> Place | None:
        """The place that has the keyboard."""
        self.ensure_arranged()
        return None if self._at is None else self.places()[self._at]

    def focus_place(self, index: int) -> None:
        """Give a place the keyboard."""
        self._at = index
        self.setAccessibleDescription(self.places()[index].words)
        QAccessible.updateAccessibility(QAccessibleEvent(self, QAccessible.Event.DescriptionChanged))
        self.update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Lay out for the new size."""
        super().resizeEvent(event)
        self.refresh()

    def changeEvent(self, event: QEvent) -> None:
        """Lay out again in the new colours."""
        if event.type() in {QEvent.Type.PaletteChange, QEvent.Type.FontChange}:
            self.refresh()
        super().changeEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Panel, chart, focus ring."""
        self.ensure_arranged()
        tokens = theme.current()
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(tokens.panel))
        self.draw(painter)
        place = self.focused_place()
        if self.hasFocus() and place is not None:
            draw_focus_ring(painter, place.rect.adjusted(-2, -2, 2, 2), tokens.accent, 3)
        elif self.hasFocus():
            draw_focus_ring(painter, QRectF(self.rect()), tokens.accent, 0)

    def event(self, event: QEvent) -> bool:
        """R on a place reviews what it stands for, whatever else it does in the window."""
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent) and self._reviews(event):
            event.accept()
            return True
        return super().event(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Activate what was clicked."""
        index = self._index_at(event.position())
        if index is None or event.button() != Qt.MouseButton.LeftButton:
            super().mousePressEvent(event)
            return
        self.focus_place(index)
        self._activate(self.places()[index])

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Show by the pointer what can be clicked."""
        index = self._index_at(event.position())
        active = index is not None and self.places()[index].payload is not None
        self.setCursor(Qt.CursorShape.PointingHandCursor if active else Qt.CursorShape.ArrowCursor)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows move to the next place that way; Enter and Space activate; R activates and reviews."""
        key = Qt.Key(event.key())
        place, places = self.focused_place(), self.places()
        if key in _STEPS and places:
            self.focus_place(self._next(*_STEPS[key]))
        elif key in {Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space} and place is not None:
            self._activate(place)
        elif place is not None and self._reviews(event):
            self._activate(place)
            self.review_requested.emit()
        elif key in {Qt.Key.Key_Home, Qt.Key.Key_End} and places:
            self.focus_place(0 if key == Qt.Key.Key_Home else len(places) - 1)
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Start at the first place when tabbed into."""
        super().focusInEvent(event)
        by_key = event.reason() in {Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason}
        if by_key and self._at is None and self.places():
            self.focus_place(0)
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Take the ring away."""
        super().focusOutEvent(event)
        self.update()

    def _reviews(self, event: QKeyEvent) -> bool:
        place = self.focused_place()
        plain = event.modifiers() == Qt.KeyboardModifier.NoModifier
        return plain and event.key() == Qt.Key.Key_R and place is not None and place.payload is not None

    def _activate(self, place: Place) -> None:
        if place.payload is not None:
            self.activated.emit(place.payload)

    def _index_at(self, position: QPointF) -> int | None:
        return next((k for k, place in enumerate(self.places()) if place.rect.contains(position)), None)

    def _next(self, dx: int, dy: int) -> int:
        """The nearest place in a direction; where there is none, the present one."""
        if self._at is None:
            return 0
        places = self.places()
        here = places[self._at].rect.center()
        best, least = self._at, float("inf")
        for k, place in enumerate(places):
            there = place.rect.center() - here
            along, across = there.x() * dx + there.y() * dy, abs(there.x() * dy) + abs(there.y() * dx)
            if along > 0.5 and along + 4 * across < least:
                best, least = k, along + 4 * across
        return best

    def _card_at(self, position: QPointF) -> tuple[QRectF, Card] | None:
        index = self._index_at(position)
        return None if index is None else self._card_of(self.places()[index])

    def _card_focused(self) -> tuple[QRectF, Card] | None:
        place = self.focused_place()
        return None if place is None else self._card_of(place)

    @staticmethod
    def _card_of(place: Place) -> tuple[QRectF, Card] | None:
        return None if place.card is None else (place.rect, place.card())
