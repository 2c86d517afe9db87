"""A ``joints.json`` to check and fill in, for names that are not a known skeleton."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence

from affectlib.recordings.known import Fit, Sources, nearest
from affectlib.recordings.marker_sets import ABOVE_HIPS
from affectlib.recordings.motion import Motion
from affectlib.recordings.name_parts import NameParts
from affectlib.recordings.names import namespace, quantity, stripped
from affectlib.skeleton import JOINTS


def propose(motion: Motion, mapped: Mapping[str, Sources] | None = None) -> tuple[str, str]:
    """Propose a ``joints.json`` for a file whose joints are not known.

    Parameters
    ----------
    motion : Motion
        The file's contents.
    mapped : mapping, optional
        What ``joints.json`` says already and the file has.

    Returns
    -------
    tuple of (str, str)
        Remarks to read first, as sentences that end in a blank; and the file's text, empty
        where nothing can be proposed. Nothing is proposed that is no position.
    """
    joints = tuple(name for name in motion.joints if not quantity(name))
    group = _main_subject(joints)
    remarks = []
    fit = nearest(group)
    lacking = [joint for joint in JOINTS if fit is not None and joint not in fit.sources]
    if fit is not None and lacking:
        remarks.append(f"These are the names of {fit.skeleton} without {', '.join(lacking)}.")
    proposed = _proposals(group, fit)
    proposed.update(mapped or {})
    remarks += _doubts(proposed, fit)
    if len(group) < len(joints):
        remarks.append(f"The file holds several subjects; the names of {namespace(group[0])!r} are proposed.")
    else:  # without the prefix it serves the files of all subjects
        bare = dict(zip(group, stripped(group), strict=True))
        if len(set(bare.values())) == len(bare):
            proposed = {
                joint: tuple(bare.get(name, name) for name in names) for joint, names in proposed.items()
            }
    ready = {
        joint: names[0] if len(names) == 1 else list(names) or ""
        for joint in JOINTS
        for names in [proposed.get(joint, ())]
    }
    return "".join(f"{remark} " for remark in remarks), json.dumps(ready, ensure_ascii=False)


def guess(joint: str, names: Sequence[str]) -> Sources:
    """Guess which name of a file means a canonical joint.

    Parameters
    ----------
    joint : str
        A canonical joint.
    names : sequence of str
        Names from a file.

    Returns
    -------
    tuple of str
        One name, several whose midpoint it is, or none where nothing looks like it.
    """
    return NameParts([name for name in names if not quantity(name)]).find(joint)


def _main_subject(names: Sources) -> Sources:
    """Pick the names of the subject that has most of them; names without a prefix are a subject too."""
    counts = Counter(namespace(name) for name in names)
    bare = stripped(names)
    if len(counts) < 2 or len(set(bare)) == len(bare):
        return names
    (prefix, _), *_ = counts.most_common(1)
    return tuple(name for name in names if namespace(name) == prefix)


def _proposals(names: Sources, fit: Fit | None) -> dict[str, Sources]:
    known = fit.sources if fit else {}
    by_words = NameParts(names)
    proposed = {joint: known.get(joint) or by_words.find(joint) for joint in JOINTS}
    limbs = [(joint, f"l_{part}", f"r_{part}") for joint, part in (("pelvis", "hip"), ("neck", "shoulder"))]
    for joint, left, right in limbs:
        if not proposed[joint] and joint == "neck":
            proposed[joint] = by_words.collars()
        if not proposed[joint] and proposed[left] and proposed[right]:
            proposed[joint] = (*proposed[left], *proposed[right])
    return proposed


def _doubts(proposed: Mapping[str, Sources], fit: Fit | None) -> list[str]:
    """Say of which proposals a person should think twice."""
    doubts = []
    hips = proposed["l_hip"]
    if any(name.upper().endswith(tuple(ABOVE_HIPS)) for name in hips):
        narrow = " and too close together" if set(hips) & set(proposed["r_hip"]) else ""
        doubts.append(
            f"The hips proposed ({' and '.join(hips)}) lie some 9 cm above the hip joints{narrow}; "
            "joint centres are better, if you can export them."
        )
    neck = proposed["neck"]
    if len(neck) > 1 and (fit is None or "neck" not in fit.sources) and neck[0] not in ("C7", "CV7"):
        doubts.append(f"The neck proposed is the midpoint of {' and '.join(neck)}.")
    return doubts
