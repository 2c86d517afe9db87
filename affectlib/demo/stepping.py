"""Movement of the pelvis that follows from the legs: stride length, stance, and velocity."""

from __future__ import annotations

import numpy as np
from scipy.ndimage import gaussian_filter1d
from scipy.optimize import brentq

from affectlib.demo.anthropometry import Body
from affectlib.demo.curves import ANGLES, evaluate, shift_phase
from affectlib.demo.kinematics import pose
from affectlib.skeleton import INDEX

HIPS = np.array([name.endswith("hip_flexion") for name in ANGLES])
KNEES = np.array([name.endswith("knee_flexion") for name in ANGLES])
ANKLES = [INDEX["l_ankle"], INDEX["r_ankle"]]

# Width of the transfer of weight from foot to foot: the height difference at which a foot bears 73 %.
_TRANSFER_M = 0.012


def bearing(ankle_up_m: np.ndarray) -> np.ndarray:
    """Return the shares of the body that left and right foot bear, more by the lower one, shape (frames, 2).

    Parameters
    ----------
    ankle_up_m : numpy.ndarray
        Heights of left and right ankle above a common level, shape (frames, 2).
    """
    left = 1 / (1 + np.exp((ankle_up_m[:, 0] - ankle_up_m[:, 1]) / _TRANSFER_M))
    return np.stack([left, 1 - left], axis=1)


def stride_length_m(series: np.ndarray, body: Body) -> float:
    """Return the distance by which one cycle of the legs moves the pelvis, the stance foot at rest.

    Parameters
    ----------
    series : numpy.ndarray
        Joint-angle Fourier series in degrees, shape (27, 7).
    """
    ankle = _ankle_cycle(series, body)
    ahead, up = ankle[:, :, 0], ankle[:, :, 2]
    step = np.roll(ahead, -1, axis=0) - np.roll(ahead, 1, axis=0)
    share = gaussian_filter1d(bearing(up), 0.016 * len(ankle), axis=0, mode="wrap")
    return float(-(share * step).sum() / 2)


def fit_stride(series: np.ndarray, body: Body, target_m: float) -> np.ndarray:
    """Scale the swing of hips and knees to a stride length.

    Parameters
    ----------
    series : numpy.ndarray
        Joint-angle Fourier series in degrees, shape (27, 7), as the result.
    """

    def scaled(factor: float) -> np.ndarray:
        changed = series.copy()
        changed[HIPS, 1:] *= factor
        # A shorter stride bends the knee less, though not in proportion.
        changed[KNEES, 1:] *= np.sqrt(factor)
        return changed

    factor = brentq(lambda f: stride_length_m(scaled(f), body) - target_m, 0.3, 2.5, xtol=1e-4)
    return scaled(factor)


def begin_at_reach(series: np.ndarray, body: Body) -> np.ndarray:
    """Shift phase 0 to the time at which the left ankle is furthest ahead of the pelvis.

    Parameters
    ----------
    series : numpy.ndarray
        Joint-angle Fourier series in degrees, shape (27, 7), as the result.
    """
    ahead = _ankle_cycle(series, body)[:, 0, 0]
    # The vertex of the parabola through the furthest sample and its neighbours.
    top = int(np.argmax(ahead))
    before, at, after = ahead[top - 1], ahead[top], ahead[(top + 1) % len(ahead)]
    vertex = 0.5 * (before - after) / (before - 2 * at + after)
    return shift_phase(series, (top + vertex) / len(ahead))


def carry(
    position: np.ndarray, turn_rad_s: np.ndarray, *, body: Body, bounce: float, rate_hz: float
) -> tuple[np.ndarray, np.ndarray]:
    """Compute velocity and height of the pelvis for which the stance foot is at rest.

    A foot at rest in a frame that turns at rate ``w`` moves there with ``(-vx + w y, -vy - w x)``;
    solved for the velocity ``v`` of the pelvis. Slow lateral drift, which would leave the path, is
    removed.

    Parameters
    ----------
    position : numpy.ndarray
        Joints around the pelvis in the frame of the path, metres, shape (frames, 15, 3).
    turn_rad_s : numpy.ndarray
        Turning rate of that frame, shape (frames,).
    bounce : float
        Gain of the vertical movement.

    Returns
    -------
    velocity_m_s : numpy.ndarray
        Forward and leftward velocity of the pelvis, shape (frames, 2).
    height_m : numpy.ndarray
        Height of the pelvis over the floor, shape (frames,).
    """
    ankle = position[:, ANKLES]
    share = gaussian_filter1d(bearing(ankle[:, :, 2]), 0.02 * rate_hz, axis=0)
    motion = np.gradient(ankle, 1 / rate_hz, axis=0)
    w = turn_rad_s[:, None]
    forward = (share * (w * ankle[:, :, 1] - motion[:, :, 0])).sum(axis=1)
    leftward = (share * (-w * ankle[:, :, 0] - motion[:, :, 1])).sum(axis=1)
    forward, leftward = gaussian_filter1d(np.stack([forward, leftward]), 0.05 * rate_hz, axis=1)
    leftward -= gaussian_filter1d(leftward, 0.6 * rate_hz)
    support_m = body.ankle_m - (share * ankle[:, :, 2]).sum(axis=1)
    slow_m = gaussian_filter1d(support_m, 0.7 * rate_hz)
    height_m = slow_m + bounce * gaussian_filter1d(support_m - slow_m, 0.06 * rate_hz)
    return np.stack([forward, leftward], axis=1), height_m


def _ankle_cycle(series: np.ndarray, body: Body) -> np.ndarray:
    mean_deg, swing_deg = evaluate(series, np.arange(200) / 200)
    return pose(body, mean_deg + swing_deg)[:, ANKLES]
