"""What happened epoch by epoch, as plain data."""

from __future__ import annotations

Figures = dict[str, float]
"""One epoch: `epoch`, `train_loss`, `validation_loss`, `validation_uar`, …"""

History = list[Figures]


def best_epoch(history: History) -> Figures | None:
    """The epoch with the lowest validation loss, the first of them on ties; None for an empty history."""
    return min(history, key=lambda figures: figures["validation_loss"], default=None)
