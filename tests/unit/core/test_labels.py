"""From votes to labels: exact at the threshold, first on ties, nothing where nobody voted."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from fairemo_gui.core.labels import Counts, distribution, multi_hot, plurality, tied

votes = arrays(np.int64, st.tuples(st.integers(1, 20), st.integers(2, 9)), elements=st.integers(0, 50))


def test_shares_sum_to_one_and_no_votes_are_not_a_number() -> None:
    shares = distribution(np.array([[1, 2, 1], [0, 0, 0]]))
    assert shares[0].tolist() == [0.25, 0.5, 0.25]
    assert np.isnan(shares[1]).all()
    assert shares.dtype == np.float64


@pytest.mark.parametrize("scale", [1, 2, 7, 10**12])
def test_a_share_of_exactly_one_over_c_is_off(scale: int) -> None:
    row = np.array([[1, 1, 1, 1, 1, 1], [2, 1, 1, 1, 1, 0], [2, 2, 2, 0, 0, 0]]) * scale
    assert multi_hot(row).tolist() == [
        [False] * 6,
        [True] + [False] * 5,
        [True, True, True, False, False, False],
    ]


def test_ties_go_to_the_first_class_and_are_known() -> None:
    counts = np.array([[0, 3, 3], [1, 0, 0], [0, 0, 0], [2, 2, 2]])
    assert plurality(counts).tolist() == [1, 0, -1, 0]
    assert tied(counts).tolist() == [True, False, False, True]


@given(votes)
def test_labels_agree_with_fractions(counts: Counts) -> None:
    total = counts.sum(axis=1)
    classes = counts.shape[1]
    for k, row in enumerate(counts):
        on = [classes * int(n) > int(total[k]) for n in row]
        assert multi_hot(counts)[k].tolist() == on
        assert plurality(counts)[k] == (row.tolist().index(row.max()) if total[k] else -1)
        assert tied(counts)[k] == (total[k] > 0 and row.tolist().count(row.max()) > 1)


@given(votes)
def test_whoever_voted_has_shares_that_sum_to_one(counts: Counts) -> None:
    shares = distribution(counts)
    voted = counts.sum(axis=1) > 0
    assert np.allclose(shares[voted].sum(axis=1), 1.0)
    assert np.isnan(shares[~voted]).all()
