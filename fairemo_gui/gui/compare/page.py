"""The Compare page: assembles header, charts and tables; decides nothing."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QScrollArea, QSplitter, QStackedLayout, QVBoxLayout, QWidget

from fairemo_gui.gui.compare.curves import CurvesChart
from fairemo_gui.gui.compare.flips import FlipTable
from fairemo_gui.gui.compare.forest import ForestChart
from fairemo_gui.gui.compare.header import CheckLine, CompareHeader
from fairemo_gui.gui.compare.model import CompareModel, LearningCurve
from fairemo_gui.gui.compare.recall import RecallChart
from fairemo_gui.gui.compare.tables import TableChart, discordant_table, labels_table
from fairemo_gui.gui.controls import numbers
from fairemo_gui.gui.controls.dock_title import DockTitle
from fairemo_gui.gui.controls.empty import EmptyState
from fairemo_gui.gui.dashboards.chart import Chart

_NOTHING = (
    "No comparison yet. Retrain on the ratings given since the last net, and both nets stand here side by side. "
    "For two nets that are there already, choose one under Runs in Analyse, then press Shift+Enter on the other."
)


class ComparePage(QWidget):
    """Old and new net side by side.

    Signals:
        keep_requested(): The person keeps the new net.
        discard_requested(): The person discards it.
        export_requested(): The whole comparison is to be written.
        chart_export_requested(Chart, name): One chart is to be written.
        play_requested(utterance_id): A flipped utterance is to be played.
        retrain_requested(): The button of the empty page was pressed.
    """

    keep_requested = Signal()
    discard_requested = Signal()
    export_requested = Signal()
    chart_export_requested = Signal(object, str)
    play_requested = Signal(int)
    retrain_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.header, self.checks = CompareHeader(self), CheckLine(self)
        self.forest, self.recall, self.curves = ForestChart(), RecallChart(), CurvesChart()
        self.tests, self.labels = TableChart("Right in one net only"), TableChart("What changed in the labels")
        self.flips = FlipTable()
        self.titles = {
            "forest": DockTitle("Old and new", "same utterances, paired"),
            "recall": DockTitle("Recall per emotion and group", "true positive rate"),
            "curves": DockTitle("Training"),
            "tests": DockTitle("Right in one net only", "McNemar"),
            "labels": DockTitle("What changed in the labels"),
            "flips": DockTitle("Flipped utterances"),
        }
        self._empty = EmptyState(_NOTHING, "Retrain and compare", self)
        self._model: CompareModel | None = None
        self._assemble()
        self._connect_signals()

    def set_model(self, model: CompareModel) -> None:
        """Show a comparison."""
        self._model = model
        self.header.set_model(model)
        self.checks.set_model(model)
        self.forest.set_model(model)
        self.forest.setFixedHeight(self.forest.full_height())
        self.recall.set_model(model)
        self.titles["curves"].set_name(f"Training of {model.new_name}")
        self.curves.set_curves(model.curves, model.kept_epoch)
        self.tests.set_table(discordant_table(model))
        self.labels.set_table(labels_table(model))
        move = " → ".join(name.removeprefix("net ") for name in (model.old_name, model.new_name))
        self.flips.set_flips(model.flips, model.classes, move)
        self._stack.setCurrentIndex(1)

    def set_curves(self, curves: tuple[LearningCurve, ...], kept: int | None = None) -> None:
        """Fill in the learning curves while the new net trains."""
        self.curves.set_curves(curves, kept)

    def show_empty(self, sentence: str = _NOTHING, button: str = "Retrain and compare") -> None:
        """Say why there is nothing to compare."""
        self._model = None
        self._empty.say(sentence, button)
        self._stack.setCurrentIndex(0)

    def begin(self) -> None:
        """Bring the keyboard to where work begins: the flips, else the verdicts, else the way to get any."""
        if self._model is None:
            self._empty.button().setFocus()
        else:
            (self.flips.table if self._model.flips else self.forest).setFocus()

    def model(self) -> CompareModel | None:
        """What is shown."""
        return self._model

    def charts(self) -> dict[str, Chart]:
        """Every chart by a name fit for a file."""
        return {
            "old-and-new": self.forest,
            "recall": self.recall,
            "learning-curves": self.curves,
            "right-in-one-net-only": self.tests,
            "labels": self.labels,
        }

    def _assemble(self) -> None:
        body = QWidget(self)
        column = _column(body)
        column.addWidget(self.header)
        column.addWidget(self.checks)
        panes = QSplitter(Qt.Orientation.Horizontal, body)
        panes.setHandleWidth(1)
        panes.setChildrenCollapsible(False)
        for pane in (self._left(), self._middle(), self._right()):
            panes.addWidget(pane)
        for place, stretch in enumerate((2, 0, 1)):
            panes.setStretchFactor(place, stretch)
        panes.setSizes([626, 312, 502])
        column.addWidget(panes, 1)
        self._stack = QStackedLayout(self)
        self._stack.addWidget(self._empty)
        self._stack.addWidget(body)

    def _left(self) -> QWidget:
        pane = QWidget()
        column = _column(pane)
        column.addWidget(self.titles["forest"])
        column.addWidget(self.forest)
        column.addWidget(self.titles["recall"])
        column.addWidget(self.recall, 1)
        self.recall.setMinimumHeight(210)
        return _scrolled(pane, 440)

    def _middle(self) -> QWidget:
        pane = QWidget()
        column = _column(pane)
        column.addWidget(self.titles["curves"])
        column.addWidget(self.curves, 1)
        self.curves.setMinimumHeight(250)
        for name, table in (("tests", self.tests), ("labels", self.labels)):
            column.addWidget(self.titles[name])
            column.addWidget(table)
        return _scrolled(pane, 300)

    def _right(self) -> QWidget:
        pane = QWidget(self)
        column = _column(pane)
        column.addWidget(self.titles["flips"])
        column.addWidget(self.flips, 1)
        pane.setMinimumWidth(400)
        return pane

    def _connect_signals(self) -> None:
        self.header.keep_requested.connect(self.keep_requested)
        self.header.discard_requested.connect(self.discard_requested)
        self.header.export_requested.connect(self.export_requested)
        self._empty.fixed.connect(self.retrain_requested)
        self.flips.play_requested.connect(self.play_requested)
        self.flips.shown_changed.connect(self._on_shown_changed)
        titles = ("forest", "recall", "curves", "tests", "labels")
        for title, (name, chart) in zip(titles, self.charts().items(), strict=True):
            button = self.titles[title].add_button("export", "Export as PNG, SVG or CSV")
            button.clicked.connect(lambda _=False, c=chart, n=name: self.chart_export_requested.emit(c, n))

    def _on_shown_changed(self, count: int) -> None:
        if self._model is not None:
            self.titles["flips"].set_detail(f"{numbers.count(count)} of {numbers.count(self._model.test_size)}")


def _column(widget: QWidget) -> QVBoxLayout:
    column = QVBoxLayout(widget)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(0)
    return column


def _scrolled(widget: QWidget, width: int) -> QScrollArea:
    """A column that scrolls where the window is low, and is flat."""
    area = QScrollArea()
    area.setFrameShape(QScrollArea.Shape.NoFrame)
    area.setWidgetResizable(True)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    area.setMinimumWidth(width)
    area.setWidget(widget)
    return area
