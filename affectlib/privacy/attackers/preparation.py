"""Inputs of attackers: vectors of any release, scaled and reduced, and series for the CNN.

Scaling and principal components are fitted to enrolled cycles, never to attacked ones.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from sklearn.decomposition import PCA

from affectlib.errors import ParameterError
from affectlib.models.components import LeadingComponents
from affectlib.models.scaling import N_CHANNELS, resample_phases

MOST_PHASES = 25
"""Phases of a series in vectors: 12 harmonics of the stride, more than walking has."""

MOST_COMPONENTS = 150
"""Maximum of columns without, and of principal components with a reduction; time and noise grow with it."""

VARIANCE = 0.995
"""Share of the variance of wide releases that the components explain."""

_CONSTANT = 1e-6
"""Standard deviation of a constant column relative to the largest: float32 has seven digits."""


def check_release(release: np.ndarray) -> np.ndarray:
    """Return a valid release: text, shape (cycles,), or float32, shape (cycles, ...).

    Parameters
    ----------
    release : numpy.ndarray
        Numbers or text, shape (cycles,), (cycles, size) or (cycles, phases, channels...).

    Raises
    ------
    ParameterError
        If there is no cycle, more than one word a cycle, or a number that is not finite.
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
            remedy="Fill in missing values in the release.",
        )
    return release


def is_series(release: np.ndarray) -> bool:
    """Return whether a release has an axis of phases.

    Parameters
    ----------
    release : numpy.ndarray
        Shape (cycles, phases, channels...) with more than one phase, or any other.
    """
    return release.ndim > 2 and release.shape[1] > 1


@dataclass(frozen=True, kw_only=True)
class Preparation:
    """Fitted scaling and principal components.

    Parameters
    ----------
    words : numpy.ndarray or None
        Vocabulary of releases of text, shape (words,).
    mean : numpy.ndarray
        Shape (columns,).
    scale : numpy.ndarray
        Divisor of each column, 1 where it is constant, shape (columns,).
    components : numpy.ndarray
        Principal directions, shape (columns, components).
    """

    words: np.ndarray | None
    mean: np.ndarray
    scale: np.ndarray
    components: np.ndarray

    def apply(self, release: np.ndarray) -> np.ndarray:
        """Return vectors, float64, shape (cycles, components).

        Parameters
        ----------
        release : numpy.ndarray
            Shape (cycles, ...), as in fitting.

        Raises
        ------
        ParameterError
            If the release has another number of columns.
        """
        columns = _as_columns(release, self.words)
        if columns.shape[1] != len(self.mean):
            raise ParameterError(
                "attacked and enrolled releases differ in shape",
                found=f"{columns.shape[1]} columns and {len(self.mean)}",
                remedy="A naive attack, trained on raw data, needs releases of the shape of raw data.",
            )
        return ((columns - self.mean) / self.scale) @ self.components


def fit_preparation(release: np.ndarray, *, z_scores: bool = True) -> Preparation:
    """Fit scaling and, to more than `MOST_COMPONENTS` columns, principal components.

    Narrow releases are only scaled: identity may lie in a direction of little variance. Text becomes one
    column a word.

    Parameters
    ----------
    release : numpy.ndarray
        Release of the enrolled cycles, shape (cycles, ...).
    z_scores : bool
        Divide each column by its standard deviation, so that small movements count as much as large ones;
        otherwise all by a common one, so that noise of small movements is not amplified.
    """
    release = check_release(release)
    words = np.unique(release) if release.dtype.kind == "U" else None
    columns = _as_columns(release, words)
    mean, deviation = columns.mean(axis=0), columns.std(axis=0)
    # Rounding errors of constant columns must not be scaled up to 1.
    scale = np.where(deviation > _CONSTANT * max(deviation.max(), np.abs(mean).max()), deviation, 1.0)
    if not z_scores:
        scale = np.full_like(scale, np.sqrt((deviation**2).mean()) or 1.0)
    components = np.eye(columns.shape[1])
    if columns.shape[1] > MOST_COMPONENTS:
        leading = LeadingComponents(VARIANCE, most=MOST_COMPONENTS)
        components = leading.fit((columns - mean) / scale).components_.T
    return Preparation(words=words, mean=mean, scale=scale, components=components)


def _as_columns(release: np.ndarray, words: np.ndarray | None) -> np.ndarray:
    """Return a release as numbers, float64, shape (cycles, columns): text as indicators of its words."""
    release = check_release(release)
    if words is not None:
        return (release.astype(str)[:, None] == words).astype(np.float64)
    if is_series(release) and release.shape[1] > MOST_PHASES:
        release = resample_phases(_as_channels(release), MOST_PHASES)
    return release.reshape(len(release), -1).astype(np.float64)


@dataclass(frozen=True, kw_only=True)
class Channels:
    """Fitted conversion of a series to the 45 channels of the CNN: by principal components, or zero padding.

    Parameters
    ----------
    directions : numpy.ndarray or None
        Principal directions, shape (channels, 45); None if at most 45 channels are padded with zeros.
    """

    directions: np.ndarray | None

    def apply(self, release: np.ndarray) -> np.ndarray:
        """Return series, float32, shape (cycles, phases, 45).

        Parameters
        ----------
        release : numpy.ndarray
            Shape (cycles, phases, channels...).
        """
        series = _as_channels(check_release(release))
        if self.directions is not None:
            return (series @ self.directions).astype(np.float32)
        return np.pad(series, ((0, 0), (0, 0), (0, N_CHANNELS - series.shape[2])))


def fit_channels(release: np.ndarray) -> Channels:
    """Fit the conversion of a series to the 45 channels of the CNN.

    Parameters
    ----------
    release : numpy.ndarray
        Release of the enrolled cycles, shape (cycles, phases, channels...).
    """
    series = _as_channels(check_release(release))
    n_channels = series.shape[2]
    if n_channels <= N_CHANNELS:
        return Channels(directions=None)
    pca = PCA(N_CHANNELS, svd_solver="covariance_eigh")
    return Channels(directions=pca.fit(series.reshape(-1, n_channels).astype(np.float64)).components_.T)


def _as_channels(release: np.ndarray) -> np.ndarray:
    """Return a series with one axis of channels, shape (cycles, phases, channels)."""
    return release.reshape(*release.shape[:2], -1)
