"""A search for joints among unknown names, by marker sets and by words for sides, joints and bones."""

from __future__ import annotations

from collections.abc import Sequence

from affectlib.recordings.marker_sets import (
    BONE_WORDS,
    COLLAR_WORDS,
    END_WORDS,
    JOINT_WORDS,
    MARKERS,
    MIDDLE_WORDS,
)
from affectlib.recordings.names import Sources, shared_prefix, without_prefixes, words

# Words in names of other parts of the body, which a name that contains the word for a joint may have.
_OTHER_PARTS = {
    "shoulder": (*COLLAR_WORDS, "forearm", "lowerarm", "spine", "blade"),
    "hip": ("joint",),
    "knee": ("upleg", "upperleg", "thigh"),
    "wrist": ("thumb", "index", "middle", "ring", "pinky", "finger"),
}
_LIMB_WORDS = {*COLLAR_WORDS} | {
    word for table in (JOINT_WORDS, BONE_WORDS) for row in table.values() for word in row
}


class JointFinder:
    """Joints among the names of one subject, without those of angles, forces and the like."""

    def __init__(self, names: Sequence[str]) -> None:
        bare = without_prefixes(names)
        prefix = shared_prefix(bare)
        self._markers = {
            "".join(words(name.removeprefix(prefix))): full for name, full in zip(bare, names, strict=True)
        }
        self._parts = [(*side_and_rest(name), full) for name, full in zip(bare, names, strict=True)]

    def find(self, joint: str) -> Sources:
        """Return the name of a canonical joint, or several whose midpoint it is, or none."""
        side, _, part = joint.rpartition("_")
        return self._marker(side, part) or self._word(side, part, self._vocabulary(side, part))

    def find_collar_bones(self) -> Sources:
        """Return the left and right collar bone, whose midpoint is near the neck, or none."""
        pair = [self._word(side, "collar", COLLAR_WORDS) for side in "lr"]
        bone_naming = not self._has("l", "elbow") and self._word("l", "shoulder", ("arm", "upperarm"))
        if not all(pair) and bone_naming:
            pair = [self._word(side, "collar", ("shoulder",)) for side in "lr"]
        return (*pair[0], *pair[1]) if all(pair) else ()

    def _has(self, side: str, word: str) -> bool:
        return any(other == side and word in rest for other, rest, _ in self._parts)

    def _marker(self, side: str, part: str) -> Sources:
        for markers in MARKERS[part]:
            keys = [name.replace("@", side).casefold() for name in markers]
            if all(key in self._markers for key in keys):
                return tuple(self._markers[key] for key in keys)
        return ()

    def _vocabulary(self, side: str, part: str) -> tuple[str, ...]:
        if not side:
            return MIDDLE_WORDS[part]
        joint_naming = self._has(side, "elbow" if part in ("shoulder", "elbow", "wrist") else "knee")
        return (JOINT_WORDS if joint_naming else BONE_WORDS)[part]

    def _word(self, side: str, part: str, vocabulary: tuple[str, ...]) -> Sources:
        for exact in (True, False):
            for word in vocabulary:
                for other, rest, name in self._parts:
                    if other == side and (rest == word if exact else _contains(rest, word, part)):
                        return (name,)
        return ()


def _contains(rest: str, word: str, part: str) -> bool:
    """Decide whether a name contains a word and is not that of another part of the body."""
    # 'arm' and 'leg' are in too many names, and so are 'hip' and 'root' for a pelvis: these must be exact.
    return (
        word in rest
        and word not in (("hip", "root") if part == "pelvis" else ("arm", "leg"))
        and not any(other in rest for other in _OTHER_PARTS.get(part, ()) if other not in word)
        and not rest.endswith(END_WORDS)
    )


def side_and_rest(name: str) -> tuple[str, str]:
    """Split a name without prefixes into a side (``"l"``, ``"r"`` or empty) and the rest.

    The rest is in lower case and without digits: ``LeftUpLeg`` is (l, upleg), ``lfemur`` (l, femur),
    ``Neck1`` ('', neck).
    """
    tokens = [word for word in words(name) if not word.isdigit()]
    sides = [word for word in tokens if word in ("l", "r", "left", "right")]
    if sides:
        return sides[0][0], "".join(word for word in tokens if word != sides[0])
    rest = "".join(tokens)
    for side in ("left", "right"):
        if rest.startswith(side) or rest.endswith(side):
            return side[0], rest.removeprefix(side).removesuffix(side)
    if rest[:1] in ("l", "r") and rest[1:] in _LIMB_WORDS:
        return rest[0], rest[1:]
    return "", rest
