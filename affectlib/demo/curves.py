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

CURVES_DEG = {
    "pelvis_yaw": (0.0, (-2.9, -3.4, -3.7, -4.1, -2.0, 0.0, 2.9, 3.4, 3.7, 4.1, 2.0, 0.0)),
    "pelvis_roll": (0.0, (-1.1, 0.5, 2.1, 1.6, 0.1, 0.6, 1.1, -0.5, -2.1, -1.6, -0.1, -0.6)),
    "trunk_pitch": (2.0, (0.8, 0.9, -0.4, -0.6, -0.5, -0.2, 0.8, 0.9, -0.4, -0.6, -0.5, -0.2)),
    "trunk_roll": (0.0, (2.3, 0.7, -0.9, -1.8, -2.7, -2.8, -2.3, -0.7, 0.9, 1.8, 2.7, 2.8)),
    "trunk_yaw": (0.0, (3.2, 1.7, 0.6, -3.2, -5.1, -5.4, -3.2, -1.7, -0.6, 3.2, 5.1, 5.4)),
    "head_pitch": (9.5, (1.0, -0.3, -1.5, -0.9, 0.4, 1.3, 1.0, -0.3, -1.5, -0.9, 0.4, 1.3)),
    "head_roll": (0.0, (-1.2, -1.5, -1.9, -2.4, -1.5, -0.1, 1.2, 1.5, 1.9, 2.4, 1.5, 0.1)),
    "hip_flexion": (2.8, (11.8, 11.6, 7.2, 0.5, -5.8, -11.2, -16.1, -18.2, -8.9, 3.7, 12.2, 13.1)),
    "hip_abduction": (2.3, (-0.3, -1.8, -1.8, -2.1, -1.6, -0.9, 0.1, 0.3, 1.9, 3.1, 2.1, 1.0)),
    "hip_rotation": (12.0, (0.0,) * 12),
    "knee_flexion": (33.6, (-20.7, -10.9, -6.8, -8.2, -10.2, -10.2, -7.5, 0.7, 24.2, 35.5, 22.1, -8.0)),
    "shoulder_flexion": (-26.6, (-8.7, -6.8, -2.5, 2.3, 7.6, 10.8, 9.6, 4.0, 0.4, -2.3, -6.0, -8.3)),
    "shoulder_abduction": (10.6, (-1.2, -2.5, -2.9, -1.3, 0.5, 2.2, 2.2, 1.2, 0.6, 0.5, 0.6, 0.1)),
    "shoulder_rotation": (1.1, (8.8, 7.8, 4.4, -1.3, -5.0, -8.8, -9.0, -5.3, -2.7, 0.8, 4.0, 6.4)),
    "elbow_flexion": (45.6, (-6.9, -8.0, -6.5, -0.6, 4.8, 11.3, 12.3, 8.0, -0.3, -5.0, -4.2, -4.9)),
    "girdle_protraction": (0.0, (0.0, 0.5, 1.0, 0.9, 0.4, 0.1, -0.4, -0.7, -0.7, -0.5, -0.5, -0.2)),
    "girdle_elevation": (-0.2, (-2.6, -2.5, -1.6, -0.6, 1.4, 2.4, 2.6, 1.7, 1.3, 0.4, -0.6, -1.8)),
}
"""Mean angle, and the difference from it at twelve even phases, of the left side for paired angles.

Means over the neutral cycles of ten recorded people, the right side mirrored onto the left (see
`affectlib.demo.affects`). The vertical of those recordings is not reliable and their neck is a point behind
the shoulders, so the means of trunk, head and protraction are assumptions near one genuine take. Stride
length rescales hip and knee afterwards.
"""

POSTURE_SD_DEG = {
    "pelvis_yaw": 1.3,
    "pelvis_roll": 1.5,
    "trunk_pitch": 3.7,
    "trunk_roll": 1.6,
    "trunk_yaw": 0.8,
    "head_pitch": 6.0,
    "head_roll": 2.7,
    "hip_flexion": 2.1,
    "hip_abduction": 1.9,
    "hip_rotation": 3.0,
    "knee_flexion": 1.6,
    "shoulder_flexion": 5.6,
    "shoulder_abduction": 3.4,
    "shoulder_rotation": 8.8,
    "elbow_flexion": 4.8,
    "girdle_protraction": 4.0,
    "girdle_elevation": 2.8,
}
"""Standard deviation of habitual posture between people (the ten, less the variation between cycles)."""

WAVEFORM_SD_DEG = {
    "pelvis_yaw": 2.7,
    "pelvis_roll": 1.5,
    "trunk_pitch": 1.9,
    "trunk_roll": 1.6,
    "trunk_yaw": 1.7,
    "head_pitch": 1.4,
    "head_roll": 0.7,
    "hip_flexion": 1.4,
    "hip_abduction": 1.4,
    "knee_flexion": 1.8,
    "shoulder_flexion": 3.5,
    "shoulder_abduction": 2.6,
    "shoulder_rotation": 4.6,
    "elbow_flexion": 2.8,
    "girdle_protraction": 0.8,
    "girdle_elevation": 0.7,
}
"""Standard deviation between people of the first harmonic, besides its gain: of the
ten, but for hip and knee flexion, which are set so that feet reach as far as they do in the genuine walk."""

CYCLE_SD_DEG = {
    "pelvis_yaw": 7.8,
    "pelvis_roll": 1.5,
    "trunk_pitch": 1.8,
    "trunk_roll": 0.6,
    "trunk_yaw": 0.5,
    "head_pitch": 7.0,
    "head_roll": 5.0,
    "hip_flexion": 3.9,
    "hip_abduction": 2.4,
    "hip_rotation": 3.8,
    "knee_flexion": 1.9,
    "shoulder_flexion": 2.6,
    "shoulder_abduction": 1.5,
    "shoulder_rotation": 6.0,
    "elbow_flexion": 5.0,
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
        mean_deg, difference_deg = CURVES_DEG[kind_of(name)]
        percent = np.arange(len(difference_deg)) * 100.0 / len(difference_deg)
        coefficients = fourier_coefficients(percent, mean_deg + np.array(difference_deg))
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
