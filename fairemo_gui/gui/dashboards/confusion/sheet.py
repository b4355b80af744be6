"""From counts to the matrices that are drawn: bands under one another, each a row of groups' matrices."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from fairemo_gui.evaluation.arrays import nan_mean, ratio
from fairemo_gui.evaluation.matrices import Matrices
from fairemo_gui.evaluation.matrix_intervals import Ends, MatrixIntervals
from fairemo_gui.gui.dashboards.confusion.look import Look, Share, View
from fairemo_gui.gui.dashboards.model import ConfusionModel, Counts, DifferenceMatrix, Estimate, Group, GroupMatrix

_TOGETHER = (
    "Labels are on above 1/C, several at once: a cell counts the utterances on which both labels are on, and rows need "
    "not add up to 100 %."
)
_SHARES = {
    Share.ROW: "Shares of each row.",
    Share.COLUMN: "Shares of each column: of what is said to be so, how much is.",
    Share.ALL: "Shares of all utterances of a group.",
}


@dataclass(frozen=True, eq=False)
class Crossing:
    """Somebody's answers against somebody's, or against the truth.

    Attributes:
        rows: Who stands in the rows: `AV label`, `net 3`.
        columns: Who stands in the columns.
        by_group: Counts per group.
        everyone: Counts of all groups together.
        crossed: Rows are answers, too, not the truth.
        intervals: Of every share; None where there are none yet.
    """

    rows: str
    columns: str
    by_group: Mapping[str | None, Matrices]
    everyone: Matrices
    crossed: bool = False
    intervals: MatrixIntervals | None = None

    def of(self, group: Group | None) -> Matrices | None:
        """Counts of a group as charts know it."""
        return self.everyone if group is None else self.by_group.get(group.value)

    def ends(self, group: Group | None, look: Look) -> Ends | None:
        """Ends of the intervals of a group's shares."""
        return _ends(self.intervals, group, look)

    def score(self, group: Group | None) -> Estimate:
        """Macro-F1 of the labels, or of somebody's answers the share of one class in both, with its interval."""
        counts = self.of(group)
        if counts is None:
            return Estimate(float("nan"))
        value = counts.same if self.crossed else macro_f1(counts)
        if self.intervals is None:
            return Estimate(value)
        found = self.intervals.everyone if group is None else self.intervals.groups[group.value]
        low, high = (float(end) for end in (found.same if self.crossed else found.macro_f1))
        return Estimate(value) if math.isnan(low) else Estimate(value, low, high)

    def ends_apart(self, look: Look) -> Ends | None:
        """Ends of the intervals of the difference between the two groups that are compared."""
        if self.intervals is None or self.intervals.difference is None:
            return None
        return self.intervals.difference.shares[look.view, look.share]


@dataclass(frozen=True, eq=False)
class Extras:
    """What a confusion chart can show besides the matrices of classes.

    Attributes:
        own: Truth against predictor, or a predictor's answers against the other's.
        beside: Truth against the people of a condition, on the same utterances.
        several: Whether labels can be on together: there is more to see than one class per utterance.
        apart: Intervals of what the first has over the people; None where there are none yet.
    """

    own: Crossing
    beside: Crossing | None = None
    several: bool = False
    apart: MatrixIntervals | None = None


@dataclass(frozen=True, eq=False)
class Band:
    """A row of matrices.

    Attributes:
        title: Whose they are; empty where there is one band only.
        between: Per group what the first band has over the second, instead of matrices; empty = matrices.
    """

    model: ConfusionModel
    title: str = ""
    between: tuple[DifferenceMatrix, ...] = ()

    @property
    def differences(self) -> tuple[DifferenceMatrix, ...]:
        """Every difference that is drawn in the band."""
        own = () if self.between or self.model.difference is None else (self.model.difference,)
        return (*self.between, *own)


def bands_of(model: ConfusionModel, extras: Extras | None, look: Look) -> tuple[Band, ...]:
    """The bands of a chart: the predictor's, and where people stand beside it, theirs and what lies between."""
    if extras is None:
        return (Band(_shared(model, None, look)),)
    first = _of_crossing(model, extras.own) if extras.own.crossed else model
    first = _shared(first, extras.own, look)
    if extras.beside is None:
        return (Band(first),)
    second = _shared(_of_crossing(model, extras.beside), extras.beside, look)
    titles = [_capital(each.predictor) for each in (first, second)]
    between = tuple(
        _with_ends(
            _difference(one, other, _named(one, titles[0]), _named(other, titles[1])),
            _ends(extras.apart, one.group, look),
        )
        for one, other in zip(first.matrices, second.matrices, strict=True)
    )
    apart = f"{titles[0]} − {second.predictor}"
    return Band(first, titles[0]), Band(second, titles[1]), Band(second, apart, between)


def usable(look: Look, extras: Extras | None) -> Look:
    """The look, or the one of classes where labels are never on together."""
    return look if extras is not None and extras.several else replace(look, view=View.CLASSES)


