"""Joint tables as text: ``.csv`` with three columns a joint."""

from __future__ import annotations

import csv
import io
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from affectlib.errors import RecordingError
from affectlib.recordings.clocks import make_clock, read_name
from affectlib.recordings.formats import foreign_tables
from affectlib.recordings.formats.delimited import Delimited, read_delimited
from affectlib.recordings.motion import Motion, check_joint_names, read_bytes
from affectlib.recordings.rows import is_lost, parse_number

_NO_POSITION = 1e20  # in any unit; NDI writes -3.697314e28 for what was not seen
_MAX_CLOCKS = 20  # further columns beyond the joints' are not looked at


def read_motion(file: Path) -> Motion:
    """Read a table with columns ``<joint>_x, <joint>_y, <joint>_z``.

    Fields are divided by commas, semicolons or tabs; numbers have decimal points or commas. An
    empty cell, or a word such as ``nan``, ``#N/A`` or ``NULL``, says that the joint was not seen.
    Other columns become clocks, or are left unused with a note.

    Parameters
    ----------
    file : Path
        A ``.csv`` file with one header line.

    Returns
    -------
    Motion
        Joints in the order in which they first appear.

    Raises
    ------
    RecordingError
        If the header names no whole joint, a row has another number of fields, or a cell holds
        no number.
    """
    table = read_delimited(read_bytes(file), file=file)
    header = _header(table, file=file)
    joints = _joints(header, table, file=file)
    index = {name: number for number, name in enumerate(header)}
    picked = [index[f"{joint}_{axis}"] for joint in joints for axis in "xyz"]
    others = sorted(set(range(len(header))) - set(picked))
    clocks = [at for at in others if header[at] or at == 0]
    clocks = sorted(clocks, key=lambda at: read_name(header[at])[0] == "unknown")[:_MAX_CLOCKS]
    values, cells, notes = _columns(table, header, picked, clocks, file=file)
    unused = [header[at] for at in others if at not in clocks and header[at]]
    if unused:
        notes += (f"columns left unused: {_shortened(unused)}",)
    beyond = np.abs(values) >= _NO_POSITION
    if beyond.any():
        notes += (f"read as not seen: {values[beyond][0]:.7g} ({beyond.sum()} cells)",)
        values = np.where(beyond, np.nan, values)
    return Motion(
        position=values.reshape(len(values), len(joints), 3),
        joints=joints,
        notes=(*table.notes, *notes),
        clocks=tuple(make_clock(header[at], cells[at]) for at in clocks),
    )


def _shortened(names: list[str]) -> str:
    return ", ".join(names[:20]) + (f", ... ({len(names)} columns)" if len(names) > 20 else "")


def _header(table: Delimited, *, file: Path) -> list[str]:
    try:
        header = [name.strip() for name in next(table.lines())[1]]
    except (csv.Error, StopIteration) as error:
        raise RecordingError(
            "the header line cannot be read",
            file=file,
            where=f"line {table.first_line}",
            found=str(error) or "nothing",
            remedy="Save the table as CSV again.",
        ) from None
    foreign_tables.refuse(header, file=file)
    names = Counter(name for name in header if name)
    twice = sorted(name for name, count in names.items() if count > 1)
    if twice:
        raise RecordingError(
            "a column name stands twice",
            file=file,
            where=f"line {table.first_line}",
            found=", ".join(repr(name) for name in twice[:5]),
            remedy="Rename or remove one of them.",
        )
    return header


def _joints(header: list[str], table: Delimited, *, file: Path) -> tuple[str, ...]:
    names = set(header)
    joints = tuple(dict.fromkeys(name[:-2] for name in header if name[-2:] in ("_x", "_y", "_z")))
    torn = [f"{joint}_{axis}" for joint in joints for axis in "xyz" if f"{joint}_{axis}" not in names]
    if torn or not joints:
        line = f"line {table.first_line}"
        raise RecordingError(
            "a joint lacks an axis" if torn else "no joint columns",
            file=file,
            where=f"column {torn[0]!r}" if torn else line,
            found=f"no column {', '.join(torn[:5])}" if torn else repr(", ".join(header)[:60]),
            remedy="Name the columns <joint>_x, <joint>_y, <joint>_z, divided by commas, semicolons or tabs.",
        )
    check_joint_names(joints, file=file, where=f"line {table.first_line}")
    return joints


Cells = dict[int, np.ndarray | list[str]]


def _columns(
    table: Delimited, header: list[str], picked: list[int], clocks: list[int], *, file: Path
) -> tuple[np.ndarray, Cells, tuple[str, ...]]:
    """Read positions (rows, len(picked)) and the cells of clocks, fast if nothing is unusual."""
    columns = _fast(table, len(header), picked, clocks)
    return columns or _careful(table, header, picked, clocks, file=file)


