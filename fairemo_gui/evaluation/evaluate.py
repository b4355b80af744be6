"""Evaluate one predictor: every metric, for everyone and every group, with fairness, calibration and intervals."""

from __future__ import annotations

from collections.abc import Sequence

from fairemo_gui.errors import UserError
from fairemo_gui.evaluation.assemble import assemble
from fairemo_gui.evaluation.bootstrap import Check, intervals_for, no_check
from fairemo_gui.evaluation.intervals import IntervalPlan, Unit
from fairemo_gui.evaluation.measure import measure
from fairemo_gui.evaluation.partition import sort_into_cells
from fairemo_gui.evaluation.ranks import order_rows
from fairemo_gui.evaluation.records import Evaluation
from fairemo_gui.evaluation.sample import Sample
from fairemo_gui.evaluation.tally import tally

# Beyond this many single utterances the sums per utterance and bin no longer fit into memory comfortably.
MOST_RANKED_UTTERANCES = 20_000


def evaluate(
    sample: Sample,
    by: Sequence[str] = ("gender",),
    intervals: IntervalPlan | None = None,
    minimum_n: int = 20,
    check: Check = no_check,
) -> Evaluation:
    """Everything METRICS.md defines, for one predictor.

    Args:
        sample: Utterances with truth and predictor.
        by: Attributes; each alone, and with several their intersection.
        intervals: How intervals are made; None = none.
        minimum_n: Groups with fewer utterances are marked small and left out of differences.
        check: Called between blocks of work; raises to cancel.

    Raises:
        UserError: The sample has no rows, a row without votes, or lacks an attribute.
    """
    if len(sample) == 0:
        raise UserError("There is nothing to evaluate: no utterance has both a true label and a prediction.")
    cells = sort_into_cells(sample, by)
    check()
    counted = tally(sample.decisions, cells.row, len(cells.unit))
    check()
    measured = measure(cells, counted, order_rows(sample.decisions, cells.row), minimum_n)
    check()
    found = None
    if intervals is not None and intervals.unit is Unit.SPEAKER:
        found = intervals_for(measured, sample.classes, intervals, check)
    elif intervals is not None:
        rows = sort_into_cells(sample, by, by_row=True)
        ordered = order_rows(sample.decisions, rows.row) if len(sample) <= MOST_RANKED_UTTERANCES else None
        by_row = measure(rows, tally(sample.decisions, rows.row, len(rows.unit)), ordered, minimum_n)
        found = intervals_for(by_row, sample.classes, intervals, check)
    return assemble(measured, sample.classes, sample.mode, minimum_n, found)
