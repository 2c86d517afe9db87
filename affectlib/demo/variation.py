"""Random variation: correlated from cycle to cycle, and smooth in time."""

from __future__ import annotations

import numpy as np
from scipy.interpolate import CubicSpline
from scipy.ndimage import gaussian_filter1d
from scipy.signal import lfilter


def autoregressive(
    rng: np.random.Generator, n_steps: int, n_series: int, *, correlation: float
) -> np.ndarray:
    """Draw independent first-order autoregressive series of unit variance, shape (n_steps, n_series)."""
    innovation = rng.standard_normal((n_steps, n_series))
    innovation[1:] *= np.sqrt(1 - correlation**2)
    return lfilter([1.0], [1.0, -correlation], innovation, axis=0)


def along_phase(per_cycle: np.ndarray, phase: np.ndarray) -> np.ndarray:
    """Interpolate values of cycles along the phase, constant before the first and after the last middle.

    Parameters
    ----------
    per_cycle : numpy.ndarray
        Values in the middle of cycles 0, 1, ..., shape (cycles, series).
    phase : numpy.ndarray
        Phase in cycles, shape (frames,).

    Returns
    -------
    numpy.ndarray
        Shape (frames, series).
    """
    middle = np.arange(len(per_cycle)) + 0.5
    return CubicSpline(middle, per_cycle)(np.clip(phase, middle[0], middle[-1]))


def smooth_noise(
    rng: np.random.Generator, n_frames: int, n_series: int, *, width_frames: float
) -> np.ndarray:
    """Draw Gaussian noise of unit variance, smoothed by a Gaussian kernel, shape (n_frames, n_series).

    Parameters
    ----------
    width_frames : float
        Standard deviation of the kernel.
    """
    margin = int(np.ceil(4 * width_frames))
    white = rng.standard_normal((n_frames + 2 * margin, n_series))
    # A Gaussian kernel of width s leaves 1 / (2 s sqrt(pi)) of the variance.
    gain = np.sqrt(2 * width_frames * np.sqrt(np.pi))
    return gain * gaussian_filter1d(white, width_frames, axis=0)[margin : margin + n_frames]
