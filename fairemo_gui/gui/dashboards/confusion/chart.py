"""The confusion chart itself."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from itertools import chain
from pathlib import Path

import numpy as np
from PySide6.QtCore import QRectF, Signal
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QWidget

from fairemo_gui.evaluation.matrix_intervals import Ends
from fairemo_gui.gui.controls import numbers
from fairemo_gui.gui.controls.painting import RIGHT, draw_text, width_of
from fairemo_gui.gui.controls.switch import Option
from fairemo_gui.gui.dashboards.canvas import Canvas, Place
from fairemo_gui.gui.dashboards.chart import Chart, Row
from fairemo_gui.gui.dashboards.confusion import paint, words
from fairemo_gui.gui.dashboards.confusion.geometry import Geometry, Needs, place
from fairemo_gui.gui.dashboards.confusion.labels import LabelsLayout, lines_of
from fairemo_gui.gui.dashboards.confusion.look import Look, View
from fairemo_gui.gui.dashboards.confusion.menu import LookButton
from fairemo_gui.gui.dashboards.confusion.sheet import Band, Crossing, Extras, bands_of, top_of, usable
from fairemo_gui.gui.dashboards.model import Cell, ConfusionModel, DifferenceMatrix, GroupMatrix
from fairemo_gui.gui.dashboards.words import minimum_words


class Source(StrEnum):
    """Whose cell it is, where it is not one of truth against predictor."""

    BESIDE = "beside"
    CROSSED = "crossed"
    TOGETHER = "together"


@dataclass(frozen=True)
class FarCell:
    """A cell that is not of true and predicted class: people's beside the net's, two nets', or labels together."""

    source: Source
    group: str | None
    row: int
    column: int


