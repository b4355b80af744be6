"""A sitting: one trial after the other, and every step on the disk before the next one is shown."""

from __future__ import annotations

import statistics
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from itertools import pairwise

from fairemo_gui.core.rating_plan import RatingPlan
from fairemo_gui.core.records import Changes, Clip, Condition, Rating, Role
from fairemo_gui.core.trials import Answer, Event, EventKind, Trial
from fairemo_gui.errors import UserError
from fairemo_gui.services.annotation.answers import problem_of
from fairemo_gui.services.rating import SOFTWARE, give, take_back
from fairemo_gui.store import corpora, notes, sessions, trials
from fairemo_gui.store.campaign import seconds
from fairemo_gui.store.corpora import CorpusRow
from fairemo_gui.store.trials import Opened
from fairemo_gui.store.workspace import Workspace

Clock = Callable[[], datetime]
_FEW, _LATEST = 3, 20
_ASKED = (Role.MAIN, Role.SMART, Role.REPEAT)
MET = "met in another sitting"


class Stage(StrEnum):
    """What a sitting waits for."""

    CONSENT = "consent"
    TRIAL = "trial"
    BREAK = "break"
    DONE = "done"


@dataclass(frozen=True, slots=True)
class Feedback:
    """Whether a practice answer was right, and what would have been."""

    right: bool
    answer: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Submitted:
    """What submitting an answer did."""

    rating: Rating
    changes: Changes
    feedback: Feedback | None = None


@dataclass(frozen=True, slots=True)
class SittingProgress:
    """How far a sitting is.

    Attributes:
        done: Number of trials behind the rater.
        until_break: Trials before the next break; None = no more breaks.
        seconds_left: By the rater's own pace; None until there is one.
        taken: Something can be taken back.
    """

    done: int
    total: int
    until_break: int | None
    seconds_left: float | None
    taken: bool


