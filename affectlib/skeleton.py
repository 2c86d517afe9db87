"""The canonical skeleton: joints, bones, left and right pairs, axes.

The fifteen joints and their order are those of the body movement library of Ma, Paterson
and Pollick (2006), which the paper uses. World axes: z up, right-handed. Once the heading is
removed: x forward, y to the walker's left, z up.
"""

from __future__ import annotations

from types import MappingProxyType

import numpy as np

JOINTS = (
    "head",
    "neck",
    "l_shoulder",
    "l_elbow",
    "l_wrist",
    "r_shoulder",
    "r_elbow",
    "r_wrist",
    "pelvis",
    "l_hip",
    "l_knee",
    "l_ankle",
    "r_hip",
    "r_knee",
    "r_ankle",
)
"""Canonical joint names in canonical order."""

AXES = ("x", "y", "z")
"""Cartesian axes in the order in which positions are stored."""

INDEX = MappingProxyType({joint: index for index, joint in enumerate(JOINTS)})
"""Position of each joint along the joint axis."""

PARENT = MappingProxyType(
    {
        "neck": "pelvis",
        "head": "neck",
        "l_shoulder": "neck",
        "l_elbow": "l_shoulder",
        "l_wrist": "l_elbow",
        "r_shoulder": "neck",
        "r_elbow": "r_shoulder",
        "r_wrist": "r_elbow",
        "l_hip": "pelvis",
        "l_knee": "l_hip",
        "l_ankle": "l_knee",
        "r_hip": "pelvis",
        "r_knee": "r_hip",
        "r_ankle": "r_knee",
    }
)
"""Parent of every joint but the root, parents before children."""

ROOT = "pelvis"

BONES = tuple((parent, child) for child, parent in PARENT.items())
"""Bones as (parent, child), parents before children."""

LEFT_RIGHT = tuple((joint, "r" + joint[1:]) for joint in JOINTS if joint.startswith("l_"))
"""Joints that mirror each other, as (left, right)."""


def side(joint: str) -> str:
    """Return the side of a canonical joint: ``"left"``, ``"right"`` or ``"middle"``."""
    return {"l_": "left", "r_": "right"}.get(joint[:2], "middle")


def bone_lengths_m(position: np.ndarray) -> np.ndarray:
    """Return the length of every bone in metres, in the order of `BONES`, shape (..., 14).

    Parameters
    ----------
    position : numpy.ndarray
        Joint positions in metres, shape (..., 15, 3).
    """
    parents = [INDEX[parent] for parent, _ in BONES]
    children = [INDEX[child] for _, child in BONES]
    return np.linalg.norm(position[..., children, :] - position[..., parents, :], axis=-1)
