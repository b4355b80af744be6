"""The Organise page: assembles totals, raters, items and the adjudication queue; decides nothing."""

from __future__ import annotations

from collections import Counter

from PySide6.QtCore import QModelIndex, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSplitter, QStackedLayout, QStackedWidget, QVBoxLayout, QWidget

from fairemo_gui.gui import theme
from fairemo_gui.gui.compare.tables import TableChart
from fairemo_gui.gui.controls import numbers
from fairemo_gui.gui.controls.dock_title import DockTitle
from fairemo_gui.gui.controls.empty import EmptyState
from fairemo_gui.gui.controls.key_button import KeyButton
from fairemo_gui.gui.controls.switch import Option, SegmentedSwitch
from fairemo_gui.gui.dashboards.chart import Chart
from fairemo_gui.gui.organise.items_view import ItemsView
from fairemo_gui.gui.organise.queue import AdjudicationQueue
from fairemo_gui.gui.organise.rater_chart import RaterChart
from fairemo_gui.gui.organise.raters_table import RaterModel, RaterTable
from fairemo_gui.gui.organise.totals import totals_table
from fairemo_gui.gui.tone_label import ToneLabel
from fairemo_gui.services.campaign.records import MINIMUM_N, CampaignView, RaterFigures

RATERS, ITEMS, ADJUDICATE = "raters", "items", "adjudicate"
_WARNING = "For the organiser: this page shows what raters answered. Keep it from people who still rate."
_READING = "Reading the ratings …"
_PLANS_NAMED = 3
_NOTHING = (
    "Nobody has rated here yet. Make a rating plan and let raters sit down with it, or merge what they rated elsewhere."
)
_COUNTED = (
    "Votes of this corpus came counted: it does not say who gave which, so there are no single raters to look at. "
    "Whoever rates here, and ratings that are imported or merged, will be listed."
)
_NOBODY = "No single raters: votes came counted."


