"""The training loop that all networks share."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import numpy as np
import pandas as pd
import torch
from torch import nn
from torch.optim.lr_scheduler import OneCycleLR

from affectlib.models.checkpoint import below, load_tensors, save_tensors
from affectlib.models.machine import steady
from affectlib.models.schedule import Schedule

Network = TypeVar("Network", bound=nn.Module)
Terms = dict[str, torch.Tensor]
Progress = Callable[[int, int, Mapping[str, float]], None]
"""Called after each epoch with (epochs done, maximum of epochs, row of the history)."""


@dataclass(frozen=True, kw_only=True)
class Task:
    """The loss that a network is trained on.

    Parameters
    ----------
    n_cycles : int
        Number of training cycles.
    terms : callable
        From indices of anchors, shape (batch,), and a random generator to the terms of the loss by
        name. Called with gradients and the network in training mode.
    validation : callable or None
        Returns the terms of the loss on the validation cycles; None without such cycles. Called without
        gradients and with the network in evaluation mode.
    weights : mapping of str to float
        Weight of each term in the training loss.
    validation_weights : mapping of str to float
        Weight of each term in the validation loss, which decides about the best epoch.
    identity : str
        Digest of everything that the training depends on; only its own checkpoint is resumed.
    """

    n_cycles: int
    terms: Callable[[np.ndarray, np.random.Generator], Terms]
    validation: Callable[[], Terms] | None
    weights: Mapping[str, float]
    validation_weights: Mapping[str, float]
    identity: str


class _State:
    """Everything that changes during a training, with its form on disk."""

    def __init__(self, network: nn.Module, schedule: Schedule, task: Task) -> None:
        self.network, self.task, self.schedule = network, task, schedule
        self.optimiser = torch.optim.AdamW(
            network.parameters(), lr=schedule.learning_rate, weight_decay=schedule.weight_decay, fused=True
        )
        self.scheduler = self._one_cycle(done=0)
        self.rows: list[dict[str, float]] = []
        self.best_epoch, self.best_loss = 0, math.inf
        self.best = self._copy()

    def _one_cycle(self, *, done: int) -> OneCycleLR:
        per_epoch = self.schedule.steps_per_epoch(self.task.n_cycles)
        return OneCycleLR(
            self.optimiser,
            max_lr=self.schedule.learning_rate,
            total_steps=per_epoch * self.schedule.epochs(self.task.n_cycles),
            cycle_momentum=False,
            last_epoch=per_epoch * done - 1,  # torch counts steps here
        )

    def _copy(self) -> dict[str, torch.Tensor]:
        return {name: tensor.clone() for name, tensor in self.network.state_dict().items()}

    def finish_epoch(self, row: dict[str, float]) -> None:
        """Add an epoch to the history; among equally good ones, and without validation, the last is best."""
        self.rows.append(row)
        loss = row.get("validation", 0.0)
        if loss <= self.best_loss:
            self.best_epoch, self.best_loss, self.best = len(self.rows), loss, self._copy()

    def save(self, path: Path) -> None:
        moments = {
            f"moment.{number}.{name}": tensor
            for number, state in self.optimiser.state_dict()["state"].items()
            for name, tensor in state.items()
        }
        now = {f"now.{name}": tensor for name, tensor in self.network.state_dict().items()}
        best = {f"best.{name}": tensor for name, tensor in self.best.items()}
        header = {
            "identity": self.task.identity,
            "rows": self.rows,
            "best_epoch": self.best_epoch,
            "best_loss": self.best_loss,
        }
        save_tensors(path, now | best | moments, header)

    def load(self, path: Path) -> None:
        """Resume from a file if it exists, is intact and belongs to the same training."""
        try:
            tensors, header = load_tensors(path)
        except (OSError, ValueError):
            return
        if header.get("identity") != self.task.identity:
            return
        self.network.load_state_dict(below("now.", tensors))
        self.best = below("best.", tensors)
        self.rows, self.best_epoch = header["rows"], header["best_epoch"]
        self.best_loss = header["best_loss"]
        moments: dict[int, dict[str, torch.Tensor]] = {}
        for key, tensor in below("moment.", tensors).items():
            number, name = key.split(".", 1)
            moments.setdefault(int(number), {})[name] = tensor
        groups = self.optimiser.state_dict()["param_groups"]
        self.optimiser.load_state_dict({"state": moments, "param_groups": groups})
        self.scheduler = self._one_cycle(done=len(self.rows))


def train(
    make_network: Callable[[], Network],
    make_task: Callable[[Network], Task],
    *,
    schedule: Schedule,
    rng: np.random.Generator,
    seed: int,
    checkpoint: str | Path | None = None,
    progress: Progress | None = None,
) -> tuple[Network, pd.DataFrame]:
    """Initialise a network and train it, with the settings of torch that results depend on.

    Parameters
    ----------
    make_network : callable
        Returns the network with random weights.
    make_task : callable
        From the network to its loss.
    rng : numpy.random.Generator
        Random generator of the initial weights.
    seed : int
        Seed of anchors, partners and dropout.
    checkpoint : str or Path, optional
        File written after each epoch. A training resumed from it gives the same bits as one that was
        never interrupted.

    Returns
    -------
    network : torch.nn.Module
        The network as it was in its best epoch, in evaluation mode.
    history : pandas.DataFrame
        One row per epoch: ``epoch learning_rate loss`` and each term, in training; ``validation`` and
        ``validation_<term>`` if there are validation cycles; ``best``, True for the epoch that is used.
    """
    with steady(schedule.threads):
        torch.manual_seed(int(rng.integers(2**62)))
        network = make_network().to(schedule.device)
        state = _State(network, schedule, make_task(network))
        _run_epochs(state, seed, None if checkpoint is None else Path(checkpoint), progress)
    network.load_state_dict(state.best)
    network.cpu().eval()
    history = pd.DataFrame(state.rows).astype({"epoch": int})
    return network, history.assign(best=history["epoch"] == state.best_epoch)


def late_gain(history: pd.DataFrame, *, share: float = 0.2) -> float:
    """Return which part of the validation loss's whole fall lies in the last epochs.

    Near 0 where the curve is flat at its end, so that longer training would change little; NaN without
    validation.

    Parameters
    ----------
    history : pandas.DataFrame
        From `train`.
    share : float
        Last share of the epochs.
    """
    if "validation" not in history:
        return math.nan
    best_so_far = history["validation"].cummin().to_numpy()
    late = best_so_far[int(np.floor((1 - share) * (len(best_so_far) - 1)))]
    fall = best_so_far[0] - best_so_far[-1]
    return float((late - best_so_far[-1]) / fall) if fall > 0 else 0.0


def _run_epochs(state: _State, seed: int, checkpoint: Path | None, progress: Progress | None) -> None:
    """Train until all epochs are done, or the validation loss has not improved for too long."""
    schedule = state.schedule
    if checkpoint is not None:
        state.load(checkpoint)
    epochs = schedule.epochs(state.task.n_cycles)
    while len(state.rows) < epochs and len(state.rows) - state.best_epoch < schedule.patience:
        row = _epoch(state, seed=seed)
        state.finish_epoch(row)
        if checkpoint is not None:
            state.save(checkpoint)
        if progress is not None:
            progress(len(state.rows), epochs, row)


def _epoch(state: _State, *, seed: int) -> dict[str, float]:
    task, network, schedule, epoch = state.task, state.network, state.schedule, len(state.rows)
    # A random stream of its own for every epoch, so that a resumed training needs no random state.
    rng = np.random.default_rng([seed, epoch])
    torch.manual_seed(int(rng.integers(2**62)))
    per_epoch = schedule.steps_per_epoch(task.n_cycles)
    passes = [rng.permutation(task.n_cycles) for _ in range(schedule.passes(task.n_cycles))]
    sums: Terms = {}
    network.train()
    for anchors in np.array_split(np.concatenate(passes), per_epoch):
        rate = float(state.scheduler.get_last_lr()[0])
        terms = task.terms(anchors, rng)
        loss = _sum(terms, task.weights)
        state.optimiser.zero_grad(set_to_none=True)
        loss.backward()
        state.optimiser.step()
        state.scheduler.step()
        for name, value in {"loss": loss, **terms}.items():
            sums[name] = sums.get(name, 0) + value.detach()
    row = {"epoch": float(epoch + 1), "learning_rate": rate}
    row |= {name: float(value) / per_epoch for name, value in sums.items()}
    return row | _validation(network, task)


def _validation(network: nn.Module, task: Task) -> dict[str, float]:
    if task.validation is None:
        return {}
    network.eval()
    with torch.no_grad():
        terms = task.validation()
        total = float(_sum(terms, task.validation_weights))
    return {"validation": total} | {f"validation_{name}": float(term) for name, term in terms.items()}


def _sum(terms: Terms, weights: Mapping[str, float]) -> torch.Tensor:
    return torch.stack([weight * terms[name] for name, weight in weights.items()]).sum()
