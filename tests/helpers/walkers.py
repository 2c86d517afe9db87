"""A walker in closed form: every joint's course can be written down."""

from __future__ import annotations

import numpy as np

from affectlib.recordings.recording import Recording
from affectlib.skeleton import INDEX, JOINTS

STANDING = {
    "head": (0.02, 0.0, 0.68),
    "neck": (0.0, 0.0, 0.50),
    "l_shoulder": (0.0, 0.20, 0.50),
    "l_elbow": (-0.02, 0.24, 0.22),
    "l_wrist": (0.05, 0.26, -0.02),
    "r_shoulder": (0.0, -0.20, 0.50),
    "r_elbow": (-0.02, -0.24, 0.22),
    "r_wrist": (0.05, -0.26, -0.02),
    "pelvis": (0.0, 0.0, 0.0),
    "l_hip": (0.0, 0.12, 0.0),
    "l_knee": (0.02, 0.12, -0.44),
    "l_ankle": (0.0, 0.12, -0.84),
    "r_hip": (0.0, -0.12, 0.0),
    "r_knee": (0.02, -0.12, -0.44),
    "r_ankle": (0.0, -0.12, -0.84),
}
SWING_M = {
    "l_ankle": 0.3,
    "r_ankle": -0.3,
    "l_knee": 0.15,
    "r_knee": -0.15,
    "l_wrist": -0.15,
    "r_wrist": 0.15,
}


def on_the_spot(turns: np.ndarray, amplitude: np.ndarray | float = 1.0) -> np.ndarray:
    """Positions relative to the pelvis, looking along x; the left ankle leads most at whole turns."""
    position = np.tile(np.array([STANDING[joint] for joint in JOINTS]), (len(turns), 1, 1))
    for joint, swing_m in SWING_M.items():
        position[:, INDEX[joint], 0] += amplitude * swing_m * np.cos(2 * np.pi * turns)
    return position


def in_the_room(position: np.ndarray, *, heading: np.ndarray, path_m: np.ndarray) -> np.ndarray:
    """Turn each frame to its heading (radians, anticlockwise) and move it along a path."""
    cos, sin = np.cos(heading)[:, None], np.sin(heading)[:, None]
    x, y, z = np.moveaxis(position, -1, 0)
    turned = np.stack([x * cos - y * sin, x * sin + y * cos, z + 0.9], axis=-1)
    turned[..., :2] += path_m[:, None, :]
    return turned


def recording(position: np.ndarray, *, rate_hz: float = 60.0, **fields: str) -> Recording:
    """Wrap positions as a take of somebody."""
    names = {"subject": "ada", "label": "neutral", "take": "1", "name": "ada/neutral_1"} | fields
    return Recording(position=position, rate_hz=rate_hz, **names)
