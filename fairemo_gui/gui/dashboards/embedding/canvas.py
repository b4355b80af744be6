"""The points themselves: pointed at, circled with the mouse, or walked through with the keyboard."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QEvent, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QImage, QKeyEvent, QMouseEvent, QPainter, QPainterPath
from PySide6.QtWidgets import QWidget

from fairemo_gui.gui import theme
from fairemo_gui.gui.controls import numbers
from fairemo_gui.gui.controls.card import Card
from fairemo_gui.gui.controls.painting import RIGHT, draw_text, marker_path, pen, width_of
from fairemo_gui.gui.dashboards.canvas import Canvas, Place
from fairemo_gui.gui.dashboards.embedding import legend
from fairemo_gui.gui.dashboards.embedding.adapt import percent
from fairemo_gui.gui.dashboards.embedding.lasso import rows_inside
from fairemo_gui.gui.dashboards.embedding.model import Colouring, EmbeddingModel, Ints
from fairemo_gui.gui.dashboards.embedding.raster import dot_size, draw_points, stamp
from fairemo_gui.gui.dashboards.words import whole_parts

_SIDE, _HEAD, _AXIS, _COLUMN = 12.0, 26.0, 18.0, 148.0
_WIDE = 500
_STRETCH = 1.6
_OPACITY, _DIMMED, _REACH, _DRAG = 0.6, 0.22, 8.0, 4.0
_BOX, _STEP = 24.0, 16.0
_COLOURS = {
    Colouring.TRUTH: "true class",
    Colouring.PREDICTION: "predicted class",
    Colouring.GROUP: "group",
    Colouring.ERROR: "right or wrong",
}
_HINTS = ("Drag: circle points", "N: the 20 nearest", "Shift + arrows: a box")
_ARROWS = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, -1),
    Qt.Key.Key_Down: (0, 1),
}


class EmbeddingCanvas(Canvas):
    """Points, axes, legend.

    Arrows walk from point to point, Enter looks at one, N asks for its neighbours, Shift with arrows opens a box around
    it that Enter takes; End leads to the legend, Home back.

    Attributes:
        hints: Whether it says below the legend what can be done.

    Signals:
        point_activated(id): A point was clicked, or Enter pressed on it.
        circled(ids): A tuple of the utterances inside a lasso or a box.
        neighbours_asked(id): N was pressed on a point.
    """

    point_activated = Signal(int)
    circled = Signal(object)
    neighbours_asked = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("Embedding", parent)
        self.hints = True
        self._model: EmbeddingModel | None = None
        self._plot = QRectF()
        self._keys: list[legend.Key] = []
        self._column = False
        self._pixels: npt.NDArray[np.float32] = np.empty((0, 2), dtype=np.float32)
        self._marked: Ints | None = None
        self._current: int | None = None
        self._cursor: int | None = None
        self._box: QRectF | None = None
        self._trail: list[QPointF] = []
        self._layers: dict[tuple[str, float], QImage] = {}
        self.setMinimumSize(260, 168)

    def set_model(self, model: EmbeddingModel) -> None:
        """Show other points, or other colours of the same."""
        former = self._model
        if former is None or not np.array_equal(former.ids, model.ids):
            self._cursor = self._box = self._marked = None
        self._model = model
        self.refresh()

    def set_marked(self, rows: Ints | None) -> None:
        """Draw some points at full strength on top of the others; None = nothing is selected."""
        self._marked = rows
        self._layers = {key: layer for key, layer in self._layers.items() if key[0] != "marked"}
        self.update()

    def set_current(self, row: int | None) -> None:
        """Ring the utterance that is looked at; the keyboard starts from there."""
        self._current = row
        if row is not None and not self.hasFocus():
            self._move_cursor(row)
        self.update()

    def arrange(self) -> Sequence[Place]:
        """Plot and legend; every point to its pixel."""
        model = self._model
        self._layers.clear()
        if model is None:
            return []
        self._place_legend(model)
        self._pixels = self._to_pixels(model.points, model)
        cursor = self._cursor if self._cursor is not None else self._middle_row()
        keys = [
            Place(
                key.rect,
                f"{key.entry.word}: {numbers.counted(key.entry.n, 'utterance', 'utterances')}",
                key.entry if key.entry.query else None,
            )
            for key in self._keys
        ]
        axes = QRectF(self._plot.left(), self._plot.bottom() + 1, self._plot.width(), _AXIS)
        return [
            self._point_place(model, cursor),
            Place(axes, self._axes_words(model), None, lambda: model.about),
            *keys,
        ]

    def draw(self, painter: QPainter) -> None:
        """Title, axes, points, legend, and whatever is being drawn by hand."""
        model = self._model
        if model is None:
            return
        self._draw_words(painter, model)
        legend.draw_keys(painter, self._keys, self._column)
        if self._column and self.hints:
            self._draw_hints(painter)
        tokens = theme.current()
        painter.setPen(pen(tokens.grid))
        zero = self._to_pixels(np.zeros((1, 2), dtype=np.float32), model)[0]
        painter.drawLine(QPointF(self._plot.left(), zero[1]), QPointF(self._plot.right(), zero[1]))
        painter.drawLine(QPointF(zero[0], self._plot.top()), QPointF(zero[0], self._plot.bottom()))
        ratio = painter.deviceTransform().m11()
        painter.setOpacity(1.0 if self._marked is None else _DIMMED / _OPACITY)
        painter.drawImage(self._plot.topLeft(), self._layer("all", ratio))
        painter.setOpacity(1.0)
        if self._marked is not None and len(self._marked):
            painter.drawImage(self._plot.topLeft(), self._layer("marked", ratio))
        self._draw_current(painter)
        self._draw_shape(painter)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Begin to circle, or activate a name of the legend."""
        if event.button() == Qt.MouseButton.LeftButton and self._plot.contains(event.position()):
            self._trail = [event.position()]
            return
        super().mousePressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Go on circling."""
        if self._trail:
            self._trail.append(event.position())
            self.update()
            return
        if self._plot.contains(event.position()):
            near = self._row_at(event.position()) is not None
            self.setCursor(Qt.CursorShape.PointingHandCursor if near else Qt.CursorShape.CrossCursor)
            return
        super().mouseMoveEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """A click looks at a point; a line closes to a shape and takes what is inside."""
        trail, self._trail = self._trail, []
        if not trail or self._model is None:
            super().mouseReleaseEvent(event)
            return
        moved = max((abs(p.x() - trail[0].x()) + abs(p.y() - trail[0].y()) for p in trail), default=0)
        if moved > _DRAG:
            path = QPainterPath(trail[0])
            for point in [*trail[1:], event.position()]:
                path.lineTo(point)
            path.closeSubpath()
            self._circle(path)
        else:
            row = self._row_at(trail[0])
            if row is not None:
                self._move_cursor(row)
                self.point_activated.emit(int(self._model.ids[row]))
        self.update()

    def event(self, event: QEvent) -> bool:
        """Escape closes an open box before it means anything to the window."""
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent) and self._box is not None:
            event.setAccepted(event.key() == Qt.Key.Key_Escape)
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Walk through the points, open a box, take neighbours; elsewhere as in every chart."""
        key = Qt.Key(event.key())
        model, places = self._model, self.places()
        if model is None or not len(model) or (self.focused_place() not in (None, places[0])):
            super().keyPressEvent(event)
            return
        cursor = self._cursor if self._cursor is not None else self._middle_row()
        if key in _ARROWS and event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            self._open_box(cursor, *_ARROWS[key])
        elif key in _ARROWS:
            self._walk(cursor, *_ARROWS[key])
        elif key == Qt.Key.Key_N:
            self.neighbours_asked.emit(int(model.ids[cursor]))
        elif key in {Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space}:
            self._take(cursor)
        elif key == Qt.Key.Key_Escape and self._box is not None:
            self._box = None
            self.update()
        else:
            super().keyPressEvent(event)

    def _place_legend(self, model: EmbeddingModel) -> None:
        wanted = legend.keys(model, theme.current())
        self._column = self.width() >= _WIDE
        if self._column:
            area = QRectF(self.width() - _SIDE - _COLUMN, _HEAD + 2, _COLUMN, self.height() - _HEAD - 8)
            self._keys = legend.in_column(wanted, area)
            right, bottom = area.left() - 16, self.height() - _AXIS - 6
        else:
            placed = legend.in_lines(wanted, _SIDE, self.width() - 2 * _SIDE)
            high = (placed[-1].rect.bottom() if placed else 0.0) + 4
            top = self.height() - high
            self._keys = [legend.Key(k.entry, k.rect.translated(0, top), k.colour, k.style) for k in placed]
            right, bottom = self.width() - _SIDE, top - _AXIS - 3
        # On whole pixels, so that the picture of the points is laid down as it is.
        self._plot = QRectF(QRectF(_SIDE, _HEAD, max(right - _SIDE, 40), max(bottom - _HEAD, 40)).toRect())

    def _to_pixels(self, points: npt.NDArray[np.float32], model: EmbeddingModel) -> npt.NDArray[np.float32]:
        """The cloud fills the plot, within reason; shape (n, 2), logical pixels, y downwards."""
        low = model.points.min(axis=0) if len(model) else np.zeros(2)
        high = model.points.max(axis=0) if len(model) else np.ones(2)
        span, room = np.maximum(high - low, 1e-9), np.array([self._plot.width() - 10, self._plot.height() - 10])
        each = np.minimum(room / span, _STRETCH * (room / span).min())
        centre = self._plot.center()
        offset = (points - (low + high) / 2) * each
        return np.asarray(offset * (1, -1) + (centre.x(), centre.y()), dtype=np.float32)

    def _layer(self, which: str, ratio: float) -> QImage:
        """All points, or the marked ones, as a picture of the plot; made once per layout."""
        if (which, ratio) not in self._layers:
            model, tokens = self._model, theme.current()
            assert model is not None
            rows = slice(None) if which == "all" or self._marked is None else self._marked
            dot = dot_size(len(model), which == "marked") * ratio
            size = (round(self._plot.width() * ratio), round(self._plot.height() * ratio))
            at = ((self._pixels[rows] - (self._plot.left(), self._plot.top())) * ratio).astype(np.int64)
            at = np.clip(at, 0, (size[0] - 1, size[1] - 1))
            kinds, groups = len(model.kinds), len(model.groups)
            layer = draw_points(
                at,
                np.where(model.kind[rows] < 0, kinds, model.kind[rows]),
                np.where(model.group[rows] < 0, groups, model.group[rows]),
                legend.kind_colours(model, tokens),
                [stamp(style.marker, dot) for style in legend.group_styles(model, tokens)],
                size,
                _OPACITY if which == "all" else 0.99,
            )
            layer.setDevicePixelRatio(ratio)
            self._layers[which, ratio] = layer
        return self._layers[which, ratio]

    def _draw_words(self, painter: QPainter, model: EmbeddingModel) -> None:
        tokens, small = theme.current(), theme.font(theme.SMALL)
        bold, wide = theme.font(theme.BODY, 600), self.width() - 2 * _SIDE
        draw_text(painter, QRectF(_SIDE, 5, wide, 17), model.source, tokens.text, bold)
        after = width_of(model.source, bold) + 10
        words = [numbers.counted(len(model), "utterance", "utterances")]
        if self._marked is not None:
            words.append(f"{numbers.count(len(self._marked))} marked")
        if model.fitted < len(model):
            words.append(f"axes from {numbers.count(model.fitted)} of them")
        words.append(f"colour: {_COLOURS[model.colouring]}")
        beside = QRectF(_SIDE + after, 5, max(wide - after, 0), 17)
        draw_text(painter, beside, whole_parts(" · ".join(words), beside.width(), small), tokens.text2, small)
        first, second = (f"PC {k + 1}  {percent(share)}" for k, share in enumerate(model.explained))
        foot = QRectF(self._plot.left(), self._plot.bottom() + 2, self._plot.width(), 15)
        draw_text(painter, foot, f"{first} →", tokens.text3, small, RIGHT)
        draw_text(painter, foot.adjusted(0, 0, -width_of(first, small) - 30, 0), f"↑ {second}", tokens.text3, small)

    def _draw_hints(self, painter: QPainter) -> None:
        """What can be done here, under the legend where there is room."""
        left, top = self.width() - _SIDE - _COLUMN, self.height() - 6 - 15.0 * len(_HINTS)
        if self._keys and self._keys[-1].rect.bottom() + 12 > top:
            return
        for k, hint in enumerate(_HINTS):
            box = QRectF(left, top + 15 * k, _COLUMN, 15)
            draw_text(painter, box, hint, theme.current().text3, theme.font(theme.SMALL))

    def _draw_current(self, painter: QPainter) -> None:
        if self._current is None or self._current >= len(self._pixels):
            return
        tokens, centre = theme.current(), self._centre(self._current)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for colour, width in ((tokens.panel, 4.0), (tokens.text, 2.0)):
            painter.setPen(pen(colour, width))
            painter.drawPath(marker_path("○", centre, 13))

    def _draw_shape(self, painter: QPainter) -> None:
        tokens = theme.current()
        path = QPainterPath()
        if self._box is not None:
            path.addRect(self._box)
        elif len(self._trail) > 1:
            path.moveTo(self._trail[0])
            for point in self._trail[1:]:
                path.lineTo(point)
            path.closeSubpath()
        ground = QColor(tokens.accent)
        ground.setAlphaF(0.12)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillPath(path, ground)
        painter.setPen(pen(tokens.accent, 1.5, (3, 2)))
        painter.drawPath(path)

    def _centre(self, row: int) -> QPointF:
        return QPointF(float(self._pixels[row, 0]), float(self._pixels[row, 1]))

    def _point_place(self, model: EmbeddingModel, row: int) -> Place:
        rect = QRectF(0, 0, 12, 12)
        rect.moveCenter(self._centre(row) if len(model) else self._plot.center())
        return Place(rect, partial(model.row_words, row), None, partial(model.card, row))

    def _axes_words(self, model: EmbeddingModel) -> str:
        shares = " and ".join(percent(share) for share in model.explained)
        return f"Two principal components of {model.source}: {shares} of the variance"

    def _middle_row(self) -> int:
        if self._current is not None or not len(self._pixels):
            return self._current or 0
        away = self._pixels - (self._plot.center().x(), self._plot.center().y())
        return int(np.einsum("nk,nk->n", away, away).argmin())

    def _row_at(self, position: QPointF) -> int | None:
        """The point under the pointer, or the nearest within reach."""
        if not len(self._pixels) or not self._plot.contains(position):
            return None
        away = self._pixels - np.array((position.x(), position.y()), dtype=np.float32)
        squares = np.einsum("nk,nk->n", away, away)
        row = int(squares.argmin())
        return row if squares[row] <= _REACH**2 else None

    def _card_at(self, position: QPointF) -> tuple[QRectF, Card] | None:
        row = self._row_at(position)
        if row is None or self._model is None or self._trail:
            return super()._card_at(position)
        return self._card_of(self._point_place(self._model, row))

    def _move_cursor(self, row: int) -> None:
        self._cursor, self._box = row, None
        if self._model is not None and self.places():
            self.places()[0] = self._point_place(self._model, row)
            if self.hasFocus():
                self.focus_place(0)

    def _walk(self, row: int, dx: int, dy: int) -> None:
        away = self._pixels - self._pixels[row]
        along, across = away[:, 0] * dx + away[:, 1] * dy, np.abs(away[:, 0] * dy) + np.abs(away[:, 1] * dx)
        cost = np.where(along > 0.5, along + 2 * across, np.inf)
        best = int(cost.argmin())
        self._move_cursor(best if np.isfinite(cost[best]) else row)
        self.focus_place(0)

    def _open_box(self, row: int, dx: int, dy: int) -> None:
        """Grow a box around the point with right and down, shrink it with left and up."""
        box = self._box or QRectF(0, 0, _BOX, _BOX)
        wide, high = max(box.width() + dx * _STEP, _BOX / 2), max(box.height() + dy * _STEP, _BOX / 2)
        self._box = QRectF(0, 0, wide, high)
        self._box.moveCenter(self._centre(row))
        count = len(self._inside(self._box_path()))
        self.setAccessibleDescription(f"Box with {numbers.counted(count, 'utterance', 'utterances')}: Enter takes them")
        self.update()

    def _take(self, row: int) -> None:
        if self._box is None:
            assert self._model is not None
            self.point_activated.emit(int(self._model.ids[row]))
            return
        path = self._box_path()
        self._box = None
        self._circle(path)

    def _box_path(self) -> QPainterPath:
        path = QPainterPath()
        path.addRect(self._box or QRectF())
        return path

    def _inside(self, path: QPainterPath) -> Ints:
        return rows_inside(path, self._pixels)

    def _circle(self, path: QPainterPath) -> None:
        assert self._model is not None
        rows = self._inside(path)
        if len(rows):
            self.circled.emit(tuple(self._model.ids[rows].tolist()))
