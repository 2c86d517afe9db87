"""Joints that were held: at their last value, by software that cannot leave a gap."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from affectlib.recordings.lost import runs
from affectlib.skeleton import INDEX, JOINTS

STILL_M = 1e-6
"""A joint that moves by less than this between two frames was not measured twice."""

CATCH_UP_M = 0.005
"""Least step with which a joint that was held comes back; smaller ones cannot do harm."""

BODY_WAY_M = 0.1
"""Way of the body during which no joint stands still to a micrometre, except an ankle."""

STEP_WAY_M = 1.0
"""Way of the body during which an ankle may stand still: .6 of a stride of 1.6 m."""

COARSE_M = 0.001
"""Positions in steps of at least this were rounded, so that slow joints stand still between two steps."""

_CATCH_UP_STEPS = 4

FROZEN_S = 0.1
"""Shortest standstill of the whole body, out of motion and back into it, that counts as lost."""

_FROZEN_SPEED_M_S = 0.3
_CATCH_UP_RATIO = 1.5
_MANY_JOINTS = 5


@dataclass(frozen=True, kw_only=True)
class Hold:
    """A joint, or the whole body, that kept its place while it should have moved.

    Parameters
    ----------
    joint : str
        A canonical joint; empty for the whole body.
    start, stop : int
        Frames that repeat the frame before, half-open.
    """

    joint: str
    start: int
    stop: int


def mark_held(position_m: np.ndarray, rate_hz: float) -> tuple[np.ndarray, list[Hold]]:
    """Put NaN where a joint kept its place to the micrometre although it was on its way.

    A joint was held where it comes back with a step of more than its usual size, or where the body
    goes on without it. What stands still throughout the take is left alone if the pelvis does too,
    as in files that are centred on the body. The whole body was held where it stops at full
    speed and goes on at full speed.

    Parameters
    ----------
    position_m : numpy.ndarray
        Positions in metres with NaN where nothing was seen, shape (frames, 15, 3).
    rate_hz : float
        Frames per second.

    Returns
    -------
    numpy.ndarray
        Shape (frames, 15, 3); the input itself where nothing was held.
    list of Hold
        What was held, in the order of joints, the whole body last.
    """
    # One axis alone decides nearly everywhere, in a tenth of the time.
    still = np.abs(np.diff(position_m[..., 0], axis=0)) <= STILL_M
    if still.any():
        frame, joint = np.nonzero(still)
        step = position_m[frame + 1, joint] - position_m[frame, joint]
        still[frame, joint] = (step**2).sum(axis=1) <= STILL_M**2
    if not still.any():
        return position_m, []
    return _mark_holds(position_m, _find_holds(position_m, still, rate_hz))


def _find_holds(position_m: np.ndarray, still: np.ndarray, rate_hz: float) -> list[Hold]:
    step_m = np.linalg.norm(np.diff(position_m, axis=0), axis=-1)
    least_m = max(CATCH_UP_M, _CATCH_UP_STEPS * find_rounding_m(position_m))
    holds = []
    centred = still[:, INDEX["pelvis"]].all()
    moving = ~still.all(axis=0) if centred else np.ones(len(JOINTS), dtype=bool)
    for joint in np.flatnonzero(still.any(axis=0) & moving).tolist():
        for start, stop in runs(still[:, joint]):
            if _caught_up(step_m[:, joint], start, stop, least_m) or _left_behind(
                position_m, joint, start, stop
            ):
                # At the start of a take nobody knows which of the equal frames was measured.
                holds.append(Hold(joint=JOINTS[joint], start=start + 1 if start else 0, stop=stop + 1))
    whole_body = np.asarray(still[:, moving].all(axis=1) & moving.any())
    for start, stop in runs(whole_body):
        if _stopped_dead(step_m, start, stop, rate_hz):
            holds.append(Hold(joint="", start=start + 1, stop=stop + 1))
    return holds


def _mark_holds(position_m: np.ndarray, holds: list[Hold]) -> tuple[np.ndarray, list[Hold]]:
    if not holds:
        return position_m, []
    marked = position_m.copy()
    for hold in holds:
        marked[hold.start : hold.stop, INDEX[hold.joint] if hold.joint else slice(None)] = np.nan
    return marked, holds


def describe_holds(holds: list[Hold], rate_hz: float) -> tuple[str, ...]:
    """Describe what was held, one sentence a joint.

    Parameters
    ----------
    holds : list of Hold
        What `mark_held` found.
    rate_hz : float
        Frames per second.

    Returns
    -------
    tuple of str
        Notes with joint, longest time, and number of frames.
    """
    by_joint: dict[str, list[Hold]] = {}
    for hold in holds:
        by_joint.setdefault(hold.joint, []).append(hold)
    if len(by_joint) > _MANY_JOINTS:
        by_joint = {"": holds}
    notes = []
    for joint, same in by_joint.items():
        longest = max(same, key=lambda hold: hold.stop - hold.start)
        frames = len({frame for hold in same for frame in range(hold.start, hold.stop)})
        what = f"{joint} stands still" if joint else "the body stands still"
        notes.append(
            f"{what} to the micrometre at {longest.start / rate_hz:.2f} s for "
            f"{(longest.stop - longest.start) / rate_hz:.2f} s while it should move "
            f"({frames} frame{'s' if frames > 1 else ''} in all, counted as lost)"
        )
    return tuple(notes)


def find_rounding_m(position_m: np.ndarray) -> float:
    """Estimate to what positions were rounded.

    Parameters
    ----------
    position_m : numpy.ndarray
        Positions in metres, may hold NaN, shape (frames, joints, 3).

    Returns
    -------
    float
        Smallest change of a coordinate from frame to frame in metres; 0 below `COARSE_M`.
    """
    change_m = np.abs(np.diff(position_m, axis=0))
    rounding_m = float(np.min(change_m, initial=np.inf, where=change_m > STILL_M))
    return rounding_m if COARSE_M <= rounding_m < np.inf else 0.0


def _caught_up(step_m: np.ndarray, start: int, stop: int, least_m: float) -> bool:
    """Decide whether the step after a standstill is longer than those around it."""
    if stop >= len(step_m):
        return False
    around = [*step_m[max(start - 1, 0) : start], *step_m[stop + 1 : stop + 2]]
    usual_m = float(np.nanmean(around)) if np.isfinite(around).any() else 0.0
    return bool(step_m[stop] > max(least_m, _CATCH_UP_RATIO * usual_m))


def _left_behind(position_m: np.ndarray, joint: int, start: int, stop: int) -> bool:
    """Decide whether the rest of the body went on while a joint stood still."""
    others = np.arange(len(JOINTS)) != joint
    way_m = np.linalg.norm(position_m[start : stop + 1, others] - position_m[start, others], axis=-1)
    seen = np.isfinite(way_m).any(axis=0)
    if not seen.any():
        return False
    limit_m = STEP_WAY_M if JOINTS[joint].endswith("ankle") else BODY_WAY_M
    return bool(np.nanmax(way_m[:, seen], axis=0).mean() > limit_m)


def _stopped_dead(step_m: np.ndarray, start: int, stop: int, rate_hz: float) -> bool:
    """Decide whether the whole body stands still between two frames at full speed."""
    if stop - start < FROZEN_S * rate_hz or start == 0 or stop >= len(step_m):
        return False
    around = np.nanmean(step_m[[start - 1, stop]], axis=1) * rate_hz
    return bool((around > _FROZEN_SPEED_M_S).all())
