"""Joint names in files: words, prefixes that do not count, and names of angles, forces and the like."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from functools import lru_cache

Sources = tuple[str, ...]
"""Names in a file whose midpoint is a canonical joint; most often just one."""

_SEPARATORS = ":_|. -"
_SHARE = 0.8  # a scene's root may be without the prefix
_FEWEST = 5  # what two or three names share, such as 'knee.', is a part of them
_SIDES = frozenset({"l", "r", "left", "right"})
_WORDS = re.compile(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z]+|[A-Z]+|\d+")
# 'triangle', 'rectangle', 'quadrangle' are shapes of marker clusters and no angles.
_NO_POSITION = re.compile(
    r"(?<!tri)(?<!rect)(?<!quadr)angles?|forces?|moments?|powers?|torques?|grfs?|velocit(y|ies)|"
    r"accelerations?|rotations?|orientations?|quaternions?|quats?|eulers?|emgs?|gyr(o|os)?|accs?|mags?"
)
_ENDING = re.compile(r"[a-z]+?(?<!tri)(?<!rect)(?<!quadr)(angles?|moments?|powers?|torques?|forces)")


def words(name: str) -> list[str]:
    """Split a name at capitals, digits and separators: ``LeftUpLeg2`` into ``left up leg 2``."""
    return [word.lower() for word in _WORDS.findall(name)]


def namespace(name: str) -> str:
    """Return what precedes and includes the last colon: ``Ann:`` of ``Ann:LASI``."""
    return name[: name.rfind(":") + 1]


def prefixes(name: str) -> list[str]:
    """List the possible prefixes of a name from short to long: nothing, and each part up to a separator."""
    return ["", *(name[: at + 1] for at, letter in enumerate(name[:-1]) if letter in _SEPARATORS)]


def shared_prefix(names: Sequence[str], *, share: float = _SHARE) -> str:
    """Return the longest prefix that (nearly) all names of a file carry, such as ``Character1_``.

    ``Left_`` is a side and no prefix.

    Parameters
    ----------
    share : float
        Part of the names that must carry it.
    """
    counts = Counter(prefix for name in names for prefix in prefixes(name))
    needed = max(share * len(names), _FEWEST)
    common = [prefix for prefix, count in counts.items() if count >= needed]
    return max((prefix for prefix in common if not _SIDES & set(words(prefix)[-1:])), key=len, default="")


def without_prefixes(names: Sequence[str], *, share: float = _SHARE) -> list[str]:
    """Remove from each name the part up to a colon, then the prefix that all share.

    The results, in the same order, may not be unique.

    Parameters
    ----------
    share : float
        Part of the names that must share a prefix without a colon.
    """
    bare = [name[len(namespace(name)) :] or name for name in names]
    shared = shared_prefix(bare, share=share)
    return [name.removeprefix(shared) or name for name in bare]


@lru_cache(maxsize=4096)
def quantity(name: str) -> str:
    """Return the word of a name that excludes a position, such as ``angles``; empty if there is none."""
    for word in words(name[len(namespace(name)) :]):
        if _NO_POSITION.fullmatch(word):
            return word
        if match := _ENDING.fullmatch(word):
            return match[1]
    return ""


def positions_only(names: Iterable[str]) -> Sources:
    """Return the names that may be those of points (see `quantity`)."""
    return tuple(name for name in names if not quantity(name))


def find(wanted: Iterable[str], names: Sequence[str]) -> dict[str, Sources]:
    """Find names in a file; prefixes do not count where the whole name is absent.

    Returns
    -------
    dict
        For each wanted name the names of the file that it may mean: none, one, or several where two
        subjects share a file.
    """
    wanted, present = list(wanted), set(names)
    by_bare: dict[str, list[str]] = {}
    for name, bare in zip(names, without_prefixes(names), strict=True):
        by_bare.setdefault(bare, []).append(name)
    return {
        name: (name,) if name in present else tuple(by_bare.get(bare, ()))
        for name, bare in zip(wanted, without_prefixes(wanted, share=1), strict=True)
    }
