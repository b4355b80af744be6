"""The confusion chart itself."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Sequence
from functools import partial

import numpy as np
from PySide6.QtCore import QRectF, Signal
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QWidget

from fairemo_gui.gui.controls import numbers
from fairemo_gui.gui.controls.painting import RIGHT, draw_text, width_of
from fairemo_gui.gui.dashboards.canvas import Canvas, Place
from fairemo_gui.gui.dashboards.chart import Chart, Row
from fairemo_gui.gui.dashboards.confusion import paint, words
from fairemo_gui.gui.dashboards.confusion.geometry import Needs, place
from fairemo_gui.gui.dashboards.model import Cell, ConfusionModel, DifferenceMatrix, GroupMatrix
from fairemo_gui.gui.dashboards.words import minimum_words


class ConfusionCanvas(Canvas):
    """Draws the matrices."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("Confusion", parent)
        self._model: ConfusionModel | None = None
        self._selected: frozenset[Cell] = frozenset()
        self._limit = 4.0
        self._geometry = place(Needs(1, 1, 0, 0, 0, False, 0), 1, 1)

    def set_model(self, model: ConfusionModel) -> None:
        """Show other numbers. While they are provisional the colour scale only widens, so that nothing jumps."""
        self._model = model
        if model.difference is not None:
            limit = paint.difference_limit(model.difference.values)
            self._limit = max(limit, self._limit) if model.provisional else limit
        self.refresh()

    def set_selected(self, cells: Collection[Cell]) -> None:
        """Outline cells."""
        if cells != self._selected:
            self._selected = frozenset(cells)
            self.update()

    def arrange(self) -> Sequence[Place]:
        """Lay out matrices; headers and cells are the places."""
        model = self._model
        if model is None:
            return []
        self._geometry = geometry = place(_needs(model, paint.Inks()), self.width(), self.height())
        self.setMinimumSize(math.ceil(geometry.width), math.ceil(geometry.height))
        places: list[Place] = []
        for frame, matrix in zip(geometry.matrices, model.matrices, strict=True):
            places += [self._header(frame, matrix, model), *self._cells(frame, matrix, model)]
        if model.difference is not None and geometry.difference is not None:
            places += self._differences(geometry.difference, model.difference, model)
        return places

    def draw(self, painter: QPainter) -> None:
        """Matrices, difference, keys, footnote, selection."""
        model, geometry = self._model, self._geometry
        if model is None:
            return
        inks = paint.Inks()
        self._draw_rows(painter, model, inks)
        columns = words.column_words(model.classes)
        for frame, matrix in zip(geometry.matrices, model.matrices, strict=True):
            size, minimum = words.size_words(matrix, model), minimum_words(matrix.group)
            paint.draw_header(painter, frame, geometry.block, matrix, (size, minimum), inks)
            paint.draw_columns(painter, geometry, frame, columns, inks)
            paint.draw_cells(painter, geometry, frame, matrix, inks)
            paint.draw_counts(painter, geometry, frame, [int(n) for n in matrix.counts.sum(axis=1)], inks)
        if model.difference is not None and geometry.difference is not None:
            paint.draw_columns(painter, geometry, geometry.difference, columns, inks)
            paint.draw_difference_header(painter, geometry.difference, model.difference, inks)
            paint.draw_difference(painter, geometry, model.difference, self._limit, inks)
        paint.draw_keys(painter, geometry, model, self._limit, inks)
        self._draw_selected(painter, model, inks)

    def _draw_rows(self, painter: QPainter, model: ConfusionModel, inks: paint.Inks) -> None:
        frame = self._geometry.matrices[0]
        width = frame.left() - 8
        draw_text(painter, QRectF(0, 48, width, 20), f"{model.truth} ↓", inks.tokens.text3, inks.plain, RIGHT)
        for k, word in enumerate(model.classes):
            rect = QRectF(0, frame.top() + k * self._geometry.cell, width, self._geometry.cell)
            draw_text(painter, rect, word, inks.tokens.text2, inks.plain, RIGHT)

    def _draw_selected(self, painter: QPainter, model: ConfusionModel, inks: paint.Inks) -> None:
        for frame, matrix in zip(self._geometry.matrices, model.matrices, strict=True):
            value = matrix.group.value if matrix.group is not None else None
            for cell in self._selected:
                if cell.group == value and max(cell.truth, cell.predicted) < len(model.classes):
                    rect = self._geometry.cell_rect(frame, cell.truth, cell.predicted)
                    paint.draw_outline(painter, rect, inks.tokens)

    def _header(self, frame: QRectF, matrix: GroupMatrix, model: ConfusionModel) -> Place:
        rect = QRectF(frame.left(), 8, self._geometry.block, 36)
        return Place(rect, partial(words.header_words, matrix, model), None, partial(words.header_card, matrix, model))

    def _cells(self, frame: QRectF, matrix: GroupMatrix, model: ConfusionModel) -> Iterable[Place]:
        group = matrix.group.value if matrix.group is not None else None
        for truth, predicted in np.ndindex(*matrix.counts.shape):
            yield Place(
                self._geometry.cell_rect(frame, truth, predicted),
                partial(words.cell_words, matrix, model, truth, predicted),
                Cell(group, truth, predicted),
                partial(words.cell_card, matrix, model, truth, predicted),
            )

    def _differences(self, frame: QRectF, difference: DifferenceMatrix, model: ConfusionModel) -> Iterable[Place]:
        for truth, predicted in np.ndindex(*difference.values.shape):
            yield Place(
                self._geometry.cell_rect(frame, truth, predicted),
                partial(words.difference_words, model, difference, truth, predicted),
                Cell(None, truth, predicted),
                partial(words.difference_card, model, difference, truth, predicted),
            )


