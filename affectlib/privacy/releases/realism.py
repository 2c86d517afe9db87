"""Realism of transferred motion: bones, feet, speeds, and the distance to the recorded motion.

Measured cycle by cycle on positions on the spot in metres, x forward, and compared with the recorded cycle:
recorded walks slide and stretch a little as well.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from affectlib.errors import ParameterError
from affectlib.models.scaling import STILL_M
from affectlib.skeleton import INDEX, bone_lengths_m

ANKLES = (INDEX["l_ankle"], INDEX["r_ankle"])

STANDING = 0.2
"""Share of the cycle around the middle of a foot's stance in which it surely stands."""

HARMONICS = 12
"""Number of harmonics of the stride in spectra; walking has hardly more."""


def bone_error_mm(released: np.ndarray, recorded: np.ndarray) -> np.ndarray:
    """Return the mean absolute error of bone lengths over bones and phases, shape (cycles,).

    Parameters
    ----------
    released, recorded : numpy.ndarray
        Released and recorded cycles; a bone's true length is its recorded mean over phases, shape
        (cycles, phases, 15, 3).
    """
    true_m = bone_lengths_m(np.asarray(recorded, dtype=np.float64)).mean(axis=1, keepdims=True)
    return 1000 * np.abs(bone_lengths_m(np.asarray(released, dtype=np.float64)) - true_m).mean(axis=(1, 2))


def foot_sliding_mm(x: np.ndarray) -> np.ndarray:
    """Return the path of both ankles over the floor while they stand, in millimetres, shape (cycles,).

    On the spot the floor moves backwards, by assumption as fast as the standing ankles on average. A foot
    stands for certain around the phase at which its ankle passes under the pelvis on its way back, for
    `STANDING` of the cycle; before and after, heel and toes roll and the ankle moves without sliding. A
    pelvis that sways or speeds up within the step looks like sliding too, so that recorded walks are not
    free of it.

    Parameters
    ----------
    x : numpy.ndarray
        Shape (cycles, phases, 15, 3).
    """
    ankle = np.asarray(x, dtype=np.float64)[:, :, ANKLES]
    step = (np.roll(ankle, -1, axis=1) - ankle)[..., :2]
    ahead = np.where(step[..., 0] < 0, np.abs(ankle[..., 0]), np.inf)
    reach = round(STANDING * x.shape[1] / 2)
    phases = (ahead.argmin(axis=1)[:, None] + np.arange(-reach, reach)[None, :, None]) % x.shape[1]
    standing = np.take_along_axis(step, phases[..., None], axis=1)
    floor = standing.mean(axis=(1, 2), keepdims=True)
    return 1000 * np.linalg.norm(standing - floor, axis=-1).sum(axis=(1, 2))


def speed_spectrum(x: np.ndarray) -> np.ndarray:
    """Return shares of the power of joint velocities by harmonic of the stride.

    Parameters
    ----------
    x : numpy.ndarray
        Shape (cycles, phases, 15, 3).

    Returns
    -------
    numpy.ndarray
        Shares with sum 1, or 0 where nothing moves, of harmonics from 1 to at most `HARMONICS`, shape
        (cycles, harmonics).
    """
    spectrum = np.fft.rfft(np.asarray(x, dtype=np.float64), axis=1)[:, 1 : HARMONICS + 1]
    order = np.arange(1, spectrum.shape[1] + 1)
    power = (np.abs(spectrum) ** 2).sum(axis=(2, 3)) * order**2
    total = power.sum(axis=1, keepdims=True)
    return np.divide(power, total, out=np.zeros_like(power), where=total > (STILL_M * x.shape[1]) ** 2)


def spectrum_distance(released: np.ndarray, recorded: np.ndarray) -> np.ndarray:
    """Return the Wasserstein distance between speed spectra, in harmonics, shape (cycles,).

    Parameters
    ----------
    released, recorded : numpy.ndarray
        Shape (cycles, phases, 15, 3).
    """
    difference = speed_spectrum(released) - speed_spectrum(recorded)
    return np.abs(difference.cumsum(axis=1)).sum(axis=1)


def joint_error_mm(released: np.ndarray, recorded: np.ndarray) -> np.ndarray:
    """Return the mean Euclidean distance over phases and joints except the pelvis, shape (cycles,).

    For `FittedAutoencoder.reconstruct` this is the reconstruction error; transferred motion of another
    subject should be far from the recorded one.

    Parameters
    ----------
    released, recorded : numpy.ndarray
        Shape (cycles, phases, 15, 3).
    """
    distance_m = np.linalg.norm(np.asarray(released, dtype=np.float64) - recorded, axis=-1)
    return 1000 * np.delete(distance_m, INDEX["pelvis"], axis=2).mean(axis=(1, 2))


def realism(released: np.ndarray, recorded: np.ndarray) -> pd.DataFrame:
    """Compare released with recorded motion, cycle by cycle.

    Parameters
    ----------
    released, recorded : numpy.ndarray
        Shape (cycles, phases, 15, 3).

    Returns
    -------
    pandas.DataFrame
        One row a cycle: ``bone_error_mm``, ``foot_sliding_mm`` and, of the recorded cycle,
        ``recorded_sliding_mm`` (both a cycle), ``spectrum_distance`` (in harmonics) and
        ``joint_error_mm``.

    Raises
    ------
    ParameterError
        If the shapes differ.
    """
    if released.shape != recorded.shape:
        raise ParameterError(
            "released and recorded motion must be of the same cycles",
            found=f"shapes {released.shape} and {recorded.shape}",
        )
    return pd.DataFrame(
        {
            "bone_error_mm": bone_error_mm(released, recorded),
            "foot_sliding_mm": foot_sliding_mm(released),
            "recorded_sliding_mm": foot_sliding_mm(recorded),
            "spectrum_distance": spectrum_distance(released, recorded),
            "joint_error_mm": joint_error_mm(released, recorded),
        }
    )
