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
# Swing of the knee with that of the hip, as an exponent, over affects of recorded people.
_KNEE_SHARE = 0.3
# Low-pass of the velocity of the pelvis, and of its lateral drift.
_SMOOTH_S, _DRIFT_S = 0.02, 1.2

# Differences of height and of speed at which a foot bears 73 %: width of the transfer from foot to foot.
_TRANSFER_M, _TRANSFER_M_S = 0.012, 0.15


def bearing(advantage: np.ndarray, *, width: float) -> np.ndarray:
    """Return the shares of the body that left and right foot bear, shape (frames, 2).

    Parameters
    ----------
    advantage : numpy.ndarray
        What makes left and right foot the bearing one: lower, or faster backwards under the pelvis; shape
        (frames, 2).
    width : float
        Difference at which the shares are 73 and 27 %.
    """
    left = 1 / (1 + np.exp((advantage[:, 1] - advantage[:, 0]) / width))
    return np.stack([left, 1 - left], axis=1)


def stride_length_m(series: np.ndarray, body: Body) -> float:
    """Return the distance by which one cycle of the legs moves the pelvis, the stance foot at rest.

    Parameters
    ----------
    series : numpy.ndarray
        Joint-angle Fourier series in degrees, shape (27, 7).
    """
    ahead = _ankle_cycle(series, body)[:, :, 0]
    backward = (np.roll(ahead, 1, axis=0) - np.roll(ahead, -1, axis=0)) / 2
    # About one cycle a second; the length hardly depends on it.
    share = bearing(backward * len(ahead), width=_TRANSFER_M_S)
    return float((share * backward).sum())


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
        # A shorter stride bends the knee hardly less.
        changed[KNEES, 1:] *= factor**_KNEE_SHARE
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
    motion = np.gradient(ankle, 1 / rate_hz, axis=0)
    w = turn_rad_s[:, None]
    backward, rightward = w * ankle[:, :, 1] - motion[:, :, 0], -w * ankle[:, :, 0] - motion[:, :, 1]
    # A swinging foot is low, too, before it lands, but only the bearing one moves backwards.
    share = bearing(backward, width=_TRANSFER_M_S)
    forward, leftward = (share * backward).sum(axis=1), (share * rightward).sum(axis=1)
    forward, leftward = gaussian_filter1d(np.stack([forward, leftward]), _SMOOTH_S * rate_hz, axis=1)
    leftward -= gaussian_filter1d(leftward, _DRIFT_S * rate_hz)
    lower = gaussian_filter1d(bearing(-ankle[:, :, 2], width=_TRANSFER_M), 0.02 * rate_hz, axis=0)
    support_m = body.ankle_m - (lower * ankle[:, :, 2]).sum(axis=1)
    slow_m = gaussian_filter1d(support_m, 0.7 * rate_hz)
    height_m = slow_m + bounce * gaussian_filter1d(support_m - slow_m, 0.06 * rate_hz)
    return np.stack([forward, leftward], axis=1), height_m


def _ankle_cycle(series: np.ndarray, body: Body) -> np.ndarray:
    mean_deg, swing_deg = evaluate(series, np.arange(200) / 200)
    return pose(body, mean_deg + swing_deg)[:, ANKLES]
