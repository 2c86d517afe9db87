"""Libraries with a manifest, ``library.csv``."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path, PurePosixPath
from typing import Any

from affectlib.errors import AffectlibError, LibraryError
from affectlib.recordings.formats import FORMATS
from affectlib.recordings.joint_map import read_joint_map
from affectlib.recordings.library import JOINTS_JSON, LIBRARY_CSV, Library, Take
from affectlib.recordings.manifest_files import Folder
from affectlib.recordings.manifest_table import read_table
from affectlib.recordings.motion import RATES_HZ
from affectlib.recordings.names import Sources
from affectlib.recordings.rows import parse_number
from affectlib.recordings.world import METRES, UPS, parse_unit

_OVERRULES = "!"


def open_manifest(root: Path, facts: Mapping[str, Any], problems: list[AffectlibError]) -> Library:
    """Open a library by its ``library.csv``: one take for each valid row, and the problems of the others.

    Parameters
    ----------
    root : Path
        The library's folder, absolute.
    facts : mapping
        Fields of ``library.json``: ``simulated`` and ``name``.
    problems : list of AffectlibError
        Problems found so far; they come first.

    Raises
    ------
    LibraryError
        If the table cannot be read or its columns are not `COLUMNS`.
    """
    problems = [*problems]
    joint_map: dict[str, Sources] = {}
    if (root / JOINTS_JSON).exists():
        joint_map, faults = read_joint_map(root / JOINTS_JSON)
        problems += faults
    table = read_table(root / LIBRARY_CSV)
    problems += table.problems
    folder = Folder(root)
    takes: list[Take] = []
    first_lines: dict[tuple[str, ...], int] = {}
    for line, fields in table.rows:
        row = {**fields, "file": folder.spelled(fields["file"])}
        take, faults = _read_row(row, folder, line)
        faults += _duplicates(row, line, first_lines, root)
        problems += faults
        if take is not None and not faults:
            takes.append(take)
    if not table.rows and not table.problems:
        problems.append(_fault(root, "line 2", "no takes are listed", None, "Add one row for each take."))
    return Library(
        name=facts.get("name") or root.name,
        root=root,
        simulated=facts.get("simulated", False),
        takes=tuple(sorted(takes, key=lambda take: take.name)),
        problems=tuple(problems),
        left_out=folder.unlisted({key[1] for key in first_lines if key[0] == "file"}),
        joint_map=tuple(joint_map.items()),
        notes=table.notes,
    )


def _fault(root: Path, where: str, problem: str, found: str | None, remedy: str | None) -> LibraryError:
    return LibraryError(problem, file=root / LIBRARY_CSV, where=where, found=found, remedy=remedy)


def _take_name(file: str) -> str:
    return PurePosixPath(file).with_suffix("").as_posix() if file else ""


def _duplicates(
    row: Mapping[str, str], line: int, first_lines: dict[tuple[str, ...], int], root: Path
) -> list[AffectlibError]:
    """Compare a row with those before, of which `first_lines` has the lines, and add it there."""
    keys = (
        (("file", row["file"]), "file"),
        (("name", _take_name(row["file"])), "name (without its ending)"),
        ((row["subject"], row["label"], row["take"]), "take of this subject and label"),
    )
    for key, what in keys:
        if key in first_lines and all(key):
            # The others follow from the first.
            return [
                _fault(
                    root,
                    f"line {line}",
                    f"the same {what} appears twice",
                    f"also on line {first_lines[key]}",
                    "Remove one of the rows or correct it.",
                )
            ]
        first_lines.setdefault(key, line)
    return []


def _read_row(row: Mapping[str, str], folder: Folder, line: int) -> tuple[Take | None, list[AffectlibError]]:
    """Read one row: its take, or None and what is wrong with it."""
    faults: list[AffectlibError] = []

    def fault(column: str, problem: str, found: str | None, remedy: str | None) -> None:
        faults.append(_fault(folder.root, f"line {line}, column {column!r}", problem, found, remedy))

    for column in ("file", "subject", "label", "take", "up"):
        if not row[column]:
            fault(column, f"missing {column}", "an empty field", f"Fill in the {column}.")
    file = None
    if row["file"]:
        try:
            file = folder.find(row["file"])
        except LibraryError as error:
            fault("file", error.problem, error.found, error.remedy)
    suffix = PurePosixPath(row["file"]).suffix.lower()
    file_format = FORMATS.get(suffix)
    rate_text, unit_text = (row[column].removesuffix(_OVERRULES).strip() for column in ("rate_hz", "unit"))
    rate_hz = parse_number(rate_text.replace(",", ".")) if rate_text else None
    limits = f"between {RATES_HZ[0]:g} and {RATES_HZ[1]:g}"
    if row["rate_hz"] and not (rate_hz is not None and RATES_HZ[0] <= rate_hz <= RATES_HZ[1]):
        remedy = f"State frames per second, {limits}."
        fault("rate_hz", "rate that cannot be right", repr(row["rate_hz"]), remedy)
    if not row["rate_hz"] and not (file_format and file_format.states_rate):
        remedy = f"State frames per second: {suffix} files do not contain them."
        fault("rate_hz", "missing rate_hz", "an empty field", remedy)
    unit = parse_unit(unit_text)
    if unit is None and (row["unit"] or not (file_format and file_format.states_unit)):
        remedy = f"Use one of {', '.join(METRES)}, or its length in metres."
        fault("unit", "unknown unit", repr(row["unit"]), remedy)
    up = row["up"].casefold().removeprefix("+")
    if up and up not in UPS:
        fault("up", "unknown axis", repr(row["up"]), f"Use one of {', '.join(UPS)}.")
    gender = row["gender"].upper()
    if gender not in ("F", "M", ""):
        fault("gender", "unknown gender", repr(row["gender"]), "Use F or M, or leave it empty.")
    if faults or file is None:
        return None, faults
    take = Take(
        file=file,
        name=_take_name(row["file"]),
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
    return take, faults
