"""Which positions of a take were measured, and which were made up by the software that wrote it."""

from __future__ import annotations

import numpy as np

from affectlib.recordings.held import describe_holds, find_rounding_m, mark_held
from affectlib.recordings.lost import mark_torn
from affectlib.recordings.straight import mark_straight


def keep_measured(position_m: np.ndarray, rate_hz: float) -> tuple[np.ndarray, tuple[str, ...]]:
    """Put NaN where a joint is out of the body's reach, held, or moved on a straight line.

    Parameters
    ----------
    position_m : numpy.ndarray
        Positions in metres with NaN where nothing was seen, shape (frames, 15, 3).
    rate_hz : float
        Frames per second.

    Returns
    -------
    numpy.ndarray
        Shape (frames, 15, 3); the input itself where all was measured.
    tuple of str
        Notes with joint, time and length.
    """
    measured_m, holds = mark_held(mark_torn(position_m, rate_hz), rate_hz)
    straight_m, filled = mark_straight(measured_m, rate_hz)
    rounding_m = find_rounding_m(position_m) if holds or filled else 0.0
    if rounding_m:
        # Any slow motion is a straight line once it is rounded.
        note = f"positions are rounded to {rounding_m * 1000:.3g} mm"
        return measured_m, (note, *describe_holds(holds, rate_hz))
    return straight_m, (*describe_holds(holds, rate_hz), *filled)
