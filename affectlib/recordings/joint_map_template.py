"""A ``joints.json`` to check and complete, for names that are not a known skeleton."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping

from affectlib.recordings.joint_finder import JointFinder
from affectlib.recordings.known_skeletons import SkeletonMatch, nearest_skeleton
from affectlib.recordings.marker_sets import ABOVE_HIPS
from affectlib.recordings.motion import Motion
from affectlib.recordings.names import Sources, namespace, positions_only, without_prefixes
from affectlib.skeleton import JOINTS


def propose_joint_map(motion: Motion, mapped: Mapping[str, Sources] | None = None) -> tuple[str, str]:
    """Propose a ``joints.json`` for a file whose joints are not known.

    Parameters
    ----------
    mapped : mapping, optional
        Entries of an existing ``joints.json`` that the file has.

    Returns
    -------
    remarks : str
        Sentences to read first, each followed by a blank.
    template : str
        Text of ``joints.json``; joints without a proposal are empty.
    """
    joints = positions_only(motion.joints)
    subject = _main_subject(joints)
    match = nearest_skeleton(subject)
    proposed = _proposals(subject, match) | dict(mapped or {})
    remarks = []
    missing = [joint for joint in JOINTS if match is not None and joint not in match.sources]
    if match is not None and missing:
        remarks.append(f"These are the names of {match.skeleton} without {', '.join(missing)}.")
    remarks += _remarks(proposed, match)
    if len(subject) < len(joints):
        prefix = namespace(subject[0])
        remarks.append(f"The file holds several subjects; the names of {prefix!r} are proposed.")
    else:  # without its prefix a name serves the files of all subjects
        bare = dict(zip(subject, without_prefixes(subject), strict=True))
        if len(set(bare.values())) == len(bare):
            proposed = {
                joint: tuple(bare.get(name, name) for name in names) for joint, names in proposed.items()
            }
    entries = {
        joint: names[0] if len(names) == 1 else list(names) or ""
        for joint in JOINTS
        for names in [proposed.get(joint, ())]
    }
    return "".join(f"{remark} " for remark in remarks), json.dumps(entries, ensure_ascii=False)


def _main_subject(names: Sources) -> Sources:
    """Return the names of the subject with the most names; those without a prefix are a subject too."""
    counts = Counter(namespace(name) for name in names)
    bare = without_prefixes(names)
    if len(counts) < 2 or len(set(bare)) == len(bare):
        return names
    (prefix, _), *_ = counts.most_common(1)
    return tuple(name for name in names if namespace(name) == prefix)


def _proposals(names: Sources, match: SkeletonMatch | None) -> dict[str, Sources]:
    known = match.sources if match else {}
    finder = JointFinder(names)
    proposed = {joint: known.get(joint) or finder.find(joint) for joint in JOINTS}
    if not proposed["neck"]:
        proposed["neck"] = finder.find_collar_bones()
    for joint, part in (("pelvis", "hip"), ("neck", "shoulder")):
        left, right = proposed[f"l_{part}"], proposed[f"r_{part}"]
        if not proposed[joint] and left and right:
            proposed[joint] = (*left, *right)
    return proposed


def _remarks(proposed: Mapping[str, Sources], match: SkeletonMatch | None) -> list[str]:
    """Describe the proposals that need a second look."""
    remarks = []
    hips = proposed["l_hip"]
    if any(name.upper().endswith(ABOVE_HIPS) for name in hips):
        narrow = " and too close together" if set(hips) & set(proposed["r_hip"]) else ""
        remarks.append(
            f"The hips proposed ({' and '.join(hips)}) lie some 9 cm above the hip joints{narrow}; "
            "joint centres are better, if you can export them."
        )
    neck = proposed["neck"]
    if len(neck) > 1 and (match is None or "neck" not in match.sources) and neck[0] not in ("C7", "CV7"):
        remarks.append(f"The neck proposed is the midpoint of {' and '.join(neck)}.")
    return remarks
