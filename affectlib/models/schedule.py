"""Length, learning rate and regularisation of a training."""

from __future__ import annotations

import math
from dataclasses import dataclass

from affectlib.errors import ParameterError

MIN_STEPS_PER_EPOCH = 20
"""Minimum steps of an epoch, which makes several passes over the data of a small library."""


@dataclass(frozen=True, kw_only=True)
class Schedule:
    """Hyper-parameters of a training; the number of epochs follows from steps and passes.

    A small library needs a minimum of steps, however many passes they are; a large one needs a minimum of
    passes, however many steps they are.

    Parameters
    ----------
    n_steps : int
        Minimum of optimiser steps, rounded to whole epochs. Costs time in proportion.
    n_passes : int
        Minimum of passes over the training cycles. Costs time in proportion in large libraries.
    batch_size : int
        Anchors per step. Larger batches steady batch normalisation and cost time in proportion.
    learning_rate : float
        Maximum of the one-cycle schedule (Smith and Topin 2018, arXiv:1708.07120).
    weight_decay : float
        Weight decay of AdamW.
    held_out : float
        Share of the training cycles for validation; 0 trains without early stopping.
    patience : int
        Epochs without a better validation loss before training stops.
    threads : int
        Threads of torch during training. Sums are split among them, so that last digits depend on their
        number; hence it is fixed and does not follow the machine.
    device : str
        ``"cpu"`` or ``"cuda"``. A GPU adds up in another order: last digits differ, and scores move by up
        to a point, so compare results of one device only.

    Raises
    ------
    ParameterError
        For a value out of range.
    """

    n_steps: int = 400
    n_passes: int = 1
    batch_size: int = 16
    learning_rate: float = 3e-3
    weight_decay: float = 1e-2
    held_out: float = 0.1
    patience: int = 15
    threads: int = 1
    device: str = "cpu"

    def __post_init__(self) -> None:
        valid = {
            "n_steps": self.n_steps >= 1,
            "n_passes": self.n_passes >= 1,
            "batch_size": self.batch_size >= 2,
            "patience": self.patience >= 1,
            "threads": self.threads >= 1,
            "learning_rate": self.learning_rate > 0,
            "weight_decay": self.weight_decay >= 0,
            "held_out": 0 <= self.held_out <= 0.5,
            "device": self.device in ("cpu", "cuda"),
        }
        for name, is_valid in valid.items():
            if not is_valid:
                raise ParameterError(
                    "value out of range", where=f"parameter '{name}'", found=repr(getattr(self, name))
                )

    def passes(self, n_cycles: int) -> int:
        """Return the passes over the training cycles in one epoch."""
        return max(1, math.ceil(MIN_STEPS_PER_EPOCH * self.batch_size / n_cycles))

    def steps_per_epoch(self, n_cycles: int) -> int:
        """Return the steps of an epoch, among which its cycles are split evenly."""
        return max(1, round(self.passes(n_cycles) * n_cycles / self.batch_size))

    def epochs(self, n_cycles: int) -> int:
        """Return the number of epochs that make up the steps and the passes."""
        by_steps = round(self.n_steps / self.steps_per_epoch(n_cycles))
        return max(1, by_steps, math.ceil(self.n_passes / self.passes(n_cycles)))
