"""Joint angles of unhurried normal walking as Fourier series over the gait cycle.

Phase 0 is the left heel strike. Angles are in degrees. Hip flexion is the elevation of the thigh
against the vertical, since the pelvis of a fifteen-joint skeleton is a point without tilt; the
angles of the shoulder are those of the upper arm.
"""

from __future__ import annotations

import numpy as np
from scipy.interpolate import CubicSpline

N_HARMONICS = 6

MIDLINE = (
    "pelvis_yaw",
    "pelvis_roll",
    "trunk_pitch",
    "trunk_roll",
    "trunk_yaw",
    "head_pitch",
    "head_roll",
)
"""Angles of the body's middle: yaw to the left, roll to the right, pitch forward positive."""

PAIRED = (
    "hip_flexion",
    "hip_abduction",
    "hip_rotation",
    "knee_flexion",
    "shoulder_flexion",
    "shoulder_abduction",
    "shoulder_rotation",
    "elbow_flexion",
    "girdle_protraction",
    "girdle_elevation",
)
"""Angles of either side: forward, outward, outward rotation, forward, upward positive."""

ANGLES = (*MIDLINE, *(f"l_{name}" for name in PAIRED), *(f"r_{name}" for name in PAIRED))
"""All joint angles in the order of arrays of angles."""

ANGLE = {name: index for index, name in enumerate(ANGLES)}
"""Index of each angle along the angle axis."""

KEY_POINTS_DEG = {
    "pelvis_yaw": ((0, -4), (25, 0), (50, 4), (75, 0)),
    "pelvis_roll": ((0, -0.5), (15, 2.5), (40, 0.5), (50, 0.5), (65, -2.5), (90, -0.5)),
    "trunk_pitch": ((0, 2.5), (25, 1.5), (50, 2.5), (75, 1.5)),
    "trunk_roll": ((0, 0), (20, -1.2), (50, 0), (70, 1.2)),
    "trunk_yaw": ((0, 4), (25, 0), (50, -4), (75, 0)),
    "head_pitch": ((0, 9), (25, 10), (50, 9), (75, 10)),
    "head_roll": ((0, 0), (25, 0.8), (50, 0), (75, -0.8)),
    "hip_flexion": ((0, 21), (12, 17), (30, 2), (50, -15), (60, -9), (72, 11), (85, 24), (94, 24)),
    "hip_abduction": ((0, 0), (15, -3), (40, -2), (60, 2), (75, 4), (90, 1.5)),
    "hip_rotation": ((0, 3), (25, 4), (50, 7), (70, 5), (85, 2)),
    "knee_flexion": ((0, 6), (13, 16), (38, 7), (50, 14), (60, 35), (72, 58), (86, 26), (95, 5)),
    "shoulder_flexion": ((0, -15), (25, -4), (50, 9), (75, -3)),
    "shoulder_abduction": ((0, 9), (25, 8), (50, 9), (75, 10)),
    "shoulder_rotation": ((0, -15), (25, -18), (50, -22), (75, -18)),
    "elbow_flexion": ((0, 14), (20, 18), (50, 36), (80, 20)),
    "girdle_protraction": ((0, -1), (50, 1)),
    "girdle_elevation": ((0, 0.5), (25, -0.5), (50, 0.5), (75, -0.5)),
}
"""Percent of the cycle and angle, of the left side for paired angles.

Rounded from general knowledge of slow to comfortable walking rather than taken from one table: an
assumption. Stride length rescales hip and knee afterwards.
"""

POSTURE_SD_DEG = {
    "pelvis_yaw": 0.5,
    "pelvis_roll": 0.5,
    "trunk_pitch": 2.5,
    "trunk_roll": 0.8,
    "trunk_yaw": 1.2,
    "head_pitch": 6.0,
    "head_roll": 2.0,
    "hip_flexion": 1.5,
    "hip_abduction": 1.3,
    "hip_rotation": 3.0,
    "knee_flexion": 2.5,
    "shoulder_flexion": 4.0,
    "shoulder_abduction": 3.0,
    "shoulder_rotation": 8.0,
    "elbow_flexion": 7.0,
    "girdle_protraction": 4.0,
    "girdle_elevation": 3.0,
}
"""Standard deviation of habitual posture between people (an assumption)."""

CYCLE_SD_DEG = {
    "pelvis_yaw": 7.8,
    "pelvis_roll": 1.5,
    "trunk_pitch": 1.8,
    "trunk_roll": 0.6,
    "trunk_yaw": 0.5,
    "head_pitch": 7.0,
    "head_roll": 5.0,
    "hip_flexion": 3.75,
    "hip_abduction": 2.05,
    "hip_rotation": 2.85,
    "knee_flexion": 1.3,
    "shoulder_flexion": 3.3,
    "shoulder_abduction": 1.5,
    "shoulder_rotation": 6.0,
    "elbow_flexion": 6.5,
    "girdle_protraction": 1.2,
    "girdle_elevation": 1.2,
}
"""Standard deviation of mean angles from cycle to cycle, set by the calibration (an assumption)."""

