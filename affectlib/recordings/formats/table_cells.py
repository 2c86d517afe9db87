"""Numbers and times in the cells of a joint table.

The C parser of pandas reads regular tables. Any other is read cell by cell, so that notes and errors name
what was found.
"""

from __future__ import annotations

import csv
import io
from collections import Counter, deque
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from affectlib.errors import RecordingError
from affectlib.recordings.formats.delimited import Delimited
from affectlib.recordings.rows import is_lost, parse_number

_MAX_LISTED = 5


class Cells(NamedTuple):
    """Contents of a joint table below its header.

    Parameters
    ----------
    values : numpy.ndarray
        Numbers of the position columns, NaN where a joint was not seen, shape (rows, position columns).
    clocks : dict of int to numpy.ndarray or list of str
        Cells of each clock by its column, numbers of shape (rows,) or texts.
    notes : tuple of str
        How numbers and missing ones are written, where that is unusual.
    """

    values: np.ndarray
    clocks: dict[int, np.ndarray | list[str]]
    notes: tuple[str, ...]


def read_cells(
    table: Delimited, header: list[str], position_columns: list[int], clocks: list[int], *, file: Path
) -> Cells:
    """Read the columns of positions as numbers, and those of clocks as numbers or text.

    Parameters
    ----------
    position_columns, clocks : list of int
        Columns of positions, in the order of the result, and of clocks.

    Raises
    ------
    RecordingError
        If a row has another number of fields than the header, or a position is no number.
    """
    cells = _read_quickly(table, len(header), position_columns, clocks)
    return cells or _read_cell_by_cell(table, header, position_columns, clocks, file=file)


def _read_quickly(
    table: Delimited, n_columns: int, position_columns: list[int], clocks: list[int]
) -> Cells | None:
    """Read with the C parser of pandas; None where anything is unusual."""
    lines = table.lines()
    try:
        _, first_row = next(islice(lines, 1, None), (0, []))
        if '"' in table.text:
            # The C parser would read "1"2 as 12; the csv module is strict about quotes.
            deque(lines, maxlen=0)
    except csv.Error:
        return None
    texts = {
        column
        for column in clocks
        if column < len(first_row) and parse_number(first_row[column].strip()) is None
    }
    decimal_comma = table.delimiter != "," and "," in table.text
    columns = sorted({*position_columns, *clocks})
    dtype: Any = np.float64
    if texts:
        dtype = {column: object if column in texts else np.float64 for column in columns}
    try:
        frame = pd.read_csv(
            io.StringIO(table.text),
            sep=table.delimiter,
            decimal="," if decimal_comma else ".",
            header=None,
            skiprows=1,
            index_col=False,
            skip_blank_lines=False,  # or a line without commas would be dropped silently
            usecols=columns,
            dtype=dtype,
            na_filter=False,
            engine="c",
        )
    except (ValueError, OverflowError):
        return None
    # Picking columns from an array is much faster than from a frame where there are many.
    numbers = (frame.drop(columns=list(texts)) if texts else frame).to_numpy(dtype=np.float64)
    numeric = [column for column in columns if column not in texts]
    index = {column: number for number, column in enumerate(numeric)}
    values = numbers[:, [index[column] for column in position_columns]]
    # The parser ignores fields beyond the last column; the number of delimiters reveals them.
    n_delimiters = (len(values) + 1) * (n_columns - 1)
    if not len(values) or table.text.count(table.delimiter) != n_delimiters or not np.isfinite(values).all():
        return None
    clock_cells = {
        column: frame[column].tolist() if column in texts else numbers[:, index[column]] for column in clocks
    }
    return Cells(values, clock_cells, ("decimal commas",) if decimal_comma else ())


