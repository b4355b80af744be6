"""The Analyse page: table, player, labels and charts in docks."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QByteArray, QPoint, Qt
from PySide6.QtGui import QResizeEvent, QShowEvent
from PySide6.QtWidgets import QDockWidget, QMainWindow, QMenu, QStyle, QVBoxLayout, QWidget

from fairemo_gui.gui.actions import Actions
from fairemo_gui.gui.chart_area import TWO_GROUPS, ChartArea
from fairemo_gui.gui.controls.dock_title import DockTitle
from fairemo_gui.gui.labels.panel import LabelsPanel
from fairemo_gui.gui.player.view import PlayerView
from fairemo_gui.gui.review_bar import ReviewBar
from fairemo_gui.gui.tone_label import ToneLabel
from fairemo_gui.gui.utterances.context import ContextView
from fairemo_gui.gui.utterances.view import UtterancesView

_TABLE, _LABELS, _CHARTS = 408, 304, 374
_USUAL, _LABELS_WIDEST = 1440, 400
"""Width of the page at which table and labels have theirs: from there on they widen with it, px."""
_CENTRE_MINIMUM, _CHARTS_MINIMUM = 280, 240
_CHARTS_SHARE, _GRID_SHARE = 0.46, 0.6
_ABOUT = 24
"""Docks stand so far from the height they were given where something else has a least height, px."""
_LAYOUT_VERSION = 1


@dataclass(frozen=True)
class _Watch:
    """How the docks stood before there were several charts at once.

    Attributes:
        table: Width of the table; 0 = its own at the width of the page. So is that of the labels.
        charts: Height of the charts by that of the page; 0 = their own.
    """

    table: int = 0
    labels: int = 0
    labels_shown: bool = True
    charts: float = 0.0


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
        self._watch = _Watch()

    def showEvent(self, event: QShowEvent) -> None:
        """Sizes hold only once there is something to divide."""
        super().showEvent(event)
        if not self._restored:
            self._restored = True
            self._arrange()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Player and charts share the height as before; table and labels widen unless a person gave them a width."""
        super().resizeEvent(event)
        before, now, charts = event.oldSize().height(), event.size().height(), self.docks["charts"]
        if not self._restored or before <= 0:
            return
        self._follow_width(event.oldSize().width(), event.size().width())
        if charts.isFloating():
            return
        if self.charts.is_grid:
            self._make_room()
        elif before != now:
            own = self._has_own_height(before)
            self._set_charts_height(_own_height(now) if own else round(charts.height() * now / before))

    def add_title_buttons(self, actions: Actions) -> None:
        """What can be done to a view, at the right of its title."""
        columns = self.titles["utterances"].add_button("columns", "Columns, and the order of rows")
        columns.clicked.connect(lambda: self.utterances.table.open_columns(_below(columns)))
        self.titles["utterances"].add_action(actions.export_table, "export")
        menu = QMenu(self)
        menu.addActions([actions.blind, actions.predictions])
        more = self.titles["labels"].add_button("dots-three", "What is shown while rating")
        more.clicked.connect(lambda: menu.popup(_below(more)))

    def begin(self) -> None:
        """Bring the keyboard to where work begins: the table, or what is to be done while it is empty."""
        table = self.utterances
        (table.table if table.table.isVisible() else table.empty.button()).setFocus()

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
        self._watch = _Watch()
        self._arrange()

    def set_charts_layout(self, on: bool) -> None:
        """*Charts*: several charts at once, a small player and no labels; otherwise *Watch*, as it was before."""
        if on == self.charts.is_grid:
            return
        if on and self._restored:
            self._watch = self._standing()
        self.charts.set_grid(on)
        self._arrange()

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

    def _follow_width(self, before: int, now: int) -> None:
        was, wanted = _own_widths(before), _own_widths(now)
        docks = [self.docks[name] for name in ("utterances", "labels")]
        own = [k for k, dock in enumerate(docks) if dock.width() == was[k] and not dock.isFloating()]
        if was != wanted and own:
            self.resizeDocks([docks[k] for k in own], [wanted[k] for k in own], Qt.Orientation.Horizontal)

    def _standing(self) -> _Watch:
        table, labels, charts = (self.docks[name] for name in ("utterances", "labels", "charts"))
        own_table, own_labels = _own_widths(self.width())
        return _Watch(
            table=0 if table.width() == own_table else table.width(),
            labels=0 if labels.width() == own_labels else labels.width(),
            labels_shown=not labels.isHidden(),
            charts=0.0 if self._has_own_height(self.height()) else charts.height() / self.height(),
        )

    def _has_own_height(self, page: int) -> bool:
        return abs(self.docks["charts"].height() - _own_height(page)) <= _ABOUT

    def _arrange(self) -> None:
        """Give every dock its size."""
        watch, grid = self._watch, self.charts.is_grid
        self.docks["labels"].setVisible(watch.labels_shown and not grid)
        table, labels = _own_widths(self.width())
        self.resizeDocks(
            [self.docks["utterances"], self.docks["labels"]],
            [watch.table or table, watch.labels or labels],
            Qt.Orientation.Horizontal,
        )
        if grid:
            self._make_room()
        else:
            self._set_charts_height(round(self.height() * watch.charts) if watch.charts else _own_height(self.height()))

    def _set_charts_height(self, height: int) -> None:
        self.resizeDocks([self.docks["charts"]], [max(height, _CHARTS_MINIMUM)], Qt.Orientation.Vertical)

    def _make_room(self) -> None:
        """Leave the charts the width for two side by side and the height they fill; what is over is the player's."""
        separator = self.style().pixelMetric(QStyle.PixelMetric.PM_DockWidgetSeparatorExtent, None, self)
        room = self.height() - self.centralWidget().minimumSizeHint().height() - separator
        bar = self.docks["charts"].titleBarWidget().sizeHint().height()
        self._set_charts_height(bar + self.charts.grid_height(room - bar, round(self.height() * _GRID_SHARE)))
        table, room = self.docks["utterances"], self.width() - TWO_GROUPS - separator
        if not table.isFloating() and table.width() > room:
            self.resizeDocks([table], [room], Qt.Orientation.Horizontal)

    def _centre(self) -> QWidget:
        holder = QWidget()
        holder.setMinimumWidth(_CENTRE_MINIMUM)
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


def _below(button: QWidget) -> QPoint:
    return button.mapToGlobal(button.rect().bottomLeft())


def _own_widths(page: int) -> tuple[int, int]:
    """Widths of table and labels that nobody changed, at a width of the page."""
    share = max(page / _USUAL, 1.0)
    return round(_TABLE * share), min(round(_LABELS * share), _LABELS_WIDEST)


def _own_height(page: int) -> int:
    """Height of the charts that nobody changed, at a height of the page."""
    return max(min(round(page * _CHARTS_SHARE), _CHARTS), _CHARTS_MINIMUM)


def _holder(widget: QWidget) -> QWidget:
    """A title bar takes the height it is hinted at: that of the layout, which minds a fixed height."""
    holder = QWidget()
    column = QVBoxLayout(holder)
    column.setContentsMargins(0, 0, 0, 0)
    column.addWidget(widget)
    return holder
