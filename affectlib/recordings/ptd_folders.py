"""The layout of the body movement library: ``<code>_pt/<code>_walk_<affect>_<take>_fin.ptd``."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

from affectlib.errors import AffectlibError, LibraryError
from affectlib.recordings.formats import ptd
from affectlib.recordings.library import Library, Take

SUFFIX = "_pt"
AFFECTS: Mapping[str, str] = MappingProxyType({"an": "angry", "ha": "happy", "nu": "neutral", "sa": "sad"})
"""Affects by their code in file names."""

_WALK = re.compile(r"(?P<code>[^_]+)_walk_(?P<affect>[^_]+)_(?P<take>\d+)_fin", re.IGNORECASE)
_PATTERN = "<code>_walk_<" + "|".join(AFFECTS) + ">_<take>_fin.ptd"


def open_ptd_folders(root: Path, facts: Mapping[str, Any], problems: list[AffectlibError]) -> Library:
    """Open a library of ``<code>_pt`` folders by file names; other actions than walking are left out.

    Parameters
    ----------
    root : Path
        The library's folder, absolute.
    facts : mapping
        Fields of ``library.json``: ``simulated``, ``name``, ``rate_hz``, ``genders``.
    problems : list of AffectlibError
        Problems found so far; they come first.
    """
    problems = [*problems]
    takes: dict[tuple[str, str, str], Take] = {}
    others: Counter[str] = Counter()
    for folder in sorted(root.iterdir()):
        if folder.is_file() and folder.suffix.lower() == ".ptd":
            remedy = f"Move it to {folder.stem.split('_')[0]}{SUFFIX}/."
            problems.append(
                LibraryError("take outside the folder of its subject", file=folder, remedy=remedy)
            )
        if not folder.name.endswith(SUFFIX) or not folder.is_dir():
            continue
        files = sorted(file for file in folder.iterdir() if file.suffix.lower() == ".ptd")
        if not files:
            remedy = "Add its takes or remove the folder."
            problems.append(LibraryError("no .ptd file in this folder", file=folder, remedy=remedy))
        for file in files:
            action = _other_action(file.stem)
            if action:
                others[action] += 1
                continue
            try:
                take = _take(file, root, facts)
            except LibraryError as error:
                problems.append(error)
                continue
            first = takes.setdefault((take.subject, take.label, take.take), take)
            if first is not take:
                problem = "the same take of the same subject and affect appears twice"
                remedy = "Remove one of them or give it another take number."
                problems.append(_fault(file, problem, f"also {first.file.name}", remedy))
    counts = ", ".join(f"{action} {count}" for action, count in sorted(others.items()))
    return Library(
        name=facts.get("name") or root.name,
        root=root,
        simulated=facts.get("simulated", False),
        takes=tuple(sorted(takes.values(), key=lambda take: take.name)),
        problems=tuple(problems),
        left_out=(f"{others.total()} files of other actions than walking ({counts})",) if others else (),
    )


def _other_action(stem: str) -> str:
    """Return the action of a file such as ``ale_knock_an_1_fin``; empty for walks and unclear names."""
    parts = stem.lower().split("_")
    named = len(parts) >= 4 and parts[1].isalpha() and parts[1] != "walk" and parts[1] not in AFFECTS
    return parts[1] if named and parts[2] in AFFECTS else ""


def _take(file: Path, root: Path, facts: Mapping[str, Any]) -> Take:
    match = _WALK.fullmatch(file.stem)
    if match is None:
        problem = "file name does not contain subject, affect and take"
        raise _fault(file, problem, file.name, f"Name it {_PATTERN}.")
    code, affect, number = match["code"], match["affect"].lower(), match["take"]
    if f"{code}{SUFFIX}" != file.parent.name:
        remedy = f"Move it to {code}{SUFFIX}/ or correct its name."
        problem = "the file's code is not that of its folder"
        raise _fault(file, problem, f"{code!r} in {file.parent.name!r}", remedy)
    if affect not in AFFECTS:
        known = ", ".join(f"{key} ({name})" for key, name in AFFECTS.items())
        raise _fault(file, "unknown affect", repr(affect), f"Use one of {known}.")
    if not file.resolve().is_relative_to(root.resolve()):
        problem = "file lies outside the library folder"
        raise _fault(file, problem, str(file.resolve()), "Copy it into the library.", where="symbolic link")
    return Take(
        file=file,
        name=file.relative_to(root).with_suffix("").as_posix(),
        subject=code,
        label=AFFECTS[affect],
        take=str(int(number)),
        rate_hz=float(facts.get("rate_hz", ptd.RATE_HZ)),
        unit=ptd.UNIT,
        up=ptd.UP,
        gender=facts.get("genders", {}).get(code, ""),
    )


def _fault(file: Path, problem: str, found: str, remedy: str, *, where: str = "file name") -> LibraryError:
    return LibraryError(problem, file=file, where=where, found=found, remedy=remedy)