class ConfusionCanvas(Canvas):
    """Draws the matrices."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("Confusion", parent)
        self._model: ConfusionModel | None = None
        self._extras: Extras | None = None
        self._look = usable(Look(), None)
        self._selected: frozenset[Cell] = frozenset()
        self._limit, self._top = 4.0, 1.0
        self._bands: tuple[Band, ...] = ()
        self._labels: LabelsLayout | None = None
        self._geometry = place(Needs(1, 1, 0, 0, 0, False, 0), 1, 1)
        self.button = LookButton(self)

    @property
    def look(self) -> Look:
        """How it is shown: as wanted, where that can be."""
        return self._look

    def show_numbers(self, model: ConfusionModel, extras: Extras | None, look: Look) -> None:
        """Show other numbers, or show them otherwise. While they are provisional the colour scale only widens."""
        self._model, self._extras, self._look = model, extras, usable(look, extras)
        self._bands = bands_of(model, extras, self.look)
        self._top = top_of(self._bands, self.look)
        found = [paint.difference_limit(each.values) for band in self._bands for each in band.differences]
        if found:
            self._limit = max(*found, self._limit) if model.provisional else max(found)
        self.button.show_look(self.look, several=extras is not None and extras.several)
        self.refresh()

    def set_selected(self, cells: Collection[Cell]) -> None:
        """Outline cells."""
        if cells != self._selected:
            self._selected = frozenset(cells)
            self.update()

    def arrange(self) -> Iterable[Place]:
        """Lay out matrices; headers and cells are the places."""
        model, extras = self._model, self._extras
        if model is None:
            return []
        self.button.move(6, 10)
        self._labels = None
        if self.look.view is View.LABELS and extras is not None:
            self._labels = LabelsLayout(model, extras.own, self.look, self.width(), self.height())
            self.setMinimumSize(math.ceil(self._labels.width), math.ceil(self._labels.height))
            return self._labels.places()
        self._geometry = geometry = place(_needs(self._bands, paint.Inks()), self.width(), self.height())
        self.setMinimumSize(math.ceil(geometry.width), math.ceil(geometry.height))
        return chain.from_iterable(self._places_of(geometry.band(k), band, k) for k, band in enumerate(self._bands))

    def draw(self, painter: QPainter) -> None:
        """Matrices, difference, keys, footnote, selection."""
        if self._model is None:
            return
        if self._labels is not None:
            self._labels.draw(painter)
            return
        inks = paint.Inks()
        for k, band in enumerate(self._bands):
            self._draw_band(painter, self._geometry.band(k), band, inks)
        paint.draw_keys(painter, self._geometry, self._bands[0].model, self._limit, inks, self.look, self._top)
        self._draw_selected(painter, inks)

    def _draw_band(self, painter: QPainter, geometry: Geometry, band: Band, inks: paint.Inks) -> None:
        model = band.model
        self._draw_rows(painter, geometry, band, inks)
        columns = words.column_words(model.classes)
        for k, (frame, matrix) in enumerate(zip(geometry.matrices, model.matrices, strict=True)):
            paint.draw_columns(painter, geometry, frame, columns, inks)
            if band.between:
                paint.draw_between_header(painter, frame, matrix, inks)
                paint.draw_difference(painter, geometry, frame, band.between[k], self._limit, inks)
                continue
            size, minimum = words.size_words(matrix, model), minimum_words(matrix.group)
            paint.draw_header(painter, frame, geometry.block, matrix, (size, minimum), inks)
            paint.draw_cells(painter, geometry, frame, matrix, inks, self.look, self._top)
            paint.draw_counts(painter, geometry, frame, [int(n) for n in matrix.rows], inks)
        if not band.between and model.difference is not None and geometry.difference is not None:
            paint.draw_columns(painter, geometry, geometry.difference, columns, inks)
            paint.draw_difference_header(painter, geometry.difference, model.difference, inks)
            paint.draw_difference(painter, geometry, geometry.difference, model.difference, self._limit, inks)

    def _draw_rows(self, painter: QPainter, geometry: Geometry, band: Band, inks: paint.Inks) -> None:
        frame, model = geometry.matrices[0], band.model
        width = frame.left() - 8
        if band.title:
            title = QRectF(frame.left(), frame.top() - 82, geometry.room - frame.left(), 18)
            draw_text(painter, title, band.title, inks.tokens.text, inks.title)
        corner = QRectF(0, frame.top() - 22, width, 20)
        draw_text(painter, corner, f"{model.truth} ↓", inks.tokens.text3, inks.plain, RIGHT)
        for k, word in enumerate(model.classes):
            rect = QRectF(0, frame.top() + k * geometry.cell, width, geometry.cell)
            draw_text(painter, rect, word, inks.tokens.text2, inks.plain, RIGHT)

    def _draw_selected(self, painter: QPainter, inks: paint.Inks) -> None:
        """Outlines; only of cells of true and predicted class."""
        for k, band in enumerate(self._bands):
            geometry = self._geometry.band(k)
            for frame, group in _frames(geometry, band):
                for cell in self._selected:
                    if self._payload(group, cell.truth, cell.predicted, k) == cell:
                        paint.draw_outline(painter, geometry.cell_rect(frame, cell.truth, cell.predicted), inks.tokens)

    def _places_of(self, geometry: Geometry, band: Band, which: int) -> Iterable[Place]:
        model = band.model
        for k, (frame, matrix) in enumerate(zip(geometry.matrices, model.matrices, strict=True)):
            group = matrix.group.value if matrix.group is not None else None
            if band.between:
                yield from self._differences(geometry, frame, band.between[k], model, group, which)
                continue
            rect = QRectF(frame.left(), frame.top() - 62, geometry.block, 36)
            header = partial(words.header_words, matrix, model)
            yield Place(rect, header, None, partial(words.header_card, matrix, model))
            yield from self._cells(geometry, frame, matrix, model, which)
        if not band.between and model.difference is not None and geometry.difference is not None:
            yield from self._differences(geometry, geometry.difference, model.difference, model, None, which)

    def _cells(
        self, geometry: Geometry, frame: QRectF, matrix: GroupMatrix, model: ConfusionModel, which: int
    ) -> Iterable[Place]:
        group = matrix.group.value if matrix.group is not None else None
        for truth, predicted in np.ndindex(*matrix.counts.shape):
            yield Place(
                geometry.cell_rect(frame, truth, predicted),
                partial(words.cell_words, matrix, model, truth, predicted, self.look),
                self._payload(group, truth, predicted, which),
                partial(words.cell_card, matrix, model, truth, predicted, self.look),
            )

    def _differences(
        self,
        geometry: Geometry,
        frame: QRectF,
        difference: DifferenceMatrix,
        model: ConfusionModel,
        group: str | None,
        which: int,
    ) -> Iterable[Place]:
        for truth, predicted in np.ndindex(*difference.values.shape):
            yield Place(
                geometry.cell_rect(frame, truth, predicted),
                partial(words.difference_words, model, difference, truth, predicted),
                self._payload(group, truth, predicted, which),
                partial(words.difference_card, model, difference, truth, predicted),
            )

    def _payload(self, group: str | None, row: int, column: int, band: int) -> Cell | FarCell:
        crossed = self._extras is not None and self._extras.own.crossed
        if band == 1:
            source = Source.BESIDE
        elif self.look.view is View.TOGETHER:
            source = Source.TOGETHER
        elif crossed:
            source = Source.CROSSED
        else:
            return Cell(group, row, column)
        return FarCell(source, group, row, column)


class ConfusionChart(Chart):
    """One matrix per group side by side and their difference.

    Signals:
        cell_activated(group, truth_class, predicted_class): A cell was clicked or entered; the group is None for
            everyone (a cell of the difference, or of the only matrix).
        far_activated(FarCell | LabelCell): A cell of another kind was.
        look_changed(Look): A person wants it shown otherwise.
        rows_chosen(str): Somebody else is to stand in the rows; empty = the truth.
        beside_chosen(str): Somebody else's matrices are to stand beside; empty = nobody's.
    """

    cell_activated = Signal(object, int, int)
    far_activated = Signal(object)
    look_changed = Signal(object)
    rows_chosen = Signal(str)
    beside_chosen = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        self._drawing = ConfusionCanvas()
        super().__init__(self._drawing, parent)
        self._model: ConfusionModel | None = None
        self._extras: Extras | None = None
        self._look = Look()
        self.button = self._drawing.button
        self._drawing.activated.connect(self._on_activated)
        self.button.look_chosen.connect(self._on_look)
        self.button.rows_chosen.connect(self.rows_chosen)
        self.button.beside_chosen.connect(self.beside_chosen)

    @property
    def look(self) -> Look:
        """How a person wants it shown."""
        return self._look

    def set_model(self, model: ConfusionModel) -> None:
        """Show these numbers; what goes beyond true and predicted class is gone until it is set again."""
        if self._model is None or not _fits(model, self._model):
            self._extras = None
        self._model = model
        self._show()

    def set_extras(self, extras: Extras | None) -> None:
        """Show labels, people beside a net, or another's answers in the rows, of the model's groups and classes."""
        self._extras = extras
        if self._model is not None:
            self._show()

    def set_look(self, look: Look) -> None:
        """Show it otherwise, without a signal."""
        self._look = look
        if self._model is not None:
            self._show()

    def set_axes(self, rows: Sequence[Option], row: str, beside: Sequence[Option], by: str) -> None:
        """Offer whose answers can stand in the rows, and whose matrices beside; the first of each is nobody."""
        self.button.set_axes(rows, row, beside, by)

    def set_selected(self, cells: Collection[Cell]) -> None:
        """Outline the cells that the table's filter or selection stands for."""
        self._drawing.set_selected(cells)

    def export(self, path: Path) -> None:
        """Write the chart, without its button."""
        self.button.hide()
        try:
            super().export(path)
        finally:
            self.button.show()

    def rows(self) -> Iterable[Row]:
        """Counts per group, true and predicted class, then the differences; or each label against the rest."""
        if self._model is None:
            return
        look = self._drawing.look
        if look.view is View.LABELS and self._extras is not None:
            yield from _label_rows(self._model, self._extras.own, look)
            return
        for band in bands_of(self._model, self._extras, look):
            yield from _band_rows(band, look)

    def _show(self) -> None:
        assert self._model is not None
        self._drawing.show_numbers(self._model, self._extras, self._look)
        self.show_canvas()

    def _on_look(self, look: Look) -> None:
        self.set_look(look)
        self.look_changed.emit(look)

    def _on_activated(self, payload: object) -> None:
        if isinstance(payload, Cell):
            self.cell_activated.emit(payload.group, payload.truth, payload.predicted)
        else:
            self.far_activated.emit(payload)


