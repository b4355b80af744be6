"""Conducts one sitting: presents each trial, hands each answer to be stored, and goes on."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from PySide6.QtCore import QObject, Signal

from fairemo_gui.core.records import Changes
from fairemo_gui.core.trials import Trial
from fairemo_gui.gui.annotate.attempt import Attempt, Clock
from fairemo_gui.gui.annotate.pages import (
    Page,
    break_words,
    consent_words,
    end_words,
    feedback_words,
    pause_words,
    progress_words,
    welcome_words,
)
from fairemo_gui.gui.annotate.presentation import Presentation
from fairemo_gui.gui.annotate.step import Step, Store, step_of
from fairemo_gui.gui.annotate.window import AnnotateWindow
from fairemo_gui.gui.annotate.words import REASONS
from fairemo_gui.gui.controls import numbers
from fairemo_gui.gui.player.engine import PlayerEngine
from fairemo_gui.services.annotation.sitting import Sitting, Stage, Submitted
from fairemo_gui.store.workspace import Workspace

TIME_OUT = "time-out"
_BACK = "Esc"


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
        self._window, self._view, self._store = window, window.trial, store
        self._workspace: Workspace | None = None
        self._sitting: Sitting | None = None
        self._step: Step | None = None
        self._held: Step | None = None
        self._busy = self._paused = False
        self._presented = Presentation(self._view, engine, clock, silence, lambda: self._in_trial, self)
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
        return self._presented.barred

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
        self._presented.close()
        self._sitting = self._step = self._held = None
        self._busy = self._paused = False

    def perceive(self) -> None:
        """Close the trial while its clip cannot be heard or seen as it has to be; once it can, the clip plays."""
        self._presented.perceive()

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
            self._presented.press_number(number)

    def press_sure(self, number: int) -> None:
        """A number key with Shift says how sure one is."""
        if self._in_trial:
            self._presented.press_sure(number)

    @property
    def _in_trial(self) -> bool:
        """Whether an answer may be worked on."""
        there = self._presented.attempt is not None
        return there and self._held is None and not self._busy and not self._paused

    def _connect_signals(self) -> None:
        view = self._view
        for button, name in ((view.undo, "undo"), (view.skip, "skip"), (view.flag, "flag"), (view.clip.replay, "play")):
            button.clicked.connect(lambda _=False, name=name: self.press(name))
        view.submit.clicked.connect(self._on_submit)
        self._window.head.leave.clicked.connect(lambda: self.press("escape"))
        view.prompt.back.clicked.connect(self._close_prompt)
        self._window.words.chosen.connect(self._on_chosen)
        self._presented.keys_changed.connect(self._window.foot.say_keys)
        self._presented.timed_out.connect(lambda: self._skip(TIME_OUT))

    def _take(self, step: Step) -> None:
        """Show where the sitting stands."""
        assert self._sitting is not None
        kept = self._kept(step)
        self._step, self._held, self._busy, self._paused = step, None, False, False
        if step.trial is not None:
            self._take_trial(self._sitting, step, step.trial, kept)
            return
        self._presented.forget()
        self._presented.rest()
        self._window.head.say_condition(None)
        self._window.head.say_progress(*progress_words(step.progress, step.stage))
        words = {Stage.CONSENT: consent_words, Stage.BREAK: break_words, Stage.DONE: end_words}[step.stage]
        self._show_words(words(self._sitting.plan, step.progress))

    def _take_trial(self, sitting: Sitting, step: Step, trial: Trial, kept: Attempt | None) -> None:
        """The clip first: the rater waits for it."""
        self._window.show_trial()
        self._presented.begin(sitting, step, kept)
        self._window.head.say_condition(trial.condition)
        self._window.head.say_progress(*progress_words(step.progress, step.stage))
        self._view.undo.setEnabled(step.progress.taken)
        self.shown.emit(trial)

    def _kept(self, step: Step) -> Attempt | None:
        """What a break interrupted, where the same trial goes on."""
        former = self._step
        interrupted = self._paused and self._held is None and former is not None and former.trial == step.trial
        return self._presented.attempt if interrupted else None

    def _show_words(self, page: Page) -> None:
        self._window.words.say(page.title, page.words, page.choices)
        self._window.show_words()
        keys = [(choice.key, choice.words.lower()) for choice in page.choices]
        self._window.foot.say_keys(keys if _BACK in dict(keys) else [*keys, (_BACK, "leave")])

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
            self._presented.perceive()
            self._presented.refresh()

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
        workspace = self._workspace
        if workspace is None or self._busy or (answer := self._presented.finish()) is None:
            return

        def work(sitting: Sitting) -> tuple[Submitted, Step]:
            return sitting.submit(answer), step_of(workspace, sitting)

        self._do("Save the rating", work, self._on_submitted)

    def _on_submitted(self, value: tuple[Submitted, Step]) -> None:
        submitted, step = value
        if submitted.feedback is None:
            self._take(step)
        else:
            self._busy, self._held = False, step
            self._window.foot.say_keys([("Enter", "next clip"), ("?", "keys")])
            self._view.say_feedback(feedback_words(submitted.feedback), right=submitted.feedback.right)
        self._say_saved(step)
        self.changed.emit(submitted.changes)
        self.stored.emit(submitted)

    def _undo(self) -> None:
        if self._busy or self._paused or self._view.asking or self._step is None or not self._step.progress.taken:
            return
        self._presented.interrupt()
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
            self._presented.refresh()

        self._close_prompt()
        self._do("Flag", lambda sitting: sitting.flag(note), then)

    def _press_in_trial(self, name: str) -> None:
        if name == "skip":
            self._ask("Why do you skip this clip?", REASONS, self._skip)
        elif name == "flag":
            self._ask("What should the organiser know about this clip?", (), self._flag)
        else:
            self._presented.press(name)

    def _ask(self, title: str, options: tuple[str, ...], done: Callable[[str], None]) -> None:
        self._presented.interrupt()
        self._view.open_prompt(title, options, done)
        self._window.show_prompt()
        self._window.foot.say_keys([(f"1–{len(options)}", "reason") if options else ("Enter", "save"), (_BACK, "back")])

    def _close_prompt(self) -> None:
        self._view.close_prompt()
        self._window.show_trial()
        self._presented.refresh()

    def _enter(self) -> None:
        if self._view.asking:
            self._view.prompt.enter()
        elif self._window.screen_shown is self._window.words:
            self._window.words.press("Enter")
        elif self._view.submit.isEnabled():
            self._on_submit()

    def _escape(self) -> None:
        """Back from a prompt or a line of text; pause; from a page of words, what its button says, or leave."""
        if self._view.asking:
            self._close_prompt()
        elif self._window.screen_shown is self._window.words:
            if not self._window.words.press(_BACK):
                self.left.emit()
        elif self._view.comment is not None and self._view.comment.hasFocus():
            self._window.setFocus()
        elif not self._busy:
            self._pause()

    def _pause(self) -> None:
        """Stop, and say that nothing is lost; the clip goes on where it stopped."""
        assert self._step is not None
        self._presented.leave()
        step = self._held or self._step
        self._do("Pause", lambda sitting: sitting.pause(), lambda _: self._on_paused(step))

    def _on_paused(self, step: Step) -> None:
        self._busy, self._paused = False, True
        self._window.head.say_condition(None)
        self._presented.rest()
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

    def _say_saved(self, step: Step) -> None:
        words = numbers.counted(step.progress.done, "trial", "trials")
        self._window.foot.saved.say(f"{words} saved, last {datetime.now():%H:%M:%S}", "better")
