"""LEACE: the smallest change after which no linear classifier recognises a concept."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from affectlib.errors import ParameterError

FLAT = 1e-10
"""Variance, as a share of the largest, below which a direction counts as having none."""

UNRELATED = 1e-6
"""Canonical correlation below which a direction counts as unrelated to the concept."""


@dataclass(frozen=True, kw_only=True)
class Eraser:
    """A fitted erasure, ``r(x) = x - away (along (x - mean))``.

    Parameters
    ----------
    mean : numpy.ndarray
        Mean of the training rows, shape (features,).
    along : numpy.ndarray
        Directions that are related to the concept, shape (directions, features).
    away : numpy.ndarray
        Directions that are subtracted for them, shape (features, directions).
    """

    mean: np.ndarray
    along: np.ndarray
    away: np.ndarray

    def apply(self, x: np.ndarray) -> np.ndarray:
        """Return rows without the concept, float64, shape (rows, features).

        Parameters
        ----------
        x : numpy.ndarray
            Shape (rows, features).
        """
        return x - (x - self.mean) @ self.along.T @ self.away.T


def fit_eraser(x: np.ndarray, concept: np.ndarray) -> Eraser:
    r"""Fit the erasure of a concept in closed form; it removes at most (classes - 1) directions.

    Belrose, Schneider-Joseph, Ravfogel, Cotterell, Raff & Biderman (2023), "LEACE: Perfect linear
    concept erasure in closed form", arXiv:2306.03819, Theorem 4.3:

    .. math:: r(x) = x - W^+ P \, W (x - E[x]), \quad W = (\Sigma_{xx}^{1/2})^+

    with P the orthogonal projection onto the columns of :math:`W \Sigma_{xz}`. Afterwards x and z have
    no covariance, so that no linear classifier beats the best constant (their Theorem 3.1), and no other
    affine map that achieves this changes x less in mean squares. Both hold for the training rows, for new
    rows only approximately, and for linear classifiers only. An attacker who fails on training rows is
    therefore no evidence of privacy.

    Parameters
    ----------
    x : numpy.ndarray
        Training rows, shape (rows, features).
    concept : numpy.ndarray
        Class of each row, shape (rows,).

    Raises
    ------
    ParameterError
        If the two differ in length, or there is no row.
    """
    x = np.asarray(x, dtype=np.float64)
    if x.ndim != 2 or not len(x) or len(x) != len(concept):
        raise ParameterError(
            "erasing a concept takes rows and a class for each",
            found=f"rows of shape {x.shape}, {len(concept)} classes",
        )
    one_hot = (np.asarray(concept)[:, None] == np.unique(concept)).astype(np.float64)
    mean = x.mean(axis=0)
    centred = x - mean
    whiten, colour = _whitening(centred.T @ centred / len(x))
    across = centred.T @ (one_hot - one_hot.mean(axis=0)) / len(x)
    directions, strength, _ = np.linalg.svd(whiten @ across, full_matrices=False)
    directions = directions[:, strength > UNRELATED]
    return Eraser(mean=mean, along=directions.T @ whiten, away=colour @ directions)


def _whitening(covariance: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the pseudo-inverse of the covariance's square root, and that square root."""
    variance, axes = np.linalg.eigh(covariance)
    varying = variance > FLAT * variance.max(initial=0)
    spread, axes = np.sqrt(variance[varying]), axes[:, varying]
    return axes / spread @ axes.T, axes * spread @ axes.T
