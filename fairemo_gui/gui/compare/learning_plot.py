"""The lines of learning curves: pyqtgraph thins what a net of many thousand epochs leaves, and keeps its peaks.

It takes a third of a second to import, so only a chart that has curves to show does.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QWidget

from fairemo_gui.gui.dashboards.pane import MARGIN, Curve


class LearningPlot(pg.PlotWidget):  # type: ignore[misc]
    """Draws lines in data coordinates and takes no part in pointing or keys. The chart below repaints it."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent=parent, background=None, enableMenu=False)
        self._curves: Sequence[Curve] = ()
        self._lines: list[pg.PlotDataItem] = []
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        # A cached background is painted opaque and would cover the words around the plot.
        self.setCacheMode(self.CacheModeFlag.CacheNone)
        self.viewport().setAutoFillBackground(False)
        # The chart repaints itself and its plots at once; else every change of a line would paint once more.
        self.setViewportUpdateMode(self.ViewportUpdateMode.NoViewportUpdate)
        item = self.getPlotItem()
        item.hideButtons()
        item.hideAxis("left")
        item.hideAxis("bottom")
        item.layout.setContentsMargins(0, 0, 0, 0)
        item.vb.setMouseEnabled(False, False)
        item.vb.disableAutoRange()

    def put(self, area: QRectF, x: tuple[float, float], y: tuple[float, float]) -> None:
        """Lay the plotting area over a rectangle of the chart and set what it spans."""
        self.setGeometry(area.adjusted(-MARGIN, -MARGIN, MARGIN, MARGIN).toRect())
        beyond_x = MARGIN * (x[1] - x[0]) / max(area.width(), 1)
        beyond_y = MARGIN * (y[1] - y[0]) / max(area.height(), 1)
        self.getPlotItem().vb.setRange(
            xRange=(x[0] - beyond_x, x[1] + beyond_x), yRange=(y[0] - beyond_y, y[1] + beyond_y), padding=0
        )
        self.setVisible(True)

    def set_curves(self, curves: Sequence[Curve]) -> None:
        """Show these lines, the first one lowest."""
        self._curves = curves
        while len(self._lines) < len(curves):
            line = pg.PlotDataItem(connect="finite", autoDownsample=True, downsampleMethod="peak")
            self._lines.append(line)
            self.addItem(line)
        for k, line in enumerate(self._lines):
            x, y = (curves[k].x, curves[k].y) if k < len(curves) else ((), ())
            # Lines of the grid are crisp, curves are smooth.
            line.setData(np.asarray(x, dtype=np.float64), np.asarray(y, dtype=np.float64), antialias=len(x) > 2)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Pens here are as wide as pixels of the device, which in an exported picture are others than on the screen."""
        painter = QPainter(self.viewport())
        ratio = painter.deviceTransform().m11()
        painter.end()
        for line, curve in zip(self._lines, self._curves, strict=False):
            pen = pg.mkPen(curve.colour, width=curve.width * ratio)
            if curve.dash:
                pen.setDashPattern(list(curve.dash))
            line.setPen(pen)
        super().paintEvent(event)
