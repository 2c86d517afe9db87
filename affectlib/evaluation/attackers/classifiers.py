"""Classifiers that try to name the walker, each tuned inside what it may enrol with.

All answer with one score for each person, the higher the likelier, so that not only the first guess
can be judged but the place of the right one. Where scores are log-probabilities or distances they can
be averaged over the cycles of a walk.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import numpy as np
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression
from sklearn.metrics.pairwise import euclidean_distances
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC

from affectlib.evaluation.attackers.discriminants import fit_discriminants
from affectlib.models.cnn import fit_cnn
from affectlib.models.cnn_networks import CnnSettings
from affectlib.models.schedule import Schedule

Scores = Callable[[np.ndarray], np.ndarray]
"""From inputs, shape (cycles, ...), to scores, shape (cycles, people)."""

MLP_EPOCHS = (5, 10, 20, 40)
"""Lengths of training between which the multi-layer perceptron chooses."""


@dataclass(frozen=True, kw_only=True)
class Enrolment:
    """What an attacker learns from.

    Parameters
    ----------
    x : numpy.ndarray
        Vectors, shape (cycles, size), or a series, shape (cycles, phases, 45).
    person : numpy.ndarray
        Person of each cycle as a number from 0 on, each of which occurs, shape (cycles,).
    groups : numpy.ndarray
        Take of each cycle, shape (cycles,).
    rounds : tuple of (numpy.ndarray, numpy.ndarray)
        Divisions of the cycles for tuning, each as positions to learn from, shape (kept,), and to
        judge by, shape (held,).
    """

    x: np.ndarray
    person: np.ndarray
    groups: np.ndarray
    rounds: tuple[tuple[np.ndarray, np.ndarray], ...]


@dataclass(frozen=True, kw_only=True)
class FittedAttacker:
    """An attacker that has learnt.

    Parameters
    ----------
    scores : callable
        From inputs, shape (cycles, ...), to scores, shape (cycles, people).
    inner_accuracy : float
        Share of cycles it named rightly in tuning; NaN where there was nothing to judge by.
    settings : str
        What tuning chose.
    """

    scores: Scores
    inner_accuracy: float
    settings: str


@dataclass(frozen=True, kw_only=True)
class Attacker:
    """A way to learn who walks.

    Parameters
    ----------
    name : str
        For tables.
    sees : str
        ``"vector"``, or ``"series"`` for one that asks for phases and channels.
    fit : callable
        From an `Enrolment` and a seed to a `FittedAttacker`.
    """

    name: str
    sees: str
    fit: Callable[[Enrolment, int], FittedAttacker]


def hit_rate(scores: np.ndarray, person: np.ndarray) -> float:
    """Share of cycles whose person has the highest score, every person counting the same.

    Parameters
    ----------
    scores : numpy.ndarray
        Shape (cycles, people).
    person : numpy.ndarray
        Numbers of the true people, shape (cycles,).

    Returns
    -------
    float
        From 0 to 1.
    """
    hit = scores.argmax(axis=1) == person
    return float(np.mean([hit[person == one].mean() for one in np.unique(person)]))


def log_share(person: np.ndarray) -> np.ndarray:
    """Logarithm of each person's share of the cycles.

    How often a person was enrolled says nothing of how often they come back. In a cross-validation it
    says the opposite, since what is tested is missing in training, and attackers that trust it are
    much weaker than they look.

    Parameters
    ----------
    person : numpy.ndarray
        Numbers of people from 0 on, each of which occurs, shape (cycles,).

    Returns
    -------
    numpy.ndarray
        Natural logarithms, shape (people,).
    """
    return np.log(np.bincount(person) / len(person))


def tuned(
    fit_one: Callable[..., Scores], grid: tuple[Mapping[str, Any], ...]
) -> Callable[[Enrolment, int], FittedAttacker]:
    """Make an attacker that tries settings inside its training data before it learns from all.

    Parameters
    ----------
    fit_one : callable
        ``fit_one(x, person, seed=..., **settings)`` to `Scores`.
    grid : tuple of mapping
        Settings to try; of equally good ones the first is taken.

    Returns
    -------
    callable
        For `Attacker.fit`.
    """

    def fit(enrolment: Enrolment, seed: int) -> FittedAttacker:
        x, person = enrolment.x, enrolment.person
        rates = np.full((len(grid), len(enrolment.rounds)), np.nan)
        with _quiet():
            for column, (kept, held) in enumerate(enrolment.rounds):
                for row, settings in enumerate(grid):
                    scores = fit_one(x[kept], person[kept], seed=seed, **settings)
                    rates[row, column] = hit_rate(scores(x[held]), person[held])
            mean = rates.mean(axis=1) if enrolment.rounds else np.full(len(grid), np.nan)
            best = 0 if np.isnan(mean).any() else int(mean.argmax())
            return FittedAttacker(
                scores=fit_one(x, person, seed=seed, **grid[best]),
                inner_accuracy=float(mean[best]),
                settings=", ".join(f"{name} {value}" for name, value in grid[best].items()),
            )

    return fit


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
        See `affectlib.evaluation.attackers.discriminants.fit_discriminants`.

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


def perceptron(enrolment: Enrolment, seed: int) -> FittedAttacker:
    """Train a small multi-layer perceptron for as long as it gets better at takes held out.

    Parameters
    ----------
    enrolment : Enrolment
        What to learn from.
    seed : int
        Seed of weights and order.

    Returns
    -------
    FittedAttacker
        Giving log-probabilities, less the logarithm of each person's share of the cycles.
    """
    x, person = enrolment.x, enrolment.person
    scale = float(np.sqrt(x.var(axis=0).max())) or 1.0
    x = x / scale

    def stages(index: np.ndarray) -> Iterator[tuple[int, MLPClassifier]]:
        """Train on, and stop at every length in between."""
        model = MLPClassifier(
            (64,),
            batch_size=int(np.clip(len(index) // 8, 8, 128)),
            learning_rate_init=3e-3,
            alpha=1e-3,
            tol=0.0,
            n_iter_no_change=MLP_EPOCHS[-1],
            warm_start=True,
            random_state=seed,
        )
        done = 0
        for length in MLP_EPOCHS:
            yield length, model.set_params(max_iter=length - done).fit(x[index], person[index])
            done = length

    with _quiet():
        rates = [
            [
                hit_rate(_log_proba(model, x[held]) - log_share(person[kept]), person[held])
                for _, model in stages(kept)
            ]
            for kept, held in enrolment.rounds
        ]
        mean = np.mean(rates, axis=0) if rates else np.full(len(MLP_EPOCHS), np.nan)
        best = int(mean.argmax()) if rates else len(MLP_EPOCHS) - 1
        fitted = next(model for length, model in stages(np.arange(len(x))) if length == MLP_EPOCHS[best])
    return FittedAttacker(
        scores=lambda asked: _log_proba(fitted, asked / scale) - log_share(person),
        inner_accuracy=float(mean[best]),
        settings=f"epochs {MLP_EPOCHS[best]}",
    )


CNN = CnnSettings(width=24, schedule=Schedule(n_steps=300, batch_size=64, learning_rate=5e-3))
"""The CNN as an attacker: CNN-xyz, somewhat smaller and quicker."""


def series_cnn(enrolment: Enrolment, seed: int) -> FittedAttacker:
    """Train the CNN on joint series; whole takes decide when it stops, and how good it is.

    Parameters
    ----------
    enrolment : Enrolment
        With series, shape (cycles, phases, 45), for `x`.
    seed : int
        Seed of weights, order and dropout.

    Returns
    -------
    FittedAttacker
        Giving log-probabilities, less the logarithm of each person's share of the cycles.
    """
    fitted = fit_cnn(enrolment.x, enrolment.person, take=enrolment.groups, settings=CNN, seed=seed)
    errors = fitted.history.get("validation_error")
    return FittedAttacker(
        scores=lambda asked: (
            np.log(np.maximum(fitted.predict_proba(asked), 1e-12)) - log_share(enrolment.person)
        ),
        inner_accuracy=float("nan") if errors is None else float(1 - errors.min()),
        settings=f"epochs {len(fitted.history)}",
    )


def _log_proba(model: MLPClassifier, x: np.ndarray) -> np.ndarray:
    return np.log(np.maximum(model.predict_proba(x), 1e-12))


@contextmanager
def _quiet() -> Iterator[None]:
    """Let a classifier that has not quite converged pass: tuning judges it as it is."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        yield


