"""Trajectories of single joints and bones in gait cycles."""

from __future__ import annotations

import numpy as np

from affectlib.gait.trajectories import derivative
from affectlib.skeleton import INDEX


class Body:
    """Gait cycles as trajectories of single joints.

    Parameters
    ----------
    position : numpy.ndarray
        Positions in metres, shape (cycles, phases, 15, 3).
    duration_s : numpy.ndarray
        Duration of each cycle in seconds, shape (cycles,).
    """

    def __init__(self, position: np.ndarray, duration_s: np.ndarray) -> None:
        self.position = np.asarray(position)
        # Contiguous by joint: every method reads whole trajectories of single joints.
        self._trajectories = np.ascontiguousarray(np.moveaxis(self.position, 2, 0), dtype=float)
        self.duration_s = np.asarray(duration_s, dtype=float)

    def joint(self, name: str) -> np.ndarray:
        """Return the trajectory of one joint in metres, shape (cycles, phases, 3)."""
        return self._trajectories[INDEX[name]]

    def bone(self, start: str, end: str) -> np.ndarray:
        """Return the vector from one joint to another in metres, shape (cycles, phases, 3)."""
        return self.joint(end) - self.joint(start)

    def motion(self, name: str, order: int) -> np.ndarray:
        """Return the magnitude of velocity (order 1), acceleration (2) or jerk (3) relative to the pelvis.

        Returns
        -------
        numpy.ndarray
            Metres per second to the power of `order`, shape (cycles, phases).
        """
        derived = derivative(self.bone("pelvis", name), self.duration_s, order=order)
        return np.linalg.norm(derived, axis=-1)

    def standing_height(self) -> np.ndarray:
        """Return the height of the lower ankle (the floor) in metres, shape (cycles, phases)."""
        return np.minimum(self.joint("l_ankle")[..., 2], self.joint("r_ankle")[..., 2])
