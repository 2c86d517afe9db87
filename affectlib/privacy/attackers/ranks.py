"""From scores to places, by cycle and by walk; and takes that must not be on both sides."""

from __future__ import annotations

import numpy as np

from affectlib.errors import ParameterError


def ranks_of(scores: np.ndarray, truth: np.ndarray, *, seed: int = 0) -> np.ndarray:
    """Place of the true class among all, 1 the first; equal scores are put in random order.

    Parameters
    ----------
    scores : numpy.ndarray
        Shape (cycles, classes).
    truth : numpy.ndarray
        Numbers of the true classes, shape (cycles,).
    seed : int
        Seed of the order of equals.

    Returns
    -------
    numpy.ndarray
        Whole numbers, shape (cycles,).
    """
    own = np.take_along_axis(scores, truth[:, None], axis=1)
    better, equal = (scores > own).sum(axis=1), (scores == own).sum(axis=1)
    return 1 + better + np.random.default_rng(seed).integers(equal)


def averaged(scores: np.ndarray, walk: np.ndarray) -> np.ndarray:
    """Give every cycle the mean of the scores of its walk.

    Parameters
    ----------
    scores : numpy.ndarray
        Shape (cycles, classes).
    walk : numpy.ndarray
        Number of each cycle's walk, shape (cycles,).

    Returns
    -------
    numpy.ndarray
        Shape (cycles, classes).
    """
    sums = np.zeros((walk.max() + 1, scores.shape[1]))
    np.add.at(sums, walk, scores)
    return (sums / np.bincount(walk)[:, None])[walk]


def refuse_shared_takes(enrolled: np.ndarray, attacked: np.ndarray) -> None:
    """Stop where a take is both learnt from and attacked.

    Parameters
    ----------
    enrolled : numpy.ndarray
        Takes of one side, shape (cycles,).
    attacked : numpy.ndarray
        Takes of the other, shape (other cycles,).

    Raises
    ------
    ParameterError
        If they share a take.
    """
    shared = np.intersect1d(enrolled, attacked)
    if len(shared):
        named = ", ".join(str(take).replace("\x1f", " ") for take in shared[:3])
        raise ParameterError(
            f"{len(shared)} takes are both enrolled with and attacked",
            found=named,
            remedy="Split by takes, and name takes by Walks.recording_groups().",
        )
