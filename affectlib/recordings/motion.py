"""What every file reader gives: positions as the file has them, not yet a person in metres."""

from __future__ import annotations

import codecs
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from affectlib.errors import LibraryWarning, RecordingError
from affectlib.recordings.clocks import Clock

MAX_BYTES = 2**30
"""Files above this size are refused: an hour of walking at 120 Hz stays well below."""

RATES_HZ = (10.0, 1000.0)
"""Below the first rate a step cannot be seen; above the second, noise of a millimetre looks like a jump."""

DOUBLED = "a name of several points"
"""Begins the reason why a name is unusable that stands at more than one point of a file."""


@dataclass(frozen=True, kw_only=True)
class Motion:
    """The contents of one motion file, in the file's own joints, unit and axes.

    Parameters
    ----------
    position : numpy.ndarray
        Positions in the file's unit and axes, float64, shape (frames, len(joints), 3);
        NaN where the file says that a point was not seen.
    joints : tuple of str
        Joint or marker names in the file's order, each once.
    rate_hz : float, optional
        Frames per second, where the file says it.
    unit : str, optional
        Unit of length, where the file says it.
    notes : tuple of str
        What a person should know about the file.
    warnings : tuple of LibraryWarning
        What makes the file doubtful although it can be read.
    unusable : mapping
        Names in the file that are not among `joints`, and why: no position, or a name that
        several points share.
    clocks : tuple of Clock
        Columns that may say when each row of `position` was taken; `timeline` reads them.
    """

    position: np.ndarray
    joints: tuple[str, ...]
    rate_hz: float | None = None
    unit: str | None = None
    notes: tuple[str, ...] = ()
    warnings: tuple[LibraryWarning, ...] = ()
    unusable: Mapping[str, str] = field(default_factory=dict)
    clocks: tuple[Clock, ...] = ()


Reader = Callable[[Path], Motion]


def read_bytes(file: Path) -> bytes:
    """Read a whole file, or say why it cannot be read.

    Parameters
    ----------
    file : Path
        The file.

    Returns
    -------
    bytes
        Its contents.

    Raises
    ------
    RecordingError
        If the file is missing, unreadable, empty or beyond `MAX_BYTES`.
    """
    try:
        size = file.stat().st_size
        if size > MAX_BYTES:
            raise RecordingError(
                "file is too large",
                file=file,
                found=f"{size / 2**20:.0f} MiB",
                remedy=f"Cut the take into files of at most {MAX_BYTES // 2**20} MiB.",
            )
        data = file.read_bytes()
    except OSError as error:
        raise RecordingError(
            "file cannot be read",
            file=file,
            found=error.strerror or str(error),
            remedy="Check that it exists and that you may read it.",
        ) from None
    if not data or data.isspace():
        raise RecordingError(
            "file is empty", file=file, found=f"{size} bytes", remedy="Copy the take again or remove it."
        )
    return data


def without_mark(data: bytes) -> bytes:
    """Return text in a coding of one byte a letter, without the mark that Windows editors put first.

    Parameters
    ----------
    data : bytes
        Text in UTF-8, Latin-1 or UTF-16.

    Returns
    -------
    bytes
        The same, in UTF-8 where a mark (or the zeros between letters) says that it is UTF-16;
        as it is where it cannot be decoded.
    """
    if data.startswith(codecs.BOM_UTF8):
        return data[len(codecs.BOM_UTF8) :]
    zeros = [number for number, byte in enumerate(data[:4]) if byte == 0]
    coding = "utf-16-be" if zeros == [0, 2] else "utf-16-le" if zeros == [1, 3] else None
    if data[:2] in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
        coding = "utf-16"
    if coding is not None:
        with suppress(UnicodeDecodeError):
            return data.decode(coding).encode()
    return data


def decode_text(data: bytes) -> str:
    """Decode text that is UTF-8, or else Latin-1.

    Parameters
    ----------
    data : bytes
        The text.

    Returns
    -------
    str
        The decoded text.
    """
    try:
        return data.decode()
    except UnicodeDecodeError:
        return data.decode("latin-1")


def check_joint_names(joints: tuple[str, ...], *, file: Path, where: str) -> None:
    """Hold that each joint of a file has a name of its own.

    Parameters
    ----------
    joints : tuple of str
        Names in the file's order.
    file : Path
        The file, for the message.
    where : str
        Where in the file the names stand, for the message.

    Raises
    ------
    RecordingError
        If a name is empty or stands twice.
    """
    twice = (
        sorted({name for name in joints if joints.count(name) > 1}) if len(set(joints)) < len(joints) else []
    )
    if twice or "" in joints:
        raise RecordingError(
            "joint names are not unique" if twice else "a joint has no name",
            file=file,
            where=where,
            found=", ".join(repr(name) for name in twice) or "an empty name",
            remedy="Give every joint a name of its own.",
        )
