"""Gait cycles that are copies of each other: the same recording under two names.

Only equal bytes count. A take that was filtered, cut or resampled again, or one cycle repeated within a
take, gives cycles that are nearly equal, and those are not found.
"""

from __future__ import annotations

import hashlib

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components


def find_copies(position: np.ndarray) -> np.ndarray:
    """Find for each cycle the first one that equals it byte for byte.

    Equal files give equal cycles, whatever their names, so that this needs no files.

    Parameters
    ----------
    position : numpy.ndarray
        Positions in metres, shape (cycles, phases, 15, 3).

    Returns
    -------
    numpy.ndarray
        Index of the first equal cycle, its own where there is none before it, shape (cycles,).
    """
    first: dict[bytes, int] = {}
    digests = (hashlib.blake2b(cycle.tobytes(), digest_size=16).digest() for cycle in position)
    return np.array([first.setdefault(digest, index) for index, digest in enumerate(digests)], dtype=int)


def join_copied(unit: np.ndarray, copies: np.ndarray) -> np.ndarray:
    """Join units, such as takes, that have a cycle in common.

    Parameters
    ----------
    unit : numpy.ndarray
        Unit of each cycle, as integers or text, shape (cycles,).
    copies : numpy.ndarray
        As `find_copies` returns them, shape (cycles,).

    Returns
    -------
    numpy.ndarray
        Number of each cycle's group of units, from 0 in the order of the units' sorted names, shape
        (cycles,).
    """
    names, number = np.unique(unit, return_inverse=True)
    common = coo_array((np.ones(len(copies)), (number, number[copies])), shape=(len(names), len(names)))
    return connected_components(common, directed=False)[1][number]


def join_take_names(
    subject: np.ndarray, label: np.ndarray, take: np.ndarray, copies: np.ndarray
) -> np.ndarray:
    """Give takes of one subject and label that are copies of each other one name.

    Parameters
    ----------
    subject, label, take : numpy.ndarray
        Text, shape (cycles,).
    copies : numpy.ndarray
        As `find_copies` returns them, shape (cycles,).

    Returns
    -------
    numpy.ndarray
        Name of the take, that of its first copy, shape (cycles,).
    """
    if np.array_equal(copies, np.arange(len(copies))):
        return take
    cell = np.unique(np.stack([subject, label]), axis=1, return_inverse=True)[1].reshape(-1)
    within = np.where(cell[copies] == cell, copies, np.arange(len(copies)))
    units = np.unique(np.stack([subject, label, take]), axis=1, return_inverse=True)[1].reshape(-1)
    group = join_copied(units, within)
    first = np.unique(group, return_index=True)[1]
    return take[first][group]
