from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import roc_auc_score

from fairemo_gui.evaluation.order import at_places, exact, groups_of_rows, inexact, order_rows, split
from fairemo_gui.evaluation.partition import sort_into_cells
from fairemo_gui.evaluation.ranks import Ranking, rank_sums
from fairemo_gui.evaluation.sample import Mode
from tests.unit.evaluation.build import random_sample


@settings(deadline=None, max_examples=60)
@given(
    seed=st.integers(0, 2**31),
    sizes=st.lists(st.integers(0, 3000), min_size=1, max_size=5),
    different=st.sampled_from([1, 2, 7, 400, 10**9]),
)
def test_places_of_several_arrays_together(seed: int, sizes: list[int], different: int) -> None:
    rng = np.random.default_rng(seed)
    parts = [np.sort(rng.integers(different, size=size) / different) for size in [*sizes, 5]]
    together = np.sort(np.concatenate(parts))
    places = np.unique(rng.integers(len(together), size=40))
    assert at_places(parts, places).tolist() == together[places].tolist()


def test_each_group_keeps_its_order() -> None:
    sample = random_sample(3, n=400, speakers=9, groups=3, unknown=0.2)
    cells = sort_into_cells(sample, ("gender", "age"))
    ordered = order_rows(sample.decisions)
    for at, partition in enumerate(cells.partitions):
        group = groups_of_rows(cells, at)
        for g, rows in enumerate(split(ordered, group, len(partition.values))):
            mine = partition.group[cells.row] == g
            for k, found in enumerate(rows):
                assert found.probability.tolist() == np.sort(sample.decisions.probabilities[mine, k]).tolist()
                assert found.on.sum() == sample.decisions.truth_on[mine, k].sum()
                assert mine[found.row].all()


@settings(deadline=None, max_examples=40)
@given(seed=st.integers(0, 2**31), n=st.integers(2, 300), humans=st.booleans())
def test_wins_are_the_area_under_the_curve(seed: int, n: int, humans: bool) -> None:
    sample = random_sample(seed, n=n, humans=humans)
    decided = sample.decisions
    sums = rank_sums(order_rows(decided))
    for k in range(len(sample.classes)):
        positives = int(sums.positives[k])
        if 0 < positives < n:
            area = roc_auc_score(decided.truth_on[:, k], decided.probabilities[:, k])
            assert sums.wins[k] / (2 * positives * (n - positives)) == pytest.approx(area, abs=1e-12)


def test_soft_truth_is_added_up_exactly() -> None:
    shares = np.random.default_rng(0).dirichlet(np.ones(6), size=5000)
    assert np.abs(inexact(exact(shares)) - shares).max() <= 2**-53
    assert inexact(exact(np.array([0.0, 1.0]))).tolist() == [0.0, 1.0]
    forth, back = exact(shares).sum(axis=0), exact(shares[::-1]).sum(axis=0)
    assert (forth == back).all()


def test_a_cancelled_ranking_goes_on_where_it_stopped() -> None:
    sample = random_sample(3, n=200, mode=Mode.SOFT)
    cells = sort_into_cells(sample, ("gender",))
    ordered = order_rows(sample.decisions)
    whole, asked = Ranking(ordered, cells), 0

    def cancel() -> None:
        nonlocal asked
        asked += 1
        if asked == 2:
            raise InterruptedError

    stopped = Ranking(ordered, cells, cancel)
    with pytest.raises(InterruptedError):
        stopped.totals(1, 0)
    assert (stopped.totals(1, 0).bins == whole.totals(1, 0).bins).all()
