"""The picture with its face boxes, painted together so that a box is never on another frame."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt
from av.video.reformatter import Interpolation, VideoReformatter
from PySide6.QtCore import QEvent, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QImage, QMouseEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from fairemo_gui.core.records import FaceRegion
from fairemo_gui.gui import theme
from fairemo_gui.gui.controls.painting import CENTRE, draw_text, pen, width_of
from fairemo_gui.gui.player.faces import FaceBoxes, FaceMarks, Rect
from fairemo_gui.gui.player.pictures import Frame
from fairemo_gui.gui.theme import Tokens

_CAPTION_HEIGHT = 16
_ICON_ROOM = 34
_CAPTION_ALPHA = 190
_LABEL_ALPHA = 215


class PictureView(QWidget):
    """Shows one frame, the boxes that belong to it, or a message.

    Signals:
        resized: Width and height there are for the picture, device pixels.
        aspect_changed: The picture has become wider or narrower.
        face_clicked: Number of the other face that was clicked.
    """

    resized = Signal(int, int)
    aspect_changed = Signal()
    face_clicked = Signal(int)

    def __init__(self, tokens: Callable[[], Tokens], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._tokens = tokens
        self._reformatter = VideoReformatter()
        self._frame: Frame | None = None
        self._image: QImage | None = None
        self._pixels: npt.NDArray[Any] | None = None
        self._boxes = FaceBoxes()
        self._region = FaceRegion.FULL
        self._message, self._icon, self._caption = "", "", ""
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(120, 30)
        self.setAccessibleName("Picture")
        self.setMouseTracking(True)

    @property
    def has_picture(self) -> bool:
        """Whether a frame is on the screen."""
        return self._image is not None

    @property
    def aspect(self) -> float | None:
        """Width over height of the picture; None where there is none."""
        return None if self._image is None else self._image.width() / self._image.height()

    @property
    def message(self) -> str:
        """What is said instead of a picture."""
        return self._message

    @property
    def caption(self) -> str:
        """What is said over the picture's lower edge."""
        return self._caption

    def set_frame(self, frame: Frame | None) -> None:
        """Show a frame, or none."""
        before = self.aspect
        self._frame = frame
        # The image does not copy: the array has to live as long as it does, and no shorter than the one before.
        self._image, self._pixels = (None, None) if frame is None else self._as_image(frame)
        if self.aspect != before:
            self.aspect_changed.emit()
        self.update()

    def set_boxes(self, boxes: FaceBoxes) -> None:
        """The tracks from which each frame's boxes are taken."""
        self._boxes = boxes
        self.update()

    def set_region(self, region: FaceRegion) -> None:
        """Show only this part of every frame; face boxes are for whole frames."""
        self._region = region

    def set_message(self, message: str, icon: str = "") -> None:
        """What to say where there is no picture."""
        self._message, self._icon = message, icon
        self.setAccessibleDescription(message)
        self.update()

    def set_caption(self, caption: str) -> None:
        """A small line over the lower edge, or below the message."""
        self._caption = caption
        self.setToolTip(caption)
        self.update()

    def marks(self) -> FaceMarks:
        """What is drawn over the frame on the screen."""
        return FaceMarks() if self._frame is None else self._boxes.at(self._frame.pts)

    def picture_rect(self) -> QRectF:
        """Where the picture lies in the widget."""
        return QRectF(self.rect()) if self.aspect is None else _fitted(self.aspect, QRectF(self.rect()))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Another face can be pressed: it speaks."""
        other = self._other_at(event.position())
        self.setCursor(Qt.CursorShape.ArrowCursor if other is None else Qt.CursorShape.PointingHandCursor)
        self.setToolTip(self._caption if other is None else "Click: this face speaks")

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Say that another face speaks."""
        other = self._other_at(event.position())
        if other is not None and event.button() == Qt.MouseButton.LeftButton:
            self.face_clicked.emit(other)
        else:
            super().mousePressEvent(event)

    def event(self, event: QEvent) -> bool:
        """A screen with other pixels is as good as another size."""
        if event.type() == QEvent.Type.DevicePixelRatioChange:
            self._tell_size()
        return super().event(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Tell how large a picture is useful."""
        self._tell_size()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Frame and boxes, or the message."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.fillRect(self.rect(), QColor(self._tokens().panel))
        if self._image is None:
            self._paint_message(painter)
            return
        place = self.picture_rect()
        painter.drawImage(place, self._image)
        painter.setClipRect(place)
        marks = self.marks()
        for rect in marks.others.values():
            _paint_other(painter, _placed(rect, place))
        if marks.active is not None:
            _paint_active(painter, _placed(marks.active, place), marks.label, place)
        lines = ["no face found"] if marks.missing else []
        _paint_caption(painter, place, " · ".join([*lines, *([self._caption] if self._caption else [])]))

    def _tell_size(self) -> None:
        ratio = self.devicePixelRatioF()
        self.resized.emit(round(self.width() * ratio), round(self.height() * ratio))

    def _other_at(self, point: QPointF) -> int | None:
        """Number of the other face at a place of the widget."""
        place = self.picture_rect()
        boxes = ((number, _placed(rect, place)) for number, rect in self.marks().others.items())
        return next((number for number, box in boxes if box.contains(point)), None)

    def _as_image(self, frame: Frame) -> tuple[QImage, npt.NDArray[Any]]:
        # Where eight do not divide the width, the quick way from YUV leaves the last columns unwritten, and the exact
        # one writes past each row into the next: a second thread may have been there already.
        odd = frame.picture.width % 8 > 0
        exact = Interpolation.BICUBIC | Interpolation.ACCURATE_RND if odd else None
        bgra = self._reformatter.reformat(frame.picture, format="bgra", interpolation=exact, threads=int(odd))
        picture = bgra.to_ndarray()
        whole = np.rot90(picture, round(frame.rotation / 90))
        middle = whole.shape[1] // 2
        part = {FaceRegion.LEFT: slice(middle), FaceRegion.RIGHT: slice(middle, None)}.get(self._region, slice(None))
        upright = np.ascontiguousarray(whole[:, part])
        height, width = upright.shape[:2]
        return QImage(upright.data, width, height, 4 * width, QImage.Format.Format_RGB32), upright

    def _paint_message(self, painter: QPainter) -> None:
        tokens = self._tokens()
        area = QRectF(self.rect()).adjusted(8, 4, -8, -4)
        words = "\n".join(line for line in (self._message, self._caption) if line)
        flags = int(CENTRE | Qt.TextFlag.TextWordWrap)
        painter.setFont(theme.font())
        high = painter.boundingRect(area, flags, words).height() + _ICON_ROOM
        # Words that need the height do without the icon.
        if self._icon and area.height() > max(high, 80):
            top = area.center().y() - high / 2
            icon = theme.icon(self._icon, tokens, tokens.warn if self._icon == "warning" else tokens.text3)
            icon.paint(painter, int(area.center().x() - 12), int(top), 24, 24)
            area.adjust(0, _ICON_ROOM, 0, 0)
        painter.setPen(QColor(tokens.text2))
        painter.drawText(area, flags, words)


def _fitted(aspect: float, area: QRectF) -> QRectF:
    """The largest rectangle of an aspect in an area, at its middle."""
    width = min(area.width(), area.height() * aspect)
    height = width / aspect
    return QRectF(
        round(area.center().x() - width / 2), round(area.center().y() - height / 2), round(width), round(height)
    )


def _placed(rect: Rect, place: QRectF) -> QRectF:
    left, top, right, bottom = rect
    return QRectF(
        QPointF(round(place.left() + left * place.width()), round(place.top() + top * place.height())),
        QPointF(round(place.left() + right * place.width()), round(place.top() + bottom * place.height())),
    )


def _paint_active(painter: QPainter, box: QRectF, label: str, place: QRectF) -> None:
    """2 px in the box colour on a 4 px black halo, and its label unless it would hide the picture."""
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for colour, width in ((theme.HALO, 4), (theme.FACE_BOX, 2)):
        stroke = pen(colour, width)
        stroke.setJoinStyle(Qt.PenJoinStyle.MiterJoin)
        painter.setPen(stroke)
        painter.drawRect(box)
    font = theme.font(theme.SMALL)
    width = round(width_of(label, font)) + 10
    if width > place.width() / 2:
        return
    left = min(max(box.left() - 1, place.left()), place.right() - width)
    top = max(box.top() - _CAPTION_HEIGHT - 2, place.top())
    _paint_plate(painter, QRectF(left, top, width, _CAPTION_HEIGHT), label, _LABEL_ALPHA)


def _paint_other(painter: QPainter, box: QRectF) -> None:
    """1 px dashed white at 70 %."""
    colour = QColor(Qt.GlobalColor.white)
    colour.setAlphaF(0.7)
    stroke = pen(colour.name(QColor.NameFormat.HexArgb), 1, (4, 3))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(stroke)
    painter.drawRect(box.translated(0.5, 0.5))


def _paint_caption(painter: QPainter, place: QRectF, text: str) -> None:
    if not text:
        return
    width = min(round(width_of(text, theme.font(theme.SMALL))) + 10, place.width() - 8)
    rect = QRectF(place.left() + 4, place.bottom() - _CAPTION_HEIGHT - 4, width, _CAPTION_HEIGHT)
    _paint_plate(painter, rect, text, _CAPTION_ALPHA)


def _paint_plate(painter: QPainter, rect: QRectF, text: str, alpha: int) -> None:
    """White words on a dark plate: legible on any picture, in both themes."""
    ground = QColor(theme.HALO)
    ground.setAlpha(alpha)
    painter.fillRect(rect, ground)
    draw_text(painter, rect.adjusted(5, 0, -5, 0), text, QColor(Qt.GlobalColor.white).name(), theme.font(theme.SMALL))
