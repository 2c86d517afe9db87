"""The network of the adversarially trained code: an encoder and two heads, one behind a gradient reversal."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import torch
from torch import nn

from affectlib.models.autoencoder import Architecture, encoder
from affectlib.models.layers import independent_component
from affectlib.models.schedule import Schedule


@dataclass(frozen=True, kw_only=True)
class AdversarialSettings:
    """Hyper-parameters of the adversarially trained code.

    Parameters
    ----------
    architecture : Architecture
        Sizes of the encoder, as of the autoencoder's; the code has `affect_size` numbers.
    hidden : int
        Width of the hidden layer of both heads. A stronger head against the subject makes the encoder hide
        more, and training less steady.
    weight : float
        Final weight of the reversed gradient, Ganin's lambda. More hides the subject from this adversary, at
        the cost of the label.
    schedule : Schedule
        Nothing is held out: by the label alone, training would stop before the adversary has learnt.
    """

    architecture: Architecture = field(default_factory=Architecture)
    hidden: int = 64
    weight: float = 1.0
    schedule: Schedule = field(default_factory=lambda: Schedule(n_steps=600, batch_size=64, held_out=0.0))


class _Reversal(torch.autograd.Function):
    """Identity forward, gradient times ``-weight`` backward."""

    @staticmethod
    def forward(ctx: Any, code: torch.Tensor, weight: float) -> torch.Tensor:
        ctx.weight = weight
        return code.view_as(code)

    @staticmethod
    def backward(ctx: Any, *gradients: torch.Tensor) -> tuple[torch.Tensor, None]:
        return -ctx.weight * gradients[0], None


def reverse_gradient(code: torch.Tensor, weight: float) -> torch.Tensor:
    """Return a code unchanged whose gradient is multiplied by ``-weight``, shape (batch, features)."""
    return _Reversal.apply(code, weight)


class AdversarialNetwork(nn.Module):
    """An encoder with a head for the label and an adversarial head for the subject."""

    def __init__(self, settings: AdversarialSettings, n_labels: int, n_subjects: int) -> None:
        super().__init__()
        size = settings.architecture.affect_size
        self.weight = settings.weight
        self.E = encoder(settings.architecture, size)
        self.label = _head(size, settings.hidden, n_labels)
        self.person = _head(size, settings.hidden, n_subjects)

    def forward(self, x: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """Return logits of labels and subjects for motions of shape (batch, 45, phases)."""
        code = self.E(x)
        return self.label(code), self.person(reverse_gradient(code, self.weight))


def _head(size: int, hidden: int, n_classes: int) -> nn.Sequential:
    # Batch normalisation, so that an encoder cannot fool the head by shrinking the code.
    return nn.Sequential(
        independent_component(size, 0.0),
        nn.Linear(size, hidden),
        nn.ReLU(),
        independent_component(hidden, 0.0),
        nn.Linear(hidden, n_classes),
    )
