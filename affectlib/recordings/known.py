"""Skeletons that are recognised by their joint names."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from affectlib.recordings.names import prefixes
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
"""Canonical joint to source names, by skeleton; letter case and prefixes do not count."""

LACKING = 3
"""With more joints missing, a known skeleton says too little about the others."""


@dataclass(frozen=True)
class Fit:
    """A known skeleton among the names of a file.

    Parameters
    ----------
    skeleton : str
        Its name in `KNOWN`.
    prefix : str
        What stands before each of its names in the file, such as ``Ann:`` or ``Character1_``.
    sources : dict
        Canonical joint to names as the file has them, for the joints that were found.
    """

    skeleton: str
    prefix: str
    sources: dict[str, Sources]


def fits(joints: Collection[str], *, besides: Collection[str] = (), lacking: int = 0) -> list[Fit]:
    """Find the known skeletons whose joints are among the given ones, under any prefix.

    Parameters
    ----------
    joints : collection of str
        Names from a file, each once.
    besides : collection of str
        Canonical joints that need not be found: ``joints.json`` maps them.
    lacking : int
        How many of the other joints may be missing.

    Returns
    -------
    list of Fit
        At most one a prefix: the skeleton with the fewest missing joints, the first in `KNOWN`
        among equals. Several say that the file holds several subjects.
    """
    wanted = [joint for joint in JOINTS if joint not in besides]
    if not wanted:
        return []
    counts = Counter(prefix for name in joints for prefix in prefixes(name))
    found = []
    for prefix, count in counts.items():
        if count >= max(len(wanted) - lacking, 1):
            fit = _best_fit(prefix, joints, wanted)
            if len(wanted) - len(fit.sources) <= lacking:
                found.append(fit)
    return found


def _best_fit(prefix: str, joints: Collection[str], wanted: list[str]) -> Fit:
    bare: dict[str, list[str]] = {}
    for name in joints:
        if name.startswith(prefix):
            bare.setdefault(name[len(prefix) :].strip().casefold(), []).append(name)
    # Names that differ in nothing but case mean none of both.
    as_in_file = {key: names[0] for key, names in bare.items() if len(names) == 1}
    candidates = [
        Fit(
            skeleton,
            prefix,
            {
                joint: tuple(as_in_file[name.casefold()] for name in sources[joint])
                for joint in wanted
                if all(name.casefold() in as_in_file for name in sources[joint])
            },
        )
        for skeleton, sources in KNOWN.items()
    ]
    return max(candidates, key=lambda fit: len(fit.sources))


def nearest(joints: Collection[str]) -> Fit | None:
    """Find the known skeleton of which the given names have all joints but a few.

    Parameters
    ----------
    joints : collection of str
        Names from a file, each once.

    Returns
    -------
    Fit or None
        The one with the most joints; None where more than `LACKING` are missing.
    """
    return max(fits(joints, lacking=LACKING), key=lambda fit: len(fit.sources), default=None)


def recognise(
    joints: Collection[str], *, besides: Collection[str] = ()
) -> tuple[str, dict[str, Sources]] | None:
    """Find the one known skeleton whose joints are all among the given ones.

    Parameters
    ----------
    joints : collection of str
        Names from a file.
    besides : collection of str
        Canonical joints that need not be found.

    Returns
    -------
    tuple of (str, dict) or None
        The skeleton's name and its map from canonical joints to names as the file has them;
        None if no skeleton fits, or one does under several prefixes.
    """
    found = fits(joints, besides=besides)
    return (found[0].skeleton, found[0].sources) if len(found) == 1 else None
