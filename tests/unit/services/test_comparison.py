"""What a comparison says of itself: what is left out, and where it goes in circles."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from fairemo_gui.core.records import Condition, Rating, Truth
from fairemo_gui.errors import UserError
from fairemo_gui.evaluation.intervals import IntervalPlan
from fairemo_gui.services.adjudication import decide
from fairemo_gui.services.comparison import ComparisonView, compare_nets
from fairemo_gui.store import corpora, ratings
from fairemo_gui.store.nets import NetRow
from fairemo_gui.store.workspace import Workspace
from tests.unit.services.trained import SCHEME, add_net, many_speakers

PLAN = IntervalPlan(400)


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    with many_speakers(tmp_path) as opened:
        yield opened


def compared(workspace: Workspace, old: int, new: int, truth: Truth | None = None) -> ComparisonView:
    return compare_nets(workspace, corpora.corpus(workspace), old, new, truth, plan=PLAN)


def test_flips_carry_their_utterance_in_the_json(workspace: Workspace) -> None:
    add_net(workspace, 0)
    add_net(workspace, 1, clarity=2.0)
    view = compared(workspace, 1, 2)
    found = json.loads(json.dumps(view.to_json(), allow_nan=False))
    codes = corpora.utterance_ids(workspace, 1)
    assert found["flips"]
    for flip, row in zip(found["flips"], view.comparison.flips, strict=True):
        assert codes[flip["utterance"]] == view.ids[row.row]
        assert flip["group"] == ("male" if int(flip["utterance"][1:3]) % 2 else "female")
        assert flip["old"] != flip["new"]
    assert found["families"]["recall per class and group"] == 6
    assert view.caveats == ()


def test_what_a_net_learnt_from_is_left_out_and_counted(workspace: Workspace) -> None:
    codes = [speaker.code for speaker in corpora.table(workspace, 1).speakers]
    parts = {code: ("train", "validation", "test")[k // 8] for k, code in enumerate(codes)}
    add_net(workspace, 0)
    one_split = add_net(workspace, 1, parts=parts)
    workspace.db.table("net").update(one_split.id, {"folds": 1})
    view = compared(workspace, 1, 2)
    assert view.comparison.n == 80
    assert view.caveats[0] == "160 labelled utterances are left out: net 1 or net 2 learnt from their speakers."


def test_a_net_beside_itself_is_called_so(workspace: Workspace) -> None:
    add_net(workspace, 0)
    add_net(workspace, 0)
    assert "Net 1 is compared with itself." in compared(workspace, 1, 1).caveats
    assert any("one net" in caveat for caveat in compared(workspace, 1, 2).caveats)


def test_labels_only_one_net_learnt_from_and_ratings_in_sight_are_called_out(workspace: Workspace) -> None:
    add_net(workspace, 0)
    other = add_net(workspace, 1)
    workspace.db.table("net").update(other.id, {"labels": "voice"})
    for utterance in range(1, 61):
        rating = Rating(f"r{utterance}", "", "zoe", Condition.VOICE, ("happy",), prediction_visible=utterance <= 7)
        ratings.add(workspace, utterance, rating, SCHEME)
    caveats = compared(workspace, 1, 2, Truth.VOICE).caveats
    assert any("net 2 learnt from and net 1 did not (intended labels)" in caveat for caveat in caveats)
    assert any(caveat.startswith("The labels of 7 utterances hold ratings given in sight") for caveat in caveats)


def test_adjudicated_labels_may_count_as_true(workspace: Workspace) -> None:
    add_net(workspace, 0)
    add_net(workspace, 1)
    corpus = corpora.corpus(workspace)
    decisions = {code: SCHEME.classes[k % 2] for k, code in enumerate(corpora.table(workspace, corpus.id).codes[:200])}
    decide(workspace, corpus, Condition.AV, decisions, "ada")
    with pytest.raises(UserError, match="label"):
        compared(workspace, 1, 2, Truth.AV)
    view = compare_nets(workspace, corpus, 1, 2, Truth.AV, plan=PLAN, gold="gold")
    assert (view.gold, view.comparison.n, view.to_json()["gold"]) == ("gold", 200, "gold")
    assert view.comparison.flips
    for flip in view.comparison.flips:
        assert SCHEME.classes[flip.truth] == decisions[view.codes[flip.row]]


def _learnt_by(workspace: Workspace, net: NetRow, labels: Truth) -> None:
    """Say that a net learnt from these labels, as they stood by now."""
    config = json.loads(json.dumps(net.config))
    config["plan"]["ratings"] = ratings.last(workspace)
    workspace.db.table("net").update(net.id, {"labels": labels.value, "config": json.dumps(config)})


def _rate(workspace: Workspace, utterances: range, condition: Condition, *, in_sight: bool = False) -> None:
    for utterance in utterances:
        name = f"{condition}{utterance}{in_sight}"
        rating = Rating(name, "", f"zoe{in_sight}", condition, ("happy",), prediction_visible=in_sight)
        ratings.add(workspace, utterance, rating, SCHEME)


def _after(workspace: Workspace) -> ComparisonView:
    """Net 1 against a net trained on today's AV ratings."""
    _learnt_by(workspace, add_net(workspace, 1, parent=1), Truth.AV)
    return compared(workspace, 1, 2, Truth.AV)


@pytest.fixture
def learnt_from_av(workspace: Workspace) -> Workspace:
    """A workspace with a net that learnt from the AV ratings of all utterances."""
    _rate(workspace, range(1, 241), Condition.AV)
    _learnt_by(workspace, add_net(workspace, 0), Truth.AV)
    return workspace


def test_ratings_a_net_does_not_learn_from_are_not_called_learnt(learnt_from_av: Workspace) -> None:
    for k in range(1, 13):
        seen = Rating(f"seen{k}", "", "ada", Condition.AV, ("anger",), prediction_visible=True)
        ratings.add(learnt_from_av, k, seen, SCHEME)
    _rate(learnt_from_av, range(20, 21), Condition.FACE)
    view = _after(learnt_from_av)
    came = view.new_ratings
    assert (came.learnt, came.in_sight, came.elsewhere, came.given) == (0, 12, 1, 13)
    assert came.why_not == "12 given with the prediction in sight, 1 not AV labels"
    assert [(c.ratings, c.blind) for c in view.label_changes] == [(0, 0), (1, 1), (12, 0)]
    assert (view.label_changes[2].moved, view.to_json()["new_ratings_learnt"]) == (0, 0)


def test_blind_ratings_of_its_labels_are_learnt_until_the_new_net_was_trained(learnt_from_av: Workspace) -> None:
    for rater in ("ada", "bob"):
        for k in range(1, 6):
            rating = Rating(f"{rater}{k}", "", rater, Condition.AV, ("anger",))
            ratings.add(learnt_from_av, k, rating, SCHEME)
    view = _after(learnt_from_av)
    assert (view.new_ratings.learnt, view.new_ratings.why_not, view.label_changes[2].moved) == (10, "", 5)
    _rate(learnt_from_av, range(30, 40), Condition.AV, in_sight=True)
    ratings.add(learnt_from_av, 50, Rating("late", "", "ada", Condition.AV, ("anger",)), SCHEME)
    again = compared(learnt_from_av, 1, 2, Truth.AV)
    assert again.label_changes == view.label_changes
