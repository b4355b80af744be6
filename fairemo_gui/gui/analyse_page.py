"""The Analyse page: table, player, labels and charts in docks."""

from __future__ import annotations

from PySide6.QtCore import QByteArray, Qt
from PySide6.QtGui import QResizeEvent, QShowEvent
from PySide6.QtWidgets import QDockWidget, QMainWindow, QVBoxLayout, QWidget

from fairemo_gui.gui.chart_area import ChartArea
from fairemo_gui.gui.controls.dock_title import DockTitle
from fairemo_gui.gui.labels.panel import LabelsPanel
from fairemo_gui.gui.player.view import PlayerView
from fairemo_gui.gui.review_bar import ReviewBar
from fairemo_gui.gui.tone_label import ToneLabel
from fairemo_gui.gui.utterances.context import ContextView
from fairemo_gui.gui.utterances.view import UtterancesView

_TABLE, _LABELS, _CHARTS, _GRID = 408, 304, 374, 640
_PLAYER_MINIMUM, _CHARTS_MINIMUM = 200, 240
_CHARTS_SHARE, _GRID_SHARE = 0.46, 0.77
_LAYOUT_VERSION = 1


class AnalysePage(QMainWindow):
    """Holds the views in docks; wires nothing."""

    def __init__(self, utterances: UtterancesView, player: PlayerView, labels: LabelsPanel, charts: ChartArea) -> None:
        super().__init__()
        self.setWindowFlags(Qt.WindowType.Widget)
        self.utterances, self.player, self.labels, self.charts = utterances, player, labels, charts
        self.context, self.review = ContextView(), ReviewBar()
        player.set_side_widget(self.context)
        self.titles = {
            "utterances": DockTitle("Utterances"),
            "player": DockTitle("Player"),
            "labels": DockTitle("Labels"),
        }
        self._player_status = ToneLabel()
        self.titles["player"].add_widget(self._player_status)
        self.setDockOptions(QMainWindow.DockOption.AllowNestedDocks | QMainWindow.DockOption.AllowTabbedDocks)
        self.setCorner(Qt.Corner.BottomLeftCorner, Qt.DockWidgetArea.LeftDockWidgetArea)
        self.setCorner(Qt.Corner.BottomRightCorner, Qt.DockWidgetArea.BottomDockWidgetArea)
        self.setCentralWidget(self._centre())
        self.docks = {
            "utterances": self._dock("utterances", "Utterances", utterances, Qt.DockWidgetArea.LeftDockWidgetArea),
            "labels": self._dock("labels", "Labels", labels, Qt.DockWidgetArea.RightDockWidgetArea),
            "charts": self._dock("charts", "Charts", charts, Qt.DockWidgetArea.BottomDockWidgetArea),
        }
        self._restored = False

    def showEvent(self, event: QShowEvent) -> None:
        """Sizes hold only once there is something to divide."""
        super().showEvent(event)
        if not self._restored:
            self._restored = True
            self._size_docks()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Player and charts share the height as before."""
        super().resizeEvent(event)
        before, now, charts = event.oldSize().height(), event.size().height(), self.docks["charts"]
        if self._restored and before > 0 and before != now and not charts.isFloating():
            height = max(round(charts.height() * now / before), _CHARTS_MINIMUM)
            self.resizeDocks([charts], [height], Qt.Orientation.Vertical)

    def reset_layout(self) -> None:
        """Put the docks where they belong, in their own sizes."""
        areas = {
            "utterances": Qt.DockWidgetArea.LeftDockWidgetArea,
            "labels": Qt.DockWidgetArea.RightDockWidgetArea,
            "charts": Qt.DockWidgetArea.BottomDockWidgetArea,
        }
        for name, dock in self.docks.items():
            dock.setFloating(False)
            self.addDockWidget(areas[name], dock)
            dock.show()
        self._size_docks()

    def set_charts_layout(self, on: bool) -> None:
        """*Charts*: several charts at once and a small player; otherwise *Watch*: one row of charts."""
        self.charts.set_grid(on)
        height = max(round(self.height() * (_GRID_SHARE if on else _CHARTS_SHARE)), _CHARTS_MINIMUM)
        height = min(height, _GRID if on else _CHARTS)
        self.resizeDocks([self.docks["charts"]], [height], Qt.Orientation.Vertical)

    def say_player_status(self, words: str) -> None:
        """As `2.99 s · 30 fps · frame 44`, at the right of the player's title."""
        self._player_status.setText(words)

    def save_layout(self) -> QByteArray:
        """Where the docks are."""
        return self.saveState(_LAYOUT_VERSION)

    def restore_layout(self, state: QByteArray) -> bool:
        """Put the docks where they were; False where the state is of another version."""
        self._restored = self.restoreState(state, _LAYOUT_VERSION)
        return self._restored

    def _size_docks(self) -> None:
        self.resizeDocks([self.docks["utterances"], self.docks["labels"]], [_TABLE, _LABELS], Qt.Orientation.Horizontal)
        self.set_charts_layout(self.charts.is_grid)

    def _centre(self) -> QWidget:
        holder = QWidget()
        holder.setMinimumSize(280, _PLAYER_MINIMUM)
        column = QVBoxLayout(holder)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.titles["player"])
        column.addWidget(self.review)
        column.addWidget(self.player, 1)
        return holder

    def _dock(self, name: str, title: str, view: QWidget, area: Qt.DockWidgetArea) -> QDockWidget:
        dock = QDockWidget(title, self)
        dock.setObjectName(f"dock_{name}")
        dock.setWidget(view)
        # The chart bar says all a title would say, and drags as one.
        dock.setTitleBarWidget(self.titles[name] if name in self.titles else _holder(self.charts.bar))
        self.addDockWidget(area, dock)
        return dock


def _holder(widget: QWidget) -> QWidget:
    """A title bar takes the height it is hinted at: that of the layout, which minds a fixed height."""
    holder = QWidget()
    column = QVBoxLayout(holder)
    column.setContentsMargins(0, 0, 0, 0)
    column.addWidget(widget)
    return holder
