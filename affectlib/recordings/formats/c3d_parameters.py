"""Header and parameters of a C3D file, read by the package ``c3d`` (py-c3d).

Such files have the number format of one of three processors: little-endian, big-endian (SGI), or
DEC, whose floats are no IEEE ones; py-c3d reads all of them. It raises almost any error on a broken
file, and refuses sound ones whose header differs from the parameters. Both are handled here.
"""

from __future__ import annotations

import io
from typing import Any

import c3d
import numpy as np
from c3d.c3d import PROCESSOR_DEC, PROCESSOR_INTEL, PROCESSOR_MIPS, DEC_to_IEEE_BYTES

from affectlib.errors import RecordingError

BLOCK = 512
_KEY = 0x50
_EVENTS_START = 24
_BLANK = " \t\r\n\0"


def broken(where: str, found: str) -> RecordingError:
    """Return the error for an entry that cannot be right, without the name of the file."""
    return RecordingError(
        "not a sound C3D file",
        where=where,
        found=found,
        remedy="Copy the file again, or export the take again as C3D.",
    )


class Parameters(c3d.Reader):
    """Header and parameters, and conversions from the file's number format."""

    def _check_metadata(self) -> None:
        # py-c3d asserts that header and parameters are equal. Xsens MVN omits POINT:RATE and other
        # programs the rate of the header; `c3d_content` checks the entries that do matter.
        pass

    def add_group(self, group_id: int, name: str, desc: str, **options: Any) -> Any:
        """Refuse a duplicate group name, which py-c3d would rename, so that its parameters would be lost."""
        return super().add_group(group_id, name, desc)

    def floats(self, raw: bytes, *, count: int = 1, offset: int = 0) -> np.ndarray:
        """Return 32-bit floats, shape (count,)."""
        # Header.frame_rate and Param.float_value would do but for a zero of DEC, there -1.7e38.
        if self._dtypes.is_dec:
            return DEC_to_IEEE_BYTES(raw[offset : offset + 4 * count])
        return np.frombuffer(raw, self._dtypes.float32, count, offset)

    def integers(self, raw: bytes, *, kind: str, count: int = 1, offset: int = 0) -> np.ndarray:
        """Return integers of a kind such as ``"int16"``, shape (count,)."""
        return np.frombuffer(raw, getattr(self._dtypes, kind), count, offset)

    def number(self, name: str) -> float | None:
        """Return the first value of a parameter, None where it is missing."""
        parameter = self.get(name)
        if parameter is None:
            return None
        raw, size = parameter.bytes, parameter.bytes_per_element
        if size not in (2, 4) or len(raw) < size:
            raise broken(name, f"type {size}, {len(raw)} bytes")
        return float((self.floats(raw) if size == 4 else self.integers(raw, kind="uint16"))[0])

    def texts(self, name: str) -> list[str]:
        """Return a list of texts; it continues in ``LABELS2`` and so on, since one list ends at 255."""
        found: list[str] = []
        for key in (name, *(f"{name}{number}" for number in range(2, 100))):
            parameter = self.get(key)
            if parameter is None:
                continue
            raw, width = parameter.bytes, (parameter.dimensions or [1])[0]
            if parameter.bytes_per_element != -1 or len(raw) < parameter.total_bytes:
                raise broken(key, f"type {parameter.bytes_per_element}, {len(raw)} bytes")
            # Param.string_array visits every entry, of which a broken file may promise billions.
            entries = (raw[at : at + width] for at in range(0, len(raw), width or 1))
            found += [self._dtypes.decode_string(entry).strip(_BLANK) for entry in entries]
        return found


class _Section(io.BytesIO):
    """Header and parameters as a file for py-c3d.

    py-c3d reads the length of a record as signed: that of long lists of labels becomes negative.
    """

    def read(self, size: int | None = -1) -> bytes:
        return super().read(size + 2**16 if size is not None and size < -1 else size)


def read_parameters(data: bytes) -> Parameters:
    """Return header and parameters of a whole file.

    Raises
    ------
    RecordingError
        If they cannot be read, or the data would begin inside them.
    """
    if len(data) < 2 * BLOCK or data[1] != _KEY:
        raise broken("header", f"{len(data)} bytes, key {data[1:2].hex() or 'none'}")
    start = (data[0] - 1) * BLOCK
    if data[0] < 2 or start + BLOCK > len(data):
        raise broken("header", f"parameters at block {data[0]}")
    n_blocks, processor = data[start + 2], data[start + 3]
    if processor not in (PROCESSOR_INTEL, PROCESSOR_DEC, PROCESSOR_MIPS):
        raise broken("parameters", f"number format {processor}")
    end = start + n_blocks * BLOCK
    if n_blocks == 0 or end > len(data):
        raise broken("parameters", f"{n_blocks} blocks of parameters in {len(data)} bytes")
    # Events are left out, since py-c3d fails where the header counts more than there is room for.
    # Two zero bytes are added, by which it finds the end of a section that is full.
    section = data[:_EVENTS_START] + bytes(BLOCK - _EVENTS_START) + data[BLOCK:end] + bytes(2)
    try:
        parameters = Parameters(_Section(section))
    except Exception as error:  # py-c3d raises many kinds on a broken file
        raise broken("parameters", f"{type(error).__name__}: {error}"[:120]) from None
    data_block = parameters.header.data_block
    if (data_block - 1) * BLOCK < end:
        raise broken("header", f"data at block {data_block}, inside the parameters")
    return parameters
