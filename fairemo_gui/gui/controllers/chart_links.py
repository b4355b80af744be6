"""Charts and table, linked: a click on a mark filters the table, and what is looked at is marked in every chart."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QObject, Qt, QTimer, Signal
from PySide6.QtWidgets import QApplication

from fairemo_gui.gui import theme
from fairemo_gui.gui.chart_area import ChartArea
from fairemo_gui.gui.controllers.charts import ChartsController
from fairemo_gui.gui.dashboards.model import Cell
from fairemo_gui.gui.state.feed import WorkspaceFeed
from fairemo_gui.gui.state.filter_state import ChartFilter, FilterState
from fairemo_gui.gui.state.selection import Selection
from fairemo_gui.gui.utterances.view import UtterancesView
from fairemo_gui.services.filter_columns import FilterColumns, Ints
from fairemo_gui.services.filter_words import cell_query, group_term

_NOBODY = np.empty(0, dtype=np.int64)
_DIGITS = 3
_AFTER_MS = 40
"""Marks follow another selection after so long: the clip's first picture does not wait for charts to be painted."""


@dataclass(frozen=True)
class Marks:
    """Where utterances lie in the charts of an evaluation.

    Attributes:
        cells: Cells of the confusion matrices.
        classes: Emotions that count as true, by position.
        answers: Group and probability of the answer, rounded, each once.
    """

    cells: frozenset[Cell] = frozenset()
    classes: frozenset[int] = frozenset()
    answers: frozenset[tuple[str | None, float]] = frozenset()


