"""Training the CNNs, and what comes of it: CNN-xyz, AE-xyz and CNN-enc are all fitted here."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import torch
from torch import nn

from affectlib.errors import ParameterError
from affectlib.models.checkpoint import below, identity, load_tensors, save_tensors
from affectlib.models.cnn_networks import CnnSettings, make_network
from affectlib.models.fitted import inside, run
from affectlib.models.holdout import hold_out
from affectlib.models.loop import Progress, Task, Terms, train
from affectlib.models.machine import steady
from affectlib.models.scaling import (
    CodeScaling,
    Scaling,
    as_series,
    fit_code_scaling,
    fit_scaling,
)
from affectlib.models.schedule import Schedule

_NETWORK, _HISTORY = "cnn.safetensors", "history.csv"


@dataclass(frozen=True, kw_only=True)
class FittedCnn:
    """A trained CNN.

    Parameters
    ----------
    network : torch.nn.Module
        From what `prepare` gives to logits, in evaluation mode.
    settings : CnnSettings
        What it was trained with.
    scaling : Scaling or CodeScaling
        z-score of the training cycles.
    classes : numpy.ndarray
        The classes in the order of the logits, shape (classes,).
    history : pandas.DataFrame
        One row an epoch, see `affectlib.models.loop.train`.
    """

    network: nn.Module
    settings: CnnSettings
    scaling: Scaling | CodeScaling
    classes: np.ndarray
    history: pd.DataFrame

    def prepare(self, x: np.ndarray) -> np.ndarray:
        """Bring cycles into the form that the network sees.

        Parameters
        ----------
        x : numpy.ndarray
            Positions in metres, shape (cycles, phases, 15, 3), or codes, shape (cycles, code_size).

        Returns
        -------
        numpy.ndarray
            z-scores, float32, shape (cycles, 45, phases inside) or (cycles, code_size).
        """
        return inside(x, self.scaling) if isinstance(self.scaling, Scaling) else self.scaling.apply(x)

    def predict_proba(self, x: np.ndarray) -> np.ndarray:
        """Give the probability of each class.

        Parameters
        ----------
        x : numpy.ndarray
            Positions in metres, shape (cycles, phases, 15, 3), or codes, shape (cycles, code_size).

        Returns
        -------
        numpy.ndarray
            Probabilities in the order of `classes`, float32, shape (cycles, classes).
        """
        return run(
            lambda z: self.network(z).softmax(dim=1), self.prepare(x), threads=self.settings.schedule.threads
        )

    def predict(self, x: np.ndarray) -> np.ndarray:
        """Give the most probable class.

        Parameters
        ----------
        x : numpy.ndarray
            Positions in metres, shape (cycles, phases, 15, 3), or codes, shape (cycles, code_size).

        Returns
        -------
        numpy.ndarray
            One of `classes` a cycle, shape (cycles,).
        """
        return self.classes[self.predict_proba(x).argmax(axis=1)]

    def save(self, folder: str | Path) -> Path:
        """Write network, z-score, classes and history.

        Parameters
        ----------
        folder : str or Path
            Folder to write into; made if absent.

        Returns
        -------
        Path
            The folder.
        """
        folder = Path(folder)
        tensors = {f"network.{name}": tensor for name, tensor in self.network.state_dict().items()}
        tensors |= {f"scaling.{name}": torch.from_numpy(value) for name, value in vars(self.scaling).items()}
        header = {"settings": asdict(self.settings), "classes": self.classes.tolist()}
        save_tensors(folder / _NETWORK, tensors, header)
        self.history.to_csv(folder / _HISTORY, index=False)
        return folder

    @classmethod
    def load(cls, folder: str | Path) -> FittedCnn:
        """Read what `save` wrote.

        Parameters
        ----------
        folder : str or Path
            The folder.

        Returns
        -------
        FittedCnn
            The same network.

        Raises
        ------
        ParameterError
            If the folder holds none.
        """
        folder = Path(folder)
        try:
            tensors, header = load_tensors(folder / _NETWORK)
            values = {name: tensor.numpy() for name, tensor in below("scaling.", tensors).items()}
            schedule = Schedule(**header["settings"].pop("schedule"))
            settings = CnnSettings(**header["settings"], schedule=schedule)
            scaling = Scaling(**values) if "mean_m" in values else CodeScaling(**values)
            classes = np.array(header["classes"])
            network = make_network(settings, scaling, len(classes))
            network.load_state_dict(below("network.", tensors))
            history = pd.read_csv(folder / _HISTORY)
        except (OSError, ValueError, KeyError, TypeError, RuntimeError) as error:
            raise ParameterError(
                "no saved CNN", file=folder, found=str(error), remedy="Fit and save it again."
            ) from error
        network.eval()
        return cls(network=network, settings=settings, scaling=scaling, classes=classes, history=history)


def fit_cnn(
    x: np.ndarray,
    target: np.ndarray,
    *,
    take: np.ndarray | None = None,
    settings: CnnSettings | None = None,
    seed: int = 0,
    checkpoint: str | Path | None = None,
    progress: Progress | None = None,
) -> FittedCnn:
    """Train a CNN to tell classes apart, from joint series or from codes.

    Parameters
    ----------
    x : numpy.ndarray
        Positions in metres, shape (cycles, phases, 15, 3) or (cycles, phases, 45), or codes, shape
        (cycles, code_size).
    target : numpy.ndarray
        Class of each cycle, text or numbers, shape (cycles,).
    take : numpy.ndarray, optional
        Take of each cycle, unlike any other take's of its class, shape (cycles,); whole takes are then
        set aside for early stopping.
    settings : CnnSettings, optional
        The defaults otherwise.
    seed : int
        Seed of weights, order and dropout. Equal seeds, data and settings give equal bytes.
    checkpoint : str or Path, optional
        File from which a stopped training goes on, to the result it would have had.
    progress : callable, optional
        Called after each epoch with (epochs done, epochs at most, terms of the loss by name).

    Returns
    -------
    FittedCnn
        The trained network.

    Raises
    ------
    ParameterError
        If there are not two classes, or `x` has another shape.
    """
    settings = settings or CnnSettings()
    x, target = np.asarray(x, dtype=np.float32), np.asarray(target)
    x = x if x.ndim == 2 else as_series(x)
    classes, wanted = np.unique(target, return_inverse=True)
    if len(classes) < 2:
        raise ParameterError("a classifier needs two classes", found=", ".join(map(str, classes)) or "none")
    rng = np.random.default_rng([seed, 2])
    kept, held = hold_out(wanted, take, part=settings.schedule.held_out, rng=rng)
    scaling = fit_code_scaling(x[kept]) if x.ndim == 2 else fit_scaling(x[kept], n_phases=settings.n_phases)
    inputs = scaling.apply(x) if isinstance(scaling, CodeScaling) else inside(x, scaling)
    with steady(settings.schedule.threads):
        torch.manual_seed(int(rng.integers(2**62)))
        network = make_network(settings, scaling, len(classes))
        history = train(
            network,
            _task(
                network,
                torch.from_numpy(inputs),
                torch.from_numpy(wanted),
                split=(kept, held),
                identity=identity(x, target, kept, asdict(settings), seed),
            ),
            schedule=settings.schedule,
            seed=seed,
            checkpoint=None if checkpoint is None else Path(checkpoint),
            progress=progress,
        )
    return FittedCnn(network=network, settings=settings, scaling=scaling, classes=classes, history=history)


def _task(
    network: nn.Module,
    inputs: torch.Tensor,
    wanted: torch.Tensor,
    *,
    split: tuple[np.ndarray, np.ndarray],
    identity: str,
) -> Task:
    kept, held = split

    def loss(cycles: np.ndarray) -> Terms:
        logits = network(inputs[cycles]).float()
        wrong = logits.detach().argmax(dim=1) != wanted[cycles]
        return {
            "cross_entropy": nn.functional.cross_entropy(logits, wanted[cycles]),
            "error": wrong.float().mean(),
        }

    return Task(
        n_cycles=len(kept),
        terms=lambda anchors, rng: loss(kept[anchors]),
        validation=(lambda: loss(held)) if len(held) else None,
        weights={"cross_entropy": 1.0},
        # Cross-entropy on unseen cycles grows with a network's confidence while its errors still fall.
        validation_weights={"error": 1.0},
        identity=identity,
    )
