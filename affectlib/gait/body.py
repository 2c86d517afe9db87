"""Gait cycles seen joint by joint, for measuring."""

from __future__ import annotations

import numpy as np

from affectlib.gait.course import derivative, size
from affectlib.skeleton import INDEX


class Body:
    """Cycles as courses of single joints.

    Parameters
    ----------
    position : numpy.ndarray
        Positions in metres, shape (cycles, phases, 15, 3).
    duration_s : numpy.ndarray
        Duration of each cycle in seconds, shape (cycles,).
    """

    def __init__(self, position: np.ndarray, duration_s: np.ndarray) -> None:
        self.position = np.asarray(position)
        # Joint by joint in memory: everything below asks for whole courses of single joints.
        self._courses = np.ascontiguousarray(np.moveaxis(self.position, 2, 0), dtype=float)
        self.duration_s = np.asarray(duration_s, dtype=float)

    def joint(self, name: str) -> np.ndarray:
        """Course of one joint.

        Parameters
        ----------
        name : str
            A canonical joint name.

        Returns
        -------
        numpy.ndarray
            Metres, shape (cycles, phases, 3).
        """
        return self._courses[INDEX[name]]

    def bone(self, start: str, end: str) -> np.ndarray:
        """Course of the vector from one joint to another.

        Parameters
        ----------
        start, end : str
            Canonical joint names.

        Returns
        -------
        numpy.ndarray
            Metres, shape (cycles, phases, 3).
        """
        return self.joint(end) - self.joint(start)

    def motion(self, name: str, order: int) -> np.ndarray:
        """Size of a joint's velocity, acceleration or jerk relative to the pelvis.

        Parameters
        ----------
        name : str
            A canonical joint name.
        order : int
            1, 2 or 3.

        Returns
        -------
        numpy.ndarray
            Metres per second to the power of `order`, shape (cycles, phases).
        """
        return size(derivative(self.joint(name) - self.joint("pelvis"), self.duration_s, order=order))

    def standing_height(self) -> np.ndarray:
        """Height of the lower ankle: where the floor is, as far as joints can tell.

        Returns
        -------
        numpy.ndarray
            Metres, shape (cycles, phases).
        """
        return np.minimum(self.joint("l_ankle")[..., 2], self.joint("r_ankle")[..., 2])