class ChartLinks(QObject):
    """Turns clicks on charts into filters, and marks what is looked at in the charts of the evaluation.

    What is looked at: several selected utterances; else those a chart's filter leaves; else the current one.

    Signals:
        marked_changed(): Other utterances are to be marked; every other chart may follow.
    """

    marked_changed = Signal()

    def __init__(
        self,
        charts: ChartsController,
        feed: WorkspaceFeed,
        selection: Selection,
        filters: FilterState,
        area: ChartArea,
        table: UtterancesView,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._charts, self._feed, self._selection, self._filters = charts, feed, selection, filters
        self._area, self._table = area, table
        self._predictions_shown = True
        area.confusion.cell_activated.connect(self._on_cell)
        area.calibration.bin_activated.connect(self._on_bin)
        area.fairness.bar_activated.connect(self._on_bar)
        charts.filled.connect(lambda _: self._mark())
        self._later = QTimer(self, singleShot=True, interval=_AFTER_MS)
        self._later.timeout.connect(self._on_marked)
        selection.selected_changed.connect(self._later.start)
        table.shown_changed.connect(self._on_marked)
        table.values_changed.connect(self._mark)

    @property
    def marked(self) -> Ints:
        """Ids of what is looked at."""
        columns = self._table.model.columns
        return _NOBODY if columns is None else np.asarray(columns.ids[self._marked_rows(columns)])

    @property
    def settled(self) -> bool:
        """Whether the marks are those of what is looked at."""
        return not self._later.isActive()

    @property
    def predictions_shown(self) -> bool:
        """Whether a net's answer to an utterance may be told."""
        return self._predictions_shown

    def set_predictions_shown(self, shown: bool) -> None:
        """Whether a net's answer to an utterance may be told."""
        self._predictions_shown = shown
        self._on_marked()

    def worst(self) -> Cell | None:
        """The cell with most utterances off the diagonal, of the group with the lowest macro-F1.

        Groups under the minimum n are left out where there are others.
        """
        shown = self._charts.shown
        if shown is None:
            return None
        groups = [group for group in shown.view.evaluation.groups if group.by == shown.choice.group]
        groups = [group for group in groups if not group.small] or groups
        if not groups:
            return None
        worse = min(groups, key=lambda group: group.metrics.scores["macro_f1"])
        errors = worse.confusion.counts - np.diag(np.diag(worse.confusion.counts))
        truth, predicted = divmod(int(errors.argmax()), len(errors))
        return Cell(worse.value, truth, predicted)

    def go_to_worst(self) -> None:
        """Bring the keyboard to that cell; where the matrices show something else, filter by it."""
        cell = self.worst()
        if cell is None:
            return
        self._area.show_chart("confusion", focus=True)
        canvas = self._area.confusion.canvas
        at = next((k for k, place in enumerate(canvas.places()) if place.payload == cell), None)
        if at is None:
            self._on_cell(cell.group, cell.truth, cell.predicted)
        else:
            canvas.focus_place(at)

    def _on_marked(self) -> None:
        self._mark()
        self.marked_changed.emit()

    def _marked_rows(self, columns: FilterColumns) -> Ints:
        selected = self._selection.selected
        if len(selected) <= 1 and self._filters.chart is not None:
            return self._table.model.rows()
        return np.array([columns.position[i] for i in selected if i in columns.position], dtype=np.int64)

    def _mark(self) -> None:
        shown, columns, table = self._charts.shown, self._table.model.columns, self._feed.table
        if shown is None or columns is None or table is None or len(table) != len(columns):
            return
        hidden = not self._predictions_shown and shown.choice.net is not None
        groups = table.attribute(shown.choice.group)
        marks = marks_of(columns, groups, _NOBODY if hidden else self._marked_rows(columns))
        confusion, calibration, fairness = self._area.confusion, self._area.calibration, self._area.fairness
        if confusion.isVisible():
            confusion.set_selected(marks.cells)
        if calibration.isVisible():
            calibration.set_selected(calibration.bins_holding(marks.answers))
        if fairness.isVisible():
            fairness.set_selected(marks.classes)

    def _on_cell(self, group: str | None, truth: int, predicted: int) -> None:
        shown = self._charts.shown
        if shown is None:
            return
        names, by = shown.view.evaluation.classes, shown.choice.group
        attribute = by if group is not None else None
        words = f"{names[truth]} → {names[predicted]}"
        whose = f"{theme.group_word(group)}, {words}" if group is not None else words
        self._put(ChartFilter(cell_query(names[truth], names[predicted], attribute, group), whose))

    def _on_bin(self, group: str | None, low: float, high: float) -> None:
        self._filter(f"bin:{low:.4f}-{high:.4f}", f"p {low:.2f}–{high:.2f}", group, "chart-line")

    def _on_bar(self, class_index: int, group: str | None) -> None:
        if self._charts.shown is not None:
            name = self._charts.shown.view.evaluation.classes[class_index]
            self._filter(f"true:{name}", name, group, "scales")

    def _filter(self, query: str, words: str, group: str | None, icon: str) -> None:
        if self._charts.shown is None:
            return
        if group is not None:
            query = f"{query} {group_term(self._charts.shown.choice.group, group)}"
            words = f"{theme.group_word(group)}, {words}"
        self._put(ChartFilter(query, words, icon))

    def _put(self, chart: ChartFilter) -> None:
        """With Shift the former filters of charts stay, too."""
        self._filters.set_chart(chart, bool(QApplication.keyboardModifiers() & Qt.KeyboardModifier.ShiftModifier))


def marks_of(columns: FilterColumns, groups: npt.NDArray[np.object_], rows: Ints) -> Marks:
    """Where utterances lie.

    Args:
        columns: The corpus, with truth and answers of the charts.
        groups: Group per row of the columns.
        rows: The utterances' rows.
    """
    truth, predicted = columns.true_class[rows], columns.predicted[rows]
    known = (truth >= 0) & (predicted >= 0)
    rows, truth, predicted = rows[known], truth[known], predicted[known]
    whose, size = groups[rows], len(columns.classes.names)
    cells, answers = set[Cell](), set[tuple[str | None, float]]()
    for group in set(whose.tolist()):
        mine = whose == group
        pairs = np.unique(truth[mine] * size + predicted[mine])
        cells |= {Cell(group, *divmod(pair, size)) for pair in pairs.tolist()}
        p = np.unique(columns.probabilities[rows[mine], predicted[mine]].round(_DIGITS))
        answers |= {(group, each) for each in p.tolist()}
    return Marks(frozenset(cells), frozenset(truth.tolist()), frozenset(answers))
