"""Libraries with a manifest: ``library.csv``, and ``joints.json`` for unknown skeletons."""

from __future__ import annotations

import csv
import difflib
import io
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import Any

from affectlib.errors import AffectlibError, LibraryError
from affectlib.recordings.known import Sources
from affectlib.recordings.library import JOINTS_JSON, LIBRARY_CSV, Library, Take, read_json_object
from affectlib.recordings.motion import RATES_HZ, read_bytes
from affectlib.recordings.rows import parse_number
from affectlib.recordings.world import METRES, UPS
from affectlib.skeleton import JOINTS

COLUMNS = ("file", "subject", "label", "take", "rate_hz", "unit", "up", "gender")
SUFFIXES = (".bvh", ".c3d", ".csv", ".npz", ".ptd")

_SAYS_RATE = (".bvh", ".c3d", ".csv", ".npz")
_SAYS_UNIT = (".c3d",)

Fault = Callable[[str, str, str | None, str], None]
"""Takes down one fault of a row: column, problem, what was found, remedy."""


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
    header, rows = _rows(root / LIBRARY_CSV)
    for line, cells in rows:
        if len(cells) != len(header):
            found.append(
                _fault(
                    root,
                    f"line {line}",
                    "wrong number of columns",
                    f"{len(cells)} fields instead of {len(header)}",
                    "Mend this row; a comma inside a field needs quotes around the field.",
                )
            )
            continue
        row, row_faults = dict(zip(header, cells, strict=True)), list[AffectlibError]()
        take = _take(row, root, line, row_faults)
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
    if not rows:
        found.append(_fault(root, "line 2", "no takes are listed", None, "Add one row for each take."))
    return Library(
        name=facts.get("name") or root.name,
        root=root,
        simulated=facts.get("simulated", False),
        takes=tuple(sorted(takes, key=lambda take: take.name)),
        problems=tuple(found),
        left_out=_unlisted(root, {key[1] for key in seen if key[0] == "file"}),
        joint_map=tuple(joint_map.items()),
    )


def _cell(row: Mapping[str, str]) -> tuple[str, ...]:
    return row["subject"], row["label"], row["take"]


def _fault(root: Path, where: str, problem: str, found: str | None, remedy: str) -> LibraryError:
    return LibraryError(problem, file=root / LIBRARY_CSV, where=where, found=found, remedy=remedy)


def _rows(file: Path) -> tuple[list[str], list[tuple[int, list[str]]]]:
    """Read the header and the rows as (line number, fields); blank lines do not count."""
    try:
        text = read_bytes(file).decode("utf-8-sig")
        reader = csv.reader(io.StringIO(text, newline=""), strict=True)
        lines = [
            (reader.line_num, [cell.strip() for cell in cells])
            for cells in reader
            if any(map(str.strip, cells))
        ]
    except AffectlibError as error:
        raise LibraryError(error.problem, file=file, found=error.found, remedy=error.remedy) from None
    except (UnicodeDecodeError, csv.Error) as error:
        raise LibraryError(
            "the manifest cannot be read",
            file=file,
            found=str(error)[:100],
            remedy="Save it as CSV in UTF-8.",
        ) from None
    line, header = lines[0]
    missing = [name for name in COLUMNS if name not in header]
    strange = [name for name in header if name not in COLUMNS]
    if missing or strange or len(header) != len(COLUMNS):
        near = [
            f"{name!r} is perhaps {match[0]!r}"
            for name in strange
            if (match := difflib.get_close_matches(name, missing))
        ]
        raise LibraryError(
            f"missing column {missing[0]!r}"
            if missing
            else "unknown column"
            if strange
            else "a column stands twice",
            file=file,
            where=f"line {line}",
            found=",".join(header)[:120] + (f"; {'; '.join(near)}" if near else ""),
            remedy=f"The columns must be {','.join(COLUMNS)}.",
        )
    return header, lines[1:]


def _take(row: Mapping[str, str], root: Path, line: int, faults: list[AffectlibError]) -> Take | None:
    """Turn one row into a take, or add what is wrong with it to `faults`."""

    def fault(column: str, problem: str, found: str | None, remedy: str) -> None:
        faults.append(_fault(root, f"line {line}, column {column!r}", problem, found, remedy))

    for column in ("file", "subject", "label", "take", "up"):
        if not row[column]:
            fault(column, f"missing {column}", "an empty field", f"Fill in the {column}.")
    file = _inside(row["file"], root, fault) if row["file"] else None
    suffix = PurePosixPath(row["file"]).suffix.lower()
    rate_hz = parse_number(row["rate_hz"]) if row["rate_hz"] else None
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
    if row["unit"] not in METRES and (row["unit"] or suffix not in _SAYS_UNIT):
        fault("unit", "unknown unit", repr(row["unit"]), f"Use one of {', '.join(METRES)}.")
    if row["up"] and row["up"] not in UPS:
        fault("up", "unknown axis", repr(row["up"]), f"Use one of {', '.join(UPS)}.")
    if row["gender"] not in ("F", "M", ""):
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
        unit=row["unit"] or None,
        up=row["up"],
        gender=row["gender"],
    )


def _inside(text: str, root: Path, fault: Fault) -> Path | None:
    """Find the file of a row; it must be a motion file inside the library's folder."""
    path = PurePosixPath(text)
    outside = path.is_absolute() or PureWindowsPath(text).is_absolute() or ".." in path.parts
    file = root / path
    try:
        if outside or not file.resolve().is_relative_to(root.resolve()):
            fault("file", "file lies outside the library folder", repr(text), "Copy it into the library.")
        elif not file.is_file():
            what = "a folder" if file.is_dir() else repr(text)
            fault(
                "file",
                "no such file",
                what,
                "Correct the name (it is relative to library.csv) or remove the row.",
            )
        elif path.suffix.lower() not in SUFFIXES:
            fault("file", "unknown kind of file", repr(path.suffix), f"Use one of {', '.join(SUFFIXES)}.")
        else:
            return file
    except (OSError, ValueError) as error:  # a name too long, a null character, a loop of links
        fault("file", "no usable file name", f"{text[:60]!r}: {error}"[:160], "Correct the name.")
    return None


def _unlisted(root: Path, listed: set[str]) -> tuple[str, ...]:
    """Tell of motion files in the folder that the manifest does not list."""
    own = {LIBRARY_CSV, "truth.csv"}
    there = {file.relative_to(root).as_posix() for file in root.rglob("*") if file.suffix.lower() in SUFFIXES}
    extra = sorted(there - {PurePosixPath(name).as_posix() for name in listed} - own)
    if not extra:
        return ()
    shown = ", ".join(extra[:3]) + (", ..." if len(extra) > 3 else "")
    return (f"{len(extra)} motion files that {LIBRARY_CSV} does not list ({shown})",)


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
