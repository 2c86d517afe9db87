"""Points that were not seen although a file has numbers for them.

Software that cannot leave a gap writes something else: zeros, a number such as -9999, or a place far from the
body. The last value again and again is for `held`, a straight line to the next value for `straight`.
"""

from __future__ import annotations

import numpy as np

from affectlib.skeleton import INDEX, JOINTS

_SURELY_NONE = 1e6  # in any unit: a kilometre in millimetres
_REACH = 1.5
_SHOWN = 3


def mark_lost(position: np.ndarray, *, root: int | None = None) -> np.ndarray:
    """Put NaN wherever a point was not seen: NaN or infinite in part, at the origin, or a stand-in.

    A stand-in is one number in all three axes, such as -9999 or the largest float, that comes more
    than once, consists of nines, or lies beyond a kilometre.

    Parameters
    ----------
    position : numpy.ndarray
        Positions of joints or markers in any unit, shape (frames, points, 3).
    root : int, optional
        Point that may be at the origin in every frame, as in files that are centred on it.

    Returns
    -------
    numpy.ndarray
        Shape (frames, points, 3), lost points NaN in all three axes; the input itself where
        nothing is lost.
    """
    seen = np.isfinite(position).all()
    if seen and (position[..., 0] != position[..., 1]).all():
        return position
    lost = (position[..., 0] == position[..., 1]) & (position[..., 1] == position[..., 2])
    if root is not None and lost[:, root].all() and not lost.all() and not np.ptp(position[:, root]):
        lost[:, root] = False
    for point in np.flatnonzero(lost.any(axis=0)):
        lost[lost[:, point], point] = _stands_in(position[lost[:, point], point, 0])
    if not seen:
        lost |= ~np.isfinite(position).all(axis=-1)
    return np.where(lost[..., None], np.nan, position) if lost.any() else position


def _stands_in(value: np.ndarray) -> np.ndarray:
    """Decide for numbers that one point has in all three axes which of them mean "not seen"."""
    _, number, count = np.unique(value, return_inverse=True, return_counts=True)
    nines = np.array([f"{abs(one):.10g}".strip("9.") == "" and abs(one) >= 99 for one in value])
    return (value == 0) | (count[number] > 1) | nines | (np.abs(value) >= _SURELY_NONE)


def mark_torn(position_m: np.ndarray, rate_hz: float) -> np.ndarray:
    """Put NaN where a joint is farther from the middle of the body than a person can reach.

    Parameters
    ----------
    position_m : numpy.ndarray
        Positions in metres with NaN where nothing was seen, shape (frames, 15, 3).
    rate_hz : float
        Frames per second.

    Returns
    -------
    numpy.ndarray
        Shape (frames, 15, 3); the input itself where no joint is far off for a tenth of a second.
    """
    # What is shorter than that is a jump there and back, and found as such.
    some = position_m[:: max(int(0.1 * rate_hz), 1)]
    if not _far(some).any():
        return position_m
    far = _far(position_m).any(axis=1)
    middle = np.nanmedian(position_m[far], axis=1, keepdims=True)
    torn = np.zeros(position_m.shape[:2], dtype=bool)
    torn[far] = np.linalg.norm(position_m[far] - middle, axis=-1) > _REACH
    return np.where(torn[..., None], np.nan, position_m) if torn.any() else position_m


def thin_whole(position_m: np.ndarray, at_most: int) -> np.ndarray:
    """Return evenly spaced frames in which no joint is lost, for checks that need a part of them.

    Thinning first and leaving out lossy frames then would see nothing of a take that loses every other
    frame.

    Parameters
    ----------
    position_m : numpy.ndarray
        Positions in metres with NaN where nothing was seen, shape (frames, joints, 3).
    at_most : int
        Number of frames that are enough; less than twice as many are returned.

    Returns
    -------
    numpy.ndarray
        Finite positions, shape (fewer frames, joints, 3); no frames where none is whole.
    """
    some = position_m[:: max(len(position_m) // at_most, 1)]
    if np.isfinite(some).all():
        return some
    whole = position_m[np.isfinite(position_m).all(axis=(1, 2))]
    return whole[:: max(len(whole) // at_most, 1)]


def _far(position_m: np.ndarray) -> np.ndarray:
    """Find joints that may be out of reach, by their distance from the pelvis."""
    away = position_m - position_m[:, [INDEX["pelvis"]]]
    squared = np.einsum("fja,fja->fj", away, away)
    return np.asarray(squared > _REACH**2 / 2)


def describe_gaps(position_m: np.ndarray, rate_hz: float, *, longer_than_s: float) -> tuple[str, ...]:
    """Describe the long gaps of a take, which are left out.

    Parameters
    ----------
    position_m : numpy.ndarray
        Positions in metres with NaN where nothing was seen, shape (frames, 15, 3).
    rate_hz : float
        Frames per second.
    longer_than_s : float
        Gaps up to this length are bridged and not described.

    Returns
    -------
    tuple of str
        One note with joint, length and time of the longest gaps; none where there is no long gap.
    """
    lost = np.isnan(position_m[..., 0])
    joints_by_gap: dict[tuple[int, int], list[str]] = {}
    for joint in np.flatnonzero(lost.any(axis=0)).tolist():
        for start, stop in runs(lost[:, joint]):
            if stop - start > longer_than_s * rate_hz:
                joints_by_gap.setdefault((start, stop), []).append(JOINTS[joint])
    if not joints_by_gap:
        return ()
    found = sorted(joints_by_gap.items(), key=lambda gap: (gap[0][0] - gap[0][1], gap[0]))
    shown = [
        f"{' and '.join(joints) if len(joints) <= _SHOWN else f'{len(joints)} joints'} "
        f"for {(stop - start) / rate_hz:.2f} s at {start / rate_hz:.2f} s"
        for (start, stop), joints in found[:_SHOWN]
    ]
    more = f" and {len(found) - _SHOWN} more" if len(found) > _SHOWN else ""
    return (f"not seen and left out: {', '.join(shown)}{more}",)


def runs(mask: np.ndarray) -> list[tuple[int, int]]:
    """Find the stretches in which a mask is true.

    Parameters
    ----------
    mask : numpy.ndarray
        Booleans, shape (n,).

    Returns
    -------
    list of tuple of int
        ``(start, stop)``, half-open, in order.
    """
    edges = np.flatnonzero(np.diff(np.concatenate([[False], mask, [False]]).astype(np.int8)))
    return [(int(start), int(stop)) for start, stop in edges.reshape(-1, 2)]
