"""Gold labels: settled by plurality, weight or a person, appended, and never a vote of their own."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from fairemo_gui.core.records import Condition, Rating, Truth
from fairemo_gui.errors import UserError
from fairemo_gui.evaluation.sample import Mode
from fairemo_gui.jobs.task import TaskContext
from fairemo_gui.services.adjudication import AdjudicationPlan, adjudicate, decide, verdict
from fairemo_gui.services.bundles import export_bundle, merge_bundles
from fairemo_gui.services.evaluation import evaluate_predictor
from fairemo_gui.services.rating import rate
from fairemo_gui.services.samples import HumanPredictor
from fairemo_gui.store import corpora, labels, ratings
from fairemo_gui.store.labels import NO_AGREEMENT
from fairemo_gui.store.workspace import Workspace
from tests.unit.store.builders import small_bundle

VOICE, AV = Condition.VOICE, Condition.AV
VOTES = {1: ("happy", "happy", "sad"), 2: ("anger", "sad"), 3: ("fear",)}


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    with Workspace(tmp_path / "w.fairemo", create=True) as opened:
        corpora.add_bundle(opened, small_bundle())
        for utterance, emotions in VOTES.items():
            for rater, emotion in zip(("ann", "ben", "cid"), emotions, strict=False):
                rate(opened, corpora.corpus(opened), utterance, rater, AV, [emotion])
        yield opened


def gold(workspace: Workspace, name: str = "gold") -> dict[int, str]:
    return {u: said for (u, truth), said in labels.gold(workspace, 1, name).items() if truth is Truth.AV}


def test_plurality_with_ties_as_no_agreement(workspace: Workspace) -> None:
    before = labels.counts(workspace, np.arange(1, 5), Truth.AV, 6)
    found, changes = adjudicate(workspace, corpora.corpus(workspace), AV, AdjudicationPlan())
    assert (found.settled, found.no_agreement, found.changed, found.kept) == (2, 1, 3, 0)
    assert "labels" in changes.kinds
    assert gold(workspace) == {1: "happy", 2: NO_AGREEMENT, 3: "fear"}
    assert (labels.counts(workspace, np.arange(1, 5), Truth.AV, 6) == before).all()
    one_hot = labels.gold_counts(workspace, np.array([3, 2, 1]), Truth.AV, small_bundle().scheme, "gold")
    assert one_hot.tolist() == [[0, 0, 1, 0, 0, 0], [0] * 6, [0, 0, 0, 1, 0, 0]]
    assert labels.consensus(workspace, 1)[0][1].source == "means.csv"
    votes = [(2, VOICE), *((u, AV) for u, said in VOTES.items() for _ in said)]
    assert sorted(ratings.between(workspace, 1, 0, ratings.last(workspace))) == sorted((u, c, False) for u, c in votes)


def test_done_again_it_follows_the_votes_and_supersedes(workspace: Workspace) -> None:
    corpus = corpora.corpus(workspace)
    adjudicate(workspace, corpus, AV, AdjudicationPlan())
    found, _ = adjudicate(workspace, corpus, AV, AdjudicationPlan())
    assert found.changed == 0
    rate(workspace, corpus, 2, "cid", AV, ["sad"])
    rate(workspace, corpus, 3, "ann", AV, [])
    found, _ = adjudicate(workspace, corpus, AV, AdjudicationPlan())
    assert found.changed == 2
    assert gold(workspace) == {1: "happy", 2: "sad"}
    assert [r.votes for r in ratings.history(workspace, 2, "gold")] == [("sad",), (NO_AGREEMENT,)]


def test_counted_votes_of_the_corpus_take_part_in_plurality(workspace: Workspace) -> None:
    adjudicate(workspace, corpora.corpus(workspace), VOICE, AdjudicationPlan())
    assert labels.gold(workspace, 1, "gold") == {(2, Truth.VOICE): "disgust"}


def test_weights_by_rater_and_a_share_to_reach(workspace: Workspace) -> None:
    corpus = corpora.corpus(workspace)
    weights = {"cid": Fraction("2.5"), "ann": Fraction(0)}
    adjudicate(workspace, corpus, AV, AdjudicationPlan(gold="weighed", weights=weights))
    assert gold(workspace, "weighed") == {1: "sad", 2: "sad"}
    adjudicate(workspace, corpus, AV, AdjudicationPlan(gold="strict", share=Fraction(2, 3)))
    assert gold(workspace, "strict") == {1: NO_AGREEMENT, 2: NO_AGREEMENT, 3: "fear"}
    with pytest.raises(UserError, match="“eve” gave no votes"):
        adjudicate(workspace, corpus, AV, AdjudicationPlan(weights={"eve": Fraction(1)}))


def test_votes_in_sight_of_a_prediction_take_part_only_if_wanted(workspace: Workspace) -> None:
    corpus = corpora.corpus(workspace)
    rate(workspace, corpus, 4, "ann", AV, ["sad"], prediction_visible=True)
    adjudicate(workspace, corpus, AV, AdjudicationPlan())
    assert 4 not in gold(workspace)
    adjudicate(workspace, corpus, AV, AdjudicationPlan(in_sight=True))
    assert gold(workspace)[4] == "sad"


def test_a_person_decides_and_is_not_overruled(workspace: Workspace) -> None:
    corpus = corpora.corpus(workspace)
    adjudicate(workspace, corpus, AV, AdjudicationPlan())
    decide(workspace, corpus, AV, {"u1": "Happiness", "u2": NO_AGREEMENT, "u3": "neu"}, "eva")
    found, _ = adjudicate(workspace, corpus, AV, AdjudicationPlan())
    assert (found.kept, found.changed) == (3, 0)
    assert gold(workspace) == {1: "happy", 2: "happy", 3: NO_AGREEMENT, 4: "neutral"}
    assert ratings.history(workspace, 2, "gold")[0].comment == "decided by eva"
    with pytest.raises(UserError, match="no utterance “u9”"):
        decide(workspace, corpus, AV, {"u9": "sad"}, "eva")
    with pytest.raises(UserError, match="not an emotion"):
        decide(workspace, corpus, AV, {"u1": "hunger"}, "eva")


def test_a_persons_name_is_no_name_for_gold(workspace: Workspace) -> None:
    for work in (
        lambda: adjudicate(workspace, corpora.corpus(workspace), AV, AdjudicationPlan(gold="ann")),
        lambda: decide(workspace, corpora.corpus(workspace), AV, {"u1": "sad"}, "eva", "ann"),
    ):
        with pytest.raises(UserError, match="another name"):
            work()


def test_no_agreement_is_no_vote_of_a_rater(workspace: Workspace) -> None:
    said = Rating("x", "u1", "ann", AV, (NO_AGREEMENT,))
    with pytest.raises(UserError, match="not one of"), workspace.transaction():
        ratings.insert_all(workspace, (), [said], corpora.utterance_ids(workspace, 1), small_bundle().scheme)


def test_gold_travels_in_bundles(workspace: Workspace, tmp_path: Path) -> None:
    corpus = corpora.corpus(workspace)
    adjudicate(workspace, corpus, AV, AdjudicationPlan())
    export_bundle(workspace, corpus, tmp_path / "all.jsonl")
    with Workspace(tmp_path / "other.fairemo", create=True) as other:
        corpora.add_bundle(other, small_bundle())
        decide(other, corpora.corpus(other), AV, {"u1": "sad", "u3": "sad"}, "eva")
        merge_bundles(TaskContext(), other, [tmp_path / "all.jsonl"])
        newest = ratings.history(other, 2, "gold")[0]
        assert gold(other) == {1: "happy", 2: newest.votes[0], 3: "fear", 4: "sad"}
        assert (
            labels.counts(other, np.array([2]), Truth.AV, 6) == labels.counts(workspace, np.array([2]), Truth.AV, 6)
        ).all()


@pytest.mark.parametrize(
    ("weights", "share", "expected"),
    [
        ({"sad": 2, "fear": 1}, "0", "sad"),
        ({"sad": 1, "fear": 1}, "0", NO_AGREEMENT),
        ({"sad": 1, "fear": 1}, "0.4", NO_AGREEMENT),
        ({"sad": 2, "fear": 2, "anger": 3}, "0.5", NO_AGREEMENT),
        ({"sad": "0.1", "fear": "0.2", "anger": "0.3"}, "0.5", NO_AGREEMENT),
        ({"sad": "0.1", "fear": "0.2", "anger": "0.31"}, "0.5", "anger"),
    ],
)
def test_verdicts_are_exact(weights: dict[str, str], share: str, expected: str) -> None:
    assert verdict({e: Fraction(w) for e, w in weights.items()}, Fraction(share)) == expected


def test_gold_labels_can_be_the_truth_of_an_evaluation(workspace: Workspace) -> None:
    corpus = corpora.corpus(workspace)
    adjudicate(workspace, corpus, AV, AdjudicationPlan())
    for utterance, emotion in ((1, "happy"), (3, "sad")):
        rate(workspace, corpus, utterance, "dan", VOICE, [emotion])
    view = evaluate_predictor(workspace, corpus, Truth.AV, HumanPredictor(VOICE), gold="gold")
    assert view.samples.ids.tolist() == [1, 3]
    assert view.evaluation.metrics.scores["accuracy"] == 0.5
    assert view.evaluation.mode == Mode.SINGLE.reported
    with pytest.raises(UserError, match="no av label called silver"):
        evaluate_predictor(workspace, corpus, Truth.AV, HumanPredictor(VOICE), gold="silver")
