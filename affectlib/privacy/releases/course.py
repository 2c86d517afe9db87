"""Releases that change the course along the cycle: heading and pace, differences, harmonics.

After Hanisch et al. (2023), arXiv:2203.04179, as those of `posture`, except heading and pace. Cycles are
periodic, so that differences continue at the other end. Positions are in metres, x forward.
"""

from __future__ import annotations

from functools import partial

import numpy as np

from affectlib.models.scaling import STILL_M
from affectlib.privacy.releases.release import Function, Release
from affectlib.privacy.walks import Walks
from affectlib.skeleton import INDEX


def remaining_heading(x: np.ndarray) -> np.ndarray:
    """Return the mean heading over a cycle, from the horizontal normal of hip and shoulder lines.

    Parameters
    ----------
    x : numpy.ndarray
        Shape (cycles, phases, 15, 3).

    Returns
    -------
    numpy.ndarray
        Radians, anticlockwise from x, shape (cycles,).
    """
    left = [INDEX["l_hip"], INDEX["l_shoulder"]]
    right = [INDEX["r_hip"], INDEX["r_shoulder"]]
    leftward = np.asarray(x, dtype=np.float64)[:, :, left, :2] - x[:, :, right, :2]
    leftward /= np.maximum(np.linalg.norm(leftward, axis=-1, keepdims=True), 1e-9)
    total = leftward.sum(axis=(1, 2))
    return np.arctan2(-total[:, 0], total[:, 1])


def stride_length_m(x: np.ndarray) -> np.ndarray:
    """Return left and right step length together, the range of one ankle's lead, shape (cycles,).

    Parameters
    ----------
    x : numpy.ndarray
        Shape (cycles, phases, 15, 3).
    """
    return np.ptp(x[:, :, INDEX["l_ankle"], 0] - x[:, :, INDEX["r_ankle"], 0], axis=1).astype(np.float64)


def remove_heading_and_pace(x: np.ndarray, *, stride_m: float, share: float) -> np.ndarray:
    """Turn every cycle straight ahead and scale strides towards one length, same shape.

    Gait cycles walk on the spot, along x, and last one cycle each, so that most of heading and pace is
    removed before. What is left is a constant turn of single cycles, and the length of strides, which grows
    with speed: all forward motion about a joint's mean is scaled by one factor a cycle. Bones then change
    their length by some percent. The shares of stance and swing also depend on pace, and stay.

    Parameters
    ----------
    x : numpy.ndarray
        Shape (cycles, phases, 15, 3).
    stride_m : float
        Target of `stride_length_m`.
    share : float
        Share of the difference in logarithms that is removed; 0 leaves strides unchanged.
    """
    turn = remaining_heading(x)
    cos, sin = np.cos(turn)[:, None, None], np.sin(turn)[:, None, None]
    forward, left, up = np.moveaxis(np.asarray(x, dtype=np.float64), -1, 0)
    straight = np.stack([forward * cos + left * sin, left * cos - forward * sin, up], axis=-1)
    factor = (stride_m / np.maximum(stride_length_m(straight), STILL_M)) ** share
    mean = straight[..., 0].mean(axis=1, keepdims=True)
    straight[..., 0] = mean + (straight[..., 0] - mean) * factor[:, None, None]
    return straight.astype(np.float32)


def differences(x: np.ndarray, *, order: int) -> np.ndarray:
    """Compute differences along phases, in metres per cycle to the power of `order`, same shape.

    Parameters
    ----------
    x : numpy.ndarray
        Shape (cycles, phases, 15, 3).
    order : int
        1 for velocity, 2 for acceleration.
    """
    changed = np.asarray(x, dtype=np.float64)
    for _ in range(order):
        changed = (np.roll(changed, -1, axis=1) - changed) * x.shape[1]
    return changed.astype(np.float32)


def keep_harmonics(x: np.ndarray, *, n_harmonics: int) -> np.ndarray:
    """Keep the mean and the first harmonics of the cycle, same shape.

    Hanisch et al. give all walkers one frequency and one sine a component. Cycles have one frequency;
    they differ in its harmonics.

    Parameters
    ----------
    x : numpy.ndarray
        Shape (cycles, phases, 15, 3).
    n_harmonics : int
        Number of harmonics; 0 leaves a standing figure, the cycle's average pose.
    """
    spectrum = np.fft.rfft(np.asarray(x, dtype=np.float64), axis=1)
    spectrum[:, n_harmonics + 1 :] = 0
    return np.fft.irfft(spectrum, n=x.shape[1], axis=1).astype(np.float32)


def _fit_heading_and_pace(train: Walks, value: float, seed: int) -> Function:
    # The geometric mean, as lengths are scaled in logarithms.
    stride_m = float(np.exp(np.log(np.maximum(stride_length_m(train.x), STILL_M)).mean()))
    return partial(remove_heading_and_pace, stride_m=stride_m, share=value)


COURSE = (
    Release(
        name="heading and pace removed",
        parameter="share of stride length",
        values=(0.0, 0.5, 1.0),
        kind="series",
        fit=_fit_heading_and_pace,
        description="Turned straight ahead, strides scaled to the training subjects' average length.",
    ),
    Release(
        name="frame differences",
        parameter="order",
        values=(1, 2, 3),
        kind="series",
        fit=lambda train, value, seed: partial(differences, order=value),
        description="Changes from phase to phase only, without the mean posture.",
    ),
    Release(
        name="frequency equalised",
        parameter="harmonics kept",
        values=(4, 2, 1, 0),
        kind="series",
        fit=lambda train, value, seed: partial(keep_harmonics, n_harmonics=value),
        description="Mean and first harmonics of the cycle; without harmonics, only the average pose.",
    ),
)
"""Releases that change the course along the cycle."""
