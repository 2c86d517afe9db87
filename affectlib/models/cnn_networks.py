"""Networks of the CNNs: CNN-xyz on joint series, and a small one on codes (AE-xyz, CNN-enc).

The paper names both without details. CNN-xyz has the convolutions of the autoencoder's encoders with
classes in place of the code, so that the two differ in what they learn from and not in size. A code has
no neighbourhood to convolve over, and a convolution over a single phase is a dense layer: the network on
codes has two dense layers, each behind an Independent-Component layer.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import torch
from torch import nn

from affectlib.models.layers import DownBlock, Transpose, independent_component
from affectlib.models.scaling import N_CHANNELS, CodeScaling, Scaling
from affectlib.models.schedule import Schedule


@dataclass(frozen=True, kw_only=True)
class CnnSettings:
    """Hyper-parameters of a CNN.

    Parameters
    ----------
    width : int
        Channels of the first convolution, twice as many in the others; size of the hidden layer on codes.
    n_phases : int
        Phases inside the network, a multiple of 8. Unused on codes.
    dropout : float
        Dropout of the Independent-Component layers.
    schedule : Schedule
        Hyper-parameters of training.
    """

    width: int = 32
    n_phases: int = 32
    dropout: float = 0.2
    schedule: Schedule = field(default_factory=lambda: Schedule(n_steps=1000, batch_size=64))


class SeriesCnn(nn.Module):
    """Three strided circular convolutions and a linear layer.

    Attributes
    ----------
    convolutions : torch.nn.Sequential
        The convolutions; Grad-CAM uses the feature maps of the last.
    head : torch.nn.Sequential
        From feature maps to logits.
    """

    def __init__(self, settings: CnnSettings, n_classes: int, n_channels: int = N_CHANNELS) -> None:
        super().__init__()
        width, deep = settings.width, 2 * settings.width
        features = deep * (settings.n_phases // 8)
        self.convolutions = nn.Sequential(
            Transpose(),
            DownBlock(n_channels, width, dropout=0.0),
            DownBlock(width, deep, dropout=settings.dropout),
            DownBlock(deep, deep, dropout=settings.dropout),
            Transpose(),
        )
        self.head = nn.Sequential(
            nn.Flatten(), independent_component(features, settings.dropout), nn.Linear(features, n_classes)
        )

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Return logits, shape (batch, classes), of z-scored series, shape (batch, 45, phases)."""
        return self.head(self.convolutions(x))


def code_cnn(settings: CnnSettings, code_size: int, n_classes: int) -> nn.Sequential:
    """Return the network on codes, from (batch, code_size) to logits, (batch, classes)."""
    return nn.Sequential(
        independent_component(code_size, 0.0),
        nn.Linear(code_size, settings.width),
        nn.ReLU(),
        independent_component(settings.width, settings.dropout),
        nn.Linear(settings.width, n_classes),
    )


def make_network(settings: CnnSettings, scaling: Scaling | CodeScaling, n_classes: int) -> nn.Module:
    """Return an untrained network for joint series or for codes, as the z-scores are of one or the other."""
    if isinstance(scaling, Scaling):
        return SeriesCnn(settings, n_classes, len(scaling.scale_m))
    return code_cnn(settings, len(scaling.mean), n_classes)
