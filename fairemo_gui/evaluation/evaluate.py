"""Evaluate one predictor: every metric, for everyone and every group, with fairness, calibration and intervals."""

from __future__ import annotations

from collections.abc import Sequence

from fairemo_gui.errors import UserError
from fairemo_gui.evaluation.arrays import Check, no_check
from fairemo_gui.evaluation.assemble import assemble
from fairemo_gui.evaluation.bootstrap import intervals_for, row_intervals
from fairemo_gui.evaluation.intervals import IntervalPlan, Intervals, Unit
from fairemo_gui.evaluation.measure import measure
from fairemo_gui.evaluation.order import order_rows
from fairemo_gui.evaluation.partition import sort_into_cells
from fairemo_gui.evaluation.ranks import Ranking
from fairemo_gui.evaluation.records import Evaluation
from fairemo_gui.evaluation.rowdraws import Rows
from fairemo_gui.evaluation.sample import Sample
from fairemo_gui.evaluation.tally import tally

# Beyond, each draw's standard errors take minutes.
MOST_STUDENTISED_UTTERANCES = 10_000


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
        UserError: The sample has no rows, a row without votes, or lacks an attribute; or studentised intervals are to
            draw from too many single utterances.
    """
    if len(sample) == 0:
        raise UserError("There is nothing to evaluate: no utterance has both a true label and a prediction.")
    cells = sort_into_cells(sample, by)
    check()
    counted = tally(sample.decisions, cells.row, len(cells.unit), check)
    by_speaker = intervals is not None and intervals.unit is Unit.SPEAKER
    ranking = Ranking(order_rows(sample.decisions, check), cells, check)
    measured = measure(cells, counted, ranking, minimum_n, by_speaker)
    check()
    found = None
    if intervals is not None and by_speaker:
        found = intervals_for(measured, sample.classes, intervals, check)
    elif intervals is not None and not intervals.studentised:
        rows = Rows(sample.decisions, cells, ranking)
        found = row_intervals(measured, rows, sample.classes, intervals, check)
    elif intervals is not None:
        found = _studentised_rows(sample, by, intervals, minimum_n, check)
    return assemble(measured, sample.classes, sample.mode, minimum_n, found)


def _studentised_rows(sample: Sample, by: Sequence[str], plan: IntervalPlan, minimum_n: int, check: Check) -> Intervals:
    """Every utterance as a unit of its own: each draw's standard errors need all of them at once."""
    if len(sample) > MOST_STUDENTISED_UTTERANCES:
        raise UserError(
            f"A {plan.chosen_form} interval can draw from {MOST_STUDENTISED_UTTERANCES:,} single utterances at most, "
            f"and here are {len(sample):,}: draw speakers, or choose the percentile form."
        )
    rows = sort_into_cells(sample, by, by_row=True)
    ranking = Ranking(order_rows(sample.decisions, check), rows, check)
    counted = tally(sample.decisions, rows.row, len(rows.unit), check)
    return intervals_for(measure(rows, counted, ranking, minimum_n, by_unit=True), sample.classes, plan, check)
