"""z-scores of joint series and of codes, learnt from training cycles alone.

The paper's fourth preprocessing step is "z-score normalisation" and says no more. Here the mean is
taken per joint axis and phase: what remains of a cycle is how it departs from the average walk, which
is what affects and people differ in; the stride itself, ten times as large, is the same for all. The
standard deviation is one number per joint axis, over all training cycles and phases of what remains,
so that a departure keeps its course along the cycle and can be convolved over.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.signal import resample

from affectlib.errors import ParameterError
from affectlib.skeleton import AXES, JOINTS

N_CHANNELS = len(JOINTS) * len(AXES)

STILL_M = 1e-4
"""A joint axis that departs less than this has no z-score: networks see it in metres, and its average is put
back as it was, whatever they make of it. The pelvis, origin of every cycle, is such a joint."""


def as_series(x: np.ndarray) -> np.ndarray:
    """Bring positions of cycles into the one form that models use inside.

    Parameters
    ----------
    x : numpy.ndarray
        Positions in metres, shape (cycles, phases, 15, 3) or (cycles, phases, 45).

    Returns
    -------
    numpy.ndarray
        The same, float32, shape (cycles, phases, 45).

    Raises
    ------
    ParameterError
        If the shape is neither, or a value is no finite number.
    """
    x = np.asarray(x, dtype=np.float32)
    if x.ndim == 4 and x.shape[2:] == (len(JOINTS), len(AXES)):
        x = x.reshape(*x.shape[:2], N_CHANNELS)
    if x.ndim != 3 or x.shape[2] != N_CHANNELS:
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
    """Split joint axes into joints and axes.

    Parameters
    ----------
    series : numpy.ndarray
        Positions in metres, shape (cycles, phases, 45).

    Returns
    -------
    numpy.ndarray
        The same values, shape (cycles, phases, 15, 3).
    """
    return series.reshape(*series.shape[:2], len(JOINTS), len(AXES))


@dataclass(frozen=True, kw_only=True)
class Scaling:
    """A fitted z-score.

    Parameters
    ----------
    mean_m : numpy.ndarray
        Average cycle in metres, shape (phases, 45).
    scale_m : numpy.ndarray
        Standard deviation of every joint axis about it in metres, 0 where there is none, shape (45,).
    """

    mean_m: np.ndarray
    scale_m: np.ndarray

    def apply(self, x: np.ndarray) -> np.ndarray:
        """Turn metres into z-scores.

        Parameters
        ----------
        x : numpy.ndarray
            Positions in metres, shape (cycles, any phases, 15, 3) or (cycles, any phases, 45).

        Returns
        -------
        numpy.ndarray
            z-scores, float32, shape (cycles, phases, 45) with the phases of `mean_m`.
        """
        departure = resample_phases(as_series(x), len(self.mean_m)) - self.mean_m
        return departure / np.where(self.scale_m > 0, self.scale_m, np.float32(1))

    def undo(self, z: np.ndarray, *, n_phases: int) -> np.ndarray:
        """Turn z-scores into metres.

        Parameters
        ----------
        z : numpy.ndarray
            z-scores, shape (cycles, phases, 45).
        n_phases : int
            Phases wanted.

        Returns
        -------
        numpy.ndarray
            Positions in metres, float32, shape (cycles, n_phases, 45).
        """
        return resample_phases(np.asarray(z, dtype=np.float32) * self.scale_m + self.mean_m, n_phases)


def fit_scaling(x: np.ndarray, *, n_phases: int) -> Scaling:
    """Learn the z-score.

    Parameters
    ----------
    x : numpy.ndarray
        Positions of the training cycles in metres, shape (cycles, phases, 15, 3) or
        (cycles, phases, 45).
    n_phases : int
        Phases of the z-scores.

    Returns
    -------
    Scaling
        Mean per joint axis and phase, standard deviation per joint axis.
    """
    # float64: the mean of many float32 values would lose digits.
    series = resample_phases(as_series(x), n_phases).astype(np.float64)
    mean = series.mean(axis=0)
    deviation = (series - mean).std(axis=(0, 1))
    scale = np.where(deviation < STILL_M, 0.0, deviation)
    return Scaling(mean_m=mean.astype(np.float32), scale_m=scale.astype(np.float32))


def resample_phases(series: np.ndarray, n_phases: int) -> np.ndarray:
    """Change the number of phases of periodic cycles.

    By Fourier series (`scipy.signal.resample`): exact where the cycle has fewer harmonics than half
    of the smaller number of phases, and the way back is then exact as well.

    Parameters
    ----------
    series : numpy.ndarray
        Any values along a cycle, shape (cycles, phases, channels).
    n_phases : int
        Phases wanted.

    Returns
    -------
    numpy.ndarray
        Values at phases 0, 1/n, ..., float32, shape (cycles, n_phases, channels).
    """
    if series.shape[1] == n_phases:
        return np.ascontiguousarray(series, dtype=np.float32)
    weights = resample(np.eye(series.shape[1]), n_phases, axis=0).astype(np.float32)
    return np.ascontiguousarray(weights @ series, dtype=np.float32)


@dataclass(frozen=True, kw_only=True)
class CodeScaling:
    """A fitted z-score of codes.

    Parameters
    ----------
    mean : numpy.ndarray
        Mean of every number of the code, shape (code_size,).
    scale : numpy.ndarray
        Standard deviation of every number, 1 where it never changes, shape (code_size,).
    """

    mean: np.ndarray
    scale: np.ndarray

    def apply(self, codes: np.ndarray) -> np.ndarray:
        """Turn codes into z-scores.

        Parameters
        ----------
        codes : numpy.ndarray
            Codes, shape (cycles, code_size).

        Returns
        -------
        numpy.ndarray
            z-scores, float32, shape (cycles, code_size).
        """
        return (np.asarray(codes, dtype=np.float32) - self.mean) / self.scale


def fit_code_scaling(codes: np.ndarray) -> CodeScaling:
    """Learn the z-score of codes.

    Parameters
    ----------
    codes : numpy.ndarray
        Codes of the training cycles, shape (cycles, code_size).

    Returns
    -------
    CodeScaling
        Mean and standard deviation of every number.
    """
    codes = np.asarray(codes, dtype=np.float64)
    deviation = codes.std(axis=0)
    scale = np.where(deviation > 0, deviation, 1.0)
    return CodeScaling(mean=codes.mean(axis=0).astype(np.float32), scale=scale.astype(np.float32))
