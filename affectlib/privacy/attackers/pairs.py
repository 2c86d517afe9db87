"""Pairs of walks for verification, and histograms of their scores.

Every subject has the same weight among genuine pairs, and every two subjects among impostor pairs, however
many walks they have. If labels are known, genuine and impostor pairs have each pair of labels in the same
shares: impostors with other labels would be easier to reject.
"""

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
    """Genuine or impostor pairs.

    Parameters
    ----------
    first, second : numpy.ndarray
        Indices of the two walks, shape (pairs,).
    unit : numpy.ndarray
        Index of the subject, or of the two subjects (first * subjects + second), shape (pairs,).
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
        bins = np.searchsorted(edges, scores)
        return _counts(self.unit, bins, n_units, len(edges), self.weight)


@dataclass(frozen=True, kw_only=True)
class Pairs:
    """All pairs that are compared: genuine, of one subject and two takes, and impostor, of two subjects."""

    subjects: tuple[str, ...]
    genuine: PairSet
    impostor: PairSet

    def verification(
        self, scorer: str, scores: np.ndarray, *, inner_eer: float = float("nan")
    ) -> Verification:
        """Return histograms of the scores of all pairs.

        Parameters
        ----------
        scores : numpy.ndarray
            Similarity of any two walks, symmetric, shape (walks, walks).
        """
        low, high = float(scores.min()), float(scores.max())
        # Equal walks must have equal scores, which rounding errors would order arbitrarily.
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
    walks = np.flatnonzero(np.isin(subject, subjects))
    subject_index = np.searchsorted(subjects, subject[walks])
    label_index = np.zeros(len(walks), dtype=int)
    if label is not None:
        label_index = np.unique(np.asarray(label)[walks], return_inverse=True)[1]
    first, second = np.triu_indices(len(walks), k=1)
    # The lower index first, so that both orders of two subjects, and of two labels, are one.
    subject_low, subject_high = np.sort([subject_index[first], subject_index[second]], axis=0)
    label_low, label_high = np.sort([label_index[first], label_index[second]], axis=0)
    labels = label_low * (label_index.max() + 1) + label_high
    genuine = (subject_low == subject_high) & (take[walks][first] != take[walks][second])
    impostor = subject_low != subject_high
    counts = _counts(subject_low[genuine], labels[genuine], len(subjects), labels.max() + 1)
    shares = (counts / counts.sum(axis=1, keepdims=True)).mean(axis=0)

    def weighted(chosen: np.ndarray, unit: np.ndarray, n_units: int) -> PairSet:
        return PairSet(
            first=walks[first[chosen]],
            second=walks[second[chosen]],
            unit=unit[chosen],
            weight=_weights(unit[chosen], labels[chosen], shares, n_units),
        )

    return Pairs(
        subjects=tuple(map(str, subjects)),
        genuine=weighted(genuine, subject_low, len(subjects)),
        impostor=weighted(impostor, subject_low * len(subjects) + subject_high, len(subjects) ** 2),
    )


def _counts(
    unit: np.ndarray, cell: np.ndarray, n_units: int, n_cells: int, weight: np.ndarray | None = None
) -> np.ndarray:
    """Return the number, or the total weight, of pairs by unit and cell, shape (units, cells)."""
    counts = np.bincount(unit * n_cells + cell, weight, minlength=n_units * n_cells)
    return counts.reshape(n_units, n_cells)


def _weights(unit: np.ndarray, labels: np.ndarray, shares: np.ndarray, n_units: int) -> np.ndarray:
    """Return weights that sum to 1 over each unit and have the `shares` of pairs of labels."""
    counts = _counts(unit, labels, n_units, len(shares))
    total = ((counts > 0) * shares).sum(axis=1)[unit]
    # Pairs of two subjects weigh the same if none of their pairs of labels occurs among genuine pairs.
    spread = shares[labels] / (counts[unit, labels] * np.where(total > 0, total, 1.0))
    return np.where(total > 0, spread, 1 / counts.sum(axis=1)[unit])
