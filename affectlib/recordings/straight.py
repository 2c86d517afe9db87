"""Gaps that were filled with a straight line, by software that cannot leave a gap."""

from __future__ import annotations

import numpy as np

from affectlib.recordings.lost import runs
from affectlib.skeleton import JOINTS

STRAIGHT_M = 2e-6
STRAIGHT_M_S2 = 0.15
"""Largest departure of a frame from the middle of its neighbours, and acceleration, on a straight line: what
rounding to a micrometre leaves. Joints of a walker pass through less within a few hundredths of a second."""

LEAST_S = 0.1
"""Shortest line that is looked for."""

_LEAST_FRAMES = 5
_LEAST_SPEED_M_S = 0.05
_BODY_SHARE = 0.5


def mark_straight(position_m: np.ndarray, rate_hz: float) -> tuple[np.ndarray, tuple[str, ...]]:
    """Put NaN where a joint moves on a straight line at even speed while the body does not.

    A joint that does so for half of the take, as in a simple simulation, is left alone.

    Parameters
    ----------
    position_m : numpy.ndarray
        Positions in metres with NaN where nothing was seen, shape (frames, 15, 3).
    rate_hz : float
        Frames per second.

    Returns
    -------
    numpy.ndarray
        Shape (frames, 15, 3); the input itself where nothing was filled.
    tuple of str
        Notes with joint, longest time, and number of frames.
    """
    least = max(int(LEAST_S * rate_hz), _LEAST_FRAMES)
    limit_m = min(STRAIGHT_M, STRAIGHT_M_S2 / rate_hz**2)
    # Every so many frames decide nearly everywhere.
    middle = np.arange(1, len(position_m) - 1, max(least - 1, 1))
    if not (np.abs(_bend_m(position_m, middle)) <= limit_m).all(axis=-1).any():
        return position_m, ()
    straight = (np.abs(_bend_m(position_m, np.arange(1, len(position_m) - 1))) <= limit_m).all(axis=-1)
    usual = straight.mean(axis=0) >= _BODY_SHARE
    marked, notes = position_m.copy(), []
    for joint in np.flatnonzero(straight.any(axis=0) & ~usual).tolist():
        found = [
            (start + 1, stop + 1)
            for start, stop in runs(straight[:, joint])
            if stop - start >= least
            and straight[start:stop, ~usual].mean() < _BODY_SHARE
            and np.linalg.norm(position_m[stop, joint] - position_m[start, joint]) * rate_hz
            > _LEAST_SPEED_M_S * (stop - start)
        ]
        for start, stop in found:
            marked[start:stop, joint] = np.nan
        if found:
            start, stop = max(found, key=lambda part: part[1] - part[0])
            notes.append(
                f"{JOINTS[joint]} moves on a straight line at {start / rate_hz:.2f} s for "
                f"{(stop - start) / rate_hz:.2f} s, as a filled gap does "
                f"({sum(stop - start for start, stop in found)} frames in all, counted as lost)"
            )
    return (marked, tuple(notes)) if notes else (position_m, ())


def _bend_m(position_m: np.ndarray, middle: np.ndarray) -> np.ndarray:
    """Compute the second difference at some frames."""
    return np.asarray(position_m[middle - 1] - 2 * position_m[middle] + position_m[middle + 1])
