"""The joint map of a library, ``joints.json``: how it is read, and whether it fits the names in a file."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from affectlib.errors import AffectlibError, LibraryError, LibraryWarning
from affectlib.recordings.joint_finder import JointFinder, side_and_rest
from affectlib.recordings.known_skeletons import nearest_skeleton
from affectlib.recordings.library_json import read_json_object
from affectlib.recordings.marker_sets import COLLAR_WORDS
from affectlib.recordings.motion import Motion
from affectlib.recordings.names import Sources, find, positions_only, without_prefixes
from affectlib.skeleton import JOINTS


def read_joint_map(file: Path) -> tuple[dict[str, Sources], list[AffectlibError]]:
    """Read ``joints.json``: canonical joint to one source name, or to a list (their midpoint).

    Returns
    -------
    tuple of (dict, list of AffectlibError)
        The valid entries, and what is wrong with the others. Joints that are left out are taken from the
        known skeleton that the files have, if they have one.
    """
    try:
        entries = read_json_object(file)
    except LibraryError as error:
        return {}, [error]
    joint_map: dict[str, Sources] = {}
    faults: list[AffectlibError] = []
    for joint, value in entries.items():
        names = [value] if isinstance(value, str) else value
        if joint not in JOINTS:
            problem, found, remedy = "unknown joint", joint, f"Use the joints {', '.join(JOINTS)}."
        elif not isinstance(names, list) or not names or not all(isinstance(n, str) and n for n in names):
            problem, found = "wrong value", str(value)
            remedy = "Give the name of a joint in the files, or a list of names."
        else:
            joint_map[joint] = tuple(names)
            continue
        faults.append(
            LibraryError(problem, file=file, where=f"field {joint!r}", found=repr(found[:60]), remedy=remedy)
        )
    return joint_map, faults


def joint_map_warnings(
    motion: Motion, *, joint_map: Mapping[str, Sources], file: Path
) -> tuple[LibraryWarning, ...]:
    """Return one warning of all entries of ``joints.json`` that the names in the file contradict, or none.

    In BVH a joint carries the name of the bone that it moves: ``LeftShoulder`` is the collar bone where there
    is a ``LeftArm``. A name of the other side, or of another joint of a known skeleton, is doubtful too.

    Parameters
    ----------
    joint_map : mapping
        Canonical joint to source names.
    """
    limbs = {joint: names[0] for joint, names in joint_map.items() if len(names) == 1 and joint[1] == "_"}
    if not limbs:
        return ()
    found = find(limbs.values(), motion.joints)
    limbs = {joint: found[name][0] for joint, name in limbs.items() if found[name]}
    contradictions = _contradictions(limbs, motion.joints)
    if not contradictions:
        return ()
    return (
        LibraryWarning(
            "joints.json contradicts the names in the file",
            file=file,
            where=f"joints.json: {', '.join(contradictions)}",
            found="; ".join(contradictions.values()),
            remedy="Correct joints.json, unless you know that the names are wrong.",
        ),
    )


def _contradictions(limbs: Mapping[str, str], joints: Sources) -> dict[str, str]:
    """Describe what contradicts the names of limbs, by canonical joint."""
    names = positions_only(joints)
    finder = JointFinder(names)
    bare = dict(zip(joints, without_prefixes(joints), strict=True))
    match = nearest_skeleton(names)
    known = {name: joint for joint, sources in match.sources.items() for name in sources} if match else {}
    contradictions = {}
    for joint, name in limbs.items():
        side, rest = side_and_rest(bare[name])
        likely = finder.find(joint)
        if match and known.get(name, joint) != joint:
            contradictions[joint] = f"{name} is {known[name]} in {match.skeleton}"
        elif side and side != joint[0]:
            contradictions[joint] = f"{name} is of the {'left' if side == 'l' else 'right'} side"
        elif likely and name not in likely and (other := _other_joint(joint, rest)):
            contradictions[joint] = f"{name} is {other} where {' and '.join(likely)} is there"
    return contradictions


def _other_joint(joint: str, rest: str) -> str:
    """Return what a name means that is used for a shoulder or hip; empty if it may be that."""
    if joint.endswith("_shoulder") and (rest == "shoulder" or any(word in rest for word in COLLAR_WORDS)):
        return "the collar bone"
    return "at the pelvis and no hip" if joint.endswith("_hip") and rest == "hipjoint" else ""
