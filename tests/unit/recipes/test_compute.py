from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from fairemo_gui.errors import UserError
from fairemo_gui.jobs.task import CancelledError, Progress, TaskContext
from fairemo_gui.jobs.wire import read_message, write_message
from fairemo_gui.recipes.compute import predict_task, train_task
from fairemo_gui.training.checkpoints import read_config
from tests.unit.recipes.lessons import CLASSES, Corpus, corpus, write_cache

QUICK = {"max_epochs": 12, "patience": 5}


def train(made: Corpus, out: Path, ctx: TaskContext | None = None, **more: Any) -> dict[str, Any]:
    arguments: dict[str, Any] = {
        "recipe": "schmitz2022", "config": QUICK, "features": made.features, "utterances": made.utterances,
        "targets": made.targets, "seed": 1, "out": str(out), "groups": made.speakers,
    }  # fmt: skip
    if "folds" not in more:
        more = {"split": made.split, **more}
    return train_task(ctx or TaskContext(), **{**arguments, **more})


def test_a_split_trains_one_member_and_predicts_the_test_part(tmp_path: Path) -> None:
    made = corpus(tmp_path)
    parts: list[Any] = []
    result = train(made, tmp_path / "net.safetensors", TaskContext(on_part=parts.append))
    test = made.utterances[np.array(made.split) == "test"]
    np.testing.assert_array_equal(result["utterances"], test)
    assert result["probabilities"].shape == (len(test), CLASSES)
    assert result["probabilities"].dtype == np.float32
    hits = result["probabilities"].argmax(1) == made.classes[np.array(made.split) == "test"]
    assert hits.mean() > 0.8
    epochs = [part for part in parts if "epoch" in part]
    assert [part["epoch"] for part in epochs] == [figures["epoch"] for figures in result["history"][0]]
    assert {"train_loss", "validation_loss", "validation_uar", "member", "members"} <= set(epochs[0])
    np.testing.assert_array_equal(parts[-1]["probabilities"], result["probabilities"])


def test_folds_make_one_net_of_k_members_with_every_utterance_out_of_fold(tmp_path: Path) -> None:
    made = corpus(tmp_path)
    result = train(made, tmp_path / "net.safetensors", folds=made.folds)
    assert result["members"] == len(result["history"]) == 3
    assert sorted(result["utterances"]) == made.utterances.tolist()
    fold_of = dict(zip(made.utterances.tolist(), made.folds.tolist(), strict=True))
    assert [fold_of[int(u)] for u in result["utterances"]] == result["member"].tolist()


def test_predicting_repeats_what_training_said(tmp_path: Path) -> None:
    made = corpus(tmp_path)
    net = train(made, tmp_path / "net.safetensors", folds=made.folds)
    parts: list[Any] = []
    result = predict_task(TaskContext(on_part=parts.append), net, made.features, made.utterances, member=made.folds)
    assert result == {"predicted": len(made.utterances), "skipped": []}
    assert len(parts) > 5
    said = np.concatenate([part["probabilities"] for part in parts])
    order = np.argsort(net["utterances"])
    np.testing.assert_allclose(said, net["probabilities"][order], atol=1e-5)


def test_an_utterance_no_member_tested_gets_the_mean_of_all(tmp_path: Path) -> None:
    made = corpus(tmp_path)
    net = train(made, tmp_path / "net.safetensors", folds=made.folds)

    def ask(member: int | None) -> Any:
        parts: list[Any] = []
        asked = None if member is None else np.array([member])
        predict_task(TaskContext(on_part=parts.append), net, made.features, made.utterances[:1], asked)
        return parts[0]["probabilities"]

    np.testing.assert_allclose(ask(None), np.mean([ask(k) for k in range(3)], axis=0), atol=1e-6)


def test_the_same_seed_gives_the_same_file(tmp_path: Path) -> None:
    made = corpus(tmp_path)
    sums = [train(made, tmp_path / f"{k}.safetensors", seed=seed)["sha256"] for k, seed in enumerate((1, 1, 2))]
    assert sums[0] == sums[1] != sums[2]


