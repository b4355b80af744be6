"""Branches: from the features of one modality to the vector that goes into fusion."""

from __future__ import annotations

import torch
from torch import nn

# Values this many deviations from the training mean say "far out" and no more.
_FAR = 8.0


class Standardise(nn.Module):
    """Mean 0 and deviation 1 by the training part's statistics, which are stored with the weights.

    Args:
        dim: Width of the vectors.
    """

    mean: torch.Tensor
    deviation: torch.Tensor

    def __init__(self, dim: int) -> None:
        super().__init__()
        self.register_buffer("mean", torch.zeros(dim))
        self.register_buffer("deviation", torch.ones(dim))

    def fit(self, values: torch.Tensor) -> None:
        """Take the statistics of training vectors, shape (n, dim); a feature that never varies is only centred."""
        spread = values.std(dim=0, correction=0)
        self.mean.copy_(values.mean(dim=0))
        self.deviation.copy_(torch.where(spread > 1e-5 * (1 + self.mean.abs()), spread, torch.ones_like(spread)))

    def forward(self, values: torch.Tensor) -> torch.Tensor:
        """Shape (n, dim) → (n, dim)."""
        return ((values - self.mean) / self.deviation).clamp(-_FAR, _FAR)


class PooledBranch(nn.Module):
    """Standardised or layer-normalised vector → dropout → linear.

    Args:
        dim: Width of the vector.
        size: Width of the pre-concatenation layer.
        dropout: Share of inputs dropped while training.
        slope: Of the leaky rectifier.
        layer_norm: Normalise each vector by itself and not by the training part.
    """

    def __init__(self, dim: int, size: int, dropout: float, slope: float, *, layer_norm: bool = False) -> None:
        super().__init__()
        self.normalise: nn.Module = nn.LayerNorm(dim) if layer_norm else Standardise(dim)
        self.project = nn.Sequential(nn.Dropout(dropout), nn.Linear(dim, size), nn.LeakyReLU(slope))

    def forward(self, values: torch.Tensor, mask: torch.Tensor | None = None) -> torch.Tensor:
        """Shape (n, dim) → (n, size)."""
        projected: torch.Tensor = self.project(self.normalise(values))
        return projected


class ConvolutionBranch(nn.Module):
    """Normalisation → two strided convolutions → mean over time → dropout → linear.

    Args:
        dim: Width of a frame.
        channels: Of both convolutions.
        size: Width of the pre-concatenation layer.
        dropout: Share of pooled values dropped while training.
        slope: Of the leaky rectifier.
        layer_norm: Normalise each frame by itself and not each feature over the batch.
    """

    def __init__(
        self, dim: int, channels: int, size: int, dropout: float, slope: float, *, layer_norm: bool = False
    ) -> None:
        super().__init__()
        self.normalise: nn.Module = nn.LayerNorm(dim) if layer_norm else _FrameNorm(dim)
        self.first = nn.Conv1d(dim, channels, 5, stride=2, padding=2)
        self.second = nn.Conv1d(channels, channels, 5, stride=2, padding=2)
        self.rectify = nn.LeakyReLU(slope)
        self.project = nn.Sequential(nn.Dropout(dropout), nn.Linear(channels, size), nn.LeakyReLU(slope))

    def forward(self, values: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        """Values of shape (n, frames, dim) and a mask of shape (n, frames) → (n, size)."""
        frames = (self.normalise(values) * mask[..., None]).transpose(1, 2)
        hidden = self.rectify(self.second(self.rectify(self.first(frames))))
        seen = mask[:, None, ::4][..., : hidden.shape[2]]
        mean = (hidden * seen).sum(dim=2) / seen.sum(dim=2).clamp(min=1.0)
        projected: torch.Tensor = self.project(mean)
        return projected


class _FrameNorm(nn.BatchNorm1d):
    """Batch normalisation of frames: shape (n, frames, dim)."""

    def forward(self, input: torch.Tensor) -> torch.Tensor:
        return super().forward(input.transpose(1, 2)).transpose(1, 2)
