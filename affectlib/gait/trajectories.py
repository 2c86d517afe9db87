"""Trajectories through a gait cycle: derivatives, angles, shifts by half a cycle."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

HARMONICS = 8
"""Harmonics of the stride that derivatives keep: at 0.8 strides a second about 6 Hz, a usual cut-off
for the kinematics of walking. An assumption; jerk depends on it most."""


def derivative(trajectory: np.ndarray, duration_s: np.ndarray, *, order: int) -> np.ndarray:
    """Differentiate trajectories through a cycle with respect to time.

    A line and `HARMONICS` harmonics are fitted together by least squares and differentiated in closed form.
    The line takes up the difference between start and end of a cycle: uniform motion has a velocity and no
    acceleration, and there is no jump where the cycle closes.

    Parameters
    ----------
    trajectory : numpy.ndarray
        Values at evenly spaced phases in [0, 1), shape (cycles, phases, ...).
    duration_s : numpy.ndarray
        Duration of each cycle in seconds, shape (cycles,).
    order : int
        1 for velocity, 2 for acceleration, 3 for jerk.

    Returns
    -------
    numpy.ndarray
        The unit of `trajectory` per second to the power of `order`, same shape.
    """
    cycles, phases = trajectory.shape[:2]
    by_phase = _operator(phases, order) @ trajectory.reshape(cycles, phases, -1)
    per_second = np.asarray(duration_s, dtype=float)[:, None, None] ** -order
    return (by_phase * per_second).reshape(trajectory.shape)


@lru_cache(maxsize=16)
def _operator(phases: int, order: int) -> np.ndarray:
    # At least as many phases as coefficients: constant, drift, and two a harmonic.
    harmonics = min(HARMONICS, (phases - 2) // 2)
    phase = np.arange(phases) / phases
    fitted = np.linalg.pinv(_basis(phase, harmonics, 0))
    return _basis(phase, harmonics, order) @ fitted


def _basis(phase: np.ndarray, harmonics: int, order: int) -> np.ndarray:
    """Return columns of constant, line, cosines and sines, each differentiated `order` times by phase."""
    angular = 2 * np.pi * np.arange(1, harmonics + 1)
    angle = phase[:, None] * angular + order * np.pi / 2
    constant = np.full((len(phase), 1), float(order == 0))
    drift = {0: phase[:, None], 1: np.ones((len(phase), 1))}.get(order, np.zeros((len(phase), 1)))
    return np.hstack([constant, drift, np.cos(angle) * angular**order, np.sin(angle) * angular**order])


def shift_half_cycle(trajectory: np.ndarray) -> np.ndarray:
    """Shift trajectories by half a cycle, by trigonometric interpolation for an odd number of phases.

    Parameters
    ----------
    trajectory : numpy.ndarray
        Values at evenly spaced phases, shape (cycles, phases, ...).

    Returns
    -------
    numpy.ndarray
        At each phase the value half a cycle later, same shape.
    """
    spectrum = np.fft.rfft(trajectory, axis=1)
    sign = (-1.0) ** np.arange(spectrum.shape[1])
    return np.fft.irfft(
        spectrum * sign.reshape(1, -1, *[1] * (trajectory.ndim - 2)), n=trajectory.shape[1], axis=1
    )


def tilt_deg(sideways: np.ndarray, along: np.ndarray) -> np.ndarray:
    """Compute the angle of a direction from a reference direction, in the plane of both.

    Parameters
    ----------
    sideways : numpy.ndarray
        Component in whose direction the angle is positive, any shape.
    along : numpy.ndarray
        Component along the reference direction, same shape.

    Returns
    -------
    numpy.ndarray
        Degrees in (-180, 180], same shape; 0 for a vector of no length.
    """
    return np.degrees(np.arctan2(sideways, along))


def flexion_deg(above: np.ndarray, joint: np.ndarray, below: np.ndarray) -> np.ndarray:
    """Compute the flexion of a joint; 0 degrees for a straight limb.

    Parameters
    ----------
    above, joint, below : numpy.ndarray
        Positions of the joint and its neighbours, shape (..., 3).

    Returns
    -------
    numpy.ndarray
        Degrees in [0, 180], shape (...).
    """
    upper, lower = joint - above, below - joint
    # By the tangent, which stays exact for nearly straight limbs where the cosine does not.
    across = np.linalg.norm(np.cross(upper, lower), axis=-1)
    return np.degrees(np.arctan2(across, (upper * lower).sum(axis=-1)))
