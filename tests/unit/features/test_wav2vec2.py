from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest
import torch
from transformers import Wav2Vec2Config, Wav2Vec2Model

from fairemo_gui import paths
from fairemo_gui.core.records import Clip
from fairemo_gui.errors import UserError
from fairemo_gui.features.cache import FeatureCache
from fairemo_gui.features.cards import check_file, read_card
from fairemo_gui.features.compute import extract_task
from fairemo_gui.features.wav2vec2 import Wav2Vec2
from fairemo_gui.jobs.task import TaskContext
from tests.unit.features.clips import tone, tones


@pytest.fixture(scope="module")
def checkpoint(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A tiny randomly initialised wav2vec 2.0, saved as safetensors."""
    torch.manual_seed(0)
    config = Wav2Vec2Config(
        hidden_size=16, num_hidden_layers=2, num_attention_heads=2, intermediate_size=32, conv_dim=(8,) * 7,
        num_conv_pos_embeddings=16, num_conv_pos_embedding_groups=2,
    )  # fmt: skip
    folder = tmp_path_factory.mktemp("tiny")
    Wav2Vec2Model(config).save_pretrained(folder)
    return folder


def test_hidden_states_are_the_models(checkpoint: Path, tmp_path: Path) -> None:
    encoder = Wav2Vec2({"source": str(checkpoint), "layer": 1})
    samples = encoder.load(Clip(1, str(tone(tmp_path / "a.wav", 1.0)), None), None)
    assert abs(float(samples.mean())) < 1e-4
    assert float(samples.std()) == pytest.approx(1, abs=1e-3)
    [array] = encoder.encode([samples])
    model = Wav2Vec2Model.from_pretrained(checkpoint, local_files_only=True)  # comes in evaluation mode
    with torch.inference_mode():
        expected = model(torch.from_numpy(samples)[None], output_hidden_states=True).hidden_states[1][0]
    tolerance = 0.05 if torch.cuda.is_available() else 1e-5
    np.testing.assert_allclose(array, expected.numpy(), atol=tolerance)
    assert array.shape == (49, 16)


def test_it_fills_a_cache_whose_key_knows_the_weights(checkpoint: Path, tmp_path: Path) -> None:
    clips = tones(tmp_path, 3)
    first = extract_task(TaskContext(), "wav2vec2", {"source": str(checkpoint)}, clips, None, str(tmp_path / "f"))
    cache = FeatureCache(Path(first["cache"]))
    assert (first["made"], cache.info.dim) == (3, 16)
    again = extract_task(TaskContext(), "wav2vec2", cache.info.settings, clips, None, str(tmp_path / "f"))
    assert (again["name"], again["kept"]) == (first["name"], 3)
    model = Wav2Vec2Model.from_pretrained(checkpoint)
    torch.nn.init.normal_(model.feature_projection.projection.weight)
    model.save_pretrained(checkpoint)
    other = extract_task(TaskContext(), "wav2vec2", {"source": str(checkpoint)}, clips, None, str(tmp_path / "f"))
    assert other["name"] != first["name"]


def test_pickled_weights_are_never_loaded(checkpoint: Path, tmp_path: Path) -> None:
    shutil.copy(checkpoint / "config.json", tmp_path)
    torch.save({}, tmp_path / "pytorch_model.bin")
    with pytest.raises(UserError, match=r"holds no model\.safetensors"):
        Wav2Vec2({"source": str(tmp_path)})


def test_a_broken_checkpoint_is_refused(checkpoint: Path, tmp_path: Path) -> None:
    shutil.copy(checkpoint / "config.json", tmp_path)
    (tmp_path / "model.safetensors").write_bytes(b"no tensors")
    with pytest.raises(UserError, match="cannot be loaded"):
        Wav2Vec2({"source": str(tmp_path)})


def test_without_the_published_checkpoint_it_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("fairemo_gui.features.wav2vec2.try_to_load_from_cache", lambda *_, **__: None)
    with pytest.raises(UserError, match="is not on this computer: run `hf download facebook/wav2vec2-base"):
        Wav2Vec2({})


def test_a_layer_the_checkpoint_lacks_is_refused(checkpoint: Path) -> None:
    with pytest.raises(UserError, match="layer must be from -3 to 2"):
        Wav2Vec2({"source": str(checkpoint), "layer": 3})


def test_the_card_names_one_commit_and_its_checksum(tmp_path: Path) -> None:
    card = read_card("wav2vec2-base")
    assert (paths.model_cards() / "wav2vec2-base.toml").is_file()
    assert len(card.revision) == 40
    assert len(card.sha256["model.safetensors"]) == 64
    other = tmp_path / "model.safetensors"
    other.write_bytes(b"something else")
    with pytest.raises(UserError, match="is not the file its model card names"):
        check_file(card, other)
