"""Intervals that draw single utterances: those of every utterance taken as a unit of its own, at any size."""

from __future__ import annotations

import numpy as np
import pytest

from fairemo_gui.errors import UserError
from fairemo_gui.evaluation import evaluate as module
from fairemo_gui.evaluation import rowdraws
from fairemo_gui.evaluation.bootstrap import intervals_for
from fairemo_gui.evaluation.evaluate import evaluate
from fairemo_gui.evaluation.intervals import Draws, Form, IntervalPlan, Intervals, Unit
from fairemo_gui.evaluation.measure import measure
from fairemo_gui.evaluation.order import order_rows
from fairemo_gui.evaluation.partition import sort_into_cells
from fairemo_gui.evaluation.ranks import Ranking
from fairemo_gui.evaluation.sample import Mode, Sample
from fairemo_gui.evaluation.tally import tally
from fairemo_gui.jobs.task import CancelledError
from tests.unit.evaluation.build import random_sample

BY = ("gender", "age")
PLAN = IntervalPlan(60, 4, Unit.UTTERANCE)


def found(sample: Sample, plan: IntervalPlan = PLAN) -> Intervals:
    intervals = evaluate(sample, BY, plan).intervals
    assert intervals is not None
    return intervals


def unit_by_unit(sample: Sample, plan: IntervalPlan) -> Intervals:
    """The same with the machinery of speakers, each utterance a speaker of its own."""
    cells = sort_into_cells(sample, BY, by_row=True)
    ranking = Ranking(order_rows(sample.decisions), cells)
    counted = tally(sample.decisions, cells.row, len(cells.unit))
    return intervals_for(measure(cells, counted, ranking, 20, by_unit=True), sample.classes, plan)


@pytest.mark.parametrize("form", [None, Form.BASIC])
@pytest.mark.parametrize("humans", [False, True])
@pytest.mark.parametrize("mode", list(Mode))
def test_every_utterance_is_a_unit_of_its_own(mode: Mode, humans: bool, form: Form | None) -> None:
    plan = IntervalPlan(60, 4, Unit.UTTERANCE, form)
    sample = random_sample(7, n=500, mode=mode, speakers=12, groups=3, unknown=0.1, humans=humans)
    ours, reference = found(sample, plan), unit_by_unit(sample, plan)
    assert ours.found.keys() == reference.found.keys()
    only_one = 0
    for path, interval in ours.found.items():
        expected = reference.found[path]
        if interval is not None and expected is not None:
            assert interval.to_json() == pytest.approx(expected.to_json(), abs=1e-9), path
        # What every utterance has alike is recognised by its draws here, and by its standard error there.
        only_one += (interval is None) != (expected is None)
    assert only_one <= 0.02 * len(ours.found)


def test_blocks_of_any_size_give_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    sample = random_sample(3, n=500, speakers=20)
    whole = found(sample)
    monkeypatch.setattr(rowdraws, "_ROWS_AT_ONCE", 37)
    monkeypatch.setattr(rowdraws, "_WEIGHTS_AT_ONCE", 1)
    in_pieces = found(sample)
    for path, interval in whole.found.items():
        again = in_pieces.found[path]
        assert (interval is None) == (again is None), path
        if interval is not None and again is not None:
            assert again.to_json() == pytest.approx(interval.to_json(), abs=1e-9), path


@pytest.mark.parametrize("n", [21_000])
def test_large_corpora_have_an_interval_of_every_number(n: int) -> None:
    sample = random_sample(1, n=n, speakers=50)
    intervals = found(sample, IntervalPlan(20, 0, Unit.UTTERANCE))
    for path in (
        ("metrics", "roc_auc"),
        ("metrics", "per_class", "roc_auc", "anger"),
        ("groups", 0, "metrics", "ece"),
        ("calibration", "overall", "reliability"),
        ("calibration", "groups", 1, "per_class", "fear", "bins", 3, "observed"),
        ("fairness", "gender×age", "eod", "macro"),
    ):
        assert intervals.at(*path) is not None, path
    assert all(intervals.reason(*path) for path, interval in intervals.found.items() if interval is None)


def test_numbers_nearly_all_draws_agree_on_have_a_reason_instead() -> None:
    truth = np.eye(2, dtype=np.int64)[np.arange(60) % 2]
    perfect = Sample(("a", "b"), truth, Mode.SINGLE, np.arange(60) % 6, {}, truth.astype(float))
    intervals = evaluate(perfect, (), PLAN).intervals
    assert intervals is not None
    assert intervals.at("metrics", "macro_f1") is None
    assert intervals.reason("metrics", "macro_f1") == "every utterance has the same value"


def test_studentised_intervals_of_very_many_utterances_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    plan = IntervalPlan(40, 0, Unit.UTTERANCE, Form.STUDENTISED)
    sample = random_sample(1, n=90)
    assert evaluate(sample, BY, plan).intervals is not None
    monkeypatch.setattr(module, "MOST_STUDENTISED_UTTERANCES", 80)
    with pytest.raises(UserError, match="choose the percentile form"):
        evaluate(sample, BY, plan)


def test_cancelling_while_utterances_are_drawn() -> None:
    asked = 0

    def cancel() -> None:
        nonlocal asked
        asked += 1
        if asked > 60:
            raise CancelledError

    with pytest.raises(CancelledError):
        evaluate(random_sample(0, n=20_000, speakers=30), BY, IntervalPlan(1000, unit=Unit.UTTERANCE), check=cancel)


def test_counts_are_the_weights_in_one_byte() -> None:
    strata = np.array([0] * 300 + [1] * 2)
    counts, weights = Draws(5, "x", strata).counts(30), Draws(5, "x", strata).weights(30)
    assert counts.dtype == np.uint8
    assert (counts == weights).all()
    assert (counts[:, :300].sum(axis=1) == 300).all()
