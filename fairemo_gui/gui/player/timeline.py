"""Words, waveform and spectrogram over one time axis, with one playhead and one selection through all."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent, QResizeEvent, QWheelEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from fairemo_gui.core.records import Word
from fairemo_gui.gui.controls.tip import tip
from fairemo_gui.gui.player import curves, lanes
from fairemo_gui.gui.player.lanes import Scale
from fairemo_gui.gui.player.pointer import Pointer
from fairemo_gui.gui.player.reel import Analysis
from fairemo_gui.gui.player.sound_lanes import SoundLanes
from fairemo_gui.gui.player.span import Span
from fairemo_gui.gui.player.words import estimated_words
from fairemo_gui.gui.theme import Tokens

HEIGHT, COMPACT, WITHOUT_SOUND = 167, 99, 79
_HEAD, _WORDS, _AXIS, _OVERVIEW = 3, 18, 19, 3
_GAP, _GUTTER_GAP, _RIGHT = 7, 4, 10
_PLAYHEAD_REACH = 7
_DETAIL_MS = 40
_NOTCH = 120
_ZOOM_STEP, _PAN_STEP = 1.25, 0.1


@dataclass(frozen=True, slots=True)
class Places:
    """Where the lanes lie, px."""

    words: QRectF
    waveform: QRectF
    spectrogram: QRectF
    axis: QRectF

    @property
    def sound(self) -> QRectF:
        """Waveform and spectrogram together."""
        return self.waveform.united(self.spectrogram)


class Timeline(QWidget):
    """Where in the utterance playing is, and what of it is in view and selected.

    Signals:
        seek_requested: Media time, seconds.
        selection_requested: Start and end of what is to be selected, seconds.
        detail_requested: Start and end, seconds, and the columns a sharper drawing needs.
    """

    seek_requested = Signal(float)
    selection_requested = Signal(object)
    detail_requested = Signal(float, float, int)

    def __init__(self, tokens: Callable[[], Tokens], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._tokens = tokens
        self.span = Span()
        self.selection: tuple[float, float] | None = None
        self._position = 0.0
        self._following = True
        self._given: tuple[Word, ...] = ()
        self._words: tuple[Word, ...] = ()
        self._transcript: str | None = None
        self._words_hidden, self._estimating = False, False
        self._sound = SoundLanes()
        self._tall, self._compact = False, False
        self._pointer = Pointer(self)
        self._asker = QTimer(self, singleShot=True, interval=_DETAIL_MS)
        self._asker.timeout.connect(self._ask_detail)
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.set_tall(False)
        self.setAccessibleName("Timeline")

    @property
    def words(self) -> tuple[Word, ...]:
        """Words on the screen."""
        return () if self._words_hidden else self._words

    @property
    def words_are_estimated(self) -> bool:
        """Whether the words' times are guessed."""
        return bool(self._words) and not self._given

    @property
    def analysed(self) -> bool:
        """Whether waveform and spectrogram are there."""
        return self._sound.analysis is not None

    @property
    def sharp(self) -> bool:
        """Whether the part in view is drawn as sharp as the screen can show it."""
        return not self._asker.isActive() and self._wanted() is None

    @property
    def lit(self) -> int | None:
        """Place of the word being spoken."""
        place = bisect_right([word.start for word in self._words], self._position + 1e-6) - 1
        return place if place >= 0 and self._position < self._words[place].end else None

    def set_tall(self, tall: bool, compact: bool = False) -> None:
        """Take all the height there is, or only what the lanes need; compact = without the spectrogram."""
        if compact != self._compact:
            self._compact = compact
            self.retheme()
        self._tall = tall
        needed = WITHOUT_SOUND if self._sound.remark else COMPACT if compact else HEIGHT
        self.setMinimumHeight(needed)
        self.setMaximumHeight(16777215 if tall else needed)

    def clear(self) -> None:
        """Show nothing."""
        self.set_range(0.0, 0.0)
        self.set_words((), None)
        self.set_analysis(None)

    def set_range(self, start: float, end: float) -> None:
        """What the axis spans, seconds on the file's clock."""
        self.span, self._position, self._following = Span(start, end), start, True
        self._choose_words()
        self.retheme()

    def set_words(self, words: tuple[Word, ...], transcript: str | None, *, hidden: bool = False) -> None:
        """The words; hidden where they would tell what may not be heard."""
        self._given = tuple(sorted((word for word in words), key=lambda word: word.start))
        self._transcript, self._words_hidden = transcript, hidden
        self._choose_words()

    def set_estimating(self, estimating: bool) -> None:
        """Whether words without times are lit by proportion."""
        self._estimating = estimating
        self._choose_words()

    def set_analysis(self, analysis: Analysis | None, remark: str = "") -> None:
        """Waveform and spectrogram, or why there are none."""
        self._sound.set_analysis(analysis, remark)
        self.set_tall(self._tall, self._compact)
        self.retheme()

    def set_detail(self, part: Analysis) -> None:
        """A part of the sound as sharp as it was asked for."""
        if self._sound.set_part(part):
            self.update()

    def set_curves_shown(self, shown: bool) -> None:
        """Whether F0 and energy are drawn over the spectrogram."""
        self._sound.curves_shown = shown
        self.retheme()

    def set_selection(self, selection: tuple[float, float] | None) -> None:
        """Mark the part that is played; None = none."""
        self.selection = selection
        words = "" if selection is None else f"selected {selection[1] - selection[0]:.3f} s"
        self.setAccessibleDescription(words)
        self.update()

    def set_position(self, position: float) -> None:
        """Move the playhead; only what it passed over is drawn anew, unless it leaves the part in view."""
        before, lit = self.scale().x(self._position), self.lit
        self._position = position
        if self.span.holds(position):
            self._following = True
        elif self._following and not self._pointer.busy:
            self.span.page_to(position)
            self.retheme()
            return
        left, right = sorted((before, self.scale().x(position)))
        self.update(
            QRectF(left - _PLAYHEAD_REACH, 0, right - left + 2 * _PLAYHEAD_REACH, self.height()).toAlignedRect()
        )
        if self.lit != lit:
            self.update(self.places().words.toAlignedRect())

    def follow(self) -> None:
        """Bring the playhead back into view with its next move."""
        self._following = True

    def zoom(self, factor: float, around: float | None = None) -> None:
        """Show a `factor`-th of what is in view, around a time; None = the playhead."""
        self.span.zoom(factor, self._position if around is None else around)
        self._following = self.span.holds(self._position)
        self.retheme()

    def show_all(self) -> None:
        """Zoom out to the whole range."""
        self.span.show_all()
        self.retheme()

    def pan(self, seconds: float) -> None:
        """Show what comes later; the playhead is followed again once it is in view."""
        self.span.pan(seconds)
        self._following = self.span.holds(self._position)
        self.retheme()

    def retheme(self) -> None:
        """Draw everything anew."""
        self._sound.forget()
        self._asker.start()
        self.update()

    def word_at(self, x: float, y: float) -> Word | None:
        """The word under a place."""
        lane = self.places().words
        return self.word_over(x) if lane.top() <= y < lane.bottom() else None

    def word_over(self, x: float) -> Word | None:
        """The word spoken at a place, in whichever lane."""
        time = self.scale().time(x)
        return next((word for word in self.words if word.start <= time < word.end), None)

    def sizeHint(self) -> QSize:
        """As in the layout."""
        return QSize(640, HEIGHT)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Shapes depend on the size."""
        self.retheme()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Go there, or begin to select or to pan."""
        if event.button() is Qt.MouseButton.LeftButton and self.span.length > 0:
            self._pointer.press(event.position())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Go along, or say what a click would do."""
        if self._pointer.busy:
            self._pointer.drag(event.position(), snap=bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier))
        elif self.span.length > 0:
            self.setCursor(self._pointer.cursor(event.position()))
            self.setToolTip(tip(self._told_at(event.position().x(), event.position().y())))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """What was drawn is selected."""
        if event.button() is Qt.MouseButton.LeftButton:
            self._pointer.release(event.position())

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Select the word."""
        word = self.word_over(event.position().x())
        if word is not None and event.button() is Qt.MouseButton.LeftButton:
            self.selection_requested.emit((word.start, word.end))

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Zoom around the pointer; sideways or with Shift, pan."""
        delta = event.angleDelta()
        shifted = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        if shifted or abs(delta.x()) > abs(delta.y()):
            notches = (delta.x() or delta.y()) / _NOTCH
            self.pan(-notches * _PAN_STEP * self.span.length)
        else:
            self.zoom(_ZOOM_STEP ** (delta.y() / _NOTCH), self.scale().time(event.position().x()))
        event.accept()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Lanes, the selection, the playhead through them, and what is to be read whatever lies there."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        tokens = self._tokens()
        painter.fillRect(self.rect(), QColor(tokens.panel))
        if self.span.length <= 0:
            return
        place, scale = self.places(), self.scale()
        self._paint_words(painter, place.words, scale, tokens)
        self._paint_sound(painter, place, scale, tokens)
        lanes.paint_axis(painter, place.axis, scale, tokens)
        selection = self._pointer.draft or self.selection
        if selection is not None:
            lanes.paint_selection(painter, place.sound, selection, scale, tokens, told=not self._sound.remark)
        if self.span.zoomed:
            strip = QRectF(scale.left, self.height() - _OVERVIEW, scale.width, _OVERVIEW)
            lanes.paint_overview(painter, strip, scale, self.span.first, self.span.last, tokens)
        if self.span.holds(self._position):
            x = scale.x(self._position)
            lanes.paint_playhead(painter, x, place.words.top() - _HEAD + 1, place.sound.bottom(), tokens)
        self._sound.paint_remark(painter, place.sound, tokens)

    def scale(self) -> Scale:
        """Time to place, of the part in view."""
        left = lanes.GUTTER + _GUTTER_GAP
        margin = curves.MARGIN if self._sound.has_curves else _RIGHT
        return Scale(self.span.start, self.span.end, left, max(self.width() - left - margin, 1), self.span.first)

    def places(self) -> Places:
        """Where the lanes lie; where room is short, the spectrogram gives way, or the waveform if curves are wanted."""
        scale = self.scale()
        top = float(_HEAD + _WORDS + _GAP - 2)
        axis = float(self.height() - _AXIS - _OVERVIEW)
        free = axis - top - _GAP
        upper = free if self._compact else round(free * 0.48)
        waveform = QRectF(scale.left, top, scale.width, upper)
        below = QRectF(scale.left, top + upper + _GAP, scale.width, free - upper)
        return Places(
            QRectF(scale.left, _HEAD, scale.width, _WORDS),
            waveform,
            waveform if self._compact else below,
            QRectF(scale.left, axis, scale.width, _AXIS),
        )

    def _choose_words(self) -> None:
        guessed = self._estimating and self._transcript and not self._given
        span = self.span
        self._words = estimated_words(self._transcript or "", span.first, span.last) if guessed else self._given
        self.update()

    def _paint_words(self, painter: QPainter, lane: QRectF, scale: Scale, tokens: Tokens) -> None:
        if self._words_hidden:
            return
        guessed = self.words_are_estimated
        lanes.paint_gutter(painter, "estimated" if guessed else "words", lane.center().y(), tokens)
        if self._words:
            lanes.paint_words(painter, lane, self._words, self.lit, scale, tokens, estimated=guessed)
        else:
            lanes.paint_no_words(painter, lane, self._transcript, tokens)

    def _paint_sound(self, painter: QPainter, place: Places, scale: Scale, tokens: Tokens) -> None:
        if self._sound.remark:
            return
        ratio, both = self.devicePixelRatioF(), not self._compact
        if both or not self._sound.has_curves:
            self._sound.paint_waveform(painter, place.waveform, scale, self._position, ratio, tokens)
        if both or self._sound.has_curves:
            self._sound.paint_spectrogram(painter, place.spectrogram, scale, ratio, tokens)

    def _told_at(self, x: float, y: float) -> str:
        """What the tooltip says at a place."""
        places, time = self.places(), self.scale().time(x)
        if places.words.top() <= y < places.words.bottom() and not self._words_hidden:
            word = self.word_over(x)
            if word is not None:
                return f"{word.text} (estimated time)" if self.words_are_estimated else word.text
            return (
                "" if self._words or not self._transcript else "The corpus has no times for these words (W: estimate)"
            )
        if not places.sound.contains(x, y) or self._sound.analysis is None:
            return ""
        track = self._sound.analysis.pitch
        said = curves.reading(track, time) if track is not None and self._sound.curves_shown else ""
        return " · ".join(part for part in (f"{time - self.span.first:.3f} s", said) if part)

    def _wanted(self) -> tuple[float, float, int] | None:
        if not self.span.zoomed:
            return None
        scale = self.scale()
        return self._sound.wanted(scale, self.span.first, self.span.last, scale.width * self.devicePixelRatioF())

    def _ask_detail(self) -> None:
        wanted = self._wanted()
        if wanted is not None:
            self.detail_requested.emit(*wanted)
