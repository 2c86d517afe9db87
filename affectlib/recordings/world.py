"""World coordinates: metres with z up, and whether an upright person results."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

import numpy as np

from affectlib.errors import RecordingError
from affectlib.recordings.lost import sample_whole_frames
from affectlib.recordings.rows import parse_number
from affectlib.recordings.sides import describe_mirroring
from affectlib.skeleton import INDEX

METRES: Mapping[str, float] = MappingProxyType({"m": 1.0, "cm": 0.01, "mm": 0.001, "in": 0.0254})
"""Length of each unit in metres."""

_SPELLINGS = {
    "m": ("metre", "metres", "meter", "meters"),
    "cm": ("centimetre", "centimetres", "centimeter", "centimeters"),
    "mm": ("millimetre", "millimetres", "millimeter", "millimeters"),
    "in": ("inch", "inches"),
}
_KNOWN_SCALES = MappingProxyType({"the CMU library in BVH": 0.056444, "feet": 0.3048, "decimetres": 0.1})

# Rows are the world's x, y and z in the file's axes. All are proper rotations (determinant +1):
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
"""Shortest and longest distance from head to ankles, with a margin for children and errors."""

ADULT_EXTENT_M = (1.2, 1.8)
"""The same of adults, for advice."""

TYPICAL_EXTENT_M = 1.5
"""The same of a person of about 1.7 m: the head's joint is 10 cm below its top, the ankles are 8 cm up."""

_UPRIGHT_SHARE = 0.7  # of the extent that an upright person has along the vertical, at least: bent by 45 deg
_MAX_FRAMES = 200  # enough for a median
_MAX_FACTOR = 1e6  # between the file's numbers and metres: beyond it, they are no lengths


def parse_unit(text: str) -> str | None:
    """Parse a unit of length: a name ("mm", "Meters") or a number of metres ("0.05644", "0,05644").

    Returns
    -------
    str or None
        One of `METRES`, or the number with a decimal point; None if it is no length.
    """
    word = text.strip().casefold()
    for unit, spellings in _SPELLINGS.items():
        if word in (unit, *spellings):
            return unit
    number = word.replace(",", ".")
    metres = parse_number(number)
    return number if metres is not None and 1e-9 < metres < 1e9 else None


def metres_of(unit: str) -> float:
    """Return the length in metres of a unit that `parse_unit` returned."""
    return METRES[unit] if unit in METRES else float(unit)


def to_world(position: np.ndarray, *, unit: str, up: str) -> np.ndarray:
    """Convert to metres and right-handed axes with z up, same shape.

    Parameters
    ----------
    position : numpy.ndarray
        Positions in a file's unit and axes, shape (..., 3).
    unit : str
        One of `METRES`, or a number of metres.
    up : str
        The file's axis that points up, one of `UPS`.
    """
    return position @ np.array(_TO_Z_UP[up], dtype=np.float64).T * metres_of(unit)


def check_person(position_m: np.ndarray, *, unit: str, up: str, file: Path) -> None:
    """Refuse a motion that cannot be an upright person.

    Parameters
    ----------
    position_m : numpy.ndarray
        Positions in metres, z up, NaN where a joint is lost, shape (frames, 15, 3).
    unit, up : str
        Unit and axis that they were converted from, for the remedy.

    Raises
    ------
    RecordingError
        If the person is shorter or longer than `EXTENT_M`, lies down, is upside down, or
        is mirrored. The message names the unit or axis that would fit.
    """
    joints = [INDEX[name] for name in ("head", "l_ankle", "r_ankle")]
    ends = sample_whole_frames(position_m[:, joints], _MAX_FRAMES)
    if not len(ends):
        return
    # The body's own axis, not the motion's: a walk crosses the room whatever axis points up.
    ankles_to_head_m = ends[:, 0] - ends[:, 1:].mean(axis=1)
    extent_m = float(np.median(np.linalg.norm(ankles_to_head_m, axis=1)))
    if not EXTENT_M[0] <= extent_m <= EXTENT_M[1]:
        raise _wrong_size(extent_m, unit=unit, file=file)
    median_m = np.median(ankles_to_head_m, axis=0)
    if median_m[2] < _UPRIGHT_SHARE * extent_m:
        raise _wrong_up(median_m, extent_m, up=up, file=file)
    mirroring = describe_mirroring(position_m)
    if mirroring:
        raise RecordingError(
            "left and right are swapped",
            file=file,
            where="joint positions",
            found=mirroring,
            remedy="Swap left and right in joints.json, or convert from left-handed to right-handed axes.",
        )


def _wrong_size(extent_m: float, *, unit: str, file: Path) -> RecordingError:
    shortest_m, longest_m = EXTENT_M
    extent = extent_m / metres_of(unit)
    fitting = [name for name, metres in METRES.items() if shortest_m <= extent * metres <= longest_m]
    remedy = (
        f"State unit {' or '.join(fitting)}: then it is between {shortest_m} and {longest_m} m; or, if "
        "the unit is right, check that joints.json names the right joints."
    )
    return RecordingError(
        "the person cannot be of this size",
        file=file,
        where="unit",
        found=f"{extent_m:.3g} m from head to ankles with unit {unit!r}",
        remedy=remedy if fitting else _advise_scale(extent),
    )


def _advise_scale(extent: float) -> str:
    """Return advice where no named unit fits: a known scale, or one from the person's height.

    Parameters
    ----------
    extent : float
        Distance from head to ankles in the file's numbers.
    """
    advice = f"No named unit ({', '.join(METRES)}) fits; unit also takes a number of metres. "
    metres = TYPICAL_EXTENT_M / extent if extent else np.inf
    if not 1 / _MAX_FACTOR < metres < _MAX_FACTOR:
        return advice + "None makes this a person; check how the file was exported."
    known = "".join(
        f"State {scale:g} ({name}): then it is {extent * scale:.2f} m. "
        for name, scale in _KNOWN_SCALES.items()
        if ADULT_EXTENT_M[0] <= extent * scale <= ADULT_EXTENT_M[1]
    )
    return (
        f"{advice}{known}{'Otherwise divide' if known else 'Divide'} the person's true distance from "
        f"head to ankles by the file's {extent:.4g}: {metres:.4g} makes it {TYPICAL_EXTENT_M} m, as of a "
        "person of 1.7 m."
    )


def _wrong_up(ankles_to_head_m: np.ndarray, extent_m: float, *, up: str, file: Path) -> RecordingError:
    upright_m = _UPRIGHT_SHARE * extent_m
    along_file_axes_m = np.array(_TO_Z_UP[up], dtype=np.float64).T @ ankles_to_head_m
    longest = int(np.abs(along_file_axes_m).argmax())
    axis = ("-" if along_file_axes_m[longest] < 0 else "") + "xyz"[longest]
    fits = abs(along_file_axes_m[longest]) >= upright_m and axis != up
    return RecordingError(
        "the person is upside down" if ankles_to_head_m[2] < -upright_m else "the person lies down",
        file=file,
        where="up",
        found=f"the head is {ankles_to_head_m[2]:.2f} m above the ankles with up {up!r}",
        remedy=f"State up {axis}." if fits else "No axis fits; check how the file was exported.",
    )
