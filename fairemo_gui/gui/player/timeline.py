"""Words, waveform and spectrogram over one time axis, with one playhead through all."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QImage, QMouseEvent, QPainter, QPaintEvent, QPixmap, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from fairemo_gui.core.records import Word
from fairemo_gui.gui import theme
from fairemo_gui.gui.controls.painting import CENTRE, draw_text, pen
from fairemo_gui.gui.player import lanes
from fairemo_gui.gui.player.lanes import Scale
from fairemo_gui.gui.player.reel import Analysis
from fairemo_gui.gui.theme import Tokens

HEIGHT, COMPACT, WITHOUT_SOUND = 164, 96, 76
_HEAD, _WORDS, _AXIS = 3, 18, 19
_GAP, _RIGHT = 7, 10
_PLAYHEAD_REACH = 7
_ALSO = Qt.ClipOperation.IntersectClip


@dataclass(frozen=True, slots=True)
class _Lanes:
    words: QRectF
    waveform: QRectF
    spectrogram: QRectF
    axis: QRectF


class Timeline(QWidget):
    """Where in the utterance playing is; a click or a drag goes there.

    Signals:
        seek_requested: Media time, seconds.
    """

    seek_requested = Signal(float)

    def __init__(self, tokens: Callable[[], Tokens], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._tokens = tokens
        self._start, self._end = 0.0, 0.0
        self._position = 0.0
        self._words: tuple[Word, ...] = ()
        self._transcript: str | None = None
        self._words_hidden = False
        self._analysis: Analysis | None = None
        self._remark, self._tall, self._compact = "", False, False
        self._waves: tuple[QPixmap, QPixmap] | None = None
        self._image: QImage | None = None
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.set_tall(False)
        self.setAccessibleName("Timeline")

    @property
    def words(self) -> tuple[Word, ...]:
        """Words on the screen."""
        return () if self._words_hidden else self._words

    @property
    def analysed(self) -> bool:
        """Whether waveform and spectrogram are there."""
        return self._analysis is not None

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
        needed = WITHOUT_SOUND if self._remark else COMPACT if compact else HEIGHT
        self.setMinimumHeight(needed)
        self.setMaximumHeight(16777215 if tall else needed)

    def clear(self) -> None:
        """Show nothing."""
        self.set_range(0.0, 0.0)
        self.set_words((), None)
        self.set_analysis(None)

    def set_range(self, start: float, end: float) -> None:
        """What the axis spans, seconds on the file's clock."""
        self._start, self._end, self._position = start, end, start
        self.update()

    def set_words(self, words: tuple[Word, ...], transcript: str | None, *, hidden: bool = False) -> None:
        """The words; hidden where they would tell what may not be heard."""
        self._words = tuple(sorted((word for word in words), key=lambda word: word.start))
        self._transcript, self._words_hidden = transcript, hidden
        self.update()

    def set_analysis(self, analysis: Analysis | None, remark: str = "") -> None:
        """Waveform and spectrogram, or why there are none."""
        self._analysis, self._remark = analysis, remark
        self.set_tall(self._tall, self._compact)
        self.retheme()

    def set_position(self, position: float) -> None:
        """Move the playhead; only what it passed over is drawn anew."""
        before, lit = self._scale().x(self._position), self.lit
        self._position = position
        left, right = sorted((before, self._scale().x(position)))
        self.update(
            QRectF(left - _PLAYHEAD_REACH, 0, right - left + 2 * _PLAYHEAD_REACH, self.height()).toAlignedRect()
        )
        if self.lit != lit:
            self.update(self._lanes().words.toAlignedRect())

    def retheme(self) -> None:
        """Draw everything anew."""
        self._waves, self._image = None, None
        self.update()

    def word_at(self, x: float, y: float) -> Word | None:
        """The word under a place."""
        lane = self._lanes().words
        rects = ((word, lanes.word_rect(word, self._scale(), lane)) for word in self.words)
        return next((word for word, rect in rects if rect.contains(x, y)), None)

    def sizeHint(self) -> QSize:
        """As in the layout."""
        return QSize(640, HEIGHT)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Shapes depend on the size."""
        self.retheme()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Go to the word or the time under the pointer."""
        if event.button() is not Qt.MouseButton.LeftButton or self._end <= self._start:
            return
        word = self.word_at(event.position().x(), event.position().y())
        self.seek_requested.emit(self._scale().time(event.position().x()) if word is None else word.start)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Dragging goes along; words invite a click."""
        x, y = event.position().x(), event.position().y()
        if event.buttons() & Qt.MouseButton.LeftButton and self._end > self._start:
            self.seek_requested.emit(self._scale().time(x))
            return
        over = self.word_at(x, y)
        self.setCursor(Qt.CursorShape.ArrowCursor if over is None else Qt.CursorShape.PointingHandCursor)
        self.setToolTip("" if over is None else over.text)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Lanes, then the playhead through them."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        tokens = self._tokens()
        painter.fillRect(self.rect(), QColor(tokens.panel))
        if self._end <= self._start:
            return
        place, scale = self._lanes(), self._scale()
        self._paint_words(painter, place.words, scale, tokens)
        if self._remark:
            both = place.waveform.united(place.spectrogram)
            draw_text(painter, both, self._remark, tokens.text3, theme.font(theme.SMALL), CENTRE)
        else:
            self._paint_waveform(painter, place.waveform, scale, tokens)
            self._paint_spectrogram(painter, place.spectrogram, tokens)
        lanes.paint_axis(painter, place.axis, scale, tokens)
        x = min(max(scale.x(self._position), scale.left), scale.left + scale.width)
        lanes.paint_playhead(painter, x, place.words.top() - _HEAD + 1, place.spectrogram.bottom(), tokens)

    def _paint_words(self, painter: QPainter, lane: QRectF, scale: Scale, tokens: Tokens) -> None:
        if self._words_hidden:
            return
        lanes.paint_gutter(painter, "words", lane.center().y(), tokens)
        if self._words:
            lanes.paint_words(painter, lane, self._words, self.lit, scale, tokens)
        else:
            lanes.paint_no_words(painter, lane, self._transcript, tokens)

    def _paint_waveform(self, painter: QPainter, lane: QRectF, scale: Scale, tokens: Tokens) -> None:
        """What has been heard in accent, what comes in grey."""
        if self._analysis is None:
            return
        if self._waves is None:
            ratio = self.devicePixelRatioF()
            self._waves = (
                lanes.waveform_pixmap(self._analysis.waveform, lane, ratio, tokens.accent, tokens.cline),
                lanes.waveform_pixmap(self._analysis.waveform, lane, ratio, tokens.text3, tokens.cline),
            )
        lanes.paint_waveform_labels(painter, lane, self._analysis.waveform, tokens)
        now = scale.x(self._position)
        for pixmap, left, right in zip(self._waves, (lane.left(), now), (now, lane.right()), strict=True):
            painter.save()
            painter.setClipRect(QRectF(left, lane.top(), max(right - left, 0.0), lane.height()), _ALSO)
            painter.drawPixmap(lane.topLeft(), pixmap)
            painter.restore()

    def _paint_spectrogram(self, painter: QPainter, lane: QRectF, tokens: Tokens) -> None:
        if self._compact:
            return
        if self._analysis is not None:
            if self._image is None:
                ratio = self.devicePixelRatioF()
                size = QSize(round(lane.width() * ratio), round(lane.height() * ratio))
                self._image = lanes.spectrogram_image(self._analysis.spectrogram, tokens).scaled(
                    size, Qt.AspectRatioMode.IgnoreAspectRatio, Qt.TransformationMode.SmoothTransformation
                )
            painter.drawImage(lane, self._image)
            lanes.paint_spectrogram_labels(painter, lane, self._analysis.spectrogram.top_hz, tokens)
        painter.setPen(pen(tokens.line))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(lane.adjusted(-0.5, -0.5, 0.5, 0.5))

    def _scale(self) -> Scale:
        left = lanes.GUTTER + 8
        return Scale(self._start, self._end, left, max(self.width() - left - _RIGHT, 1))

    def _lanes(self) -> _Lanes:
        scale = self._scale()
        top = float(_HEAD + _WORDS + _GAP - 2)
        axis = float(self.height() - _AXIS)
        free = axis - top - _GAP
        upper = round(free * (1.0 if self._compact else 0.48))
        return _Lanes(
            QRectF(scale.left, _HEAD, scale.width, _WORDS),
            QRectF(scale.left, top, scale.width, upper),
            QRectF(scale.left, top + upper + _GAP, scale.width, free - upper),
            QRectF(scale.left, axis, scale.width, _AXIS),
        )
