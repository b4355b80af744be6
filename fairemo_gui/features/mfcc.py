"""Mel-frequency cepstral coefficients, 25 ms windows every 10 ms."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import torch
import torchaudio

from fairemo_gui.core.records import Clip, FaceTrack
from fairemo_gui.core.settings import read_settings
from fairemo_gui.errors import UserError
from fairemo_gui.features.extractor import Array
from fairemo_gui.features.sound import RATE, clip_sound

_WINDOW = 400
_HOP = 160
_FFT = 512


@dataclass(frozen=True)
class MfccSettings:
    """Settings of `mfcc`.

    Attributes:
        coefficients: How many; 13 generalised better to unheard speakers than 20 or 40.
        mels: Bands of the mel filter bank.
    """

    coefficients: int = 13
    mels: int = 64


class Mfcc:
    """MFCC by torchaudio: frames of shape (n, coefficients), n = 1 + samples // 160 at 16 kHz."""

    name = "mfcc"
    modality = "audio"
    revision = "1"
    batch_size = 16
    parallel = True

    def __init__(self, settings: Mapping[str, object]) -> None:
        self._settings = read_settings(MfccSettings, settings, self.name)
        if not 1 <= self._settings.coefficients <= self._settings.mels:
            raise UserError("mfcc: coefficients must be between 1 and the number of mels.")
        self.dim = self._settings.coefficients
        self._transform = torchaudio.transforms.MFCC(
            RATE,
            self.dim,
            melkwargs={"n_fft": _FFT, "win_length": _WINDOW, "hop_length": _HOP, "n_mels": self._settings.mels},
        )

    def settings(self) -> dict[str, Any]:
        """Every setting."""
        return asdict(self._settings)

    def load(self, clip: Clip, track: FaceTrack | None) -> Array:
        """Samples at 16 kHz, shape (n,)."""
        return clip_sound(clip, _WINDOW, "one window of 25 ms")

    def encode(self, sources: Sequence[Array]) -> list[Array]:
        """Coefficients, shape (frames, coefficients) each."""
        with torch.inference_mode():
            return [np.ascontiguousarray(self._transform(torch.from_numpy(samples)).numpy().T) for samples in sources]
