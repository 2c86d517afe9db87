"""Releases that change the course along the cycle: heading and pace, differences, harmonics.

Like those of `posture`, after Hanisch et al. (2023), arXiv:2203.04179, except heading and pace. Cycles
are periodic, so differences go on at the other end.
"""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np

from affectlib.models.scaling import STILL_M
from affectlib.privacy.releases.release import Function, Release
from affectlib.privacy.walks import Walks
from affectlib.skeleton import INDEX


def remaining_heading(x: np.ndarray) -> np.ndarray:
    """Tell which way a walker faces on average over a cycle.

    Parameters
    ----------
    x : numpy.ndarray
        Positions in metres, x forward, shape (cycles, phases, 15, 3).

    Returns
    -------
    numpy.ndarray
        Radians, anticlockwise from x, of the horizontal normal of hip and shoulder lines, shape (cycles,).
    """
    left = [INDEX["l_hip"], INDEX["l_shoulder"]]
    right = [INDEX["r_hip"], INDEX["r_shoulder"]]
    leftward = np.asarray(x, dtype=np.float64)[:, :, left, :2] - x[:, :, right, :2]
    leftward /= np.maximum(np.linalg.norm(leftward, axis=-1, keepdims=True), 1e-9)
    total = leftward.sum(axis=(1, 2))
    return np.arctan2(-total[:, 0], total[:, 1])


def stride_length_m(x: np.ndarray) -> np.ndarray:
    """Measure left and right step length together.

    Parameters
    ----------
    x : numpy.ndarray
        Positions in metres, x forward, shape (cycles, phases, 15, 3).

    Returns
    -------
    numpy.ndarray
        Range of the left ankle's lead over the right one in metres, shape (cycles,).
    """
    return np.ptp(x[:, :, INDEX["l_ankle"], 0] - x[:, :, INDEX["r_ankle"], 0], axis=1).astype(np.float64)


def remove_heading_and_pace(x: np.ndarray, *, stride_m: float, share: float) -> np.ndarray:
    """Turn every cycle straight ahead and bring strides to one length.

    Gait cycles walk on the spot, look along x and last one cycle each, so that most of heading and
    pace is gone before. What is left is a constant turn of single cycles, and the length of the
    strides, which grows with speed: all forward and backward motion about a joint's mean is scaled by
    one factor a cycle. Bones then change their length by some percent. How stance and swing share the
    cycle also depends on pace, and stays.

    Parameters
    ----------
    x : numpy.ndarray
        Positions in metres, shape (cycles, phases, 15, 3).
    stride_m : float
        Stride length wanted, as `stride_length_m` measures it.
    share : float
        Part of the difference, in logarithms, that is taken away; 0 leaves the strides alone.

    Returns
    -------
    numpy.ndarray
        Positions in metres, same shape.
    """
    turn = remaining_heading(x)
    cos, sin = np.cos(turn)[:, None, None], np.sin(turn)[:, None, None]
    forward, left, up = np.moveaxis(np.asarray(x, dtype=np.float64), -1, 0)
    straight = np.stack([forward * cos + left * sin, left * cos - forward * sin, up], axis=-1)
    factor = (stride_m / np.maximum(stride_length_m(straight), STILL_M)) ** share
    middle = straight[..., 0].mean(axis=1, keepdims=True)
    straight[..., 0] = middle + (straight[..., 0] - middle) * factor[:, None, None]
    return straight.astype(np.float32)


def differences(x: np.ndarray, *, order: int) -> np.ndarray:
    """Keep only the changes from phase to phase: motion without posture.

    Parameters
    ----------
    x : numpy.ndarray
        Positions in metres, shape (cycles, phases, 15, 3).
    order : int
        How often differences are taken: 1 for velocity, 2 for acceleration.

    Returns
    -------
    numpy.ndarray
        Metres per cycle to the power of `order`, same shape.
    """
    changed = np.asarray(x, dtype=np.float64)
    for _ in range(order):
        changed = (np.roll(changed, -1, axis=1) - changed) * x.shape[1]
    return changed.astype(np.float32)


def keep_harmonics(x: np.ndarray, *, n_harmonics: int) -> np.ndarray:
    """Keep the mean and the first harmonics of the cycle.

    Hanisch et al. bring all walkers to one frequency and one sine a component. Cycles have one
    frequency; what differs is how much of it there is in the harmonics.

    Parameters
    ----------
    x : numpy.ndarray
        Positions in metres, shape (cycles, phases, 15, 3).
    n_harmonics : int
        Harmonics of the stride; 0 leaves a standing figure, the cycle's average pose.

    Returns
    -------
    numpy.ndarray
        Positions in metres, same shape.
    """
    spectrum = np.fft.rfft(np.asarray(x, dtype=np.float64), axis=1)
    spectrum[:, n_harmonics + 1 :] = 0
    return np.fft.irfft(spectrum, n=x.shape[1], axis=1).astype(np.float32)


def _fit_heading_and_pace(train: Walks, value: float, seed: int) -> Function:
    # The geometric mean: lengths are brought together in logarithms.
    stride_m = float(np.exp(np.log(np.maximum(stride_length_m(train.x), STILL_M)).mean()))
    return partial(remove_heading_and_pace, stride_m=stride_m, share=value)


def _fit_differences(train: Walks, value: int, seed: int) -> Function:
    return partial(differences, order=value)


def _fit_keep_harmonics(train: Walks, value: Any, seed: int) -> Function:
    return partial(keep_harmonics, n_harmonics=value)


COURSE = (
    Release(
        name="heading and pace removed",
        parameter="share of stride length",
        values=(0.0, 0.5, 1.0),
        kind="series",
        fit=_fit_heading_and_pace,
        description="Turned straight ahead, strides brought to the training people's average length.",
    ),
    Release(
        name="frame differences",
        parameter="order",
        values=(1, 2, 3),
        kind="series",
        fit=_fit_differences,
        description="Changes from phase to phase only; the mean posture is gone.",
    ),
    Release(
        name="frequency equalised",
        parameter="harmonics kept",
        values=(4, 2, 1, 0),
        kind="series",
        fit=_fit_keep_harmonics,
        description="Mean and first harmonics of the cycle; without harmonics, only the average pose.",
    ),
)
"""Releases that change the course along the cycle."""
