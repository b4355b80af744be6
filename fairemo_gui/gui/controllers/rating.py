"""Rating: answers go to the store's serial lane, and what they changed is told to everyone."""

from __future__ import annotations

from datetime import datetime

from PySide6.QtCore import QObject, Signal

from fairemo_gui.core.records import Changes, Condition, Rating
from fairemo_gui.gui.analyse_page import AnalysePage
from fairemo_gui.gui.controllers.player_link import PlayerLink
from fairemo_gui.gui.jobs import JobRunner, Lane
from fairemo_gui.gui.labels.details import read_labels
from fairemo_gui.gui.labels.rate import RatingDraft
from fairemo_gui.gui.messages import Messages
from fairemo_gui.gui.state.chart_context import ChartContext
from fairemo_gui.gui.state.feed import WorkspaceFeed
from fairemo_gui.gui.state.filter_state import FilterState
from fairemo_gui.gui.state.selection import Selection
from fairemo_gui.gui.status import StatusBar
from fairemo_gui.jobs.task import Outcome, OutcomeKind, TaskContext
from fairemo_gui.services import rating as ratings
from fairemo_gui.services.filter_grammar import tells_answers
from fairemo_gui.store.nets import NetRow

_CONCERNED = {"labels", "ratings", "predictions", "nets"}


class RatingController(QObject):
    """Keeps the Labels panel in step, stores ratings, takes them back.

    Signals:
        stored(Rating): A rating is on the disk.
    """

    stored = Signal(object)

    def __init__(
        self,
        feed: WorkspaceFeed,
        context: ChartContext,
        selection: Selection,
        filters: FilterState,
        page: AnalysePage,
        link: PlayerLink,
        runner: JobRunner,
        messages: Messages,
        status: StatusBar,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._feed, self._context, self._selection, self._page, self._link = feed, context, selection, page, link
        self._filters, self._runner, self._messages, self._status = filters, runner, messages, status
        self._waiting = 0
        self._connect_signals()

    @property
    def settled(self) -> bool:
        """Whether every rating given is on the disk."""
        return self._waiting == 0

    def undo(self) -> None:
        """Take back this person's newest rating, on whichever utterance it is, and go there."""
        workspace, corpus = self._feed.workspace, self._feed.corpus
        if workspace is None or corpus is None:
            return
        rater = self._page.labels.rate.rater
        self._submit("Undo", lambda ctx: ratings.undo(workspace, corpus, rater), self._on_undone)

    def rate(self, draft: RatingDraft) -> None:
        """Store an answer."""
        workspace, corpus = self._feed.workspace, self._feed.corpus
        if workspace is None or corpus is None:
            return
        rater, replays = self._page.labels.rate.rater, self._link.replays
        visible = draft.prediction_visible or self._is_told()

        def write(ctx: TaskContext) -> tuple[Rating, Changes]:
            return ratings.rate(
                workspace, corpus, draft.utterance, rater, draft.condition, draft.votes,
                intensity=draft.intensity, first_answer=draft.first_answer, response_ms=draft.response_ms,
                replays=replays, prediction_visible=visible,
            )  # fmt: skip

        self._submit("Save the rating", write, self._on_rated)

    def show(self, *_: object) -> None:
        """Read the current utterance's labels again."""
        workspace, corpus, current = self._feed.workspace, self._feed.corpus, self._selection.current
        panel = self._page.labels
        if workspace is None or corpus is None or current is None:
            panel.show_labels(None)
        else:
            panel.show_labels(read_labels(workspace, corpus, current, self._net()))
        self._page.titles["labels"].set_detail(panel.detail())

    def _connect_signals(self) -> None:
        panel = self._page.labels
        panel.rate.rating_given.connect(self.rate)
        panel.rate.condition_chosen.connect(self._on_condition)
        panel.undo_requested.connect(self.undo)
        panel.covered_changed.connect(lambda _: self._page.titles["labels"].set_detail(panel.detail()))
        self._selection.current_changed.connect(self.show)
        self._context.changed.connect(self.show)
        self._feed.corpus_changed.connect(self.show)
        self._feed.facts_changed.connect(self.show)
        self._feed.store_changed.connect(self._on_store_changed)
        self._link.clip_started.connect(panel.rate.note_clip_started)
        self._link.clip_ended.connect(panel.rate.note_clip_ended)
        self._page.player.engine.silenced.connect(lambda reason: panel.set_silenced(reason.partition(":")[0]))

    def _submit(self, name: str, task: object, then: object) -> None:
        self._waiting += 1
        self._status.say_saved("Saving …")

        def end(outcome: Outcome[object]) -> None:
            self._waiting -= 1
            if outcome.kind is OutcomeKind.SUCCEEDED:
                then(outcome.value)  # type: ignore[operator]
            else:
                self._status.say_saved("Not saved", saved=False)
                self._messages.failed(name, outcome.error)
                self.show()

        self._runner.submit(name, task, Lane.STORE, on_end=end, quiet=True, vital=True)  # type: ignore[arg-type]

    def _on_rated(self, value: tuple[Rating, Changes]) -> None:
        rating, changes = value
        self._say_saved()
        self._feed.broadcast(changes, self)
        self.stored.emit(rating)

    def _on_undone(self, value: tuple[int, Rating, Changes] | None) -> None:
        if value is None:
            self._status.say_saved("")
            self._messages.inform("There is no rating of yours left to take back.")
            return
        utterance, taken, changes = value
        self._say_saved()
        self._feed.broadcast(changes, self)
        if utterance != self._selection.current:
            self._selection.set_current(utterance)
        said = " + ".join(taken.votes)
        self._messages.inform(f"Took back {said} ({taken.condition}) on {taken.utterance}.")

    def _say_saved(self) -> None:
        words = "Saving …" if self._waiting else f"All ratings saved {datetime.now():%H:%M:%S}"
        self._status.say_saved(words)

    def _on_condition(self, condition: Condition) -> None:
        self._link.set_condition(condition)
        self._page.titles["labels"].set_detail(self._page.labels.detail())

    def _on_store_changed(self, changes: Changes, _: object) -> None:
        touched = not changes.utterances or self._selection.current in changes.utterances
        if changes.kinds & _CONCERNED and touched:
            self.show()

    def _is_told(self) -> bool:
        """Whether the table's filter or order gives a net's answer away where it is not shown."""
        by_answer = self._page.utterances.table.sorted_by()[0] in {"predicted", "p"}
        return self._context.choice.net is not None and (by_answer or tells_answers(self._filters.combined()))

    def _net(self) -> NetRow | None:
        return self._feed.facts.net(self._context.choice.net)
