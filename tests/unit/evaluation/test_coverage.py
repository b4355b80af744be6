"""Do intervals cover the truth as often as they say? Simulated corpora; `coverage_table` measures it all."""

from __future__ import annotations

import pytest

from fairemo_gui.evaluation.intervals import Form, IntervalPlan, Unit
from tests.unit.evaluation.coverage import Corpora, Share, coverage
from tests.unit.evaluation.coverage_table import GAPS, SURE
from tests.unit.evaluation.simulate import World

SIZES = [(5, 5), (12, 12), (43, 48)]
RATES = ("TPR", "FPR", "selection rate", "F1", "accuracy", "macro-F1", "UAR", "Brier")
SAID = [*(f"{name} of a group" for name in RATES), "SP", "EO", "F1 difference", "macro-F1 difference"]


def shares(size: tuple[int, int], count: int, plan: IntervalPlan, **world: float) -> dict[str, Share]:
    return coverage(Corpora(*size, World(**world)), count, plan, ranks=False)  # type: ignore[arg-type]


def test_speaker_intervals_cover() -> None:
    found = shares((12, 12), 120, IntervalPlan(299))
    for name in SAID:
        assert 0.91 <= found[name].mean <= 0.985, (name, found[name])


def test_percentiles_of_few_speakers_cover_too_little() -> None:
    found = shares((5, 5), 80, IntervalPlan(299, form=Form.PERCENTILE))
    assert found["TPR of a group"].mean < 0.90


def test_drawing_utterances_covers_too_little_where_speakers_differ() -> None:
    found = shares((12, 12), 30, IntervalPlan(199, unit=Unit.UTTERANCE))
    assert found["SP"].mean < 0.85
    assert found["TPR of a group"].mean < 0.85
    alike = shares((12, 12), 40, IntervalPlan(199, unit=Unit.UTTERANCE), between_speakers=0.0, leaning=0.0, gap=0.0)
    assert alike["TPR of a group"].mean > 0.90


def test_no_form_covers_a_gap_that_is_not_there() -> None:
    percentile = shares((12, 12), 60, IntervalPlan(199, form=Form.PERCENTILE), gap=0.0)
    assert percentile["DPD macro"].mean < 0.05
    assert shares((12, 12), 60, IntervalPlan(199), gap=0.0)["SP"].mean > 0.90


@pytest.mark.slow
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("size", SIZES)
def test_coverage_over_a_thousand_corpora(size: tuple[int, int]) -> None:
    found = shares(size, 1000, IntervalPlan(999))
    for name in SURE:
        if name in found and not name.startswith("matrix"):
            assert 0.93 <= found[name].mean <= 0.97, (name, found[name])
            # One number's share has a standard error of 0.007.
            assert found[name].least >= 0.915, (name, found[name])
            assert found[name].most <= 0.975, (name, found[name])


@pytest.mark.slow
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("size", SIZES)
def test_gaps_as_measured(size: tuple[int, int]) -> None:
    there, absent = (shares(size, 300, IntervalPlan(599), gap=gap) for gap in (0.6, 0.0))
    for name in ("DPD macro", "EOD macro", "macro-F1 gap"):
        assert name in GAPS
        assert there[name].mean > 0.90, (name, there[name])
    assert absent["DPD macro"].mean < 0.93
