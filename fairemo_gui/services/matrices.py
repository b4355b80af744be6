"""Confusion beyond truth against predictor: two predictors against each other, and people beside a net."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from fairemo_gui.core.emotions import ClassSelection
from fairemo_gui.core.records import Truth
from fairemo_gui.errors import UserError
from fairemo_gui.evaluation.arrays import Check, no_check
from fairemo_gui.evaluation.intervals import IntervalPlan
from fairemo_gui.evaluation.matrices import Answers, Matrices, matrices
from fairemo_gui.evaluation.matrix_intervals import MatrixIntervals, matrix_differences, matrix_intervals
from fairemo_gui.evaluation.sample import Mode, decide
from fairemo_gui.services.evaluation import EvaluationView
from fairemo_gui.services.samples import HumanPredictor, NetPredictor, Predictor, aligned
from fairemo_gui.store import labels, nets
from fairemo_gui.store.corpora import CorpusRow
from fairemo_gui.store.workspace import Workspace


@dataclass(frozen=True, eq=False)
class Crossed:
    """What one source says against what another says, of the utterances both speak of.

    Attributes:
        ids: Utterances, shape (m,).
        speakers: Who speaks them, shape (m,).
        groups: Their group, shape (m,), objects.
        rows: What stands in the rows.
        columns: What stands in the columns.
    """

    ids: npt.NDArray[np.int64]
    speakers: npt.NDArray[np.int64]
    groups: npt.NDArray[np.object_]
    rows: Answers
    columns: Answers

    def by_group(self) -> dict[str | None, Matrices]:
        """Counts per group; None where it is unknown."""
        return matrices(self.rows, self.columns, self.groups)

    def everyone(self) -> Matrices | None:
        """Counts of all; None of none."""
        return matrices(self.rows, self.columns).get(None)

    def intervals(
        self, plan: IntervalPlan, by: str, compared: Sequence[str] = (), check: Check = no_check
    ) -> MatrixIntervals:
        """Intervals of every share, by the attribute `groups` are of; arguments as of `matrix_intervals`."""
        return matrix_intervals(self.rows, self.columns, self.speakers, plan, by, self.groups, compared, check)

    def intervals_over(self, other: Crossed, plan: IntervalPlan, by: str, check: Check = no_check) -> MatrixIntervals:
        """Intervals of what these shares have over another's, of the same utterances or some of them in their order."""
        sources = (self.rows, self.columns), (other.rows, other.columns)
        answered = np.isin(self.ids, other.ids)
        return matrix_differences(*sources, answered, self.speakers, plan, by, self.groups, check)

    def inside(self, group: str | None, where: npt.NDArray[np.bool_]) -> npt.NDArray[np.int64]:
        """Ids among some rows, of a group; None = all groups."""
        keep = where if group is None else where & (self.groups == group)
        return np.asarray(self.ids[keep])


def own(view: EvaluationView, by: str) -> Crossed:
    """The truth against the predictor that was evaluated."""
    sample = view.samples.sample
    groups, decided = np.asarray(sample.groups[by], dtype=object), sample.decisions
    return Crossed(view.samples.ids, sample.speakers, groups, Answers.true(decided), Answers.predicted(decided))


def beside(workspace: Workspace, corpus: CorpusRow, view: EvaluationView, by: str, people: HumanPredictor) -> Crossed:
    """The truth against the people of a condition, on the utterances that were evaluated and that they answered.

    Raises:
        UserError: They answered none of them.
    """
    known, answers = _answers(workspace, corpus, view, people)
    found = own(view, by)
    return Crossed(found.ids[known], found.speakers[known], found.groups[known], found.rows.take(known), answers)


def against(workspace: Workspace, corpus: CorpusRow, view: EvaluationView, by: str, other: Predictor) -> Crossed:
    """Another predictor's answers in the rows, those of the one that was evaluated in the columns.

    Raises:
        UserError: They tell other classes apart, or there is no utterance both answered.
    """
    known, answers = _answers(workspace, corpus, view, other)
    found = own(view, by)
    return Crossed(found.ids[known], found.speakers[known], found.groups[known], answers, found.columns.take(known))


def _answers(
    workspace: Workspace, corpus: CorpusRow, view: EvaluationView, other: Predictor
) -> tuple[npt.NDArray[np.bool_], Answers]:
    """Which evaluated utterances somebody answered, shape (n,), and what, in the classes of the evaluation."""
    ids, sample = view.samples.ids, view.samples.sample
    classes = _classes(workspace, corpus, view.predictor)
    votes: npt.NDArray[np.int64] | None = None
    given: npt.NDArray[np.float64] | None = None
    if isinstance(other, HumanPredictor):
        counts = labels.counts(workspace, ids, Truth(other.condition.value), len(corpus.scheme))
        votes = classes.merge_counts(counts)
        known = np.asarray(votes.sum(axis=1) > 0)
        votes = votes[known]
    else:
        net = nets.net(workspace, other.net_id)
        if net.classes.names != sample.classes:
            raise UserError(
                f"Net {net.id} tells {', '.join(net.classes.names)} apart and {view.predictor.name} "
                f"{', '.join(sample.classes)}: choose another net for the rows."
            )
        given = aligned(ids, nets.predictions(workspace, net).held_out())
        known = np.asarray(~np.isnan(given).any(axis=1))
        given = given[known]
    if not known.any():
        raise UserError(f"{other.name} answered none of these utterances: choose somebody else.")
    mode = Mode.SINGLE if sample.mode.one_label else Mode.MULTI
    return known, Answers.predicted(decide(sample.truth[known], mode, given, votes))


def _classes(workspace: Workspace, corpus: CorpusRow, predictor: Predictor) -> ClassSelection:
    if isinstance(predictor, NetPredictor):
        return nets.net(workspace, predictor.net_id).classes
    return ClassSelection.all_of(corpus.scheme)
