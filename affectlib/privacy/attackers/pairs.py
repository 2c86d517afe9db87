"""Pairs of walks for verification, and their weights."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from affectlib.errors import ParameterError
from affectlib.privacy.attackers.roc import bin_edges, equal_error_rate


@dataclass(frozen=True, kw_only=True)
class Verification:
    """Histograms of one scorer's scores of all pairs of new subjects.

    Parameters
    ----------
    subjects : tuple of str
        The subjects.
    genuine : numpy.ndarray
        Mass of each subject's pairs in bins of ascending scores, rows with sum 1, shape (subjects, bins).
    impostor : numpy.ndarray
        Mass of the pairs of each two subjects, symmetric with an empty diagonal, other rows with sum 1,
        shape (subjects, subjects, bins).
    inner_eer : float
        Equal error rate on subjects held out in training; NaN where there were too few.
    """

    scorer: str
    subjects: tuple[str, ...]
    genuine: np.ndarray
    impostor: np.ndarray
    inner_eer: float = float("nan")

    def masses(self, weights: np.ndarray | None = None) -> tuple[np.ndarray, np.ndarray]:
        """Sum the histograms over weighted subjects.

        Parameters
        ----------
        weights : numpy.ndarray, optional
            Weight of each subject, 1 by default, shape (..., subjects).

        Returns
        -------
        genuine : numpy.ndarray
            Shape (..., bins).
        impostor : numpy.ndarray
            Shape (..., bins).
        """
        weights = np.ones(len(self.subjects)) if weights is None else np.asarray(weights, dtype=float)
        # A pair of two subjects counts as often as both are drawn: the product of their weights.
        between = np.einsum("...i,ijb->...jb", weights, self.impostor)
        return weights @ self.genuine, np.einsum("...j,...jb->...b", weights, between)

    @property
    def eer(self) -> float:
        """Equal error rate; 1/2 for guessing."""
        return float(equal_error_rate(*self.masses()))


@dataclass(frozen=True, kw_only=True)
class PairSet:
    """Pairs of one kind.

    Parameters
    ----------
    first, second : numpy.ndarray
        Rows of the two walks, shape (pairs,).
    unit : numpy.ndarray
        Number of the subject, or of the two subjects (first * subjects + second), shape (pairs,).
    weight : numpy.ndarray
        Weights that sum to 1 over a unit, shape (pairs,).
    """

    first: np.ndarray
    second: np.ndarray
    unit: np.ndarray
    weight: np.ndarray

    def histograms(self, scores: np.ndarray, edges: np.ndarray, n_units: int) -> np.ndarray:
        """Return the mass of each unit's pairs in bins, shape (units, bins).

        Parameters
        ----------
        scores : numpy.ndarray
            Score of each pair, shape (pairs,).
        edges : numpy.ndarray
            Upper edges of the bins, shape (bins,).
        """
        cell = self.unit * len(edges) + np.searchsorted(edges, scores)
        size = n_units * len(edges)
        return np.bincount(cell, self.weight, minlength=size).reshape(n_units, len(edges))


@dataclass(frozen=True, kw_only=True)
class Pairs:
    """All pairs of walks that are compared: of one subject and two takes, and of two subjects."""

    subjects: tuple[str, ...]
    genuine: PairSet
    impostor: PairSet

    def verification(
        self, scorer: str, scores: np.ndarray, *, inner_eer: float = float("nan")
    ) -> Verification:
        """Count scores in bins.

        Parameters
        ----------
        scores : numpy.ndarray
            Likeness of any two walks, symmetric, shape (walks, walks).
        """
        low, high = float(scores.min()), float(scores.max())
        # Equal walks must have equal scores; rounding errors would put them in some order.
        scores = np.round((scores - low) / ((high - low) or 1.0), 9)
        genuine, impostor = (scores[pairs.first, pairs.second] for pairs in (self.genuine, self.impostor))
        edges, n_subjects = bin_edges(genuine, impostor), len(self.subjects)
        between = self.impostor.histograms(impostor, edges, n_subjects**2)
        between = between.reshape(n_subjects, n_subjects, len(edges))
        return Verification(
            scorer=scorer,
            subjects=self.subjects,
            genuine=self.genuine.histograms(genuine, edges, n_subjects),
            impostor=between + between.transpose(1, 0, 2),
            inner_eer=inner_eer,
        )


def pairs_of(subject: np.ndarray, take: np.ndarray, label: np.ndarray | None) -> Pairs:
    """Return the pairs of walks; subjects with a single take are left out.

    Parameters
    ----------
    subject : numpy.ndarray
        Shape (walks,).
    take : numpy.ndarray
        Takes with unique names, shape (walks,).
    label : numpy.ndarray or None
        Shape (walks,). Pairs of labels that occur get the same weight for all subjects and all pairs of
        subjects.

    Raises
    ------
    ParameterError
        If fewer than two subjects have two takes.
    """
    subject, take = np.asarray(subject), np.unique(np.asarray(take), return_inverse=True)[1]
    n_takes = {name: len(np.unique(take[subject == name])) for name in np.unique(subject)}
    subjects = [name for name, number in n_takes.items() if number > 1]
    if len(subjects) < 2:
        raise ParameterError(
            "verification needs two subjects with two takes each",
            found=f"{len(subjects)} of {len(n_takes)} subjects",
        )
    rows = np.flatnonzero(np.isin(subject, subjects))
    number = np.searchsorted(subjects, subject[rows])
    kind = np.zeros(len(rows), dtype=int)
    if label is not None:
        kind = np.unique(np.asarray(label)[rows], return_inverse=True)[1]
    first, second = np.triu_indices(len(rows), k=1)
    # The lower number first, so that both orders of two subjects, and of two labels, are one.
    lower, upper = np.sort([number[first], number[second]], axis=0)
    low, high = np.sort([kind[first], kind[second]], axis=0)
    cell = low * (kind.max() + 1) + high
    genuine = (lower == upper) & (take[rows][first] != take[rows][second])
    impostor = lower != upper
    counts = _counts(lower[genuine], cell[genuine], len(subjects), cell.max() + 1)
    share = (counts / counts.sum(axis=1, keepdims=True)).mean(axis=0)

    def pairs(chosen: np.ndarray, unit: np.ndarray, n_units: int) -> PairSet:
        weight = _weights(unit[chosen], cell[chosen], share, n_units)
        return PairSet(
            first=rows[first[chosen]], second=rows[second[chosen]], unit=unit[chosen], weight=weight
        )

    return Pairs(
        subjects=tuple(map(str, subjects)),
        genuine=pairs(genuine, lower, len(subjects)),
        impostor=pairs(impostor, lower * len(subjects) + upper, len(subjects) ** 2),
    )


def _counts(unit: np.ndarray, cell: np.ndarray, n_units: int, n_cells: int) -> np.ndarray:
    return np.bincount(unit * n_cells + cell, minlength=n_units * n_cells).reshape(n_units, n_cells)


def _weights(unit: np.ndarray, cell: np.ndarray, share: np.ndarray, n_units: int) -> np.ndarray:
    """Return weights that sum to 1 over each unit and to `share` over its cells, as far as they occur."""
    counts = _counts(unit, cell, n_units, len(share))
    total = ((counts > 0) * share).sum(axis=1)[unit]
    # Two subjects may share no cell that occurs among genuine pairs: then all their pairs weigh the same.
    spread = share[cell] / (counts[unit, cell] * np.where(total > 0, total, 1.0))
    return np.where(total > 0, spread, 1 / counts.sum(axis=1)[unit])
