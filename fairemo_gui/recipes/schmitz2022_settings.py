"""Settings of `schmitz2022` and what they may be: read without loading the net."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace

from fairemo_gui.core.settings import read_settings
from fairemo_gui.errors import UserError
from fairemo_gui.recipes.pooling import read_statistics

MODALITIES = ("audio", "text", "video")
_BRANCHES = ("pooled", "convolution")


@dataclass(frozen=True)
class Settings:
    """Settings of `schmitz2022`.

    Attributes:
        modalities: Any of `audio`, `text`, `video`, joined by `+`; empty = all there are features for.
        audio_branch: `pooled` (statistics over time) or `convolution` (two strided convolutions).
        video_branch: Likewise.
        audio_statistics: What the pooled audio branch takes over time.
        video_statistics: Likewise for video.
        audio_frames: Length of sequences for the convolution; 600 = 6 s.
        video_frames: Likewise.
        channels: Of the convolutions.
        branch_size: Width of each pre-concatenation layer.
        fusion_size: Width of the first layer after concatenation; the second has half of it.
        audio_dropout: Share dropped before the pre-concatenation layer of that branch.
        text_dropout: Likewise; sparse word vectors of few utterances are learnt by heart without much of it.
        video_dropout: Likewise.
        fusion_dropout: Share dropped after concatenation.
        slope: Of the leaky rectifiers.
        patience: Epochs without a lower validation loss before stopping.
        max_epochs: Safety cap.
    """

    modalities: str = ""
    audio_branch: str = "pooled"
    video_branch: str = "pooled"
    audio_statistics: str = "mean,median,deviation,change,low,high"
    video_statistics: str = "mean,deviation"
    audio_frames: int = 600
    video_frames: int = 263
    channels: int = 128
    branch_size: int = 128
    fusion_size: int = 128
    audio_dropout: float = 0.5
    text_dropout: float = 0.8
    video_dropout: float = 0.5
    fusion_dropout: float = 0.3
    slope: float = 0.3
    learning_rate: float = 1e-3
    weight_decay: float = 0.0
    batch_size: int = 16
    patience: int = 20
    max_epochs: int = 1000


def read(settings: Mapping[str, object], available: tuple[str, ...]) -> Settings:
    """Settings from text or typed values, with the modalities used; these are among the available ones.

    Raises:
        UserError: A setting is unknown or impossible, or a modality has no features.
    """
    given = read_settings(Settings, settings, "schmitz2022")
    found = replace(given, modalities="+".join(_used(given.modalities, available)))
    _check(found)
    return found


def _used(text: str, available: tuple[str, ...]) -> tuple[str, ...]:
    """The modalities a setting names, in order; all available ones where it names none."""
    wanted = {name.strip() for name in text.split("+") if name.strip()} or set(available) & set(MODALITIES)
    unknown = sorted(wanted - set(MODALITIES))
    if unknown:
        raise UserError(f"schmitz2022: modalities are {', '.join(MODALITIES)}, joined by +, not “{unknown[0]}”.")
    missing = [name for name in MODALITIES if name in wanted and name not in available]
    if missing or not wanted:
        raise UserError(
            f"schmitz2022: there are no features for {' or '.join(missing or MODALITIES)}: extract them first."
        )
    return tuple(name for name in MODALITIES if name in wanted)


def _check(settings: Settings) -> None:
    """Refuse values no net can be built from."""
    for field in fields(settings):
        value = getattr(settings, field.name)
        if isinstance(value, float) and not math.isfinite(value):
            raise UserError(f"schmitz2022: {field.name} must be a number, not “{value}”.")
    for name in ("audio_branch", "video_branch"):
        if getattr(settings, name) not in _BRANCHES:
            raise UserError(f"schmitz2022: {name} is {' or '.join(_BRANCHES)}, not “{getattr(settings, name)}”.")
    for name in ("audio_dropout", "text_dropout", "video_dropout", "fusion_dropout"):
        if not 0 <= getattr(settings, name) < 1:
            raise UserError(f"schmitz2022: {name} must be at least 0 and below 1.")
    for statistics in (settings.audio_statistics, settings.video_statistics):
        read_statistics(statistics)
    for name, least in _LEAST.items():
        if getattr(settings, name) < least:
            raise UserError(f"schmitz2022: {name} must be at least {least}.")
    if settings.learning_rate <= 0 or settings.weight_decay < 0:
        raise UserError("schmitz2022: learning_rate must be above 0, and weight_decay not below it.")


_LEAST = {
    "audio_frames": 4, "video_frames": 4, "channels": 1, "branch_size": 1, "fusion_size": 2, "batch_size": 1,
    "patience": 1, "max_epochs": 1,
}  # fmt: skip
