from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from fairemo_gui.core.records import Condition, Truth
from fairemo_gui.evaluation.definitions import DEFINITIONS
from fairemo_gui.evaluation.intervals import IntervalPlan
from fairemo_gui.services.evaluation import evaluate_predictor
from fairemo_gui.services.published import published_runs
from fairemo_gui.services.runs import (
    ACCURACIES,
    GAPS,
    Question,
    front,
    seed_clouds,
    standing_of,
    standing_over_seeds,
)
from fairemo_gui.services.samples import HumanPredictor, NetPredictor
from fairemo_gui.store import corpora, nets
from tests.unit.services.trained import add_net, many_speakers


@pytest.fixture
def question(tmp_path: Path) -> Question:
    workspace = many_speakers(tmp_path)
    return Question(workspace, corpora.corpora(workspace)[0], Truth.INTENDED, plan=IntervalPlan(replicates=50))


def test_a_standing_is_what_the_evaluation_says(question: Question) -> None:
    net = add_net(question.workspace, 1)
    found = standing_of(question, NetPredictor(net.id))
    view = evaluate_predictor(
        question.workspace, question.corpus, Truth.INTENDED, NetPredictor(net.id), intervals=question.plan
    )
    fairness, intervals = view.evaluation.fairness["gender"], view.evaluation.intervals
    assert set(found.figures) == {*ACCURACIES, *GAPS} <= set(DEFINITIONS)
    assert found.figures["eod"].value == fairness.eod.macro
    assert found.figures["macro_f1_gap"].value == fairness.macro_f1_gap
    assert intervals is not None
    ends = intervals.at("fairness", "gender", "eod", "macro")
    assert ends is not None and (found.figures["eod"].low, found.figures["eod"].high) == (ends.low, ends.high)
    assert (found.n, found.speakers, found.intervals) == (240, 24, True)


def test_only_some_utterances(question: Question) -> None:
    net = add_net(question.workspace, 1)
    ids = corpora.table(question.workspace, 1).ids[:100]
    few = Question(question.workspace, question.corpus, Truth.INTENDED, ids=ids)
    assert standing_of(few, NetPredictor(net.id)).n == 100
    add_net(question.workspace, 2)
    (cloud,) = seed_clouds(nets.nets(question.workspace))
    assert standing_over_seeds(few, cloud).n == 100


def test_who_cannot_be_evaluated_gives_a_reason(question: Question) -> None:
    found = standing_of(question, HumanPredictor(Condition.VOICE))
    assert not found.figures
    assert "voice raters" in found.reason


def test_seeds_of_one_net_are_a_cloud_and_other_settings_are_not(question: Question) -> None:
    workspace = question.workspace
    made = [add_net(workspace, seed) for seed in (3, 1, 2)]
    add_net(workspace, 1, settings={"dropout": 0.9})
    again = add_net(workspace, 1)
    (cloud,) = seed_clouds(nets.nets(workspace))
    assert [net.seed for net in cloud] == [1, 2, 3]
    assert cloud[0].id == again.id, "of two nets with one seed the newer one counts"
    assert made[1].id not in {net.id for net in cloud}


def test_the_mean_of_a_cloud_and_its_seeds(question: Question) -> None:
    made = [add_net(question.workspace, seed) for seed in (0, 1, 2)]
    alone = [standing_of(question, NetPredictor(net.id)).figures["macro_f1"].value for net in made]
    found = standing_over_seeds(question, made)
    figure = found.figures["macro_f1"]
    assert found.per_seed["macro_f1"] == pytest.approx(alone)
    assert figure.value == pytest.approx(np.mean(alone))
    assert figure.spread == pytest.approx(np.std(alone, ddof=1))
    assert figure.low < figure.value < figure.high


def test_the_front_holds_whom_nobody_beats_in_both() -> None:
    points = [(0.05, 0.7), (0.02, 0.6), (0.02, 0.65), (0.08, 0.69), (0.2, 0.8), (0.01, 0.1)]
    assert front(points) == [5, 2, 0, 4]
    assert front([]) == []


def test_published_values_name_their_source_and_stay_within_bounds() -> None:
    found = published_runs()
    assert len({run.system.name for run in found}) == 5
    for run in found:
        assert run.system.source and run.system.corpus
        shares = [s for key, s in run.scores.items() if key != "ccc"]
        shares += [g for gaps in run.gaps.values() for key, g in gaps.items() if key in GAPS]
        assert all(0 <= s.value <= 1 for s in shares)
        assert all(s.low <= s.value <= s.high for s in run.scores.values() if s.low == s.low)


def test_published_values_are_those_of_the_papers() -> None:
    by_name = {(run.system.name, run.name): run for run in published_runs()}
    best = by_name["Goncalves 2025", "model 12"]
    assert (best.scores["macro_f1"].value, best.scores["macro_f1"].low) == (0.772, 0.766)
    assert best.gaps["gender"]["macro_f1_gap"].value == pytest.approx(0.781 - 0.762, abs=0.0006)
    assert by_name["Schmitz 2022", "text"].gaps["gender"]["macro_f1_gap"].value == 0.0101


def test_same_data_means_same_corpus_labels_and_classes(question: Question) -> None:
    run = next(run for run in published_runs() if run.system.importer == "crema-d")
    corpus = replace(question.corpus, importer="crema-d 1")
    assert run.same_data(corpus, Truth.AV, 6)
    assert not run.same_data(corpus, Truth.VOICE, 6)
    assert not run.same_data(corpus, Truth.AV, 4)
    assert not run.same_data(question.corpus, Truth.AV, 6)
