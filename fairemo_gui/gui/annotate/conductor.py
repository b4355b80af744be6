"""Conducts one sitting: gives each clip, measures each answer, hands it to be stored, and goes on."""

from __future__ import annotations

import math
from collections.abc import Callable
from datetime import datetime
from typing import Any

from PySide6.QtCore import QObject, QTimer, Signal

from fairemo_gui.core.records import Changes, Clip, FaceRegion, Role
from fairemo_gui.core.trials import Trial
from fairemo_gui.gui.annotate.attempt import Attempt, Clock
from fairemo_gui.gui.annotate.clip_bar import ClipState
from fairemo_gui.gui.annotate.hands import Hands
from fairemo_gui.gui.annotate.pages import (
    Page,
    break_words,
    consent_words,
    end_words,
    feedback_words,
    keys_of,
    pause_words,
    progress_words,
    welcome_words,
)
from fairemo_gui.gui.annotate.senses import Senses
from fairemo_gui.gui.annotate.step import Step, Store, step_of
from fairemo_gui.gui.annotate.window import AnnotateWindow
from fairemo_gui.gui.annotate.words import REASONS
from fairemo_gui.gui.controls import numbers
from fairemo_gui.gui.player.engine import PlayerEngine, PlayerState
from fairemo_gui.gui.player.faces import FaceBoxes
from fairemo_gui.services.annotation.answers import problem_of
from fairemo_gui.services.annotation.sitting import Sitting, Stage, Submitted
from fairemo_gui.store.workspace import Workspace

TIME_OUT = "time-out"
_WATCH_MS = 100
_STATES = {
    PlayerState.LOADING: ClipState.LOADING,
    PlayerState.PLAYING: ClipState.PLAYING,
    PlayerState.ENDED: ClipState.ENDED,
    PlayerState.FAILED: ClipState.FAILED,
}


