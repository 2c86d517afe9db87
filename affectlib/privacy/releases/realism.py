"""Realism of transferred motion: bone lengths, foot sliding, speeds, distance to the recorded motion.

Measured cycle by cycle on positions in metres relative to the pelvis, x forward. Recorded cycles are the
reference, since their feet slide and their bones stretch a little as well.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from affectlib.errors import ParameterError
from affectlib.models.scaling import STILL_M
from affectlib.skeleton import INDEX, bone_lengths_m

ANKLES = (INDEX["l_ankle"], INDEX["r_ankle"])

STANDING = 0.2
"""Share of the cycle around mid-stance in which a foot stands flat; in the rest of the stance, which is about
60 % of the cycle, heel and toes roll."""

HARMONICS = 12
"""Number of harmonics of the stride in spectra, for about 1 stride/s up to 12 Hz; walking has hardly more."""


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

    Relative to the pelvis the floor moves backwards, by assumption as fast as the standing ankles on average.
    A foot stands flat around mid-stance, the phase at which its ankle passes under the pelvis on its way
    back, for `STANDING` of the cycle; before and after, heel and toes roll and the ankle moves without
    sliding. A pelvis that sways or speeds up within the step looks like sliding too, so that recorded walks
    are not free of it.

    Parameters
    ----------
    x : numpy.ndarray
        Shape (cycles, phases, 15, 3).
    """
    ankle = np.asarray(x, dtype=np.float64)[:, :, ANKLES]
    step = (np.roll(ankle, -1, axis=1) - ankle)[..., :2]
    moves_back = step[..., 0] < 0
    mid_stance = np.where(moves_back, np.abs(ankle[..., 0]), np.inf).argmin(axis=1, keepdims=True)
    half = round(STANDING * x.shape[1] / 2)
    phases = (mid_stance + np.arange(-half, half)[None, :, None]) % x.shape[1]
    standing_step = np.take_along_axis(step, phases[..., None], axis=1)
    floor_step = standing_step.mean(axis=(1, 2), keepdims=True)
    return 1000 * np.linalg.norm(standing_step - floor_step, axis=-1).sum(axis=(1, 2))


def speed_spectrum(x: np.ndarray) -> np.ndarray:
    """Return the distribution of the power of joint velocities over the harmonics of the stride.

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
    harmonic = np.arange(1, spectrum.shape[1] + 1)
    # A derivative multiplies amplitudes by the harmonic.
    power = (np.abs(spectrum) ** 2).sum(axis=(2, 3)) * harmonic**2
    total = power.sum(axis=1, keepdims=True)
    return np.divide(power, total, out=np.zeros_like(power), where=total > (STILL_M * x.shape[1]) ** 2)


def spectrum_distance(released: np.ndarray, recorded: np.ndarray) -> np.ndarray:
    """Return the Wasserstein distance between speed spectra, in harmonics, shape (cycles,).

    Parameters
    ----------
    released, recorded : numpy.ndarray
        Shape (cycles, phases, 15, 3).
    """
    # Between distributions on a line: the area between their cumulative distributions.
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
        ``recorded_sliding_mm`` (both per cycle), ``spectrum_distance`` (in harmonics) and
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
