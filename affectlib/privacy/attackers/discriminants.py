"""The directions that tell people apart: spread between people in units of spread within a person.

scikit-learn's discriminant analysis stops at releases that never vary within a person, a bare body
size for one, and those must be attacked above all. So the covariance within people is shrunk here
towards the total variance too.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.linalg import eigh

_LEAST = 1e-6
"""Part of the mean total variance that every direction has within people at least."""


@dataclass(frozen=True, kw_only=True)
class Discriminants:
    """Two-covariance model of people and their cycles, fitted.

    Parameters
    ----------
    mean : numpy.ndarray
        Mean of all people, shape (size,).
    directions : numpy.ndarray
        Directions in which the variance within people is 1 and nothing is correlated, largest
        variance between people first, shape (size, directions).
    between : numpy.ndarray
        Variance between people along each, shape (directions,).
    """

    mean: np.ndarray
    directions: np.ndarray
    between: np.ndarray

    def apply(self, x: np.ndarray) -> np.ndarray:
        """Bring vectors into the space where people are told apart.

        Parameters
        ----------
        x : numpy.ndarray
            Shape (cycles, size).

        Returns
        -------
        numpy.ndarray
            Shape (cycles, directions).
        """
        return (x - self.mean) @ self.directions


def fit_discriminants(x: np.ndarray, person: np.ndarray, *, shrinkage: float = 0.1) -> Discriminants:
    """Learn the directions.

    Every person counts the same. The variance between people is that of their means, less what the
    finite number of their cycles contributes to it; directions without any left are dropped, all but
    one.

    Parameters
    ----------
    x : numpy.ndarray
        Vectors, shape (cycles, size).
    person : numpy.ndarray
        Numbers of people from 0 on, each of which occurs, shape (cycles,).
    shrinkage : float
        Part of the covariance within people that is replaced by its mean variance in all directions,
        from 0 to 1. More steadies what is learnt from few cycles.

    Returns
    -------
    Discriminants
        At most one direction less than there are people.
    """
    size, counts = x.shape[1], np.bincount(person)
    means = np.zeros((len(counts), size))
    np.add.at(means, person, x)
    means /= counts[:, None]
    residual = x - means[person]
    within = residual.T @ residual / max(len(x) - len(counts), 1)
    total = float(x.var(axis=0).mean()) or 1.0
    level = shrinkage * np.trace(within) / size + _LEAST * total
    within = (1 - shrinkage) * within + level * np.eye(size)
    spread = np.cov(means.T, ddof=1).reshape(size, size)
    variance, directions = eigh(spread, within)
    order = np.argsort(-variance)[: len(counts) - 1]
    # Along these directions cycles have variance 1, so a mean of n cycles has 1/n by chance alone.
    between = variance[order] - np.mean(1 / counts)
    kept = max(1, int((between > 0).sum()))
    return Discriminants(
        mean=means.mean(axis=0),
        directions=directions[:, order[:kept]],
        between=np.maximum(between[:kept], _LEAST),
    )


def log_ratio(first: np.ndarray, second: np.ndarray, between: np.ndarray) -> np.ndarray:
    """Log-likelihood ratio that two vectors are of one person rather than of two.

    The score of probabilistic linear discriminant analysis (Ioffe 2006, ECCV, "Probabilistic Linear
    Discriminant Analysis"): with variance 1 within people and b between them, a pair of one person
    has covariance [[1 + b, b], [b, 1 + b]] along a direction, a pair of two people no correlation.

    Parameters
    ----------
    first : numpy.ndarray
        Vectors in the space of `Discriminants`, shape (n, directions).
    second : numpy.ndarray
        Likewise, shape (m, directions).
    between : numpy.ndarray
        Variance between people, shape (directions,).

    Returns
    -------
    numpy.ndarray
        Natural logarithms, shape (n, m).
    """
    alone, joint = 1 + between, 1 + 2 * between
    cross = between / joint
    square = 0.5 * (1 / alone - (1 + between) / joint)
    constant = 0.5 * (2 * np.log(alone) - np.log(joint)).sum()
    own = (square * first**2).sum(axis=1)[:, None] + (square * second**2).sum(axis=1)
    return own + (first * cross) @ second.T + constant
