"""Motions of a cell, a (subject, label) pair, that need no network: what a transfer has to be better than.

All are computed from the cells that a network was trained on.
"""

from __future__ import annotations

import numpy as np


def cell_means(x: np.ndarray, row: np.ndarray, column: np.ndarray, shape: tuple[int, int]) -> np.ndarray:
    """Return the mean cycle of each cell, NaN without cycles, shape (subjects, labels, phases, 15, 3).

    Parameters
    ----------
    x : numpy.ndarray
        Positions in metres, shape (cycles, phases, 15, 3).
    row, column : numpy.ndarray
        Indices of each cycle's subject and label, shape (cycles,).
    shape : tuple of int
        Numbers of subjects and labels.
    """
    cell = np.ravel_multi_index((row, column), shape)
    total = np.zeros((shape[0] * shape[1], *x.shape[1:]))
    np.add.at(total, cell, x)
    count = np.bincount(cell, minlength=len(total)).astype(float)
    count[count == 0] = np.nan
    return (total / count[:, None, None, None]).reshape(*shape, *x.shape[1:])


def affect_blind_means(means: np.ndarray) -> np.ndarray:
    """Return each subject's mean over its labels, shape (subjects, phases, 15, 3).

    The best guess of a subject's motion if labels changed nothing.

    Parameters
    ----------
    means : numpy.ndarray
        From `cell_means`, shape (subjects, labels, phases, 15, 3).
    """
    present = np.isfinite(means[:, :, :1, :1, :1])
    return np.where(present, means, 0).sum(axis=1) / np.maximum(present.sum(axis=1), 1)


def additive_means(means: np.ndarray) -> np.ndarray:
    """Return subject's mean plus label's mean minus grand mean, shape (subjects, labels, phases, 15, 3).

    The motion of a cell if labels changed everybody alike. With missing cells, means over what is left would
    be biased by whom they miss, so that both effects are fitted together by least squares; with all cells
    that is the same.

    Parameters
    ----------
    means : numpy.ndarray
        From `cell_means`, shape (subjects, labels, phases, 15, 3).
    """
    n_subjects, n_labels = means.shape[:2]
    present = np.isfinite(means[:, :, 0, 0, 0])
    row, column = np.nonzero(present)
    design = np.hstack([np.eye(n_subjects)[row], np.eye(n_labels)[column]])
    # The minimum-norm solution: a constant can move between the two effects without a change of their sum.
    effects, *_ = np.linalg.lstsq(design, means[present].reshape(len(row), -1), rcond=None)
    of_subject, of_label = effects[:n_subjects], effects[n_subjects:]
    return (of_subject[:, None] + of_label[None]).reshape(means.shape)


def means_of_others(x: np.ndarray) -> np.ndarray:
    """Return for each cycle the mean of all others, NaN for a single one, shape (cycles, phases, 15, 3).

    Parameters
    ----------
    x : numpy.ndarray
        Positions of a cell's cycles, shape (cycles, phases, 15, 3).
    """
    if len(x) < 2:
        return np.full_like(x, np.nan)
    return (x.sum(axis=0) - x) / (len(x) - 1)


def partner_of_each(take: np.ndarray) -> np.ndarray:
    """Return for each cycle of a cell another one, of another take if possible, itself for a single one.

    Parameters
    ----------
    take : numpy.ndarray
        Take of each cycle, shape (cycles,).
    """
    partner = np.arange(len(take))
    for cycle in range(len(take)):
        elsewhere = np.flatnonzero(take != take[cycle])
        others = elsewhere if len(elsewhere) else np.flatnonzero(np.arange(len(take)) != cycle)
        if len(others):
            partner[cycle] = others[cycle % len(others)]
    return partner


def distance_mm(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """Return the mean Euclidean distance of each joint over phases and cycles in mm, shape (15,).

    Parameters
    ----------
    first, second : numpy.ndarray
        Positions in metres, shape (cycles, phases, 15, 3), or shapes that broadcast to it.
    """
    distance = 1000 * np.linalg.norm(first - second, axis=-1)
    return distance.reshape(-1, distance.shape[-1]).mean(axis=0)
