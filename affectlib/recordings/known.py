"""Skeletons that are recognised by their joint names, and the way to the canonical joints."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

import numpy as np

from affectlib.errors import RecordingError
from affectlib.recordings.motion import Motion
from affectlib.skeleton import JOINTS

Sources = tuple[str, ...]
"""Names in a file whose midpoint is a canonical joint; most often just one."""


def _mirrored(
    middle: dict[str, Sources], pattern: dict[str, str], left: str, right: str
) -> dict[str, Sources]:
    sides = {"l": left, "r": right}
    limbs = {
        f"{key}_{joint}": (name.replace("@", side),)
        for key, side in sides.items()
        for joint, name in pattern.items()
    }
    return {joint: {**middle, **limbs}[joint] for joint in JOINTS}


_KINECT_LIMBS = {part.lower(): f"{part}@" for part in ("Shoulder", "Elbow", "Wrist", "Hip", "Knee", "Ankle")}
# In BVH a joint carries the name of the bone that it moves: LeftArm sits at the shoulder.
_CMU_LIMBS = {
    "shoulder": "@Arm",
    "elbow": "@ForeArm",
    "wrist": "@Hand",
    "hip": "@UpLeg",
    "knee": "@Leg",
    "ankle": "@Foot",
}
_BANDAI_LIMBS = {
    "shoulder": "UpperArm_@",
    "elbow": "LowerArm_@",
    "wrist": "Hand_@",
    "hip": "UpperLeg_@",
    "knee": "LowerLeg_@",
    "ankle": "Foot_@",
}
_BVH_MIDDLE: dict[str, Sources] = {"head": ("Head",), "neck": ("Neck",), "pelvis": ("Hips",)}

KNOWN: Mapping[str, Mapping[str, Sources]] = MappingProxyType(
    {
        "canonical (PTD order)": {joint: (joint,) for joint in JOINTS},
        "Kinect v2": _mirrored(
            {"head": ("Head",), "neck": ("Neck",), "pelvis": ("SpineBase",)}, _KINECT_LIMBS, "Left", "Right"
        ),
        "Kinect v2 without Neck": _mirrored(
            {"head": ("Head",), "neck": ("SpineShoulder",), "pelvis": ("SpineBase",)},
            _KINECT_LIMBS,
            "Left",
            "Right",
        ),
        "Bandai Namco": _mirrored(_BVH_MIDDLE, _BANDAI_LIMBS, "L", "R"),
        "CMU/ASF or Mixamo BVH": _mirrored(_BVH_MIDDLE, _CMU_LIMBS, "Left", "Right"),
        "CMU/ASF BVH without Neck": _mirrored(
            {**_BVH_MIDDLE, "neck": ("Neck1",)}, _CMU_LIMBS, "Left", "Right"
        ),
    }
)
"""Canonical joint to source names, by skeleton; letter case and Mixamo's prefix do not count."""

_PREFIX = re.compile(r"^mixamorig\d*[:_]", re.IGNORECASE)


def plain(name: str) -> str:
    """Reduce a joint name to what is compared: no Mixamo prefix, no letter case.

    Parameters
    ----------
    name : str
        A name from a file.

    Returns
    -------
    str
        The reduced name.
    """
    return _PREFIX.sub("", name.strip()).casefold()


def recognise(joints: tuple[str, ...]) -> tuple[str, dict[str, Sources]] | None:
    """Find the known skeleton whose joints are all among the given ones.

    Parameters
    ----------
    joints : tuple of str
        Names from a file.

    Returns
    -------
    tuple of (str, dict) or None
        The skeleton's name and its map from canonical joints to names as the file has them;
        None if no skeleton fits.
    """
    as_in_file = {plain(name): name for name in joints}
    for skeleton, sources in KNOWN.items():
        if all(plain(name) in as_in_file for names in sources.values() for name in names):
            return skeleton, {
                joint: tuple(as_in_file[plain(name)] for name in names) for joint, names in sources.items()
            }
    return None


def to_canonical(motion: Motion, *, joint_map: Mapping[str, Sources], file: Path) -> np.ndarray:
    """Pick the canonical joints out of a motion.

    Parameters
    ----------
    motion : Motion
        A file's contents.
    joint_map : mapping
        What ``joints.json`` says: canonical joint to source names; it goes before what is
        recognised, and may be empty.
    file : Path
        The file, for messages.

    Returns
    -------
    numpy.ndarray
        Positions, unit and axes as in `motion`, shape (frames, 15, 3); midpoints where a
        joint has several sources.

    Raises
    ------
    RecordingError
        If a canonical joint cannot be found; the message lists the file's names and a
        ``joints.json`` to fill in.
    """
    if motion.joints == JOINTS and not joint_map:
        return motion.position
    recognised = recognise(motion.joints)
    sources = {**(recognised[1] if recognised else {}), **joint_map}
    index = {name: number for number, name in enumerate(motion.joints)}
    missing = [joint for joint in JOINTS if joint not in sources]
    absent = sorted({name for names in sources.values() for name in names if name not in index})
    if missing or absent:
        raise _unknown_joints(motion.joints, missing, absent, sources, file=file)
    picked = [motion.position[:, [index[name] for name in sources[joint]]].mean(axis=1) for joint in JOINTS]
    return np.stack(picked, axis=1)


def _unknown_joints(
    joints: tuple[str, ...],
    missing: list[str],
    absent: list[str],
    sources: Mapping[str, Sources],
    *,
    file: Path,
) -> RecordingError:
    template = {joint: list(sources.get(joint) or guess(joint, joints)) for joint in JOINTS}
    ready = json.dumps(
        {joint: names[0] if len(names) == 1 else names or "" for joint, names in template.items()}
    )
    shown = ", ".join(joints[:80]) + (f" and {len(joints) - 80} more" if len(joints) > 80 else "")
    return RecordingError(
        "unknown joint names" if missing else "joints.json names joints that are not in the file",
        file=file,
        where="joint names" if missing else f"joints.json: {', '.join(absent[:10])}",
        found=shown,
        remedy="Put a file joints.json beside library.csv; fill in what is empty (a list means the "
        f"midpoint of its joints) and check the rest: {ready}",
    )


_WORDS = {
    "head": ("head",),
    "neck": ("neck",),
    "pelvis": ("pelvis", "hips", "spinebase", "root"),
    "shoulder": ("shoulder", "upperarm", "uparm"),
    "elbow": ("elbow", "forearm", "lowerarm"),
    "wrist": ("wrist", "hand"),
    "hip": ("hip", "upleg", "upperleg", "thigh"),
    "knee": ("knee", "lowerleg", "shin", "calf"),
    "ankle": ("ankle", "foot"),
}


def guess(joint: str, names: tuple[str, ...]) -> Sources:
    """Guess which name of a file means a canonical joint, for a ``joints.json`` to check.

    Parameters
    ----------
    joint : str
        A canonical joint.
    names : tuple of str
        Names from a file.

    Returns
    -------
    tuple of str
        One name, or none where nothing looks like it.
    """
    side, _, part = joint.rpartition("_")
    for word in _WORDS[part]:
        for name in names:
            rest = re.sub(r"[^a-z]", "", plain(name))
            if word in rest and _side(name, rest.replace(word, "")) == side:
                return (name,)
    return ()


def _side(name: str, rest: str) -> str:
    if "left" in rest or "right" in rest:
        return "l" if "left" in rest else "r"
    if re.search(r"(^[lL](?![a-z])|[_.\- ][lL]($|[_.\- ]))", name):
        return "l"
    return "r" if re.search(r"(^[rR](?![a-z])|[_.\- ][rR]($|[_.\- ]))", name) else ""