WITHIN_CYCLE = {
    "pelvis_yaw": 0.7,
    "pelvis_roll": 0.8,
    "trunk_pitch": 0.8,
    "trunk_roll": 0.8,
    "trunk_yaw": 1.0,
    "head_pitch": 0.9,
    "head_roll": 0.9,
    "hip_flexion": 0.4,
    "hip_abduction": 0.7,
    "hip_rotation": 1.0,
    "knee_flexion": 1.0,
    "shoulder_flexion": 1.2,
    "shoulder_abduction": 1.0,
    "shoulder_rotation": 1.0,
    "elbow_flexion": 1.2,
    "girdle_protraction": 1.0,
    "girdle_elevation": 1.0,
}
"""Variation within a cycle, relative to `CYCLE_SD_DEG` (an assumption)."""

TAKE_SD_DEG = {
    "trunk_roll": 0.3,
    "trunk_yaw": 0.5,
    "head_roll": 0.7,
    "hip_abduction": 0.3,
    "hip_rotation": 1.0,
    "shoulder_flexion": 1.0,
    "shoulder_abduction": 1.0,
    "shoulder_rotation": 2.0,
}
"""Standard deviation of mean angles between takes, besides that of the manner (an assumption)."""

STANDING_DEG = {"hip_flexion": 3.0, "hip_abduction": 1.0, "hip_rotation": 5.0, "knee_flexion": 5.0}
"""Angles of the legs in standing, which differ from their means in walking."""


def kind_of(angle: str) -> str:
    """Return the name of an angle without its side, one of `MIDLINE` or `PAIRED`."""
    return angle[2:] if angle[:2] in ("l_", "r_") else angle


def per_angle(table: dict[str, float], *, default: float = 0.0) -> np.ndarray:
    """Return the values of kinds of angles for all `ANGLES`, shape (27,)."""
    return np.array([table.get(kind_of(name), default) for name in ANGLES])


def fourier_coefficients(percent: np.ndarray, angle_deg: np.ndarray) -> np.ndarray:
    """Return the Fourier series of a periodic cubic spline through key points.

    Parameters
    ----------
    percent : numpy.ndarray
        Percent of the cycle, increasing from 0, shape (points,).
    angle_deg : numpy.ndarray
        Values there, shape (points,).

    Returns
    -------
    numpy.ndarray
        Complex ``c`` with ``angle(phase) = Re(sum_h c[h] exp(2 pi i h phase))``, shape (7,).
    """
    curve = CubicSpline(np.append(percent, 100.0), np.append(angle_deg, angle_deg[0]), bc_type="periodic")
    n_samples = 200
    spectrum = np.fft.rfft(curve(np.arange(n_samples) * 100.0 / n_samples)) / n_samples
    return np.concatenate([spectrum[:1], 2 * spectrum[1 : N_HARMONICS + 1]])


def normative() -> np.ndarray:
    """Return the Fourier series of all joint angles of the average walker in degrees, shape (27, 7).

    The right side is half a cycle behind the left.
    """
    series = []
    half_cycle = np.exp(1j * np.pi * np.arange(N_HARMONICS + 1))
    for name in ANGLES:
        percent, angle_deg = np.array(KEY_POINTS_DEG[kind_of(name)], dtype=float).T
        coefficients = fourier_coefficients(percent, angle_deg)
        series.append(coefficients * half_cycle if name.startswith("r_") else coefficients)
    return np.array(series)


def evaluate(coefficients: np.ndarray, phase: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Evaluate Fourier series at phases.

    Parameters
    ----------
    coefficients : numpy.ndarray
        As from `normative`, shape (angles, 7).
    phase : numpy.ndarray
        Phase in cycles, shape (frames,).

    Returns
    -------
    mean_deg : numpy.ndarray
        The constant terms, shape (angles,).
    swing_deg : numpy.ndarray
        The sums of the other terms, shape (frames, angles).
    """
    turns = np.outer(phase, np.arange(1, N_HARMONICS + 1))
    swing = np.exp(2j * np.pi * turns) @ coefficients[:, 1:].T
    return coefficients[:, 0].real, swing.real


def derivative(coefficients: np.ndarray) -> np.ndarray:
    """Return the derivative of Fourier series with respect to phase.

    Parameters
    ----------
    coefficients : numpy.ndarray
        Shape (angles, 7), as the result.
    """
    return coefficients * 2j * np.pi * np.arange(coefficients.shape[1])


def shift_phase(coefficients: np.ndarray, phase: float) -> np.ndarray:
    """Return Fourier series of cycles that begin at another phase.

    Parameters
    ----------
    coefficients : numpy.ndarray
        Shape (angles, 7), as the result.
    """
    return coefficients * np.exp(2j * np.pi * phase * np.arange(coefficients.shape[1]))
