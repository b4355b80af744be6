"""Annotate: one window stands instead of all others while somebody rates; then everything is as it was."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, QSettings, QStandardPaths, Signal
from PySide6.QtWidgets import QApplication, QFileDialog, QWidget
from shiboken6 import isValid

from fairemo_gui.core.plan_file import read_plan
from fairemo_gui.core.rating_plan import RatingPlan
from fairemo_gui.core.records import Changes
from fairemo_gui.errors import UserError
from fairemo_gui.gui import settings as remembered
from fairemo_gui.gui.annotate.attempt import Clock
from fairemo_gui.gui.annotate.conductor import Conductor
from fairemo_gui.gui.annotate.pages import plan_words, sheet_of
from fairemo_gui.gui.annotate.screens import Choice
from fairemo_gui.gui.annotate.step import Step, step_of
from fairemo_gui.gui.annotate.window import AnnotateWindow
from fairemo_gui.gui.annotate.words import MISFIT, SOUND_OFF, TAKEN_UP
from fairemo_gui.gui.controls.switch import Option
from fairemo_gui.gui.jobs import JobRunner, Lane
from fairemo_gui.gui.key_sheet import ANNOTATE, KeySheet
from fairemo_gui.gui.messages import Messages
from fairemo_gui.gui.player.engine import PlayerEngine
from fairemo_gui.gui.player.latency import Latencies
from fairemo_gui.gui.state.feed import WorkspaceFeed
from fairemo_gui.jobs.task import Outcome, OutcomeKind
from fairemo_gui.services.annotation.fit import USUAL, Fit, fits, suggested
from fairemo_gui.services.annotation.plans import shipped_plans
from fairemo_gui.services.annotation.sitting import Sitting
from fairemo_gui.services.annotation.start import start
from fairemo_gui.services.bundles import export_bundle
from fairemo_gui.services.exports.folder import safe_name
from fairemo_gui.store.workspace import Workspace

_LOUDER = {"louder": 10, "quieter": -10}


class Annotating(QObject):
    """Opens the Annotate window over the open workspace, and puts everything back afterwards.

    Args:
        clock: Tells the time by which answers are measured, seconds.
        audible: Whether what is played can be heard; by default what the player knows of sound device and loudness.
            Without it no clip that is to be heard can be rated. Only tests that need no sound say otherwise.

    Signals:
        opened(): Nothing but the Annotate window can be seen or heard any more.
        left(): Everything is back.
    """

    opened = Signal()
    left = Signal()

    def __init__(
        self,
        feed: WorkspaceFeed,
        runner: JobRunner,
        messages: Messages,
        settings: QSettings,
        parent: QObject | None = None,
        clock: Clock = time.monotonic,
        audible: Callable[[], bool] | None = None,
    ) -> None:
        super().__init__(parent)
        self._feed, self._runner, self._messages, self._settings = feed, runner, messages, settings
        self.clock, self.audible = clock, audible or self._is_audible
        self.window: AnnotateWindow | None = None
        self.engine: PlayerEngine | None = None
        self.conductor: Conductor | None = None
        self._plans: dict[str, Path] = {}
        self._fits: dict[str, Fit | None] = {}
        self._chose = False
        self._plan: RatingPlan | None = None
        self._hidden: list[QWidget] = []
        self._changes: list[Changes] = []
        self._rater = ""
        self._visits = self._volume = 0

    @property
    def active(self) -> bool:
        """Whether the Annotate window stands instead of the others."""
        return bool(self._hidden)

    def open(self) -> None:
        """Ask who rates by which plan, with nothing else on the screen."""
        workspace, corpus = self._feed.workspace, self._feed.corpus
        if workspace is None or corpus is None or self.active:
            return
        try:
            workspace.must_be_writable()
        except UserError as error:
            self._messages.failed("Annotate", error)
            return
        self._visits += 1
        window = self._made()
        assert self.engine is not None
        # It may have been changed in the player meanwhile.
        self._volume = remembered.volume(self._settings)
        self.engine.set_volume(self._volume / 100)
        self._hide_others(window)
        window.head.rater.setText("")
        window.head.say_condition(None)
        window.head.say_progress("", 0.0, "")
        window.foot.saved.say("")
        window.foot.say_keys([("Enter", "start"), ("Esc", "leave")])
        window.start.say("Rate clips", "", (Choice("start", "Start", "Enter"), Choice("leave", "Leave", "Esc")))
        window.start.code.clear()
        self._show_plans(window)
        window.show_start()
        self.opened.emit()

    def leave(self) -> None:
        """Put everything back; the sitting can be taken up again where it stands."""
        if not self.active or self.window is None or self.conductor is None:
            return
        self.conductor.close()
        hidden, self._hidden = self._hidden, []
        for widget in filter(isValid, hidden):
            widget.show()
        self.window.hide()
        self._broadcast()
        self.left.emit()

    def close(self) -> None:
        """Leave no thread behind."""
        if self.conductor is not None:
            self.conductor.close()

    def _broadcast(self) -> None:
        """Tell the other windows, together, what was written while they were away."""
        if self._changes:
            kinds = frozenset[str]().union(*(each.kinds for each in self._changes))
            touched = {number for each in self._changes for number in each.utterances}
            everything = not all(each.utterances for each in self._changes)
            self._changes.clear()
            self._feed.broadcast(Changes(kinds, () if everything else tuple(sorted(touched))), self)

    def _made(self) -> AnnotateWindow:
        """The window, made when it is first wanted."""
        if self.window is not None:
            return self.window
        self.window = window = AnnotateWindow()
        self.engine = PlayerEngine(self, Latencies(self._settings))
        self.conductor = Conductor(window, self.engine, lambda: self.clock(), self._store, self._silence, self)
        window.keys.pressed.connect(self._on_key)
        window.keys.number.connect(self.conductor.press_number)
        window.keys.sure.connect(self.conductor.press_sure)
        window.start.chosen.connect(lambda name: self._start() if name == "start" else self.leave())
        window.start.plan_chosen.connect(self._on_plan_chosen)
        window.start.file_wanted.connect(self._open_plan)
        window.close_wanted.connect(self.leave)
        self.conductor.left.connect(self.leave)
        self.conductor.bundle_wanted.connect(self._save_bundle)
        self.conductor.changed.connect(self._changes.append)
        application = QApplication.instance()
        assert application is not None
        application.aboutToQuit.connect(self.close)
        return window

    def _is_audible(self) -> bool:
        assert self.engine is not None
        return not self.engine.silence and self._volume > 0

    def _silence(self) -> str:
        """Why nothing can be heard, and what to do; empty where something can."""
        assert self.engine is not None
        if self.audible():
            return ""
        # Without a device it is of no use to turn the sound up.
        reason = self.engine.silence.partition(":")[0]
        return f"{reason}: {TAKEN_UP}" if reason else SOUND_OFF

    def _hide_others(self, window: AnnotateWindow) -> None:
        """Hide every other window and take it from the desktop, so that no list, preview or reader finds it."""
        others = [each for each in QApplication.topLevelWidgets() if each.isVisible() and each is not window]
        front = QApplication.activeWindow() or (others[0] if others else window)
        window.setGeometry(front.window().geometry())
        window.setWindowState(front.window().windowState())
        window.show()
        self._hidden = sorted(others, key=lambda each: each.parentWidget() is not None)
        for each in others:
            each.hide()
            each.destroy()
        window.activateWindow()

    def _show_plans(self, window: AnnotateWindow) -> None:
        """The plans there are; which of them fit the corpus is looked up meanwhile."""
        last = remembered.rating_plan(self._settings)
        self._plans, self._fits, self._chose = dict(shipped_plans()), {}, False
        if last and last not in self._plans and Path(last).is_file():
            self._plans[last] = Path(last)
        self._list_plans(window, last if last in self._plans else USUAL)
        self._look_for_fits(dict(self._plans), last)

    def _look_for_fits(self, files: dict[str, Path], last: str) -> None:
        workspace, corpus, shipped = self._feed.workspace, self._feed.corpus, shipped_plans()
        if workspace is None or corpus is None:
            return

        def work() -> tuple[dict[str, Fit | None], str]:
            found = fits(workspace, corpus, files)
            ours = {key: each for key, each in found.items() if key in shipped}
            return found, suggested(workspace, corpus, ours, last)

        visit = self._visits

        def end(outcome: Outcome[Any]) -> None:
            if self.active and visit == self._visits and outcome.value is not None:
                self._on_fits(outcome.value)

        self._runner.submit("Look which plans fit", lambda ctx: work(), Lane.STORE, on_end=end, quiet=True)

    def _on_fits(self, found: tuple[dict[str, Fit | None], str]) -> None:
        """Say what the corpus leaves of the plan; begin with a shipped one that fits, unless one was chosen."""
        window = self.window
        assert window is not None
        self._fits |= found[0]
        if window.screen_shown is not window.start or not window.start.buttons["start"].isEnabled():
            return
        if not self._chose and window.start.plans.value() in shipped_plans():
            window.start.plans.set_value(found[1])
        self._choose_plan()

    def _on_plan_chosen(self) -> None:
        self._chose = True
        self._choose_plan()

    def _list_plans(self, window: AnnotateWindow, chosen: str) -> None:
        window.start.plans.set_options([Option(key, _name_of(path)) for key, path in self._plans.items()])
        window.start.plans.set_value(chosen)
        self._choose_plan()

    def _choose_plan(self) -> None:
        """Read the plan chosen and say what it asks."""
        assert self.window is not None
        screen, self._plan = self.window.start, None
        try:
            self._plan = read_plan(self._plans[screen.plans.value()])
        except UserError as error:
            screen.say_plan("")
            screen.say_problem("\n".join([error.message, *error.problems]))
        else:
            found = self._fits.get(screen.plans.value())
            screen.say_plan(plan_words(self._plan, found))
            screen.say_problem(MISFIT if found is None and screen.plans.value() in self._fits else "")
        screen.buttons["start"].setEnabled(self._plan is not None)

    def _open_plan(self) -> None:
        chosen, _ = QFileDialog.getOpenFileName(self.window, "Open a rating plan", _neutral(), "Rating plans (*.toml)")
        if chosen and self.window is not None:
            self._plans[chosen] = Path(chosen)
            self._chose = True
            self._list_plans(self.window, chosen)
            self._look_for_fits({chosen: Path(chosen)}, "")

    def _start(self) -> None:
        """Take up the rater's sitting, or draw one."""
        window, workspace, corpus, plan = self.window, self._feed.workspace, self._feed.corpus, self._plan
        assert window is not None
        rater = window.start.code.text().strip()
        if workspace is None or corpus is None or plan is None:
            return
        if not rater:
            window.start.say_problem("Enter your code first.")
            window.start.code.setFocus()
            return
        self._rater = rater
        window.start.buttons["start"].setEnabled(False)

        def work() -> tuple[Sitting, Step]:
            sitting = start(workspace, corpus, plan, rater)
            return sitting, step_of(workspace, sitting)

        self._submit("Start a sitting", work, lambda found: self._on_started(workspace, found), self._on_not_started)

    def _on_started(self, workspace: Workspace, found: tuple[Sitting, Step]) -> None:
        assert self.window is not None
        assert self.conductor is not None
        remembered.set_rating_plan(self._settings, self.window.start.plans.value())
        self.conductor.begin(workspace, *found)

    def _on_not_started(self, error: BaseException | None) -> None:
        assert self.window is not None
        said = error.message if isinstance(error, UserError) else f"The sitting could not be started: {error}"
        self.window.start.say_problem(said)
        self.window.start.buttons["start"].setEnabled(True)

    def _store(
        self, name: str, work: Callable[[], Any], then: Callable[[Any], None], failed: Callable[[], None]
    ) -> None:
        def refused(error: BaseException | None) -> None:
            self._messages.failed(name, error)
            failed()

        self._submit(name, work, then, refused)

    def _submit(
        self,
        name: str,
        work: Callable[[], Any],
        then: Callable[[Any], None],
        failed: Callable[[BaseException | None], None],
    ) -> None:
        visit = self._visits

        def end(outcome: Outcome[Any]) -> None:
            if not self.active or visit != self._visits:
                # The rater has left meanwhile; it is on the disk all the same.
                self._changes.append(Changes(frozenset({"ratings", "labels"})))
                if not self.active:
                    self._broadcast()
                return
            if outcome.kind is OutcomeKind.SUCCEEDED:
                then(outcome.value)
            else:
                failed(outcome.error)

        self._runner.submit(name, lambda ctx: work(), Lane.STORE, on_end=end, quiet=True, vital=True)

    def _save_bundle(self) -> None:
        """Ask where, then write the ratings for whoever collects them."""
        window, workspace, corpus = self.window, self._feed.workspace, self._feed.corpus
        if window is None or workspace is None or corpus is None:
            return
        place = str(Path(_neutral(), f"{safe_name(self._rater)}.jsonl"))
        chosen, _ = QFileDialog.getSaveFileName(window, "Save the bundle", place, "Bundle of ratings (*.jsonl)")
        if not chosen:
            return
        file, foot = Path(chosen), window.foot
        self._store(
            "Save the bundle",
            lambda: export_bundle(workspace, corpus, file, force=True),
            lambda written: foot.saved.say(f"Saved: {file.name}", "better"),
            lambda: foot.saved.say("The bundle could not be saved; the reason is under Messages", "worse"),
        )

    def _on_key(self, name: str) -> None:
        window, conductor, engine = self.window, self.conductor, self.engine
        assert window is not None
        assert conductor is not None
        assert engine is not None
        if name == "keys":
            KeySheet({"Annotate": self._sheet()}, window).open()
        elif name in _LOUDER:
            self._change_volume(engine, _LOUDER[name])
        elif window.screen_shown is not window.start:
            conductor.press(name)
        elif name == "file":
            self._open_plan()
        elif name in {"enter", "escape"}:
            window.start.press("Enter" if name == "enter" else "Esc")

    def _sheet(self) -> Sequence[tuple[str, str]]:
        """The keys of the plan chosen; all there are before one is."""
        plan, corpus = self._plan, self._feed.corpus
        if plan is None or corpus is None:
            return ANNOTATE
        return sheet_of(plan, len(plan.answers.classes or corpus.scheme.classes))

    def _change_volume(self, engine: PlayerEngine, by: int) -> None:
        assert self.window is not None
        self._volume = min(max(self._volume + by, 0), 100)
        remembered.set_volume(self._settings, self._volume)
        engine.set_volume(self._volume / 100)
        self.window.foot.saved.say(f"Loudness {self._volume} %")
        if self.conductor is not None:
            self.conductor.perceive()


def _name_of(plan: Path) -> str:
    """As the plan calls itself; the file's own name where it cannot be read."""
    try:
        return read_plan(plan).name
    except UserError:
        return plan.stem


def _neutral() -> str:
    """Where file dialogs begin: where the program was last, names of the corpus, clips and other raters stand."""
    return QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation) or str(Path.home())
