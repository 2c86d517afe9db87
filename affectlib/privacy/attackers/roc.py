"""Error rates of verification: is this the same person, yes or no.

A threshold on the score makes two kinds of errors: two people taken for one (false match) and one
person taken for two (false non-match). Scores are kept as masses in bins, so that people can be
weighted, resampled and averaged without going through all pairs again.
"""

from __future__ import annotations

import numpy as np

from affectlib.errors import ParameterError

BINS = 400
"""Bins of each kind of pairs; an equal error rate is told to about 1 / `BINS` / 10."""


def equal_error_rate(genuine: np.ndarray, impostor: np.ndarray) -> np.ndarray:
    """Error rate at the threshold where both kinds of errors are equally frequent.

    Between the thresholds that occur both rates are taken as linear, so that scores that never differ
    give 1/2.

    Parameters
    ----------
    genuine : numpy.ndarray
        Mass of pairs of one person in each bin of scores, ascending, shape (..., bins).
    impostor : numpy.ndarray
        Mass of pairs of two people in the same bins, shape (..., bins).

    Returns
    -------
    numpy.ndarray
        From 0 to 1, shape (...).
    """
    match, miss = error_rates(genuine, impostor)
    gap = miss - match  # rises from -1 to 1
    after = np.clip((gap < 0).sum(axis=-1), 1, gap.shape[-1] - 1)

    def at(values: np.ndarray, index: np.ndarray) -> np.ndarray:
        return np.take_along_axis(values, index[..., None], axis=-1)[..., 0]

    low, high = at(gap, after - 1), at(gap, after)
    part = np.where(high > low, -low / np.where(high > low, high - low, 1.0), 0.0)
    return at(miss, after - 1) + part * (at(miss, after) - at(miss, after - 1))


def error_rates(genuine: np.ndarray, impostor: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Both error rates at every threshold between bins.

    Parameters
    ----------
    genuine : numpy.ndarray
        Mass of pairs of one person in each bin of scores, ascending, shape (..., bins).
    impostor : numpy.ndarray
        Mass of pairs of two people in the same bins, shape (..., bins).

    Returns
    -------
    false_match : numpy.ndarray
        From 1 (everything passes) down to 0, shape (..., bins + 1).
    false_non_match : numpy.ndarray
        From 0 up to 1, shape (..., bins + 1).
    """
    return 1 - _cumulated(impostor), _cumulated(genuine)


def _cumulated(mass: np.ndarray) -> np.ndarray:
    mass = np.asarray(mass, dtype=float)
    below = np.cumsum(np.concatenate([np.zeros_like(mass[..., :1]), mass], axis=-1), axis=-1)
    return below / below[..., -1:]


def equal_error_rate_of_scores(genuine: np.ndarray, impostor: np.ndarray) -> float:
    """Equal error rate of scores themselves, each pair counting the same.

    Parameters
    ----------
    genuine : numpy.ndarray
        Scores of pairs of one person, high for alike, shape (pairs,).
    impostor : numpy.ndarray
        Scores of pairs of two people, shape (other pairs,).

    Returns
    -------
    float
        From 0 to 1.

    Raises
    ------
    ParameterError
        If there is no pair of one kind.
    """
    if not len(genuine) or not len(impostor):
        raise ParameterError(
            "verification needs pairs of one person and of two",
            found=f"{len(genuine)} and {len(impostor)}",
        )
    values = np.unique(np.concatenate([genuine, impostor]))
    masses = [np.bincount(np.searchsorted(values, own), minlength=len(values)) for own in (genuine, impostor)]
    return float(equal_error_rate(*masses))


def bin_edges(genuine: np.ndarray, impostor: np.ndarray) -> np.ndarray:
    """Bins that are fine where either kind of pairs has its scores.

    Parameters
    ----------
    genuine : numpy.ndarray
        Scores of pairs of one person, shape (pairs,).
    impostor : numpy.ndarray
        Scores of pairs of two people, shape (other pairs,).

    Returns
    -------
    numpy.ndarray
        Ascending upper ends: bin i holds the scores above value i - 1 up to value i, shape (bins,).
    """
    parts = np.linspace(0, 1, BINS + 1)
    # Values that occur, so that scores of few different values keep a bin each.
    return np.unique(np.concatenate([np.quantile(own, parts, method="lower") for own in (genuine, impostor)]))


def roc_at(genuine: np.ndarray, impostor: np.ndarray, false_match: np.ndarray) -> np.ndarray:
    """Give the false non-match rate at wanted false match rates.

    Parameters
    ----------
    genuine : numpy.ndarray
        Mass of pairs of one person in each bin of scores, ascending, shape (bins,).
    impostor : numpy.ndarray
        Mass of pairs of two people, shape (bins,).
    false_match : numpy.ndarray
        Wanted rates, shape (wanted,).

    Returns
    -------
    numpy.ndarray
        Shape (wanted,).
    """
    match, miss = error_rates(genuine, impostor)
    return np.interp(false_match, match[::-1], miss[::-1])
