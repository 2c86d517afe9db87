"""Libraries with a manifest: ``library.csv``, and ``joints.json`` for unknown skeletons."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path, PurePosixPath
from typing import Any

from affectlib.errors import AffectlibError, LibraryError
from affectlib.recordings.known import Sources
from affectlib.recordings.library import JOINTS_JSON, LIBRARY_CSV, Library, Take
from affectlib.recordings.library_json import read_json_object
from affectlib.recordings.manifest_files import Folder
from affectlib.recordings.manifest_table import read_table
from affectlib.recordings.motion import RATES_HZ
from affectlib.recordings.rows import parse_number
from affectlib.recordings.world import METRES, UPS, parse_unit
from affectlib.skeleton import JOINTS

_SAYS_RATE = (".bvh", ".c3d", ".csv", ".npz")
_SAYS_UNIT = (".c3d",)
_OVERRULES = "!"


def open_manifest(root: Path, facts: Mapping[str, Any], problems: Iterable[AffectlibError]) -> Library:
    """Open a library by its ``library.csv``.

    Parameters
    ----------
    root : Path
        The library's folder, absolute.
    facts : mapping
        What ``library.json`` says: ``simulated`` and ``name``.
    problems : iterable of AffectlibError
        Problems found so far; they stay in front.

    Returns
    -------
    Library
        One take for each sound row; the problems of the others.

    Raises
    ------
    LibraryError
        If the table cannot be read or its columns are not `COLUMNS`.
    """
    found = list(problems)
    joint_map: dict[str, Sources] = {}
    if (root / JOINTS_JSON).exists():
        joint_map, faults = read_joint_map(root / JOINTS_JSON)
        found += faults
    takes: list[Take] = []
    seen: dict[tuple[str, ...], int] = {}
    table = read_table(root / LIBRARY_CSV)
    folder = Folder(root)
    found += table.problems
    for line, fields in table.rows:
        row, row_faults = {**fields, "file": folder.spelled(fields["file"])}, list[AffectlibError]()
        take = _take(row, folder, line, row_faults)
        # Of several slips of one row that come from the same doubling, the first tells enough.
        stem = PurePosixPath(row["file"]).with_suffix("").as_posix() if row["file"] else ""
        for key, what in (
            (("file", row["file"]), "file"),
            (("name", stem), "name (without its ending)"),
            (_cell(row), "take of this subject and label"),
        ):
            if key in seen and all(key):
                row_faults.append(
                    _fault(root, f"line {line}", f"the same {what} stands twice", f"also on line {seen[key]}",
                           "Remove one of the rows or correct it.")
                )  # fmt: skip
                break
            seen.setdefault(key, line)
        found += row_faults
        if take is not None and not row_faults:
            takes.append(take)
    if not table.n_lines:
        found.append(_fault(root, "line 2", "no takes are listed", None, "Add one row for each take."))
    return Library(
        name=facts.get("name") or root.name,
        root=root,
        simulated=facts.get("simulated", False),
        takes=tuple(sorted(takes, key=lambda take: take.name)),
        problems=tuple(found),
        left_out=folder.unlisted({key[1] for key in seen if key[0] == "file"}),
        joint_map=tuple(joint_map.items()),
        notes=table.notes,
    )


def _cell(row: Mapping[str, str]) -> tuple[str, ...]:
    return row["subject"], row["label"], row["take"]


def _fault(root: Path, where: str, problem: str, found: str | None, remedy: str) -> LibraryError:
    return LibraryError(problem, file=root / LIBRARY_CSV, where=where, found=found, remedy=remedy)


def _take(row: Mapping[str, str], folder: Folder, line: int, faults: list[AffectlibError]) -> Take | None:
    """Turn one row into a take, or add what is wrong with it to `faults`."""

    def fault(column: str, problem: str, found: str | None, remedy: str) -> None:
        faults.append(_fault(folder.root, f"line {line}, column {column!r}", problem, found, remedy))

    for column in ("file", "subject", "label", "take", "up"):
        if not row[column]:
            fault(column, f"missing {column}", "an empty field", f"Fill in the {column}.")
    file = folder.find(row["file"], fault) if row["file"] else None
    suffix = PurePosixPath(row["file"]).suffix.lower()
    rate_text, unit_text = (row[column].removesuffix(_OVERRULES).strip() for column in ("rate_hz", "unit"))
    rate_hz = parse_number(rate_text.replace(",", ".")) if rate_text else None
    if row["rate_hz"] and not (rate_hz is not None and RATES_HZ[0] <= rate_hz <= RATES_HZ[1]):
        fault("rate_hz", "rate that cannot be right", repr(row["rate_hz"]),
              f"Give frames per second, between {RATES_HZ[0]:g} and {RATES_HZ[1]:g}.")  # fmt: skip
    if not row["rate_hz"] and suffix not in _SAYS_RATE:
        fault(
            "rate_hz",
            "missing rate_hz",
            "an empty field",
            f"Give frames per second: {suffix} files do not say them.",
        )
    unit = parse_unit(unit_text)
    if unit is None and (row["unit"] or suffix not in _SAYS_UNIT):
        names = ", ".join(METRES)
        fault("unit", "unknown unit", repr(row["unit"]), f"Use one of {names}, or its length in metres.")
    up = row["up"].casefold().removeprefix("+")
    if up and up not in UPS:
        fault("up", "unknown axis", repr(row["up"]), f"Use one of {', '.join(UPS)}.")
    gender = row["gender"].upper()
    if gender not in ("F", "M", ""):
        fault("gender", "unknown gender", repr(row["gender"]), "Use F or M, or leave it empty.")
    if faults or file is None:
        return None
    return Take(
        file=file,
        name=PurePosixPath(row["file"]).with_suffix("").as_posix(),
        subject=row["subject"],
        label=row["label"],
        take=row["take"],
        rate_hz=rate_hz,
        unit=unit,
        up=up,
        gender=gender,
        rate_overrules=row["rate_hz"].endswith(_OVERRULES),
        unit_overrules=row["unit"].endswith(_OVERRULES),
    )


def read_joint_map(file: Path) -> tuple[dict[str, Sources], list[AffectlibError]]:
    """Read ``joints.json``: canonical joint to one source name or a list (its midpoint).

    Parameters
    ----------
    file : Path
        The file.

    Returns
    -------
    tuple of (dict, list of AffectlibError)
        The sound entries, and what is wrong with the others. Joints that are left out are
        taken from the known skeleton that the files have, if they have one.
    """
    try:
        entries = read_json_object(file)
    except LibraryError as error:
        return {}, [error]
    joint_map: dict[str, Sources] = {}
    faults: list[AffectlibError] = []
    for joint, value in entries.items():
        names = [value] if isinstance(value, str) else value
        if joint not in JOINTS:
            problem, remedy = "unknown joint", f"Use the joints {', '.join(JOINTS)}."
        elif (
            not isinstance(names, list)
            or not names
            or not all(isinstance(name, str) and name for name in names)
        ):
            problem, remedy = "wrong value", "Give the name of a joint in the files, or a list of names."
        else:
            joint_map[joint] = tuple(names)
            continue
        found = joint if joint not in JOINTS else str(value)
        faults.append(
            LibraryError(problem, file=file, where=f"field {joint!r}", found=repr(found[:60]), remedy=remedy)
        )
    return joint_map, faults
