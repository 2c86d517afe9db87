"""Candidate gait cycles, and the rules that reject them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np

from affectlib.gait.legs import GroundPath, Legs
from affectlib.gait.preprocessing import Preprocessing

STANDING = "standing, starting or stopping"
PAUSED = "paused"
BACKWARDS = "walking backwards"
LENGTH = "length far from the take's stride"
PERIODICITY = "not periodic"
REACH = "boundary away from where the left foot leads most"
TURN = "turn of more than max_turn_deg"

NO_TURN_LIMIT_DEG = 360.0
"""The limit that rejects nothing, also where lost tracking makes the heading spin."""


@dataclass(frozen=True, kw_only=True)
class Interval:
    """A candidate cycle, accepted or rejected.

    Parameters
    ----------
    start_frames : float
        Start in frames since the recording's start, in general between two frames.
    end_frames : float
        End, exclusive.
    rejected : str
        Reason for the rejection; empty for a good cycle.
    turn_deg : float
        Change of heading from start to end in degrees, positive to the left; NaN where it is unknown.
    """

    start_frames: float
    end_frames: float
    rejected: str = ""
    turn_deg: float = float("nan")

    @property
    def frames(self) -> slice:
        """The frames within the interval."""
        return slice(int(np.ceil(self.start_frames)), int(np.ceil(self.end_frames)))


def boundaries_frames(analytic: np.ndarray, *, phase: float = 0.0) -> np.ndarray:
    """Find the moments at which the oscillation passes a phase.

    Parameters
    ----------
    analytic : numpy.ndarray
        Complex oscillation, shape (frames,).
    phase : float
        The phase in turns.

    Returns
    -------
    numpy.ndarray
        Moments in frames, interpolated between frames, ascending, shape (boundaries,).
    """
    turns = np.unwrap(np.angle(analytic)) / (2 * np.pi) - phase
    # Where the amplitude is close to zero the phase may run back; only the first passage counts.
    turns = np.maximum.accumulate(turns)
    whole = np.arange(np.ceil(turns[0]), np.floor(turns[-1]) + 1)
    after = np.searchsorted(turns, whole)
    before = np.maximum(after - 1, 0)
    step = turns[after] - turns[before]
    return before + np.divide(whole - turns[before], step, out=np.zeros_like(step), where=step > 0)


def judge_intervals(
    bounds: np.ndarray,
    *,
    signal_m: np.ndarray,
    analytic: np.ndarray,
    legs: Legs,
    path: GroundPath | None,
    preprocessing: Preprocessing,
) -> tuple[Interval, ...]:
    """Return the intervals between successive boundaries, each with the first rule that rejects it.

    Parameters
    ----------
    bounds : numpy.ndarray
        Boundaries in frames, ascending, shape (boundaries,).
    signal_m : numpy.ndarray
        Gait signal in metres, shape (frames,).
    analytic : numpy.ndarray
        Its oscillation, shape (frames,).
    legs : Legs
        Motion of the legs in the same frames.
    path : GroundPath or None
        Heading and path over the ground; None where they are unknown: rules that need them do not apply.
    """
    amplitude = np.abs(analytic)
    least_m = max(preprocessing.min_amplitude * float(np.quantile(amplitude, 0.75)), preprocessing.min_step_m)
    turns_deg = np.full(max(len(bounds) - 1, 0), np.nan) if path is None else path.turns_deg(bounds)
    intervals = [
        Interval(start_frames=float(start), end_frames=float(end), turn_deg=float(turn_deg))
        for (start, end), turn_deg in zip(pairwise(bounds), turns_deg, strict=True)
    ]
    intervals = [
        replace(
            interval,
            rejected=_rejected_by_oscillation(interval, signal_m, analytic, least_m, legs, preprocessing),
        )
        for interval in intervals
    ]
    # The usual speed of the legs is that of intervals with a regular oscillation.
    legs = legs.with_rests([interval.frames for interval in intervals if not interval.rejected])
    return tuple(
        interval
        if interval.rejected
        else replace(interval, rejected=_rejected_by_legs(interval, legs, backwards, preprocessing))
        for interval, backwards in zip(intervals, legs.backwards(bounds, path), strict=True)
    )


def _rejected_by_oscillation(
    interval: Interval,
    signal_m: np.ndarray,
    analytic: np.ndarray,
    least_m: float,
    legs: Legs,
    preprocessing: Preprocessing,
) -> str:
    span = interval.frames
    if np.abs(analytic[span]).min(initial=np.inf) < least_m:
        return STANDING
    change = (interval.end_frames - interval.start_frames) / legs.period_frames - 1
    if abs(change) > preprocessing.max_period_change:
        return LENGTH
    signal = signal_m[span]
    residual = signal - analytic[span].real
    if np.var(residual) > (1 - preprocessing.min_periodicity) * np.var(signal):
        return PERIODICITY
    return ""


def _rejected_by_legs(interval: Interval, legs: Legs, backwards: bool, preprocessing: Preprocessing) -> str:
    if backwards:
        return BACKWARDS
    rest = legs.rest_before_or_in(interval.start_frames, interval.end_frames)
    if rest is not None:
        return PAUSED if legs.is_pause(rest) else STANDING
    if legs.has_wrong_boundary(interval.start_frames, interval.end_frames):
        return REACH
    if abs(interval.turn_deg) > preprocessing.max_turn_deg < NO_TURN_LIMIT_DEG:
        return TURN
    return ""
