"""Measures of a body that several checks of a take share."""

from __future__ import annotations

import numpy as np

from affectlib.skeleton import INDEX


def midpoint(position_m: np.ndarray, part: str) -> np.ndarray:
    """Return the midpoint of a left and a right joint, such as ``"hip"``, shape (frames, 3).

    Parameters
    ----------
    position_m : numpy.ndarray
        Positions in metres, shape (frames, 15, 3).
    """
    return np.asarray((position_m[:, INDEX[f"l_{part}"]] + position_m[:, INDEX[f"r_{part}"]]) / 2)


def extent_m(position_m: np.ndarray) -> float:
    """Return the median distance from the head to the midpoint of the ankles: .88 of body height.

    Parameters
    ----------
    position_m : numpy.ndarray
        Finite positions in metres, shape (frames, 15, 3).
    """
    ankles_to_head_m = position_m[:, INDEX["head"]] - midpoint(position_m, "ankle")
    return float(np.median(np.linalg.norm(ankles_to_head_m, axis=1)))


def rightward(position_m: np.ndarray) -> np.ndarray:
    """Return the horizontal direction to the right by shoulders and hips, of any length, shape (frames, 2).

    Parameters
    ----------
    position_m : numpy.ndarray
        Positions in metres, z up, shape (frames, 15, 3).
    """
    shoulders, hips = (
        position_m[:, INDEX[f"r_{part}"], :2] - position_m[:, INDEX[f"l_{part}"], :2]
        for part in ("shoulder", "hip")
    )
    return np.asarray(shoulders + hips)


def forward_from(rightward: np.ndarray) -> np.ndarray:
    """Return the horizontal unit vectors that point forward, shape (frames, 2).

    Parameters
    ----------
    rightward : numpy.ndarray
        Directions to the right of the body, shape (frames, 2) or (frames, 3).
    """
    forward = np.stack([-rightward[:, 1], rightward[:, 0]], axis=1)
    return np.asarray(forward / np.maximum(np.linalg.norm(forward, axis=1, keepdims=True), 1e-9))
