"""The lower right: groups of tabs, one row of them or a grid, and the chart bar that steers them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QByteArray, QSettings, QSize, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QApplication, QSplitter, QTabWidget, QVBoxLayout, QWidget

from fairemo_gui.gui.controls.dock_title import IconButton
from fairemo_gui.gui.dashboards.agreement.chart import AgreementChart
from fairemo_gui.gui.dashboards.bar import ChartBar
from fairemo_gui.gui.dashboards.calibration.chart import CalibrationChart
from fairemo_gui.gui.dashboards.chart import Chart
from fairemo_gui.gui.dashboards.confusion.chart import ConfusionChart
from fairemo_gui.gui.dashboards.embedding.chart import EmbeddingChart
from fairemo_gui.gui.dashboards.fairness.chart import FairnessChart
from fairemo_gui.gui.dashboards.runs.chart import RunsChart
from fairemo_gui.gui.dashboards.slices.chart import SlicesChart
from fairemo_gui.gui.dashboards.thresholds.chart import ThresholdChart
from fairemo_gui.gui.labels.what_if import WhatIfChart

_LEAST_LEFT, _LEAST_RIGHT = 636, 300
TWO_GROUPS = _LEAST_LEFT + _LEAST_RIGHT
"""Width from which on two groups of tabs stand side by side, px: neither cuts the charts it begins with."""
_USUAL_LEFT, _USUAL_ROW = 664, 1028
_ONE_ROW, _TWO_ROWS, _ROOMY = 344, 530, 620
"""Height that one row of charts fills, from which on there are two, and that two of them fill, px."""
_LEFT, _RIGHT, _LOW_LEFT, _LOW_RIGHT = range(4)
_UPPER, _LOWER = 310, 280
_SPLITS, _TABS = "window/charts", "window/tabs"


@dataclass(frozen=True)
class _Seat:
    """Where a chart sits.

    Attributes:
        row: Group of tabs while there is one row.
        grid: Group of tabs in the grid.
    """

    title: str
    chart: Chart
    row: int
    grid: int


class ChartArea(QWidget):
    """The charts of the Analyse page. The bar is made here but stands where the page puts it.

    A chart that nobody sees is told so by its `visible_changed`.

    Signals:
        export_requested(Chart, name): A chart is to be written.
        fix_requested(): The button of an empty chart was pressed.
        review_requested(): What a mark stands for is to be reviewed; the table shows it.
    """

    export_requested = Signal(object, str)
    fix_requested = Signal()
    review_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.bar = ChartBar()
        self.confusion, self.calibration, self.slices = ConfusionChart(), CalibrationChart(), SlicesChart()
        self.embedding, self.thresholds = EmbeddingChart(), ThresholdChart()
        self.fairness, self.runs = FairnessChart(), RunsChart()
        self.agreement, self.what_if = AgreementChart(), WhatIfChart()
        self._seats = {
            "confusion": _Seat("Confusion", self.confusion, _LEFT, _LEFT),
            "calibration": _Seat("Calibration", self.calibration, _LEFT, _LOW_LEFT),
            "slices": _Seat("Slices", self.slices, _LEFT, _LOW_RIGHT),
            "embedding": _Seat("Embedding", self.embedding, _LEFT, _LOW_LEFT),
            "thresholds": _Seat("Thresholds", self.thresholds, _LEFT, _LEFT),
            "fairness": _Seat("Fairness", self.fairness, _RIGHT, _RIGHT),
            "runs": _Seat("Runs", self.runs, _RIGHT, _RIGHT),
            "agreement": _Seat("Agreement", self.agreement, _RIGHT, _LOW_RIGHT),
            "what_if": _Seat("What if", self.what_if, _RIGHT, _LOW_RIGHT),
        }
        self._linked = ("confusion", "calibration", "slices", "thresholds", "fairness")
        self._grid = self._seating = False
        # The chart looked at last is at the end.
        self._recent = [seat.chart for seat in reversed(self._seats.values())]
        self._groups = [self._tabs(name) for name in ("left", "right", "low_left", "low_right")]
        self.left, self.right = self._groups[:2]
        self._rows = [_Row(pair) for pair in (self._groups[:2], self._groups[2:])]
        self._columns = _dressed(QSplitter(Qt.Orientation.Vertical), self._rows)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._columns, 1)
        for seat in self._seats.values():
            seat.chart.fix_requested.connect(self.fix_requested)
            seat.chart.canvas.review_requested.connect(self.review_requested)
        self._seat()

    def charts(self) -> dict[str, Chart]:
        """Every chart by a name fit for a file."""
        return {name: seat.chart for name, seat in self._seats.items()}

    def show_empty(self, sentence: str, button: str = "") -> None:
        """Say why there is nothing to draw in the charts of one evaluation; the others speak for themselves."""
        for name in self._linked:
            self._seats[name].chart.show_empty(sentence, button)

    def show_chart(self, name: str, focus: bool = False) -> None:
        """Bring a chart's tab to the front; with `focus` it gets the keyboard, too."""
        chart = self._seats[name].chart
        self._look_at(chart)
        next(group for group in self._groups if group.indexOf(chart) >= 0).setCurrentWidget(chart)
        if focus:
            chart.setFocus(Qt.FocusReason.TabFocusReason)

    @property
    def is_grid(self) -> bool:
        """Whether there are two rows of charts, where there is the height for them."""
        return self._grid

    def set_grid(self, grid: bool) -> None:
        """Several charts at once in two rows, where there is the height for them, or one row of tabs."""
        if grid != self._grid:
            self._grid = grid
            self._seat()
            self._columns.setSizes([_UPPER, _LOWER])

    def grid_height(self, room: int, share: int) -> int:
        """Height the grid makes use of.

        Args:
            room: The most there is.
            share: As high as two rows may always be: tables of slices and runs fill it.
        """
        return min(room, max(_ROOMY, share) if room >= _TWO_ROWS else _ONE_ROW)

    def current(self) -> tuple[Chart, str]:
        """The chart an export is about: the one with the keyboard, else the left tab."""
        focused, left = QApplication.focusWidget(), self.left.currentWidget()
        name = next((n for n, each in self.charts().items() if focused is not None and each.isAncestorOf(focused)), "")
        name = name or next(n for n, each in self.charts().items() if each is left)
        return self.charts()[name], name

    def save(self, settings: QSettings) -> None:
        """Remember the sizes and which tabs are in front."""
        settings.setValue(_SPLITS, [self._columns.saveState(), *(row.state() for row in self._rows)])
        names = {seat.chart: name for name, seat in self._seats.items()}
        settings.setValue(_TABS, [names[chart] for chart in self._recent if _is_in_front(chart)])

    def restore(self, settings: QSettings) -> None:
        """Put sizes and tabs as they were."""
        states = settings.value(_SPLITS)
        if isinstance(states, list) and len(states) == 1 + len(self._rows):
            for restore, state in zip(
                (self._columns.restoreState, *(row.restore for row in self._rows)), states, strict=True
            ):
                if isinstance(state, QByteArray):
                    restore(state)
        names = settings.value(_TABS, [], list)
        for name in names if isinstance(names, list) else ():
            if name in self._seats:
                self.show_chart(name)
        self._hide_empty_groups()

    def minimumSizeHint(self) -> QSize:
        """One group of tabs, however many there are now."""
        return QSize(_LEAST_RIGHT, super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Where two groups of tabs, or two rows of them, would cut the charts, there is one."""
        super().resizeEvent(event)
        now, before = event.size(), event.oldSize()
        if (now.width() < TWO_GROUPS) != (before.width() < TWO_GROUPS) or (
            self._grid and (now.height() < _TWO_ROWS) != (before.height() < _TWO_ROWS)
        ):
            self._seat()

    def _seat(self) -> None:
        """Every chart into the group of tabs where it belongs now; of each group, the one looked at last in front."""
        narrow, high = self.width() < TWO_GROUPS, self._grid and self.height() >= _TWO_ROWS
        order = [0] * len(self._groups)
        self._seating = True
        for seat in self._seats.values():
            at = seat.grid if high else seat.row
            group = at - at % 2 if narrow else at
            _move(seat, self._groups[group], order[group])
            order[group] += 1
        self._hide_empty_groups()
        for k, tabs in enumerate(self._groups):
            tabs.setMinimumWidth(0 if narrow else (_LEAST_LEFT, _LEAST_RIGHT)[k % 2])
            if tabs.count():
                tabs.setCurrentWidget([chart for chart in self._recent if tabs.indexOf(chart) >= 0][-1])
        self._seating = False

    def _look_at(self, chart: Chart) -> None:
        self._recent.remove(chart)
        self._recent.append(chart)

    def _on_tab(self, tabs: QTabWidget) -> None:
        chart = tabs.currentWidget()
        if isinstance(chart, Chart) and not self._seating:
            self._look_at(chart)

    def _hide_empty_groups(self) -> None:
        for group in self._groups:
            group.setHidden(group.count() == 0)
        for k, row in enumerate(self._rows):
            row.setHidden(all(group.count() == 0 for group in self._groups[2 * k : 2 * k + 2]))

    def _tabs(self, name: str) -> QTabWidget:
        tabs = QTabWidget()
        tabs.setObjectName(f"charts_{name}")
        tabs.setAccessibleName("Charts")
        tabs.setDocumentMode(True)
        tabs.setUsesScrollButtons(True)
        tabs.tabBar().setDrawBase(False)
        tabs.tabBar().setExpanding(False)
        tabs.tabBar().setAccessibleName("Charts")
        export = IconButton("export", "Export this chart as PNG, SVG or CSV")
        export.clicked.connect(lambda: self._on_export(tabs))
        tabs.setCornerWidget(export)
        tabs.currentChanged.connect(lambda _: self._on_tab(tabs))
        return tabs

    def _on_export(self, tabs: QTabWidget) -> None:
        chart = tabs.currentWidget()
        name = next(name for name, each in self.charts().items() if each is chart)
        self.export_requested.emit(self.charts()[name], name)


def _is_in_front(chart: Chart) -> bool:
    holder = chart.parentWidget()
    tabs = None if holder is None else holder.parentWidget()
    return isinstance(tabs, QTabWidget) and tabs.currentWidget() is chart


def _move(seat: _Seat, group: QTabWidget, place: int) -> None:
    if group.indexOf(seat.chart) != place:
        group.insertTab(place, seat.chart, seat.title)


class _Row(QSplitter):
    """Two groups of tabs side by side.

    Matrices have one size of cell: of a greater width more goes to the right, whose charts fill it.
    """

    def __init__(self, pair: list[QTabWidget]) -> None:
        super().__init__(Qt.Orientation.Horizontal)
        _dressed(self, pair)
        self._moved = False
        self.splitterMoved.connect(self._on_moved)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Divide the width, until a person does."""
        super().resizeEvent(event)
        if not self._moved:
            left = _USUAL_LEFT + max(event.size().width() - _USUAL_ROW, 0) // 3
            self.setSizes([left, event.size().width() - left])

    def state(self) -> QByteArray:
        """How a person divided it; empty while nobody did."""
        return self.saveState() if self._moved else QByteArray()

    def restore(self, state: QByteArray) -> None:
        """Divide it as a person did."""
        self._moved = not state.isEmpty() and self.restoreState(state)

    def _on_moved(self) -> None:
        self._moved = True


def _dressed(splitter: QSplitter, parts: Sequence[QWidget]) -> QSplitter:
    splitter.setHandleWidth(1)
    splitter.setChildrenCollapsible(False)
    for part in parts:
        splitter.addWidget(part)
    return splitter
