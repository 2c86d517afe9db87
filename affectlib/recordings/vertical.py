"""Estimates of the vertical of a walk: from the floor under the standing ankles, and from upright legs.

A camera that looks down, or a badly calibrated room, tilts the whole recording: the path then rises or falls,
and the person leans by the same angle. On a ramp the path rises too, but people stay upright.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from affectlib.recordings.body import forward_from, midpoint, rightward
from affectlib.recordings.lost import sample_whole_frames
from affectlib.skeleton import INDEX

LEAN_DEG = 4.0
"""Usual forward lean of the line from between the ankles to between the hips: .6 to 8 in people."""

MIN_TRAVEL_M = 2.0
"""Shortest travel along which the floor is measured: a centimetre of noise is then a third of a degree."""

TILTED_FLOOR_DEG = 5.0
"""Least slope of a floor that is reported if the person leans with it; level floors are within .4 degrees."""

SHARED_PART = 1 / 3
LEAST_LEAN_DEG = 4.5
"""Least part of the floor's slope, and least angle, by which a person leans in a tilted room. On a ramp it is
none; but the usual lean differs by 4 degrees from person to person."""

TILTED_BODY_DEG = 12.0
"""Least lean of the legs beyond the usual one that is reported for a level floor; people stay below 8."""

_FRAMES = 200
_FEWEST_FRAMES = 10
_TRIMS = 3


@dataclass(frozen=True, kw_only=True)
class Vertical:
    """Two estimates of the vertical, each as the slope of a floor perpendicular to it.

    Parameters
    ----------
    travel_m : tuple of float
        Largest horizontal extent of the path, and the extent across it.
    rise_m : float
        Rise of the standing ankles along the largest extent.
    floor : numpy.ndarray
        Rise of the standing ankles per horizontal metre along x and y, shape (2,); zero in
        directions of less than `MIN_TRAVEL_M`.
    body : numpy.ndarray
        The same for a floor perpendicular to the legs' mean direction, shape (2,).
    floor_up : numpy.ndarray
        Unit vector upwards: from the floor where it was measured, elsewhere from the legs, shape (3,).
    """

    travel_m: tuple[float, float]
    rise_m: float
    floor: np.ndarray
    body: np.ndarray
    floor_up: np.ndarray

    @property
    def floor_deg(self) -> float:
        """Slope of the floor in degrees."""
        return _slope_deg(self.floor)

    @property
    def body_deg(self) -> float:
        """Lean of the legs in degrees, beyond the usual one."""
        return _slope_deg(self.body)

    @property
    def shared_part(self) -> float:
        """Part of the floor's slope that the legs have too: 1 in a tilted room, 0 on a ramp."""
        size = float(self.floor @ self.floor)
        return float(self.floor @ self.body) / size if size else 0.0


def estimate_vertical(position_m: np.ndarray) -> Vertical | None:
    """Estimate the vertical of a walk; None where fewer than ten frames are whole.

    Parameters
    ----------
    position_m : numpy.ndarray
        Positions in metres, z about up, may hold NaN, shape (frames, 15, 3).
    """
    sample = sample_whole_frames(position_m, _FRAMES)
    if len(sample) < _FEWEST_FRAMES:
        return None
    body = slope_of_body(sample)
    standing = _standing_ankles(sample)
    centred = standing - standing.mean(axis=0)
    _, axes = np.linalg.eigh(centred[:, :2].T @ centred[:, :2])
    axes = axes.T[::-1]
    along = centred[:, :2] @ axes.T
    # The outermost two in a hundred frames do not count: a single stray ankle is no travel.
    ends = len(along) // 50, len(along) - 1 - len(along) // 50
    low, high = np.partition(along, ends, axis=0)[list(ends)]
    travel_m = high - low
    measured = travel_m >= MIN_TRAVEL_M
    slope = _robust_slope(along[:, measured], centred[:, 2])
    floor = slope @ axes[measured] if measured.any() else np.zeros(2)
    mixed = floor + (body @ axes[~measured].T) @ axes[~measured]
    up = np.array([-mixed[0], -mixed[1], 1.0])
    return Vertical(
        travel_m=(float(travel_m[0]), float(travel_m[1])),
        rise_m=float(abs(slope[0]) * travel_m[0]) if measured[0] else 0.0,
        floor=floor,
        body=body,
        floor_up=up / np.linalg.norm(up),
    )


