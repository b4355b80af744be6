"""Figures and columns that are adjusted are those read anew."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from fairemo_gui.core.records import Changes, Condition, Truth
from fairemo_gui.errors import UserError
from fairemo_gui.evaluation.intervals import IntervalPlan
from fairemo_gui.services import rating
from fairemo_gui.services.filter_columns import load_columns, with_answers_of, with_votes
from fairemo_gui.services.filter_words import completions
from fairemo_gui.services.filters import compile_filter
from fairemo_gui.services.live_figures import Figuring, LiveFigures
from fairemo_gui.services.samples import HumanPredictor, NetPredictor, Predictor
from fairemo_gui.store import corpora, details, nets
from fairemo_gui.store.workspace import Workspace
from tests.unit.services.trained import SCHEME, add_net, many_speakers

VOICE = HumanPredictor(Condition.VOICE)


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    with many_speakers(tmp_path, speakers=8, each=6) as opened:
        for number, utterance in enumerate(corpora.table(opened, 1).ids.tolist()):
            for condition in (Condition.AV, Condition.VOICE):
                rate(opened, utterance, condition, SCHEME.classes[(number + (condition == "av") * number // 3) % 3])
        add_net(opened, seed=1)
        yield opened


def rate(workspace: Workspace, utterance: int, condition: Condition, emotion: str) -> Changes:
    corpus = corpora.corpus(workspace)
    return rating.rate(workspace, corpus, utterance, "me", condition, (emotion,))[1]


def figures_of(workspace: Workspace, about: Figuring) -> LiveFigures:
    return LiveFigures(workspace, corpora.corpus(workspace), corpora.table(workspace, 1), about)


@pytest.mark.parametrize(
    ("truth", "predictor"),
    [(Truth.AV, NetPredictor(1)), (Truth.INTENDED, NetPredictor(1)), (Truth.AV, VOICE)],
)
def test_figures_adjusted_for_ratings_and_answers_are_those_read_anew(
    workspace: Workspace, truth: Truth, predictor: Predictor
) -> None:
    about, draw = Figuring(truth, predictor), np.random.default_rng(0)
    live = figures_of(workspace, about)
    live.figures()
    ids = corpora.table(workspace, 1).ids
    for step in range(5):
        live.note(rate(workspace, int(ids[7 * step]), Condition.AV, SCHEME.classes[step % 3]))
        live.note(rate(workspace, int(ids[5 * step]), Condition.VOICE, SCHEME.classes[step % 2]))
        some = np.sort(draw.choice(ids, 6, replace=False))
        live.note(nets.add_predictions(workspace, 1, some, draw.dirichlet(np.ones(3), 6), ["test"] * 5 + ["train"]))
        view, histograms = live.figures()
        anew, theirs = figures_of(workspace, about).figures()
        assert view.evaluation.to_json() == anew.evaluation.to_json()
        assert {g: h.tolist() for g, h in histograms.items() if h.any()} == {g: h.tolist() for g, h in theirs.items()}
        assert view.samples.ids.tolist() == anew.samples.ids.tolist()


def test_a_view_stands_while_the_figures_go_on(workspace: Workspace) -> None:
    live = figures_of(workspace, Figuring(Truth.AV, NetPredictor(1)))
    before, _ = live.figures()
    ids = corpora.table(workspace, 1).ids
    live.note(nets.add_predictions(workspace, 1, ids[:9], np.tile([0.9, 0.05, 0.05], (9, 1)), ["test"] * 9))
    after, _ = live.figures(IntervalPlan(replicates=20))
    assert after.evaluation.intervals is not None
    assert before.samples.sample.decisions.predicted_class[:9].tolist() != [0] * 9
    assert after.samples.sample.decisions.predicted_class[:9].tolist() == [0] * 9


def test_what_could_not_be_evaluated_can_be_once_there_are_answers(workspace: Workspace) -> None:
    net = add_net(workspace, seed=2)
    workspace.db.conn.execute("DELETE FROM prediction WHERE net_id = ?", [net.id])
    live = figures_of(workspace, Figuring(Truth.AV, NetPredictor(net.id)))
    with pytest.raises(UserError, match="no held-out prediction"):
        live.figures()
    ids = corpora.table(workspace, 1).ids[:4]
    live.note(nets.add_predictions(workspace, net.id, ids, np.full((4, 3), 1 / 3), ["test"] * 4))
    assert live.figures()[0].evaluation.n == 4


def test_flips_of_two_nets_and_drawn_sets(workspace: Workspace) -> None:
    add_net(workspace, seed=2)
    corpus, table = corpora.corpus(workspace), corpora.table(workspace, 1)
    one, two = (load_columns(workspace, corpus, table, Truth.AV, NetPredictor(k), "me") for k in (1, 2))
    flipped = compile_filter("flip:1,2", one)
    assert flipped.tolist() == (one.predicted != two.predicted).tolist()
    assert 0 < flipped.sum() < len(table)
    assert [c.text for c in completions("flip:", 5, one)] == ["1,2"]
    nets.add_predictions(workspace, 2, table.ids, one.probabilities, ["test"] * len(table))
    assert one.nets is not None
    one.nets.forget()
    assert not compile_filter("flip:1,2", one).any()
    some = table.ids[[3, 5]].tolist()
    assert one.ids[compile_filter("lasso:a1", one, {"a1": some})].tolist() == some


@pytest.mark.parametrize("predictor", [NetPredictor(1), VOICE])
def test_columns_adjusted_are_those_read_anew(workspace: Workspace, predictor: Predictor) -> None:
    corpus, table = corpora.corpus(workspace), corpora.table(workspace, 1)
    columns = load_columns(workspace, corpus, table, Truth.AV, predictor, "me")
    for k, utterance in enumerate(table.ids[:5].tolist()):
        rate(workspace, utterance, (Condition.AV, Condition.VOICE)[k % 2], SCHEME.classes[(k + 1) % 3])
        votes = details.votes_of(workspace, utterance, len(SCHEME))
        columns = with_votes(columns, utterance, votes, True, predictor)
    if isinstance(predictor, NetPredictor):
        some = table.ids[3:6]
        nets.add_predictions(workspace, 1, some, np.tile([0.1, 0.2, 0.7], (3, 1)), ["test", "test", "train"])
        columns = with_answers_of(workspace, columns, predictor, some.tolist())
    anew = load_columns(workspace, corpus, table, Truth.AV, predictor, "me")
    for name in ("true_class", "predicted", "probabilities", "rated"):
        np.testing.assert_array_equal(getattr(columns, name), getattr(anew, name), err_msg=name)
    for truth in Truth:
        np.testing.assert_array_equal(columns.votes[truth], anew.votes[truth])
        np.testing.assert_array_equal(columns.labelled[truth], anew.labelled[truth])
