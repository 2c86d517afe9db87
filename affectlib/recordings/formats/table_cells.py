"""Cells of a joint table: by the C parser of pandas, or one by one where anything is unusual."""

from __future__ import annotations

import csv
import io
from collections import Counter
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from affectlib.errors import RecordingError
from affectlib.recordings.formats.delimited import Delimited
from affectlib.recordings.rows import is_lost, parse_number


class Cells(NamedTuple):
    """Positions, shape (rows, position columns), cells of each clock by its column, and notes on both."""

    values: np.ndarray
    clocks: dict[int, np.ndarray | list[str]]
    notes: tuple[str, ...]


def read_cells(
    table: Delimited, header: list[str], position_columns: list[int], clocks: list[int], *, file: Path
) -> Cells:
    """Read the columns of positions as numbers, and those of clocks as numbers or text.

    Raises
    ------
    RecordingError
        If a row has another number of fields than the header, or a position is no number.
    """
    cells = _fast(table, len(header), position_columns, clocks)
    return cells or _careful(table, header, position_columns, clocks, file=file)


def _fast(table: Delimited, n_columns: int, position_columns: list[int], clocks: list[int]) -> Cells | None:
    """Read with the C parser of pandas; None where anything is unusual."""
    first_row = next((fields for number, (_, fields) in enumerate(table.lines()) if number == 1), [])
    texts = [
        column
        for column in clocks
        if column < len(first_row) and parse_number(first_row[column].strip()) is None
    ]
    decimal_comma = table.delimiter != "," and "," in table.text
    kinds: Any = np.float64
    if texts:
        kinds = {column: object if column in texts else np.float64 for column in (*position_columns, *clocks)}
    try:
        frame = pd.read_csv(
            io.StringIO(table.text),
            sep=table.delimiter,
            decimal="," if decimal_comma else ".",
            header=None,
            skiprows=1,
            index_col=False,
            skip_blank_lines=False,  # or a line without commas would be dropped silently
            usecols=[*position_columns, *clocks],
            dtype=kinds,
            na_filter=False,
            engine="c",
        )
    except (ValueError, OverflowError):
        return None
    numbers = frame.drop(columns=texts) if texts else frame
    numeric = sorted({*position_columns, *clocks}.difference(texts))
    array_column = {column: number for number, column in enumerate(numeric)}
    array = numbers.to_numpy(dtype=np.float64)  # picking columns from the frame is slow where there are many
    values = array[:, [array_column[column] for column in position_columns]]
    # The parser ignores fields beyond the last column; the number of delimiters reveals them.
    delimiters = (len(values) + 1) * (n_columns - 1)
    if not len(values) or table.text.count(table.delimiter) != delimiters or not np.isfinite(values).all():
        return None
    clock_cells = {
        column: frame[column].tolist() if column in texts else array[:, array_column[column]]
        for column in clocks
    }
    return Cells(values, clock_cells, ("decimal commas",) if decimal_comma else ())


def _careful(
    table: Delimited, header: list[str], position_columns: list[int], clocks: list[int], *, file: Path
) -> Cells:
    """Read cell by cell, so that the message names the cell that cannot be read."""
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
    while rows and not any(rows[-1][1]):  # spreadsheets save empty rows that once were used
        rows.pop()
    if not rows:
        raise RecordingError(
            "no frames below the header",
            file=file,
            where=f"line {table.first_line + 1}",
            remedy="Export the take again or remove it.",
        )
    numbers = _Numbers(header, file)
    values = np.array([numbers.read(fields, position_columns, line=line) for line, fields in rows])
    clock_cells: dict[int, np.ndarray | list[str]] = {
        column: [fields[column] for _, fields in rows] for column in clocks
    }
    return Cells(values, clock_cells, numbers.notes())


def _fitting(fields: list[str], n_columns: int, table: Delimited, *, line: int, file: Path) -> list[str]:
    """Return the stripped fields of a row, as many as the header has."""
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
            else "Correct this row; if it is the last one, the file is truncated: copy it again.",
        )
    return fields


class _Numbers:
    """Parser of cells that remembers how numbers and missing ones are written."""

    def __init__(self, header: list[str], file: Path) -> None:
        self._header, self._file = header, file
        self._words: Counter[str] = Counter()
        self._mark = ""

    def read(self, fields: list[str], columns: list[int], *, line: int) -> list[float]:
        values = []
        for column in columns:
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
