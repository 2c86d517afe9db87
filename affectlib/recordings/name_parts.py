"""What the parts of a name say: which side, which joint or bone."""

from __future__ import annotations

from collections.abc import Sequence

from affectlib.recordings.known import Sources
from affectlib.recordings.marker_sets import (
    BONE_WORDS,
    COLLAR_WORDS,
    END_WORDS,
    JOINT_WORDS,
    MARKERS,
    MIDDLE_WORDS,
)
from affectlib.recordings.names import shared_prefix, stripped, words


class NameParts:
    """Names of one subject, taken apart into a side and the rest.

    Parameters
    ----------
    names : sequence of str
        Names from a file, without those of what is no position.
    """

    def __init__(self, names: Sequence[str]) -> None:
        bare = stripped(names)
        prefix = shared_prefix(bare)
        self._markers = {
            "".join(words(name.removeprefix(prefix))): full for name, full in zip(bare, names, strict=True)
        }
        self._parts = [(*side_and_rest(name), full) for name, full in zip(bare, names, strict=True)]

    def find(self, joint: str) -> Sources:
        """Find the names that mean a canonical joint.

        Parameters
        ----------
        joint : str
            A canonical joint.

        Returns
        -------
        tuple of str
            One name, several whose midpoint it is, or none where nothing looks like it.
        """
        side, _, part = joint.rpartition("_")
        return self._marker(side, part) or self._word(side, part)

    def collars(self) -> Sources:
        """Find both collar bones, whose midpoint is near the neck.

        Returns
        -------
        tuple of str
            Left and right; empty where there are none.
        """
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


def side_and_rest(name: str) -> tuple[str, str]:
    """Take a name apart: ``LeftUpLeg`` is (l, upleg), ``lfemur`` (l, femur), ``Neck1`` ('', neck).

    Parameters
    ----------
    name : str
        A name without prefixes.

    Returns
    -------
    tuple of (str, str)
        ``"l"``, ``"r"`` or nothing; and the rest in lower case, without digits.
    """
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
