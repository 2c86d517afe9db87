"""Motion of the legs within a candidate cycle: rests, walking backwards, forward reach of the left foot.

The oscillation of `affectlib.gait.ssa` is a sine fitted over more than a stride. It bridges a pause of
half a second, starts before the first step, and looks the same backwards and forwards. The motion of the
legs distinguishes these.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from affectlib.gait.filters import low_pass
from affectlib.skeleton import INDEX

SMOOTHING_STRIDES = 0.04
"""Low-pass of the legs' positions, against noise of up to a centimetre."""

QUIET, QUIET_STRIDES = 0.4, 0.18
"""Speed of the legs, as a fraction of the usual speed, below which they rest, and the least duration in
strides. When one leg turns around in front, the other one pushes off: recorded subjects are that slow for
an eighth of a stride at most."""

STILL, STILL_STRIDES = 0.2, 0.08
"""The same for a short pause. Recorded subjects are hardly ever that slow; legs that swing like a sine are
for a twentieth of a stride."""

SET_OFF_STRIDES = 0.32
"""Time after a rest in which no cycle begins: most of the first step."""

LIFT_M = 0.015
"""Least standard deviation of the difference between the ankles' heights at which the feet are seen to be
lifted."""

REVERSED_LIFT = -0.3
"""Correlation below which the lifted foot moves backwards. It is .4 to .95 in walking forwards."""

REVERSED_PATH = -0.9
"""Path of the pelvis in one cycle, as a fraction of the range of the distance between the feet, below which
it moves backwards. Feet that stay on the floor are half a stride apart; noise of a sensor that follows the
walker can look like half of that."""

SEARCH_STRIDES, LATE_STRIDES, LATE_REACH = 0.15, 0.095, 0.085
"""A boundary is wrong where the left ankle is furthest ahead elsewhere within the first of these (strides),
further away than the second (strides), and further ahead by more than the third (fraction of the ankle's
range)."""

_MOVING = [INDEX[name] for name in ("l_ankle", "r_ankle", "l_knee", "r_knee")]


@dataclass(frozen=True, kw_only=True)
class GroundPath:
    """Heading and path over the ground.

    Parameters
    ----------
    heading : numpy.ndarray
        Unwrapped heading in radians, anticlockwise, shape (frames,).
    ahead_m : numpy.ndarray
        Distance that the pelvis travelled in the direction of the heading since the first frame, in metres,
        shape (frames,). It stays zero on the spot.
    """

    heading: np.ndarray
    ahead_m: np.ndarray

    def turns_deg(self, bounds: np.ndarray) -> np.ndarray:
        """Compute the change of heading from each moment to the next.

        Parameters
        ----------
        bounds : numpy.ndarray
            Moments in frames, shape (moments,).

        Returns
        -------
        numpy.ndarray
            Degrees, positive to the left, shape (moments - 1,).
        """
        return np.degrees(np.diff(np.interp(bounds, np.arange(len(self.heading)), self.heading)))


def ground_path(position: np.ndarray, heading: np.ndarray) -> GroundPath:
    """Compute the path over the ground in the direction of the heading.

    Parameters
    ----------
    position : numpy.ndarray
        Positions in metres in the room, shape (frames, 15, 3).
    heading : numpy.ndarray
        Heading in radians, shape (frames,).
    """
    step_m = np.diff(position[:, INDEX["pelvis"], :2], axis=0, prepend=position[:1, INDEX["pelvis"], :2])
    ahead_m = np.cumsum(step_m[:, 0] * np.cos(heading) + step_m[:, 1] * np.sin(heading))
    return GroundPath(heading=heading, ahead_m=ahead_m)