def _fast(
    table: Delimited, n_columns: int, picked: list[int], clocks: list[int]
) -> tuple[np.ndarray, Cells, tuple[str, ...]] | None:
    """Read with the C parser of pandas; None where anything is unusual."""
    first = next((fields for number, (_, fields) in enumerate(table.lines()) if number == 1), [])
    texts = [at for at in clocks if at < len(first) and parse_number(first[at].strip()) is None]
    decimal_comma = table.delimiter != "," and "," in table.text
    options: dict[str, Any] = {"decimal": ","} if decimal_comma else {}
    kinds: Any = np.float64
    if texts:
        kinds = {at: object if at in texts else np.float64 for at in (*picked, *clocks)}
    try:
        # Without the blank-line rule a line without commas would silently vanish.
        frame = pd.read_csv(
            io.StringIO(table.text),
            sep=table.delimiter,
            header=None,
            skiprows=1,
            index_col=False,
            skip_blank_lines=False,
            usecols=[*picked, *clocks],
            dtype=kinds,
            na_filter=False,
            engine="c",
            **options,
        )
    except (ValueError, OverflowError):
        return None
    numbers = frame.drop(columns=texts) if texts else frame
    place = {column: number for number, column in enumerate(numbers.columns)}
    array = numbers.to_numpy(dtype=np.float64)  # picking columns from the frame is slow where there are many
    values = array[:, [place[at] for at in picked]]
    # The parser lets fields beyond the last one go by; the delimiters tell of them.
    delimiters = (len(values) + 1) * (n_columns - 1)
    if not len(values) or table.text.count(table.delimiter) != delimiters or not np.isfinite(values).all():
        return None
    notes = ("decimal commas",) if decimal_comma else ()
    return values, {at: frame[at].tolist() if at in texts else array[:, place[at]] for at in clocks}, notes


def _careful(
    table: Delimited, header: list[str], picked: list[int], clocks: list[int], *, file: Path
) -> tuple[np.ndarray, Cells, tuple[str, ...]]:
    """Read cell by cell: either all is understood after all, or the message names the place."""
    rows: list[tuple[int, list[str]]] = []
    line = table.first_line
    try:
        for line, fields in table.lines():
            if line > table.first_line and fields:
                rows.append((line, _fitting(fields, len(header), table, line=line, file=file)))
    except csv.Error as error:
        raise RecordingError(
            "the table cannot be read",
            file=file,
            where=f"line {line + 1}",
            found=str(error),
            remedy="Save the table as CSV again.",
        ) from None
    while rows and not any(rows[-1][1]):  # rows that a spreadsheet once used
        rows.pop()
    if not rows:
        raise RecordingError(
            "no frames below the header",
            file=file,
            where=f"line {table.first_line + 1}",
            remedy="Export the take again or remove it.",
        )
    numbers = _Numbers(header, file)
    values = np.array([numbers.read(fields, picked, line=line) for line, fields in rows])
    return values, {at: [fields[at] for _, fields in rows] for at in clocks}, numbers.notes()


def _fitting(fields: list[str], n_columns: int, table: Delimited, *, line: int, file: Path) -> list[str]:
    """Strip the fields of a row and hold that there are as many as in the header."""
    fields = [field.strip() for field in fields]
    if len(fields) > n_columns and not any(fields[n_columns:]):
        return fields[:n_columns]
    if len(fields) != n_columns:
        halves = table.delimiter == "," and n_columns > 3 and 1.5 * n_columns < len(fields) <= 2 * n_columns
        raise RecordingError(
            "wrong number of columns",
            file=file,
            where=f"line {line}",
            found=f"{len(fields)} fields instead of {n_columns}",
            remedy="The numbers seem to have decimal commas, as the commas between fields: save the table "
            "with semicolons or tabs between fields."
            if halves
            else "Mend this row; if it is the last one, the file is truncated: copy it again.",
        )
    return fields


class _Numbers:
    """Reads cells as numbers and remembers in which way they are written."""

    def __init__(self, header: list[str], file: Path) -> None:
        self._header, self._file = header, file
        self._words: Counter[str] = Counter()
        self._mark = ""

    def read(self, fields: list[str], picked: list[int], *, line: int) -> list[float]:
        values = []
        for column in picked:
            cell = fields[column]
            value = parse_number(cell)
            if value is None and is_lost(cell):
                value = np.nan
                self._words[cell] += 1
            mark = "," if "," in cell else "." if "." in cell else ""
            if value is None and cell.count(",") == 1:
                value = parse_number(cell.replace(",", "."))
            if value is None:
                raise self._fault("not a number", column, cell, line)
            if mark and np.isfinite(value):
                if self._mark and mark != self._mark:
                    raise self._fault("decimal points and decimal commas in one table", column, cell, line)
                self._mark = mark
            values.append(value)
        return values

    def _fault(self, problem: str, column: int, cell: str, line: int) -> RecordingError:
        return RecordingError(
            problem,
            file=self._file,
            where=f"line {line}, column {self._header[column]!r}",
            found=repr(cell[:40]),
            remedy="Put a plain decimal number there, or leave it empty where the joint was not seen.",
        )

    def notes(self) -> tuple[str, ...]:
        words = [
            f"{word!r} ({count} cells)"
            for word, count in self._words.most_common()
            if word and word.casefold() != "nan"
        ]
        return (
            *(("decimal commas",) if self._mark == "," else ()),
            *((f"read as not seen: {', '.join(words[:5])}",) if words else ()),
        )
