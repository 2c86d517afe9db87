"""Scores of the likeness of two walks, fitted to other subjects."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

import numpy as np
from sklearn.metrics.pairwise import cosine_similarity, euclidean_distances

from affectlib.privacy.attackers.discriminants import fit_discriminants, log_ratio

Likeness = Callable[[np.ndarray, np.ndarray], np.ndarray]
"""From vectors of shapes (n, size) and (m, size) to scores, high for alike, shape (n, m)."""

FitScorer = Callable[[np.ndarray, np.ndarray], Likeness]
"""From vectors, shape (cycles, size), and their subjects as numbers, shape (cycles,)."""


def _cosine(x: np.ndarray, classes: np.ndarray) -> Likeness:
    mean, deviation = x.mean(axis=0), x.std(axis=0)
    scale = np.where(deviation > 0, deviation, 1.0)
    return lambda first, second: cosine_similarity((first - mean) / scale, (second - mean) / scale)


def _distance(x: np.ndarray, classes: np.ndarray) -> Likeness:
    return lambda first, second: -euclidean_distances(first, second)


def _discriminant_cosine(x: np.ndarray, classes: np.ndarray) -> Likeness:
    space = fit_discriminants(x, classes)
    return lambda first, second: cosine_similarity(space.apply(first), space.apply(second))


def _plda(x: np.ndarray, classes: np.ndarray) -> Likeness:
    space = fit_discriminants(x, classes)
    return lambda first, second: log_ratio(space.apply(first), space.apply(second), space.between)


SCORERS: Mapping[str, FitScorer] = MappingProxyType(
    {"cosine": _cosine, "distance": _distance, "discriminant cosine": _discriminant_cosine, "PLDA": _plda}
)
"""Scorers by name. PLDA: probabilistic linear discriminant analysis."""
