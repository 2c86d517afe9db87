"""The bookkeeping of a C3D file, checked before a library is let loose on it.

A C3D file says in three places how many points and frames it has and where they lie. Here the
header, the parameter records and the size of the data are held against one another, so that a
broken file is told apart by what is wrong with it. The layout is that of the C3D user guide
(Motion Lab Systems): 512-byte blocks; header, parameter and data sections.
"""

from __future__ import annotations

import struct
from pathlib import Path

from affectlib.errors import RecordingError
from affectlib.recordings.formats.c3d_parameters import SIZES, Fault, Parameter, read_parameters

_BLOCK = 512
_KEY = 0x50
_INTEL = 84
_DEC = 85  # machines long gone: their numbers are for ezc3d to read


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
        If they do not fit, or there are no points. Of files in the number format of DEC
        machines only the header is looked at.
    """
    try:
        _check(data)
    except Fault as fault:
        raise told(fault, file=file) from None


def told(fault: Fault, *, file: Path) -> RecordingError:
    """Return the error that names a fault of the layout.

    Parameters
    ----------
    fault : Fault
        The fault.
    file : Path
        The file it is in.

    Returns
    -------
    RecordingError
        To be raised.
    """
    return RecordingError(
        fault.problem or "not a sound C3D file",
        file=file,
        where=fault.where,
        found=fault.found,
        remedy=fault.remedy or "Copy the file again, or export the take again as C3D.",
    )


def _check(data: bytes) -> None:
    if len(data) < 2 * _BLOCK or data[1] != _KEY:
        raise Fault("header", f"{len(data)} bytes, key {data[1:2].hex() or 'none'}")
    n_points, n_analog, first, last = struct.unpack_from("<HHHH", data, 2)
    scale, data_block, n_samples, rate_hz = struct.unpack_from("<fHHf", data, 12)
    start = (data[0] - 1) * _BLOCK
    if data[0] < 2 or start + _BLOCK > len(data):
        raise Fault("header", f"parameters at block {data[0]}")
    n_blocks, processor = data[start + 2], data[start + 3]
    if processor == _DEC:
        return
    if processor != _INTEL:
        raise Fault("parameters", f"number format {processor}")
    end = start + n_blocks * _BLOCK
    if n_blocks == 0 or end > len(data):
        raise Fault("parameters", f"{n_blocks} blocks of parameters in {len(data)} bytes")
    if (data_block - 1) * _BLOCK < end:
        raise Fault("header", f"data at block {data_block}, inside the parameters")
    parameters = read_parameters(data[:end], start + 4)
    frames = _frames(parameters, first, last)
    _check_rate(parameters, rate_hz)
    if scale == 0 or scale != scale or abs(scale) > 1e6:
        raise Fault("header", f"scale {scale:g}")
    if n_analog and (n_samples == 0 or n_analog % n_samples):
        raise Fault("header", f"{n_analog} analog values in {n_samples} samples a frame")
    _check_points(parameters, n_points, scale)
    _check_analog(parameters, n_analog, n_samples)
    needed = (data_block - 1) * _BLOCK + frames * (4 * n_points + n_analog) * (4 if scale < 0 else 2)
    if needed > len(data):
        raise Fault("data", f"{len(data)} bytes where {frames} frames of {n_points} points need {needed}")


def _number(parameters: dict[str, Parameter], name: str) -> float | None:
    parameter = parameters.get(name)
    if parameter is None:
        return None
    if parameter.kind not in (2, 4) or len(parameter.raw) < SIZES[parameter.kind]:
        raise Fault(name, f"type {parameter.kind}, {len(parameter.raw)} bytes")
    return float(struct.unpack_from("<H" if parameter.kind == 2 else "<f", parameter.raw)[0])


def _frames(parameters: dict[str, Parameter], first: int, last: int) -> int:
    # Counts above 65535 do not fit into the header's words; the parameters then have them.
    stated = _number(parameters, "POINT:FRAMES")
    in_header = last - first + 1
    frames = in_header
    if stated is not None and stated != in_header and last == 65535:
        frames = int(stated) if 0 < stated < 2**31 else 0
    elif stated is not None and 0 < stated < 65535 and stated != in_header:
        raise Fault("POINT:FRAMES", f"{stated:g} where the header has {in_header}")
    if frames < 1:
        raise Fault("header", f"frames {first} to {last}")
    return frames


def _check_rate(parameters: dict[str, Parameter], in_header: float) -> None:
    # Xsens MVN leaves the parameter out, others the header's number; one of both is enough.
    stated = _number(parameters, "POINT:RATE")
    if stated is not None and not 0 <= stated < 1e5:
        raise Fault("POINT:RATE", f"{stated:g}")
    if not 0 <= in_header < 1e5:
        raise Fault("header", f"{in_header:g} frames per second")


def _check_points(parameters: dict[str, Parameter], n_points: int, scale: float) -> None:
    used = _number(parameters, "POINT:USED")
    if used is None or used != n_points:
        found = "none" if used is None else f"{used:g}"
        raise Fault("POINT:USED", f"{found} where the header has {n_points} points")
    if n_points == 0:
        raise _no_points(parameters)
    stated = _number(parameters, "POINT:SCALE")
    if stated is not None and abs(stated - scale) > 1e-6 * abs(scale):
        raise Fault("POINT:SCALE", f"{stated:g} where the header has {scale:g}")
    labels = parameters.get("POINT:LABELS")
    if labels is None or labels.kind != -1 or len(labels.dimensions) != 2:
        found = "none" if labels is None else f"type {labels.kind}, dimensions {labels.dimensions}"
        raise Fault("POINT:LABELS", f"{found} for {n_points} points")
    units = parameters.get("POINT:UNITS")
    if units is not None and units.kind != -1:
        raise Fault("POINT:UNITS", f"type {units.kind}")


def _no_points(parameters: dict[str, Parameter]) -> Fault:
    """Say what a sound file without points has instead."""
    rotations = _number(parameters, "ROTATION:USED") or 0
    channels = _number(parameters, "ANALOG:USED") or 0
    if rotations:
        return Fault(
            "POINT:USED",
            f"rotations of {rotations:g} segments, as Theia writes them, which are not read",
            problem="no points in it",
            remedy="Export the joint centres as points; or write the origins of the segments, "
            "ezc3d.c3d(file)['data']['rotations'][:3, 3] of shape (3, segments, frames) with names in "
            "ROTATION:LABELS, as .npz (README).",
        )
    return Fault(
        "POINT:USED",
        f"{channels:g} analog channels" if channels else "neither points nor analog channels",
        problem="no points in it",
        remedy="Export the take again with its labelled markers or joint centres, or remove its row.",
    )


def _check_analog(parameters: dict[str, Parameter], n_analog: int, n_samples: int) -> None:
    used = _number(parameters, "ANALOG:USED")
    channels = n_analog // n_samples if n_samples else 0
    if used is not None and used != channels:
        raise Fault("ANALOG:USED", f"{used:g} where the header has {channels}")