def level(position_m: np.ndarray) -> tuple[np.ndarray, tuple[str, ...]]:
    """Rotate a walk about its middle so that its estimated vertical points up.

    The floor defines the vertical in directions of at least `MIN_TRAVEL_M`, so that a ramp is levelled too;
    in the others the legs do, whose usual lean is preserved.

    Parameters
    ----------
    position_m : numpy.ndarray
        Positions in metres, shape (frames, 15, 3).

    Returns
    -------
    numpy.ndarray
        Rotated positions, shape (frames, 15, 3).
    tuple of str
        A note with the angle in whole degrees; none below half a degree.
    """
    estimate = estimate_vertical(position_m)
    if estimate is None:
        return position_m, ()
    # Rodrigues' formula for the shortest rotation of `floor_up` to the z axis.
    x, y, z = estimate.floor_up
    cross = np.array([[0, 0, -x], [0, 0, -y], [x, y, 0]])
    rotation = np.eye(3) + cross + cross @ cross / (1 + z)
    middle = np.nanmean(position_m, axis=(0, 1))
    angle_deg = np.degrees(np.arccos(np.clip(z, -1, 1)))
    note = (f"levelled by {angle_deg:.0f} degrees",) if angle_deg >= 0.5 else ()
    return (position_m - middle) @ rotation.T + middle, note


def describe_tilt(position_m: np.ndarray) -> Iterator[str]:
    """Describe the slope of a floor with which the person leans, or legs that lean more than usual.

    Parameters
    ----------
    position_m : numpy.ndarray
        Finite positions in metres, z about up, shape (frames, 15, 3).
    """
    # A person who is upright stands on a ramp, if the floor slopes at all.
    if _slope_deg(slope_of_body(position_m)) < LEAST_LEAN_DEG:
        return
    estimate = estimate_vertical(position_m)
    if estimate is None:
        return
    floor_deg = estimate.floor_deg
    least_shared = max(SHARED_PART, LEAST_LEAN_DEG / max(floor_deg, TILTED_FLOOR_DEG))
    if floor_deg >= TILTED_FLOOR_DEG and estimate.shared_part >= least_shared:
        yield (
            f"standing ankles rise or fall by {estimate.rise_m:.2f} m over {estimate.travel_m[0]:.1f} m "
            f"({floor_deg:.0f} degrees), and the person leans with it"
        )
    elif floor_deg < TILTED_FLOOR_DEG and estimate.body_deg >= TILTED_BODY_DEG:
        yield f"the legs lean by {estimate.body_deg:.0f} degrees more than usual"


def slope_of_body(position_m: np.ndarray) -> np.ndarray:
    """Compute the slope of a floor perpendicular to legs with the usual lean, along x and y, shape (2,).

    Parameters
    ----------
    position_m : numpy.ndarray
        Finite positions in metres, z about up, shape (frames, 15, 3).
    """
    legs = midpoint(position_m, "hip") - midpoint(position_m, "ankle")
    forward = forward_from(rightward(position_m))
    upright = legs[:, :2] - np.tan(np.radians(LEAN_DEG)) * legs[:, 2:] * forward
    return -np.median(upright, axis=0) / max(float(np.median(legs[:, 2])), 1e-3)


def _slope_deg(slope: np.ndarray) -> float:
    return float(np.degrees(np.arctan(np.linalg.norm(slope))))


def _standing_ankles(position_m: np.ndarray) -> np.ndarray:
    """Return the position of the slower ankle in each frame, which stands, shape (frames - 2, 3)."""
    ankles = position_m[:, [INDEX["l_ankle"], INDEX["r_ankle"]]]
    step = ankles[2:] - ankles[:-2]
    slower = np.einsum("fja,fja->fj", step, step).argmin(axis=1)
    return ankles[np.arange(1, len(ankles) - 1), slower]


def _robust_slope(along: np.ndarray, height: np.ndarray) -> np.ndarray:
    """Fit heights over distances by least squares, each time without the quarter that fits worst."""
    design = np.ones((len(along), along.shape[1] + 1))
    design[:, :-1] = along
    good = np.ones(len(along), dtype=bool)
    for _ in range(_TRIMS):
        used = design[good]
        fit = np.linalg.solve(used.T @ used, used.T @ height[good])
        residual = np.abs(height - design @ fit)
        good = residual <= np.partition(residual, 3 * len(residual) // 4)[3 * len(residual) // 4]
    return np.asarray(fit[:-1])
