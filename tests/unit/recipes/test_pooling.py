from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from fairemo_gui.errors import UserError
from fairemo_gui.features.cache import FeatureCache
from fairemo_gui.recipes.pooling import changes, pool, read_statistics
from fairemo_gui.recipes.sources import Pooled, Sequences
from tests.unit.recipes.lessons import write_cache


def test_statistics_are_those_of_numpy() -> None:
    frames = np.random.default_rng(0).normal(size=(40, 3)).astype(np.float32)
    names = ("mean", "median", "deviation", "low", "high", "change")
    parts = np.split(pool(frames, names), 6)
    expected = [
        frames.mean(0), np.median(frames, 0), frames.std(0), np.percentile(frames, 10, 0), np.percentile(frames, 90, 0),
        changes(frames).std(0),
    ]  # fmt: skip
    for part, value in zip(parts, expected, strict=True):
        np.testing.assert_allclose(part, value, rtol=1e-5)


def test_the_slope_of_a_line_is_its_slope() -> None:
    line = np.arange(20, dtype=np.float32)[:, None] * 3
    np.testing.assert_allclose(changes(line)[2:-2], 3)


def test_a_single_frame_pools_to_finite_values() -> None:
    pooled = pool(np.ones((1, 4), np.float32), ("mean", "deviation", "change"))
    np.testing.assert_array_equal(pooled, np.r_[np.ones(4), np.zeros(8)])


@pytest.mark.parametrize("text", ["mean,avg", "", " , "])
def test_unknown_statistics_are_refused(text: str) -> None:
    with pytest.raises(UserError, match="Statistics to pool by"):
        read_statistics(text)


def test_sequences_keep_the_middle_and_pad_in_front(tmp_path: Path) -> None:
    arrays = {1: np.arange(1, 11, dtype=np.float32)[:, None], 2: np.array([[7], [8]], np.float32)}
    source = Sequences(FeatureCache(Path(write_cache(tmp_path, "audio", arrays))), np.array([1, 2, 3]), 4)
    batch = source.batch(np.array([0, 1, 2]))
    assert batch["values"][..., 0].tolist() == [[4, 5, 6, 7], [0, 0, 7, 8], [0, 0, 0, 0]]
    assert batch["mask"].tolist() == [[1, 1, 1, 1], [0, 0, 1, 1], [0, 0, 0, 0]]
    assert source.present.tolist() == [True, True, False]


def test_pooled_rows_follow_the_utterances(tmp_path: Path) -> None:
    arrays = {n: np.full((3, 2), n, np.float32) for n in (1, 2, 3)}
    cache = FeatureCache(Path(write_cache(tmp_path, "audio", arrays)))
    source = Pooled(cache, np.array([3, 9, 1]), ("mean",), lambda: None)
    assert source.batch(np.array([0, 1, 2]))["values"].tolist() == [[3, 3], [0, 0], [1, 1]]
    assert source.present.tolist() == [True, False, True]
