"""Whether motion made anew could be a walk: bones, feet, speeds, and how far it is from the recorded one.

Everything is measured cycle by cycle on positions on the spot, x forward, and compared with the cycle
that was recorded: recorded walks slide and stretch a little as well.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from affectlib.errors import ParameterError
from affectlib.models.scaling import STILL_M
from affectlib.skeleton import INDEX, bone_lengths_m

ANKLES = (INDEX["l_ankle"], INDEX["r_ankle"])

STANDING = 0.2
"""Part of the cycle around the middle of a foot's stance in which it surely stands."""

HARMONICS = 12
"""Harmonics of the stride that spectra reach to; walking has hardly more."""


def bone_error_mm(made: np.ndarray, recorded: np.ndarray) -> np.ndarray:
    """Measure how far bones are from the recorded walker's length.

    Parameters
    ----------
    made : numpy.ndarray
        Positions in metres, shape (cycles, phases, 15, 3).
    recorded : numpy.ndarray
        The cycles they stand for, same shape; a bone's length is its mean over phases.

    Returns
    -------
    numpy.ndarray
        Mean absolute difference over bones and phases in millimetres, shape (cycles,).
    """
    true_m = bone_lengths_m(np.asarray(recorded, dtype=np.float64)).mean(axis=1, keepdims=True)
    return 1000 * np.abs(bone_lengths_m(np.asarray(made, dtype=np.float64)) - true_m).mean(axis=(1, 2))


def foot_sliding_mm(x: np.ndarray) -> np.ndarray:
    """Measure how far feet slide over the floor in the middle of their stance.

    On the spot it is the floor that moves, backwards under the pelvis and, by assumption, steadily: as
    fast as the standing ankles on average. A foot stands for certain around the phase at which its ankle
    passes under the pelvis on its way back, `STANDING` of the cycle; before and after, heel and toes
    roll and the ankle moves without sliding. A pelvis that sways or speeds up within the step looks like
    sliding too, so that recorded walks are not free of it.

    Parameters
    ----------
    x : numpy.ndarray
        Positions in metres, shape (cycles, phases, 15, 3).

    Returns
    -------
    numpy.ndarray
        Way of both ankles over the floor while they stand, in millimetres a cycle, shape (cycles,).
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
    """Tell how the power of the joints' velocities spreads over the harmonics of the stride.

    Parameters
    ----------
    x : numpy.ndarray
        Positions in metres, shape (cycles, phases, 15, 3).

    Returns
    -------
    numpy.ndarray
        Shares that sum to 1, of the harmonics from 1 to at most `HARMONICS`, shape (cycles, harmonics);
        all zero where nothing moves.
    """
    spectrum = np.fft.rfft(np.asarray(x, dtype=np.float64), axis=1)[:, 1 : HARMONICS + 1]
    order = np.arange(1, spectrum.shape[1] + 1)
    power = (np.abs(spectrum) ** 2).sum(axis=(2, 3)) * order**2
    total = power.sum(axis=1, keepdims=True)
    return np.divide(power, total, out=np.zeros_like(power), where=total > (STILL_M * x.shape[1]) ** 2)


def spectrum_distance(made: np.ndarray, recorded: np.ndarray) -> np.ndarray:
    """Measure how far the speed spectrum is from the recorded one.

    Parameters
    ----------
    made : numpy.ndarray
        Positions in metres, shape (cycles, phases, 15, 3).
    recorded : numpy.ndarray
        The cycles they stand for, same shape.

    Returns
    -------
    numpy.ndarray
        Wasserstein distance in harmonics: how far power has to be moved, on average, shape (cycles,).
    """
    difference = speed_spectrum(made) - speed_spectrum(recorded)
    return np.abs(difference.cumsum(axis=1)).sum(axis=1)


def joint_error_mm(made: np.ndarray, recorded: np.ndarray) -> np.ndarray:
    """Measure how far joints are from where they were.

    Motion of another person should be away from the recorded one; of the walker themselves, as
    `FittedAutoencoder.reconstruct` gives it, this is the reconstruction error.

    Parameters
    ----------
    made : numpy.ndarray
        Positions in metres, shape (cycles, phases, 15, 3).
    recorded : numpy.ndarray
        The cycles they stand for, same shape.

    Returns
    -------
    numpy.ndarray
        Mean Euclidean distance over joints but the pelvis, and phases, in millimetres, shape (cycles,).
    """
    away_m = np.linalg.norm(np.asarray(made, dtype=np.float64) - recorded, axis=-1)
    return 1000 * np.delete(away_m, INDEX["pelvis"], axis=2).mean(axis=(1, 2))


def realism(made: np.ndarray, recorded: np.ndarray) -> pd.DataFrame:
    """Measure motion made anew against the recorded one, cycle by cycle.

    Parameters
    ----------
    made : numpy.ndarray
        Positions in metres, shape (cycles, phases, 15, 3).
    recorded : numpy.ndarray
        The cycles they stand for, same shape.

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
    if made.shape != recorded.shape:
        raise ParameterError(
            "motion made anew needs the cycles it stands for",
            found=f"shapes {made.shape} and {recorded.shape}",
        )
    return pd.DataFrame(
        {
            "bone_error_mm": bone_error_mm(made, recorded),
            "foot_sliding_mm": foot_sliding_mm(made),
            "recorded_sliding_mm": foot_sliding_mm(recorded),
            "spectrum_distance": spectrum_distance(made, recorded),
            "joint_error_mm": joint_error_mm(made, recorded),
        }
    )
