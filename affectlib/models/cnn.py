"""CNNs on joint series and on codes: CNN-xyz, AE-xyz and CNN-enc."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd
import torch
from torch import nn

from affectlib.errors import ParameterError
from affectlib.models.checkpoint import identity, load_network, save_network
from affectlib.models.cnn_networks import CnnSettings, make_network
from affectlib.models.fitted import inside, run
from affectlib.models.holdout import hold_out
from affectlib.models.loop import Progress, Task, Terms, train
from affectlib.models.scaling import (
    CodeScaling,
    Scaling,
    as_series,
    fit_code_scaling,
    fit_scaling,
)
from affectlib.models.schedule import Schedule

_FILE = "cnn.safetensors"


@dataclass(frozen=True, kw_only=True)
class FittedCnn:
    """A trained CNN with the z-scores it was trained on.

    All methods take positions in metres, shape (cycles, phases, 15, 3), or codes, shape
    (cycles, code_size), as in training.

    Parameters
    ----------
    network : torch.nn.Module
        From the result of `prepare` to logits, in evaluation mode.
    settings : CnnSettings
        Hyper-parameters of the training.
    scaling : Scaling or CodeScaling
        z-scores of the training cycles.
    classes : numpy.ndarray
        Classes in the order of the logits, shape (classes,).
    history : pandas.DataFrame
        One row per epoch, see `affectlib.models.loop.train`.
    """

    network: nn.Module
    settings: CnnSettings
    scaling: Scaling | CodeScaling
    classes: np.ndarray
    history: pd.DataFrame

    def prepare(self, x: np.ndarray) -> np.ndarray:
        """Return the input of the network, float32, shape (cycles, 45, phases inside) or (cycles, code_size).

        Parameters
        ----------
        x : numpy.ndarray
            Positions, shape (cycles, phases, 15, 3), or codes, shape (cycles, code_size).
        """
        return _inputs(x, self.scaling)

    def predict_proba(self, x: np.ndarray) -> np.ndarray:
        """Return the probabilities of the classes, float32, shape (cycles, classes).

        Parameters
        ----------
        x : numpy.ndarray
            Positions, shape (cycles, phases, 15, 3), or codes, shape (cycles, code_size).
        """
        return run(
            lambda z: self.network(z).softmax(dim=1), self.prepare(x), threads=self.settings.schedule.threads
        )

    def predict(self, x: np.ndarray) -> np.ndarray:
        """Return the most probable class of each cycle, shape (cycles,).

        Parameters
        ----------
        x : numpy.ndarray
            Positions, shape (cycles, phases, 15, 3), or codes, shape (cycles, code_size).
        """
        return self.classes[self.predict_proba(x).argmax(axis=1)]

    def save(self, folder: str | Path) -> Path:
        """Write network, z-scores, classes and history to a folder, which is made if absent."""
        folder = Path(folder)
        header = {"settings": asdict(self.settings), "classes": self.classes.tolist()}
        save_network(folder / _FILE, self.network, self.scaling, header, self.history)
        return folder

    @classmethod
    def load(cls, folder: str | Path) -> FittedCnn:
        """Load what `save` wrote.

        Raises
        ------
        ParameterError
            If the folder holds no CNN, or a damaged one.
        """
        folder = Path(folder)
        try:
            saved = load_network(folder / _FILE)
            schedule = Schedule(**saved.header["settings"].pop("schedule"))
            settings = CnnSettings(**saved.header["settings"], schedule=schedule)
            scaling = (Scaling if "mean_m" in saved.scaling else CodeScaling)(**saved.scaling)
            classes = np.array(saved.header["classes"])
            network = make_network(settings, scaling, len(classes))
            network.load_state_dict(saved.weights)
        except (OSError, ValueError, KeyError, TypeError, RuntimeError) as error:
            raise ParameterError(
                "no saved CNN", file=folder, found=str(error), remedy="Fit and save it again."
            ) from error
        return cls(
            network=network.eval(),
            settings=settings,
            scaling=scaling,
            classes=classes,
            history=saved.history,
        )


def fit_cnn(
    x: np.ndarray,
    target: np.ndarray,
    *,
    groups: np.ndarray | None = None,
    settings: CnnSettings | None = None,
    seed: int = 0,
    checkpoint: str | Path | None = None,
    progress: Progress | None = None,
) -> FittedCnn:
    """Train a CNN to predict classes from joint series or from codes.

    Equal seeds, data and settings give equal bytes.

    Parameters
    ----------
    x : numpy.ndarray
        Positions in metres, shape (cycles, phases, 15, 3) or (cycles, phases, 45), or codes, shape
        (cycles, code_size).
    target : numpy.ndarray
        Class of each cycle, text or numbers, shape (cycles,).
    groups : numpy.ndarray, optional
        Takes, by names that are unique in the library, or subjects, which validation has whole; shape
        (cycles,).
    seed : int
        Seed of weights, order and dropout.
    checkpoint : str or Path, optional
        File from which an interrupted training is resumed, to the same result.
    progress : callable, optional
        Called after each epoch with (epochs done, maximum of epochs, row of the history).

    Raises
    ------
    ParameterError
        If there are fewer than two classes, or `x` has another shape.
    """
    settings = settings or CnnSettings()
    x, target = np.asarray(x, dtype=np.float32), np.asarray(target)
    x = x if x.ndim == 2 else as_series(x)
    classes, index = np.unique(target, return_inverse=True)
    if len(classes) < 2:
        raise ParameterError("a classifier needs two classes", found=", ".join(map(str, classes)) or "none")
    rng = np.random.default_rng([seed, 2])
    training, validation = hold_out(index, groups, share=settings.schedule.held_out, rng=rng)
    scaling = (
        fit_code_scaling(x[training]) if x.ndim == 2 else fit_scaling(x[training], n_phases=settings.n_phases)
    )
    network, history = train(
        partial(make_network, settings, scaling, len(classes)),
        partial(
            classification_task,
            inputs=torch.from_numpy(_inputs(x, scaling)).to(settings.schedule.device),
            target=torch.from_numpy(index).to(settings.schedule.device),
            training=training,
            validation=validation,
            identity=identity(x, target, training, asdict(settings), seed),
        ),
        schedule=settings.schedule,
        rng=rng,
        seed=seed,
        checkpoint=checkpoint,
        progress=progress,
    )
    return FittedCnn(network=network, settings=settings, scaling=scaling, classes=classes, history=history)


def _inputs(x: np.ndarray, scaling: Scaling | CodeScaling) -> np.ndarray:
    return inside(x, scaling) if isinstance(scaling, Scaling) else scaling.apply(x)


def classification_task(
    network: nn.Module,
    *,
    inputs: torch.Tensor,
    target: torch.Tensor,
    training: np.ndarray,
    validation: np.ndarray,
    identity: str,
) -> Task:
    """Return the cross-entropy of a classifier as what it is trained on; validation counts errors.

    Parameters
    ----------
    inputs : torch.Tensor
        Input of the network, shape (cycles, ...).
    target : torch.Tensor
        Numbers of the classes, shape (cycles,).
    training, validation : numpy.ndarray
        Indices of cycles, shape (n_training,) and (n_validation,), which may be 0.
    identity : str
        Digest of everything that the training depends on.
    """

    def loss(cycles: np.ndarray) -> Terms:
        logits = network(inputs[cycles])
        wrong = logits.detach().argmax(dim=1) != target[cycles]
        return {
            "cross_entropy": nn.functional.cross_entropy(logits, target[cycles]),
            "error": wrong.float().mean(),
        }

    return Task(
        n_cycles=len(training),
        terms=lambda anchors, rng: loss(training[anchors]),
        validation=(lambda: loss(validation)) if len(validation) else None,
        weights={"cross_entropy": 1.0},
        # Cross-entropy on validation cycles grows with the network's confidence while errors still decrease.
        validation_weights={"error": 1.0},
        identity=identity,
    )
