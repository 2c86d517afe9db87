"""Problems and warnings as text: counted, and what is alike told once."""

from __future__ import annotations

import re
from collections.abc import Hashable, Sequence

from affectlib.errors import AffectlibError

MOST_OF_A_KIND = 5
"""Paragraphs shown of one problem that comes in several forms; the rest is counted."""

_NAMED = 3
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*(?:e[-+]?\d+)?", re.IGNORECASE)


def count_problems(problems: Sequence[AffectlibError], noun: str = "problem") -> str:
    """Count problems or warnings in words.

    Parameters
    ----------
    problems : sequence of AffectlibError
        Problems or warnings.
    noun : str
        What one of them is called.

    Returns
    -------
    str
        ``"1 problem"``, ``"2 problems"``.
    """
    return f"{len(problems)} {noun}{'' if len(problems) == 1 else 's'}"


def list_problems(problems: Sequence[AffectlibError]) -> str:
    """List problems or warnings, one paragraph each, alike ones together.

    Those that differ only in their file or in numbers stand together: the first in full, then a count and
    some names. Of one problem, at most `MOST_OF_A_KIND` paragraphs are shown.

    Parameters
    ----------
    problems : sequence of AffectlibError
        Problems in order.

    Returns
    -------
    str
        Text, the first of each kind in full.
    """
    alike: dict[Hashable, list[AffectlibError]] = {}
    for problem in problems:
        alike.setdefault((problem.problem, _form(problem)), []).append(problem)
    kinds: dict[str, list[list[AffectlibError]]] = {}
    for group in alike.values():
        kinds.setdefault(group[0].problem, []).append(group)
    paragraphs = []
    for groups in kinds.values():
        paragraphs += [_paragraph(group) for group in groups[:MOST_OF_A_KIND]]
        rest = [problem for group in groups[MOST_OF_A_KIND:] for problem in group]
        if rest:
            paragraphs.append(f"  - {rest[0].problem}: {_others(rest, groups[0][0], 'of this kind')}")
    return "\n".join(paragraphs)


def _form(problem: AffectlibError) -> Hashable:
    """Reduce a problem to its words: no file, no numbers."""
    texts = (problem.where, problem.found, problem.remedy)
    names = () if problem.file is None else (str(problem.file), problem.file.name)
    reduced = []
    for text in texts:
        for name in names:
            text = re.sub(rf"(?<!\w){re.escape(name)}(?!\w)", "", text) if text and name else text
        reduced.append(None if text is None else _NUMBER.sub("0", text))
    return tuple(reduced)


def _paragraph(group: Sequence[AffectlibError]) -> str:
    first, *others = group
    return f"  - {first}" + (f"\n    (and {_others(others, first, 'like this')})" if others else "")


def _others(problems: Sequence[AffectlibError], first: AffectlibError, how: str) -> str:
    """Count further problems and name some: by their files, or by their places in the same file."""
    same_file = all(problem.file == first.file for problem in problems)
    shown = problems[:_NAMED]
    if same_file:
        names = [str(problem.where or problem.found) for problem in shown]
    else:
        names = [str(problem.file and problem.file.name) for problem in shown]
    noun = ("place" if same_file else "file") + ("" if len(problems) == 1 else "s")
    apart = "; " if any("," in name for name in names) else ", "
    more = f"{apart}..." if len(problems) > _NAMED else ""
    return f"{len(problems)} more {noun} {how}: {apart.join(names)}{more}"
