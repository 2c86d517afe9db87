"""The stride as an oscillation: the gait signal, and the pair of eigentriples that is its stride."""

from __future__ import annotations

import numpy as np

from affectlib.gait.band import choose_window_frames
from affectlib.gait.preprocessing import Preprocessing
from affectlib.gait.ssa import Decomposition, decompose, oscillatory_pair
from affectlib.skeleton import INDEX

N_COMPONENTS = 12
"""Eigentriples to compute, for figures; the stride's pair is among the first few."""


def gait_signal(aligned: np.ndarray) -> np.ndarray:
    """Compute the forward distance between the ankles, the signal that is segmented.

    Parameters
    ----------
    aligned : numpy.ndarray
        Positions in metres without displacement and heading, shape (frames, 15, 3).

    Returns
    -------
    numpy.ndarray
        Left minus right ankle in metres, shape (frames,). It is almost a sine in walking, constant in
        standing, and treats both legs alike but for its sign.
    """
    return aligned[:, INDEX["l_ankle"], 0] - aligned[:, INDEX["r_ankle"], 0]


def find_stride(
    signal_m: np.ndarray, *, rate_hz: float, preprocessing: Preprocessing
) -> tuple[Decomposition | None, tuple[int, int] | None]:
    """Decompose the gait signal and return the eigentriples of its stride.

    Parameters
    ----------
    signal_m : numpy.ndarray
        Gait signal, shape (frames,).

    Returns
    -------
    decomposition : Decomposition or None
        Eigentriples of the signal less its mean; None where the signal is too short.
    pair : tuple of int or None
        The pair of the stride; None where nothing oscillates.
    """
    window = choose_window_frames(signal_m, rate_hz=rate_hz, preprocessing=preprocessing)
    if not window or np.ptp(signal_m) == 0:
        return None, None
    # In an uneven gait one foot is ahead on average; that constant would share eigentriples with
    # a slow stride in a short take.
    centred_m = signal_m - signal_m.mean()
    decomposition = decompose(centred_m, window_frames=window, n_components=N_COMPONENTS)
    return decomposition, oscillatory_pair(decomposition, rate_hz=rate_hz, band_hz=preprocessing.band_hz)
