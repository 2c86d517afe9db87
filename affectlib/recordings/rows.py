"""Rows of numbers in text, read by a fast parser, or by a careful one that names the line of an error."""

from __future__ import annotations

import csv
import io
import re
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from affectlib.errors import RecordingError

_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?|[+-]?nan", re.IGNORECASE)
_SHOWN = 40  # characters of a token in a message
_LOST = re.compile(
    r"[+-]?nan(\(\w*\))?|[+-]?(inf|infinity|∞)|[+-]?1[.,]#(ind|qnan|snan|inf|j|r|io)\w*"
    r"|#(n/a|na|nv|n/d|num|zahl|nombre|div/0|value|wert|valeur|null|nul)[!?]?"
    r"|n/?a|<na>|null|nil|none|missing|[-–—?.]|--+|",
    re.IGNORECASE,
)


def parse_number(token: str) -> float | None:
    """Return the number that a token spells, None if it is none or too large for a float.

    Numbers have digits with an optional sign, point and exponent, or are ``nan``. Other spellings
    that Python accepts (``1_000``, ``infinity``) are not accepted here.
    """
    if not _NUMBER.fullmatch(token):
        return None
    value = float(token)
    return None if np.isinf(value) else value


def is_lost(token: str) -> bool:
    """Return whether a field marks a missing number.

    Such a field is empty, a dash, or a word of spreadsheets, databases or programming languages
    (``#N/A``, ``NULL``, ``None``, ``-1.#IND``, ``inf``); it has no blanks around it.
    """
    return _LOST.fullmatch(token) is not None


def parse_rows(data: bytes, n_columns: int, *, first_line: int, file: Path) -> np.ndarray:
    """Read rows of numbers separated by blanks; blank lines do not count.

    Parameters
    ----------
    first_line : int
        Line number of the first row in the file, for messages.

    Returns
    -------
    numpy.ndarray
        float64, shape (rows, n_columns).

    Raises
    ------
    RecordingError
        If a row has another number of columns or holds something other than a finite number or
        ``nan``, which marks a joint that was not seen.
    """
    if not data or data.isspace():
        return np.empty((0, n_columns))
    if b"\0" not in data:  # at which the C parser silently ends a row
        try:
            frame = pd.read_csv(
                io.BytesIO(data),
                header=None,
                index_col=False,
                dtype=np.float64,
                na_filter=False,
                quoting=csv.QUOTE_NONE,
                engine="c",
                **_layout(data, n_columns),
            )
        except (ValueError, OverflowError):  # ParserError and UnicodeDecodeError are ValueErrors
            frame = None
        if frame is not None and frame.shape[1] == n_columns:
            rows = frame.to_numpy()
            if np.isfinite(rows).all():
                return np.ascontiguousarray(rows)
    return _parse_carefully(data, n_columns, first_line=first_line, file=file)


def _layout(data: bytes, n_columns: int) -> dict[str, Any]:
    """Return the options by which the C parser splits rows."""
    # Splitting by single blanks is a third faster. If every row ends in a blank and there are as many
    # blanks as numbers, no row can have more than `n_columns` fields; the parser finds those with fewer.
    n_rows = data.count(b"\n")
    ends = data.count(b" \n") + data.count(b" \r\n")
    if ends == n_rows and data.count(b" ") == n_columns * n_rows and data.endswith(b"\n"):
        return {"sep": " ", "usecols": range(n_columns)}
    return {"sep": r"\s+"}


def _parse_carefully(data: bytes, n_columns: int, *, first_line: int, file: Path) -> np.ndarray:
    text_lines = data.decode("latin-1").split("\n")
    last = max(index for index, line in enumerate(text_lines) if line.strip())
    rows = []
    for index, line in enumerate(text_lines):
        tokens = line.split()
        if not tokens:
            continue
        where = f"line {first_line + index}"
        values = [parse_number(token) for token in tokens]
        # Columns first: a row cut off in the middle of a number is too short.
        if len(tokens) != n_columns:
            cut_off = index == last and len(tokens) < n_columns
            raise RecordingError(
                "the last row is cut off: the file is truncated" if cut_off else "wrong number of columns",
                file=file,
                where=where,
                found=f"{len(tokens)} numbers instead of {n_columns}",
                remedy="Copy the file again from its source."
                if cut_off
                else "Correct this row or remove the take.",
            )
        if None in values:
            raise RecordingError(
                "not a number",
                file=file,
                where=f"{where}, column {values.index(None) + 1}",
                found=repr(tokens[values.index(None)][:_SHOWN]),
                remedy="Put a plain decimal number there, or nan where the joint was not seen.",
            )
        rows.append(values)
    return np.array(rows, dtype=np.float64)
