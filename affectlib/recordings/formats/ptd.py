"""PTD: text files of the body movement library (Ma, Paterson and Pollick 2006).

Line 1 holds a row count. Rows of 45 numbers follow, each with a blank after it: x y z of the
fifteen joints in the order of `affectlib.skeleton.JOINTS`, in inches, z up, 60 frames per second.
In the genuine files the count is one less than the number of rows; a correct count is read too.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from affectlib.errors import RecordingError
from affectlib.recordings.motion import Motion, read_bytes
from affectlib.recordings.rows import parse_rows
from affectlib.skeleton import JOINTS

RATE_HZ = 60.0
"""Frames per second; readers of the library agree on it, the files do not state it."""

UNIT = "in"
UP = "z"
METRES_PER_INCH = 0.0254
_COLUMNS = 3 * len(JOINTS)


def read_motion(file: Path) -> Motion:
    """Read a ``.ptd`` file: the fifteen canonical joints, without rate and unit.

    Raises
    ------
    RecordingError
        If line 1 is no count, a row is not 45 numbers, or the number of rows is neither the count
        nor one more.
    """
    head, _, body = read_bytes(file).partition(b"\n")
    count = _count(head, file=file)
    rows = parse_rows(body, _COLUMNS, first_line=2, file=file)
    if len(rows) not in (count, count + 1):
        raise RecordingError(
            "fewer rows than line 1 says: the file is truncated"
            if len(rows) < count
            else "more rows than line 1 says",
            file=file,
            where=f"line {len(rows) + 1}",
            found=f"{len(rows)} rows where line 1 says {count}",
            remedy="Copy the file again, or correct the count in line 1 if the rows are all there.",
        )
    return Motion(position=rows.reshape(len(rows), len(JOINTS), 3), joints=JOINTS)


def _count(head: bytes, *, file: Path) -> int:
    text = head.decode("latin-1").strip()
    if not (text.isascii() and text.isdigit() and len(text) <= 9 and int(text) > 0):
        raise RecordingError(
            "the first line must be the number of rows",
            file=file,
            where="line 1",
            found=repr(text[:40]),
            remedy="Put the number of rows alone into line 1.",
        )
    return int(text)


def read_ptd(path: str | Path) -> np.ndarray:
    """Return the positions of a ``.ptd`` file in metres, z up, 60 Hz, shape (frames, 15, 3)."""
    return read_motion(Path(path)).position * METRES_PER_INCH


def write_ptd(path: str | Path, position_m: np.ndarray) -> None:
    """Write a ``.ptd`` file as the body movement library has them, quirks included.

    The count in line 1 is one less than the number of rows, rows end in a blank, lines in CR LF,
    and numbers have six significant digits (about 0.01 mm at the size of a person).

    Parameters
    ----------
    position_m : numpy.ndarray
        Positions in metres, z up, 60 Hz, shape (frames, 15, 3), at least 2 frames.

    Raises
    ------
    ValueError
        If the shape is another or a value is not finite.
    """
    position_m = np.asarray(position_m, dtype=np.float64)
    if position_m.ndim != 3 or position_m.shape[1:] != (len(JOINTS), 3) or len(position_m) < 2:
        raise ValueError(f"position_m must be (frames >= 2, {len(JOINTS)}, 3), not {position_m.shape}")
    if not np.isfinite(position_m).all():
        raise ValueError("position_m must be finite")
    inches = position_m / METRES_PER_INCH
    row = "%g " * _COLUMNS + "\r\n"
    text = row * len(inches) % tuple(inches.ravel().tolist())
    Path(path).write_bytes(f"{len(inches) - 1}\r\n{text}".encode("ascii"))
