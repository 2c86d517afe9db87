"""STGCN-xyz: a spatio-temporal graph convolution network, trained as the CNNs are."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from functools import partial

import numpy as np
import pandas as pd
import torch

from affectlib.models.baselines import check_targets
from affectlib.models.checkpoint import identity
from affectlib.models.cnn import classification_task
from affectlib.models.fitted import inside, run
from affectlib.models.holdout import hold_out
from affectlib.models.loop import Progress, train
from affectlib.models.scaling import Scaling, as_series, fit_scaling
from affectlib.models.stgcn_network import Stgcn, StgcnSettings


@dataclass(frozen=True, kw_only=True)
class FittedStgcn:
    """A trained spatio-temporal graph convolution network with the z-scores it was trained on.

    Parameters
    ----------
    network : Stgcn
        The network, in evaluation mode.
    settings : StgcnSettings
        Hyper-parameters of the training.
    scaling : Scaling
        z-scores of the training cycles.
    classes : numpy.ndarray
        Classes in the order of the logits, shape (classes,).
    history : pandas.DataFrame
        One row per epoch, see `affectlib.models.loop.train`.
    """

    network: Stgcn
    settings: StgcnSettings
    scaling: Scaling
    classes: np.ndarray
    history: pd.DataFrame

    def predict(self, x: np.ndarray) -> np.ndarray:
        """Return the most probable class of each cycle, shape (cycles,).

        Parameters
        ----------
        x : numpy.ndarray
            Positions in metres, shape (cycles, phases, 15, 3).
        """
        logits = run(self.network, inside(x, self.scaling), threads=self.settings.schedule.threads)
        return self.classes[logits.argmax(axis=1)]


def fit_stgcn(
    x: np.ndarray,
    target: np.ndarray,
    *,
    groups: np.ndarray | None = None,
    settings: StgcnSettings | None = None,
    seed: int = 0,
    progress: Progress | None = None,
) -> FittedStgcn:
    """Train a spatio-temporal graph convolution network to predict classes, as CNN-xyz is trained.

    Parameters
    ----------
    x : numpy.ndarray
        Positions in metres, shape (cycles, phases, 15, 3).
    target : numpy.ndarray
        Class of each cycle, shape (cycles,).
    groups : numpy.ndarray, optional
        Takes or subjects, which validation has whole, shape (cycles,).
    seed : int
        Seed of weights, order and dropout.
    progress : callable, optional
        Called after each epoch with (epochs done, maximum of epochs, row of the history).

    Raises
    ------
    ParameterError
        If there are fewer than two classes, or `x` has another shape.
    """
    settings = settings or StgcnSettings()
    x, target = as_series(x), check_targets("STGCN", target)
    classes, index = np.unique(target, return_inverse=True)
    rng = np.random.default_rng([seed, 4])
    training, validation = hold_out(index, groups, share=settings.schedule.held_out, rng=rng)
    scaling = fit_scaling(x[training], n_phases=settings.n_phases)
    device = settings.schedule.device
    inputs = torch.from_numpy(inside(x, scaling)).to(device)
    network, history = train(
        lambda: Stgcn(settings, len(classes), n_channels=inputs.shape[1]),
        partial(
            classification_task,
            inputs=inputs,
            target=torch.from_numpy(index).to(device),
            training=training,
            validation=validation,
            identity=identity(x, target, training, asdict(settings), seed),
        ),
        schedule=settings.schedule,
        rng=rng,
        seed=seed,
        progress=progress,
    )
    return FittedStgcn(network=network, settings=settings, scaling=scaling, classes=classes, history=history)
