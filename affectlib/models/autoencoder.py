"""The network: subject encoder, affect encoder, and a decoder on both codes (Section II of the paper)."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import nn

from affectlib.errors import ParameterError
from affectlib.models.layers import DownBlock, Transpose, Unflatten, UpBlock, independent_component
from affectlib.models.scaling import N_CHANNELS


@dataclass(frozen=True, kw_only=True)
class Architecture:
    """Sizes of the network, for which the paper gives no numbers.

    Parameters
    ----------
    affect_size : int
        Size of the affect code. A smaller code has less room for the subject.
    subject_size : int
        Size of the subject code.
    width : int
        Channels of the first convolution; the others have twice as many. Costs time quadratically.
    n_phases : int
        Phases inside the network, a multiple of 8, to and from which cycles are resampled. Gait has few
        harmonics: 32 phases hold 15 of them, in a third of the time of 100.
    n_channels : int
        Channels of the series: 45 joint axes and what is appended to them. Follows from the training data.
    dropout : float
        Dropout of the Independent-Component layers before hidden layers. The first one, on the z-scored
        series, has none: it would only hide joints. None is the default, since networks of this size that
        are trained to the end recognise more without it.
    code_dropout : float
        Dropout of the Independent-Component layer on the concatenated codes.

    Raises
    ------
    ParameterError
        For a value out of range.
    """

    affect_size: int = 8
    subject_size: int = 32
    width: int = 32
    n_phases: int = 32
    n_channels: int = N_CHANNELS
    dropout: float = 0.0
    code_dropout: float = 0.0

    def __post_init__(self) -> None:
        for name in ("affect_size", "subject_size", "width", "n_phases"):
            self._require(name, getattr(self, name) >= 1, "at least 1")
        # Three layers halve the phases.
        self._require("n_phases", self.n_phases % 8 == 0, "a multiple of 8")
        for name in ("dropout", "code_dropout"):
            self._require(name, 0 <= getattr(self, name) < 1, "at least 0 and less than 1")

    def _require(self, name: str, is_valid: bool, rule: str) -> None:
        if not is_valid:
            raise ParameterError(
                "value out of range",
                where=f"parameter '{name}'",
                found=str(getattr(self, name)),
                remedy=f"It has to be {rule}.",
            )


def encoder(architecture: Architecture, code_size: int) -> nn.Sequential:
    """Return an encoder, from (batch, 45, phases) to (batch, code_size)."""
    width, deep, dropout = architecture.width, 2 * architecture.width, architecture.dropout
    features = deep * (architecture.n_phases // 8)
    return nn.Sequential(
        Transpose(),
        DownBlock(architecture.n_channels, width, dropout=0.0),
        DownBlock(width, deep, dropout=dropout),
        DownBlock(deep, deep, dropout=dropout),
        nn.Flatten(),
        independent_component(features, dropout),
        nn.Linear(features, code_size),
    )


def decoder(architecture: Architecture) -> nn.Sequential:
    """Return the decoder, from (batch, affect_size + subject_size) to (batch, 45, phases)."""
    width, deep, dropout = architecture.width, 2 * architecture.width, architecture.dropout
    codes = architecture.affect_size + architecture.subject_size
    return nn.Sequential(
        independent_component(codes, architecture.code_dropout),
        nn.Linear(codes, deep * (architecture.n_phases // 8)),
        nn.ReLU(),
        Unflatten(deep),
        UpBlock(deep, deep, dropout=dropout),
        UpBlock(deep, width, dropout=dropout),
        UpBlock(width, architecture.n_channels, dropout=0.0, last=True),
        Transpose(),
    )


class TwoEncoderAutoencoder(nn.Module):
    """The paper's encoders ``E_A`` and ``E_S`` with the decoder ``D`` on both codes."""

    def __init__(self, architecture: Architecture) -> None:
        super().__init__()
        self.architecture = architecture
        self.E_A = encoder(architecture, architecture.affect_size)
        self.E_S = encoder(architecture, architecture.subject_size)
        self.D = decoder(architecture)

    def decode(self, affect: torch.Tensor, subject: torch.Tensor) -> torch.Tensor:
        """Return z-scored motions, shape (batch, 45, phases), of affect and subject codes, ``D(a, s)``."""
        return self.D(torch.cat([affect, subject], dim=1))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Return reconstructed motions, ``D(E_A(x), E_S(x))``, from z-scores of the same shape."""
        return self.decode(self.E_A(x), self.E_S(x))
