"""Error rates of verification from histograms of scores.

A threshold on the score makes two kinds of errors: two subjects taken for one (false match) and one subject
taken for two (false non-match). scikit-learn's `roc_curve` takes single scores; histograms can be weighted
by subject, resampled and averaged without passing through all pairs again.
"""

from __future__ import annotations

import numpy as np

BINS = 400
"""Bins of each kind of pairs; the resolution of an equal error rate is about 1 / `BINS` / 10."""


def equal_error_rate(genuine: np.ndarray, impostor: np.ndarray) -> np.ndarray:
    """Return the error rate at the threshold where both kinds of errors are equally frequent, shape (...).

    Rates are interpolated linearly between thresholds, so that constant scores give 1/2.

    Parameters
    ----------
    genuine, impostor : numpy.ndarray
        Mass of pairs of one subject, and of two, in each bin of ascending scores, shape (..., bins).
    """
    match, miss = error_rates(genuine, impostor)
    gap = miss - match  # rises from -1 to 1
    after = np.clip((gap < 0).sum(axis=-1), 1, gap.shape[-1] - 1)

    def at(values: np.ndarray, index: np.ndarray) -> np.ndarray:
        return np.take_along_axis(values, index[..., None], axis=-1)[..., 0]

    low, high = at(gap, after - 1), at(gap, after)
    share = np.where(high > low, -low / np.where(high > low, high - low, 1.0), 0.0)
    return at(miss, after - 1) + share * (at(miss, after) - at(miss, after - 1))


def error_rates(genuine: np.ndarray, impostor: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Compute both error rates at every threshold between bins.

    Parameters
    ----------
    genuine, impostor : numpy.ndarray
        As for `equal_error_rate`, shape (..., bins).

    Returns
    -------
    false_match : numpy.ndarray
        Falling from 1 to 0, shape (..., bins + 1).
    false_non_match : numpy.ndarray
        Rising from 0 to 1, shape (..., bins + 1).
    """
    return 1 - _cumulated(impostor), _cumulated(genuine)


def _cumulated(mass: np.ndarray) -> np.ndarray:
    mass = np.asarray(mass, dtype=float)
    below = np.cumsum(np.concatenate([np.zeros_like(mass[..., :1]), mass], axis=-1), axis=-1)
    return below / below[..., -1:]


def bin_edges(genuine: np.ndarray, impostor: np.ndarray) -> np.ndarray:
    """Return the ascending, inclusive upper edges of bins, shape (bins,): quantiles of either kind of pairs.

    Parameters
    ----------
    genuine, impostor : numpy.ndarray
        Scores of pairs of one subject, and of two, shape (pairs,).
    """
    shares = np.linspace(0, 1, BINS + 1)
    # Scores that occur, so that each of few different scores has its own bin.
    quantiles = [np.quantile(scores, shares, method="lower") for scores in (genuine, impostor)]
    return np.unique(np.concatenate(quantiles))


def roc_at(genuine: np.ndarray, impostor: np.ndarray, false_match: np.ndarray) -> np.ndarray:
    """Return the false non-match rates at given false match rates, shape (rates,).

    Parameters
    ----------
    genuine, impostor : numpy.ndarray
        As for `equal_error_rate`, shape (bins,).
    false_match : numpy.ndarray
        Shape (rates,).
    """
    match, miss = error_rates(genuine, impostor)
    return np.interp(false_match, match[::-1], miss[::-1])
