"""A ``joints.json`` to check and fill in, for names that are not a known skeleton."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence

from affectlib.recordings.known import Fit, Sources, fits
from affectlib.recordings.marker_sets import (
    ABOVE_HIPS,
    BONE_WORDS,
    COLLAR_WORDS,
    END_WORDS,
    JOINT_WORDS,
    MARKERS,
    MIDDLE_WORDS,
)
from affectlib.recordings.motion import Motion
from affectlib.recordings.names import namespace, quantity, shared_prefix, stripped, words
from affectlib.skeleton import JOINTS

_LACKING = 3
"""With more joints missing, a known skeleton says too little about the others."""


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
    nearest = max(fits(group, lacking=_LACKING), key=lambda fit: len(fit.sources), default=None)
    if nearest is not None:
        lacking = [joint for joint in JOINTS if joint not in nearest.sources]
        if lacking:
            remarks.append(f"These are the names of {nearest.skeleton} without {', '.join(lacking)}.")
    proposed = _proposals(group, nearest)
    proposed.update(mapped or {})
    remarks += _doubts(proposed, nearest)
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
    return _Words([name for name in names if not quantity(name)]).find(joint)


def _main_subject(names: Sources) -> Sources:
    """Pick the names of the subject that has most of them; names without a prefix are a subject too."""
    counts = Counter(namespace(name) for name in names)
    bare = stripped(names)
    if len(counts) < 2 or len(set(bare)) == len(bare):
        return names
    (prefix, _), *_ = counts.most_common(1)
    return tuple(name for name in names if namespace(name) == prefix)


def _proposals(names: Sources, nearest: Fit | None) -> dict[str, Sources]:
    known = nearest.sources if nearest else {}
    by_words = _Words(names)
    proposed = {joint: known.get(joint) or by_words.find(joint) for joint in JOINTS}
    limbs = [(joint, f"l_{part}", f"r_{part}") for joint, part in (("pelvis", "hip"), ("neck", "shoulder"))]
    for joint, left, right in limbs:
        if not proposed[joint] and joint == "neck":
            proposed[joint] = by_words.collars()
        if not proposed[joint] and proposed[left] and proposed[right]:
            proposed[joint] = (*proposed[left], *proposed[right])
    return proposed


def _doubts(proposed: Mapping[str, Sources], nearest: Fit | None) -> list[str]:
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
    if len(neck) > 1 and (nearest is None or "neck" not in nearest.sources) and neck[0] not in ("C7", "CV7"):
        doubts.append(f"The neck proposed is the midpoint of {' and '.join(neck)}.")
    return doubts


class _Words:
    """Names of one subject, taken apart into a side and the rest."""

    def __init__(self, names: Sequence[str]) -> None:
        bare = stripped(names)
        prefix = shared_prefix(bare)
        self._markers = {
            "".join(words(name.removeprefix(prefix))): full for name, full in zip(bare, names, strict=True)
        }
        self._parts = [(*_side_and_rest(name), full) for name, full in zip(bare, names, strict=True)]

    def find(self, joint: str) -> Sources:
        side, _, part = joint.rpartition("_")
        return self._marker(side, part) or self._word(side, part)

    def collars(self) -> Sources:
        """Return both collar bones, whose midpoint is near the neck; empty where there are none."""
        pair = [self._word(side, "collar", COLLAR_WORDS) for side in "lr"]
        if not all(pair) and not self._has("l", "elbow") and self._word("l", "shoulder", ("arm", "upperarm")):
            pair = [self._word(side, "collar", ("shoulder",)) for side in "lr"]
        return (*pair[0], *pair[1]) if all(pair) else ()

    def _has(self, side: str, word: str) -> bool:
        return any(other == side and word in rest for other, rest, _ in self._parts)

    def _marker(self, side: str, part: str) -> Sources:
        for alternative in MARKERS[part]:
            keys = [name.replace("@", side).casefold() for name in alternative]
            if all(key in self._markers for key in keys):
                return tuple(self._markers[key] for key in keys)
        return ()

    def _word(self, side: str, part: str, vocabulary: tuple[str, ...] | None = None) -> Sources:
        if vocabulary is None:
            joint_naming = self._has(side, "elbow" if part in ("shoulder", "elbow", "wrist") else "knee")
            vocabulary = (MIDDLE_WORDS if not side else JOINT_WORDS if joint_naming else BONE_WORDS)[part]
        for exact in (True, False):
            for word in vocabulary:
                for other, rest, name in self._parts:
                    if other == side and (rest == word if exact else _within(word, rest, part)):
                        return (name,)
        return ()


def _within(word: str, rest: str, part: str) -> bool:
    """Whether a word stands in a name that is not that of another part of the body."""
    foreign = {
        "shoulder": (*COLLAR_WORDS, "forearm", "lowerarm", "spine", "blade"),
        "hip": ("joint",),
        "knee": ("upleg", "upperleg", "thigh"),
        "wrist": ("thumb", "index", "middle", "ring", "pinky", "finger"),
    }
    # 'arm' and 'leg' stand in too many names: by themselves they must be all of it.
    return (
        word in rest
        and word not in (("hip", "root") if part == "pelvis" else ("arm", "leg"))
        and not any(stranger in rest for stranger in foreign.get(part, ()) if stranger not in word)
        and not any(rest.endswith(end) for end in END_WORDS)
    )


def _side_and_rest(name: str) -> tuple[str, str]:
    """Take a name apart: ``LeftUpLeg`` is (l, upleg), ``lfemur`` (l, femur), ``Neck1`` ('', neck)."""
    tokens = [word for word in words(name) if not word.isdigit()]
    sides = [word for word in tokens if word in ("l", "r", "left", "right")]
    if sides:
        return sides[0][0], "".join(word for word in tokens if word != sides[0])
    rest = "".join(tokens)
    for side in ("left", "right"):
        if rest.startswith(side) or rest.endswith(side):
            return side[0], rest.removeprefix(side).removesuffix(side)
    known = {word for table in (JOINT_WORDS, BONE_WORDS) for row in table.values() for word in row}
    if rest[:1] in ("l", "r") and rest[1:] in known | set(COLLAR_WORDS):
        return rest[0], rest[1:]
    return "", rest
