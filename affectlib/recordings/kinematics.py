"""Forward kinematics: from joint angles to joint positions, all frames at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, kw_only=True)
class Joint:
    """One node of a hierarchy.

    Parameters
    ----------
    name : str
        Its name.
    parent : int, optional
        Index of the parent, which stands earlier in the list; None for a root.
    offset : tuple of float
        Resting place in the parent's axes.
    channels : tuple of (str, int)
        ``("position" or "rotation", axis)`` in the order in which values are given.
    """

    name: str
    parent: int | None
    offset: tuple[float, ...]
    channels: tuple[tuple[str, int], ...] = ()


def rotation_about(axis: int, angle_deg: np.ndarray) -> np.ndarray:
    """Rotation matrices about one coordinate axis.

    Parameters
    ----------
    axis : int
        0, 1 or 2 for x, y or z.
    angle_deg : numpy.ndarray
        Angles in degrees, shape (frames,).

    Returns
    -------
    numpy.ndarray
        Matrices that turn column vectors, shape (frames, 3, 3).
    """
    cosine, sine = np.cos(np.radians(angle_deg)), np.sin(np.radians(angle_deg))
    after, last = (axis + 1) % 3, (axis + 2) % 3
    matrix = np.zeros((len(angle_deg), 3, 3))
    matrix[:, axis, axis] = 1
    matrix[:, after, after] = matrix[:, last, last] = cosine
    matrix[:, last, after] = sine
    matrix[:, after, last] = -sine
    return matrix


def forward_kinematics(joints: Sequence[Joint], rows: np.ndarray) -> np.ndarray:
    """Place every joint of a hierarchy in every frame.

    A joint's rotation is the product of its rotation channels in the order in which they are
    listed, the first one outermost; each position channel takes the place of that component
    of the offset.

    Parameters
    ----------
    joints : sequence of Joint
        Parents before children.
    rows : numpy.ndarray
        Channel values (file's length unit, degrees), joints in order, shape (frames, channels).

    Returns
    -------
    numpy.ndarray
        World positions, shape (frames, len(joints), 3).
    """
    frames = len(rows)
    position = np.empty((frames, len(joints), 3))
    turned: list[np.ndarray] = []
    column = 0
    for index, joint in enumerate(joints):
        place = np.tile(np.asarray(joint.offset, dtype=np.float64), (frames, 1))
        turn: np.ndarray | None = None
        for kind, axis in joint.channels:
            if kind == "position":
                place[:, axis] = rows[:, column]
            else:
                step = rotation_about(axis, rows[:, column])
                turn = step if turn is None else turn @ step
            column += 1
        if joint.parent is None:
            world = np.broadcast_to(np.eye(3), (frames, 3, 3))
            position[:, index] = place
        else:
            world = turned[joint.parent]
            position[:, index] = position[:, joint.parent] + np.einsum("fij,fj->fi", world, place)
        turned.append(world if turn is None else world @ turn)
    return position
