"""The review queue: what the table shows, clip by clip; each plays by itself and can be rated again."""

from __future__ import annotations

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QApplication, QWidget

from fairemo_gui.core.records import Condition, Truth
from fairemo_gui.gui.analyse_page import AnalysePage
from fairemo_gui.gui.controllers.player_link import PlayerLink
from fairemo_gui.gui.controllers.table import TableController
from fairemo_gui.gui.controls import numbers
from fairemo_gui.gui.state.chart_context import ChartContext
from fairemo_gui.gui.state.feed import WorkspaceFeed
from fairemo_gui.gui.state.filter_state import FilterState
from fairemo_gui.gui.state.selection import Selection
from fairemo_gui.services.filters import compile_filter


class Review(QObject):
    """Walks through the clips the table shows when it begins: that set stands, whatever rating them changes."""

    def __init__(
        self,
        feed: WorkspaceFeed,
        context: ChartContext,
        selection: Selection,
        filters: FilterState,
        table: TableController,
        player: PlayerLink,
        page: AnalysePage,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._context, self._selection, self._filters = context, selection, filters
        self._table, self._player, self._page = table, player, page
        self._ids: list[int] = []
        self._words = ""
        self._before: QWidget | None = None
        page.review.stepped.connect(self.step)
        page.review.left.connect(self.leave)
        selection.current_changed.connect(self._on_current)
        filters.changed.connect(self.leave)
        feed.corpus_changed.connect(self.leave)
        table.columns_changed.connect(self._say)

    @property
    def active(self) -> bool:
        """Whether clips are being reviewed."""
        return bool(self._ids)

    @property
    def ids(self) -> tuple[int, ...]:
        """The clips, in order."""
        return tuple(self._ids)

    def start(self) -> None:
        """Begin with the clips the table shows, at the first; nothing happens where it shows none."""
        ids = self._page.utterances.shown_ids().tolist()
        if not ids:
            return
        if not self.active:
            self._before = QApplication.focusWidget()
        self._ids = ids
        chart = self._filters.chart
        self._words = chart.words if chart is not None else self._filters.combined() or "all utterances"
        rate = self._page.labels.rate
        if rate.condition is None:
            truth = self._context.choice.truth
            wanted = Condition.AV if truth is Truth.INTENDED else Condition(truth.value)
            # What has no picture is reviewed by the voice, what has no sound by the face.
            others = (wanted, Condition.VOICE, Condition.FACE)
            rate.set_condition(next((each for each in others if not rate.refusal(each)), wanted))
        self._page.review.show()
        self._page.review.setFocus()
        if self._selection.current == ids[0]:
            self._on_current(ids[0])
        else:
            self._selection.set_current(ids[0])

    def step(self, clips: int) -> None:
        """Go on, or back; at either end it stays."""
        if self.active:
            place = min(max(self._place() + clips, 0), len(self._ids) - 1)
            self._selection.set_current(self._ids[place])

    def leave(self) -> None:
        """Enough: the keyboard goes back to where it was."""
        if not self.active:
            return
        self._ids = []
        had_keyboard = self._page.review.hasFocus()
        self._page.review.hide()
        if had_keyboard and self._before is not None and self._before.isVisible():
            self._before.setFocus()

    def _place(self) -> int:
        current = self._selection.current
        return self._ids.index(current) if current in self._ids else 0

    def _on_current(self, utterance: int | None) -> None:
        if self.active and utterance in self._ids:
            self._say()
            self._player.play()

    def _say(self) -> None:
        if self.active:
            where = f"{numbers.count(self._place() + 1)} of {numbers.count(len(self._ids))} · {self._words}"
            self._page.review.say(where, self._left_words())

    def _left_words(self) -> str:
        """Where the clip is now, if rating it took it out of what is being reviewed."""
        columns, current = self._table.columns, self._selection.current
        if columns is None or current not in columns.position:
            return ""
        row = columns.position[current]
        if columns.is_hidden(row) or compile_filter(self._filters.combined(), columns, self._filters.sets)[row]:
            return ""
        names = columns.classes.names
        true, said = (names[k] if k >= 0 else "unknown" for k in (columns.true_class[row], columns.predicted[row]))
        return f"has left: now {true} → {said}"
