"""Forward kinematics: from joint angles to the positions of the fifteen joints."""

from __future__ import annotations

import numpy as np

from affectlib.demo.anthropometry import Body
from affectlib.demo.curves import ANGLE
from affectlib.skeleton import INDEX, JOINTS

# A girdle sits a little lower than the neck and behind it; direction from neck to left shoulder.
_GIRDLE = np.array([-0.05, 0.9985, -0.02])
_GIRDLE = _GIRDLE / np.linalg.norm(_GIRDLE)


# Degrees over which a knee or elbow comes to its stop at full extension.
_SOFTNESS_DEG = 3.0


def rotation(axis: str, angle_deg: np.ndarray) -> np.ndarray:
    """Rotation matrices about one coordinate axis, right-handed.

    Parameters
    ----------
    axis : str
        ``"x"``, ``"y"`` or ``"z"``.
    angle_deg : numpy.ndarray
        Angles in degrees, shape (frames,).

    Returns
    -------
    numpy.ndarray
        Matrices that turn column vectors, shape (frames, 3, 3).
    """
    first, second = {"x": (1, 2), "y": (2, 0), "z": (0, 1)}[axis]
    radians = np.radians(angle_deg)
    matrices = np.broadcast_to(np.eye(3), (len(radians), 3, 3)).copy()
    matrices[:, first, first] = matrices[:, second, second] = np.cos(radians)
    matrices[:, second, first] = np.sin(radians)
    matrices[:, first, second] = -np.sin(radians)
    return matrices


def pose(body: Body, angles_deg: np.ndarray, *, lean_deg: np.ndarray | None = None) -> np.ndarray:
    """Place all joints around the pelvis, in the frame of the walking direction.

    Parameters
    ----------
    body : Body
        Bone lengths.
    angles_deg : numpy.ndarray
        Joint angles in the order of `affectlib.demo.curves.ANGLES`, shape (frames, 27).
    lean_deg : numpy.ndarray, optional
        Lean of the whole body to the right, shape (frames,); upright by default.

    Returns
    -------
    numpy.ndarray
        Positions in metres relative to the pelvis, x forward, y left, z up, shape
        (frames, 15, 3).
    """
    angle = {name: _within_reach(name, angles_deg[:, index]) for name, index in ANGLE.items()}
    upright = rotation("x", np.zeros(len(angles_deg)) if lean_deg is None else lean_deg)
    place = np.zeros((len(angles_deg), len(JOINTS), 3))
    chest = upright @ rotation("z", angle["trunk_yaw"])
    trunk = chest @ rotation("y", angle["trunk_pitch"]) @ rotation("x", angle["trunk_roll"])
    skull = chest @ rotation("y", angle["head_pitch"]) @ rotation("x", angle["head_roll"])
    # The hips stay level in a lean, or the outer leg would be too long for its floor.
    hips = rotation("z", angle["pelvis_yaw"]) @ rotation("x", angle["pelvis_roll"])
    place[:, INDEX["neck"]] = body.trunk_m * trunk[:, :, 2]
    place[:, INDEX["head"]] = place[:, INDEX["neck"]] + body.head_m * skull[:, :, 2]
    for side, sign in (("l", 1.0), ("r", -1.0)):
        _arm(place, body, angle, side, sign, chest, trunk)
        _leg(place, body, angle, side, sign, upright, hips)
    return place


def _within_reach(name: str, angle_deg: np.ndarray) -> np.ndarray:
    # Knees and elbows do not bend backwards, whatever sum of variations asks for it.
    if not name.endswith(("knee_flexion", "elbow_flexion")):
        return angle_deg
    return _SOFTNESS_DEG * np.logaddexp(0.0, angle_deg / _SOFTNESS_DEG)


def _arm(
    place: np.ndarray,
    body: Body,
    angle: dict[str, np.ndarray],
    side: str,
    sign: float,
    chest: np.ndarray,
    trunk: np.ndarray,
) -> None:
    protraction = rotation("z", -sign * angle[f"{side}_girdle_protraction"])
    elevation = rotation("x", sign * angle[f"{side}_girdle_elevation"])
    girdle = (trunk @ protraction @ elevation) @ (_GIRDLE * [1.0, sign, 1.0])
    upper_arm = (
        chest
        @ rotation("x", sign * angle[f"{side}_shoulder_abduction"])
        @ rotation("y", -angle[f"{side}_shoulder_flexion"])
        @ rotation("z", sign * angle[f"{side}_shoulder_rotation"])
    )
    forearm = upper_arm @ rotation("y", -angle[f"{side}_elbow_flexion"])
    shoulder = place[:, INDEX["neck"]] + body.shoulder_m * girdle
    elbow = shoulder - body.upper_arm_m * upper_arm[:, :, 2]
    place[:, INDEX[f"{side}_shoulder"]] = shoulder
    place[:, INDEX[f"{side}_elbow"]] = elbow
    place[:, INDEX[f"{side}_wrist"]] = elbow - body.forearm_m * forearm[:, :, 2]


def _leg(
    place: np.ndarray,
    body: Body,
    angle: dict[str, np.ndarray],
    side: str,
    sign: float,
    upright: np.ndarray,
    hips: np.ndarray,
) -> None:
    thigh = (
        upright
        @ rotation("x", sign * angle[f"{side}_hip_abduction"])
        @ rotation("y", -angle[f"{side}_hip_flexion"])
        @ rotation("z", sign * angle[f"{side}_hip_rotation"])
    )
    shank = thigh @ rotation("y", angle[f"{side}_knee_flexion"])
    hip = sign * body.hip_m * hips[:, :, 1]
    knee = hip - body.thigh_m * thigh[:, :, 2]
    place[:, INDEX[f"{side}_hip"]] = hip
    place[:, INDEX[f"{side}_knee"]] = knee
    place[:, INDEX[f"{side}_ankle"]] = knee - body.shank_m * shank[:, :, 2]