class Conductor(QObject):
    """Goes through a sitting.

    Args:
        window: Shows it and takes the keys.
        engine: Plays.
        clock: Tells the time, seconds.
        store: Writes.
        silence: Why nothing can be heard on this computer, in words; empty where something can.

    Signals:
        left(): The rater leaves; all that was answered is stored.
        bundle_wanted(): The rater wants to hand the ratings over.
        changed(Changes): Something was written.
        shown(Trial): A trial stands on the page.
        stored(Submitted): An answer is on the disk.
    """

    left = Signal()
    bundle_wanted = Signal()
    changed = Signal(object)
    shown = Signal(object)
    stored = Signal(object)

    def __init__(
        self,
        window: AnnotateWindow,
        engine: PlayerEngine,
        clock: Clock,
        store: Store,
        silence: Callable[[], str],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._window, self._view, self._engine = window, window.trial, engine
        self._clock, self._store = clock, store
        self._workspace: Workspace | None = None
        self._sitting: Sitting | None = None
        self._step: Step | None = None
        self._held: Step | None = None
        self._busy = self._paused = False
        self._attempt: Attempt | None = None
        self._senses = Senses(engine, silence, self)
        self._hands = Hands(self._view, lambda: self._in_trial, self)
        self._watch = QTimer(self, interval=_WATCH_MS)
        self._connect_signals()

    @property
    def step(self) -> Step | None:
        """Where the sitting stands."""
        return self._step

    @property
    def busy(self) -> bool:
        """Whether something is being written."""
        return self._busy

    @property
    def barred(self) -> bool:
        """Whether the clip cannot be heard or seen as it has to be, and so cannot be rated."""
        return self._attempt is not None and self._attempt.barred

    def begin(self, workspace: Workspace, sitting: Sitting, step: Step) -> None:
        """Take up a sitting where it stands."""
        self._workspace, self._sitting = workspace, sitting
        self._view.set_plan(sitting.plan, sitting.classes)
        self._window.head.rater.setText(f"Session {sitting.number}, rater {sitting.rater}")
        if step.stage is Stage.BREAK or (step.stage is Stage.TRIAL and step.progress.done):
            self._step, self._paused = step, True
            self._window.head.say_progress(*progress_words(step.progress, Stage.BREAK))
            self._show_words(welcome_words(step.progress))
        else:
            self._take(step)

    def close(self) -> None:
        """Stop playing and forget the sitting."""
        self._watch.stop()
        self._senses.rest()
        self._engine.close()
        self._sitting = self._step = self._held = self._attempt = None
        self._busy = self._paused = False

    def perceive(self) -> None:
        """Close the trial while its clip cannot be heard or seen as it has to be; once it can, the clip plays."""
        attempt, trial = self._attempt, None if self._step is None else self._step.trial
        if attempt is None or trial is None or not self._in_trial:
            return
        self._senses.look(attempt, trial.condition, play=not self._view.asking)

    def press(self, name: str) -> None:
        """A key of the trial, the prompt or a screen of words."""
        if name == "escape":
            self._escape()
        elif name == "enter":
            self._enter()
        elif name == "undo":
            self._undo()
        elif name == "bundle" and self._step is not None and self._step.stage is Stage.DONE:
            self.bundle_wanted.emit()
        elif name == "finish" and self._paused:
            self._on_chosen(name)
        elif self._in_trial:
            self._press_in_trial(name)

    def press_number(self, number: int) -> None:
        """A number key answers what is asked."""
        if self._view.asking:
            self._view.prompt.press(number)
        elif self._in_trial:
            self._hands.press_number(number)

    def press_sure(self, number: int) -> None:
        """A number key with Shift says how sure one is."""
        if self._in_trial:
            self._hands.press_sure(number)

    @property
    def _in_trial(self) -> bool:
        """Whether an answer may be worked on."""
        return self._attempt is not None and self._held is None and not self._busy and not self._paused

    def _connect_signals(self) -> None:
        view, engine = self._view, self._engine
        self._hands.changed.connect(self._refresh)
        for button, name in ((view.undo, "undo"), (view.skip, "skip"), (view.flag, "flag"), (view.clip.replay, "play")):
            button.clicked.connect(lambda _=False, name=name: self.press(name))
        view.submit.clicked.connect(self._on_submit)
        self._window.head.leave.clicked.connect(lambda: self.press("escape"))
        view.prompt.back.clicked.connect(self._close_prompt)
        self._window.words.chosen.connect(self._on_chosen)
        engine.state_changed.connect(self._on_state)
        engine.position_changed.connect(self._on_position)
        engine.ended.connect(self._refresh)
        engine.frame_changed.connect(view.clip.picture.set_frame)
        engine.silenced.connect(lambda _: self.perceive())
        self._senses.changed.connect(self._refresh)
        view.clip.picture.resized.connect(engine.set_picture_size)
        self._watch.timeout.connect(self._on_watch)

    def _take(self, step: Step) -> None:
        """Show where the sitting stands."""
        assert self._sitting is not None
        self._step, self._held, self._busy, self._paused, self._attempt = step, None, False, False, None
        self._window.head.say_progress(*progress_words(step.progress, step.stage))
        if step.stage is Stage.TRIAL and step.trial is not None and step.clip is not None:
            self._begin_trial(step, step.trial, step.clip)
            return
        self._watch.stop()
        self._senses.rest()
        self._engine.load(None)
        self._window.head.say_condition(None)
        words = {Stage.CONSENT: consent_words, Stage.BREAK: break_words, Stage.DONE: end_words}[step.stage]
        self._show_words(words(self._sitting.plan, step.progress))

    def _begin_trial(self, step: Step, trial: Trial, clip: Clip) -> None:
        assert self._sitting is not None
        plan, view = self._sitting.plan, self._view
        self._attempt = Attempt(plan, self._clock, self._sitting.classes)
        self._senses.rest()
        if step.former is not None:
            self._attempt.restore(step.former)
        self._window.head.say_condition(trial.condition)
        words = clip.transcript or "" if trial.condition in plan.clip.transcript else ""
        view.begin(trial.condition, words, practice=trial.role is Role.PRACTICE)
        view.clip.picture.set_boxes(FaceBoxes(step.tracks))
        view.clip.picture.set_region(FaceRegion.FULL if step.tracks else clip.face_region)
        view.undo.setEnabled(step.progress.taken)
        self._hands.take(self._attempt)
        self._window.show_trial()
        self._engine.load(clip, trial.condition)
        self._engine.prefetch(*step.following or (None, None))
        self._refresh()
        self.shown.emit(trial)
        self.perceive()
        if not self._attempt.barred:
            self._engine.play()
        if plan.clip.time_out is not None:
            self._watch.start()

    def _show_words(self, page: Page) -> None:
        self._window.words.say(page.title, page.words, page.choices)
        self._window.show_words()
        self._window.foot.say_keys([(choice.key, choice.words.lower()) for choice in page.choices])

    def _do(self, name: str, work: Callable[[Sitting], Any], then: Callable[[Any], None]) -> None:
        """Write something, then tell; until then nothing else can be done."""
        sitting = self._sitting
        if self._busy or sitting is None:
            return
        # Nothing is drawn meanwhile: the next clip comes sooner.
        self._busy = True
        self._store(name, lambda: work(sitting), then, self._on_refused)

    def _on_refused(self) -> None:
        """Nothing was written: the answer stands as it was, unless another window has gone on with the sitting."""
        sitting, workspace = self._sitting, self._workspace
        assert sitting is not None
        assert workspace is not None

        def look() -> Step:
            sitting.reload()
            return step_of(workspace, sitting)

        self._store("Look where the sitting stands", look, self._on_looked, lambda: self._on_looked(None))

    def _on_looked(self, step: Step | None) -> None:
        self._busy = False
        self._window.foot.saved.say("Not saved; the reason is under Messages once you leave", "worse")
        former = self._step
        if step is not None and former is not None and (step.stage, step.trial) != (former.stage, former.trial):
            self._take(step)
        else:
            self.perceive()
            self._refresh()

    def _go_on(self, name: str, work: Callable[[Sitting], Any], then: Callable[[Step], None] | None = None) -> None:
        """Write something that leads elsewhere, and go there."""
        workspace = self._workspace
        assert workspace is not None

        def both(sitting: Sitting) -> Step:
            work(sitting)
            return step_of(workspace, sitting)

        self._do(name, both, then or self._take)

    def _on_submit(self) -> None:
        if self._held is not None:
            self._take(self._held)
            return
        workspace, attempt = self._workspace, self._attempt
        if attempt is None or workspace is None or self._busy:
            return
        self._engine.pause()
        attempt.stop()
        answer = attempt.answer()

        def work(sitting: Sitting) -> tuple[Submitted, Step]:
            return sitting.submit(answer), step_of(workspace, sitting)

        self._do("Save the rating", work, self._on_submitted)

    def _on_submitted(self, value: tuple[Submitted, Step]) -> None:
        submitted, step = value
        self._say_saved(step)
        self.changed.emit(submitted.changes)
        if submitted.feedback is None:
            self._take(step)
        else:
            self._busy, self._held = False, step
            self._window.foot.say_keys([("Enter", "next clip"), ("?", "keys")])
            self._view.say_feedback(feedback_words(submitted.feedback), right=submitted.feedback.right)
        self.stored.emit(submitted)

    def _undo(self) -> None:
        if self._busy or self._paused or self._view.asking or self._step is None or not self._step.progress.taken:
            return
        self._engine.pause()
        self._go_on("Take back", lambda sitting: sitting.undo(), self._on_undone)

    def _on_undone(self, step: Step) -> None:
        self._take(step)
        if step.trial is not None:
            self.changed.emit(Changes(frozenset({"ratings", "labels"}), (step.trial.utterance,)))

    def _skip(self, reason: str) -> None:
        self._go_on("Skip", lambda sitting: sitting.skip(reason), self._on_skipped)

    def _on_skipped(self, step: Step) -> None:
        self._say_saved(step)
        self._take(step)

    def _flag(self, note: str) -> None:
        def then(changes: Changes) -> None:
            self._busy = False
            self.changed.emit(changes)
            self._window.foot.saved.say("Note saved", "better")
            self._refresh()

        self._close_prompt()
        self._do("Flag", lambda sitting: sitting.flag(note), then)

    def _press_in_trial(self, name: str) -> None:
        if name == "play" and self._view.clip.replay.isEnabled():
            self._engine.replay()
        elif name == "skip":
            self._ask("Why do you skip this clip?", REASONS, self._skip)
        elif name == "flag":
            self._ask("What should the organiser know about this clip?", (), self._flag)
        else:
            self._hands.press(name)

    def _ask(self, title: str, options: tuple[str, ...], done: Callable[[str], None]) -> None:
        self._interrupt()
        self._view.open_prompt(title, options, done)
        self._window.show_prompt()
        self._window.foot.say_keys([(f"1–{len(options)}", "reason")] if options else [("Enter", "save")])

    def _close_prompt(self) -> None:
        self._view.close_prompt()
        self._window.show_trial()
        self._refresh()

    def _interrupt(self) -> None:
        self._engine.pause()
        if self._attempt is not None:
            self._attempt.interrupt()

    def _enter(self) -> None:
        if self._view.asking:
            self._view.prompt.enter()
        elif self._window.screen_shown is self._window.words:
            self._window.words.press("Enter")
        elif self._view.submit.isEnabled():
            self._on_submit()

    def _escape(self) -> None:
        """Back from a prompt or a line of text; pause; from a page of words, what its second button says."""
        if self._view.asking:
            self._close_prompt()
        elif self._window.screen_shown is self._window.words:
            self._window.words.press("Esc")
        elif self._view.comment is not None and self._view.comment.hasFocus():
            self._window.setFocus()
        elif not self._busy:
            self._pause()

    def _pause(self) -> None:
        """Stop, and say that nothing is lost; the clip is given again from its beginning."""
        assert self._step is not None
        self._interrupt()
        self._watch.stop()
        step = self._held or self._step
        self._do("Pause", lambda sitting: sitting.pause(), lambda _: self._on_paused(step))

    def _on_paused(self, step: Step) -> None:
        self._busy, self._paused = False, True
        self._window.head.say_condition(None)
        self._engine.load(None)
        self._show_words(pause_words(step.progress))

    def _on_chosen(self, name: str) -> None:
        """A button of a page of words."""
        if name == "go_on":
            self._go_on("Go on", lambda sitting: sitting.proceed())
        elif name == "finish":
            self._go_on("End", lambda sitting: sitting.finish())
        elif name == "agree":
            self._go_on("Consent", lambda sitting: sitting.consent(True))
        elif name == "bundle":
            self.bundle_wanted.emit()
        elif name == "decline":
            self._do("Consent", lambda sitting: sitting.consent(False), lambda _: self.left.emit())
        else:
            self.left.emit()

    def _on_state(self, state: PlayerState) -> None:
        extent = self._engine.extent
        if state is PlayerState.PLAYING and self._attempt is not None and extent is not None:
            self._attempt.start(extent.start, extent.end)
        self.perceive()
        self._refresh()

    def _on_position(self, position: float) -> None:
        extent, attempt = self._engine.extent, self._attempt
        if attempt is None or extent is None:
            return
        attempt.move(position)
        self._view.clip.progress.set_share((position - extent.start) / extent.duration)

    def _on_watch(self) -> None:
        """Skip what was not answered in time."""
        attempt, sitting = self._attempt, self._sitting
        if attempt is None or sitting is None or attempt.ended_at is None or not self._in_trial or attempt.playing:
            return
        left = (sitting.plan.clip.time_out or 0.0) - (self._clock() - attempt.ended_at)
        if left <= 0 and not self._view.asking:
            self._skip(TIME_OUT)
        else:
            self._view.clip.say_time_left(max(math.ceil(left), 0))

    def _refresh(self) -> None:
        """Show the attempt as it is."""
        attempt, sitting = self._attempt, self._sitting
        if attempt is None or sitting is None or self._held is not None or self._paused or self._busy:
            return
        state, remedy = self._senses.missing or (_STATES.get(self._engine.state, ClipState.PAUSED), "")
        problem = problem_of(attempt.answer(), sitting.plan, sitting.classes) or ""
        self._view.show_attempt(attempt, state, problem)
        self._view.clip.say_remedy(remedy)
        self._window.foot.say_keys(keys_of(attempt, len(sitting.classes)))

    def _say_saved(self, step: Step) -> None:
        words = numbers.counted(step.progress.done, "trial", "trials")
        self._window.foot.saved.say(f"{words} saved, last {datetime.now():%H:%M:%S}", "better")
