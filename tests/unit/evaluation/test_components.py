from __future__ import annotations

import numpy as np
import pytest

from fairemo_gui.evaluation.components import principal_components


def test_the_first_component_is_the_long_side_of_the_cloud() -> None:
    rng = np.random.default_rng(0)
    turn = np.array([[0.6, -0.8], [0.8, 0.6]])
    cloud = (rng.normal(size=(2000, 2)) * (5, 1)) @ turn.T + (3, -7)
    found = principal_components(cloud, 2, standardise=False)
    assert abs(float(found.directions[:, 0] @ turn[:, 0])) == pytest.approx(1, abs=1e-3)
    assert found.explained.tolist() == pytest.approx([25 / 26, 1 / 26], abs=0.01)
    assert found.project(cloud).mean(axis=0).tolist() == pytest.approx([0, 0], abs=1e-4)


def test_it_agrees_with_singular_values() -> None:
    x = np.random.default_rng(1).normal(size=(50, 7))
    found = principal_components(x, 7, standardise=False)
    variance = np.linalg.svd(x - x.mean(axis=0), compute_uv=False) ** 2
    assert found.explained.tolist() == pytest.approx((variance / variance.sum()).tolist())
    distances = np.linalg.norm(x[0] - x[1:], axis=1)
    kept = found.project(x)
    assert np.linalg.norm(kept[0] - kept[1:], axis=1).tolist() == pytest.approx(distances.tolist(), rel=1e-4)


def test_standardised_units_do_not_matter() -> None:
    x = np.random.default_rng(2).normal(size=(80, 3))
    metres = principal_components(x * (1, 1000, 1e-3), 3, standardise=True)
    assert metres.explained.tolist() == pytest.approx(principal_components(x, 3, standardise=True).explained.tolist())


def test_a_direction_always_has_the_same_sign() -> None:
    x = np.random.default_rng(3).normal(size=(40, 4))
    one, other = principal_components(x, 2, standardise=False), principal_components(x[::-1], 2, standardise=False)
    assert one.directions == pytest.approx(other.directions, abs=1e-5)


@pytest.mark.parametrize("x", [np.ones((5, 3)), np.arange(4.0)[:, None], np.zeros((1, 2))])
def test_what_does_not_vary_can_still_be_drawn(x: np.ndarray) -> None:
    found = principal_components(x, 2, standardise=True)
    assert found.project(x).shape == (len(x), 2)
    assert np.isfinite(found.project(x)).all() and np.isfinite(found.explained).all()
