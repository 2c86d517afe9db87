"""What attackers learn from, and how they choose their settings inside it.

All answer with one score for each person, the higher the likelier, so that not only the first guess
can be judged but the place of the right one.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np
from sklearn.exceptions import ConvergenceWarning

Scores = Callable[[np.ndarray], np.ndarray]
"""From inputs, shape (cycles, ...), to scores, shape (cycles, people)."""


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
        with quiet():
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


@contextmanager
def quiet() -> Iterator[None]:
    """Let a classifier that has not quite converged pass: tuning judges it as it is.

    Yields
    ------
    None
        Nothing.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        yield