class ConfusionChart(Chart):
    """One matrix per group side by side and their difference.

    Signals:
        cell_activated(group, truth_class, predicted_class): A cell was clicked or entered; the group is None for
            everyone (a cell of the difference, or of the only matrix).
    """

    cell_activated = Signal(object, int, int)

    def __init__(self, parent: QWidget | None = None) -> None:
        self._drawing = ConfusionCanvas()
        super().__init__(self._drawing, parent)
        self._model: ConfusionModel | None = None
        self._drawing.activated.connect(self._on_activated)

    def set_model(self, model: ConfusionModel) -> None:
        """Show these numbers."""
        self._model = model
        self._drawing.set_model(model)
        self.show_canvas()

    def set_selected(self, cells: Collection[Cell]) -> None:
        """Outline the cells that the table's filter or selection stands for."""
        self._drawing.set_selected(cells)

    def rows(self) -> Iterable[Row]:
        """Counts per group, true and predicted class; then the differences."""
        model = self._model
        if model is None:
            return
        yield ("group", "truth", "predicted", "count", "row_n", "row_share")
        for matrix in model.matrices:
            shares = matrix.shares()
            for (t, p), n in np.ndenumerate(matrix.counts):
                names = (words.title_words(matrix), model.classes[t], model.classes[p])
                yield (*names, int(n), int(matrix.counts[t].sum()), float(shares[t, p]))
        if model.difference is not None:
            yield ("difference", "truth", "predicted", "share_difference", "low", "high")
            yield from _difference_rows(model, model.difference)

    def _on_activated(self, payload: object) -> None:
        assert isinstance(payload, Cell)
        self.cell_activated.emit(payload.group, payload.truth, payload.predicted)


def _difference_rows(model: ConfusionModel, difference: DifferenceMatrix) -> Iterable[Row]:
    for (t, p), value in np.ndenumerate(difference.values):
        ends = ("" if end is None else float(end[t, p]) for end in (difference.low, difference.high))
        yield (difference.title, model.classes[t], model.classes[p], float(value), *ends)


def _needs(model: ConfusionModel, inks: paint.Inks) -> Needs:
    row_words = (f"{model.truth} ↓", *model.classes)
    counts = (numbers.count(int(n)) for matrix in model.matrices for n in matrix.counts.sum(axis=1))
    return Needs(
        classes=len(model.classes),
        matrices=len(model.matrices),
        labels=max(width_of(word, inks.plain) for word in row_words),
        counts=max(width_of(count, inks.plain) for count in counts),
        header=max(paint.header_width(matrix, words.size_words(matrix, model), inks) for matrix in model.matrices),
        difference=model.difference is not None,
        footnote=paint.footnote_width(model, inks),
    )
