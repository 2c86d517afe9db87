"""Gait cycles that are copies of each other: one recording under two names.

Only equal bytes count. A take that was filtered, cut or resampled again has cycles that are nearly equal,
which are not found.
"""

from __future__ import annotations

import hashlib

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components


def find_copies(position: np.ndarray) -> np.ndarray:
    """Return for each cycle the index of the first that equals it byte for byte, shape (cycles,).

    Equal files give equal cycles, whatever their names, so that no file is read.

    Parameters
    ----------
    position : numpy.ndarray
        Positions in metres, shape (cycles, phases, 15, 3).
    """
    first: dict[bytes, int] = {}
    digests = (hashlib.blake2b(cycle.tobytes(), digest_size=16).digest() for cycle in position)
    return np.array([first.setdefault(digest, index) for index, digest in enumerate(digests)], dtype=int)


def join_copied(unit: np.ndarray, copies: np.ndarray) -> np.ndarray:
    """Join units, such as takes, that have a cycle in common; returns group numbers, shape (cycles,).

    Groups are numbered from 0 in the order of the units' sorted names.

    Parameters
    ----------
    unit : numpy.ndarray
        Unit of each cycle, integers or text, shape (cycles,).
    copies : numpy.ndarray
        Result of `find_copies`, shape (cycles,).
    """
    names, number = np.unique(unit, return_inverse=True)
    common = coo_array((np.ones(len(copies)), (number, number[copies])), shape=(len(names), len(names)))
    return connected_components(common, directed=False)[1][number]


def join_take_names(
    subject: np.ndarray, label: np.ndarray, take: np.ndarray, copies: np.ndarray
) -> np.ndarray:
    """Rename takes of one subject and label that are copies of each other as the first, shape (cycles,).

    Parameters
    ----------
    subject, label, take : numpy.ndarray
        Text, shape (cycles,).
    copies : numpy.ndarray
        Result of `find_copies`, shape (cycles,).
    """
    if np.array_equal(copies, np.arange(len(copies))):
        return take
    cell = np.unique(np.stack([subject, label]), axis=1, return_inverse=True)[1].reshape(-1)
    within = np.where(cell[copies] == cell, copies, np.arange(len(copies)))
    units = np.unique(np.stack([subject, label, take]), axis=1, return_inverse=True)[1].reshape(-1)
    group = join_copied(units, within)
    first = np.unique(group, return_index=True)[1]
    return take[first][group]
