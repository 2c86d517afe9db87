"""What every file reader returns: positions as the file has them, not yet a person in metres."""

from __future__ import annotations

import codecs
from collections import Counter
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
"""Beginning of the reason why a name that several points of a file share is unusable."""


@dataclass(frozen=True, kw_only=True)
class Motion:
    """The contents of one motion file, in the file's own joints, unit and axes.

    Parameters
    ----------
    position : numpy.ndarray
        Positions in the file's unit and axes, float64, shape (frames, len(joints), 3);
        NaN where a point was not seen.
    joints : tuple of str
        Unique joint or marker names in the file's order.
    rate_hz, unit : optional
        Frames per second and unit of length, where the file states them.
    notes : tuple of str
        What is unusual about the file.
    warnings : tuple of LibraryWarning
        What makes the file doubtful although it can be read.
    unusable : mapping
        Names in the file that are not among `joints`, and the reason: no position, or a name that
        several points share.
    clocks : tuple of Clock
        Columns that may hold the time of each row of `position`; `timeline` reads them.
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
    """Return the contents of a file.

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
    """Return encoded text without a byte order mark, and UTF-16 text in UTF-8.

    UTF-16 is recognised by its mark or by the zeros of its first letters.
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
    """Decode text that is UTF-8, or else Latin-1."""
    try:
        return data.decode()
    except UnicodeDecodeError:
        return data.decode("latin-1")


def check_joint_names(joints: tuple[str, ...], *, file: Path, where: str) -> None:
    """Check that joint names are unique and not empty.

    Raises
    ------
    RecordingError
        If they are not; `where` is their position in the file, for the message.
    """
    repeated = sorted(name for name, count in Counter(joints).items() if count > 1)
    if repeated or "" in joints:
        raise RecordingError(
            "joint names are not unique" if repeated else "a joint has no name",
            file=file,
            where=where,
            found=", ".join(map(repr, repeated)) or "an empty name",
            remedy="Give every joint a name of its own.",
        )
