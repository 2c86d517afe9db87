"""CSV: joint tables as text, with three columns a joint."""

from __future__ import annotations

import csv
from collections import Counter
from pathlib import Path

import numpy as np

from affectlib.errors import RecordingError
from affectlib.recordings.clocks import make_clock, read_name
from affectlib.recordings.formats import foreign_tables
from affectlib.recordings.formats.delimited import Delimited, read_delimited
from affectlib.recordings.formats.table_cells import read_cells
from affectlib.recordings.motion import Motion, check_joint_names, read_bytes

_NO_POSITION = 1e20  # in any unit; NDI writes -3.697314e28 for a marker that was not seen
_MAX_CLOCKS = 20  # further columns that are no joints are left unused


def read_motion(file: Path) -> Motion:
    """Read a ``.csv`` table with one header line and columns ``<joint>_x, <joint>_y, <joint>_z``.

    Fields are separated by commas, semicolons or tabs; numbers have decimal points or commas. An
    empty cell, or a word such as ``nan``, ``#N/A`` or ``NULL``, marks a joint that was not seen.
    Other columns become clocks, or are left unused with a note.

    Returns
    -------
    Motion
        Joints in the order in which they first appear.

    Raises
    ------
    RecordingError
        If the header names no whole joint, a row has another number of fields, or a cell does not
        hold a number.
    """
    table = read_delimited(read_bytes(file), file=file)
    header = _header(table, file=file)
    joints = _joints(header, table, file=file)
    index = {name: column for column, name in enumerate(header)}
    position_columns = [index[f"{joint}_{axis}"] for joint in joints for axis in "xyz"]
    others = sorted(set(range(len(header))) - set(position_columns))
    # A first column without a name is often the index that pandas writes.
    clocks = [column for column in others if header[column] or column == 0]
    clocks = sorted(clocks, key=lambda column: read_name(header[column])[0] == "unknown")[:_MAX_CLOCKS]
    cells = read_cells(table, header, position_columns, clocks, file=file)
    values, notes = cells.values, cells.notes
    unused = [header[column] for column in others if column not in clocks and header[column]]
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
        clocks=tuple(make_clock(header[column], cells.clocks[column]) for column in clocks),
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
    counts = Counter(name for name in header if name)
    repeated = sorted(name for name, count in counts.items() if count > 1)
    if repeated:
        raise RecordingError(
            "duplicate column name",
            file=file,
            where=f"line {table.first_line}",
            found=", ".join(map(repr, repeated[:5])),
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
