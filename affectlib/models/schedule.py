"""How long, how fast and with what care a network is trained."""

from __future__ import annotations

import math
from dataclasses import dataclass

from affectlib.errors import ParameterError

MIN_STEPS_PER_EPOCH = 20
"""An epoch has at least so many steps; in a small library it is several passes over the data."""

PRECISIONS = ("float32", "bfloat16")
"""Arithmetic of a training, by the names that `Schedule.precision` takes."""


@dataclass(frozen=True, kw_only=True)
class Schedule:
    """Length and pace of a training.

    A small library needs a number of steps, however often it is passed over; a large one needs to be
    passed over some times, however many steps that takes. The number of epochs follows from both.

    Parameters
    ----------
    n_steps : int
        Optimiser steps at least, about; rounded to whole epochs. Costs time in proportion.
    n_passes : int
        Passes over the training cycles at least. Costs time in proportion where the library is large.
    batch_size : int
        Anchors a step. Larger steadies batch normalisation and costs time in proportion.
    learning_rate : float
        Highest rate of the one-cycle schedule.
    weight_decay : float
        Weight decay of AdamW.
    held_out : float
        Part of the training cycles kept for early stopping, 0 for none (and no early stopping).
    patience : int
        Epochs without a better validation loss after which training stops.
    threads : int
        Threads of torch during training. Sums are split among them, so that the last digits of a
        result depend on their number; it is fixed here and not left to the machine.
    precision : str
        ``"float32"`` or ``"bfloat16"`` (autocast). bfloat16 is faster on processors that compute with it
        and slower on others. It keeps three digits of seven, which moves scores by a point and turns
        conclusions: compare results of one precision only.

    Raises
    ------
    ParameterError
        If a value is outside what it may be.
    """

    n_steps: int = 400
    n_passes: int = 1
    batch_size: int = 16
    learning_rate: float = 3e-3
    weight_decay: float = 1e-2
    held_out: float = 0.1
    patience: int = 15
    threads: int = 1
    precision: str = "float32"

    def __post_init__(self) -> None:
        least = {"n_steps": 1, "n_passes": 1, "batch_size": 2, "patience": 1, "threads": 1}
        wrong = [name for name, low in least.items() if getattr(self, name) < low]
        wrong += [name for name in ("learning_rate",) if not self.learning_rate > 0]
        wrong += [name for name in ("weight_decay",) if not self.weight_decay >= 0]
        wrong += [name for name in ("held_out",) if not 0 <= self.held_out <= 0.5]
        wrong += [name for name in ("precision",) if self.precision not in PRECISIONS]
        for name in wrong:
            raise ParameterError(
                "value outside what it may be",
                where=f"parameter '{name}'",
                found=repr(getattr(self, name)),
            )

    def passes(self, n_cycles: int) -> int:
        """Count the passes over the training cycles that one epoch makes.

        Parameters
        ----------
        n_cycles : int
            Training cycles.

        Returns
        -------
        int
            1, or as many as give `MIN_STEPS_PER_EPOCH` steps.
        """
        return max(1, math.ceil(MIN_STEPS_PER_EPOCH * self.batch_size / n_cycles))

    def steps_per_epoch(self, n_cycles: int) -> int:
        """Count the steps of one epoch.

        Parameters
        ----------
        n_cycles : int
            Training cycles.

        Returns
        -------
        int
            Steps; the cycles are split evenly among them.
        """
        return max(1, round(self.passes(n_cycles) * n_cycles / self.batch_size))

    def epochs(self, n_cycles: int) -> int:
        """Count the epochs that make up the steps and the passes.

        Parameters
        ----------
        n_cycles : int
            Training cycles.

        Returns
        -------
        int
            At least 1.
        """
        by_steps = round(self.n_steps / self.steps_per_epoch(n_cycles))
        return max(1, by_steps, math.ceil(self.n_passes / self.passes(n_cycles)))

