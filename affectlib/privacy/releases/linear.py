"""Codes by straight lines: principal components, plain and with the person erased from them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from affectlib.models.components import LeadingComponents
from affectlib.models.scaling import Scaling, fit_scaling
from affectlib.privacy.releases.erasure import Eraser, fit_eraser
from affectlib.privacy.releases.release import Release
from affectlib.privacy.walks import Walks

PHASES = 25
"""Phases of a cycle before principal components: 12 harmonics of the stride, more than walking has."""


@dataclass(frozen=True, kw_only=True)
class Components:
    """Fitted principal components of z-scored series, with or without an erasure behind them.

    Parameters
    ----------
    scaling : Scaling
        z-score of the training cycles.
    directions : numpy.ndarray
        Principal directions, shape (components, phases * 45).
    eraser : Eraser or None
        What is erased from the components.
    """

    scaling: Scaling
    directions: np.ndarray
    eraser: Eraser | None = None

    def __call__(self, x: np.ndarray) -> np.ndarray:
        """Give the components of cycles.

        Parameters
        ----------
        x : numpy.ndarray
            Positions in metres, shape (cycles, phases, 15, 3).

        Returns
        -------
        numpy.ndarray
            Components, float32, shape (cycles, components).
        """
        z = self.scaling.apply(x).reshape(len(x), -1).astype(np.float64)
        components = z @ self.directions.T
        if self.eraser is not None:
            components = self.eraser.apply(components)
        return components.astype(np.float32)


def fit_components(x: np.ndarray, *, n_components: int) -> Components:
    """Learn principal components of cycles.

    Parameters
    ----------
    x : numpy.ndarray
        Positions of the training cycles in metres, shape (cycles, phases, 15, 3).
    n_components : int
        How many; no more than there are directions in which the cycles vary.

    Returns
    -------
    Components
        The components. The z-scores of the training cycles have a mean of zero, and so have these.
    """
    scaling = fit_scaling(x, n_phases=PHASES)
    z = scaling.apply(x).reshape(len(x), -1).astype(np.float64)
    return Components(scaling=scaling, directions=LeadingComponents(most=n_components).fit(z).components_)


def _fit_pca(train: Walks, value: int, seed: int) -> Components:
    return fit_components(train.x, n_components=value)


def _fit_leace(train: Walks, value: int, seed: int) -> Components:
    plain = fit_components(train.x, n_components=value)
    eraser = fit_eraser(plain(train.x).astype(np.float64), train.subject)
    return Components(scaling=plain.scaling, directions=plain.directions, eraser=eraser)


LINEAR = (
    Release(
        name="PCA",
        parameter="components",
        values=(16, 8, 4, 2),
        kind="code",
        fit=_fit_pca,
        description="The leading principal components of the z-scored series.",
    ),
    Release(
        name="LEACE",
        parameter="components before erasure",
        values=(64, 48, 32),
        kind="code",
        fit=_fit_leace,
        description="Principal components from which linear classifiers cannot tell the training people; "
        "people - 1 directions are erased, so that as many components leave nothing.",
    ),
)
"""Releases by straight lines."""
