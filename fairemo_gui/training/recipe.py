"""What a published system has to offer so that the rest of the program can train it and predict with it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

import torch
from torch import nn

from fairemo_gui.features.cache import FeatureCache
from fairemo_gui.training.data import Inputs, Rows


@dataclass(frozen=True)
class Plan:
    """How the loop runs for a recipe.

    Attributes:
        batch_size: Utterances per update.
        patience: Epochs without a lower validation loss before stopping.
        max_epochs: Safety cap.
        device: Where the net is trained.
    """

    batch_size: int
    patience: int
    max_epochs: int
    device: torch.device


class Recipe(Protocol):
    """A published system with its settings.

    `__init__` takes a mapping of settings (text or typed) and the modalities a workspace has features for, and raises
    `UserError` for what it does not know.
    """

    name: str
    modalities: tuple[str, ...]
    """Modalities whose features this recipe reads, in order."""

    def settings(self) -> dict[str, Any]:
        """Every setting with its value; the same recipe comes back from them."""

    def inputs(self, features: Mapping[str, FeatureCache], utterances: Rows, check: Callable[[], None]) -> Inputs:
        """Features of the utterances, from one cache per modality; `check` is called between them, raises to stop."""

    def plan(self) -> Plan:
        """How the loop runs."""

    def build(self, dims: Mapping[str, int], classes: int) -> nn.Module:
        """An untrained net for features of these widths."""

    def fit_statistics(self, net: nn.Module, inputs: Inputs, train: Rows) -> None:
        """Set what the net takes from the training part before the first step, such as means and deviations."""

    def optimiser(self, net: nn.Module) -> torch.optim.Optimizer:
        """The optimiser of the net's parameters."""

    def loss(self, logits: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
        """What is minimised."""
