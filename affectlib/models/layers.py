"""Layers of the encoders, the decoder and the CNN.

All work on series of shape (batch, channels, phases). Gait cycles are periodic, so every convolution is
padded circularly.
"""

from __future__ import annotations

import torch
from torch import nn


def independent_component(channels: int, dropout: float) -> nn.Sequential:
    """Return an Independent-Component layer: batch normalisation, then dropout, before a weight layer.

    Chen et al. (2019), "Rethinking the Usage of Batch Normalization and Dropout in the Training of
    Deep Neural Networks", arXiv:1905.05928, Section 3: together they whiten the inputs of the weight
    layer, which batch normalisation behind the layer does not. Works on (batch, channels, phases) and
    (batch, channels).
    """
    return nn.Sequential(nn.BatchNorm1d(channels), nn.Dropout(dropout) if dropout else nn.Identity())


def down_block(channels_in: int, channels_out: int, *, kernel: int, dropout: float) -> nn.Sequential:
    """Return a block that halves the phases: Independent-Component layer, strided convolution, ReLU."""
    return nn.Sequential(
        independent_component(channels_in, dropout),
        nn.Conv1d(channels_in, channels_out, kernel, stride=2, padding=kernel // 2, padding_mode="circular"),
        nn.ReLU(),
    )


def up_block(
    channels_in: int, channels_out: int, *, kernel: int, dropout: float, last: bool = False
) -> nn.Sequential:
    """Return a block that doubles the phases: Independent-Component layer, convolution, interleaving, ReLU.

    The convolution makes two phases of each, as separate channels that are then interleaved (the
    sub-pixel convolution of Shi et al. 2016, arXiv:1609.05158): half the work of convolving the doubled
    series.

    Parameters
    ----------
    last : bool
        Omit the ReLU, as z-scores have both signs.
    """
    convolution = nn.Conv1d(
        channels_in, 2 * channels_out, kernel, padding=kernel // 2, padding_mode="circular"
    )
    steps: list[nn.Module] = [independent_component(channels_in, dropout), convolution, Interleave()]
    return nn.Sequential(*steps, *([] if last else [nn.ReLU()]))


class Interleave(nn.Module):
    """Interleave pairs of neighbouring channels, each pair to one channel of twice the phases."""

    def forward(self, series: torch.Tensor) -> torch.Tensor:
        """Map (batch, 2 * channels, phases) to (batch, channels, 2 * phases)."""
        return series.unflatten(1, (-1, 2)).transpose(2, 3).flatten(2)


class Unflatten(nn.Module):
    """Split features among channels; unlike with `torch.nn.Unflatten`, the phases follow from the input."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.channels = channels

    def forward(self, features: torch.Tensor) -> torch.Tensor:
        """Map (batch, channels * phases) to (batch, channels, phases)."""
        return features.reshape(len(features), self.channels, -1)
