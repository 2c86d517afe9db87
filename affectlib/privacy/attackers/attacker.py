"""Attackers that learn to identify subjects, and the selection of their hyper-parameters.

A fitted attacker returns one score for each class, the higher the likelier, so that the rank of the true
class can be evaluated and not only the first guess.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from sklearn.exceptions import ConvergenceWarning
from sklearn.metrics import recall_score

Scores = Callable[[np.ndarray], np.ndarray]
"""From inputs, shape (cycles, ...), to scores, shape (cycles, classes)."""


class Round(NamedTuple):
    """Positions of cycles for one round of hyper-parameter selection."""

    train: np.ndarray
    validation: np.ndarray


@dataclass(frozen=True, kw_only=True)
class Enrolment:
    """Training data of an attacker.

    Parameters
    ----------
    x : numpy.ndarray
        Vectors, shape (cycles, size), or series, shape (cycles, phases, 45).
    classes : numpy.ndarray
        Class of each cycle, mostly its subject, from 0 without gaps, shape (cycles,).
    groups : numpy.ndarray
        Take of each cycle, shape (cycles,).
    rounds : tuple of Round
        Splits for hyper-parameter selection.
    """

    x: np.ndarray
    classes: np.ndarray
    groups: np.ndarray
    rounds: tuple[Round, ...]


@dataclass(frozen=True, kw_only=True)
class FittedAttacker:
    """A fitted attacker.

    Parameters
    ----------
    inner_accuracy : float
        Mean recall on validation cycles; NaN without any.
    settings : str
        Selected hyper-parameters.
    """

    scores: Scores
    inner_accuracy: float
    settings: str


@dataclass(frozen=True, kw_only=True)
class Attacker:
    """An attacker before it is fitted.

    Parameters
    ----------
    sees : str
        Kind of input, ``"vector"`` or ``"series"``.
    fit : callable
        From an `Enrolment` and a random seed to a `FittedAttacker`.
    """

    name: str
    sees: str
    fit: Callable[[Enrolment, int], FittedAttacker]


def identification_rate(scores: np.ndarray, classes: np.ndarray) -> float:
    """Return the share of cycles whose true class has the highest score, averaged over classes.

    Parameters
    ----------
    scores : numpy.ndarray
        Shape (cycles, classes).
    classes : numpy.ndarray
        True classes, shape (cycles,).
    """
    predicted, present = scores.argmax(axis=1), np.unique(classes)
    return float(recall_score(classes, predicted, labels=present, average="macro", zero_division=0.0))


def log_prior(classes: np.ndarray) -> np.ndarray:
    """Return the logarithm of each class's share of the cycles, shape (classes,).

    Attackers subtract it. How often a subject was enrolled does not say how often they are attacked; in a
    cross-validation it even says the opposite, since what is tested is missing in training.

    Parameters
    ----------
    classes : numpy.ndarray
        From 0 without gaps, shape (cycles,).
    """
    return np.log(np.bincount(classes) / len(classes))


def tuned(
    fit_scores: Callable[..., Scores], grid: tuple[Mapping[str, Any], ...]
) -> Callable[[Enrolment, int], FittedAttacker]:
    """Return an `Attacker.fit` that selects hyper-parameters on validation cycles, then fits to all.

    Parameters
    ----------
    fit_scores : callable
        ``fit_scores(x, classes, **settings)`` to `Scores`.
    grid : tuple of mapping
        Candidate settings; among equally good ones the first is selected.
    """

    # Not GridSearchCV: scores less the prior, or mean distances, come from no scikit-learn classifier.
    def fit(enrolment: Enrolment, seed: int) -> FittedAttacker:
        x, classes = enrolment.x, enrolment.classes
        rates = np.full((len(grid), len(enrolment.rounds)), np.nan)
        with ignored_convergence():
            for (row, column), _ in np.ndenumerate(rates):
                train, validation = enrolment.rounds[column]
                scores = fit_scores(x[train], classes[train], **grid[row])
                rates[row, column] = identification_rate(scores(x[validation]), classes[validation])
            mean = rates.mean(axis=1) if enrolment.rounds else np.full(len(grid), np.nan)
            best = 0 if np.isnan(mean).any() else int(mean.argmax())
            return FittedAttacker(
                scores=fit_scores(x, classes, **grid[best]),
                inner_accuracy=float(mean[best]),
                settings=", ".join(f"{name} {value}" for name, value in grid[best].items()),
            )

    return fit


@contextmanager
def ignored_convergence() -> Iterator[None]:
    """Suppress scikit-learn's convergence warnings: validation cycles judge the classifier as it is."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        yield
