"""Where up is, as far as a walk can tell: from the floor that is stepped on, and from upright legs.

A camera that looks down, or a room that was calibrated badly, tilts the whole recording: the way
then rises or falls, and the person leans by the same angle. On a ramp the way rises too, but people
stay upright on it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from affectlib.recordings.lost import thin_whole
from affectlib.skeleton import INDEX

LEAN_DEG = 4.0
"""Usual lean of the line from between the ankles to between the hips, forwards: .6 to 8 in people."""

MIN_WAY_M = 2.0
"""Shortest way along which the floor is measured: a centimetre of noise is then a third of a degree."""

_FRAMES = 200
_TRIMS = 3


@dataclass(frozen=True, kw_only=True)
class Vertical:
    """Two estimates of the vertical, each as the slope of a floor that is square to it.

    Parameters
    ----------
    way_m : tuple of float
        Longest horizontal way, and the way across it.
    rise_m : float
        Rise of the standing ankles along the longest way.
    floor : numpy.ndarray
        Rise of the standing ankles per horizontal metre along x and y, shape (2,); zero in
        directions of less than `MIN_WAY_M`.
    body : numpy.ndarray
        The same for a floor that is square to the legs' mean direction, shape (2,).
    floor_up : numpy.ndarray
        Unit vector upwards: from the floor where it was measured, elsewhere from the legs, shape (3,).
    """

    way_m: tuple[float, float]
    rise_m: float
    floor: np.ndarray
    body: np.ndarray
    floor_up: np.ndarray

    @property
    def floor_deg(self) -> float:
        """Slope of the floor in degrees."""
        return float(np.degrees(np.arctan(np.linalg.norm(self.floor))))

    @property
    def body_deg(self) -> float:
        """Lean of the legs in degrees, beyond the usual one."""
        return float(np.degrees(np.arctan(np.linalg.norm(self.body))))

    @property
    def shared_part(self) -> float:
        """Part of the floor's slope that the legs have too: 1 in a tilted room, 0 on a ramp."""
        size = float(self.floor @ self.floor)
        return float(self.floor @ self.body) / size if size else 0.0


def estimate_vertical(position_m: np.ndarray) -> Vertical | None:
    """Estimate the vertical of a walk.

    Parameters
    ----------
    position_m : numpy.ndarray
        Positions in metres, z about up, may hold NaN, shape (frames, 15, 3).

    Returns
    -------
    Vertical or None
        The estimates; None where fewer than ten frames are whole.
    """
    some = thin_whole(position_m, _FRAMES)
    if len(some) < 10:
        return None
    body = slope_of_body(some)
    standing = _standing_ankles(some)
    centred = standing - standing.mean(axis=0)
    _, axes = np.linalg.eigh(centred[:, :2].T @ centred[:, :2])
    axes = axes.T[::-1]
    along = centred[:, :2] @ axes.T
    # A single stray ankle makes no way: the ends are where two in a hundred frames go beyond.
    ends = len(along) // 50, len(along) - 1 - len(along) // 50
    low, high = np.partition(along, ends, axis=0)[list(ends)]
    way_m = high - low
    measured = way_m >= MIN_WAY_M
    slope = _robust_slope(along[:, measured], centred[:, 2])
    floor = slope @ axes[measured] if measured.any() else np.zeros(2)
    mixed = floor + (body @ axes[~measured].T) @ axes[~measured]
    up = np.array([-mixed[0], -mixed[1], 1.0])
    return Vertical(
        way_m=(float(way_m[0]), float(way_m[1])),
        rise_m=float(abs(slope[0]) * way_m[0]) if measured[0] else 0.0,
        floor=floor,
        body=body,
        floor_up=up / np.linalg.norm(up),
    )


def level(position_m: np.ndarray) -> tuple[np.ndarray, tuple[str, ...]]:
    """Turn a walk so that its estimated vertical points up.

    The floor decides in directions of at least `MIN_WAY_M`, so that a ramp is levelled too; in the
    others the legs do, whose usual lean is kept.

    Parameters
    ----------
    position_m : numpy.ndarray
        Positions in metres, shape (frames, 15, 3).

    Returns
    -------
    numpy.ndarray
        Positions turned about their middle, shape (frames, 15, 3).
    tuple of str
        A note with the angle, rounded to whole degrees; none below half a degree.
    """
    estimate = estimate_vertical(position_m)
    if estimate is None:
        return position_m, ()
    x, y, z = estimate.floor_up
    across = np.array([[0, 0, -x], [0, 0, -y], [x, y, 0]])
    turn = np.eye(3) + across + across @ across / (1 + z)
    middle = np.nanmean(position_m, axis=(0, 1))
    angle_deg = np.degrees(np.arccos(np.clip(z, -1, 1)))
    note = (f"levelled by {angle_deg:.0f} degrees",) if angle_deg >= 0.5 else ()
    return (position_m - middle) @ turn.T + middle, note


def slope_of_body(position_m: np.ndarray) -> np.ndarray:
    """Compute the slope of a floor that is square to the usual direction of the legs.

    Parameters
    ----------
    position_m : numpy.ndarray
        Finite positions in metres, z about up, shape (frames, 15, 3).

    Returns
    -------
    numpy.ndarray
        Rise per horizontal metre along x and y, with `LEAN_DEG` taken off, shape (2,).
    """
    hips, ankles = (
        (position_m[:, INDEX[f"l_{part}"]] + position_m[:, INDEX[f"r_{part}"]]) / 2
        for part in ("hip", "ankle")
    )
    legs = hips - ankles
    across = sum(
        position_m[:, INDEX[f"r_{part}"], :2] - position_m[:, INDEX[f"l_{part}"], :2]
        for part in ("shoulder", "hip")
    )
    forward = np.stack([-across[:, 1], across[:, 0]], axis=1)
    forward /= np.maximum(np.linalg.norm(forward, axis=1, keepdims=True), 1e-9)
    upright = legs[:, :2] - np.tan(np.radians(LEAN_DEG)) * legs[:, 2:] * forward
    return -np.median(upright, axis=0) / max(float(np.median(legs[:, 2])), 1e-3)


def _standing_ankles(position_m: np.ndarray) -> np.ndarray:
    """Pick the slower ankle of each frame, which stands, shape (frames, 3)."""
    ankles = position_m[:, [INDEX["l_ankle"], INDEX["r_ankle"]]]
    step = ankles[2:] - ankles[:-2]
    slower = np.einsum("fja,fja->fj", step, step).argmin(axis=1)
    return ankles[np.arange(1, len(ankles) - 1), slower]


def _robust_slope(along: np.ndarray, height: np.ndarray) -> np.ndarray:
    """Fit heights over ways by least squares, each time without the quarter that fits worst."""
    columns = np.ones((len(along), along.shape[1] + 1))
    columns[:, :-1] = along
    good = np.ones(len(along), dtype=bool)
    for _ in range(_TRIMS):
        used = columns[good]
        fit = np.linalg.solve(used.T @ used, used.T @ height[good])
        off = np.abs(height - columns @ fit)
        good = off <= np.partition(off, 3 * len(off) // 4)[3 * len(off) // 4]
    return np.asarray(fit[:-1])
