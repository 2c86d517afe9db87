"""Lists of problems and warnings as text, in which similar ones are grouped."""

from __future__ import annotations

import re
from collections.abc import Hashable, Sequence

from affectlib.errors import AffectlibError

MOST_OF_A_KIND = 5
"""Paragraphs for one problem in several forms; the rest is counted."""

_NAMED = 3
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*(?:e[-+]?\d+)?", re.IGNORECASE)


def join_first(items: Sequence[str], most: int, *, separator: str = ", ") -> str:
    """Join at most so many items, and count the rest: ``"a, b and 3 more"``."""
    more = f" and {len(items) - most} more" if len(items) > most else ""
    return separator.join(items[:most]) + more


def count_problems(problems: Sequence[AffectlibError], noun: str = "problem") -> str:
    """Return the number of problems or warnings in words: ``"1 problem"``, ``"2 problems"``."""
    return f"{len(problems)} {noun}{'' if len(problems) == 1 else 's'}"


def list_problems(problems: Sequence[AffectlibError]) -> str:
    """List problems or warnings, one paragraph for each group of similar ones.

    Those that differ only in their file or in numbers form a group: the first is printed in full, then a
    count and some names. For one problem, at most `MOST_OF_A_KIND` paragraphs are printed.
    """
    similar: dict[Hashable, list[AffectlibError]] = {}
    for problem in problems:
        similar.setdefault((problem.problem, _form(problem)), []).append(problem)
    groups_by_problem: dict[str, list[list[AffectlibError]]] = {}
    for group in similar.values():
        groups_by_problem.setdefault(group[0].problem, []).append(group)
    paragraphs = []
    for groups in groups_by_problem.values():
        paragraphs += [_paragraph(group) for group in groups[:MOST_OF_A_KIND]]
        rest = [problem for group in groups[MOST_OF_A_KIND:] for problem in group]
        if rest:
            paragraphs.append(f"  - {rest[0].problem}: {_others(rest, groups[0][0], 'of this kind')}")
    return "\n".join(paragraphs)


def _form(problem: AffectlibError) -> Hashable:
    """Return the texts of a problem without its file and numbers."""
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
    """Count further problems and name some, by their files or by their places in the same file."""
    same_file = all(problem.file == first.file for problem in problems)
    names = [
        str((problem.where or problem.found) if same_file else (problem.file and problem.file.name))
        for problem in problems[:_NAMED]
    ]
    noun = ("place" if same_file else "file") + ("" if len(problems) == 1 else "s")
    separator = "; " if any("," in name for name in names) else ", "
    more = f"{separator}..." if len(problems) > _NAMED else ""
    return f"{len(problems)} more {noun} {how}: {separator.join(names)}{more}"
