"""The low-pass filter of this package's gait room."""

from __future__ import annotations

import numpy as np
from scipy.ndimage import gaussian_filter1d


def low_pass(series: np.ndarray, *, sigma_frames: float) -> np.ndarray:
    """Smooth along time with a Gaussian; linear trends are kept up to the ends.

    Parameters
    ----------
    series : numpy.ndarray
        Values over time, shape (frames, ...).
    sigma_frames : float
        Standard deviation in frames; 0 leaves the series as it is.

    Returns
    -------
    numpy.ndarray
        Same shape; the ends are padded by point reflection.
    """
    if sigma_frames <= 0:
        return series
    pad = min(len(series) - 1, int(np.ceil(4 * sigma_frames)))
    widths = [(pad, pad)] + [(0, 0)] * (series.ndim - 1)
    padded = np.pad(series, widths, mode="reflect", reflect_type="odd") if pad else series
    return gaussian_filter1d(padded, sigma_frames, axis=0)[pad : pad + len(series)]
