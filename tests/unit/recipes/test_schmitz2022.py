from __future__ import annotations

from itertools import combinations
from pathlib import Path

import numpy as np
import pytest
import torch

from fairemo_gui.errors import UserError
from fairemo_gui.features.cache import FeatureCache
from fairemo_gui.recipes.branches import Standardise
from fairemo_gui.recipes.schmitz2022 import FusionNet, Schmitz2022
from fairemo_gui.recipes.schmitz2022_settings import MODALITIES
from fairemo_gui.training.losses import cross_entropy
from tests.unit.recipes.lessons import CLASSES, DIMS, corpus

COMBINATIONS = ["+".join(names) for n in (1, 2, 3) for names in combinations(MODALITIES, n)]


def built(recipe: Schmitz2022, folder: Path, missing: dict[str, set[int]] | None = None) -> tuple[FusionNet, object]:
    made = corpus(folder, each=2, missing=missing)
    caches = {name: FeatureCache(Path(path)) for name, path in made.features.items()}
    inputs = recipe.inputs(caches, made.utterances, lambda: None)
    torch.manual_seed(0)
    net = recipe.build(inputs.dims(), CLASSES)
    recipe.fit_statistics(net, inputs, np.arange(24))
    return net, inputs


@pytest.mark.parametrize("branch", ["pooled", "convolution"])
@pytest.mark.parametrize("modalities", COMBINATIONS)
def test_all_seven_combinations_share_one_architecture(tmp_path: Path, modalities: str, branch: str) -> None:
    settings = {"modalities": modalities, "audio_branch": branch, "video_branch": branch, "audio_frames": 20}
    recipe = Schmitz2022(settings, MODALITIES)
    net, inputs = built(recipe, tmp_path)
    batch = inputs.batch(np.arange(6))  # type: ignore[attr-defined]
    fused = net.fuse(batch)
    assert fused.shape == (6, 3 * 128)
    for k, name in enumerate(MODALITIES):
        part = fused[:, 128 * k : 128 * (k + 1)]
        assert bool((part != 0).any()) == (name in modalities.split("+"))
    assert net(batch).shape == (6, CLASSES)
    assert recipe.settings()["modalities"] == modalities


@pytest.mark.parametrize("branch", ["pooled", "convolution"])
def test_an_absent_modality_adds_exactly_nothing_and_learns_nothing(tmp_path: Path, branch: str) -> None:
    recipe = Schmitz2022({"audio_branch": branch, "video_branch": branch}, MODALITIES)
    absent = {"video": {100, 101, 102}}
    net, inputs = built(recipe, tmp_path, absent)
    net.eval()
    batch = inputs.batch(np.arange(3))  # type: ignore[attr-defined]
    assert torch.equal(net.fuse(batch)[:, 256:], torch.zeros(3, 128))
    cross_entropy(net(batch), torch.eye(CLASSES)).backward()  # type: ignore[no-untyped-call]

    def learns(name: str) -> bool:
        grads = [parameter.grad for parameter in net.branches[name].parameters()]
        return any(bool(grad.any()) for grad in grads if grad is not None)

    assert not learns("video")
    assert learns("audio")


def test_the_training_parts_statistics_lie_in_the_weights(tmp_path: Path) -> None:
    net, inputs = built(Schmitz2022({}, MODALITIES), tmp_path)
    values = inputs.batch(np.arange(24))["audio.values"]  # type: ignore[attr-defined]
    state = net.state_dict()
    torch.testing.assert_close(state["branches.audio.normalise.mean"], values.mean(0))
    torch.testing.assert_close(state["branches.audio.normalise.deviation"], values.std(0, correction=0))


def test_a_feature_that_never_varies_is_only_centred() -> None:
    layer = Standardise(2)
    layer.fit(torch.tensor([[5.0, 1.0], [5.0, 3.0]]))
    torch.testing.assert_close(layer(torch.tensor([[5.5, 2.0]])), torch.tensor([[0.5, 0.0]]))
    assert layer(torch.tensor([[1e6, -1e6]])).abs().max() <= 8


def test_it_takes_the_modalities_there_are() -> None:
    assert Schmitz2022({}, ("video", "audio")).modalities == ("audio", "video")
    assert Schmitz2022({"modalities": "text+audio"}, MODALITIES).modalities == ("audio", "text")


@pytest.mark.parametrize(
    ("settings", "available", "words"),
    [
        ({"modalities": "audio+smell"}, MODALITIES, "not “smell”"),
        ({"modalities": "audio+text"}, ("audio",), "no features for text: extract them first"),
        ({}, (), "no features for audio or text or video"),
        ({"audio_branch": "lstm"}, MODALITIES, "audio_branch is pooled or convolution, not “lstm”"),
        ({"text_dropout": 1}, MODALITIES, "text_dropout must be at least 0 and below 1"),
        ({"batch_size": 0}, MODALITIES, "batch_size must be at least 1"),
        ({"learning_rate": 0}, MODALITIES, "learning_rate must be above 0"),
        ({"learn": 1}, MODALITIES, "schmitz2022 has no setting “learn”"),
    ],
)
def test_impossible_settings_are_refused(settings: dict[str, object], available: tuple[str, ...], words: str) -> None:
    with pytest.raises(UserError, match=words.replace("+", r"\+")):
        Schmitz2022(settings, available)


def test_wrong_statistics_are_refused(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="not “average”"):
        built(Schmitz2022({"audio_statistics": "mean,average"}, MODALITIES), tmp_path)


def test_features_of_any_width_fit(tmp_path: Path) -> None:
    net, inputs = built(Schmitz2022({}, MODALITIES), tmp_path)
    assert inputs.dims() == {"audio": 6 * DIMS["audio"], "text": DIMS["text"], "video": 2 * DIMS["video"]}  # type: ignore[attr-defined]
    assert sum(parameter.numel() for parameter in net.parameters()) > 0
