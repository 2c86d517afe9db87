"""Joint tables as text: ``.csv`` with three columns a joint."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import numpy as np
import pandas as pd

from affectlib.errors import RecordingError
from affectlib.recordings.motion import Motion, check_joint_names, read_bytes
from affectlib.recordings.rows import parse_number

_TIME = "time_s"


def read_motion(file: Path) -> Motion:
    """Read a table with columns ``<joint>_x, <joint>_y, <joint>_z`` and, optionally, ``time_s``.

    An empty cell or ``nan`` says that the joint was not seen. Where ``time_s`` skips frames,
    frames of NaN take their place. Other columns are left unused, with a note.

    Parameters
    ----------
    file : Path
        A ``.csv`` file with one header line.

    Returns
    -------
    Motion
        Joints in the order in which they first appear; the rate where there is ``time_s``.

    Raises
    ------
    RecordingError
        If the header names no whole joint, a row has another number of fields, a cell holds
        no number, or ``time_s`` does not run in even steps.
    """
    data = read_bytes(file)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise RecordingError(
            "not UTF-8 text",
            file=file,
            where=f"byte {error.start}",
            found=f"0x{data[error.start]:02x}",
            remedy="Save the table as CSV in UTF-8.",
        ) from None
    header, columns = _columns(text, file=file)
    joints = _joints(header, file=file)
    index = {name: number for number, name in enumerate(header)}
    picked = [index[f"{joint}_{axis}"] for joint in joints for axis in "xyz"]
    timed = [index[_TIME]] if _TIME in index else []
    cells = _cells(text, columns, timed + picked, header, file=file)
    position = cells[:, len(timed) :].reshape(len(cells), len(joints), 3)
    rate_hz = None
    if timed:
        rate_hz, frame = _even_frames(cells[:, 0], file=file)
        whole = np.full((frame[-1] + 1, len(joints), 3), np.nan)
        whole[frame] = position
        position = whole
    unused = [name for name in header if index[name] not in (*timed, *picked)]
    notes = (f"columns left unused: {', '.join(unused)}",) if unused else ()
    return Motion(position=position, joints=joints, rate_hz=rate_hz, notes=notes)


def _columns(text: str, *, file: Path) -> tuple[list[str], int]:
    try:
        header = [name.strip() for name in next(csv.reader(io.StringIO(text)))]
    except (csv.Error, StopIteration) as error:
        raise RecordingError(
            "the header line cannot be read",
            file=file,
            where="line 1",
            found=str(error),
            remedy="Save the table as CSV again.",
        ) from None
    twice = (
        sorted({name for name in header if header.count(name) > 1}) if len(set(header)) < len(header) else []
    )
    if twice:
        raise RecordingError(
            "a column name stands twice",
            file=file,
            where="line 1",
            found=", ".join(repr(name) for name in twice[:5]),
            remedy="Rename or remove one of them.",
        )
    return header, len(header)


def _joints(header: list[str], *, file: Path) -> tuple[str, ...]:
    names = set(header)
    joints = tuple(dict.fromkeys(name[:-2] for name in header if name[-2:] in ("_x", "_y", "_z")))
    torn = [f"{joint}_{axis}" for joint in joints for axis in "xyz" if f"{joint}_{axis}" not in names]
    if torn or not joints:
        raise RecordingError(
            "a joint lacks an axis" if torn else "no joint columns",
            file=file,
            where="line 1" if not torn else f"column {torn[0]!r}",
            found=f"no column {', '.join(torn[:5])}" if torn else repr(", ".join(header)[:60]),
            remedy="Name the columns <joint>_x, <joint>_y, <joint>_z, divided by commas.",
        )
    check_joint_names(joints, file=file, where="line 1")
    return joints


def _cells(text: str, n_columns: int, picked: list[int], header: list[str], *, file: Path) -> np.ndarray:
    """Read the picked columns as float64 (rows, len(picked)), fast if nothing is unusual."""
    try:
        # Without the blank-line rule a line without commas would silently vanish.
        frame = pd.read_csv(
            io.StringIO(text),
            header=None,
            skiprows=1,
            index_col=False,
            skip_blank_lines=False,
            usecols=picked,
            dtype=np.float64,
            na_filter=False,
            engine="c",
        )
        cells = frame[picked].to_numpy()
        # The parser lets fields beyond the last one go by; the commas tell of them.
        commas = (len(cells) + 1) * (n_columns - 1)
        if len(cells) and text.count(",") == commas and np.isfinite(cells).all():
            return cells
    except (ValueError, OverflowError):
        pass
    rows = []
    reader = csv.reader(io.StringIO(text))
    try:
        next(reader)
        for row in reader:
            if row:
                rows.append(_row(row, n_columns, picked, header, line=reader.line_num, file=file))
    except csv.Error as error:
        raise RecordingError(
            "the table cannot be read",
            file=file,
            where=f"line {reader.line_num}",
            found=str(error),
            remedy="Save the table as CSV again.",
        ) from None
    if not rows:
        raise RecordingError(
            "no frames below the header",
            file=file,
            where="line 2",
            remedy="Export the take again or remove it.",
        )
    return np.array(rows, dtype=np.float64)


def _row(
    row: list[str], n_columns: int, picked: list[int], header: list[str], *, line: int, file: Path
) -> list[float]:
    if len(row) != n_columns:
        raise RecordingError(
            "wrong number of columns",
            file=file,
            where=f"line {line}",
            found=f"{len(row)} fields instead of {n_columns}",
            remedy="Mend this row; if it is the last one, the file is truncated: copy it again.",
        )
    values = []
    for column in picked:
        cell = row[column].strip()
        value = parse_number(cell) if cell else np.nan
        if value is None:
            raise RecordingError(
                "not a number",
                file=file,
                where=f"line {line}, column {header[column]!r}",
                found=repr(cell[:40]),
                remedy="Put a plain decimal number there, or leave it empty where the joint was not seen.",
            )
        values.append(value)
    return values


def _even_frames(time_s: np.ndarray, *, file: Path) -> tuple[float, np.ndarray]:
    """Tell the rate in Hz and the frame number of each row from its time."""
    steps = np.diff(time_s)
    fault = None
    if len(time_s) < 2 or not np.isfinite(time_s).all():
        fault = "fewer than two times" if len(time_s) < 2 else "a time is missing"
    elif not (steps > 0).all():
        fault = f"time goes back or stands still after {time_s[int(np.argmin(steps))]:g} s"
    if fault is None:
        # Times written with few digits make single steps inexact; over many it evens out.
        typical = np.median(steps)
        step = float(steps[np.abs(steps - typical) < 0.5 * typical].mean())
        step = (time_s[-1] - time_s[0]) / max(round((time_s[-1] - time_s[0]) / step), 1)
        ideal = (time_s - time_s[0]) / step
        frame = np.rint(ideal).astype(np.int64) if ideal[-1] < 1e8 else np.zeros(1, dtype=np.int64)
        if ideal[-1] >= 100 * len(time_s):
            fault = f"{len(time_s)} rows spread over {time_s[-1] - time_s[0]:g} s"
        elif np.abs(ideal - frame).max() > 0.45 or len(np.unique(frame)) < len(frame):
            fault = f"steps from {steps.min():g} to {steps.max():g} s"
    if fault is not None:
        raise RecordingError(
            "times are not in even steps",
            file=file,
            where=f"column {_TIME!r}",
            found=fault,
            remedy="Resample the take to even steps, or remove the column and state rate_hz in library.csv.",
        )
    return 1 / step, frame