def _fits(model: ConfusionModel, former: ConfusionModel) -> bool:
    """Whether what goes with one model goes with another, until it is counted anew."""
    groups = [[matrix.group and matrix.group.value for matrix in each.matrices] for each in (model, former)]
    same = (model.classes, model.truth, model.predictor) == (former.classes, former.truth, former.predictor)
    return same and groups[0] == groups[1]


def _band_rows(band: Band, look: Look) -> Iterable[Row]:
    model = band.model
    together = look.view is View.TOGETHER
    if not band.between:
        of = ("label", "other_label") if together else ("truth", "predicted")
        yield ("group", *of, "count", "row_n", f"{look.share}_share", "low", "high")
        for matrix in model.matrices:
            shares = matrix.shares()
            for (t, p), n in np.ndenumerate(matrix.counts):
                names = (words.title_words(matrix), model.classes[t], model.classes[p])
                yield (*names, int(n), int(matrix.rows[t]), float(shares[t, p]), *_ends(matrix.ends, (t, p)))
    for difference in band.differences:
        yield ("difference", "truth", "predicted", "share_difference", "low", "high")
        yield from _difference_rows(model, difference)


def _label_rows(model: ConfusionModel, crossing: Crossing, look: Look) -> Iterable[Row]:
    yield ("group", "label", "row_on", "column_on", "count", f"{look.share}_share", "low", "high")
    for line in lines_of(model, crossing, look):
        for (label, row, column), share in np.ndenumerate(line.values):
            count = "" if line.counts is None else int(line.counts[label, row, column])
            ends = _ends(line.ends, (label, row, column))
            yield (line.title, model.classes[label], bool(row), bool(column), count, float(share), *ends)


