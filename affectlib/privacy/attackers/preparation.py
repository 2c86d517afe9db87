"""What an attacker makes of a release before learning from it: numbers, scaled and few.

Releases come as codes, posteriors, labels, or series of any number of phases and channels. Everything
here is learnt from what the attacker may enrol with, never from what is attacked.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from sklearn.decomposition import PCA

from affectlib.errors import ParameterError
from affectlib.models.components import LeadingComponents
from affectlib.models.scaling import N_CHANNELS, resample_phases

MOST_PHASES = 25
"""Phases of a series that vectors are made of: 12 harmonics of the stride, more than walking has."""

MOST_COMPONENTS = 150
"""Principal components that vectors have at most; cost grows with them, and noise."""

VARIANCE = 0.995
"""Share of the scaled variance of wide releases that the components keep."""

_STILL = 1e-6
"""Part of the largest standard deviation below which a column is taken for constant."""


def checked(release: np.ndarray) -> np.ndarray:
    """Make sure that an array is something an attacker can read.

    Parameters
    ----------
    release : numpy.ndarray
        What was released, shape (cycles,) of text or numbers, (cycles, size), or (cycles, phases,
        channels...).

    Returns
    -------
    numpy.ndarray
        The same; numbers as float32, one number a cycle as shape (cycles, 1).

    Raises
    ------
    ParameterError
        For an array without cycles, of text with more than one word a cycle, or with numbers that
        are not finite.
    """
    release = np.asarray(release)
    if release.ndim == 0 or release.size == 0:
        raise ParameterError("nothing was released", found=f"shape {release.shape}")
    if release.dtype.kind in "OSU":
        words = release.reshape(len(release), -1)
        if words.shape[1] != 1:
            raise ParameterError("text is released as one word a cycle", found=f"shape {release.shape}")
        return words[:, 0].astype(str)
    release = release.reshape(len(release), 1) if release.ndim == 1 else release
    release = release.astype(np.float32)
    if not np.isfinite(release).all():
        raise ParameterError(
            "a released number is not finite",
            found=f"{int((~np.isfinite(release)).sum())} of {release.size}",
            remedy="Let the release fill in or leave out what it cannot tell.",
        )
    return release


def is_series(release: np.ndarray) -> bool:
    """Tell whether a release runs along the phases of a cycle.

    Parameters
    ----------
    release : numpy.ndarray
        Released array, shape (cycles, ...).

    Returns
    -------
    bool
        True for (cycles, phases, channels...) with more than one phase.
    """
    return release.ndim > 2 and release.shape[1] > 1


@dataclass(frozen=True, kw_only=True)
class Preparation:
    """Scaling and principal components, fitted.

    Parameters
    ----------
    words : numpy.ndarray or None
        Words that text releases may be, shape (words,); None for numbers.
    mean : numpy.ndarray
        Mean of every column, shape (columns,).
    scale : numpy.ndarray
        Standard deviation of every column, 1 where it is constant, shape (columns,).
    components : numpy.ndarray
        Directions of largest variance, shape (columns, components).
    """

    words: np.ndarray | None
    mean: np.ndarray
    scale: np.ndarray
    components: np.ndarray

    def apply(self, release: np.ndarray) -> np.ndarray:
        """Turn what was released into vectors.

        Parameters
        ----------
        release : numpy.ndarray
            Shape (cycles, ...), as in fitting.

        Returns
        -------
        numpy.ndarray
            float64, shape (cycles, components).

        Raises
        ------
        ParameterError
            If the release has another number of columns.
        """
        columns = _columns(release, self.words)
        if columns.shape[1] != len(self.mean):
            raise ParameterError(
                "attacked and enrolled releases differ in shape",
                found=f"{columns.shape[1]} columns and {len(self.mean)}",
                remedy="A naive attack, trained on raw data, needs releases of the shape of raw data.",
            )
        return ((columns - self.mean) / self.scale) @ self.components


def fit_preparation(release: np.ndarray, *, z_scores: bool = True) -> Preparation:
    """Learn scaling and principal components.

    Releases of at most `MOST_COMPONENTS` columns are only scaled: what tells people apart may lie in
    a direction of little variance. Text becomes one column a word.

    Parameters
    ----------
    release : numpy.ndarray
        What was released of the cycles enrolled with, shape (cycles, ...).
    z_scores : bool
        Whether each column is scaled by itself. Then small movements are heard as loudly as large
        ones; without, all share one scale, and large differences are not drowned in small noise.

    Returns
    -------
    Preparation
        For releases of this shape.
    """
    release = checked(release)
    words = np.unique(release) if release.dtype.kind == "U" else None
    columns = _columns(release, words)
    mean, deviation = columns.mean(axis=0), columns.std(axis=0)
    scale = np.where(deviation > _STILL * max(deviation.max(), np.abs(mean).max()), deviation, 1.0)
    if not z_scores:
        scale = np.full_like(scale, np.sqrt((deviation**2).mean()) or 1.0)
    components = np.eye(columns.shape[1])
    if columns.shape[1] > MOST_COMPONENTS:
        leading = LeadingComponents(VARIANCE, most=MOST_COMPONENTS)
        components = leading.fit((columns - mean) / scale).components_.T
    return Preparation(words=words, mean=mean, scale=scale, components=components)


def _columns(release: np.ndarray, words: np.ndarray | None) -> np.ndarray:
    release = checked(release)
    if words is not None:
        return (release.astype(str)[:, None] == words).astype(np.float64)
    if is_series(release) and release.shape[1] > MOST_PHASES:
        release = resample_phases(release.reshape(*release.shape[:2], -1), MOST_PHASES)
    return release.reshape(len(release), -1).astype(np.float64)


@dataclass(frozen=True, kw_only=True)
class Channels:
    """The form in which the CNN reads a series: as many channels as joint axes, fitted.

    Parameters
    ----------
    directions : numpy.ndarray or None
        Combinations of channels that vary most, shape (channels, 45); None where there are no more
        channels than that, which are then filled up with zeros.
    """

    directions: np.ndarray | None

    def apply(self, release: np.ndarray) -> np.ndarray:
        """Bring a series into the CNN's form.

        Parameters
        ----------
        release : numpy.ndarray
            Shape (cycles, phases, channels...).

        Returns
        -------
        numpy.ndarray
            float32, shape (cycles, phases, 45).
        """
        series = checked(release).reshape(*release.shape[:2], -1)
        if self.directions is not None:
            return (series @ self.directions).astype(np.float32)
        return np.pad(series, ((0, 0), (0, 0), (0, N_CHANNELS - series.shape[2])))


def fit_channels(release: np.ndarray) -> Channels:
    """Learn the form of a series in which the CNN reads it.

    Parameters
    ----------
    release : numpy.ndarray
        What was released of the cycles enrolled with, shape (cycles, phases, channels...).

    Returns
    -------
    Channels
        For series of this shape.
    """
    series = checked(release).reshape(*release.shape[:2], -1)
    n_channels = series.shape[2]
    if n_channels <= N_CHANNELS:
        return Channels(directions=None)
    rows = series.reshape(-1, n_channels).astype(np.float64)
    return Channels(directions=PCA(N_CHANNELS, svd_solver="covariance_eigh").fit(rows).components_.T)
