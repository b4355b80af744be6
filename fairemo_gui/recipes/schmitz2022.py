"""Schmitz, Ahmed & Cao 2022, "Bias and Fairness on Multimodal Emotion Detection Algorithms", arXiv 2205.08383.

Three branches, one per modality, each ending in a pre-concatenation layer; their outputs side by side (fusion); a
post-concatenation part; softmax. A modality that is not used, or that an utterance lacks, forwards zeros. The paper
gives no layer sizes: those here generalised best to unheard speakers within the training folds of two acted corpora.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any, cast

import torch
from torch import nn

from fairemo_gui.core.settings import read_settings
from fairemo_gui.errors import UserError
from fairemo_gui.features.cache import FeatureCache
from fairemo_gui.recipes.branches import ConvolutionBranch, PooledBranch, Standardise
from fairemo_gui.recipes.pooling import read_statistics
from fairemo_gui.recipes.sources import Modalities, Pooled, Sequences, Source
from fairemo_gui.training.data import Inputs, Rows, Tensors
from fairemo_gui.training.losses import cross_entropy
from fairemo_gui.training.optimisers import adabelief
from fairemo_gui.training.recipe import Plan

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


class FusionNet(nn.Module):
    """Branches, fusion and the part after it.

    Args:
        branches: One per used modality.
        size: Width of each branch's output.
        settings: Sizes of the part after fusion.
        classes: How many logits.
    """

    def __init__(self, branches: Mapping[str, nn.Module], settings: Settings, classes: int) -> None:
        super().__init__()
        self.branches = nn.ModuleDict(branches)
        self._size = settings.branch_size
        wide, narrow = settings.fusion_size, settings.fusion_size // 2
        self.after = nn.Sequential(
            nn.Linear(len(MODALITIES) * settings.branch_size, wide),
            nn.LeakyReLU(settings.slope),
            nn.Dropout(settings.fusion_dropout),
            nn.Linear(wide, narrow),
            nn.LeakyReLU(settings.slope),
            nn.Linear(narrow, classes),
        )

    def forward(self, inputs: Tensors) -> torch.Tensor:
        """Logits, shape (n, classes)."""
        logits: torch.Tensor = self.after(self.fuse(inputs))
        return logits

    def fuse(self, inputs: Tensors) -> torch.Tensor:
        """Branch outputs side by side, shape (n, 3 · size); zeros for what is unused or absent."""
        count = len(next(iter(inputs.values())))
        device = next(self.parameters()).device
        nothing = torch.zeros(count, self._size, device=device)
        return torch.cat([self._branch(name, inputs) if name in self.branches else nothing for name in MODALITIES], 1)

    def _branch(self, name: str, inputs: Tensors) -> torch.Tensor:
        """A branch's output times 1 or 0, bias included: an absent modality adds nothing and teaches it nothing."""
        output = self.branches[name](inputs[f"{name}.values"], inputs.get(f"{name}.mask"))
        return cast(torch.Tensor, output * inputs[f"{name}.present"][:, None])


class Schmitz2022:
    """The recipe.

    Args:
        settings: Text or typed.
        available: Modalities there are features for.

    Raises:
        UserError: A setting is unknown or impossible, or a modality has no features.
    """

    name = "schmitz2022"

    def __init__(self, settings: Mapping[str, object], available: tuple[str, ...]) -> None:
        read = read_settings(Settings, settings, self.name)
        self.modalities = _used(read.modalities, available)
        self._settings = replace(read, modalities="+".join(self.modalities))
        _check(self._settings)

    def settings(self) -> dict[str, Any]:
        """Every setting with its value."""
        return asdict(self._settings)

    def inputs(self, features: Mapping[str, FeatureCache], utterances: Rows, check: Callable[[], None]) -> Modalities:
        """Features of the used modalities."""
        return Modalities({name: self._source(name, features[name], utterances, check) for name in self.modalities})

    def plan(self) -> Plan:
        """How the loop runs; pooled branches are so small that a graphics card would only slow them down."""
        convolves = any(self._convolves(name) for name in self.modalities)
        device = torch.device("cuda" if convolves and torch.cuda.is_available() else "cpu")
        return Plan(self._settings.batch_size, self._settings.patience, self._settings.max_epochs, device)

    def build(self, dims: Mapping[str, int], classes: int) -> FusionNet:
        """An untrained net."""
        return FusionNet({name: self._branch(name, dims[name]) for name in self.modalities}, self._settings, classes)

    def fit_statistics(self, net: nn.Module, inputs: Inputs, train: Rows) -> None:
        """Give standardising branches the training part's means and deviations."""
        assert isinstance(net, FusionNet)
        assert isinstance(inputs, Modalities)
        for name, branch in net.branches.items():
            source = inputs.sources[name]
            if isinstance(branch, PooledBranch) and isinstance(branch.normalise, Standardise):
                branch.normalise.fit(source.batch(train[source.present[train]])["values"])

    def optimiser(self, net: nn.Module) -> torch.optim.Optimizer:
        """AdaBelief."""
        return adabelief(net.parameters(), self._settings.learning_rate, self._settings.weight_decay)

    def loss(self, logits: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
        """Categorical cross-entropy, unweighted."""
        return cross_entropy(logits, targets)

    def _convolves(self, name: str) -> bool:
        return name != "text" and getattr(self._settings, f"{name}_branch") == "convolution"

    def _source(self, name: str, cache: FeatureCache, utterances: Rows, check: Callable[[], None]) -> Source:
        if self._convolves(name):
            return Sequences(cache, utterances, getattr(self._settings, f"{name}_frames"))
        statistics = "mean" if name == "text" else getattr(self._settings, f"{name}_statistics")
        return Pooled(cache, utterances, read_statistics(statistics), check)

    def _branch(self, name: str, dim: int) -> nn.Module:
        settings = self._settings
        ends = (settings.branch_size, getattr(settings, f"{name}_dropout"), settings.slope)
        if self._convolves(name):
            return ConvolutionBranch(dim, settings.channels, *ends, layer_norm=name == "video")
        return PooledBranch(dim, *ends, layer_norm=name == "text")


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
    for name in ("audio_branch", "video_branch"):
        if getattr(settings, name) not in _BRANCHES:
            raise UserError(f"schmitz2022: {name} is {' or '.join(_BRANCHES)}, not “{getattr(settings, name)}”.")
    for name in ("audio_dropout", "text_dropout", "video_dropout", "fusion_dropout"):
        if not 0 <= getattr(settings, name) < 1:
            raise UserError(f"schmitz2022: {name} must be at least 0 and below 1.")
    for name, least in _LEAST.items():
        if getattr(settings, name) < least:
            raise UserError(f"schmitz2022: {name} must be at least {least}.")
    if settings.learning_rate <= 0 or settings.weight_decay < 0:
        raise UserError("schmitz2022: learning_rate must be above 0, and weight_decay not below it.")


_LEAST = {
    "audio_frames": 4, "video_frames": 4, "channels": 1, "branch_size": 1, "fusion_size": 2, "batch_size": 1,
    "patience": 1, "max_epochs": 1,
}  # fmt: skip
