"""Ranks of true classes among an attacker's scores, by cycle and by take."""

from __future__ import annotations

import numpy as np
import pandas as pd

from affectlib.errors import ParameterError
from affectlib.privacy.walks import Released

COLUMNS = (
    "attacker",
    "cycle",
    "subject",
    "predicted",
    "rank",
    "take_rank",
    "n_subjects",
    "inner_accuracy",
    "settings",
    "n_train",
)
"""Columns of a frame of identification attacks."""


def identification_rows(
    scores: np.ndarray,
    subjects: np.ndarray,
    probes: Released,
    *,
    attacker: str,
    n_train: int,
    inner_accuracy: float = float("nan"),
    settings: str = "",
    seed: int = 0,
) -> pd.DataFrame:
    """Return one row a probe with the columns `COLUMNS`.

    ``cycle`` is the position among the probes, ``rank`` that of the true subject, from 1, ``take_rank`` the
    same for scores averaged over a take, ``n_subjects`` and ``n_train`` numbers of enrolled subjects and
    cycles.

    Parameters
    ----------
    scores : numpy.ndarray
        Shape (probes, subjects).
    subjects : numpy.ndarray
        Names of the enrolled subjects in order, shape (subjects,).
    probes : Released
        Attacked cycles, all of enrolled subjects.
    attacker, settings : str
        Name of the attacker and its selected hyper-parameters.
    """
    true = np.searchsorted(subjects, probes.subject)
    take = np.unique(probes.take, return_inverse=True)[1]
    columns = {
        "attacker": attacker,
        "cycle": np.arange(len(probes)),
        "subject": probes.subject,
        "predicted": subjects[scores.argmax(axis=1)],
        "rank": ranks_of(scores, true, seed=seed),
        "take_rank": ranks_of(averaged(scores, take), true, seed=seed),
        "n_subjects": len(subjects),
        "inner_accuracy": inner_accuracy,
        "settings": settings,
        "n_train": n_train,
    }
    return pd.DataFrame(columns)[list(COLUMNS)]


def ranks_of(scores: np.ndarray, true: np.ndarray, *, seed: int = 0) -> np.ndarray:
    """Return the rank of the true class from 1, ties broken at random, shape (cycles,).

    Parameters
    ----------
    scores : numpy.ndarray
        Shape (cycles, classes).
    true : numpy.ndarray
        True classes, shape (cycles,).
    seed : int
        Random seed of tie-breaking.
    """
    score = np.take_along_axis(scores, true[:, None], axis=1)
    better, equal = (scores > score).sum(axis=1), (scores == score).sum(axis=1)
    return 1 + better + np.random.default_rng(seed).integers(equal)


def averaged(scores: np.ndarray, take: np.ndarray) -> np.ndarray:
    """Return for each cycle the mean scores of its take, shape (cycles, classes).

    Parameters
    ----------
    scores : numpy.ndarray
        Shape (cycles, classes).
    take : numpy.ndarray
        Takes as numbers from 0 without gaps, shape (cycles,).
    """
    return group_means(scores, take)[take]


def group_means(x: np.ndarray, groups: np.ndarray) -> np.ndarray:
    """Return the mean row of each group, shape (groups, columns).

    Parameters
    ----------
    x : numpy.ndarray
        Shape (rows, columns).
    groups : numpy.ndarray
        Groups as numbers from 0 without gaps, shape (rows,).
    """
    sums = np.zeros((groups.max() + 1, x.shape[1]))
    np.add.at(sums, groups, x)
    return sums / np.bincount(groups)[:, None]


def check_disjoint_takes(enrolled: Released, probes: Released) -> None:
    """Raise an error where a take is both enrolled and attacked.

    Raises
    ------
    ParameterError
        If there is such a take.
    """
    shared = np.intersect1d(enrolled.take, probes.take)
    if len(shared):
        raise ParameterError(
            f"{len(shared)} takes are both enrolled and attacked",
            found=", ".join(take.replace("\x1f", " ") for take in shared[:3]),
            remedy="Split by takes, and name takes by Walks.recording_groups().",
        )


def check_disjoint_subjects(train: Released, test: Released) -> None:
    """Raise an error where a subject occurs in training and test data.

    Raises
    ------
    ParameterError
        If there is such a subject.
    """
    shared = np.intersect1d(train.subject, test.subject)
    if len(shared):
        raise ParameterError(
            "subjects that must be new occur in training data",
            found=", ".join(shared),
            remedy="Split by subjects.",
        )
