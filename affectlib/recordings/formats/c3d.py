"""C3D: labelled points of motion capture systems."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from affectlib.errors import RecordingError
from affectlib.recordings.formats.c3d_content import read_content
from affectlib.recordings.motion import DOUBLED, Motion, read_bytes

_UNITS = {
    "m": "m",
    "cm": "cm",
    "mm": "mm",
    "in": "in",
    "inch": "in",
    "inches": "in",
    "meters": "m",
    "metres": "m",
}


def read_motion(file: Path) -> Motion:
    """Read the labelled points of a ``.c3d`` file.

    Points without a label are left unused, as are those that are not positions. Points that share
    a label are numbered (``LKNE#1``, ``LKNE#2``).

    Returns
    -------
    Motion
        Points in the order of ``POINT:LABELS``; rate from ``POINT:RATE`` or else the header,
        unit from ``POINT:UNITS``; NaN where a residual below 0 marks a point as invalid.

    Raises
    ------
    RecordingError
        If header, parameters and data contradict one another, or there are no labelled points.
    """
    data = read_bytes(file)
    try:
        content = read_content(data)
    except RecordingError as error:
        error.file = file
        raise
    joints, unusable = _usable_points(content.labels, content.groups, content.position)
    n_points = content.position.shape[1]
    labels = content.labels
    # Without counts, so that takes share the note.
    notes = {
        "points without a name are left unused": sum(map(bool, labels[:n_points])) < n_points,
        "more names than points in POINT:LABELS": any(labels[n_points:]),
    }
    if not joints:
        raise RecordingError(
            "no point has a name that can be used",
            file=file,
            where="POINT:LABELS",
            found=f"{n_points} points",
            remedy="Label the markers and export the take again.",
        )
    return Motion(
        position=content.position[:, list(joints.values())],
        joints=tuple(joints),
        rate_hz=content.rate_hz,
        unit=_UNITS.get(content.unit.casefold()),
        notes=tuple(note for note, holds in notes.items() if holds),
        unusable=unusable,
    )


def _usable_points(
    labels: Sequence[str], groups: Mapping[str, Sequence[str]], position: np.ndarray
) -> tuple[dict[str, int], dict[str, str]]:
    """Return the index of each usable point by its name, and the reason why other names are unusable."""
    numbers: dict[str, list[int]] = {}
    for number, label in enumerate(labels[: position.shape[1]]):
        if label:
            numbers.setdefault(label, []).append(number)
    joints: dict[str, int] = {}
    unusable: dict[str, str] = {}
    for label, points in numbers.items():
        group = next((group for group, members in groups.items() if label in members), None)
        seen = points[:1]
        if len(points) > 1:  # a trajectory that was cut leaves phantoms under its label, which are never seen
            seen = [number for number in points if np.isfinite(position[:, number]).any()] or seen
        if group is not None:
            unusable[label] = f"no position but of POINT:{group}"
        elif len(seen) == 1:
            joints[label] = seen[0]
        else:
            numbered = {f"{label}#{count}": number for count, number in enumerate(seen, start=1)}
            joints.update({name: number for name, number in numbered.items() if name not in numbers})
            unusable[label] = f"{DOUBLED}, {' and '.join(numbered)}"
    return joints, unusable
