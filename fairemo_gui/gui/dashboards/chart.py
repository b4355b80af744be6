"""A chart: its canvas in a scroll area, its empty state, and its export with the numbers behind it."""

from __future__ import annotations

import atexit
import csv
import io
from collections.abc import Iterable
from pathlib import Path

from PySide6.QtCore import QMimeData, QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import QHideEvent, QImage, QPainter, QShowEvent
from PySide6.QtSvg import QSvgGenerator
from PySide6.QtWidgets import QApplication, QFrame, QScrollArea, QStackedLayout, QVBoxLayout, QWidget

from fairemo_gui.core.spreadsheet import neutralised_row
from fairemo_gui.errors import UserError
from fairemo_gui.gui.controls.empty import EmptyState
from fairemo_gui.gui.dashboards.canvas import Canvas

Row = tuple[object, ...]
_PNG_SCALE = 2
_UNSEEN = QSize(664, 310)


class Chart(QWidget):
    """Base of the dashboards.

    Args:
        strip: Controls above the chart; they stay where it is empty, and out of pictures.

    Signals:
        fix_requested(): The button of the empty state was pressed.
        visible_changed(bool): It came into sight, or went out of it: what nobody sees need not be computed.
    """

    fix_requested = Signal()
    visible_changed = Signal(bool)

    def __init__(self, canvas: Canvas, parent: QWidget | None = None, strip: QWidget | None = None) -> None:
        super().__init__(parent)
        self.canvas = canvas
        self._empty = EmptyState(parent=self)
        self._empty.fixed.connect(self.fix_requested)
        self._scroll = QScrollArea(self)
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setWidgetResizable(True)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._scroll.setWidget(canvas)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        if strip is not None:
            column.addWidget(strip)
        self._stack = QStackedLayout()
        column.addLayout(self._stack, 1)
        self._stack.addWidget(self._empty)
        self._stack.addWidget(self._scroll)
        self.setFocusProxy(canvas)

    def rows(self) -> Iterable[Row]:
        """The numbers behind the chart: a header, then rows, unrounded."""
        raise NotImplementedError

    def show_empty(self, sentence: str, button: str = "") -> None:
        """Say in one sentence why there is nothing, and offer what fixes it."""
        self._empty.say(sentence, button)
        self._stack.setCurrentWidget(self._empty)

    def show_canvas(self) -> None:
        """Show the chart itself."""
        self._stack.setCurrentWidget(self._scroll)

    def set_scrolling(self, scrolling: bool) -> None:
        """Whether the chart scrolls by itself where there is too little room, or leaves that to what it lies in."""
        policy = Qt.ScrollBarPolicy.ScrollBarAsNeeded if scrolling else Qt.ScrollBarPolicy.ScrollBarAlwaysOff
        self._scroll.setHorizontalScrollBarPolicy(policy)
        self._scroll.setVerticalScrollBarPolicy(policy)

    def is_empty(self) -> bool:
        """Whether the empty state is shown."""
        return self._stack.currentWidget() is self._empty

    def empty_state(self) -> EmptyState:
        """What stands there when there is nothing to draw."""
        return self._empty

    def showEvent(self, event: QShowEvent) -> None:
        """Tell that it can be seen."""
        super().showEvent(event)
        self.visible_changed.emit(True)

    def hideEvent(self, event: QHideEvent) -> None:
        """Tell that it cannot be seen."""
        super().hideEvent(event)
        self.visible_changed.emit(False)

    def retheme(self) -> None:
        """Draw again in the colours in force. Also happens by itself when the palette changes."""
        self.canvas.refresh()

    def copy(self) -> None:
        """Put the chart's picture, and its numbers as text, on the clipboard; an empty one leaves that alone."""
        if self.is_empty():
            return
        data, text = QMimeData(), io.StringIO()
        csv.writer(text, delimiter="\t").writerows(map(neutralised_row, self.rows()))
        data.setText(text.getvalue())
        data.setImageData(self._picture())
        QApplication.clipboard().setMimeData(data)
        atexit.unregister(_take_back)
        atexit.register(_take_back, data)

    def export(self, path: Path) -> None:
        """Write the chart as PNG or SVG, or its numbers as CSV, by the file's suffix.

        Raises:
            UserError: Another suffix, nothing to export, or the file cannot be written.
        """
        if self.is_empty():
            raise UserError("There is nothing in this chart to export yet.")
        writers = {".png": self._write_png, ".svg": self._write_svg, ".csv": self._write_csv}
        writer = writers.get(path.suffix.lower())
        if writer is None:
            raise UserError(f"{path.name}: charts are written as .png, .svg or .csv.")
        try:
            writer(path)
        except OSError as error:
            raise UserError(f"{path}: could not be written ({error.strerror}): choose another folder.") from error

    def _write_png(self, path: Path) -> None:
        if not self._picture().save(str(path)):
            raise OSError(0, "the picture was refused")

    def _picture(self) -> QImage:
        size = self._whole()
        image = QImage(size * _PNG_SCALE, QImage.Format.Format_ARGB32)
        image.setDevicePixelRatio(_PNG_SCALE)
        image.fill(Qt.GlobalColor.transparent)
        self._render(QPainter(image))
        return image

    def _write_svg(self, path: Path) -> None:
        with path.open("wb"):
            pass
        generator = QSvgGenerator()
        generator.setFileName(str(path))
        generator.setSize(self._whole())
        generator.setViewBox(QRect(0, 0, self._whole().width(), self._whole().height()))
        generator.setTitle(self.canvas.accessibleName())
        self._render(QPainter(generator))

    def _write_csv(self, path: Path) -> None:
        with path.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows(map(neutralised_row, self.rows()))

    def _whole(self) -> QSize:
        """Size of the whole canvas; one that was never on the screen takes the size it would have there."""
        if not self.canvas.isVisible():
            self.canvas.resize(self.canvas.size().expandedTo(self.canvas.minimumSize()).expandedTo(_UNSEEN))
        return self.canvas.size()

    def _render(self, painter: QPainter) -> None:
        focused = self.canvas.hasFocus()
        if focused:
            self.canvas.clearFocus()
        self.canvas.render(painter, QPoint(0, 0))
        painter.end()
        if focused:
            self.canvas.setFocus()


def _take_back(data: QMimeData) -> None:
    """Data made in Python that Qt still holds when Python has ended brings the process down with it."""
    if QApplication.instance() is not None and QApplication.clipboard().mimeData() is data:
        QApplication.clipboard().clear()
