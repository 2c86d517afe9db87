"""Linear discriminants of subjects, and probabilistic linear discriminant analysis on them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.linalg import eigh

_LEAST = 1e-6
"""Lower limit of the variance within subjects, as a share of the mean total variance."""


@dataclass(frozen=True, kw_only=True)
class Discriminants:
    """Fitted two-covariance model of subjects and their cycles.

    Parameters
    ----------
    mean : numpy.ndarray
        Mean of all subjects, shape (size,).
    directions : numpy.ndarray
        Uncorrelated directions with variance 1 within subjects, largest variance between subjects
        first, shape (size, directions).
    between : numpy.ndarray
        Variance between subjects along each direction, shape (directions,).
    """

    mean: np.ndarray
    directions: np.ndarray
    between: np.ndarray

    def apply(self, x: np.ndarray) -> np.ndarray:
        """Project vectors onto the directions, shape (cycles, directions).

        Parameters
        ----------
        x : numpy.ndarray
            Shape (cycles, size).
        """
        return (x - self.mean) @ self.directions


def fit_discriminants(x: np.ndarray, classes: np.ndarray, *, shrinkage: float = 0.1) -> Discriminants:
    """Fit linear discriminants in which every subject has the same weight.

    The variance between subjects is that of their means, less the part that is due to the finite number
    of cycles; directions without any left are dropped, all but one.

    Parameters
    ----------
    x : numpy.ndarray
        Shape (cycles, size).
    classes : numpy.ndarray
        Subjects as numbers from 0 without gaps, shape (cycles,).
    shrinkage : float
        Share, from 0 to 1, of the covariance within subjects that is replaced by its mean variance in all
        directions. More is steadier with few cycles.
    """
    size, counts = x.shape[1], np.bincount(classes)
    means = np.zeros((len(counts), size))
    np.add.at(means, classes, x)
    means /= counts[:, None]
    residual = x - means[classes]
    within = residual.T @ residual / max(len(x) - len(counts), 1)
    # scikit-learn's LinearDiscriminantAnalysis fails on releases without variance within subjects, such as
    # a bare body size, which identify best; so the total variance sets a lower limit.
    total = float(x.var(axis=0).mean()) or 1.0
    level = shrinkage * np.trace(within) / size + _LEAST * total
    within = (1 - shrinkage) * within + level * np.eye(size)
    variance, directions = eigh(np.cov(means.T, ddof=1).reshape(size, size), within)
    order = np.argsort(-variance)[: len(counts) - 1]
    # Along these directions cycles have variance 1, and so a mean of n cycles 1 / n by chance alone.
    between = variance[order] - np.mean(1 / counts)
    n_directions = max(1, int((between > 0).sum()))
    return Discriminants(
        mean=means.mean(axis=0),
        directions=directions[:, order[:n_directions]],
        between=np.maximum(between[:n_directions], _LEAST),
    )


def log_ratio(first: np.ndarray, second: np.ndarray, between: np.ndarray) -> np.ndarray:
    """Return log-likelihood ratios of one subject against two subjects for pairs, shape (n, m).

    The score of probabilistic linear discriminant analysis (Ioffe 2006, ECCV, "Probabilistic Linear
    Discriminant Analysis"): with variance 1 within subjects and b between them, a pair of one subject has
    covariance [[1 + b, b], [b, 1 + b]] along a direction, and a pair of two subjects no correlation.

    Parameters
    ----------
    first : numpy.ndarray
        Vectors projected by `Discriminants.apply`, shape (n, directions).
    second : numpy.ndarray
        The same, shape (m, directions).
    between : numpy.ndarray
        Variance between subjects, shape (directions,).
    """
    alone, joint = 1 + between, 1 + 2 * between
    cross = between / joint
    square = 0.5 * (1 / alone - (1 + between) / joint)
    constant = 0.5 * (2 * np.log(alone) - np.log(joint)).sum()
    squares = (square * first**2).sum(axis=1)[:, None] + (square * second**2).sum(axis=1)
    return squares + (first * cross) @ second.T + constant
