"""The network: subject encoder, affect encoder, and a decoder on both codes (Section II of the paper)."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import nn

from affectlib.errors import ParameterError
from affectlib.models.layers import Unflatten, down_block, independent_component, up_block
from affectlib.models.scaling import N_CHANNELS


@dataclass(frozen=True, kw_only=True)
class Architecture:
    """Sizes of the network. The paper gives none; these are choices.

    Parameters
    ----------
    affect_size : int
        Numbers in the affect code. Fewer leave less room for the person.
    subject_size : int
        Numbers in the subject code.
    width : int
        Channels of the first convolution; the next ones have twice as many. Costs time quadratically.
    kernel : int
        Phases a filter sees; odd.
    n_phases : int
        Phases inside the network, a multiple of 8; cycles are resampled to it and back. Gait has few
        harmonics: 32 phases hold 15 of them, in a third of the time of 100.
    dropout : float
        Dropout of the Independent-Component layers before hidden layers. The very first, on the
        z-scored series, has none: there it would only hide joints.
    code_dropout : float
        Dropout of the Independent-Component layer on the concatenated codes.
    """

    affect_size: int = 8
    subject_size: int = 32
    width: int = 32
    kernel: int = 5
    n_phases: int = 32
    dropout: float = 0.2
    code_dropout: float = 0.3

    def __post_init__(self) -> None:
        for name in ("affect_size", "subject_size", "width", "kernel", "n_phases"):
            if getattr(self, name) < 1:
                raise ParameterError(
                    "a size must be at least 1", where=f"parameter '{name}'", found=str(getattr(self, name))
                )
        if self.n_phases % 8:
            raise ParameterError(
                "three layers halve the phases",
                where="parameter 'n_phases'",
                found=str(self.n_phases),
                remedy="Choose a multiple of 8.",
            )
        if self.kernel % 2 == 0:
            raise ParameterError(
                "a filter needs a middle",
                where="parameter 'kernel'",
                found=str(self.kernel),
                remedy="Choose an odd number.",
            )
        for name in ("dropout", "code_dropout"):
            if not 0 <= getattr(self, name) < 1:
                raise ParameterError(
                    "a part of the activations",
                    where=f"parameter '{name}'",
                    found=str(getattr(self, name)),
                    remedy="Choose a value from 0 to under 1.",
                )


def encoder(architecture: Architecture, code_size: int) -> nn.Sequential:
    """Make one encoder: three strided circular convolutions, then a linear layer.

    Parameters
    ----------
    architecture : Architecture
        Sizes.
    code_size : int
        Numbers in the code.

    Returns
    -------
    torch.nn.Sequential
        From (batch, 45, phases) to (batch, code_size).
    """
    width, deep = architecture.width, 2 * architecture.width
    kernel, dropout = architecture.kernel, architecture.dropout
    features = deep * (architecture.n_phases // 8)
    return nn.Sequential(
        down_block(N_CHANNELS, width, kernel=kernel, dropout=0.0),
        down_block(width, deep, kernel=kernel, dropout=dropout),
        down_block(deep, deep, kernel=kernel, dropout=dropout),
        nn.Flatten(),
        independent_component(features, dropout),
        nn.Linear(features, code_size),
    )


def decoder(architecture: Architecture) -> nn.Sequential:
    """Make the decoder: a linear layer on both codes, then three blocks that double the phases.

    Parameters
    ----------
    architecture : Architecture
        Sizes.

    Returns
    -------
    torch.nn.Sequential
        From (batch, affect_size + subject_size) to (batch, 45, phases).
    """
    width, deep = architecture.width, 2 * architecture.width
    codes = architecture.affect_size + architecture.subject_size
    kernel, dropout = architecture.kernel, architecture.dropout
    return nn.Sequential(
        independent_component(codes, architecture.code_dropout),
        nn.Linear(codes, deep * (architecture.n_phases // 8)),
        nn.ReLU(),
        Unflatten(deep),
        up_block(deep, deep, kernel=kernel, dropout=dropout),
        up_block(deep, width, kernel=kernel, dropout=dropout),
        up_block(width, N_CHANNELS, kernel=kernel, dropout=0.0, last=True),
    )


class TwoEncoderAutoencoder(nn.Module):
    """E_S, E_A and D.

    Parameters
    ----------
    architecture : Architecture
        Sizes.
    """

    def __init__(self, architecture: Architecture) -> None:
        super().__init__()
        self.architecture = architecture
        self.E_A = encoder(architecture, architecture.affect_size)
        self.E_S = encoder(architecture, architecture.subject_size)
        self.D = decoder(architecture)

    def decode(self, affect: torch.Tensor, subject: torch.Tensor) -> torch.Tensor:
        """Make a motion of an affect and a subject, ``D(a, s)``.

        Parameters
        ----------
        affect : torch.Tensor
            Affect codes, shape (batch, affect_size).
        subject : torch.Tensor
            Subject codes, shape (batch, subject_size).

        Returns
        -------
        torch.Tensor
            z-scored motions, shape (batch, 45, phases).
        """
        return self.D(torch.cat([affect, subject], dim=1))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Reconstruct motions, ``D(E_A(x), E_S(x))``.

        Parameters
        ----------
        x : torch.Tensor
            z-scored motions, shape (batch, 45, phases).

        Returns
        -------
        torch.Tensor
            Same shape.
        """
        return self.decode(self.E_A(x), self.E_S(x))
