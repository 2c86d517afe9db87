"""Chance that remembers: variation from cycle to cycle, and smooth noise."""

from __future__ import annotations

import numpy as np
from scipy.interpolate import CubicSpline
from scipy.ndimage import gaussian_filter1d
from scipy.signal import lfilter


def autoregressive(
    rng: np.random.Generator, n_steps: int, n_series: int, *, correlation: float
) -> np.ndarray:
    """Draw stationary first-order autoregressive series of unit variance.

    Parameters
    ----------
    rng : numpy.random.Generator
        Source of chance.
    n_steps : int
        Length of each series.
    n_series : int
        Number of independent series.
    correlation : float
        Correlation of neighbours, in [0, 1).

    Returns
    -------
    numpy.ndarray
        The series, shape (n_steps, n_series).
    """
    innovation = rng.standard_normal((n_steps, n_series))
    innovation[1:] *= np.sqrt(1 - correlation**2)
    return lfilter([1.0], [1.0, -correlation], innovation, axis=0)


def along_phase(per_cycle: np.ndarray, phase: np.ndarray) -> np.ndarray:
    """Let values of whole cycles glide into one another.

    Parameters
    ----------
    per_cycle : numpy.ndarray
        Values in the middle of cycles 0, 1, ..., shape (cycles, series).
    phase : numpy.ndarray
        Phase in cycles, shape (frames,).

    Returns
    -------
    numpy.ndarray
        Values per frame, constant before the first and after the last middle, (frames, series).
    """
    middle = np.arange(len(per_cycle)) + 0.5
    return CubicSpline(middle, per_cycle)(np.clip(phase, middle[0], middle[-1]))


def smooth_noise(
    rng: np.random.Generator, n_frames: int, n_series: int, *, width_frames: float
) -> np.ndarray:
    """Draw Gaussian noise of unit variance with a Gaussian autocorrelation.

    Parameters
    ----------
    rng : numpy.random.Generator
        Source of chance.
    n_frames : int
        Length of each series.
    n_series : int
        Number of independent series.
    width_frames : float
        Standard deviation of the smoothing kernel.

    Returns
    -------
    numpy.ndarray
        The series, shape (n_frames, n_series).
    """
    margin = int(np.ceil(4 * width_frames))
    white = rng.standard_normal((n_frames + 2 * margin, n_series))
    # A Gaussian kernel of width s leaves 1 / (2 s sqrt(pi)) of the variance.
    gain = np.sqrt(2 * width_frames * np.sqrt(np.pi))
    return gain * gaussian_filter1d(white, width_frames, axis=0)[margin : margin + n_frames]
