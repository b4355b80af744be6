"""A rater's desk for tests: a corpus whose every name is a secret, the Annotate window over it, keys, a clock."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from PySide6.QtCore import QEventLoop, QSettings, Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QMainWindow

from fairemo_gui.core.emotions import CREMA_D
from fairemo_gui.core.rating_plan import RatingPlan, plan_text
from fairemo_gui.core.records import CorpusBundle, Gender, Rating, Speaker, Utterance
from fairemo_gui.gui.annotate.conductor import Conductor
from fairemo_gui.gui.annotate.step import Step
from fairemo_gui.gui.annotate.window import AnnotateWindow
from fairemo_gui.gui.controllers.annotating import Annotating
from fairemo_gui.gui.jobs import JobRunner
from fairemo_gui.gui.messages import Messages
from fairemo_gui.gui.player.engine import PlayerEngine, PlayerState
from fairemo_gui.gui.state.feed import WorkspaceFeed
from fairemo_gui.services.annotation.sitting import Stage
from fairemo_gui.store import corpora, ratings
from fairemo_gui.store.workspace import Workspace

LENGTH = 0.4
"""Seconds of every clip."""
LATE = 5
"""Milliseconds after the end at which a simulated player notices it."""
SECRET = "xyzzy"
"""Stands in every name of the corpus: of files, speakers, clips, transcripts, and of the corpus itself."""
SHIFT = Qt.KeyboardModifier.ShiftModifier
CLIPS, SPEAKERS = 96, 24


def make_workspace(folder: Path, film: Path, clips: int = CLIPS, length: float = LENGTH) -> Path:
    """A workspace of short clips that follow one another in one film."""
    speakers = tuple(
        Speaker(f"{SECRET}-s{k:02}", Gender.FEMALE if k % 2 else Gender.MALE, race=SECRET) for k in range(SPEAKERS)
    )
    utterances = tuple(
        Utterance(
            f"{SECRET}-{k:03}", speakers[k % SPEAKERS].code, film.name, film.name, k * length, (k + 1) * length,
            transcript=f"It is {SECRET}.", dialogue=f"{SECRET}-d{k // 8}", turn=k % 8, intended=k % 6,
        )
        for k in range(clips)
    )  # fmt: skip
    bundle = CorpusBundle(f"{SECRET}-corpus", str(film.parent), "test 1", CREMA_D, speakers, utterances)
    place = folder / f"{SECRET}.fairemo"
    with Workspace(place, create=True) as workspace:
        corpora.add_bundle(workspace, bundle)
    return place


class SimulatedClock:
    """Time that passes only when a test says so; moments are whole milliseconds."""

    def __init__(self) -> None:
        self._milliseconds = 1_000_000

    def __call__(self) -> float:
        return self._milliseconds / 1000

    def pass_by(self, milliseconds: int) -> None:
        self._milliseconds += milliseconds


class Waits(Protocol):
    """What a desk needs of `qtbot`."""

    def waitUntil(self, condition: Callable[[], bool], *, timeout: int = 5000) -> None:  # noqa: N802 - Qt's style
        """Let the window run until something holds."""


class Waiter:
    """Lets the window run until something holds, in an event loop: as the program runs, and other threads with it."""

    def waitUntil(self, condition: Callable[[], bool], *, timeout: int = 5000) -> None:  # noqa: N802 - as of `qtbot`
        """Wait, or say that it took too long."""
        loop, watch, until = QEventLoop(), QTimer(interval=1), time.monotonic() + timeout / 1000
        watch.timeout.connect(lambda: loop.quit() if condition() or time.monotonic() > until else None)
        watch.start()
        loop.exec()
        if not condition():
            raise TimeoutError("the window did not come to it")


class Desk:
    """The Annotate window over a workspace, as a rater meets it.

    Attributes:
        main: Stands for the main window; it tells the secret.
        keys: What was pressed.
    """

    def __init__(
        self,
        bot: Waits,
        folder: Path,
        clock: Callable[[], float] | None = None,
        audible: Callable[[], bool] | None = None,
    ) -> None:
        self.bot, self.folder = bot, folder
        self.main = QMainWindow()
        self.main.setWindowTitle(SECRET)
        self.main.setCentralWidget(QLabel(f"{SECRET}: happy"))
        self.main.resize(1280, 720)
        self.main.show()
        self.runner, self.feed = JobRunner(self.main), WorkspaceFeed(self.main)
        self.settings = QSettings(str(folder.parent / "settings.ini"), QSettings.Format.IniFormat)
        self.messages = Messages(self.main)
        self.annotating = Annotating(
            self.feed, self.runner, self.messages, self.settings, self.main, clock or time.monotonic, audible
        )
        self.workspace = Workspace(folder)
        self.feed.open(self.workspace)
        corpus = corpora.corpora(self.workspace)[0]
        self.feed.show_corpus(corpus, corpora.table(self.workspace, corpus.id))

    @property
    def window(self) -> AnnotateWindow:
        assert self.annotating.window is not None
        return self.annotating.window

    @property
    def engine(self) -> PlayerEngine:
        assert self.annotating.engine is not None
        return self.annotating.engine

    @property
    def conductor(self) -> Conductor:
        assert self.annotating.conductor is not None
        return self.annotating.conductor

    @property
    def step(self) -> Step:
        assert self.conductor.step is not None
        return self.conductor.step

    def sit_down(self, plan: RatingPlan, code: str = "R07") -> None:
        """Open the page, log in by code, choose the plan, agree; all by keys but the file dialog."""
        file = self.folder.parent / "plan.toml"
        file.write_text(plan_text(plan), encoding="utf-8")
        self.settings.setValue("annotate/plan", str(file))
        self.annotating.open()
        self.bot.waitUntil(lambda: self.window.isActiveWindow() and self.window.start.code.hasFocus())
        QTest.keyClicks(self.window.start.code, code)
        self.press(Qt.Key.Key_Return)
        self.bot.waitUntil(lambda: self.conductor.step is not None or bool(self.window.start.problem.text()))
        assert self.window.start.problem.text() == ""
        if self.window.words.isVisible() and self.window.words.title.text() == "Welcome back":
            self.go_on(Qt.Key.Key_Return)
        if self.step.stage is Stage.CONSENT:
            self.go_on(Qt.Key.Key_Return)

    def press(self, *keys: Qt.Key, shift: bool = False) -> None:
        """Keys, one after the other, to whatever has the keyboard."""
        for key in keys:
            target = self.window.focusWidget() or self.window
            QTest.keyClick(target, key, SHIFT if shift else Qt.KeyboardModifier.NoModifier)

    def go_on(self, *keys: Qt.Key) -> None:
        """Press keys that lead elsewhere, and wait until the page is there."""
        step = self.conductor.step
        self.press(*keys)
        self.bot.waitUntil(lambda: self.conductor.step is not step and not self.conductor.busy, timeout=5000)

    def wait(self, state: PlayerState) -> None:
        """Wait until the clip does something."""
        self.bot.waitUntil(lambda: self.engine.state is state, timeout=5000)

    def wait_for_words(self, title: str) -> None:
        """Wait until a page of words is shown."""
        words = self.window.words
        self.bot.waitUntil(lambda: self.window.screen_shown is words and words.title.text() == title, timeout=5000)

    def play_out(self, clock: SimulatedClock | None = None) -> None:
        """Wait until the clip has begun, and is over: at once on a simulated clock."""
        if clock is not None:
            self.wait(PlayerState.PLAYING)
            # Until it is known that there is no sound device, no clock of the player runs.
            self.bot.waitUntil(lambda: not self.engine._playhead.audible, timeout=5000)
            clock.pass_by(round(LENGTH * 1000) + LATE)
        self.wait(PlayerState.ENDED)

    def stored(self, rater: str = "R07") -> list[Rating]:
        """The rater's rows of the log, in order."""
        return ratings.read(self.workspace, "rater.code = ?", rater)[::-1]

    def close(self) -> None:
        """Leave, and let everything go."""
        self.annotating.leave()
        self.annotating.close()
        self.runner.close()
        self.workspace.close()
        self.main.close()
        if self.annotating.window is not None:
            self.annotating.window.deleteLater()
        self.main.deleteLater()
