"""What is evaluated: true votes, a predictor, and who speaks. Rows are utterances."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from enum import StrEnum
from functools import cached_property

import numpy as np
import numpy.typing as npt

from fairemo_gui.core import labels
from fairemo_gui.errors import UserError
from fairemo_gui.evaluation.arrays import Bool, Float, Int, Objects

# A softmax in float32 may leave [0, 1] by its last bits.
_SLACK = 1e-5


class Mode(StrEnum):
    """How votes become truth, and probabilities become decisions.

    `MULTI`: labels above 1/C are on. `SINGLE`: truth is one class, the prediction is the argmax. `PLURALITY`: votes
    reduced to their plurality, then as `SINGLE`. `SOFT`: decisions as `MULTI`; the headline Brier score and
    calibration compare with the vote distribution.
    """

    MULTI = "multi"
    SINGLE = "single"
    PLURALITY = "plurality"
    SOFT = "soft"

    @property
    def one_label(self) -> bool:
        """Whether truth and prediction are one class per utterance."""
        return self in (Mode.SINGLE, Mode.PLURALITY)

    @property
    def reported(self) -> str:
        """The word outputs carry: `single` or `multi`."""
        return "single" if self.one_label else "multi"


@dataclass(frozen=True, eq=False)
class Decisions:
    """Truth and prediction of every utterance, decided.

    Attributes:
        truth_on: Labels that are true, shape (n, C).
        predicted_on: Labels that are predicted, shape (n, C).
        truth_class: Plurality of the truth, first class on ties, shape (n,).
        predicted_class: Argmax of the prediction, first class on ties, shape (n,).
        truth_shares: Vote distribution, shape (n, C).
        probabilities: Predicted probabilities (vote shares where people predict), shape (n, C).
        truth_ties: Rows whose plurality is shared, shape (n,).
        predicted_ties: Rows whose argmax is shared, shape (n,).
        soft: Whether the headline Brier score and calibration compare with the vote distribution.
    """

    truth_on: Bool
    predicted_on: Bool
    truth_class: Int
    predicted_class: Int
    truth_shares: Float
    probabilities: Float
    truth_ties: Bool
    predicted_ties: Bool
    soft: bool

    def rows(self, chosen: slice | Int) -> Decisions:
        """Some rows."""
        return replace(self, **{f.name: getattr(self, f.name)[chosen] for f in fields(self) if f.name != "soft"})

    @property
    def target(self) -> Float:
        """What the headline Brier score and calibration compare with, shape (n, C)."""
        return self.truth_shares if self.soft else self.truth_on.astype(np.float64)

    @property
    def correct(self) -> Bool:
        """Rows whose whole prediction is right: every label in multi-label mode, the class in single-label mode."""
        return np.asarray((self.truth_on == self.predicted_on).all(axis=1))


@dataclass(frozen=True, eq=False)
class Sample:
    """Utterances with truth, one predictor, speaker and groups.

    Arrays of shape (n, C) are kept class after class (Fortran order): work goes class by class.

    Attributes:
        classes: Class names, in the scheme's order.
        truth: Vote counts, shape (n, C), int64; a one-hot row where truth is a single class.
        mode: How truth and decisions are read.
        speakers: Speaker index per row, shape (n,), int64.
        groups: Per attribute the value of every row; None = unknown. Kept as object arrays.
        probabilities: A net's probabilities, shape (n, C).
        votes: Human raters' vote counts as predictor, shape (n, C); exactly one of the two predictors is given.

    Raises:
        UserError: Shapes do not fit, a predictor is missing or given twice, or a probability is NaN or outside 0–1.
    """

    classes: tuple[str, ...]
    truth: Int
    mode: Mode
    speakers: Int
    groups: Mapping[str, Sequence[str | None] | Objects]
    probabilities: npt.NDArray[np.floating] | None = None
    votes: Int | None = None

    def __post_init__(self) -> None:
        put = object.__setattr__
        put(self, "mode", Mode(self.mode))
        put(self, "truth", _counts("truth", self.truth, len(self.classes)))
        put(self, "speakers", np.asarray(self.speakers, dtype=np.int64))
        put(self, "groups", {name: _objects(name, values, len(self)) for name, values in self.groups.items()})
        if len(self.speakers) != len(self):
            raise UserError(f"The sample has {len(self)} rows of truth but {len(self.speakers)} speakers.")
        if (self.probabilities is None) == (self.votes is None):
            raise UserError("A sample needs one predictor: either a net's probabilities or raters' votes.")
        if self.votes is not None:
            put(self, "votes", _counts("predictor", self.votes, len(self.classes), len(self)))
        else:
            put(self, "probabilities", _probabilities(np.asarray(self.probabilities), len(self), len(self.classes)))

    def __len__(self) -> int:
        return len(self.truth)

    def usable(self) -> Bool:
        """Rows with at least one true vote and one predictor vote; `take` these before evaluating."""
        rated = np.asarray(self.truth.sum(axis=1) > 0)
        return rated if self.votes is None else np.asarray(rated & (self.votes.sum(axis=1) > 0))

    def take(self, rows: npt.NDArray[np.bool_] | npt.NDArray[np.int64]) -> Sample:
        """The sample's rows by mask or index."""
        return Sample(
            self.classes,
            self.truth[rows],
            self.mode,
            self.speakers[rows],
            {name: np.asarray(values, dtype=object)[rows] for name, values in self.groups.items()},
            None if self.probabilities is None else self.probabilities[rows],
            None if self.votes is None else self.votes[rows],
        )

    @cached_property
    def decisions(self) -> Decisions:
        """Truth and prediction, decided by the mode's rules.

        Raises:
            UserError: A row has no true vote or no predictor vote.
        """
        unusable = np.flatnonzero(~self.usable())
        if len(unusable):
            raise UserError(
                f"Row {unusable[0]} has no votes to compare ({len(unusable)} such rows): leave these rows out."
            )
        return decide(self.truth, self.mode, self.probabilities, self.votes)


