"""Joint names as files spell them: prefixes that do not count, and names of what is no position."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from functools import lru_cache

_SEPARATORS = ":_|. -"
_SHARED = 0.8
_FEWEST = 5  # what two or three names share, such as 'knee.', says something about them
_SIDES = frozenset({"l", "r", "left", "right"})
_WORDS = re.compile(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z]+|[A-Z]+|\d+")
_NO_POSITION = re.compile(
    r"(?<!tri)(?<!rect)(?<!quadr)angles?|forces?|moments?|powers?|torques?|grfs?|velocit(y|ies)|"
    r"accelerations?|rotations?|orientations?|quaternions?|quats?|eulers?|emgs?|gyr(o|os)?|accs?|mags?"
)
_ENDING = re.compile(r"[a-z]+?(?<!tri)(?<!rect)(?<!quadr)(angles?|moments?|powers?|torques?|forces)")


def words(name: str) -> list[str]:
    """Split a name at capitals, digits and separators.

    Parameters
    ----------
    name : str
        A name from a file.

    Returns
    -------
    list of str
        Lower-case words and numbers: ``LeftUpLeg2`` is ``left up leg 2``.
    """
    return [word.lower() for word in _WORDS.findall(name)]


def namespace(name: str) -> str:
    """Return what stands up to the last colon: ``Ann:`` of ``Ann:LASI``.

    Parameters
    ----------
    name : str
        A name from a file.

    Returns
    -------
    str
        The prefix with its colon; empty where there is none.
    """
    return name[: name.rfind(":") + 1]


def prefixes(name: str) -> list[str]:
    """List all that may be a prefix of a name: nothing, and each beginning up to a separator.

    Parameters
    ----------
    name : str
        A name from a file.

    Returns
    -------
    list of str
        From the shortest to the longest; never the whole name.
    """
    return ["", *(name[: at + 1] for at, letter in enumerate(name[:-1]) if letter in _SEPARATORS)]


def shared_prefix(names: Sequence[str], *, share: float = _SHARED) -> str:
    """Find the prefix that (nearly) all names of a file carry, such as ``Character1_``.

    Parameters
    ----------
    names : sequence of str
        Names from a file.
    share : float
        Part of the names that must carry it. A scene's root may stand outside the prefix.

    Returns
    -------
    str
        The longest such prefix; empty where there is none. ``Left_`` is a side and no prefix.
    """
    counts = Counter(prefix for name in names for prefix in prefixes(name))
    needed = max(share * len(names), _FEWEST)
    common = [prefix for prefix, count in counts.items() if count >= needed and not _is_side(prefix)]
    return max(common, key=len, default="")


def _is_side(prefix: str) -> bool:
    last = words(prefix)[-1:]
    return bool(last) and last[0] in _SIDES


def stripped(names: Sequence[str], *, share: float = _SHARED) -> list[str]:
    """Take off the prefixes that do not count: up to a colon, then what all names share.

    Parameters
    ----------
    names : sequence of str
        Names from a file.
    share : float
        Part of the names that must share a prefix without a colon.

    Returns
    -------
    list of str
        The bare names, in the same order; they may not be unique.
    """
    bare = [name[len(namespace(name)) :] or name for name in names]
    shared = shared_prefix(bare, share=share)
    return [name.removeprefix(shared) or name for name in bare]


@lru_cache(maxsize=4096)
def quantity(name: str) -> str:
    """Find the word by which a name says that it is no position: angle, force, moment, power.

    Parameters
    ----------
    name : str
        A name from a file, such as ``LKneeAngles``.

    Returns
    -------
    str
        The word in lower case; empty where the name may be that of a point.
    """
    for word in words(name[len(namespace(name)) :]):
        if _NO_POSITION.fullmatch(word):
            return word
        if match := _ENDING.fullmatch(word):
            return match[1]
    return ""


def find(wanted: Iterable[str], names: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """Find names in a file; prefixes do not count where the whole name is not there.

    Parameters
    ----------
    wanted : iterable of str
        The names to find.
    names : sequence of str
        Names of the file.

    Returns
    -------
    dict
        For each wanted name those that it may mean: none, one, or several where two subjects
        share a file.
    """
    wanted, there = list(wanted), set(names)
    by_bare: dict[str, list[str]] = {}
    for name, bare in zip(names, stripped(names), strict=True):
        by_bare.setdefault(bare, []).append(name)
    return {
        name: (name,) if name in there else tuple(by_bare.get(bare, ()))
        for name, bare in zip(wanted, stripped(wanted, share=1), strict=True)
    }
