from __future__ import annotations

import numpy as np
import pytest

from fairemo_gui.evaluation.evaluate import evaluate
from fairemo_gui.evaluation.records import Evaluation
from fairemo_gui.gui.dashboards import adapt
from fairemo_gui.gui.dashboards.adapt import Setting
from fairemo_gui.services.live_figures import histogram
from tests.gui.dashboards.conftest import made_up_sample

VOICE = Setting(predictor="voice raters", by_votes=True)


def test_crema_d_matrices_are_the_tables_of_the_picture(crema_d: Evaluation) -> None:
    model = adapt.confusion_model(crema_d, VOICE)
    women, men = model.matrices
    assert women.group is not None and men.group is not None
    assert (women.group.word, women.n, women.group.speakers) == ("Women", 3512, 43)
    assert (men.group.word, men.n, men.group.speakers) == ("Men", 3930, 48)
    assert women.f1.value == pytest.approx(0.6505025601510362, abs=1e-9)
    assert men.f1.value == pytest.approx(0.6218589587097371, abs=1e-9)
    assert np.round(100 * women.shares()[3]).tolist() == [6, 4, 8, 41, 41, 1]
    assert np.round(100 * men.shares()[3]).tolist() == [6, 3, 6, 24, 60, 0]
    assert model.notes == ("Columns: plurality of voice raters", "Ties to first: 420 AV, 644 voice")


def test_crema_d_difference_is_men_less_women_with_evidence(crema_d: Evaluation) -> None:
    difference = adapt.confusion_model(crema_d, VOICE).difference
    assert difference is not None
    assert difference.title == "Men − women"
    assert round(100 * difference.values[3, 4]) == 20
    assert difference.evidence[3, 4]
    assert not difference.evidence[0, 0]


def test_crema_d_fairness_is_signed_and_its_headline_golden(crema_d: Evaluation) -> None:
    model = adapt.fairness_model(crema_d, VOICE)
    assert model.signed
    assert [round(e.value, 3) for e in model.sp] == [0.013, 0.014, -0.033, -0.029, 0.062, -0.067]
    assert [e.excludes_zero for e in model.sp] == [False, False, True, True, True, True]
    assert model.headline[0].estimate.value == pytest.approx(0.03632450766160273, abs=1e-9)


def test_every_bin_carries_its_own_interval(crema_d: Evaluation) -> None:
    """Empty bins are left out of the evaluation's bins: intervals must follow the bins that are left."""
    for panel in adapt.reliability_model(crema_d, VOICE).panels:
        assert len(panel.bins) == 6
        for found in panel.bins:
            assert found.observed.low is not None and found.observed.high is not None
            assert found.observed.low <= found.observed.value <= found.observed.high


def test_brier_parts_add_up(crema_d: Evaluation) -> None:
    for panel in adapt.reliability_model(crema_d, VOICE).panels:
        parts = panel.parts
        total = parts.reliability - parts.resolution + parts.uncertainty + parts.remainder
        assert total == pytest.approx(parts.brier.value, abs=1e-9)


def test_histogram_counts_every_probability(crema_d: Evaluation) -> None:
    counts = histogram([[0.0, 0.02, 1.0], [0.5, 0.5, 0.0]])
    assert counts.sum() == 6
    assert (counts[0], counts[-1]) == (3, 1)
    model = adapt.reliability_model(crema_d, Setting(histograms={"female": counts}))
    assert model.panels[0].histogram is counts
    assert len(model.panels[1].histogram) == 0


def test_without_intervals_nothing_is_called_evidence() -> None:
    found = evaluate(made_up_sample())
    model = adapt.confusion_model(found, VOICE)
    difference = model.difference
    assert difference is not None
    assert difference.low is None, "or the footnote would explain a mark that there is not"
    assert model.footnote.startswith("F1: macro")
    assert not difference.evidence.any()
    assert adapt.interval_words(found) == ""
    assert not any(e.excludes_zero for e in adapt.fairness_model(found, VOICE).sp)


def test_three_groups_have_rates_instead_of_signs() -> None:
    found = evaluate(made_up_sample(("a", "b", "c")))
    model = adapt.fairness_model(found, VOICE)
    assert not model.signed
    assert [rate.group.word for rate in model.rates] == ["a", "b", "c"]
    assert adapt.confusion_model(found, VOICE).difference is None


def test_unknown_is_shown_and_compared_with_nobody() -> None:
    found = evaluate(made_up_sample(("female", "male", None)))
    model = adapt.fairness_model(found, VOICE)
    assert model.signed
    assert [group.word for group in model.groups] == ["Women", "Men", "Unknown"]


def test_without_groups_everyone_has_one_matrix() -> None:
    found = evaluate(made_up_sample(), by=())
    model = adapt.confusion_model(found, Setting(by="gender"))
    assert len(model.matrices) == 1
    assert model.matrices[0].group is None
    assert adapt.reliability_model(found, Setting(by="gender")).panels[0].group is None
