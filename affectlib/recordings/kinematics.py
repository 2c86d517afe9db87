"""Forward kinematics: joint positions from joint angles, all frames at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, kw_only=True)
class Joint:
    """One node of a hierarchy.

    Parameters
    ----------
    parent : int, optional
        Index of the parent, which is earlier in the list; None for a root.
    offset : tuple of float
        Rest position in the parent's axes.
    channels : tuple of (str, int)
        ``("position" or "rotation", axis)`` in the order of the values in a row.
    """

    name: str
    parent: int | None
    offset: tuple[float, ...]
    channels: tuple[tuple[str, int], ...] = ()


def rotation_about(axis: int, angle_deg: np.ndarray) -> np.ndarray:
    """Return matrices that rotate column vectors about one coordinate axis, shape (frames, 3, 3).

    Parameters
    ----------
    angle_deg : numpy.ndarray
        Angles in degrees, shape (frames,).
    """
    # Not scipy's Rotation: its quaternions round the last digit differently, and results would move.
    cosine, sine = np.cos(np.radians(angle_deg)), np.sin(np.radians(angle_deg))
    after, last = (axis + 1) % 3, (axis + 2) % 3
    matrix = np.zeros((len(angle_deg), 3, 3))
    matrix[:, axis, axis] = 1
    matrix[:, after, after] = matrix[:, last, last] = cosine
    matrix[:, last, after] = sine
    matrix[:, after, last] = -sine
    return matrix


def forward_kinematics(joints: Sequence[Joint], rows: np.ndarray) -> np.ndarray:
    """Compute the world positions of all joints, shape (frames, len(joints), 3).

    A joint's rotation is the product of its rotation channels in their order, the first one outermost; a
    position channel replaces that component of the offset.

    Parameters
    ----------
    joints : sequence of Joint
        Parents before children.
    rows : numpy.ndarray
        Channel values (file's length unit, degrees), joints in order, shape (frames, channels).
    """
    frames = len(rows)
    position = np.empty((frames, len(joints), 3))
    rotations: list[np.ndarray] = []  # of each joint in the world, shape (frames, 3, 3)
    column = 0
    for index, joint in enumerate(joints):
        offset = np.tile(np.asarray(joint.offset, dtype=np.float64), (frames, 1))
        local: np.ndarray | None = None
        for kind, axis in joint.channels:
            if kind == "position":
                offset[:, axis] = rows[:, column]
            else:
                channel = rotation_about(axis, rows[:, column])
                local = channel if local is None else local @ channel
            column += 1
        if joint.parent is None:
            parent = np.broadcast_to(np.eye(3), (frames, 3, 3))
            position[:, index] = offset
        else:
            parent = rotations[joint.parent]
            position[:, index] = position[:, joint.parent] + np.einsum("fij,fj->fi", parent, offset)
        rotations.append(parent if local is None else parent @ local)
    return position
