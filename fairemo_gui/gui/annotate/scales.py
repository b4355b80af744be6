"""Rows of scales below the answers: intensity, confidence, dimensions. None has an answer until a person gives one."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QHBoxLayout, QLabel, QSizePolicy, QSlider, QVBoxLayout, QWidget

from fairemo_gui.gui import theme
from fairemo_gui.gui.annotate.bars import KeyHint
from fairemo_gui.gui.annotate.manikins import draw_manikin
from fairemo_gui.gui.controls.painting import CENTRE, LEFT, RIGHT, draw_focus_ring, draw_text, pen
from fairemo_gui.gui.controls.switch import Option, SegmentedSwitch
from fairemo_gui.gui.tone_label import ToneLabel

LABEL_WIDTH = 116
_MIDDLE, _HANDLE, _TRACK = 50, 7.0, 4.0
_SEGMENT = 72
_UNSET = "not set"


class ScaleRow(QWidget):
    """A name with its keys at the left, the scale at the right.

    Signals:
        changed(int): A person gave this answer.
    """

    changed = Signal(int)

    def __init__(self, name: str, keys: Sequence[str], control: QWidget, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.name = QLabel(name)
        self.name.setFont(theme.font(theme.BODY, 500))
        left = QWidget()
        left.setFixedWidth(LABEL_WIDTH)
        column = QVBoxLayout(left)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addStretch(1)
        column.addWidget(self.name)
        caps = QHBoxLayout()
        caps.setSpacing(4)
        for key in keys:
            caps.addWidget(KeyHint(key))
        caps.addStretch(1)
        column.addLayout(caps)
        column.addStretch(1)
        self.row = QHBoxLayout(self)
        self.row.setContentsMargins(0, 0, 0, 0)
        self.row.setSpacing(0)
        self.row.addWidget(left)
        self.row.addWidget(control, 1)


class IntensityRow(ScaleRow):
    """How strong it is, 0–100, by mouse or arrows."""

    def __init__(self, parent: QWidget | None = None) -> None:
        self.scale = _IntensityScale()
        super().__init__("Intensity", ("←", "→"), self.scale, parent)
        self.figure, self.unset = QLabel(), ToneLabel(_UNSET)
        self.figure.setFont(theme.font(theme.TITLE, 600))
        for label in (self.figure, self.unset):
            label.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignTop)
            label.setFixedWidth(52)
            self.row.addWidget(label)
        self.scale.chosen.connect(self.changed)
        self.set_value(None)

    def step(self, by: int) -> int:
        """The value some points on; the middle where there is none yet."""
        value = self.scale.given
        return _MIDDLE if value is None else min(max(value + by, 0), 100)

    def set_value(self, value: int | None) -> None:
        """Show a value; None = not given yet."""
        self.scale.set_given(value)
        self.figure.setText("" if value is None else str(value))
        self.figure.setVisible(value is not None)
        self.unset.setVisible(value is None)


class _IntensityScale(QSlider):
    """A slider without a handle until somebody has answered: a handle in the middle would suggest an answer."""

    chosen = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self.given: int | None = None
        self.setRange(0, 100)
        self.setObjectName("intensity_scale")
        self.setAccessibleName("Intensity, 0 to 100")
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setFixedHeight(38)

    def set_given(self, value: int | None) -> None:
        """Show an answer, or none."""
        self.given = value
        self.setValue(_MIDDLE if value is None else value)
        self.setAccessibleDescription(_UNSET if value is None else "")
        self.update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """The place pressed is the answer."""
        self.chosen.emit(self._at(event.position().x()))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Dragging goes on answering."""
        if event.buttons() & Qt.MouseButton.LeftButton:
            self.chosen.emit(self._at(event.position().x()))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Nothing more to do."""

    def paintEvent(self, event: QPaintEvent) -> None:
        """Track, ticks, words at the ends, and the handle where there is an answer."""
        tokens, open_ = theme.current(), self.isEnabled()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        left, wide = _HANDLE + 1, self._wide()
        track = QRectF(1, _HANDLE, self.width() - 2, _TRACK)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(tokens.cline))
        painter.drawRoundedRect(track, 2, 2)
        painter.setPen(pen(tokens.edge))
        for tick in range(11):
            x = round(left + wide * tick / 10) + 0.5
            painter.drawLine(QPointF(x, 16), QPointF(x, 20))
        quiet = tokens.text2 if open_ else tokens.text3
        words = QRectF(1, 22, self.width() - 2, 16)
        draw_text(painter, words, "weak", quiet, theme.font(theme.SMALL), LEFT)
        draw_text(painter, words, "strong", quiet, theme.font(theme.SMALL), RIGHT)
        if self.given is not None:
            x = left + wide * self.given / 100
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(tokens.accent))
            painter.drawRoundedRect(QRectF(track.left(), track.top(), x - track.left(), _TRACK), 2, 2)
            painter.setPen(pen(tokens.accent, 2))
            painter.setBrush(QColor(tokens.panel))
            painter.drawEllipse(QPointF(x, track.center().y()), _HANDLE - 1, _HANDLE - 1)
        if self.hasFocus():
            draw_focus_ring(painter, QRectF(self.rect()), tokens.accent)

    def _wide(self) -> float:
        return self.width() - 2 * (_HANDLE + 1)

    def _at(self, x: float) -> int:
        return round(100 * min(max((x - _HANDLE - 1) / self._wide(), 0.0), 1.0))


class ConfidenceRow(ScaleRow):
    """How sure the rater is, in words, least first."""

    def __init__(self, words: Sequence[str], parent: QWidget | None = None) -> None:
        holder = QWidget()
        row = QHBoxLayout(holder)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(12)
        options = [Option(str(place), word) for place, word in enumerate(words, start=1)]
        self.switch = SegmentedSwitch(options, "Confidence")
        self.switch.setFixedHeight(28)
        for option in options:
            segment = self.switch.segment(option.key)
            segment.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            segment.setMinimumWidth(_SEGMENT)
        row.addWidget(self.switch)
        row.addWidget(KeyHint(f"Shift+1–{len(words)}"))
        row.addStretch(1)
        super().__init__("Confidence", (), holder, parent)
        self.switch.changed.connect(lambda key: self.changed.emit(int(key)))

    def set_value(self, value: int | None) -> None:
        """Show an answer, or none."""
        if value is None:
            self.switch.clear()
        else:
            self.switch.set_value(str(value))


class DimensionRow(ScaleRow):
    """One dimension on a scale of points, with drawn figures or numbers alone.

    Args:
        dimension: `valence`, `activation` or `dominance`.
        ends: Words at the lowest and the highest point.
        points: How many.
        figures: Whether manikins stand over the numbers.
        key: The key that turns the number keys to this row.
    """

    def __init__(
        self,
        dimension: str,
        ends: tuple[str, str],
        points: int,
        *,
        figures: bool,
        key: str,
        parent: QWidget | None = None,
    ) -> None:
        holder = QWidget()
        row = QHBoxLayout(holder)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(4)
        self.points = [ScalePoint(dimension, k, points, ends, figures=figures) for k in range(1, points + 1)]
        for place, point in enumerate(self.points, start=1):
            point.clicked.connect(lambda _=False, place=place: self.changed.emit(place))
            row.addWidget(point)
        super().__init__(dimension.capitalize(), (key,), holder, parent)
        self.dimension = dimension
        self.setAccessibleName(f"{dimension.capitalize()}, 1 {ends[0]} to {points} {ends[1]}")
        self.set_armed(False)

    def press(self, number: int) -> None:
        """Press the point of a number key."""
        if 1 <= number <= len(self.points):
            self.points[number - 1].click()

    def set_armed(self, armed: bool) -> None:
        """Show that the number keys go here now."""
        for point in self.points:
            point.set_armed(armed)

    def set_value(self, value: int | None) -> None:
        """Show an answer, or none."""
        for place, point in enumerate(self.points, start=1):
            point.setChecked(place == value)


class ScalePoint(QAbstractButton):
    """One point of a dimension."""

    def __init__(self, dimension: str, place: int, points: int, ends: tuple[str, str], *, figures: bool) -> None:
        super().__init__()
        self._dimension, self._share, self._figures = dimension, (place - 1) / max(points - 1, 1), figures
        self._end = ends[0] if place == 1 else ends[1] if place == points else ""
        self._armed = False
        self.setText(str(place))
        self.setCheckable(True)
        self.setAccessibleName(f"{dimension} {place}" + (f", {self._end}" if self._end else ""))
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        """High enough for a figure, where there are any."""
        return QSize(32, 66 if self._figures else 44)

    minimumSizeHint = sizeHint

    def nextCheckState(self) -> None:  # noqa: N802 - Qt's own hook
        """Leave the state to whoever keeps the answers."""

    def set_armed(self, armed: bool) -> None:
        """Show that the number keys go to this row."""
        self._armed = armed
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Figure, number, and the word of an end."""
        tokens, open_ = theme.current(), self.isEnabled()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        on = self.isChecked()
        painter.setPen(pen(tokens.accent if on or (self._armed and open_) else tokens.cline, 2 if on else 1))
        hover = self.underMouse() and open_
        painter.setBrush(QColor(tokens.sel if on else tokens.ctlhi if hover else tokens.ctl if open_ else tokens.alt))
        edge = 1.0 if on else 0.5
        area = QRectF(self.rect()).adjusted(0, 0, 0, -16)
        painter.drawRoundedRect(area.adjusted(edge, edge, -edge, -edge), 4, 4)
        colour = tokens.text if on else tokens.text2 if open_ else tokens.text3
        font = theme.font(theme.BODY, 600 if on else 400)
        if self._figures:
            draw_manikin(painter, area.adjusted(0, 4, 0, -18), self._dimension, self._share, colour)
            draw_text(painter, QRectF(0, area.bottom() - 17, self.width(), 15), self.text(), colour, font, CENTRE)
        else:
            draw_text(painter, area, self.text(), colour, font, CENTRE)
        align = LEFT if self._share == 0 else RIGHT
        if self._end:
            quiet = tokens.text2 if open_ else tokens.text3
            below = QRectF(0, area.bottom() + 1, self.width(), 15)
            draw_text(painter, below, self._end, quiet, theme.font(theme.SMALL), align)
        if self.hasFocus():
            draw_focus_ring(painter, area.adjusted(3, 3, -3, -3), tokens.accent, 2)
