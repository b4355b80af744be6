"""The lower right: two groups of tabs, and the chart bar that steers them."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QSplitter, QTabWidget, QVBoxLayout, QWidget

from fairemo_gui.gui.controls.dock_title import IconButton
from fairemo_gui.gui.dashboards.bar import ChartBar
from fairemo_gui.gui.dashboards.calibration.chart import CalibrationChart
from fairemo_gui.gui.dashboards.chart import Chart
from fairemo_gui.gui.dashboards.confusion.chart import ConfusionChart
from fairemo_gui.gui.dashboards.fairness.chart import FairnessChart

_TWO_GROUPS = 940


class ChartArea(QWidget):
    """The charts of the Analyse page. The bar is made here but stands where the page puts it.

    Signals:
        export_requested(Chart, name): A chart is to be written.
        fix_requested(): The button of an empty chart was pressed.
    """

    export_requested = Signal(object, str)
    fix_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.bar = ChartBar()
        self.confusion = ConfusionChart()
        self.calibration = CalibrationChart()
        self.fairness = FairnessChart()
        self.left = self._tabs("charts_left", {"Confusion": self.confusion, "Calibration": self.calibration})
        self.right = self._tabs("charts_right", {"Fairness": self.fairness})
        self.split = QSplitter(Qt.Orientation.Horizontal)
        self.split.setHandleWidth(1)
        self.split.setChildrenCollapsible(False)
        self.split.addWidget(self.left)
        self.split.addWidget(self.right)
        self.split.setSizes([664, 364])
        self.split.setStretchFactor(0, 2)
        self.split.setStretchFactor(1, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.split, 1)

    def charts(self) -> dict[str, Chart]:
        """Every chart by a name fit for a file."""
        return {"confusion": self.confusion, "calibration": self.calibration, "fairness": self.fairness}

    def show_empty(self, sentence: str, button: str = "") -> None:
        """Say in every chart why there is nothing to draw."""
        for chart in self.charts().values():
            chart.show_empty(sentence, button)

    def current(self) -> tuple[Chart, str]:
        """The chart an export is about: the one with the keyboard, else the left tab."""
        focused = next((c for c in self.charts().values() if c.isAncestorOf(c.focusWidget() or self)), None)
        chart = focused if focused is not None and focused.canvas.hasFocus() else self.left.currentWidget()
        name = next(name for name, each in self.charts().items() if each is chart)
        return self.charts()[name], name

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Where two groups of tabs would cut the matrices, there is one."""
        super().resizeEvent(event)
        together = event.size().width() < _TWO_GROUPS
        if together == self.right.isHidden():
            return
        (self.left if together else self.right).addTab(self.fairness, "Fairness")
        self.right.setHidden(together)

    def _tabs(self, name: str, charts: dict[str, Chart]) -> QTabWidget:
        tabs = QTabWidget()
        tabs.setObjectName(name)
        tabs.setDocumentMode(True)
        tabs.tabBar().setDrawBase(False)
        tabs.tabBar().setExpanding(False)
        for title, chart in charts.items():
            tabs.addTab(chart, title)
            chart.fix_requested.connect(self.fix_requested)
        export = IconButton("export", "Export this chart as PNG, SVG or CSV")
        export.clicked.connect(lambda: self._on_export(tabs))
        tabs.setCornerWidget(export)
        return tabs

    def _on_export(self, tabs: QTabWidget) -> None:
        chart = tabs.currentWidget()
        name = next(name for name, each in self.charts().items() if each is chart)
        self.export_requested.emit(self.charts()[name], name)
