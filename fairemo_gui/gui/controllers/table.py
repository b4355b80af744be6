"""Keeps the utterance table in step with the workspace and with the chart bar's truth and predictor."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from PySide6.QtCore import QObject, QTimer, Signal

from fairemo_gui.core.records import Changes, Condition
from fairemo_gui.gui.controllers.choices import predictor_of
from fairemo_gui.gui.controls import numbers
from fairemo_gui.gui.jobs import JobRunner, Lane
from fairemo_gui.gui.messages import Messages
from fairemo_gui.gui.state.chart_context import ChartChoice, ChartContext
from fairemo_gui.gui.state.feed import WorkspaceFeed
from fairemo_gui.gui.utterances.view import UtterancesView
from fairemo_gui.jobs.task import Outcome, OutcomeKind, TaskContext
from fairemo_gui.services.filter_columns import (
    FilterColumns,
    load_columns,
    with_answers,
    with_answers_of,
    with_flags,
    with_hidden,
    with_votes,
)
from fairemo_gui.services.samples import NetPredictor
from fairemo_gui.store import details, notes
from fairemo_gui.store.corpora import CorpusRow, UtteranceTable
from fairemo_gui.store.workspace import Workspace

_COALESCE_MS = 30
UNDO_FLAGS = "undo_flags"
_MANY = 200
"""From so many changed utterances on, reading everything again is quicker than one by one."""


@dataclass
class _Wanted:
    """What has to be read again."""

    everything: bool = False
    answers: bool = False
    flags: bool = False
    hidden: bool = False
    utterances: set[int] = field(default_factory=set)
    answered: set[int] = field(default_factory=set)

    def __bool__(self) -> bool:
        parts = (self.everything, self.answers, self.flags, self.hidden, self.utterances, self.answered)
        return any(bool(part) for part in parts)


class TableController(QObject):
    """Reads columns off the window's thread, one job at a time, and hands them to the table.

    Signals:
        columns_changed(): Other columns are shown.
        first_shown(): A corpus that was just opened can be used.
    """

    columns_changed = Signal()
    first_shown = Signal()

    def __init__(
        self,
        feed: WorkspaceFeed,
        context: ChartContext,
        view: UtterancesView,
        runner: JobRunner,
        messages: Messages,
        rater: str,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._feed, self._context, self._view = feed, context, view
        self._runner, self._messages, self._rater = runner, messages, rater
        self._columns: FilterColumns | None = None
        self._shown: FilterColumns | None = None
        self._blind = False
        self._condition: Condition | None = None
        self._choice: ChartChoice | None = None
        self._wanted = _Wanted()
        self._busy = False
        self._turned: tuple[tuple[int, ...], bool] = ((), False)
        self._timer = QTimer(self, singleShot=True, interval=_COALESCE_MS)
        self._timer.timeout.connect(self._work)
        feed.opened.connect(self._on_opened)
        feed.corpus_changed.connect(self._on_corpus)
        feed.store_changed.connect(self._on_store_changed)
        context.changed.connect(self._on_context)
        view.flag_requested.connect(self.toggle_flags)
        messages.acted.connect(self._on_acted)

    @property
    def columns(self) -> FilterColumns | None:
        """What the table reads from: while blind, without what is hidden."""
        return self._shown

    @property
    def settled(self) -> bool:
        """Whether the table shows what the workspace holds."""
        return not self._busy and not self._wanted

    def set_blind(self, blind: bool) -> None:
        """Whether what others said of an utterance stays hidden until this person has rated it."""
        self._blind = blind
        self._hide_anew()

    def set_condition(self, condition: Condition) -> None:
        """What this person goes by: what they rated by something else stays hidden."""
        self._condition = condition
        if self._blind:
            self._hide_anew()

    def set_rater(self, rater: str) -> None:
        """Somebody else rates from now on."""
        self._rater = rater
        self._wanted.everything = True
        self._timer.start()

    def _hide_anew(self) -> None:
        self._wanted.hidden = True
        self._timer.start()

    def toggle_flags(self, utterances: tuple[int, ...]) -> None:
        """Flag utterances; take the flags away where all of them have one."""
        columns = self._columns
        if columns is None or not utterances:
            return
        flagged = [bool(columns.flagged[columns.position[utterance]]) for utterance in utterances]
        on = not all(flagged)
        self._flag(tuple(u for u, already in zip(utterances, flagged, strict=True) if already != on), on)

    def _flag(self, utterances: tuple[int, ...], on: bool, *, undo: bool = False) -> None:
        workspace = self._feed.workspace
        if workspace is None:
            return

        def write(ctx: TaskContext) -> Changes:
            with workspace.transaction():
                for utterance in utterances:
                    notes.set_flag(workspace, utterance, on, self._rater)
            return Changes(frozenset({"notes"}), utterances)

        def end(outcome: Outcome[Changes]) -> None:
            if outcome.value is not None:
                self._feed.broadcast(outcome.value, self)
                self._say_flagged(utterances, on, undo=undo)
            elif outcome.kind is OutcomeKind.FAILED:
                self._messages.failed("Flagging", outcome.error)

        self._runner.submit("Flag", write, Lane.STORE, on_end=end, quiet=True, vital=True)

    def _say_flagged(self, utterances: tuple[int, ...], on: bool, *, undo: bool) -> None:
        """Only the newest flags can be turned back: a message of former ones would offer what it cannot do."""
        self._messages.withdraw(UNDO_FLAGS)
        self._turned = utterances, on
        words = (
            f"{'Flagged' if on else 'Took the flag off'} {numbers.counted(len(utterances), 'utterance', 'utterances')}."
        )
        self._messages.inform(words, *(("", "") if undo else ("Undo", UNDO_FLAGS)))

    def _on_acted(self, key: str) -> None:
        if key == UNDO_FLAGS:
            utterances, on = self._turned
            self._flag(utterances, not on, undo=True)

    def _on_opened(self) -> None:
        self._messages.withdraw(UNDO_FLAGS)
        self._columns = self._shown = None
        self._wanted = _Wanted()
        self._view.show_columns(None)
        self.columns_changed.emit()

    def _on_corpus(self) -> None:
        if self._feed.corpus is None:
            self._on_opened()
            return
        self._wanted = _Wanted(everything=True)
        self._timer.start(0)

    def _on_context(self) -> None:
        now, then = self._context.choice, self._choice
        if then is None or (now.truth, now.gold, now.predictor) != (then.truth, then.gold, then.predictor):
            self._wanted.answers = True
            self._timer.start()

    def _on_store_changed(self, changes: Changes, _: object) -> None:
        if changes.kinds & {"labels", "ratings"}:
            if self._columns is not None and self._columns.raters is not None:
                self._columns.raters.forget()
            few = 0 < len(changes.utterances) <= _MANY
            self._wanted.everything |= not few
            self._wanted.utterances |= set(changes.utterances) if few else set()
            self._wanted.answers |= bool(self._context.choice.gold)
        self._wanted.flags |= "notes" in changes.kinds
        if changes.kinds & {"predictions", "nets"} and self._columns is not None and self._columns.nets is not None:
            self._columns.nets.forget()
        if "predictions" in changes.kinds and self._context.choice.net is not None:
            self._wanted.answers |= not changes.utterances
            self._wanted.answered |= set(changes.utterances)
        if self._wanted:
            self._timer.start()

    def _work(self) -> None:
        workspace, corpus, table = self._feed.workspace, self._feed.corpus, self._feed.table
        if self._busy or not self._wanted or workspace is None or corpus is None or table is None:
            return
        wanted, self._wanted = self._wanted, _Wanted()
        wanted.everything |= self._columns is None
        choice, former, rater = self._context.choice, self._columns, self._rater
        unseen = (self._condition,) if self._blind else None
        self._busy = True

        def read(ctx: TaskContext) -> tuple[FilterColumns, FilterColumns]:
            if wanted.everything or former is None:
                columns = load_columns(
                    workspace, corpus, table, choice.truth, predictor_of(choice), rater, choice.gold or None
                )
            else:
                columns = _updated(workspace, former, wanted, choice, rater)
            return columns, columns if unseen is None else _without_unseen(workspace, columns, rater, *unseen)

        moved = wanted.everything or wanted.hidden or self._choice != choice
        # What is being read, too, is what a later choice has to differ from.
        self._choice = choice
        self._runner.submit("Reading the table", read, on_end=lambda out: self._on_read(out, corpus, moved), quiet=True)

    def _on_read(self, outcome: Outcome[tuple[FilterColumns, FilterColumns]], corpus: CorpusRow, moved: bool) -> None:
        self._busy = False
        if corpus is self._feed.corpus and outcome.value is not None:
            columns, shown = outcome.value
            another = self._columns is None or len(self._columns) != len(columns) or moved
            first, self._columns, self._shown = self._columns is None, columns, shown
            if another:
                self._view.show_columns(shown)
            else:
                self._view.refresh_columns(shown)
            self.columns_changed.emit()
            if first:
                self.first_shown.emit()
        elif outcome.kind is OutcomeKind.FAILED and corpus is self._feed.corpus:
            self._messages.failed("Reading the table", outcome.error)
        if self._wanted:
            self._timer.start()


def _without_unseen(
    workspace: Workspace, columns: FilterColumns, rater: str, condition: Condition | None
) -> FilterColumns:
    """The same rows; what the rater has not rated in the condition is hidden, all of it where none was chosen."""
    if condition is None:
        return with_hidden(columns, np.ones(len(columns), dtype=bool))
    return with_hidden(columns, ~np.isin(columns.ids, details.rated_by(workspace, rater, condition)))


def _updated(
    workspace: Workspace, columns: FilterColumns, wanted: _Wanted, choice: ChartChoice, rater: str
) -> FilterColumns:
    predictor = predictor_of(choice)
    if wanted.utterances:
        mine = set(details.rated_by(workspace, rater).tolist())
        for utterance in wanted.utterances & columns.position.keys():
            votes = details.votes_of(workspace, utterance, len(columns.scheme))
            columns = with_votes(columns, utterance, votes, utterance in mine, predictor)
    if wanted.answers:
        columns = with_answers(workspace, columns, choice.truth, predictor, choice.gold or None)
    elif wanted.answered and isinstance(predictor, NetPredictor):
        columns = with_answers_of(workspace, columns, predictor, wanted.answered)
    return with_flags(workspace, columns) if wanted.flags else columns


def size_of(table: UtteranceTable) -> tuple[int, int, int, int, int]:
    """Utterances, speakers, women's, men's and others' utterances."""
    genders = table.attribute("gender")
    women, men = int(np.sum(genders == "female")), int(np.sum(genders == "male"))
    return len(table), len(table.speakers), women, men, len(table) - women - men
