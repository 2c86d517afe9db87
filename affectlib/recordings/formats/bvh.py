"""BVH: a hierarchy of joints with channels, and rows of channel values."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np

from affectlib.errors import RecordingError
from affectlib.recordings.formats.bvh_hierarchy import Hierarchy, broken
from affectlib.recordings.kinematics import forward_kinematics
from affectlib.recordings.motion import Motion, check_joint_names, decode_text, read_bytes, without_mark
from affectlib.recordings.rows import parse_number, parse_rows

# A comma within one number; beside a point or a second comma it separates thousands or numbers.
_DECIMAL_COMMA = re.compile(rb"(?<![\d.,])(\d+),(?=\d+(?![\d.,]))")


def read_motion(file: Path) -> Motion:
    """Read a ``.bvh`` file and compute the world positions of its joints.

    Any hierarchy and channel order is read. Position channels of inner joints replace the offset;
    end sites are named ``<parent>_end``. There is no rate where the frame time is zero or missing.

    Raises
    ------
    RecordingError
        If the hierarchy or the motion part is broken; the message names the line.
    """
    data, notes = _plain(read_bytes(file))
    start = re.search(rb"^[ \t]*MOTION\b", data, re.MULTILINE)
    if start is None:
        raise RecordingError(
            "no MOTION part: no BVH file, or a truncated one",
            file=file,
            where="line 1",
            found=repr(data[:30].decode("latin-1").strip()),
            remedy="Export the take again as BVH.",
        )
    joints = Hierarchy(decode_text(data[: start.start()]), file=file).joints
    rate_hz, rows, count_notes = _motion(
        data[start.end() :],
        sum(len(joint.channels) for joint in joints),
        line=data.count(b"\n", 0, start.end()) + 1,
        file=file,
    )
    names = tuple(joint.name for joint in joints)
    check_joint_names(names, file=file, where="HIERARCHY")
    return Motion(
        position=forward_kinematics(joints, rows),
        joints=names,
        rate_hz=rate_hz,
        notes=(*notes, *count_notes),
    )


def _plain(data: bytes) -> tuple[bytes, tuple[str, ...]]:
    """Return the text without a byte order mark and with decimal points, and a note on the latter."""
    data = without_mark(data)
    if b"," not in data or not _DECIMAL_COMMA.search(data):
        return data, ()
    # Names may hold commas too; numbers are in OFFSET lines and after MOTION.
    lines = data.split(b"\n")
    names_end = next((number for number, line in enumerate(lines) if line.strip() == b"MOTION"), len(lines))
    plain = [
        _DECIMAL_COMMA.sub(rb"\1.", line) if number > names_end or b"OFFSET" in line.upper() else line
        for number, line in enumerate(lines)
    ]
    return b"\n".join(plain), ("decimal commas, read as points",)


def _motion(
    data: bytes, n_channels: int, *, line: int, file: Path
) -> tuple[float | None, np.ndarray, tuple[str, ...]]:
    """Return rate, rows and a note on their number from what follows MOTION in line `line`."""
    frames: int | None = None
    rate_hz: float | None = None
    start = 0
    while start < len(data):
        end = data.find(b"\n", start)
        end = len(data) if end < 0 else end
        text = data[start:end].decode("latin-1").strip()
        key, _, value = text.partition(":")
        if key.strip().lower() == "frames":
            frames = _frames(value.strip(), line=line, file=file)
        elif " ".join(key.split()).lower() == "frame time":
            rate_hz = _rate_hz(value.strip(), line=line, file=file)
        elif text:
            break
        start, line = end + 1, line + 1
    if frames is None:
        raise broken("'Frames: <count>' expected after MOTION", file=file, line=line, found=text)
    rows = parse_rows(data[start:], n_channels, first_line=line, file=file)
    return rate_hz, rows, _count_notes(len(rows), frames, file=file)


def _count_notes(n_rows: int, frames: int, *, file: Path) -> tuple[str, ...]:
    """Return a note where there is one row too many or too few, as some exporters count."""
    if abs(n_rows - frames) > 1 or not n_rows:
        raise RecordingError(
            "fewer rows than Frames says: the file is truncated"
            if n_rows < frames
            else "more rows than Frames says",
            file=file,
            where="Frames",
            found=f"{n_rows} rows, Frames: {frames}",
            remedy="Copy the file again, or correct Frames if the rows are all there.",
        )
    if n_rows == frames:
        return ()
    # Without counts, so that takes share the note.
    return (f"one row {'more' if n_rows > frames else 'less'} than Frames says",)


def _frames(text: str, *, line: int, file: Path) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= 12 and int(text) > 0):
        raise broken("Frames needs a count", file=file, line=line, found=text)
    return int(text)


def _rate_hz(text: str, *, line: int, file: Path) -> float | None:
    seconds = parse_number(text)
    if seconds is None or not seconds >= 0:
        raise broken("Frame Time needs seconds", file=file, line=line, found=text)
    return 1 / seconds if seconds > 1e-9 else None
