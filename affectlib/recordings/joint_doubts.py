"""Doubts about a ``joints.json`` that the names in the file contradict."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from affectlib.errors import LibraryWarning
from affectlib.recordings.known import Sources, nearest
from affectlib.recordings.marker_sets import COLLAR_WORDS
from affectlib.recordings.motion import Motion
from affectlib.recordings.name_parts import NameParts, side_and_rest
from affectlib.recordings.names import find, quantity, stripped


def joint_map_doubts(
    motion: Motion, *, joint_map: Mapping[str, Sources], file: Path
) -> tuple[LibraryWarning, ...]:
    """Hold ``joints.json`` against what the names in the file say of limbs.

    In BVH a joint carries the name of the bone that it moves: ``LeftShoulder`` is the collar bone
    where there is a ``LeftArm``. A name of the other side, or of another joint of a known
    skeleton, is doubtful too.

    Parameters
    ----------
    motion : Motion
        A file's contents.
    joint_map : mapping
        Canonical joint to source names, as ``joints.json`` has them.
    file : Path
        The file, for the message.

    Returns
    -------
    tuple of LibraryWarning
        One that lists all such joints, or none.
    """
    limbs = {joint: names[0] for joint, names in joint_map.items() if len(names) == 1 and joint[1] == "_"}
    if not limbs:
        return ()
    found = find(limbs.values(), motion.joints)
    doubts = _doubts({joint: found[name][0] for joint, name in limbs.items() if found[name]}, motion.joints)
    if not doubts:
        return ()
    return (
        LibraryWarning(
            "joints.json goes against the names in the file",
            file=file,
            where=f"joints.json: {', '.join(doubts)}",
            found="; ".join(doubts.values()),
            remedy="Correct joints.json, unless you know that the names are wrong.",
        ),
    )


def _doubts(limbs: Mapping[str, str], joints: Sources) -> dict[str, str]:
    """Return what the names say, by canonical joint."""
    names = [name for name in joints if not quantity(name)]
    parts = NameParts(names)
    bare = dict(zip(joints, stripped(joints), strict=True))
    fit = nearest(names)
    known = {name: joint for joint, sources in fit.sources.items() for name in sources} if fit else {}
    doubts = {}
    for joint, name in limbs.items():
        side, rest = side_and_rest(bare[name])
        likely = parts.find(joint)
        if known.get(name, joint) != joint:
            doubts[joint] = f"{name} is {known[name]} in {fit.skeleton if fit else ''}"
        elif side and side != joint[0]:
            doubts[joint] = f"{name} is of the {'left' if side == 'l' else 'right'} side"
        elif likely and name not in likely and _is_off(joint, rest):
            what = "the collar bone" if joint.endswith("shoulder") else "no hip but at the pelvis"
            doubts[joint] = f"{name} is {what} where {' and '.join(likely)} is there"
    return doubts


def _is_off(joint: str, rest: str) -> bool:
    if joint.endswith("_shoulder"):
        return rest == "shoulder" or any(word in rest for word in COLLAR_WORDS)
    return joint.endswith("_hip") and rest == "hipjoint"
