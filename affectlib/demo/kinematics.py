"""Forward kinematics: from joint angles to the positions of the fifteen joints."""

from __future__ import annotations

import numpy as np

from affectlib.demo.anthropometry import Body
from affectlib.demo.curves import ANGLE, PAIRED
from affectlib.skeleton import JOINTS

# Direction from neck to left shoulder: a little lower and behind.
_GIRDLE = np.array([-0.05, 0.9985, -0.02])
_GIRDLE = _GIRDLE / np.linalg.norm(_GIRDLE)

_SOFTNESS_DEG = 3.0  # range over which a knee or elbow stops at full extension


def rotation(axis: str, angle_deg: np.ndarray) -> np.ndarray:
    """Return right-handed rotation matrices for column vectors about an axis, shape (frames, 3, 3).

    Parameters
    ----------
    angle_deg : numpy.ndarray
        Shape (frames,).
    """
    # scipy's Rotation goes by way of quaternions: other last digits, and so another library.
    first, second = {"x": (1, 2), "y": (2, 0), "z": (0, 1)}[axis]
    radians = np.radians(angle_deg)
    matrices = np.broadcast_to(np.eye(3), (len(radians), 3, 3)).copy()
    matrices[:, first, first] = matrices[:, second, second] = np.cos(radians)
    matrices[:, second, first] = np.sin(radians)
    matrices[:, first, second] = -np.sin(radians)
    return matrices


def pose(body: Body, angles_deg: np.ndarray, *, lean_deg: np.ndarray | None = None) -> np.ndarray:
    """Compute the positions of all joints relative to the pelvis, in the frame of the walking direction.

    Parameters
    ----------
    angles_deg : numpy.ndarray
        Joint angles in the order of `affectlib.demo.curves.ANGLES`, shape (frames, 27).
    lean_deg : numpy.ndarray, optional
        Lean of the whole body to the right, shape (frames,); upright by default.

    Returns
    -------
    numpy.ndarray
        Positions in metres, x forward, y left, z up, shape (frames, 15, 3).
    """
    angle = {name: _within_reach(name, angles_deg[:, index]) for name, index in ANGLE.items()}
    upright = rotation("x", np.zeros(len(angles_deg)) if lean_deg is None else lean_deg)
    chest = upright @ rotation("z", angle["trunk_yaw"])
    trunk = chest @ rotation("y", angle["trunk_pitch"]) @ rotation("x", angle["trunk_roll"])
    skull = chest @ rotation("y", angle["head_pitch"]) @ rotation("x", angle["head_roll"])
    # The hips stay level in a lean, or the outer foot would be below the floor.
    hips = rotation("z", angle["pelvis_yaw"]) @ rotation("x", angle["pelvis_roll"])
    neck = body.trunk_m * trunk[:, :, 2]
    joints = {"pelvis": np.zeros_like(neck), "neck": neck, "head": neck + body.head_m * skull[:, :, 2]}
    for side, sign in (("l", 1.0), ("r", -1.0)):
        angle_of_side = {name: angle[f"{side}_{name}"] for name in PAIRED}
        limbs = _arm(body, angle_of_side, sign, neck, chest, trunk) | _leg(
            body, angle_of_side, sign, upright, hips
        )
        joints |= {f"{side}_{name}": position for name, position in limbs.items()}
    return np.stack([joints[name] for name in JOINTS], axis=1)


def _within_reach(name: str, angle_deg: np.ndarray) -> np.ndarray:
    # Knees and elbows do not bend backwards, whatever the sum of variations.
    if not name.endswith(("knee_flexion", "elbow_flexion")):
        return angle_deg
    return _SOFTNESS_DEG * np.logaddexp(0.0, angle_deg / _SOFTNESS_DEG)


def _arm(
    body: Body,
    angle: dict[str, np.ndarray],
    sign: float,
    neck: np.ndarray,
    chest: np.ndarray,
    trunk: np.ndarray,
) -> dict[str, np.ndarray]:
    protraction = rotation("z", -sign * angle["girdle_protraction"])
    elevation = rotation("x", sign * angle["girdle_elevation"])
    girdle = (trunk @ protraction @ elevation) @ (_GIRDLE * [1.0, sign, 1.0])
    upper_arm = (
        chest
        @ rotation("x", sign * angle["shoulder_abduction"])
        @ rotation("y", -angle["shoulder_flexion"])
        @ rotation("z", sign * angle["shoulder_rotation"])
    )
    forearm = upper_arm @ rotation("y", -angle["elbow_flexion"])
    shoulder = neck + body.shoulder_m * girdle
    elbow = shoulder - body.upper_arm_m * upper_arm[:, :, 2]
    return {"shoulder": shoulder, "elbow": elbow, "wrist": elbow - body.forearm_m * forearm[:, :, 2]}


def _leg(
    body: Body, angle: dict[str, np.ndarray], sign: float, upright: np.ndarray, hips: np.ndarray
) -> dict[str, np.ndarray]:
    thigh = (
        upright
        @ rotation("x", sign * angle["hip_abduction"])
        @ rotation("y", -angle["hip_flexion"])
        @ rotation("z", sign * angle["hip_rotation"])
    )
    shank = thigh @ rotation("y", angle["knee_flexion"])
    hip = sign * body.hip_m * hips[:, :, 1]
    knee = hip - body.thigh_m * thigh[:, :, 2]
    return {"hip": hip, "knee": knee, "ankle": knee - body.shank_m * shank[:, :, 2]}
