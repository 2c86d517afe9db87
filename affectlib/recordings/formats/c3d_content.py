"""Points, labels and rate of a C3D file, after header, parameters and data have been compared.

The points are one view on the data block. py-c3d reads them frame by frame, which takes 16 times
as long, and computes the length of a frame from rates, which fails for files without
``POINT:RATE``. The layout is that of the C3D user guide (Motion Lab Systems): blocks of 512 bytes;
header, parameter and data sections.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from affectlib.errors import RecordingError
from affectlib.recordings.formats.c3d_parameters import BLOCK, Parameters, broken, read_parameters

_MAX_IN_HEADER = 65535
_QUANTITIES = ("ANGLES", "FORCES", "MOMENTS", "POWERS", "SCALARS", "REACTIONS")


@dataclass(frozen=True, kw_only=True)
class Content:
    """Points and labels of one file.

    Parameters
    ----------
    position : numpy.ndarray
        Positions in the file's unit, NaN where a point is invalid, float64, shape (frames, points, 3).
    labels : list of str
        Labels in the order of the points; there may be fewer or more than points.
    groups : dict
        Quantity that is not a position (``ANGLES``) to the labels of its points.
    rate_hz : float or None
        Frames per second.
    unit : str
        ``POINT:UNITS``; empty where it is missing.
    """

    position: np.ndarray
    labels: list[str]
    groups: dict[str, list[str]]
    rate_hz: float | None
    unit: str


def read_content(data: bytes) -> Content:
    """Read the contents of a whole C3D file.

    Raises
    ------
    RecordingError
        If header, parameters and data contradict one another, or there are no points. It does
        not name the file.
    """
    parameters = read_parameters(data)
    scale = float(parameters.floats(data, offset=12)[0])
    n_frames = _count_frames(parameters)
    rate_hz = _rate_hz(parameters, in_header=float(parameters.floats(data, offset=20)[0]))
    _check_points(parameters, scale)
    _check_analog(parameters)
    # Vicon lists the labels of angles, forces and so on in POINT:ANGLES and groups of further names.
    names = {name for name in parameters.texts("POINT:TYPE_GROUPS") if "MARKER" not in name.upper()}
    names = {*_QUANTITIES, *names} - {"LABELS", "DESCRIPTIONS", "UNITS"}
    groups = {name: parameters.texts(f"POINT:{name}") for name in sorted(names)}
    return Content(
        position=_read_points(data, parameters, n_frames=n_frames, scale=scale),
        labels=parameters.texts("POINT:LABELS"),
        groups={name: labels for name, labels in groups.items() if labels},
        rate_hz=rate_hz,
        unit=next(iter(parameters.texts("POINT:UNITS")), ""),
    )


def _count_frames(parameters: Parameters) -> int:
    first, last = parameters.header.first_frame, parameters.header.last_frame
    n_frames = last - first + 1
    stated = parameters.number("POINT:FRAMES")
    if last == _MAX_IN_HEADER:  # the true number may be larger
        n_frames = max(_stated_counts(parameters), default=n_frames)
    elif stated is not None and 0 < stated < _MAX_IN_HEADER and stated != n_frames:
        raise broken("POINT:FRAMES", f"{stated:g} where the header has {n_frames}")
    if n_frames < 1:
        raise broken("header", f"frames {first} to {last}")
    return n_frames


def _stated_counts(parameters: Parameters) -> list[int]:
    """Return the numbers of frames that parameters state, in any of three ways."""
    counts = [parameters.number("POINT:FRAMES"), parameters.number("POINT:LONG_FRAMES")]
    fields = [parameters.get(f"TRIAL:ACTUAL_{end}_FIELD") for end in ("START", "END")]
    if all(field is not None and len(field.bytes) == 4 for field in fields):
        # Each field is two words, the lower one first in the format of any processor.
        start, end = (parameters.integers(field.bytes, kind="uint16", count=2).tolist() for field in fields)
        counts.append(end[0] - start[0] + 2**16 * (end[1] - start[1]) + 1)
    return [int(count) for count in counts if count is not None and 0 < count < 2**31]


def _rate_hz(parameters: Parameters, *, in_header: float) -> float | None:
    rates_hz = {"POINT:RATE": parameters.number("POINT:RATE") or 0.0, "header": in_header}
    for where, rate_hz in rates_hz.items():
        if not 0 <= rate_hz < 1e5:
            raise broken(where, f"{rate_hz:g} frames per second")
    return rates_hz["POINT:RATE"] or in_header or None


def _check_points(parameters: Parameters, scale: float) -> None:
    n_points = parameters.header.point_count
    if scale == 0 or not abs(scale) <= 1e6:
        raise broken("header", f"scale {scale:g}")
    used = parameters.number("POINT:USED")
    if used is None or used != n_points:
        found = "none" if used is None else f"{used:g}"
        raise broken("POINT:USED", f"{found} where the header has {n_points} points")
    if n_points == 0:
        raise _no_points(parameters)
    stated = parameters.number("POINT:SCALE")
    if stated is not None and abs(stated - scale) > 1e-6 * abs(scale):
        raise broken("POINT:SCALE", f"{stated:g} where the header has {scale:g}")
    if parameters.get("POINT:LABELS") is None:
        raise broken("POINT:LABELS", f"none for {n_points} points")


def _no_points(parameters: Parameters) -> RecordingError:
    """Return the error for a sound file without points, which names what it has instead."""
    rotations = parameters.number("ROTATION:USED") or 0
    channels = parameters.number("ANALOG:USED") or 0
    if rotations:
        found = f"rotations of {rotations:g} segments, as Theia writes them, which are not read"
        remedy = (
            "Export the joint centres as points; or write the origins of the segments, "
            "ezc3d.c3d(file)['data']['rotations'][:3, 3] of shape (3, segments, frames) with names in "
            "ROTATION:LABELS, as .npz (README)."
        )
    else:
        found = f"{channels:g} analog channels" if channels else "neither points nor analog channels"
        remedy = "Export the take again with its labelled markers or joint centres, or remove its row."
    return RecordingError("no points in it", where="POINT:USED", found=found, remedy=remedy)


def _check_analog(parameters: Parameters) -> None:
    n_analog, n_samples = parameters.header.analog_count, parameters.header.analog_per_frame
    if n_analog and (n_samples == 0 or n_analog % n_samples):
        raise broken("header", f"{n_analog} analog values in {n_samples} samples a frame")
    used = parameters.number("ANALOG:USED")
    channels = n_analog // n_samples if n_samples else 0
    if used is not None and used != channels:
        raise broken("ANALOG:USED", f"{used:g} where the header has {channels}")


@np.errstate(invalid="ignore")  # a signalling NaN in the file is lost like any other
def _read_points(data: bytes, parameters: Parameters, *, n_frames: int, scale: float) -> np.ndarray:
    """Return all points, NaN where the residual is below 0, shape (frames, points, 3)."""
    n_points, start = parameters.header.point_count, (parameters.header.data_block - 1) * BLOCK
    n_values = n_frames * (4 * n_points + parameters.header.analog_count)
    needed = start + n_values * (4 if scale < 0 else 2)
    if needed > len(data):
        raise broken("data", f"{len(data)} bytes where {n_frames} frames of {n_points} points need {needed}")
    if scale < 0:  # a sign that marks floats, already in the file's unit
        values = parameters.floats(data, count=n_values, offset=start)
    else:
        values = parameters.integers(data, kind="int16", count=n_values, offset=start)
    points = values.reshape(n_frames, -1)[:, : 4 * n_points].reshape(n_frames, n_points, 4)
    position = points[..., :3].astype(np.float64)
    if scale > 0:
        position *= scale
    position[points[..., 3] < 0] = np.nan
    return position
