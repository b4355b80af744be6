"""What the pointer does on the timeline: seek, scrub along the words, select on the sound, pan by the ruler."""

from __future__ import annotations

from enum import Enum, auto
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, Qt

from fairemo_gui.gui.player.words import snapped

if TYPE_CHECKING:
    from fairemo_gui.gui.player.timeline import Timeline

_MOVED = 4
_EDGE = 4


class _Drag(Enum):
    SCRUB = auto()
    SELECT = auto()
    PAN = auto()


class Pointer:
    """Follows one press of the left button."""

    def __init__(self, timeline: Timeline) -> None:
        self.draft: tuple[float, float] | None = None
        self._timeline = timeline
        self._drag: _Drag | None = None
        self._moved = False
        self._pressed = self._last = QPointF()
        self._anchor = 0.0

    @property
    def busy(self) -> bool:
        """Whether the button is down."""
        return self._drag is not None

    def press(self, at: QPointF) -> None:
        """The button went down."""
        timeline, places = self._timeline, self._timeline.places()
        self._pressed = self._last = at
        self._moved = False
        time = timeline.scale().time(at.x())
        if at.y() >= places.axis.top():
            self._drag = _Drag.PAN
            return
        self._drag = _Drag.SELECT if at.y() >= places.waveform.top() else _Drag.SCRUB
        other = self._other_edge(at)
        self._anchor = time if other is None else other
        if self._drag is _Drag.SCRUB:
            word = timeline.word_at(at.x(), at.y())
            timeline.seek_requested.emit(time if word is None else word.start)
        elif other is None:
            timeline.seek_requested.emit(time)

    def drag(self, at: QPointF, *, snap: bool) -> None:
        """The pointer moved with the button down."""
        timeline = self._timeline
        self._moved = self._moved or abs(at.x() - self._pressed.x()) >= _MOVED
        if not self._moved:
            return
        scale = timeline.scale()
        if self._drag is _Drag.SCRUB:
            timeline.seek_requested.emit(scale.time(at.x()))
        elif self._drag is _Drag.PAN:
            timeline.pan((self._last.x() - at.x()) / scale.width * timeline.span.length)
        elif self._drag is _Drag.SELECT:
            start, end = sorted((self._anchor, scale.time(at.x())))
            self.draft = snapped(timeline.words, start, end) if snap else (start, end)
            timeline.update()
        self._last = at

    def release(self, at: QPointF) -> None:
        """The button went up."""
        draft, drag = self.draft, self._drag
        self.draft, self._drag = None, None
        if draft is not None:
            self._timeline.selection_requested.emit(draft)
            self._timeline.update()
        elif drag is _Drag.PAN and not self._moved:
            self._timeline.seek_requested.emit(self._timeline.scale().time(at.x()))

    def cursor(self, at: QPointF) -> Qt.CursorShape:
        """What a press would do here."""
        places = self._timeline.places()
        if at.y() >= places.axis.top():
            zoomed = self._timeline.span.zoomed
            return Qt.CursorShape.OpenHandCursor if zoomed else Qt.CursorShape.ArrowCursor
        if at.y() >= places.waveform.top() and self._other_edge(at) is not None:
            return Qt.CursorShape.SizeHorCursor
        word = self._timeline.word_at(at.x(), at.y())
        return Qt.CursorShape.ArrowCursor if word is None else Qt.CursorShape.PointingHandCursor

    def _other_edge(self, at: QPointF) -> float | None:
        """The edge of the selection that stays where the pointer takes the other."""
        selection = self._timeline.selection
        if selection is None:
            return None
        xs = [self._timeline.scale().x(edge) for edge in selection]
        near = [abs(at.x() - x) <= _EDGE for x in xs]
        return selection[1] if near[0] else selection[0] if near[1] else None