class Sitting:
    """A sitting that was drawn; whatever a method changes is on the disk when it returns.

    Args:
        workspace: Open workspace.
        corpus: Whose utterances are rated.
        plan: What the sitting was drawn by.
        rater: Code.
        opened: The stored session.
        classes: The emotions to choose from.
        now: The time; tests give another.

    Attributes:
        number: Which sitting of the rater under this plan it is, from 1.
        trials: All of them, in order.
    """

    def __init__(
        self,
        workspace: Workspace,
        corpus: CorpusRow,
        plan: RatingPlan,
        rater: str,
        opened: Opened,
        classes: tuple[str, ...],
        now: Clock = lambda: datetime.now(UTC),
    ) -> None:
        self.plan, self.rater, self.classes = plan, rater, classes
        self.uuid, self.number = opened.uuid, opened.number
        self._workspace, self._corpus, self._id, self._now = workspace, corpus, opened.id, now
        self.trials = trials.of_session(workspace, opened.id)
        ids = [trial.utterance for trial in self.trials]
        self._clips = {clip.utterance: clip for clip in corpora.clips(workspace, corpus.id, ids)}
        self._last: str | None = None
        self._practice = sum(trial.role is Role.PRACTICE for trial in self.trials)
        self.reload()

    def reload(self) -> None:
        """Read again where the sitting stands, as after another window went on with it."""
        happened = sessions.events_of(self._workspace, self._id)
        kinds = {event.kind for event in happened}
        self._done = trials.done(self._workspace, self._id)
        self._agreed = not self.plan.sitting.consent or EventKind.CONSENT in kinds
        self._ended = EventKind.ENDED in kinds
        pauses = [event for event in happened if event.kind in (EventKind.BREAK, EventKind.RESUMED)]
        self._paused = bool(pauses) and pauses[-1].kind is EventKind.BREAK
        self._breaks = {event.position for event in pauses if event.kind is EventKind.BREAK}
        self._gaps = self._own_gaps()
        self._at = self._first_open()

    @property
    def stage(self) -> Stage:
        """What the sitting waits for."""
        if self._ended or self._at >= len(self.trials):
            return Stage.DONE
        if not self._agreed:
            return Stage.CONSENT
        return Stage.BREAK if self._paused else Stage.TRIAL

    @property
    def current(self) -> Trial | None:
        """The trial to answer; None once all is done."""
        return None if self._ended or self._at >= len(self.trials) else self.trials[self._at]

    def upcoming(self, n: int = 1) -> tuple[Trial, ...]:
        """The trials after the current one, to make their clips ready."""
        return tuple(trial for trial in self.trials[self._at + 1 :] if trial.position not in self._done)[:n]

    def clip(self, trial: Trial) -> Clip:
        """What is played in a trial."""
        return self._clips[trial.utterance]

    def progress(self) -> SittingProgress:
        """How far the sitting is."""
        done, total = len(self._done), len(self.trials)
        every = self.plan.sitting.break_every
        left = None if every is None else every - max(self._at - self._practice, 0) % every
        pace = statistics.median(self._gaps[-_LATEST:]) if len(self._gaps) >= _FEW else None
        return SittingProgress(
            done, total, left if left is not None and self._at + left < total else None,
            None if pace is None else pace * (total - done), bool(self._done) and not self._ended,
        )  # fmt: skip

    def consent(self, given: bool) -> None:
        """Note whether the rater agrees; without that there is no trial."""
        with self._workspace.transaction():
            self._note(EventKind.CONSENT if given else EventKind.REFUSED)
        self._agreed = given

    def submit(self, answer: Answer) -> Submitted:
        """Answer the current trial.

        Raises:
            UserError: The answer is not one the plan asks for, or another window answered the trial meanwhile.
        """
        trial = self._standing_at()
        if problem := problem_of(answer, self.plan, self.classes):
            raise UserError(problem)
        with self._workspace.transaction():
            self._must_be_open(trial)
            rating, changes = give(self._workspace, self._corpus, trial.utterance, self._rating(trial, answer))
            if answer.trace is not None:
                trials.add_trace(self._workspace, rating.uuid, trial.utterance, answer.trace)
            paused = self._pause_due(trial)
        self._pass(trial, rating.created_at, paused=paused)
        right = set(answer.votes) == set(trial.answer)
        return Submitted(rating, changes, Feedback(right, trial.answer) if trial.role is Role.PRACTICE else None)

    def skip(self, reason: str) -> None:
        """Leave the current trial unanswered.

        Raises:
            UserError: There is no reason, or another window answered the trial meanwhile.
        """
        trial, reason = self._standing_at(), reason.strip()
        if not reason:
            raise UserError("Say why this clip is skipped.")
        with self._workspace.transaction():
            self._must_be_open(trial)
            self._note(EventKind.SKIPPED, reason)
            paused = self._pause_due(trial)
        self._pass(trial, None, paused=paused)

    def undo(self) -> Trial | None:
        """Take back the last answer or skip; the sitting stands there again. None where nothing is left to take back.

        Nothing is deleted: an answer is taken back by another row of the log.
        """
        before = [position for position in self._done if position < self._at]
        if self._ended or not before:
            return None
        trial = self.trials[max(before)]
        with self._workspace.transaction():
            last = trials.rating_of(self._workspace, self._id, trial.position)
            if trial.position in trials.skipped(self._workspace, self._id):
                self._note(EventKind.UNSKIPPED, at=trial.position)
            elif last is not None:
                take_back(self._workspace, self._corpus, trial.utterance, last, self._time())
            if self._paused:
                self._note(EventKind.RESUMED)
        self._paused, self._at = False, trial.position
        self._done.discard(trial.position)
        return trial

    def former(self, trial: Trial) -> Answer | None:
        """What was answered in a trial before it was taken back, to be shown again; None where nothing was."""
        found = trials.rating_of(self._workspace, self._id, trial.position, standing=False)
        if found is None:
            return None
        return Answer(
            found.votes, found.intensity, found.activation, found.valence, found.dominance, found.confidence,
            found.comment, found.first_answer, found.response_ms, found.replays + 1, found.played_ms,
            found.changes or 0,
        )  # fmt: skip

    def flag(self, note: str) -> Changes:
        """Flag the current utterance for whoever looks after the corpus."""
        trial = self._standing_at()
        with self._workspace.transaction():
            self._note(EventKind.FLAGGED, note.strip())
            return notes.set_flag(self._workspace, trial.utterance, True, self.rater, note.strip())

    def pause(self) -> None:
        """Begin a break."""
        if not self._paused:
            with self._workspace.transaction():
                self._note(EventKind.BREAK)
            self._paused = True

    def proceed(self) -> None:
        """End a break."""
        if self._paused:
            with self._workspace.transaction():
                self._note(EventKind.RESUMED)
            self._paused = False

    def finish(self) -> None:
        """End the sitting before its time; what was not answered may be drawn for another."""
        if not self._ended:
            with self._workspace.transaction():
                self._note(EventKind.ENDED)
            self._ended = True

    def mark_opened(self) -> None:
        """Note that the sitting goes on after the window was closed.

        What the rater has met in another sitting since this one was drawn is skipped: he is asked nothing twice, and
        about no voice or face after he knows both together.
        """
        with self._workspace.transaction():
            self._note(EventKind.OPENED)
            met = trials.met(self._workspace, self._corpus.id, self.rater, self._id)
            for trial in self.trials:
                if trial.position not in self._done and trial.role in _ASKED and self._is_known(trial, met):
                    self._note(EventKind.SKIPPED, MET, at=trial.position)
                    self._done.add(trial.position)
        self._at = self._first_open()

    def _is_known(self, trial: Trial, met: set[tuple[int, str]]) -> bool:
        once = self.plan.items.one_condition
        return any((trial.utterance, each) in met for each in (Condition if once else {trial.condition, Condition.AV}))

    def _rating(self, trial: Trial, answer: Answer) -> Rating:
        chosen = set(answer.votes)
        return Rating(
            uuid="", utterance="", rater=self.rater, condition=trial.condition,
            votes=tuple(name for name in self._corpus.scheme.classes if name in chosen),
            intensity=answer.intensity, activation=answer.activation, valence=answer.valence,
            dominance=answer.dominance, confidence=answer.confidence,
            first_answer=answer.first_answer or (answer.votes[0] if answer.votes else None),
            response_ms=answer.response_ms, replays=max(answer.plays - 1, 0), session=self._id,
            created_at=self._time(), comment=answer.comment or None, role=trial.role, position=trial.position,
            played_ms=answer.played_ms, changes=answer.changes, software=SOFTWARE,
        )  # fmt: skip

    def _standing_at(self) -> Trial:
        if self.stage is not Stage.TRIAL:
            raise UserError(f"There is no clip to answer now ({self.stage}).")
        return self.trials[self._at]

    def _must_be_open(self, trial: Trial) -> None:
        if not trials.is_open(self._workspace, self._id, trial.position):
            raise UserError("This clip was answered in another window; close one of them, and go on in the other.")

    def _pause_due(self, trial: Trial) -> bool:
        """Whether a break begins after a trial, noted once."""
        every, behind = self.plan.sitting.break_every, trial.position + 1 - self._practice
        due = every is not None and behind > 0 and behind % every == 0 and trial.position + 1 < len(self.trials)
        if not due or trial.position + 1 in self._breaks:
            return False
        self._note(EventKind.BREAK, at=trial.position + 1)
        return True

    def _pass(self, trial: Trial, answered_at: str | None, *, paused: bool) -> None:
        """Go on to the next open trial, once the last one is on the disk."""
        self._done.add(trial.position)
        self._at = self._first_open()
        if paused:
            self._paused = True
            self._breaks.add(trial.position + 1)
        if answered_at is not None:
            if self._last is not None:
                self._gaps.append(_between(self._last, answered_at))
            self._last = answered_at

    def _own_gaps(self) -> list[float]:
        """Seconds from one answer to the next."""
        times = trials.paces(self._workspace, self._id)
        self._last = times[-1] if times else None
        return [_between(one, other) for one, other in pairwise(times)]

    def _first_open(self) -> int:
        return next((trial.position for trial in self.trials if trial.position not in self._done), len(self.trials))

    def _note(self, kind: EventKind, text: str | None = None, at: int | None = None) -> None:
        place = min(self._at, len(self.trials)) if at is None else at
        event = Event(str(uuid.uuid4()), self.uuid, kind, place, text or None, self._time())
        sessions.add_events(self._workspace, [event], {self.uuid: self._id})

    def _time(self) -> str:
        return self._now().astimezone(UTC).isoformat(timespec="milliseconds")


def _between(one: str, other: str) -> float:
    """Seconds from one moment to another; none where the clock was put back."""
    return max(seconds(other) - seconds(one), 0.0)
