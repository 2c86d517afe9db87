"""Data inside the training fold on which early stopping looks."""

from __future__ import annotations

import numpy as np


def hold_out(
    cell: np.ndarray, take: np.ndarray | None, *, part: float, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """Set some training cycles aside, whole takes where the cells have more than one.

    Takes of a cell resemble each other less than cycles of a take do, so that whole takes judge
    better. But no cell is emptied: what the network has never seen of a person's affect, it cannot
    be asked to stop early on. So takes are set aside, in random order, from cells with another take,
    one a cell; where no cell has two takes, single cycles from cells with another cycle.

    Parameters
    ----------
    cell : numpy.ndarray
        Something equal for cycles of one subject and label, shape (cycles,).
    take : numpy.ndarray or None
        Take of each cycle within its cell, shape (cycles,); None where nothing is known.
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
    everything = np.arange(len(cell))
    wanted = round(part * len(cell))
    pieces = everything if take is None else np.unique(np.asarray(take), return_inverse=True)[1]
    if take is not None and not _several(cell, pieces).any():
        pieces = everything
    held = np.zeros(len(cell), dtype=bool)
    for chosen in rng.permutation(np.unique(cell)):
        own = np.unique(pieces[cell == chosen])
        if held.sum() >= wanted:
            break
        if len(own) > 1:
            held |= (cell == chosen) & (pieces == rng.choice(own))
    return np.flatnonzero(~held), np.flatnonzero(held)


def _several(cell: np.ndarray, pieces: np.ndarray) -> np.ndarray:
    """Whether each cell has more than one piece."""
    pairs = np.unique(np.stack([cell, pieces]), axis=1)
    return np.bincount(pairs[0]) > 1
