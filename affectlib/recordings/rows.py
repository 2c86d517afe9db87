"""Tables of numbers in text, read fast where all is well and carefully where it is not."""

from __future__ import annotations

import io
import re
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from affectlib.errors import RecordingError

_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?|[+-]?nan", re.IGNORECASE)
_SHOWN = 40
_LOST = re.compile(
    r"[+-]?nan(\(\w*\))?|[+-]?(inf|infinity|∞)|[+-]?1[.,]#(ind|qnan|snan|inf|j|r|io)\w*"
    r"|#(n/a|na|nv|n/d|num|zahl|nombre|div/0|value|wert|valeur|null|nul)[!?]?"
    r"|n/?a|<na>|null|nil|none|missing|[-–—?.]|--+|",
    re.IGNORECASE,
)


def parse_number(token: str) -> float | None:
    """Read one number as the motion formats write it.

    Parameters
    ----------
    token : str
        Digits with an optional sign, point and exponent, or ``nan``. Python's own extras
        (``1_000``, ``infinity``) are no numbers here.

    Returns
    -------
    float or None
        The number; None if the token is none or is too large for a float.
    """
    if not _NUMBER.fullmatch(token):
        return None
    value = float(token)
    return None if np.isinf(value) else value


def is_lost(token: str) -> bool:
    """Tell whether a field says that there is no number.

    Parameters
    ----------
    token : str
        A field without blanks around it: empty, a word of spreadsheets, databases or programming
        languages (``#N/A``, ``NULL``, ``None``, ``-1.#IND``, ``inf``), or a dash.

    Returns
    -------
    bool
        True if it is one of these.
    """
    return _LOST.fullmatch(token) is not None


def parse_rows(data: bytes, n_columns: int, *, first_line: int, file: Path) -> np.ndarray:
    """Read rows of numbers divided by blanks; blank lines do not count.

    The C parser of pandas reads a good table. Anything unusual sends the text through a slow
    parse that either reads it after all or names the line.

    Parameters
    ----------
    data : bytes
        The rows.
    n_columns : int
        How many numbers a row must have.
    first_line : int
        Line number of the first row in the file, for messages.
    file : Path
        The file, for messages.

    Returns
    -------
    numpy.ndarray
        float64, shape (rows, n_columns); (0, n_columns) where there are none.

    Raises
    ------
    RecordingError
        If a row has another number of columns or holds something that is no finite number
        (``nan`` is let through: it says that a joint was not seen).
    """
    if not data or data.isspace():
        return np.empty((0, n_columns))
    if b"\0" not in data:
        try:
            frame = pd.read_csv(
                io.BytesIO(data),
                header=None,
                index_col=False,
                dtype=np.float64,
                na_filter=False,
                quoting=3,
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
    """Choose how the C parser splits: by single blanks, which is a third faster, or by any.

    If every row ends in a blank and there are as many blanks as numbers, no row can have more
    than `n_columns` fields before its end; the parser finds those that have fewer.
    """
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
        # Columns first: a row cut off in the middle of a number is short before it is odd.
        if len(tokens) != n_columns:
            cut_off = index == last and len(tokens) < n_columns
            raise RecordingError(
                "the last row is cut off: the file is truncated" if cut_off else "wrong number of columns",
                file=file,
                where=where,
                found=f"{len(tokens)} numbers instead of {n_columns}",
                remedy="Copy the file again from its source."
                if cut_off
                else "Mend this row or remove the take.",
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