ATTACKERS: Mapping[str, Attacker] = MappingProxyType(
    {
        one.name: one
        for one in (
            Attacker(
                name="logistic regression",
                sees="vector",
                fit=tuned(
                    logistic,
                    (
                        {"C": 1.0, "whitened": True},
                        {"C": 30.0, "whitened": True},
                        {"C": 0.03, "whitened": True},
                        {"C": 1.0, "whitened": False},
                    ),
                ),
            ),
            Attacker(
                name="linear discriminant",
                sees="vector",
                fit=tuned(discriminant, ({"shrinkage": 0.1}, {"shrinkage": 0.001}, {"shrinkage": 0.5})),
            ),
            Attacker(
                name="nearest neighbours",
                sees="vector",
                fit=tuned(
                    neighbours,
                    tuple(
                        {"k": k, "space": space} for space in ("plain", "discriminant") for k in (1, 5, 25)
                    ),
                ),
            ),
            Attacker(
                name="RBF SVM",
                sees="vector",
                fit=tuned(
                    support_vectors,
                    (
                        {"C": 10.0, "gamma": 0.25},
                        {"C": 1.0, "gamma": 0.25},
                        {"C": 10.0, "gamma": 1.0},
                    ),
                ),
            ),
            Attacker(name="MLP", sees="vector", fit=perceptron),
            Attacker(name="CNN", sees="series", fit=series_cnn),
        )
    }
)
"""The attackers by name, quick ones first."""