def test_results_cross_to_another_process(tmp_path: Path) -> None:
    made = corpus(tmp_path)
    parts: list[Any] = []
    result = train(made, tmp_path / "net.safetensors", TaskContext(on_part=parts.append))
    for message in (result, *parts):
        with (tmp_path / "wire").open("wb") as file:
            write_message(file, message)
        with (tmp_path / "wire").open("rb") as file:
            assert read_message(file) is not None
    assert read_config(tmp_path / "net.safetensors") == json.loads(json.dumps(result["config"]))


def test_soft_labels_and_rows_without_one(tmp_path: Path) -> None:
    made = corpus(tmp_path)
    soft = 0.7 * made.targets + 0.1
    soft[::7] = np.nan
    result = train(made, tmp_path / "net.safetensors", targets=soft)
    assert len(result["utterances"]) == made.split.count("test")
    assert np.isfinite(result["probabilities"]).all()


def test_utterances_without_any_features_are_listed(tmp_path: Path) -> None:
    lost = {name: {100, 189} for name in ("audio", "text", "video")}
    lost["video"] |= {101, 188}
    made = corpus(tmp_path, missing=lost)
    net = train(made, tmp_path / "net.safetensors")
    reason = "no features for audio or text or video"
    assert net["skipped"] == [{"utterance": u, "reason": reason} for u in (100, 189)]
    result = predict_task(TaskContext(), net, made.features, made.utterances)
    assert result["skipped"] == net["skipped"]
    assert result["predicted"] == len(made.utterances) - 2


def test_a_speaker_in_two_parts_stops_it(tmp_path: Path) -> None:
    made = corpus(tmp_path)
    split = made.split
    split[0] = "test"
    with pytest.raises(UserError, match="Speaker s0 is in test and train"):
        train(made, tmp_path / "net.safetensors", split=split)


def test_an_empty_part_is_named(tmp_path: Path) -> None:
    made = corpus(tmp_path)
    targets = made.targets
    targets[np.array(made.split) == "validation"] = np.nan
    with pytest.raises(UserError, match="The validation part holds no utterance with features and a label"):
        train(made, tmp_path / "net.safetensors", targets=targets)


def test_changed_weights_and_other_features_are_refused(tmp_path: Path) -> None:
    made = corpus(tmp_path)
    net = train(made, tmp_path / "net.safetensors", config={**QUICK, "modalities": "audio"})
    other = write_cache(tmp_path, "audio", {100: np.zeros((4, 5), np.float32)}, key="other")
    with pytest.raises(UserError, match="was trained on fake-audio@k for audio, not on fake-audio@other"):
        predict_task(TaskContext(), net, {"audio": other}, made.utterances)
    with pytest.raises(UserError, match="no features for audio"):
        predict_task(TaskContext(), net, {"text": made.features["text"]}, made.utterances)
    weights = tmp_path / "net.safetensors"
    weights.write_bytes(weights.read_bytes()[:-1] + b"x")
    with pytest.raises(UserError, match="have been changed"):
        predict_task(TaskContext(), net, made.features, made.utterances)


def test_a_cancel_stops_training_and_leaves_no_file(tmp_path: Path) -> None:
    made = corpus(tmp_path)

    def stop(part: object) -> None:
        if isinstance(part, dict) and part.get("epoch") == 3:
            ctx.cancel()

    ctx = TaskContext(on_part=stop)
    with pytest.raises(CancelledError):
        train(made, tmp_path / "net.safetensors", ctx)
    assert not (tmp_path / "net.safetensors").exists()


def test_progress_never_goes_back(tmp_path: Path) -> None:
    made = corpus(tmp_path, each=2)
    seen: list[Progress] = []
    train(made, tmp_path / "net.safetensors", TaskContext(on_progress=seen.append), folds=made.folds)
    done = [progress.done for progress in seen if progress.total]
    assert done == sorted(done)
    assert seen[-1].text.startswith("Fold 3 of 3, epoch ")


def test_an_unknown_recipe_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="no recipe “schmitz”: choose one of schmitz2022"):
        train(corpus(tmp_path, each=2), tmp_path / "net.safetensors", recipe="schmitz")
