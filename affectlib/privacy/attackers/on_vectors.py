"""Classifiers of vectors as attackers, without networks.

All return scores for each class (`affectlib.privacy.attackers.attacker.Scores`) that may be averaged over
the cycles of a take. `x` are vectors, `classes` numbers from 0 without gaps.
"""

from __future__ import annotations

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.metrics.pairwise import euclidean_distances
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC

from affectlib.privacy.attackers.attacker import Scores, log_prior
from affectlib.privacy.attackers.discriminants import fit_discriminants


def logistic(x: np.ndarray, classes: np.ndarray, *, C: float, whitened: bool) -> Scores:
    """Fit a multinomial logistic regression; scores are log-probabilities less the log prior.

    Parameters
    ----------
    x : numpy.ndarray
        Shape (cycles, size).
    classes : numpy.ndarray
        Shape (cycles,).
    C : float
        Inverse of the penalty.
    whitened : bool
        Scale every component to variance 1. This makes use of small components, and amplifies noise where
        there are few cycles.
    """
    steps = [StandardScaler()] if whitened else []
    model = make_pipeline(*steps, LogisticRegression(C=C, tol=1e-3, max_iter=100)).fit(x, classes)
    prior = log_prior(classes)
    return lambda probes: model.predict_log_proba(probes) - prior


def discriminant(x: np.ndarray, classes: np.ndarray, *, shrinkage: float) -> Scores:
    """Fit Gaussians with a common covariance; scores are log-likelihoods up to a constant.

    Parameters
    ----------
    x : numpy.ndarray
        Shape (cycles, size).
    classes : numpy.ndarray
        Shape (cycles,).
    shrinkage : float
        See `affectlib.privacy.attackers.discriminants.fit_discriminants`.
    """
    space = fit_discriminants(x, classes, shrinkage=shrinkage)
    projected = space.apply(x)
    means = np.stack([projected[classes == number].mean(axis=0) for number in range(classes.max() + 1)])
    return lambda probes: -0.5 * euclidean_distances(space.apply(probes), means, squared=True)


def neighbours(x: np.ndarray, classes: np.ndarray, *, k: int, space: str) -> Scores:
    """Fit nearest neighbours; scores are negative mean distances to a class's `k` nearest cycles.

    With one neighbour this is the nearest-neighbour rule. A vote among the nearest cycles of all classes
    would rank only the classes among them.

    Parameters
    ----------
    x : numpy.ndarray
        Shape (cycles, size).
    classes : numpy.ndarray
        Shape (cycles,).
    k : int
        Number of neighbours.
    space : str
        ``"plain"``, or ``"discriminant"`` for distances among linear discriminants, usual in gait
        recognition.
    """
    transform = fit_discriminants(x, classes).apply if space == "discriminant" else np.asarray
    enrolled = transform(x)

    def scores(probes: np.ndarray) -> np.ndarray:
        distance = euclidean_distances(transform(probes), enrolled)
        by_class = (distance[:, classes == number] for number in range(classes.max() + 1))
        return -np.stack([np.sort(columns, axis=1)[:, :k].mean(axis=1) for columns in by_class], axis=1)

    return scores


def support_vectors(x: np.ndarray, classes: np.ndarray, *, C: float, gamma: float) -> Scores:
    """Fit a support vector machine with an RBF kernel; scores are votes, with confidence to break ties.

    Parameters
    ----------
    x : numpy.ndarray
        Shape (cycles, size).
    classes : numpy.ndarray
        Shape (cycles,).
    C : float
        Inverse of the penalty.
    gamma : float
        Kernel coefficient in units of 1 / (total variance of `x`).
    """
    total = float(x.var(axis=0).sum()) or 1.0
    # Balanced, so that subjects with many cycles do not attract the probes of others.
    model = SVC(C=C, gamma=gamma / total, cache_size=300, class_weight="balanced").fit(x, classes)

    def scores(probes: np.ndarray) -> np.ndarray:
        # For two classes scikit-learn returns one column.
        decision = model.decision_function(probes)
        return np.stack([-decision, decision], axis=1) if decision.ndim == 1 else decision

    return scores
