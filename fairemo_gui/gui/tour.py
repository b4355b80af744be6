"""A walk through every view as a person would take it, leaving pictures and the report: for machines without a screen.

The window is driven through its own actions and views; each step waits until what it asked for has happened.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import GeneratorType

import numpy as np
from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QApplication, QDialog, QWidget

from fairemo_gui.core.records import Condition, Gender, Truth
from fairemo_gui.gui.annotate.conductor import Conductor
from fairemo_gui.gui.annotate.step import Step
from fairemo_gui.gui.annotate.words import REASONS
from fairemo_gui.gui.controls.toast import Toast, Tone
from fairemo_gui.gui.main_window import MainWindow
from fairemo_gui.gui.organise.page import ADJUDICATE, RATERS
from fairemo_gui.gui.settings import ThemeChoice
from fairemo_gui.gui.state.chart_context import HUMAN, NET
from fairemo_gui.gui.toolbar import ANALYSE, ANNOTATE, ORGANISE
from fairemo_gui.store import labels, nets

_LOG = logging.getLogger(__name__)
_TICK_MS = 50
_PATIENCE = 900.0
_RATED = 30
_TRIALS = 4
_DASHBOARDS = ("calibration", "slices", "embedding", "thresholds", "runs", "agreement", "what_if")

Wait = Callable[[], bool]


class TourError(Exception):
    """A step of the tour did not end as it should."""


class Tour(QObject):
    """Walks a script of waits; ends the application with 0, or with 1 and the reason in the log.

    Args:
        window: The window, opening the demo.
        folder: Where pictures and report are put.
    """

    def __init__(self, window: MainWindow, folder: Path) -> None:
        super().__init__(window)
        self._window, self._folder = window, folder
        self._script = self._walk()
        self._wait: Wait = lambda: True
        self._since = time.monotonic()
        self._timer = QTimer(self, interval=_TICK_MS)
        self._timer.timeout.connect(self._tick)
        self._timer.start()

    def _tick(self) -> None:
        try:
            if not self._wait():
                if time.monotonic() - self._since > _PATIENCE:
                    raise TourError(f"waited too long in {self._place()}")
                return
            self._wait = next(self._script)
            self._since = time.monotonic()
        except StopIteration:
            self._end(0)
        except Exception:  # noqa: BLE001 - whatever it was ends the tour, with the reason in the log
            _LOG.exception("the tour stopped")
            self._end(1)

    def _place(self) -> str:
        """The step of the script that waits."""
        script = self._script
        while isinstance(script, GeneratorType) and isinstance(script.gi_yieldfrom, GeneratorType):
            script = script.gi_yieldfrom
        frame = script.gi_frame if isinstance(script, GeneratorType) else None
        return "the end" if frame is None else f"{frame.f_code.co_name}, line {frame.f_lineno}"

    def _end(self, status: int) -> None:
        self._timer.stop()
        self._window.close()
        QApplication.exit(status)

    def _walk(self) -> Iterator[Wait]:
        window = self._window
        yield lambda: window.feed.corpus is not None
        yield from self._train_first()
        yield from self._analyse()
        yield from self._rate()
        yield from self._retrain()
        yield from self._dashboards()
        yield from self._annotate()
        yield from self._organise()
        yield from self._themes_and_sizes()
        window.work.report(self._folder / "report.html")
        yield lambda: (self._folder / "report.html").is_file() and window.settled
        self._complain()

    def _train_first(self) -> Iterator[Wait]:
        """Wait for the first net; take a picture of the training and of charts that fill in."""
        window = self._window
        if not self._nets() and not window.work.is_training:
            window.work.train_first_net()
        if window.work.is_training:
            yield lambda: window.table.settled and window.player.settled
            yield lambda: window.feed.facts.training is not None or not window.work.is_training
            if window.work.is_training:
                yield lambda: window.charts.settled and window.charts.shown is not None
                self._picture("charts-filling-in", window)
        yield lambda: bool(self._nets()) and not window.work.is_training

    def _analyse(self) -> Iterator[Wait]:
        """From the matrix of the group that is served worse to a clip, playing."""
        window = self._window
        window.appearance.choose(ThemeChoice.DARK)
        window.context.set_predictor(f"{NET}{self._nets()[0].id}")
        yield self._complete
        group, truth, predicted = self._largest_error()
        window.analyse.charts.confusion.cell_activated.emit(group, truth, predicted)
        yield lambda: window.filters.chart is not None and window.settled
        window.analyse.utterances.step(1)
        yield lambda: window.settled and window.analyse.player.is_ready
        yield from self._play_to(0.45)
        self._picture("analyse-dark", window)
        window.filters.clear()
        window.context.set_predictor(f"{HUMAN}{Condition.VOICE.value}")
        yield self._complete
        self._picture("voice-raters-dark", window)

    def _rate(self) -> Iterator[Wait]:
        """Rate what the net got wrong, with its answers out of sight: by voice and by face once, then by both."""
        window, panel = self._window, self._window.analyse.labels
        window.context.set_predictor(f"{NET}{self._nets()[0].id}")
        window.filters.set_query("wrong")
        window.actions_.predictions.setChecked(False)
        yield self._complete
        wrong = window.analyse.utterances.shown_ids()[:_RATED].tolist()
        window.filters.clear()
        before = self._own_ratings()
        for k, utterance in enumerate(wrong):
            condition = (Condition.VOICE, Condition.FACE)[k] if k < len(Condition) - 1 else Condition.AV
            window.selection.set_current(utterance)
            yield lambda: window.settled and window.analyse.player.is_ready
            panel.rate.set_condition(condition)
            yield lambda: window.settled
            window.actions_.numbers[self._intended(utterance)].trigger()
            yield self._rated(before + k + 1)
            if condition is not Condition.AV:
                self._picture(f"rating-by-{condition.value}", window)
        window.actions_.predictions.setChecked(True)
        panel.rate.set_condition(Condition.AV)
        yield lambda: window.settled

    def _retrain(self) -> Iterator[Wait]:
        window = self._window
        window.work.retrain()
        yield lambda: window.work.is_training
        yield lambda: not window.work.is_training and window.comparing.view is not None
        yield lambda: window.settled
        for choice in (ThemeChoice.DARK, ThemeChoice.LIGHT):
            window.appearance.choose(choice)
            yield lambda: window.settled
            self._picture(f"compare-{choice.value}", window)
        window.compare.keep_requested.emit()
        yield lambda: window.settled
        window.show_mode(ANALYSE)

    def _dashboards(self) -> Iterator[Wait]:
        """Every other chart, in both themes."""
        window, area = self._window, self._window.analyse.charts
        window.context.set_predictor(f"{NET}{self._nets()[0].id}")
        for choice in (ThemeChoice.LIGHT, ThemeChoice.DARK):
            window.appearance.choose(choice)
            for name in _DASHBOARDS:
                area.show_chart(name)
                yield self._complete
                self._picture(f"{name.replace('_', '-')}-{choice.value}", area)
        window.actions_.charts_layout.setChecked(True)
        for name in ("confusion", "fairness", "calibration", "slices"):
            area.show_chart(name)
        yield self._complete
        self._picture("charts-dark", window)
        window.actions_.charts_layout.setChecked(False)
        for name in ("confusion", "fairness"):
            area.show_chart(name)
        yield self._complete

    def _annotate(self) -> Iterator[Wait]:
        """Sit down as a rater with the shipped plan, and rate by keys what can be heard and seen here."""
        window, annotating = self._window, self._window.annotating
        window.show_mode(ANNOTATE)
        page, conductor = annotating.window, annotating.conductor
        assert page is not None
        assert conductor is not None
        yield page.isVisible
        page.start.code.setText("tour")
        page.start.plans.set_value("demo")
        page.start.plan_chosen.emit()
        yield lambda: "trials" in page.start.summary.text()
        self._picture("annotate-start-dark", page)
        page.keys.actions["enter"][0].trigger()
        yield lambda: conductor.step is not None
        for _ in range(_TRIALS):
            yield page.trial.submit.isVisible
            step = conductor.step
            assert step is not None
            assert step.trial is not None
            yield lambda: (page.trial.tiles is not None and page.trial.tiles.isEnabled()) or conductor.barred
            # Without a sound device only what is seen can be rated.
            barred = conductor.barred
            for name in () if barred else ("number_4", "more", "sure_4"):
                page.keys.actions[name][0].trigger()
            self._picture(f"annotate-{step.trial.condition.value}-dark", page)
            for name in ("skip", f"number_{len(REASONS)}") if barred else ("enter",):
                page.keys.actions[name][0].trigger()
            yield self._another(conductor, step)
        annotating.leave()
        yield lambda: not annotating.active and window.settled

    @staticmethod
    def _another(conductor: Conductor, former: Step) -> Wait:
        return lambda: conductor.step is not former and not conductor.busy

    def _organise(self) -> Iterator[Wait]:
        """What the raters did, and what they do not agree on."""
        window, page = self._window, self._window.organise
        window.show_mode(ORGANISE)
        for part in (RATERS, ADJUDICATE):
            page.show_part(part)
            yield lambda: window.settled
            self._picture(f"organise-{part}-dark", window)
        window.show_mode(ANALYSE)

    def _themes_and_sizes(self) -> Iterator[Wait]:
        window = self._window
        window.context.set_predictor(f"{NET}{self._nets()[0].id}")
        yield self._complete
        yield from self._play_to(0.6)
        window.appearance.choose(ThemeChoice.LIGHT)
        yield lambda: window.settled
        self._picture("analyse-light", window)
        usual = window.size()
        window.resize(1280, 720)
        yield self._complete
        self._picture("analyse-1280x720", window)
        window.actions_.charts_layout.setChecked(True)
        yield self._complete
        self._picture("charts-1280x720", window)
        window.actions_.charts_layout.setChecked(False)
        window.resize(usual)
        QTimer.singleShot(0, window.help.show_keys)
        yield lambda: self._dialog() is not None
        dialog = self._dialog()
        assert dialog is not None
        self._picture("keys", dialog)
        dialog.close()

    def _play_to(self, share: float) -> Iterator[Wait]:
        """Play the current utterance up to a share of its length."""
        window, player = self._window, self._window.analyse.player
        positions: list[float] = []
        player.position_changed.connect(positions.append)
        window.player.play()
        item = player.item
        length = 2.0 if item is None or item.clip.end is None else item.clip.end - (item.clip.start or 0.0)
        start = 0.0 if item is None else item.clip.start or 0.0
        yield lambda: bool(positions) and max(positions) - start >= share * length
        player.pause()
        player.position_changed.disconnect(positions.append)
        yield lambda: window.settled

    def _complete(self) -> bool:
        return self._window.settled and self._window.charts.complete

    def _nets(self) -> list[nets.NetRow]:
        workspace = self._window.feed.workspace
        return [] if workspace is None else nets.nets(workspace)

    def _rated(self, many: int) -> Wait:
        return lambda: self._window.settled and self._own_ratings() >= many

    def _own_ratings(self) -> int:
        workspace = self._window.feed.workspace
        assert workspace is not None
        return workspace.db.table("rating").count_where(
            "rater_id = (SELECT id FROM rater WHERE code = ?)", [self._window.analyse.labels.rate.rater]
        )

    def _intended(self, utterance: int) -> int:
        """The class the actor was asked for: the demo knows it."""
        workspace, corpus = self._window.feed.workspace, self._window.feed.corpus
        assert workspace is not None
        assert corpus is not None
        counts = labels.counts(workspace, np.array([utterance]), Truth.INTENDED, len(corpus.scheme))
        return int(counts[0].argmax())

    def _largest_error(self) -> tuple[str, int, int]:
        """The cell off the diagonal with most utterances, in the group with the lower macro-F1."""
        shown = self._window.charts.shown
        assert shown is not None
        groups = [g for g in shown.view.evaluation.groups if g.value in set(Gender)]
        worst = min(groups, key=lambda g: g.metrics.scores["macro_f1"])
        errors = worst.confusion.counts * (1 - np.eye(len(worst.confusion.counts), dtype=np.int64))
        truth, predicted = np.unravel_index(int(errors.argmax()), errors.shape)
        return str(worst.value), int(truth), int(predicted)

    def _dialog(self) -> QDialog | None:
        active = QApplication.activeModalWidget() or QApplication.activeWindow()
        if isinstance(active, QDialog):
            return active
        return next((w for w in QApplication.topLevelWidgets() if isinstance(w, QDialog) and w.isVisible()), None)

    def _picture(self, name: str, widget: QWidget) -> None:
        for toast in self._window.findChildren(Toast):
            toast.hide()
        QApplication.processEvents()
        if not widget.grab().save(str(self._folder / f"{name}.png")):
            raise TourError(f"{name}.png could not be written")

    def _complain(self) -> None:
        errors = [message.sentence for message in self._window.messages.log() if message.tone is Tone.ERROR]
        if errors:
            raise TourError("; ".join(errors))


def start_tour(window: MainWindow, folder: Path) -> Tour:
    """Begin the tour as soon as the window stands."""
    return Tour(window, folder)
