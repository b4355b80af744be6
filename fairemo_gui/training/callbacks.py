"""What may happen after each epoch."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

import torch
from torch import nn

from fairemo_gui.training.history import Figures


class Callback(Protocol):
    """Looks at a run between epochs."""

    def after_epoch(self, net: nn.Module, figures: Figures) -> bool:
        """Look at the epoch; True = stop here."""

    def after_run(self, net: nn.Module) -> None:
        """The last epoch is over."""


class EarlyStopping:
    """Stops when the validation loss has not fallen for `patience` epochs, and restores the best weights.

    Args:
        patience: Epochs without improvement that are endured.
    """

    def __init__(self, patience: int) -> None:
        self._patience = patience
        self._best = float("inf")
        self._waited = 0
        self._weights: dict[str, torch.Tensor] = {}

    def after_epoch(self, net: nn.Module, figures: Figures) -> bool:
        """Keep the weights of a new best epoch; True once patience is at its end."""
        if figures["validation_loss"] < self._best:
            self._best = figures["validation_loss"]
            self._waited = 0
            self._weights = {name: tensor.detach().clone() for name, tensor in net.state_dict().items()}
        else:
            self._waited += 1
        return self._waited >= self._patience

    def after_run(self, net: nn.Module) -> None:
        """Put the best weights back."""
        if self._weights:
            net.load_state_dict(self._weights)


class Tell:
    """Passes each epoch's figures on.

    Args:
        listener: Called with the figures.
    """

    def __init__(self, listener: Callable[[Figures], None]) -> None:
        self._listener = listener

    def after_epoch(self, net: nn.Module, figures: Figures) -> bool:
        """Pass the figures on; never stops."""
        self._listener(figures)
        return False

    def after_run(self, net: nn.Module) -> None:
        """Nothing is left to do."""
