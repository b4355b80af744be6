"""Optimisers by the settings a recipe states."""

from __future__ import annotations

from collections.abc import Iterable

from pytorch_optimizer import AdaBelief
from torch import nn
from torch.optim import Optimizer


def adabelief(parameters: Iterable[nn.Parameter], learning_rate: float, weight_decay: float = 0.0) -> Optimizer:
    """AdaBelief (Zhuang et al. 2020) as its authors' PyTorch package sets it: eps 1e-16, decoupled decay, rectified."""
    optimiser: Optimizer = AdaBelief(
        parameters, lr=learning_rate, eps=1e-16, weight_decay=weight_decay, weight_decouple=True, rectify=True
    )
    return optimiser
