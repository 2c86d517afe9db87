"""Linear codes: principal components, plain and with the subject erased from them."""

from __future__ import annotations

from dataclasses import dataclass, replace

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
    """Fitted principal components of z-scored series, with or without an erasure.

    Parameters
    ----------
    directions : numpy.ndarray
        Principal directions, shape (components, phases * 45).
    """

    scaling: Scaling
    directions: np.ndarray
    eraser: Eraser | None = None

    def __call__(self, x: np.ndarray) -> np.ndarray:
        """Return components, float32, shape (cycles, components).

        Parameters
        ----------
        x : numpy.ndarray
            Positions in metres, shape (cycles, phases, 15, 3).
        """
        z = self.scaling.apply(x).reshape(len(x), -1).astype(np.float64)
        components = z @ self.directions.T
        if self.eraser is not None:
            components = self.eraser.apply(components)
        return components.astype(np.float32)


def fit_components(x: np.ndarray, *, n_components: int) -> Components:
    """Fit principal components, whose means over the training cycles are zero.

    Parameters
    ----------
    x : numpy.ndarray
        Positions of the training cycles in metres, shape (cycles, phases, 15, 3).
    n_components : int
        At most the number of directions in which the cycles vary.
    """
    scaling = fit_scaling(x, n_phases=PHASES)
    z = scaling.apply(x).reshape(len(x), -1).astype(np.float64)
    return Components(scaling=scaling, directions=LeadingComponents(most=n_components).fit(z).components_)


def _fit_leace(train: Walks, value: int, seed: int) -> Components:
    plain = fit_components(train.x, n_components=value)
    return replace(plain, eraser=fit_eraser(plain(train.x).astype(np.float64), train.subject))


LINEAR = (
    Release(
        name="PCA",
        parameter="components",
        values=(16, 8, 4, 2),
        kind="code",
        fit=lambda train, value, seed: fit_components(train.x, n_components=value),
        description="The leading principal components of the z-scored series.",
    ),
    Release(
        name="LEACE",
        parameter="components before erasure",
        values=(64, 48, 32),
        kind="code",
        fit=_fit_leace,
        description="Principal components from which linear classifiers cannot recognise the training "
        "subjects; subjects - 1 directions are erased, so that as many components leave nothing.",
    ),
)
"""Linear codes."""
