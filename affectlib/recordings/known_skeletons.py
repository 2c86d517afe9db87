"""Skeletons that are recognised by their joint names."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from affectlib.recordings.names import Sources, prefixes
from affectlib.skeleton import JOINTS

_PARTS = ("shoulder", "elbow", "wrist", "hip", "knee", "ankle")
_KINECT = "Shoulder@ Elbow@ Wrist@ Hip@ Knee@ Ankle@"
# In BVH a joint carries the name of the bone that it moves: LeftArm is at the shoulder.
_CMU = "@Arm @ForeArm @Hand @UpLeg @Leg @Foot"
_BANDAI = "UpperArm_@ LowerArm_@ Hand_@ UpperLeg_@ LowerLeg_@ Foot_@"


def _skeleton(head: str, neck: str, pelvis: str, limbs: str, sides: str = "Left Right") -> dict[str, Sources]:
    """Return the names of all joints; `limbs` follow `_PARTS`, with @ for one of the `sides`."""
    names = {"head": head, "neck": neck, "pelvis": pelvis}
    for side, word in zip("lr", sides.split(), strict=True):
        for part, pattern in zip(_PARTS, limbs.split(), strict=True):
            names[f"{side}_{part}"] = pattern.replace("@", word)
    return {joint: (names[joint],) for joint in JOINTS}


KNOWN: Mapping[str, Mapping[str, Sources]] = MappingProxyType(
    {
        "canonical (PTD order)": {joint: (joint,) for joint in JOINTS},
        "Kinect v2": _skeleton("Head", "Neck", "SpineBase", _KINECT),
        "Kinect v2 without Neck": _skeleton("Head", "SpineShoulder", "SpineBase", _KINECT),
        "Bandai Namco": _skeleton("Head", "Neck", "Hips", _BANDAI, "L R"),
        "CMU/ASF or Mixamo BVH": _skeleton("Head", "Neck", "Hips", _CMU),
        "CMU/ASF BVH without Neck": _skeleton("Head", "Neck1", "Hips", _CMU),
    }
)
"""Canonical joint to source names, by skeleton; letter case and prefixes do not count."""

MAX_MISSING = 3
"""With more joints missing, a known skeleton is no evidence for the others."""


@dataclass(frozen=True)
class SkeletonMatch:
    """A known skeleton among the names of a file.

    Parameters
    ----------
    skeleton : str
        Its name in `KNOWN`.
    prefix : str
        What precedes each of its names in the file, such as ``Ann:`` or ``Character1_``.
    sources : dict
        Canonical joint to names as the file has them, for the joints that were found.
    """

    skeleton: str
    prefix: str
    sources: dict[str, Sources]


def match_skeletons(
    joints: Collection[str], *, except_joints: Collection[str] = (), max_missing: int = 0
) -> list[SkeletonMatch]:
    """Find the known skeletons whose joints are among the given names, under any prefix.

    Parameters
    ----------
    except_joints : collection of str
        Canonical joints that need not be found.
    max_missing : int
        How many of the other joints may be missing.

    Returns
    -------
    list of SkeletonMatch
        At most one for each prefix: the skeleton with the fewest missing joints, in doubt the first in
        `KNOWN`. Several mean that the file holds several subjects.
    """
    wanted = [joint for joint in JOINTS if joint not in except_joints]
    if not wanted:
        return []
    counts = Counter(prefix for name in joints for prefix in prefixes(name))
    matches = [
        _best_match(prefix, joints, wanted)
        for prefix, count in counts.items()
        if count >= max(len(wanted) - max_missing, 1)
    ]
    return [match for match in matches if len(wanted) - len(match.sources) <= max_missing]


def _best_match(prefix: str, joints: Collection[str], wanted: list[str]) -> SkeletonMatch:
    bare: dict[str, list[str]] = {}
    for name in joints:
        if name.startswith(prefix):
            bare.setdefault(name[len(prefix) :].strip().casefold(), []).append(name)
    # Names that differ only in case are ambiguous: neither counts.
    as_in_file = {key: names[0] for key, names in bare.items() if len(names) == 1}
    matches = [
        SkeletonMatch(
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
    return max(matches, key=lambda match: len(match.sources))


def nearest_skeleton(joints: Collection[str]) -> SkeletonMatch | None:
    """Find the known skeleton with the most joints among the names; None if more than `MAX_MISSING` lack."""
    matches = match_skeletons(joints, max_missing=MAX_MISSING)
    return max(matches, key=lambda match: len(match.sources), default=None)
