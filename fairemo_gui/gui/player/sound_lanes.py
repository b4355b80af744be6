"""Waveform and spectrogram of the part in view, drawn once and kept until something about them changes."""

from __future__ import annotations

import math

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter

from fairemo_gui.gui import theme
from fairemo_gui.gui.controls.painting import CENTRE, draw_text, pen, width_of
from fairemo_gui.gui.player import curves, lanes
from fairemo_gui.gui.player.lanes import Scale
from fairemo_gui.gui.player.reel import Analysis
from fairemo_gui.gui.theme import Tokens

_ENOUGH = 0.9
_AROUND = 1.0


class SoundLanes:
    """The two lanes that show sound. Until a part in view has been drawn sharper, the whole range's shapes serve."""

    def __init__(self) -> None:
        self.analysis: Analysis | None = None
        self.remark = ""
        self.curves_shown = False
        self._part: Analysis | None = None
        self._waves: tuple[QImage, QImage] | None = None
        self._levels: QImage | None = None

    @property
    def has_curves(self) -> bool:
        """Whether F0 and energy are drawn."""
        return self.curves_shown and not self.remark

    def set_analysis(self, analysis: Analysis | None, remark: str) -> None:
        """What there is to draw, or why there is nothing."""
        self.analysis, self.remark = analysis, remark
        if self._part is not None and (analysis is None or self._part.whole is not analysis.waveform):
            self._part = None
        self.forget()

    def set_part(self, part: Analysis) -> bool:
        """A part in more detail; False where it belongs to something else."""
        if self.analysis is None or part.whole is not self.analysis.waveform:
            return False
        self._part = part
        self.forget()
        return True

    def forget(self) -> None:
        """Draw anew: size, theme or view have changed."""
        self._waves, self._levels = None, None

    def wanted(self, scale: Scale, first: float, last: float, pixels: float) -> tuple[float, float, int] | None:
        """What to ask for so that the part in view is sharp, with as much again at both sides; None if it is.

        Args:
            scale: The part in view.
            first: Beginning of the range, seconds.
            last: End of the range, seconds.
            pixels: Device pixels across the part in view.
        """
        length = scale.end - scale.start
        if self.analysis is None or length <= 0:
            return None
        for held in (self._part, self.analysis):
            if held is not None and _holds(held, scale):
                spectrogram = held.spectrogram
                columns = spectrogram.levels.shape[1] * length / (spectrogram.end - spectrogram.start)
                if columns >= _ENOUGH * pixels:
                    return None
        start, end = max(scale.start - _AROUND * length, first), min(scale.end + _AROUND * length, last)
        return start, end, round((end - start) / length * pixels)

    def paint_waveform(
        self, painter: QPainter, lane: QRectF, scale: Scale, position: float, ratio: float, tokens: Tokens
    ) -> None:
        """What has been heard in accent, what comes in grey."""
        if self.analysis is None:
            return
        edge = lanes.headroom(self.analysis.waveform)
        if self._waves is None:
            waveform = self._best(scale).waveform
            path = lanes.waveform_path(waveform, _at_zero(scale), lane.height(), edge, ratio)
            past, future = (_blank(lane, ratio) for _ in range(2))
            for image, colour in ((past, tokens.accent), (future, tokens.text3)):
                with QPainter(image) as inner:
                    inner.setRenderHint(QPainter.RenderHint.Antialiasing)
                    inner.fillRect(QRectF(0, lane.height() / 2 - 0.5, lane.width(), 1), QColor(tokens.cline))
                    inner.fillPath(path, QColor(colour))
            self._waves = past, future
        lanes.paint_waveform_labels(painter, lane, edge, tokens)
        now = min(max(scale.x(position), lane.left()), lane.right())
        for image, left, right in zip(self._waves, (lane.left(), now), (now, lane.right()), strict=True):
            painter.save()
            painter.setClipRect(QRectF(left, lane.top(), right - left, lane.height()), Qt.ClipOperation.IntersectClip)
            painter.drawImage(lane.topLeft(), image)
            painter.restore()

    def paint_spectrogram(self, painter: QPainter, lane: QRectF, scale: Scale, ratio: float, tokens: Tokens) -> None:
        """Levels, curves where they are wanted, axes and a frame."""
        if self.analysis is not None:
            edge = -lanes.headroom(self.analysis.waveform)
            if self._levels is None:
                self._levels = self._drawn_levels(lane, scale, ratio, edge, tokens)
            painter.drawImage(lane.topLeft(), self._levels)
            lanes.paint_spectrogram_labels(painter, lane, self.analysis.spectrogram.top_hz, tokens)
            if self.curves_shown:
                curves.paint_axes(painter, lane, edge, tokens)
        painter.setPen(pen(tokens.line))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(lane.adjusted(-0.5, -0.5, 0.5, 0.5))

    def paint_remark(self, painter: QPainter, lane: QRectF, tokens: Tokens) -> None:
        """Why there is nothing, where there is nothing, on a plate: the playhead passes behind it."""
        if not self.remark:
            return
        font = theme.font(theme.SMALL)
        width = min(round(width_of(self.remark, font)) + 12, round(lane.width()))
        plate = QRectF(round(lane.center().x() - width / 2), round(lane.center().y() - 8), width, 16)
        painter.fillRect(plate, QColor(tokens.panel))
        draw_text(painter, plate, self.remark, tokens.text3, font, CENTRE)

    def _drawn_levels(self, lane: QRectF, scale: Scale, ratio: float, edge: int, tokens: Tokens) -> QImage:
        """The part of the spectrogram in view, stretched to the lane, with the curves on it."""
        assert self.analysis is not None
        spectrogram, inner = self._best(scale).spectrogram, _at_zero(scale)
        count = spectrogram.levels.shape[1]
        step = max((spectrogram.end - spectrogram.start) / count, 1e-9)
        first = min(max(math.floor((scale.start - spectrogram.start) / step), 0), count - 1)
        last = min(max(math.ceil((scale.end - spectrogram.start) / step - 1e-9), first + 1), count)
        left, right = (inner.x(spectrogram.start + column * step) for column in (first, last))
        picture = lanes.spectrogram_image(spectrogram.levels[:, first:last], tokens).scaled(
            max(round((right - left) * ratio), 1),
            max(round(lane.height() * ratio), 1),
            Qt.AspectRatioMode.IgnoreAspectRatio,
            Qt.TransformationMode.SmoothTransformation,
        )
        made = _blank(lane, ratio)
        with QPainter(made) as painter:
            painter.drawImage(QRectF(left, 0, right - left, lane.height()), picture)
            if self.curves_shown and self.analysis.pitch is not None:
                painter.setRenderHint(QPainter.RenderHint.Antialiasing)
                curves.paint_curves(painter, self.analysis.pitch, inner, lane.height(), edge, tokens)
        return made

    def _best(self, scale: Scale) -> Analysis:
        """The sharpest that holds all of the part in view."""
        assert self.analysis is not None
        return self._part if self._part is not None and _holds(self._part, scale) else self.analysis


def _holds(analysis: Analysis, scale: Scale) -> bool:
    return analysis.waveform.start <= scale.start + 1e-6 and analysis.waveform.end >= scale.end - 1e-6


def _at_zero(scale: Scale) -> Scale:
    return Scale(scale.start, scale.end, 0.0, scale.width, scale.origin)


def _blank(lane: QRectF, ratio: float) -> QImage:
    """A clear picture as large as a lane on the screen."""
    size = QPointF(lane.width(), lane.height()) * ratio
    image = QImage(max(round(size.x()), 1), max(round(size.y()), 1), QImage.Format.Format_ARGB32_Premultiplied)
    image.setDevicePixelRatio(ratio)
    image.fill(Qt.GlobalColor.transparent)
    return image
