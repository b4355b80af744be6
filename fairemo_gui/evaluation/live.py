"""Figures that keep up with a running job: rows come in, are changed or taken back; nothing else is counted again.

The statistics are whole numbers, so that any sequence of additions and changes leaves exactly what counting everything
from the beginning would give. What needs all rows in order (ROC-AUC, calibration) is left to `evaluate`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt

from fairemo_gui.errors import UserError
from fairemo_gui.evaluation.arrays import Bool, Float, Int, Objects, distinct
from fairemo_gui.evaluation.assemble import assemble
from fairemo_gui.evaluation.bootstrap import Check, intervals_for, no_check
from fairemo_gui.evaluation.intervals import IntervalPlan, Unit
from fairemo_gui.evaluation.measure import measure
from fairemo_gui.evaluation.partition import sort_into_cells
from fairemo_gui.evaluation.records import Evaluation
from fairemo_gui.evaluation.sample import Mode, Sample
from fairemo_gui.evaluation.tally import empty_tally, tally


class LiveEvaluation:
    """An evaluation of the rows predicted so far.

    Args:
        classes: Class names.
        truth: Vote counts of all rows, shape (n, C); a row without votes is waited for, never counted.
        mode: How truth and decisions are read.
        speakers: Speaker index per row, shape (n,).
        groups: Per attribute the value of every row; None = unknown.
        by: Attributes, as in `evaluate`.
        minimum_n: As in `evaluate`.

    Raises:
        UserError: What `Sample` refuses.
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
    ) -> None:
        nobody = np.zeros((len(truth), len(classes)))
        self._sample = Sample(classes, np.array(truth), mode, speakers, groups, nobody)
        self._cells = sort_into_cells(self._sample, by)
        self._tally = empty_tally(len(self._cells.unit), len(classes))
        self._probabilities: Float = nobody
        self._predicted: Bool = np.zeros(len(truth), dtype=bool)
        self._minimum_n = minimum_n

    @property
    def total(self) -> int:
        """Rows that have truth."""
        return int(self._sample.usable().sum())

    @property
    def done(self) -> int:
        """Rows that have truth and a prediction."""
        return int(self._tally.rows.sum())

    def predict(self, rows: npt.ArrayLike, probabilities: npt.NDArray[np.floating]) -> None:
        """Take in predictions of distinct rows, new ones or in place of earlier ones.

        Args:
            rows: Row indices, shape (m,).
            probabilities: Shape (m, C).

        Raises:
            UserError: A row comes twice, or a probability is NaN or outside 0–1; nothing is taken in then.
        """
        at = self._distinct(rows)
        checked = self._part(at, probabilities=probabilities).probabilities
        self._count(at, -1)
        self._probabilities[at] = checked
        self._predicted[at] = True
        self._count(at, 1)

    def relabel(self, rows: npt.ArrayLike, truth: npt.ArrayLike) -> None:
        """Change the true votes of distinct rows.

        Args:
            rows: Row indices, shape (m,).
            truth: Vote counts, shape (m, C); a row of zeros takes the row out until it is rated again.

        Raises:
            UserError: A row comes twice, or counts are not whole and non-negative; nothing is changed then.
        """
        at = self._distinct(rows)
        checked = self._part(at, truth=np.asarray(truth)).truth
        self._count(at, -1)
        self._sample.truth[at] = checked
        self._count(at, 1)

    def withdraw(self, rows: npt.ArrayLike) -> None:
        """Forget the predictions of distinct rows."""
        at = self._distinct(rows)
        self._count(at, -1)
        self._predicted[at] = False

    def confusion(self, by: str) -> dict[str | None, Int]:
        """Counts of true × predicted class per group of one attribute, shapes (C, C)."""
        partition = next(p for p in self._cells.partitions if p.by == by)
        cells = {value: partition.group == g for g, value in enumerate(partition.values)}
        return {value: self._tally.confusion[mine].sum(axis=0) for value, mine in cells.items()}

    def evaluation(self, intervals: IntervalPlan | None = None, check: Check = no_check) -> Evaluation:
        """Everything that follows from counts, for the rows so far: no ROC-AUC, no calibration.

        Raises:
            UserError: Nothing is predicted yet, or intervals over utterances are asked for.
        """
        if self.done == 0:
            raise UserError("There is nothing to evaluate yet: no labelled utterance has a prediction.")
        if intervals is not None and intervals.unit is Unit.UTTERANCE:
            raise UserError("Live intervals draw speakers; choose them, or evaluate when the prediction is done.")
        measured = measure(self._cells, self._tally, None, self._minimum_n)
        found = None if intervals is None else intervals_for(measured, self._sample.classes, intervals, check)
        return assemble(measured, self._sample.classes, self._sample.mode, self._minimum_n, found)

    def _distinct(self, rows: npt.ArrayLike) -> Int:
        at = np.asarray(rows, dtype=np.int64).reshape(-1)
        if len(np.unique(at)) < len(at):
            raise UserError("A row comes twice in one batch of predictions or labels: give each row once.")
        return at

    def _part(self, at: Int, truth: Int | None = None, probabilities: npt.NDArray[np.floating] | None = None) -> Sample:
        """The rows `at` as a sample of their own, checked as every sample is."""
        return Sample(
            self._sample.classes,
            self._sample.truth[at] if truth is None else truth,
            self._sample.mode,
            self._sample.speakers[at],
            {},
            self._probabilities[at] if probabilities is None else probabilities,
        )

    def _count(self, at: Int, sign: int) -> None:
        """Add (or take away) the counted rows among `at`."""
        counted = at[self._predicted[at]]
        part = self._part(counted)
        usable = part.usable()
        if usable.any():
            names, inverse = distinct(self._cells.row[counted[usable]])
            self._tally.accumulate(tally(part.take(usable).decisions, inverse, len(names)), names, sign)
