"""wav2vec 2.0 (Baevski et al. 2020, arXiv 2006.11477): hidden states of one layer, a frame every 20 ms."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from huggingface_hub import try_to_load_from_cache
from safetensors import SafetensorError
from transformers import Wav2Vec2Model

from fairemo_gui.core.records import Clip, FaceTrack
from fairemo_gui.core.settings import read_settings
from fairemo_gui.errors import UserError
from fairemo_gui.features.cards import ModelCard, check_file, file_sha256, read_card
from fairemo_gui.features.extractor import Array
from fairemo_gui.features.sound import clip_sound

# The convolutions in front see 400 samples at a time.
_FEWEST = 400
_WEIGHTS = "model.safetensors"


@dataclass(frozen=True)
class Wav2Vec2Settings:
    """Settings of `wav2vec2`.

    Attributes:
        source: Folder with `config.json` and `model.safetensors`; empty = the checkpoint of the model card.
        layer: Hidden state that is taken: 0 = before the transformer, −1 = its last layer.
        normalise: Bring each utterance to mean 0 and variance 1 first, as the checkpoint was trained.
    """

    source: str = ""
    layer: int = -1
    normalise: bool = True


class Wav2Vec2:
    """Hidden states of a wav2vec 2.0 checkpoint: shape (frames, dim); on CUDA in half precision where there is one."""

    name = "wav2vec2"
    modality = "audio"
    batch_size = 8
    parallel = False

    def __init__(self, settings: Mapping[str, object]) -> None:
        self._settings = read_settings(Wav2Vec2Settings, settings, self.name)
        self._device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
        model, checkpoint = _load(self._settings.source)
        self.revision = f"{checkpoint} {'half' if self._device.type == 'cuda' else 'single'}"
        self._model = model.to(self._device).eval()  # type: ignore[arg-type]
        self.dim = int(model.config.hidden_size)
        layers = int(model.config.num_hidden_layers) + 1
        if not -layers <= self._settings.layer < layers:
            raise UserError(f"wav2vec2: layer must be from {-layers} to {layers - 1} for this checkpoint.")

    def settings(self) -> dict[str, Any]:
        """Every setting; what the folder held and the precision stand in the revision."""
        return asdict(self._settings)

    def load(self, clip: Clip, track: FaceTrack | None) -> Array:
        """Samples at 16 kHz, shape (n,)."""
        samples = clip_sound(clip, _FEWEST, "one frame of 25 ms")
        if self._settings.normalise:
            samples = (samples - samples.mean()) / np.sqrt(samples.var() + 1e-7)
        return samples.astype(np.float32)

    def encode(self, sources: Sequence[Array]) -> list[Array]:
        """Hidden states, shape (frames, dim) each."""
        # One by one: this family normalises over time, so padding to a common length would change the result.
        return [self._states(torch.from_numpy(samples)) for samples in sources]

    def _states(self, samples: torch.Tensor) -> Array:
        half = torch.autocast("cuda") if self._device.type == "cuda" else nullcontext()
        with torch.inference_mode(), half:
            output = self._model(samples[None].to(self._device), output_hidden_states=True)
        return np.asarray(output.hidden_states[self._settings.layer][0].float().cpu().numpy(), dtype=np.float32)


def _load(source: str) -> tuple[Wav2Vec2Model, str]:
    """The checkpoint and its revision; never downloads, never unpickles."""
    if source:
        folder = Path(source).expanduser()
        weights = folder / _WEIGHTS
        if not weights.is_file():
            raise UserError(f"wav2vec2: {folder} holds no {_WEIGHTS}: set source to the folder of a saved checkpoint.")
        return _from_pretrained(str(folder), None), file_sha256(weights)
    card = read_card("wav2vec2-base")
    check_file(card, _downloaded(card))
    return _from_pretrained(card.source, card.revision), card.revision


def _downloaded(card: ModelCard) -> Path:
    found = try_to_load_from_cache(card.source, _WEIGHTS, revision=card.revision)
    if not isinstance(found, str):
        raise UserError(
            f"wav2vec2: {card.source} is not on this computer: run `hf download {card.source} config.json {_WEIGHTS} "
            f"--revision {card.revision}`, or set source to a folder that holds it."
        )
    return Path(found)


def _from_pretrained(source: str, revision: str | None) -> Wav2Vec2Model:
    try:
        # Without the name of a revision the library looks for "main", which a folder does not have either.
        return Wav2Vec2Model.from_pretrained(
            source, revision=revision or "main", local_files_only=True, use_safetensors=True, trust_remote_code=False
        )
    except (OSError, ValueError, RuntimeError, SafetensorError) as error:
        raise UserError(f"wav2vec2: the checkpoint in {source} cannot be loaded: {error}") from error