def _difference_rows(model: ConfusionModel, difference: DifferenceMatrix) -> Iterable[Row]:
    for (t, p), value in np.ndenumerate(difference.values):
        yield (difference.title, model.classes[t], model.classes[p], float(value), *_ends(difference.ends, (t, p)))


def _ends(ends: Ends | None, cell: tuple[int, ...]) -> tuple[float | str, float | str]:
    return ("", "") if ends is None else (float(ends.low[cell]), float(ends.high[cell]))


def _frames(geometry: Geometry, band: Band) -> Iterable[tuple[QRectF, str | None]]:
    """Every matrix of a band and whose it is; a difference of groups stands for everyone."""
    for frame, matrix in zip(geometry.matrices, band.model.matrices, strict=True):
        yield frame, None if matrix.group is None else matrix.group.value
    if not band.between and band.model.difference is not None and geometry.difference is not None:
        yield geometry.difference, None


def _needs(bands: Sequence[Band], inks: paint.Inks) -> Needs:
    model = bands[0].model
    row_words = (f"{model.truth} ↓", *model.classes)
    matrices = [(band.model, matrix) for band in bands for matrix in band.model.matrices]
    counts = (numbers.count(int(n)) for _, matrix in matrices for n in matrix.rows)
    return Needs(
        classes=len(model.classes),
        matrices=len(model.matrices),
        labels=max(width_of(word, inks.plain) for word in row_words),
        counts=max(width_of(count, inks.plain) for count in counts),
        header=max(paint.header_width(matrix, words.size_words(matrix, of), inks) for of, matrix in matrices),
        difference=model.difference is not None,
        footnote=paint.footnote_width(model, inks),
        bands=len(bands),
    )
