"""The long jobs of the toolbar: extract, train, predict, retrain, report, and making the demo."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QObject, Qt, Signal

from fairemo_gui.core.records import Changes, Truth
from fairemo_gui.evaluation.sample import Mode
from fairemo_gui.gui.controllers.choices import predictor_of
from fairemo_gui.gui.controls import numbers
from fairemo_gui.gui.dialogs.work import FACES
from fairemo_gui.gui.jobs import Job, JobRunner, Lane
from fairemo_gui.gui.messages import Messages
from fairemo_gui.gui.state.chart_context import NET, ChartContext
from fairemo_gui.gui.state.feed import WorkspaceFeed
from fairemo_gui.jobs.task import Outcome, OutcomeKind, TaskContext
from fairemo_gui.services import demo, extraction, prediction, training
from fairemo_gui.services.comparison import ComparisonView
from fairemo_gui.services.lab import Lab
from fairemo_gui.services.training import TrainPlan
from fairemo_gui.store.nets import NetRow

OPEN = "open:"
"""Key of a message whose button opens a file."""
_LABELS = {Truth.AV: "AV labels", Truth.VOICE: "voice labels", Truth.FACE: "face labels", Truth.INTENDED: "intended"}
_Done = Callable[[Any], None]


class Work(QObject):
    """Submits jobs and tells what became of them.

    Signals:
        predicting(net, done, total): A net is answering; total 0 = it has finished.
        training_began(title): A net is being trained.
        training_planned(facts): What it learns from, and that speakers are kept apart.
        epoch(dict): Figures of an epoch.
        training_said(str): What the training is doing.
        training_ended(): Whatever became of it.
        trained(NetRow): A net is ready.
        compared(ComparisonView): A net was retrained and compared.
        same_net(str): No net was retrained, for it would be the same one; why, and what to do.
        demo_made(Path): The demo workspace is there.
    """

    predicting = Signal(int, int, int)
    training_began = Signal(str)
    training_planned = Signal(str)
    epoch = Signal(dict)
    training_said = Signal(str)
    training_ended = Signal()
    trained = Signal(object)
    compared = Signal(object)
    same_net = Signal(str)
    demo_made = Signal(object)

    def __init__(
        self,
        feed: WorkspaceFeed,
        context: ChartContext,
        runner: JobRunner,
        messages: Messages,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._feed, self._context, self._runner, self._messages = feed, context, runner, messages
        self._training: Job | None = None
        self._predicting: dict[int, int] = {}
        runner.progressed.connect(self._on_progress)

    @property
    def is_training(self) -> bool:
        """Whether a net is being trained."""
        return self._training is not None

    def lab(self) -> Lab | None:
        """The corpus shown, with the place where heavy work runs."""
        workspace, corpus = self._feed.workspace, self._feed.corpus
        return None if workspace is None or corpus is None else Lab(workspace, corpus, self._runner.compute)

    def extract(self, names: list[str]) -> None:
        """Track faces and run encoders, one job each."""
        for name in names:
            if name == FACES:
                self._submit("Track faces", extraction.track_faces, self._say)
            else:
                self._submit(f"Extract {name}", partial(_extract, name), self._say)

    def train(self, plan: TrainPlan) -> None:
        """Train a net; its held-out predictions come with it."""

        def work(ctx: TaskContext, lab: Lab) -> NetRow:
            _tell_plan(ctx, lab, plan)
            return training.train(ctx, lab, plan)

        self._train(f"Train {plan.recipe}", work, self._on_trained)

    def train_first_net(self) -> None:
        """Train the demo's first net as soon as its corpus is shown."""
        if self._feed.corpus is not None:
            self.train(demo.FIRST_NET)
            return
        self._feed.corpus_changed.connect(self.train_first_net, Qt.ConnectionType.SingleShotConnection)

    def retrain(self, *, anyway: bool = False) -> None:
        """Train the newest net's recipe again on today's ratings and compare the two.

        Where no label changed it says so instead, and what to do; `anyway` trains all the same.
        """
        old = self._feed.facts.net(None)
        if old is None:
            return

        def work(ctx: TaskContext, lab: Lab) -> ComparisonView | str:
            _tell_plan(ctx, lab, training.plan_of(old))
            same = "" if anyway else training.unchanged(lab, old)
            return same or training.retrain(ctx, lab, old.id)

        self._train(f"Retrain net {old.id}", work, self._on_retrained)

    def predict(self, net: int) -> None:
        """Ask a net about every utterance; charts fill in as it answers."""
        self._context.set_predictor(f"{NET}{net}")
        job = self._submit(f"Predict, net {net}", lambda ctx, lab: prediction.predict(ctx, lab, net), self._say)
        if job is not None:
            self._predicting[job.number] = net

    def report(self, to: Path, ids: npt.NDArray[np.int64] | None = None, of: str = "") -> None:
        """Write the report on the truth, predictor and group of the charts.

        With `ids` it is of these utterances alone, and says of which in the words of `of`.
        """
        choice, predictor = self._context.choice, predictor_of(self._context.choice)
        workspace, corpus = self._feed.workspace, self._feed.corpus
        if workspace is None or corpus is None or predictor is None:
            self._messages.inform("There is nothing to report yet: no answers have been evaluated.")
            return

        def write(ctx: TaskContext) -> Path:
            from fairemo_gui.services.reporting import Part, write_report

            words = "" if ids is None else f"Of {numbers.counted(len(ids), 'utterance', 'utterances')} alone: {of}."
            part = Part(ids, Mode.SOFT if choice.soft else None, choice.gold or None, words)
            return write_report(ctx, workspace, corpus, choice.truth, predictor, to, (choice.group,), only=part)

        self._runner.submit(
            "Report", write, on_end=lambda out: self._ended("Report", out, lambda path: self._say_path(path))
        )

    def stop_training(self) -> None:
        """Stop the training that runs."""
        if self._training is not None:
            self._runner.cancel(self._training)

    def make_demo(self, folder: Path) -> None:
        """Make the demo workspace, open it, and train a first net on it."""
        self._runner.submit(
            "Make the demo",
            lambda ctx: demo.make_workspace(ctx, folder),
            on_end=lambda out: self._ended("Making the demo", out, lambda _: self.demo_made.emit(folder)),
        )

    def _train(self, name: str, work: Callable[[TaskContext, Lab], Any], done: _Done) -> None:
        if self.is_training:
            return
        self._training = self._submit(name, work, done)
        if self._training is not None:
            self._training.counted = False
            self.training_began.emit(name)

    def _submit(self, name: str, work: Callable[[TaskContext, Lab], Any], done: _Done) -> Job | None:
        lab = self.lab()
        if lab is None:
            return None
        job = self._runner.submit(name, lambda ctx: work(ctx, lab), Lane.COMPUTE, on_part=self._on_part)
        job.on_end = lambda outcome: self._on_end(job, outcome, done)
        return job

    def _on_part(self, part: object) -> None:
        if isinstance(part, Changes):
            self._feed.broadcast(part, self)
        elif isinstance(part, dict) and "epoch" in part:
            self.epoch.emit(part)
        elif isinstance(part, dict) and "plan" in part:
            self.training_planned.emit(part["plan"])
        elif isinstance(part, dict) and "answered" in part:
            self._on_answered(part["net"], part["answered"])

    def _on_answered(self, net: int, answered: int) -> None:
        """A net in training has answered for a fold: charts can show what there is."""
        table, first = self._feed.table, not self._feed.facts.nets
        self._feed.set_training(net)
        if first:
            self._context.set_predictor(f"{NET}{net}")
        self.predicting.emit(net, answered, 0 if table is None else len(table))

    def _on_progress(self, job: Job) -> None:
        if job.progress is None:
            return
        if job.number in self._predicting and job.progress.text == "Predicting" and job.progress.total:
            self.predicting.emit(self._predicting[job.number], job.progress.done, job.progress.total)
        if job is self._training:
            self.training_said.emit(job.progress.text)

    def _on_end(self, job: Job, outcome: Outcome[Any], done: _Done) -> None:
        if job.number in self._predicting:
            self.predicting.emit(self._predicting.pop(job.number), 0, 0)
        if job is self._training:
            self._training = None
            if (net := self._feed.facts.training) is not None:
                self.predicting.emit(net, 0, 0)
            self._feed.set_training(None)
            self.training_ended.emit()
        self._ended(job.name, outcome, done)

    def _ended(self, name: str, outcome: Outcome[Any], done: _Done) -> None:
        if outcome.kind is OutcomeKind.SUCCEEDED:
            done(outcome.value)
        elif outcome.kind is OutcomeKind.FAILED:
            self._messages.failed(name, outcome.error)
        else:
            self._messages.inform(f"{name} was stopped.")

    def _say(self, result: Any) -> None:
        self._messages.inform(result.sentence())
        if result.skipped:
            lines = "\n".join(result.skipped)
            self._messages.warn(f"{len(result.skipped)} utterances were left out.", lines)

    def _say_path(self, path: Path) -> None:
        self._messages.inform(f"The report is in {path}.", "Open", f"{OPEN}{path}")

    def _on_trained(self, net: NetRow) -> None:
        self._messages.inform(f"Net {net.id} is trained ({net.seconds:.0f} s).")
        self._context.set_predictor(f"{NET}{net.id}")
        self.trained.emit(net)

    def _on_retrained(self, found: ComparisonView | str) -> None:
        if isinstance(found, str):
            self.same_net.emit(found)
            return
        self.trained.emit(found.new)
        self.compared.emit(found)


def _tell_plan(ctx: TaskContext, lab: Lab, plan: TrainPlan) -> None:
    """Hand out what would be learnt from what; a division with a speaker in two parts is refused here."""
    lesson = training.lesson_of(lab, plan)
    labels = f"{_LABELS[lesson.truth]} of {numbers.counted(lesson.labelled, 'utterance', 'utterances')}"
    division = f"{plan.folds} folds" if plan.folds > 1 else "one split"
    speakers = numbers.counted(len(lesson.table.speakers), "speaker", "speakers")
    parts = f"{speakers} in {division}, none in two parts"
    encoders = " + ".join(lesson.encoders.values())
    facts = (plan.recipe, labels, encoders, parts, f"seed {plan.seed}", *lesson.warnings)
    ctx.emit({"plan": " · ".join(facts)})


def _extract(encoder: str, ctx: TaskContext, lab: Lab) -> extraction.Extraction:
    return extraction.extract(ctx, lab, encoder)
