"""What the legs do inside a candidate cycle: rest, walk backwards, reach forward.

The oscillation of `affectlib.gait.ssa` is a sine fitted over a stride and more. It bridges a pause of
half a second, sets in before the first step, and turns the same way backwards and forwards. The legs
themselves tell these apart.
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
"""Speed of the legs, as a part of the usual one, below which they rest, and how long in strides. Where one
leg of a walker turns around in front, the other one pushes off: recorded people are that slow for an
eighth of a stride at most."""

STILL, STILL_STRIDES = 0.2, 0.08
"""The same for a short pause. Recorded people are hardly ever that slow; legs that swing like a sine are for
a twentieth of a stride."""

SET_OFF_STRIDES = 0.32
"""Time after a rest in which no cycle begins: most of the first step."""

LIFT_M = 0.015
"""Standard deviation of the difference between the ankles' heights from which on feet are seen to be
lifted."""

REVERSED_LIFT = -0.3
"""Correlation, below which the lifted foot goes backwards. It is .4 to .95 for people who walk ahead."""

REVERSED_WAY = -0.9
"""Way of the pelvis in one cycle, as a part of how far the feet part, below which it goes backwards.
Feet that stay on the floor part by half a stride; noise of a sensor that follows the walker can look like
half of that."""

SEARCH_STRIDES, LATE_STRIDES, LATE_REACH = 0.15, 0.095, 0.085
"""A boundary is wrong where the left ankle leads most elsewhere within the first, by more than the
second, and by more than the third as a part of its range."""

_MOVING = [INDEX[name] for name in ("l_ankle", "r_ankle", "l_knee", "r_knee")]


@dataclass(frozen=True, kw_only=True)
class Way:
    """Where somebody looks and goes.

    Parameters
    ----------
    heading : numpy.ndarray
        Unwrapped heading in radians, anticlockwise, shape (frames,).
    ahead_m : numpy.ndarray
        Way of the pelvis in the direction of the heading since the first frame, in metres, shape
        (frames,). It stays zero on the spot.
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


def follow_way(position: np.ndarray, heading: np.ndarray) -> Way:
    """Measure how far somebody goes in the direction of the heading.

    Parameters
    ----------
    position : numpy.ndarray
        Positions in metres in the room, shape (frames, 15, 3).
    heading : numpy.ndarray
        Heading in radians, shape (frames,).

    Returns
    -------
    Way
        Heading and way.
    """
    step_m = np.diff(position[:, INDEX["pelvis"], :2], axis=0, prepend=position[:1, INDEX["pelvis"], :2])
    ahead_m = np.cumsum(step_m[:, 0] * np.cos(heading) + step_m[:, 1] * np.sin(heading))
    return Way(heading=heading, ahead_m=ahead_m)


