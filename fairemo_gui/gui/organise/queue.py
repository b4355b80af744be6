"""The adjudication queue: one disagreement after another, played, seen in every version, and decided by a key."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from enum import StrEnum

from PySide6.QtCore import QEvent, QModelIndex, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QProgressBar, QSplitter, QVBoxLayout, QWidget

from fairemo_gui.core.records import Condition
from fairemo_gui.gui import theme
from fairemo_gui.gui.controls import numbers
from fairemo_gui.gui.controls.chip import ChipRow
from fairemo_gui.gui.controls.dock_title import DockTitle
from fairemo_gui.gui.controls.empty import EmptyState
from fairemo_gui.gui.controls.key_button import KeyButton
from fairemo_gui.gui.controls.key_cap import KeyCap
from fairemo_gui.gui.controls.switch import Option, SegmentedSwitch
from fairemo_gui.gui.organise.clip import ClipView
from fairemo_gui.gui.organise.dispute_table import DisputeModel, make_disputes
from fairemo_gui.gui.organise.verdict_buttons import VerdictGrid
from fairemo_gui.gui.organise.versions import VersionModel, make_versions
from fairemo_gui.gui.player.item import PlayerItem
from fairemo_gui.gui.tone_label import ToneLabel
from fairemo_gui.services.campaign.disputes import Dispute, State, Version, progress
from fairemo_gui.store.raters import GOLD

_WORDS = {Condition.VOICE: "Voice", Condition.FACE: "Face", Condition.AV: "AV"}
_GIVEN = {Condition.VOICE: "voice alone", Condition.FACE: "face alone", Condition.AV: "voice and face"}
_AGREED = "All raters agree, or nobody rated an utterance twice in this condition: there is nothing to settle."


_KEYS = ((("↑", "↓"), "step"), (("N",), "next open"), (("1", "…", "0"), "decide"))


class Shown(StrEnum):
    """Which disagreements are listed."""

    ALL = "All"
    OPEN = "Open"
    NO_MAJORITY = "No majority"


class AdjudicationQueue(QWidget):
    """List, clip and versions. It decides nothing: whoever listens writes.

    Signals:
        condition_chosen(Condition): The disagreements of another condition are wanted.
        current_changed(Dispute): Another one is looked at, or None.
        decided(Dispute, verdict): An emotion, or `no_agreement`.
        undo_requested(): The newest decision is to be taken back.
        rule_requested(): Settle all by a rule.
        gold_changed(str): Decisions are kept under another name.
    """

    condition_chosen = Signal(object)
    current_changed = Signal(object)
    decided = Signal(object, str)
    undo_requested = Signal()
    rule_requested = Signal()
    gold_changed = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._disputes: list[Dispute] = []
        self._classes: tuple[str, ...] = ()
        self._shown = Shown.ALL
        self._writable = True
        self.model, self.version_model = DisputeModel(self), VersionModel(self)
        self.table, self.versions = make_disputes(self.model), make_versions(self.version_model)
        self.clip, self.verdicts = ClipView(), VerdictGrid()
        self.condition = SegmentedSwitch([Option(c.value, words) for c, words in _WORDS.items()], "Condition")
        self.chips = ChipRow(Shown)
        self.titles = {
            "list": DockTitle("Disagreements"),
            "clip": DockTitle("Clip"),
            "versions": DockTitle("Every version"),
        }
        self.bar = QProgressBar()
        self.gold = QLineEdit(GOLD)
        self.undo = KeyButton("Take back", "arrow-u-up-left", "Ctrl+Z")
        self.rule = KeyButton("By rule…", "scales")
        self._verdict = ToneLabel(size=theme.BODY)
        self._empty = EmptyState(_AGREED)
        self._assemble()
        self._connect_signals()

    @property
    def settled(self) -> bool:
        """Whether the clip is on the screen."""
        return self.clip.settled

    def set_writable(self, writable: bool) -> None:
        """Whether anything can be decided."""
        self._writable = writable
        for part in (self.verdicts, self.undo, self.rule, self.gold):
            part.setEnabled(writable)

    def show_disputes(self, disputes: Sequence[Dispute], condition: Condition, classes: tuple[str, ...]) -> None:
        """Show the disagreements of a condition; the one looked at stays, where it is still there."""
        former = self.current()
        self._disputes, self._classes = list(disputes), classes
        self.condition.set_value(condition.value)
        self.verdicts.set_classes(classes)
        self._refill(None if former is None else former.utterance)

    def show_clip(self, item: PlayerItem | None, versions: Sequence[Version]) -> None:
        """Show the clip of the current disagreement, and all that was said of it."""
        dispute = self.current()
        self.clip.show_item(item, Condition.AV if dispute is None else dispute.condition)
        self.titles["clip"].set_detail(f"{item.title}  {item.subtitle}" if item is not None else "")
        self.show_versions(versions)
        if item is None:
            self.titles["versions"].set_detail("")

    def show_versions(self, versions: Sequence[Version]) -> None:
        """Show all that was said."""
        self.version_model.show(versions, self._classes)
        gone = sum(version.state in {State.REPLACED, State.TAKEN_BACK} for version in versions)
        words = numbers.counted(len(versions), "entry", "entries")
        if not versions:
            words = "none: votes came counted, not by single raters"
        self.titles["versions"].set_detail(f"{words}, {numbers.count(gone)} replaced or taken back" if gone else words)

    def current(self) -> Dispute | None:
        """The disagreement looked at."""
        row = self.table.currentIndex().row()
        return self.model.rows()[row] if 0 <= row < len(self.model.rows()) else None

    def following(self) -> Dispute | None:
        """The one after it."""
        row = self.table.currentIndex().row() + 1
        return self.model.rows()[row] if 0 < row < len(self.model.rows()) else None

    def go_to(self, utterance: int) -> bool:
        """Look at an utterance; False where it is no disagreement."""
        if self.model.place(utterance) is None and any(d.utterance == utterance for d in self._disputes):
            self.show_only(Shown.ALL)
        row = self.model.place(utterance)
        if row is not None:
            self.table.setCurrentIndex(self.model.index(row, 0))
        return row is not None

    def show_only(self, which: Shown) -> None:
        """List all disagreements, or some."""
        former = self.current()
        self._shown = which
        self._refill(None if former is None else former.utterance)

    def note_decision(self, dispute: Dispute, decision: str, person: str) -> None:
        """A decision is on the disk."""
        decided = replace(dispute, decision=decision, person=person)
        self._disputes = [decided if each.key == dispute.key else each for each in self._disputes]
        self.model.update(decided)
        self._count()
        self._show_verdict()

    def decide(self, verdict: str) -> None:
        """Decide on the current disagreement, and go on to the next open one."""
        dispute = self.current()
        if dispute is None or not self._writable or not self.gold.text().strip():
            return
        self.decided.emit(dispute, verdict)
        self.step_open()

    def step_open(self) -> None:
        """Go to the next one nobody has decided, from here on and then from the top."""
        rows, here = self.model.rows(), self.table.currentIndex().row()
        for row in (*range(here + 1, len(rows)), *range(here)):
            if not rows[row].decided:
                self.table.setCurrentIndex(self.model.index(row, 0))
                return

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Tables would search for what is typed."""
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent) and self._means(event):
            self._press(event)
            return True
        return super().eventFilter(watched, event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Keys of the queue, from whatever button has the keyboard."""
        if self._means(event):
            self._press(event)
        else:
            super().keyPressEvent(event)

    def shutdown(self) -> None:
        """Leave no thread behind."""
        self.clip.shutdown()

    def _means(self, event: QKeyEvent) -> bool:
        if event.modifiers() not in {Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.KeypadModifier}:
            return False
        known = {Qt.Key.Key_Space, Qt.Key.Key_N, Qt.Key.Key_R}
        return Qt.Key(event.key()) in known or self.verdicts.verdict(event.text()) is not None

    def _press(self, event: QKeyEvent) -> None:
        verdict, key = self.verdicts.verdict(event.text()), Qt.Key(event.key())
        if verdict is not None:
            self.decide(verdict)
        elif key is Qt.Key.Key_Space:
            self.clip.toggle()
        elif key is Qt.Key.Key_R:
            self.clip.engine.replay()
        else:
            self.step_open()

    def _refill(self, utterance: int | None) -> None:
        """List what is shown, and stay where we were."""
        self._count()
        self.chips.set_value(self._shown)
        rows = self._chosen(self._shown)
        selection = self.table.selectionModel()
        selection.blockSignals(True)
        self.model.show(rows, self._classes)
        selection.blockSignals(False)
        self._empty.setVisible(not self._disputes)
        self.table.setVisible(bool(self._disputes))
        place = None if utterance is None else self.model.place(utterance)
        self.table.setCurrentIndex(self.model.index(place or 0, 0))
        if not rows:
            self._on_current()

    def _chosen(self, which: Shown) -> list[Dispute]:
        kept = {Shown.OPEN: lambda d: not d.decided, Shown.NO_MAJORITY: lambda d: not d.majority}.get(which)
        return [dispute for dispute in self._disputes if kept is None or kept(dispute)]

    def _count(self) -> None:
        self.chips.set_counts(lambda kind: len(self._chosen(Shown(kind))))
        decided, total = progress(self._disputes)
        self.bar.setRange(0, max(total, 1))
        self.bar.setValue(decided)
        self.titles["list"].set_detail(f"{numbers.count(decided)} of {numbers.count(total)} decided")

    def _on_current(self, *_: QModelIndex) -> None:
        self._show_verdict()
        self.current_changed.emit(self.current())

    def _show_verdict(self) -> None:
        dispute = self.current()
        counts = [0] * len(self._classes) if dispute is None else dispute.counts
        self.verdicts.show_votes(counts, None if dispute is None else dispute.decision)
        self._verdict.setText("" if dispute is None else _verdict_words(dispute))

    def _connect_signals(self) -> None:
        self.condition.changed.connect(lambda key: self.condition_chosen.emit(Condition(key)))
        self.chips.chosen.connect(lambda kind: self.show_only(Shown(kind)))
        self.table.selectionModel().currentRowChanged.connect(self._on_current)
        self.verdicts.chosen.connect(self.decide)
        self.undo.clicked.connect(self.undo_requested)
        self.rule.clicked.connect(self.rule_requested)
        self.gold.editingFinished.connect(lambda: self.gold_changed.emit(self.gold.text().strip() or GOLD))
        for table in (self.table, self.versions):
            table.installEventFilter(self)

    def _assemble(self) -> None:
        self.setAutoFillBackground(True)
        self.setBackgroundRole(self.palette().ColorRole.Base)
        self.setFocusProxy(self.table)
        panes = QSplitter(Qt.Orientation.Horizontal, self)
        panes.setHandleWidth(1)
        panes.setChildrenCollapsible(False)
        for pane in (self._left(), self._middle(), self._right()):
            panes.addWidget(pane)
        for place, stretch in enumerate((2, 3, 2)):
            panes.setStretchFactor(place, stretch)
        panes.setSizes([400, 560, 480])
        _column(self).addWidget(panes)

    def _left(self) -> QWidget:
        pane = QWidget()
        column = _column(pane)
        column.addWidget(self.titles["list"])
        column.addWidget(self.bar)
        head = QHBoxLayout()
        head.setContentsMargins(8, 6, 8, 0)
        head.addWidget(self.condition)
        head.addStretch(1)
        column.addLayout(head)
        column.addWidget(self.chips)
        column.addWidget(self.table, 1)
        column.addWidget(self._empty, 1)
        keys = QHBoxLayout()
        keys.setContentsMargins(10, 5, 10, 5)
        keys.setSpacing(5)
        for caps, words in _KEYS:
            for cap in caps:
                keys.addWidget(KeyCap(cap))
            keys.addWidget(ToneLabel(words))
            keys.addSpacing(8)
        keys.addStretch(1)
        column.addLayout(keys)
        pane.setMinimumWidth(350)
        return pane

    def _middle(self) -> QWidget:
        pane = QWidget()
        column = _column(pane)
        column.addWidget(self.titles["clip"])
        column.addWidget(self.clip, 1)
        column.addWidget(self.verdicts)
        words = QHBoxLayout()
        words.setContentsMargins(12, 8, 12, 0)
        words.addWidget(self._verdict, 1)
        column.addLayout(words)
        foot = QHBoxLayout()
        foot.setContentsMargins(12, 6, 12, 10)
        foot.setSpacing(8)
        self.gold.setAccessibleName("Name the decisions are kept under")
        self.gold.setToolTip("Decisions are kept as ratings of this name, which is nobody's vote")
        self.gold.setMaximumWidth(140)
        foot.addWidget(ToneLabel("Kept as"))
        foot.addWidget(self.gold)
        foot.addStretch(1)
        self.undo.setToolTip("Take back your newest decision in this condition (Ctrl+Z)")
        foot.addWidget(self.undo)
        foot.addWidget(self.rule)
        column.addLayout(foot)
        pane.setMinimumWidth(380)
        return pane

    def _right(self) -> QWidget:
        pane = QWidget()
        column = _column(pane)
        column.addWidget(self.titles["versions"])
        column.addWidget(self.versions, 1)
        pane.setMinimumWidth(430)
        return pane


def _verdict_words(dispute: Dispute) -> str:
    votes = f"{numbers.counted(sum(dispute.counts), 'vote', 'votes')} on {_GIVEN[dispute.condition]}"
    if dispute.decision is None:
        return f"{votes}. Not decided yet."
    who = "by rule" if dispute.person is None else f"decided by {dispute.person}"
    return f"{votes}. {dispute.decision.replace('_', ' ').capitalize()}, {who}."


def _column(widget: QWidget) -> QVBoxLayout:
    column = QVBoxLayout(widget)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(0)
    return column
