"""Presents one trial: plays its clip, and takes down what the rater does with it."""

from __future__ import annotations

import math
from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer, Signal

from fairemo_gui.core.records import Clip, Condition, FaceRegion, Role
from fairemo_gui.core.trials import Answer
from fairemo_gui.gui.annotate.attempt import Attempt, Clock
from fairemo_gui.gui.annotate.clip_bar import ClipState
from fairemo_gui.gui.annotate.hands import Hands
from fairemo_gui.gui.annotate.pages import keys_of
from fairemo_gui.gui.annotate.senses import Senses
from fairemo_gui.gui.annotate.step import Step
from fairemo_gui.gui.annotate.trial_view import TrialView
from fairemo_gui.gui.player.engine import PlayerEngine, PlayerState
from fairemo_gui.gui.player.extent import Extent
from fairemo_gui.gui.player.faces import FaceBoxes
from fairemo_gui.services.annotation.answers import problem_of
from fairemo_gui.services.annotation.sitting import Sitting

_WATCH_MS = 100
# The clip after this one is read once this one has begun: both at a time would hold up its first picture.
_AHEAD_MS = 100
_STATES = {
    PlayerState.LOADING: ClipState.LOADING,
    PlayerState.PLAYING: ClipState.PLAYING,
    PlayerState.ENDED: ClipState.ENDED,
    PlayerState.FAILED: ClipState.FAILED,
}


