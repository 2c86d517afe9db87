"""z-scores of joint series and of codes, fitted to training cycles only.

The paper's fourth preprocessing step is "z-score normalisation" without details. Here the mean is taken
per joint axis and phase, so that z-scores describe departures from the average gait cycle, in which
affects and subjects differ; the stride itself is ten times as large and the same for all. The standard
deviation is one number per joint axis over all training cycles and phases, so that a departure keeps its
shape along the cycle for the convolutions.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.signal import resample

from affectlib.errors import ParameterError
from affectlib.skeleton import AXES, JOINTS

N_CHANNELS = len(JOINTS) * len(AXES)
"""Joint axes; a series may have further channels after them, such as the timing of its cycle."""

STILL_M = 1e-4
"""A joint axis with a smaller standard deviation has no z-score: networks see it in metres, and decoded
motions have its average. The pelvis, origin of every cycle, is such a joint."""


def as_series(x: np.ndarray) -> np.ndarray:
    """Return positions as float32, shape (cycles, phases, 45 or more).

    Parameters
    ----------
    x : numpy.ndarray
        Positions in metres, shape (cycles, phases, 15, 3) or (cycles, phases, 45), with or without further
        channels after them.

    Raises
    ------
    ParameterError
        For any other shape, or a value that is not finite.
    """
    x = np.asarray(x, dtype=np.float32)
    if x.ndim == 4 and x.shape[2:] == (len(JOINTS), len(AXES)):
        x = x.reshape(*x.shape[:2], N_CHANNELS)
    if x.ndim != 3 or x.shape[2] < N_CHANNELS:
        raise ParameterError(
            "not the positions of cycles",
            found=f"shape {x.shape}",
            remedy=f"Give (cycles, phases, {len(JOINTS)}, {len(AXES)}) or (cycles, phases, {N_CHANNELS}).",
        )
    if not np.isfinite(x).all():
        raise ParameterError(
            "a position is no finite number", found=f"{int((~np.isfinite(x)).sum())} of {x.size} values"
        )
    return x


def as_positions(series: np.ndarray) -> np.ndarray:
    """Return the positions of series, shape (cycles, phases, 15, 3).

    Parameters
    ----------
    series : numpy.ndarray
        Shape (cycles, phases, 45 or more).
    """
    return series[:, :, :N_CHANNELS].reshape(*series.shape[:2], len(JOINTS), len(AXES))


def with_timing(x: np.ndarray, timing: np.ndarray) -> np.ndarray:
    """Append the timing of each cycle to its series, as channels that are constant along the cycle.

    Parameters
    ----------
    x : numpy.ndarray
        Positions in metres, shape (cycles, phases, 15, 3).
    timing : numpy.ndarray
        Such as cycle time in s and walking speed in m/s, shape (cycles, values).

    Returns
    -------
    numpy.ndarray
        Shape (cycles, phases, 45 + values).
    """
    series = as_series(x)
    repeated = np.broadcast_to(timing[:, None], (*series.shape[:2], timing.shape[1]))
    return np.concatenate([series, repeated.astype(np.float32)], axis=2)


@dataclass(frozen=True, kw_only=True)
class Scaling:
    """Fitted z-scores of joint series.

    Parameters
    ----------
    mean_m : numpy.ndarray
        Average cycle in metres, shape (phases, 45).
    scale_m : numpy.ndarray
        Standard deviation of every joint axis in metres, 0 where it is below `STILL_M`, shape (45,).
    """

    mean_m: np.ndarray
    scale_m: np.ndarray

    def apply(self, x: np.ndarray) -> np.ndarray:
        """Return z-scores, float32, shape (cycles, phases of `mean_m`, 45).

        Parameters
        ----------
        x : numpy.ndarray
            Positions in metres, shape (cycles, any phases, 15, 3) or (cycles, any phases, 45).
        """
        departure = resample_phases(as_series(x), len(self.mean_m)) - self.mean_m
        return departure / np.where(self.scale_m > 0, self.scale_m, np.float32(1))

    def undo(self, z: np.ndarray, *, n_phases: int) -> np.ndarray:
        """Return positions in metres, float32, shape (cycles, n_phases, 45).

        Parameters
        ----------
        z : numpy.ndarray
            z-scores, shape (cycles, phases, 45).
        n_phases : int
            Phases of the result.
        """
        return resample_phases(np.asarray(z, dtype=np.float32) * self.scale_m + self.mean_m, n_phases)


def fit_scaling(x: np.ndarray, *, n_phases: int) -> Scaling:
    """Fit z-scores with `n_phases` phases to training cycles.

    Parameters
    ----------
    x : numpy.ndarray
        Positions in metres, shape (cycles, phases, 15, 3) or (cycles, phases, 45).
    """
    # The mean of many float32 values would lose digits.
    series = resample_phases(as_series(x), n_phases).astype(np.float64)
    mean = series.mean(axis=0)
    deviation = (series - mean).std(axis=(0, 1))
    scale = np.where(deviation < STILL_M, 0.0, deviation)
    return Scaling(mean_m=mean.astype(np.float32), scale_m=scale.astype(np.float32))


def resample_phases(series: np.ndarray, n_phases: int) -> np.ndarray:
    """Resample periodic cycles by Fourier series, float32, shape (cycles, n_phases, channels).

    Exact, and exactly invertible, for cycles with fewer harmonics than half of the smaller number of phases.

    Parameters
    ----------
    series : numpy.ndarray
        Values along the cycle, shape (cycles, phases, channels).
    n_phases : int
        Phases of the result, at 0, 1/n_phases, ...
    """
    if series.shape[1] == n_phases:
        return np.ascontiguousarray(series, dtype=np.float32)
    # One product with the interpolation matrix is much faster than resampling every cycle.
    weights = resample(np.eye(series.shape[1]), n_phases, axis=0).astype(np.float32)
    return np.ascontiguousarray(weights @ series, dtype=np.float32)


@dataclass(frozen=True, kw_only=True)
class CodeScaling:
    """Fitted z-scores of codes.

    Parameters
    ----------
    mean : numpy.ndarray
        Shape (code_size,).
    scale : numpy.ndarray
        Standard deviation, 1 where it is 0, shape (code_size,).
    """

    mean: np.ndarray
    scale: np.ndarray

    def apply(self, codes: np.ndarray) -> np.ndarray:
        """Return z-scores, float32, shape (cycles, code_size).

        Parameters
        ----------
        codes : numpy.ndarray
            Shape (cycles, code_size).
        """
        return (np.asarray(codes, dtype=np.float32) - self.mean) / self.scale


def fit_code_scaling(codes: np.ndarray) -> CodeScaling:
    """Fit z-scores to the codes of training cycles.

    Parameters
    ----------
    codes : numpy.ndarray
        Shape (cycles, code_size).
    """
    codes = np.asarray(codes, dtype=np.float64)
    deviation = codes.std(axis=0)
    scale = np.where(deviation > 0, deviation, 1.0)
    return CodeScaling(mean=codes.mean(axis=0).astype(np.float32), scale=scale.astype(np.float32))
