"""Positions that were measured, apart from those that software made up to fill gaps."""

from __future__ import annotations

import numpy as np

from affectlib.recordings.held import describe_holds, mark_held, rounding_step_m
from affectlib.recordings.lost import LostSpan, describe_spans, mark_spans, runs
from affectlib.skeleton import INDEX, JOINTS

REACH_M = 1.5
"""No joint is farther than this from the middle of the body."""

STRAIGHT_M = 2e-6
STRAIGHT_M_S2 = 0.15
"""Largest distance of a frame from the midpoint of its neighbours, and acceleration, on a straight line: what
rounding to a micrometre leaves. Joints of a walker are below it for a few hundredths of a second at most."""

SHORTEST_LINE_S = 0.1
"""Shortest straight line that is looked for."""

_SHORTEST_LINE_FRAMES = 5
_LEAST_SPEED_M_S = 0.05  # a joint at rest is on a straight line too
_USUAL_SHARE = 0.5  # of the take, or of the other joints at the time


def keep_measured(position_m: np.ndarray, rate_hz: float) -> tuple[np.ndarray, tuple[str, ...]]:
    """Replace joints by NaN where they are out of reach, held, or interpolated along a straight line.

    Parameters
    ----------
    position_m : numpy.ndarray
        Positions in metres with NaN where a joint is lost, shape (frames, 15, 3).

    Returns
    -------
    numpy.ndarray
        Shape (frames, 15, 3); the input itself where everything was measured.
    tuple of str
        Notes with joint, time and duration.
    """
    within_reach_m = mark_out_of_reach(position_m, rate_hz)
    not_held_m, holds = mark_held(within_reach_m, rate_hz)
    measured_m, lines = mark_straight(not_held_m, rate_hz)
    hold_notes = describe_holds(holds, rate_hz)
    step_m = rounding_step_m(position_m) if holds or lines else 0.0
    if step_m:
        # Any slow motion is a straight line once it is rounded.
        note = f"positions are rounded to {step_m * 1000:.3g} mm"
        return not_held_m, (note, *hold_notes)
    line_notes = describe_spans(lines, rate_hz, "moves on a straight line", ", as a filled gap does")
    return measured_m, (*hold_notes, *line_notes)


def mark_out_of_reach(position_m: np.ndarray, rate_hz: float) -> np.ndarray:
    """Replace joints by NaN where they are farther than `REACH_M` from the median joint.

    The input itself is returned where no joint is that far off for a tenth of a second.

    Parameters
    ----------
    position_m : numpy.ndarray
        Positions in metres with NaN where a joint is lost, shape (frames, 15, 3).
    """
    # What is shorter is a jump there and back, which `jumps` finds.
    sample = position_m[:: max(int(0.1 * rate_hz), 1)]
    if not _is_far_from_pelvis(sample).any():
        return position_m
    far = _is_far_from_pelvis(position_m).any(axis=1)
    middle = np.nanmedian(position_m[far], axis=1, keepdims=True)
    outside = np.zeros(position_m.shape[:2], dtype=bool)
    outside[far] = np.linalg.norm(position_m[far] - middle, axis=-1) > REACH_M
    return np.where(outside[..., None], np.nan, position_m) if outside.any() else position_m


def _is_far_from_pelvis(position_m: np.ndarray) -> np.ndarray:
    """Find joints that may be out of reach; the pelvis is quicker to find than the median joint."""
    offset = position_m - position_m[:, [INDEX["pelvis"]]]
    squared = np.einsum("fja,fja->fj", offset, offset)
    return np.asarray(squared > REACH_M**2 / 2)


def mark_straight(position_m: np.ndarray, rate_hz: float) -> tuple[np.ndarray, list[LostSpan]]:
    """Replace joints by NaN where they move on a straight line at even speed while the body does not.

    A joint that does so for half of the take, as in a simple simulation, is accepted.

    Parameters
    ----------
    position_m : numpy.ndarray
        Positions in metres with NaN where a joint is lost, shape (frames, 15, 3).

    Returns
    -------
    numpy.ndarray
        Shape (frames, 15, 3); the input itself where there is no such line.
    list of LostSpan
        In the order of joints.
    """
    shortest = max(int(SHORTEST_LINE_S * rate_hz), _SHORTEST_LINE_FRAMES)
    limit_m = min(STRAIGHT_M, STRAIGHT_M_S2 / rate_hz**2)

    def is_straight(frames: np.ndarray) -> np.ndarray:
        bend_m = position_m[frames - 1] - 2 * position_m[frames] + position_m[frames + 1]
        return (np.abs(bend_m) <= limit_m).all(axis=-1)

    # A line has at least one frame in every `shortest - 1`; most takes have none there.
    if not is_straight(np.arange(1, len(position_m) - 1, max(shortest - 1, 1))).any():
        return position_m, []
    straight = is_straight(np.arange(1, len(position_m) - 1))
    usual = straight.mean(axis=0) >= _USUAL_SHARE
    lines = [
        LostSpan(JOINTS[joint], start + 1, stop + 1)
        for joint in np.flatnonzero(straight.any(axis=0) & ~usual)
        for start, stop in runs(straight[:, joint])
        if stop - start >= shortest
        and straight[start:stop, ~usual].mean() < _USUAL_SHARE
        and np.linalg.norm(position_m[stop, joint] - position_m[start, joint]) * rate_hz
        > _LEAST_SPEED_M_S * (stop - start)
    ]
    return mark_spans(position_m, lines), lines
