"""Layers of the encoders, the decoder and the CNN, on closed series of shape (batch, steps, channels).

Gait cycles are periodic, so every convolution is circular.
"""

from __future__ import annotations

import torch
from torch import nn

from affectlib.models.convolution import CircularConvolution


def independent_component(channels: int, dropout: float) -> nn.Sequential:
    """Return an Independent-Component layer: batch normalisation, then dropout, before a weight layer.

    Chen et al. (2019), "Rethinking the Usage of Batch Normalization and Dropout in the Training of
    Deep Neural Networks", arXiv:1905.05928, Section 3: together they whiten the inputs of the weight
    layer, which batch normalisation behind the layer does not. Works on (batch, channels).
    """
    return nn.Sequential(nn.BatchNorm1d(channels), nn.Dropout(dropout) if dropout else nn.Identity())


class DownBlock(nn.Module):
    """Halve the steps: join pairs of steps, Independent-Component layer, circular convolution, ReLU.

    The filters see six steps at a stride of two.
    """

    def __init__(self, channels_in: int, channels_out: int, *, dropout: float) -> None:
        super().__init__()
        self.convolution = CircularConvolution(2 * channels_in, channels_out, dropout=dropout)

    def forward(self, series: torch.Tensor) -> torch.Tensor:
        """Map (batch, steps, channels_in) to (batch, steps / 2, channels_out)."""
        batch, steps, channels = series.shape
        return self.convolution(series.reshape(batch, steps // 2, 2 * channels))


class UpBlock(nn.Module):
    """Double the steps: Independent-Component layer, circular convolution, ReLU, each step cut into two.

    This is the sub-pixel convolution of Shi et al. (2016, arXiv:1609.05158): half the work of convolving
    the doubled series.

    Parameters
    ----------
    last : bool
        Omit the ReLU, as z-scores have both signs.
    """

    def __init__(self, channels_in: int, channels_out: int, *, dropout: float, last: bool = False) -> None:
        super().__init__()
        self.convolution = CircularConvolution(
            channels_in, 2 * channels_out, dropout=dropout, rectify=not last
        )

    def forward(self, series: torch.Tensor) -> torch.Tensor:
        """Map (batch, steps, channels_in) to (batch, 2 * steps, channels_out)."""
        doubled = self.convolution(series)
        return doubled.reshape(len(doubled), 2 * doubled.shape[1], doubled.shape[2] // 2)


class Transpose(nn.Module):
    """Exchange channels and steps."""

    def forward(self, series: torch.Tensor) -> torch.Tensor:
        """Map (batch, channels, steps) to (batch, steps, channels), or back."""
        return series.transpose(1, 2)


class Unflatten(nn.Module):
    """Split features among channels; unlike with `torch.nn.Unflatten`, the steps follow from the input."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.channels = channels

    def forward(self, features: torch.Tensor) -> torch.Tensor:
        """Map (batch, steps * channels) to (batch, steps, channels)."""
        return features.reshape(len(features), features.shape[1] // self.channels, self.channels)