def _read_cell_by_cell(
    table: Delimited, header: list[str], position_columns: list[int], clocks: list[int], *, file: Path
) -> Cells:
    """Read with the csv module; errors name the line and column that cannot be read."""
    rows: list[tuple[int, list[str]]] = []
    line = table.first_line
    try:
        for line, fields in table.lines():
            if line > table.first_line and fields:
                rows.append((line, _row_fields(fields, len(header), table, line=line, file=file)))
    except csv.Error as error:
        raise RecordingError(
            "the table cannot be read",
            file=file,
            where=f"line {line + 1}",
            found=str(error),
            remedy="Save the table as CSV again.",
        ) from None
    while rows and not any(rows[-1][1]):  # spreadsheets save empty rows that once were used
        rows.pop()
    if not rows:
        raise RecordingError(
            "no frames below the header",
            file=file,
            where=f"line {table.first_line + 1}",
            remedy="Export the take again or remove it.",
        )
    parser = _NumberParser(header, file)
    values = np.array([parser.read(fields, position_columns, line=line) for line, fields in rows])
    clock_cells: dict[int, np.ndarray | list[str]] = {
        column: [fields[column] for _, fields in rows] for column in clocks
    }
    return Cells(values, clock_cells, parser.notes())


def _row_fields(fields: list[str], n_columns: int, table: Delimited, *, line: int, file: Path) -> list[str]:
    """Return the stripped fields of a row, as many as the header has."""
    fields = [field.strip() for field in fields]
    if len(fields) > n_columns and not any(fields[n_columns:]):
        return fields[:n_columns]
    if len(fields) == n_columns:
        return fields
    # Decimal commas divide most numbers into two fields.
    decimal_commas = table.delimiter == "," and n_columns > 3 and 1.5 < len(fields) / n_columns <= 2
    raise RecordingError(
        "wrong number of columns",
        file=file,
        where=f"line {line}",
        found=f"{len(fields)} fields instead of {n_columns}",
        remedy="The numbers seem to have decimal commas, as the commas between fields: save the table with "
        "semicolons or tabs between fields."
        if decimal_commas
        else "Correct this row; if it is the last one, the file is truncated: copy it again.",
    )


class _NumberParser:
    """Parser of cells that remembers how numbers and missing ones are written."""

    def __init__(self, header: list[str], file: Path) -> None:
        self._header, self._file = header, file
        self._lost_cells: Counter[str] = Counter()
        self._decimal_mark = ""

    def read(self, fields: list[str], columns: list[int], *, line: int) -> list[float]:
        """Return the numbers in some columns of a row, NaN for a cell that says that a joint was not seen."""
        values = []
        for column in columns:
            cell = fields[column]
            value = parse_number(cell)
            if value is None and is_lost(cell):
                value = np.nan
                self._lost_cells[cell] += 1
            mark = "," if "," in cell else "." if "." in cell else ""
            if value is None and cell.count(",") == 1:
                value = parse_number(cell.replace(",", "."))
            if value is None:
                raise self._error("not a number", column, cell, line)
            if mark and np.isfinite(value):
                if self._decimal_mark not in ("", mark):
                    raise self._error("decimal points and decimal commas in one table", column, cell, line)
                self._decimal_mark = mark
            values.append(value)
        return values

    def _error(self, problem: str, column: int, cell: str, line: int) -> RecordingError:
        return RecordingError(
            problem,
            file=self._file,
            where=f"line {line}, column {self._header[column]!r}",
            found=repr(cell[:40]),
            remedy="Put a plain decimal number there, or leave it empty where the joint was not seen.",
        )

    def notes(self) -> tuple[str, ...]:
        """Return how numbers and missing ones are written, where that is unusual."""
        notes = ["decimal commas"] if self._decimal_mark == "," else []
        unusual = [
            f"{cell!r} ({count} cells)"
            for cell, count in self._lost_cells.most_common()
            if cell and cell.casefold() != "nan"
        ]
        if unusual:
            notes.append(f"read as not seen: {', '.join(unusual[:_MAX_LISTED])}")
        return tuple(notes)
