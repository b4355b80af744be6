"""Which nets differ only in their seed, and what is refused."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from fairemo_gui.core.records import Truth
from fairemo_gui.errors import UserError
from fairemo_gui.evaluation.intervals import IntervalPlan
from fairemo_gui.services.samples import NetPredictor, read_rows
from fairemo_gui.services.seeds import chosen_nets, evaluate_seeds, siblings
from fairemo_gui.store import corpora, nets
from fairemo_gui.store.workspace import Workspace
from tests.unit.services.trained import add_net, many_speakers


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    with many_speakers(tmp_path) as opened:
        yield opened


def test_siblings_differ_in_nothing_but_their_seed(workspace: Workspace) -> None:
    first, second = (add_net(workspace, seed) for seed in (3, 1))
    add_net(workspace, 2, settings={"dropout": 0.5})
    other_parts = {speaker.code: "test" for speaker in corpora.table(workspace, 1).speakers}
    add_net(workspace, 4, parts=other_parts)
    again = add_net(workspace, 1)
    assert [net.id for net in siblings(workspace, first)] == [again.id, first.id]
    assert [net.id for net in siblings(workspace, second)] == [second.id, first.id]
    nets.set_status(workspace, first.id, "discarded")
    assert [net.id for net in siblings(workspace, second)] == [second.id]


def test_nets_that_differ_in_more_are_refused_by_name(workspace: Workspace) -> None:
    add_net(workspace, 0)
    add_net(workspace, 1, settings={"dropout": 0.5})
    add_net(workspace, 0)
    with pytest.raises(UserError, match=r"Nets 1 and 2 differ in more than their seed \(settings\)"):
        chosen_nets(workspace, 1, ("1", "2"))
    with pytest.raises(UserError, match="the same seed 0"):
        chosen_nets(workspace, 1, ("1", "3"))
    with pytest.raises(UserError, match="no net 9"):
        chosen_nets(workspace, 1, ("1", "9"))


def test_another_division_is_allowed_and_said(workspace: Workspace) -> None:
    one = add_net(workspace, 0)
    table = corpora.table(workspace, 1)
    parts = {speaker.code: (k + 1) % 3 for k, speaker in enumerate(table.speakers)}
    other = add_net(workspace, 1, parts=parts)
    found = chosen_nets(workspace, 1, (str(other.id), str(one.id)))
    assert [net.id for net in found] == [one.id, other.id]
    view = evaluate_seeds(workspace, corpora.corpus(workspace), Truth.INTENDED, found)
    assert any("division of speakers" in caveat for caveat in view.caveats)


def test_only_what_all_nets_held_out_is_evaluated(workspace: Workspace) -> None:
    codes = [speaker.code for speaker in corpora.table(workspace, 1).speakers]
    ends = [{code: "train" if k // 8 == part else "test" for k, code in enumerate(codes)} for part in (0, 1)]
    found = tuple(add_net(workspace, seed, parts=parts) for seed, parts in enumerate(ends))
    view = evaluate_seeds(workspace, corpora.corpus(workspace), Truth.INTENDED, found)
    assert (view.runs.n, view.runs.speakers) == (80, 8)
    assert len(view.ids) == 80
    nobody = add_net(workspace, 5, parts=dict.fromkeys(codes, "train") | dict.fromkeys(codes[:8], "test"))
    with pytest.raises(UserError, match="no utterance in common"):
        evaluate_seeds(workspace, corpora.corpus(workspace), Truth.INTENDED, (found[0], nobody))


def test_the_json_names_each_nets_value_and_both_spreads(workspace: Workspace) -> None:
    trained = tuple(add_net(workspace, seed) for seed in range(3))
    plan = IntervalPlan(50)
    view = evaluate_seeds(workspace, corpora.corpus(workspace), Truth.INTENDED, trained, intervals=plan)
    found = json.loads(json.dumps(view.to_json(), allow_nan=False))
    assert found["nets"] == [{"net": 1, "seed": 0}, {"net": 2, "seed": 1}, {"net": 3, "seed": 2}]
    men = next(
        row for row in found["numbers"] if (row["key"], row["group"], row["label"]) == ("macro_f1", "male", None)
    )
    assert len(men["values"]) == 3
    assert men["mean"] == pytest.approx(np.mean(men["values"]))
    assert men["sd"] == pytest.approx(np.std(men["values"], ddof=1))
    assert men["interval"][0] < men["mean"] < men["interval"][1]
    assert found["over_seeds"]["ddof"] == 1


def test_a_stored_prediction_that_is_no_probability_is_named(workspace: Workspace) -> None:
    net = add_net(workspace, 0)
    table = corpora.table(workspace, 1)
    row = table.codes.index("s05_03")
    nets.add_predictions(workspace, net.id, table.ids[[row]], np.array([[np.nan, 0.5, 0.5]]), ["out of fold"])
    with pytest.raises(UserError, match=r"Net 1's prediction of s05_03 .* \(nan, 0.5, 0.5\)") as caught:
        read_rows(workspace, corpora.corpus(workspace), Truth.INTENDED, NetPredictor(net.id)).samples()
    assert caught.value.problems == ("s05_03: not a row of probabilities",)
