"""The table of ``library.csv``, as spreadsheets save it."""

from __future__ import annotations

import csv
import difflib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from affectlib.errors import AffectlibError, LibraryError
from affectlib.recordings.formats.delimited import read_delimited
from affectlib.recordings.motion import read_bytes

COLUMNS = ("file", "subject", "label", "take", "rate_hz", "unit", "up", "gender")
MAY_BE_MISSING = ("rate_hz", "unit", "gender")
"""Columns whose fields may be empty; such a column may be absent."""

_REMEDY = f"The columns must be {','.join(COLUMNS)}; {', '.join(MAY_BE_MISSING)} may be missing."
_EMPTY = ("n/a", "na", "nan", "null", "none", "-")


@dataclass(frozen=True, kw_only=True)
class ManifestTable:
    """The rows of a manifest, each with all of `COLUMNS`.

    Parameters
    ----------
    rows : tuple of (int, mapping)
        Line number, and column to field; the fields of an absent column are empty.
    """

    rows: tuple[tuple[int, Mapping[str, str]], ...]
    problems: tuple[AffectlibError, ...]
    notes: tuple[str, ...]


def read_table(file: Path) -> ManifestTable:
    """Read a manifest.

    The order of columns is free, letter case and blanks in their names do not count, fields may be
    separated by commas, semicolons or tabs. Further columns, and columns without a name, are not
    used. Blank rows do not count, nor do empty fields beyond the end of the header.

    Raises
    ------
    LibraryError
        If the table cannot be read, a required column is missing, or a column appears twice.
    """
    try:
        table = read_delimited(read_bytes(file), file=file)
        lines = [
            (line, [field.strip() for field in fields])
            for line, fields in table.lines()
            if any(map(str.strip, fields))
        ]
    except AffectlibError as error:
        unreadable = error.where is not None
        raise LibraryError(
            "the manifest cannot be read" if unreadable else error.problem,
            file=file,
            where=error.where,
            found=f"{error.problem}: {error.found}" if unreadable else error.found,
            remedy=error.remedy,
        ) from None
    except csv.Error as error:
        raise LibraryError(
            "the manifest cannot be read",
            file=file,
            found=str(error)[:100],
            remedy="Save it as CSV in UTF-8.",
        ) from None
    if not lines:
        raise LibraryError("the manifest has no header", file=file, remedy=_REMEDY)
    (header_line, header), *lines = lines
    names = [_normal(name) for name in header]
    unused = _check_header(names, header, line=header_line, file=file)
    rows: list[tuple[int, Mapping[str, str]]] = []
    problems: list[AffectlibError] = []
    for line, fields in lines:
        if _fits(fields, names):
            by_name = dict(zip(names, fields, strict=False))
            rows.append((line, {name: _field(name, by_name.get(name, "")) for name in COLUMNS}))
        else:
            problems.append(
                LibraryError(
                    "wrong number of columns",
                    file=file,
                    where=f"line {line}",
                    found=f"{len(fields)} fields instead of {len(names)}",
                    remedy="Correct this row; a field that contains a comma needs quotes.",
                )
            )
    notes = [f"{file.name}: {note}" for note in table.notes]
    nameless = [column for column, name in enumerate(names) if not name]
    if any(any(fields[column : column + 1]) for _, fields in lines for column in nameless):
        unused.append("a column without a name")
    if unused:
        notes.append(f"{file.name}: columns not used: {', '.join(unused)}")
    return ManifestTable(rows=tuple(rows), problems=tuple(problems), notes=tuple(notes))


def _normal(name: str) -> str:
    """Spell a column name as `COLUMNS` does: "Rate (Hz)" is rate_hz."""
    return re.sub(r"[\W_]+", "_", name.casefold()).strip("_")


def _check_header(names: list[str], header: list[str], *, line: int, file: Path) -> list[str]:
    """Refuse a header that lacks a column or has one twice, and list its further columns as written."""
    absent = [name for name in COLUMNS if name not in names]
    missing = [name for name in absent if name not in MAY_BE_MISSING]
    twice = [name for name in COLUMNS if names.count(name) > 1]
    further = [name for name in names if name and name not in COLUMNS]
    near = {
        name: match[0] for name in further if (match := difflib.get_close_matches(name, absent, cutoff=0.7))
    }
    # A misspelt column is refused: its contents would be lost silently.
    if missing or twice or near:
        if missing:
            problem = f"missing column {missing[0]!r}"
        else:
            problem = "a column appears twice" if twice else "unknown column"
        guesses = [f"{name!r} is perhaps {match!r}" for name, match in near.items()]
        raise LibraryError(
            problem,
            file=file,
            where=f"line {line}",
            found="; ".join([",".join(header)[:120], *guesses]),
            remedy=_REMEDY,
        )
    return [name for name, normal in zip(header, names, strict=True) if normal and normal not in COLUMNS]


def _fits(fields: list[str], names: list[str]) -> bool:
    """Decide whether fields beyond the header are empty, and only columns that may be empty are absent."""
    required = set(COLUMNS) - set(MAY_BE_MISSING)
    return not any(fields[len(names) :]) and required.isdisjoint(names[len(fields) :])


def _field(name: str, value: str) -> str:
    return "" if name in MAY_BE_MISSING and value.casefold() in _EMPTY else value
