from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from fairemo_gui.errors import UserError
from fairemo_gui.jobs.task import TaskContext
from fairemo_gui.recipes.compute import predict_task, train_task
from fairemo_gui.recipes.what_if import what_if_task
from tests.unit.recipes.lessons import Corpus, corpus

CONFIG = {"max_epochs": 30, "branch_size": 4, "fusion_size": 4}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Corpus, dict[str, Any]]:
    folder = tmp_path_factory.mktemp("what_if")
    lesson = corpus(folder / "features", missing={"video": {101}})
    out = str(folder / "net.safetensors")
    done = train_task(
        TaskContext(), "schmitz2022", CONFIG, lesson.features, lesson.utterances, lesson.targets, 1, out,
        folds=lesson.folds,
    )  # fmt: skip
    return lesson, {"weights": out, "sha256": done["sha256"], "config": done["config"]}


def predicted(made: tuple[Corpus, dict[str, Any]], utterance: int, member: int) -> np.ndarray[Any, Any]:
    lesson, net = made
    parts: list[Any] = []
    predict_task(
        TaskContext(on_part=parts.append),
        net,
        lesson.features,
        np.array([utterance]),
        np.array([member], dtype=np.int64),
    )
    said: np.ndarray[Any, Any] = parts[0]["probabilities"][0]
    return said


@pytest.mark.parametrize("member", [-1, 0, 2])
def test_with_everything_it_says_what_predicting_says(made: tuple[Corpus, dict[str, Any]], member: int) -> None:
    lesson, net = made
    found = what_if_task(TaskContext(), net, lesson.features, 104, member)
    assert found["modalities"] == ["audio", "text", "video"]
    assert found["kept"][0] == ["audio", "text", "video"]
    assert len(found["kept"]) == 7
    assert found["probabilities"].sum(axis=1) == pytest.approx(1, abs=1e-5)
    assert found["probabilities"][0] == pytest.approx(predicted(made, 104, member), abs=1e-6)


def test_off_is_what_it_says_of_an_utterance_that_lacks_it(made: tuple[Corpus, dict[str, Any]], tmp_path: Path) -> None:
    lesson, net = made
    found = what_if_task(TaskContext(), net, lesson.features, 104, 1)
    lacking = corpus(tmp_path / "lacking", missing={"video": {104}})
    answer = predicted((lacking, net), 104, 1)
    place = found["kept"].index(["audio", "text"])
    assert found["probabilities"][place] == pytest.approx(answer, abs=1e-6)
    assert np.abs(found["probabilities"][0] - answer).max() > 1e-4


def test_only_what_the_utterance_has_can_be_turned_off(made: tuple[Corpus, dict[str, Any]]) -> None:
    lesson, net = made
    found = what_if_task(TaskContext(), net, lesson.features, 101, 1)
    assert found["modalities"] == ["audio", "text"]
    assert found["kept"] == [["audio", "text"], ["audio"], ["text"]]
    assert found["probabilities"][0] == pytest.approx(predicted(made, 101, 1), abs=1e-6)


def test_an_utterance_without_features_says_so(made: tuple[Corpus, dict[str, Any]]) -> None:
    lesson, net = made
    with pytest.raises(UserError, match="no features"):
        what_if_task(TaskContext(), net, lesson.features, 9999)


def test_changed_weights_are_refused(made: tuple[Corpus, dict[str, Any]], tmp_path: Path) -> None:
    lesson, net = made
    other = tmp_path / "n.safetensors"
    other.write_bytes(Path(net["weights"]).read_bytes() + b"x")
    with pytest.raises(UserError, match="have been changed"):
        what_if_task(TaskContext(), {**net, "weights": str(other)}, lesson.features, 104)


def test_a_net_whose_recipe_has_changed_since_is_said_to_be_older(made: tuple[Corpus, dict[str, Any]]) -> None:
    lesson, net = made
    config = {**net["config"], "settings": {**net["config"]["settings"], "forgotten": 1}}
    with pytest.raises(UserError, match=r"^This net was made by an older version; train again\.$") as caught:
        what_if_task(TaskContext(), {**net, "config": config}, lesson.features, 104)
    assert "forgotten" in caught.value.problems[0]