@dataclass(frozen=True, kw_only=True)
class Legs:
    """Motion of the legs relative to the pelvis.

    Parameters
    ----------
    ahead_m : numpy.ndarray
        How far the left and the right ankle are ahead of the pelvis, smoothed, shape (frames, 2).
    apart_m : numpy.ndarray
        The difference of the two, shape (frames,).
    parting_m : numpy.ndarray
        Its change from frame to frame, shape (frames,).
    lift_m : numpy.ndarray
        How much higher the left ankle is than the right one, smoothed, shape (frames,).
    speed : numpy.ndarray
        Root mean square speed of knees and ankles per frame, in metres, or, after `relative_to`, as a part
        of what is usual, shape (frames,).
    period_frames : float
        The take's stride in frames.
    rests : tuple of (int, int)
        First frame and end, exclusive, of every rest; empty before `relative_to`.
    """

    ahead_m: np.ndarray
    apart_m: np.ndarray
    parting_m: np.ndarray
    lift_m: np.ndarray
    speed: np.ndarray
    period_frames: float
    rests: tuple[tuple[int, int], ...] = ()

    def relative_to(self, walking: Sequence[slice]) -> Legs:
        """Express the speed as a part of what is usual, and find the rests.

        Parameters
        ----------
        walking : sequence of slice
            Frames that are probably of walking.

        Returns
        -------
        Legs
            The same motion; unchanged where nothing is walking.
        """
        if not walking:
            return self
        usual_m = float(np.median(np.concatenate([self.speed[span] for span in walking])))
        speed = self.speed / max(usual_m, 1e-12)
        edges = np.flatnonzero(np.diff(np.concatenate([[False], speed < QUIET, [False]]).astype(int)))
        rests = tuple(
            (int(start), int(end))
            for start, end in edges.reshape(-1, 2)
            if end - start >= QUIET_STRIDES * self.period_frames
            or (speed[start:end] < STILL).sum() >= STILL_STRIDES * self.period_frames
        )
        return replace(self, speed=speed, rests=rests)

    def rest_before_or_in(self, start_frames: float, end_frames: float) -> tuple[int, int] | None:
        """Find a rest within a cycle, or so shortly before it that the first step is not over.

        Parameters
        ----------
        start_frames, end_frames : float
            The cycle.

        Returns
        -------
        tuple of (int, int) or None
            First frame and end, exclusive, of the rest; None where there is none.
        """
        after = SET_OFF_STRIDES * self.period_frames
        for start, end in self.rests:
            if start < end_frames and end + after > start_frames:
                return start, end
        return None

    def is_pause(self, rest: tuple[int, int]) -> bool:
        """Judge whether a rest is a pause in walking: shorter than a stride, and not at an end of the take.

        Parameters
        ----------
        rest : tuple of (int, int)
            First frame and end, exclusive.

        Returns
        -------
        bool
            False for standing.
        """
        start, end = rest
        return start > 0 and end < len(self.speed) and end - start < self.period_frames

    def backwards(self, bounds: np.ndarray, way: Way | None) -> np.ndarray:
        """Judge between which boundaries somebody walks backwards.

        In walking the foot in the air overtakes the other one, so the higher ankle moves forward
        relative to the lower one; backwards it is the other way round. A tilted floor or a limp does not
        matter: the difference of heights is taken without its mean, and a foot's height on a slope is a
        quarter of a stride away from its speed.

        Parameters
        ----------
        bounds : numpy.ndarray
            Moments in frames, ascending, shape (boundaries,).
        way : Way or None
            Way over the ground, if it is known.

        Returns
        -------
        numpy.ndarray
            True where feet or pelvis clearly go backwards, shape (boundaries - 1,).
        """
        frames = np.minimum(np.ceil(bounds).astype(int), len(self.lift_m))
        count = np.maximum(np.diff(frames), 1)

        def covariance(one: np.ndarray, other: np.ndarray) -> np.ndarray:
            sums = np.zeros((3, len(one) + 1))
            np.cumsum([one, other, one * other], axis=1, out=sums[:, 1:])
            of_one, of_other, of_both = np.diff(sums[:, frames], axis=1) / count
            return of_both - of_one * of_other

        lifted = covariance(self.lift_m, self.lift_m)
        parted = covariance(self.parting_m, self.parting_m)
        together = covariance(self.lift_m, self.parting_m)
        reverse = (lifted > LIFT_M**2) & (together < REVERSED_LIFT * np.sqrt(np.maximum(lifted * parted, 0)))
        if way is None:
            return reverse
        # How far the feet part, as that of a sine with their standard deviation.
        range_m = np.sqrt(8 * np.maximum(covariance(self.apart_m, self.apart_m), 0))
        way_m = np.diff(np.append(way.ahead_m, way.ahead_m[-1])[frames])
        return reverse | (way_m < REVERSED_WAY * range_m)

    def late(self, start_frames: float, end_frames: float) -> bool:
        """Judge whether the left ankle leads most clearly before or after either boundary.

        Parameters
        ----------
        start_frames, end_frames : float
            The cycle.

        Returns
        -------
        bool
            True where a boundary is away from the foot's reach.
        """
        length = end_frames - start_frames
        ahead_m = self.ahead_m[:, 0]
        span = ahead_m[max(int(start_frames), 0) : int(end_frames) + 1]
        least_m = LATE_REACH * (span.max() - span.min())
        room = round(SEARCH_STRIDES * length)
        for bound in (start_frames, end_frames):
            first = max(round(bound) - room, 0)
            near = ahead_m[first : round(bound) + room + 1]
            top = int(near.argmax())
            if top in (0, len(near) - 1):
                continue
            if abs(first + top - bound) <= LATE_STRIDES * length:
                continue
            if near[top] - np.interp(bound, np.arange(first, first + len(near)), near) > least_m:
                return True
        return False


def leg_motion(aligned: np.ndarray, *, period_frames: float) -> Legs:
    """Measure what the legs do.

    Parameters
    ----------
    aligned : numpy.ndarray
        Positions in metres without displacement and heading, shape (frames, 15, 3).
    period_frames : float
        The take's stride in frames.

    Returns
    -------
    Legs
        Smoothed courses and speed.
    """
    legs_m = low_pass(aligned[:, _MOVING], sigma_frames=SMOOTHING_STRIDES * period_frames)
    step_m = np.gradient(legs_m, axis=0)
    ahead_m = legs_m[:, :2, 0]
    return Legs(
        ahead_m=ahead_m,
        apart_m=ahead_m[:, 0] - ahead_m[:, 1],
        parting_m=step_m[:, 0, 0] - step_m[:, 1, 0],
        lift_m=legs_m[:, 0, 2] - legs_m[:, 1, 2],
        speed=np.sqrt(np.einsum("fja,fja->f", step_m, step_m) / len(_MOVING)),
        period_frames=period_frames,
    )
