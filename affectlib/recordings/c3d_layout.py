"""The bookkeeping of a C3D file, checked before a library is let loose on it.

A C3D file says in three places how many points and frames it has and where they lie. Here the
header, the parameter records and the size of the data are held against one another, so that a
broken file is told apart by what is wrong with it. The layout is that of the C3D user guide
(Motion Lab Systems): 512-byte blocks; header, parameter and data sections.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from affectlib.errors import RecordingError

_BLOCK = 512
_KEY = 0x50
_INTEL = 84
_OTHERS = (85, 86)  # DEC and MIPS, machines long gone: their numbers are for ezc3d to read
_SIZES = {-1: 1, 1: 1, 2: 2, 4: 4}


@dataclass(frozen=True)
class _Parameter:
    kind: int
    dimensions: tuple[int, ...]
    raw: bytes


class _Fault(Exception):
    """Where the layout breaks, and what stands there."""

    def __init__(self, where: str, found: str) -> None:
        self.where, self.found = where, found


def check_layout(data: bytes, *, file: Path) -> None:
    """Hold header, parameters and data size against one another.

    Parameters
    ----------
    data : bytes
        The whole file.
    file : Path
        Its name, for messages.

    Raises
    ------
    RecordingError
        If they do not fit. Of files in the number formats of DEC and MIPS machines only the
        header is looked at.
    """
    try:
        _check(data)
    except _Fault as fault:
        raise RecordingError(
            "not a sound C3D file",
            file=file,
            where=fault.where,
            found=fault.found,
            remedy="Copy the file again, or export the take again as C3D.",
        ) from None


def _check(data: bytes) -> None:
    if len(data) < 2 * _BLOCK or data[1] != _KEY:
        raise _Fault("header", f"{len(data)} bytes, key {data[1:2].hex() or 'none'}")
    n_points, n_analog, first, last = struct.unpack_from("<HHHH", data, 2)
    scale, data_block, n_samples, rate_hz = struct.unpack_from("<fHHf", data, 12)
    start = (data[0] - 1) * _BLOCK
    if data[0] < 2 or start + _BLOCK > len(data):
        raise _Fault("header", f"parameters at block {data[0]}")
    n_blocks, processor = data[start + 2], data[start + 3]
    if processor in _OTHERS:
        return
    if processor != _INTEL:
        raise _Fault("parameters", f"number format {processor}")
    end = start + n_blocks * _BLOCK
    if n_blocks == 0 or end > len(data):
        raise _Fault("parameters", f"{n_blocks} blocks of parameters in {len(data)} bytes")
    if (data_block - 1) * _BLOCK < end:
        raise _Fault("header", f"data at block {data_block}, inside the parameters")
    parameters = dict(_parameters(data[:end], start + 4))
    frames = _frames(parameters, first, last)
    if not (0 < rate_hz < 1e5):
        raise _Fault("header", f"{rate_hz:g} frames per second")
    if scale == 0 or scale != scale or abs(scale) > 1e6:
        raise _Fault("header", f"scale {scale:g}")
    if n_analog and (n_samples == 0 or n_analog % n_samples):
        raise _Fault("header", f"{n_analog} analog values in {n_samples} samples a frame")
    _check_points(parameters, n_points, scale)
    _check_analog(parameters, n_analog, n_samples)
    needed = (data_block - 1) * _BLOCK + frames * (4 * n_points + n_analog) * (4 if scale < 0 else 2)
    if needed > len(data):
        raise _Fault("data", f"{len(data)} bytes where {frames} frames of {n_points} points need {needed}")


def _parameters(data: bytes, at: int) -> Iterator[tuple[str, _Parameter]]:
    """Walk the parameter records; yield ``GROUP:NAME`` in any order of groups."""
    groups: dict[int, str] = {}
    found: list[tuple[int, str, _Parameter]] = []
    while at + 2 <= len(data) and data[at]:
        length, group = abs(struct.unpack_from("b", data, at)[0]), struct.unpack_from("b", data, at + 1)[0]
        word = at + 2 + length
        if word + 3 > len(data) or group == 0:
            raise _Fault("parameters", f"a record at byte {at} that runs over the end")
        name = _text(data[at + 2 : word]).upper()
        step = struct.unpack_from("<H", data, word)[0]
        if group < 0:
            if -group in groups:
                raise _Fault("parameters", f"group {-group} stands twice")
            groups[-group] = name
            stop = word + 3 + data[word + 2]
        else:
            parameter, stop = _parameter(data, word + 2, name)
            found.append((group, name, parameter))
        if step and word + step < stop:
            raise _Fault("parameters", f"record {name!r} at byte {at} has the wrong length")
        if not step:
            break
        at = word + step
    names = [(groups.get(group, ""), name) for group, name, _ in found]
    if len(set(names)) < len(names) or any(not group for group, _ in names):
        raise _Fault("parameters", "a parameter that stands twice or belongs to no group")
    if len(set(groups.values())) < len(groups):
        raise _Fault("parameters", "a group name that stands twice")
    for (group_name, name), (_, _, parameter) in zip(names, found, strict=True):
        yield f"{group_name}:{name}", parameter


def _parameter(data: bytes, at: int, name: str) -> tuple[_Parameter, int]:
    kind = struct.unpack_from("b", data, at)[0]
    n_dimensions = data[at + 1] if at + 1 < len(data) else 255
    body = at + 2 + n_dimensions
    if kind not in _SIZES or n_dimensions > 7 or body >= len(data):
        raise _Fault("parameters", f"{name!r} of type {kind} with {n_dimensions} dimensions")
    dimensions = tuple(data[at + 2 : body])
    size = _SIZES[kind]
    for length in dimensions:
        size *= length
    stop = body + size
    if stop >= len(data):
        raise _Fault("parameters", f"{name!r} runs over the end")
    stop += 1 + data[stop]
    if stop > len(data):
        raise _Fault("parameters", f"the description of {name!r} runs over the end")
    return _Parameter(kind, dimensions, data[body : body + size]), stop


def _text(raw: bytes) -> str:
    if not raw or not all(32 <= byte < 127 for byte in raw):
        raise _Fault("parameters", f"name {raw[:20]!r}")
    return raw.decode("ascii")


def _number(parameters: dict[str, _Parameter], name: str) -> float | None:
    parameter = parameters.get(name)
    if parameter is None:
        return None
    if parameter.kind not in (2, 4) or len(parameter.raw) < _SIZES[parameter.kind]:
        raise _Fault(name, f"type {parameter.kind}, {len(parameter.raw)} bytes")
    return float(struct.unpack_from("<H" if parameter.kind == 2 else "<f", parameter.raw)[0])


def _frames(parameters: dict[str, _Parameter], first: int, last: int) -> int:
    # Counts above 65535 do not fit into the header's words; the parameters then have them.
    stated = _number(parameters, "POINT:FRAMES")
    in_header = last - first + 1
    frames = in_header
    if stated is not None and stated != in_header and last == 65535:
        frames = int(stated) if 0 < stated < 2**31 else 0
    elif stated is not None and 0 < stated < 65535 and stated != in_header:
        raise _Fault("POINT:FRAMES", f"{stated:g} where the header has {in_header}")
    if frames < 1:
        raise _Fault("header", f"frames {first} to {last}")
    return frames


def _check_points(parameters: dict[str, _Parameter], n_points: int, scale: float) -> None:
    used = _number(parameters, "POINT:USED")
    if used is None or used != n_points or n_points == 0:
        found = "none" if used is None else f"{used:g}"
        raise _Fault("POINT:USED", f"{found} where the header has {n_points} points")
    stated = _number(parameters, "POINT:SCALE")
    if stated is not None and abs(stated - scale) > 1e-6 * abs(scale):
        raise _Fault("POINT:SCALE", f"{stated:g} where the header has {scale:g}")
    labels = parameters.get("POINT:LABELS")
    if (
        labels is None
        or labels.kind != -1
        or len(labels.dimensions) != 2
        or labels.dimensions[1] < min(n_points, 255)
    ):
        found = "none" if labels is None else f"type {labels.kind}, dimensions {labels.dimensions}"
        raise _Fault("POINT:LABELS", f"{found} for {n_points} points")
    rate = _number(parameters, "POINT:RATE")
    if rate is None or not 0 < rate < 1e5:
        raise _Fault("POINT:RATE", str(rate))
    units = parameters.get("POINT:UNITS")
    if units is not None and units.kind != -1:
        raise _Fault("POINT:UNITS", f"type {units.kind}")


def _check_analog(parameters: dict[str, _Parameter], n_analog: int, n_samples: int) -> None:
    used = _number(parameters, "ANALOG:USED")
    channels = n_analog // n_samples if n_samples else 0
    if used is not None and used != channels:
        raise _Fault("ANALOG:USED", f"{used:g} where the header has {channels}")
