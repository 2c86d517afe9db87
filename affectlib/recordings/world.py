"""From a file's unit and axes to metres with z up, and whether that can be a person."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

import numpy as np

from affectlib.errors import RecordingError
from affectlib.recordings.lost import thin_whole
from affectlib.recordings.rows import parse_number
from affectlib.recordings.sides import against_names
from affectlib.skeleton import INDEX, JOINTS

METRES: Mapping[str, float] = MappingProxyType({"m": 1.0, "cm": 0.01, "mm": 0.001, "in": 0.0254})
"""Length of each unit in metres."""

_SPELLINGS = {
    "m": ("metre", "metres", "meter", "meters"),
    "cm": ("centimetre", "centimetres", "centimeter", "centimeters"),
    "mm": ("millimetre", "millimetres", "millimeter", "millimeters"),
    "in": ("inch", "inches"),
}
_KNOWN_SCALES = MappingProxyType({"the CMU library in BVH": 0.056444, "feet": 0.3048, "decimetres": 0.1})

# Rows say where the world's x, y and z come from. All are proper rotations (determinant +1):
# a permutation that mirrors would turn left arms into right arms.
_TO_Z_UP: Mapping[str, tuple[tuple[int, int, int], ...]] = MappingProxyType(
    {
        "z": ((1, 0, 0), (0, 1, 0), (0, 0, 1)),
        "y": ((1, 0, 0), (0, 0, -1), (0, 1, 0)),
        "x": ((0, 0, -1), (0, 1, 0), (1, 0, 0)),
        "-z": ((1, 0, 0), (0, -1, 0), (0, 0, -1)),
        "-y": ((1, 0, 0), (0, 0, 1), (0, -1, 0)),
        "-x": ((0, 0, 1), (0, 1, 0), (-1, 0, 0)),
    }
)

UPS = tuple(_TO_Z_UP)
"""Axes that may point up; with a minus sign the axis points down."""

EXTENT_M = (0.8, 2.3)
"""Shortest and longest head-to-ankle distance of a person, with room for children and errors."""

USUAL_EXTENT_M = (1.2, 1.8)
"""The same of adults, for advice."""

TYPICAL_EXTENT_M = 1.5
"""The same of a person of about 1.7 m: the head's joint lies 10 cm below its top, ankles 8 cm up."""

_FRAMES = 200


def parse_unit(text: str) -> str | None:
    """Read a unit of length as `library.csv` or a file may spell it.

    Parameters
    ----------
    text : str
        A name ("mm", "Meters") or a number of metres ("0.05644", or with a decimal comma).

    Returns
    -------
    str or None
        One of `METRES`, or the number with a decimal point; None if it is neither, or no length.
    """
    word = text.strip().casefold()
    for unit, spellings in _SPELLINGS.items():
        if word in (unit, *spellings):
            return unit
    number = word.replace(",", ".")
    metres = parse_number(number)
    return number if metres is not None and 1e-9 < metres < 1e9 else None


def metres_of(unit: str) -> float:
    """Return the length of a unit in metres.

    Parameters
    ----------
    unit : str
        What `parse_unit` gave.

    Returns
    -------
    float
        Metres.
    """
    return METRES[unit] if unit in METRES else float(unit)


def to_world(position: np.ndarray, *, unit: str, up: str) -> np.ndarray:
    """Scale to metres and turn to z up, right-handed.

    Parameters
    ----------
    position : numpy.ndarray
        Positions in a file's unit and axes, shape (..., 3).
    unit : str
        One of `METRES`, or a number of metres.
    up : str
        The file's axis that points up, one of `UPS`.

    Returns
    -------
    numpy.ndarray
        Positions in metres, z up, same shape.
    """
    turn = np.array(_TO_Z_UP[up], dtype=np.float64)
    return position @ turn.T * metres_of(unit)


