"""Schmitz, Ahmed & Cao 2022, "Bias and Fairness on Multimodal Emotion Detection Algorithms", arXiv 2205.08383.

Three branches, one per modality, each ending in a pre-concatenation layer; their outputs side by side (fusion); a
post-concatenation part; softmax. A modality that is not used, or that an utterance lacks, forwards zeros. The paper
gives no layer sizes: those here generalised best to unheard speakers within the training folds of two acted corpora.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict
from typing import Any, cast

import torch
from torch import nn

from fairemo_gui.features.cache import FeatureCache
from fairemo_gui.recipes.branches import ConvolutionBranch, PooledBranch, Standardise
from fairemo_gui.recipes.pooling import read_statistics
from fairemo_gui.recipes.schmitz2022_settings import MODALITIES, Settings, read
from fairemo_gui.recipes.sources import Modalities, Pooled, Sequences, Source
from fairemo_gui.training.data import Inputs, Rows, Tensors
from fairemo_gui.training.losses import cross_entropy
from fairemo_gui.training.optimisers import adabelief
from fairemo_gui.training.recipe import Plan


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
        self._settings = read(settings, available)
        self.modalities = tuple(self._settings.modalities.split("+"))

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
