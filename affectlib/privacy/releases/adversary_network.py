"""The network of the adversarially trained code: an encoder, two heads, a reversal before one."""

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
    """Everything about the adversarially trained code that can be turned.

    Parameters
    ----------
    architecture : Architecture
        Sizes of the encoder, as of the autoencoder's; the code has `affect_size` numbers.
    hidden : int
        Width of the hidden layer of both heads. A stronger head against the person makes the encoder
        hide more, and the training less steady.
    weight : float
        Highest weight of the reversed gradient, Ganin's lambda. More hides the person from the adversary
        it is trained with, and costs label.
    schedule : Schedule
        Length and pace. Nothing is held out: the label alone would stop before the adversary has learnt.
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
    """Pass a code on, and its gradient back with the other sign.

    Parameters
    ----------
    code : torch.Tensor
        Any values, shape (batch, features).
    weight : float
        Factor of the reversed gradient.

    Returns
    -------
    torch.Tensor
        The same values, same shape.
    """
    return _Reversal.apply(code, weight)


class AdversarialNetwork(nn.Module):
    """An encoder with a head that should know the label and one that should not know the person.

    Parameters
    ----------
    settings : AdversarialSettings
        Sizes.
    n_labels : int
        Labels to tell apart.
    n_people : int
        People not to tell apart.
    """

    def __init__(self, settings: AdversarialSettings, n_labels: int, n_people: int) -> None:
        super().__init__()
        size = settings.architecture.affect_size
        self.weight = settings.weight
        self.E = encoder(settings.architecture, size)
        self.label = _head(size, settings.hidden, n_labels)
        self.person = _head(size, settings.hidden, n_people)

    def forward(self, x: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """Score labels and people.

        Parameters
        ----------
        x : torch.Tensor
            z-scored motions, shape (batch, 45, phases).

        Returns
        -------
        tuple of torch.Tensor
            Logits, shapes (batch, labels) and (batch, people).
        """
        code = self.E(x)
        return self.label(code), self.person(reverse_gradient(code, self.weight))


def _head(size: int, hidden: int, n_classes: int) -> nn.Sequential:
    # Batch normalisation without scale of its own: an encoder must hide the person, not shrink the code.
    return nn.Sequential(
        independent_component(size, 0.0),
        nn.Linear(size, hidden),
        nn.ReLU(),
        independent_component(hidden, 0.0),
        nn.Linear(hidden, n_classes),
    )