def top_of(bands: tuple[Band, ...], look: Look) -> float:
    """Upper end of the colour ramp: 1, or for shares of everything the next tenth that holds them all."""
    if look.share is not Share.ALL:
        return 1.0
    shares = np.concatenate([matrix.shares().ravel() for band in bands for matrix in band.model.matrices])
    return float(max(np.ceil(np.nanmax(shares, initial=0.0) * 10), 1.0) / 10)


def macro_f1(counts: Matrices) -> float:
    """Macro-F1 of the labels, 0 where a label is undefined."""
    hits = counts.outcomes[:, 1, 1]
    return float(nan_mean(ratio(2 * hits, counts.row_on + counts.column_on, 0.0)))


def _of_crossing(model: ConfusionModel, crossing: Crossing) -> ConfusionModel:
    """The model with somebody else's answers in its matrices."""
    matrices = []
    for former in model.matrices:
        counts = crossing.of(former.group)
        classes = np.zeros_like(former.counts) if counts is None else counts.classes
        score = "same" if crossing.crossed else "F1"
        matrices.append(GroupMatrix(former.group, crossing.score(former.group), classes, score=score))
    card = None if crossing.crossed else model.f1_card
    return replace(
        model,
        matrices=tuple(matrices),
        truth=crossing.rows,
        predictor=crossing.columns,
        difference=_of_pair(model, tuple(matrices), crossing, Look()),
        notes=(f"Rows: {crossing.rows}", f"Columns: {crossing.columns}") if crossing.crossed else (),
        footnote=_footnote(_SHARES[Share.ROW], crossing),
        f1_card=card,
        crossed=crossing.crossed,
    )


def _shared(model: ConfusionModel, crossing: Crossing | None, look: Look) -> ConfusionModel:
    """The model with other shares, or of labels instead of classes."""
    if look.view is View.CLASSES and look.share is Share.ROW:
        if crossing is None or crossing.intervals is None:
            return model
        return replace(model, matrices=tuple(replace(m, ends=crossing.ends(m.group, look)) for m in model.matrices))
    together = look.view is View.TOGETHER
    matrices = tuple(_matrix(matrix, crossing, look, together) for matrix in model.matrices)
    return replace(
        model,
        matrices=matrices,
        difference=_of_pair(model, matrices, crossing, look),
        notes=() if together else model.notes,
        footnote=_footnote(_TOGETHER if together else _SHARES[look.share], crossing),
    )


def _footnote(words: str, crossing: Crossing | None) -> str:
    """What shares are of, what a mark means, and where intervals are."""
    if crossing is None or crossing.intervals is None:
        return f"{words} No intervals in this view."
    marks = "" if crossing.intervals.difference is None else "the difference's interval excludes 0, uncorrected. "
    return f"{marks}{words} Intervals: on the cards."


def _matrix(matrix: GroupMatrix, crossing: Crossing | None, look: Look, together: bool) -> GroupMatrix:
    counts = None if crossing is None else crossing.of(matrix.group)
    if together and counts is not None:
        n = counts.n
        cells, rows, columns = counts.together, counts.row_on, counts.column_on
    else:
        cells = matrix.counts
        n, rows, columns = int(cells.sum()), cells.sum(axis=1), cells.sum(axis=0)
    base = {Share.ROW: rows[:, None], Share.COLUMN: columns[None, :], Share.ALL: np.array([[n]])}[look.share]
    spread: Counts = np.broadcast_to(base, cells.shape)
    ends = None if crossing is None else crossing.ends(matrix.group, look)
    return replace(matrix, counts=cells, base=spread, row_n=rows, total=n, ends=ends)


def _of_pair(
    model: ConfusionModel, matrices: tuple[GroupMatrix, ...], crossing: Crossing | None, look: Look
) -> DifferenceMatrix | None:
    """The difference of the two groups the model compares."""
    if model.difference is None:
        return None
    by_group = {matrix.group: matrix for matrix in matrices}
    first, second = model.difference.first, model.difference.second
    apart = _difference(by_group[second], by_group[first], second, first)
    ends = None if crossing is None else crossing.ends_apart(look)
    return _with_ends(apart, ends)


def _ends(intervals: MatrixIntervals | None, group: Group | None, look: Look) -> Ends | None:
    """Ends of a group's intervals."""
    if intervals is None:
        return None
    found = intervals.everyone if group is None else intervals.groups.get(group.value)
    return None if found is None else found.shares[look.view, look.share]


def _with_ends(apart: DifferenceMatrix, ends: Ends | None) -> DifferenceMatrix:
    if ends is None:
        return apart
    return replace(apart, low=ends.low, high=ends.high, evidence=np.asarray((ends.low > 0) | (ends.high < 0)))


def _difference(one: GroupMatrix, other: GroupMatrix, second: Group, first: Group) -> DifferenceMatrix:
    values = one.shares() - other.shares()
    return DifferenceMatrix(first, second, values, np.zeros(values.shape, dtype=bool))


def _named(matrix: GroupMatrix, name: str) -> Group:
    """Somebody's answers to a group, as one side of a difference."""
    whose = "" if matrix.group is None else f", {matrix.group.word.lower()}"
    value = None if matrix.group is None else matrix.group.value
    return Group(value, f"{name}{whose}", matrix.n, minimum=0)


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]