def _counts(what: str, counts: npt.ArrayLike, classes: int, rows: int | None = None) -> Int:
    array = np.asarray(counts)
    if array.ndim != 2 or array.shape[1] != classes or (rows is not None and len(array) != rows):
        raise UserError(
            f"The {what} votes have shape {array.shape}, but {rows or 'n'} rows of {classes} were expected."
        )
    as_int = array.astype(np.int64, order="F")
    if as_int.size and (as_int.min() < 0 or (array.dtype.kind not in "iub" and (as_int != array).any())):
        bad = int(np.flatnonzero(((as_int < 0) | (as_int != array)).any(axis=1))[0])
        raise UserError(f"Row {bad} of the {what} votes is not a row of whole, non-negative counts.")
    return as_int


def _objects(name: str, values: Sequence[str | None] | Objects, rows: int) -> Objects:
    array = np.empty(len(values), dtype=object)
    array[:] = values
    if len(array) != rows:
        raise UserError(f"The attribute “{name}” has {len(array)} values for {rows} rows.")
    return array


def _probabilities(given: npt.NDArray[np.floating], rows: int, classes: int) -> Float:
    if given.shape != (rows, classes):
        raise UserError(f"The probabilities have shape {given.shape}, but ({rows}, {classes}) was expected.")
    array = given.astype(np.float64, order="F")
    # A NaN is neither.
    if array.size and not (array.min() >= -_SLACK and array.max() <= 1 + _SLACK):
        bad = np.flatnonzero(~((array >= -_SLACK) & (array <= 1 + _SLACK)).all(axis=1))
        values = ", ".join(f"{p:g}" for p in array[bad[0]])
        raise UserError(
            f"Row {bad[0]} of the predictions is not a row of probabilities ({values}): predict it again.",
            problems=[f"row {row}: not a probability between 0 and 1" for row in bad],
        )
    return array


def decide(
    truth: Int, mode: Mode, given: npt.NDArray[np.floating] | None = None, votes: Int | None = None
) -> Decisions:
    """Decide rows that have been checked, from probabilities or votes; every row must have some."""
    classes = truth.shape[1]
    truth_class = labels.plurality(truth)
    shares = labels.distribution(truth)
    if votes is not None:
        probabilities = labels.distribution(votes)
        predicted_class, predicted_ties = labels.plurality(votes), labels.tied(votes)
        above = labels.multi_hot(votes)
    else:
        probabilities = np.asarray(given, dtype=np.float64)
        predicted_class = probabilities.argmax(axis=1).astype(np.int64)
        top = probabilities.max(axis=1, keepdims=True, initial=0.0)
        predicted_ties = np.asarray((probabilities == top).sum(axis=1) > 1)
        even = 1.0 / classes
        # A float32 net without preference says 1/C rounded up: equal, not above.
        above = np.asarray((probabilities > even) & (probabilities != float(np.float32(even))))
    single = mode.one_label
    truth_on = _one_hot(truth_class, classes) if single else labels.multi_hot(truth)
    return Decisions(
        truth_on=truth_on,
        predicted_on=_one_hot(predicted_class, classes) if single else above,
        truth_class=truth_class,
        predicted_class=predicted_class,
        truth_shares=shares,
        probabilities=probabilities,
        truth_ties=labels.tied(truth),
        predicted_ties=predicted_ties,
        soft=mode is Mode.SOFT,
    )


def _one_hot(of: Int, classes: int) -> Bool:
    return np.asarray(np.arange(classes)[:, None] == of).T
