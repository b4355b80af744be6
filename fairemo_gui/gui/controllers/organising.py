"""From a campaign to the Organise page; decisions of the adjudicator to the store."""

from __future__ import annotations

from PySide6.QtCore import QObject, QSettings, QTimer, Signal

from fairemo_gui.core.records import Changes, Condition, Rating
from fairemo_gui.evaluation.intervals import IntervalPlan
from fairemo_gui.gui import settings as remembered
from fairemo_gui.gui.controllers.player_link import make_item
from fairemo_gui.gui.jobs import JobRunner, Lane
from fairemo_gui.gui.messages import Messages
from fairemo_gui.gui.organise.page import ADJUDICATE, OrganisePage
from fairemo_gui.gui.state.feed import WorkspaceFeed
from fairemo_gui.gui.state.selection import Selection
from fairemo_gui.jobs.task import Outcome, OutcomeKind, TaskContext
from fairemo_gui.services import adjudication
from fairemo_gui.services.campaign.columns import Campaign, read_campaign
from fairemo_gui.services.campaign.disputes import Dispute, disputes, versions
from fairemo_gui.services.campaign.measure import measure_campaign
from fairemo_gui.services.campaign.records import CampaignView
from fairemo_gui.store.raters import GOLD

_CONCERNED = {"labels", "ratings", "corpora"}
_SETTLE_MS = 150


