"""The training loop that autoencoder and CNN share."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import torch
from torch import nn

from affectlib.models.checkpoint import below, load_tensors, save_tensors
from affectlib.models.schedule import Schedule, one_cycle

Terms = dict[str, torch.Tensor]
Progress = Callable[[int, int, Mapping[str, float]], None]
"""Called after each epoch with (epochs done, epochs at most, the epoch's row of the history)."""


@dataclass(frozen=True, kw_only=True)
class Task:
    """What is to be learnt.

    Parameters
    ----------
    n_cycles : int
        Training cycles.
    terms : callable
        From indices of anchors, shape (batch,), and a source of chance to the terms of the loss by
        name. Called with gradients and the network in training mode.
    validation : callable or None
        To the terms of the loss on cycles set aside; None where there are none. Called without
        gradients and with the network in evaluation mode.
    weights : mapping of str to float
        Weight of each term.
    judges : mapping of str to float
        Terms, with weights of their own, whose sum on the cycles set aside decides about the best epoch.
    identity : str
        Digest of everything the training depends on; a checkpoint of another is not continued.
    """

    n_cycles: int
    terms: Callable[[np.ndarray, np.random.Generator], Terms]
    validation: Callable[[], Terms] | None
    weights: Mapping[str, float]
    judges: Mapping[str, float]
    identity: str


class _State:
    """All that changes in a training, and its form on disk."""

    def __init__(self, network: nn.Module, schedule: Schedule, task: Task) -> None:
        self.network, self.task = network, task
        self.optimiser = torch.optim.AdamW(
            network.parameters(), lr=schedule.learning_rate, weight_decay=schedule.weight_decay, foreach=True
        )
        self.rows: list[dict[str, float]] = []
        self.best_epoch, self.best_loss = 0, math.inf
        self.best = self._copy()

    def _copy(self) -> dict[str, torch.Tensor]:
        return {name: tensor.clone() for name, tensor in self.network.state_dict().items()}

    def judge(self, row: dict[str, float]) -> None:
        """Enter an epoch; of equal ones, and without cycles set aside, the last is the best."""
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
        """Go on from a file, if it is there, whole and of the same training."""
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
        known = self.optimiser.state_dict()
        self.optimiser.load_state_dict({"state": moments, "param_groups": known["param_groups"]})


def train(
    network: nn.Module,
    task: Task,
    *,
    schedule: Schedule,
    seed: int,
    checkpoint: Path | None = None,
    progress: Progress | None = None,
) -> pd.DataFrame:
    """Train a network in place and leave it, in evaluation mode, as it was in its best epoch.

    Every epoch has its own stream of chance, drawn from the seed and its number: a training that is
    continued from a checkpoint is the same, bit for bit, as one that was never stopped.

    Parameters
    ----------
    network : torch.nn.Module
        The network; call this within `affectlib.models.machine.steady`.
    task : Task
        What is to be learnt.
    schedule : Schedule
        Length and pace.
    seed : int
        Seed of anchors, partners and dropout.
    checkpoint : Path, optional
        File written after each epoch; a training that finds its own goes on from there.
    progress : callable, optional
        See `Progress`.

    Returns
    -------
    pandas.DataFrame
        One row an epoch: ``epoch learning_rate loss`` and each term, in training; ``validation`` and
        ``validation_<term>`` where cycles are set aside; ``best``, True for the epoch that is kept.
    """
    state = _State(network, schedule, task)
    if checkpoint is not None:
        state.load(checkpoint)
    epochs = schedule.epochs(task.n_cycles)
    while len(state.rows) < epochs and len(state.rows) - state.best_epoch < schedule.patience:
        row = _epoch(state, len(state.rows), schedule=schedule, seed=seed)
        state.judge(row)
        if checkpoint is not None:
            state.save(checkpoint)
        if progress is not None:
            progress(len(state.rows), epochs, row)
    network.load_state_dict(state.best)
    network.eval()
    history = pd.DataFrame(state.rows).astype({"epoch": int})
    return history.assign(best=history["epoch"] == state.best_epoch)


def _epoch(state: _State, epoch: int, *, schedule: Schedule, seed: int) -> dict[str, float]:
    task, network = state.task, state.network
    rng = np.random.default_rng([seed, epoch])
    torch.manual_seed(int(rng.integers(2**62)))
    per_epoch = schedule.steps_per_epoch(task.n_cycles)
    n_steps = per_epoch * schedule.epochs(task.n_cycles)
    passes = [rng.permutation(task.n_cycles) for _ in range(schedule.passes(task.n_cycles))]
    low = schedule.precision == "bfloat16"
    sums: Terms = {}
    network.train()
    for step, anchors in enumerate(np.array_split(np.concatenate(passes), per_epoch)):
        rate = one_cycle(epoch * per_epoch + step, n_steps, highest=schedule.learning_rate)
        for group in state.optimiser.param_groups:
            group["lr"] = rate
        with torch.autocast("cpu", dtype=torch.bfloat16, enabled=low):
            terms = task.terms(anchors, rng)
        loss = _sum(terms, task.weights)
        state.optimiser.zero_grad(set_to_none=True)
        loss.backward()
        state.optimiser.step()
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
        total = float(_sum(terms, task.judges))
    return {"validation": total} | {f"validation_{name}": float(term) for name, term in terms.items()}


def _sum(terms: Terms, weights: Mapping[str, float]) -> torch.Tensor:
    return torch.stack([weight * terms[name] for name, weight in weights.items()]).sum()
