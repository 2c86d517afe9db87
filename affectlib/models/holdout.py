"""Validation cycles within the training data, for early stopping and tuning."""

from __future__ import annotations

import numpy as np


def hold_out(
    cell: np.ndarray, take: np.ndarray | None, *, share: float, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """Split training cycles into training and validation, by whole takes where possible.

    Cycles of one take resemble each other, so that whole takes validate better. No cell loses all its
    takes: a network cannot be validated on a cell that it never sees. Takes are held out in random order
    as long as another take of their cell remains; if no cell has two takes, single cycles are.

    Parameters
    ----------
    cell : numpy.ndarray
        What must remain in the training data: pairs of subject and label for the autoencoder, classes
        for a classifier. Shape (cycles,).
    take : numpy.ndarray or None
        Take of each cycle, unique within its cell, shape (cycles,).
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
    unit = single
    if take is not None:
        number = np.unique(np.asarray(take), return_inverse=True)[1]
        unit = np.unique(np.stack([cell, number]), axis=1, return_inverse=True)[1].reshape(-1)
        if not (np.bincount(_cell_of(unit, cell)) > 1).any():
            unit = single
    cell_of = _cell_of(unit, cell)
    remaining = np.bincount(cell_of)
    validation = np.zeros(len(cell), dtype=bool)
    for index in rng.permutation(len(cell_of)):
        if validation.sum() >= round(share * len(cell)):
            break
        if remaining[cell_of[index]] > 1:
            remaining[cell_of[index]] -= 1
            validation |= unit == index
    return np.flatnonzero(~validation), np.flatnonzero(validation)


def _cell_of(unit: np.ndarray, cell: np.ndarray) -> np.ndarray:
    """Return the cell of each unit."""
    return cell[np.unique(unit, return_index=True)[1]]
