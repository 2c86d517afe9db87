"""Pairs of walks, and how much each counts."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from affectlib.errors import ParameterError
from affectlib.privacy.attackers.roc import bin_edges, equal_error_rate


@dataclass(frozen=True, kw_only=True)
class Verification:
    """Scores of all pairs of some unseen people by one scorer, as masses in bins.

    Parameters
    ----------
    scorer : str
        Who scored.
    people : tuple of str
        The unseen people.
    genuine : numpy.ndarray
        For each person the mass of their pairs in each bin, ascending, each row with sum 1, shape
        (people, bins).
    impostor : numpy.ndarray
        For each two people the mass of their pairs, symmetric, the diagonal empty, each other row
        with sum 1, shape (people, people, bins).
    inner_eer : float
        Equal error rate on known people held out in training; NaN where there were too few.
    """

    scorer: str
    people: tuple[str, ...]
    genuine: np.ndarray
    impostor: np.ndarray
    inner_eer: float = float("nan")

    def masses(self, weights: np.ndarray | None = None) -> tuple[np.ndarray, np.ndarray]:
        """Add up the pairs, people weighted.

        Parameters
        ----------
        weights : numpy.ndarray, optional
            How often each person is counted, shape (..., people); once each by default.

        Returns
        -------
        genuine : numpy.ndarray
            Shape (..., bins).
        impostor : numpy.ndarray
            Shape (..., bins).
        """
        weights = np.ones(len(self.people)) if weights is None else np.asarray(weights, dtype=float)
        between = np.einsum("...i,ijb->...jb", weights, self.impostor)
        return weights @ self.genuine, np.einsum("...j,...jb->...b", weights, between)

    @property
    def eer(self) -> float:
        """Equal error rate; 1/2 for guessing."""
        return float(equal_error_rate(*self.masses()))


@dataclass(frozen=True, kw_only=True)
class Pairs:
    """All pairs that count, of some walks.

    Parameters
    ----------
    people : tuple of str
        Who walks.
    genuine : numpy.ndarray
        Rows of the two walks, of one person and two takes, and number of the person, shape (3, pairs).
    impostor : numpy.ndarray
        Rows of the two walks, of two people, and number of the one * people + number of the other,
        shape (3, other pairs).
    weights : tuple of numpy.ndarray
        Weight of each genuine pair, shape (pairs,), and of each impostor pair, shape (other pairs,); of
        each person and of each two people they sum to 1.
    """

    people: tuple[str, ...]
    genuine: np.ndarray
    impostor: np.ndarray
    weights: tuple[np.ndarray, np.ndarray]

    def verification(
        self, scorer: str, scores: np.ndarray, *, inner_eer: float = float("nan")
    ) -> Verification:
        """Sort scores into bins.

        Parameters
        ----------
        scorer : str
            Who scored.
        scores : numpy.ndarray
            Likeness of any two walks, symmetric, shape (walks, walks).
        inner_eer : float
            Handed on.

        Returns
        -------
        Verification
            Of these scores.
        """
        low, high = float(scores.min()), float(scores.max())
        # Equal walks must have equal scores: rounding errors would put them in some order.
        scores = np.round((scores - low) / ((high - low) or 1.0), 9)
        genuine, impostor = (scores[own[0], own[1]] for own in (self.genuine, self.impostor))
        edges = bin_edges(genuine, impostor)
        n_people, n_bins = len(self.people), len(edges)

        def masses(own: np.ndarray, units: np.ndarray, weights: np.ndarray, n_units: int) -> np.ndarray:
            place = units * n_bins + np.searchsorted(edges, own)
            return np.bincount(place, weights, minlength=n_units * n_bins).reshape(n_units, n_bins)

        between = masses(impostor, self.impostor[2], self.weights[1], n_people**2)
        between = between.reshape(n_people, n_people, n_bins)
        return Verification(
            scorer=scorer,
            people=self.people,
            genuine=masses(genuine, self.genuine[2], self.weights[0], n_people),
            impostor=between + between.transpose(1, 0, 2),
            inner_eer=inner_eer,
        )


def pairs_of(subject: np.ndarray, groups: np.ndarray, label: np.ndarray | None) -> Pairs:
    """List the pairs of walks that can be held against each other.

    Parameters
    ----------
    subject : numpy.ndarray
        Who walks, shape (walks,).
    groups : numpy.ndarray
        Their takes, each with a name of its own, shape (walks,).
    label : numpy.ndarray or None
        Their labels, shape (walks,); pairs of labels then weigh alike for all people and for all two
        people, as far as they occur.

    Returns
    -------
    Pairs
        People without two takes are left out.

    Raises
    ------
    ParameterError
        If fewer than two people have two takes.
    """
    subject, groups = np.asarray(subject), np.unique(np.asarray(groups), return_inverse=True)[1]
    takes = {person: len(np.unique(groups[subject == person])) for person in np.unique(subject)}
    people = [person for person, number in takes.items() if number > 1]
    if len(people) < 2:
        raise ParameterError(
            "verification needs two people with two takes each", found=f"{len(people)} of {len(takes)} people"
        )
    rows = np.flatnonzero(np.isin(subject, people))
    person = np.searchsorted(people, subject[rows])
    kinds = np.zeros(len(rows), dtype=int)
    if label is not None:
        kinds = np.unique(np.asarray(label)[rows], return_inverse=True)[1]
    first, second = np.triu_indices(len(rows), k=1)
    # The lower number first, so that both orders of two people, and of two labels, are one.
    one, other = np.sort([person[first], person[second]], axis=0)
    low, high = np.sort([kinds[first], kinds[second]], axis=0)
    cell = low * (kinds.max() + 1) + high
    same = (one == other) & (groups[rows][first] != groups[rows][second])
    differ = one != other
    two = one * len(people) + other
    counts = _counts(one[same], cell[same], len(people), cell.max() + 1)
    share = (counts / counts.sum(axis=1, keepdims=True)).mean(axis=0)
    return Pairs(
        people=tuple(map(str, people)),
        genuine=np.stack([rows[first[same]], rows[second[same]], one[same]]),
        impostor=np.stack([rows[first[differ]], rows[second[differ]], two[differ]]),
        weights=(
            _weights(one[same], cell[same], share, len(people)),
            _weights(two[differ], cell[differ], share, len(people) ** 2),
        ),
    )


def _counts(unit: np.ndarray, cell: np.ndarray, n_units: int, n_cells: int) -> np.ndarray:
    return np.bincount(unit * n_cells + cell, minlength=n_units * n_cells).reshape(n_units, n_cells)


def _weights(unit: np.ndarray, cell: np.ndarray, share: np.ndarray, n_units: int) -> np.ndarray:
    """Weights by which each unit's pairs are spread over cells as `share` says, and sum to 1."""
    counts = _counts(unit, cell, n_units, len(share))
    total = ((counts > 0) * share).sum(axis=1)[unit]
    # Two people may share no kind of pairs that occurs among genuine ones: then all theirs count alike.
    spread = share[cell] / (counts[unit, cell] * np.where(total > 0, total, 1.0))
    return np.where(total > 0, spread, 1 / counts.sum(axis=1)[unit])
