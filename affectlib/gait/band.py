"""The stride's frequency: the SSA window that fits it, and strides outside the band that is searched."""

from __future__ import annotations

import numpy as np
from scipy.signal import detrend

from affectlib.gait.preprocessing import Preprocessing

LEAST_STRIDES = 2.0
"""Strides in a take from which on their frequency can be told from a drift."""


def choose_window_frames(signal_m: np.ndarray, *, rate_hz: float, preprocessing: Preprocessing) -> int:
    """Return the SSA window in frames: some strides long, and at most half of the signal.

    Parameters
    ----------
    signal_m : numpy.ndarray
        Gait signal, shape (frames,).

    Returns
    -------
    int
        0 where the signal is too short.
    """
    frequency_hz, power = amplitude_spectrum(signal_m, rate_hz=rate_hz)
    power = np.where(_inside(frequency_hz, preprocessing), power, 0)
    period_frames = rate_hz / frequency_hz[power.argmax()] if power.any() else 0
    window = min(round(preprocessing.window_strides * period_frames), len(signal_m) // 2)
    return window if window >= 4 else 0


def stride_outside_band(signal_m: np.ndarray, *, rate_hz: float, preprocessing: Preprocessing) -> float:
    """Estimate the frequency in hertz of a stride outside the band.

    Parameters
    ----------
    signal_m : numpy.ndarray
        Gait signal, shape (frames,).

    Returns
    -------
    float
        NaN where the strongest oscillation lies inside the band, is no more than sway, or is so slow that the
        signal has less than `LEAST_STRIDES` of it.
    """
    frequency_hz, amplitude_m = amplitude_spectrum(signal_m, rate_hz=rate_hz)
    # A drift of a fraction of a stride in the take cannot be told from walking.
    amplitude_m = np.where(frequency_hz * len(signal_m) >= LEAST_STRIDES * rate_hz, amplitude_m, 0)
    strongest = int(amplitude_m.argmax())
    is_peak = 0 < strongest < len(amplitude_m) - 1 and amplitude_m[strongest - 1] > 0
    walks = amplitude_m[strongest] > preprocessing.min_step_m
    outside = not _inside(frequency_hz, preprocessing)[strongest]
    return float(frequency_hz[strongest]) if is_peak and walks and outside else float("nan")


def amplitude_spectrum(signal_m: np.ndarray, *, rate_hz: float) -> tuple[np.ndarray, np.ndarray]:
    """Compute the amplitude spectrum of a signal under a Hann window, zero-padded to eight times its length.

    Parameters
    ----------
    signal_m : numpy.ndarray
        Signal in metres, shape (frames,).

    Returns
    -------
    frequency_hz : numpy.ndarray
        Shape (frequencies,).
    amplitude_m : numpy.ndarray
        Amplitude of a sine of that frequency in metres, shape (frequencies,).
    """
    size = 8 * len(signal_m)
    window = np.hanning(len(signal_m))
    amplitude_m = np.abs(np.fft.rfft(detrend(signal_m) * window, n=size)) * (2 / max(window.sum(), 1e-12))
    return np.arange(len(amplitude_m)) * rate_hz / size, amplitude_m


def _inside(frequency_hz: np.ndarray, preprocessing: Preprocessing) -> np.ndarray:
    low, high = preprocessing.band_hz
    return (frequency_hz >= low) & (frequency_hz <= high)