class Presentation(QObject):
    """The clip and the attempt at it, from the first picture to the answer.

    Args:
        view: Where it is seen and answered.
        engine: Plays.
        clock: Tells the time, seconds.
        silence: Why nothing can be heard on this computer, in words; empty where something can.
        may: Whether anything may be answered now.

    Attributes:
        attempt: What was done so far; None between trials.

    Signals:
        keys_changed(list): Other keys than before do something.
        timed_out(): Nothing was answered in time.
    """

    keys_changed = Signal(list)
    timed_out = Signal()

    def __init__(
        self,
        view: TrialView,
        engine: PlayerEngine,
        clock: Clock,
        silence: Callable[[], str],
        may: Callable[[], bool],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._view, self._engine, self._clock, self._may = view, engine, clock, may
        self.attempt: Attempt | None = None
        self._condition = Condition.AV
        self._beginning = False
        self._following: tuple[Clip, Condition] | None = None
        self._senses = Senses(engine, silence, self)
        self._hands = Hands(view, may, self)
        self._watch = QTimer(self, interval=_WATCH_MS)
        self._ahead = QTimer(self, singleShot=True, interval=_AHEAD_MS)
        self._connect_signals()

    @property
    def barred(self) -> bool:
        """Whether the clip cannot be heard or seen as it has to be, and so cannot be rated."""
        return self.attempt is not None and self.attempt.barred

    def begin(self, sitting: Sitting, step: Step, kept: Attempt | None = None) -> None:
        """Play a trial's clip.

        Args:
            sitting: Whose trial it is.
            step: Stands at a trial.
            kept: The attempt that a break interrupted: what was played before it is not played again.
        """
        plan, trial, clip = sitting.plan, step.trial, step.clip
        assert trial is not None
        assert clip is not None
        self.attempt = attempt = kept or Attempt(plan, self._clock, sitting.classes)
        if kept is not None:
            kept.come_back()
            # Whether it can be heard and seen by now is found out as for any other.
            kept.barred = False
        elif step.former is not None:
            attempt.restore(step.former)
        self._condition, self._following = trial.condition, step.following
        self._senses.rest()
        words = clip.transcript or "" if trial.condition in plan.clip.transcript else ""
        self._view.begin(trial.condition, words, practice=trial.role is Role.PRACTICE)
        self._view.clip.picture.set_boxes(FaceBoxes(step.tracks))
        self._view.clip.picture.set_region(FaceRegion.FULL if step.tracks else clip.face_region)
        self._hands.take(attempt)
        self._play(clip, attempt)
        self._ahead.start()
        if plan.clip.time_out is not None:
            self._watch.start()

    def _play(self, clip: Clip, attempt: Attempt) -> None:
        """Load the clip and begin, or go on; what the page says follows once, not with each state of the player."""
        self._beginning = True
        self._engine.load(clip, self._condition)
        self.perceive()
        if not attempt.barred and (attempt.ended_at is None or attempt.resumes_at is not None):
            self._engine.play()
        self._beginning = False
        self.refresh()

    def rest(self) -> None:
        """Show no clip; what was done with the last one is kept until another begins."""
        self._watch.stop()
        self._ahead.stop()
        self._senses.rest()
        self._engine.load(None)

    def forget(self) -> None:
        """Between trials."""
        self.attempt = None

    def close(self) -> None:
        """Stop playing, and leave no thread behind."""
        self._watch.stop()
        self._ahead.stop()
        self._senses.rest()
        self._engine.close()
        self.attempt = None

    def perceive(self) -> None:
        """Close the trial while its clip cannot be heard or seen as it has to be; once it can, the clip plays."""
        if self.attempt is not None and self._may():
            self._senses.look(self.attempt, self._condition, play=not self._view.asking)

    def press(self, name: str) -> None:
        """A key that plays or answers."""
        if name != "play":
            self._hands.press(name)
        elif self._view.clip.replay.isEnabled() and self.attempt is not None:
            self._engine.replay() if self.attempt.resumes_at is None else self._engine.play()

    def press_number(self, number: int) -> None:
        """A number key."""
        self._hands.press_number(number)

    def press_sure(self, number: int) -> None:
        """A number key with Shift says how sure one is."""
        self._hands.press_sure(number)

    def interrupt(self) -> None:
        """Stop the clip for something else; it goes on from there."""
        self._engine.pause()
        if self.attempt is not None:
            self.attempt.interrupt()

    def leave(self) -> None:
        """A break begins: the clip stops, and so does the time that answers are measured by."""
        self._watch.stop()
        self.interrupt()
        if self.attempt is not None:
            self.attempt.leave()

    def finish(self) -> Answer | None:
        """Stop the clip for good: the answer as it stands; None between trials."""
        self._engine.pause()
        if self.attempt is None:
            return None
        self.attempt.stop()
        return self.attempt.answer()

    def refresh(self) -> None:
        """Show the attempt as it is."""
        attempt = self.attempt
        if attempt is None or not self._may():
            return
        state, remedy = self._senses.missing or (self._state(attempt), "")
        problem = problem_of(attempt.answer(), attempt.plan, attempt.classes) or ""
        self._view.show_attempt(attempt, state, problem)
        self._view.clip.say_remedy(remedy)
        self.keys_changed.emit(keys_of(attempt, len(attempt.classes)))

    def _connect_signals(self) -> None:
        engine, clip = self._engine, self._view.clip
        self._hands.changed.connect(self.refresh)
        self._senses.changed.connect(self.refresh)
        engine.loaded.connect(self._on_loaded)
        engine.state_changed.connect(self._on_state)
        engine.position_changed.connect(self._on_position)
        engine.ended.connect(self.refresh)
        engine.frame_changed.connect(clip.picture.set_frame)
        engine.silenced.connect(lambda _: self.perceive())
        clip.picture.resized.connect(engine.set_picture_size)
        self._watch.timeout.connect(self._on_watch)
        self._ahead.timeout.connect(lambda: engine.prefetch(*self._following or (None, None)))

    def _state(self, attempt: Attempt) -> ClipState:
        heard = attempt.ended_at is not None and attempt.resumes_at is None
        return _STATES.get(self._engine.state, ClipState.ENDED if heard else ClipState.PAUSED)

    def _on_loaded(self, extent: Extent) -> None:
        """After a break the clip stands where it was left."""
        attempt = self.attempt
        if attempt is not None and attempt.plays:
            self._engine.seek(extent.end if attempt.resumes_at is None else attempt.resumes_at)

    def _on_state(self, state: PlayerState) -> None:
        extent = self._engine.extent
        if state is PlayerState.PLAYING and self.attempt is not None and extent is not None:
            self.attempt.start(extent.start, extent.end)
        if not self._beginning:
            self.perceive()
            self.refresh()

    def _on_position(self, position: float) -> None:
        extent = self._engine.extent
        if self.attempt is None or extent is None:
            return
        self.attempt.move(position)
        self._view.clip.progress.set_share((position - extent.start) / extent.duration)

    def _on_watch(self) -> None:
        """Say how long the answer stays open; nobody answers who is asked something else."""
        attempt = self.attempt
        if attempt is None or attempt.ended_at is None or not self._may() or attempt.playing:
            return
        left = (attempt.plan.clip.time_out or 0.0) - (self._clock() - attempt.ended_at)
        if left <= 0 and not self._view.asking:
            self.timed_out.emit()
        else:
            self._view.clip.say_time_left(max(math.ceil(left), 0))