class OrganisePage(QWidget):
    """How a campaign is doing.

    Signals:
        rater_chosen(code): One rater is looked at.
        utterance_chosen(utterance_id): An utterance is wanted on the Analyse page.
        plan_requested(): A rating plan is to be made or changed.
        part_chosen(part): `raters`, `items` or `adjudicate` is shown.
        chart_export_requested(Chart, name): One chart is to be written.
    """

    rater_chosen = Signal(str)
    utterance_chosen = Signal(int)
    plan_requested = Signal()
    part_chosen = Signal(str)
    chart_export_requested = Signal(object, str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.part = SegmentedSwitch(
            [
                Option(RATERS, "Raters", hint="Who has done what, and how well"),
                Option(ITEMS, "Items", hint="How many votes each utterance has"),
                Option(ADJUDICATE, "Adjudicate", hint="Decide where raters disagree"),
            ],
            "Part",
        )
        self.plan = KeyButton("Rating plan…", "clipboard-text")
        self._title, self._facts, self._warning = QLabel("Campaign"), ToneLabel(size=theme.BODY), ToneLabel(_WARNING)
        self.totals = TableChart("Campaign by condition")
        self.model = RaterModel(self)
        self.raters, self.rater = RaterTable(self.model), RaterChart()
        self.items, self.queue = ItemsView(), AdjudicationQueue()
        self.titles = {"totals": DockTitle("All raters"), "raters": DockTitle("Raters"), "rater": DockTitle("Rater")}
        self._empty, self._counted = EmptyState(_NOTHING, "Rating plan…"), EmptyState(_COUNTED)
        self._view: CampaignView | None = None
        self._assemble()
        self._connect_signals()
        self.part.set_value(RATERS)

    @property
    def settled(self) -> bool:
        """Whether the clip is on the screen."""
        return self.queue.settled

    def view(self) -> CampaignView | None:
        """What is shown."""
        return self._view

    def set_view(self, view: CampaignView | None) -> None:
        """Show a campaign; the rater looked at stays."""
        former = self.current_rater()
        self._view = view
        there = view is not None and bool(view.raters or view.conditions)
        self._empty.say(_NOTHING, "Rating plan…")
        self._stack.setCurrentIndex(1 if there else 0)
        self._facts.setText("" if view is None else _facts_of(view))
        if view is None:
            return
        self.totals.set_table(totals_table(view))
        self.items.set_items(view.items)
        self.titles["raters"].set_detail(_raters_words(view))
        selection = self.raters.selectionModel()
        selection.blockSignals(True)
        self.model.set_rows(view.raters)
        selection.blockSignals(False)
        if view.raters:
            place = 0 if former is None else self.model.place(former) or 0
            self.raters.setCurrentIndex(self.model.index(place, 0))
        else:
            self.rater.set_rater(None)
            self.rater.show_empty(_NOBODY)
        self.raters.setVisible(bool(view.raters))
        self._counted.setVisible(not view.raters)

    def show_reading(self) -> None:
        """Say that the figures are on their way, where there are none yet."""
        if self._stack.currentIndex() == 0:
            self._empty.say(_READING)

    def show_rater(self, figures: RaterFigures | None) -> None:
        """Show one rater in detail."""
        self.rater.set_rater(figures)
        self.titles["rater"].set_detail("" if figures is None else figures.code)

    def current_rater(self) -> str | None:
        """Code of the rater looked at."""
        row = self.raters.currentIndex().row()
        return self.model.rows()[row].code if 0 <= row < self.model.rowCount() else None

    def show_part(self, part: str) -> None:
        """Show raters, items or the queue."""
        self.part.set_value(part)
        self._parts.setCurrentIndex((RATERS, ITEMS, ADJUDICATE).index(part))
        (self.raters, self.items.table, self.queue.table)[self._parts.currentIndex()].setFocus()
        self.part_chosen.emit(part)

    def shown_part(self) -> str:
        """What is shown."""
        return (RATERS, ITEMS, ADJUDICATE)[self._parts.currentIndex()]

    def charts(self) -> dict[str, Chart]:
        """Every chart by a name fit for a file."""
        return {"campaign": self.totals, "rater": self.rater}

    def empty(self) -> EmptyState:
        """What stands there while nobody has rated."""
        return self._empty

    def counted(self) -> EmptyState:
        """What stands in place of raters where votes came counted."""
        return self._counted

    def shutdown(self) -> None:
        """Leave no thread behind."""
        self.queue.shutdown()

    def _assemble(self) -> None:
        self._title.setFont(theme.font(theme.TITLE, 600))
        self._parts = QStackedWidget()
        for part in (self._raters_part(), self.items, self.queue):
            self._parts.addWidget(part)
        holder = QWidget()
        self._stack = QStackedLayout(holder)
        self._stack.addWidget(self._empty)
        self._stack.addWidget(self._parts)
        column = _column(self)
        column.addWidget(self._header())
        column.addWidget(holder, 1)

    def _header(self) -> QWidget:
        header = QWidget()
        header.setAutoFillBackground(True)
        header.setBackgroundRole(self.palette().ColorRole.Base)
        first, words = QHBoxLayout(), QVBoxLayout()
        first.setSpacing(10)
        first.addWidget(self._title)
        first.addWidget(self._facts, 1)
        words.setSpacing(4)
        words.addLayout(first)
        words.addWidget(self._warning)
        row = QHBoxLayout(header)
        row.setContentsMargins(12, 10, 12, 10)
        row.setSpacing(14)
        row.addLayout(words, 1)
        row.addWidget(self.part)
        row.addWidget(self.plan)
        return header

    def _raters_part(self) -> QWidget:
        left, right = QWidget(), QWidget()
        for pane, parts in (
            (
                left,
                (
                    (self.titles["totals"], 0),
                    (self.totals, 0),
                    (self.titles["raters"], 0),
                    (self.raters, 1),
                    (self._counted, 1),
                ),
            ),
            (right, ((self.titles["rater"], 0), (self.rater, 1))),
        ):
            pane.setAutoFillBackground(True)
            pane.setBackgroundRole(self.palette().ColorRole.Base)
            column = _column(pane)
            for part, stretch in parts:
                column.addWidget(part, stretch)
        panes = QSplitter(Qt.Orientation.Horizontal)
        panes.setHandleWidth(1)
        panes.setChildrenCollapsible(False)
        panes.addWidget(left)
        panes.addWidget(right)
        panes.setStretchFactor(0, 1)
        panes.setSizes([1060, 380])
        right.setMinimumWidth(340)
        return panes

    def _connect_signals(self) -> None:
        self.part.changed.connect(self.show_part)
        self.plan.clicked.connect(self.plan_requested)
        self._empty.fixed.connect(self.plan_requested)
        self.items.utterance_chosen.connect(self.utterance_chosen)
        self.raters.selectionModel().currentRowChanged.connect(self._on_rater)
        for name, title in (("campaign", "totals"), ("rater", "rater")):
            button = self.titles[title].add_button("export", "Export as PNG, SVG or CSV")
            button.clicked.connect(
                lambda _=False, name=name: self.chart_export_requested.emit(self.charts()[name], name)
            )

    def _on_rater(self, now: QModelIndex, _: QModelIndex) -> None:
        if now.isValid():
            self.rater_chosen.emit(self.model.rows()[now.row()].code)


def _facts_of(view: CampaignView) -> str:
    given = sum(found.ratings for found in view.conditions)
    parts = [numbers.counted(len(view.raters), "rater", "raters"), numbers.counted(given, "vote", "votes")]
    return " · ".join([*parts, _plans_of(view)])


def _plans_of(view: CampaignView) -> str:
    """`plan faces 2`; a plan of several versions with their number, many plans by theirs."""
    versions = Counter(name for name, _ in view.plans)
    if len(versions) > _PLANS_NAMED:
        return f"{numbers.count(len(versions))} plans"
    named = {name: version for name, version in view.plans if versions[name] == 1}
    words = (f"{name} {named[name]}" if n == 1 else f"{name}, {n} versions" for name, n in versions.items())
    return f"plan {'; '.join(words)}" if versions else "no rating plan"


def _raters_words(view: CampaignView) -> str:
    if not view.raters:
        return ""
    words = f"{numbers.count(len(view.raters))}, grey with fewer than {MINIMUM_N} answers"
    if view.looks > 1:
        words += f"; “agrees less” or “more” corrected for looking at {numbers.count(view.looks)} (Holm)"
    return words


def _column(widget: QWidget) -> QVBoxLayout:
    column = QVBoxLayout(widget)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(0)
    return column
