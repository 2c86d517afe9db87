"""Joints held at their last value, by software that cannot leave a gap."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from affectlib.recordings.lost import LostSpan, describe_spans, mark_spans, runs
from affectlib.skeleton import INDEX, JOINTS

STILL_M = 1e-6
"""A joint that moves by less than this between two frames was not measured twice."""

CATCH_UP_M = 0.005
"""Least step with which a held joint returns to its track; smaller ones cannot do harm."""

BODY_TRAVEL_M = 0.1
"""Travel of the body during which no joint stands still to a micrometre, except an ankle."""

STEP_TRAVEL_M = 1.0
"""Travel of the body during which an ankle may stand still: .6 of a stride of 1.6 m."""

COARSE_M = 0.001
"""Positions in steps of at least this were rounded, so that slow joints stand still between two steps."""

FROZEN_S = 0.1
"""Shortest standstill of the whole body between two frames in motion that counts as lost."""

_CATCH_UP_STEPS = 4  # of the rounding: smaller steps may be rounding alone
_CATCH_UP_RATIO = 1.5  # of the steps around: a steady joint that skips one frame has a step of 2
_FROZEN_SPEED_M_S = 0.3  # mean of all joints; a person who stops slows down before
_MAX_LISTED_JOINTS = 5


def mark_held(position_m: np.ndarray, rate_hz: float) -> tuple[np.ndarray, list[LostSpan]]:
    """Replace joints by NaN where they stand still to the micrometre although they should move.

    A joint was held where it returns with a step of more than its usual size, or where the body moves on
    without it. A joint that stands still throughout the take is accepted if the pelvis does too, as in files
    that are centred on the body. The whole body was held where it stops and restarts at full speed.

    Parameters
    ----------
    position_m : numpy.ndarray
        Positions in metres with NaN where a joint is lost, shape (frames, 15, 3).

    Returns
    -------
    numpy.ndarray
        Shape (frames, 15, 3); the input itself where nothing was held.
    list of LostSpan
        In the order of joints, the whole body last.
    """
    # The x axis alone decides nearly everywhere, in a tenth of the time.
    still = np.abs(np.diff(position_m[..., 0], axis=0)) <= STILL_M
    if still.any():
        frame, joint = np.nonzero(still)
        step = position_m[frame + 1, joint] - position_m[frame, joint]
        still[frame, joint] = (step**2).sum(axis=1) <= STILL_M**2
    holds = _find_holds(position_m, still, rate_hz) if still.any() else []
    return mark_spans(position_m, holds), holds


def _find_holds(position_m: np.ndarray, still: np.ndarray, rate_hz: float) -> list[LostSpan]:
    step_m = np.linalg.norm(np.diff(position_m, axis=0), axis=-1)
    catch_up_m = max(CATCH_UP_M, _CATCH_UP_STEPS * rounding_step_m(position_m))
    holds = []
    centred = still[:, INDEX["pelvis"]].all()
    moving = ~still.all(axis=0) if centred else np.ones(len(JOINTS), dtype=bool)
    for joint in np.flatnonzero(still.any(axis=0) & moving).tolist():
        for start, stop in runs(still[:, joint]):
            if _catches_up(step_m[:, joint], start, stop, catch_up_m) or _stays_behind(
                position_m, joint, start, stop
            ):
                # At the start of a take, any of the equal frames may be the measured one.
                holds.append(LostSpan(JOINTS[joint], start + 1 if start else 0, stop + 1))
    for start, stop in runs(np.asarray(still[:, moving].all(axis=1) & moving.any())):
        if _freezes(step_m, start, stop, rate_hz):
            holds.append(LostSpan("", start + 1, stop + 1))
    return holds


def _catches_up(step_m: np.ndarray, start: int, stop: int, least_m: float) -> bool:
    """Decide whether the step after a standstill is longer than those around it."""
    if stop >= len(step_m):
        return False
    around = [*step_m[max(start - 1, 0) : start], *step_m[stop + 1 : stop + 2]]
    usual_m = float(np.nanmean(around)) if np.isfinite(around).any() else 0.0
    return bool(step_m[stop] > max(least_m, _CATCH_UP_RATIO * usual_m))


def _stays_behind(position_m: np.ndarray, joint: int, start: int, stop: int) -> bool:
    """Decide whether the rest of the body travels on while a joint stands still."""
    others = np.arange(len(JOINTS)) != joint
    travel_m = np.linalg.norm(position_m[start : stop + 1, others] - position_m[start, others], axis=-1)
    seen = np.isfinite(travel_m).any(axis=0)
    if not seen.any():
        return False
    limit_m = STEP_TRAVEL_M if JOINTS[joint].endswith("ankle") else BODY_TRAVEL_M
    return bool(np.nanmax(travel_m[:, seen], axis=0).mean() > limit_m)


def _freezes(step_m: np.ndarray, start: int, stop: int, rate_hz: float) -> bool:
    """Decide whether the whole body stands still between two frames at full speed."""
    if stop - start < FROZEN_S * rate_hz or start == 0 or stop >= len(step_m):
        return False
    speed_m_s = np.nanmean(step_m[[start - 1, stop]], axis=1) * rate_hz
    return bool((speed_m_s > _FROZEN_SPEED_M_S).all())


def rounding_step_m(position_m: np.ndarray) -> float:
    """Estimate to what step in metres positions were rounded; 0 below `COARSE_M`.

    Parameters
    ----------
    position_m : numpy.ndarray
        Positions in metres, may hold NaN, shape (frames, joints, 3).
    """
    change_m = np.abs(np.diff(position_m, axis=0))
    step_m = float(np.min(change_m, initial=np.inf, where=change_m > STILL_M))
    return step_m if COARSE_M <= step_m < np.inf else 0.0


def describe_holds(holds: list[LostSpan], rate_hz: float) -> tuple[str, ...]:
    """Return one note per held joint, or one for the body if they are many."""
    if len({hold.joint for hold in holds}) > _MAX_LISTED_JOINTS:
        holds = [replace(hold, joint="") for hold in holds]
    return describe_spans(holds, rate_hz, "stands still to the micrometre", " while it should move")
