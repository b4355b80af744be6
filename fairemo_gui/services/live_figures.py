"""Figures that keep up with what is written: read once, then adjusted for the utterances that changed."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from fairemo_gui.core.records import Changes, Truth
from fairemo_gui.evaluation.evaluate import evaluate
from fairemo_gui.evaluation.intervals import IntervalPlan
from fairemo_gui.evaluation.live import LiveEvaluation
from fairemo_gui.evaluation.records import Evaluation
from fairemo_gui.evaluation.sample import Mode
from fairemo_gui.services.evaluation import EvaluationView
from fairemo_gui.services.samples import NetPredictor, Predictor, Rows, read_answers_again, read_labels_again, read_rows
from fairemo_gui.store.corpora import CorpusRow, UtteranceTable
from fairemo_gui.store.workspace import Workspace

HISTOGRAM_BINS = 20
_MANY = 1 / 4
"""Where a larger share of the utterances changed, reading everything again is quicker than one by one."""

Histograms = Mapping[str | None, npt.NDArray[np.int64]]


@dataclass(frozen=True)
class Figuring:
    """What figures are about.

    Attributes:
        mode: Overrides how truth is read.
        ids: Only these utterances; None = all.
        gold: Name of adjudicated labels that count as true.
    """

    truth: Truth
    predictor: Predictor
    by: str = "gender"
    mode: Mode | None = None
    ids: tuple[int, ...] | None = None
    gold: str | None = None


def histogram(probabilities: npt.ArrayLike, bins: int = HISTOGRAM_BINS) -> npt.NDArray[np.int64]:
    """Counts of predicted probabilities of all classes in equal-width bins of 0–1."""
    counts, _ = np.histogram(np.asarray(probabilities, dtype=np.float64), bins=bins, range=(0.0, 1.0))
    return counts.astype(np.int64)


class LiveFigures:
    """The figures of one setting.

    What was written is noted by `note`, from any thread, and read by the next `figures`: the first time everything,
    then no more than what changed. Intervals are drawn from a copy, so that point figures never wait for them.
    """

    def __init__(self, workspace: Workspace, corpus: CorpusRow, table: UtteranceTable, about: Figuring) -> None:
        self._workspace, self._corpus, self._table, self._about = workspace, corpus, table, about
        self._lock, self._noting = threading.Lock(), threading.Lock()
        self._relabelled: set[int] = set()
        self._answered: set[int] = set()
        self._stale = True
        self._rows: Rows | None = None
        self._live: LiveEvaluation | None = None
        self._histograms: Histograms = {}

    def is_of(self, table: UtteranceTable, about: Figuring) -> bool:
        """Whether they are about this and nothing else."""
        return table is self._table and about == self._about

    def note(self, changes: Changes) -> None:
        """Something was written."""
        with self._noting:
            labels = bool(changes.kinds & {"labels", "ratings"})
            all_at_once = not changes.utterances or "corpora" in changes.kinds or (labels and self._about.gold)
            self._relabelled |= set(changes.utterances) if labels else set()
            self._answered |= set(changes.utterances) if "predictions" in changes.kinds else set()
            most = _MANY * len(self._table)
            self._stale |= bool(all_at_once) or len(self._relabelled) > most or len(self._answered) > most

    def figures(
        self, intervals: IntervalPlan | None = None, check: Callable[[], None] = lambda: None
    ) -> tuple[EvaluationView, Histograms]:
        """The figures as the workspace stands, and how often each probability was said, per group.

        Raises:
            UserError: Nothing to evaluate.
            CancelledError: `check` raised it.
        """
        with self._lock:
            rows = self._current_rows()
            check()
            evaluation = None if intervals is not None or self._live is None else self._live.evaluation()
            histograms = self._histograms
        if evaluation is None:
            evaluation = self._whole(rows, intervals, check)
        return EvaluationView(evaluation, rows, self._about.truth, self._about.predictor, self._about.gold), histograms

    def _whole(self, rows: Rows, intervals: IntervalPlan | None, check: Callable[[], None]) -> Evaluation:
        return evaluate(rows.samples().sample, (self._about.by,), intervals, check=check)

    def _current_rows(self) -> Rows:
        with self._noting:
            stale, relabelled, answered = self._stale, self._relabelled, self._answered
            self._stale, self._relabelled, self._answered = False, set(), set()
        before, predictor = self._rows, self._about.predictor
        # Should reading fail, the next one starts from nothing.
        self._rows = None
        if stale or before is None:
            self._live, self._rows = None, self._read()
            self._histograms = _histograms(self._rows, self._about.by)
            return self._rows
        after, labels, answers = before, _places(before, relabelled), _places(before, answered)
        if len(labels):
            after = read_labels_again(self._workspace, after, labels, self._about.truth, predictor)
        if len(answers) and isinstance(predictor, NetPredictor):
            after = read_answers_again(self._workspace, after, answers, predictor)
        if after is not before:
            self._adjust(before, after, np.union1d(labels, answers))
        self._rows = after
        return after

    def _read(self) -> Rows:
        about = self._about
        ids = None if about.ids is None else np.array(about.ids, dtype=np.int64)
        return read_rows(
            self._workspace, self._corpus, about.truth, about.predictor, (about.by,),
            mode=about.mode, ids=ids, table=self._table, gold=about.gold,
        )  # fmt: skip

    def _adjust(self, before: Rows, after: Rows, at: npt.NDArray[np.int64]) -> None:
        live, self._live = self._live, None
        if live is None:
            live = LiveEvaluation(
                after.classes.names, after.truth, after.mode, after.speakers, after.groups, (self._about.by,),
                humans=after.humans,
            )  # fmt: skip
            known = np.flatnonzero(after.answered())
            live.predict(known, after.answers[known])
        else:
            now = _some(after, at)
            answered = now.answered()
            if after.truth is not before.truth:
                live.relabel(at, now.truth)
            live.withdraw(at[~answered])
            live.predict(at[answered], now.answers[answered])
        self._live = live if live.done else None
        gone, come = (_histograms(_some(rows, at), self._about.by) for rows in (before, after))
        values = self._histograms.keys() | gone.keys() | come.keys()
        none = np.zeros(HISTOGRAM_BINS, dtype=np.int64)
        self._histograms = {
            value: self._histograms.get(value, none) - gone.get(value, none) + come.get(value, none) for value in values
        }


def _places(rows: Rows, ids: set[int]) -> npt.NDArray[np.int64]:
    if not ids:
        return np.zeros(0, dtype=np.int64)
    return np.flatnonzero(np.isin(rows.ids, np.fromiter(ids, np.int64, len(ids)), kind="table"))


def _some(rows: Rows, at: npt.NDArray[np.int64]) -> Rows:
    groups = {name: values[at] for name, values in rows.groups.items()}
    return replace(rows, ids=rows.ids[at], truth=rows.truth[at], answers=rows.answers[at], groups=groups)


def _histograms(rows: Rows, by: str) -> Histograms:
    keep = rows.usable()
    groups, answers = rows.groups[by][keep], rows.answers[keep].astype(np.float64)
    if rows.humans:
        answers = answers / answers.sum(axis=1, keepdims=True)
    return {value: histogram(answers[groups == value]) for value in set(groups.tolist())}
