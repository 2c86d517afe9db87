"""The few layers that encoder, decoder and CNN are made of.

Everything works on series of shape (batch, channels, phases). Cycles are periodic, so every
convolution pads with the other end of the cycle and none has a border.
"""

from __future__ import annotations

import torch
from torch import nn


def independent_component(channels: int, dropout: float) -> nn.Sequential:
    """Independent-Component layer: batch normalisation, then dropout, before a weight layer.

    Chen et al. (2019), "Rethinking the Usage of Batch Normalization and Dropout in the Training of
    Deep Neural Networks", arXiv:1905.05928, Section 3: together they whiten the inputs of the weight
    layer, where batch normalisation alone, behind it, does not.

    Parameters
    ----------
    channels : int
        Channels that come in, of (batch, channels, phases) or (batch, channels).
    dropout : float
        Part of the activations set to zero in training.

    Returns
    -------
    torch.nn.Sequential
        The layer; it keeps the shape.
    """
    return nn.Sequential(nn.BatchNorm1d(channels), nn.Dropout(dropout) if dropout else nn.Identity())


def down_block(channels_in: int, channels_out: int, *, kernel: int, dropout: float) -> nn.Sequential:
    """Halve the phases: Independent-Component layer, circular convolution of stride 2, ReLU.

    Parameters
    ----------
    channels_in : int
        Channels that come in.
    channels_out : int
        Channels that go out.
    kernel : int
        Phases that a filter sees; odd, so that it has a middle.
    dropout : float
        Part of the activations set to zero in training.

    Returns
    -------
    torch.nn.Sequential
        From (batch, channels_in, phases) to (batch, channels_out, phases / 2).
    """
    return nn.Sequential(
        independent_component(channels_in, dropout),
        nn.Conv1d(channels_in, channels_out, kernel, stride=2, padding=kernel // 2, padding_mode="circular"),
        nn.ReLU(),
    )


def up_block(
    channels_in: int, channels_out: int, *, kernel: int, dropout: float, last: bool = False
) -> nn.Sequential:
    """Double the phases: Independent-Component layer, circular convolution, interleaving, ReLU.

    The convolution makes two phases of each one, as separate channels that are then interleaved
    (the sub-pixel convolution of Shi et al. 2016, arXiv:1609.05158): half the work of convolving the
    doubled series.

    Parameters
    ----------
    channels_in : int
        Channels that come in.
    channels_out : int
        Channels that go out.
    kernel : int
        Phases that a filter sees; odd.
    dropout : float
        Part of the activations set to zero in training.
    last : bool
        Leave the ReLU out, as z-scores have both signs.

    Returns
    -------
    torch.nn.Sequential
        From (batch, channels_in, phases) to (batch, channels_out, 2 * phases).
    """
    convolution = nn.Conv1d(
        channels_in, 2 * channels_out, kernel, padding=kernel // 2, padding_mode="circular"
    )
    steps: list[nn.Module] = [independent_component(channels_in, dropout), convolution, Interleave()]
    return nn.Sequential(*steps, *([] if last else [nn.ReLU()]))


class Interleave(nn.Module):
    """From pairs of channels to pairs of phases."""

    def forward(self, series: torch.Tensor) -> torch.Tensor:
        """Interleave two neighbouring channels to one of twice the phases.

        Parameters
        ----------
        series : torch.Tensor
            Shape (batch, 2 * channels, phases).

        Returns
        -------
        torch.Tensor
            Shape (batch, channels, 2 * phases).
        """
        return series.unflatten(1, (-1, 2)).transpose(2, 3).flatten(2)


class Unflatten(nn.Module):
    """From features to a short series.

    Parameters
    ----------
    channels : int
        Channels of the series; the features are split among them.
    """

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.channels = channels

    def forward(self, features: torch.Tensor) -> torch.Tensor:
        """Split the features.

        Parameters
        ----------
        features : torch.Tensor
            Shape (batch, channels * phases).

        Returns
        -------
        torch.Tensor
            Shape (batch, channels, phases).
        """
        return features.reshape(len(features), self.channels, -1)
