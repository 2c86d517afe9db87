"""MiniRocket-xyz: the features of MiniRocket and a linear classifier."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from sklearn.linear_model import RidgeClassifier, RidgeClassifierCV
from sklearn.preprocessing import StandardScaler

from affectlib.models.baselines import check_targets, inner_splits
from affectlib.models.fitted import inside
from affectlib.models.minirocket_kernels import MiniRocketKernels
from affectlib.models.scaling import Scaling, fit_scaling

N_PHASES = 64
"""Phases per cycle, a multiple of the quarters in which shares are taken."""

ALPHAS = (0.001, 0.01, 0.1, 1.0)
"""Penalties of the ridge per number of features."""


@dataclass(frozen=True, kw_only=True)
class FittedMiniRocket:
    """A MiniRocket classifier after fitting.

    Parameters
    ----------
    scaling : Scaling
        z-scores of the training cycles.
    kernels : MiniRocketKernels
        Kernels with their thresholds.
    standard : sklearn StandardScaler
        z-scores of the features.
    ridge : sklearn RidgeClassifier
        The linear classifier.
    """

    scaling: Scaling
    kernels: MiniRocketKernels
    standard: StandardScaler
    ridge: RidgeClassifier

    def predict(self, x: np.ndarray) -> np.ndarray:
        """Return predicted targets, shape (cycles,).

        Parameters
        ----------
        x : numpy.ndarray
            Positions in metres, shape (cycles, phases, 15, 3).
        """
        features = self.kernels.transform(inside(x, self.scaling))
        return self.ridge.predict(self.standard.transform(features))


def fit_minirocket(
    x: np.ndarray, target: np.ndarray, *, groups: np.ndarray | None = None, seed: int = 0
) -> FittedMiniRocket:
    """Fit kernels, select the penalty of the ridge within the training cycles, and fit it to all of them.

    Parameters
    ----------
    x : numpy.ndarray
        Positions in metres, shape (cycles, phases, 15, 3).
    target : numpy.ndarray
        True targets, shape (cycles,).
    groups : numpy.ndarray, optional
        Cycles of one group stay on one side of every inner split, shape (cycles,).
    seed : int
        Seed of kernels and inner splits.

    Raises
    ------
    ParameterError
        If the target has a single value.
    """
    target = check_targets("MiniRocket", target)
    scaling = fit_scaling(x, n_phases=N_PHASES)
    series = inside(x, scaling)
    kernels = MiniRocketKernels(seed=seed).fit(series)
    standard = StandardScaler()
    features = standard.fit_transform(kernels.transform(series))
    alphas = np.array(ALPHAS) * features.shape[1]
    splits = inner_splits(target, groups, seed)
    # Too few cycles for inner splits are too few for anything but a strong penalty.
    alpha = RidgeClassifierCV(alphas, cv=splits).fit(features, target).alpha_ if splits else alphas[-1]
    ridge = RidgeClassifier(alpha=alpha).fit(features, target)
    return FittedMiniRocket(scaling=scaling, kernels=kernels, standard=standard, ridge=ridge)
