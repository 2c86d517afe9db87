"""Sampling of pairs of motions with the ground truths of their transfer, and of triplets.

One sample serves all of the paper's losses. Two motions ``x_ij`` and ``x_kl`` of different subjects
(i, k) and different affects (j, l) span a square of four cells of the (subject, affect) grid. The
other two corners, ``x_kj`` and ``x_il``, are the ground truths of the transfer (equation 3) and also
the partners of the triplets (equation 4): for the anchor ``x_ij``, ``x_il`` is the same subject in
another affect and ``x_kj`` another subject in the same affect.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from affectlib.errors import CyclesError


@dataclass(frozen=True, kw_only=True)
class Grid:
    """Training cycles by the cells of the (subject, affect) grid.

    Parameters
    ----------
    subjects : numpy.ndarray
        Sorted subjects, shape (subjects,).
    labels : numpy.ndarray
        Sorted affects, shape (labels,).
    members : numpy.ndarray
        Indices of all cycles, ordered by cell, shape (cycles,).
    start : numpy.ndarray
        Index into `members` of the first cycle of each cell, shape (subjects, labels).
    count : numpy.ndarray
        Number of cycles in each cell, shape (subjects, labels).
    partner : numpy.ndarray
        Flat indices of the cells that each cell can be paired with, ordered by cell, shape (pairs of cells,).
    partner_start : numpy.ndarray
        Index into `partner` of the first partner of each cell, shape (subjects, labels).
    partner_count : numpy.ndarray
        Number of partners of each cell, shape (subjects, labels).
    """

    subjects: np.ndarray
    labels: np.ndarray
    members: np.ndarray
    start: np.ndarray
    count: np.ndarray
    partner: np.ndarray
    partner_start: np.ndarray
    partner_count: np.ndarray

    def cells(self, subject: np.ndarray, label: np.ndarray) -> np.ndarray:
        """Return flat indices of the cells of any cycles, -1 outside the grid, shape (cycles,).

        Parameters
        ----------
        subject, label : numpy.ndarray
            Shape (cycles,).
        """
        row, has_row = _find(self.subjects, np.asarray(subject))
        column, has_column = _find(self.labels, np.asarray(label))
        return np.where(has_row & has_column, row * len(self.labels) + column, -1)


@dataclass(frozen=True, kw_only=True)
class Square:
    """Partners sampled for anchors ``x_ij``, as indices into the training cycles.

    Parameters
    ----------
    kl : numpy.ndarray
        Motions of another subject in another affect, shape (anchors,).
    kj : numpy.ndarray
        Motions of that other subject in the anchor's affect, shape (anchors,).
    il : numpy.ndarray
        Motions of the anchor's subject in that other affect, shape (anchors,).
    has_kl, has_kj, has_il : numpy.ndarray
        Whether there is such a motion; the index is a placeholder otherwise. Shape (anchors,).
    """

    kl: np.ndarray
    kj: np.ndarray
    il: np.ndarray
    has_kl: np.ndarray
    has_kj: np.ndarray
    has_il: np.ndarray


def make_grid(subject: np.ndarray, label: np.ndarray) -> Grid:
    """Sort training cycles into a grid and find the cells that can be paired.

    Two cells can be paired if they differ in subject and affect and at least one of the other two corners
    of their square has cycles; otherwise nothing could be learnt from the pair.

    Parameters
    ----------
    subject, label : numpy.ndarray
        Shape (cycles,).

    Raises
    ------
    CyclesError
        If no transfer has a ground truth.
    """
    subjects, row = np.unique(np.asarray(subject), return_inverse=True)
    labels, column = np.unique(np.asarray(label), return_inverse=True)
    shape = len(subjects), len(labels)
    cell = row * shape[1] + column
    count = np.bincount(cell, minlength=shape[0] * shape[1])
    cells, partners = _partners(count.reshape(shape) > 0)
    if not len(cells):
        raise CyclesError(
            "no transfer between two subjects has a ground truth",
            found=_describe(subjects, labels, count.reshape(shape)),
            remedy="The two-encoder autoencoder needs two subjects and two labels of which at least three "
            "of the four combinations were recorded, in the training cycles of every fold.",
        )
    partner_count = np.bincount(cells, minlength=shape[0] * shape[1])
    return Grid(
        subjects=subjects,
        labels=labels,
        members=np.argsort(cell, kind="stable"),
        start=_starts(count).reshape(shape),
        count=count.reshape(shape),
        partner=partners,
        partner_start=_starts(partner_count).reshape(shape),
        partner_count=partner_count.reshape(shape),
    )


def draw_squares(grid: Grid, cell: np.ndarray, rng: np.random.Generator) -> Square:
    """Sample a partner and the ground truths for anchors.

    The partner's cell is uniform over the cells that can be paired with the anchor's, and each motion is
    uniform over the training cycles of its cell.

    Parameters
    ----------
    cell : numpy.ndarray
        Flat index of each anchor's cell (`Grid.cells`), shape (anchors,).
    rng : numpy.random.Generator
        Random generator; four numbers are drawn per anchor, also where motions are missing.
    """
    uniform = rng.random((4, len(cell)))
    partners = np.where(cell >= 0, grid.partner_count.ravel()[cell], 0)
    has_kl = partners > 0
    # An anchor without partner gets the first pair of cells as a placeholder, which is masked in every use.
    first = np.where(has_kl, grid.partner_start.ravel()[cell], 0)
    kl = grid.partner[first + (uniform[0] * partners).astype(np.int64)]
    n_labels = len(grid.labels)
    subject_i, label_j = divmod(np.maximum(cell, 0), n_labels)
    subject_k, label_l = divmod(kl, n_labels)
    kj, il = subject_k * n_labels + label_j, subject_i * n_labels + label_l
    filled = grid.count.ravel() > 0
    has_kj, has_il = has_kl & filled[kj], has_kl & filled[il]
    return Square(
        kl=_member(grid, kl, uniform[1]),
        kj=_member(grid, np.where(has_kj, kj, kl), uniform[2]),
        il=_member(grid, np.where(has_il, il, kl), uniform[3]),
        has_kl=has_kl,
        has_kj=has_kj,
        has_il=has_il,
    )


def _member(grid: Grid, cell: np.ndarray, uniform: np.ndarray) -> np.ndarray:
    """Return a cycle of each cell, picked by a uniform number in [0, 1)."""
    index = (uniform * grid.count.ravel()[cell]).astype(np.int64)
    return grid.members[grid.start.ravel()[cell] + index]


def _partners(filled: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the flat indices of all pairs of cells that can be paired, ordered by the first."""
    width = filled.shape[1]
    cells = np.flatnonzero(filled)
    row, column = cells // width, cells % width
    paired = (row[:, None] != row) & (column[:, None] != column)
    paired &= filled[row, column[:, None]] | filled[row[:, None], column]
    first, second = np.nonzero(paired)
    return cells[first], cells[second]


def _starts(count: np.ndarray) -> np.ndarray:
    """Return the index at which each of successive runs of these lengths begins."""
    return np.cumsum(count) - count


def _find(names: np.ndarray, values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the index of each value among sorted names, and whether it is one of them."""
    index = np.minimum(np.searchsorted(names, values), len(names) - 1)
    return index, names[index] == values


def _describe(subjects: np.ndarray, labels: np.ndarray, count: np.ndarray) -> str:
    filled = int((count > 0).sum())
    return (
        f"{filled} of {count.size} combinations of {len(subjects)} subject(s) and {len(labels)} label(s) "
        f"in {int(count.sum())} cycles"
    )
