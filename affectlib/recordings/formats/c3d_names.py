"""Which points of a C3D file can be used, and by which name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from affectlib.recordings.motion import DOUBLED


@dataclass
class Named:
    """Names for the points of a file.

    Parameters
    ----------
    joints : dict
        Name to number of the point, for those that can be used.
    unusable : dict
        Name to reason, for the others.
    notes : tuple of str
        What was odd about the names.
    """

    joints: dict[str, int] = field(default_factory=dict)
    unusable: dict[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()


def name_points(labels: Sequence[str], groups: Mapping[str, set[str]], position: np.ndarray) -> Named:
    """Name the points of a file that have a name of their own and are positions.

    Parameters
    ----------
    labels : sequence of str
        Names in the order of the points; there may be fewer, or more.
    groups : mapping
        Group of points that are no positions (``ANGLES``) to the names of its members.
    position : numpy.ndarray
        Points, shape (frames, points, 3); NaN where a point was not seen.

    Returns
    -------
    Named
        Names, and what cannot be used.
    """
    n_points = position.shape[1]
    numbers: dict[str, list[int]] = {}
    for number, name in enumerate(labels[:n_points]):
        if name:
            numbers.setdefault(name, []).append(number)
    named_points = [number for points in numbers.values() for number in points]
    named = Named()
    for name, points in numbers.items():
        group = next((group for group, members in groups.items() if name in members), None)
        seen = [number for number in points if np.isfinite(position[:, number]).any()] or points[:1]
        if group is not None:
            named.unusable[name] = f"no position but of POINT:{group}"
        elif len(seen) == 1:  # phantoms of a trajectory that was cut are never seen
            named.joints[name] = seen[0]
        else:
            parts = {f"{name}#{part}": number for part, number in enumerate(seen, start=1)}
            named.joints.update({part: number for part, number in parts.items() if part not in numbers})
            named.unusable[name] = f"{DOUBLED}, {' and '.join(parts)}"
    # Without their number, so that takes share the note.
    notes = {
        "points without a name are left unused": len(named_points) < n_points,
        "more names than points in POINT:LABELS": any(labels[n_points:]),
    }
    named.notes = tuple(note for note, holds in notes.items() if holds)
    return named
