"""C3D files in the numbers of SGI (MIPS) machines, turned into those of today's processors.

Old systems wrote them, and the C3D library does not read them. The numbers are IEEE floats and
integers with the highest byte first, so that turning bytes round is all there is to it.
"""

from __future__ import annotations

import struct

import numpy as np

from affectlib.recordings.formats.c3d_parameters import SIZES, Fault, read_records

_BLOCK = 512
_INTEL = 84
_MIPS = 86
_EVENTS = 24  # the first byte of the header that says nothing about points, rate or place of the data


def is_bigendian(data: bytes) -> bool:
    """Whether a file says that its numbers are those of a MIPS processor.

    Parameters
    ----------
    data : bytes
        The whole file.

    Returns
    -------
    bool
        False also where the file is too short to say anything.
    """
    at = (data[0] - 1) * _BLOCK + 3 if data else 0
    return 0 < at < len(data) and data[at] == _MIPS


def to_intel(data: bytes) -> bytes:
    """Turn the numbers of header, parameters and data round.

    Parameters
    ----------
    data : bytes
        A file of which `is_bigendian` is true.

    Returns
    -------
    bytes
        The same file as a little-endian machine writes it, without the events of its header.

    Raises
    ------
    Fault
        If header and parameters do not hold together.
    """
    if len(data) < 2 * _BLOCK:
        raise Fault("header", f"{len(data)} bytes")
    out = bytearray(data)
    header = struct.unpack_from(">5HfHHf", data, 2)
    struct.pack_into("<5HfHHf", out, 2, *header)
    out[_EVENTS:_BLOCK] = bytes(_BLOCK - _EVENTS)
    start = (data[0] - 1) * _BLOCK
    out[start + 3] = _INTEL
    end = start + data[start + 2] * _BLOCK
    for record in read_records(data[:end], start + 4, order=">"):
        _turn(out, record.step_at, record.step_at + 2, width=2)
        if record.parameter is not None:
            at = record.parameter.start
            _turn(out, at, at + len(record.parameter.raw), width=SIZES[record.parameter.kind])
    scale, first = header[5], (header[6] - 1) * _BLOCK
    width = 4 if scale < 0 else 2
    if first < end:
        raise Fault("header", f"data at block {header[6]}, inside the parameters")
    _turn(out, first, first + max(len(data) - first, 0) // width * width, width=width)
    return bytes(out)


def _turn(out: bytearray, start: int, stop: int, *, width: int) -> None:
    if width > 1 and stop > start:
        numbers = np.frombuffer(bytes(out[start:stop]), dtype=f">u{width}")
        out[start:stop] = numbers.astype(f"<u{width}").tobytes()
