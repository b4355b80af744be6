"""Losses between logits and target distributions."""

from __future__ import annotations

import torch
from torch.nn import functional


def cross_entropy(logits: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
    """Mean of −Σ_c y_c log p_c over the batch, unweighted; one-hot and soft targets alike.

    Args:
        logits: Shape (n, K).
        targets: Distributions, shape (n, K).
    """
    return -(targets * functional.log_softmax(logits, dim=1)).sum(dim=1).mean()
