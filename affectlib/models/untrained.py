"""The autoencoder before training, to compare with."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import torch

from affectlib.models.autoencoder import Architecture, TwoEncoderAutoencoder
from affectlib.models.fitted import FittedAutoencoder
from affectlib.models.machine import steady
from affectlib.models.scaling import as_series, fit_scaling


def untrained_autoencoder(
    x: np.ndarray, *, architecture: Architecture | None = None, seed: int = 0, threads: int = 2
) -> FittedAutoencoder:
    """Return an autoencoder with random weights, fitted z-scores and an empty history.

    Parameters
    ----------
    x : numpy.ndarray
        Positions of the training cycles in metres, shape (cycles, phases, 15, 3).
    """
    series = as_series(x)
    architecture = replace(architecture or Architecture(), n_channels=series.shape[2])
    with steady(threads):
        torch.manual_seed(seed)
        network = TwoEncoderAutoencoder(architecture).eval()
    scaling = fit_scaling(series, n_phases=architecture.n_phases)
    return FittedAutoencoder(network=network, scaling=scaling, history=pd.DataFrame(), threads=threads)