@dataclass(frozen=True, kw_only=True)
class Legs:
    """Motion of the legs relative to the pelvis.

    Parameters
    ----------
    ahead_m : numpy.ndarray
        Forward position of the left and the right ankle, smoothed, shape (frames, 2).
    apart_m : numpy.ndarray
        The difference of the two, shape (frames,).
    apart_change_m : numpy.ndarray
        Its change from frame to frame, shape (frames,).
    lift_m : numpy.ndarray
        Height of the left ankle above the right one, smoothed, shape (frames,).
    step_m : numpy.ndarray
        Root mean square displacement of knees and ankles from frame to frame, shape (frames,).
    period_frames : float
        Length of a stride.
    rests : tuple of (int, int)
        Rests, [start, end) in frames; empty before `with_rests`.
    """

    ahead_m: np.ndarray
    apart_m: np.ndarray
    apart_change_m: np.ndarray
    lift_m: np.ndarray
    step_m: np.ndarray
    period_frames: float
    rests: tuple[tuple[int, int], ...] = ()

    def with_rests(self, walking: Sequence[slice]) -> Legs:
        """Return the same motion with its rests, in which the legs are slow.

        Parameters
        ----------
        walking : sequence of slice
            Frames that are probably walking: their median speed is the usual one.
        """
        if not walking:
            return self
        usual_m = float(np.median(np.concatenate([self.step_m[frames] for frames in walking])))
        speed = self.step_m / max(usual_m, 1e-12)
        edges = np.flatnonzero(np.diff(np.concatenate([[False], speed < QUIET, [False]]).astype(int)))
        rests = tuple(
            (int(start), int(end))
            for start, end in edges.reshape(-1, 2)
            if end - start >= QUIET_STRIDES * self.period_frames
            or (speed[start:end] < STILL).sum() >= STILL_STRIDES * self.period_frames
        )
        return replace(self, rests=rests)

    def rest_before_or_in(self, start_frames: float, end_frames: float) -> tuple[int, int] | None:
        """Return the rest, [start, end) in frames, within a cycle or less than a step before it."""
        after = SET_OFF_STRIDES * self.period_frames
        for start, end in self.rests:
            if start < end_frames and end + after > start_frames:
                return start, end
        return None

    def is_pause(self, rest: tuple[int, int]) -> bool:
        """Return whether a rest is a pause: shorter than a stride, and not at an end of the take."""
        start, end = rest
        return start > 0 and end < len(self.step_m) and end - start < self.period_frames

    def backwards(self, bounds: np.ndarray, path: GroundPath | None) -> np.ndarray:
        """Return whether the walker clearly moves backwards between successive boundaries.

        In walking the foot in the air overtakes the other one, so the higher ankle moves forward
        relative to the lower one; backwards it is the other way round. A tilted floor or a limp does not
        matter: the difference of heights is taken without its mean, and a foot's height on a slope is a
        quarter of a stride away from its speed.

        Parameters
        ----------
        bounds : numpy.ndarray
            Boundaries in frames, ascending, shape (boundaries,).
        path : GroundPath or None
            Path over the ground, if it is known.

        Returns
        -------
        numpy.ndarray
            Boolean, shape (boundaries - 1,).
        """
        frames = np.minimum(np.ceil(bounds).astype(int), len(self.lift_m))
        count = np.maximum(np.diff(frames), 1)

        def covariance(x: np.ndarray, y: np.ndarray) -> np.ndarray:
            """Return the covariance within each cycle, from cumulative sums."""
            sums = np.zeros((3, len(x) + 1))
            np.cumsum([x, y, x * y], axis=1, out=sums[:, 1:])
            mean_x, mean_y, mean_xy = np.diff(sums[:, frames], axis=1) / count
            return mean_xy - mean_x * mean_y

        lift_variance = covariance(self.lift_m, self.lift_m)
        change_variance = covariance(self.apart_change_m, self.apart_change_m)
        limit = REVERSED_LIFT * np.sqrt(np.maximum(lift_variance * change_variance, 0))
        reversed_feet = (lift_variance > LIFT_M**2) & (covariance(self.lift_m, self.apart_change_m) < limit)
        if path is None:
            return reversed_feet
        # Peak to peak, as of a sine with this variance.
        range_m = np.sqrt(8 * np.maximum(covariance(self.apart_m, self.apart_m), 0))
        path_m = np.diff(np.append(path.ahead_m, path.ahead_m[-1])[frames])
        return reversed_feet | (path_m < REVERSED_PATH * range_m)

    def has_wrong_boundary(self, start_frames: float, end_frames: float) -> bool:
        """Return whether the left ankle is clearly further ahead beside the start or end than at it."""
        length = end_frames - start_frames
        ahead_m = self.ahead_m[:, 0]
        span = ahead_m[max(int(start_frames), 0) : int(end_frames) + 1]
        margin_m = LATE_REACH * np.ptp(span)
        reach_frames = round(SEARCH_STRIDES * length)
        for bound in (start_frames, end_frames):
            first = max(round(bound) - reach_frames, 0)
            nearby_m = ahead_m[first : round(bound) + reach_frames + 1]
            frames = np.arange(first, first + len(nearby_m))
            peak = int(nearby_m.argmax())
            # At the first or last of these frames the ankle may still be moving ahead.
            is_peak = 0 < peak < len(nearby_m) - 1
            far = abs(frames[peak] - bound) > LATE_STRIDES * length
            if is_peak and far and nearby_m[peak] - np.interp(bound, frames, nearby_m) > margin_m:
                return True
        return False


def leg_motion(aligned: np.ndarray, *, period_frames: float) -> Legs:
    """Compute the motion of the legs.

    Parameters
    ----------
    aligned : numpy.ndarray
        Positions in metres without displacement and heading, shape (frames, 15, 3).
    """
    legs_m = low_pass(aligned[:, _MOVING], sigma_frames=SMOOTHING_STRIDES * period_frames)
    change_m = np.gradient(legs_m, axis=0)
    ahead_m = legs_m[:, :2, 0]
    return Legs(
        ahead_m=ahead_m,
        apart_m=ahead_m[:, 0] - ahead_m[:, 1],
        apart_change_m=change_m[:, 0, 0] - change_m[:, 1, 0],
        lift_m=legs_m[:, 0, 2] - legs_m[:, 1, 2],
        step_m=np.sqrt(np.einsum("fja,fja->f", change_m, change_m) / len(_MOVING)),
        period_frames=period_frames,
    )
