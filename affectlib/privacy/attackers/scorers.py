"""Ways to say how alike two walks are, learnt on people other than those in question."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

import numpy as np
from sklearn.metrics.pairwise import cosine_similarity, euclidean_distances

from affectlib.privacy.attackers.discriminants import fit_discriminants, log_ratio

Likeness = Callable[[np.ndarray, np.ndarray], np.ndarray]
"""From vectors of shapes (n, size) and (m, size) to scores, high for alike, shape (n, m)."""

LearnScorer = Callable[[np.ndarray, np.ndarray], Likeness]
"""From vectors of known people, shape (cycles, size), and their numbers, shape (cycles,)."""


def cosine(x: np.ndarray, person: np.ndarray) -> Likeness:
    """Angle between vectors, every column of the same variance.

    Parameters
    ----------
    x : numpy.ndarray
        Vectors of known people, shape (cycles, size).
    person : numpy.ndarray
        Numbers of people, shape (cycles,); not looked at.

    Returns
    -------
    callable
        See `Likeness`.
    """
    mean, deviation = x.mean(axis=0), x.std(axis=0)
    scale = np.where(deviation > 0, deviation, 1.0)
    return lambda first, second: cosine_similarity((first - mean) / scale, (second - mean) / scale)


def distance(x: np.ndarray, person: np.ndarray) -> Likeness:
    """Nearness of vectors as they are.

    Parameters
    ----------
    x : numpy.ndarray
        Vectors of known people, shape (cycles, size); not looked at.
    person : numpy.ndarray
        Numbers of people, shape (cycles,); not looked at.

    Returns
    -------
    callable
        See `Likeness`.
    """
    return lambda first, second: -euclidean_distances(first, second)


def discriminant_cosine(x: np.ndarray, person: np.ndarray) -> Likeness:
    """Angle in the space of linear discriminants.

    Parameters
    ----------
    x : numpy.ndarray
        Vectors of known people, shape (cycles, size).
    person : numpy.ndarray
        Numbers of people, shape (cycles,).

    Returns
    -------
    callable
        See `Likeness`.
    """
    found = fit_discriminants(x, person)
    return lambda first, second: cosine_similarity(found.apply(first), found.apply(second))


def probabilistic(x: np.ndarray, person: np.ndarray) -> Likeness:
    """Likelihood ratio of probabilistic linear discriminant analysis.

    Parameters
    ----------
    x : numpy.ndarray
        Vectors of known people, shape (cycles, size).
    person : numpy.ndarray
        Numbers of people, shape (cycles,).

    Returns
    -------
    callable
        See `Likeness`.
    """
    found = fit_discriminants(x, person)
    return lambda first, second: log_ratio(found.apply(first), found.apply(second), found.between)


SCORERS: Mapping[str, LearnScorer] = MappingProxyType(
    {
        "cosine": cosine,
        "distance": distance,
        "discriminant cosine": discriminant_cosine,
        "PLDA": probabilistic,
    }
)
"""The scorers by name."""
