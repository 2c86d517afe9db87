"""Data inside the training fold on which early stopping looks."""

from __future__ import annotations

import numpy as np


def hold_out(
    cell: np.ndarray, take: np.ndarray | None, *, part: float, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """Set some training cycles aside, whole takes where the cells have more than one.

    Cycles of a take resemble each other more than takes do, so that whole takes judge better. But no
    cell is emptied: what the network has never seen of a person's affect, it cannot be asked to stop
    early on. So takes are set aside, in random order, while another take of their cell remains; where
    no cell has two takes, single cycles while another cycle of their cell remains.

    Parameters
    ----------
    cell : numpy.ndarray
        What must stay present in training, as one value a cycle: a person's affect for the
        autoencoder, the class for a classifier. Shape (cycles,).
    take : numpy.ndarray or None
        Take of each cycle, told apart within its cell, shape (cycles,); None where nothing is known.
    part : float
        Part of the cycles to set aside, about.
    rng : numpy.random.Generator
        Source of chance.

    Returns
    -------
    kept : numpy.ndarray
        Indices of the cycles to train on, ascending, shape (kept,).
    held : numpy.ndarray
        Indices of the cycles set aside, ascending, shape (held,); empty where nothing can be spared.
    """
    cell = np.unique(np.asarray(cell), return_inverse=True)[1]
    alone = np.arange(len(cell))
    pieces = alone if take is None else _number(cell, np.unique(np.asarray(take), return_inverse=True)[1])
    if not (_pieces_of(cell, pieces) > 1).any():
        pieces = alone
    left, owner = _pieces_of(cell, pieces), _owner(cell, pieces)
    held = np.zeros(len(cell), dtype=bool)
    for piece in rng.permutation(len(owner)):
        if held.sum() >= round(part * len(cell)):
            break
        if left[owner[piece]] > 1:
            left[owner[piece]] -= 1
            held |= pieces == piece
    return np.flatnonzero(~held), np.flatnonzero(held)


def _number(cell: np.ndarray, take: np.ndarray) -> np.ndarray:
    """Give every take of every cell its own number, from 0 on."""
    return np.unique(np.stack([cell, take]), axis=1, return_inverse=True)[1].reshape(-1)


def _owner(cell: np.ndarray, pieces: np.ndarray) -> np.ndarray:
    """Cell of each piece."""
    return cell[np.unique(pieces, return_index=True)[1]]


def _pieces_of(cell: np.ndarray, pieces: np.ndarray) -> np.ndarray:
    """Count the pieces of each cell."""
    return np.bincount(_owner(cell, pieces))
