from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from fairemo_gui.errors import UserError
from fairemo_gui.features.cache import FeatureCache, list_caches
from fairemo_gui.jobs.task import TaskContext
from fairemo_gui.recipes.compute import open_net, predict_task, train_task
from fairemo_gui.recipes.represent import represent_task
from tests.unit.recipes.lessons import Corpus, corpus

CONFIG = {"max_epochs": 20, "branch_size": 4, "fusion_size": 6}
Made = tuple[Corpus, dict[str, Any]]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Made:
    folder = tmp_path_factory.mktemp("represent")
    lesson = corpus(folder / "features")
    out = str(folder / "net.safetensors")
    done = train_task(
        TaskContext(), "schmitz2022", CONFIG, lesson.features, lesson.utterances, lesson.targets, 1, out,
        folds=lesson.folds,
    )  # fmt: skip
    return lesson, {"weights": out, "sha256": done["sha256"], "config": done["config"]}


def test_the_last_layer_makes_the_probabilities_of_what_is_kept(made: Made, tmp_path: Path) -> None:
    lesson, net = made
    found = represent_task(TaskContext(), net, lesson.features, lesson.utterances, "net3", str(tmp_path))
    assert found == {"made": len(lesson.utterances), "dim": 3}
    (info,) = list_caches(tmp_path)
    assert (info.encoder, info.dim) == ("net3", 3)
    kept = FeatureCache(tmp_path / info.name)
    hidden = np.concatenate([kept.read(int(u)) for u in lesson.utterances])
    _, modules = open_net(net, {name: FeatureCache(Path(place)) for name, place in lesson.features.items()})
    last = [layer for layer in modules[0].modules() if isinstance(layer, torch.nn.Linear)][-1]
    p = torch.softmax(last(torch.from_numpy(hidden)), dim=1).detach().numpy()
    parts: list[Any] = []
    member = np.zeros(len(lesson.utterances), dtype=np.int64)
    predict_task(TaskContext(on_part=parts.append), net, lesson.features, lesson.utterances, member)
    assert p == pytest.approx(np.concatenate([part["probabilities"] for part in parts]), abs=1e-5)


def test_again_it_is_replaced_not_doubled(made: Made, tmp_path: Path) -> None:
    lesson, net = made
    for _ in range(2):
        represent_task(TaskContext(), net, lesson.features, lesson.utterances, "net3", str(tmp_path))
    (info,) = list_caches(tmp_path)
    assert len(FeatureCache(tmp_path / info.name)) == len(lesson.utterances)


def test_without_features_it_says_what_to_do(made: Made, tmp_path: Path) -> None:
    lesson, net = made
    with pytest.raises(UserError, match="extract them first"):
        represent_task(TaskContext(), net, lesson.features, np.array([9_999]), "net3", str(tmp_path))
