"""Attackers that learn from vectors without training a network.

Where scores are log-probabilities or distances they can be averaged over the cycles of a walk.
"""

from __future__ import annotations

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.metrics.pairwise import euclidean_distances
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC

from affectlib.privacy.attackers.discriminants import fit_discriminants
from affectlib.privacy.attackers.enrolment import Scores, log_share


def logistic(x: np.ndarray, person: np.ndarray, *, seed: int, C: float, whitened: bool) -> Scores:
    """Fit a multinomial logistic regression.

    Parameters
    ----------
    x : numpy.ndarray
        Vectors, shape (cycles, size).
    person : numpy.ndarray
        Numbers of people, shape (cycles,).
    seed : int
        Without effect.
    C : float
        Inverse of the penalty.
    whitened : bool
        Scale every component to variance 1, so that small ones are heard; noise is as well, which
        costs accuracy where there are few cycles.

    Returns
    -------
    callable
        Log-probabilities, less the logarithm of each person's share of the cycles.
    """
    steps = [StandardScaler()] if whitened else []
    model = make_pipeline(*steps, LogisticRegression(C=C, tol=1e-3, max_iter=100))
    fitted, prior = model.fit(x, person), log_share(person)
    return lambda asked: fitted.predict_log_proba(asked) - prior


def discriminant(x: np.ndarray, person: np.ndarray, *, seed: int, shrinkage: float) -> Scores:
    """Fit Gaussians with a common covariance: linear discriminant analysis.

    Parameters
    ----------
    x : numpy.ndarray
        Vectors, shape (cycles, size).
    person : numpy.ndarray
        Numbers of people, shape (cycles,).
    seed : int
        Without effect.
    shrinkage : float
        See `affectlib.privacy.attackers.discriminants.fit_discriminants`.

    Returns
    -------
    callable
        Log-likelihoods, up to what people have in common.
    """
    found = fit_discriminants(x, person, shrinkage=shrinkage)
    inside = found.apply(x)
    means = np.stack([inside[person == one].mean(axis=0) for one in range(person.max() + 1)])
    return lambda asked: -0.5 * euclidean_distances(found.apply(asked), means, squared=True)


def neighbours(x: np.ndarray, person: np.ndarray, *, seed: int, k: int, space: str) -> Scores:
    """Remember everything; a person is as near as their `k` nearest cycles are on average.

    With one neighbour this is the nearest-neighbour rule. Asking each person's own neighbours, where
    the common rule takes a vote among the nearest of all, gives every person a place.

    Parameters
    ----------
    x : numpy.ndarray
        Vectors, shape (cycles, size).
    person : numpy.ndarray
        Numbers of people, shape (cycles,).
    seed : int
        Without effect.
    k : int
        Neighbours.
    space : str
        ``"plain"``, or ``"discriminant"`` for distances in the space that linear discriminant
        analysis finds, the usual one in gait recognition.

    Returns
    -------
    callable
        Negative mean distances.
    """
    spread = fit_discriminants(x, person).apply if space == "discriminant" else np.asarray
    known = spread(x)

    def scores(asked: np.ndarray) -> np.ndarray:
        distance = euclidean_distances(spread(asked), known)
        people = [distance[:, person == one] for one in range(person.max() + 1)]
        return -np.stack([np.sort(own, axis=1)[:, :k].mean(axis=1) for own in people], axis=1)

    return scores


def support_vectors(x: np.ndarray, person: np.ndarray, *, seed: int, C: float, gamma: float) -> Scores:
    """Fit a support vector machine with an RBF kernel.

    Parameters
    ----------
    x : numpy.ndarray
        Vectors, shape (cycles, size).
    person : numpy.ndarray
        Numbers of people, shape (cycles,).
    seed : int
        Without effect.
    C : float
        Inverse of the penalty.
    gamma : float
        Of the kernel, in units of 1 / (total variance of `x`).

    Returns
    -------
    callable
        Votes over pairs of people, and confidence where they tie.
    """
    total = float(x.var(axis=0).sum()) or 1.0
    model = SVC(C=C, gamma=gamma / total, cache_size=300, class_weight="balanced").fit(x, person)

    def scores(asked: np.ndarray) -> np.ndarray:
        decided = model.decision_function(asked)
        return np.stack([-decided, decided], axis=1) if decided.ndim == 1 else decided

    return scores