def check_person(position_m: np.ndarray, *, unit: str, up: str, file: Path) -> None:
    """Hold that the motion can be an upright person.

    Parameters
    ----------
    position_m : numpy.ndarray
        Positions in metres, z up, NaN where nothing was seen, shape (frames, 15, 3).
    unit, up : str
        What they were converted with, for the remedy.
    file : Path
        The file, for messages.

    Raises
    ------
    RecordingError
        If the person is shorter or longer than `EXTENT_M`, lies down, stands on the head, or
        is mirrored. The message says which unit or axis would fit.
    """
    ends = thin_whole(position_m[:, [INDEX["head"], INDEX["l_ankle"], INDEX["r_ankle"]]], _FRAMES)
    if not len(ends):
        return
    axis = ends[:, 0] - ends[:, 1:].mean(axis=1)
    extent_m = float(np.median(np.linalg.norm(axis, axis=1)))
    if not EXTENT_M[0] <= extent_m <= EXTENT_M[1]:
        raise _wrong_size(extent_m, unit=unit, file=file)
    # The body's own axis, not the motion's: a walk crosses the room whatever points up.
    middle = np.median(axis, axis=0)
    if middle[2] < 0.7 * extent_m:
        raise _wrong_axis(middle, extent_m, up=up, file=file)
    against = against_names(position_m)
    if against:
        raise RecordingError(
            "left and right are swapped",
            file=file,
            where="joint positions",
            found=against,
            remedy="Swap left and right in joints.json, or convert from left-handed to right-handed axes.",
        )


def _wrong_size(extent_m: float, *, unit: str, file: Path) -> RecordingError:
    extent = extent_m / metres_of(unit)
    fitting = [name for name, metres in METRES.items() if EXTENT_M[0] <= extent * metres <= EXTENT_M[1]]
    return RecordingError(
        "the person cannot be of this size",
        file=file,
        where="unit",
        found=f"{extent_m:.3g} m from head to ankles with unit {unit!r}",
        remedy=(
            f"State unit {' or '.join(fitting)}: then it is between {EXTENT_M[0]} and {EXTENT_M[1]} m; or, "
            "if the unit is right, look whether joints.json names the right joints."
            if fitting
            else _other_scale(extent)
        ),
    )


def _other_scale(extent: float) -> str:
    """Advise on a unit where no named one fits: a known scale, or one from the body's height."""
    none = f"No named unit ({', '.join(METRES)}) fits; unit also takes a number of metres. "
    if not extent * 1e-6 < TYPICAL_EXTENT_M < extent * 1e6:
        return none + "None makes this a person, so look at how the file was exported."
    known = [
        f"State {metres:g} ({name}): then it is {extent * metres:.2f} m. "
        for name, metres in _KNOWN_SCALES.items()
        if USUAL_EXTENT_M[0] <= extent * metres <= USUAL_EXTENT_M[1]
    ]
    measured = TYPICAL_EXTENT_M / extent
    return (
        none
        + "".join(known)
        + f"{'Otherwise divide' if known else 'Divide'} the person's true distance from head to ankles by "
        f"the file's {extent:.4g}: {measured:.4g} makes it {TYPICAL_EXTENT_M} m, as of a person of 1.7 m."
    )


def _wrong_axis(axis_m: np.ndarray, extent_m: float, *, up: str, file: Path) -> RecordingError:
    in_file = np.array(_TO_Z_UP[up], dtype=np.float64).T @ axis_m
    largest = int(np.abs(in_file).argmax())
    fitting = ("-" if in_file[largest] < 0 else "") + "xyz"[largest]
    clear = abs(in_file[largest]) >= 0.7 * extent_m and fitting != up
    upside_down = axis_m[2] < -0.7 * extent_m
    return RecordingError(
        "the person stands on the head" if upside_down else "the person lies down",
        file=file,
        where="up",
        found=f"the head is {axis_m[2]:.2f} m above the ankles with up {up!r}",
        remedy=f"State up {fitting}." if clear else "No axis fits; look at how the file was exported.",
    )


def never_tracked(position: np.ndarray) -> list[str]:
    """Name the joints that are lost in every frame.

    Parameters
    ----------
    position : numpy.ndarray
        Positions with NaN where nothing was seen, shape (frames, 15, 3).

    Returns
    -------
    list of str
        Canonical joints without a single position.
    """
    lost = ~np.isfinite(position).all(axis=-1)
    return [joint for joint, always in zip(JOINTS, lost.all(axis=0), strict=True) if always]
