"""Figures that keep up with a running job: rows come in, are changed or taken back; nothing else is counted again.

The statistics are whole numbers, and probabilities are added in ascending order, so that any sequence of changes
leaves exactly what evaluating everything from the beginning would give, to the last bit.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from fairemo_gui.errors import UserError
from fairemo_gui.evaluation.arrays import Bool, Check, Int, Objects, distinct, no_check
from fairemo_gui.evaluation.assemble import assemble
from fairemo_gui.evaluation.bootstrap import intervals_for
from fairemo_gui.evaluation.evaluate import evaluate
from fairemo_gui.evaluation.intervals import IntervalPlan, Unit
from fairemo_gui.evaluation.liveranks import LiveRanks
from fairemo_gui.evaluation.measure import measure
from fairemo_gui.evaluation.partition import sort_into_cells
from fairemo_gui.evaluation.records import Evaluation, GroupResult
from fairemo_gui.evaluation.sample import Mode, Sample, decide
from fairemo_gui.evaluation.sheet import GroupStatistics
from fairemo_gui.evaluation.tally import empty_tally, tally


class LiveEvaluation:
    """An evaluation of the rows predicted so far.

    What is refreshed when: `predict`, `relabel` and `withdraw` adjust all counts and squared errors at once. A changed
    label adjusts ROC-AUC and calibration at once, too. Predictions that come, change or go are put in their places in
    the order of probabilities by the next `evaluation`, all together: it costs a fraction of sorting, and a stream of
    predictions costs nothing until it is looked at. Every figure `evaluation` returns is of the rows as they are then.

    Args:
        classes: Class names.
        truth: Vote counts of all rows, shape (n, C); a row without votes is waited for, never counted.
        mode: How truth and decisions are read.
        speakers: Speaker index per row, shape (n,).
        groups: Per attribute the value of every row; None = unknown.
        by: Attributes, as in `evaluate`.
        minimum_n: As in `evaluate`.
        humans: Whether people predict: predictions are then their vote counts.

    Raises:
        UserError: What `Sample` refuses, or an attribute is not known.
    """

    def __init__(
        self,
        classes: tuple[str, ...],
        truth: Int,
        mode: Mode,
        speakers: Int,
        groups: Mapping[str, Sequence[str | None] | Objects],
        by: Sequence[str] = ("gender",),
        minimum_n: int = 20,
        humans: bool = False,
    ) -> None:
        self._humans, nobody = humans, np.zeros((len(truth), len(classes)))
        predictor = _predictor(humans, nobody)
        self._sample = Sample(classes, np.asarray(truth), mode, speakers, groups, *predictor)
        self._by, self._minimum_n = tuple(by), minimum_n
        self._cells = sort_into_cells(self._sample, by)
        self._tally = empty_tally(len(self._cells.unit), len(classes))
        self._ranks = LiveRanks(self._cells, len(classes), self._sample.mode is Mode.SOFT)
        self._predicted: Bool = np.zeros(len(truth), dtype=bool)
        # What has not changed since it was last looked at.
        self._known: dict[tuple[int, int], GroupStatistics] = {}
        self._results: dict[GroupStatistics, GroupResult] = {}

    @property
    def total(self) -> int:
        """Rows that have truth."""
        return int((self._sample.truth.sum(axis=1) > 0).sum())

    @property
    def done(self) -> int:
        """Rows that have truth and a prediction."""
        return int(self._tally.rows.sum())

    def predict(self, rows: npt.ArrayLike, predictions: npt.ArrayLike) -> None:
        """Take in predictions of distinct rows, new ones or in place of earlier ones.

        Args:
            rows: Row indices, shape (m,).
            predictions: Probabilities, or people's vote counts, shape (m, C); people without votes are waited for.

        Raises:
            UserError: A row comes twice, or a prediction is none; nothing is taken in then.
        """
        at = self._distinct(rows)
        self._change(at, self._sample.truth[at], np.asarray(predictions), np.ones(len(at), dtype=bool))

    def relabel(self, rows: npt.ArrayLike, truth: npt.ArrayLike) -> None:
        """Change the true votes of distinct rows.

        Args:
            rows: Row indices, shape (m,).
            truth: Vote counts, shape (m, C); a row of zeros takes the row out until it is rated again.

        Raises:
            UserError: A row comes twice, or counts are not whole and non-negative; nothing is changed then.
        """
        at = self._distinct(rows)
        self._change(at, np.asarray(truth), self._predictions[at], self._predicted[at])

    def withdraw(self, rows: npt.ArrayLike) -> None:
        """Forget the predictions of distinct rows.

        Raises:
            UserError: A row comes twice.
        """
        at = self._distinct(rows)
        self._change(at, self._sample.truth[at], self._predictions[at], np.zeros(len(at), dtype=bool))

    def confusion(self, by: str) -> dict[str | None, Int]:
        """Counts of true × predicted class per group of one attribute, shapes (C, C)."""
        partition = next(p for p in self._cells.partitions if p.by == by)
        cells = {value: partition.group == g for g, value in enumerate(partition.values)}
        return {value: self._tally.confusion[mine].sum(axis=0) for value, mine in cells.items()}

    def evaluation(self, intervals: IntervalPlan | None = None, check: Check = no_check) -> Evaluation:
        """Everything `evaluate` gives, for the rows so far.

        Args:
            intervals: How intervals are made; None = none. Those are drawn anew every time.
            check: Called between blocks of work; raises to cancel.

        Raises:
            UserError: Nothing is predicted yet, or what `evaluate` refuses.
        """
        if self.done == 0:
            raise UserError("There is nothing to evaluate yet: no labelled utterance has a prediction.")
        if intervals is not None and intervals.unit is Unit.UTTERANCE:
            so_far = np.flatnonzero(self._ranks.counted(np.arange(len(self._sample))))
            return evaluate(self._sample.take(so_far), self._by, intervals, self._minimum_n, check)
        ranking, found = self._ranks.ranking(check), None
        measured = measure(self._cells, self._tally, ranking, self._minimum_n, known=self._known)
        if intervals is not None:
            by_unit = measure(self._cells, self._tally, ranking, self._minimum_n, by_unit=True)
            found = intervals_for(by_unit, self._sample.classes, intervals, check)
        ranking.release()
        classes, mode = self._sample.classes, self._sample.mode
        evaluation = assemble(measured, classes, mode, self._minimum_n, found, self._results)
        self._results = {group: self._results[group] for part in measured for group in part.groups}
        return evaluation

    def _forget(self, cells: Int) -> None:
        """The groups of these cells are known no longer."""
        for at, partition in enumerate(self._cells.partitions):
            for g in set(partition.group[cells].tolist()):
                self._known.pop((at, g), None)

    @property
    def _predictions(self) -> npt.NDArray[Any]:
        """The predictor's array of the sample, which may be written to."""
        return _predictions(self._sample)

    def _distinct(self, rows: npt.ArrayLike) -> Int:
        at = np.asarray(rows, dtype=np.int64).reshape(-1)
        ordered = np.sort(at)
        if (ordered[1:] == ordered[:-1]).any():
            raise UserError("A row comes twice in one batch of predictions or labels: give each row once.")
        return at

    def _part(self, rows: Int, truth: npt.NDArray[Any], predictions: npt.NDArray[Any]) -> Sample:
        """Rows as a sample of their own, checked as every sample is."""
        speakers, predictor = self._sample.speakers[rows], _predictor(self._humans, predictions)
        return Sample(self._sample.classes, truth, self._sample.mode, speakers, {}, *predictor)

    def _change(self, at: Int, truth: npt.NDArray[Any], predictions: npt.NDArray[Any], predicted: Bool) -> None:
        """Rows `at` become what is given; those counted before are taken away as they were."""
        given = self._part(at, truth, predictions)
        kept = given.usable() & predicted
        new, old = at[kept], at[self._ranks.counted(at)]
        now, before = (given.truth, _predictions(given)), (self._sample.truth, self._predictions)
        both = now
        if len(old) or not kept.all():
            both = np.concatenate([now[0][kept], before[0][old]]), np.concatenate([now[1][kept], before[1][old]])
        decisions = decide(both[0], self._sample.mode, *_predictor(self._humans, both[1]))
        many = len(self._cells.unit)
        cells, inverse = distinct(np.concatenate([self._cells.row[new], self._cells.row[old] + many]))
        counted = tally(decisions, inverse, len(cells))
        for mine, sign in ((cells < many, 1), (cells >= many, -1)):
            self._tally.accumulate(counted.take(np.flatnonzero(mine)), cells[mine] % many, sign)
        self._forget(cells % many)
        self._ranks.change(old, new, decisions.rows(slice(len(new))))
        for array, after in zip(before, now, strict=True):
            array[at] = after
        self._predicted[at] = predicted


def _predictor(humans: bool, predictions: npt.NDArray[Any]) -> tuple[npt.NDArray[Any] | None, npt.NDArray[Any] | None]:
    """Probabilities and votes, of which a sample takes one."""
    return (None, predictions) if humans else (predictions, None)


def _predictions(sample: Sample) -> npt.NDArray[Any]:
    return np.asarray(sample.probabilities if sample.votes is None else sample.votes)
