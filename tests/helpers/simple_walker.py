"""A walker in closed form, and the ways to write it to files: shared by the tests of reading."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np

from affectlib.skeleton import INDEX, JOINTS, PARENT

RATE_HZ = 60.0
CMU = {
    "head": "Head",
    "neck": "Neck",
    "l_shoulder": "LeftArm",
    "l_elbow": "LeftForeArm",
    "l_wrist": "LeftHand",
    "r_shoulder": "RightArm",
    "r_elbow": "RightForeArm",
    "r_wrist": "RightHand",
    "pelvis": "Hips",
    "l_hip": "LeftUpLeg",
    "l_knee": "LeftLeg",
    "l_ankle": "LeftFoot",
    "r_hip": "RightUpLeg",
    "r_knee": "RightLeg",
    "r_ankle": "RightFoot",
}
COLUMNS = "file,subject,label,take,rate_hz,unit,up,gender"

ARM = """HIERARCHY
ROOT base
{
\tOFFSET 0 0 0
\tCHANNELS 6 Zrotation Xposition Yrotation Yposition Xrotation Zposition

\tJOINT upper {
\t\tOFFSET 0.0 2e0 0.0
\t\tCHANNELS 3 Xrotation Yrotation Zrotation
\t\tJOINT lower
\t\t{
\t\t\tOFFSET 0 1 0
\t\t\tCHANNELS 1 Zrotation
\t\t\tEnd Site
\t\t\t{
\t\t\t\tOFFSET 0 5.0E-1 0
\t\t\t}
\t\t}
\t}
}
MOTION
Frames:\t2
Frame Time:\t0.01
90 10 0 20 0 30 0 0 0 0
0 0 0 0 0 0 0 0 90 -9.0e+1
"""


def walk_m(seconds: float = 2.0, *, rate_hz: float = RATE_HZ, speed_m_s: float = 1.1) -> np.ndarray:
    """Walk along +x, left side towards +y, z up, with knees that bend forward; metres."""
    time_s = np.arange(round(seconds * rate_hz)) / rate_hz
    place = np.zeros((len(time_s), len(JOINTS), 3))
    phase = 2 * np.pi * 0.9 * time_s

    def put(joint: str, x: np.ndarray | float, y: float, z: np.ndarray | float) -> None:
        place[:, INDEX[joint]] = np.stack(np.broadcast_arrays(speed_m_s * time_s + x + 0.5, y, z), axis=-1)

    put("pelvis", 0, 0, 0.95)
    put("neck", 0, 0, 1.45)
    put("head", 0.02, 0, 1.62)
    for side, sign in (("l", 1), ("r", -1)):
        swing = sign * np.sin(phase)
        put(f"{side}_hip", 0, sign * 0.12, 0.95)
        put(f"{side}_knee", 0.12 * swing + 0.04, sign * 0.12, 0.52)
        put(f"{side}_ankle", 0.28 * swing, sign * 0.12, 0.1 + 0.05 * np.maximum(np.cos(phase) * sign, 0))
        put(f"{side}_shoulder", 0, sign * 0.18, 1.4)
        put(f"{side}_elbow", -0.06 * swing, sign * 0.22, 1.12)
        put(f"{side}_wrist", -0.14 * swing, sign * 0.22, 0.88)
    return place


def y_up(position: np.ndarray) -> np.ndarray:
    """Turn z up into y up, the other way round than reading does."""
    return np.stack([position[..., 0], position[..., 2], -position[..., 1]], axis=-1)


def bvh_text(position: np.ndarray, *, rate_hz: float = RATE_HZ, names: dict[str, str] | None = None) -> str:
    """Write positions as a BVH whose joints have position channels and no rotation."""
    names = names or CMU
    order: list[str] = []

    def node(joint: str, depth: int) -> list[str]:
        order.append(joint)
        pad = "  " * depth
        children = [child for child, parent in PARENT.items() if parent == joint]
        inner = [line for child in children for line in node(child, depth + 1)]
        if not children:
            inner = [f"{pad}  End Site", f"{pad}  {{", f"{pad}    OFFSET 0 0 0", f"{pad}  }}"]
        head = "ROOT" if joint == "pelvis" else "JOINT"
        return [
            f"{pad}{head} {names[joint]}",
            f"{pad}{{",
            f"{pad}  OFFSET 0 0 0",
            f"{pad}  CHANNELS 3 Xposition Yposition Zposition",
            *inner,
            f"{pad}}}",
        ]

    lines = [
        "HIERARCHY",
        *node("pelvis", 0),
        "MOTION",
        f"Frames: {len(position)}",
        f"Frame Time: {1 / rate_hz:.7f}",
    ]
    local = np.stack(
        [
            position[:, INDEX[joint]] - (position[:, INDEX[PARENT[joint]]] if joint in PARENT else 0)
            for joint in order
        ],
        axis=1,
    )
    lines += [" ".join(f"{value:.6f}" for value in row) for row in local.reshape(len(local), -1)]
    return "\n".join(lines) + "\n"


def csv_text(
    position: np.ndarray, *, rate_hz: float | None = RATE_HZ, names: tuple[str, ...] = JOINTS, digits: int = 6
) -> str:
    """Write positions as a joint table, with times where a rate is given."""
    header = [f"{name}_{axis}" for name in names for axis in "xyz"]
    rows = [[f"{value:.{digits}f}" for value in row] for row in position.reshape(len(position), -1)]
    if rate_hz is not None:
        header = ["time_s", *header]
        rows = [[f"{frame / rate_hz:.4f}", *row] for frame, row in enumerate(rows)]
    return "\n".join(",".join(row) for row in [header, *rows]) + "\n"


def write_c3d(
    file: Path,
    position: np.ndarray,
    *,
    names: tuple[str, ...] = JOINTS,
    unit: str = "mm",
    analog: bool = False,
) -> None:
    """Write positions, in the given unit, through ezc3d."""
    import ezc3d

    content = ezc3d.c3d()
    point = content["parameters"]["POINT"]
    point["UNITS"]["value"] = [unit]
    point["RATE"]["value"] = [RATE_HZ]
    point["LABELS"]["value"] = names
    points = np.ones((4, position.shape[1], len(position)))
    points[:3] = position.transpose(2, 1, 0)
    content["data"]["points"] = points
    if analog:
        content["parameters"]["ANALOG"]["RATE"]["value"] = [2 * RATE_HZ]
        content["parameters"]["ANALOG"]["LABELS"]["value"] = ("emg", "force")
        content["data"]["analogs"] = np.ones((1, 2, 2 * len(position)))
    content.write(str(file))


def write_manifest(root: Path, *rows: str) -> None:
    """Write ``library.csv`` with the given rows."""
    root.mkdir(parents=True, exist_ok=True)
    (root / "library.csv").write_text("\n".join([COLUMNS, *rows]) + "\n")


def manifest_rows(root: Path) -> list[dict[str, str]]:
    """Read ``library.csv`` back."""
    with (root / "library.csv").open(newline="") as stream:
        return list(csv.DictReader(stream))
