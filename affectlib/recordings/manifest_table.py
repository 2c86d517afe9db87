"""The table ``library.csv`` as spreadsheets save it: header, rows and what may be missing."""

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
"""Columns whose fields may be empty; such a column may be missing as a whole."""

_NOTHING = ("n/a", "na", "nan", "null", "none", "-")


@dataclass(frozen=True, kw_only=True)
class ManifestTable:
    """The rows of a manifest, each with all of `COLUMNS`.

    Parameters
    ----------
    rows : tuple of (int, mapping)
        Line number, and column to field; a column that is missing reads as empty.
    n_lines : int
        Rows that are not blank, those with problems too.
    problems : tuple of AffectlibError
        Rows that do not fit the header.
    notes : tuple of str
        Columns that are not used; an unusual delimiter or encoding.
    """

    rows: tuple[tuple[int, Mapping[str, str]], ...]
    n_lines: int
    problems: tuple[AffectlibError, ...]
    notes: tuple[str, ...]


def read_table(file: Path) -> ManifestTable:
    """Read a manifest.

    The order of columns is free, letter case and blanks in their names do not count, fields may be
    divided by commas, semicolons or tabs. Further columns, and columns without a name, are not
    used. Blank rows do not count, nor do empty fields beyond the end of the header.

    Parameters
    ----------
    file : Path
        ``library.csv``.

    Returns
    -------
    ManifestTable
        Its rows.

    Raises
    ------
    LibraryError
        If the table cannot be read, a column is missing that may not be, or one stands twice.
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
        raise LibraryError("the manifest has no header", file=file, remedy=_remedy())
    names = [_normal(name) for name in lines[0][1]]
    further = _check_header(names, lines[0][1], line=lines[0][0], file=file)
    place = {name: names.index(name) for name in COLUMNS if name in names}
    rows: list[tuple[int, Mapping[str, str]]] = []
    problems: list[AffectlibError] = []
    for line, fields in lines[1:]:
        if _fits(fields, names):
            found = {
                name: fields[at] if (at := place.get(name, len(fields))) < len(fields) else ""
                for name in COLUMNS
            }
            rows.append((line, {name: _field(name, value) for name, value in found.items()}))
        else:
            problems.append(
                LibraryError(
                    "wrong number of columns",
                    file=file,
                    where=f"line {line}",
                    found=f"{len(fields)} fields instead of {len(names)}",
                    remedy="Mend this row; a comma inside a field needs quotes around the field.",
                )
            )
    notes = [f"{file.name}: {note}" for note in table.notes]
    nameless = any(any(fields[at : at + 1]) for _, fields in lines[1:] for at in _where(names, ""))
    unused = [*further, *(["a column without a name"] if nameless else [])]
    if unused:
        notes.append(f"{file.name}: columns not used: {', '.join(unused)}")
    return ManifestTable(
        rows=tuple(rows), n_lines=len(lines) - 1, problems=tuple(problems), notes=tuple(notes)
    )


def _normal(name: str) -> str:
    """Spell a column name as `COLUMNS` does: "Rate (Hz)" is rate_hz."""
    return re.sub(r"[\W_]+", "_", name.casefold()).strip("_")


def _where(names: list[str], name: str) -> list[int]:
    return [at for at, other in enumerate(names) if other == name]


def _remedy() -> str:
    return f"The columns must be {','.join(COLUMNS)}; {', '.join(MAY_BE_MISSING)} may be missing."


def _check_header(names: list[str], header: list[str], *, line: int, file: Path) -> list[str]:
    """Hold that the columns are there, each once; list the further ones as they are written."""
    missing = [name for name in COLUMNS if name not in names and name not in MAY_BE_MISSING]
    twice = [name for name in COLUMNS if names.count(name) > 1]
    absent = [name for name in COLUMNS if name not in names]
    strange = [name for name in names if name and name not in COLUMNS]
    near = {
        name: match[0] for name in strange if (match := difflib.get_close_matches(name, absent, cutoff=0.7))
    }
    # A misspelt column is not one to leave unused: what stands in it would be lost silently.
    if missing or twice or near:
        problem = (
            f"missing column {missing[0]!r}"
            if missing
            else "a column stands twice"
            if twice
            else "unknown column"
        )
        guesses = [f"{name!r} is perhaps {match!r}" for name, match in near.items()]
        raise LibraryError(
            problem,
            file=file,
            where=f"line {line}",
            found="; ".join([",".join(header)[:120], *guesses]),
            remedy=_remedy(),
        )
    return [name for name, normal in zip(header, names, strict=True) if normal and normal not in COLUMNS]


def _fits(fields: list[str], names: list[str]) -> bool:
    """Whether only empty fields go beyond the header and only columns that may be empty lack."""
    beyond = fields[len(names) :]
    lacking = [name for name in names[len(fields) :] if name in COLUMNS and name not in MAY_BE_MISSING]
    return not any(beyond) and not lacking


def _field(name: str, value: str) -> str:
    return "" if name in MAY_BE_MISSING and value.casefold() in _NOTHING else value
