"""The networks of the CNNs: CNN-xyz on joint series, and a small one on codes (AE-xyz, CNN-enc).

The paper names both and describes neither. CNN-xyz has the convolutions of an encoder of the
autoencoder, with classes in place of the code, so that the two differ in what they learn from and not
in size. A code has no neighbourhood to convolve over: the network on codes treats it as a series of
one phase, and a convolution over one phase is a dense layer. So it is two dense layers, each behind
an Independent-Component layer.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import torch
from torch import nn

from affectlib.models.layers import down_block, independent_component
from affectlib.models.scaling import N_CHANNELS, CodeScaling, Scaling
from affectlib.models.schedule import Schedule


@dataclass(frozen=True, kw_only=True)
class CnnSettings:
    """Everything about a CNN that can be turned.

    Parameters
    ----------
    width : int
        Channels of the first convolution, twice as many in the next; features of the hidden layer of
        the network on codes.
    kernel : int
        Phases a filter sees; odd. Without meaning for codes.
    n_phases : int
        Phases inside the network, a multiple of 8. Without meaning for codes.
    dropout : float
        Dropout of the Independent-Component layers.
    schedule : Schedule
        Length and pace of training.
    """

    width: int = 32
    kernel: int = 5
    n_phases: int = 32
    dropout: float = 0.2
    schedule: Schedule = field(default_factory=lambda: Schedule(n_steps=400, batch_size=64))


class SeriesCnn(nn.Module):
    """Three strided circular convolutions and a linear layer on all that they give.

    Parameters
    ----------
    settings : CnnSettings
        Sizes.
    n_classes : int
        Classes to tell apart.

    Attributes
    ----------
    convolutions : torch.nn.Sequential
        The convolutions; the last one's maps are what Grad-CAM looks at.
    head : torch.nn.Sequential
        From maps to classes.
    """

    def __init__(self, settings: CnnSettings, n_classes: int) -> None:
        super().__init__()
        width, deep, kernel = settings.width, 2 * settings.width, settings.kernel
        features = deep * (settings.n_phases // 8)
        self.convolutions = nn.Sequential(
            down_block(N_CHANNELS, width, kernel=kernel, dropout=0.0),
            down_block(width, deep, kernel=kernel, dropout=settings.dropout),
            down_block(deep, deep, kernel=kernel, dropout=settings.dropout),
        )
        self.head = nn.Sequential(
            nn.Flatten(), independent_component(features, settings.dropout), nn.Linear(features, n_classes)
        )

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Score the classes.

        Parameters
        ----------
        x : torch.Tensor
            z-scored series, shape (batch, 45, phases).

        Returns
        -------
        torch.Tensor
            Logits, shape (batch, classes).
        """
        return self.head(self.convolutions(x))


def code_cnn(settings: CnnSettings, code_size: int, n_classes: int) -> nn.Sequential:
    """Make the network on codes.

    Parameters
    ----------
    settings : CnnSettings
        Sizes.
    code_size : int
        Numbers in a code.
    n_classes : int
        Classes to tell apart.

    Returns
    -------
    torch.nn.Sequential
        From (batch, code_size) to logits, (batch, classes).
    """
    return nn.Sequential(
        independent_component(code_size, 0.0),
        nn.Linear(code_size, settings.width),
        nn.ReLU(),
        independent_component(settings.width, settings.dropout),
        nn.Linear(settings.width, n_classes),
    )


def make_network(settings: CnnSettings, scaling: Scaling | CodeScaling, n_classes: int) -> nn.Module:
    """Make the network that fits what it shall see.

    Parameters
    ----------
    settings : CnnSettings
        Sizes.
    scaling : Scaling or CodeScaling
        z-score of its inputs: of joint series, or of codes.
    n_classes : int
        Classes to tell apart.

    Returns
    -------
    torch.nn.Module
        The network, untrained.
    """
    if isinstance(scaling, Scaling):
        return SeriesCnn(settings, n_classes)
    return code_cnn(settings, len(scaling.mean), n_classes)
