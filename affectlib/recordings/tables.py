"""Joint tables: ``.csv`` with three columns a joint, and ``.npz`` with two arrays."""

from __future__ import annotations

import csv
import io
import zipfile
from pathlib import Path

import numpy as np
import pandas as pd

from affectlib.errors import RecordingError
from affectlib.recordings.motion import Motion, check_joint_names, read_bytes
from affectlib.recordings.rows import parse_number

_TIME = "time_s"


def read_csv_motion(file: Path) -> Motion:
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


def read_npz_motion(file: Path) -> Motion:
    """Read an archive with ``position`` (frames, joints, 3) and ``joints`` (names).

    Parameters
    ----------
    file : Path
        A ``.npz`` file as `numpy.savez` writes it, without pickled objects; it may also hold
        the scalar ``rate_hz``.

    Returns
    -------
    Motion
        What the archive holds.

    Raises
    ------
    RecordingError
        If it is no such archive, or an array is missing or of another type or shape.
    """
    data = read_bytes(file)
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            arrays = {
                name: _array(archive, f"{name}.npy", file=file)
                for name in ("position", "joints", "rate_hz")
                if name != "rate_hz" or "rate_hz.npy" in archive.namelist()
            }
    except RecordingError:
        raise
    except Exception as error:  # zipfile, zlib and numpy raise many kinds on a broken archive
        raise _no_archive(file, "whole file", str(error) or type(error).__name__) from None
    position, joints = arrays["position"], arrays["joints"]
    if position.ndim != 3 or position.shape[2] != 3 or position.dtype.kind not in "fiu" or not len(position):
        raise _no_archive(file, "array 'position'", f"{position.dtype} of shape {position.shape}")
    if joints.dtype.kind != "U" or joints.shape != position.shape[1:2]:
        raise _no_archive(file, "array 'joints'", f"{joints.dtype} of shape {joints.shape}")
    names = tuple(str(name) for name in joints)
    check_joint_names(names, file=file, where="array 'joints'")
    return Motion(
        position=position.astype(np.float64),
        joints=names,
        rate_hz=_scalar_rate(arrays.get("rate_hz"), file=file),
    )


def _array(archive: zipfile.ZipFile, member: str, *, file: Path) -> np.ndarray:
    if member not in archive.namelist():
        held = ", ".join(name.removesuffix(".npy") for name in archive.namelist()[:8])
        raise _no_archive(file, f"array {member.removesuffix('.npy')!r}", f"only {held or 'nothing'}")
    info = archive.getinfo(member)
    if info.file_size > 2**31:
        raise _no_archive(file, member, f"{info.file_size} bytes unpacked")
    with archive.open(member) as stream:
        raw = stream.read(info.file_size + 1)
    # The header may promise any shape; memory is only reserved for what is really there.
    stream_ = io.BytesIO(raw)
    version = np.lib.format.read_magic(stream_)
    read_header = (
        np.lib.format.read_array_header_1_0 if version == (1, 0) else np.lib.format.read_array_header_2_0
    )
    shape, _, dtype = read_header(stream_)
    n_bytes = dtype.itemsize
    for length in shape:
        n_bytes *= int(length)
    if dtype.hasobject or n_bytes != len(raw) - stream_.tell():
        kind = "pickled objects" if dtype.hasobject else f"{len(raw)} bytes for shape {shape}"
        raise _no_archive(file, f"array {member.removesuffix('.npy')!r}", kind)
    return np.lib.format.read_array(io.BytesIO(raw), allow_pickle=False)


def _scalar_rate(value: np.ndarray | None, *, file: Path) -> float | None:
    if value is None:
        return None
    if value.shape != () or value.dtype.kind not in "fiu" or not np.isfinite(value) or value <= 0:
        raise _no_archive(file, "array 'rate_hz'", f"{value.dtype} of shape {value.shape}")
    return float(value)


def _no_archive(file: Path, where: str, found: str) -> RecordingError:
    return RecordingError(
        "not the npz archive it should be",
        file=file,
        where=where,
        found=found[:120],
        remedy="Write it with numpy.savez(file, position=..., joints=...): (frames, joints, 3), no objects.",
    )
