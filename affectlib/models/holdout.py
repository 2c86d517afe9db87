"""Validation cycles within the training data, for early stopping and tuning."""

from __future__ import annotations

import numpy as np


def hold_out(
    cell: np.ndarray, groups: np.ndarray | None, *, share: float, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """Split training cycles into training and validation, by whole groups where possible.

    Cycles of one take resemble each other, and so do those of one subject: whole takes, or subjects, tell
    what to expect of others. No cell loses all its cycles: a network cannot be validated on a cell that it
    never sees. Groups are held out in random order as long as another group of each of their cells remains;
    if that is never so, single cycles are held out.

    Parameters
    ----------
    cell : numpy.ndarray
        What must remain in the training data: pairs of subject and label, or classes. Shape (cycles,).
    groups : numpy.ndarray or None
        Takes, by names that are unique in the library, or subjects; shape (cycles,).
    share : float
        Approximate share of validation cycles.

    Returns
    -------
    train : numpy.ndarray
        Indices of the training cycles, ascending, shape (n_train,).
    validation : numpy.ndarray
        Indices of the validation cycles, ascending, shape (n_validation,), which may be 0.
    """
    cell = np.unique(np.asarray(cell), return_inverse=True)[1]
    single = np.arange(len(cell))
    validation = np.zeros(len(cell), dtype=bool)
    if groups is not None:
        validation = _draw(cell, np.unique(np.asarray(groups), return_inverse=True)[1], share, rng)
    if not validation.any():
        validation = _draw(cell, single, share, rng)
    return np.flatnonzero(~validation), np.flatnonzero(validation)


def cells_that_remain(subject: np.ndarray, label: np.ndarray, groups: np.ndarray | None) -> np.ndarray:
    """Return what must remain in the training data of an autoencoder, as `hold_out` takes it.

    Every pair of subject and label, if takes are held out; every label, if whole subjects are, as they are
    where new subjects are tested.

    Parameters
    ----------
    subject, label : numpy.ndarray
        Shape (cycles,).
    groups : numpy.ndarray or None
        As `hold_out` takes them, shape (cycles,).
    """
    subjects, subject = np.unique(np.asarray(subject), return_inverse=True)
    labels, label = np.unique(np.asarray(label), return_inverse=True)
    if groups is not None:
        group = np.unique(np.asarray(groups), return_inverse=True)[1]
        if len(np.unique(np.stack([subject, group]), axis=1).T) == len(subjects):
            return label
    return subject * len(labels) + label


def _draw(cell: np.ndarray, group: np.ndarray, share: float, rng: np.random.Generator) -> np.ndarray:
    """Return a mask of validation cycles, shape (cycles,)."""
    pairs = np.unique(np.stack([group, cell]), axis=1)
    remaining = np.bincount(pairs[1])  # groups of each cell
    cells_of = np.split(pairs[1], np.flatnonzero(np.diff(pairs[0])) + 1)
    validation = np.zeros(len(cell), dtype=bool)
    for number in rng.permutation(len(cells_of)):
        if validation.sum() >= round(share * len(cell)):
            break
        if (remaining[cells_of[number]] > 1).all():
            remaining[cells_of[number]] -= 1
            validation |= group == number
    return validation
