from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest

from fairemo_gui.core.emotions import ClassSelection
from fairemo_gui.core.records import Condition, Truth
from fairemo_gui.errors import UserError
from fairemo_gui.evaluation.intervals import IntervalPlan
from fairemo_gui.evaluation.matrices import Share, View
from fairemo_gui.services import matrices, rating
from fairemo_gui.services.evaluation import EvaluationView, evaluate_predictor
from fairemo_gui.services.samples import HumanPredictor, NetPredictor
from fairemo_gui.store import corpora, nets
from fairemo_gui.store.corpora import CorpusRow
from fairemo_gui.store.workspace import Workspace
from tests.unit.services.trained import SCHEME, add_net, many_speakers

Evaluated = tuple[Workspace, CorpusRow, EvaluationView]


@pytest.fixture(scope="module")
def evaluated(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Evaluated]:
    with many_speakers(tmp_path_factory.mktemp("m"), speakers=6, each=6) as workspace:
        add_net(workspace, 1)
        add_net(workspace, 2)
        corpus = corpora.corpus(workspace, None)
        for code, votes in (("s00_00", ("happy",)), ("s01_01", ("anger", "happy")), ("s02_02", ("neutral",))):
            row = corpora.table(workspace, corpus.id)
            utterance = int(row.ids[row.codes.index(code)])
            rating.rate(workspace, corpus, utterance, "r1", Condition.VOICE, votes)
        yield workspace, corpus, evaluate_predictor(workspace, corpus, Truth.INTENDED, NetPredictor(1))


def test_own_counts_are_those_of_the_evaluation(evaluated: Evaluated) -> None:
    found = matrices.own(evaluated[2], "gender")
    for value, counts in found.by_group().items():
        assert counts.classes.tolist() == evaluated[2].evaluation.group("gender", value).confusion.counts.tolist()


def test_own_shares_have_the_intervals_of_the_evaluation(evaluated: Evaluated) -> None:
    workspace, corpus, _ = evaluated
    view = evaluate_predictor(workspace, corpus, Truth.INTENDED, NetPredictor(1), intervals=IntervalPlan(60))
    whole = view.evaluation.intervals
    assert whole is not None
    low, high = matrices.own(view, "gender").intervals(whole.plan, "gender").everyone.shares[View.CLASSES, Share.ROW]
    found = {cell: whole.at("confusion", "rates", *cell) for cell in np.ndindex(*low.shape)}
    assert any(found.values())
    for cell, interval in found.items():
        ends = (np.nan, np.nan) if interval is None else (interval.low, interval.high)
        assert (low[cell], high[cell]) == pytest.approx(ends, nan_ok=True)


def test_another_net_in_the_rows(evaluated: Evaluated) -> None:
    workspace, corpus, view = evaluated
    found = matrices.against(workspace, corpus, view, "gender", NetPredictor(2))
    other = evaluate_predictor(workspace, corpus, Truth.INTENDED, NetPredictor(2))
    assert found.rows.chosen.tolist() == other.samples.sample.decisions.predicted_class.tolist()
    assert found.columns.chosen.tolist() == view.samples.sample.decisions.predicted_class.tolist()
    counts = found.everyone()
    assert counts is not None
    assert counts.n == len(view.samples.ids)


def test_people_beside_it_on_what_they_answered(evaluated: Evaluated) -> None:
    workspace, corpus, view = evaluated
    found = matrices.beside(workspace, corpus, view, "gender", HumanPredictor(Condition.VOICE))
    assert len(found.ids) == 3
    assert found.columns.chosen.tolist() == [1, 0, 2]
    table = corpora.table(workspace, corpus.id)
    chosen = found.inside("male", found.columns.chosen == 0)
    assert [table.codes[table.ids.tolist().index(i)] for i in chosen.tolist()] == ["s01_01"]


def test_a_net_over_itself_has_nothing(evaluated: Evaluated) -> None:
    workspace, corpus, view = evaluated
    own = matrices.own(view, "gender")
    apart = own.intervals_over(own, IntervalPlan(40), "gender")
    assert all(np.isnan(low).all() for low, _ in apart.everyone.shares.values())
    people = matrices.beside(workspace, corpus, view, "gender", HumanPredictor(Condition.VOICE))
    some = own.intervals_over(people, IntervalPlan(40), "gender").everyone.shares[View.CLASSES, Share.ALL]
    assert np.isfinite(some.low).any()


def test_nobody_who_answered_is_refused(evaluated: Evaluated) -> None:
    workspace, corpus, view = evaluated
    with pytest.raises(UserError, match="face raters answered none"):
        matrices.beside(workspace, corpus, view, "gender", HumanPredictor(Condition.FACE))


def test_nets_of_other_classes_are_not_crossed(evaluated: Evaluated) -> None:
    workspace, corpus, view = evaluated
    fewer = ClassSelection(("anger", "rest"), ((0,), (1, 2)))
    net = nets.NetRow(1, "schmitz2022", "intended", fewer, {}, 1, 1, "h", "1", "n", "ab" * 32)
    which, _ = nets.add_net(workspace, net)
    table = corpora.table(workspace, corpus.id)
    nets.add_predictions(workspace, which, table.ids, np.full((len(table), 2), 0.5), ["test"] * len(table))
    with pytest.raises(UserError, match="anger, rest apart"):
        matrices.against(workspace, corpus, view, "gender", NetPredictor(which))
    merged = evaluate_predictor(workspace, corpus, Truth.INTENDED, NetPredictor(which))
    found = matrices.beside(workspace, corpus, merged, "gender", HumanPredictor(Condition.VOICE))
    assert found.columns.chosen.tolist() == [1, 0, 1]
    assert SCHEME.classes == ("anger", "happy", "neutral")
