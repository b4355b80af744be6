"""Where raters disagree, in which order, and every version of what was said."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from fairemo_gui.core.records import Condition, Truth
from fairemo_gui.services import adjudication, rating
from fairemo_gui.services.adjudication import AdjudicationPlan
from fairemo_gui.services.campaign.disputes import State, disputes, entropy, pairwise_agreement, progress, versions
from fairemo_gui.store import corpora, labels
from fairemo_gui.store.corpora import CorpusRow
from fairemo_gui.store.workspace import Workspace
from tests.unit.services.campaign.builders import campaign

SAID = {
    "u00": ("anger", "anger", "anger"),
    "u01": ("anger", "anger", "sad"),
    "u02": ("anger", "fear", "sad"),
    "u03": ("happy", "happy", "sad", "sad"),
    "u04": ("happy", "happy", "happy", "sad"),
}


@pytest.fixture
def rated(tmp_path: Path) -> Iterator[tuple[Workspace, CorpusRow, dict[str, int]]]:
    workspace, corpus = campaign(tmp_path / "c.fairemo")
    ids = corpora.utterance_ids(workspace, corpus.id)
    for code, answers in SAID.items():
        for k, emotion in enumerate(answers):
            rating.rate(workspace, corpus, ids[code], f"r{k}", Condition.VOICE, [emotion])
    yield workspace, corpus, ids
    workspace.close()


Rated = tuple[Workspace, CorpusRow, dict[str, int]]


def test_no_majority_first_then_the_least_certain(rated: Rated) -> None:
    workspace, corpus, _ = rated
    found = disputes(workspace, corpus, Condition.VOICE)
    assert [d.code for d in found] == ["u02", "u03", "u01", "u04"]
    assert [d.majority for d in found] == [False, False, True, True]
    assert found[0].entropy == pytest.approx(np.log2(3))
    assert found[1].entropy == pytest.approx(1)
    assert disputes(workspace, corpus, Condition.FACE) == []


def test_a_decision_is_kept_revised_and_told_from_a_rule(rated: Rated) -> None:
    workspace, corpus, ids = rated
    adjudication.adjudicate(workspace, corpus, Condition.VOICE, AdjudicationPlan())
    by_rule = {d.code: d for d in disputes(workspace, corpus, Condition.VOICE)}
    assert (by_rule["u01"].decision, by_rule["u01"].decided) == ("anger", False)
    assert by_rule["u02"].decision == "no_agreement"
    adjudication.decide(workspace, corpus, Condition.VOICE, {"u02": "fear"}, "lead")
    adjudication.decide(workspace, corpus, Condition.VOICE, {"u02": "sad"}, "lead")
    found = disputes(workspace, corpus, Condition.VOICE)
    (decided,) = [d for d in found if d.decided]
    assert (decided.code, decided.decision, decided.person) == ("u02", "sad", "lead")
    assert progress(found) == (1, 4)
    said = [(v.rating.votes, v.number, v.state) for v in versions(workspace, ids["u02"], Condition.VOICE)][-3:]
    assert said == [
        (("no_agreement",), 1, State.REPLACED),
        (("fear",), 2, State.REPLACED),
        (("sad",), 3, State.COUNTS),
    ]
    assert disputes(workspace, corpus, Condition.VOICE, gold="other")[0].decision is None
    assert labels.counts(workspace, np.array([ids["u02"]]), Truth.VOICE, 6).sum() == 3


def test_what_a_person_takes_back_is_a_rules_again(rated: Rated) -> None:
    workspace, corpus, _ = rated
    found = adjudication.take_back(workspace, corpus, Condition.VOICE, "lead")
    assert found is None
    adjudication.decide(workspace, corpus, Condition.VOICE, {"u02": "fear"}, "lead")
    adjudication.decide(workspace, corpus, Condition.VOICE, {"u03": "sad"}, "other")
    adjudication.decide(workspace, corpus, Condition.FACE, {"u01": "sad"}, "lead")
    found = adjudication.take_back(workspace, corpus, Condition.VOICE, "lead")
    assert found is not None
    assert (found[0].utterance, found[0].votes) == ("u02", ("fear",))
    assert adjudication.take_back(workspace, corpus, Condition.VOICE, "lead") is None
    ruled, _ = adjudication.adjudicate(workspace, corpus, Condition.VOICE, AdjudicationPlan())
    assert ruled.kept == 1
    now = {d.code: (d.decision, d.person) for d in disputes(workspace, corpus, Condition.VOICE)}
    assert (now["u02"], now["u03"]) == (("no_agreement", None), ("sad", "other"))
    # What a rule had said before a person decided is in force again.
    adjudication.decide(workspace, corpus, Condition.VOICE, {"u01": "sad"}, "lead")
    assert adjudication.take_back(workspace, corpus, Condition.VOICE, "lead") is not None
    now = {d.code: (d.decision, d.person) for d in disputes(workspace, corpus, Condition.VOICE)}
    assert now["u01"] == ("anger", None)


def test_every_version_of_a_rating_that_was_changed_and_taken_back(rated: Rated) -> None:
    workspace, corpus, ids = rated
    rating.rate(workspace, corpus, ids["u01"], "r0", Condition.VOICE, ["fear"])
    rating.undo(workspace, corpus, "r0")
    rating.rate(workspace, corpus, ids["u04"], "r3", Condition.AV, ["sad"])
    rating.undo(workspace, corpus, "r3")
    mine = [v for v in versions(workspace, ids["u01"], Condition.VOICE) if v.rating.rater == "r0"]
    assert [(v.number, v.rating.votes, v.state) for v in mine] == [
        (1, ("anger",), State.REPLACED),
        (2, ("fear",), State.TAKEN_BACK),
        (3, ("anger",), State.COUNTS),
    ]
    assert [v.state for v in versions(workspace, ids["u04"], Condition.AV)] == [State.TAKEN_BACK, State.WITHDRAWN]


def test_entropy_and_pairs() -> None:
    counts = np.array([[4, 0, 0], [2, 2, 0], [1, 1, 1], [0, 0, 0], [1, 0, 0]])
    np.testing.assert_allclose(entropy(counts), [0, 1, np.log2(3), np.nan, 0])
    np.testing.assert_allclose(pairwise_agreement(counts), [1, 1 / 3, 0, np.nan, np.nan])