class Organising(QObject):
    """Reads when the page is seen, and writes what is decided.

    Signals:
        wanted(): The page is to be shown.
    """

    wanted = Signal()

    def __init__(
        self,
        feed: WorkspaceFeed,
        selection: Selection,
        page: OrganisePage,
        runner: JobRunner,
        messages: Messages,
        settings: QSettings,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._feed, self._selection, self._page = feed, selection, page
        self._runner, self._messages, self._settings = runner, messages, settings
        self.plan = IntervalPlan()
        self._condition = Condition.AV
        self._wanted_utterance: int | None = None
        self._campaign: Campaign | None = None
        self._stale, self._waiting = True, 0
        self._campaigns = self._lists = 0
        self._timer = QTimer(self, singleShot=True, interval=_SETTLE_MS)
        self._timer.timeout.connect(self._read)
        self._connect_signals()

    @property
    def settled(self) -> bool:
        """Whether everything asked for is on the page and the disk."""
        return not self._timer.isActive() and self._waiting == 0 and self._page.settled

    def show(self) -> None:
        """The page has come into sight."""
        if self._stale:
            self._timer.start()
        self._show_clip(self._page.queue.current())

    def decide_on_current(self) -> None:
        """Open the queue at the utterance that is looked at in the table."""
        self._wanted_utterance = self._selection.current
        self._page.show_part(ADJUDICATE)
        self.wanted.emit()
        self._read_disputes(self._condition)

    def take_back(self) -> None:
        """Take back this person's newest decision in the condition shown, and go there."""
        workspace, corpus, condition = self._feed.workspace, self._feed.corpus, self._condition
        if workspace is None or corpus is None:
            return
        person, gold = remembered.rater(self._settings), self._page.queue.gold.text().strip()

        def write(ctx: TaskContext) -> tuple[Rating, Changes] | None:
            return adjudication.take_back(workspace, corpus, condition, person, gold)

        self._waiting += 1
        self._runner.submit("Take back", write, Lane.STORE, on_end=self._on_taken_back, quiet=True, vital=True)

    def _on_taken_back(self, outcome: Outcome[tuple[Rating, Changes] | None]) -> None:
        self._waiting -= 1
        if outcome.kind is not OutcomeKind.SUCCEEDED:
            self._messages.failed("Take back", outcome.error)
        elif outcome.value is None:
            self._messages.inform("No decision of yours is left to take back in this condition.")
        else:
            taken, changes = outcome.value
            self._feed.broadcast(changes, self)
            said = taken.votes[0].replace("_", " ")
            self._messages.inform(f"Took back the decision {said} ({taken.condition}) on {taken.utterance}.")
            (self._wanted_utterance,) = changes.utterances
            self._read_disputes(taken.condition)

    def _connect_signals(self) -> None:
        page, queue = self._page, self._page.queue
        self._feed.opened.connect(self._on_changed)
        self._feed.corpus_changed.connect(self._on_changed)
        self._feed.store_changed.connect(self._on_store_changed)
        page.part_chosen.connect(lambda _: self._show_clip(queue.current()))
        page.rater_chosen.connect(self._read_rater)
        queue.condition_chosen.connect(self._read_disputes)
        queue.current_changed.connect(self._show_clip)
        queue.decided.connect(self._decide)
        queue.undo_requested.connect(self.take_back)
        queue.gold_changed.connect(lambda _: self._read_disputes(self._condition))

    def _on_changed(self) -> None:
        self._stale = True
        workspace = self._feed.workspace
        self._page.queue.set_writable(workspace is not None and not workspace.read_only)
        if self._feed.corpus is None:
            self._campaign = None
            self._page.set_view(None)
            self._page.queue.show_disputes((), self._condition, ())
        elif self._page.isVisible():
            self._timer.start()

    def _on_store_changed(self, changes: Changes, initiator: object) -> None:
        # What was decided here is on the page already.
        if changes.kinds & _CONCERNED and initiator is not self:
            self._on_changed()

    def _read(self) -> None:
        """Measure the campaign, and list what raters disagree on."""
        workspace, corpus, plan = self._feed.workspace, self._feed.corpus, self.plan
        if workspace is None or corpus is None:
            return
        self._stale = False
        self._page.show_reading()
        self._campaigns += 1
        number = self._campaigns

        def measure(ctx: TaskContext) -> tuple[Campaign, CampaignView]:
            campaign = read_campaign(workspace, corpus)
            return campaign, measure_campaign(campaign, totals=plan, check=ctx.check)

        def done(outcome: Outcome[tuple[Campaign, CampaignView]]) -> None:
            self._waiting -= 1
            if outcome.kind is OutcomeKind.FAILED:
                self._messages.failed("Measuring the campaign", outcome.error)
            elif outcome.value is not None and number == self._campaigns and corpus is self._feed.corpus:
                self._campaign, view = outcome.value
                seen = self._page.queue.isVisible()
                self._page.set_view(view)
                if not seen:
                    # Disagreements may have come first, while nothing was to be seen of them.
                    self._show_clip(self._page.queue.current())
                there = [found.condition for found in view.conditions]
                if there and self._condition not in there:
                    self._read_disputes(there[-1])

        self._waiting += 1
        self._runner.submit("Measuring the campaign", measure, on_end=done, quiet=True)
        self._read_disputes(self._condition)

    def _read_rater(self, code: str) -> None:
        campaign, plan = self._campaign, self.plan
        if campaign is None:
            return

        def measure(ctx: TaskContext) -> CampaignView:
            return measure_campaign(campaign, only=code, intervals=plan, check=ctx.check)

        def done(outcome: Outcome[CampaignView]) -> None:
            self._waiting -= 1
            if outcome.kind is OutcomeKind.FAILED:
                self._messages.failed(f"Measuring {code}", outcome.error)
            elif outcome.value is not None and code == self._page.current_rater():
                self._page.show_rater(outcome.value.rater(code))

        self._waiting += 1
        self._runner.submit(f"Measuring {code}", measure, on_end=done, quiet=True)

    def _read_disputes(self, condition: Condition) -> None:
        workspace, corpus = self._feed.workspace, self._feed.corpus
        if workspace is None or corpus is None:
            return
        self._condition = condition
        gold = self._page.queue.gold.text().strip() or GOLD
        self._lists += 1
        number = self._lists

        def read(ctx: TaskContext) -> list[Dispute]:
            return disputes(workspace, corpus, condition, gold)

        def done(outcome: Outcome[list[Dispute]]) -> None:
            self._waiting -= 1
            if outcome.kind is OutcomeKind.FAILED:
                self._messages.failed("Reading disagreements", outcome.error)
            elif outcome.value is not None and number == self._lists and corpus is self._feed.corpus:
                self._page.queue.show_disputes(outcome.value, condition, corpus.scheme.classes)
                self._go_to_wanted()

        self._waiting += 1
        # After every decision that is still on its way.
        self._runner.submit("Reading disagreements", read, Lane.STORE, on_end=done, quiet=True)

    def _go_to_wanted(self) -> None:
        wanted, self._wanted_utterance = self._wanted_utterance, None
        if wanted is not None and not self._page.queue.go_to(wanted):
            self._messages.inform("Raters of this utterance agree in this condition: there is nothing to settle.")

    def _show_clip(self, dispute: Dispute | None) -> None:
        workspace, corpus, queue = self._feed.workspace, self._feed.corpus, self._page.queue
        if workspace is None or corpus is None or dispute is None or not queue.isVisible():
            queue.show_clip(None, ())
            return
        queue.show_clip(
            make_item(workspace, corpus, dispute.utterance), versions(workspace, dispute.utterance, dispute.condition)
        )
        following = queue.following()
        if following is not None:
            queue.clip.prefetch(make_item(workspace, corpus, following.utterance), following.condition)

    def _decide(self, dispute: Dispute, verdict: str) -> None:
        """Write a decision; what was decided before stays in the log."""
        workspace, corpus = self._feed.workspace, self._feed.corpus
        if workspace is None or corpus is None:
            return
        person, gold = remembered.rater(self._settings), self._page.queue.gold.text().strip()

        def write(ctx: TaskContext) -> Changes:
            return adjudication.decide(workspace, corpus, dispute.condition, {dispute.code: verdict}, person, gold)

        def done(outcome: Outcome[Changes]) -> None:
            self._waiting -= 1
            if outcome.kind is not OutcomeKind.SUCCEEDED or outcome.value is None:
                self._messages.failed("Save the decision", outcome.error)
                return
            self._feed.broadcast(outcome.value, self)
            queue = self._page.queue
            queue.note_decision(dispute, verdict, person)
            current = queue.current()
            if current is not None and current.utterance == dispute.utterance:
                queue.show_versions(versions(workspace, dispute.utterance, dispute.condition))

        self._waiting += 1
        self._runner.submit("Save the decision", write, Lane.STORE, on_end=done, quiet=True, vital=True)
